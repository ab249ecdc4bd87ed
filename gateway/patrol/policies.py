"""The policies that a domain publishes for its mail, read from TXT records: DMARC (RFC 7489), SPF (RFC 7208). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STRENGTH = {"": 0, "broken": 0, "none": 1, "quarantine": 2, "reject": 3}
"""What a DMARC policy is worth; empty for no policy."""
ENDINGS = {"": 0, "broken": 0, "pass": 0, "neutral": 1, "softfail": 2, "fail": 3}
"""What the end of an SPF record says of everybody who is not named before; empty for no record."""
MOST_LOOKUPS = 10
"""More and every receiver gives up on the record (RFC 7208 4.6.4)."""

_SPF = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:[:/](.*))?", re.IGNORECASE)
_COUNTED = frozenset({"include", "a", "mx", "ptr", "exists"})


@dataclass(frozen=True, slots=True)
class Dmarc:
    """A DMARC record. `sub` holds for subdomains, `percent` of the mails (RFC 7489), with `tests` of none (`t=y`)."""

    policy: str
    sub: str
    percent: int = 100
    tests: bool = False


def read_dmarc(texts: Sequence[str]) -> Dmarc | None:
    """Read the TXT records at `_dmarc.`; None when none is DMARC, or several are (RFC 7489 6.6.3: then none counts)."""
    found = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
    if len(found) != 1:
        return None
    tags: dict[str, str] = {}
    for tag in found[0].split(";"):
        name, _, value = tag.partition("=")
        tags.setdefault(name.strip().lower(), value.strip().lower())
    policy = _policy(tags.get("p", ""), tags)
    sub = _policy(tags["sp"], tags) if "sp" in tags else policy
    percent = tags.get("pct", "100")
    whole = int(percent) if percent.isascii() and percent.isdecimal() and len(percent) <= 3 else 100
    return Dmarc(policy, sub, min(whole, 100), tags.get("t") == "y")


def _policy(value: str, tags: dict[str, str]) -> str:
    """Return a policy as it counts: one that cannot be read as none where reports are asked for, else as broken."""
    if value in ("none", "quarantine", "reject"):
        return value
    return "none" if tags.get("rua") else "broken"


@dataclass(frozen=True, slots=True)
class Spf:
    """An SPF record. `ending` is a key of `ENDINGS`; `asks` are terms that cost a look-up, `names` whom it includes."""

    ending: str
    asks: int = 0
    names: tuple[str, ...] = ()
    redirect: str = ""


def read_spf(texts: Sequence[str]) -> Spf | None:
    """Read the TXT records of a domain; None without SPF. Several records, or a term that is none, are `broken`."""
    found = [text for text in texts if _SPF.match(text)]
    if not found:
        return None
    if len(found) > 1:
        return Spf("broken")
    return _read_terms(found[0].split()[1:])


def _read_terms(terms: Sequence[str]) -> Spf:
    ending, asks, names, redirect = "", 0, [], ""
    for term in terms:
        name, equals, value = term.partition("=")
        if equals and re.fullmatch(r"[a-zA-Z][\w.-]*", name):
            redirect = value if name.lower() == "redirect" else redirect
            continue
        read = _TERM.fullmatch(term)
        if read is None:
            return Spf("broken")
        kind = read[2].lower()
        asks += kind in _COUNTED
        if kind == "include":
            names.append((read[3] or "").lower())
        if kind == "all":
            ending = _QUALIFIERS[read[1] or "+"]
            break
    if ending:
        return Spf(ending, asks, tuple(names))
    # Nothing at the end says as much as ?all (RFC 7208 4.7).
    return Spf("" if redirect else "neutral", asks + bool(redirect), tuple(names), redirect.lower())
