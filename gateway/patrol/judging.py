"""How much what was found of a look-alike speaks for an impostor: its name, what it says of itself, its records. Pure.

The signs of a name alone are `gateway.trust`'s; here they are weighed with what the platform or the DNS shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from gateway.case import Party, Severity
from gateway.patrol.accounts import shown_facts
from gateway.patrol.domains import mail_servers
from gateway.patrol.ports import Records
from gateway.patrol.values import THERE, Alike
from gateway.trust.confusables import folded
from gateway.trust.directory import Directory
from gateway.trust.domains import read_host, split_host
from gateway.trust.handles import resembles_handle
from gateway.trust.hosts import resembles_host
from gateway.trust.known import is_known_label
from gateway.trust.names import namesake, poses_as
from gateway.trust.resemblance import words
from gateway.trust.words import keeps_distance

_ALONE = 0.5
"""A name that we thought of, and that nothing else speaks for, is worth half its plausibility."""
_SHOWS_OUR_NAME, _SPEAKS_OF_US, _TAKES_MAIL = 0.7, 0.4, 0.2
"""What part of the remaining doubt a sign takes away."""
_PARODY, _KNOWN, _EMPTY = 0.5, 0.6, 0.8
"""What a sign of the contrary leaves."""
_DANGER, _WARNING = 0.8, 0.55
_MOST_RECORDS = 8
_TELLING = ("bio", "description", "created_at", "followers", "following", "posts", "type", "affiliation_url")
"""What else of a profile is kept as evidence."""


def account_facts(party: Party, alike: Alike, directory: Directory, on: date) -> dict[str, str]:
    """Return the facts of an account that passes for one of ours."""
    said = {each.name: each.value for each in reversed(party.evidence)}
    shown = {"id": party.id or "", **shown_facts(party), **{name: said[name] for name in _TELLING if name in said}}
    return {"state": THERE, **shown, **_judged(_account(party, said, alike, directory, on))}


def _account(party: Party, said: Mapping[str, str], alike: Alike, directory: Directory, on: date) -> float:
    found = resembles_handle(party.handle or "", directory)
    sure = max(found.confidence if found is not None else 0.0, _ALONE * alike.plausibility)
    if poses_as(party.name, directory) is not None or namesake(party.name, directory, on) is not None:
        sure = _surer(sure, _SHOWS_OUR_NAME)
    about = " ".join(said.get(name, "") for name in ("bio", "description", "affiliation_url"))
    if any(each in folded(about) for each in _own_words(alike.brand, directory)):
        sure = _surer(sure, _SPEAKS_OF_US)
    stated = [word.casefold() for word in words(f"{party.name} {about}")]
    if said.get("parody") == "true" or keeps_distance(stated):
        sure *= _PARODY
    return sure


def _own_words(brand: str, directory: Directory) -> Iterator[str]:
    found = directory.brands.get(brand)
    if found is not None:
        yield from (folded(name) for name in (found.name, *found.names) if name)
        yield from (entry.domain for entry in found.web if entry.domain)


def domain_facts(value: str, records: Mapping[str, Records], alike: Alike, directory: Directory) -> dict[str, str]:
    """Return the facts of a domain that passes for one of ours; the types that were answered are told."""
    facts = {kind.lower(): ", ".join(_plain(kind, found)[:_MOST_RECORDS]) for kind, found in records.items()}
    return {"state": THERE, **facts, **_judged(_domain(value, facts, alike, directory))}


def _plain(kind: str, found: Records) -> Sequence[str]:
    if kind == "MX":
        return mail_servers(found)
    return sorted(value.rstrip(".").lower() for value in found.values)


def _domain(value: str, facts: Mapping[str, str], alike: Alike, directory: Directory) -> float:
    host = read_host(value)
    found = resembles_host(host, directory) if host is not None else None
    sure = max(found.confidence if found is not None else 0.0, _ALONE * alike.plausibility)
    if facts.get("mx"):
        sure = _surer(sure, _TAKES_MAIL)
    if host is not None and is_known_label(split_host(host.unicode).label):
        sure *= _KNOWN
    if not any(facts.get(kind, "?") for kind in ("a", "aaaa", "mx")):
        sure *= _EMPTY
    return sure


def _surer(sure: float, part: float) -> float:
    return sure + (1 - sure) * part


def _judged(sure: float) -> dict[str, str]:
    severity = Severity.DANGER if sure >= _DANGER else Severity.WARNING if sure >= _WARNING else Severity.NOTICE
    return {"confidence": f"{sure:.2f}", "severity": severity.value}
