"""The command /report, step by step: what it is, who it is, what was sent to them; then a case for the desk. Pure.

Whatever a user writes or points out on the way is kept for the agents; what it holds: `gateway.answers.evidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gateway.answers import basics
from gateway.answers.asking import CASE_HERE, Act, ActKind, Rows, Told, Turn, has_lapsed, idle, stepping
from gateway.answers.checking import is_label
from gateway.answers.evidence import (
    Draft,
    accused,
    brought,
    for_agents,
    has_substance,
    is_official,
    of_user,
    points_at,
    shown,
)
from gateway.case import Priority
from gateway.dialogue import MAX_PARTS, Dialogue
from gateway.ports import Ask, Button

CATEGORY = "impersonation"
"""The category, and the queue, of what is reported."""

_KIND, _WHAT, _HARM, _STORY = "report:kind", "report:what", "report:harm", "report:story"

KINDS: Mapping[str, str] = {
    "account": "kind-account",
    "group": "kind-group",
    "website": "kind-website",
    "mail": "kind-mail",
    "other": "kind-other",
}
"""What may be reported, and its text."""

_ADDRESSES = ("website", "mail")
"""What is known by an address, not by an account that could be picked."""

_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    _KIND: {key: ("kind", kind) for kind, key in KINDS.items()},
    _WHAT: {"button-skip": ("skip", "")},
    _HARM: {"button-yes": ("harm", "yes"), "button-no": ("harm", "no")},
    _STORY: {"button-send": ("send", "")},
}
"""The buttons of each step: what each says, and the action and argument that it bears."""


def is_under_way(dialogue: Dialogue) -> bool:
    """Whether the dialogue is in a step of a report."""
    return dialogue.step in _LABELS


def begin(turn: Turn, args: str) -> Told:
    """Ask what is to be reported; what stands behind the command is kept already."""
    draft = brought(turn, args, answers_whom=True)
    buttons = tuple((turn.button(key, "kind", kind),) for kind, key in KINDS.items())
    texts = (turn.tell.text("report-begin"), turn.tell.text("report-kind"))
    return _asks(turn, _KIND, draft, *texts, buttons=buttons, note="report: begun")


def answered(turn: Turn) -> Told | None:
    """Take a message in a step: it is kept, whether or not it answers the question."""
    asked = turn.asked
    message, draft = asked.message, asked.dialogue.draft
    if message is None:
        return None
    if has_lapsed(asked.dialogue, asked.now):
        return _open(turn, (*draft, *brought(turn, message.text))) if has_substance(draft) else None
    if is_label(turn, message.text, "button-cancel"):
        return basics.cancel(turn)
    for key, (action, arg) in _LABELS[asked.dialogue.step].items():
        if is_label(turn, message.text, key):
            return pressed(turn, action, arg)
    draft = (*draft, *brought(turn, message.text, answers_whom=asked.dialogue.step in (_KIND, _WHAT)))
    return _open(turn, draft) if len(draft) > MAX_PARTS else _TAKES[asked.dialogue.step](turn, draft)


def pressed(turn: Turn, action: str, arg: str) -> Told | None:
    """Take a press that belongs to the step; None for one that does not."""
    dialogue = turn.asked.dialogue
    choices = _LABELS.get(dialogue.step, {}).values()
    if (action, arg) not in choices or has_lapsed(dialogue, turn.asked.now):
        return None
    draft = dialogue.draft
    match action:
        case "kind":
            return _after_kind(turn, (*draft, ("kind", arg)))
        case "skip":
            return _ask_harm(turn, draft)
        case "harm" if arg == "no":
            return _ask_story(turn, (*draft, ("harm", arg)))
        case "harm":
            return _open(turn, (*draft, ("harm", arg)))
        case _:
            return _open(turn, draft)


def passed_on(turn: Turn, told: Told, name: str) -> Told:
    """Let a command end a report that is under way: what it has brought so far goes to the desk, with a word on it."""
    before = turn.asked.dialogue
    is_over = is_under_way(before) and (told.dialogue.step, told.dialogue.draft) != (before.step, before.draft)
    if not is_over or not has_substance(before.draft):
        return told
    act = _act(before.draft)
    match told.act.kind:
        case ActKind.NONE:
            rest = turn.tell.text("report-new-again") if name == "new" else told.text
            text = f"{turn.tell.text('report-passed-on', case=CASE_HERE)}\n\n{rest}"
            return replace(told, text=text, act=act, note=f"{told.note}; report passed on")
        case ActKind.OPEN:
            return replace(told, act=replace(told.act, text=f"{told.act.text}\n\n{act.text}"))
        case _:
            # A chat is bound to a case, or a case is closed: the report goes on.
            going_on = {"step": before.step, "draft": before.draft}
            return replace(told, dialogue=told.dialogue.model_copy(update=going_on))


def _after_kind(turn: Turn, draft: Draft) -> Told:
    return _ask_harm(turn, draft) if points_at(draft) else _ask_what(turn, draft)


def _ask_what(turn: Turn, draft: Draft) -> Told:
    kind = _kind(draft)
    key = "report-what-address" if kind in _ADDRESSES else "report-what-account"
    buttons = (*_pickers(turn, kind), (turn.button("button-skip", "skip"),))
    return _asks(turn, _WHAT, draft, turn.tell.text(key), buttons=buttons, note="report: who")


def _pickers(turn: Turn, kind: str) -> Rows:
    if kind in _ADDRESSES:
        return ()
    picks = (("button-pick-user", Ask.USER, "group"), ("button-pick-chat", Ask.CHAT, "account"))
    return tuple((Button(text=turn.tell.text(key), ask=ask),) for key, ask, needless in picks if kind != needless)


def _ask_harm(turn: Turn, draft: Draft, key: str = "report-harm") -> Told:
    texts = [turn.tell.text(key)]
    if is_official(draft):
        texts.insert(0, turn.tell.text("report-official", brand=turn.tell.brand))
    buttons = ((turn.button("button-yes", "harm", "yes"), turn.button("button-no", "harm", "no")),)
    return _asks(turn, _HARM, draft, *texts, buttons=buttons, note="report: harm")


def _ask_story(turn: Turn, draft: Draft, key: str = "report-story") -> Told:
    buttons = ((turn.button("button-send", "send"),),)
    return _asks(turn, _STORY, draft, turn.tell.text(key), buttons=buttons, note="report: story")


def _asks(turn: Turn, step: str, draft: Draft, *texts: str, buttons: Rows, note: str) -> Told:
    dialogue = stepping(turn.asked.dialogue, step, draft, turn.asked.now)
    rows = (*buttons, (turn.button("button-cancel", "cancel"),))
    return turn.says(*texts, buttons=rows, dialogue=dialogue, note=note)


def _take_harm(turn: Turn, draft: Draft) -> Told:
    """Ask again for a yes or no after the first words, open the case after further ones: nobody is held up."""
    if of_user(draft) <= of_user(turn.asked.dialogue.draft):
        # One of several messages that are forwarded together: the question stands already.
        return Told("", dialogue=stepping(turn.asked.dialogue, _HARM, draft, turn.asked.now), note="report: evidence")
    if ("asked", "twice") in draft:
        return _open(turn, draft)
    return _ask_harm(turn, (*draft, ("asked", "twice")), "report-harm-again")


def _take_story(turn: Turn, draft: Draft) -> Told:
    wrote = of_user(draft) > of_user(turn.asked.dialogue.draft)
    return _open(turn, draft) if wrote else _ask_story(turn, draft, "report-noted")


_TAKES: Mapping[str, Callable[[Turn, Draft], Told]] = {
    _KIND: _after_kind,
    _WHAT: _ask_harm,
    _HARM: _take_harm,
    _STORY: _take_story,
}
"""What follows when a message comes in a step."""


def _open(turn: Turn, draft: Draft) -> Told:
    """Hand the report to the desk, at once when something was sent; the user reads what was taken down."""
    tell = turn.tell
    texts = [tell.text("report-sent", case=CASE_HERE, kind=tell.text(KINDS[_kind(draft)]))]
    if names := ", ".join(shown(draft)):
        texts.append(tell.text("report-seen", seen=names))
    if ("harm", "yes") in draft:
        texts = [tell.text("report-freeze"), *texts, tell.text("report-tell-more")]
    else:
        texts.append(tell.text("report-thanks"))
    return turn.says(*texts, dialogue=idle(turn.asked.dialogue), act=_act(draft), note="report: sent")


def _act(draft: Draft) -> Act:
    harmed = ("harm", "yes") in draft
    return Act(
        ActKind.OPEN,
        category=CATEGORY,
        priority=Priority.URGENT if harmed else Priority.HIGH,
        queue=CATEGORY,
        subject=f"Report of an impostor ({_kind(draft)})",
        text=for_agents(draft),
        accused=accused(draft),
    )


def _kind(draft: Draft) -> str:
    return next((value for name, value in draft if name == "kind" and value in KINDS), "other")
