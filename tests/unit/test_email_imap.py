"""The mail connector against a scripted IMAP server: what real servers do on bad days."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from connectors.email._imap import Session
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.ports import Connector, Cursor, Opening, Originals, Page, Raw, StreamId
from tests.conftest import ManualClock, free_port
from tests.servers.imap_script import Call, ScriptedImap, cut, says, silent
from tests.servers.relay import Relay
from tests.servers.tls import self_signed

WAIT = 15.0
BOX = StreamId("INBOX")
PASSWORD = "hidden-and-made-up"


def mail(number: int, body: bytes = b"hello") -> bytes:
    return b"From: User <u%d@elsewhere.test>\r\nSubject: * a ( b\r\n\r\n%s\r\n" % (number, body)


def settings(port: int, **changes: Any) -> EmailSettings:
    values: dict[str, Any] = {
        "address": "support@example.test",
        "password": SecretStr(PASSWORD),
        "imap_host": "127.0.0.1",
        "imap_port": port,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": 9,
        "smtp_security": "plain",
        "step_secs": 5,
        "idle_secs": 0.05,
    }
    return EmailSettings.model_validate(values | changes)


@asynccontextmanager
async def connected(
    port: int, clock: ManualClock | None = None, originals: Originals | None = None, **changes: Any
) -> AsyncIterator[Connector]:
    opening = Opening("support", settings(port, **changes), clock or ManualClock(), originals=originals)
    async with asyncio.timeout(WAIT), PLUGIN.open(opening) as channel:
        yield channel.connector


async def fetch(connector: Connector, after: Cursor | None = None) -> Page[Raw]:
    return await connector.fetch(BOX, after)


def uids(page: Page[Raw]) -> list[int]:
    return [int(raw.notes["uid"]) for raw in page.items]


async def test_a_line_cut_in_idle_is_noticed_at_once() -> None:
    """C3: idle_secs is minutes here; only the loss of the line can end the wait."""
    imap = ScriptedImap()
    async with imap.running(), Relay.open("127.0.0.1", imap.port) as relay, connected(relay.port, idle_secs=900) as box:
        waiting = asyncio.create_task(fetch(box))
        await imap.idling.wait()
        relay.cut()
        with pytest.raises(TransientError, match="cut"):
            await waiting


async def test_a_line_that_fell_silent_is_noticed_when_idle_is_renewed() -> None:
    """C4: a half-open line does not answer DONE."""
    imap = ScriptedImap()
    async with (
        imap.running(),
        Relay.open("127.0.0.1", imap.port) as relay,
        connected(relay.port, idle_secs=0.2, step_secs=0.5) as box,
    ):
        waiting = asyncio.create_task(fetch(box))
        await imap.idling.wait()
        relay.freeze()
        with pytest.raises(TransientError):
            await waiting


async def test_a_black_hole_is_a_transient_error() -> None:
    """A server that takes the connection and says nothing costs one step's wait, no more."""
    imap = ScriptedImap(greeting="* OK hello")
    async with imap.running(), Relay.open("127.0.0.1", imap.port) as relay:
        relay.freeze()
        async with connected(relay.port, step_secs=0.2) as box:
            with pytest.raises(TransientError, match="did not answer"):
                await fetch(box)


async def test_tls_lines_are_watched_too(tmp_path: Path) -> None:
    """C5: the loss of a TLS line in IDLE is noticed, and the certificate's authority is believed."""
    context, authority = self_signed(tmp_path)
    imap = ScriptedImap()
    async with imap.running(context), Relay.open("127.0.0.1", imap.port) as relay:
        changes = {"imap_security": "tls", "ca_file": authority, "idle_secs": 900}
        async with connected(relay.port, **changes) as box:
            waiting = asyncio.create_task(fetch(box))
            await imap.idling.wait()
            relay.cut()
            with pytest.raises(TransientError):
                await waiting


@pytest.mark.filterwarnings("ignore:.*:ResourceWarning")
async def test_a_certificate_of_no_known_authority_is_a_config_error(tmp_path: Path) -> None:
    context, _ = self_signed(tmp_path)
    imap = ScriptedImap()
    async with imap.running(context), connected(imap.port, imap_security="tls") as box:
        with pytest.raises(ConfigError, match=r"certificate .* is not trusted"):
            await fetch(box)


async def test_tls_to_a_plain_port_is_a_config_error() -> None:
    imap = ScriptedImap()
    async with imap.running(), connected(imap.port, imap_security="tls") as box:
        with pytest.raises(ConfigError, match="does not speak TLS"):
            await fetch(box)


