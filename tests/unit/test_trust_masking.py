"""No secret leaves a message's field, every place in it still holds, and what was taken out is told by kind alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway.case import (
    Attachment,
    Evidence,
    Fact,
    FactOutcome,
    ForwardOrigin,
    Link,
    Message,
    Party,
    Recipient,
    RecipientRole,
    Severity,
    Span,
)
from gateway.trust.masking import CODE, clean, mask_message
from tests.builders import message

PHRASE = "abandon " * 11 + "about"
# Made of the number 1; everybody knows it.
WIF = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"
KEY = "my private key: " + "5f" * 32
SAID = f"My seed phrase is {PHRASE} please help"


def everything(value: Message) -> str:
    return value.model_dump_json()


def test_an_innocent_message_is_the_same_object() -> None:
    said = message(text="Where is my deposit? The hash is " + "ab" * 32)
    assert mask_message(said) == (said, ())
    assert mask_message(said)[0] is said


@pytest.mark.parametrize(
    "fields",
    [
        {"text": SAID},
        {"subject": SAID},
        {"quoted": f"> {SAID}"},
        {"signature": f"-- \n{SAID}"},
        {"forwarded": (ForwardOrigin(party=Party(platform="email", name="x"), kind="mail", subject=SAID),)},
        {"links": (Link(url=f"https://examplex.test/?q={PHRASE.replace(' ', '+')}", text=SAID),)},
        {"forwarded": (ForwardOrigin(party=Party(platform="telegram", name="x"), kind="user", text=SAID),)},
        {"forwarded": (ForwardOrigin(party=Party(platform="telegram", name=SAID), kind="user"),)},
        {"attachments": (Attachment(id="1", name=f"{PHRASE}.txt"),)},
        {"attachments": (Attachment(id="1", name="x.png", content_id=PHRASE),)},
        {"evidence": (Evidence(name="bio", value=SAID),)},
        {"evidence": (Evidence(name="content-type", value=f'text/plain; name="{PHRASE}"'),)},
        {"evidence": (Evidence(name="topic", value=PHRASE.replace(" ", ",")),)},
        {"reply_to": Party(platform="email", address="ann@mail.test", name=SAID)},
        {"recipients": (Recipient(role=RecipientRole.CC, party=Party(platform="email", name=SAID)),)},
        {"sender": Party(platform="email", address="ann@mail.test", name=SAID)},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_phrase_is_in_no_field(fields: dict[str, Any]) -> None:
    masked, found = mask_message(message(**fields))
    assert "abandon" not in everything(masked)
    # A file's name holds no colon.
    assert "removed seed phrase" in everything(masked).replace("removed:", "removed")
    again, _ = mask_message(masked)
    assert again == masked
    assert {finding.code for finding in found} == {CODE}


def test_the_finding_names_kind_and_place_and_never_the_secret() -> None:
    masked, (found,) = mask_message(message(text=SAID))
    assert (found.technique, found.severity, found.advice) == ("seed_phrase", Severity.DANGER, "advice-secret-key")
    assert found.span is not None
    assert masked.text[found.span.start : found.span.end] == "[removed: seed phrase]"
    assert "abandon" not in found.model_dump_json()


def test_places_behind_a_secret_move_with_the_text() -> None:
    text = f"{SAID}, see https://examplex.test/x and {KEY}"
    start = text.index("https")
    link = Link(url="https://examplex.test/x", text="", span=Span(field="text", start=start, end=start + 23))
    masked, found = mask_message(message(text=text, links=(link,)))
    span = masked.links[0].span
    assert span is not None
    assert masked.text[span.start : span.end] == "https://examplex.test/x"
    assert [masked.text[each.span.start : each.span.end] for each in found if each.span] == [
        "[removed: seed phrase]",
        "[removed: private key]",
    ]


def test_a_link_that_is_part_of_a_secret_has_no_place_any_more() -> None:
    text = f"seed phrase: {PHRASE}"
    link = Link(url="about", text="about", span=Span(field="text", start=len(text) - 5, end=len(text)))
    assert mask_message(message(text=text, links=(link,)))[0].links[0].span is None


def test_what_was_quoted_is_masked_and_nobody_is_told_again() -> None:
    _, found = mask_message(message(quoted=f"> {SAID}"))
    assert [(each.severity, each.advice) for each in found] == [(Severity.NOTICE, "")]


def test_a_token_of_ours_stays_for_it_opens_a_chat() -> None:
    said = message(text="/start " + "aB3_" * 12)
    assert mask_message(said)[0] is said


def test_what_looks_like_a_token_and_is_a_key_is_masked_and_all_else_too() -> None:
    said = message(text=f"/start {WIF}", subject=SAID)
    assert WIF not in everything(mask_message(said)[0])
    assert "abandon" not in everything(mask_message(said)[0])


def test_an_id_that_may_be_the_number_of_a_card_stays() -> None:
    said = message(evidence=(Evidence(name="post_id", value="4111111111111111"),))
    assert mask_message(said)[0] is said


def test_what_mail_servers_wrote_is_read_word_for_word() -> None:
    said = message(headers={"authentication-results": f"mx.examplex.test; {KEY}"})
    assert mask_message(said)[0] is said


def test_numbers_of_a_desks_own_are_masked_and_nobody_is_warned() -> None:
    masked, (found,) = mask_message(message(text="my card is QX-12345678"), (re.compile(r"QX-[0-9]{8}"),))
    assert masked.text == "my card is [removed: identity number]"
    assert (found.severity, found.advice) == (Severity.NOTICE, "")


def test_what_a_picture_says_is_masked_like_any_text() -> None:
    fact = Fact(
        kind="qr",
        subject="1",
        outcome=FactOutcome.PASS,
        evidence=(Evidence(name="text", value="otpauth://totp/Examplex:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),),
    )
    known = clean(message(), (fact,))
    assert "JBSWY3DPEHPK3PXP" not in known.facts[0].model_dump_json()
    (found,) = known.found
    assert (found.technique, found.advice, found.span) == (
        "totp_seed",
        "advice-secret-password",
        Span(field="attachments"),
    )
