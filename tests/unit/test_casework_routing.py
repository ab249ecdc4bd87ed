"""Which ticket system a case goes to: routes, mirrors, spares; merges, deletions and transfers between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.case import Attachment, AttachmentState, Case, CaseState, Direction, Entry, Triage
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.casework.routing import Route
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import Fetched, TicketAction, TicketEvent, Transferred
from gateway.settings.model import ROUTE_KEYS
from tests.builders import NOON, case, message, provenance
from tests.unit.test_casework import NOW, NUMBER, POLICY, past

MAIN, RISK, COPY, SPARE = "backend:main", "backend:risk", "backend:copy", "backend:spare"
ROUTES = (
    Route(MAIN, takes_files=True),
    Route(RISK, {"queue": frozenset({"risk"})}),
    Route(COPY, mirrors=MAIN),
    Route(SPARE, spare_for=MAIN),
)
DESKS = replace(POLICY, backend=MAIN, routes=ROUTES)


def run(event: Any, seen: Past, policy: Policy = DESKS, triage: Triage | None = None) -> Outcome:
    return decide(Judged(event, triage=triage or Triage()), seen, policy, NOW)


def act(kind: str, source: str = MAIN, **fields: Any) -> TicketEvent:
    given = {"id": "e1", "ticket": "7", "kind": kind, "at": NOON, "provenance": provenance("e1", source=source)}
    return TicketEvent(**(given | fields))


def written(outcome: Outcome, action: TicketAction) -> dict[str, Any]:
    """Return target → intent of the tickets' writes of one kind."""
    found = [each for each in outcome.effects if each.ticket is not None and each.ticket.action is action]
    assert len({each.key for each in found}) == len(found)
    return {each.target: each.ticket for each in found}


def test_a_case_goes_where_a_route_takes_it_and_else_to_the_first() -> None:
    plain = run(message(), past())
    risky = run(message(), past(), triage=Triage(queue="risk"))
    assert [each.cases[0].backend for each in (plain, risky)] == [MAIN, RISK]
    assert set(written(risky, TicketAction.MESSAGE)) == {RISK}


def test_a_mirror_gets_a_copy_of_every_write_under_a_key_of_its_own() -> None:
    assert set(written(run(message(), past()), TicketAction.MESSAGE)) == {MAIN, COPY}


def test_new_cases_go_to_the_spare_while_its_primary_is_away_and_old_ones_wait_for_it() -> None:
    away = replace(DESKS, away=frozenset({MAIN}))
    assert run(message(), past(), away).cases[0].backend == SPARE
    known = case(NUMBER, backend=MAIN)
    follow_up = run(message("m2"), past(by_ref=(known,), cases=(known,)), away)
    assert set(written(follow_up, TicketAction.MESSAGE)) == {MAIN, COPY}


def test_a_case_of_a_ticket_system_that_is_no_more_is_routed_anew() -> None:
    known = case(NUMBER, backend="backend:former")
    outcome = run(message("m2"), past(by_ref=(known,), cases=(known,)))
    assert set(written(outcome, TicketAction.MESSAGE)) == {MAIN, COPY}


def test_what_a_route_may_ask_for_is_what_a_case_has() -> None:
    for key in ROUTE_KEYS:
        assert key == "tag" or key in Case.model_fields
    tagged = case(tags=("vip",), queue="risk")
    assert Route(MAIN, {"tag": frozenset({"vip"}), "queue": frozenset({"risk", "other"})}).fits(tagged)
    assert not Route(MAIN, {"tag": frozenset({"vip"}), "language": frozenset({"de"})}).fits(tagged)


def test_an_act_finds_its_case_by_its_ticket() -> None:
    event = act("replied", text="Hello")
    assert ask(event, DESKS, NOW).ticket == (MAIN, "7")
    known = case(NUMBER, backend=MAIN)
    outcome = run(event, Past(by_ticket=(known,)))
    assert [each.kind for each in outcome.effects if each.kind is not EffectKind.TICKET] == [EffectKind.ANSWER]


def test_an_answer_is_told_to_the_mirror_and_nothing_a_mirror_says_counts() -> None:
    known = case(NUMBER, backend=MAIN)
    outcome = run(act("replied", text="Hello"), Past(by_ticket=(known,)))
    assert set(written(outcome, TicketAction.NOTE)) == {COPY}
    assert written(outcome, TicketAction.STATE)[COPY].state is CaseState.WAITING
    solved = run(act("solved", source=COPY), Past(by_ticket=(known,)))
    assert (solved.effects, solved.cases) == ((), ())
    lost = run(act("replied", source=COPY, text="Hello"), Past(by_ticket=(known,)))
    assert lost.cases == ()
    assert [each.kind for each in lost.effects] == [EffectKind.TICKET]
    assert "not sent" in written(lost, TicketAction.NOTE)[COPY].note


def test_a_merged_ticket_is_followed_and_the_case_says_into_which() -> None:
    known, other = case(NUMBER, backend=MAIN), case("GH-BBBBB-BBBBB", backend=MAIN)
    event = act("merged", into="9")
    assert ask(event, DESKS, NOW).into == (MAIN, "9")
    outcome = run(event, Past(by_ticket=(known,), into=(other,)))
    assert [(each.case_id, each.target, each.ticket, each.to) for each in outcome.tickets] == [(NUMBER, MAIN, "7", "9")]
    assert outcome.cases[0].is_merged
    assert run(act("merged"), Past(by_ticket=(known,))).tickets == ()


