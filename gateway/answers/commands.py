"""What a user meets who gives a command, presses a button, or is asked by us step by step. Pure.

Here is told apart what was asked; the answers stand in `basics`, `checking` and `report`. What is none of all this is
an ordinary message: casework goes on with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.answers import basics, chat, checking, customer, linking, mine, report
from gateway.answers.asking import (
    Act,
    ActKind,
    Asked,
    Command,
    Desk,
    Teller,
    Told,
    Turn,
    has_lapsed,
    is_forwarded,
)
from gateway.answers.buttons import read
from gateway.answers.questions import asked_about
from gateway.answers.words import is_argument, language_of_word, may_be_word, word_command
from gateway.case import Message
from gateway.dialogue import Dialogue
from gateway.triage.language import detect

__all__ = [
    "Act", "ActKind", "Asked", "Command", "Desk", "Told", "language_of", "may_be_command",
    "read_command", "respond", "token_of", "verdict",
]  # fmt: skip

PER_MINUTE = 20
"""Commands, presses and steps answered in a dialogue in a minute; those beyond are met with silence."""

VERDICTS_A_DAY = 30
"""Questions in plain words answered in a dialogue in a day; two machines would go on for ever."""
_JUST_TOLD = timedelta(hours=1)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_COMMAND = re.compile(r"[/\uff0f](\w{1,32})(?:[@\uff20](\w{1,64}))?(?=\s|$)")
_TO_VERIFY = re.compile(r"[/\uff0f]verify([@\uff20]\w{1,64})\s*", re.IGNORECASE)
"""What looks as if it were for another bot: who asks about @name often leaves out the space."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")

_HANDLERS: Mapping[str, Callable[[Turn, str], Told | None]] = {
    "start": basics.start,
    "help": basics.help_,
    "new": basics.new,
    "status": basics.status,
    "verify": checking.verify,
    "report": report.begin,
    "language": basics.language,
    "close": basics.close,
    "cancel": basics.cancel,
    "cases": mine.cases,
    "reopen": mine.reopen,
    "agent": mine.agent,
    "kyc": customer.kyc,
    "security": customer.security,
    "link": linking.link,
    "unlink": linking.unlink,
}

_KEEPS_WORDS = frozenset({"new", "agent", "report"})
"""Commands whose words come to a case in any event."""


def read_command(text: str, handle: str) -> Command | None:
    """Return the command that a text opens with; None when it opens with none, or with another bot's.

    A name that we do not know is a command as long as it is plain ASCII: in other scripts a slash may open a sentence.
    """
    opened = text.lstrip()
    match = _COMMAND.match(opened)
    if match is None or (match[2] and match[2].casefold() != handle.removeprefix("@").casefold()):
        return None
    word = word_command(match[1])
    name = word.name if word is not None else match[1].lower()
    return Command(name, opened[match.end() :].strip()) if name.isascii() else None


def may_be_command(text: str) -> bool:
    """Whether a text could be a command at all: a cheap look, since most messages are none."""
    opened = text.strip()
    return opened[:1] in ("/", "\uff0f") or may_be_word(opened)


def token_of(command: Command) -> str:
    """Return the hash by which the argument of /start is looked up; empty when it cannot be a token of ours."""
    if command.name != "start" or _TOKEN.fullmatch(command.args) is None:
        return ""
    return sha256(command.args.encode("ascii")).hexdigest()


def language_of(asked: Asked, detected: str) -> str:
    """Return the language to answer in: chosen by command, told by the platform, or detected in the text."""
    said = asked.message.said("language_code") if asked.message else ()
    of_person = tuple(item.value for item in asked.person.evidence if item.name == "language_code")
    return asked.dialogue.language or next((tag for tag in (*said, *of_person) if tag), detected)


