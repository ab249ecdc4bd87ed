"""Floods and blocks: what is one too many is filed, marked and folded, never dropped; whoever is in danger is heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.blocks import Block, BlockKind, Blocklist
from gateway.case import Assessment, Case, FactOutcome, Finding, Message, Priority, Severity, Triage
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.casework.abuse import WHOLE
from gateway.casework.abuse_policy import AbusePolicy
from gateway.dialogue import Dialogue, Place
from gateway.journal import EffectKind
from gateway.past import Past, Query
from gateway.ports import TicketAction
from tests.builders import NOON, mail_auth, message, party
from tests.unit.test_casework import POLICY
from tests.unit.test_casework_chat import POLICY as CHAT
from tests.unit.test_casework_chat import WANG, said

NOW = NOON + timedelta(minutes=1)
PROVEN = Assessment(facts=(mail_auth(FactOutcome.PASS),))
ANN = party("ann@mail.test", "Ann")
STOLEN = Triage(category="account_stolen", danger="account_stolen", priority=Priority.URGENT, queue="risk")
SPAMMER = party("spam@flood.example", "Spam")


class Store:
    """What casework leaves behind, as far as it is asked for again: cases by number, and counts."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.cases: dict[str, Case] = {}
        self.counts: dict[str, int] = {}
        self.dialogues: dict[Place, Dialogue] = {}
        self.asked: Query | None = None

    def take(self, event: Message, triage: Triage | None = None, assessment: Assessment = PROVEN) -> Outcome:
        judged = Judged(event, assessment, triage or Triage())
        query = ask(event, self.policy, NOW, judged)
        self.asked = query
        dialogue = self.dialogues.get(query.place) if query.place is not None else None
        numbers = (*query.case_ids, *query.folds, dialogue.case_id if dialogue is not None else "")
        found = tuple(self.cases[number] for number in dict.fromkeys(numbers) if number in self.cases)
        past = Past(
            cases=found,
            sent_to=(0, 0),
            sent_to_all=(0,),
            dialogue=dialogue,
            arrived={scope: self.counts[scope] for scope in query.arrived if scope in self.counts},
        )
        outcome = decide(judged, past, self.policy, NOW)
        self.cases.update((case.id, case) for case in outcome.cases)
        self.dialogues.update((each.place, each) for each in outcome.dialogues)
        for scope in outcome.arrived:
            self.counts[scope] = self.counts.get(scope, 0) + 1
        return outcome


def blocking(kind: BlockKind, value: str, **more: Any) -> Policy:
    block = Block(kind, value, number=7, made_at=NOON - timedelta(days=1), **more)
    return replace(POLICY, blocks=Blocklist.of([block]))


def mail(number: int, sender: Any = None, **fields: Any) -> Message:
    return message(f"m{number}", sender=sender or SPAMMER, **({"subject": f"Offer {number}"} | fields))


def replies(outcome: Outcome) -> list[str]:
    return [effect.reply.text for effect in outcome.effects if effect.reply is not None]


def writes(outcome: Outcome) -> list[TicketAction]:
    return [effect.ticket.action for effect in outcome.effects if effect.ticket is not None]


def test_a_flood_of_one_sender_is_one_case_and_every_message_is_filed() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=5)))
    outcomes = [store.take(mail(number)) for number in range(60)]
    assert all(len(outcome.entries) >= 1 for outcome in outcomes)
    flooded = {outcome.cases[0].id for outcome in outcomes[5:]}
    assert len(flooded) == 1
    (case,) = (store.cases[number] for number in flooded)
    assert case.message_count == 55
    assert "flood" in case.tags
    assert (case.queue, case.priority) == ("abuse", Priority.LOW)
    assert [replies(outcome) for outcome in outcomes[5:]] == [[]] * 55


def test_the_ticket_of_a_flood_hears_of_it_ever_more_seldom() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=1)))
    told = [writes(store.take(mail(number))) for number in range(1 + 130)][1:]
    assert told[:WHOLE] == [[TicketAction.MESSAGE]] * WHOLE
    assert [place + 1 for place, each in enumerate(told) if each == [TicketAction.NOTE]] == [32, 64, 128]
    assert all(each == [] for place, each in enumerate(told[WHOLE:], WHOLE + 1) if place not in (32, 64, 128))


