"""What mailbox providers report of users who marked a mail of ours as unwanted, and who a report comes from."""

from __future__ import annotations

import pytest

from gateway.case import Message
from gateway.ports import DeliveryReport
from normalizers.email import NORMALIZER
from tests.samples import mail

OUR_ID = "<gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv@examplex.test>"


def complaint(kind: str = "abuse", fields: str = "Original-Rcpt-To: <Ada@users.test>\r\n") -> bytes:
    """Return a feedback report (RFC 5965) on a mail of ours."""
    return (
        "From: <feedback@isp.test>\r\nTo: support@examplex.test\r\nSubject: FW: your case\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        "--r\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n{fields}\r\n"
        "--r\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: <support@examplex.test>\r\nTo: <ada@users.test>\r\nMessage-ID: {OUR_ID}\r\n\r\nWe have it.\r\n--r--\r\n"
    ).encode()


def read(body: bytes) -> Message | DeliveryReport:
    (event,) = NORMALIZER.normalize(mail.raw_of(body))
    assert isinstance(event, (Message, DeliveryReport))
    return event


@pytest.mark.parametrize("kind", ["abuse", "Fraud", "opt-out", "virus", "other", "something-new"])
def test_a_complaint_names_our_mail_and_who_complained(kind: str) -> None:
    found = read(complaint(kind))
    assert isinstance(found, DeliveryReport)
    assert (found.ref, found.recipient, found.outcome) == (OUR_ID, "ada@users.test", "complained")


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_a_feedback_report_that_is_no_complaint_is_none(kind: str) -> None:
    found = read(complaint(kind))
    assert isinstance(found, DeliveryReport)
    assert found.outcome == "unknown"


def test_a_provider_that_tells_nobodys_address_tells_our_mail_all_the_same() -> None:
    found = read(complaint(fields=""))
    assert isinstance(found, DeliveryReport)
    assert (found.ref, found.recipient) == (OUR_ID, "")


STATUS = (
    "--b\r\nContent-Type: text/plain\r\n\r\nI got this instead of your answer, what now?\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
    "Final-Recipient: rfc822; ada@users.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("head", "is_report"),
    [
        ("From: <ada@users.test>\r\n", False),
        ("Return-Path: <ada@users.test>\r\nFrom: <ada@users.test>\r\n", False),
        ("Return-Path: <>\r\nFrom: <ada@users.test>\r\n", True),
        ("From: <mailer-daemon@mx.test>\r\n", True),
    ],
)
def test_a_person_who_forwards_a_report_has_his_words_read(head: str, is_report: bool) -> None:
    body = f'{head}To: support@examplex.test\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{STATUS}'
    assert isinstance(read(body.encode()), DeliveryReport) is is_report


def citing(text: str, marks: str = "", sender: str = "ada@users.test") -> bytes:
    """Return a mail from the null sender that repeats the header of ours."""
    head = f"Return-Path: <>\r\nFrom: <{sender}>\r\nTo: support@examplex.test\r\nSubject: Away\r\n{marks}"
    return f"{head}\r\n{text}\r\n\r\n> Message-ID: {OUR_ID}\r\n".encode()


AUTO_REPLIED = "Auto-Submitted: auto-replied (vacation)\r\n"
NO_USER = "Delivery failed: 550 5.1.1 no such user <ada@users.test>"


@pytest.mark.parametrize("marks", ["", "X-Auto-Response-Suppress: All\r\n", "Auto-Submitted: auto-generated\r\n"])
@pytest.mark.parametrize(("text", "is_report"), [("I am away until Monday.", False), (NO_USER, True)])
def test_a_machine_that_cites_our_mail_is_believed_to_report_only_what_it_says(
    text: str, is_report: bool, marks: str
) -> None:
    """An absence notice from the null sender repeats our header: the agents must be able to read it."""
    assert isinstance(read(citing(text, marks)), DeliveryReport) is is_report


@pytest.mark.parametrize(
    "marks",
    [
        AUTO_REPLIED, "Auto-Submitted: Auto-Replied; owner-email=a@users.test\r\n", "X-Autoreply: yes\r\n",
        "X-Autorespond: Away\r\n", "X-Auto-Reply-From: ada@users.test\r\n", "X-Mail-Autoreply: 1\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["I am back on 2.11.26.", "Back on 5.1.26 at work", NO_USER])
def test_what_answers_by_itself_is_no_report_whatever_its_words_look_like(text: str, marks: str) -> None:
    """A date is easily taken for a status; the notice would be lost, or its author's address taken for dead."""
    assert isinstance(read(citing(text, marks)), Message)


@pytest.mark.parametrize(
    "text", ["Away from 2.11.26 on", "Away from 5.11.26 on", "Away from 4.8.26 on", "Back 2.1.26 ok"]
)
def test_a_date_is_no_status(text: str) -> None:
    assert isinstance(read(citing(text)), Message)


def test_a_mailer_that_marks_its_reports_as_answers_still_reports() -> None:
    """Exim does so."""
    report = read(citing(NO_USER, AUTO_REPLIED, "mailer-daemon@mx.test"))
    assert isinstance(report, DeliveryReport)
    assert (report.ref, report.outcome, report.status) == (OUR_ID, "failed", "5.1.1")


@pytest.mark.parametrize("said", ["2.1.5 was delivered", "2.11.26", "5.11.26"])
def test_that_a_mail_was_delivered_is_never_guessed(said: str) -> None:
    report = read(citing(said, sender="mailer-daemon@mx.test"))
    assert isinstance(report, DeliveryReport)
    assert (report.outcome, report.status) == ("unknown", "")
