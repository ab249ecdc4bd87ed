"""The rows of the list of what goes wrong with Telegram that concern intake alone, each by its number."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog

from connectors.telegram import PLUGIN
from connectors.telegram._bot import ANSWER_BYTES, Bots, TooLongError
from connectors.telegram._ingress import SECRET_HEADER, TelegramIngress
from connectors.telegram._updates import ALLOWED, UNREADABLE, Maker
from gateway.errors import AuthError, ConfigError, GatewayError, RateLimitedError, TransientError
from gateway.ports import Connector, Cursor, Opening, PushRequest, Refusal
from gateway.sandbox.telegram import Fault
from tests.conftest import ManualClock
from tests.servers.relay import Relay
from tests.unit.telegram_intake import (
    BOT,
    HOOK,
    HOOK_SECRET,
    TOKEN,
    WITHIN,
    Bench,
    bench,
    drained,
    fetched,
    stored,
)


def says(at: Bench, count: int) -> list[int]:
    """Let somebody write, and return the ids of the updates."""
    person = at.server.person("Someone")
    first = at.server.next_update_id
    for number in range(count):
        at.server.says(person, f"line {number}")
    return list(range(first, first + count))


def ids(raws: Any) -> list[int]:
    return [json.loads(raw.body)["update_id"] for raw in raws]


@asynccontextmanager
async def endless(begin: bytes, piece: bytes) -> AsyncIterator[str]:
    """Serve an answer that has no end to every call; gives the address."""
    ended: list[asyncio.Event] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.Event())
        mine = ended[-1]
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + begin)
        try:
            while not writer.is_closing():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        finally:
            writer.close()
            mine.set()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    # The client is gone, so that each of them ends.
    for each in ended:
        await each.wait()


async def failure(connector: Connector, after: Cursor | None = None) -> GatewayError:
    """Return our own error that a fetch raises."""
    with pytest.raises(GatewayError) as caught:
        await fetched(connector, after)
    return caught.value


async def test_a01_an_update_is_confirmed_only_after_its_commit() -> None:
    async with bench() as at:
        sent = says(at, 5)
        async with at.connector() as connector:
            page = await fetched(connector)
            await fetched(connector)
            assert at.server.pending == 5
        async with at.connector() as connector:
            assert ids((await fetched(connector)).items) == sent == ids(page.items)
            await stored(connector)
            assert at.server.pending == 5
            says(at, 1)
            await fetched(connector)
            assert at.server.pending == 1
        assert [call.get("offset") for call in at.asked()] == [None, None, None, None, sent[-1] + 1]


async def test_a02_an_update_that_cannot_be_parsed_holds_up_nobody() -> None:
    async with bench() as at:
        says(at, 1)
        at.server.push({"message": {"photo": [{"file_id": "f"}], "chat": {"id": 5}}})
        at.server.push({"message": {"date": 10**18, "text": "x"}})
        at.server.push({"message": None})
        at.server.push({})
        says(at, 1)
        async with at.connector() as connector:
            page = await stored(connector)
            assert len(page.items) == 6
            assert [raw.lane for raw in page.items][1:5] == ["5", "updates", "updates", "updates"]
            assert not (await stored(connector, page.cursor)).items
        assert at.server.pending == 0
        assert len(at.asked()) == 2


async def test_a03_ids_that_jump_down_lose_nothing() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.next_update_id = 900_000_001
        before = says(at, 3)
        assert ids((await stored(connector)).items) == before
        at.server.next_update_id = 117
        after = says(at, 3)
        assert ids(await drained(connector)) == after
        assert at.server.pending == 0


async def test_a03_an_id_that_comes_again_for_another_message_has_another_key() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.next_update_id = 117
        says(at, 1)
        (first,) = (await stored(connector)).items
        # The quiet week: all is confirmed, and the polls find nothing.
        assert not (await stored(connector)).items
        at.clock.advance(8 * 86_400)
        at.server.next_update_id = 117
        says(at, 1)
        (second,) = (await stored(connector)).items
        assert ids([first]) == ids([second])
        assert first.key != second.key


@pytest.mark.parametrize("stale", [900_000_500, 119, 1])
async def test_a04_a_stored_offset_of_another_sequence_is_not_used(stale: int) -> None:
    async with bench() as at:
        at.server.next_update_id = stale - 2 if stale > 2 else 1
        says(at, 2)
        async with at.connector() as connector:
            cursor = (await fetched(connector)).cursor
        assert cursor is not None
        at.server.push_bytes(b'{"ok":true,"result":[]}')
        at.clock.advance(8 * 86_400)
        at.server.next_update_id = 117
        sent = says(at, 5)
        async with at.connector() as connector:
            await connector.confirm(connector.streams()[0], cursor)
            # The first answer is empty; what comes then is of the new sequence.
            assert not (await fetched(connector, cursor)).items
            assert ids((await fetched(connector, cursor)).items) == sent
        assert all("offset" not in call for call in at.asked())


async def test_a05_the_engine_knows_how_long_the_platform_keeps_updates() -> None:
    assert PLUGIN.keeps == timedelta(hours=24)


async def test_a05_a_poll_that_fails_is_never_an_empty_page() -> None:
    async with bench() as at, at.connector() as connector:
        await fetched(connector)
        at.server.faults.always("getUpdates", Fault(502, "<html>Bad Gateway</html>"))
        for _ in range(5):
            assert isinstance(await failure(connector), TransientError)


async def test_a06_every_call_says_which_updates_it_wants() -> None:
    async with bench() as at:
        async with at.connector() as connector:
            for _ in range(3):
                says(at, 1)
                await stored(connector)
        async with at.connector(mode="webhook") as connector:
            await fetched(connector)
        calls = at.asked() + at.asked("setWebhook")
        assert len(calls) == 4
        assert all(call["allowed_updates"] == list(ALLOWED) for call in calls)
        assert {"chat_member", "my_chat_member", "callback_query", "deleted_business_messages"} <= set(ALLOWED)


async def test_a07_of_two_gateways_one_polls_and_the_other_waits() -> None:
    clock = ManualClock()
    async with bench() as at, AsyncExitStack() as stack:
        at.server._clock = at.server._polling._clock = at.server._queue._clock = clock
        pair = [await stack.enter_async_context(at.connector(clock)) for _ in range(2)]
        tasks: list[asyncio.Task[Any]] = []
        async with asyncio.timeout(WITHIN):
            tasks.append(asyncio.create_task(fetched(pair[0])))
            await at.server.until(lambda: at.server.polled)
            tasks.append(asyncio.create_task(fetched(pair[1])))
            (ended,), (polls,) = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            error = ended.exception()
            assert isinstance(error, RateLimitedError)
            assert not error.item
            assert timedelta(seconds=30) <= error.retry_after <= timedelta(minutes=1)
            assert "leaked" in str(error)
            assert ended is tasks[0]
            assert at.server.polled
            assert len(at.asked()) == 2
            # The other one ends; this one goes on as soon as it looks again.
            polls.cancel()
            await asyncio.gather(polls, return_exceptions=True)
            sent = says(at, 1)
            clock.advance(error.retry_after.total_seconds())
            assert ids((await fetched(pair[0])).items) == sent


@pytest.mark.parametrize(
    ("fault", "secs"),
    [
        (Fault(429, retry_after=7), [7.5, 7.5, 7.5]),
        (
            Fault(429, {"ok": False, "error_code": 429, "description": "Flood"}, headers={"Retry-After": "9"}),
            [9.5, 9.5],
        ),
        (Fault(429, "<html>slow down</html>", headers={"Retry-After": "9"}), [9.5, 9.5]),
        (Fault(429, "<html>slow down</html>"), [30.5, 61.0, 122.0]),
        (Fault(429, b"slow down"), [30.5, 61.0, 122.0]),
        (Fault(429, {"ok": False, "error_code": 429, "description": "Too Many Requests"}), [30.5, 61.0, 122.0]),
        (Fault(429, {"ok": False, "parameters": {"retry_after": "x"}}), [30.5, 61.0, 122.0]),
        (Fault(429, b"[" * 100), [30.5, 61.0]),
        (Fault(429, "", headers={"Retry-After": "Fri, 20 Nov 2026 12:00:00 GMT"}), [30.5]),
    ],
    ids=["parameters", "header", "html-header", "html", "plain", "json", "odd", "garbage", "date"],
)
async def test_a08_every_shape_of_429_is_a_wait(fault: Fault, secs: list[float]) -> None:
    async with bench() as at, at.connector() as connector:
        await fetched(connector)
        at.server.faults.always("getUpdates", fault)
        for expected in secs:
            error = await failure(connector)
            assert isinstance(error, RateLimitedError)
            assert error.retry_after.total_seconds() == expected
            assert not error.item
        at.server.faults.mend()
        await fetched(connector)
        at.server.faults.always("getUpdates", fault)
        again = await failure(connector)
        assert isinstance(again, RateLimitedError)
        assert again.retry_after.total_seconds() == secs[0]


async def test_a09_a_400_is_no_trouble_of_the_network() -> None:
    """A refusal that would be repeated for ever is the operator's matter, not retried hotly."""
    async with bench() as at, at.connector() as connector:
        await fetched(connector)
        at.server.faults.plan("getUpdates", Fault(400))
        error = await failure(connector)
        assert isinstance(error, ConfigError)
        assert len(at.asked()) == 2