def test_others_are_not_touched_by_a_flood() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=2)))
    for number in range(10):
        store.take(mail(number))
    honest = store.take(mail(100, party("bea@mail.test"), subject="My deposit"))
    assert "flood" not in honest.cases[0].tags
    assert len(replies(honest)) == 1


def test_who_forges_an_address_uses_up_nothing_of_its_owners() -> None:
    policy = replace(POLICY, abuse=AbusePolicy(per_sender=3), proving=frozenset({"support"}))
    store = Store(policy)
    forged = Assessment(facts=(mail_auth(FactOutcome.FAIL),))
    victim = party("bea@mail.test", "Bea")
    for number in range(20):
        store.take(mail(number, victim), assessment=forged)
    owner = store.take(mail(100, victim))
    assert "flood" not in owner.cases[0].tags
    assert len(replies(owner)) == 1


@pytest.mark.parametrize(("domain", "is_folded"), [("flood.example", True), ("gmail.com", False)])
def test_a_domain_is_folded_unless_it_is_a_public_provider(domain: str, is_folded: bool) -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_domain=5)))
    outcomes = [store.take(mail(number, party(f"u{number}@{domain}"))) for number in range(12)]
    numbers = {outcome.cases[0].id for outcome in outcomes[5:]}
    assert (len(numbers) == 1) is is_folded


def test_whoever_is_in_danger_is_not_folded_with_strangers_and_is_answered() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_domain=2)))
    for number in range(5):
        store.take(mail(number, party(f"u{number}@flood.example")))
    stolen = Triage(category="account_stolen", danger="account_stolen", priority=Priority.URGENT, queue="risk")
    outcome = store.take(mail(50, party("victim@flood.example")), stolen)
    assert outcome.cases[0].message_count == 1
    assert (outcome.cases[0].queue, outcome.cases[0].priority) == ("risk", Priority.URGENT)
    assert len(replies(outcome)) == 1


def test_a_surge_of_everybody_stops_receipts_and_folds_nobody() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(everybody=10)))
    outcomes = [store.take(mail(number, party(f"u{number}@d{number}.example"))) for number in range(30)]
    assert len({outcome.cases[0].id for outcome in outcomes}) == 30
    assert [len(replies(outcome)) for outcome in outcomes] == [1] * 10 + [0] * 20
    assert outcomes[-1].cases[0].queue is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BlockKind.SENDER, "spam@flood.example"),
        (BlockKind.SENDER, "SPAM@Flood.example"),
        (BlockKind.DOMAIN, "flood.example"),
        (BlockKind.DOMAIN, "example"),
    ],
)
def test_a_blocked_sender_is_one_case_in_the_queue_of_abuse_and_told_once(kind: BlockKind, value: str) -> None:
    store = Store(blocking(kind, value))
    first, second = store.take(mail(1)), store.take(mail(2))
    assert first.cases[0].id == second.cases[0].id
    assert "blocked" in second.cases[0].tags
    assert second.cases[0].queue == "abuse"
    (told,) = replies(first)
    assert "appeal" in told
    assert replies(second) == []


def test_a_block_says_why_in_the_case() -> None:
    outcome = Store(blocking(BlockKind.SENDER, "spam@flood.example")).take(mail(1))
    assert "The sender is blocked (block 7)." in outcome.cases[0].reasons


@pytest.mark.parametrize(
    "more",
    [{"until": NOW - timedelta(seconds=1)}, {"lifted_at": NOW - timedelta(days=1)}],
    ids=["over", "lifted"],
)
def test_a_block_that_is_over_meets_nobody(more: dict[str, Any]) -> None:
    outcome = Store(blocking(BlockKind.SENDER, "spam@flood.example", **more)).take(mail(1))
    assert "blocked" not in outcome.cases[0].tags


def test_a_blocked_sender_in_danger_is_heard() -> None:
    stolen = Triage(category="account_stolen", danger="account_stolen", priority=Priority.URGENT, queue="risk")
    outcome = Store(blocking(BlockKind.SENDER, "spam@flood.example")).take(mail(1), stolen)
    assert outcome.cases[0].queue == "risk"
    assert len(replies(outcome)) == 1
    assert "blocked" in outcome.cases[0].tags


