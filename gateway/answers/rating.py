"""The texts around the question how our help was: the question itself, the thanks, a score that replaces another.

Pure. Not here: when they are said (`gateway.casework.rating`, `gateway.casework.rated`).
"""

from __future__ import annotations

from gateway.answers.asking import Rows
from gateway.answers.buttons import sign
from gateway.answers.compose import Teller
from gateway.ports import Button
from gateway.ratings import BEST

_MIDDLE = 3
"""Up to this score it is asked what could be better, above it what was good."""
ACTION = "rate"
"""What a button of the question does."""


def subject(tell: Teller, case_id: str) -> str:
    """Return the subject of a mail that asks, or thanks."""
    return tell.text("rating-subject", case=case_id)


def question_by_mail(tell: Teller, case_id: str) -> str:
    """Return the question as a mail has it."""
    keys = ("rating-how-mail", "rating-unsettled", "never-line")
    paragraphs = (
        tell.text("rating-ask", case=case_id),
        *map(tell.text, keys),
        tell.text("signature", brand=tell.brand),
    )
    return "\n\n".join(paragraphs)


def question_in_chat(tell: Teller, case_id: str, *, buttons: bool) -> str:
    """Return the question as a chat has it; without buttons it says what to write."""
    keys = ("rating-unsettled",) if buttons else ("rating-how-here", "rating-unsettled")
    return "\n\n".join((tell.text("rating-ask", case=case_id), *map(tell.text, keys)))


def score_buttons(secret: bytes, person: str, case_id: str) -> Rows:
    """Return a button for each score that only this person can press."""
    scores = range(1, BEST + 1)
    return (tuple(Button(text=str(each), data=sign(secret, person, ACTION, f"{each}-{case_id}")) for each in scores),)


def pressed(arg: str) -> tuple[int, str]:
    """Return score and case of a button that we have signed."""
    score, _, case_id = arg.partition("-")
    return int(score), case_id


def thanks(tell: Teller, score: int, *, has_word: bool) -> str:
    """Return the thanks for a score; where no word came with it, they ask for one."""
    if has_word:
        return tell.text("rating-thanks")
    return tell.text("rating-thanks-better" if score <= _MIDDLE else "rating-thanks-good")


def changed(tell: Teller) -> str:
    """Return what is said to a score that replaces another."""
    return tell.text("rating-changed")
