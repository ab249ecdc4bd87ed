"""The commands of one question and one answer: /start, /help, /new, /status, /language, /close, /cancel. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from gateway.answers.asking import CASE_HERE, Act, ActKind, Rows, Told, Turn, has_lapsed, idle, stepping
from gateway.answers.compose import official_line
from gateway.answers.first import THANKS, when
from gateway.answers.locales import LANGUAGES
from gateway.answers.tokens import cited_case_ids
from gateway.case import Case, CaseState
from gateway.ports import Button

_IN_A_ROW = 2
"""Languages side by side, so that each is read on a narrow screen."""
CLOSING = "close:ask"
"""The step in which a written answer says whether a case is to be closed."""
MAX_SHOWN = 3
"""Cases that /status tells of at a time."""

MENU: Mapping[str, str] = {
    "help": "command-help",
    "new": "command-new",
    "status": "command-status",
    "verify": "command-verify",
    "report": "command-report",
    "language": "command-language",
    "close": "command-close",
    "cases": "command-cases",
    "reopen": "command-reopen",
    "agent": "command-agent",
    "kyc": "command-kyc",
    "security": "command-security",
    "link": "command-link",
}
"""The commands that users are told of, with the text that says what each does."""

STATES: Mapping[CaseState, tuple[str, str]] = {
    CaseState.OPEN: ("state-open", "next-open"),
    CaseState.WAITING: ("state-waiting", "next-waiting"),
    CaseState.SOLVED: ("state-solved", "next-solved"),
}
"""What is told of a state, and of what follows."""


def start(turn: Turn, args: str) -> Told | None:
    """Greet; with a one-time token, bind the chat to its case."""
    if len(args.split()) > 1:
        return None
    if not args:
        return _greet(turn)
    token = turn.asked.token
    if token is None or not token.opens_for(turn.asked.person_id, turn.asked.now):
        return turn.says(turn.tell.text("start-link-useless"), turn.tell.text("never-line"), note="start: no token")
    if not token.case_id:
        # It only led here; it is spent all the same.
        return replace(_greet(turn), act=Act(ActKind.BIND))
    return turn.says(
        turn.tell.text("start-bound", case=token.case_id),
        turn.tell.text("never-line"),
        dialogue=idle(turn.asked.dialogue).at_case(token.case_id),
        act=Act(ActKind.BIND, case_id=token.case_id),
        note="start: bound",
    )


def _greet(turn: Turn) -> Told:
    tell = turn.tell
    return turn.says(
        tell.text("start-hello", brand=tell.brand),
        tell.text("never-line"),
        *official_line(turn.desk.official, tell),
        _commands(turn),
        buttons=_choices(turn),
        note="start",
    )


def help_(turn: Turn, args: str) -> Told | None:
    """Tell what can be asked for; more words than one are the user's matter and go to the desk."""
    if len(args.split()) > 1:
        return None
    return turn.says(
        turn.tell.text("help-hello"),
        _commands(turn),
        turn.tell.text("never-line"),
        buttons=_choices(turn),
        note="help",
    )


def _commands(turn: Turn) -> str:
    return "\n".join(f"/{name} - {turn.tell.text(key)}" for name, key in MENU.items())


def _choices(turn: Turn) -> Rows:
    return (
        (turn.menu("button-status", "status"), turn.menu("button-verify", "verify")),
        (turn.menu("button-report", "report"), turn.menu("button-language", "language")),
        (turn.menu("button-new", "new"), turn.menu("button-agent", "agent")),
    )


def new(turn: Turn, args: str) -> Told:
    """Leave the case that the dialogue is at; what was written with the command is the new one's first words."""
    dialogue = idle(turn.asked.dialogue).model_copy(update={"case_id": None})
    if args:
        act = Act(ActKind.OPEN, text=args)
        return turn.says(turn.tell.text("new-opened", case=CASE_HERE), dialogue=dialogue, act=act, note="new: opened")
    return turn.says(turn.tell.text("new-ask"), dialogue=dialogue, note="new")


def status(turn: Turn, args: str) -> Told:
    """Tell of the person's own cases; another's number is answered as one that does not exist."""
    cases = turn.asked.cases
    if args:
        cases = named(turn, args)
        if not cases:
            return turn.says(turn.tell.text("status-unknown"), note="status: unknown number")
    elif not cases:
        return turn.says(turn.tell.text("status-none"), note="status: none")
    told = [_case(case, turn) for case in cases[:MAX_SHOWN]]
    if len(cases) > MAX_SHOWN:
        told.append(turn.tell.text("status-more", count=str(len(cases) - MAX_SHOWN)))
    return turn.says(*told, note=f"status: {len(cases)}")


def named(turn: Turn, args: str) -> tuple[Case, ...]:
    """Return those of the person's own cases that are named."""
    cited = cited_case_ids(args)
    return tuple(case for case in turn.asked.cases if case.id in cited)