@pytest.mark.parametrize("word", ["appeal", "I APPEAL: you are wrong", "申诉：你们弄错了", "Ich erhebe Einspruch!"])
def test_a_blocked_sender_may_appeal_once(word: str) -> None:
    store = Store(blocking(BlockKind.SENDER, "spam@flood.example"))
    store.take(mail(1))
    heard = store.take(mail(2, text=word))
    assert "appeal" in heard.cases[0].tags
    assert heard.cases[0].priority is Priority.NORMAL
    notes = [effect.ticket.note for effect in heard.effects if effect.ticket is not None and effect.ticket.note]
    assert any("appeals" in note for note in notes)
    again = store.take(mail(3, text=word))
    assert not any(e.ticket is not None and "appeals" in e.ticket.note for e in again.effects)


@pytest.mark.parametrize("word", ["It is an appealing offer", "banderole und bandinga", "recursos humanos"])
def test_what_only_holds_the_word_is_no_appeal(word: str) -> None:
    store = Store(blocking(BlockKind.SENDER, "spam@flood.example"))
    store.take(mail(1))
    assert "appeal" not in store.take(mail(2, text=word)).cases[0].tags


def test_an_appeal_takes_nothing_from_a_danger() -> None:
    store = Store(blocking(BlockKind.SENDER, "spam@flood.example"))
    assert store.take(mail(1), STOLEN).cases[0].priority is Priority.URGENT
    heard = store.take(mail(2, text="I appeal"))
    assert "appeal" in heard.cases[0].tags
    assert heard.cases[0].priority is Priority.URGENT


@pytest.mark.parametrize(
    ("term", "text", "is_met"),
    [
        ("free airdrop", "Get your FREE   Airdrop now", True),
        ("free airdrop", "freeairdrop", False),
        ("otc", "OTC offers, best rates", True),
        ("otc", "Where is my botched order", False),
        ("代开发票", "专业代开发票，加微信", True),
        ("casino", "ｃａｓｉｎｏ bonus", True),
    ],
)
def test_a_blocked_term_is_met_however_it_is_written(term: str, text: str, is_met: bool) -> None:
    outcome = Store(blocking(BlockKind.TERM, term)).take(mail(1, party("bea@mail.test"), subject="", text=text))
    assert ("blocked-term" in outcome.cases[0].tags) is is_met
    assert (replies(outcome) == []) is is_met
    assert EffectKind.TICKET in [effect.kind for effect in outcome.effects]


def test_budgets_of_zero_are_no_limits() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=0, per_domain=0, everybody=0)))
    outcomes = [store.take(mail(number)) for number in range(80)]
    assert len({outcome.cases[0].id for outcome in outcomes}) == 80


def test_what_is_asked_of_the_store_stays_small() -> None:
    store = Store(POLICY)
    store.take(mail(1))
    assert store.asked is not None
    assert len(store.asked.arrived) <= 11
    numbers: Callable[[str], bool] = lambda number: number.startswith("GH-")  # noqa: E731
    assert len([each for each in store.asked.case_ids if numbers(each)]) <= 6


COMMANDS = ("/help", "/new my deposit is late", "/agent", "/cases", "/start")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_blocked_account_on_telegram_gives_no_commands(command: str) -> None:
    block = Block(BlockKind.SENDER, f"telegram:{WANG.id}", number=7, made_at=NOON)
    store = Store(replace(CHAT, blocks=Blocklist.of([block])))
    first, second = store.take(said(1, command)), store.take(said(2, command))
    assert "blocked" in first.cases[0].tags
    assert (first.cases[0].queue, len(first.entries)) == ("abuse", 2)
    assert [len(replies(each)) for each in (first, second)] == [1, 0]
    assert first.cases[0].id == second.cases[0].id