async def test_a10_a_404_is_told_to_the_operator_after_the_third_and_ends_nothing() -> None:
    async with bench() as at, at.connector() as connector:
        sent = says(at, 1)
        at.server.faults.plan("getMe", Fault(404, "<html>nginx</html>"))
        at.server.faults.plan("getUpdates", Fault(404, "<html>nginx</html>", times=2), Fault(404))
        errors = [await failure(connector) for _ in range(4)]
        # A proxy's: it is asked again soon. The call of getMe that went well has ended the first row.
        assert [type(error) for error in errors] == [TransientError] * 4
        assert ["in a row" in str(error) for error in errors] == [False, False, False, True]
        assert ids((await fetched(connector)).items) == sent


async def test_a10_a_401_is_the_token() -> None:
    async with bench() as at, at.connector() as connector:
        await fetched(connector)
        at.server.faults.plan("getUpdates", Fault(401))
        assert isinstance(await failure(connector), AuthError)


async def test_a11_a_black_hole_is_an_error_each_time_and_ends_when_it_ends() -> None:
    async with bench() as at:
        host, _, port = at.server.url.removeprefix("http://").partition(":")
        async with Relay.open(host, int(port)) as relay:
            # Room for a step of the setting-up; the polls themselves wait for a quarter of a second.
            settings: dict[str, Any] = {"api_url": f"http://127.0.0.1:{relay.port}", "poll_secs": 0, "step_secs": 0.5}
            async with at.connector(**settings) as connector:
                await fetched(connector)
                relay.freeze()
                with structlog.testing.capture_logs() as logs:
                    for _ in range(4):
                        error = await failure(connector)
                        assert isinstance(error, TransientError)
                renewed = [each for each in logs if each["event"] == "lines.renewed"]
                assert [each["timeouts"] for each in renewed] == [3]
                relay.cut()
                relay.thaw()
                sent = says(at, 2)
                assert ids(await drained(connector)) == sent


