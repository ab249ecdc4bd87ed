"""What mail does to other help desks' intake, numbered as in the list of pains; on a real Dovecot where it can be."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tracemalloc
import uuid
from collections.abc import AsyncIterable
from pathlib import Path

import pytest

from gateway.errors import TransientError
from gateway.ports import Connector, Cursor, StreamId
from tests.conftest import ManualClock
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import Call, ScriptedImap, cut, silent
from tests.servers.relay import Relay
from tests.unit.test_email_imap import BOX, fetch, settings, uids
from tests.unit.test_email_imap import connected as scripted
from tests.unit.test_email_imap import mail as short
from tests.unit.test_email_mailbox import connected, drain, mail

pytest_plugins = ("tests.servers.dovecot_fixture",)

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MIB = 1024 * 1024


@pytest.fixture
def user() -> str:
    return f"{uuid.uuid4().hex}@example.test"


def flags(server: Dovecot, user: str, criterion: str) -> list[bytes]:
    with server.imap(user) as line:
        line.select("INBOX", readonly=True)
        found: list[bytes] = line.uid("SEARCH", criterion)[1][0].split()
    return found


@pytest.mark.dovecot
async def test_p1_mail_of_three_days_without_a_server_arrives(dovecot: Dovecot, user: str) -> None:
    """There is no window: neither the date of a mail nor the length of the outage decides what is fetched."""
    clock = ManualClock()
    async with (
        Relay.open(dovecot.host, dovecot.imap_port) as relay,
        connected(dovecot, user, clock, imap_port=relay.port) as box,
    ):
        dovecot.append(mail(1), user)
        first, cursor = await drain(box)
        async with relay.outage():
            with pytest.raises(TransientError):
                await box.fetch(BOX, cursor)
            with dovecot.imap(user) as line:
                for number, day in ((2, "01"), (3, "20"), (4, "17")):
                    line.append("INBOX", "", f'"{day}-Jan-2020 10:00:00 +0000"', mail(number))
            clock.advance(72 * 3600)
        rest, _ = await drain(box, cursor)
    assert [raw.body for raw in (*first, *rest)] == [mail(number) for number in (1, 2, 3, 4)]


class Cost:
    """What it took to catch up with a backlog."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self.mails = self.commands = self.bytes = self.peak = 0

    async def catch_up(self, box: Connector) -> None:
        """Fetch and confirm as the engine does, keeping nothing."""
        commands, received = self._relay.lines_up, self._relay.bytes_down
        cursor: Cursor | None = None
        tracemalloc.start()
        while True:
            page = await box.fetch(BOX, cursor)
            if not page.items:
                break
            self.mails += len(page.items)
            cursor = page.cursor
            assert cursor is not None
            await box.confirm(BOX, cursor)
        self.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.commands = self._relay.lines_up - commands
        self.bytes = self._relay.bytes_down - received


@pytest.mark.dovecot
@pytest.mark.parametrize("after_storing", ["mark_read", "archive"])
async def test_p2_a_backlog_costs_in_proportion_and_memory_stays_flat(dovecot: Dovecot, after_storing: str) -> None:
    """Ten thousand waiting mails; by default fewer: commands and bytes are linear in their number."""
    few, many = (1_000, 10_000) if FULL else (200, 1_000)
    changes: dict[str, str] = {"after_storing": after_storing}
    if after_storing == "archive":
        changes["archive_folder"] = "Done"
    costs: list[Cost] = []
    for count in (few, many):
        user = f"{uuid.uuid4().hex}@example.test"
        await asyncio.to_thread(dovecot.fill, [mail(number) for number in range(count)], user)
        with dovecot.imap(user) as line:
            line.create("Done")
        async with Relay.open(dovecot.host, dovecot.imap_port) as relay:
            costs.append(Cost(relay))
            async with asyncio.timeout(300), connected(dovecot, user, imap_port=relay.port, **changes) as box:
                await costs[-1].catch_up(box)
        assert flags(dovecot, user, "UNSEEN") == []
    small, large = costs
    assert (small.mails, large.mails) == (few, many)
    assert large.commands / many <= small.commands / few
    assert large.bytes / many <= 1.1 * small.bytes / few
    assert large.peak - small.peak < MIB


@pytest.mark.dovecot
async def test_p7_what_was_fetched_and_not_stored_looks_untouched_and_comes_again(dovecot: Dovecot, user: str) -> None:
    await asyncio.to_thread(dovecot.fill, [mail(1), mail(2)], user)
    for _ in range(2):
        async with connected(dovecot, user) as box:
            raws, _ = await drain(box)
        assert [raw.body for raw in raws] == [mail(1), mail(2)]
        assert flags(dovecot, user, "UNSEEN") == [b"1", b"2"]


@pytest.mark.dovecot
async def test_p9_no_flag_hides_a_mail(dovecot: Dovecot, user: str) -> None:
    """What another client has read, answered, flagged or marked as deleted is a user's mail all the same."""
    marks = ("", r"\Seen", r"\Answered \Seen", r"\Flagged", r"\Deleted", r"\Draft", "$Junk")
    with dovecot.imap(user) as line:
        for number, mark in enumerate(marks):
            line.append("INBOX", mark, "", mail(number))
    async with connected(dovecot, user, batch=3) as box:
        raws, _ = await drain(box)
    assert [raw.body for raw in raws] == [mail(number) for number in range(len(marks))]


