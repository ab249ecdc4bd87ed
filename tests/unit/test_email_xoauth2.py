"""Logins at mail servers by XOAUTH2: a real Dovecot that asks the provider, scripted IMAP, and SMTP by aiosmtpd."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.email._sasl import Exchange, message
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.ports import Channel, Check, Sender, StreamId
from tests.conftest import ManualClock, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import Call, Script, ScriptedImap, cut, says, silent
from tests.servers.smtp_sink import SmtpSink
from tests.servers.smtp_tokens import TokenSmtp
from tests.servers.tls import self_signed
from tests.servers.token_server import MAILBOX, TokenServer
from tests.unit.email_oauth import REMEDY, channel, granted
from tests.unit.test_email_smtp import KEY, reply
from tests.unit.test_email_starttls import starting
from tests.unit.x_fakes import MemoryVault

BOX = StreamId("INBOX")
MAIL = b"From: User <user@elsewhere.test>\r\nSubject: help\r\n\r\nhello\r\n"
REFUSED = "eyJzdGF0dXMiOiI0MDEifQ=="
YOUNG_SECS = 300


def asking(provider: TokenServer, answers: list[bytes] | None = None, user: str = MAILBOX) -> Script:
    """Answer AUTHENTICATE as Gmail and Microsoft do: a refusal comes only after the question was answered."""

    async def asked(call: Call, question: str) -> bytes:
        await call.say(f"+ {question}\r\n")
        answer = (await call.reader.readline()).rstrip(b"\r\n")
        if answers is not None:
            answers.append(answer)
        return answer

    async def script(call: Call) -> None:
        words = call.arguments.split()
        given = words[1].encode() if len(words) > 1 else await asked(call, "")
        if provider.let(user, given):
            await call.done()
            return
        assert await asked(call, REFUSED) == b""
        await call.done("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")

    return script


@asynccontextmanager
async def reading(
    clock: ManualClock, imap: ScriptedImap, vault: MemoryVault | None = None, **changes: Any
) -> AsyncIterator[tuple[TokenServer, Channel]]:
    async with TokenServer(clock).running() as provider, imap.running():
        imap.script.setdefault("AUTHENTICATE", asking(provider))
        vault = granted(provider, clock, vault)
        async with asyncio.timeout(15), channel(provider, vault, imap_port=imap.port, **changes) as opened:
            yield provider, opened


def wrong_account(provider: TokenServer, clock: ManualClock) -> None:
    """Have every token be good for another mailbox alone."""
    provider.refresh = {each: replace(grant, user="other@example.test") for each, grant in provider.refresh.items()}
    provider.revoke()
    clock.advance(YOUNG_SECS)


def imap_with(capabilities: str, **script: Script) -> ScriptedImap:
    return ScriptedImap(mails={1: MAIL}, capabilities=f"IMAP4rev1 IDLE {capabilities}", script=script)


@pytest.mark.parametrize("chunk", [0, 1])
@pytest.mark.parametrize("capabilities", ["AUTH=XOAUTH2 SASL-IR", "AUTH=XOAUTH2"])
async def test_mail_is_read_with_a_token(capabilities: str, chunk: int, clock: ManualClock) -> None:
    """With SASL-IR in one step, else when the server asks; however small the pieces are that it says it in."""
    imap = imap_with(capabilities)
    imap.chunk = chunk
    async with reading(clock, imap) as (_, opened):
        page = await opened.connector.fetch(BOX, None)
    assert [raw.body for raw in page.items] == [MAIL]
    assert imap.count("AUTHENTICATE") == 1
    assert imap.count("LOGIN") == 0


@pytest.mark.parametrize("chunk", [0, 1])
@pytest.mark.parametrize("capabilities", ["AUTH=XOAUTH2 SASL-IR", "AUTH=XOAUTH2"])
async def test_a_refused_token_is_renewed_once_on_the_same_connection(
    capabilities: str, chunk: int, clock: ManualClock
) -> None:
    """C23: the server's question is answered, so that its NO comes at once, and the first refusal is mended."""
    imap = imap_with(capabilities)
    imap.chunk = chunk
    async with reading(clock, imap, step_secs=30) as (provider, opened):
        provider.revoke()
        clock.advance(YOUNG_SECS)
        page = await opened.connector.fetch(BOX, None)
        assert len(page.items) == 1
        assert (imap.connections, imap.count("AUTHENTICATE"), provider.count("refresh_token")) == (1, 2, 1)


