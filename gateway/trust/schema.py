"""The directory file's shape: what an operator writes in official.toml, checked entry by entry."""

from __future__ import annotations

import datetime as dates
import re
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from gateway.trust.confusables import is_hidden, mixes_scripts
from gateway.trust.domains import is_ip, read_host, split_host
from gateway.trust.links import canonical, cut_link
from gateway.trust.platforms import PLATFORM_NAMES, near_miss
from gateway.trust.shared import is_freemail, is_shared
from gateway.trust.wallets import wallet_key
from gateway.trust.words import is_common

EXAMPLE_BRAND_ID = "example-brand"
"""The brand id in the file that `gatehouse init` writes: a directory that still holds it was never filled in."""

_PLATFORM = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_HANDLE = re.compile(r"[^\s@/:?#\\]{1,64}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
LIST_SUFFIXES = (".jsonl", ".csv", ".txt")
"""How the files of scam lists end."""
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


_SHORTEST, _SHORTEST_BEYOND_ASCII = 3, 2
"""Letters of a name that can be guarded: two are a whole name in Chinese, and stand in any word in Latin."""


def is_guardable(word: str) -> bool:
    """Whether a name is long enough to be looked for in other texts."""
    letters = sum(char.isalnum() for char in word)
    return letters >= (_SHORTEST if word.isascii() else _SHORTEST_BEYOND_ASCII)


_LEAST_OF_A_NAME, _LEAST_BEYOND_SPACES = 6, 3
_WITHOUT_SPACES = "\u2e80"
"""From here on scripts put no space between words."""


def is_telling(name: str) -> bool:
    """Whether a display name is so much its own that whoever else bears it is worth a look: `Lin Wei`, not `Anna`."""
    words = re.findall(r"[^\W_]+", name)
    if all(map(is_common, words)):
        return False
    if sum(char >= _WITHOUT_SPACES for word in words for char in word) >= _LEAST_BEYOND_SPACES:
        return True
    return len(words) > 1 and sum(map(len, words)) >= _LEAST_OF_A_NAME


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise ValueError('write small letters, digits and hyphens, e.g. "examplex"')
    return value


def _platform(value: str) -> str:
    name = PLATFORM_NAMES.get(value.strip().lower(), value.strip().lower())
    if not _PLATFORM.fullmatch(name):
        raise ValueError('write the platform\'s name in small letters, e.g. "x" or "telegram"')
    if meant := near_miss(name):
        raise ValueError(f'"{name}" is no platform that we know; did you mean "{meant}"?')
    return name


def _handle(value: str) -> str:
    name = value.removeprefix("@")
    if not _HANDLE.fullmatch(name):
        raise ValueError('write the account\'s name alone, without spaces or slashes, e.g. "examplex"')
    return name


def _domain(value: str) -> str:
    if value.startswith("*."):
        raise ValueError(f'write "{value[2:]}" without "*."; a web domain covers all its subdomains')
    host = read_host(value)
    if host is None or not host.exact or is_ip(host.ascii) or "." not in host.ascii:
        raise ValueError('write a domain name without "https://", path or spaces, e.g. "examplex.test"')
    if not split_host(host.ascii).registrable:
        raise ValueError("anybody can register a name under this suffix; write the whole domain that is yours")
    return host.ascii


def _site(value: str) -> str:
    name = _domain(value)
    if is_shared(name):
        raise ValueError(f'{name} belongs to everybody who has an account there; write link = "https://{name}/..."')
    return name


def _mail_domain(value: str) -> str:
    name = _domain(value)
    if is_freemail(name):
        raise ValueError(f'anybody can get an address at {name}; write address = "...@{name}"')
    return name


def _address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise ValueError('write one address alone, without a name, e.g. "support@examplex.test"')
    return f"{local.lower()}@{_domain(domain)}"


def _link(value: str) -> str:
    """Check a link, and write it in the form in which links are compared."""
    cuts, doubt = cut_link(value) if re.fullmatch(r"https?://[^\s\\]+", value) and len(value) <= 1000 else ((), "")
    if not cuts or doubt or cuts[0].user_info:
        raise ValueError('write the whole link, e.g. "https://t.me/examplex"')
    cut = cuts[0]
    if not cut.plain:
        raise ValueError(
            'write the link without "/../", "//" and %-codes in its path: as it is when it has been opened'
        )
    if cut.port:
        raise ValueError("write the link without a port")
    if not cut.host.exact or is_ip(cut.host.ascii):
        raise ValueError("write the link with a plain domain name")
    if is_shared(cut.host.ascii) and not cut.path.strip("/") and not cut.tail:
        raise ValueError(f"{cut.host.ascii} belongs to everybody who has an account there; write the link to your page")
    return canonical(cut)


def _phone(value: str) -> str:
    number = re.sub(r"[ ().-]", "", value)
    if not _PHONE.fullmatch(number):
        raise ValueError('write the number with its country code, e.g. "+44 20 7946 0000"')
    return number


def _wallet(value: str) -> str:
    address = wallet_key(value)
    if not address:
        raise ValueError("write the whole address that coins are sent to, without spaces")
    return address


def _beside(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or path.suffix not in LIST_SUFFIXES:
        told = ", ".join(LIST_SUFFIXES)
        raise ValueError(f'write a path below the folder of this file that ends in {told}, e.g. "lists/reported.jsonl"')
    return str(path)


def _refuse_mixed(text: str) -> None:
    if mixes_scripts(text):
        raise ValueError(f'"{text}" mixes letters of several scripts in one word, as impostors do; type it anew')


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=1000)

    @field_validator("*", mode="before")
    @classmethod
    def _visible(cls, value: Any) -> Any:
        """Refuse what nobody sees when reading the file: it makes a name another one than it seems."""
        for text in value if isinstance(value, list | tuple) else (value,):
            hidden = next((char for char in text if is_hidden(char, text)), "") if isinstance(text, str) else ""
            if hidden:
                raise ValueError(f"holds the invisible character U+{ord(hidden):04X}; write it without that")
        return value

    def _exactly_one(self, *names: str) -> None:
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"write exactly one of {', '.join(names)}" + (f", not {len(given)}" if given else ""))


