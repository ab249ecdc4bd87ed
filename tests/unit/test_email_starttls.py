"""STARTTLS before the library sees the line: against a real Dovecot, and against servers and devices that mean harm."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.errors import ConfigError, TransientError
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import Call, CutError, Script, ScriptedImap, says, silent
from tests.servers.tls import self_signed
from tests.unit.test_email_imap import connected as scripted
from tests.unit.test_email_mailbox import connected, drain, mail


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def secure(authority: tuple[ssl.SSLContext, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Return a server that takes no password in the clear, not even from this machine."""
    cert = authority[1]
    server = Dovecot.start(
        tmp_path_factory.mktemp("secure"),
        "ssl = required",
        f"ssl_cert = <{cert}",
        f"ssl_key = <{cert.with_name('key.pem')}",
        "disable_plaintext_auth = yes",
        "login_trusted_networks =",
    )
    yield server
    server.stop()


def starting(imap: ScriptedImap, authority: tuple[ssl.SSLContext, Path], extra: bytes = b"") -> Script:
    """Return a script that begins TLS, after saying something more in the clear."""

    async def script(call: Call) -> None:
        await call.say(f"{call.tag} OK begin\r\n".encode() + extra)
        await call.writer.start_tls(authority[0])

    return script


async def endless(call: Call) -> None:
    """Send a line that does not end."""
    await call.say("x" * 9000)


@pytest.mark.dovecot
async def test_mail_is_read_over_starttls(secure: Dovecot, authority: tuple[ssl.SSLContext, Path]) -> None:
    name = f"{uuid.uuid4().hex}@example.test"
    secure.deliver(mail(1), name)
    changes = {"imap_security": "starttls", "ca_file": authority[1]}
    async with connected(secure, name, **changes) as box:
        raws, _ = await drain(box)
    assert raws[0].body.endswith(mail(1))


@pytest.mark.dovecot
async def test_a_certificate_of_no_known_authority_ends_it_before_the_password(secure: Dovecot) -> None:
    async with connected(secure, "a@example.test", imap_security="starttls") as box:
        with pytest.raises(ConfigError, match="is not trusted"):
            await box.fetch(box.streams()[0], None)


async def test_nothing_is_sent_in_the_clear_but_starttls(authority: tuple[ssl.SSLContext, Path]) -> None:
    """Capabilities told in the clear are not believed: they are asked for anew, and IDLE is used since it is there."""
    imap = ScriptedImap({1: mail(1)}, greeting="* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready")
    imap.script["STARTTLS"] = starting(imap, authority)
    clear: list[str] = []

    async def capability(call: Call) -> None:
        if call.writer.get_extra_info("ssl_object") is None:
            clear.append(call.name)
        await imap.usual(call)

    imap.script["CAPABILITY"] = imap.script["LOGIN"] = capability
    changes = {"imap_security": "starttls", "ca_file": authority[1]}
    async with imap.running(), scripted(imap.port, None, **changes) as box:
        page = await box.fetch(box.streams()[0], None)
        assert not (await box.fetch(box.streams()[0], page.cursor)).items
    assert [raw.body for raw in page.items] == [mail(1)]
    assert imap.log[0].endswith(" STARTTLS")
    assert not clear
    assert imap.count("IDLE") == 1


@pytest.mark.parametrize(
    ("greeting", "script", "error"),
    [
        ("* OK ready", says("{tag} BAD what is that"), ConfigError),
        ("* OK ready", says("{tag} NO not here"), ConfigError),
        ("* PREAUTH welcome", None, ConfigError),
        ("* BYE too busy", None, TransientError),
        ("* OK ready", silent, TransientError),
        ("* OK ready", endless, TransientError),
    ],
    ids=["stripped", "refused", "preauth", "bye", "silent", "endless"],
)
async def test_a_server_without_starttls_gets_no_password(
    greeting: str, script: Script | None, error: type[Exception]
) -> None:
    imap = ScriptedImap({1: mail(1)}, greeting=greeting, script={} if script is None else {"STARTTLS": script})
    async with imap.running(), scripted(imap.port, None, imap_security="starttls", step_secs=0.3) as box:
        with pytest.raises(error):
            await box.fetch(box.streams()[0], None)
    assert all(line.endswith(" STARTTLS") for line in imap.log)


async def test_what_was_slipped_in_before_tls_ends_the_line(authority: tuple[ssl.SSLContext, Path]) -> None:
    """CVE-2021-33515: answers put on the line in the clear must not be taken for the server's secure ones."""
    imap = ScriptedImap({1: mail(1)})
    imap.script["STARTTLS"] = starting(imap, authority, b"* CAPABILITY IMAP4rev1\r\nA1 OK forged\r\n")
    changes = {"imap_security": "starttls", "ca_file": authority[1]}
    async with imap.running(), scripted(imap.port, None, **changes) as box:
        with pytest.raises(TransientError, match="went on in the clear"):
            await box.fetch(box.streams()[0], None)
    assert len(imap.log) == 1


async def test_a_line_cut_before_tls_is_transient() -> None:
    async def script(call: Call) -> None:
        await call.done("OK begin")
        raise CutError

    imap = ScriptedImap(script={"STARTTLS": script})
    async with imap.running(), scripted(imap.port, None, imap_security="starttls") as box:
        with pytest.raises(TransientError):
            await box.fetch(box.streams()[0], None)
