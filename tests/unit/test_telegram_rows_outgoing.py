"""The rows of PLATFORMS.md that concern what goes out by Telegram, files and profiles, by their names."""

from __future__ import annotations

import asyncio
import heapq
import logging
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from connectors.telegram import PLUGIN
from connectors.telegram._files import TelegramDownloader
from connectors.telegram._sender import TelegramSender
from connectors.telegram._text import units
from gateway.case import Thread
from gateway.errors import (
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)
from gateway.limits import Bucket, Call, Limiter, Taken, draw
from gateway.ports import FileRef, Key
from gateway.sandbox.telegram import Fault, Limits, TelegramServer
from tests.conftest import ManualClock
from tests.unit.telegram_outgoing import KEY, TOKEN, Scene, passing, scene, settings_for

MIB = 1024 * 1024
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429),
        Fault(status=429, body="Too Many Requests"),
        Fault(status=429, body="<html><h1>429 Too Many Requests</h1></html>"),
        Fault(status=429, body={"ok": False, "error_code": 429, "description": "Too Many Requests"}),
        Fault(status=429, body=b""),
    ],
)
async def test_a08_a_429_without_its_time_is_a_limit(fault: Fault) -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", fault)
        with pytest.raises(RateLimitedError) as raised:
            await it.send()
        assert raised.value.retry_after >= timedelta(seconds=30)
        assert it.calls("sendMessage") == 1


async def test_a08_a_429_with_its_time_is_kept_to() -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", Fault(status=429, retry_after=7))
        with pytest.raises(RateLimitedError) as raised:
            await it.send()
        assert raised.value.retry_after == timedelta(seconds=7.5)
        assert raised.value.item


async def test_a09_a_400_is_refused_for_good_after_one_attempt() -> None:
    async with scene() as it:
        it.server.faults.always("sendMessage", Fault(status=400))
        with pytest.raises(RejectedError):
            await it.send()
        assert it.calls("sendMessage") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut=True, takes=True),
        Fault(status=502, body="<html>", takes=True),
        Fault(status=200, body={"ok": False}, takes=True),
        Fault(status=200, body="<html>", takes=True),
    ],
)
async def test_a12_what_may_have_been_taken_goes_once(fault: Fault) -> None:
    """One copy, and an unknown outcome: never a second attempt."""
    async with scene() as it:
        it.server.faults.plan("sendMessage", fault)
        with pytest.raises(OutcomeUnknownError):
            await it.send()
        assert it.calls("sendMessage") == 1
        assert it.texts == ["Hello"]


async def test_a12_a_time_out_after_the_request_is_an_unknown_outcome() -> None:
    async with scene(step_secs=0.2) as it:
        it.server.faults.plan("sendMessage", Fault(hang=True, takes=True))
        with pytest.raises(OutcomeUnknownError):
            await it.send()
        assert it.calls("sendMessage") == 1


async def test_a12_a_full_pool_is_no_unknown_outcome() -> None:
    """The request never left: the same reply may go later."""
    async with scene(step_secs=0.2, connections=1) as it:
        it.server.faults.plan("sendDocument", Fault(hang=True))
        upload = asyncio.create_task(it.sender.send(it.reply(files=(it.files.put("a.pdf", b"%PDF"),)), KEY))
        await it.server.until(lambda: it.server.faults.hanging == 1)
        with pytest.raises(TransientError):
            await it.sender.send(it.reply(), KEY)
        it.server.faults.release()
        await upload
        assert it.calls("sendMessage") == 0


async def test_a13_a_user_who_blocked_the_bot_is_unreachable_until_he_is_back() -> None:
    async with scene() as it:
        it.server.blocks(it.person)
        with pytest.raises(UnreachableError):
            await it.send()
        assert it.calls("sendMessage") == 1
        it.server.unblocks(it.person)
        await it.send()
        assert it.texts == ["Hello"]


async def test_a13_a_group_that_threw_the_bot_out_is_unreachable() -> None:
    async with scene() as it:
        group = it.server.group("Examplex talk")
        it.server.leaves(group, it.server.bot, by=it.person)
        with pytest.raises(UnreachableError):
            await it.send(to=group["id"])