async def test_nobody_listening_is_transient() -> None:
    async with connected(free_port()) as box:
        with pytest.raises(TransientError, match="ConnectionRefused"):
            await fetch(box)


@pytest.mark.parametrize("script", [says("* BYE closing"), cut, silent], ids=["bye", "cut", "silent"])
async def test_idle_that_never_starts_is_a_transient_error(script: Any) -> None:
    """C6: the server says BYE, hangs up or says nothing instead of taking IDLE."""
    imap = ScriptedImap(script={"IDLE": script})
    async with imap.running(), connected(imap.port, step_secs=0.3) as box:
        with pytest.raises(TransientError):
            await fetch(box)


async def test_idle_refused_means_looking_by_time(clock: ManualClock) -> None:
    """A server that announces IDLE and refuses it is polled, on the injected clock."""
    imap = ScriptedImap(script={"IDLE": says("{tag} NO not now")})
    async with imap.running(), connected(imap.port, clock) as box:
        assert not (await fetch(box)).items
        waiting = asyncio.create_task(fetch(box))
        await _until(lambda: clock.sleeping == 1)
        imap.mails[1] = mail(1)
        clock.advance(60)
        assert uids(await waiting) == [1]
        assert imap.count("IDLE") == 1


async def test_a_server_without_idle_is_looked_at_by_time(clock: ManualClock) -> None:
    imap = ScriptedImap(capabilities="IMAP4rev1")
    async with imap.running(), connected(imap.port, clock) as box:
        waiting = asyncio.create_task(fetch(box))
        await _until(lambda: clock.sleeping == 1)
        clock.advance(60)
        assert await waiting == Page((), None)
        assert imap.count("IDLE") == 0


async def test_a_store_without_an_answer_ends() -> None:
    """C7: the library waits for STORE without end; the wrapper does not, and the next call has a new line."""
    imap = ScriptedImap({1: mail(1)}, script={"UID STORE": silent})
    async with imap.running(), connected(imap.port, step_secs=0.3) as box:
        page = await fetch(box)
        assert page.cursor is not None
        with pytest.raises(TransientError, match="did not answer"):
            await box.confirm(BOX, page.cursor)
        del imap.script["UID STORE"]
        await box.confirm(BOX, page.cursor)
        assert imap.seen == {1}
        assert imap.connections == 2


async def test_a_search_out_of_time_does_not_wedge_the_next() -> None:
    """C8: after a deadline the line is given up, whatever still comes on it."""
    imap = ScriptedImap({1: mail(1)}, script={"UID SEARCH": silent})
    async with imap.running(), connected(imap.port, step_secs=0.3) as box:
        with pytest.raises(TransientError):
            await fetch(box)
        del imap.script["UID SEARCH"]
        assert uids(await fetch(box)) == [1]
        assert imap.connections == 2


@pytest.mark.parametrize("how", ["deadline", "cancel"])
async def test_a_session_is_burnt_by_a_deadline_and_by_a_cancel(how: str) -> None:
    """C8, on the wrapper itself: a line on which a call was given up answers no other call."""
    imap = ScriptedImap(script={"NOOP": silent})
    async with imap.running(), asyncio.timeout(WAIT):
        session = Session("127.0.0.1", imap.port, None, 0.2 if how == "deadline" else 10)
        await session.hello()
        await session.login("user", "word")
        call = asyncio.create_task(session.ask("NOOP", lambda client: client.noop()))
        await imap.event("NOOP").wait()
        if how == "cancel":
            call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert not session.alive
        with pytest.raises(TransientError):
            await session.ask("LIST", lambda client: client.list('""', '"*"'))
        await session.close()
    assert imap.count("LIST") == 0


async def test_news_told_with_the_end_of_idle_is_found() -> None:
    """C9: EXISTS and the completion of IDLE come in one piece; the library loses the former."""
    imap = ScriptedImap()

    async def idle(call: Call) -> None:
        await call.say("+ idling\r\n")
        await call.reader.readline()
        imap.mails[1] = mail(1)
        await call.say(f"* 1 EXISTS\r\n{call.tag} OK done\r\n")

    imap.script["IDLE"] = idle
    async with imap.running(), connected(imap.port) as box:
        assert uids(await fetch(box)) == [1]


