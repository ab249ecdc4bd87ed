"""Makes a directory of lines of JSON, one brand a line: reads every writing of a name, settles whose a doubled one is.

What cannot be read is an error; what can be read but not be anybody's own is left out, and said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from gateway.trust.claims import read_claim
from gateway.trust.confusables import is_hidden, mixes_scripts, visible
from gateway.trust.domains import ascii_lower, parents, read_host, split_host
from gateway.trust.entries import contradictions, platform_title
from gateway.trust.links import cut_link
from gateway.trust.problems import DirectoryError, Problem, problems_of
from gateway.trust.resemblance import squeezed
from gateway.trust.scamlist import without_www
from gateway.trust.schema import Account, Brand, DirectoryFile, Mail, Phone, Web
from gateway.trust.shared import is_freemail, is_shared

_LISTS = ("twitter", "telegram", "domains", "emails", "phones")
_PLATFORMS = {"twitter": "x", "telegram": "telegram"}
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_ID, _LONGEST_NAME, _LONGEST_VALUE = 60, 200, 1_000

Entry = Account | Mail | Web | Phone


@dataclass(frozen=True, slots=True)
class Imported:
    """The brands of a file of lines, and what of it was left out or mended."""

    file: DirectoryFile
    warnings: tuple[Problem, ...]


def read_lines(lines: Iterable[str]) -> Imported:
    """Read lines such as {"brand", "name", "twitter", "telegram", "domains", "emails", "phones"}; others are ignored.

    Raises `DirectoryError` naming every bad line. What two brands list belongs to the one whose name it bears, or else
    to the first.
    """
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        if line.strip():
            reading.take(f"line {number}", line.removeprefix("\ufeff"))
    return reading.result()


class _LineError(ValueError):
    """A line, or a value in it, that cannot be read; its text says why."""


@dataclass(slots=True)
class _Draft:
    """A brand while its lines are gathered."""

    place: str
    key: str
    id: str
    name: str
    entries: dict[tuple[str, ...], tuple[str, Entry]] = field(default_factory=dict)
    """What the entry is → (line, entry)."""

    def bears(self, what: tuple[str, ...]) -> bool:
        """Whether a handle or the label of a domain is the name of this brand."""
        value = split_host(what[-1]).label if what[0] == "domain" else what[-1]
        return squeezed(value) in (squeezed(ascii_lower(self.key)), squeezed(ascii_lower(self.name)))


class _Reading:
    def __init__(self) -> None:
        self._drafts: dict[str, _Draft] = {}
        self._ids: dict[str, str] = {}
        self._owners: dict[tuple[str, ...], tuple[_Draft, str]] = {}
        self._errors: list[Problem] = []
        self._warnings: list[Problem] = []

    def take(self, place: str, line: str) -> None:
        """Read one line; what is wrong with it is gathered."""
        try:
            row = _row(line)
        except _LineError as error:
            self._errors.append(Problem(place, str(error)))
            return
        draft = self._draft(place, row["brand"].strip(), row["name"])
        for name in _LISTS:
            for value in row.get(name) or ():
                self._add(place, draft, name, value.strip()[:_LONGEST_VALUE])

    def result(self) -> Imported:
        """Return what was read; raises `DirectoryError`."""
        if self._errors:
            raise DirectoryError(tuple(self._errors))
        for draft in self._drafts.values():
            self._leave_to_owners(draft)
        brands = tuple(map(_brand, self._drafts.values()))
        for draft in self._drafts.values():
            if not draft.entries:
                self._warn(draft.place, f'"{draft.key}" has nothing that is its own; its name alone is guarded')
        file = DirectoryFile(brands=brands)
        if left := tuple(contradictions(file)):
            raise DirectoryError(left)
        return Imported(file, tuple(self._warnings))

    def _warn(self, place: str, message: str) -> None:
        self._warnings.append(Problem(place, message))

    def _draft(self, place: str, key: str, name: str) -> _Draft:
        if key in self._drafts:
            return self._drafts[key]
        made = self._new_id(place, key)
        draft = self._drafts[key] = _Draft(place, key, made, self._name(place, name, key, made))
        return draft

    def _new_id(self, place: str, key: str) -> str:
        slug = _NO_SLUG.sub("-", key.lower()).strip("-")[:_LONGEST_ID].rstrip("-") or "brand"
        made, number = slug, 1
        while made in self._ids:
            number += 1
            made = f"{slug}-{number}"
        if made != slug:
            self._warn(place, f'"{key}" gets the id "{made}", for "{self._ids[slug]}" has "{slug}" already')
        self._ids[made] = key
        return made

    def _name(self, place: str, *names: str) -> str:
        """Return the first name that can be shown and guarded; the last one, an id, always can."""
        shown = (visible(name).strip()[:_LONGEST_NAME] for name in names)
        found = next((name for name in shown if name and not mixes_scripts(name)), names[-1])
        if found != names[0].strip():
            self._warn(place, f'the name is taken as "{found}", without what is hidden or mixes scripts in it')
        return found

    def _add(self, place: str, draft: _Draft, name: str, value: str) -> None:
        if not value:
            return
        try:
            entry = self._entry(place, name, value)
        except ValidationError as error:
            self._errors.append(Problem(place, f'{name}: "{value[:80]}": {problems_of(error)[0].message}'))
            return
        except _LineError as error:
            self._errors.append(Problem(place, f'{name}: "{value[:80]}": {error}'))
            return
        if entry is None:
            return
        what = _identity(entry)
        owner, where = self._owners.setdefault(what, (draft, place))
        if owner is draft:
            draft.entries.setdefault(what, (place, entry))
        elif draft.bears(what) and not owner.bears(what):
            self._owners[what] = draft, place
            del owner.entries[what]
            draft.entries[what] = place, entry
            self._warn(
                where, f'{_shown(entry)} is left out: it bears the name of "{draft.key}", which lists it ({place})'
            )
        else:
            self._warn(place, f'{_shown(entry)} is left out: it stands under "{owner.key}" already ({where})')

    def _entry(self, place: str, name: str, value: str) -> Entry | None:
        match name:
            case "domains":
                return self._site(place, value)
            case "emails":
                return self._mail(place, value)
            case "phones":
                number = value.removeprefix("tel:")
                return Phone(number=f"+{number[2:]}" if number.startswith("00") else number)
            case _:
                return self._account(place, _PLATFORMS[name], value)

    def _account(self, place: str, platform: str, value: str) -> Entry | None:
        claim = read_claim(value if "/" in value or ":" in value else f"@{value.removeprefix('@')}")
        if claim.problem:
            raise _LineError(claim.problem)
        if claim.kind == "handle" and claim.platform in ("", platform):
            return Account(platform=platform, handle=claim.handle)
        if claim.platform != platform:
            raise _LineError(f"does not lead to an account on {platform_title(platform)}")
        if claim.handle:
            return Account(platform=platform, handle=claim.handle)
        link = _page(value) if claim.invitation else None
        if link is None:
            raise _LineError(f"does not lead to an account on {platform_title(platform)}")
        self._warn(place, f"{link.link} names no account: it is taken as a link, exactly as it is")
        return link

    def _site(self, place: str, value: str) -> Entry | None:
        bare = value if "://" in value else f"https://{value.removeprefix('*.')}"
        cuts, doubt = cut_link(bare)
        if not cuts or doubt or cuts[0].user_info or not cuts[0].host.exact:
            raise _LineError("cannot be read as a domain")
        host = without_www(cuts[0].host.ascii)
        path = cuts[0].path.strip("/")
        if is_shared(host) or ("." in host and not split_host(host).registrable):
            if path and (link := _page(bare)) is not None:
                self._warn(place, f"{host} is everybody's: {link.link} is taken as a link, exactly as it is")
                return link
            self._warn(place, f"{host} is left out: names and pages there are anybody's")
            return None
        if path:
            self._warn(place, f"{host} is taken with all that lies under it; the path of its link is left out")
        return Web(domain=host)

    def _mail(self, place: str, value: str) -> Entry | None:
        local, _, domain = re.sub(r"(?i)^mailto:", "", value).partition("?")[0].rpartition("@")
        if local:
            return Mail(address=f"{local}@{domain}")
        host = read_host(domain)
        if host is not None and (is_freemail(host.ascii) or is_shared(host.ascii)):
            self._warn(place, f"{host.ascii} is left out: anybody can get an address there")
            return None
        return Mail(domain=domain)

    def _leave_to_owners(self, draft: _Draft) -> None:
        """Leave out the domains that lie under another brand's: whoever has the one has the other."""
        for what, (place, entry) in tuple(draft.entries.items()):
            domain = entry.domain if isinstance(entry, Web | Mail) else None
            above = (self._owners.get(("domain", name)) for name in parents(domain)[1:]) if domain else ()
            owner = next((found for found in above if found is not None and found[0] is not draft), None)
            if owner is not None:
                self._warn(place, f'{domain} is left out: it lies under a domain of "{owner[0].key}" ({owner[1]})')
                del draft.entries[what]


