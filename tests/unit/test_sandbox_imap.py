"""The sandbox's IMAP server, spoken to by the two clients that will use it and by a hostile one."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aioimaplib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.sandbox._fetch import parse_items
from gateway.sandbox._search import UnknownCharsetError, search
from gateway.sandbox._syntax import BadCommandError, in_set, parse_arguments
from gateway.sandbox.mail import MailServer

PASSWORD = "sand"
DESK = "support@examplex.test"
MAIL = b"From: Ann <ann@mail.test>\r\nSubject: one\r\nX-A: 1\r\n folded\r\n\r\nhello\r\n"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer.start(password=PASSWORD) as running:
        yield running


@asynccontextmanager
async def aio(server: MailServer, folder: str = "INBOX") -> AsyncIterator[aioimaplib.IMAP4]:
    client = aioimaplib.IMAP4("127.0.0.1", server.imap_port, timeout=5)
    await client.wait_hello_from_server()
    assert (await client.login(DESK, PASSWORD)).result == "OK"
    assert (await client.select(folder)).result == "OK"
    try:
        yield client
    finally:
        client.protocol.transport.abort()


class Line:
    """A client without manners: sends what it is told and reads lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def read(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 5)

    async def until(self, start: bytes) -> list[bytes]:
        lines = [await self.read()]
        while not lines[-1].startswith(start):
            assert lines[-1], f"the line ended before {start!r}"
            lines.append(await self.read())
        return lines

    async def ask(self, command: bytes) -> list[bytes]:
        self.writer.write(command + b"\r\n")
        return await self.until(command.split()[0] + b" ")


@asynccontextmanager
async def line(server: MailServer, user: str = DESK, select: str = "SELECT INBOX") -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.imap_port)
    client = Line(reader, writer)
    try:
        assert (await client.read()).startswith(b"* OK")
        if user:
            assert b"OK" in (await client.ask(f'l LOGIN {user} "{PASSWORD}"'.encode()))[-1]
        if user and select:
            assert b"OK" in (await client.ask(b"s " + select.encode()))[-1]
        yield client
    finally:
        writer.close()


