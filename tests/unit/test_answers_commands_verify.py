"""/verify as users meet it: the one word that must never be wrong is official, and the one never said is safe."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.answers.checking import MAX_AROUND, TECHNIQUES, claims_in, names_in
from gateway.answers.locales import LANGUAGES
from gateway.case import Evidence, Fact, FactOutcome, Finding, Link, Severity, Span
from tests.unit.talks import Talk, forwarded

OFFICIAL = "is official"
NO_LOOK_UP = "Telegram does not let us look up"


def profile(handle: str, number: str = "", outcome: FactOutcome = FactOutcome.PASS) -> Fact:
    evidence = (Evidence(name="id", value=number),) if number else ()
    return Fact(kind="profile", subject=f"telegram:{handle}", outcome=outcome, evidence=evidence)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("@examplex_support_bot", "@examplex_support_bot on Telegram is official: it has stood on Examplex's own"),
        ("https://t.me/examplex_support_bot", "since 2024-05-01"),
        ("x:@examplex", "@examplex on X is official"),
        ("help@examplex.test", "help@examplex.test is one of"),
        ("@0xamplex_support", "@0xamplex_support"),
        ("@exampIex_news", "it uses letters or digits that look alike"),
        ("@example_x_news", "it differs only by dots, hyphens or underscores"),
        ("@examplex_newss", "it puts our name into a name of its own"),
        ("@examplex", "it is our name, but on a platform or site where we do not have it"),
        ("@examplex_support", "it puts our name into a name of its own"),
        ("examplex.net", "examplex[.]net is not ours. It looks like examplex.test: it has another ending than ours."),
        ("https://evil.net/examplex.test/login", "evil[.]net is not ours"),
        ("@prize_desk", "@prize_desk has been reported for fraud"),
        ("@examplex_old", "@examplex_old once belonged to Examplex"),
        ("@maria_k", "@maria_k is not on Examplex's list"),
        ("+44 20 7946 0000", "What you ask about is not on Examplex's list"),
        ("javascript://x", "could not check"),
    ],
)  # fmt: skip
def test_each_standing_is_said_in_words(claim: str, said: str) -> None:
    told = Talk().says(f"/verify {claim}")
    assert said in told.text
    assert (OFFICIAL in told.text) == ("official" in told.note)
    assert told.act.kind == "none"


@pytest.mark.parametrize("language", LANGUAGES)
@given(claim=st.text())
def test_safe_is_never_said_and_a_claim_is_repeated_defanged_at_most(language: str, claim: str) -> None:
    plain = unicodedata.normalize("NFKC", claim).casefold()
    assume("safe" not in plain and "安全" not in plain)
    told = Talk(language).hears(f"/verify zq{claim}.qz")
    if told is not None:
        assert "safe" not in told.text
        assert "安全" not in told.text
        assert "zq.qz" not in told.text
        assert f"zq{claim}.qz" not in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_technique_has_words(language: str) -> None:
    talk = Talk(language)
    said = {talk.desk.locales.text(language, key) for key in TECHNIQUES.values()}
    assert len(said) == len(set(TECHNIQUES.values()))


def test_users_names_cannot_be_looked_up_on_telegram_and_that_is_said() -> None:
    unchecked = profile("maria_k", outcome=FactOutcome.COULD_NOT_CHECK)
    assert NO_LOOK_UP in Talk().says("/verify @maria_k").text
    assert NO_LOOK_UP in Talk().says("/verify @maria_k", facts=(unchecked,)).text
    assert NO_LOOK_UP not in Talk().says("/verify @maria_k", facts=(profile("Maria_K", "9"),)).text
    assert NO_LOOK_UP not in Talk().says("/verify x:@maria_k").text
    assert NO_LOOK_UP not in Talk().says("/verify evil.net").text
    assert NO_LOOK_UP not in Talk().says("/verify @examplex_support_bot").text


def test_a_listed_name_that_another_account_bears_is_a_danger() -> None:
    claim = "/verify @examplex_support_bot"
    assert OFFICIAL in Talk().says(claim, facts=(profile("examplex_support_bot", "7001"),)).text
    told = Talk().says(claim, facts=(profile("Examplex_Support_Bot", "9009"),))
    assert OFFICIAL not in told.text
    assert "a name can change hands" in told.text
    assert "send no codes" in told.text
    # Another official account's number is not this one's.
    listed = "/verify x:@examplex"
    assert OFFICIAL in Talk().says(listed, facts=(profile("examplex_support_bot", "9009"),)).text


def test_a_listed_name_without_a_pinned_id_is_not_called_another_account() -> None:
    """The directory does not say which account it means: what the platform tells contradicts nothing."""
    assert OFFICIAL in Talk().says("/verify @examplex_news", facts=(profile("examplex_news", "9009"),)).text
    assert OFFICIAL in Talk().says("/verify @examplex_support_bot", facts=(profile("examplex_support_bot"),)).text


def test_what_reads_as_ours_is_not_named_as_a_strangers() -> None:
    told = Talk().says("/verify ｅxamplex。test")
    assert "What you ask about is not ours. It looks like examplex.test" in told.text
    assert "@examplex is not ours" not in Talk().says("/verify @examplex").text


def test_without_a_name_the_next_message_is_the_claim() -> None:
    talk = Talk()
    assert "Which account" in talk.says("/verify").text
    assert "@prize_desk has been reported" in talk.says("@prize_desk").text
    assert talk.dialogue.step == ""
    assert talk.hears("@prize_desk") is None


@pytest.mark.parametrize("word", ["Cancel", "/cancel", "取消"])
def test_the_question_can_be_stopped(word: str) -> None:
    talk = Talk()
    talk.says("/verify")
    assert "Stopped" in talk.says(word).text or "已停止" in talk.last.text  # type: ignore[union-attr]
    assert talk.dialogue.step == ""
    talk.says("/verify")
    assert "Stopped" in talk.clicks("Cancel").text


def test_the_question_lapses_after_an_hour_and_a_command_ends_it() -> None:
    talk = Talk()
    talk.says("/verify")
    talk.now += timedelta(hours=1, seconds=1)
    assert talk.hears("@prize_desk") is None
    talk.says("/verify")
    talk.says("/status")
    assert talk.hears("@prize_desk") is None


def test_a_cry_for_help_instead_of_a_name_goes_to_the_desk() -> None:
    talk = Talk()
    talk.says("/verify")
    assert talk.hears("my account was emptied, help me please") is None
    story = "Somebody at https://evil.test told me that my account was at risk, and then I sent them 500" + " and" * 20
    assert talk.hears(story) is None
    assert Talk().hears(f"/verify {story}") is None


def test_a_display_name_alone_cannot_be_checked_and_is_asked_for_anew() -> None:
    talk = Talk()
    assert "could not check" in talk.says("/verify Examplex Support").text
    assert "@prize_desk" in talk.says("it is @prize_desk").text


class TestWhoIsForwarded:
    """A forwarded message tells of whom the user is talking; the platform's number counts more than a name."""

    def ask(self, *origins: object, findings: tuple[Finding, ...] = ()) -> str:
        talk = Talk()
        talk.says("/verify")
        return talk.says("Dear client, hurry", forwarded=origins, findings=findings).text

    def test_by_its_number_it_is_official(self) -> None:
        assert OFFICIAL in self.ask(forwarded(id="7001", handle="renamed"))

    def test_a_listed_name_with_another_number_is_a_danger(self) -> None:
        text = self.ask(forwarded(id="9009", handle="examplex_support_bot"))
        assert OFFICIAL not in text
        assert "change hands" in text

    def test_a_listed_name_without_a_pinned_id_is_official(self) -> None:
        assert OFFICIAL in self.ask(forwarded("channel", id="-1009", handle="examplex_news"))

    def test_a_look_alike_and_a_reported_one(self) -> None:
        assert "@examplex_help is not ours" in self.ask(forwarded(id="9009", handle="examplex_help"))
        assert "reported for fraud" in self.ask(forwarded("channel", id="9009", handle="prize_desk"))

    def test_a_stranger_is_only_not_listed(self) -> None:
        text = self.ask(forwarded(id="9009", handle="maria_k", name="Maria"))
        assert "@maria_k is not on Examplex's list" in text
        assert "Maria is" not in text

    def test_a_hidden_sender_cannot_be_checked(self) -> None:
        text = self.ask(forwarded("hidden_user", name="Examplex Support"))
        assert "hides the account" in text
        assert "/report" in text

    def test_a_name_that_poses_as_ours_is_a_danger(self) -> None:
        finding = Finding(
            code="look_alike_mentioned",
            severity=Severity.WARNING,
            subject="Examplex Support",
            technique="display_name",
            span=Span(field="forwarded"),
        )
        text = self.ask(forwarded("hidden_user", name="Examplex Support"), findings=(finding,))
        assert "goes by a name that reads like Examplex" in text
        assert "Examplex Support" not in text
        assert "hides the account" in self.ask(forwarded("hidden_user", name="Bob"), findings=(finding,))

    def test_each_origin_is_told_once_and_one_bad_one_makes_the_answer_grave(self) -> None:
        bad, good = forwarded(id="9", handle="prize_desk"), forwarded(id="7001")
        text = self.ask(good, bad, bad)
        assert text.count("reported for fraud") == 1
        assert "send no codes" in text

    def test_what_a_command_answers_to_is_checked_as_well(self) -> None:
        told = Talk().says("/verify", forwarded=(forwarded("quote", id="9", handle="prize_desk"),))
        assert "reported for fraud" in told.text

    def test_a_mails_sender_is_checked_by_its_address(self) -> None:
        assert "examplex[.]net" in self.ask(forwarded("mail", platform="email", address="help@examplex.net"))


