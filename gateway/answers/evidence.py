"""What a report has brought so far: read from messages, kept in the dialogue's draft, written down for agents. Pure.

A draft is a list of (name, value); names may repeat. User text in it is for agents; users are shown safe names alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.answers.asking import Turn, is_forwarded
from gateway.answers.checking import MAX_AROUND, Checked, names_in, of_claim, of_party
from gateway.answers.names import defanged, many_lines, one_line
from gateway.case import ForwardOrigin, Message
from gateway.trust.claims import read_claim
from gateway.trust.domains import split_host
from gateway.trust.known import is_known_label
from gateway.trust.shared import is_shared

Draft = tuple[tuple[str, str], ...]

MAX_SAID = 8_000
"""Characters of one message that are kept; the journal has the rest."""
_MAX_NAME = 200
_MAX_ITEMS = 10
_MAX_SHOWN = 3
_BETWEEN_NAMES = 3
"""Characters a name that may stand beside the names of a list: commas, and once a word such as "and"."""
_CUT = " [cut: the rest is kept with message {}]"

_SUBSTANCE = frozenset({"seen", "said", "theirs", "files"})
_HEADINGS = {
    "kind": "What it is",
    "harm": "Sent money, codes or documents",
    "seen": "Pointed out",
    "list": "Our list says",
    "link": "Link",
    "found": "Found in it",
    "said": "In the user's words",
    "theirs": "In the words of whoever was forwarded or quoted",
    "files": "Files",
}
"""What agents read before each, in this order."""


def has_substance(draft: Draft) -> bool:
    """Whether a user has pointed out or written anything."""
    return any(name in _SUBSTANCE for name, _ in draft)


def points_at(draft: Draft) -> bool:
    """Whether it names an account, an address or a link."""
    return any(name == "seen" for name, _ in draft)


def of_user(draft: Draft) -> int:
    """Return how many messages in the user's own words it holds."""
    return sum(name == "said" for name, _ in draft)


def accused(draft: Draft) -> tuple[str, ...]:
    """Return the names of whoever is reported, as claims that can be looked up."""
    return tuple(dict.fromkeys(value for name, value in draft if name == "accused"))


def shown(draft: Draft) -> tuple[str, ...]:
    """Return the names that were pointed out, as they may be repeated to the user."""
    names = tuple(dict.fromkeys(value for name, value in draft if name == "shown"))
    return names[:_MAX_SHOWN]


def is_official(draft: Draft) -> bool:
    """Whether what was pointed out is on our own list."""
    return ("list", "official") in draft


def for_agents(draft: Draft) -> str:
    """Return the report as agents read it."""
    lines = ["Report of an impostor, made step by step."]
    for name, heading in _HEADINGS.items():
        values = tuple(dict.fromkeys(value for each, value in draft if each == name))
        if not values:
            continue
        if len(values) == 1 and "\n" not in values[0]:
            lines.append(f"{heading}: {values[0]}")
        else:
            lines += (f"{heading}:", *(f"- {value}" for value in values))
    return "\n".join(lines)


def brought(turn: Turn, text: str, *, answers_whom: bool = False) -> Draft:
    """Return what a message brings; `text` is what of it is the user's own.

    Only in an answer to the question whom it is about do the names in it accuse anybody; what is forwarded always does.
    """
    message = turn.asked.message
    if message is None:
        return (("said", _cut(text, "")),) if text else ()
    items = _items(turn, message, text)
    return (*items, *_accused_in(turn, text)) if answers_whom and not is_forwarded(message) else tuple(items)


def _items(turn: Turn, message: Message, text: str) -> Iterator[tuple[str, str]]:
    for origin in message.forwarded[:_MAX_ITEMS]:
        yield from _origin(turn, origin)
    if is_forwarded(message):
        yield "theirs", _cut(text, message.id)
    elif text and not _is_only_pointed_out(message):
        yield from _said(turn, text, message.id)
    if message.quoted:
        yield "theirs", _cut(message.quoted, message.id)
    for link in message.links[:_MAX_ITEMS]:
        if link.url not in text:
            yield "link", one_line(link.url, MAX_SAID)
    for finding in turn.asked.findings[:_MAX_ITEMS]:
        yield "found", one_line(finding.reason or finding.code, _MAX_NAME)
    if message.attachments:
        yield "files", f"{len(message.attachments)} with message {message.id}"


def _is_only_pointed_out(message: Message) -> bool:
    """Whether it was made with the platform's picker: its text is the platform's."""
    return bool(message.forwarded) and all(origin.kind == "shared" for origin in message.forwarded)


def _origin(turn: Turn, origin: ForwardOrigin) -> Iterator[tuple[str, str]]:
    party = origin.party
    said = (
        f"{party.platform} {party.kind}",
        f"id {party.id}" if party.id else "without an id",
        f"@{party.handle}" if party.handle else "",
        party.address if "@" in party.address else "",
        f'named "{one_line(party.name, _MAX_NAME)}"' if party.name else "",
        f"({origin.kind})",
        f"sent {origin.sent_at:%Y-%m-%d %H:%M %Z}" if origin.sent_at else "",
    )
    yield "seen", " ".join(filter(None, said))
    claim = f"{party.platform}:{party.handle}" if party.handle else one_line(party.address, _MAX_NAME)
    if (party.handle or "@" in claim) and not _is_own(turn, claim):
        yield "accused", claim
    yield from _checked(of_party(turn, party), defanged(f"@{party.handle}") if party.handle else None)


def _said(turn: Turn, text: str, message_id: str) -> Iterator[tuple[str, str]]:
    yield "said", _cut(text, message_id)
    for claim in names_in(text)[:_MAX_ITEMS]:
        yield "seen", one_line(claim, _MAX_NAME)
        yield from _checked(of_claim(turn, claim), defanged(claim))


def _accused_in(turn: Turn, text: str) -> Iterator[tuple[str, str]]:
    """Yield whom an answer accuses: all that it lists; of several names in a story those alone that look like ours.

    People tell who they are, and where they were led, in the same breath as who did it.
    """
    names = names_in(text)[:_MAX_ITEMS]
    around = len(text) - sum(map(len, names))
    is_list = around < _BETWEEN_NAMES * len(names) if len(names) > 1 else around <= MAX_AROUND
    for claim in names:
        looks_like_ours = of_claim(turn, claim).danger
        suspected = looks_like_ours or (is_list and (claim == text.strip() or not _is_well_known(claim)))
        if suspected and not _is_own(turn, claim):
            yield "accused", one_line(claim, _MAX_NAME)


def _is_own(turn: Turn, name: str) -> bool:
    """Whether a name is that of whoever reports."""
    person = turn.asked.person
    claim = read_claim(name)
    own = (person.handle, person.address, person.id)
    meant = (claim.handle, f"{claim.local}@{claim.site}" if claim.local else "")
    elsewhere = bool(claim.platform) and claim.platform != person.platform
    return not elsewhere and any(one.casefold() == each.casefold() for one in meant if one for each in own if each)


def _is_well_known(name: str) -> bool:
    """Whether it is a site that is known to be somebody else's, not one where anybody makes a page."""
    claim = read_claim(name)
    if claim.local or not claim.site or is_shared(claim.site):
        return False
    return is_known_label(split_host(claim.site).label)


def _checked(checked: Checked, name: str | None) -> Iterator[tuple[str, str]]:
    yield "list", checked.standing
    if name and not checked.official:
        yield "shown", name


def _cut(text: str, message_id: str) -> str:
    plain = many_lines(text)
    return plain if len(plain) <= MAX_SAID else plain[:MAX_SAID] + _CUT.format(message_id)
