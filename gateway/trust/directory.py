"""The directory of official accounts: loaded from official.toml, checked whole, indexed for constant-time look-ups."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from typing_extensions import override

from gateway.trust.confusables import folded, name_forms, skeletons
from gateway.trust.domains import ascii_lower, parents, split_host
from gateway.trust.entries import STAFF, Official, contradictions, officials, platform_title, scam_key
from gateway.trust.handles import NameIndex
from gateway.trust.hosts import HostIndex
from gateway.trust.importing import read_lines
from gateway.trust.problems import DirectoryError, Problem, problems_of
from gateway.trust.resemblance import Guarded, dotted, squeezed
from gateway.trust.scamlist import ListInfo, load_lists, survey
from gateway.trust.scamtable import Reported, ScamTable, table_key
from gateway.trust.schema import EXAMPLE_BRAND_ID, Brand, DirectoryFile, Scam, is_guardable
from gateway.trust.shared import is_freemail
from gateway.trust.wallets import wallet_key

__all__ = ["EXAMPLE_BRAND_ID", "Directory", "DirectoryError", "Guarded", "Official", "Problem", "load_directory"]

MAX_OFFICIAL = 8
"""How many of its own accounts a text to a user names."""


@dataclass(frozen=True)
class Directory:
    """Everything official, and everything reported as a scam. Every key is lower case."""

    digest: str
    brands: dict[str, Brand] = field(default_factory=dict)
    accounts: dict[tuple[str, str], tuple[Official, ...]] = field(default_factory=dict)
    account_ids: dict[tuple[str, str], tuple[Official, ...]] = field(default_factory=dict)
    platforms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    mail_domains: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    sites: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    links: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    phones: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    apps: dict[tuple[str, str], tuple[Official, ...]] = field(default_factory=dict)
    scams: dict[tuple[str, str], Scam] = field(default_factory=dict)
    """What was reported by hand, under `scam_key`."""
    scam_platforms: frozenset[str] = frozenset()
    """The platforms of reported handles, by hand or in a list."""
    scam_table: ScamTable = field(default_factory=ScamTable)
    """What stands in imported lists."""
    scam_lists: tuple[ListInfo, ...] = ()
    people: dict[str, tuple[Official, ...]] = field(default_factory=dict)
    """What the display name of an account reads as → the accounts that bear it."""
    locals: dict[str, Guarded] = field(default_factory=dict)
    """Skeleton of the part before the @ of official addresses at shared providers."""
    embedded: dict[str, Guarded] = field(default_factory=dict)
    """Reading of an official domain with its hyphens as dots → its brand, to find it inside another host."""
    suffixes: frozenset[str] = frozenset()
    """The public suffixes of official domains, which the public suffix list may not know."""

    @cached_property
    def host_index(self) -> HostIndex:
        """How hosts that look like ours are found; made at its first use and kept."""
        return HostIndex.of(self)

    @cached_property
    def name_index(self) -> NameIndex:
        """How handles and display names that look like ours are found; made at its first use and kept."""
        return NameIndex.of(self)

    def site_of(self, host: str) -> tuple[Official, ...]:
        """Return the entries of the official site that a host is, or lies under."""
        return next((self.sites[name] for name in parents(host) if name in self.sites), ())

    def owner_of(self, host: str) -> str:
        """Return the official domain, for the web or for mail, that a host is or lies under, or nothing."""
        return next((name for name in parents(host) if name in self.sites or name in self.mail_domains), "")

    def guarded(self, domain: str) -> Guarded | None:
        """Return the brand whose official domain this is, however it is written; a hyphen is as good as a dot."""
        return self.embedded.get(dotted(folded(domain)))

    def is_own_host(self, host: str, on: date | None) -> bool:
        """Whether the host belongs to a brand on that day, for the web or for mail, and was not reported."""
        if self.reported("domain", host) is not None:
            return False
        listed = (table.get(name, ()) for name in parents(host) for table in (self.sites, self.mail_domains))
        return any(entry.is_valid(on) for entries in listed for entry in entries)

    def platforms_of(self, brand: str, on: date | None) -> frozenset[str]:
        """Return the platforms on which a brand lists an account on that day."""
        found = self.brands.get(brand)
        listed = (entry for _, entry in officials(found)) if found else ()
        return frozenset(entry.platform for entry in listed if entry.kind == "handle" and entry.is_valid(on))

    def imported_as(self, brand: str) -> str:
        """Return what the list that a brand was imported from calls it, letter by letter; else its id."""
        found = self.brands.get(brand)
        return found.imported_as or brand if found else brand

    def reported(self, kind: str, value: str, platform: str = "") -> Reported | None:
        """Return who reported this as a scam, by hand or in a list.

        `kind` is one of handle, mail, domain, link, phone, wallet; a handle without a platform is looked for on all.
        A domain is found by those above it as well, a link with `http` as with `https`.
        """
        if not self.scams and not self.scam_table.count:
            return None
        match kind:
            case "handle":
                platforms = (platform,) if platform else sorted(self.scam_platforms)
                handle = ascii_lower(value)
                return next((found for name in platforms if (found := self._reported(name, handle, name))), None)
            case "domain":
                return self._reported_host(value)
            case "link":
                rest = value.partition("://")[2]
                forms = (f"https://{rest}", f"http://{rest}")
                return next((found for form in forms if (found := self._reported(kind, form))), None)
            case "wallet":
                return self._reported(kind, wallet_key(value))
            case _:
                return self._reported(kind, value)

    def _reported_host(self, host: str) -> Reported | None:
        """Look for a host and those above it; no list names a whole ending such as `test`."""
        name, dot = host, host.find(".")
        while dot >= 0:
            if found := self._reported("domain", name):
                return found
            name = name[dot + 1 :]
            dot = name.find(".")
        return None

    def _reported(self, kind: str, value: str, platform: str = "") -> Reported | None:
        scam = self.scams.get((kind, value)) if self.scams else None
        if scam is not None:
            return Reported(scam.source, scam.reported_at, scam.note)
        if not self.scam_table.count:
            return None
        return self.scam_table.get(table_key("handle" if platform else kind, value, platform))

    @override
    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made at its first use: making it anew costs less than sending it."""
        made = ("host_index", "name_index")
        return {name: value for name, value in self.__dict__.items() if name not in made}

    def site_for(self, brand: str) -> str:
        """Return the brand's main site or, without one, what else it is reached by."""
        found = self.brands.get(brand)
        if found is None:
            return ""
        sites = [entry.domain or entry.link for entry in found.web if entry.until is None]
        mails = [entry.address or entry.domain for entry in found.mail if entry.until is None]
        named = (entry for entry in found.accounts if entry.handle and entry.role != STAFF)
        handles = [f"@{entry.handle} on {platform_title(entry.platform)}" for entry in named]
        return next((value for value in (*sites, *mails, *handles) if value), "")

    @classmethod
    def of(cls, file: DirectoryFile, table: ScamTable | None = None, lists: tuple[ListInfo, ...] = ()) -> Directory:
        """Index a checked file, with what its lists hold."""
        shown = {"file": file.model_dump(mode="json"), "lists": [info.digest for info in lists]}
        text = json.dumps(shown, sort_keys=True, ensure_ascii=False)
        made = cls(
            digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            brands={brand.id: brand for brand in file.brands},
            scams={scam_key(scam): scam for scam in file.scams},
            scam_platforms=frozenset(
                {scam.platform for scam in file.scams if scam.platform}.union(*(info.platforms for info in lists))
            ),
            scam_table=table or ScamTable(),
            scam_lists=lists,
        )
        for brand in file.brands:
            _index_brand(made, brand)
        for brand in file.brands:
            _guard_brand(made, brand)
        suffixes = frozenset(split_host(name).suffix for name in (*made.sites, *made.mail_domains))
        object.__setattr__(made, "suffixes", suffixes)
        return made


