"""What people call the things of the trade, read once from the data, with what an operator adds to it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import ahocorasick

STEM = "*"
"""Ends a term that may go on with other letters."""
_LAST_ALPHABET = "\u0e00"
"""Below it, letters make words with spaces between them; above, words stand side by side."""
LETTER = r"[^\W\d_\u0e00-\U0010ffff]"
"""The same in a regular expression."""
_NUMBERING = re.compile(
    r"(?i)\b(?:id|no|nr|number|numéro|n[°º.]|ref|reference)\b|#|[°º号號]|id$|编号|編號|番号|номер|айди|numar|mã|số|número|numero|nomor"
    r"|nummer|번호|رقم|معر|เลข|รหัส"
)
"""What makes of a word such as withdrawal the name of its number."""


class Term(NamedTuple):
    """A term that was found: of which kind, whose, and what must not stand beside it."""

    kind: str
    name: str
    size: int
    is_word: bool
    """Whether it begins with a letter of an alphabet, so that none may stand before it."""
    ends: bool
    """Whether no such letter may stand after it."""
    strong: bool
    """Whether it names a number by itself."""


@dataclass(frozen=True)
class Vocabulary:
    """Terms to look for in small letters, and tables to look up what stands next to a number."""

    terms: ahocorasick.Automaton
    assets: Mapping[str, str]
    """Names, codes and signs in small letters → the asset; those that end in STEM may go on."""
    capitals: Mapping[str, str]
    """The same for codes that are words in small letters."""
    times: Mapping[str, int]
    """Words for thousand, million and the like."""
    between: frozenset[str]
    account_id: re.Pattern[str]
    glued_id: re.Pattern[str]
    """The same where it is written to its label."""


DEFAULT_ACCOUNT_ID = r"[0-9]{6,12}"


def fold_term(text: str) -> str:
    """Return a term as it is looked for."""
    return text.replace("İ", "i").lower()


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return a file of the data."""
    return tomllib.loads((files("gateway.triage") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def is_letter(sign: str) -> bool:
    """Whether a sign is a letter of a writing that puts spaces between words."""
    return sign < _LAST_ALPHABET and sign.isalpha()


Names = tuple[tuple[str, tuple[str, ...]], ...]
"""Names, each with what else it is called."""


class Naming(NamedTuple):
    """What is an operator's own, as it is told to another process: a vocabulary itself is large, and built there."""

    account_id: str = ""
    assets: Names = ()
    networks: Names = ()

    @property
    def vocabulary(self) -> Vocabulary:
        """What entities are looked for with."""
        return _vocabulary(self.account_id, self.assets, self.networks)

    @property
    def networks_known(self) -> frozenset[str]:
        """The names of all networks that can be recognised."""
        return frozenset({*data("networks")["network"], *(name for name, _ in self.networks)})


def naming(
    *, account_id: str = "", assets: Mapping[str, Iterable[str]] | None = None,
    networks: Mapping[str, Iterable[str]] | None = None,
) -> Naming:  # fmt: skip
    """Return an operator's own: what an account id looks like, names of assets, names of networks."""
    return Naming(account_id, _frozen(assets), _frozen(networks))


def vocabulary(
    *, account_id: str = "", assets: Mapping[str, Iterable[str]] | None = None,
    networks: Mapping[str, Iterable[str]] | None = None,
) -> Vocabulary:  # fmt: skip
    """Return the vocabulary with an operator's own. Raises ValueError where the pattern is no regular expression."""
    return naming(account_id=account_id, assets=assets, networks=networks).vocabulary


@cache
def usual() -> Vocabulary:
    """Return the vocabulary without anything of an operator's."""
    return vocabulary()


def _frozen(names: Mapping[str, Iterable[str]] | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(others)) for name, others in (names or {}).items())


@lru_cache(maxsize=8)
def _vocabulary(account_id: str, assets: Names, networks: Names) -> Vocabulary:
    try:
        glued = re.compile(rf"(?:{account_id or DEFAULT_ACCOUNT_ID})(?![A-Za-z0-9])")
        pattern = re.compile(rf"(?<![A-Za-z0-9]){glued.pattern}")
    except re.error as error:
        raise ValueError("account_id is no regular expression") from error
    known = data("assets")
    names = {**{name: tuple(others) for name, others in known["names"].items()}}
    table = {fold_term(each): name for name, others in names.items() for each in others}
    table |= {code: code.upper() for code in known["codes"].split()}
    table |= known["letters"]
    table |= {fold_term(each): name for name, others in assets for each in (name, *others)}
    times = {fold_term(each): int(number) for number, words in known["times"].items() for each in words}
    return Vocabulary(
        terms=_automaton((*_labels(), *_networks(networks))),
        assets=MappingProxyType(table),
        capitals=MappingProxyType({code.upper(): code.upper() for code in known["words"].split()}),
        times=MappingProxyType(times),
        between=frozenset(known["between"]["words"]),
        account_id=pattern,
        glued_id=glued,
    )


def _labels() -> Iterator[tuple[str, str, str]]:
    """Yield the labels of numbers: the term, its kind, and a name where it has one."""
    for kind, languages in data("labels").items():
        for terms in languages.values():
            for term in terms:
                yield term, kind, ""


def _networks(more: Names) -> Iterator[tuple[str, str, str]]:
    known = data("networks")
    for name, spelled in known["network"].items():
        for term in spelled.get("names", ()):
            yield term, "network", name
        for term in spelled.get("coins", ()):
            yield term, "coin", name
    for name, terms in more:
        for term in (name, *terms):
            yield term, "network", name


def _automaton(terms: Iterable[tuple[str, str, str]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    found: dict[str, tuple[Term, ...]] = {}
    for written, kind, name in terms:
        text = fold_term(written).removesuffix(STEM)
        ends = is_letter(text[-1]) and not written.endswith(STEM)
        strong = kind != "withdrawal_id" or _NUMBERING.search(text) is not None
        term = Term(kind, name, len(text), is_letter(text[0]), ends, strong)
        if all((other.kind, other.name) != (kind, name) for other in found.get(text, ())):
            found[text] = (*found.get(text, ()), term)
    for text, meanings in found.items():
        automaton.add_word(text, meanings)
    automaton.make_automaton()
    return automaton
