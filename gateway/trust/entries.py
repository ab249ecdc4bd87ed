"""The entries of the directory one by one: what is official, what was reported, and what of it contradicts the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gateway.trust.domains import ascii_lower, parents
from gateway.trust.links import cut_link
from gateway.trust.problems import Problem
from gateway.trust.scamtable import ScamTable, table_key
from gateway.trust.schema import Account, App, Brand, DirectoryFile, Mail, Phone, Scam, Web

STAFF = "staff"
"""The role of an account that is a person's: official, but nobody is to be sent there."""
_PLATFORM_TITLES = {"x": "X", "telegram": "Telegram", "instagram": "Instagram", "youtube": "YouTube"}


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
    name: str = ""
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


def scam_key(scam: Scam) -> tuple[str, str]:
    """Return (kind or platform, value) by which a reported scam is found."""
    if scam.platform and scam.handle:
        return scam.platform, ascii_lower(scam.handle)
    if scam.address:
        return "mail", scam.address
    if scam.phone:
        return "phone", scam.phone
    if scam.wallet:
        return "wallet", scam.wallet
    return ("link", scam.link) if scam.link else ("domain", scam.domain or "")


def officials(brand: Brand) -> Iterator[tuple[str, Official]]:
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
        name=(entry.name or "") if isinstance(entry, Account) else "",
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


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry that still holds, with its place in the file."""

    path: str
    entry: Official

    @property
    def host(self) -> str:
        """The host that it stands on, if it stands on one."""
        if self.entry.kind == "link":
            return next((cut.host.ascii for cut in cut_link(self.entry.value)[0]), "")
        return self.entry.value.rpartition("@")[2] if self.entry.kind in ("mail", "mail_domain", "domain") else ""


def contradictions(file: DirectoryFile, table: ScamTable | None = None) -> Iterator[Problem]:
    """Yield what belongs to two brands, and what is official and a scam at once, by hand or in the lists' table."""
    yield from _taken_ids(file)
    listed = [
        _Listed(f"brands[{number}].{place}", entry)
        for number, brand in enumerate(file.brands)
        for place, entry in officials(brand)
        if entry.until is None
    ]
    yield from _two_owners(listed)
    yield from _reported(file, listed)
    if table is not None:
        yield from _on_a_list(listed, table)


def _taken_ids(file: DirectoryFile) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, brand in enumerate(file.brands):
        if brand.id in seen:
            yield Problem(f"brands[{number}].id", f'"{brand.id}" is taken by brands[{seen[brand.id]}]; write another')
        seen.setdefault(brand.id, number)


def _two_owners(listed: list[_Listed]) -> Iterator[Problem]:
    owners: dict[tuple[str, str, str], _Listed] = {}
    for item in listed:
        entry = item.entry
        first = owners.setdefault((entry.kind, entry.platform, ascii_lower(entry.value)), item)
        if first.entry.brand != entry.brand:
            yield Problem(item.path, f"{entry.shown} stands under another brand too ({first.path}); leave one of them")
    hosts = {item.entry.value: item for item in reversed(listed) if item.entry.kind == "domain"}
    for item in listed:
        if item.entry.kind not in ("domain", "mail_domain"):
            continue
        above = next((hosts[name] for name in parents(item.entry.value)[1:] if name in hosts), None)
        if above is not None and above.entry.brand != item.entry.brand:
            told = f"{item.entry.shown} lies under {above.entry.shown} of another brand ({above.path})"
            yield Problem(item.path, f"{told}; list under that brand what is its own, without the rest")


def _reported(file: DirectoryFile, listed: list[_Listed]) -> Iterator[Problem]:
    """Yield the scams that are official too, or that something official lies under; the other way round is in order."""
    by_value = {(item.entry.kind, item.entry.platform, ascii_lower(item.entry.value)): item for item in listed}
    by_domain = {name: item for item in reversed(listed) for name in parents(item.host)}
    for number, scam in enumerate(file.scams):
        kind, value = scam_key(scam)
        same = by_value.get(("handle", kind, value) if scam.handle else (kind, "", value))
        above = by_domain.get(value) if kind == "domain" else None
        if same is not None:
            yield Problem(f"scams[{number}]", f"{value} is listed as official too ({same.path}); leave one of them")
        elif above is not None:
            told = f"{above.entry.shown}, which is official ({above.path}), lies under {value}"
            yield Problem(f"scams[{number}]", f"{told}; leave one of them")


def _on_a_list(listed: list[_Listed], table: ScamTable) -> Iterator[Problem]:
    for item in listed:
        found = next(((key, report) for key in _table_keys(item) if (report := table.get(key)) is not None), None)
        if found is not None:
            key, report = found
            kind, _, value = key.partition(" ")
            told = f"{item.entry.shown} is official, but the list of {report.source} reports the {kind} {value.strip()}"
            yield Problem(item.path, f"{told}; strike it from the list, or end this entry with until = ...")


def official_keys(brands: Iterable[Brand]) -> dict[str, str]:
    """Return what a list of scams may not hold, under the keys of its table → what is official by it."""
    listed = (_Listed("", entry) for brand in brands for _, entry in officials(brand) if entry.until is None)
    return {key: item.entry.shown for item in listed for key in _table_keys(item)}


def _table_keys(item: _Listed) -> Iterator[str]:
    """Yield what of an official entry a list may not name: itself, and each domain that it lies under."""
    entry = item.entry
    if entry.kind == "handle":
        yield table_key("handle", ascii_lower(entry.value), entry.platform)
    elif entry.kind in ("mail", "link", "phone"):
        yield table_key(entry.kind, entry.value)
    if item.host:
        yield from (table_key("domain", name) for name in parents(item.host))
