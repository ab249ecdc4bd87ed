"""Lists of reported scams in files of their own: read row by row, each checked, and put into a table of hashes."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import get_args

import tldextract
from pydantic import ValidationError

from gateway.trust.domains import MAX_HOST, read_host, split_host
from gateway.trust.entries import scam_key
from gateway.trust.problems import DirectoryError, Problem, problems_of
from gateway.trust.scamtable import Reported, ScamTable, table_key
from gateway.trust.schema import Scam, ScamKind, ScamList
from gateway.trust.shared import is_shared
from gateway.trust.wallets import wallet_key

MAX_LIST_BYTES = 512 * 1024 * 1024
MAX_ROW = 4_000
"""Characters of a row: no name, link or address is longer."""
_TOLD = 20
"""Bad rows of one list that are named one by one."""
BAD_TABLE = "cannot be read as a table from here on; write no cell over several lines"
_CHUNK = 1 << 20
KINDS: tuple[str, ...] = get_args(ScamKind)

_PLAIN_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PLAIN_HANDLE = re.compile(r"[a-z0-9_]{1,64}")
_PLAIN_ROW = re.compile(
    r'\{"kind": "(?:domain", "value": "([^"\\]+)|handle", "platform": "([a-z]+)", "value": "([a-z0-9_]{1,64}))"\}'
)
"""Most rows as the gateway itself writes them: read without a reader of JSON, in half the time."""
_PLAIN_LINK = re.compile(r"(https?)://([a-z0-9._-]+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)")
"""A link that every program reads in the same way, without parameters."""
_PLAIN_LOCAL = re.compile(r"[a-z0-9._+-]{1,64}")


class RowError(ValueError):
    """A row that cannot be taken; its text says why."""


class DayError(RowError):
    """A row whose day cannot be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One reported thing in the spelling in which it is looked up."""

    kind: str
    value: str
    platform: str = ""
    reported_at: date | None = None

    @property
    def key(self) -> str:
        """The text under which it stands in the table."""
        return table_key(self.kind, self.value, self.platform)


@dataclass(frozen=True, slots=True)
class ListInfo:
    """What is told of a list: whose, of which day, how large, and the SHA-256 of its file in hexadecimal."""

    file: str
    digest: str
    lines: int
    source: str = ""
    date: date | None = None
    rows: int = 0
    """How many of its lines report something; some of it may be doubled."""
    platforms: frozenset[str] = frozenset()


def normalised(kind: str, value: str, platform: str = "") -> tuple[str, str]:
    """Return (value, platform) as they are looked up; raises `RowError` for what cannot be, or is everybody's."""
    value = value.strip()
    if kind == "handle":
        platform = _platform(platform)
        if _PLAIN_HANDLE.fullmatch(value):
            return value, platform
    elif kind == "domain" and _PLAIN_HOST.fullmatch(value) and len(value) <= MAX_HOST:
        if is_root(value):
            raise RowError(f"{value} is everybody's: list the sub-domain, or the link with its path")
        return value, ""
    elif kind == "wallet" and (address := wallet_key(value)):
        return address, ""
    elif kind == "link" and (link := _PLAIN_LINK.fullmatch(value)) and _PLAIN_HOST.fullmatch(link[2]):
        return value, ""
    elif kind == "mail" and (plain := _plain_mail(value)):
        return plain, ""
    return _checked(kind, value, platform), platform if kind == "handle" else ""


def _domain_key(host: str) -> str:
    """Return the text in the table of a plain host that is not everybody's; empty for all else."""
    if len(host) > MAX_HOST or not _PLAIN_HOST.fullmatch(host) or is_root(host):
        return ""
    return f"domain  {host}"


def _plain_mail(value: str) -> str:
    local, _, host = value.partition("@")
    if _PLAIN_LOCAL.fullmatch(local) and _PLAIN_HOST.fullmatch(host) and not _is_suffix(host):
        return value
    return ""


def _checked(kind: str, value: str, platform: str) -> str:
    """Check a value as one written under `[[scams]]` is."""
    field = "address" if kind == "mail" else kind
    given = {field: value, "platform": platform} if kind == "handle" else {field: value}
    try:
        return scam_key(Scam.model_validate(given))[1]
    except ValidationError as error:
        raise RowError(problems_of(error)[0].message) from None


