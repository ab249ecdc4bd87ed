"""Lists of scams as others publish them: plain hosts, hosts files, filter lists, CSV with a header, arrays of JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from gateway.trust.domains import is_ip, read_host
from gateway.trust.links import cut_link
from gateway.trust.scamlist import BAD_TABLE, KINDS, MAX_ROW, DayError, Row, RowError, row_of, without_www
from gateway.trust.wallets import wallet_key

_COLUMNS = {
    "value": "", "indicator": "", "address": "", "domain": "domain", "host": "domain", "hostname": "domain",
    "url": "link", "link": "link", "website": "link", "email": "mail", "mail": "mail", "handle": "handle",
    "username": "handle", "account": "handle", "wallet": "wallet", "phone": "phone", "number": "phone",
}  # fmt: skip
"""Column → kind of its values; empty where the value itself tells."""
_DAYS = ("reported_at", "first_seen", "date", "added", "created_at")
_DENIED = ("deny", "denylist", "blacklist", "blocklist")
"""Where lists that hold friend and foe keep the foe."""
_FILTER = re.compile(r"\|\|([^\s/^]+)\^(?:\$.*)?")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]{6,24}")
_OWN = frozenset({"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback"})
"""What every hosts file names beside what it blocks."""

Found = tuple[int, Row | RowError]


_is_address = lru_cache(16)(is_ip)
"""A hosts file begins every line with the same few."""


def read_foreign(text: str, kind: str = "", platform: str = "") -> Iterator[Found]:
    """Yield (number of the line or element, row or why it cannot be one). Without a kind each value tells its own."""
    for number, given in _given(text.removeprefix("\ufeff")):
        try:
            yield number, _row(given, kind, platform)
        except RowError as error:
            yield number, error


def _given(text: str) -> Iterator[tuple[int, object]]:
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        yield from _of_json(text)
        return
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    names = {name.strip().strip('"').lower() for name in header.split(",")}
    if "," in header and names & _COLUMNS.keys():
        rows = csv.DictReader(lines)
        try:
            yield from ((rows.line_num, row) for row in rows)
        except csv.Error:
            yield rows.line_num + 1, RowError(BAD_TABLE)
        return
    for number, line in enumerate(lines, 1):
        yield from ((number, value) for value in _of_line(line))


def _of_json(text: str) -> Iterator[tuple[int, object]]:
    try:
        found = json.loads(text)
    except RecursionError:
        return
    except ValueError:
        # One value a line.
        yield from _of_json_lines(text.split("\n"))
        return
    if isinstance(found, dict):
        denied = next((found[name] for name in _DENIED if isinstance(found.get(name), list)), None)
        found = [found] if denied is None else denied
    yield from enumerate(found, 1)


def _of_json_lines(lines: Iterable[str]) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            found = 0
        is_head = isinstance(found, dict) and "source" in found and not found.keys() & _COLUMNS.keys()
        if found is not None and not is_head:
            yield number, found


def _of_line(line: str) -> Iterator[str]:
    bare = re.split(r"(?:^|\s)[#!]", line, maxsplit=1)[0].strip()
    if found := _FILTER.fullmatch(bare):
        yield found[1]
        return
    words = bare.split()
    if len(words) > 1 and _is_address(words[0]):
        yield from (word for word in words[1:] if word.lower() not in _OWN and not is_ip(word))
    elif bare and bare.lower() not in _OWN:
        yield bare


def _row(given: object, kind: str, platform: str) -> Row:
    if isinstance(given, RowError):
        raise given
    if isinstance(given, str):
        return _of_value(given, kind, platform, "")
    if not isinstance(given, Mapping):
        raise RowError("is neither text nor a row with columns")
    row = {str(name).strip().lower(): value for name, value in given.items() if isinstance(value, str) and value}
    column = next((name for name in _COLUMNS if name in row), "")
    if not column:
        raise RowError(f"has no column that we know; name one of {', '.join(_COLUMNS)}")
    said = row.get("kind", "").lower()
    day = next((row[name] for name in _DAYS if name in row), "")
    own = said if said in KINDS else kind or _COLUMNS[column]
    return _of_value(row[column], own, row.get("platform") or platform, day)


def _of_value(value: str, kind: str, platform: str, day: str) -> Row:
    value = value.strip()
    if not value or len(value) > MAX_ROW:
        raise RowError("has no value")
    kind = kind or _guessed(value)
    if kind in ("domain", "link"):
        kind, value = _site(value, kind)
    elif kind == "mail":
        value = re.sub(r"(?i)^mailto:", "", value)
    given = {"kind": kind, "value": value, "platform": platform if kind == "handle" else ""}
    try:
        # Others write the time as well; the day is enough.
        return row_of({**given, "reported_at": day[:10]})
    except DayError:
        return row_of(given)


def _guessed(value: str) -> str:
    if "://" in value or re.match(r"[\w.-]+\.\w+/", value):
        return "link"
    if value.startswith("@"):
        return "handle"
    if "@" in value:
        return "mail"
    if _PHONE.fullmatch(value):
        return "phone"
    return "wallet" if "." not in value and wallet_key(value) else "domain"


def _site(value: str, kind: str) -> tuple[str, str]:
    """Return (kind, value) of a host or link: a link without a path is its host, one asked to be a host as well."""
    if "://" in value or "/" in value:
        link = value if "://" in value else f"https://{value}"
        cuts, doubt = cut_link(link)
        if not cuts or doubt:
            raise RowError("cannot be read as a link")
        if kind == "link" and (cuts[0].path.strip("/") or cuts[0].tail):
            return "link", link
        value = cuts[0].host.ascii
    host = read_host(value.removeprefix("*.").strip("."))
    if host is None or not host.exact:
        raise RowError("cannot be read as a domain")
    return "domain", without_www(host.ascii)