async def test_a_mailbox_that_refuses_every_token_is_an_auth_error_at_once(clock: ManualClock) -> None:
    """No deadline is waited for: this test's is longer than its patience."""
    imap = imap_with("AUTH=XOAUTH2")
    async with reading(clock, imap, step_secs=600) as (provider, opened):
        wrong_account(provider, clock)
        for tries in (2, 3):
            with pytest.raises(AuthError, match=f"refused the access to this mailbox; {REMEDY}"):
                await opened.connector.fetch(BOX, None)
            assert imap.count("AUTHENTICATE") == tries
    assert imap.log[-1].split()[1] != "LOGIN"


async def test_access_that_was_given_anew_is_tried_at_once(clock: ManualClock) -> None:
    """A refused password is held back for a quarter of an hour; access is in the vault when somebody logs in."""
    imap, vault = imap_with("AUTH=XOAUTH2 SASL-IR"), MemoryVault()
    async with reading(clock, imap, vault) as (provider, opened):
        provider.revoke()
        with pytest.raises(AuthError):
            await opened.connector.fetch(BOX, None)
        granted(provider, clock, vault)
        assert len((await opened.connector.fetch(BOX, None)).items) == 1
        assert provider.asked == []


async def test_without_access_no_connection_is_made(clock: ManualClock) -> None:
    imap, vault = imap_with("AUTH=XOAUTH2"), MemoryVault()
    async with reading(clock, imap, vault) as (_, opened):
        vault.secrets.clear()
        with pytest.raises(AuthError, match=REMEDY):
            await opened.connector.fetch(BOX, None)
    assert imap.connections == 0


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (says("{tag} NO [UNAVAILABLE] later"), TransientError, "takes no logins now"),
        (says("{tag} NO [PRIVACYREQUIRED] no"), ConfigError, "demands encryption"),
        (says("{tag} BAD what"), AuthError, "refused the access"),
        (says("* BYE going"), TransientError, "did not answer within"),
        (cut, TransientError, "cut"),
        (silent, TransientError, "did not answer within"),
        (says(*[f"+ {REFUSED}"] * 40), TransientError, "IMAP server"),
        (says("+ " + "x" * 100_000), TransientError, "IMAP server"),
    ],
)
async def test_whatever_the_server_says_is_an_error_of_ours(
    answer: Script, kind: type[Exception], told: str, clock: ManualClock
) -> None:
    imap = imap_with("AUTH=XOAUTH2 SASL-IR", AUTHENTICATE=answer)
    async with reading(clock, imap, step_secs=0.3) as (_, opened):
        with pytest.raises(kind, match=told):
            await opened.connector.fetch(BOX, None)


async def test_over_starttls_the_token_goes_when_the_line_is_secure(clock: ManualClock, tmp_path: Path) -> None:
    """The mechanisms that count are those that are told on the secure line."""
    authority = self_signed(tmp_path)
    imap = imap_with("AUTH=XOAUTH2")
    imap.greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready"
    imap.script["STARTTLS"] = starting(imap, authority)
    async with reading(clock, imap, imap_security="starttls", ca_file=authority[1]) as (_, opened):
        assert len((await opened.connector.fetch(BOX, None)).items) == 1
    assert [line.split()[1] for line in imap.log[:3]] == ["STARTTLS", "CAPABILITY", "AUTHENTICATE"]


async def test_a_server_without_the_mechanism_is_a_config_error(clock: ManualClock) -> None:
    imap = imap_with("AUTH=PLAIN")
    async with reading(clock, imap) as (_, opened):
        with pytest.raises(ConfigError, match="takes no OAuth login here"):
            await opened.connector.fetch(BOX, None)
    assert imap.count("AUTHENTICATE") == 0