def _case(case: Case, turn: Turn) -> str:
    state, following = STATES[case.state]
    told = turn.tell.text(
        "status-case",
        case=case.id,
        state=turn.tell.text(state),
        opened=moment(case.opened_at),
        changed=moment(case.updated_at),
        next=turn.tell.text(following),
    )
    if case.state is not CaseState.OPEN or case.category in THANKS:
        return told
    return f"{told}\n{when(case.due_at, turn.asked.now, turn.tell)}"


def moment(at: datetime) -> str:
    """Return a time as users read it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def language(turn: Turn, args: str) -> Told:
    """Let the person choose a language; one that is named with the command is taken at once."""
    asked_for = args.casefold()
    for tag in LANGUAGES:
        if asked_for in (tag.casefold(), tag.partition("-")[0], _own_name(turn, tag).casefold()):
            return choose_language(turn, tag)
    named = [Button(text=_own_name(turn, tag), data=turn.signed("language", tag)) for tag in LANGUAGES]
    rows = tuple(tuple(named[place : place + _IN_A_ROW]) for place in range(0, len(named), _IN_A_ROW))
    if not turn.desk.manners.buttons:
        ways = "\n".join(f"/language {tag} - {_own_name(turn, tag)}" for tag in LANGUAGES)
        return turn.says(turn.tell.text("language-ask"), ways, note="language")
    return turn.says(turn.tell.text("language-ask"), buttons=rows, note="language")


def choose_language(turn: Turn, tag: str) -> Told:
    """Speak that language from now on."""
    if tag not in LANGUAGES:
        return stale(turn)
    dialogue = turn.asked.dialogue.model_copy(update={"language": tag})
    text = turn.desk.locales.text(tag, "language-chosen")
    return turn.says(text, dialogue=dialogue, note=f"language: {tag}")


def _own_name(turn: Turn, tag: str) -> str:
    return turn.desk.locales.own_name(tag)


def close(turn: Turn, args: str) -> Told:
    """Ask whether to close a case: the one that is named, the one that the dialogue is at, or the newest open one."""
    found = named(turn, args) if args else _current_first(turn)
    case = next((each for each in found if each.state is not CaseState.SOLVED), None)
    if case is None:
        return turn.says(turn.tell.text("close-none"), note="close: none")
    buttons = (turn.button("button-close", "close", case.id), turn.button("button-keep", "keep"))
    # Without buttons the answer is written: what it is about must be remembered until then.
    written = not turn.desk.manners.buttons
    dialogue = stepping(turn.asked.dialogue, CLOSING, (("case", case.id),), turn.asked.now) if written else None
    text = turn.tell.text("close-ask", case=case.id)
    return turn.says(text, buttons=(buttons,), dialogue=dialogue, note="close: to be confirmed")


def close_answered(turn: Turn) -> Told | None:
    """Take the written answer to whether a case is to be closed; None for anything else, which leaves it open."""
    dialogue, message = turn.asked.dialogue, turn.asked.message
    said = message.text.strip().casefold() if message is not None else ""
    case_id = next((value for name, value in dialogue.draft if name == "case"), "")
    if has_lapsed(dialogue, turn.asked.now) or not case_id:
        return None
    if said == turn.tell.text("button-close").casefold():
        return close_confirmed(turn, case_id)
    return (
        replace(close_kept(turn), dialogue=idle(dialogue)) if said == turn.tell.text("button-keep").casefold() else None
    )


def _current_first(turn: Turn) -> tuple[Case, ...]:
    current = turn.asked.dialogue.case_id
    return tuple(sorted(turn.asked.cases, key=lambda case: case.id != current))


def close_confirmed(turn: Turn, case_id: str) -> Told:
    """Close the case if it still is the person's and open: the button may be old."""
    case = next((each for each in named(turn, case_id) if each.state is not CaseState.SOLVED), None)
    if case is None:
        return turn.says(turn.tell.text("close-none"), note="close: none")
    dialogue = idle(turn.asked.dialogue)
    if dialogue.case_id == case.id:
        dialogue = dialogue.model_copy(update={"case_id": None})
    act = Act(ActKind.CLOSE, case_id=case.id)
    return turn.says(turn.tell.text("close-done", case=case.id), dialogue=dialogue, act=act, note="close: confirmed")


def close_kept(turn: Turn) -> Told:
    """Leave the case open."""
    return turn.says(turn.tell.text("close-kept"), dialogue=turn.asked.dialogue, note="close: kept")


def cancel(turn: Turn, args: str = "") -> Told:
    """End whatever step there is; nothing of it is sent."""
    key = "cancelled" if turn.asked.dialogue.step else "cancel-nothing"
    return turn.says(turn.tell.text(key), note="cancelled")


def unknown(turn: Turn) -> Told:
    """Say that there is no such command; it is no case."""
    return turn.says(turn.tell.text("unknown-command"), dialogue=turn.asked.dialogue, note="unknown command")


def stale(turn: Turn) -> Told:
    """Say mildly that a button is not this person's or is too old; what is under way goes on."""
    return turn.says(turn.tell.text("button-stale"), dialogue=turn.asked.dialogue, note="button refused")