async def test_a11_an_answer_that_never_ends_is_given_up() -> None:
    """Each byte comes in time, so that no time-out of a read ever ends it: the watchdog does."""

    async with (
        bench() as at,
        endless(b"", b" ") as url,
        at.connector(api_url=url, poll_secs=0, step_secs=0.3) as connector,
    ):
        assert isinstance(await failure(connector), TransientError)


async def test_a16_a_page_that_is_not_stored_is_asked_for_again_a_second_later_and_whole() -> None:
    async with bench() as at, at.connector() as connector:
        says(at, 250)
        pages = [await fetched(connector) for _ in range(4)]
        assert [len(page.items) for page in pages] == [100] * 4
        times = [call.at for call in at.server.calls if call.method == "getUpdates"]
        assert all(later - sooner >= timedelta(seconds=1) for sooner, later in itertools.pairwise(times))
        at.server.faults.plan("getUpdates", Fault(500), Fault(502))
        for _ in range(2):
            await failure(connector)
        assert [len((await stored(connector, None)).items) for _ in range(3)] == [100, 100, 50]


async def test_a16_an_early_empty_page_is_not_asked_for_again_at_once() -> None:
    async with bench() as at, at.connector(poll_secs=0) as connector:
        for _ in range(3):
            at.server.push_bytes(b'{"ok":true,"result":[]}')
            await fetched(connector)
        times = [call.at for call in at.server.calls if call.method == "getUpdates"]
        assert all(later - sooner >= timedelta(seconds=1) for sooner, later in itertools.pairwise(times))