async def test_news_told_during_a_search_is_not_slept_over() -> None:
    """IDLE does not repeat what was told before it; with minutes of idle_secs the mail must come at once."""
    imap = ScriptedImap()

    async def search(call: Call) -> None:
        del imap.script["UID SEARCH"]
        imap.mails[1] = mail(1)
        await call.say(f"* SEARCH\r\n* 1 EXISTS\r\n{call.tag} OK done\r\n")

    imap.script["UID SEARCH"] = search
    async with imap.running(), connected(imap.port, idle_secs=900) as box:
        assert uids(await fetch(box)) == [1]
        assert imap.count("IDLE") == 0


async def test_news_ends_idle() -> None:
    imap = ScriptedImap()
    async with imap.running(), connected(imap.port, idle_secs=900) as box:
        waiting = asyncio.create_task(fetch(box))
        await imap.idling.wait()
        imap.mails[1] = mail(1)
        await imap.tell_all("* OK still here\r\n* 1 EXISTS")
        assert uids(await waiting) == [1]


async def test_idle_may_follow_idle() -> None:
    """C10: nothing of one IDLE is left to end the next too early, and each ends with an answered DONE."""
    imap = ScriptedImap()
    async with imap.running(), connected(imap.port) as box:
        for _ in range(3):
            assert await fetch(box) == Page((), None)
        assert imap.count("IDLE") == 3
        assert imap.connections == 1


async def test_the_last_mail_is_not_told_again() -> None:
    """C11: `n:*` names the last mail of the folder even when it is older than n."""
    imap = ScriptedImap({5: mail(5)})
    async with imap.running(), connected(imap.port) as box:
        page = await fetch(box)
        for _ in range(3):
            assert await fetch(box, page.cursor) == Page((), None)


def _hostile_bodies(count: int) -> dict[int, bytes]:
    dice = random.Random(20261120)
    bits = [
        b")",
        b"(",
        b"* 3 FETCH (UID 9)",
        b"{10}",
        b"\r\n",
        b"\n",
        b"\x00",
        b"\xff",
        b"A1 OK",
        b"* BYE",
        b'"',
        b"+ ",
    ]
    return {uid: b"".join(dice.choice(bits) for _ in range(dice.randrange(40))) for uid in range(1, count + 1)}


@pytest.mark.parametrize("chunk", [1, 3, 0])
async def test_bodies_are_byte_exact_however_the_line_splits_them(chunk: int) -> None:
    """C14: literals split anywhere, empty ones, and bodies that look like answers."""
    imap = ScriptedImap(_hostile_bodies(40) | {41: b"", 42: mail(42)}, chunk=chunk)
    async with imap.running(), connected(imap.port) as box:
        page = await fetch(box)
        digests = {int(raw.notes["uid"]): hashlib.sha256(raw.body).digest() for raw in page.items}
        assert digests == {uid: hashlib.sha256(body).digest() for uid, body in imap.mails.items()}
        assert all(raw.complete for raw in page.items)


async def test_a_thousand_lines_in_one_piece_do_not_kill_the_line() -> None:
    """C1: the library recurses once a line; somebody else marking a whole folder would end every connection."""
    imap = ScriptedImap({1: mail(1)})

    async def noop(call: Call) -> None:
        await call.say("".join(f"* {n} FETCH (FLAGS (\\Seen))\r\n" for n in range(1, 4001)))
        await call.done()

    imap.script["NOOP"] = noop
    async with imap.running(), connected(imap.port) as box:
        assert uids(await fetch(box)) == [1]
        assert imap.connections == 1


def _cuts_mail(imap: ScriptedImap, bad: int, times: int) -> None:
    left = [times]

    async def script(call: Call) -> None:
        asked = call.arguments.split(" ")[0].split(",")
        ranges = [part.partition(":") for part in asked]
        hit = any(int(low) <= bad <= int(high or low) for low, _, high in ranges)
        if "BODY.PEEK[]" in call.arguments and hit and left[0]:
            left[0] -= 1
            await call.say(f"* 1 FETCH (UID {bad} BODY[] {{{len(imap.mails[bad])}}}\r\nFrom: ")
            await cut(call)
        await imap.usual(call)

    imap.script["UID FETCH"] = script


async def _drain(box: Connector) -> tuple[list[Raw], int]:
    raws: list[Raw] = []
    cursor: Cursor | None = None
    errors = 0
    for _ in range(30):
        try:
            page = await fetch(box, cursor)
        except TransientError:
            errors += 1
            continue
        raws += page.items
        if not page.items:
            return raws, errors
        cursor = page.cursor
    raise AssertionError("no end")


