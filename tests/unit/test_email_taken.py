"""What becomes of mails once they are stored, and mails that become visible late."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import ValidationError

from connectors.email import _mailbox
from gateway.errors import TransientError
from gateway.ports import Connector, Cursor, Page, Raw
from tests.conftest import ManualClock
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import Call, ScriptedImap, says, silent
from tests.unit.test_email_imap import BOX, connected, fetch, mail, settings, uids
from tests.unit.test_email_mailbox import connected as real

pytest_plugins = ("tests.servers.dovecot_fixture",)

NO_MOVE = "imap_capability = IMAP4rev1 UIDPLUS IDLE LITERAL+"
ARCHIVE = {"after_storing": "archive", "archive_folder": "Done/2026 Ä"}
SPELLED = '"Done/2026 &AMQ-"'


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Return a server that does not offer MOVE."""
    server = Dovecot.start(tmp_path_factory.mktemp("plain"), NO_MOVE)
    yield server
    server.stop()


@pytest.fixture(params=["dovecot", "plain"])
def server(request: pytest.FixtureRequest) -> Dovecot:
    found: Dovecot = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def user(server: Dovecot) -> str:
    name = f"{uuid.uuid4().hex}@example.test"
    with server.imap(name) as line:
        assert line.create(SPELLED)[0] == "OK"
    return name


def held(server: Dovecot, user: str, folder: str) -> list[bytes]:
    """Return the bodies that a folder holds."""
    with server.imap(user) as line:
        line.select(folder, readonly=True)
        _, data = line.uid("FETCH", "1:*", "(BODY.PEEK[])")
    return [part[1] for part in data if isinstance(part, tuple)]


async def take(box: Connector, after: Cursor | None = None) -> Cursor:
    page = await box.fetch(BOX, after)
    assert page.cursor is not None
    return page.cursor


@pytest.mark.dovecot
async def test_taken_mail_is_moved_and_no_other(server: Dovecot, user: str) -> None:
    """What came after the stored cursor stays, and another client's mark of deletion is not carried out."""
    await asyncio.to_thread(server.fill, [mail(number) for number in range(1, 5)], user)
    async with real(server, user, batch=3, **ARCHIVE) as box:
        cursor = await take(box)
        assert held(server, user, SPELLED) == []
        with server.imap(user) as line:
            line.select("INBOX")
            line.uid("STORE", "4", "+FLAGS", r"(\Deleted)")
        await box.confirm(BOX, cursor)
        assert held(server, user, SPELLED) == [mail(1), mail(2), mail(3)]
        assert held(server, user, "INBOX") == [mail(4)]
        await box.confirm(BOX, cursor)
        await box.confirm(BOX, await take(box, cursor))
    assert held(server, user, "INBOX") == []
    assert held(server, user, SPELLED)[:3] == [mail(1), mail(2), mail(3)]


@pytest.mark.dovecot
async def test_a_start_moves_what_a_lost_confirmation_left(server: Dovecot, user: str) -> None:
    """C18: died between commit and confirm; and in the midst of a move, of which the server did a part."""
    await asyncio.to_thread(server.fill, [mail(number) for number in range(1, 6)], user)
    async with real(server, user, batch=4, **ARCHIVE) as box:
        cursor = await take(box)
    with server.imap(user) as line:
        line.select("INBOX")
        line.uid("COPY", "1:2", SPELLED)
        line.uid("STORE", "1:2", "+FLAGS", r"(\Deleted)")
        line.uid("EXPUNGE", "1")
    async with real(server, user, batch=4, **ARCHIVE) as box:
        await box.confirm(BOX, cursor)
        assert held(server, user, "INBOX") == [mail(5)]
        assert not (await box.fetch(BOX, (await box.fetch(BOX, cursor)).cursor)).items
    assert sorted(set(held(server, user, SPELLED))) == [mail(number) for number in range(1, 5)]


