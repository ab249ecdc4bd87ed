"""The first answer that helps: what it says by category, region and language, and what it leaves out."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from gateway.answers.chat import chat_acknowledgement
from gateway.answers.compose import Teller, acknowledgement
from gateway.answers.first import (
    CHAT_ROOM,
    LINKS,
    Help,
    Offer,
    Part,
    Seen,
    danger_told,
    first_parts,
    fitted,
    recorded,
    template,
)
from gateway.answers.locales import LANGUAGES, Locales, load_locales, packaged_sources
from gateway.case import Assessment, Case, Finding, Severity
from tests.builders import NOON, case

CATEGORIES = re.findall(
    r"^\| `([a-z0-9_]+)` \|", (Path(__file__).parents[1] / "labelled" / "README.md").read_text(), re.M
)
"""The categories of the guide."""
UNTOLD = {"spam", "other"}
DANGERS = ("account_stolen", "secret_shared", "scam_under_way")
ASKED = (
    "tx_hash", "address", "network", "account_id", "withdrawal_id", "order_id", "memo", "amount", "time", "position",
    "screenshot", "email", "link",
)  # fmt: skip
PAGES = {name: f"https://examplex.test/{name}" for name in LINKS}
ARTICLES = (("A", "https://help.examplex.test/a"), ("B", "https://help.examplex.test/b"))
HASH = Seen("Ethereum", "https://explorer.test/tx/0xabc")


def tell(language: str = "en") -> Teller:
    return Teller(load_locales(), language, "Examplex")


def about(category: str | None, **fields: Any) -> Case:
    return case(**({"category": category} | fields))


def parts(known: Case, offer: Offer = Offer(), language: str = "en") -> str:  # noqa: B008 - frozen
    return "\n\n".join(each.text for each in first_parts(known, tell(language), offer, NOON))


def mail(known: Case, more: Help, *findings: Finding) -> str:
    given = (known, Assessment(findings=findings), load_locales(), "Examplex", ("examplex.test",))
    return acknowledgement(*given, "", more)[1]


def chat(known: Case, more: Help, *findings: Finding, opens: bool = True) -> str:
    given = (known, Assessment(findings=findings), load_locales(), "Examplex", ("examplex.test",))
    return chat_acknowledgement(*given, opens=opens, more=more)


def test_there_are_the_categories_of_the_guide() -> None:
    assert len(CATEGORIES) == 23


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", [each for each in CATEGORIES if each not in UNTOLD])
def test_each_category_has_a_first_answer_of_its_own_in_every_language(category: str, language: str) -> None:
    found = template("first", category, "", tell(language))
    assert found
    others = {template("first", each, "", tell(language)) for each in CATEGORIES if each not in (category, *UNTOLD)}
    assert found not in others
    if language not in ("en",):
        assert found != template("first", category, "", tell("en"))


@pytest.mark.parametrize("category", [None, "other", "spam", "a_category_of_the_desk"])
def test_what_is_not_known_gets_the_plain_receipt(category: str | None) -> None:
    assert first_parts(about(category), tell(), Offer(links=PAGES, articles=ARTICLES, seen=(HASH,)), NOON) == ()


@pytest.mark.parametrize("category", ["praise", "feedback"])
def test_who_thanks_is_thanked_and_asked_for_nothing(category: str) -> None:
    offer = Offer(links=PAGES, articles=ARTICLES)
    (only,) = first_parts(
        about(category, missing=("account_id",), due_at=NOON + timedelta(hours=3)), tell(), offer, NOON
    )
    assert "hours" not in only.text
    assert "http" not in only.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_what_is_missing_is_asked_for_in_one_line_with_where_to_find_it(name: str, language: str) -> None:
    text = parts(about("deposit_not_credited", missing=(name,)), language=language)
    asked = [line for line in text.splitlines() if line.startswith("- ")]
    assert asked == [tell(language).text(f"ask-{name}")]


def test_every_fact_that_the_rules_ask_for_has_its_line() -> None:
    written = (files("gateway.triage") / "data" / "rules.toml").read_text(encoding="utf-8")
    for category, each in tomllib.loads(written)["categories"].items():
        for name in each.get("asks", ()):
            assert tell().has(f"ask-{name}"), f"{category} asks for {name}"


def test_nothing_is_asked_for_where_nothing_is_missing() -> None:
    text = parts(about("deposit_not_credited"))
    assert tell().text("ask-heading") not in text
    assert tell().text("ask-never") not in text


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, "24 hours, as a rule"),
        (timedelta(0), "24 hours, as a rule"),
        (timedelta(minutes=15), "within the hour"),
        (timedelta(hours=1), "within the hour"),
        (timedelta(hours=1, seconds=1), "within 3 hours"),
        (timedelta(hours=8), "within 8 hours"),
        (timedelta(hours=11), "within 12 hours"),
        (timedelta(hours=23, minutes=59), "within 24 hours."),
        (timedelta(hours=24), "within 24 hours."),
        (timedelta(hours=25), "within 48 hours"),
        (timedelta(hours=72), "within 72 hours"),
    ],
)
def test_the_time_promised_is_the_deadline_and_never_earlier(due: timedelta | None, said: str) -> None:
    known = about("kyc", due_at=NOON + due if due is not None else None)
    assert said in parts(known)


@pytest.mark.parametrize(
    ("region", "key"),
    [
        ("", "legal-liquidation_dispute"),
        ("EU", "legal-liquidation_dispute-eu"),
        ("eu-de", "legal-liquidation_dispute-eu"),
        ("EU_FR", "legal-liquidation_dispute-eu"),
        ("uk", "legal-liquidation_dispute-uk"),
        ("sg", "legal-liquidation_dispute"),
        ("../eu", "legal-liquidation_dispute"),
        ("eu uk", "legal-liquidation_dispute"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_risk_notice_goes_by_region(region: str, key: str, language: str) -> None:
    text = parts(about("liquidation_dispute", region=region), language=language)
    between = "" if language.startswith("zh") else " "
    assert f"{tell(language).text('legal-heading')}{between}{tell(language).text(key)}" in text


@pytest.mark.parametrize("category", ["policy", "liquidation_dispute", "authority_request", "account_closure"])
def test_facts_and_legal_lines_stand_apart(category: str) -> None:
    told = first_parts(about(category), tell(), Offer(), NOON)
    legal = [part for part in told if part.text.startswith("Legal note:")]
    assert len(legal) == 1
    fact = template("fact", category, "", tell())
    assert not fact or fact not in legal[0].text


def test_a_region_of_the_desks_own_wins_over_the_general_text() -> None:
    sources = {**packaged_sources(), "en": "first-kyc-sg = For Singapore.\n" + packaged_sources()["en"]}
    speaks = Teller(Locales(sources), "en", "Examplex")
    assert template("first", "kyc", "sg", speaks) == "For Singapore."
    assert template("first", "kyc", "", speaks) == tell().text("first-kyc")


def test_a_transaction_is_told_as_far_as_it_is_known() -> None:
    known = about("deposit_not_credited")
    assert "for you to look up: https://explorer.test" in parts(known, Offer(seen=(HASH,)))
    found = HASH._replace(found=True)
    assert "We see your transaction on Ethereum: https://" in parts(known, Offer(seen=(found,)))
    assert "with 7 confirmations" in parts(known, Offer(seen=(found._replace(confirmations=7),)))


def test_at_most_three_articles_are_named_with_their_links() -> None:
    many = tuple((f"T{index}", f"https://help.examplex.test/{index}") for index in range(5))
    text = parts(about("fees"), Offer(articles=many))
    assert "- T2: https://help.examplex.test/2" in text
    assert "T3" not in text
    assert "- Bare" in parts(about("fees"), Offer(articles=(("Bare", ""),)))


def test_the_pages_named_are_those_that_help_and_that_there_are() -> None:
    assert PAGES["api_docs"] in parts(about("api"), Offer(links=PAGES))
    assert PAGES["freeze"] not in parts(about("api"), Offer(links=PAGES))
    assert tell().text("links-heading") not in parts(about("api"), Offer())


def test_documents_are_asked_for_by_the_official_link_alone() -> None:
    text = parts(about("kyc"), Offer(links=PAGES))
    assert f"only here, never in a message: {PAGES['upload']}" in text
    assert "only here" not in parts(about("kyc"))


def test_an_incident_stands_before_what_is_asked() -> None:
    text = parts(about("deposit_not_credited", missing=("tx_hash",)), Offer(incident="BTC deposits are late."))
    assert text.index("BTC deposits are late.") < text.index("TxID")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chats_receipt_stays_short_and_keeps_what_must_be_said(language: str) -> None:
    for category in CATEGORIES:
        known = about(
            category, platform="telegram", language=language, missing=("tx_hash", "network", "amount", "account_id")
        )
        offer = Offer(links=PAGES, articles=ARTICLES, seen=(HASH,))
        text = chat(known, Help(parts=first_parts(known, tell(language), offer, NOON)))
        assert len(text) <= CHAT_ROOM, (category, len(text))
        assert known.id in text
        assert text.endswith(load_locales().text(language, "never-line"))


def test_what_is_least_needed_is_left_out_first_and_the_order_stays() -> None:
    given = (Part("must"), Part("links" * 5, 4), Part("seen", 1), Part("fact" * 20, 5), Part("end"))
    assert fitted(given, 1_000) == tuple(part.text for part in given)
    assert fitted(given, 30) == ("must", "seen", "end")
    assert fitted(given, 0) == ("must", "end")


def test_a_mail_says_what_it_is_about_in_place_of_what_holds_for_all() -> None:
    known = about("deposit_not_credited", missing=("tx_hash",))
    more = Help(parts=first_parts(known, tell(), Offer(articles=ARTICLES), NOON))
    text = mail(known, more)
    for said in (
        "deposits team",
        "TxID",
        "- A: https://",
        "subject as it is",
        "We will never ask you for",
        "examplex.test",
    ):
        assert said in text
    assert "It helps us most to know" not in text
    assert mail(known, Help()) == mail(about(None), Help())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("danger", DANGERS)
def test_danger_comes_first_and_says_what_to_do_now(danger: str, language: str) -> None:
    known = about("account_stolen", danger=danger, language=language, platform="telegram")
    told = danger_told(danger, tell(language), {}, secret_told=False)
    more = Help(danger=told, parts=first_parts(known, tell(language), Offer(), NOON))
    for text in (chat(known, more), mail(known, more)):
        heading = load_locales().text(language, "warning-heading")
        assert text.count(heading) == 1
        assert text.index(load_locales().text(language, "freeze-in-app")) < text.index(more.parts[0].text)
    assert chat(known, more).startswith(heading)


def test_the_link_that_freezes_is_told_where_there_is_one_and_once() -> None:
    known = about("account_stolen", danger="account_stolen")
    told = danger_told("account_stolen", tell(), PAGES, secret_told=False)
    text = mail(known, Help(danger=told, parts=first_parts(known, tell(), Offer(links=PAGES), NOON)))
    assert text.count(PAGES["freeze"]) == 1
    assert PAGES["security"] in text


def test_a_secret_is_advised_on_once() -> None:
    finding = Finding(code="x", severity=Severity.DANGER, advice="advice-secret-key")
    known = about("account_stolen", danger="secret_shared")
    text = mail(known, Help(danger=danger_told("secret_shared", tell(), {}, secret_told=True)), finding)
    assert text.count("recovery phrase or a private key") == 1
    assert "Make a new wallet" in text
    assert danger_told("secret_shared", tell(), PAGES, secret_told=True) == (
        tell().text("freeze-at-link", link=PAGES["freeze"]),
    )


def test_of_a_scam_under_way_what_to_do_is_said_once() -> None:
    finding = Finding(code="x", severity=Severity.DANGER, advice="advice-recovery")
    known = about("scam_suspected", danger="scam_under_way")
    text = mail(known, Help(danger=danger_told("scam_under_way", tell(), {}, secret_told=False)), finding)
    assert "What to do:" not in text
    assert "Send nothing more: no coins" in text
    assert "nobody can do that, and those who offer it steal a second time" in text


def test_a_danger_that_nothing_is_known_of_adds_nothing() -> None:
    assert danger_told("", tell(), {}, secret_told=False) == ()
    assert danger_told("of_a_newer_release", tell(), {}, secret_told=False) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_came_is_confirmed_in_a_line_and_what_is_missing_is_named(language: str) -> None:
    known = about("deposit_not_credited", language=language)
    (done,) = recorded(known, tell(language), Offer())
    assert known.id in done.text
    assert len(done.text) < 200
    (some,) = recorded(known.model_copy(update={"missing": ("network",)}), tell(language), Offer())
    assert some.text.endswith(tell(language).text("ask-network"))
    assert len(recorded(known, tell(language), Offer(seen=(HASH,)))) == 2
    only = chat(known, Help(parts=(done,), alone=True))
    assert only == done.text
    assert mail(known, Help(parts=(done,), alone=True)) == (
        f"{done.text}\n\n{load_locales().text(language, 'signature', brand='Examplex')}"
    )


def test_no_text_promises_safety() -> None:
    for language in LANGUAGES:
        for key in re.findall(r"^([a-z][\w-]*) =", packaged_sources()[language], re.M):
            if key.startswith(("first-", "recorded-", "seen-")) and language == "en":
                assert " safe" not in tell().text(key, case="x", network="x", link="x", confirmations="1", hours="2"), (
                    key
                )


def test_the_labelled_languages_are_those_that_are_spoken() -> None:
    folder = Path(__file__).parents[1] / "labelled" / "learn"
    for path in folder.glob("*.jsonl"):
        first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
        assert first["language"] in LANGUAGES


@pytest.mark.parametrize(
    ("language", "line"), [("en", "- Title: https://x"), ("zh-CN", "- Title：https://x"), ("fr", "- Title : https://x")]
)
def test_an_article_stands_before_the_colon_of_its_language(language: str, line: str) -> None:
    text = parts(about("deposit_not_credited"), Offer(articles=(("Title", "https://x"),)), language=language)
    assert line in text
