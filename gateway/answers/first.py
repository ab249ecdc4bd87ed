"""What a first answer says beyond the number: what to do now, what is seen, what is missing, where to read more. Pure.

Templates are found by category and region in the locales; nothing that a user wrote becomes part of them but a
validated transaction hash, within the link of an explorer. Not here: when it is said (`gateway.casework.helping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple, Protocol

from gateway.case import Case
from gateway.triage.regions import regions_of

LINKS = ("freeze", "security", "kyc", "upload", "status", "api_docs")
"""The pages on which users help themselves."""
CHAT_ROOM = 1_200
"""Characters of a receipt in a chat, about; warnings and what must be said may make it longer."""
MAX_ARTICLES = 3
_MAX_ASKED = 5
_MAX_SEEN = 2

_OFFERS: Mapping[str, tuple[str, ...]] = {
    "account_stolen": ("freeze", "security"),
    "scam_suspected": ("freeze", "security"),
    "login": ("freeze", "security"),
    "withdrawal_delayed": ("status",),
    "deposit_not_credited": ("status",),
    "liquidation_dispute": ("status",),
    "spot_order": ("status",),
    "kyc": ("kyc",),
    "account_data_change": ("security", "kyc"),
    "api": ("api_docs", "status"),
}
"""Which of the pages help with what."""
_DOCUMENTS = frozenset({"account_stolen", "login", "kyc", "account_data_change", "account_closure", "card"})
"""Where documents may be asked for: the page for them is named before anybody sends a picture."""
THANKS = frozenset({"praise", "feedback"})
"""Nobody waits for an answer to these."""
WITHOUT_ARTICLES = frozenset({"praise", "feedback", "complaint", "authority_request", "spam", "other"})
"""Whoever writes such a thing is not to be sent reading."""
SECRET_SHARED = "secret_shared"  # noqa: S105 - the name of a danger


_TITLES: Mapping[str, str] = {
    "bnb-smart-chain": "BNB Smart Chain",
    "bitcoin-cash": "Bitcoin Cash",
    "xrp": "XRP Ledger",
    "ton": "TON",
}
"""Networks whose name is written otherwise than with a capital."""


class Speaks(Protocol):
    """Texts of one language: `gateway.answers.compose.Teller`."""

    def text(self, key: str, **args: str) -> str:
        """Return a text."""
        ...

    def has(self, key: str) -> bool:
        """Whether there is this text."""
        ...


class Seen(NamedTuple):
    """A transaction that the user named. `found`: somebody has looked, and it is on that network."""

    network: str
    link: str
    found: bool = False
    confirmations: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a desk has to offer beside its words."""

    links: Mapping[str, str] = field(default_factory=dict)
    articles: Sequence[tuple[str, str]] = ()
    """(title, link)"""
    seen: Sequence[Seen] = ()
    incident: str = ""
    """What is known already of the trouble that the case is part of, as a paragraph."""


