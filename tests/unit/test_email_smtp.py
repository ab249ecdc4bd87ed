"""The mail sender against a scripted SMTP server: what became of a mail is known, or said to be unknown."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from connectors.email._smtp import EmailSender, SmtpLine
from connectors.email._tls import tls_context
from gateway.case import Party
from gateway.errors import (
    AuthError,
    ConfigError,
    DeferredError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from gateway.ports import Files, Key, Opening, Receipt, Reply, ReplyFile, ReplyKind, Sender
from tests.conftest import ManualClock, free_port
from tests.servers.smtp_sink import CUT, SILENCE, SmtpSink
from tests.servers.tls import self_signed

WAIT = 15.0
KEY = Key("k")


def settings(port: int, **changes: Any) -> EmailSettings:
    values: dict[str, Any] = {
        "address": "support@example.test",
        "password": SecretStr("made-up pass"),
        "imap_host": "127.0.0.1",
        "imap_port": 9,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "plain",
        "step_secs": 5,
    }
    return EmailSettings.model_validate(values | changes)


def reply(to: str = "user@elsewhere.test", **changes: Any) -> Reply:
    values: dict[str, Any] = {
        "channel": "support",
        "kind": ReplyKind.ANSWER,
        "to": Party(platform="email", address=to),
        "case_id": "GH-7K3MQ-9Q2XZ",
        "subject": "Re: help",
        "text": "Hello,\n.a line with a dot\nBye",
        "automatic": False,
        "token": "gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv",
    }
    return Reply.model_validate(values | changes)


@asynccontextmanager
async def sending(
    port: int, clock: ManualClock | None = None, answer_secs: float = 10, files: Files | None = None, **changes: Any
) -> AsyncIterator[Sender]:
    found = settings(port, **changes)
    sender = EmailSender(found, clock or ManualClock(), await tls_context(found.ca_file), answer_secs, files)
    async with asyncio.timeout(WAIT):
        try:
            yield sender
        finally:
            await sender.close()


async def test_a_mail_arrives_with_its_own_message_id() -> None:
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        receipt = await sender.send(reply(), KEY)
    (taken,) = sink.taken
    assert receipt == Receipt("<gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv@example.test>")
    assert f"Message-ID: {receipt.ref}\r\n".encode() in taken.data
    assert (taken.sender, taken.recipients) == ("support@example.test", ["user@elsewhere.test"])
    text = email.message_from_bytes(taken.data, policy=email.policy.default).get_content()
    assert text.splitlines() == ["Hello,", ".a line with a dot", "Bye"]


class Shelf:
    """Kept files by their hash."""

    def __init__(self, *contents: bytes) -> None:
        self._contents = {sha256(content).hexdigest(): content for content in contents}

    def named(self) -> tuple[ReplyFile, ...]:
        return tuple(
            ReplyFile(name=f"{number}.pdf", media_type="application/pdf", sha256=name, size=len(content))
            for number, (name, content) in enumerate(self._contents.items())
        )

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        if sha256 not in self._contents:
            raise RejectedError("there is no such file")
        content = self._contents[sha256]
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]


async def test_the_files_of_an_answer_go_with_it() -> None:
    shelf = Shelf(b"%PDF" + bytes(5000), b"." * 200)
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, files=shelf) as sender:
        await sender.send(reply(files=shelf.named()), KEY)
    mail: Any = email.message_from_bytes(sink.taken[0].data, policy=email.policy.default)
    text, *parts = mail.iter_parts()
    assert text.get_content().splitlines()[0] == "Hello,"
    assert [part.get_content() for part in parts] == [b"%PDF" + bytes(5000), b"." * 200]


async def test_files_that_cannot_go_are_refused_before_anything_is_sent() -> None:
    shelf = Shelf(b"%PDF")
    (known,) = shelf.named()
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, files=shelf) as sender, sending(sink.port) as without:
        for other, change, said in (
            (sender, {"size": 20_000_001}, "a mail takes 20000000"),
            (sender, {"size": 5}, "another size"),
            (sender, {"size": 3}, "another size"),
            (sender, {"sha256": "0" * 64}, "no such file"),
            (without, {}, "keeps no files"),
        ):
            with pytest.raises(RejectedError, match=said):
                await other.send(reply(files=(known.model_copy(update=change),)), KEY)
    assert sink.connections == 0


async def test_a_machine_writes_from_the_null_sender() -> None:
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        await sender.send(reply(kind=ReplyKind.ACKNOWLEDGEMENT, automatic=True), KEY)
    assert sink.taken[0].sender == ""
    assert any(line.startswith("MAIL FROM:<> ") for line in sink.log)


async def test_one_line_carries_many_mails_one_after_the_other() -> None:
    """D20: fifty sends at once share one connection, and each has its own answer."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        replies = [reply(f"u{number}@elsewhere.test", token=f"t{number}") for number in range(50)]
        receipts = await asyncio.gather(*(sender.send(item, KEY) for item in replies))
    assert [receipt.ref for receipt in receipts] == [f"<t{number}@example.test>" for number in range(50)]
    assert sorted(taken.recipients[0] for taken in sink.taken) == sorted(item.to.address for item in replies)
    assert sink.connections == 1


