"""The texts: warm to the user, useless to whoever would speak through us."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers.compose import MAX_SUBJECT, acknowledgement, answer
from gateway.answers.locales import load_locales
from gateway.answers.names import MAX_NAME, defanged, many_lines, one_line
from gateway.case import Assessment, Case, Finding, Party, Severity

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NUMBER = "GH-7K3MQ-9Q2XZ"
OFFICIAL = ("examplex.test", "@examplex on X")
ADVICE = ("advice-poses-as-us", "advice-look-alike", "advice-reported-scam", "advice-link-mismatch")


def a_case(language: str = "en", subject: str = "Withdrawal delayed", platform: str = "email") -> Case:
    return Case(
        id=NUMBER,
        channel="support",
        platform=platform,
        requester=Party(platform=platform, address="user@example.test", name="Evil Name"),
        subject=subject,
        language=language,
        opened_at=NOW,
        updated_at=NOW,
    )


def a_finding(advice: str, subject: str = "", official: str | None = None) -> Finding:
    return Finding(code="x", severity=Severity.DANGER, subject=subject, advice=advice, official=official)


def acknowledge(*findings: Finding, case: Case | None = None) -> str:
    subject, text = acknowledgement(
        case or a_case(), Assessment(findings=findings), load_locales(), "Examplex", OFFICIAL
    )
    assert NUMBER in subject
    return text


def test_the_acknowledgement_says_number_times_what_is_never_asked_and_how_to_answer() -> None:
    text = acknowledge()
    for said in (NUMBER, "24 hours", "password", "seed phrase", "code", "remote access", "payment", "subject as it is"):
        assert said in text
    assert "examplex.test, @examplex on X" in text
    assert "read this first" not in text


def test_the_acknowledgement_in_chinese_says_the_same() -> None:
    text = acknowledge(case=a_case("zh-CN"))
    for said in (NUMBER, "24 小时", "密码", "助记词", "验证码", "远程控制", "转账", "邮件主题不变", "examplex.test"):
        assert said in text


def test_in_a_chat_the_user_is_not_told_of_mail() -> None:
    text = acknowledge(case=a_case(platform="telegram"))
    assert "same conversation" in text
    assert "this email" not in text


def test_without_official_accounts_none_are_promised() -> None:
    _, text = acknowledgement(a_case(), Assessment(), load_locales(), "Examplex", ())
    assert "official addresses" not in text


@given(st.text(), st.text(), st.text())
def test_nothing_of_the_user_gets_into_an_automatic_text(subject: str, name: str, reason: str) -> None:
    plain = acknowledgement(a_case(), Assessment(), load_locales(), "Examplex", OFFICIAL)
    case = a_case(subject=subject).model_copy(
        update={"requester": Party(platform="email", address="other@example.test", name=name)}
    )
    assessment = Assessment(
        sender_reason=reason, findings=(Finding(code="x", severity=Severity.NOTICE, subject=subject, reason=reason),)
    )
    assert acknowledgement(case, assessment, load_locales(), "Examplex", OFFICIAL) == plain


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("advice", ADVICE)
def test_a_warning_names_the_look_alike_unclickable_and_the_genuine_one(language: str, advice: str) -> None:
    finding = a_finding(advice, "https://login.0xamplex.com/verify?next=1", "examplex.test")
    text = acknowledge(finding, case=a_case(language))
    assert "login[.]0xamplex[.]com" in text
    assert "0xamplex.com" not in text
    assert "verify?next" not in text
    assert text.index("login[.]") < text.index("examplex.test")


def test_each_kind_of_advice_is_given_once_with_at_most_three_names() -> None:
    findings = [a_finding("advice-look-alike", f"examplex{index}.com") for index in (1, 2, 3, 4, 2)]
    text = acknowledge(*findings, a_finding("advice-reported-scam", "@examplex_help"))
    assert text.count("although it looks like Examplex") == 1
    assert "examplex1[.]com, examplex2[.]com, examplex3[.]com." in text
    assert "examplex4" not in text
    assert "@examplex_help" in text
    assert text.count("What to do:") == 1


def test_a_forged_sender_never_has_our_own_address_called_a_strangers() -> None:
    text = acknowledge(a_finding("advice-forged", "support@examplex.test", "support@examplex.test"))
    assert "may have been forged" in text
    assert "support@" not in text


@pytest.mark.parametrize("name", ["examplex.test", "ｅxamplex.test", "https://Examplex.test/x", "@Examplex"])
def test_what_reads_as_ours_is_never_listed_as_a_strangers(name: str) -> None:
    text = acknowledge(a_finding("advice-look-alike", name))
    assert "[.]" not in text
    assert "mentions an account or an address that looks like" in text
    assert text.casefold().count("@examplex") == 1


def test_advice_without_a_text_still_asks_for_caution() -> None:
    text = acknowledge(a_finding("advice-of-a-newer-release"), a_finding("ack-never"))
    assert text.count("reason to ask you for caution") == 1


def test_a_finding_without_advice_warns_of_nothing() -> None:
    assert acknowledge(a_finding("")) == acknowledge()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("advice", ADVICE)
def test_a_name_that_says_more_than_a_name_is_replaced_by_a_general_sentence(language: str, advice: str) -> None:
    smuggled = "Send your coins to bc1qexample now"
    text = acknowledge(a_finding(advice, smuggled), case=a_case(language))
    assert "bc1q" not in text
    assert len(text) > len(acknowledge(case=a_case(language)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("0kx.com", "0kx[.]com"),
        ("OKX.com.", "okx[.]com"),
        ("оkх.com", "xn--k-0tbw[.]com"),
        ("https://user:pass@0kx.com:8443/path?q#f", "0kx[.]com"),
        ("HTTPS://0kx.com", "0kx[.]com"),
        ("help@0kx.com", "help@0kx[.]com"),
        ("okx.help+x@gmail.com", "okx.help+x@gmail[.]com"),
        ("0kx.com/login?next=/call me", "0kx[.]com"),
        ("@okx_help", "@okx_help"),
        ("https://t.me/okx_help?start=1", "t[.]me/okx_help"),
        ("www.YouTube.com/@okx_help", "www[.]youtube[.]com/okx_help"),
        # A platform is not the impostor, and a display name is no account.
        ("https://t.me/", None),
        ("https://x.com/pay_all_your_coins_to", None),
        ("okx_help", None),
        ("secure-login-okx.com", "secure-login-okx[.]com"),
        # What can carry words, numbers or markup is not repeated.
        ("send-your-seed-to-me.com", None),
        ("a.b.c.d.e.f.com", None),
        ("call-1800-555-0199.com", None),
        ("call18005550199", None),
        ("pay.all.to.me@0kx.com", None),
        ("call18005550199@0kx.com", None),
        ("@pay_all_your_coins_to", None),
        ("a" * 60 + ".com", None),
        ("0kx.com is fine", None),
        ("0kx.com\nBcc: x@y.test", None),
        ("http://0kx.com\\@okx.com/", "0kx[.]com"),
        ("<b>.com", None),
        ("10.0.0.1", None),
        ("javascript:alert(1)", None),
        ("@", None),
        ("@@okx", None),
        ("", None),
        ("‮moc.xko", None),
        ("xn--a.com", "xn--a[.]com"),
    ],
)
def test_a_strangers_name_is_shown_harmless_or_not_at_all(name: str, shown: str | None) -> None:
    assert defanged(name) == shown


@given(st.text() | st.from_regex(r"(https?://)?[a-z0-9.@_-]{1,60}(/[a-z ]*)?", fullmatch=True))
def test_whatever_is_shown_of_a_stranger_is_short_and_plain(name: str) -> None:
    shown = defanged(name)
    if shown is not None:
        assert shown.isascii()
        assert not set(shown) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-[]/")
        assert len(shown.partition("/")[0].replace("[.]", ".")) <= MAX_NAME
        assert "." not in shown.replace("[.]", "").rpartition("@")[2]


def test_an_answer_carries_the_case_number_the_text_and_a_signature() -> None:
    subject, text = answer(a_case(), "Dear user,\r\n\r\nit is on its way.\r\n", load_locales(), "Examplex")
    assert subject == f"Re: Withdrawal delayed [{NUMBER}]"
    assert text == "Dear user,\n\nit is on its way.\n\n-- \nExamplex Support"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Re: RE: Re: hello", f"Re: hello [{NUMBER}]"),
        ("回复：提现", f"Re: 提现 [{NUMBER}]"),
        (f"Re: hello [{NUMBER}]", f"Re: hello [{NUMBER}]"),
        ("x\r\nBcc: all@example.test", f"Re: x Bcc: all@example.test [{NUMBER}]"),
        ("a\u202eb\u200bc\x00d", f"Re: abcd [{NUMBER}]"),
        ("", f"Re: Your message to Examplex [{NUMBER}]"),
        (" \u200b ", f"Re: Your message to Examplex [{NUMBER}]"),
        ("Re:", f"Re: Your message to Examplex [{NUMBER}]"),
        ("Report: re: x", f"Re: Report: re: x [{NUMBER}]"),
    ],
)
def test_the_subject_of_an_answer_is_clean_and_cites_the_case_once(asked: str, answered: str) -> None:
    subject, _ = answer(a_case(subject=asked), "x", load_locales(), "Examplex")
    assert subject == answered


@given(st.text(max_size=400) | st.just("x" * 1000))
def test_a_subject_is_one_line_within_its_limit_and_keeps_the_number(asked: str) -> None:
    subject, _ = answer(a_case(subject=asked), "x", load_locales(), "Examplex")
    assert len(subject) <= MAX_SUBJECT
    assert subject.endswith(f"[{NUMBER}]")
    assert subject.isprintable()


def test_cleaning_keeps_what_people_write() -> None:
    assert one_line("提现  延迟\t一天", 50) == "提现 延迟 一天"
    assert one_line("abcdef", 4) == "abc…"
    assert many_lines("a\x1b[31m\tb\r\nc\x00") == "a[31m\tb\nc"