async def test_a_user_name_need_not_be_ascii(clock: ManualClock) -> None:
    """C.2 row 8: the library encodes it as ASCII alone."""
    answers: list[bytes] = []
    imap = imap_with("AUTH=XOAUTH2", AUTHENTICATE=lambda call: script(call))
    async with reading(clock, imap, username="п@example.test") as (provider, opened):
        script = asking(provider, answers)
        with pytest.raises(AuthError):
            await opened.connector.fetch(BOX, None)
        assert answers == [message("п@example.test", next(iter(provider.access))), b""]


async def test_no_token_is_logged(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG the IMAP library logs commands, and every byte that comes."""
    caplog.set_level(logging.DEBUG)
    imap = imap_with("AUTH=XOAUTH2 SASL-IR")
    async with TokenServer(clock).running() as server, TokenSmtp(server).running() as smtp:
        async with imap.running():
            imap.script["AUTHENTICATE"] = asking(server)
            async with channel(server, granted(server, clock), imap_port=imap.port, smtp_port=smtp.port) as opened:
                report = await opened.connector.check()
        token = next(iter(server.access))
        assert report.ok
        for secret in (token, message(MAILBOX, token).decode()):
            # aiosmtpd, the test's own server, logs what it is told; it is no part of the gateway.
            assert not [
                record for record in caplog.records if secret in record.getMessage() and record.name != "mail.log"
            ]


def test_the_message_and_the_answers() -> None:
    """The example of Google's page, and no answer to what is no question."""
    assert message("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg") == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0"
        b"Q2cBAQ=="
    )
    exchange = Exchange(b"first", at_once=False)
    assert [exchange.feed(data) for data in (b"* OK + \r\n", b"+", b" \r", b"\n", b"+ x\r\nA1 NO no\r\n")] == [
        b"",
        b"",
        b"",
        b"first\r\n",
        b"\r\n",
    ]


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dovecot, int]]:
    """A Dovecot that asks a provider at the port whose a token is."""
    folder, port = tmp_path_factory.mktemp("tokens"), free_port()
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)
    settings = folder / "oauth2.conf"
    settings.write_text(
        f"introspection_mode = post\nintrospection_url = http://127.0.0.1:{port}/introspect\n"
        "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
    )
    passdb = f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {settings}\n}}"
    server = Dovecot.start(folder, "auth_mechanisms = plain login xoauth2", passdb)
    yield server, port
    server.stop()


@pytest.mark.dovecot
async def test_a_real_dovecot_lets_a_token_in_and_says_at_once_when_not(
    dovecot: tuple[Dovecot, int], clock: ManualClock
) -> None:
    """Mail is read, a revoked token is renewed once and for all, and one for another mailbox is refused."""
    server, port = dovecot
    server.append(MAIL, MAILBOX)
    vault = MemoryVault()
    async with TokenServer(clock).running(port) as provider:
        granted(provider, clock, vault)
        async with channel(provider, vault, imap_port=server.imap_port, step_secs=30) as opened:
            page = await opened.connector.fetch(BOX, None)
            assert [raw.body for raw in page.items] == [MAIL]
            assert page.cursor is not None
            await opened.connector.confirm(BOX, page.cursor)
        provider.revoke()
        clock.advance(YOUNG_SECS)
        async with channel(provider, vault, imap_port=server.imap_port, step_secs=30) as opened:
            assert (await opened.connector.fetch(BOX, page.cursor)).items == ()
            assert provider.count("refresh_token") == 1
        other = {"username": "other@example.test", "imap_port": server.imap_port, "step_secs": 30}
        async with channel(provider, vault, **other) as opened:
            with pytest.raises(AuthError, match="refused the access"):
                await opened.connector.fetch(BOX, None)


@asynccontextmanager
async def sending(clock: ManualClock, **changes: Any) -> AsyncIterator[tuple[TokenServer, TokenSmtp, Sender]]:
    async with TokenServer(clock).running() as provider, TokenSmtp(provider, **changes).running() as smtp:
        vault = granted(provider, clock)
        async with asyncio.timeout(15), channel(provider, vault, smtp_port=smtp.port, step_secs=600) as opened:
            assert opened.sender is not None
            yield provider, smtp, opened.sender


