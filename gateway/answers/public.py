"""The texts of public platforms, where everybody reads along, and of what follows from them in private. Pure.

In public nobody is named but ourselves: a text that names another account could be taken for one that leads to it, and
impostors copy ours. Nothing that a user wrote becomes part of it.
"""

from __future__ import annotations

from gateway.answers.asking import Teller
from gateway.answers.chat import account_name
from gateway.answers.first import SECRET_SHARED
from gateway.answers.locales import Locales
from gateway.case import Party, Severity
from gateway.dialogue import Dialogue
from gateway.ports import Manners


def receipt(
    locales: Locales,
    language: str,
    brand: str,
    handle: str,
    worst: Severity | None,
    *,
    exposed: bool = False,
    danger: str = "",
) -> str:
    """Return what a post that summoned us is answered with: the way to private, with a warning where there is cause.

    `exposed`: it shows what only its author and we should know. That it does is said; what it is, never. In `danger`
    what cannot wait for a message in private is said first; a secret that strangers can read is taken away first.
    """
    if danger and not (exposed and danger == SECRET_SHARED):
        return Teller(locales, language, brand).text("public-danger", handle=f"@{handle}")
    if exposed:
        return Teller(locales, language, brand).text("public-exposed", handle=f"@{handle}")
    if worst not in (None, Severity.NOTICE):
        return warning(locales, language, brand, handle)
    return Teller(locales, language, brand).text("public-receipt", handle=f"@{handle}")


def warning(locales: Locales, language: str, brand: str, handle: str) -> str:
    """Warn in public of whoever answers in our name."""
    return Teller(locales, language, brand).text("public-warning", handle=f"@{handle}")


def impostor_answered(impostor: Party | None, locales: Locales, language: str, brand: str, handle: str) -> str:
    """Tell somebody in private that another answers under his public post in our name, and who, where that is known."""
    tell = Teller(locales, language, brand)
    ours = {"brand": tell.brand, "handle": f"@{handle}"}
    if impostor is None:
        return tell.text("impostor-answered-unnamed", **ours)
    return tell.text("impostor-answered", account=account_name(impostor, tell), **ours)


def choice_of(text: str, manners: Manners, dialogue: Dialogue) -> bool | None:
    """Return whether somebody wants automatic texts from now on, if that is all that he says; None otherwise."""
    said = " ".join(word for word in text.casefold().split() if not word.startswith("@"))
    if said in {word.casefold() for word in manners.stop_words}:
        return False
    if dialogue.silenced and said in {word.casefold() for word in manners.start_words}:
        return True
    return None


def chosen(locales: Locales, language: str, brand: str, manners: Manners, *, wanted: bool) -> str:
    """Return the one text that confirms it."""
    tell = Teller(locales, language, brand)
    return tell.text("opted-in") if wanted else tell.text("opted-out", word=next(iter(manners.start_words), ""))
