"""The directory of official accounts: loaded from official.toml, checked whole, indexed for constant-time look-ups."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway.errors import ConfigError
from gateway.trust.confusables import folded, skeletons
from gateway.trust.domains import ascii_lower, parents, split_host
from gateway.trust.problems import Problem, problems_of
from gateway.trust.schema import (
    EXAMPLE_BRAND_ID,
    Account,
    App,
    Brand,
    DirectoryFile,
    Mail,
    Phone,
    Scam,
    Web,
    is_freemail,
)

__all__ = ["EXAMPLE_BRAND_ID", "Directory", "DirectoryError", "Guarded", "Official", "Problem", "load_directory"]

SHORT = 4
"""Names of up to so many characters are too common to be found inside other words."""
_SHORTEST = 3
_PLATFORM_TITLES = {"x": "X", "telegram": "Telegram", "instagram": "Instagram", "youtube": "YouTube"}


class DirectoryError(ConfigError):
    """The directory of official accounts cannot be used as it is written."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def platform_title(platform: str) -> str:
    """Return a platform's name as people write it."""
    return _PLATFORM_TITLES.get(platform, platform.capitalize())


@dataclass(frozen=True, slots=True)
class Official:
    """One entry of the directory, ready to be shown."""

    brand: str
    brand_name: str
    kind: str
    value: str
    platform: str = ""
    id: str | None = None
    role: str = ""
    region: str = ""
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def shown(self) -> str:
        """The account as a person writes it."""
        if self.kind == "handle":
            return f"@{self.value} on {platform_title(self.platform)}"
        return self.value

    def is_valid(self, on: date | None) -> bool:
        """Whether the entry holds on that day; without a day, an entry that ends is not known to hold."""
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A name that impostors imitate. `careful` names are short or common words: they need more than themselves."""

    brand: str
    brand_name: str
    written: str
    official: str
    careful: bool


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
    scam_platforms: frozenset[str] = frozenset()
    names: dict[str, Guarded] = field(default_factory=dict)
    """Skeleton, or plain reading, → guarded name of a brand: its names, further words, the labels of its domains."""
    handles: dict[str, Guarded] = field(default_factory=dict)
    """Skeleton without separators → the handle of an official account."""
    lengths: tuple[int, ...] = ()
    """The lengths of the skeletons in `names`, so that finding one inside a label does not depend on their number."""
    locals: dict[str, Guarded] = field(default_factory=dict)
    """Skeleton of the part before the @ of official addresses at shared providers."""
    embedded: dict[str, Guarded] = field(default_factory=dict)
    """Reading of an official domain with its hyphens as dots → its brand, to find it inside another host."""
    suffixes: frozenset[str] = frozenset()
    """The public suffixes of official domains, which the public suffix list may not know."""

    def site_of(self, host: str) -> tuple[Official, ...]:
        """Return the entries of the official site that a host is, or lies under."""
        return next((self.sites[name] for name in parents(host) if name in self.sites), ())

    def is_own_host(self, host: str, on: date | None) -> bool:
        """Whether the host belongs to a brand on that day, for the web or for mail."""
        listed = (table.get(name, ()) for name in parents(host) for table in (self.sites, self.mail_domains))
        return any(entry.is_valid(on) for entries in listed for entry in entries)

    def site_for(self, brand: str) -> str:
        """Return the brand's main site or, without one, what else it is reached by."""
        found = self.brands.get(brand)
        if found is None:
            return ""
        sites = [entry.domain or entry.link for entry in found.web if entry.until is None]
        mails = [entry.address or entry.domain for entry in found.mail if entry.until is None]
        handles = [f"@{entry.handle} on {platform_title(entry.platform)}" for entry in found.accounts if entry.handle]
        return next((value for value in (*sites, *mails, *handles) if value), "")

    @classmethod
    def of(cls, file: DirectoryFile) -> Directory:
        """Index a checked file."""
        text = json.dumps(file.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        made = cls(digest=hashlib.sha256(text.encode()).hexdigest(), brands={brand.id: brand for brand in file.brands})
        for brand in file.brands:
            _index_brand(made, brand)
        for brand in file.brands:
            _guard_brand(made, brand)
        made.scams.update((scam_key(scam), scam) for scam in file.scams)
        suffixes = frozenset(split_host(name).suffix for name in (*made.sites, *made.mail_domains))
        object.__setattr__(made, "suffixes", suffixes)
        object.__setattr__(made, "scam_platforms", frozenset(scam.platform for scam in file.scams if scam.platform))
        object.__setattr__(made, "lengths", tuple(sorted({len(name) for name in made.names}, reverse=True)))
        return made


def load_directory(path: Path) -> Directory:
    """Read, check and index the file; raises `DirectoryError` with every problem at once."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DirectoryError(
            (Problem(path.name, f"cannot be read: {error.strerror}; create it, or name it"),)
        ) from None
    except UnicodeDecodeError:
        raise DirectoryError((Problem(path.name, "is not UTF-8; save it as UTF-8"),)) from None
    except tomllib.TOMLDecodeError as error:
        raise DirectoryError((Problem(path.name, f"is not TOML: {error}; see docs/directory.md"),)) from None
    return parse_directory(document)


def parse_directory(document: dict[str, Any]) -> Directory:
    """Check and index a file already read; raises `DirectoryError` with every problem at once."""
    try:
        file = DirectoryFile.model_validate(document)
    except ValidationError as error:
        raise DirectoryError(problems_of(error)) from None
    found = tuple(_contradictions(file))
    if found:
        raise DirectoryError(found)
    return Directory.of(file)


def scam_key(scam: Scam) -> tuple[str, str]:
    """Return (kind or platform, value) by which a reported scam is found."""
    if scam.platform and scam.handle:
        return scam.platform, ascii_lower(scam.handle)
    if scam.address:
        return "mail", scam.address
    return ("link", scam.link) if scam.link else ("domain", scam.domain or "")


def _officials(brand: Brand) -> Iterator[tuple[str, Official]]:
    """Yield (place in the file, entry) for everything official of a brand."""
    groups: tuple[tuple[str, Iterable[Account | Mail | Web | Phone | App]], ...] = (
        ("accounts", brand.accounts),
        ("mail", brand.mail),
        ("web", brand.web),
        ("phones", brand.phones),
        ("apps", brand.apps),
    )
    for name, entries in groups:
        for number, entry in enumerate(entries):
            yield f"{name}[{number}]", _official(brand, entry)


def _official(brand: Brand, entry: Account | Mail | Web | Phone | App) -> Official:
    kind, value, platform, number = _identity(entry)
    return Official(
        brand=brand.id,
        brand_name=brand.name,
        kind=kind,
        value=value,
        platform=platform,
        id=number,
        role=entry.role,
        region=entry.region,
        languages=entry.languages,
        since=entry.since,
        until=entry.until,
    )


def _identity(entry: Account | Mail | Web | Phone | App) -> tuple[str, str, str, str | None]:
    """Return (kind, value, platform or store, id)."""
    match entry:
        case Account():
            return "handle", entry.handle or entry.id or "", entry.platform, entry.id
        case Mail():
            return ("mail", entry.address, "", None) if entry.address else ("mail_domain", entry.domain or "", "", None)
        case Web():
            return ("domain", entry.domain, "", None) if entry.domain else ("link", entry.link or "", "", None)
        case Phone():
            return "phone", entry.number, "", None
        case App():
            return "app", entry.id, entry.store, entry.id


def _index_brand(made: Directory, brand: Brand) -> None:
    for _, entry in _officials(brand):
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
    known = made.platforms.get(handle, ())
    if entry.platform not in known:
        made.platforms[handle] = (*known, entry.platform)


def _add(table: dict[Any, tuple[Official, ...]], key: object, entry: Official) -> None:
    table[key] = (*table.get(key, ()), entry)


def squeezed(text: str) -> str:
    """Leave letters and digits alone: separators, dots and spaces hide nothing."""
    return "".join(char for char in text if char.isalnum())


def dotted(text: str) -> str:
    """Write hyphens as dots: `examplex-test` and `examplex.test` read alike inside a host."""
    return text.replace("-", ".")


def _guard_brand(made: Directory, brand: Brand) -> None:
    labels = [(split_host(name).label, name) for name in _domains(brand)]
    site = made.site_for(brand.id)
    for word in (brand.name, *brand.names, *brand.tokens):
        own = squeezed(folded(word))
        _guard(made.names, brand, squeezed(word), next((name for label, name in labels if label == own), site))
    for label, name in labels:
        # The label of a domain may be any common word; only a name that the brand goes by stands for it alone.
        _guard(made.names, brand, squeezed(label), name, careful=True)
    for _, name in labels:
        made.embedded.setdefault(dotted(folded(name)), Guarded(brand.id, brand.name, name, name, careful=False))
    for account in brand.accounts:
        if account.handle:
            shown = f"@{account.handle} on {platform_title(account.platform)}"
            _guard(made.handles, brand, squeezed(account.handle), shown)
    for mail in brand.mail:
        local, _, domain = (mail.address or "").partition("@")
        if is_freemail(domain):
            _guard(made.locals, brand, squeezed(local), mail.address or "")


def _domains(brand: Brand) -> Iterator[str]:
    yield from (entry.domain for entry in brand.web if entry.domain)
    yield from (entry.domain for entry in brand.mail if entry.domain)


def _guard(table: dict[str, Guarded], brand: Brand, word: str, official: str, *, careful: bool = False) -> None:
    if len(word) < _SHORTEST:
        return
    careful = careful or brand.generic or len(word) <= SHORT
    guarded = Guarded(brand.id, brand.name, folded(word), official, careful)
    for form in (guarded.written, *sorted(skeletons(word))):
        table.setdefault(squeezed(form), guarded)


def _contradictions(file: DirectoryFile) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    owners: dict[tuple[str, str, str], tuple[str, str]] = {}
    for number, brand in enumerate(file.brands):
        if brand.id in seen:
            yield Problem(f"brands[{number}].id", f'"{brand.id}" is taken by brands[{seen[brand.id]}]; write another')
        seen.setdefault(brand.id, number)
        for place, entry in _officials(brand):
            if entry.until is not None:
                continue
            path = f"brands[{number}].{place}"
            owner, first = owners.setdefault((entry.kind, entry.platform, ascii_lower(entry.value)), (brand.id, path))
            if owner != brand.id:
                yield Problem(path, f"{entry.shown} stands under another brand too ({first}); leave one of them")
    for number, scam in enumerate(file.scams):
        kind, value = scam_key(scam)
        key = ("handle", kind, value) if scam.handle else (kind, "", value)
        if key in owners:
            yield Problem(
                f"scams[{number}]", f"{value} is listed as official too ({owners[key][1]}); leave one of them"
            )
