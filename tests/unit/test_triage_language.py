"""Triage: the language a person is answered in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import Evidence, Fact, FactOutcome, Message, Party, Provenance
from gateway.triage import language, triage
from gateway.triage.language import detect
from gateway.triage.words import JARGON, writings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def a_message(
    text: str, subject: str = "", said: tuple[tuple[str, str], ...] = (), of_sender: tuple[tuple[str, str], ...] = ()
) -> Message:
    def told(items: tuple[tuple[str, str], ...]) -> tuple[Evidence, ...]:
        return tuple(Evidence(name=name, value=value) for name, value in items)

    return Message(
        id="m",
        content_key="c",
        provenance=Provenance(source="s", stream="x", key="k", lane="l", received_at=NOW, normalizer="n/1", size=1),
        platform="email",
        sender=Party(platform="email", address="a@example.test", evidence=told(of_sender)),
        subject=subject,
        text=text,
        evidence=told(said),
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hello, my deposit is still not in my account, please help me"),
        ("en", "Where is my money?"),
        ("zh-CN", "你好，我的USDT充值一直没有到账，请帮忙查一下，谢谢"),
        ("zh-CN", "提现被拒绝"),
        ("zh-Hant", "我的帳戶被凍結了，請幫忙處理"),
        ("ja", "出金がまだ届いていません。確認してください"),
        ("ja", "入金確認をお願いします"),
        ("ko", "출금이 안 됩니다"),
        ("ru", "Вывод средств не пришёл, помогите"),
        ("uk", "Мій вивід не прийшов, допоможіть"),
        ("ar", "لم يصل الإيداع إلى حسابي"),
        ("fa", "لطفا حساب من را چک کنید"),
        ("he", "הכסף לא הגיע לחשבון שלי"),
        ("el", "Δεν έλαβα την ανάληψή μου"),
        ("th", "ฝากเงินแล้วไม่เข้า"),
        ("hi", "मेरा पैसा नहीं आया"),
        ("es", "Hola, mi retiro no ha llegado, ayuda por favor"),
        ("pt", "Olá, meu saque não foi processado, pode me ajudar com a conta?"),
        ("fr", "Bonjour, je n'ai pas reçu mon retrait depuis hier"),
        ("de", "Guten Tag, meine Auszahlung ist nicht angekommen, bitte um Hilfe"),
        ("tr", "Merhaba, hesabım açılmıyor, yardım lütfen"),
        ("vi", "Xin chào, tài khoản của tôi không rút được tiền"),
        ("id", "Halo, saya tidak bisa menarik uang dari akun, mohon bantuan"),
    ],
)
def test_a_language_is_known_by_script_and_common_words(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-CN", "提现 TxID 0xabcdef0123456789abcdef0123456789 没有到账 https://the-and-is.example.test/of/in/my"),
        ("zh-CN", "我的 USDT TRC20 充值没有到账 please"),
        ("en", "Hello, the site shows 请稍后再试 when I try to log in to my account"),
        ("en", "> 你好，我们已经收到您的消息，请耐心等待\n> 客服团队\nThanks, but it is still not there"),
        ("zh-CN", "请联系 help.the.and.is.you@example.test 或者 @the_and_is_you_are_was"),
    ],
)
def test_the_greater_part_of_a_persons_own_words_decides(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "12345 !!",
        "https://example.test/a/b",
        "user@example.test",
        "0xdeadbeef01 bc1qw508d6qejxtdg4y5",
        "> 你好",
    ],
)
def test_where_nobody_said_anything_nothing_is_known(text: str) -> None:
    guess = detect(text)
    assert (guess.language, guess.confidence) == ("en", 0.0)


def test_confidence_tells_evidence_from_a_guess() -> None:
    sure = detect("Hello, my deposit is still not in my account, please help me")
    shared_word = detect("سلام")
    one_word = detect("BTC")
    mixed = detect("请帮忙处理我的账户 please help with the account and my money")
    assert sure.confidence > 0.9
    assert shared_word.confidence < 0.5
    assert one_word.confidence < 0.5
    assert mixed.confidence < 0.5


@given(st.text())
def test_any_text_gets_a_tag_and_a_confidence(text: str) -> None:
    guess = detect(text)
    assert guess.language
    assert 0.0 <= guess.confidence <= 1.0


@pytest.mark.parametrize("text", ["a-" * 70_000, "a." * 70_000, "@" * 140_000, "\n \t" * 30_000, "x" * 80_000])
@pytest.mark.timeout(8)
def test_hostile_text_is_read_in_linear_time(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the cap, an expression that goes back and forth would take far longer on these."""
    monkeypatch.setattr(language, "MAX_CHARS", len(text))
    assert detect(text).language


def test_a_message_is_read_with_its_subject() -> None:
    found = triage(a_message("", subject="提现没有到账，请处理"), ())
    assert found.language == "zh-CN"
    assert found.language_confidence > 0.9


@pytest.mark.parametrize(
    ("said", "of_sender", "language"),
    [
        ((("content-language", "zh-CN"),), (), "zh-CN"),
        ((("accept-language", "de-DE, en;q=0.5"),), (), "de-DE"),
        ((), (("language_code", "zh-hans"),), "zh-hans"),
        ((("lang", "tr"),), (), "tr"),
        ((("lang", "qme"),), (), "en"),
        ((("lang", "und"),), (("language_code", "ko"),), "ko"),
        ((("accept-language", "fr"), ("content-language", "zh-CN")), (), "zh-CN"),
        ((("content-language", "<b>, en"),), (), "en"),
        ((), (), "en"),
    ],
)
def test_without_words_the_senders_program_is_asked(
    said: tuple[tuple[str, str], ...], of_sender: tuple[tuple[str, str], ...], language: str
) -> None:
    found = triage(a_message("https://example.test", said=said, of_sender=of_sender), ())
    assert found.language == language
    assert found.language_confidence < 0.5


def test_words_outweigh_what_a_program_says_and_a_profile_counts_as_told() -> None:
    assert triage(a_message("请帮忙，我的账户被冻结", said=(("content-language", "en"),)), ()).language == "zh-CN"
    told = (Evidence(name="language_code", value="ko"),)
    profile = Fact(kind="profile", subject="x", outcome=FactOutcome.PASS, evidence=told)
    assert triage(a_message(""), (profile,)).language == "ko"


def test_the_word_lists_are_as_they_are_compared() -> None:
    assert all(word == word.lower() and word.isascii() and word.isalnum() for word in JARGON)
    known = writings()
    assert not known.simplified & known.traditional
    for character in known.simplified:
        character.encode("gb2312")
    for character in known.traditional:
        character.encode("big5")