async def test_a14_a_group_that_has_moved_is_followed_once() -> None:
    async with scene() as it:
        group = it.server.group("Examplex talk", "group")
        said = it.server.says(it.person, "/help", group)
        new = it.server.migrates(group)
        parent = Thread(parent=f"telegram:123456:{group['id']}:{said['message_id']}")
        receipt = await it.send(to=group["id"], thread=parent, evidence={"topic": "3"})
        assert [sent.chat_id for sent in it.server.sent] == [new["id"]]
        assert "reply_parameters" not in it.server.sent[0].params
        assert receipt.ref.startswith(f"telegram:{new['id']}:")
        assert str(new["id"]) in receipt.note
        assert it.calls("sendMessage") == 2


async def test_a14_a_group_that_moves_in_circles_is_refused() -> None:
    async with scene() as it:
        group = it.server.group("Examplex talk", "group")
        moved = {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded"}
        it.server.faults.always("sendMessage", Fault(400, {**moved, "parameters": {"migrate_to_chat_id": -1001234567}}))
        with pytest.raises(RejectedError):
            await it.send(to=group["id"])
        assert it.calls("sendMessage") == 2


class Budgets:
    """The engine's buckets, kept over a restart."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[Taken, ...]] = {}

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        after, room = draw(buckets, self._taken, now)
        self._taken.update(after)
        return room


@pytest.mark.timeout(400)
async def test_a15_5000_replies_meet_no_429_across_a_restart() -> None:
    """500 chats and 20 groups, some replies of three parts, on a server that allows no burst at all."""
    async with scene(limits=Limits()) as it:
        chats = [it.person_who_started(f"Person {number}")["id"] for number in range(500)]
        groups = [it.server.group(f"Group {number}")["id"] for number in range(20)]
        work = [(it.clock.now(), number, to) for number, to in enumerate((groups * 40 + chats * 9)[:5000])]
        budgets = Budgets()
        left = await _deliver(it, it.sender, budgets, work, until=2500)
        again = TelegramSender(settings_for(it.server), it.clock, it.bots, it.files)
        assert await _deliver(it, again, budgets, left) == []
        statuses = Counter(call.status for call in it.server.calls)
        assert statuses.keys() == {200}
        longer = sum(_is_long(number, to) for _, number, to in work)
        assert len(it.server.sent) == len(work) + 2 * longer


Work = list[tuple[datetime, int, int]]
"""When a reply is due, its number, and the chat it goes to."""


async def _deliver(it: Scene, sender: TelegramSender, budgets: Budgets, work: Work, until: int = 5000) -> Work:
    """Do as the engine does with replies: reserve, call, and put off what has to wait. Returns what is left."""
    gate = Limiter(budgets, it.clock).gate(PLUGIN.limits, "connector", "telegram", "123456")
    assert gate is not None
    queue = list(work)
    heapq.heapify(queue)
    done = 0
    while queue and done < until:
        due_at, number, to = heapq.heappop(queue)
        it.clock.advance(max(0.0, (due_at - it.clock.now()).total_seconds()))
        reply = it.reply("word " * 2000 if _is_long(number, to) else f"Reply {number}", to)
        refusal = await gate.reserve(Call.sending(reply, None))
        if refusal is not None:
            heapq.heappush(queue, (refusal.until, number, to))
            continue
        try:
            await passing(it.clock, sender.send(reply, Key(str(number))))
            done += 1
        except RateLimitedError as error:
            heapq.heappush(queue, (it.clock.now() + error.retry_after, number, to))
    return queue


def _is_long(number: int, to: int) -> bool:
    return number % (13 if to > 0 else 97) == 0


async def test_a15_the_limits_are_what_keeps_it_so() -> None:
    """Without them the same server refuses."""
    async with scene(limits=Limits()) as it:
        await it.send()
        with pytest.raises(RateLimitedError):
            await it.send()


async def test_a15_a_long_reply_into_a_group_waits_until_all_of_it_may_go() -> None:
    async with scene(limits=Limits()) as it:
        group = it.server.group("Examplex talk")["id"]
        it.clock.advance(61)
        for _ in range(18):
            await it.send(to=group)
            it.clock.advance(1.1)
        with pytest.raises(RateLimitedError) as raised:
            await it.send("word " * 2000, to=group)
        assert len(it.server.sent) == 18
        it.clock.advance(raised.value.retry_after.total_seconds())
        await it.send("word " * 2000, to=group)
        assert len(it.server.sent) == 21
        assert {call.status for call in it.server.calls} == {200}


async def test_a15_after_a_restart_a_long_reply_into_a_group_waits_a_minute() -> None:
    """What went there before is not known, and half a reply would be an unknown outcome."""
    async with scene() as it:
        group = it.server.group("Examplex talk")["id"]
        await it.send(to=group)
        with pytest.raises(RateLimitedError):
            await it.send("word " * 2000, to=group)
        await it.send("word " * 2000)


async def test_a17_the_token_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scene() as it:
        said: list[str] = []
        person = it.person
        file = it.server.sends_file(person, "document", b"x", file_name="a.pdf")["document"]["file_id"]
        downloader = TelegramDownloader(settings_for(it.server), it.clock)
        faults = (Fault(status=401), Fault(status=404), Fault(cut=True), Fault(status=502, body=TOKEN), None)
        for fault in faults:
            for method in ("sendMessage", "getFile", "download"):
                if fault is not None:
                    it.server.faults.plan(method, fault)
            try:
                await it.send("a user's own words")
                [chunk async for chunk in downloader.open(FileRef(file))]
            except GatewayError as error:
                said += [str(error), repr(error), repr(error.__cause__)]
        assert len(said) > 6
        everything = "\n".join(said) + caplog.text
        assert TOKEN not in everything
        assert "own words" not in everything


async def test_a18_a_file_that_is_larger_than_announced_is_given_up_and_memory_stays_flat() -> None:
    given = 0

    def huge() -> Iterable[bytes]:
        nonlocal given
        for _ in range(300):
            given += MIB
            yield bytes(MIB)

    async with TelegramServer.start(TOKEN, clock=ManualClock()) as server:
        sent = server.sends_file(server.person("Mei Lin"), "document", huge, declared_size=10, file_name="a.pdf")
        downloader = TelegramDownloader(settings_for(server), ManualClock())
        given = 0
        tracemalloc.start()
        try:
            with pytest.raises(RejectedError):
                [chunk async for chunk in downloader.open(FileRef(sent["document"]["file_id"]))]
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert given < 20 * MIB
        assert peak < 20 * MIB


@pytest.mark.parametrize("path", ["/etc/hostname", "../../x", "http://evil.test/x", "documents/../../../etc/hostname"])
async def test_a19_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    async with TelegramServer.start(TOKEN, clock=ManualClock()) as server:
        sent = server.sends_file(server.person("Mei Lin"), "document", b"x", file_path=path, file_name="a.pdf")
        downloader = TelegramDownloader(settings_for(server), ManualClock())
        with pytest.raises(RejectedError):
            [chunk async for chunk in downloader.open(FileRef(sent["document"]["file_id"]))]
        assert not any(call.method == "download" for call in server.calls)


async def test_a20_a_file_that_the_platform_gives_not_out_is_too_large() -> None:
    async with TelegramServer.start(TOKEN, clock=ManualClock()) as server:
        sent = server.sends_file(server.person("Mei Lin"), "document", b"x", declared_size=21 * MIB, file_name="a.pdf")
        downloader = TelegramDownloader(settings_for(server), ManualClock())
        with pytest.raises(TooLargeError):
            [chunk async for chunk in downloader.open(FileRef(sent["document"]["file_id"]))]


async def test_a26_a_text_whose_entities_cannot_be_read_goes_plain() -> None:
    async with scene() as it:
        refused = {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: can't parse entities: x at byte offset 3",
        }
        it.server.faults.plan("sendMessage", Fault(400, refused))
        await it.send("a * b _ c")
        assert it.texts == ["a * b _ c"]
        assert it.calls("sendMessage") == 2


async def test_a26_a_reply_of_5000_emoji_is_cut_between_them() -> None:
    async with scene() as it:
        text = FAMILY * 714
        assert len(text) > 4096
        await it.send(text)
        assert "".join(it.texts) == text
        assert all(units(each) <= 4096 and len(each) % len(FAMILY) == 0 for each in it.texts)


async def test_a32_lone_surrogates_nul_and_overrides_are_sent_harmless() -> None:
    async with scene() as it:
        await it.send("a\ud800b\x00c\u202edef")
        file = it.files.put("a\ud800\u202eb.pdf", b"%PDF")
        it.clock.advance(2)
        await it.send("caption \udfff", files=(file,))
        assert it.texts == ["a\ufffdbcdef", "caption \ufffd"]
        assert it.server.sent[1].params["document"].name == "a\ufffdb.pdf"
