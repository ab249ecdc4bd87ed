"""Within one batch: what an earlier decision changes is seen by the later ones that it concerns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.case import Assessment, Entity, Fact, FactOutcome, Triage
from gateway.casework.kindred import SAME_MATTER
from gateway.identity import Account, Identity
from gateway.journal import Decision, State
from gateway.ports import Cursor
from gateway.store import SqlStore
from tests.builders import NOON, mail_auth, raw
from tests.conftest import ManualClock
from tests.unit.test_pipeline import INBOX, Bench

HASH = "9f" * 32
ANNS = (Account("email", "ann@mail.test"), Account("email", "ann@work.test"))


@pytest.fixture
def bench(store: SqlStore, clock: ManualClock) -> Bench:
    return Bench(store, clock)


def proof(address: str) -> Fact:
    return mail_auth(FactOutcome.PASS).model_copy(update={"subject": address.partition("@")[2]})


async def link(bench: Bench, *accounts: Account) -> None:
    """Link accounts, by a decision as any."""
    await bench.store.put_page("support", INBOX, [raw("0")], Cursor("0"))
    (item,) = await bench.store.claim_raws(1, 10**9, bench.clock.now())
    linked = [
        Identity(platform=each.platform, account=each.account, person="p", channel="support", proven_at=NOON)
        for each in accounts
    ]
    await bench.store.commit([Decision(seq=item.seq, note="linked", identities=tuple(linked))])


async def test_two_strangers_who_name_one_transaction_are_tied(bench: Bench) -> None:
    bench.sort = lambda seen: Triage(entities=(Entity(kind="tx_hash", value=HASH),))
    # Of two domains: two of one are seen by each other anyway.
    await bench.store.put_page(
        "support", INBOX, [raw("1", "a@one.test"), raw("2", "b@two.test", body=b"y")], Cursor("2")
    )
    assert await bench.pipeline.step() == 2
    one, other = await bench.store.list_cases(None, 10)
    ties = [link.case_id for case in (one, other) for link in case.links if link.kind == SAME_MATTER]
    assert len(ties) == 1
    assert ties[0] in {one.id, other.id}


async def test_an_account_sees_the_case_that_its_persons_other_account_has_just_opened(bench: Bench) -> None:
    first, second = ANNS
    await link(bench, first, second)
    proving = replace(bench.policy(), proving=frozenset({"support"}))
    bench.policy = lambda: proving
    bench.judge = lambda seen: Assessment(facts=(proof(seen.sender.address),))
    bench.sort = lambda seen: Triage(category="kyc")
    raws = [raw(each.account, each.account, body=each.account.encode()) for each in (first, second)]
    await bench.store.put_page("support", INBOX, raws, Cursor("2"))
    assert await bench.pipeline.step() == 2
    (case,) = await bench.store.list_cases(None, 10)
    assert case.message_count == 2
    assert await bench.raws(State.SETTLED) == 3