@pytest.mark.dovecot
async def test_an_archive_that_is_not_there_stops_no_mail(dovecot: Dovecot) -> None:
    """C19: mail comes in all the same, check says what to do, and what is left is moved when the folder is there."""
    user, clock = f"{uuid.uuid4().hex}@example.test", ManualClock()
    await asyncio.to_thread(dovecot.fill, [mail(1), mail(2), mail(3)], user)
    async with real(dovecot, user, batch=1, clock=clock, **ARCHIVE) as box:
        report = await box.check()
        assert [(check.ok, check.detail) for check in report.checks if check.name == "archive"] == [
            (False, "there is no folder Done/2026 Ä to move mails to; create it")
        ]
        cursor = None
        for _ in range(2):
            cursor = await take(box, cursor)
            await box.confirm(BOX, cursor)
        with dovecot.imap(user) as line:
            line.create(SPELLED)
        clock.advance(601)
        cursor = await take(box, cursor)
        await box.confirm(BOX, cursor)
        report = await box.check()
        assert [check.ok for check in report.checks if check.name == "archive"] == [True]
    assert held(dovecot, user, "INBOX") == []
    assert held(dovecot, user, SPELLED) == [mail(1), mail(2), mail(3)]


async def test_a_server_that_cannot_move_is_told_by_check() -> None:
    imap = ScriptedImap({1: mail(1)}, script={"LIST": says('* LIST () "/" Done', "{tag} OK")})
    changes = {"after_storing": "archive", "archive_folder": "Done"}
    async with imap.running(), connected(imap.port, None, **changes) as box:
        (found,) = [check for check in (await box.check()).checks if check.name == "archive"]
        assert not found.ok
        assert "neither MOVE nor UIDPLUS" in found.detail
        page = await fetch(box)
        assert page.cursor is not None
        await box.confirm(BOX, page.cursor)
    assert imap.count("UID COPY") == imap.count("UID STORE") == imap.count("EXPUNGE") == 0


@pytest.mark.parametrize("name", ["UID MOVE", "UID COPY", "UID EXPUNGE"])
async def test_a_move_without_an_answer_ends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """C7: the library waits for these without end."""
    monkeypatch.setattr(_mailbox, "MOVING_SECS", 0.0)
    can = "MOVE" if name == "UID MOVE" else "UIDPLUS"
    imap = ScriptedImap({1: mail(1)}, capabilities=f"IMAP4rev1 IDLE {can}")
    fine = says("{tag} OK")
    imap.script = {"LIST": says('* LIST () "/" Done', "{tag} OK"), "UID COPY": fine, "UID EXPUNGE": fine, name: silent}
    changes = {"after_storing": "archive", "archive_folder": "Done", "step_secs": 0.3}
    async with imap.running(), connected(imap.port, None, **changes) as box:
        page = await fetch(box)
        assert page.cursor is not None
        with pytest.raises(TransientError, match="did not answer"):
            await box.confirm(BOX, page.cursor)
        imap.script[name] = fine
        await box.confirm(BOX, page.cursor)
    assert imap.count(name) == 2


@pytest.mark.parametrize("name", ["INBOX", "inbox", "Support.vip"])
def test_what_is_read_is_no_archive(name: str) -> None:
    with pytest.raises(ValidationError, match="would be read again"):
        settings(143, folders=("INBOX", "Support/VIP"), after_storing="archive", archive_folder=name)


@pytest.mark.parametrize("changes", [{"after_storing": "archive"}, {"archive_folder": "Done"}])
def test_archive_and_its_folder_belong_together(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="needs an archive_folder"):
        settings(143, **changes)


async def test_a_mail_that_somebody_marked_as_unread_again_stays_so() -> None:
    imap = ScriptedImap({1: mail(1)})
    async with imap.running(), connected(imap.port) as box:
        page = await fetch(box)
        await confirm(box, page)
        assert imap.seen == {1}
        imap.seen.clear()
        imap.mails[2] = mail(2)
        await confirm(box, await fetch(box, page.cursor))
    assert imap.seen == {2}


async def confirm(box: Connector, page: Page[Raw]) -> None:
    assert page.cursor is not None
    await box.confirm(BOX, page.cursor)


