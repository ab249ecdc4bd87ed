"""Looks a directory over for what is no mistake but worth a second look, and counts what it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower
from gateway.trust.entries import Official, officials
from gateway.trust.schema import Brand

MAX_LIST_AGE_DAYS = 30
_SHORTEST_NEAR = 5
"""Handles shorter than this are near to one another by chance."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth a second look. `code` groups those of one kind."""

    code: str
    path: str
    message: str


TITLES = {
    "no_id": "accounts without an id: one that changes hands would go unnoticed",
    "no_mail": "brands without any mail: nothing from them can be told official",
    "near_miss": "accounts of your own that differ by one character: is one of them a slip of the pen?",
    "ended": "entries that have ended: told as formerly yours",
    "to_come": "entries that do not hold yet",
    "old_list": "lists of scams that have grown old",
}
"""What the remarks of one code have in common."""


def remarks(directory: Directory, today: date, max_age_days: int = MAX_LIST_AGE_DAYS) -> Iterator[Remark]:
    """Yield what deserves a second look on that day; lists are old after so many days."""
    handles: dict[str, str] = {}
    for number, brand in enumerate(directory.brands.values()):
        place = f"brands[{number}]"
        if not any(entry.until is None for entry in brand.mail):
            yield Remark("no_mail", place, f"{brand.name} lists neither a mail domain nor an address")
        yield from _entries(place, brand, today, handles)
    yield from _near_misses(handles)
    for info in directory.scam_lists:
        if info.date is not None and (today - info.date).days > max_age_days:
            yield Remark("old_list", info.file, f"was made on {info.date.isoformat()}; fetch it anew")


def _entries(place: str, brand: Brand, today: date, handles: dict[str, str]) -> Iterator[Remark]:
    for where, entry in officials(brand):
        path = f"{place}.{where}"
        if entry.until is not None and entry.until < today:
            yield Remark("ended", path, f"{entry.shown} was {brand.name}'s until {entry.until.isoformat()}")
        elif entry.since is not None and entry.since > today:
            yield Remark("to_come", path, f"{entry.shown} is {brand.name}'s only from {entry.since.isoformat()}")
        elif entry.kind == "handle":
            if entry.id is None:
                yield Remark("no_id", path, f"{entry.shown} has no id")
            _note(handles, entry, path)


def _note(handles: dict[str, str], entry: Official, path: str) -> None:
    handle = ascii_lower(entry.value)
    if entry.value != entry.id and len(handle) >= _SHORTEST_NEAR:
        handles.setdefault(handle, path)


def _near_misses(handles: dict[str, str]) -> Iterator[Remark]:
    """Yield the pairs that one character parts: each handle is looked up under what is left without one of its own."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for handle in handles:
        for form in {handle, *_without_one(handle)}:
            alike[form].append(handle)
    pairs = {pair for group in alike.values() for pair in combinations(sorted(group), 2) if _differ_by_one(*pair)}
    for one, other in sorted(pairs):
        yield Remark("near_miss", handles[other], f"@{other} is nearly @{one} ({handles[one]})")


def _without_one(text: str) -> Iterator[str]:
    return (text[:place] + text[place + 1 :] for place in range(len(text)))


def _differ_by_one(one: str, other: str) -> bool:
    """Whether a character is put in, left out, replaced or changed places with the next."""
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return short in _without_one(long)
    apart = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]]
    return len(apart) == 1 or (swapped and one[apart[1]] == other[apart[0]])


def counts(directory: Directory) -> dict[str, int]:
    """Return how much of each kind a directory holds."""
    held = dict.fromkeys(("handle", "mail", "mail_domain", "domain", "link", "phone", "app"), 0)
    for brand in directory.brands.values():
        for _, entry in officials(brand):
            held[entry.kind] += 1
    return {
        "brands": len(directory.brands),
        "accounts": held["handle"],
        "mail_addresses": held["mail"],
        "mail_domains": held["mail_domain"],
        "web_domains": held["domain"],
        "links": held["link"],
        "phones": held["phone"],
        "apps": held["app"],
        "scams": len(directory.scams),
        "scam_lists": len(directory.scam_lists),
        "listed_scams": directory.scam_table.count,
    }
