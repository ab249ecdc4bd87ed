"""The sandbox's SMTP server: what it delivers, what it writes on top, and how it misbehaves on demand."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sandbox._smtp import from_domain
from gateway.sandbox.mail import MailServer

PASSWORD = "sand"
DESK = "support@examplex.test"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    verdicts = {"mail.test": "pass", "forged.test": "fail"}
    async with MailServer.start(password=PASSWORD, verdicts=verdicts) as running:  # type: ignore[arg-type]
        yield running


async def hand_in(server: MailServer, body: Callable[[smtplib.SMTP], Any]) -> Any:
    def run() -> Any:
        with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=5) as client:
            return body(client)

    async with asyncio.timeout(10):
        return await asyncio.to_thread(run)


def results(server: MailServer, address: str) -> list[str]:
    """All Authentication-Results of the last mail, unfolded, topmost first."""
    header = server.inbox(address).mails[-1].header.replace(b"\r\n\t", b" ").decode("utf-8", "replace")
    return [line for line in header.split("\r\n") if line.lower().startswith("authentication-results")]


async def test_a_mail_reaches_each_recipient_with_the_trace_of_a_real_server(server: MailServer) -> None:
    body = b"From: Ann <ann@mail.test>\r\nSubject: hi\r\n\r\n.dot\r\nlast\r\n"
    await hand_in(server, lambda client: client.sendmail("ann@mail.test", [DESK, "Bob@b.test"], body))
    for address in (DESK, "bob@b.test"):
        (mail,) = server.inbox(address).mails
        assert mail.body.startswith(b"Return-Path: <ann@mail.test>\r\nDelivered-To: ")
        assert mail.body.endswith(body)
    assert b"Delivered-To: Bob@b.test\r\n" in server.inbox("bob@b.test").mails[0].body


@pytest.mark.parametrize(
    ("sender", "verdict"), [("ann@mail.test", "pass"), ("x@forged.test", "fail"), ("x@unknown.test", "none")]
)
async def test_the_verdict_on_a_sender_is_the_tables(server: MailServer, sender: str, verdict: str) -> None:
    body = f"From: Somebody <{sender}>\r\n\r\nhi\r\n".encode()
    await hand_in(server, lambda client: client.sendmail(sender, [DESK], body))
    (result,) = results(server, DESK)
    domain = sender.partition("@")[2]
    assert result.startswith(f"Authentication-Results: mx.sandbox.test; dmarc={verdict} header.from={domain};")


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: mx.sandbox.test; dmarc=pass\r\n",
        b"AUTHENTICATION-RESULTS: MX.Sandbox.Test 1;\r\n dmarc=pass\r\n",
        b"Authentication-Results:\r\n\t(sure) mx.sandbox.test; dmarc=pass\r\n",
        b'Authentication-Results: "mx.sandbox.test"; dmarc=pass\r\n',
    ],
)
async def test_results_forged_under_our_id_are_taken_out_and_others_stay(server: MailServer, forged: bytes) -> None:
    other = b"Authentication-Results: mx.elsewhere.test; dmarc=pass\r\n"
    body = forged + other + b"From: x@forged.test\r\n" + forged + b"\r\nAuthentication-Results: mx.sandbox.test;\r\n"
    await hand_in(server, lambda client: client.sendmail("x@forged.test", [DESK], body))
    ours, theirs = results(server, DESK)
    assert "dmarc=fail header.from=forged.test" in ours
    assert theirs == "Authentication-Results: mx.elsewhere.test; dmarc=pass"
    assert server.inbox(DESK).mails[0].text == b"Authentication-Results: mx.sandbox.test;\r\n"


async def test_a_client_that_logged_in_passes_and_a_wrong_password_is_refused(server: MailServer) -> None:
    body = b"From: x@forged.test\r\n\r\nhi\r\n"

    def send(client: smtplib.SMTP) -> None:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("x@forged.test", "wrong")
        client.login("x@forged.test", PASSWORD)
        client.sendmail("x@forged.test", [DESK], body)

    await hand_in(server, send)
    assert "dmarc=pass header.from=forged.test" in results(server, DESK)[0]


async def test_the_null_sender_is_taken_and_kept(server: MailServer) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = DESK, "ann@mail.test", "你好"
    message.set_content("你好\n")
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=server.smtp_port, use_tls=False, start_tls=False, timeout=5
    ) as client:
        await client.login(DESK, PASSWORD)
        await client.send_message(message, sender="", recipients=["ann@mail.test"])
    assert server.inbox("ann@mail.test").mails[0].body.startswith(b"Return-Path: <>\r\n")


async def test_bytes_that_are_no_text_arrive_unchanged(server: MailServer) -> None:
    body = b"From: x@unknown.test\r\n\xff\xfe: y\r\nX: " + b"z" * 5000 + b"\r\n\r\n\x00\x01\xff\r\n"
    await hand_in(server, lambda client: client.sendmail("x@unknown.test", [DESK], body))
    assert server.inbox(DESK).mails[0].body.endswith(body)


@pytest.mark.parametrize(("stage", "code"), [("MAIL", 451), ("RCPT", 550), ("DATA", 452)])
async def test_refusals_come_at_the_stage_and_with_the_code_asked_for(
    server: MailServer, stage: Any, code: int
) -> None:
    body = b"From: x@unknown.test\r\n\r\nhi\r\n"
    server.refuse_smtp(code, at=stage)

    def codes(error: Exception) -> int:
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return next(iter(error.recipients.values()))[0]
        assert isinstance(error, smtplib.SMTPResponseException)
        return int(error.smtp_code)

    with pytest.raises(smtplib.SMTPException) as refused:
        await hand_in(server, lambda client: client.sendmail("x@unknown.test", [DESK], body))
    assert codes(refused.value) == code
    assert len(server.inbox(DESK)) == 0
    server.refuse_smtp(None)
    await hand_in(server, lambda client: client.sendmail("x@unknown.test", [DESK], body))
    assert len(server.inbox(DESK)) == 1


async def test_a_line_dropped_after_data_leaves_the_mail_delivered_and_the_client_unknowing(server: MailServer) -> None:
    body = b"From: x@unknown.test\r\n\r\nhi\r\n"
    server.drop_after_data()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await hand_in(server, lambda client: client.sendmail("x@unknown.test", [DESK], body))
    assert len(server.inbox(DESK)) == 1
    await hand_in(server, lambda client: client.sendmail("x@unknown.test", [DESK], body))
    assert len(server.inbox(DESK)) == 2


async def test_dropped_connections_are_seen_by_the_client(server: MailServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.smtp_port)
    assert (await reader.readline()).startswith(b"220 ")
    server.drop_connections()
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


def test_a_verdict_that_is_none_of_the_three_is_refused() -> None:
    with pytest.raises(ValueError, match="pass, fail, none"):
        asyncio.run(_start_with_verdict("maybe"))


async def _start_with_verdict(verdict: Any) -> None:
    async with MailServer.start(password=PASSWORD, verdicts={"mail.test": verdict}):
        pass


@given(st.binary(max_size=300))
def test_the_from_domain_of_any_bytes_is_a_domain_or_nothing(value: bytes) -> None:
    domain = from_domain(b"From: " + value + b"\r\n\r\n")
    assert domain == domain.lower()
    assert not set(domain) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