@lru_cache(64)
def _platform(name: str) -> str:
    if not name:
        raise RowError("a handle needs its platform")
    try:
        return Scam.model_validate({"platform": name, "handle": "a"}).platform or ""
    except ValidationError as error:
        raise RowError(problems_of(error)[0].message) from None


def without_www(host: str) -> str:
    """Return a host without its leading `www.`, where what is left is somebody's: `www.co.uk` stays as it is."""
    bare = host.removeprefix("www.")
    return bare if bare == host or split_host(bare).registrable else host


def is_root(host: str) -> bool:
    """Whether names or pages under this host are given to anybody, so that it is never itself reported."""
    return _is_suffix(host) or is_shared(host)


def _is_suffix(host: str) -> bool:
    plain, wild = _suffixes()
    return host in plain or (host[host.find(".") + 1 :] in wild and f"!{host}" not in plain)


@cache
def _suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Return every public suffix, rules with signs included, and what the rules with an asterisk stand for."""
    listed = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True).tlds
    found = frozenset(host.ascii if (host := read_host(name)) else name for name in listed)
    return found, frozenset(name[2:] for name in found if name.startswith("*."))


def survey(lists: Sequence[ScamList], base: Path) -> tuple[ListInfo, ...]:
    """Return the digest and the number of lines of each list; raises `DirectoryError` for what cannot be read."""
    problems, found = [], []
    for number, listed in enumerate(lists):
        try:
            found.append(_surveyed(listed, base / listed.file))
        except OSError as error:
            problems.append(Problem(f"scam_lists[{number}].file", f"{listed.file} cannot be read: {error.strerror}"))
    if problems:
        raise DirectoryError(tuple(problems))
    return tuple(found)


def _surveyed(listed: ScamList, path: Path) -> ListInfo:
    digest, lines, ended = hashlib.sha256(), 0, True
    with open(path, "rb", opener=_without_waiting) as file:
        if os.fstat(file.fileno()).st_size > MAX_LIST_BYTES:
            raise OSError(0, f"it is longer than {MAX_LIST_BYTES} bytes")
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            ended = chunk.endswith(b"\n")
    return ListInfo(listed.file, digest.hexdigest(), lines + (not ended), listed.source, listed.date)


def _without_waiting(path: str, flags: int) -> int:
    # A pipe that nobody writes to would never be opened.
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def load_lists(
    lists: Sequence[ScamList], infos: Sequence[ListInfo], base: Path
) -> tuple[ScamTable, tuple[ListInfo, ...]]:
    """Read the surveyed lists into one table; raises `DirectoryError` with the bad rows of all."""
    readings = [_Reading(listed, info, base) for listed, info in zip(lists, infos, strict=True)]
    table = ScamTable.of(
        (entry for reading in readings for entry in reading.entries()), sum(info.lines for info in infos)
    )
    problems = [problem for number, reading in enumerate(readings) for problem in reading.told(number)]
    if problems:
        raise DirectoryError(tuple(problems))
    return table, tuple(reading.info for reading in readings)


class _Reading:
    """One list while it is read: what it says of itself, and what is wrong with its rows."""

    def __init__(self, listed: ScamList, info: ListInfo, base: Path) -> None:
        self.info = info
        self._listed = listed
        self._path = base / listed.file
        self._bad: list[Problem] = []
        self._more = 0
        self._platforms: set[str] = set()

    def entries(self) -> Iterator[tuple[str, Reported]]:
        """Yield (text in the table, report) for every good row."""
        reports: dict[date | None, Reported] = {}
        rows = 0
        for number, given in self._given():
            if isinstance(given, str):
                key, day = given, None
            else:
                try:
                    row = row_of(given, self._listed.kind, self._listed.platform or "")
                except RowError as error:
                    self._refuse(number, str(error))
                    continue
                key, day = row.key, row.reported_at
                if row.platform:
                    self._platforms.add(row.platform)
            report = reports.get(day)
            if report is None:
                report = reports[day] = Reported(self.info.source, day or self.info.date, self._listed.note)
            rows += 1
            yield key, report
        self.info = replace(self.info, rows=rows, platforms=frozenset(self._platforms))

    def told(self, number: int) -> Iterator[Problem]:
        """Yield what is wrong with the list, in words."""
        yield from self._bad
        if self._more:
            yield Problem(
                self._listed.file, f"{self._more} further rows cannot be taken; see `gatehouse directory scams`"
            )
        if not self._bad and not (self.info.source and self.info.date):
            yield Problem(f"scam_lists[{number}]", "write source and date: the list names none itself")

    def _refuse(self, number: int, reason: str) -> None:
        if len(self._bad) < _TOLD:
            self._bad.append(Problem(f"{self._listed.file}: line {number}", reason))
        else:
            self._more += 1

    def _given(self) -> Iterator[tuple[int, Mapping[str, object] | str]]:
        """Yield the rows as they are written, with their numbers; a plain one as its text in the table."""
        match self._path.suffix:
            case ".jsonl":
                yield from self._objects()
            case ".csv":
                rows = csv.DictReader(line for _, line in self._lines())
                try:
                    yield from ((rows.line_num, row) for row in rows)
                except csv.Error:
                    self._refuse(rows.line_num + 1, BAD_TABLE)
            case _:
                bare = ((number, line.partition("#")[0].strip()) for number, line in self._lines())
                plain = self._listed.kind == "domain"
                for number, value in bare:
                    if value:
                        yield number, (plain and _domain_key(value)) or {"value": value}

    def _objects(self) -> Iterator[tuple[int, Mapping[str, object] | str]]:
        for number, line in self._lines():
            if key := self._plain_key(line):
                yield number, key
                continue
            try:
                found = json.loads(line) if line.strip() else None
            except (ValueError, RecursionError):
                found = ""
            if isinstance(found, dict) and number == 1 and "source" in found and "value" not in found:
                self._introduce(number, found)
            elif isinstance(found, dict):
                yield number, found
            elif found is not None:
                self._refuse(number, 'is no JSON object; write {"kind": "domain", "value": "..."}')

    def _plain_key(self, line: str) -> str:
        """Return the text in the table of a row that the gateway wrote itself; empty for one to be looked at closer."""
        row = _PLAIN_ROW.match(line)
        if row is None:
            return ""
        host, platform, handle = row.groups()
        if host:
            return _domain_key(host)
        self._platforms.add(_platform(platform))
        return f"handle {platform} {handle}" if platform in self._platforms else ""

    def _introduce(self, number: int, said: Mapping[str, object]) -> None:
        """Take what the list says of itself; what the directory says of it counts for more."""
        try:
            day = _day(said.get("date"))
        except RowError as error:
            self._refuse(number, str(error))
            return
        source = self.info.source or str(said["source"]).strip()
        self.info = replace(self.info, source=source, date=self.info.date or day)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines with their numbers, and make sure that they are those which were surveyed."""
        digest = hashlib.sha256()
        with open(self._path, "rb", opener=_without_waiting) as file:
            for number, line in enumerate(file, 1):
                digest.update(line)
                if number > self.info.lines:
                    break
                try:
                    yield number, line.decode()
                except UnicodeDecodeError:
                    self._refuse(number, "is not UTF-8; save the list as UTF-8")
        if digest.hexdigest() != self.info.digest:
            self._refuse(0, "was changed while it was read; try again")