async def test_mail_is_sent_with_a_token(clock: ManualClock) -> None:
    async with sending(clock) as (_, smtp, sender):
        await sender.send(reply(), KEY)
    assert (len(smtp.taken), smtp.attempts) == (1, [True])


async def test_a_refused_token_is_renewed_once_and_the_mail_goes(clock: ManualClock) -> None:
    """The server's question (334) is answered with an empty line, and its 535 with another token."""
    async with sending(clock) as (provider, smtp, sender):
        provider.revoke()
        clock.advance(YOUNG_SECS)
        await sender.send(reply(), KEY)
        assert (len(smtp.taken), smtp.attempts, smtp.questions) == (1, [False, True], 1)
        assert provider.count("refresh_token") == 1


async def test_an_smtp_server_that_refuses_every_token_is_an_auth_error(clock: ManualClock) -> None:
    async with sending(clock) as (provider, smtp, sender):
        wrong_account(provider, clock)
        with pytest.raises(AuthError, match=f"refused the access to this mailbox; {REMEDY}"):
            await sender.send(reply(), KEY)
        assert (smtp.taken, smtp.attempts) == ([], [False, False])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("454 4.7.0 Temporary authentication failure", TransientError),
        ("534 5.7.9 Application-specific password required", ConfigError),
        ("550 5.7.0 secret-text", AuthError),
    ],
)
async def test_other_refusals_of_a_token(code: str, kind: type[Exception], clock: ManualClock) -> None:
    async with sending(clock, code=code) as (provider, _, sender):
        provider.revoke()
        with pytest.raises(kind) as caught:
            await sender.send(reply(), KEY)
        assert type(caught.value) is kind
        assert "secret-text" not in str(caught.value)


async def test_an_smtp_server_without_the_mechanism_is_a_config_error(clock: ManualClock) -> None:
    sink = SmtpSink()
    async with (
        TokenServer(clock).running() as provider,
        sink.running(),
        channel(provider, granted(provider, clock), smtp_port=sink.port) as opened,
    ):
        assert opened.sender is not None
        with pytest.raises(ConfigError, match="takes no OAuth login here"):
            await opened.sender.send(reply(), KEY)
    assert not [line for line in sink.log if line.startswith("AUTH")]


async def checked(clock: ManualClock, **changes: Any) -> dict[str, Check]:
    imap = imap_with("AUTH=XOAUTH2 SASL-IR")
    async with TokenServer(clock).running() as provider, TokenSmtp(provider).running() as smtp, imap.running():
        imap.script["AUTHENTICATE"] = asking(provider)
        vault = granted(provider, clock)
        if "given" in changes:
            provider.scope = changes.pop("given")
            clock.advance(3601)
        if changes.pop("emptied", False):
            vault.secrets.clear()
        changes = {"imap_port": imap.port, "smtp_port": smtp.port, **changes}
        async with asyncio.timeout(15), channel(provider, vault, **changes) as opened:
            report = await opened.connector.check()
    return {check.name: check for check in report.checks}


async def test_a_check_says_whose_access_it_is_and_that_nothing_lacks(clock: ManualClock) -> None:
    checks = await checked(clock)
    assert all(check.ok for check in checks.values())
    assert checks["access"].detail == f"access for {MAILBOX} was given and is renewed; nothing is missing"
    assert {"access", "imap", "smtp"} <= checks.keys()


async def test_a_check_names_the_scopes_that_lack(clock: ManualClock) -> None:
    checks = await checked(clock, given="mail", oauth_scopes=("mail", "send", "offline_access"))
    assert not checks["access"].ok
    assert checks["access"].detail == f"send is missing; {REMEDY}, and allow all that it asks for"


async def test_a_check_without_access_says_what_to_do_and_asks_no_server(clock: ManualClock) -> None:
    checks = await checked(clock, emptied=True)
    assert list(checks) == ["access"]
    assert not checks["access"].ok
    assert REMEDY in checks["access"].detail
