"""The contract of `gateway.journal.Store` for what agents hand out: files that go with answers, one-time tokens.

A check fails with an AssertionError on a store that breaks its claim; `broken_desk` shows that each can.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Party
from gateway.casework.desk import EVENT
from gateway.dialogue import Token
from gateway.errors import TransientError
from gateway.files import of_desk
from gateway.journal import EffectKind, Fate, State, Store
from gateway.ports import Key, ReplyFile, TicketAction, TicketWrite
from gateway.queues import Act, Retention
from tests.contract.dialogue_suite import ask, pieces
from tests.contract.queue_suite import DAY, sweep
from tests.contract.store_suite import (
    ONE,
    SOURCE,
    START,
    TWO,
    Check,
    Ground,
    case,
    decide,
    due,
    entry,
    only,
    reply_effect,
)

CHECKS: list[Check] = []
POLICY = Retention(raws=10 * DAY, settled=None, blobs=None, openings=None)
BODY = b"a bill"
FILE = ReplyFile(name="bill.pdf", media_type="application/pdf", sha256=hashlib.sha256(BODY).hexdigest(), size=len(BODY))


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


async def opens(store: Store, ground: Ground, case_id: str = ONE) -> None:
    """Open a case with a ticket of its own."""
    await decide(store, ground, cases=(case(case_id),))
    await store.desk.write([TicketWrite(Key(f"w {case_id}"), TicketAction.NOTE, case(case_id))])


async def keep(store: Store, case_id: str = ONE) -> None:
    await store.keep_file(of_desk(case_id), FILE.sha256, pieces(BODY), 100)


async def answers(store: Store, ground: Ground, *files: ReplyFile, case_id: str = ONE) -> int:
    """Answer a case; return the entry's id."""
    number = await store.agent_act(case_id, "replied", "Here it is.", "cleo", ground.now, files)
    assert number is not None
    return number


async def decides(store: Store, ground: Ground, number: int, case_id: str = ONE, **more: Any) -> None:
    """Commit what casework makes of an answer."""
    effect = reply_effect(f"answer {number}", EffectKind.ANSWER, case_id)
    await decide(store, ground, refs=((f"{EVENT}desk:entry:{number}", case_id),), effects=(effect,), **more)


async def sends(store: Store, ground: Ground, state: State = State.SETTLED) -> None:
    """Give the answer that is due its fate."""
    await store.release_effects([Fate(only(await due(store, ground, SOURCE)).id, state)])


async def swept(store: Store, ground: Ground, days: int) -> int:
    """Return how many files a sweep so many days after the start has removed."""
    return (await sweep(store, POLICY, START + days * DAY)).files


@check
async def the_files_of_an_answer_come_with_it(ground: Ground) -> None:
    async with ground.open() as store:
        await opens(store, ground)
        await keep(store)
        await answers(store, ground, FILE)
        await answers(store, ground)
        assert [each.files for each in await store.desk.entries(0, 9)] == [(FILE,), ()]
        view = await store.case_view(ONE)
        assert view is not None
        assert [line.files for line in view.desk if line.kind == "replied"] == [(FILE,), ()]


@check
async def an_answer_with_a_file_that_is_not_kept_is_refused(ground: Ground) -> None:
    async with ground.open() as store:
        await opens(store, ground)
        await opens(store, ground, TWO)
        await keep(store, TWO)
        with pytest.raises(TransientError):
            await answers(store, ground, FILE)
        await keep(store)
        assert await swept(store, ground, 11) == 2
        with pytest.raises(TransientError):
            await answers(store, ground, FILE)
        assert list(await store.desk.entries(0, 9)) == []


@check
async def the_files_of_an_answer_stay_until_it_has_left(ground: Ground) -> None:
    """However old they are: while nobody has decided on it, while it waits, and while it may be sent once more."""
    async with ground.open() as store:
        await opens(store, ground)
        await opens(store, ground, TWO)
        await keep(store)
        await keep(store, TWO)
        number = await answers(store, ground, FILE)
        assert await swept(store, ground, 11) == 1  # the one of TWO, which goes with no answer
        await decides(store, ground, number)
        assert await swept(store, ground, 11) == 0
        await sends(store, ground, State.BURIED)
        assert await swept(store, ground, 400) == 0
        second = await answers(store, ground, FILE)
        await decides(store, ground, second)
        await sends(store, ground)
        assert await swept(store, ground, 400) == 0
        found = b"".join([chunk async for chunk in store.files.open(FILE.sha256)])
        assert found == BODY


@check
async def the_files_of_an_answer_go_once_it_has_left(ground: Ground) -> None:
    async with ground.open() as store:
        await opens(store, ground)
        await keep(store)
        await decides(store, ground, await answers(store, ground, FILE))
        await sends(store, ground)
        assert await swept(store, ground, 9) == 0
        assert await swept(store, ground, 11) == 1


@check
async def a_ticket_names_a_user_by_mail_address_or_public_handle(ground: Ground) -> None:
    async with ground.open() as store:
        await opens(store, ground)
        mail = entry(ONE, "m1")
        party = Party(platform="telegram", address="7700", id="7700", handle="wang_t", name="Support")
        chat = mail.model_copy(update={"message": mail.message.model_copy(update={"sender": party})})
        await store.desk.write([TicketWrite(Key("w1"), TicketAction.MESSAGE, case(), entry=mail)])
        await store.desk.write([TicketWrite(Key("w2"), TicketAction.MESSAGE, case(), entry=chat)])
        view = await store.case_view(ONE)
        assert view is not None
        assert [line.author for line in view.desk if line.kind == "message"] == ["ann@example.test", "@wang_t"]


@check
async def a_token_that_an_operator_makes_is_found_and_logged(ground: Ground) -> None:
    token = Token(hash="h1", case_id=ONE, expires_at=START + timedelta(days=1))
    async with ground.open() as store:
        await opens(store, ground)
        await opens(store, ground, TWO)
        await store.add_token(token, Act("cleo", ground.now))
        assert (await ask(store, token="h1")).token == token
        views = [await store.case_view(case_id) for case_id in (ONE, TWO)]
        assert [[(each.by, each.at) for each in view.invites] for view in views if view is not None] == [
            [("cleo", ground.now)],
            [],
        ]