def respond(asked: Asked, desk: Desk) -> Told | None:
    """Return the answer to a command, a press or a step; None for an ordinary message.

    Where it is None although `dialogue.step` is set, the step is over: casework keeps `idle(dialogue)`.
    """
    turn = Turn(asked, desk, Teller(desk.locales, _language(asked), desk.brand))
    command = _command(turn)
    told = _answer(turn, command)
    if told is None:
        return None
    told = told if desk.manners.buttons else _in_words(turn, told)
    if _minute(asked) <= PER_MINUTE:
        return replace(told, dialogue=_counted(told.dialogue, asked))
    if (command is not None or asked.pressed is not None) and told.act.kind is not ActKind.OPEN:
        return Told("", dialogue=_counted(asked.dialogue, asked), note="too many a minute")
    # What is written in a step is kept whatever the rate; only the answer falls silent.
    silent = Told("", dialogue=_counted(told.dialogue, asked), note="too many a minute")
    return silent if told.act.kind is ActKind.NONE else replace(told, dialogue=silent.dialogue)


def verdict(asked: Asked, desk: Desk, *, every_name: bool = False) -> Told | None:
    """Return the verdict on what a message asks about without any command; None where it asks nothing, or too often.

    `every_name`: whoever writes there asks, so each name in the message is answered, whatever stands around it.
    """
    turn = Turn(asked, desk, Teller(desk.locales, _language(asked), desk.brand))
    message = asked.message
    if message is None or _minute(asked) > PER_MINUTE:
        return None
    if not every_name and asked_about(message) is None:
        return None
    told = checking.named(turn, message) if every_name else checking.answered(turn)
    before = asked.dialogue
    if told is None or before.silenced or _is_enough(before, told.text, asked.now):
        return None
    verdicts = ((_digest(told.text), asked.now), *before.verdicts)[:VERDICTS_A_DAY]
    kept = replace(told, dialogue=_counted(before, asked).model_copy(update={"verdicts": verdicts}))
    return kept if desk.manners.buttons else _in_words(turn, kept)


def _is_enough(dialogue: Dialogue, text: str, now: datetime) -> bool:
    """Whether nobody asked again, or a machine asks without end: it was told just now, or often enough today."""
    digest = _digest(text)
    just_told = any(each == digest and now - at < _JUST_TOLD for each, at in dialogue.verdicts)
    return just_told or sum(now - at < _DAY for _, at in dialogue.verdicts) >= VERDICTS_A_DAY


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _in_words(turn: Turn, told: Told) -> Told:
    """Return an answer whose buttons can be written: where the platform has none, a step names its choices."""
    links = tuple(tuple(each for each in row if each.url) for row in told.buttons)
    links = tuple(row for row in links if row)
    options = [each.text for row in told.buttons for each in row if each.data]
    if not told.text or not told.dialogue.step or not options:
        return replace(told, buttons=links)
    text = turn.tell.text("answer-with", options=" / ".join(options))
    return replace(told, text=f"{told.text}\n\n{text}", buttons=links)


def _language(asked: Asked) -> str:
    here = next((case.language for case in asked.cases if case.id == asked.dialogue.case_id), "")
    if asked.message is None:
        return language_of(asked, here)
    text = asked.message.text
    if here and text.startswith("/"):
        # A command is in no language; some platforms do not tell the person's.
        return language_of(asked, here)
    word = word_command(text)
    if word is not None and not asked.dialogue.language:
        return language_of_word(word, language_of(asked, ""), here)
    return language_of(asked, detect(text).language)


def _minute(asked: Asked) -> int:
    """Return how many were asked in the minute that this one falls in."""
    since = asked.dialogue.minute_at
    fresh = since is None or abs(asked.now - since) >= _MINUTE
    return 1 if fresh else asked.dialogue.asked + 1


def _counted(dialogue: Dialogue, asked: Asked) -> Dialogue:
    count = _minute(asked)
    since = asked.now if count == 1 else asked.dialogue.minute_at
    return dialogue.model_copy(update={"minute_at": since, "asked": count})


