"""The official accounts: what their platforms say of them, as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from gateway.case import Party
from gateway.patrol.asking import Answer, Platform, is_suspended
from gateway.patrol.values import ABSENT, SUSPENDED, THERE, Kind, Seen, Subject, Unseen
from gateway.ports import Absent, Profile, Unchecked
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower
from gateway.trust.entries import Official, officials, platform_title

MARKS = ("verified", "verified_type", "affiliation", "affiliation_user")
"""What a platform may vouch for an account with; where it tells of the first it tells of all."""
_NO_TYPE = "none"


def official_accounts(directory: Directory, on: date) -> Iterator[Official]:
    """Yield the accounts that are official on that day."""
    for brand in directory.brands.values():
        for _, entry in officials(brand):
            if entry.kind == "handle" and entry.is_valid(on):
                yield entry


def subject_of(entry: Official) -> Subject:
    """Return what an official account is remembered as."""
    return Subject(Kind.ACCOUNT, ascii_lower(entry.value), entry.platform)


async def look_at_accounts(
    entries: Sequence[Official], platforms: Mapping[str, Platform], now: datetime
) -> tuple[list[Seen], list[Unseen]]:
    """Ask for every account by its name and by its number; what no platform tells of comes second."""
    seen, unseen = [], list(_without_channel(entries, platforms))
    for name, platform in platforms.items():
        own = [entry for entry in entries if entry.platform == name]
        wanted = [each for entry in own for each in (entry.id, entry.value) if each]
        answers = await platform.ask(wanted) if wanted else {}
        for entry in own:
            facts = facts_of(entry, answers.get(entry.id or ""), answers[entry.value])
            if reason := _reason(facts, entry, answers):
                unseen.append(Unseen(entry.shown, reason))
            seen.append(Seen(subject_of(entry), entry.brand, facts, now, now))
    return seen, unseen


def _without_channel(entries: Sequence[Official], platforms: Mapping[str, Platform]) -> Iterator[Unseen]:
    """Yield the platforms that nobody can be asked on, each once with its accounts."""
    unseen: dict[str, list[str]] = {}
    for entry in entries:
        if entry.platform not in platforms:
            unseen.setdefault(entry.platform, []).append(entry.shown)
    for platform, shown in unseen.items():
        more = f" and {len(shown) - 1} more there" if len(shown) > 1 else ""
        yield Unseen(shown[0] + more, f"no channel on {platform_title(platform)}")


def facts_of(entry: Official, by_id: Answer | None, by_name: Answer) -> dict[str, str]:
    """Return the facts of one account.

    `listed_id` is the number that the directory pins; `holder` the number of whoever bears the listed name, empty for
    nobody; `renamed` the name that the pinned account bears instead, empty when it is the listed one; `state` is that
    of the pinned account, or else of the name.
    """
    facts = {"listed_id": entry.id or ""}
    if (holder := _holder(entry, by_id, by_name)) is not None:
        facts["holder"] = holder
    profile = by_id if isinstance(by_id, Profile) else by_name if _is_ours(entry, by_name) else None
    if isinstance(profile, Profile):
        facts["state"] = THERE
        facts["renamed"] = _renamed(entry, profile.party)
        facts.update(shown_facts(profile.party))
    elif (state := _state(entry, by_id, by_name)) is not None:
        facts["state"] = state
    return facts


def shown_facts(party: Party) -> dict[str, str]:
    """Return what a platform shows of an account: its display name, and how it vouches for it."""
    facts = {"name": party.name}
    said = {each.name: each.value for each in reversed(party.evidence)}
    if MARKS[0] in said:
        facts.update((mark, said.get(mark, "")) for mark in MARKS)
        if facts["verified_type"] == _NO_TYPE:
            facts["verified_type"] = ""
    for name in ("parody", "protected", "withheld"):
        if MARKS[0] in said or name in said:
            facts[name] = said.get(name, "")
    return facts


def names_of(party: Party) -> frozenset[str]:
    """Return every name that leads to an account, in lower case."""
    also = (each.value for each in party.evidence if each.name == "active_username")
    return frozenset(ascii_lower(name) for name in (party.handle or "", *also) if name)


def _is_ours(entry: Official, answer: Answer) -> bool:
    return isinstance(answer, Profile) and entry.id in (None, answer.party.id)


def _holder(entry: Official, by_id: Answer | None, by_name: Answer) -> str | None:
    if isinstance(by_name, Profile):
        return by_name.party.id or ""
    if isinstance(by_name, Absent):
        return ""
    if isinstance(by_id, Profile) and ascii_lower(entry.value) in names_of(by_id.party):
        return by_id.party.id or ""
    return None


def _renamed(entry: Official, party: Party) -> str:
    if entry.value == entry.id or ascii_lower(entry.value) in names_of(party):
        return ""
    return ascii_lower(party.handle or "none")


def _state(entry: Official, by_id: Answer | None, by_name: Answer) -> str | None:
    """Return the state of an account that no profile came of; None when the platform does not tell."""
    decisive = by_name if entry.id is None else by_id
    if isinstance(decisive, Absent):
        return ABSENT
    return SUSPENDED if is_suspended(by_id) or is_suspended(by_name) else None


def _reason(facts: Mapping[str, str], entry: Official, answers: Mapping[str, Answer]) -> str:
    """Return why an account could not be checked; empty when it was, or when what there is says enough."""
    if "state" in facts or facts.get("holder"):
        return ""
    asked = (answers.get(entry.id or ""), answers[entry.value])
    return next((each.reason for each in asked if isinstance(each, Unchecked)), "the platform tells nothing of it")
