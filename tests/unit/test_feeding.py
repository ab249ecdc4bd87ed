"""A feed with the files of agents' answers: kept before the page is stored, or named as lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from gateway.case import Entry
from gateway.errors import AuthError, ConfigError, GatewayError, MalformedError, RejectedError, TransientError
from gateway.feeding import GIVES_UP_AFTER, AnswerFiles, with_files
from gateway.files import of_desk
from gateway.journal import Decision, Effect, EffectKind, Fate, State, TicketIntent
from gateway.ports import (
    Cursor,
    DeskFile,
    Event,
    FileRef,
    Key,
    NormalizerPlugin,
    Page,
    Raw,
    StreamId,
    TicketAction,
    TicketEvent,
)
from gateway.store import SqlStore
from tests.builders import NOON, case, message, raw
from tests.conftest import ManualClock

SOURCE, CASE = "backend:t", "GH-AAAAA-AAAAA"
DESK = StreamId("desk")


def normalize(given: Raw) -> Sequence[Event]:
    try:
        told = json.loads(given.body)
    except ValueError:
        raise MalformedError("no JSON") from None
    attached = tuple(DeskFile(ref=name, name=name) for name in told["files"])
    event = TicketEvent(
        id=f"{SOURCE}:{given.key}",
        ticket="7",
        kind=told["kind"],
        text="x",
        at=NOON,
        attached=attached,
        provenance=PLUGIN.provenance(given),
    )
    return (event,)


PLUGIN = NormalizerPlugin("t", 1, normalize)


class System:
    """A feed of one page, and the files it names."""

    def __init__(self, *files: str, kind: str = "replied", body: bytes | None = None) -> None:
        self.body = body or json.dumps({"kind": kind, "files": files}).encode()
        self.fails: dict[str, Exception] = {}
        self.opened: list[str] = []

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        found = Raw(SOURCE, DESK, Key("a1"), "7", self.body, "application/json", NOON, len(self.body), notes={"x": "y"})
        return Page((found,), Cursor("1"))

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        self.opened.append(ref)
        yield b"%PDF-1.4 "
        if ref in self.fails:
            raise self.fails[ref]
        yield ref.encode()


@pytest.fixture
async def known(store: SqlStore, clock: ManualClock) -> SqlStore:
    """A store with one case, whose ticket at the ticket system is 7."""
    await store.put_page("support", StreamId("INBOX"), [raw("m1")], Cursor("1"))
    (claimed,) = await store.claim_raws(1, 10**6, clock.now())
    intent = TicketIntent(action=TicketAction.MESSAGE, message_id="mail:m1")
    effect = Effect(key="t", kind=EffectKind.TICKET, target=SOURCE, case_id=CASE, ticket=intent)
    entry = Entry(case_id=CASE, message=message(), at=clock.now())
    await store.commit([Decision(claimed.seq, cases=(case(CASE, version=1),), entries=(entry,), effects=(effect,))])
    (item,) = await store.claim_effects(SOURCE, 1, clock.now())
    await store.release_effects([Fate(item.id, State.SETTLED, ref="7")])
    return store


class Feeding:
    """The feed of a system, whose pages come with their files."""

    def __init__(self, files: AnswerFiles, system: System) -> None:
        self.fetch = files.fetching(system)


def feeding(store: SqlStore, system: System, most: int = 1000, clock: ManualClock | None = None) -> Feeding:
    return Feeding(AnswerFiles(store, SOURCE, system, PLUGIN, most, clock or ManualClock()), system)


def event(page: Page[Raw]) -> TicketEvent:
    (found,) = with_files(PLUGIN).normalize(page.items[0])
    assert isinstance(found, TicketEvent)
    return found


async def test_an_answers_files_are_kept_before_its_page_is_stored(known: SqlStore) -> None:
    page = await feeding(known, System("a.pdf", "b.pdf")).fetch(DESK, None)
    found = event(page)
    assert [(each.name, each.media_type) for each in found.files] == [
        (name, "application/pdf") for name in ("a.pdf", "b.pdf")
    ]
    assert found.lost == ()
    for each in found.files:
        body = b"".join([chunk async for chunk in known.files.open(each.sha256)])
        assert body == b"%PDF-1.4 " + each.name.encode()
        assert await known.open_attachment(of_desk(CASE), each.sha256, "op", "test", NOON) is not None
    assert page.items[0].notes["x"] == "y"


async def test_a_file_that_is_never_to_be_had_is_lost_and_the_answer_goes_on(known: SqlStore) -> None:
    system = System("a.pdf", "b.pdf")
    system.fails["a.pdf"] = RejectedError("no such file")
    found = event(await feeding(known, system).fetch(DESK, None))
    assert [each.name for each in found.files] == ["b.pdf"]
    assert found.lost == ("a.pdf",)
    large = event(await feeding(known, System("a.pdf"), most=3).fetch(DESK, None))
    assert (large.files, large.lost) == ((), ("a.pdf",))


async def test_a_file_that_is_not_to_be_had_now_holds_the_page_back(known: SqlStore) -> None:
    system = System("a.pdf")
    system.fails["a.pdf"] = TransientError("down")
    with pytest.raises(TransientError):
        await feeding(known, system).fetch(DESK, None)
    system.fails.clear()
    assert [each.name for each in event(await feeding(known, system).fetch(DESK, None)).files] == ["a.pdf"]


@pytest.mark.parametrize("fields", [{"kind": "noted"}, {"kind": "solved"}, {"body": b"no JSON"}])
async def test_what_is_no_answer_fetches_nothing(known: SqlStore, fields: Any) -> None:
    system = System("a.pdf", **fields)
    page = await feeding(known, system).fetch(DESK, None)
    assert system.opened == []
    assert len(page.items) == 1


async def test_a_ticket_of_nobodys_fetches_nothing(store: SqlStore) -> None:
    system = System("a.pdf")
    await feeding(store, system).fetch(DESK, None)
    assert system.opened == []


def test_notes_that_cannot_be_read_lose_the_files_and_not_the_answer() -> None:
    body = json.dumps({"kind": "replied", "files": ["a.pdf"]}).encode()
    given = Raw(SOURCE, DESK, Key("a1"), "7", body, "application/json", NOON, len(body), notes={"files": "{"})
    (found,) = with_files(PLUGIN).normalize(given)
    assert isinstance(found, TicketEvent)
    assert (found.files, found.lost) == ((), ("a.pdf",))


async def test_what_was_pushed_has_its_files_kept_too(known: SqlStore) -> None:
    system = System("a.pdf")
    page = await system.fetch(None)
    (raw_with_files,) = await AnswerFiles(known, SOURCE, system, PLUGIN, 1000, ManualClock()).kept(page.items)
    assert [each.name for each in event(Page((raw_with_files,), None)).files] == ["a.pdf"]


@pytest.mark.parametrize("error", [TransientError("500"), ConfigError("410"), AuthError("403")])
async def test_one_file_that_is_never_given_out_holds_later_answers_up_for_a_while_only(
    known: SqlStore, clock: ManualClock, error: GatewayError
) -> None:
    system = System("a.pdf", "b.pdf")
    system.fails["a.pdf"] = error
    feed = feeding(known, system, clock=clock)
    for _ in range(2):
        with pytest.raises(type(error)):
            await feed.fetch(DESK, None)
        clock.advance(GIVES_UP_AFTER.total_seconds() / 2)
    found = event(await feed.fetch(DESK, None))
    assert ([each.name for each in found.files], found.lost) == (["b.pdf"], ("a.pdf",))