class Part(NamedTuple):
    """A paragraph; those of the highest rank are left out first where there is no room, those of 0 never."""

    text: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Help:
    """What an automatic text says beyond its number and warnings; empty for nothing."""

    danger: tuple[str, ...] = ()
    """What to do now: it stands before all else."""
    parts: tuple[Part, ...] = ()
    alone: bool = False
    """Nothing else is said but these parts."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """All of it."""
        return tuple(part.text for part in self.parts)


NO_HELP = Help()


def danger_told(danger: str, tell: Speaks, links: Mapping[str, str], *, secret_told: bool) -> tuple[str, ...]:
    """Return what to do about a danger at once; what a warning says of the same secret is not said again."""
    key = f"danger-{danger}"
    if not danger or not tell.has(key):
        return ()
    freeze = links.get("freeze", "")
    first = tell.text("freeze-at-link", link=freeze) if freeze else tell.text("freeze-in-app")
    if secret_told and danger == SECRET_SHARED:
        return (first,) if freeze else ()
    return (f"{first}\n{tell.text(key)}",)


def first_parts(case: Case, tell: Speaks, offer: Offer, now: datetime, *, opens: bool = True) -> tuple[Part, ...]:
    """Return the paragraphs of a receipt that knows what its case is about; none where that is not known.

    `opens` is False where a receipt that did not know it has gone before.
    """
    category = case.category or ""
    taken_for = template("first", category, case.region, tell)
    if not taken_for:
        if not offer.incident:
            return ()
        # What is known of the trouble is told also where nobody knows yet what kind of trouble it is.
        return (Part(offer.incident), Part(when(case.due_at, now, tell)), Part(tell.text("first-risk"), 2))
    if category in THANKS:
        return (Part(taken_for),)
    parts = tuple(_parts(category, taken_for, case, tell, offer, now))
    if not opens:
        # A receipt says at its end what is never asked for.
        return (*parts, Part(tell.text("ask-never")))
    return parts if case.danger else (*parts, Part(tell.text("first-risk"), 2))


def _parts(category: str, taken_for: str, case: Case, tell: Speaks, offer: Offer, now: datetime) -> Iterator[Part]:
    yield Part(f"{taken_for}\n{when(case.due_at, now, tell)}")
    if offer.incident:
        yield Part(offer.incident)
    if offer.seen:
        yield Part("\n".join(_seen(each, tell) for each in offer.seen[:_MAX_SEEN]), 1)
    yield from _asked(category, case.missing, tell, offer.links)
    if offer.articles:
        heading = tell.text("articles-heading")
        colon = _colon(heading)
        named = offer.articles[:MAX_ARTICLES]
        lines = (f"- {_behind(title + colon, link)}" if link else f"- {title}" for title, link in named)
        yield Part("\n".join((heading, *lines)), 3)
    # Where there is danger, the link that freezes has been told already.
    told = {"freeze"} if case.danger else set()
    pages = [each for each in _OFFERS.get(category, ()) if offer.links.get(each) and each not in told]
    if pages:
        lines = (tell.text(f"link-{each}", link=offer.links[each]) for each in pages)
        yield Part("\n".join((tell.text("links-heading"), *lines)), 4)
    if fact := template("fact", category, case.region, tell):
        yield Part(fact, 5)
    if legal := template("legal", category, case.region, tell):
        yield Part(_behind(tell.text("legal-heading"), legal))


def _colon(heading: str) -> str:
    """Return the colon of a heading as its language writes it, with the space before it where there is one."""
    return heading[len(heading.rstrip(":\uff1a \u00a0\u202f")) :]


def _behind(heading: str, text: str) -> str:
    """Return a text behind its heading; a full-width colon has its space in itself."""
    return f"{heading}{text}" if heading.endswith("\uff1a") else f"{heading} {text}"


def recorded(case: Case, tell: Speaks, offer: Offer) -> tuple[Part, ...]:
    """Return the one confirmation of what was asked for and came: whether anything is missing, and what is seen."""
    seen = tuple(Part(_seen(each, tell)) for each in offer.seen[:_MAX_SEEN])
    lines = _lines(case.missing, tell)
    if not lines:
        return (Part(tell.text("recorded-all", case=case.id)), *seen)
    return (Part("\n".join((tell.text("recorded-some", case=case.id), *lines))), *seen)


def template(prefix: str, category: str, region: str, tell: Speaks) -> str:
    """Return the text for a category in a region, or else for the category; empty without one."""
    if not category:
        return ""
    found = (f"{prefix}-{category}{suffix}" for suffix in _suffixes(region))
    return next((tell.text(key) for key in found if tell.has(key)), "")


def fitted(parts: Sequence[Part], room: int) -> tuple[str, ...]:
    """Return the paragraphs that there is room for, in their order; what must be said is said in any case."""
    left = room - sum(len(part.text) + 2 for part in parts if not part.rank)
    kept = {index for index, part in enumerate(parts) if not part.rank}
    for index, part in sorted(enumerate(parts), key=lambda each: each[1].rank):
        if part.rank and len(part.text) + 2 <= left:
            kept.add(index)
            left -= len(part.text) + 2
    return tuple(part.text for index, part in enumerate(parts) if index in kept)


def network_title(network: str) -> str:
    """Return a network's name as people write it."""
    return _TITLES.get(network) or network.replace("-", " ").title()


def _suffixes(region: str) -> Iterator[str]:
    """Yield a region's ending and those of what it is part of: for `DE` `de`, `eu`, none."""
    yield from (f"-{name}" for name in regions_of(region))
    yield ""


def when(due_at: datetime | None, now: datetime, tell: Speaks) -> str:
    """Return by when a person answers, in words; a time that is past promises nothing."""
    if due_at is None or due_at <= now:
        return tell.text("first-when-usual")
    hours = ceil((due_at - now) / timedelta(hours=1))
    if hours <= 1:
        return tell.text("first-when-hour")
    if hours <= 10:
        return tell.text("first-when-few", hours=str(max(hours, 3)))
    return tell.text("first-when-hours", hours=str(12 if hours <= 12 else 24 * ceil(hours / 24)))


def _seen(each: Seen, tell: Speaks) -> str:
    if not each.found:
        return tell.text("look-transaction", network=each.network, link=each.link)
    if each.confirmations is None:
        return tell.text("seen-transaction", network=each.network, link=each.link)
    return tell.text("seen-confirmed", network=each.network, link=each.link, confirmations=str(each.confirmations))


def _asked(category: str, missing: Iterable[str], tell: Speaks, links: Mapping[str, str]) -> Iterator[Part]:
    """Yield what is asked for, each with where to find it, and the one place for documents."""
    if lines := _lines(missing, tell):
        yield Part("\n".join((tell.text("ask-heading"), *lines)))
    if category in _DOCUMENTS and (upload := links.get("upload")):
        yield Part(tell.text("ask-documents", link=upload), 1)


def _lines(missing: Iterable[str], tell: Speaks) -> list[str]:
    keys = (f"ask-{name}" for name in missing)
    return [tell.text(key) for key in keys if tell.has(key)][:_MAX_ASKED]
