"""The commands about one's own cases beyond status and close: /cases, /reopen, /agent. Pure.

Another's number is answered as one that does not exist: whoever guesses numbers learns nothing.
"""

from __future__ import annotations

from gateway.answers.asking import CASE_HERE, Act, ActKind, Told, Turn, idle
from gateway.answers.basics import STATES, moment, named
from gateway.answers.first import when
from gateway.case import Case, CaseState, Priority

MOST_LISTED = 10
"""Cases that /cases names."""
WANTS_PERSON = "wants-person"
"""The tag of cases whose user wants a person: no machine asks anything more there."""


def cases(turn: Turn, args: str) -> Told | None:
    """List the person's own cases, the last changed first; more words than one are the user's matter."""
    if args:
        return None
    own = turn.asked.cases
    if not own:
        return turn.says(turn.tell.text("status-none"), note="cases: none")
    told = [turn.tell.text("cases-head"), *(line(turn, case) for case in own[:MOST_LISTED])]
    if len(own) > MOST_LISTED:
        told.append(turn.tell.text("cases-more", count=str(len(own) - MOST_LISTED)))
    return turn.says("\n".join(told), note=f"cases: {len(own)}")


def line(turn: Turn, case: Case) -> str:
    """Return a case on one line."""
    state = turn.tell.text(STATES[case.state][0])
    return turn.tell.text("cases-line", case=case.id, state=state, changed=moment(case.updated_at))


def reopen(turn: Turn, args: str) -> Told:
    """Open a closed case again: the one that is named, else the one that was closed last."""
    found = named(turn, args) if args else turn.asked.cases
    case = next((each for each in found if each.state is CaseState.SOLVED), None)
    if case is None:
        return turn.says(turn.tell.text("reopen-none"), note="reopen: none")
    act = Act(ActKind.REOPEN, case_id=case.id)
    return turn.says(turn.tell.text("reopen-done", case=case.id), act=act, note="reopen")


def agent(turn: Turn, args: str) -> Told:
    """Let a person answer: on the case that the dialogue is at, or the newest open one, else on a new one.

    What is written with the command is the new case's first words, or one more message of its user's.
    """
    numbers = named(turn, args) if args else ()
    current = turn.asked.dialogue.case_id
    own = numbers or tuple(sorted(turn.asked.cases, key=lambda case: case.id != current))
    case = next((each for each in own if each.state is not CaseState.SOLVED), None)
    if case is None:
        return _opened(turn, "" if numbers else args)
    time = when(case.due_at, turn.asked.now, turn.tell)
    act = Act(ActKind.PERSON, case_id=case.id, text="" if numbers else args)
    return turn.says(turn.tell.text("agent-done", case=case.id), time, act=act, note="agent")


def _opened(turn: Turn, args: str) -> Told:
    act = Act(
        ActKind.OPEN,
        text=args or "(The user asks to talk to a person.)",
        priority=Priority.HIGH,
        tags=(WANTS_PERSON,),
        subject="Asks for a person",
    )
    return turn.says(
        turn.tell.text("agent-opened", case=CASE_HERE),
        when(None, turn.asked.now, turn.tell),
        dialogue=idle(turn.asked.dialogue).model_copy(update={"case_id": None}),
        act=act,
        note="agent: opened",
    )