async def test_a_mail_that_becomes_visible_late_is_handed_over_once(clock: ManualClock) -> None:
    """A replicated server shows UID 3 after UID 4: found within ten minutes, and the cursor does not move back."""
    imap = ScriptedImap({1: mail(1), 2: mail(2), 4: mail(4)})
    async with imap.running(), connected(imap.port, clock) as box:
        first = await fetch(box)
        assert uids(first) == [1, 2, 4]
        await confirm(box, first)
        assert uids(await fetch(box, first.cursor)) == []
        imap.mails[3] = mail(3)
        assert uids(await fetch(box, first.cursor)) == []
        clock.advance(600)
        late = await fetch(box, first.cursor)
        assert (uids(late), late.more) == ([3], True)
        assert uids(await fetch(box, first.cursor)) == [3]
        assert imap.seen == {1, 2, 4}
        await confirm(box, late)
        assert imap.seen == {1, 2, 3, 4}
        for _ in range(3):
            clock.advance(600)
            assert uids(await fetch(box, late.cursor)) == []
    assert [read(page.cursor)["uid"] for page in (first, late)] == [4, 4]


def read(cursor: Cursor | None) -> dict[str, object]:
    assert cursor is not None
    found: dict[str, object] = json.loads(cursor)
    return found


async def test_a_mail_that_became_visible_while_we_were_down_is_found_at_the_start(clock: ManualClock) -> None:
    imap = ScriptedImap({2: mail(2), 4: mail(4)})
    async with imap.running():
        async with connected(imap.port, clock) as box:
            first = await fetch(box)
        imap.mails |= {1: mail(1), 3: mail(3), 5: mail(5)}
        async with connected(imap.port, clock) as box:
            await confirm(box, first)
            assert imap.seen == {2, 4}
            late = await fetch(box, first.cursor)
            assert uids(late) == [1, 3]
            assert uids(await fetch(box, late.cursor)) == [5]


async def test_a_mail_that_was_gone_for_a_moment_is_not_lost(clock: ManualClock) -> None:
    """A mail that the server called gone while it was fetched is a gap like any other."""
    imap = ScriptedImap({1: mail(1), 2: mail(2), 3: mail(3)})

    async def search(call: Call) -> None:
        await imap.usual(call)
        imap.mails.pop(2, None)

    imap.script["UID SEARCH"] = search
    async with imap.running(), connected(imap.port, clock) as box:
        first = await fetch(box)
        assert uids(first) == [1, 3]
        imap.script.clear()
        imap.mails[2] = mail(2)
        clock.advance(600)
        assert uids(await fetch(box, first.cursor)) == [2]


async def test_a_folder_without_gaps_is_not_swept(clock: ManualClock) -> None:
    """What costs nothing may be done for ever: no search, no mail fetched twice."""
    imap = ScriptedImap({uid: mail(uid) for uid in range(1, 6)})
    async with imap.running(), connected(imap.port, clock) as box:
        page = await fetch(box)
        searches, fetches = imap.count("UID SEARCH"), imap.count("UID FETCH")
        for _ in range(5):
            clock.advance(86_400)
            assert not (await fetch(box, page.cursor)).items
    assert imap.count("UID FETCH") == fetches
    assert imap.count("UID SEARCH") == searches + 10


async def test_below_the_floor_yesterdays_mail_is_handed_over_once_more_each_day(clock: ManualClock) -> None:
    """In a folder full of gaps the oldest are forgotten: there, the day's mail is read again, and known by its keys."""
    imap = ScriptedImap({uid: mail(uid) for uid in range(2, 500, 2)})
    async with imap.running():
        async with connected(imap.port, clock, batch=200) as box:
            first = await fetch(box)
            second = await fetch(box, first.cursor)
        floor = read(second.cursor)["floor"]
        assert isinstance(floor, int)
        imap.mails[1] = mail(1)
        async with connected(imap.port, clock, batch=200) as box:
            await confirm(box, second)
            again = await fetch(box, second.cursor)
            assert uids(again)[:3] == [1, 2, 4]
            assert uids(again)[-1] < floor <= uids(again)[-1] + 2
            assert {raw.key for raw in again.items} - {raw.key for raw in first.items} == {again.items[0].key}
            assert (await fetch(box, second.cursor)).items == again.items
            await confirm(box, again)
            for hours in (1, 24):
                clock.advance(timedelta(hours=hours).total_seconds())
                assert not (await fetch(box, again.cursor)).items
    assert any("SINCE 18-Nov-2026" in line for line in imap.log)


