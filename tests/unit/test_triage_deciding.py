"""Category, urgency, danger, queue, what is missing, and why: what triage makes of a message and its facts."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.case import (
    Assessment,
    Attachment,
    Evidence,
    Fact,
    FactOutcome,
    Finding,
    ForwardOrigin,
    Message,
    Party,
    Priority,
    Severity,
    Triage,
    Visibility,
)
from gateway.triage import Rules, triage
from gateway.triage.rules import RulesFile
from tests.builders import message

HASH = "0x" + "ab" * 32
SECRET = Assessment(findings=(Finding(code="secret_shared", severity=Severity.DANGER),))


def found(text: str, *facts: Fact, known: Assessment | None = None, **fields: Any) -> Triage:
    return triage(written(text, **fields), facts, known or Assessment())


def written(text: str, **fields: Any) -> Message:
    return message(**({"text": text, "subject": ""} | fields))


def suggests(category: str, confidence: float) -> Fact:
    evidence = (Evidence(name="confidence", value=str(confidence)),)
    return Fact(kind="classifier", subject=category, outcome=FactOutcome.PASS, evidence=evidence)


@pytest.mark.parametrize(
    ("text", "category", "queue"),
    [
        ("My deposit has not arrived", "deposit_not_credited", "deposits"),
        ("提现一直审核中", "withdrawal_delayed", "withdrawals"),
        ("出金が保留のままです", "withdrawal_delayed", "withdrawals"),
        ("Ich habe das falsche Netzwerk gewählt", "wrong_transfer", "transfers"),
        ("on a liquidé ma position, le prix de marque est faux", "liquidation_dispute", "contracts"),
        ("본인인증이 계속 거절됩니다", "kyc", "kyc"),
        ("忘記密碼，登不進去", "login", "accounts"),
        ("what is the price of eth tomorrow?", "other", "general"),
        ("zorble frumious", "other", "general"),
    ],
)
def test_a_message_goes_to_the_team_that_must_act(text: str, category: str, queue: str) -> None:
    seen = found(text)
    assert (seen.category, seen.queue) == (category, queue)
    assert 0 < seen.category_confidence <= 1


def test_why_is_told_in_sentences_that_name_what_was_found() -> None:
    seen = found("My account was hacked, somebody is withdrawing my coins right now")
    assert seen.priority is Priority.URGENT
    assert any("It is taken for account_stolen: it says “" in each for each in seen.reasons)
    assert any(each.startswith("It is urgent: it says “") for each in seen.reasons)


def test_where_two_categories_fit_the_upper_one_is_taken() -> None:
    rules = Rules(
        RulesFile.model_validate({"terms": {"en": {"fees": {"strong": ["zorble"]}, "card": {"strong": ["zorble"]}}}})
    )
    assert triage(written("zorble"), (), rules=rules).category == "card"


@pytest.mark.parametrize(
    "text",
    [f"here is the hash: {HASH}", "my uid is 48210734", f"这是我的哈希 {HASH}", f"der Hash ist {HASH}", HASH, ""],
)
def test_who_only_answers_a_question_raises_no_matter(text: str) -> None:
    seen = found(text)
    assert (seen.category, seen.category_confidence, seen.queue) == (None, 0.0, None)


def test_a_picture_with_few_words_raises_no_matter() -> None:
    assert found("the screenshot", attachments=(Attachment(id="1"),)).category is None


@pytest.mark.parametrize(
    ("text", "known", "danger", "category"),
    [
        ("someone hacked my account and is withdrawing everything", None, "account_stolen", "account_stolen"),
        (
            "an agent on the phone tells me to move my coins to a safe wallet now",
            None,
            "scam_under_way",
            "scam_suspected",
        ),
        ("how do I change the language?", SECRET, "secret_shared", None),
        ("my api key gives error 429, rate limit", SECRET, "secret_shared", "api"),
    ],
)
def test_danger_is_urgent_and_goes_to_risk_whatever_it_is_about(
    text: str, known: Assessment | None, danger: str, category: str | None
) -> None:
    seen = found(text, known=known)
    assert (seen.danger, seen.priority, seen.queue) == (danger, Priority.URGENT, "risk")
    assert category is None or seen.category == category


@pytest.mark.parametrize(
    "text", ["URGENT!!! WHERE IS MY DEPOSIT??? 50000 USDT", "紧急！马上处理我的提现！", "I am furious"]
)
def test_anger_haste_and_sums_are_no_danger(text: str) -> None:
    seen = found(text)
    assert (seen.danger, seen.priority) == ("", Priority.NORMAL)


def test_what_a_good_message_holds_and_this_one_lacks_is_asked_for_most_telling_first() -> None:
    assert found("my deposit has not arrived").missing == ("tx_hash", "network", "amount", "account_id")
    seen = found(f"my deposit of 200 USDT has not arrived, uid 48210734, {HASH}")
    assert seen.missing == ("network",)
    assert {"tx_hash", "amount", "account_id"} <= {each.kind for each in seen.entities}
    assert found("thank you so much").missing == ()


def test_a_subject_counts_more_and_what_comes_late_counts_less() -> None:
    late = "we talked long about this and that and the weather. " * 30
    assert found(f"my deposit has not arrived. {late} kyc rejected").category == "deposit_not_credited"
    assert found("kyc rejected. deposit", subject="Deposit not arrived").category == "deposit_not_credited"


def test_who_forwards_with_few_words_means_what_he_forwards() -> None:
    origin = ForwardOrigin(
        party=Party(platform="telegram"),
        kind="user",
        text="ExampleX support here, pay the unlock fee to release your funds",
    )
    assert found("is this real?", forwarded=(origin,)).category == "scam_suspected"


def test_a_customers_tier_raises_the_priority_and_what_is_personal_in_public_is_tagged() -> None:
    vip = Fact(kind="customer", subject="x", outcome=FactOutcome.PASS, evidence=(Evidence(name="tier", value="vip"),))
    seen = found("my limit order is not filled, uid 48210734", vip, visibility=Visibility.PUBLIC)
    assert (seen.priority, seen.tags) == (Priority.HIGH, ("vip", "personal-in-public"))


def test_english_words_and_those_of_the_trade_count_in_other_languages() -> None:
    assert found("меня ликвидировали", subject="Futures liquidation").category == "liquidation_dispute"
    assert found("帮我看看 api key 429 rate limit").category == "api"


def test_a_classifier_fills_in_where_the_rules_are_unsure() -> None:
    assert found("zorble frumious", suggests("kyc", 0.9)).category == "kyc"
    sure = found("my deposit has not arrived", suggests("deposit_not_credited", 0.99))
    assert sure.category == "deposit_not_credited"
    assert "The classifier takes it for deposit_not_credited (99%)." in sure.reasons


def test_a_classifier_lowers_no_danger_and_no_strong_rule() -> None:
    for text in (
        "someone hacked my account and is withdrawing everything",
        "deposit not credited, txid confirmed on chain",
    ):
        alone, told = found(text), found(text, suggests("spam", 1.0))
        assert (told.category, told.danger, told.priority, told.queue) == (
            alone.category,
            alone.danger,
            alone.priority,
            alone.queue,
        )
    assert found(f"here is the hash: {HASH}", suggests("spam", 1.0)).category is None
    urgent = found("I gave him my seed phrase", suggests("praise", 1.0))
    assert (urgent.priority, urgent.queue) == (Priority.URGENT, "risk")


def test_a_classifiers_unknown_category_or_failed_call_changes_nothing() -> None:
    alone = found("my deposit has not arrived")
    away = Fact(kind="classifier", subject="", outcome=FactOutcome.COULD_NOT_CHECK, reason="away")
    assert found("my deposit has not arrived", suggests("nonsense", 1.0)) == alone
    assert found("my deposit has not arrived", away) == alone


def test_the_same_message_is_always_judged_alike() -> None:
    text = "somebody logged in, 充值没到账, mein Konto wurde gehackt"
    assert found(text) == found(text)


@pytest.mark.parametrize(
    "text",
    [
        "a scammer on instagram pretends to be your support",
        "a scammer on instagram pretends to be your support, I didn't know and paid him",
        "is he official? the scammer on instagram wants me to pay a fee to unlock my withdrawal",
        "I got scammed by fake support: I paid 900 usdt. I want to report a scam",
        "I have just been scammed by fake support, haven't sent more but already sent 900 usdt",
        "A scammer pretending to be your support got 3000 usdt from me. They haven't responded since",
        "A scammer on telegram impersonated your support. I paid him last month and he wants more",
        "A fake support agent scammed me, my position was liquidated after I sent him 900 usdt",
        "A scammer told me he is the manager of your support team and I sent 400 usdt",
        "我被骗子骗了，冒充你们客服，我转了5000 USDT，我要举报他",
        "骗子冒充你们客服加我",
        "мошенник представился официальным сотрудником поддержки, я перевел ему 500 usdt",
        "C'est une arnaque, faux support telegram, j'ai payé 800 usdt",
        "Ein Betrüger kommt angeblich von Ihnen und ich habe 900 USDT überwiesen",
        "este perfil é um golpe, se passa por vocês, eu paguei 900 usdt",
    ],
)
def test_who_tells_of_a_scam_is_urgent_in_whatever_words(text: str) -> None:
    seen = found(text)
    assert (seen.category, seen.priority, seen.queue) == ("scam_suspected", Priority.URGENT, "risk")


@pytest.mark.parametrize(
    "text",
    [
        "a scammer on instagram pretends to be your support, I haven't replied",
        "is the instagram profile examplex_help official or a scammer?",
        "骗子冒充你们客服加我，我没回",
    ],
)
def test_who_has_given_nothing_to_a_scam_is_not_urgent(text: str) -> None:
    seen = found(text)
    assert (seen.category, seen.priority, seen.danger) == ("scam_suspected", Priority.HIGH, "")


def test_a_scam_without_a_sign_of_a_loss_freezes_nothing() -> None:
    seen = found("a scammer on instagram pretends to be your support")
    assert seen.danger == ""
    assert any("does not say that nothing was given away" in each for each in seen.reasons)


def test_who_poses_as_us_is_not_urgent_by_that() -> None:
    posing = Assessment(findings=(Finding(code="sender_poses_as_official", severity=Severity.DANGER),))
    assert found("ok thanks", known=posing).priority is not Priority.URGENT


def test_a_desks_rule_may_ask_after_any_sign_in_any_message() -> None:
    """Signs of a loss are looked for where a rule asks: the product's ask in messages about scams alone."""
    tagging = RulesFile.model_validate({"rule": [{"name": "paid", "when": {"terms": "lost"}, "tag": "paid-already"}]})
    scoring = RulesFile.model_validate(
        {"rule": [{"name": "paid", "when": {"terms": "lost"}, "category": "complaint", "points": 20}]}
    )
    text = "where is my deposit? I sent 500 usdt yesterday"
    assert triage(written(text), (), rules=Rules(tagging)).tags == ("paid-already",)
    assert triage(written(text), (), rules=Rules(scoring)).category == "complaint"
    assert triage(written("where is my deposit?"), (), rules=Rules(tagging)).tags == ()
    assert not Rules().asks_late("kyc")
    assert Rules().asks_late("scam_suspected")
