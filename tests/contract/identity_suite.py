"""The contract of `gateway.journal.Store` for identities and one-time codes.

A check fails with an AssertionError on a store that breaks its claim; `broken_identities` shows that each can.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.identity import Account, Code, Identity, Purpose, reference_of
from gateway.journal import StaleCaseError, Store
from gateway.past import Past, Query
from gateway.queues import Act
from tests.contract.store_suite import ONE, START, THREE, TWO, Check, Ground, case, decide, only

CHECKS: list[Check] = []
ANN, ANNS_MAIL, BOB = Account("telegram", "7"), Account("email", "ann@mail.test"), Account("x", "7")
HOUR = timedelta(hours=1)


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def identity(account: Account, person: str = "p", **changes: Any) -> Identity:
    return Identity(
        platform=account.platform, account=account.account, person=person, channel="c", proven_at=START, **changes
    )


def code(name: str = "h1", account: Account = ANN, **changes: Any) -> Code:
    given: dict[str, Any] = {"expires_at": START + HOUR, "channel": "c"}
    return Code(hash=name, platform=account.platform, account=account.account, **(given | changes))


async def ask(store: Store, **query: Any) -> Past:
    return only(await store.look_up([Query(**query)]))


async def person_of(store: Store, account: Account) -> set[Account] | None:
    person = (await ask(store, identity_of=account)).person
    return None if person is None else {each.name for each in person.accounts}


@check
async def accounts_of_one_person_are_found_by_each(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, identities=(identity(ANN), identity(ANNS_MAIL)))
    async with ground.open() as store:
        assert await person_of(store, ANN) == {ANN, ANNS_MAIL}
        assert await person_of(store, ANNS_MAIL) == {ANN, ANNS_MAIL}
        assert await person_of(store, BOB) is None
        assert await person_of(store, Account("email", "7")) is None


@check
async def an_account_that_is_nobodys_is_found_no_more(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, identities=(identity(ANN), identity(ANNS_MAIL), identity(BOB)))
        await decide(store, ground, identities=(identity(ANN, "", was="p"),))
        assert await person_of(store, ANN) is None
        assert await person_of(store, BOB) == {ANNS_MAIL, BOB}


@check
async def what_was_linked_meanwhile_is_not_linked_again(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, identities=(identity(ANN), identity(ANNS_MAIL)))
        with pytest.raises(StaleCaseError):
            await decide(store, ground, identities=(identity(ANN, "q"), identity(BOB, "q")))
        assert await person_of(store, BOB) is None
        assert await person_of(store, ANN) == {ANN, ANNS_MAIL}


@check
async def a_code_is_spent_once(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, codes=(code(),))
        assert (await ask(store, code="h1")).code == code()
        spent = code(spent_at=START)
        await decide(store, ground, codes=(spent,))
        assert (await ask(store, code="h1")).code == spent
        with pytest.raises(StaleCaseError):
            await decide(store, ground, codes=(spent,))
        with pytest.raises(StaleCaseError):
            await decide(store, ground, codes=(code("never made", spent_at=START),))
        assert (await ask(store, code="h2")).code is None


@check
async def a_new_code_voids_the_earlier_ones_of_its_account_alone(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, codes=(code("h1"),))
        await decide(store, ground, codes=(code("h2", BOB),))
        await decide(store, ground, codes=(code("h3"),))
        found = {name: (await ask(store, code=name)).code for name in ("h1", "h2", "h3")}
        assert [each is not None and each.spent_at is None for each in found.values()] == [False, True, True]


@check
async def wrong_codes_are_counted_of_each_account_while_they_count(ground: Ground) -> None:
    tried: dict[str, Any] = {"purpose": Purpose.TRIED}
    async with ground.open() as store:
        await decide(store, ground, codes=(code("h0"), code("w1", **tried), code("w2", **tried)))
        await decide(store, ground, codes=(code("w2", **tried), code("w3", BOB, **tried)))

        async def tries(account: Account, after: timedelta) -> int:
            return (await ask(store, identity_of=account, code="x", tried_at=START + after)).tries

        assert (await tries(ANN, timedelta(0)), await tries(BOB, timedelta(0))) == (2, 1)
        assert await tries(ANN, HOUR) == 0


@check
async def the_cases_of_all_linked_accounts_are_found(ground: Ground) -> None:
    refs = ((reference_of(ANN), ONE), (reference_of(ANNS_MAIL), TWO), (reference_of(BOB), THREE))
    async with ground.open() as store:
        await decide(store, ground, cases=(case(ONE), case(TWO), case(THREE)), refs=refs)

        async def cases(account: Account, *, own: bool) -> set[str]:
            return {each.id for each in (await ask(store, identity_of=account, own_cases=own)).cases}

        assert (await cases(ANN, own=True), await cases(ANN, own=False)) == ({ONE}, set())
        await decide(store, ground, identities=(identity(ANN), identity(ANNS_MAIL)))
        assert (await cases(ANN, own=True), await cases(ANNS_MAIL, own=False)) == ({ONE, TWO}, {ONE, TWO})
        assert (await ask(store, thread_of=ONE)).thread == ()


@check
async def an_operator_sees_and_parts_linked_accounts(ground: Ground) -> None:
    act = Act(by="lena", at=START, reason="")
    async with ground.open() as store:
        await decide(store, ground, identities=(identity(ANN), identity(ANNS_MAIL), identity(BOB)))
        assert {each.name for each in await store.identities.page(1)} == {ANN, ANNS_MAIL, BOB}
        assert [each.name for each in await store.identities.unlink(BOB, act)] == [BOB]
        assert {each.name for each in await store.identities.unlink(ANN, act)} == {ANN, ANNS_MAIL}
        assert await store.identities.page(1) == []
        assert await store.identities.unlink(ANN, act) == ()