async def test_p10_a_mail_is_marked_only_after_it_was_stored() -> None:
    """Neither a fetch that failed half way nor one that succeeded marks anything; a confirm marks what it covers."""
    imap = ScriptedImap({1: short(1), 2: short(2)})

    async def half(call: Call) -> None:
        if "BODY" in call.arguments:
            del imap.script["UID FETCH"]
            await call.say("* 1 FETCH (UID 1 BODY[] {500}\r\nFrom")
            await cut(call)
        await imap.usual(call)

    imap.script["UID FETCH"] = half
    async with imap.running(), scripted(imap.port, batch=1) as box:
        with pytest.raises(TransientError):
            await fetch(box)
        assert imap.count("UID STORE") == 0
        page = await fetch(box)
        assert (uids(page), imap.count("UID STORE")) == ([1], 0)
        assert page.cursor is not None
        await box.confirm(BOX, page.cursor)
    assert imap.seen == {1}


@pytest.mark.dovecot
async def test_p11_one_renumbered_folder_is_read_anew_and_no_other(dovecot: Dovecot, user: str) -> None:
    """UIDVALIDITY changes while we are connected: no loss, no key twice, and the other folder goes on where it was."""
    folders, clock = ("INBOX", "Support"), ManualClock()
    with dovecot.imap(user) as line:
        line.create("Support")
        for folder in folders:
            dovecot.append(mail(1), user, folder)
            dovecot.append(mail(2), user, folder)
        async with connected(dovecot, user, clock, folders=folders) as box:
            before = {stream: await drain(box, stream=stream) for stream in box.streams()}
            line.delete("Support")
            line.create("Support")
            for number in (3, 4, 5):
                dovecot.append(mail(number), user, "Support")
            dovecot.append(mail(6), user)
            clock.advance(600)
            after = {stream: (await drain(box, before[stream][1], stream))[0] for stream in box.streams()}
    assert [raw.body for raw in after[StreamId("INBOX")]] == [mail(6)]
    assert [raw.body for raw in after[StreamId("Support")]] == [mail(3), mail(4), mail(5)]
    keys = [raw.key for stream in folders for raw in (*before[StreamId(stream)][0], *after[StreamId(stream)])]
    assert len(set(keys)) == len(keys) == 8


async def test_p23_the_order_is_that_of_arrival_whatever_the_server_says() -> None:
    """SEARCH and FETCH may answer in any order, and dates say what they like; a reply never comes before its parent."""
    imap = ScriptedImap({uid: short(uid) for uid in (3, 7, 12)})

    async def search(call: Call) -> None:
        await call.say("* SEARCH 12 3 7 3\r\n")
        await call.done()

    async def backwards(call: Call) -> None:
        numbers, _, items = call.arguments.partition(" ")
        assert numbers
        for place, uid in ((3, 12), (1, 3), (2, 7)):
            await imap.send_mail(call, place, uid, items)
        await call.done()

    imap.script = {"UID SEARCH": search, "UID FETCH": backwards}
    async with imap.running(), scripted(imap.port) as box:
        page = await fetch(box)
    assert uids(page) == [3, 7, 12]
    assert [raw.body for raw in page.items] == [short(3), short(7), short(12)]


@pytest.mark.dovecot
async def test_p27_a_huge_mail_costs_its_header_and_holds_no_other_up(dovecot: Dovecot, user: str) -> None:
    """C15: its size is known before a byte of it is fetched. One of 100 MB where there is time, else of 60."""
    size = (100 if FULL else 60) * MIB
    huge = mail(2) + b"x" * size
    await asyncio.to_thread(dovecot.fill, [mail(1), huge, mail(3)], user)
    before = _resident()
    async with (
        Relay.open(dovecot.host, dovecot.imap_port) as relay,
        connected(dovecot, user, imap_port=relay.port) as box,
    ):
        raws, _ = await drain(box)
        assert relay.bytes_down < MIB
    assert [(raw.complete, raw.size) for raw in raws] == [
        (True, len(mail(1))),
        (False, len(huge)),
        (True, len(mail(3))),
    ]
    assert raws[1].notes["reason"] == "too_large"
    assert raws[1].body == huge.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert _resident() - before < 16 * MIB


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.dovecot
async def test_p27_large_mails_come_one_to_a_page(dovecot: Dovecot, user: str) -> None:
    """A run of mails with attachments never stands in memory together."""
    large = [mail(number) + b"%d" % number * (5 * MIB) for number in range(3)]
    await asyncio.to_thread(dovecot.fill, large, user)
    async with connected(dovecot, user) as box:
        cursor, sizes = None, []
        while (page := await box.fetch(BOX, cursor)).items:
            cursor = page.cursor
            sizes.append([len(raw.body) for raw in page.items])
    assert sizes == [[len(each)] for each in large]