async def test_the_late_answer_to_a_cancelled_mail_meets_no_other() -> None:
    """D1: cancelled while the server still thinks; the next mail goes over a new line."""
    sink = SmtpSink(answers={"RCPT": [SILENCE]})
    async with sink.running(), sending(sink.port) as sender:
        task = asyncio.create_task(sender.send(reply("one@elsewhere.test"), KEY))
        await sink.event("RCPT").wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await sender.send(reply("two@elsewhere.test"), KEY)
    assert [taken.recipients for taken in sink.taken] == [["two@elsewhere.test"]]
    assert sink.connections == 2


async def test_a_step_out_of_time_is_transient_and_leaves_no_line() -> None:
    sink = SmtpSink(answers={"RCPT": [SILENCE]})
    async with sink.running(), sending(sink.port, step_secs=0.3) as sender:
        with pytest.raises(TransientError):
            await sender.send(reply(), KEY)
        await sender.send(reply(), KEY)
    assert sink.connections == 2


@pytest.mark.parametrize("answer", [CUT, SILENCE, "nonsense"])
async def test_no_answer_after_the_final_dot_is_an_unknown_outcome(answer: str) -> None:
    """D2: the server has taken the mail and its word is lost; one attempt, no other."""
    sink = SmtpSink(answers={".": [answer]})
    async with sink.running(), sending(sink.port, answer_secs=0.2) as sender:
        with pytest.raises(OutcomeUnknownError):
            await sender.send(reply(), KEY)
    assert len(sink.taken) == (0 if answer == "nonsense" else 1)


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"])
async def test_a_line_lost_before_the_mail_is_transient(step: str) -> None:
    """Nothing can have been taken, so it may be tried again."""
    sink = SmtpSink(answers={step: [CUT]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(TransientError):
            await sender.send(reply(), KEY)
        await sender.send(reply(), KEY)
    assert len(sink.taken) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 4.7.1 greylisted", TransientError), ("421 closing", TransientError), ("550 5.1.1 no", RejectedError)],
)
async def test_a_refusal_is_for_now_or_for_good(step: str, answer: str, error: type[Exception]) -> None:
    """D3, D4, D14: the code of each step decides, and the next mail is not touched by it."""
    sink = SmtpSink(answers={step: [answer]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(error) as caught:
            await sender.send(reply(), KEY)
        greylisted = step == "RCPT" and answer.startswith("451")
        unreachable = step == "RCPT" and answer.startswith("550")
        assert type(caught.value) is (DeferredError if greylisted else UnreachableError if unreachable else error)
        await sender.send(reply(), KEY)
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    ("answer", "unreachable"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.10 null MX", True),
        ("552 5.2.2 full", True),
        ("550-5.2.1 closed\r\n550 5.2.1 really", True),
        ("550 5.7.1 relaying denied", False),
        ("554 5.7.1 blocked", False),
        ("552 5.2.3 too large", False),
        ("550 no such user", False),
    ],
)
async def test_only_what_is_said_of_the_address_is_held_against_it(answer: str, unreachable: bool) -> None:
    """A relay that refuses us for another reason says nothing of whom we write to."""
    sink = SmtpSink(answers={"RCPT": [answer]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(RejectedError) as caught:
            await sender.send(reply(), KEY)
    assert isinstance(caught.value, UnreachableError) is unreachable
    assert "user" not in str(caught.value)


async def test_a_server_that_is_about_to_close_is_not_one_recipients_trouble() -> None:
    sink = SmtpSink(answers={"RCPT": ["421 4.3.2 shutting down", "450 4.2.0 greylisted"]})
    async with sink.running(), sending(sink.port) as sender:
        found = []
        for _ in range(2):
            with pytest.raises(TransientError) as caught:
                await sender.send(reply(), KEY)
            found.append(caught.value.item)
    assert found == [False, True]


async def test_a_refusal_is_known_though_the_server_hangs_afterwards() -> None:
    """D17: the library's own send gives RSET after a refusal, and tells of its silence instead of the 550."""
    sink = SmtpSink(answers={"RCPT": ["550 5.1.1 no"], "RSET": [SILENCE], "QUIT": [SILENCE]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(RejectedError, match=r"5\.1\.1"):
            await sender.send(reply(), KEY)
        await sender.send(reply(), KEY)
    assert len(sink.taken) == 1
    assert "RSET" not in sink.log


async def test_p15_what_was_taken_before_the_line_dropped_is_in_doubt_and_bears_one_message_id() -> None:
    """An operator who resends it sends the same Message-ID: the other side can tell that it is one mail."""
    sink = SmtpSink(answers={".": [CUT]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(OutcomeUnknownError):
            await sender.send(reply(), KEY)
        await sender.send(reply(), KEY)
    ids = [email.message_from_bytes(taken.data)["Message-ID"] for taken in sink.taken]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_large_mail_has_the_longer_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """D16: ten minutes for the server's thoughts, and as long as a slow line needs for 20 MB."""
    given: list[float] = []
    transmit = SmtpLine.transmit

    async def timed(line: SmtpLine, data: bytes, secs: float) -> None:
        given.append(secs)
        await transmit(line, data, secs)

    monkeypatch.setattr(SmtpLine, "transmit", timed)
    shelf = Shelf(bytes(10_000_000))
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, answer_secs=600, files=shelf) as sender:
        await sender.send(reply(), KEY)
        await sender.send(reply(token="t2", files=shelf.named()), KEY)
    assert 600 <= given[0] < 601
    assert given[1] > 600 + 13_000_000 / 100_000


async def test_a_server_that_demands_a_login_is_an_auth_error() -> None:
    sink = SmtpSink(answers={"MAIL": ["530 5.7.0 authentication required"]})
    async with sink.running(), sending(sink.port, smtp_login=False) as sender:
        with pytest.raises(AuthError):
            await sender.send(reply(), KEY)


async def test_a_wrong_password_is_tried_once() -> None:
    """D13: the library's own login would try three mechanisms, three failures towards a lockout."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, password=SecretStr("hidden-word")) as sender:
        with pytest.raises(AuthError) as caught:
            await sender.send(reply(), KEY)
        assert "hidden-word" not in str(caught.value)
        with pytest.raises(AuthError, match="not tried again before"):
            await sender.send(reply(), KEY)
    assert sum(line.startswith("AUTH") for line in sink.log) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [("454 4.7.0 later", TransientError), ("504 5.5.4 no such", ConfigError), ("535 5.7.8 no", AuthError)],
)
async def test_a_refused_login_is_called_what_it_is(answer: str, error: type[Exception]) -> None:
    sink = SmtpSink(answers={"AUTH": [answer]})
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(error) as caught:
            await sender.send(reply(), KEY)
        assert type(caught.value) is error


async def test_no_login_offered_is_a_config_error() -> None:
    sink = SmtpSink(extensions=["SIZE 1000"])
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(ConfigError, match="smtp_login"):
            await sender.send(reply(), KEY)


async def test_without_starttls_nothing_is_sent() -> None:
    """D5: the library's default would go on in plain text."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, smtp_security="starttls") as sender:
        with pytest.raises(ConfigError, match="no STARTTLS"):
            await sender.send(reply(), KEY)
    assert [line.split()[0] for line in sink.log] == ["EHLO"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_an_untrusted_certificate_is_a_config_error(security: str, tmp_path: Path) -> None:
    """D6: with STARTTLS the library lets the ssl module's own error out."""
    context, _ = self_signed(tmp_path)
    sink = SmtpSink(starttls=context if security == "starttls" else None)
    async with (
        sink.running(context if security == "tls" else None),
        sending(sink.port, smtp_security=security) as sender,
    ):
        with pytest.raises(ConfigError, match="not trusted"):
            await sender.send(reply(), KEY)
    assert not any("AUTH" in line for line in sink.log)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_over_tls(security: str, tmp_path: Path) -> None:
    context, authority = self_signed(tmp_path)
    sink = SmtpSink(starttls=context if security == "starttls" else None)
    async with (
        sink.running(context if security == "tls" else None),
        sending(sink.port, smtp_security=security, ca_file=authority) as sender,
    ):
        await sender.send(reply(), KEY)
    assert len(sink.taken) == 1


async def test_nobody_listening_is_transient() -> None:
    async with sending(free_port()) as sender:
        with pytest.raises(TransientError, match="ConnectionRefused"):
            await sender.send(reply(), KEY)


async def test_a_server_that_hangs_up_after_each_mail_costs_no_mail() -> None:
    """D15: with QUIET closing between two mails."""
    sink = SmtpSink(hangup_after=1)
    async with sink.running(), sending(sink.port) as sender:
        for number in range(3):
            await sender.send(reply(token=f"t{number}"), KEY)
    assert len(sink.taken) == 3
    assert sink.connections == 3


async def test_a_kept_line_that_answers_421_is_opened_anew() -> None:
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        await sender.send(reply(token="t1"), KEY)
        sink.answers["MAIL"] = ["421 idle too long"]
        await sender.send(reply(token="t2"), KEY)
    assert len(sink.taken) == 2
    assert sink.connections == 2


async def test_an_idle_line_is_asked_before_it_is_used(clock: ManualClock) -> None:
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, clock) as sender:
        await sender.send(reply(token="t1"), KEY)
        clock.advance(30)
        await sender.send(reply(token="t2"), KEY)
        assert "NOOP" not in sink.log
        clock.advance(61)
        sink.answers["NOOP"] = [CUT]
        await sender.send(reply(token="t3"), KEY)
    assert sink.log.count("NOOP") == 1
    assert (len(sink.taken), sink.connections) == (3, 2)


async def test_an_international_domain_goes_in_ascii() -> None:
    """D18, first half."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        await sender.send(reply("user@пример.рф"), KEY)
    assert sink.taken[0].recipients == ["user@xn--e1afmkfd.xn--p1ai"]


async def test_an_international_mailbox_needs_a_server_that_takes_it() -> None:
    """D18, second half: rejected for good without SMTPUTF8, sent with it."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(RejectedError):
            await sender.send(reply("пример@пример.рф"), KEY)
        assert not any(line.startswith("MAIL") for line in sink.log)
    sink = SmtpSink(extensions=["AUTH PLAIN", "SMTPUTF8"])
    async with sink.running(), sending(sink.port) as sender:
        await sender.send(reply("пример@пример.рф"), KEY)
    assert sink.taken[0].recipients == ["пример@xn--e1afmkfd.xn--p1ai"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a b@x.test",
        "u@x.test>\r\nRCPT TO:<v@x.test",
        "u@x.test\x00",
        "u@",
        "@x.test",
        "u@x..test",
        "u" * 65 + "@x.test",
    ],
)
async def test_an_address_that_cannot_be_written_is_rejected_before_any_line(address: str) -> None:
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        with pytest.raises(RejectedError):
            await sender.send(reply(address), KEY)
    assert sink.connections == 0


@pytest.mark.parametrize(("given", "said"), [(None, "example.test"), ("mail.example.test", "mail.example.test")])
async def test_we_greet_by_the_configured_name(given: str | None, said: str) -> None:
    """D19: never by what the machine calls itself."""
    sink = SmtpSink()
    async with sink.running(), sending(sink.port, helo_name=given) as sender:
        await sender.send(reply(), KEY)
    assert sink.log[0] == f"EHLO {said}"


async def test_a_check_logs_in_and_sends_nothing(clock: ManualClock) -> None:
    sink = SmtpSink()
    async with sink.running(), PLUGIN.open(Opening("support", settings(sink.port), clock)) as channel:
        report = await channel.connector.check()
    found = {check.name: check.ok for check in report.checks}
    assert found == {"imap": False, "smtp": True, "receivers": True}
    assert [line.split()[0] for line in sink.log] == ["EHLO", "AUTH", "NOOP", "QUIT"]


async def test_no_log_holds_the_password_or_a_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sink = SmtpSink()
    async with sink.running(), sending(sink.port) as sender:
        await sender.send(reply(text="private words"), KEY)
    assert "made-up pass" not in caplog.text
    assert "private words" not in caplog.text