def _row(line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise _LineError("is no JSON") from None
    if not isinstance(row, dict):
        raise _LineError('is no JSON object; write {"brand": "...", "name": "...", "domains": [...]}')
    for name in ("brand", "name"):
        text = row.get(name)
        if not isinstance(text, str) or not text.strip() or not _is_text(text) or len(text) > _LONGEST_VALUE:
            raise _LineError(f'has no "{name}"; write it as text')
    if any(is_hidden(char, row["brand"]) for char in row["brand"]):
        raise _LineError('"brand" holds an invisible character; write it without that')
    for name in _LISTS:
        values = row.get(name)
        if values is not None and not (isinstance(values, list) and all(map(_is_text, values))):
            raise _LineError(f'"{name}" is no list of texts')
    return row


def _is_text(value: object) -> bool:
    """Whether a value is text that can be written to a file."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _page(value: str) -> Web | None:
    """Return the entry of an exact link, if it can be one."""
    link = value if "://" in value else f"https://{value}"
    try:
        return Web(link=link)
    except ValidationError:
        return None


def _identity(entry: Entry) -> tuple[str, ...]:
    match entry:
        case Account():
            return "handle", entry.platform, ascii_lower(entry.handle or "")
        case Mail():
            return ("mail", entry.address) if entry.address else ("mail_domain", entry.domain or "")
        case Web():
            return ("domain", entry.domain) if entry.domain else ("link", entry.link or "")
        case Phone():
            return "phone", entry.number


def _shown(entry: Entry) -> str:
    what = _identity(entry)
    return f"@{what[2]} on {platform_title(what[1])}" if what[0] == "handle" else what[1]


def _brand(draft: _Draft) -> Brand:
    entries = [entry for _, entry in draft.entries.values()]
    return Brand(
        id=draft.id,
        name=draft.name,
        imported_as=draft.key if draft.key != draft.id else None,
        accounts=tuple(entry for entry in entries if isinstance(entry, Account)),
        mail=tuple(entry for entry in entries if isinstance(entry, Mail)),
        web=tuple(entry for entry in entries if isinstance(entry, Web)),
        phones=tuple(entry for entry in entries if isinstance(entry, Phone)),
    )


def as_toml(file: DirectoryFile) -> Iterator[str]:
    """Yield the lines of a directory's TOML."""
    for brand in file.brands:
        yield "[[brands]]"
        for name, value in brand.model_dump(mode="json", exclude_defaults=True).items():
            yield f"{name} = {_written(value)}"
        yield ""


def _written(value: object) -> str:
    match value:
        case list() | tuple() if any(isinstance(item, dict) for item in value):
            return "[\n" + "".join(f"  {_written(item)},\n" for item in value) + "]"
        case list() | tuple():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_written(item)}' for key, item in value.items())} }}"
        case str():
            # TOML escapes as JSON does; control characters, where they differ, never get into a row.
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(value)
