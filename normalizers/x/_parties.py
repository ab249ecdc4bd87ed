"""Who somebody is, as the platform shows its accounts; believes no display name, and no badge either: it keeps both."""

from __future__ import annotations

from typing import Any

from gateway.case import Evidence, Party, PartyKind, Recipient, RecipientRole
from normalizers.x import _clean, _limits
from normalizers.x._includes import Includes
from normalizers.x._reading import Reading

PLATFORM = "x"
_FLAGS = (
    ("verified", "verified"),
    ("is_identity_verified", "identity_verified"),
    ("parody", "parody"),
    ("protected", "protected"),
)
_COUNTS = (("followers_count", "followers"), ("following_count", "following"), ("post_count", "posts"))


def account(number: str, includes: Includes, reading: Reading, *evidence: Evidence, handle: str = "") -> Party:
    """Return an account with what came along of it; `handle` is what else names it. Without a number it is unknown."""
    source = includes.get("users", number) if number else {}
    return Party(
        platform=PLATFORM,
        address=number,
        id=number or None,
        handle=_handle(reading.text(source, "username") or handle, reading),
        name=_clean.line(reading.text(source, "name"), _limits.NAME_CHARS, reading),
        kind=PartyKind.PERSON if number else PartyKind.UNKNOWN,
        evidence=(*evidence, *(_said_of(source, reading) if source else ())),
    )


def ourselves(reading: Reading) -> tuple[Recipient, ...]:
    """Return our own account as whom something was written to."""
    if not reading.own:
        return ()
    handle = reading.handle or None
    party = Party(platform=PLATFORM, address=reading.own, id=reading.own, handle=handle)
    return (Recipient(role=RecipientRole.TO, party=party),)


def said(name: str, value: str, reading: Reading) -> Evidence:
    """Return a piece of evidence, made harmless."""
    return Evidence(name=name, value=_clean.line(value, _limits.EVIDENCE_CHARS, reading))


def withheld(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    """Return where a post or an account is withheld, and for what: `user: DE, FR`, `post: copyright`."""
    if "withheld" not in source:
        return ()
    table = reading.table(source, "withheld")
    scope = reading.token(table, "scope").replace("tweet", "post")
    where = reading.tokens(table, "country_codes")
    if reading.flag(table, "copyright"):
        where.append("copyright")
    return (said("withheld", f"{scope or 'unknown'}: {', '.join(where)}".rstrip(": "), reading),)


def _handle(text: str, reading: Reading) -> str | None:
    return _clean.line(text, _limits.HANDLE_CHARS, reading).removeprefix("@") or None


def _said_of(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    found = [
        Evidence(name=name, value="true" if value else "false")
        for key, name in _FLAGS
        if (value := reading.flag(source, key)) is not None
    ]
    words = ("verified_type", "subscription_type")
    found.extend(Evidence(name=key, value=word) for key in words if (word := reading.token(source, key)))
    found.extend(_affiliations(source, reading))
    if (created_at := reading.instant(source, "created_at")) is not None:
        found.append(Evidence(name="created_at", value=created_at.strftime("%Y-%m-%dT%H:%M:%SZ")))
    counts = reading.table(source, "public_metrics")
    found.extend(
        Evidence(name=name, value=str(count))
        for key, name in _COUNTS
        if (count := reading.whole(counts, key)) is not None
    )
    return (*found, *withheld(source, reading))


def _affiliations(source: dict[str, Any], reading: Reading) -> list[Evidence]:
    """Return what organization's badge an account wears; the platform has told it as one object and as a list."""
    value = source.get("affiliation")
    tables = (
        reading.tables(source, "affiliation", _limits.AFFILIATIONS)
        if type(value) is list
        else [reading.table(source, "affiliation")]
    )
    found: list[Evidence] = []
    for table in filter(None, tables):
        for key, name in (("description", "affiliation"), ("url", "affiliation_url")):
            if text := reading.text(table, key):
                found.append(Evidence(name=name, value=_clean.line(text, _limits.NAME_CHARS, reading)))
        one = type(table.get("user_id")) is not list
        numbers = [reading.identifier(table, "user_id")] if one else reading.identifiers(table, "user_id")
        found.extend(
            Evidence(name="affiliation_user", value=number) for number in numbers[: _limits.AFFILIATIONS] if number
        )
    return found