async def test_a17_the_token_is_in_no_error_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = TOKEN.partition(":")[2]
    told: list[str] = []
    faults = [
        Fault(401), Fault(403), Fault(404), Fault(404, f"<html>/bot{TOKEN}/getUpdates</html>"), Fault(409), Fault(500),
        Fault(500, f"/bot{TOKEN}"), Fault(400, {"ok": False, "description": f"Bad Request: /bot{TOKEN}"}),
        Fault(200, f"/bot{TOKEN}"), Fault(200, {"ok": True, "result": TOKEN}), Fault(302, headers={"location": TOKEN}),
        Fault(cut=True), Fault(429, f"/bot{TOKEN}"),
    ]  # fmt: skip
    with structlog.testing.capture_logs() as logs:
        async with bench() as at:
            for method in ("getMe", "getUpdates", "setMyCommands", "setWebhook", "getWebhookInfo"):
                for fault in faults:
                    mode = "webhook" if "Webhook" in method else "polling"
                    async with at.connector(mode=mode) as connector:
                        at.server.faults.plan(method, fault)
                        at.server.push_bytes(b'{"ok":true,"result":[]}')
                        try:
                            await fetched(connector)
                        except GatewayError as error:
                            told += [str(error), repr(error), repr(error.__cause__)]
                        told += [repr(await connector.check()), repr(connector)]
            async with at.connector(api_url="http://127.0.0.1:9", step_secs=1) as connector:
                told.append(repr(await failure(connector)))
            settings = at.settings()
            bots = Bots(settings)
            opening = Opening("support", settings, at.clock)
            told += [repr(settings), str(settings), repr(opening), repr(bots), repr(await bots.get())]
            await bots.close()
    assert len(told) > 100
    assert secret not in "\n".join((*told, *map(repr, logs), caplog.text))
    # Also with a log level for all that would tell each address.
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING


async def test_a27_privacy_mode_is_told_when_groups_are_to_be_watched() -> None:
    for reads_all, watched, warned in ((False, True, True), (False, False, False), (True, True, False)):
        async with bench(reads_all_group_messages=reads_all) as at:
            with structlog.testing.capture_logs() as logs:
                async with at.connector(warn_groups=watched) as connector:
                    await fetched(connector)
                    report = await connector.check()
        assert ("privacy.found_on" in [each["event"] for each in logs]) is warned
        (privacy,) = [each for each in report.checks if each.name == "privacy"]
        assert privacy.ok is not warned