def _command(turn: Turn) -> Command | None:
    """Return the command of the message, if it is the sender's own: a forwarded one is somebody else's."""
    asked = turn.asked
    message = asked.message
    if message is None or is_forwarded(message):
        return None
    command = read_command(message.text, turn.desk.manners.handle)
    command = command or _in_private(message, asked.dialogue, asked.private)
    return None if command is not None and asked.danger and _hides_words(command) else command


def _hides_words(command: Command) -> bool:
    """Whether a command would leave the words behind it unread: "/close my account now, it was hacked"."""
    return command.name not in _KEEPS_WORDS and not is_argument(command)


def _in_private(message: Message, dialogue: Dialogue, private: bool) -> Command | None:
    if not private:
        return None
    joined = _TO_VERIFY.match(message.text)
    if joined is not None:
        return Command("verify", joined[1] + " " + message.text[joined.end() :])
    command = word_command(message.text)
    # In a report a single word may be the answer, or a cry for help: it stays part of the report.
    in_report = report.is_under_way(dialogue) and command is not None and command.name != "cancel"
    return None if in_report else command


def _answer(turn: Turn, command: Command | None) -> Told | None:
    if not turn.asked.private:
        return _in_group(turn, command)
    if turn.asked.pressed is not None:
        return _pressed(turn, turn.asked.pressed.data)
    return _run(turn, command.name, command.args) if command else _in_step(turn)


def _run(turn: Turn, name: str, args: str) -> Told | None:
    handler = _HANDLERS.get(name)
    if handler is None:
        return basics.unknown(turn)
    told = handler(turn, args)
    return report.passed_on(turn, told, name) if told is not None and name != "cancel" else told


def _in_step(turn: Turn) -> Told | None:
    dialogue = turn.asked.dialogue
    if not dialogue.step:
        return None
    if report.is_under_way(dialogue):
        return report.answered(turn)
    if dialogue.step == basics.CLOSING:
        return basics.close_answered(turn)
    return None if has_lapsed(dialogue, turn.asked.now) else checking.answered(turn)


def _pressed(turn: Turn, data: str) -> Told | None:
    found = read(turn.desk.secret, turn.asked.person_id, data)
    if found is None:
        return basics.stale(turn)
    action, arg = found
    match action:
        case "command" if arg in _HANDLERS:
            return _run(turn, arg, "")
        case "language":
            return basics.choose_language(turn, arg)
        case "close":
            return basics.close_confirmed(turn, arg)
        case "cancel" if turn.asked.dialogue.step:
            return basics.cancel(turn)
        case "keep":
            return basics.close_kept(turn)
        case _:
            return report.pressed(turn, action, arg) or basics.stale(turn)


def _in_group(turn: Turn, command: Command | None) -> Told | None:
    """Answer where everybody reads along: nothing personal, and no word of the user's."""
    asked, tell = turn.asked, turn.tell
    if asked.pressed is not None:
        genuine = read(turn.desk.secret, asked.person_id, asked.pressed.data) is not None
        return _in_private_instead(turn, tell.text("group-private")) if genuine else basics.stale(turn)
    if command is None:
        return None
    if command.name == "link":
        # A code that everybody has read is nobody's proof any more.
        told = _in_private_instead(turn, tell.text("group-private"))
        return replace(told, linking=linking.voided(asked))
    if command.name == "help":
        return _in_private_instead(turn, tell.text("group-help", brand=tell.brand))
    if command.name == "verify" and command.args:
        return checking.verify_publicly(turn, command.args)
    return _in_private_instead(turn, tell.text("group-private"))


def _in_private_instead(turn: Turn, text: str) -> Told:
    invite = turn.desk.manners.invite
    buttons = chat.private_button(turn.tell, invite)
    told = turn.says(text, buttons=buttons, dialogue=turn.asked.dialogue, note="moved to a private chat")
    return replace(told, invites="{token}" in invite)
