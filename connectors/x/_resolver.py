"""Asks X what it says of accounts, up to a hundred at a time, as far as the day's budget goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from connectors.x._client import XClient
from connectors.x._fields import USER_FIELDS
from connectors.x._settings import Sacrifice, XSettings
from gateway.case import Evidence, Party, PartyKind
from gateway.errors import GatewayError
from gateway.ports import Absent, Clock, Handle, Profile, Unchecked

MOST = 100
"""So many accounts X takes in one call."""
NO_NAME = "X has no names like this one."
NO_BUDGET = "The day's budget leaves nothing for profiles; ask again tomorrow."
SUSPENDED = "X has suspended this account."
NOT_TOLD = "X did not say whether there is such an account."

_ID = re.compile(r"[1-9][0-9]{0,18}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MOST_CHARS = 500
_FLAGS = (
    ("verified", "verified"),
    ("is_identity_verified", "identity_verified"),
    ("parody", "parody"),
    ("protected", "protected"),
)
_TOKENS = ("verified_type", "subscription_type")
_COUNTS = (
    ("followers_count", "followers"),
    ("following_count", "following"),
    ("post_count", "posts"),
    ("tweet_count", "posts"),
)

Answer = Profile | Absent | Unchecked


class Purse(Protocol):
    """What the resolver needs of the channel's budget."""

    async def allows(self, what: Sacrifice) -> bool:
        """Whether there is money for it now."""
        ...

    async def charge_reads(self, what: str, names: set[str], price: Decimal, calls: int = 1) -> None:
        """Note what was read; each name costs once a day."""
        ...


class XResolver:
    """What the platform says of accounts, by handle or number."""

    def __init__(self, settings: XSettings, clock: Clock, client: XClient, budget: Purse) -> None:
        self._settings = settings
        self._clock = clock
        self._client = client
        self._budget = budget

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        """See `Resolver.look_up`. After an error the rest is not asked for: each call would fail alike."""
        keys = [_key(handle) for handle in handles]
        ids, names = (
            [key for key in dict.fromkeys(keys) if key and key.isdecimal() is by_id] for by_id in (True, False)
        )
        found: dict[str, Party | str] = {}
        for by, wanted in (("ids", ids), ("usernames", names)):
            for start in range(0, len(wanted), MOST):
                found.update(await self._ask(by, wanted[start : start + MOST], found))
        return [self._answer(handle, found[key] if key else NO_NAME) for handle, key in zip(handles, keys, strict=True)]

    def _answer(self, handle: Handle, found: Party | str) -> Answer:
        if isinstance(found, Party):
            return Profile(found, self._clock.now())
        return Unchecked(handle, found, suspended=found == SUSPENDED) if found else Absent(handle)

    async def _ask(self, by: str, keys: Sequence[str], before: Mapping[str, Party | str]) -> dict[str, Party | str]:
        """Return an account, nothing for none, or why it is not known, for each key."""
        if (failed := before.get("", None)) is not None:
            return dict.fromkeys(keys, failed)
        if not await self._budget.allows("profiles"):
            return dict.fromkeys(keys, NO_BUDGET)
        try:
            told = await self._client.get_users(**{by: list(keys)}, user_fields=list(USER_FIELDS))
        except GatewayError as error:
            # Under no key, so that those after it are not asked for.
            return {**dict.fromkeys(keys, str(error)), "": str(error)}
        users = [each for each in _list(told, "data") if _matches(each)]
        includes = told.get("includes")
        read = [*users, *_list(includes if isinstance(includes, dict) else {}, "users")]
        names = {f"user:{each.get('id')}" for each in read}
        await self._budget.charge_reads("profiles", names, self._settings.prices.user_read)
        found: dict[str, Party | str] = dict.fromkeys(keys, NOT_TOLD)
        found.update((key, why) for key, why in _refusals(_list(told, "errors")) if key in found)
        by_key = {str(each["id" if by == "ids" else "username"]).lower(): party(each) for each in users}
        found.update((key, by_key[key]) for key in keys if key in by_key)
        return found


def party(user: Mapping[str, Any]) -> Party:
    """Return an account as X shows it, with evidence under the names that a message's sender has."""
    handle, name = _text(user.get("username")), _text(user.get("name"))
    return Party(
        platform="x",
        address=str(user["id"]),
        id=str(user["id"]),
        handle=handle or None,
        name=name,
        kind=PartyKind.PERSON,
        evidence=tuple(_evidence(user)),
    )


def _evidence(user: Mapping[str, Any]) -> Iterator[Evidence]:
    for key, name in _FLAGS:
        if type(value := user.get(key)) is bool:
            yield Evidence(name=name, value="true" if value else "false")
    for key in _TOKENS:
        if value := _text(user.get(key)):
            yield Evidence(name=key, value=value)
    yield from _affiliations(user.get("affiliation"))
    if value := _text(user.get("created_at")):
        # As a message's sender has it: to the second.
        yield Evidence(name="created_at", value=re.sub(r"\.[0-9]+Z$", "Z", value))
    counts = user.get("public_metrics")
    for key, name in _COUNTS:
        if isinstance(counts, dict) and type(count := counts.get(key)) is int:
            yield Evidence(name=name, value=str(count))
    yield from _withheld(user.get("withheld"))
    if value := _text(user.get("description")):
        yield Evidence(name="bio", value=value)


def _affiliations(value: Any) -> Iterator[Evidence]:
    for table in value if isinstance(value, list) else [value]:
        if not isinstance(table, dict):
            continue
        for key, name in (("description", "affiliation"), ("url", "affiliation_url")):
            if text := _text(table.get(key)):
                yield Evidence(name=name, value=text)
        numbers = table.get("user_id")
        for number in numbers if isinstance(numbers, list) else [numbers]:
            if isinstance(number, str) and _ID.fullmatch(number):
                yield Evidence(name="affiliation_user", value=number)


def _withheld(value: Any) -> Iterator[Evidence]:
    if isinstance(value, dict):
        codes = value.get("country_codes")
        where = [_text(each) for each in codes] if isinstance(codes, list) else []
        scope = _text(value.get("scope")).replace("tweet", "post") or "unknown"
        yield Evidence(name="withheld", value=f"{scope}: {', '.join(filter(None, where))}".rstrip(": "))


def _refusals(errors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield whom X did not give, and why; no reason for who is not there."""
    for error in errors:
        value = error.get("value", error.get("resource_id"))
        if not isinstance(value, str):
            continue
        kind = _text(error.get("type")).rpartition("/")[2]
        if "suspended" in _text(error.get("detail")).lower():
            yield value.lower(), SUSPENDED
        elif kind == "resource-not-found":
            yield value.lower(), ""
        else:
            yield value.lower(), NOT_TOLD


def _key(handle: Handle) -> str:
    """Return how an account is asked for: digits are its number. Nothing for what can be no name."""
    name = handle.strip().removeprefix("@")
    if name.isascii() and name.isdecimal():
        return name if _ID.fullmatch(name) else ""
    return name.lower() if _NAME.fullmatch(name) else ""


def _matches(user: Any) -> bool:
    return isinstance(user.get("id"), str) and bool(_ID.fullmatch(user["id"])) and isinstance(user.get("username"), str)


def _list(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = told.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Return text on one line, without what could hide in it."""
    return (
        " ".join(_CONTROLS.sub(" ", value[: 2 * _MOST_CHARS]).split())[:_MOST_CHARS] if isinstance(value, str) else ""
    )