def test_after_a_merge_an_answer_goes_to_whose_ticket_it_was() -> None:
    owner = case(NUMBER, backend=MAIN)
    merged = case("GH-BBBBB-BBBBB", backend=MAIN)
    outcome = run(act("replied", text="Hello"), Past(by_ticket=(owner, merged)))
    assert [each.id for each in outcome.cases] == [NUMBER]


def test_a_deleted_ticket_ends_its_case_and_the_next_write_opens_another() -> None:
    outcome = run(act("deleted"), Past(by_ticket=(case(NUMBER, backend=MAIN),)))
    assert [(each.ticket, each.to) for each in outcome.tickets] == [("7", "")]
    assert outcome.cases[0].state is CaseState.SOLVED


@pytest.mark.parametrize("kind", ["solved", "reopened", "deleted", "merged"])
def test_what_happens_to_a_ticket_that_the_case_has_no_more_changes_nothing(kind: str) -> None:
    known = case(NUMBER, backend=MAIN)
    event = act(kind, case_id=NUMBER, into="9")
    assert ask(event, DESKS, NOW).ticket == (MAIN, "7")
    old = run(event, Past(cases=(known,), current="8"))
    assert (old.cases, old.tickets, old.effects) == ((), (), ())
    assert run(event, Past(cases=(known,), current="7")).cases


def test_an_answer_tells_agents_which_of_its_files_are_lost() -> None:
    known = case(NUMBER, backend=RISK)
    outcome = run(act("replied", source=RISK, text="Hello", lost=("a.png",)), Past(by_ticket=(known,)))
    assert "a.png" in written(outcome, TicketAction.NOTE)[RISK].note


def test_a_transfer_writes_the_whole_thread_to_the_other_ticket_system() -> None:
    known = case(NUMBER, backend=MAIN, state=CaseState.WAITING)
    first = message("m1", attachments=(Attachment(id="f", name="a.png", ref="r", state=AttachmentState.STORED),))
    entries = (
        Entry(case_id=NUMBER, message=first, at=NOON),
        Entry(case_id=NUMBER, direction=Direction.OUT, message=message("a1", text="We look."), at=NOON),
        Entry(case_id=NUMBER, message=message("m2"), at=NOON),
        Entry(case_id=NUMBER, message=first.model_copy(update={"version": 2}), at=NOON),
    )
    routes = (*ROUTES[:2], Route("backend:new", {"queue": frozenset({"none"})}, takes_files=True))
    policy = replace(DESKS, routes=routes)
    event = Transferred(case_id=NUMBER, to="backend:new", by="op", provenance=provenance("t1", source="engine"))
    assert ask(event, policy, NOW).file_of == NUMBER
    outcome = run(event, Past(cases=(known,), file=entries), policy)
    assert outcome.cases[0].backend == "backend:new"
    there = [each.ticket for each in outcome.effects if each.target == "backend:new" and each.ticket is not None]
    assert [(each.action, each.message_id) for each in there] == [
        (TicketAction.MESSAGE, "mail:m1"),
        (TicketAction.FILE, "mail:m1"),
        (TicketAction.NOTE, None),
        (TicketAction.MESSAGE, "mail:m2"),
        (TicketAction.STATE, None),
    ]
    assert "We look." in there[2].note
    assert set(written(outcome, TicketAction.NOTE)) == {MAIN, "backend:new"}
    again = run(event, Past(cases=(outcome.cases[0],), file=entries), policy)
    assert (again.effects, again.cases) == ((), ())


@pytest.mark.parametrize("to", ["backend:nowhere", MAIN])
def test_a_transfer_to_nowhere_or_to_where_it_is_changes_nothing(to: str) -> None:
    event = Transferred(case_id=NUMBER, to=to, provenance=provenance("t1", source="engine"))
    outcome = run(event, Past(cases=(case(NUMBER, backend=MAIN),)))
    assert (outcome.effects, outcome.cases) == ((), ())


@pytest.mark.parametrize(("target", "expected"), [(MAIN, 1), (RISK, 0)])
def test_a_file_that_came_later_goes_to_the_ticket_where_files_can(target: str, expected: int) -> None:
    file = Attachment(id="f", name="a.png", ref="r", state=AttachmentState.NOT_FETCHED)
    known = Entry(case_id=NUMBER, message=message(attachments=(file,)), at=NOON)
    event = Fetched(
        message_id="mail:m1",
        attachment_id="f",
        state=AttachmentState.STORED,
        size=3,
        sha256="ab",
        provenance=provenance("f1", source="engine"),
    )
    seen = past(entry=known, cases=(case(NUMBER, backend=target),))
    policy = replace(DESKS, routes=ROUTES[:2])
    assert len(written(run(event, seen, policy), TicketAction.FILE)) == expected


@pytest.mark.parametrize("state", list(CaseState))
def test_a_message_opens_a_ticket_again_that_waited_or_was_solved(state: CaseState) -> None:
    known = case(NUMBER, backend=RISK, state=state)
    outcome = run(message("m2"), past(by_ref=(known,), cases=(known,)))
    opened = [intent.state for intent in written(outcome, TicketAction.STATE).values()]
    assert opened == ([] if state is CaseState.OPEN else [CaseState.OPEN])
    assert next(each.ticket.action for each in outcome.effects if each.ticket is not None) is TicketAction.MESSAGE