async def test_aioimaplib_fetches_a_delivered_mail_byte_for_byte(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    async with aio(server) as client:
        found = await client.uid_search("UID 1:*", charset=None)
        assert found.lines[0] == b"1"
        answer = await client.uid("FETCH", "1", "(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])")
        assert bytes(answer.lines[1]) == MAIL
        assert f"RFC822.SIZE {len(MAIL)}".encode() in answer.lines[0]
        assert "\\Seen" not in server.inbox(DESK).mails[0].flags


async def test_aioimaplib_sees_every_capability_it_asks_for(server: MailServer) -> None:
    async with aio(server) as client:
        await client.protocol.capability()
        for name in ("IMAP4rev1", "IDLE", "UIDPLUS", "MOVE"):
            assert client.has_capability(name)


async def test_idle_pushes_a_delivery_while_it_happens(server: MailServer) -> None:
    async with aio(server) as client:
        idle = await client.idle_start(timeout=60)
        server.deliver(DESK, MAIL)
        assert await client.wait_server_push(timeout=5) == [b"1 EXISTS"]
        client.idle_done()
        assert (await asyncio.wait_for(idle, 5)).result == "OK"


async def test_a_delivery_between_select_and_idle_is_told_at_once(server: MailServer) -> None:
    async with aio(server) as client:
        server.deliver(DESK, MAIL)
        await client.idle_start(timeout=60)
        assert await client.wait_server_push(timeout=5) == [b"1 EXISTS"]


async def test_aioimaplib_moves_a_mail_and_learns_its_new_uid(server: MailServer) -> None:
    server.account(DESK).create("Done")
    server.deliver(DESK, MAIL)
    async with aio(server) as client:
        await client.protocol.capability()
        moved = await client.uid("MOVE", "1", "Done")
        assert moved.result == "OK"
        done = server.account(DESK).folder("Done")
        assert done is not None
        assert f"COPYUID {done.uid_validity} 1 1".encode() in moved.lines[0]
        assert b"1 EXPUNGE" in moved.lines
    assert len(server.inbox(DESK)) == 0
    assert done.mails[0].body == MAIL


async def test_aioimaplib_stores_flags_and_appends(server: MailServer) -> None:
    async with aio(server) as client:
        assert (await client.append(MAIL, "INBOX", flags="\\Seen")).result == "OK"
        assert (await client.uid("STORE", "1", "+FLAGS", "(\\Flagged)")).result == "OK"
        assert server.inbox(DESK).mails[0].flags == {"\\Seen", "\\Flagged"}
        assert (await client.uid("STORE", "1", "-FLAGS.SILENT", "(\\Seen)")).result == "OK"
        assert server.inbox(DESK).mails[0].flags == {"\\Flagged"}


def _with_imaplib(port: int, body: Callable[[imaplib.IMAP4], Any]) -> Any:
    with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
        client.login(DESK, PASSWORD)
        return body(client)


async def test_imaplib_walks_through_a_folders_whole_life(server: MailServer) -> None:
    def life(client: imaplib.IMAP4) -> None:
        assert client.create("Work")[0] == "OK"
        assert client.list()[1] == [b'() "/" "INBOX"', b'() "/" "Work"']
        assert client.append("Work", "", '"20-Nov-2026 12:00:00 +0000"', MAIL)[0] == "OK"
        assert client.append("Work", "(\\Seen)", None, MAIL.replace(b"one", b"two"))[0] == "OK"
        status = client.status("Work", "(MESSAGES UIDNEXT UNSEEN)")[1][0]
        assert status == b'"Work" (MESSAGES 2 UIDNEXT 3 UNSEEN 1)'
        assert client.select("Work") == ("OK", [b"2"])
        assert client.search(None, "UNSEEN")[1] == [b"1"]
        assert client.search(None, "SEEN")[1] == [b"2"]
        assert client.search(None, "ALL")[1] == [b"1 2"]
        assert client.search(None, "SINCE", "21-Nov-2026")[1] != client.search(None, "SINCE", "20-Nov-2026")[1]
        assert client.uid("SEARCH", "HEADER", "Subject", '"TWO"')[1] == [b"2"]
        part = client.fetch("1", "(BODY[HEADER.FIELDS (SUBJECT X-A)])")[1][0]
        assert isinstance(part, tuple)
        assert part[1] == b"Subject: one\r\nX-A: 1\r\n folded\r\n\r\n"
        assert client.search(None, "UNSEEN")[1] == [b""], "BODY[] without PEEK marks as seen"
        assert client.copy("1", "INBOX")[0] == "OK"
        client.store("1", "+FLAGS", "\\Deleted")
        assert client.expunge()[1] == [b"1"]
        assert client.close()[0] == "OK"
        assert client.select("INBOX", readonly=True) == ("OK", [b"1"])
        assert client.logout()[0] == "BYE"

    async with asyncio.timeout(10):
        await asyncio.to_thread(_with_imaplib, server.imap_port, life)


async def test_slices_join_to_the_whole_and_end_where_the_mail_ends(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    async with line(server) as client:
        got = b""
        for offset in range(0, len(MAIL) + 20, 10):
            answer = await client.ask(b"f UID FETCH 1 BODY.PEEK[]<%d.10>" % offset)
            joined = b"".join(answer)
            size = int(joined.partition(b"{")[2].partition(b"}")[0])
            assert f"BODY[]<{offset}>".encode() in joined
            got += joined.partition(b"}\r\n")[2][:size]
        assert got == MAIL


async def test_the_last_mail_is_always_in_an_open_range(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    async with line(server) as client:
        assert (await client.ask(b"a UID SEARCH UID 50:*"))[0] == b"* SEARCH 1\r\n"
        assert (await client.ask(b"b UID SEARCH UID 50:60"))[0] == b"* SEARCH\r\n"


async def test_login_takes_literals_of_both_kinds_and_quoted_strings(server: MailServer) -> None:
    async with line(server, user="") as client:
        client.writer.write(b"a LOGIN {%d}\r\n" % len(DESK))
        assert (await client.read()).startswith(b"+")
        client.writer.write(DESK.encode() + b' "wrong"\r\n')
        assert (await client.read()).startswith(b"a NO [AUTHENTICATIONFAILED]")
        client.writer.write(b'b LOGIN "%b" {4+}\r\nsand\r\n' % DESK.encode())
        assert (await client.read()).startswith(b"b OK")


async def test_two_sessions_see_each_others_changes_and_keep_their_numbers(server: MailServer) -> None:
    for _ in range(3):
        server.deliver(DESK, MAIL)
    async with line(server) as one, line(server) as two:
        await one.ask(b"a UID STORE 1 +FLAGS.SILENT (\\Deleted)")
        assert b"* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n" in await two.ask(b"b NOOP")
        assert (await one.ask(b"c EXPUNGE"))[0] == b"* 1 EXPUNGE\r\n"
        # A FETCH by number must not renumber: message 3 is still UID 3 here.
        assert await two.ask(b"d FETCH 3 (UID)") == [b"* 3 FETCH (UID 3)\r\n", b"d OK fetched\r\n"]
        assert (await two.ask(b"e NOOP"))[0] == b"* 1 EXPUNGE\r\n"
        assert (await two.ask(b"f FETCH 2 (UID)"))[0] == b"* 2 FETCH (UID 3)\r\n"
        server.deliver(DESK, MAIL)
        assert (await two.ask(b"g NOOP"))[0] == b"* 3 EXISTS\r\n"


async def test_several_removals_are_told_highest_number_first(server: MailServer) -> None:
    for _ in range(4):
        server.deliver(DESK, MAIL)
    async with line(server) as one, line(server) as two:
        await one.ask(b"a STORE 1,3 +FLAGS.SILENT (\\Deleted)")
        assert await one.ask(b"b EXPUNGE") == [b"* 3 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n", b"b OK expunged\r\n"]
        assert (await two.ask(b"c NOOP"))[:2] == [b"* 3 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n"]
        assert (await two.ask(b"d UID SEARCH ALL"))[0] == b"* SEARCH 2 4\r\n"


async def test_accounts_do_not_see_each_others_mail(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    async with line(server, user="ann@mail.test") as client:
        assert (await client.ask(b"a UID SEARCH ALL"))[0] == b"* SEARCH\r\n"


async def test_examine_changes_nothing(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    async with line(server, select="EXAMINE INBOX") as client:
        assert b"a OK fetched\r\n" in await client.ask(b"a FETCH 1 BODY[]")
        assert (await client.ask(b"b STORE 1 FLAGS (\\Seen)"))[-1].startswith(b"b NO [READ-ONLY]")
        assert (await client.ask(b"c MOVE 1 INBOX"))[-1].startswith(b"c NO [READ-ONLY]")
    assert server.inbox(DESK).mails[0].flags == frozenset()


@pytest.mark.parametrize(
    "command",
    [
        b"a FETCH 0 (UID)",
        b"a FETCH 2 (UID)",
        b"a FETCH 1:* (UID",
        b"a FETCH 1 (UID))",
        b"a FETCH 1 (ENVELOPE)",
        b"a FETCH 1 BODY[]<0.0>",
        b"a FETCH 1 BODY[]<4294967296.1>",
        b"a FETCH 4294967296 (UID)",
        b"a FETCH 1:2:3 (UID)",
        b"a FETCH 1 ()",
        b"a FETCH",
        b"a UID FETCH x (UID)",
        b"a STORE 1 FLAGS (\\Recent)",
        b"a STORE 1 FLUGS (\\Seen)",
        b"a SEARCH",
        b"a SEARCH SINCE 30-Feb-2026",
        b"a SEARCH SINCE soon",
        b"a SEARCH NOT",
        b"a SEARCH " + b"NOT " * 150 + b"ALL",
        b"a SEARCH " + b"(" * 20 + b"ALL" + b")" * 20,
        b'a SEARCH SUBJECT "unclosed',
        b"a STATUS INBOX (SIZE)",
        b"a NOOP now",
        b"a FROBNICATE",
        b"a UID NOOP",
        b"a LOGIN x@y.test z",
        b"a APPEND INBOX",
        b"a NOOP \xff",
    ],
)
async def test_a_command_beyond_the_grammar_is_bad_and_the_session_goes_on(server: MailServer, command: bytes) -> None:
    server.deliver(DESK, MAIL)
    async with line(server) as client:
        answer = await client.ask(command)
        assert answer == [answer[-1]]
        assert answer[-1].startswith(b"a BAD ")
        assert (await client.ask(b"z NOOP"))[-1].startswith(b"z OK")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"a SELECT Nowhere", b"a NO [NONEXISTENT]"),
        (b"a COPY 1 Nowhere", b"a NO [TRYCREATE]"),
        (b"a CREATE INBOX", b"a NO [ALREADYEXISTS]"),
        (b'a CREATE "a*b"', b"a NO [CANNOT]"),
        (b"a CREATE " + b"x" * 300, b"a NO [CANNOT]"),
        (b"a SEARCH CHARSET koi8-r ALL", b"a NO [BADCHARSET"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_its_code(server: MailServer, command: bytes, answer: bytes) -> None:
    server.deliver(DESK, MAIL)
    async with line(server) as client:
        assert (await client.ask(command))[-1].startswith(answer)


@pytest.mark.parametrize("command", [b"a SELECT INBOX", b'a LIST "" *', b"a IDLE", b"a UID FETCH 1 (UID)"])
async def test_nothing_is_told_before_login(server: MailServer, command: bytes) -> None:
    async with line(server, user="") as client:
        assert (await client.ask(command))[-1].startswith(b"a BAD log in first")


@pytest.mark.parametrize(
    "hostile",
    [
        b"a NOOP " + b"x" * 200_000 + b"\r\n",
        b"a LOGIN {99999999+}\r\n",
        b"a NOOP\x00\r\n",
        b"a NOOP " + b"{1+}\r\nx" * 40 + b"\r\n",
        b"a NOPE\r\n" * 40,
    ],
)
async def test_what_breaks_the_bounds_ends_the_session_with_a_bye(server: MailServer, hostile: bytes) -> None:
    async with line(server, user="") as client:
        client.writer.write(hostile)
        assert (await client.until(b"* BYE"))[-1].startswith(b"* BYE")


async def test_a_literal_too_large_is_refused_before_it_is_sent(server: MailServer) -> None:
    async with line(server) as client:
        assert (await client.ask(b"a APPEND INBOX {999999999}"))[-1] == b"a BAD a literal is too large\r\n"


async def test_renumbered_folders_end_their_sessions_and_greet_with_another_uidvalidity(server: MailServer) -> None:
    server.deliver(DESK, MAIL)
    inbox = server.inbox(DESK)
    before = inbox.uid_validity
    async with line(server) as client:
        inbox.renumber(before + 100)
        client.writer.write(b"a NOOP\r\n")
        await client.until(b"* BYE")
    async with line(server, select="") as client:
        greeted = await client.ask(b"a SELECT INBOX")
        assert f"* OK [UIDVALIDITY {before + 100}] UIDs are valid\r\n".encode() in greeted
    with pytest.raises(ValueError, match="only grows"):
        inbox.renumber(before)


async def test_dropped_connections_end_and_new_ones_are_taken(server: MailServer) -> None:
    lost = asyncio.Event()
    client = aioimaplib.IMAP4("127.0.0.1", server.imap_port, timeout=5, conn_lost_cb=lambda error: lost.set())
    await client.wait_hello_from_server()
    server.drop_connections()
    await asyncio.wait_for(lost.wait(), 5)
    async with aio(server):
        pass


async def test_waiting_ends_with_the_delivery_or_with_its_bound(server: MailServer) -> None:
    waiting = asyncio.create_task(server.wait_for("Ann@mail.test", lambda mail: b"two" in mail.body, 5))
    await asyncio.sleep(0)
    server.deliver("ann@mail.test", MAIL)
    server.deliver("ann@mail.test", MAIL.replace(b"one", b"two"))
    assert (await waiting).uid == 2
    assert (await server.wait_for("ann@mail.test", lambda mail: True, 5)).uid == 1
    with pytest.raises(TimeoutError):
        await server.wait_for("ann@mail.test", lambda mail: False, 0)


async def test_leaving_the_server_ends_every_session() -> None:
    ended: list[Awaitable[bytes]] = []
    async with MailServer.start(password=PASSWORD) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.imap_port)
        assert (await reader.readline()).startswith(b"* OK")
        ended.append(reader.read())
    assert await asyncio.wait_for(ended[0], 5) == b""
    writer.close()


WORDS = [
    "UID",
    "FETCH",
    "STORE",
    "SEARCH",
    "1:*",
    "(",
    ")",
    "BODY.PEEK[]<0.1>",
    '"a"',
    "\\Seen",
    "{1}",
    "NOT",
    "*",
    "[",
    ",",
]


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), min_size=1, max_size=12))
def test_any_arguments_are_read_or_refused_as_bad(parts: list[str]) -> None:
    with suppress(BadCommandError, UnknownCharsetError):
        for argument in (arguments := parse_arguments([" ".join(parts).encode("utf-8", "replace")])):
            with suppress(BadCommandError):
                parse_items(argument, by_uid=True)
            with suppress(BadCommandError):
                in_set(argument, [1, 5, 9])
        search(arguments, [])


@given(st.lists(st.binary(max_size=80), max_size=5))
@settings(max_examples=25)
def test_a_session_survives_any_bytes_or_ends_with_a_bye(lines: list[bytes]) -> None:
    async def talk() -> None:
        async with MailServer.start(password=PASSWORD) as running:
            async with line(running) as client:
                for hostile in lines:
                    client.writer.write(b"x " + hostile.replace(b"{", b"") + b"\r\n")
                client.writer.write(b"zz NOOP\r\n")
                client.writer.write_eof()
                answer = await asyncio.wait_for(client.reader.read(), 5)
                assert b"zz OK" in answer or b"* BYE" in answer or b"idling" in answer
            async with line(running) as neighbour:
                assert (await neighbour.ask(b"n NOOP"))[-1].startswith(b"n OK")

    asyncio.run(talk())


@given(st.sets(st.integers(1, 60), max_size=20), st.integers(1, 70), st.integers(1, 70))
def test_a_range_names_what_lies_between_its_ends_in_either_order(uids: set[int], one: int, other: int) -> None:
    numbers = sorted(uids)
    low, high = sorted((one, other))
    assert in_set(f"{one}:{other}", numbers) == [uid for uid in numbers if low <= uid <= high]
    assert in_set(f"{one}:*", numbers)[-1:] == numbers[-1:]