def load_directory(path: Path, today: date | None = None, public_key: str = "") -> Directory:
    """Read, check and index a file of TOML, or of one brand a line (`.jsonl`), with the lists that it names.

    Raises `DirectoryError` with every problem at once; with a public key also when the signature beside the file is
    missing or wrong. `today` is by UTC.
    """
    content = _content(path)
    file = read_lines(content.split("\n")).file if path.suffix == ".jsonl" else _parsed(path, content)
    lists = survey(file.scam_lists, path.parent)
    if public_key:
        # The library behind it takes 7 MB, which a process that reads mails can do without.
        from gateway.trust.signing import check_signature

        check_signature(path, content.encode(), lists, public_key)
    table, lists = load_lists(file.scam_lists, lists, path.parent)
    directory = _checked(file, today or datetime.now(UTC).date(), table, lists)
    if not directory.brands:
        raise DirectoryError((Problem(path.name, "lists no brand; write one [[brands]] at least"),))
    return directory


def parse_directory(document: dict[str, Any], today: date = date.max) -> Directory:
    """Check and index a file already read, which names no lists; raises `DirectoryError` with every problem at once."""
    file = _validated(document)
    if file.scam_lists:
        raise DirectoryError((Problem("scam_lists", "stand beside a file, and this is none"),))
    return _checked(file, today, ScamTable(), ())


