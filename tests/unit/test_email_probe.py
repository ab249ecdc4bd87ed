"""A mail channel writes to itself and reads it back: what is told, and that nothing of it stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from connectors.email._probe import LOOKS
from gateway.answers.tokens import new_case_id, sign_tag, sign_token
from gateway.ports import Check, Clock, Opening
from gateway.sandbox.mail import MailServer
from tests.conftest import ManualClock

ADDRESS = "support@example.test"
PASSWORD = "made-up-pass"
SECRET = b"s" * 32
CASE = new_case_id(SECRET, "probe", 0)
TOKEN, TAG = sign_token(SECRET, CASE, "probe"), sign_tag(SECRET, CASE)


class Looking:
    """A clock that goes on by itself in each pause, and then does what is to happen meanwhile."""

    def __init__(self, clock: ManualClock, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.now = clock.now
        self._clock = clock
        self._meanwhile = meanwhile
        self.pauses = 0

    async def sleep(self, seconds: float) -> None:
        self.pauses += 1
        self._clock.advance(seconds)
        self._meanwhile()


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer.start(password=PASSWORD) as found:
        yield found


@asynccontextmanager
async def probing(server: MailServer, clock: Clock, **changes: Any) -> AsyncIterator[Callable[[], Any]]:
    values: dict[str, Any] = {
        "address": ADDRESS,
        "password": SecretStr(PASSWORD),
        "imap_host": "127.0.0.1",
        "imap_port": server.imap_port,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": server.smtp_port,
        "smtp_security": "plain",
    }
    opening = Opening("support", EmailSettings.model_validate(values | changes), clock)
    async with PLUGIN.open(opening) as channel:
        assert channel.probe is not None
        probe = channel.probe
        yield lambda: probe.probe(TOKEN, TAG)


def told(checks: Sequence[Check]) -> dict[str, tuple[bool, str]]:
    return {check.name: (check.ok, check.detail) for check in checks}


async def test_a_mail_to_ourselves_goes_out_comes_in_and_does_not_stay(server: MailServer, clock: ManualClock) -> None:
    async with probing(server, Looking(clock)) as probe:
        found = told(await probe())
    assert found["probe"] == (True, f"a mail to {ADDRESS} came back within 0 s, in INBOX")
    assert len(server.inbox(ADDRESS)) == 0


async def test_it_is_ours_by_its_reference_and_quotes_nobody(server: MailServer, clock: ManualClock) -> None:
    """A running gateway takes what bears its own reference for its own, and opens no case."""
    kept: list[bytes] = []
    async with probing(server, Looking(clock), folders=["Elsewhere"]) as probe:
        server.account(ADDRESS).create("Elsewhere")
        await probe()
        kept += [mail.body for mail in server.inbox(ADDRESS)]
    (body,) = kept
    head = body.partition(b"\r\n\r\n")[0]
    assert f"Message-ID: <{TOKEN}@example.test>".encode() in head
    assert b"Auto-Submitted" not in head


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ((), "the topmost Authentication-Results is by mx.sandbox.test; write that into authserv_ids if it is your"),
        (("MX.sandbox.test",), "the topmost Authentication-Results is by mx.sandbox.test; as authserv_ids says"),
    ],
)
async def test_the_name_of_the_receiving_server_is_told(
    server: MailServer, clock: ManualClock, named: tuple[str, ...], says: str
) -> None:
    async with probing(server, Looking(clock), authserv_ids=named) as probe:
        ok, detail = told(await probe())["authserv_ids"]
    assert ok
    assert detail.startswith(says)


async def test_a_mail_that_comes_late_or_in_another_folder_is_waited_for(
    server: MailServer, clock: ManualClock
) -> None:
    account = server.account(ADDRESS)
    inbox, late = account.inbox, account.create("Late mail")
    assert late is not None

    def move() -> None:
        if looking.pauses == 3:
            (mail,) = inbox
            late.add(mail.body)

    looking = Looking(clock, move)
    async with probing(server, looking, folders=["Other", "Late mail"]) as probe:
        account.create("Other")
        found = told(await probe())
    assert found["probe"] == (True, f"a mail to {ADDRESS} came back within 3 s, in Late mail")
    assert len(late) == 0


async def test_a_mail_that_the_running_gateway_has_archived_is_found_there(
    server: MailServer, clock: ManualClock
) -> None:
    account = server.account(ADDRESS)
    done = account.create("Done")
    assert done is not None

    def archive() -> None:
        (mail,) = account.inbox
        account.inbox.remove([mail])
        done.add(mail.body)

    empty = account.create("Empty")
    assert empty is not None
    settings = {"folders": ["Empty"], "after_storing": "archive", "archive_folder": "Done"}
    async with probing(server, Looking(clock, archive), **settings) as probe:
        found = told(await probe())
    assert found["probe"] == (True, f"a mail to {ADDRESS} came back within 1 s, in Done")
    assert len(done) == 0


async def test_a_mail_that_never_comes_is_told_after_a_minute(server: MailServer, clock: ManualClock) -> None:
    looking = Looking(clock)
    server.account(ADDRESS).create("Empty")
    async with probing(server, looking, folders=["Empty"]) as probe:
        found = told(await probe())
    ok, detail = found["probe"]
    assert (ok, looking.pauses) == (False, LOOKS - 1)
    assert detail.startswith(f"a mail to {ADDRESS} was taken, but did not come back within a minute")


async def test_a_mail_that_is_refused_is_told_with_what_to_do(server: MailServer, clock: ManualClock) -> None:
    server.refuse_smtp(550)
    async with probing(server, Looking(clock)) as probe:
        ok, detail = told(await probe())["probe"]
    assert not ok
    assert "code 550 to RCPT" in detail


async def test_a_lost_answer_is_found_out_by_looking(server: MailServer, clock: ManualClock) -> None:
    server.drop_after_data()
    async with probing(server, Looking(clock)) as probe:
        assert told(await probe())["probe"][0]


async def test_a_mailbox_that_cannot_be_read_is_told(server: MailServer, clock: ManualClock) -> None:
    async with probing(server, Looking(clock), folders=["Missing"]) as probe:
        ok, detail = told(await probe())["probe"]
    assert not ok
    assert "was sent and cannot be read back: the mailbox has no folder Missing" in detail


async def test_where_answers_are_asked_for_at_signed_addresses_such_a_one_is_tried(
    server: MailServer, clock: ManualClock
) -> None:
    tagged = f"support+{TAG}@example.test"
    async with probing(server, Looking(clock), plus_addressing=True) as probe:
        ok, _ = told(await probe())["probe"]
    assert not ok, "this server has a mailbox of its own for such an address"
    (mail,) = server.inbox(tagged)
    assert f"To: <{tagged}>".encode() in mail.body
