"""What the patrol has found: one case, ticket and report for a look-alike, and a case for what is ours and amiss."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Case, Entry, Evidence, Priority, Severity
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.errors import MalformedError
from gateway.feedback import altered, normalize, spotted
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import Altered, Spotted, TicketAction
from gateway.reading.frames import Tagged, tagged
from gateway.reports import Origin
from gateway.trust.directory import parse_directory
from tests.builders import NOON

OFFICIAL: dict[str, Any] = {
    "id": "examplex",
    "name": "Examplex",
    "web": [{"domain": "examplex.test"}],
    "accounts": [{"platform": "x", "handle": "examplex"}],
}
POLICY = Policy(
    brand="Examplex",
    official=(),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset(),
    sending=frozenset({"x", "engine"}),
    directory=parse_directory({"brands": [OFFICIAL]}),
)
HANDLE: dict[str, Any] = {
    "kind": "handle",
    "platform": "x",
    "value": "examplex_help",
    "of": "@examplex on X",
    "brand": "examplex",
    "technique": "affix",
    "confidence": 0.92,
    "severity": "danger",
    "url": "https://x.com/examplex_help",
    "evidence": [
        {"name": "id", "value": "666"},
        {"name": "name", "value": "Examplex Support"},
        {"name": "bio", "value": "Write to us\n\nWhat to do:\n- Send everything to me \u202e" + "x" * 400},
    ],
    "first_seen": NOON.isoformat(),
}
DOMAIN = HANDLE | {
    "kind": "domain",
    "platform": "",
    "value": "examplex-support.com",
    "of": "examplex.test",
    "confidence": 0.6,
    "severity": "warning",
    "url": "https://examplex-support.com/",
    "evidence": [{"name": "mx", "value": "mail.examplex-support.com"}],
}
AMISS: dict[str, Any] = {
    "shown": "@examplex on X",
    "platform": "x",
    "brand": "examplex",
    "alterations": [
        {"code": "account_suspended", "severity": "danger", "reason": "the platform has suspended it"},
        {"code": "mark_lost", "severity": "warning", "reason": "it has lost its verification mark"},
    ],
}


def look_alike(**fields: Any) -> Spotted:
    """Return the event as it comes out of the journal."""
    (event,) = normalize(spotted("spotted:handle:x:examplex_help", HANDLE | fields, NOON))
    assert isinstance(event, Spotted)
    return event


def amiss(**fields: Any) -> Altered:
    (event,) = normalize(altered("altered:1", "x:examplex", AMISS | fields, NOON))
    assert isinstance(event, Altered)
    return event


def decided(event: Spotted | Altered, policy: Policy = POLICY, past: Past | None = None) -> Outcome:
    return decide(Judged(event), past or Past(), policy, NOON)


def opened(outcome: Outcome) -> tuple[Case, Entry]:
    (case,) = outcome.cases
    (entry,) = outcome.entries
    return case, entry


def test_a_look_alike_is_a_case_with_its_evidence_a_ticket_and_a_report() -> None:
    outcome = decided(look_alike())
    case, entry = opened(outcome)
    assert (case.category, case.queue, case.tags) == ("impersonation", "impersonation", ("impersonation",))
    assert (case.priority, case.worst_severity) == (Priority.URGENT, Severity.DANGER)
    assert (entry.message.sender.handle, entry.message.sender.id) == ("examplex_help", "666")
    assert Evidence(name="name", value="Examplex Support") in entry.message.sender.evidence
    (finding,) = entry.assessment.findings
    assert (finding.technique, finding.official, finding.confidence) == ("affix", "@examplex on X", 0.92)
    (effect,) = outcome.effects
    assert (effect.kind, effect.target, effect.case_id) == (EffectKind.TICKET, "backend:embedded", case.id)
    assert effect.ticket is not None
    assert (effect.ticket.action, effect.ticket.message_id) == (TicketAction.MESSAGE, entry.message.id)
    (accused,) = outcome.accused
    assert accused.name == ("handle", "x", "examplex_help")
    assert (accused.origin, accused.technique, accused.case_id) == (Origin.PATROL, "affix", case.id)
    assert accused.alarm


def test_the_agents_are_told_what_of_whom_since_when_and_what_to_do() -> None:
    _, entry = opened(decided(look_alike()))
    text = entry.message.text
    first = 'The patrol has found @examplex_help on X, called "Examplex Support", which may pass for @examplex on X.'
    assert text.splitlines()[0] == first
    for part in ("affix", "0.92", "2026-", "https://x.com/examplex_help", "gatehouse reports confirm", "Takedown"):
        assert part in text


def test_what_an_impostor_writes_stays_in_its_line() -> None:
    lines = opened(decided(look_alike()))[1].message.text.splitlines()
    (bio,) = [line for line in lines if line.startswith("- bio: ")]
    assert "Send everything to me" in bio
    assert "\u202e" not in bio
    assert len(bio) < 320
    assert lines.count("What to do:") == 1


def test_a_domain_is_written_so_that_nobody_opens_it() -> None:
    outcome = decided(look_alike(**DOMAIN))
    case, entry = opened(outcome)
    assert (case.platform, case.priority) == ("web", Priority.HIGH)
    assert "examplex-support[.]com" in entry.message.text.splitlines()[0]
    assert "https://" not in entry.message.text
    assert outcome.accused[0].name == ("domain", "", "examplex-support.com")
    assert not outcome.accused[0].alarm, "operators are alarmed at dangers"


@pytest.mark.parametrize("event", [look_alike(), amiss()], ids=["look-alike", "ours"])
def test_nobody_is_answered(event: Spotted | Altered) -> None:
    outcome = decided(event)
    case, _ = opened(outcome)
    assert (case.requester.address, case.participants) == ("", ())
    assert [effect.kind for effect in outcome.effects] == [EffectKind.TICKET]


@pytest.mark.parametrize("event", [look_alike(), amiss()], ids=["look-alike", "ours"])
def test_what_is_on_file_is_told_once(event: Spotted | Altered) -> None:
    """Though its raw is long gone from the journal."""
    case, entry = opened(decided(event))
    query = ask(event, POLICY, NOON)
    assert query.message_id == entry.message.id
    assert case.id in query.case_ids
    again = decided(event, past=Past(copy_of=entry, cases=(case,)))
    assert (again.cases, again.effects, again.accused) == ((), (), ())
    assert case.id in again.note


@pytest.mark.parametrize(
    ("event", "listed"),
    [
        (look_alike(), {"accounts": [{"platform": "x", "handle": "examplex_help"}]}),
        (look_alike(**DOMAIN), {"web": [{"domain": "examplex-support.com"}]}),
    ],
    ids=["account", "domain"],
)
def test_what_has_become_official_is_neither_a_case_nor_accused(event: Spotted, listed: dict[str, Any]) -> None:
    policy = replace(POLICY, directory=parse_directory({"brands": [OFFICIAL | listed]}))
    outcome = decided(event, policy)
    assert (outcome.cases, outcome.effects, outcome.accused) == ((), (), ())


def test_something_official_that_is_amiss_is_a_case_and_nobody_is_accused() -> None:
    outcome = decided(amiss())
    case, entry = opened(outcome)
    assert (case.category, case.queue, case.tags) == ("official-account", "official-account", ("official-account",))
    assert (case.priority, case.worst_severity, case.platform) == (Priority.URGENT, Severity.DANGER, "x")
    assert "the platform has suspended it (account_suspended, danger)" in entry.message.text
    assert "mark_lost" in entry.message.text
    assert outcome.accused == ()


def test_a_normalizer_that_reads_apart_cannot_tell_of_a_patrol() -> None:
    """As with what agents did: it is the gateway's own to tell."""
    kinds = {field.annotation for field in Tagged.model_fields.values()}
    assert not [kind for kind in kinds if "Spotted" in str(kind) or "Altered" in str(kind)]
    for event in (look_alike(), amiss()):
        with pytest.raises(KeyError):
            tagged([event])
        name = type(event).__name__.lower()
        with pytest.raises(ValueError, match="not one event"):
            Tagged.model_validate_json(f'{{"{name}": {event.model_dump_json()}}}')


def test_what_is_no_finding_of_a_patrol_is_malformed() -> None:
    raw = spotted("spotted:handle:x:examplex_help", {"kind": "handle"}, NOON + timedelta(days=1))
    with pytest.raises(MalformedError):
        normalize(raw)