def signature_path(path: Path) -> Path:
    """Return where the signature of a directory stands: beside it, `official.toml.sig`."""
    return path.with_name(f"{path.name}.sig")


def watched(path: Path, directory: Directory) -> tuple[Path, ...]:
    """Return the files whose change makes a directory another one: itself, its signature, its lists."""
    return path, signature_path(path), *(path.parent / info.file for info in directory.scam_lists)


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        problem = Problem(path.name, f"cannot be read: {error.strerror}; create it, or name it")
    except UnicodeDecodeError:
        problem = Problem(path.name, "is not UTF-8; save it as UTF-8")
    raise DirectoryError((problem,))


def _parsed(path: Path, content: str) -> DirectoryFile:
    try:
        document = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        # Python refuses to read a whole number of thousands of digits, and tables in tables without end.
        raise DirectoryError((Problem(path.name, f"is not TOML: {error}; see docs/directory.md"),)) from None
    return _validated(document)


def _validated(document: dict[str, Any]) -> DirectoryFile:
    try:
        return DirectoryFile.model_validate(document)
    except ValidationError as error:
        raise DirectoryError(problems_of(error)) from None


def _checked(file: DirectoryFile, today: date, table: ScamTable, lists: tuple[ListInfo, ...]) -> Directory:
    found = (*contradictions(file, table), *_to_come(file, lists, today))
    if found:
        raise DirectoryError(found)
    return Directory.of(file, table, lists)


def _index_brand(made: Directory, brand: Brand) -> None:
    for _, entry in officials(brand):
        match entry.kind:
            case "handle":
                _index_account(made, entry)
            case "app":
                _add(made.apps, (entry.platform, entry.value), entry)
            case _:
                table = {
                    "mail": made.addresses,
                    "mail_domain": made.mail_domains,
                    "domain": made.sites,
                    "link": made.links,
                    "phone": made.phones,
                }[entry.kind]
                _add(table, entry.value, entry)


def _index_account(made: Directory, entry: Official) -> None:
    handle = ascii_lower(entry.value)
    _add(made.accounts, (entry.platform, handle), entry)
    if entry.id is not None:
        _add(made.account_ids, (entry.platform, entry.id), entry)
    for form in sorted(name_forms(entry.name)):
        _add(made.people, form, entry)
    known = made.platforms.get(handle, ())
    if entry.platform not in known:
        made.platforms[handle] = (*known, entry.platform)


def _add(table: dict[Any, tuple[Official, ...]], key: object, entry: Official) -> None:
    table[key] = (*table.get(key, ()), entry)


def _guard_brand(made: Directory, brand: Brand) -> None:
    for name in _domains(brand):
        made.embedded.setdefault(dotted(folded(name)), Guarded(brand.id, brand.name, name, name))
    for mail in brand.mail:
        local, _, domain = (mail.address or "").partition("@")
        if is_freemail(domain):
            _guard_local(made, brand, squeezed(local), mail.address or "")


def _domains(brand: Brand) -> Iterator[str]:
    yield from (entry.domain for entry in brand.web if entry.domain)
    yield from (entry.domain for entry in brand.mail if entry.domain)


def _guard_local(made: Directory, brand: Brand, word: str, address: str) -> None:
    if not is_guardable(word):
        return
    guarded = Guarded(brand.id, brand.name, folded(word), address)
    for form in (guarded.written, *sorted(skeletons(word))):
        made.locals.setdefault(squeezed(form), guarded)


def _to_come(file: DirectoryFile, lists: tuple[ListInfo, ...], today: date) -> Iterator[Problem]:
    told = [(f"scams[{number}].reported_at", scam.reported_at) for number, scam in enumerate(file.scams)]
    told += [(f"scam_lists[{number}].date", info.date) for number, info in enumerate(lists)]
    for place, day in told:
        # Somewhere it is tomorrow already.
        if day is not None and day.toordinal() > today.toordinal() + 1:
            yield Problem(place, f"{day} lies in the future; write another day")


def official_accounts(directory: Directory, brand: str, on: date) -> tuple[str, ...]:
    """Return what a text of this brand may name: its sites, addresses and accounts, not those of its staff."""
    order = {"domain": 0, "mail": 1, "handle": 2}
    brands = (each for each in directory.brands.values() if each.name.casefold() == brand.casefold())
    listed = [entry for each in brands for _, entry in officials(each) if entry.kind in order and entry.role != STAFF]
    own = sorted((entry for entry in listed if entry.is_valid(on)), key=lambda entry: order[entry.kind])
    return tuple(dict.fromkeys(entry.shown for entry in own))[:MAX_OFFICIAL]
