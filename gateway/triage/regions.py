"""Regions in one form: a country, a part of it, or a union; and what a customer's region counts as. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

_FORM: Final = re.compile(r"[a-z]{2}(?:-[a-z0-9]{1,3})?")
_DATA: Final = tomllib.loads((files("gateway.triage") / "data" / "regions.toml").read_text("utf-8"))
_UNIONS: Final = {name: frozenset(countries.split()) for name, countries in _DATA["countries"].items()}
_NAMES: Final[dict[str, str]] = _DATA["names"]


def is_region(region: str) -> bool:
    """Whether it can be a customer's region at all: `de`, `us-ca`, `eu`."""
    return _FORM.fullmatch(region_of(region)) is not None


def region_of(region: str) -> str:
    """Return a region in the form in which regions are compared: `DE`, `eu-de` and `eu_DE` are `de`; `UK` is `gb`."""
    name = region.strip().lower().replace("_", "-")
    union, _, country = name.partition("-")
    if country in _UNIONS.get(union, ()):
        name = country
    country, hyphen, part = name.partition("-")
    return f"{_NAMES.get(country, country)}{hyphen}{part}"


@lru_cache(maxsize=1024)
def regions_of(region: str) -> tuple[str, ...]:
    """Return all that a customer's region counts as, the nearest first: `DE` is `de` and `eu`; nothing is nothing."""
    name = region_of(region)
    if not _FORM.fullmatch(name):
        return ()
    country = name.partition("-")[0]
    others = (other for other, known in _NAMES.items() if known == country)
    unions = (union for union, countries in _UNIONS.items() if country in countries)
    return tuple(dict.fromkeys((name, country, *others, *unions)))