async def _taken(box: Connector) -> None:
    page = await fetch(box)
    await box.confirm(BOX, page.cursor or Cursor(""))


class Originals:
    """Counts and hashes what is kept, and holds none of it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.kept: list[str] = []
        self.longest = 0

    async def keep(self, chunks: AsyncIterable[bytes]) -> str:
        """See `gateway.ports.Originals`."""
        digest = hashlib.sha256()
        async for chunk in chunks:
            digest.update(chunk)
            self.longest = max(self.longest, len(chunk))
        if self.error is not None:
            raise self.error
        self.kept.append(digest.hexdigest())
        return self.kept[-1]


@pytest.mark.dovecot
async def test_p27_a_large_mail_goes_to_the_store_piece_by_piece(dovecot: Dovecot, user: str) -> None:
    """C15: nothing but a piece of it stands in memory; what is small comes as ever."""
    size = (100 if FULL else 20) * MIB
    large = mail(1) + b"0123456789abcdef" * (size // 16)
    await asyncio.to_thread(dovecot.fill, [large, mail(2)], user)
    originals = Originals()
    async with connected(dovecot, user, originals=originals, max_mail_bytes=200 * MIB) as box:
        tracemalloc.start()
        raws, _ = await drain(box)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 * MIB
    assert originals.longest <= MIB
    assert [(raw.kept, raw.size, raw.complete) for raw in raws] == [
        (hashlib.sha256(large).hexdigest(), len(large), True),
        ("", len(mail(2)), True),
    ]
    assert [raw.body for raw in raws] == [b"", mail(2)]
    assert raws[0].lane == "u1@elsewhere.test"


async def test_p27_a_large_mail_that_is_cut_off_is_not_kept_in_part() -> None:
    """Whole at the next try; and after three failures its header, so that others are not held up."""
    imap = ScriptedImap({1: short(1, b"x" * 6 * MIB), 2: short(2)})
    left = [2]

    async def half(call: Call) -> None:
        if "<2097152." in call.arguments and left[0]:
            left[0] -= 1
            await cut(call)
        await imap.usual(call)

    imap.script["UID FETCH"] = half
    originals = Originals()
    async with imap.running(), scripted(imap.port, originals=originals) as box:
        for _ in range(2):
            with pytest.raises(TransientError):
                await fetch(box)
        assert originals.kept == []
        page = await fetch(box)
        assert [raw.kept for raw in page.items] == [hashlib.sha256(imap.mails[1]).hexdigest(), ""]
        left[0] = 99
        with pytest.raises(TransientError):
            await fetch(box)
        page = await fetch(box)
        assert [(raw.kept, raw.complete) for raw in page.items] == [("", False), ("", True)]


async def test_p27_a_store_that_takes_nothing_now_is_no_fault_of_the_mail() -> None:
    """However often the disk is full, the mail is fetched again, and comes whole in the end."""
    imap = ScriptedImap({1: short(1, b"x" * 6 * MIB)})
    originals = Originals(TransientError("the disk is full"))
    async with imap.running(), scripted(imap.port, originals=originals) as box:
        for _ in range(5):
            with pytest.raises(TransientError, match="the disk is full"):
                await fetch(box)
        originals.error = None
        (raw,) = (await fetch(box)).items
    assert (raw.kept, raw.complete) == (hashlib.sha256(imap.mails[1]).hexdigest(), True)


@pytest.mark.parametrize(
    "name", ["CAPABILITY", "LOGIN", "SELECT", "NOOP", "UID SEARCH", "UID FETCH", "IDLE", "UID STORE", "LOGOUT"]
)
async def test_p28_no_silence_lasts_longer_than_a_step(name: str) -> None:
    """A server that takes a command and never answers costs one step, then the next call has a new line."""
    assert settings(143, step_secs=30).step_secs <= 60
    imap = ScriptedImap({} if name == "IDLE" else {1: short(1)}, script={name: silent})
    async with imap.running(), scripted(imap.port, step_secs=0.2) as box:
        if name == "LOGOUT":
            assert uids(await fetch(box)) == [1]
            return
        with pytest.raises(TransientError, match="did not answer"):
            await _taken(box)
        del imap.script[name]
        imap.mails[1] = short(1)
        page = await fetch(box)
        assert (uids(page), imap.connections) == ([1], 2)


@pytest.mark.dovecot
async def test_p40_what_was_taken_and_then_deleted_does_not_come_again(dovecot: Dovecot, user: str) -> None:
    await asyncio.to_thread(dovecot.fill, [mail(1), mail(2)], user)
    async with connected(dovecot, user) as box:
        _, cursor = await drain(box)
    with dovecot.imap(user) as line:
        line.select("INBOX")
        line.store("1:*", "+FLAGS", r"(\Deleted)")
        line.expunge()
    for _ in range(2):
        async with connected(dovecot, user) as box:
            assert (await drain(box, cursor))[0] == []
    dovecot.append(mail(3), user)
    async with connected(dovecot, user) as box:
        assert [raw.body for raw in (await drain(box, cursor))[0]] == [mail(3)]
