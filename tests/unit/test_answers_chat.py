"""The texts of chats that no command asked for: short, warnings first, and nobody can speak through us."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import chat
from gateway.answers.locales import LANGUAGES, load_locales
from gateway.case import Assessment, Finding, Party, Severity
from tests.unit.talks import INVITE, a_case

NUMBER = "GH-7K3MQ-9Q2XZ"
OFFICIAL = ("examplex.test", "@examplex on X")
GROUP = Party(platform="telegram", address="-1001", id="-1001", name="Friends of Examplex")


def acknowledge(language: str = "en", *findings: Finding, **fields: Any) -> str:
    case = a_case(NUMBER, language=language, **fields)
    return chat.chat_acknowledgement(case, Assessment(findings=findings), load_locales(), "Examplex", OFFICIAL)


def look_alike(subject: str = "@examplex_help") -> Finding:
    return Finding(
        code="look_alike_mentioned",
        severity=Severity.WARNING,
        subject=subject,
        official="@examplex on X",
        advice="advice-look-alike",
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("24 hours", "/status", "password", "seed phrase", "verification code", "remote access", "payment")),
        ("zh-CN", ("24 小时", "/status", "密码", "助记词", "验证码", "远程控制", "转账")),
    ],
)
def test_a_chats_acknowledgement_is_short_and_says_all_that_counts(language: str, said: tuple[str, ...]) -> None:
    text = acknowledge(language)
    assert all(each in text for each in (*said, NUMBER))
    assert len(text) < 600
    assert text.count("\n\n") == 1


ON_X = {
    "en": "@examplex on X",
    "zh-CN": "X 上的 @examplex",
    "zh-Hant": "X 上的 @examplex",
    "es": "@examplex en X",
    "pt": "@examplex no X",
    "ru": "@examplex (X)",
    "tr": "X üzerindeki @examplex",
    "vi": "@examplex trên X",
    "id": "@examplex di X",
    "ar": "\u2068@examplex\u2069 على \u2068X\u2069",
    "fr": "@examplex sur X",
    "de": "@examplex auf X",
    "ja": "X の @examplex",
    "ko": "X의 @examplex",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_warnings_stand_before_all_else(language: str) -> None:
    text = acknowledge(language, look_alike())
    assert text.index("@examplex_help") < text.index(NUMBER)
    assert ON_X[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_further_message_is_answered_by_its_warnings_alone(language: str) -> None:
    found = Assessment(findings=(look_alike(),))
    case = a_case(NUMBER, language=language)
    text = chat.chat_acknowledgement(case, found, load_locales(), "Examplex", OFFICIAL, opens=False)
    assert "@examplex_help" in text
    assert NUMBER not in text


@pytest.mark.parametrize(("language", "ours"), [("en", "@examplex on X"), ("zh-CN", "X 上的 @examplex")])
def test_whose_message_is_encrypted_is_asked_to_write_elsewhere(language: str, ours: str) -> None:
    case = a_case(NUMBER, language=language)
    text = chat.chat_acknowledgement(case, Assessment(), load_locales(), "Examplex", OFFICIAL, readable=False)
    assert all(each in text for each in (NUMBER, "examplex.test", ours))
    # Nobody reads it, so that nothing is promised by when it is.
    assert "24" not in text


@given(st.text(), st.text())
def test_nothing_of_the_user_gets_into_it(subject: str, name: str) -> None:
    somebody = Party(platform="telegram", address="1", id="1", name=name)
    assert acknowledge("en", subject=subject, requester=somebody) == acknowledge()


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_too_large_are_counted_and_what_to_do_is_said(language: str) -> None:
    one = chat.file_too_large(1, load_locales(), language, "Examplex")
    three = chat.file_too_large(3, load_locales(), language, "Examplex")
    assert "3" in three
    assert "3" not in one


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_is_warned_by_number_and_defanged_name(language: str) -> None:
    account = Party(platform="telegram", id="9009", handle="examplex_help", name="Examplex Support, write to t.me/evil")
    text = chat.impostor_in_group(account, load_locales(), language, "Examplex")
    assert "@examplex_help (ID 9009)" in text
    assert "evil" not in text
    unnamed = account.model_copy(update={"handle": "call_12345678_now"})
    assert "12345678" not in chat.impostor_in_group(unnamed, load_locales(), language, "Examplex")


def test_operators_are_told_who_where_and_whom_it_imitates() -> None:
    account = Party(platform="telegram", id="9009", handle="examplex_help", name="Examplex Support")
    assessment = Assessment(findings=(look_alike(),))
    text = chat.impostor_told(account, GROUP, assessment, NUMBER, load_locales(), "Examplex")
    assert all(said in text for said in ("Telegram", "@examplex_help (ID 9009)", "ID -1001", NUMBER, "@examplex on X"))
    assert "Friends" not in text
    assert "imitates" not in chat.impostor_told(account, GROUP, Assessment(), NUMBER, load_locales(), "Examplex")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_private_is_short_and_holds_a_link_where_there_is_one(language: str) -> None:
    text, buttons = chat.group_private(load_locales(), language, "Examplex", INVITE)
    assert len(text) < 250
    assert not re.search("GH-[0-9A-Z]", text)
    assert buttons[0][0].url == INVITE
    assert chat.group_private(load_locales(), language, "Examplex", "") == (text, ())