async def test_a28_a_wrong_secret_is_refused_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(given: bytes, own: bytes) -> bool:
        compared.append((given, own))
        return real(given, own)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    async with bench() as at:
        ingress = TelegramIngress("support", at.settings(mode="webhook"), HOOK_SECRET)
        for given in ("", "x", HOOK_SECRET[:-1], "\xff"):
            request = PushRequest("POST", "/in/support", {}, {SECRET_HEADER: given}, b"{}", at.clock.now(), "")
            found = ingress.receive(request)
            assert isinstance(found, Refusal)
            assert found.status == 403
    assert [given for given, _ in compared] == [b"", b"x", HOOK_SECRET[:-1].encode(), "\xff".encode()]
    assert all(own == HOOK_SECRET.encode() for _, own in compared)


async def test_a29_a_webhook_that_is_set_is_told_apart_from_another_poller() -> None:
    async with bench() as at:
        async with at.connector(mode="webhook") as connector:
            await fetched(connector)
        async with at.connector() as connector:
            error = await failure(connector)
            assert isinstance(error, ConfigError)
            assert "desk.examplex.test" in str(error)
            assert "/in/support" not in str(error)
            assert at.server.webhook["url"] == HOOK
            report = await connector.check()
            assert not report.ok


async def test_a29_taking_over_keeps_what_waits() -> None:
    async with bench() as at:
        async with at.connector(mode="webhook", webhook_url="http://127.0.0.1:9/in/support") as connector:
            await fetched(connector)
        sent = says(at, 3)
        async with at.connector(take_over=True) as connector:
            assert isinstance(await failure(connector), TransientError)
            assert not at.server.webhook
            assert ids((await fetched(connector)).items) == sent
        assert all(not call.get("drop_pending_updates") for call in at.asked("deleteWebhook"))


def update(number: int, text: str = "hello") -> bytes:
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


def page_of(*items: bytes) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(items) + b"]}"


@pytest.mark.parametrize(
    "bad",
    [
        b'{"update_id":12,"message":{"text":"a","text":"b"}}',
        b'{"update_id":12,"message":{"chat":{"id":1e999}}}',
        b'{"update_id":12,"message":{"chat":{"id":99999999999999999999}}}',
        b'{"update_id":12,"message":{"chat":{"id":' + b"9" * 5000 + b"}}}",
        b'{"update_id":12,"message":{"x":NaN}}',
        b'{"update_id":12,"message":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"update_id":12,"message":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
        b'{"update_id":12,"message":"\xff\xfe"}',
        b'{"update_id":12,"message":{"text":"a"},}',
    ],
    ids=["twice", "huge-float", "65-bit", "digits", "nan", "nested-lists", "nested-objects", "no-utf-8", "comma"],
)
async def test_a33_what_cannot_be_read_is_put_aside_and_its_neighbours_go_on(bad: bytes) -> None:
    async with bench() as at, at.connector() as connector:
        at.server.push_bytes(page_of(update(11), bad, update(13)))
        page = await stored(connector)
        assert [raw.lane for raw in page.items] == ["7", UNREADABLE, "7"]
        assert page.items[1].body == bad
        assert page.items[1].key.startswith("123456:unreadable:")
        at.server.push_bytes(page_of(update(14)))
        assert ids((await stored(connector, page.cursor)).items) == [14]
        assert at.asked()[-1]["offset"] == 14
        # Alone on its page it is passed over, too.
        at.server.push_bytes(page_of(bad.replace(b"12", b"15", 1)))
        page = await stored(connector)
        at.server.push_bytes(page_of(update(16)))
        assert ids((await stored(connector, page.cursor)).items) == [16]
        assert at.asked()[-1]["offset"] == 16


async def test_a33_ids_as_fractions_are_no_ids() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.push_bytes(page_of(b'{"update_id":12.0,"message":{}}', update(13)))
        page = await stored(connector)
        assert [raw.lane for raw in page.items] == [UNREADABLE, "7"]
        assert at.asked()[-1].get("offset") is None


