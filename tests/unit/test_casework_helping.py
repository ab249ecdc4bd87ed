"""When more is said than that a message arrived: what is asked once, confirmed once, and never held back in danger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import (
    Assessment,
    Case,
    Entity,
    Evidence,
    Fact,
    FactOutcome,
    Finding,
    Message,
    Party,
    Severity,
    Triage,
    Visibility,
)
from gateway.casework import Judged, Outcome, Policy, decide
from gateway.casework.helping import RECORDED
from gateway.dialogue import Dialogue
from gateway.incidents import Incident
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.triage.articles import Article, Library
from tests.builders import mail_auth
from tests.builders import message as a_mail
from tests.unit import test_casework as by_mail
from tests.unit import test_casework_chat as by_chat

HASH = Entity(kind="tx_hash", value="0x" + "ab" * 32)
DEPOSIT = Triage(category="deposit_not_credited", missing=("tx_hash", "network"))
STOLEN = Triage(category="account_stolen", danger="account_stolen")
PROVEN = Assessment(facts=(mail_auth(FactOutcome.PASS),))
LIBRARY = Library(
    (Article("deposits", "en", "Deposit not credited", "Wait.", ("deposit_not_credited",), (), "https://help.test/d"),)
)
MAIL = replace(by_mail.POLICY, articles=LIBRARY, links={"freeze": "https://examplex.test/freeze"})
CHAT = replace(by_chat.POLICY, articles=LIBRARY, links={"freeze": "https://examplex.test/freeze"})


def chat(number: int, triage: Triage, known: Case | None = None, policy: Policy = CHAT, **fields: Any) -> Outcome:
    """Return what a message in a chat leads to, a while after the one before."""
    said = by_chat.said(number, **fields)
    place = Dialogue(channel=by_chat.CHANNEL, address=by_chat.WANG.address, case_id=known.id if known else None)
    seen = Past(sent_to=(0, 0), sent_to_all=(0,), dialogue=place, cases=(known,) if known else ())
    return decide(Judged(said, Assessment(), triage), seen, policy, by_chat.NOW + timedelta(minutes=number))


def mail(
    triage: Triage, known: Case | None = None, assessment: Assessment = PROVEN, sent: int = 0, **fields: Any
) -> Outcome:
    """Return what a mail leads to; `sent` counts the automatic replies of the last minutes."""
    given: dict[str, Any] = {"name": "m2" if known else "m1"} | fields
    if known is not None:
        given.setdefault("subject", f"Re: hello [{known.id}]")
    past = Past(sent_to=(sent, sent), sent_to_all=(sent,), cases=(known,) if known else ())
    return decide(Judged(a_mail(**given), assessment, triage), past, MAIL, by_mail.NOW)


def said(outcome: Outcome) -> list[str]:
    """Return the automatic texts."""
    kinds = (EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING)
    return [each.reply.text for each in outcome.effects if each.kind in kinds and each.reply is not None]


def test_a_first_message_is_asked_for_what_is_missing_with_articles() -> None:
    for outcome in (chat(1, DEPOSIT), mail(DEPOSIT)):
        (text,) = said(outcome)
        assert "TxID" in text
        assert "TRC20" in text
        assert "https://help.test/d" in text
        assert "deposits team" in text


def test_nothing_is_asked_a_second_time() -> None:
    opened = chat(1, DEPOSIT).cases[0]
    assert said(chat(2, Triage(category="deposit_not_credited", missing=("tx_hash",)), opened)) == []
    assert said(mail(DEPOSIT, mail(DEPOSIT).cases[0])) == []


def test_what_came_is_confirmed_once_with_what_is_missing_still() -> None:
    opened = chat(1, DEPOSIT).cases[0]
    first = chat(2, Triage(entities=(HASH,)), opened)
    (text,) = said(first)
    assert "Still missing" in text
    assert "TRC20" in text
    assert "TxID" not in text
    known = first.cases[0]
    assert RECORDED in known.tags
    assert HASH in known.entities
    assert said(chat(3, Triage(entities=(Entity(kind="network", value="TRC20"),)), known)) == []


def test_when_all_came_nothing_more_is_missing() -> None:
    opened = chat(1, DEPOSIT).cases[0]
    (text,) = said(chat(2, Triage(entities=(HASH, Entity(kind="network", value="ethereum"))), opened))
    assert "Nothing more is missing" in text
    assert HASH.value not in text


def test_by_mail_only_the_proven_requester_has_it_confirmed() -> None:
    opened = mail(DEPOSIT).cases[0]
    brings = Triage(entities=(HASH,))
    assert len(said(mail(brings, opened))) == 1
    assert said(mail(brings, opened, Assessment())) == []
    assert said(mail(brings, opened, Assessment(facts=(mail_auth(FactOutcome.NONE),)))) == []


def test_what_the_case_is_about_may_be_known_later_and_is_asked_then() -> None:
    opened = chat(1, Triage()).cases[0]
    assert "deposits team" not in said(chat(1, Triage()))[0]
    (text,) = said(chat(2, DEPOSIT, opened))
    assert "TxID" in text
    assert opened.id not in text


@pytest.mark.parametrize("danger", ["account_stolen", "secret_shared", "scam_under_way"])
def test_danger_is_met_whenever_it_is_found_and_once(danger: str) -> None:
    turns = Triage(category="account_stolen", danger=danger)
    for opened, answer in ((chat(1, DEPOSIT).cases[0], chat), (mail(DEPOSIT).cases[0], None)):
        outcome = chat(2, turns, opened) if answer else mail(turns, opened)
        (text,) = said(outcome)
        assert text.index("Important, please read this first") < text.index("https://examplex.test/freeze")
        known = outcome.cases[0]
        assert said(chat(3, turns, known) if answer else mail(turns, known, name="m3")) == []


def test_danger_is_met_by_mail_though_nobody_is_proven_but_never_a_forged_sender() -> None:
    assert "freeze" in said(mail(STOLEN, assessment=Assessment()))[0]
    assert said(mail(STOLEN, assessment=Assessment(facts=(mail_auth(FactOutcome.FAIL),)))) == []


def test_a_warning_of_danger_is_not_held_back_by_what_holds_back_receipts() -> None:
    assert said(mail(DEPOSIT, sent=1)) == []
    assert len(said(mail(STOLEN, sent=1))) == 1
    per_minute = AckPolicy().per_minute
    assert said(mail(STOLEN, sent=AckPolicy().per_sender_day)) == []
    flooded = Past(sent_to=(0, 0), sent_to_all=(per_minute,))
    judged = Judged(a_mail(), PROVEN, STOLEN)
    assert len(said(decide(judged, flooded, MAIL, by_mail.NOW))) == 1
    assert said(decide(replace(judged, triage=DEPOSIT), flooded, MAIL, by_mail.NOW)) == []


def test_the_finding_that_stands_for_danger_is_not_kept() -> None:
    outcome = mail(STOLEN)
    assert all(not entry.assessment.findings for entry in outcome.entries)
    assert outcome.cases[0].worst_severity is None


def test_in_a_group_nobody_is_told_anything_of_his_case() -> None:
    message = by_chat.said(1, visibility=Visibility.GROUP)
    outcome = decide(Judged(message, Assessment(), STOLEN), by_chat.Past(), CHAT, by_chat.NOW)
    assert not any("freeze" in text for text in said(outcome))


def test_who_opted_out_is_told_of_danger_alone() -> None:
    silent = Dialogue(channel=by_chat.CHANNEL, address=by_chat.WANG.address, silenced=True)
    seen = Past(sent_to=(0, 0), sent_to_all=(0,), dialogue=silent)
    judged = Judged(by_chat.said(1), Assessment(), DEPOSIT)
    assert said(decide(judged, seen, CHAT, by_chat.NOW)) == []
    assert len(said(decide(replace(judged, triage=STOLEN), seen, CHAT, by_chat.NOW))) == 1


def test_another_participant_is_not_told_what_the_requester_brought() -> None:
    opened = mail(DEPOSIT).cases[0]
    other = Party(platform="email", address="other@mail.test")
    both = opened.model_copy(update={"participants": (*opened.participants, other)})
    proven = Assessment(facts=(mail_auth(FactOutcome.PASS).model_copy(update={"subject": "mail.test"}),))
    assert said(mail(Triage(entities=(HASH,)), both, proven, sender=other)) == []


def test_no_word_of_the_user_is_repeated() -> None:
    words = "zebra https://evil.test/x +44-7946-1234"
    for triage in (DEPOSIT, STOLEN, Triage(category="praise"), Triage(category="spam")):
        for outcome in (chat(1, triage, text=words), mail(triage, text=words, subject=words)):
            for text in said(outcome):
                assert not any(word in text for word in words.split())


def test_warnings_and_what_came_stand_in_one_text() -> None:
    opened = chat(1, DEPOSIT).cases[0]
    found = Assessment(findings=(Finding(code="x", severity=Severity.DANGER, advice="advice-recovery"),))
    said_now: Message = by_chat.said(2)
    place = Dialogue(channel=by_chat.CHANNEL, address=by_chat.WANG.address, case_id=opened.id)
    seen = Past(sent_to=(0, 0), sent_to_all=(0,), dialogue=place, cases=(opened,))
    later = by_chat.NOW + timedelta(minutes=2)
    (text,) = said(decide(Judged(said_now, found, Triage(entities=(HASH,))), seen, CHAT, later))
    assert "Important" in text
    assert "Still missing" in text


def test_the_languages_of_the_answer_is_the_cases() -> None:
    (text,) = said(chat(1, DEPOSIT.model_copy(update={"language": "zh-Hant"})))
    assert load_locales().text("zh-Hant", "first-deposit_not_credited") in text


def hashed(value: str, networks: str) -> Entity:
    return Entity(kind="tx_hash", value=value, evidence=(Evidence(name="networks", value=networks),))


EVM = hashed("0x" + "ab" * 32, "aptos,evm,sui")
ON_ETHEREUM = Entity(kind="network", value="ERC20", evidence=(Evidence(name="network", value="ethereum"),))


def looked_up(outcome: FactOutcome, **told: str) -> Assessment:
    evidence = tuple(Evidence(name=name, value=value) for name, value in told.items())
    fact = Fact(kind="transaction", subject=EVM.value, outcome=outcome, evidence=evidence)
    return Assessment(facts=(mail_auth(FactOutcome.PASS), fact))


@pytest.mark.parametrize(
    ("assessment", "entities", "shown"),
    [
        (PROVEN, (EVM, ON_ETHEREUM), "for you to look up: https://etherscan.io/tx/" + EVM.value),
        # Nothing tells on which of its networks it is: no page is better than a wrong one.
        (PROVEN, (EVM,), ""),
        (
            looked_up(FactOutcome.PASS, network="ethereum", confirmations="12"),
            (EVM,),
            "We see your transaction on Ethereum, with 12 confirmations so far: https://etherscan.io/tx/" + EVM.value,
        ),
        (
            looked_up(FactOutcome.PASS, network="ethereum", confirmations="many"),
            (EVM,),
            "We see your transaction on Ethereum: https",
        ),
        (looked_up(FactOutcome.FAIL, network="ethereum"), (EVM,), "for you to look up: https://etherscan.io/"),
        (looked_up(FactOutcome.COULD_NOT_CHECK), (EVM, ON_ETHEREUM), "for you to look up: https://etherscan.io/"),
        (looked_up(FactOutcome.NONE, network="ethereum", status="not_found"), (EVM,), ""),
        (
            PROVEN,
            (
                hashed("cd" * 32, "bitcoin,dogecoin,tron"),
                Entity(kind="amount", value="1 BTC", evidence=(Evidence(name="asset", value="BTC"),)),
            ),
            "Your transaction on Bitcoin, for you to look up: https://mempool.space/tx/" + "cd" * 32,
        ),
        # Whoever may have forged the sender has nothing sent to him.
        (Assessment(), (EVM, ON_ETHEREUM), ""),
    ],
)
def test_a_transaction_is_shown_on_the_one_network_that_it_can_be_on(
    assessment: Assessment, entities: tuple[Entity, ...], shown: str
) -> None:
    triage = Triage(category="deposit_not_credited", entities=entities)
    (text,) = said(mail(triage, assessment=assessment))
    assert shown in text
    assert ("transaction on" in text) is bool(shown)


def test_a_hash_that_comes_later_is_shown_with_its_page() -> None:
    opened = chat(1, DEPOSIT).cases[0]
    (text,) = said(chat(2, Triage(entities=(EVM, ON_ETHEREUM)), opened))
    assert "Nothing more is missing" in text
    assert f"https://etherscan.io/tx/{EVM.value}" in text


def test_a_known_incident_is_told_though_nobody_knows_what_the_case_is_about() -> None:
    title = {"en": "BTC deposits are late"}
    policy = replace(CHAT, incidents=(Incident(number=1, title=title, channels=("telegram",), opened_at=by_chat.NOW),))
    (text,) = said(chat(1, Triage(), policy=policy))
    assert "BTC deposits are late" in text
    assert "24 hours" in text
    assert "freeze your account" in text


def test_a_case_that_a_command_opens_is_helped_like_any_other() -> None:
    stolen = chat(1, STOLEN, text="/new somebody is in my account")
    (text,) = [
        each.reply.text for each in stolen.effects if each.kind is EffectKind.RESPONSE and each.reply is not None
    ]
    assert text.startswith("Important, please read this first")
    assert "https://examplex.test/freeze" in text
    assert stolen.cases[0].id in text
    assert (stolen.cases[0].category, stolen.cases[0].danger) == ("account_stolen", "account_stolen")
    frozen = chat(
        1, STOLEN, text="/new somebody is in my account", policy=replace(CHAT, freezes=frozenset({"account_stolen"}))
    )
    assert EffectKind.FREEZE in {each.kind for each in frozen.effects}
    deposit = chat(1, DEPOSIT, text="/new my deposit is missing")
    (text,) = [
        each.reply.text for each in deposit.effects if each.kind is EffectKind.RESPONSE and each.reply is not None
    ]
    assert "TxID" in text
    assert deposit.cases[0].missing == ("tx_hash", "network")


def test_in_public_danger_is_met_with_the_general_warning_alone() -> None:
    """What to do with an account is nobody else's business; impostors are all the nearer."""
    assert said(chat(1, STOLEN, visibility=Visibility.PUBLIC)) == []