class _Official(_Row):
    """What every official entry can say."""

    role: str = Field(default="", description="What it is for, e.g. `support`, `announcements`.")
    region: str = Field(default="", description="Where it is for, e.g. `EU`.")
    languages: tuple[str, ...] = Field(default=(), description="BCP 47 tags, e.g. `en`, `zh-CN`.")
    since: date | None = Field(default=None, description="First day on which it was yours.")
    until: date | None = Field(default=None, description="Last day on which it was yours; without it, it still is.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until lies before since; exchange them")
        return self


class Account(_Official):
    """An account on a platform."""

    platform: Annotated[str, AfterValidator(_platform)] = Field(description="`x`, `telegram`, ...")
    handle: Annotated[str, AfterValidator(_handle)] | None = Field(default=None, description="Public name without @.")
    id: str | None = Field(default=None, description="The platform's immutable id: a handle can change hands.")
    name: str | None = Field(
        default=None,
        description="Its display name, e.g. `Lin Wei | Examplex` of a member of staff: whoever else bears it is found.",
    )

    @field_validator("name")
    @classmethod
    def _guardable(cls, value: str | None) -> str | None:
        if value is None:
            return None
        _refuse_mixed(value)
        if not is_telling(value):
            raise ValueError(
                f'"{value}" is a name that others bear by chance; write one of two words and six letters or more, as '
                'in "Lin Wei | Examplex", or leave it out: the names of the brand are guarded without it'
            )
        return value

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.handle is None and self.id is None:
            raise ValueError("write handle, id or, best, both")
        return self