async def test_a33_an_update_without_a_readable_id_is_kept_once_and_told() -> None:
    async with bench() as at, at.connector() as connector:
        bad = page_of(b'{"message":{"text":"a","text":"b"}}')
        at.server.push_bytes(bad)
        page = await stored(connector)
        assert [raw.lane for raw in page.items] == [UNREADABLE]
        assert page.cursor is None
        at.server.push_bytes(bad)
        assert isinstance(await failure(connector), TransientError)
        at.server.push_bytes(page_of(b'{"message":{"text":"a","text":"b"}}', update(13)))
        assert [raw.lane for raw in (await stored(connector)).items] == [UNREADABLE, "7"]


async def test_a33_an_answer_over_the_cap_is_not_read_to_its_end_and_nothing_is_lost() -> None:
    async with bench() as at, at.connector() as connector:
        long = "x" * (3 * 1024 * 1024)
        at.server.push_bytes(page_of(*(update(number, long) for number in (11, 12, 13, 14))))
        page = await stored(connector)
        assert ids(page.items) == [11, 12]
        at.server.push_bytes(page_of(update(13)))
        assert ids((await stored(connector, page.cursor)).items) == [13]
        assert at.asked()[-1]["offset"] == 13


async def test_a33_an_answer_without_an_end_is_read_to_the_cap_and_no_further() -> None:
    begin = b'{"ok":true,"result":[' + update(11) + b',{"update_id":12,"message":{"text":"'
    async with endless(begin, b"x" * 65_536) as url, bench() as at:
        bots = Bots(at.settings(api_url=url, poll_secs=0, step_secs=10))
        with pytest.raises(TooLongError) as caught:
            await bots.poll({})
        await bots.close()
        assert len(caught.value.prefix) == ANSWER_BYTES
        assert ids(Maker("support", "123456", BOT).page(caught.value.prefix, at.clock.now(), whole=False).raws) == [11]


async def test_a33_one_update_over_the_cap_is_put_aside_and_passed_over() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.push_bytes(page_of(update(11, "x" * (10 * 1024 * 1024)), update(12)))
        page = await stored(connector)
        (raw,) = page.items
        assert (raw.lane, raw.complete) == (UNREADABLE, False)
        assert len(raw.body) <= ANSWER_BYTES
        at.server.push_bytes(page_of(update(12)))
        assert ids((await stored(connector, page.cursor)).items) == [12]
        assert at.asked()[-1]["offset"] == 12


@pytest.mark.parametrize(
    "fault",
    [
        Fault(200, "<html>captive portal</html>"), Fault(200, b""), Fault(200, b"null"), Fault(200, b"[]"),
        Fault(200, b'{"ok":true}'), Fault(200, b'{"ok":false}'), Fault(200, b'{"ok":true,"result":null}'),
        Fault(200, b'{"ok":true,"result":{}}'), Fault(200, b'{"ok":false,"result":[]}'), Fault(200, b"\xff"),
        Fault(200, b'{"ok":true,"result":['), Fault(200, b"[" * 100_000), Fault(200, b'{"ok":true,"result":[3'),
        Fault(200, b'{"ok":true,"result":[]}', headers={"content-encoding": "gzip"}), Fault(204, b""), Fault(302),
        Fault(500), Fault(502, "<html>"), Fault(503), Fault(599, b"\xff"), Fault(cut=True),
    ],
    ids=lambda fault: f"{fault.status}-{str(fault.body)[:24]}",
)  # fmt: skip
async def test_every_odd_answer_is_a_transient_error(fault: Fault) -> None:
    async with bench() as at, at.connector() as connector:
        for method in ("getMe", "getUpdates"):
            at.server.faults.plan(method, fault)
            assert isinstance(await failure(connector), TransientError)
        sent = says(at, 1)
        assert ids((await fetched(connector)).items) == sent


async def test_refused_lines_are_transient() -> None:
    async with bench() as at, at.connector(api_url="http://127.0.0.1:9", step_secs=1) as connector:
        assert isinstance(await failure(connector), TransientError)