class TestInAGroup:
    """A group gets a short answer in which no word is the user's."""

    @pytest.mark.parametrize("claim", ["@prize_desk", "@maria_k", "examplex.net", "two words", "@examplex_old"])
    def test_no_name_but_ours_is_said(self, claim: str) -> None:
        told = Talk(private=False).says(f"/verify {claim}")
        assert claim not in told.text
        assert claim.replace(".", "[.]") not in told.text
        assert len(told.text) < 300
        assert told.buttons == ()
        assert told.dialogue.step == ""

    def test_what_is_official_is_named(self) -> None:
        assert "@examplex_news on Telegram is official" in Talk(private=False).says("/verify @examplex_news").text


def test_in_private_a_missing_space_does_not_make_it_another_bots() -> None:
    assert "@prize_desk has been reported" in Talk().says("/verify@prize_desk").text
    assert Talk(private=False).hears("/verify@prize_desk") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("is @foo_bar yours?", ("@foo_bar",)),
        ("骗子账号@foo_bar骗了我，网址是evil.net。", ("@foo_bar", "evil.net")),
        ("see https://evil.net/a and @x1234, @x1234", ("https://evil.net/a", "@x1234")),
        ("hello there", ()),
        ("it costs 5.5 or so", ()),
    ],
)
def test_names_are_found_in_a_sentence(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@given(st.text(max_size=400))
def test_looking_for_names_never_fails(text: str) -> None:
    assert all(name in text for name in names_in(text))
    claims_in(text)


def test_a_story_is_no_claim() -> None:
    assert claims_in("@foo_bar " + "word " * (MAX_AROUND // 5)) == ()
    assert claims_in("word") == ("word",)


def test_of_a_link_what_it_leads_to_is_judged() -> None:
    talk = Talk()
    hidden = Link(url="https://evil.test/login", text="examplex.test", span=Span(field="text", start=8, end=21))
    told = talk.asks(message=talk.message("/verify examplex.test", links=(hidden,)))
    assert told is not None
    assert "official" not in told.note
    plain = Link(url="https://examplex.test/", text="examplex.test")
    told = talk.asks(message=talk.message("/verify examplex.test", links=(plain,)))
    assert told is not None
    assert told.note == "verify: official"


def test_of_an_address_that_a_platform_puts_in_a_links_place_the_target_is_judged() -> None:
    talk = Talk()
    for url, note in (("https://examplex.test/", "official"), ("https://examplex-bonus.test/", "look_alike")):
        link = Link(url=url, text=url.removeprefix("https://"), span=Span(field="text", start=8, end=24))
        told = talk.asks(message=talk.message("/verify https://t.co/abc", links=(link,)))
        assert told is not None
        assert told.note == f"verify: {note}"


def test_each_name_of_a_question_is_answered() -> None:
    told = Talk().says("/verify @examplex_news is the real one? @maria_k")
    assert "official" in told.note
    assert "not_listed" in told.note


@pytest.mark.parametrize(
    "text", ["/verify @examplex_news - our manager is @evil_vip", "/verify @examplex_news write to my boss at once"]
)
def test_in_public_nothing_beside_a_name_is_confirmed_with_it(text: str) -> None:
    told = Talk(private=False).says(text)
    assert "official" not in told.note
    assert "evil" not in told.text