class Mail(_Official):
    """One mail address, or a domain at which every address is official."""

    address: Annotated[str, AfterValidator(_address)] | None = None
    domain: Annotated[str, AfterValidator(_mail_domain)] | None = Field(
        default=None, description="Every address at it, not at its subdomains."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._exactly_one("address", "domain")
        return self


class Web(_Official):
    """A domain with all its subdomains, or one link exactly."""

    domain: Annotated[str, AfterValidator(_site)] | None = Field(default=None, description="It and its subdomains.")
    link: Annotated[str, AfterValidator(_link)] | None = Field(default=None, description="Exactly this link.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._exactly_one("domain", "link")
        return self


class Phone(_Official):
    """A telephone number."""

    number: Annotated[str, AfterValidator(_phone)] = Field(description="With country code: `+44 20 7946 0000`.")


class App(_Official):
    """An app in a store."""

    store: Literal["apple", "google", "huawei", "samsung", "other"]
    id: str = Field(min_length=1, description="The store's id, e.g. `test.examplex.app`.")


class Brand(_Row):
    """One brand and everything that is officially its own."""

    id: Annotated[str, AfterValidator(_slug)]
    name: str = Field(min_length=1, description="As people write it.")
    names: tuple[str, ...] = Field(default=(), description="Other display names that it goes by.")
    tokens: tuple[str, ...] = Field(default=(), description="Further words to guard, e.g. a former name.")
    generic: bool = Field(default=False, description="The name is also a common word: warn more carefully.")
    imported_as: str | None = Field(
        default=None, description="What the list that it was imported from calls it, where that is not its id."
    )
    accounts: tuple[Account, ...] = ()
    mail: tuple[Mail, ...] = ()
    web: tuple[Web, ...] = ()
    phones: tuple[Phone, ...] = ()
    apps: tuple[App, ...] = ()

    @field_validator("name", "names", "tokens")
    @classmethod
    def _one_script(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for text in (value,) if isinstance(value, str) else value:
            _refuse_mixed(text)
        return value

    @field_validator("names", "tokens")
    @classmethod
    def _distinctive(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if not is_guardable(text):
                raise ValueError(f'"{text}" is too short to be told from other words; write three letters or more')
            if is_common(text):
                raise ValueError(f'"{text}" is a word that everybody uses; write names of your own')
        return value


class Scam(_Row):
    """Something that was reported as a scam: an account, a mail address, a domain (with its subdomains), a link, ..."""

    platform: Annotated[str, AfterValidator(_platform)] | None = None
    handle: Annotated[str, AfterValidator(_handle)] | None = None
    address: Annotated[str, AfterValidator(_address)] | None = None
    domain: Annotated[str, AfterValidator(_site)] | None = None
    link: Annotated[str, AfterValidator(_link)] | None = None
    phone: Annotated[str, AfterValidator(_phone)] | None = Field(default=None, description="With country code.")
    wallet: Annotated[str, AfterValidator(_wallet)] | None = Field(
        default=None, description="An address that coins are sent to; its capitals count where they do on its chain."
    )
    reported_at: date | None = None
    source: str = Field(default="", description="Who reported it, or where.")
    note: str = Field(default="", description="What else is known of it, for agents.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._exactly_one("handle", "address", "domain", "link", "phone", "wallet")
        if (self.handle is None) != (self.platform is None):
            raise ValueError("platform and handle belong together; write both or neither")
        return self


ScamKind = Literal["handle", "mail", "domain", "link", "phone", "wallet"]


class ScamList(_Row):
    """A list of reported scams in a file of its own, as large as it may be."""

    file: Annotated[str, AfterValidator(_beside)] = Field(
        description="Beside the directory: `lists/reported.jsonl`, or .csv with a header, or .txt with one a line."
    )
    source: str = Field(default="", description="Whose list it is; without it, what the list itself says.")
    date: dates.date | None = Field(
        default=None,
        description="The day on which it was made; without it, what the list says. Rows may tell days of their own.",
    )
    kind: ScamKind = Field(default="domain", description="What the rows are that do not say so themselves.")
    platform: Annotated[str, AfterValidator(_platform)] | None = Field(
        default=None, description="Where the handles are that do not say so themselves."
    )
    note: str = Field(default="", description="What else is known of all of them, for agents.")


class DirectoryFile(_Row):
    """The whole file; its JSON Schema is `DirectoryFile.model_json_schema()`."""

    brands: tuple[Brand, ...] = ()
    scams: tuple[Scam, ...] = ()
    scam_lists: tuple[ScamList, ...] = ()
