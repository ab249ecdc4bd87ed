"""Commands by mail: the subject of an empty mail, or all that a mail says. Pure.

A mail is answered once, with no step to go back to: what takes several elsewhere is told at once, or asked for with a
number. Not here: whether a mail may be answered at all (`gateway.casework.letters`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gateway.answers import basics, checking, customer, linking, mine
from gateway.answers.asking import Act, ActKind, Asked, Command, Desk, Teller, Told, Turn
from gateway.answers.compose import secrets_told
from gateway.answers.tokens import cited_case_ids
from gateway.answers.words import (
    NUMBERED,
    SLASHES,
    is_numbers,
    language_of_word,
    main_word,
    subject_command,
    word_command,
)
from gateway.case import CaseState, Message

TOLD_OF = ("status", "cases", "close", "reopen", "agent", "kyc", "security", "language", "link", "verify")
"""The words that a mail for help is answered with."""


def letter_command(message: Message) -> Command | None:
    """Return the command that a mail is; None for one that says or brings anything else."""
    if message.attachments or message.forwarded:
        return None
    by_subject = subject_command(message.subject)
    text = message.text.strip()
    if not text or (by_subject is not None and by_subject.name in NUMBERED and is_numbers(text)):
        return _numbered(by_subject, " ".join(filter(None, (by_subject.args, text)))) if by_subject else None
    by_text = word_command(text.lstrip(SLASHES))
    return _numbered(by_text, message.subject) if by_text is not None else None


def about(command: Command, case_id: str) -> Command:
    """Return a command that names no case with the one that its mail answers on."""
    return _numbered(command, case_id)


def respond_by_letter(asked: Asked, desk: Desk, command: Command) -> Told | None:
    """Return the answer to a command by mail; None for an ordinary mail."""
    handler = _HANDLERS.get(command.name)
    tell = Teller(desk.locales, _language(asked, command), desk.brand)
    told = handler(Turn(asked, desk, tell), command.args) if handler is not None else None
    if told is None:
        return None
    warned = tuple(secrets_told(asked.findings, tell))
    signed = (*warned, told.text, tell.text("signature", brand=tell.brand))
    return replace(told, text="\n\n".join(signed), buttons=())


def subject_of(told: Told, tell: Teller, case_id: str) -> str:
    """Return the subject of an answer: our own words, with the number where it is about one case."""
    subject = tell.text("letter-subject", brand=tell.brand)
    return f"{subject} [{case_id}]" if case_id else subject


def help_(turn: Turn, args: str) -> Told | None:
    """Tell which words can be written."""
    if args:
        return None
    lines = [f"{main_word(name, turn.tell.language)} - {turn.tell.text(f'command-{name}')}" for name in TOLD_OF]
    return turn.says(turn.tell.text("letter-help"), "\n".join(lines), turn.tell.text("never-line"), note="help")


def close(turn: Turn, args: str) -> Told:
    """Close the case that is named, or the only open one; where there are several, ask for the number."""
    found = basics.named(turn, args) if args else turn.asked.cases
    still = [case for case in found if case.state is not CaseState.SOLVED]
    if not still:
        return turn.says(turn.tell.text("close-none"), note="close: none")
    if len(still) > 1:
        lines = [mine.line(turn, case) for case in still[: mine.MOST_LISTED]]
        return turn.says("\n".join((turn.tell.text("which-case"), *lines)), note="close: which")
    act = Act(ActKind.CLOSE, case_id=still[0].id)
    return turn.says(turn.tell.text("close-done-letter", case=still[0].id), act=act, note="close: confirmed")


def verify(turn: Turn, args: str) -> Told | None:
    """Say of a name whether it is ours; without one, tell how to ask."""
    if args:
        return checking.verify(turn, args)
    word = main_word("verify", turn.tell.language)
    return turn.says(turn.tell.text("letter-verify", word=word), note="verify: asked")


def report(turn: Turn, args: str) -> Told | None:
    """Tell how an impostor is reported by mail: the next mail opens the case."""
    return None if args else turn.says(turn.tell.text("letter-report"), note="report")


def _numbered(command: Command, said: str) -> Command:
    """Return a command with the case numbers that stand beside it, where it takes any and names none."""
    numbers = cited_case_ids(said) if command.name in NUMBERED and not command.args else ()
    return replace(command, args=" ".join(numbers)) if numbers else command


def _language(asked: Asked, command: Command) -> str:
    """Return the language that the address has chosen, else that of the word."""
    here = next((case.language for case in asked.cases), "")
    return asked.dialogue.language or language_of_word(command, "", here) or here


_HANDLERS: Mapping[str, Callable[[Turn, str], Told | None]] = {
    "help": help_,
    "status": basics.status,
    "cases": mine.cases,
    "close": close,
    "reopen": mine.reopen,
    "agent": mine.agent,
    "language": basics.language,
    "verify": verify,
    "report": report,
    "kyc": customer.kyc,
    "security": customer.security,
    "link": linking.link,
    "unlink": linking.unlink,
}
