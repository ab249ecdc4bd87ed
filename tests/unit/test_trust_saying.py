"""What the words of a message add to its assessment: kinds of scam with their advice, and nothing of honest help."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.case import Finding, ForwardOrigin, Party, Severity, Standing
from gateway.trust.directory import parse_directory
from gateway.trust.saying import told_by_text
from tests.builders import message

DAY = date(2026, 11, 20)
DIRECTORY = parse_directory({"brands": [{"id": "examplex", "name": "Examplex", "web": [{"domain": "examplex.test"}]}]})
POSING = "For assistance please contact our support team at {} and validate your wallet there"
RECOVERY = "A hacker helped me recover my lost bitcoin, contact him on WhatsApp +15550100"


def told(sender: Standing = Standing.NOT_LISTED, **fields: Any) -> list[Finding]:
    return list(told_by_text(message(**fields), sender, DIRECTORY, DAY))


def test_a_scam_is_told_with_its_place_and_advice() -> None:
    (found,) = told(text=RECOVERY, subject="")
    assert (found.code, found.advice) == ("recovery_scam", "advice-recovery")
    assert found.severity is not Severity.NOTICE
    assert found.span is not None
    assert 0 <= found.span.start < found.span.end <= len(RECOVERY)


def test_the_subject_and_what_is_forwarded_are_read_and_each_kind_told_once() -> None:
    origin = ForwardOrigin(party=Party(platform="telegram", name="x"), kind="user", text=RECOVERY)
    assert [each.span.field for each in told(text="Hello", subject=RECOVERY) if each.span] == ["subject"]
    assert [each.span.field for each in told(text="Hello", subject="", forwarded=(origin,)) if each.span] == [
        "forwarded"
    ]
    codes = [each.code for each in told(text=RECOVERY, subject=RECOVERY, forwarded=(origin,))]
    assert len(codes) == len(set(codes))


def test_an_official_accounts_own_words_are_not_read() -> None:
    assert told(Standing.OFFICIAL, text=RECOVERY) == []


@pytest.mark.parametrize(
    ("where", "flagged"), [("https://help.examplex.test/x", False), ("https://fix.example.com/x", True)]
)
def test_help_that_leads_home_is_no_fake_support(where: str, flagged: bool) -> None:
    assert (
        bool({"fake_support", "asks_validation"} & {each.code for each in told(text=POSING.format(where))}) is flagged
    )


def test_a_mail_is_read_with_its_subject_and_a_chat_is_not() -> None:
    """A mail's claim is often begun in its subject; what neither says alone is told of the subject."""
    subject, text = "Your parcel is held", "Pay the fee: https://fix.example.com/x"
    apart = [*told(text=subject, subject=""), *told(text=text, subject="")]
    assert not any(each.code == "delivery_phishing" for each in apart)
    (found,) = (each for each in told(text=text, subject=subject) if each.code == "delivery_phishing")
    assert found.span is not None
    assert found.span.field == "subject"
    assert found.span.end <= len(subject)
    assert not any(each.code == "delivery_phishing" for each in told(text=text, subject=subject, platform="telegram"))


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Hello.", f"-- \n{RECOVERY}"),
        ("A hacker helped me recover my lost bitcoin,", "contact him on WhatsApp +15550100"),
    ],
)
def test_a_signature_hides_no_scam(text: str, signature: str) -> None:
    """The sender chooses where the text ends: a rule of two dashes must not end what is read."""
    (found,) = told(platform="email", text=text, signature=signature, subject="")
    assert found.code == "recovery_scam"
    assert found.span is not None
    place = {"text": text, "signature": signature}[found.span.field]
    assert 0 <= found.span.start < found.span.end <= len(place)
    assert place[found.span.start : found.span.end].split()[0] in RECOVERY
