"""What follows from the codes in a picture that was fetched later: filed, told to agents, the user warned if grave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import (
    Attachment,
    AttachmentState,
    Case,
    Entry,
    Evidence,
    Fact,
    FactOutcome,
    Message,
    Priority,
    Severity,
    Visibility,
)
from gateway.casework import Judged, Outcome, decide
from gateway.caution import Caution
from gateway.journal import Effect, EffectKind
from gateway.past import Past
from gateway.ports import Fetched
from gateway.trust.assess import QR
from tests.builders import NOON, case, message, party, provenance
from tests.unit.test_casework_accusing import POLICY as DESK

POLICY = replace(DESK, sending=frozenset({"tg"}))
LOOK_ALIKE = "https://examplex-support.example.com/login"
SUBJECT = "examplex-support.example.com"
PICTURE = Attachment(id="a1", name="code.jpg", declared_type="image/jpeg", state=AttachmentState.NOT_FETCHED)
CASE = case(channel="tg", platform="telegram", language="en")


def came(*texts: str, **fields: Any) -> Fetched:
    evidence = tuple(Evidence(name="text", value=text) for text in texts)
    outcome = FactOutcome.PASS if texts else FactOutcome.NONE
    told = {
        "message_id": "m1",
        "attachment_id": "a1",
        "state": AttachmentState.STORED,
        "codes": Fact(kind=QR, subject="a1", outcome=outcome, evidence=evidence),
        "provenance": provenance(source="engine"),
    }
    return Fetched(**(told | fields))


def known(**fields: Any) -> Message:
    sender = party("7").model_copy(update={"platform": "telegram", "id": "7"})
    told = {
        "platform": "telegram",
        "sender": sender,
        "attachments": (PICTURE,),
        "provenance": provenance(source="tg"),
        "sent_at": NOON,
    }
    return message("m1", **(told | fields))


def decided(
    event: Fetched, said: Message | None = None, of: Case = CASE, policy: Any = POLICY, part_of: str = "", **more: Any
) -> Outcome:
    entry = Entry(case_id=of.id, message=said or known(), at=NOON, part_of=part_of, **more)
    return decide(Judged(event), Past(entry=entry, cases=(of,)), policy, NOON)


def notes(outcome: Outcome) -> list[str]:
    return [each.ticket.note for each in outcome.effects if each.ticket is not None]


def warnings(outcome: Outcome) -> list[Effect]:
    return [each for each in outcome.effects if each.kind is EffectKind.WARNING]


def test_a_look_alike_is_filed_noted_warned_of_and_accused() -> None:
    outcome = decided(came(LOOK_ALIKE))
    (entry,), (changed,) = outcome.entries, outcome.cases
    (finding,) = entry.assessment.findings
    assert (finding.code, finding.subject) == ("look_alike_mentioned", SUBJECT)
    assert finding.span is not None
    assert finding.span.field == "attachments"
    assert [each.kind for each in entry.assessment.facts] == [QR]
    assert entry.message.attachments[0].state is AttachmentState.STORED
    (note,) = notes(outcome)
    assert "code.jpg" in note
    assert SUBJECT in note
    assert note.endswith("The user is warned.")
    (warning,) = warnings(outcome)
    assert warning.reply is not None
    assert warning.reply.to.address == "7"
    assert warning.reply.automatic
    assert LOOK_ALIKE not in warning.reply.text
    assert changed.worst_severity is Severity.WARNING
    assert (changed.priority, changed.tags) == (Priority.HIGH, ("impersonation",))
    assert (changed.message_count, changed.state, changed.version) == (CASE.message_count, CASE.state, CASE.version + 1)
    (accused,) = outcome.accused
    assert (accused.value, accused.case_id) == (SUBJECT, CASE.id)


def test_the_same_event_again_changes_nothing() -> None:
    first = decided(came(LOOK_ALIKE))
    again = decide(Judged(came(LOOK_ALIKE)), Past(entry=first.entries[0], cases=(first.cases[0],)), POLICY, NOON)
    assert (again.cases, again.entries, again.effects) == ((), (), ())


@pytest.mark.parametrize("texts", [(), ("https://examplex.test/",), ("a table of prices",)])
def test_what_holds_nothing_bad_is_filed_alone(texts: tuple[str, ...]) -> None:
    outcome = decided(came(*texts))
    assert outcome.effects == ()
    (entry,) = outcome.entries
    assert entry.assessment.findings == ()
    assert [[item.value for item in each.evidence] for each in entry.assessment.facts] == [list(texts)]


def test_what_could_not_be_looked_at_is_filed_as_such() -> None:
    fact = Fact(kind=QR, subject="a1", outcome=FactOutcome.COULD_NOT_CHECK, reason="broken")
    (entry,) = decided(came(codes=fact)).entries
    assert entry.assessment.facts == (fact,)


def test_what_the_message_has_shown_already_is_told_once() -> None:
    first = decided(came(LOOK_ALIKE)).entries[0].assessment
    outcome = decided(came(LOOK_ALIKE), assessment=first)
    assert outcome.effects == ()
    assert outcome.entries[0].assessment.findings == first.findings


def test_a_secret_in_a_code_stands_in_no_case_and_no_note() -> None:
    seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    outcome = decided(came(f"otpauth://totp/Examplex:ann?secret={seed}&issuer=Examplex", LOOK_ALIKE))
    assert SUBJECT in notes(outcome)[0]
    assert seed not in repr(outcome)


@pytest.mark.parametrize(
    ("fields", "of", "policy", "reason"),
    [
        ({"visibility": Visibility.GROUP}, CASE, POLICY, "everybody reads there"),
        ({"visibility": Visibility.PUBLIC}, CASE, POLICY, "everybody reads there"),
        ({}, CASE.model_copy(update={"tags": ("opted-out",)}), POLICY, "the person opted out"),
        ({}, CASE, DESK, "this channel cannot send"),
        ({"sent_at": NOON - timedelta(days=3)}, CASE, POLICY, "the message is old"),
        ({"sender": party("")}, CASE, POLICY, "no_address"),
    ],
    ids=["group", "public", "opted out", "no sender", "old", "nobody to write to"],
)
def test_agents_are_told_why_the_user_is_not_warned(fields: dict[str, Any], of: Case, policy: Any, reason: str) -> None:
    outcome = decided(came(LOOK_ALIKE), known(**fields), of, policy)
    assert warnings(outcome) == []
    assert f"not warned: {reason}" in notes(outcome)[0]
    assert bool(outcome.accused) is (reason != "the message is old")


def test_of_an_album_the_warning_is_one_effect_and_each_picture_has_its_note() -> None:
    one = decided(came(LOOK_ALIKE), part_of="m0")
    other_picture = PICTURE.model_copy(update={"id": "a2"})
    other = decided(
        came(LOOK_ALIKE, message_id="m2", attachment_id="a2"),
        known(attachments=(other_picture,)).model_copy(update={"id": "m2"}),
        part_of="m0",
    )
    assert warnings(one)[0].key == warnings(other)[0].key
    assert {each.key for each in one.effects}.isdisjoint(each.key for each in other.effects if each.ticket)


def test_the_desk_says_what_a_finding_leads_to() -> None:
    own = replace(POLICY, cautions={"look_alike_mentioned": Caution(tag="codes", queue="fraud")})
    (changed,) = decided(came(LOOK_ALIKE), policy=own).cases
    assert (changed.tags, changed.queue) == (("codes",), "fraud")