async def test_nothing_is_archived_that_was_not_stored(clock: ManualClock) -> None:
    """Neither a late mail whose page was lost, nor one below the floor that another process may never have seen."""
    imap = ScriptedImap({uid: mail(uid) for uid in range(2, 500, 2)}, capabilities="IMAP4rev1 IDLE MOVE")
    moved: set[int] = set()

    async def move(call: Call) -> None:
        for part in call.arguments.split()[0].split(","):
            low, _, high = part.partition(":")
            moved.update(range(int(low), int(high or low) + 1))
        for uid in moved:
            imap.mails.pop(uid, None)
        await call.done()

    imap.script = {"LIST": says('* LIST () "/" Done', "{tag} OK"), "UID MOVE": move}
    changes = {"after_storing": "archive", "archive_folder": "Done", "batch": 200}
    async with imap.running():
        async with connected(imap.port, clock, **changes) as box:
            first = await fetch(box)
            second = await fetch(box, first.cursor)
        imap.mails[1] = mail(1)
        async with connected(imap.port, clock, **changes) as box:
            await confirm(box, second)
            assert 1 not in moved
            assert max(moved) == 498
            low = await fetch(box, second.cursor)
            assert uids(low)[0] == 1
            await confirm(box, second)
            assert 1 not in moved
            await confirm(box, low)
            rest = await fetch(box, low.cursor)
            await confirm(box, rest if rest.cursor else low)
    assert moved >= {1, *range(2, 500, 2)}
    assert not imap.mails


async def test_an_archive_that_refuses_holds_up_no_new_mail(clock: ManualClock) -> None:
    """C19: below the floor each mail is handed over once and tried again a day later; new mail comes in between."""
    imap = ScriptedImap({uid: mail(uid) for uid in range(2, 500, 2)}, capabilities="IMAP4rev1 IDLE MOVE")
    imap.script = {"LIST": says('* LIST () "/" Done', "{tag} OK"), "UID MOVE": says("{tag} NO [OVERQUOTA] full")}
    changes = {"after_storing": "archive", "archive_folder": "Done", "batch": 10}
    async with imap.running(), connected(imap.port, clock, **changes) as box:
        cursor, pages = await rounds(box, None, 40)
        floor = read(cursor)["floor"]
        assert isinstance(floor, int)
        low = [uid for uid in range(2, 500, 2) if uid <= floor]
        assert len(low) > 30
        clock.advance(86_400)
        imap.mails[499] = mail(499)
        cursor, pages = await rounds(box, cursor, 40)
        assert 499 in pages[1]
        assert sorted(uid for page in pages for uid in page) == [*low, 499]
        clock.advance(86_400)
        imap.script["UID MOVE"] = says("{tag} OK")
        moves = imap.count("UID MOVE")
        cursor, pages = await rounds(box, cursor, 40)
        assert sorted(uid for page in pages for uid in page) == low
        assert imap.count("UID MOVE") > moves


async def rounds(box: Connector, cursor: Cursor | None, most: int) -> tuple[Cursor, list[list[int]]]:
    """Fetch, store and confirm until nothing comes, at most so often; return the cursor and the UIDs of each page."""
    pages: list[list[int]] = []
    while len(pages) < most and (page := await fetch(box, cursor)).cursor is not None:
        cursor = page.cursor
        pages.append(uids(page))
        await box.confirm(BOX, cursor)
    assert cursor is not None
    return cursor, pages