@pytest.mark.parametrize("command", ["/help", "/cases", "@examplex_official", "/verify @examplex_official"])
def test_commands_on_telegram_count_and_those_of_a_flood_are_messages(command: str) -> None:
    store = Store(replace(CHAT, abuse=AbusePolicy(per_sender=3)))
    outcomes = [store.take(said(number, command)) for number in range(8)]
    assert replies(outcomes[0])
    assert [replies(each) for each in outcomes[3:]] == [[]] * 5
    assert len({each.cases[0].id for each in outcomes[3:]}) == 1


@pytest.mark.parametrize("command", ["help", "cases", "agent"])
def test_commands_by_mail_count_and_those_of_a_flood_are_messages(command: str) -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=3)))
    outcomes = [store.take(mail(number, ANN, subject=command, text="")) for number in range(8)]
    assert all("by mail" in each.note for each in outcomes[:3])
    assert [len(replies(each)) for each in outcomes] == [1] * 3 + [0] * 5
    assert len({each.cases[0].id for each in outcomes[3:]}) == 1
    assert [len(each.entries) for each in outcomes[3:]] == [1] * 5
    assert set(store.counts.values()) == {8}


def test_a_blocked_sender_gives_no_commands_by_mail() -> None:
    store = Store(blocking(BlockKind.SENDER, "ann@mail.test"))
    first, second = (store.take(mail(number, ANN, subject="agent", text="")) for number in (1, 2))
    assert [each.cases[0].queue for each in (first, second)] == ["abuse", "abuse"]
    assert first.cases[0].id == second.cases[0].id
    assert replies(second) == []


def test_whoever_is_in_danger_or_in_a_surge_of_everybody_gives_commands() -> None:
    block = Block(BlockKind.SENDER, f"telegram:{WANG.id}", number=7, made_at=NOON)
    blocked = Store(replace(CHAT, blocks=Blocklist.of([block]))).take(said(1, "/new hacked"), STOLEN)
    assert "opened" in blocked.note
    surge = Store(replace(CHAT, abuse=AbusePolicy(everybody=1)))
    surge.take(said(1, "Hello"))
    assert len(replies(surge.take(said(2, "/help")))) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"triage": STOLEN},
        {"assessment": PROVEN.model_copy(update={"findings": (Finding(code="x", severity=Severity.DANGER),)})},
    ],
    ids=["triage", "finding"],
)
def test_a_danger_in_a_flood_reaches_its_ticket(told: dict[str, Any]) -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_sender=1)))
    for number in range(WHOLE + 5):
        store.take(mail(number, ANN))
    outcome = store.take(mail(100, ANN), **told)
    assert TicketAction.MESSAGE in writes(outcome)
    assert outcome.cases[0].message_count > WHOLE


def test_what_the_ticket_does_not_hear_of_is_nothing_for_a_next_part_to_go_with() -> None:
    store = Store(replace(CHAT, abuse=AbusePolicy(per_sender=1)))
    offers = (said(number, f"Offer {number}", sent_at=NOON + timedelta(minutes=number)) for number in range(WHOLE + 3))
    *_, last = [store.take(each) for each in offers]
    assert writes(last) == []
    assert [each.joining for each in last.dialogues] == [None]
    danger = store.take(said(200, "My account is hacked", sent_at=NOON + timedelta(minutes=WHOLE + 2)), STOLEN)
    assert TicketAction.MESSAGE in writes(danger)
    assert danger.dialogues[0].joining is not None


def test_a_proven_sender_is_not_taken_for_those_who_forge_his_domain() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_domain=3), proving=frozenset({"support"})))
    for number in range(30):
        store.take(
            mail(number, party(f"x{number}@mail.test")), assessment=Assessment(facts=(mail_auth(FactOutcome.FAIL),))
        )
    honest = store.take(mail(50, party("carol@mail.test"), subject="My withdrawal"))
    assert honest.cases[0].message_count == 1
    assert writes(honest) == [TicketAction.MESSAGE]
    assert len(replies(honest)) == 1


def test_a_case_of_many_senders_answers_none_of_them() -> None:
    store = Store(replace(POLICY, abuse=AbusePolicy(per_domain=2)))
    outcomes = [store.take(mail(number, party(f"u{number}@flood.example"))) for number in range(6)]
    assert outcomes[-1].cases[0].requester.address == ""
    assert outcomes[-1].cases[0].participants == ()