async def test_a_mail_that_breaks_the_line_is_handed_over_in_part_and_its_neighbours_whole() -> None:
    """C16: three failures at one mail alone, then its header with the reason; nothing is passed over."""
    imap = ScriptedImap({uid: mail(uid) for uid in (1, 2, 3, 4)})
    _cuts_mail(imap, 2, 99)
    async with imap.running(), connected(imap.port) as box:
        raws, errors = await _drain(box)
    assert [(int(raw.notes["uid"]), raw.complete) for raw in raws] == [(1, True), (2, False), (3, True), (4, True)]
    assert raws[1].body.startswith(b"From: User <u2@")
    assert raws[1].lane == "u2@elsewhere.test"
    assert raws[1].notes["reason"] == "unreadable"
    assert raws[1].size == len(imap.mails[2])
    assert errors >= 3


async def test_a_mail_that_fails_twice_comes_whole() -> None:
    imap = ScriptedImap({uid: mail(uid) for uid in (1, 2, 3)})
    _cuts_mail(imap, 2, 2)
    async with imap.running(), connected(imap.port) as box:
        raws, _ = await _drain(box)
    assert [raw.body for raw in raws] == [mail(1), mail(2), mail(3)]
    assert all(raw.complete for raw in raws)


async def test_a_mail_of_which_not_even_the_header_comes_is_still_handed_over() -> None:
    imap = ScriptedImap({uid: mail(uid) for uid in (1, 2)})

    async def script(call: Call) -> None:
        if "BODY" in call.arguments and call.arguments.startswith("1"):
            await cut(call)
        await imap.usual(call)

    imap.script["UID FETCH"] = script
    async with imap.running(), connected(imap.port) as box:
        raws, _ = await _drain(box)
    assert [(raw.complete, raw.lane) for raw in raws] == [(False, "unknown"), (True, "u2@elsewhere.test")]
    assert raws[0].body == b""


async def test_a_mail_that_is_there_but_never_sent_is_not_called_gone() -> None:
    """NIL instead of a body is a failure while SEARCH still finds the mail."""
    imap = ScriptedImap({1: mail(1), 2: mail(2)})

    async def send(call: Call) -> None:
        if "BODY.PEEK[]" in call.arguments and call.arguments.startswith("1"):
            await call.say("* 1 FETCH (UID 1 BODY[] NIL)\r\n")
            await call.done()
        else:
            await imap.usual(call)

    imap.script["UID FETCH"] = send
    async with imap.running(), connected(imap.port) as box:
        raws, _ = await _drain(box)
    assert [(int(raw.notes["uid"]), raw.complete) for raw in raws] == [(1, False), (2, True)]


async def test_a_mail_removed_between_search_and_fetch_is_passed_over() -> None:
    """C17, on a server that refuses the whole FETCH because of it."""
    imap = ScriptedImap({uid: mail(uid) for uid in (1, 2, 3)})

    async def script(call: Call) -> None:
        imap.mails.pop(2, None)
        if "BODY" in call.arguments and (":" in call.arguments.split(" ")[0] or "2" in call.arguments.split(" ")[0]):
            await call.done("NO [EXPUNGEISSUED] some are gone")
        else:
            await imap.usual(call)

    async def sizes_first(call: Call) -> None:
        await imap.usual(call)
        imap.script["UID FETCH"] = script

    imap.script["UID FETCH"] = sizes_first
    async with imap.running(), connected(imap.port) as box:
        page = await fetch(box)
    assert uids(page) == [1, 3]
    assert not page.more
    assert json.loads(page.cursor or "")["uid"] == 3


async def test_a_size_that_lies_is_noted_and_the_mail_kept() -> None:
    imap = ScriptedImap({1: mail(1)})

    async def script(call: Call) -> None:
        if "RFC822.SIZE" in call.arguments:
            await call.say('* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "05-Nov-2026 10:00:00 +0200")\r\n')
            await call.done()
        else:
            await imap.usual(call)

    imap.script["UID FETCH"] = script
    async with imap.running(), connected(imap.port) as box:
        (raw,) = (await fetch(box)).items
    assert raw.body == mail(1)
    assert raw.notes["reported_size"] == "5"
    assert raw.received_at == datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