def row_of(given: Mapping[str, object], kind: str = "domain", platform: str = "") -> Row:
    """Return a row as it is looked up; raises `RowError`."""
    value = given.get("value")
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_ROW:
        raise RowError("has no value")
    kind = str(given.get("kind") or kind)
    if kind not in KINDS:
        raise RowError(f"has no kind that we know; write one of {', '.join(KINDS)}")
    value, platform = normalised(kind, value, str(given.get("platform") or platform))
    return Row(kind, value, platform, _day(given.get("reported_at")))


def _day(value: object) -> date | None:
    if not value:
        return None
    try:
        return _read_day(str(value))
    except ValueError:
        raise DayError("has a day that cannot be read; write it as 2026-01-31") from None


@lru_cache(1024)
def _read_day(text: str) -> date:
    return date.fromisoformat(text)


def rows_written(rows: Iterable[Row], source: str, day: date) -> Iterator[str]:
    """Yield the lines of a list as the gateway writes it: what it says of itself, then one row a line."""
    yield json.dumps({"source": source, "date": day.isoformat()}, ensure_ascii=False)
    for row in rows:
        shown = {"kind": row.kind, "platform": row.platform, "value": row.value}
        if row.reported_at:
            shown["reported_at"] = row.reported_at.isoformat()
        yield json.dumps({key: value for key, value in shown.items() if value}, ensure_ascii=False)
