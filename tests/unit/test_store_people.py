"""Whose cases are told: the newest of each account, however many accounts are asked for at once."""

from __future__ import annotations

from gateway.identity import CODE_LASTS, Account, Code, reference_of
from gateway.journal import Decision
from gateway.past import Query
from gateway.store import SqlStore
from gateway.store.people import MOST_CASES
from tests.builders import case, raw
from tests.conftest import ManualClock
from tests.unit.test_store_plans import statements

ANN, BEA, EVE = (Account("email", f"{name}@mail.test") for name in ("ann", "bea", "eve"))


async def test_each_account_has_its_newest_cases(store: SqlStore, clock: ManualClock) -> None:
    numbers = [f"GH-AAAAA-{number:05}" for number in range(MOST_CASES + 5)]
    # In another order than that of their numbers: the newest are those that were filed last.
    filed = [*numbers[10:], *numbers[:10]]
    await store.put_page("support", raw().stream, [raw()], None)
    (item,) = await store.claim_raws(1, 10**6, clock.now())
    refs = [*((reference_of(ANN), number) for number in filed), (reference_of(BEA), numbers[3])]
    await store.commit([Decision(item.seq, cases=tuple(case(number) for number in numbers), refs=tuple(refs))])
    asked = [Query(identity_of=each, own_cases=True) for each in (ANN, BEA, EVE, ANN)] + [Query(identity_of=BEA)]
    found = [{each.id for each in past.cases} for past in await store.look_up(asked)]
    anns = set(filed[5:])
    assert found == [anns, {numbers[3]}, set(), anns, set()]
    (past,) = await store.look_up(asked[:1])
    assert [each.id for each in past.cases] == filed[:4:-1]


async def test_codes_are_written_in_one_order_of_accounts_on_every_node(store: SqlStore, clock: ManualClock) -> None:
    """Two nodes that write codes of the same accounts never wait for each other."""
    await store.put_page("support", raw().stream, [raw()], None)
    (item,) = await store.claim_raws(1, 10**6, clock.now())
    later = clock.now() + CODE_LASTS
    made = [
        Code(hash=name, platform=each.platform, account=each.account, channel="support", expires_at=later)
        for name, each in (("h1", EVE), ("h2", ANN), ("h3", BEA))
    ]
    with statements() as seen:
        await store.commit([Decision(item.seq, codes=tuple(made))])
    voided = [parameters for sql, parameters in seen if sql.startswith("UPDATE codes")]
    order = [each.account for parameters in voided for each in (ANN, BEA, EVE) if each.account in tuple(parameters)]
    assert order == [ANN.account, BEA.account, EVE.account]
