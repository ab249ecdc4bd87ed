"""The directory file's shape: what an operator writes in official.toml, checked entry by entry."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.trust.domains import is_ip, read_host, split_host

EXAMPLE_BRAND_ID = "example-brand"
"""The brand id in the file that `gatehouse init` writes: a directory that still holds it was never filled in."""

PLATFORM_NAMES = {"twitter": "x", "tg": "telegram", "ig": "instagram", "fb": "facebook", "yt": "youtube"}
"""Other names of platforms, and the one that we use."""

_FREEMAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "aol.com",
        "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.com", "gmx.de", "gmx.net", "mail.com", "mail.ru",
        "yandex.ru", "yandex.com", "qq.com", "foxmail.com", "163.com", "126.com", "sina.com", "naver.com",
        "zoho.com", "tutanota.com", "web.de",
    }
)  # fmt: skip
_SHARED_SITES = frozenset(
    {
        "t.me", "telegram.me", "x.com", "twitter.com", "facebook.com", "instagram.com", "youtube.com",
        "linkedin.com", "github.com", "medium.com", "discord.gg", "discord.com", "reddit.com", "tiktok.com",
        "weibo.com", "linktr.ee", "apps.apple.com", "play.google.com", "google.com",
    }
)  # fmt: skip
_PLATFORM = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_HANDLE = re.compile(r"[^\s@/:?#\\]{1,64}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def is_freemail(domain: str) -> bool:
    """Whether anybody can get an address at that domain."""
    return domain in _FREEMAIL


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise ValueError('write small letters, digits and hyphens, e.g. "examplex"')
    return value


def _platform(value: str) -> str:
    name = PLATFORM_NAMES.get(value.strip().lower(), value.strip().lower())
    if not _PLATFORM.fullmatch(name):
        raise ValueError('write the platform\'s name in small letters, e.g. "x" or "telegram"')
    return name


def _handle(value: str) -> str:
    name = value.removeprefix("@")
    if not _HANDLE.fullmatch(name):
        raise ValueError('write the account\'s name alone, without spaces or slashes, e.g. "examplex"')
    return name


def _domain(value: str) -> str:
    host = read_host(value.removeprefix("*."))
    if host is None or not host.exact or is_ip(host.ascii) or "." not in host.ascii:
        raise ValueError('write a domain name without "https://", path or spaces, e.g. "examplex.test"')
    if not split_host(host.ascii).registrable:
        raise ValueError("anybody can register a name under this suffix; write the whole domain that is yours")
    return host.ascii


def _site(value: str) -> str:
    name = _domain(value)
    if name in _SHARED_SITES:
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
    if not re.fullmatch(r"https?://[^\s\\@]+", value) or len(value) > 1000:
        raise ValueError('write the whole link, e.g. "https://t.me/examplex"')
    return value


def _phone(value: str) -> str:
    number = re.sub(r"[ ().-]", "", value)
    if not _PHONE.fullmatch(number):
        raise ValueError('write the number with its country code, e.g. "+44 20 7946 0000"')
    return number


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=1000)

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
    accounts: tuple[Account, ...] = ()
    mail: tuple[Mail, ...] = ()
    web: tuple[Web, ...] = ()
    phones: tuple[Phone, ...] = ()
    apps: tuple[App, ...] = ()


class Scam(_Row):
    """Something that was reported as a scam: an account, an address, a domain (with its subdomains) or a link."""

    platform: Annotated[str, AfterValidator(_platform)] | None = None
    handle: Annotated[str, AfterValidator(_handle)] | None = None
    address: Annotated[str, AfterValidator(_address)] | None = None
    domain: Annotated[str, AfterValidator(_domain)] | None = None
    link: Annotated[str, AfterValidator(_link)] | None = None
    reported_at: date | None = None
    source: str = Field(default="", description="Who reported it, or where.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._exactly_one("handle", "address", "domain", "link")
        if (self.handle is None) != (self.platform is None):
            raise ValueError("platform and handle belong together; write both or neither")
        return self


class DirectoryFile(_Row):
    """The whole file; its JSON Schema is `DirectoryFile.model_json_schema()`."""

    brands: tuple[Brand, ...] = ()
    scams: tuple[Scam, ...] = ()
