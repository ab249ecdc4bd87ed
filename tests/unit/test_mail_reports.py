"""What mail servers say of our mails is told from what people and their machines write."""

from __future__ import annotations

import pytest

from gateway.case import Message
from gateway.ports import DeliveryReport
from normalizers.email import NORMALIZER
from tests.samples import mail

OUR_ID = "<gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv@examplex.test>"


def _report(body: bytes) -> DeliveryReport:
    (event,) = NORMALIZER.normalize(mail.raw_of(body))
    assert isinstance(event, DeliveryReport)
    return event


@pytest.mark.parametrize(
    ("name", "outcome", "status"),
    [("bounce", "failed", "5.1.1"), ("bounce_delayed", "delayed", "4.4.7"), ("bounce_qmail", "failed", "5.1.1")],
)
def test_a_report_names_our_mail_its_recipient_and_its_fate(name: str, outcome: str, status: str) -> None:
    report = _report(mail.SAMPLES[name])
    assert (report.ref, report.recipient, report.outcome, report.status) == (OUR_ID, "ada@users.test", outcome, status)
    assert report.provenance == report.message.provenance


def test_our_reference_is_known_in_any_case() -> None:
    """Servers may change the case of a Message-ID; a report that only answers or cites it is still on our mail."""
    changed = OUR_ID.lower()
    answered = mail.SAMPLES["bounce"].replace(OUR_ID.encode(), b"none")
    answered = answered.replace(b"Subject:", b"In-Reply-To: " + changed.encode() + b"\nSubject:", 1)
    assert _report(answered).ref == changed
    cited = mail.HEAD.replace(b"Ada", b"Mail", 1).replace(b"ada@users.test", b"mailer-daemon@mx.test")
    assert (
        _report(cited + b"\nCould not deliver your mail " + OUR_ID.swapcase().encode() + b"\n").ref == OUR_ID.swapcase()
    )


def test_the_gravest_word_counts() -> None:
    body = mail.SAMPLES["bounce"].replace(
        b"Final-Recipient: rfc822; ada@users.test\n",
        b"Final-Recipient: rfc822; first@users.test\nAction: delivered\nStatus: 2.0.0\n\n"
        b"Final-Recipient: rfc822; ada@users.test\n",
    )
    assert (_report(body).recipient, _report(body).outcome) == ("ada@users.test", "failed")


def test_a_status_without_action_still_tells_the_fate() -> None:
    assert _report(mail.SAMPLES["bounce"].replace(b"Action: failed\n", b"")).outcome == "failed"
    nothing = mail.SAMPLES["bounce"].replace(b"Action: failed\nStatus: 5.1.1\n", b"Action: \xff\n")
    assert _report(nothing).outcome == "unknown"


def test_a_report_without_the_returned_mail_has_no_reference() -> None:
    body = mail.SAMPLES["bounce"].replace(OUR_ID.encode(), b"none")
    assert _report(body).ref is None


@pytest.mark.parametrize("name", sorted(name for name in mail.SAMPLES if not name.startswith(("bounce", "complaint"))))
def test_no_other_mail_is_taken_for_a_report(name: str) -> None:
    """An automatic answer with a null sender above all: its author may want a person."""
    (event,) = NORMALIZER.normalize(mail.raw_of(mail.SAMPLES[name]))
    assert isinstance(event, Message)


def test_a_read_receipt_is_a_message_with_its_type_as_evidence() -> None:
    body = mail.HEAD + mail.multipart("report; report-type=disposition-notification", b"\nI read it.\n")
    (event,) = NORMALIZER.normalize(mail.raw_of(body))
    assert isinstance(event, Message)
    assert "report-type=disposition-notification" in event.said("content-type")[0]


@pytest.mark.parametrize("slipped", ["\x8d", "\x7f", "\x01"])
def test_what_is_no_reference_of_ours_by_its_letters_is_none(slipped: str) -> None:
    """Ours are ASCII: a control character in one came on the way, and belongs in no field."""
    broken = OUR_ID.replace("examplex", f"examplex{slipped}").encode()
    returned = mail.SAMPLES["bounce"].replace(OUR_ID.encode(), broken)
    assert _report(returned).ref is None