async def test_a_literal_without_end_is_cut_off() -> None:
    """A server that sends a hundred times what it announced does not fill the memory."""
    imap = ScriptedImap({1: mail(1)})

    async def script(call: Call) -> None:
        if "BODY.PEEK[]" in call.arguments:
            await call.say("* 1 FETCH (UID 1 BODY[] {900000000}\r\n")
            for _ in range(64):
                await call.say(b"x" * 65536)
        await imap.usual(call)

    imap.script["UID FETCH"] = script
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(TransientError, match="far more"):
            await fetch(box)


async def test_a_mail_over_the_cap_comes_as_its_header() -> None:
    imap = ScriptedImap({1: mail(1, b"x" * 5000), 2: mail(2)})
    async with imap.running(), connected(imap.port, max_mail_bytes=2000) as box:
        large, small = (await fetch(box)).items
    assert (large.complete, large.size, large.notes["reason"]) == (False, len(imap.mails[1]), "too_large")
    assert large.body == imap.mails[1].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert small.complete


async def test_a_large_mail_comes_in_pieces_and_whole() -> None:
    body = random.Random(1).randbytes(5 * 1024 * 1024).replace(b"\n", b" ")
    imap = ScriptedImap({1: mail(1, body)})
    async with imap.running(), connected(imap.port) as box:
        (raw,) = (await fetch(box)).items
    assert raw.body == imap.mails[1]
    assert imap.count("UID FETCH 1 (UID BODY.PEEK[]<") == 6


async def test_capabilities_are_asked_for_after_login() -> None:
    """C20: the library reads the last capability of a login's answer as `IDLE]`."""
    imap = ScriptedImap(capabilities="IMAP4rev1")

    async def login(call: Call) -> None:
        imap.capabilities = "IMAP4rev1 IDLE"
        await call.done("OK [CAPABILITY IMAP4rev1 IDLE] welcome")

    imap.script["LOGIN"] = login
    async with imap.running(), connected(imap.port) as box:
        await fetch(box)
    assert imap.count("IDLE") == 1


async def test_no_charset_is_named_in_a_search() -> None:
    """C21: some servers refuse every charset."""
    imap = ScriptedImap({1: mail(1)})

    async def search(call: Call) -> None:
        await (call.done("NO [BADCHARSET] no") if "CHARSET" in call.arguments else imap.usual(call))

    imap.script["UID SEARCH"] = search
    async with imap.running(), connected(imap.port) as box:
        assert uids(await fetch(box)) == [1]


async def test_a_greeting_of_bye_is_transient() -> None:
    """C24: too many connections."""
    imap = ScriptedImap(greeting="* BYE too many connections")
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(TransientError, match=r"refusal|cut"):
            await fetch(box)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("NO [AUTHENTICATIONFAILED] no", AuthError),
        ("NO no", AuthError),
        ("BAD no", AuthError),
        ("NO [UNAVAILABLE] later", TransientError),
        ("NO [INUSE] later", TransientError),
        ("NO [PRIVACYREQUIRED] tls", ConfigError),
    ],
)
async def test_a_refused_login_is_called_what_it_is(answer: str, error: type[Exception]) -> None:
    imap = ScriptedImap(script={"LOGIN": says(f"{{tag}} {answer} echo {PASSWORD}")})
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(error) as caught:
            await fetch(box)
        assert type(caught.value) is error
        assert PASSWORD not in str(caught.value)


async def test_a_check_tries_a_password_once() -> None:
    imap = ScriptedImap(script={"LOGIN": says("{tag} NO no")})
    async with imap.running(), connected(imap.port) as box:
        report = await box.check()
    assert not report.ok
    assert imap.count("LOGIN") == 1


async def test_a_server_that_forbids_login_is_never_sent_the_password() -> None:
    imap = ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED")
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(ConfigError):
            await fetch(box)
    assert imap.count("LOGIN") == 0


async def test_user_name_and_password_are_quoted() -> None:
    imap = ScriptedImap()
    async with (
        imap.running(),
        connected(imap.port, username='us er"\\ö', password=SecretStr('p w"\\ß')) as box,
    ):
        await fetch(box)
    (line,) = (line for line in imap.log if "LOGIN" in line)
    assert line.endswith('LOGIN "us er\\"\\\\ö" "p w\\"\\\\ß"')


async def test_a_missing_folder_is_named_with_those_that_exist() -> None:
    imap = ScriptedImap(
        script={
            "SELECT": says("{tag} NO [NONEXISTENT] none"),
            "LIST": says('* LIST () "/" INBOX', '* LIST () "/" "&BB8EPgRHBEIEMA- 1"', "{tag} OK"),
        }
    )
    async with imap.running(), connected(imap.port, folders=("Support",)) as box:
        with pytest.raises(ConfigError, match="no folder Support; its folders are: INBOX, Почта 1"):
            await box.fetch(StreamId("Support"), None)


async def test_a_folder_that_exists_but_does_not_open_is_transient() -> None:
    imap = ScriptedImap(script={"SELECT": says("{tag} NO busy")})
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(TransientError):
            await fetch(box)


async def test_leave_opens_the_folder_read_only_and_stores_nothing() -> None:
    imap = ScriptedImap({1: mail(1)})
    async with imap.running(), connected(imap.port, after_storing="leave") as box:
        page = await fetch(box)
        assert page.cursor is not None
        await box.confirm(BOX, page.cursor)
    assert imap.count("SELECT") == imap.count("UID STORE") == 0
    assert imap.count("EXAMINE") == 1


async def test_a_page_holds_no_more_than_batch_and_a_search_serves_many_pages() -> None:
    imap = ScriptedImap({uid: mail(uid) for uid in range(1, 11)})
    async with imap.running(), connected(imap.port, batch=3) as box:
        cursor: Cursor | None = None
        pages: list[list[int]] = []
        more = True
        while more:
            page = await fetch(box, cursor)
            cursor, more = page.cursor, page.more
            pages.append(uids(page))
    assert pages == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]
    assert imap.count("UID SEARCH") == 1


async def test_another_uid_validity_starts_the_folder_anew_under_new_keys() -> None:
    imap = ScriptedImap({1: mail(1)})
    async with imap.running():
        async with connected(imap.port) as box:
            old = await fetch(box)
        imap.uid_validity = 8
        async with connected(imap.port) as box:
            new = await fetch(box, old.cursor)
    account, first = old.items[0].key.split(":", 1)
    assert (first, new.items[0].key) == ("7:1", f"{account}:8:1")


async def test_another_account_with_the_same_numbers_is_read_from_its_beginning_under_new_keys() -> None:
    imap = ScriptedImap({1: mail(1)})
    async with imap.running():
        async with connected(imap.port) as box:
            old = await fetch(box)
        async with connected(imap.port, username="somebody-else") as box:
            new = await fetch(box, old.cursor)
    assert [raw.notes["uid"] for raw in new.items] == ["1"]
    assert new.items[0].key != old.items[0].key


async def test_keys_of_another_folder_are_other_keys() -> None:
    """Many servers number every folder with the same UIDVALIDITY."""
    imap = ScriptedImap({1: mail(1)})
    async with imap.running(), connected(imap.port, folders=("Support",)) as box:
        (raw,) = (await box.fetch(StreamId("Support"), None)).items
    assert raw.key.split(":", 1)[1] == "Support:7:1"


@pytest.mark.parametrize(
    "cursor", ["", "{}", "[1]", "null", '{"uid": "x", "uidvalidity": 7}', '{"uid": Infinity, "uidvalidity": 7}', "\x00"]
)
async def test_a_cursor_that_is_none_of_ours_reads_the_folder_anew(cursor: str) -> None:
    imap = ScriptedImap({1: mail(1)})
    async with imap.running(), connected(imap.port) as box:
        assert uids(await fetch(box, Cursor(cursor))) == [1]


async def test_an_unknown_stream_is_refused() -> None:
    async with connected(free_port()) as box:
        with pytest.raises(ConfigError):
            await box.fetch(StreamId("Else"), None)


async def test_no_log_holds_the_password_or_a_mail(caplog: pytest.LogCaptureFixture) -> None:
    """The library logs every byte at DEBUG."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aioimaplib.aioimaplib").setLevel(logging.DEBUG)
    imap = ScriptedImap({1: mail(1, b"private words")})
    async with imap.running(), connected(imap.port) as box:
        await fetch(box)
    assert PASSWORD not in caplog.text
    assert "private words" not in caplog.text


async def test_closing_the_channel_logs_out() -> None:
    imap = ScriptedImap()
    async with imap.running():
        async with connected(imap.port) as box:
            await fetch(box)
        assert imap.count("LOGOUT") == 1


def test_the_plugin_tells_of_itself() -> None:
    found = settings(143, aliases=("Help@Example.test",), authserv_ids=("mx.example.test",))
    assert PLUGIN.addresses(found) == ("support@example.test", "help@example.test")
    assert PLUGIN.receivers(found) == ("mx.example.test",)


async def _until(ready: Any) -> None:
    while not ready():
        await asyncio.sleep(0)
