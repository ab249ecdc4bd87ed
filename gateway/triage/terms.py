"""The notation of terms: what stands in the files of `data/terms`, read into values. Pure.

How it is written, with examples: the README in that folder. Not here: finding terms in a message (`matching`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.triage.fold import fold

POINTS: Mapping[str, float] = {"strong": 3.0, "medium": 2.0, "weak": 1.0, "against": -2.0}
"""What a term of each list counts."""
URGENT = "urgent"
"""The table of signs that more can be lost within hours."""
ANSWER = "answer"
"""The table of what somebody writes who answers a question of ours, and raises no matter of his own."""
GENUINE = "genuine"
"""The table of what somebody writes who asks whether a person, an account or a site is genuine."""
HARMLESS = "harmless"
"""The table of what somebody writes who has given nothing away and paid nothing, or only warns."""
LOST = "lost"
"""The table of what somebody writes who has paid, given something away or been robbed."""
SIGNS = (URGENT, ANSWER, GENUINE, HARMLESS, LOST)
LATE = frozenset({GENUINE, HARMLESS, LOST})
"""Signs that are looked for only where a rule asks after them, mostly once there is a category."""
SETS = "sets"
_SHORTEST = 2
_SHORTEST_EASTERN = 1
_SIGN = re.compile(r"[*&|]|\.\.|^[!@]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class TermError(ValueError):
    """A term that cannot be read; the sentence says where and why."""


class Atom(NamedTuple):
    """A piece of text to be found; open where the word that it stands in may go on."""

    text: str
    open_left: bool = False
    open_right: bool = False


Unit = frozenset[Atom]
"""Any of these."""


@dataclass(frozen=True, slots=True)
class Term:
    """What speaks for a category: every chain is found, its units one soon after the other, and nothing excluded."""

    table: str
    points: float
    chains: tuple[tuple[Unit, ...], ...]
    excluded: tuple[Unit, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class TermFile:
    """The terms of one language, or of all."""

    terms: tuple[Term, ...]


def read_terms(data: Mapping[str, Any], tables: Iterable[str], *, umlauts: bool = False) -> TermFile:
    """Read the tables of a term file; `tables` are the categories that there are. TermError names what is wrong."""
    known = {*tables, *SIGNS}
    sets = _sets(data.get(SETS, {}), umlauts=umlauts)
    terms: list[Term] = []
    for table, lists in data.items():
        if table == SETS:
            continue
        if table not in known:
            raise TermError(f"[{table}] is no category")
        if not isinstance(lists, dict):
            raise TermError(f"[{table}] must be a table of lists")
        for name, written in lists.items():
            if name not in POINTS:
                raise TermError(f"[{table}] has no list {name}: write {', '.join(POINTS)}")
            pieces = _strings(written, f"[{table}] {name}")
            terms += (read_term(each, table, POINTS[name], sets, umlauts=umlauts) for each in pieces)
    return TermFile(tuple(dict.fromkeys(terms)))


def read_term(
    written: str, table: str, points: float, sets: Mapping[str, Unit] | None = None, *, umlauts: bool = False
) -> Term:
    """Read one term; TermError quotes it."""
    chains: list[tuple[Unit, ...]] = []
    excluded: list[Unit] = []
    for part in _split(written, "&"):
        if part.startswith("!"):
            excluded.append(_unit(part[1:].strip(), written, sets or {}, umlauts=umlauts))
        else:
            links = (_unit(each, written, sets or {}, umlauts=umlauts) for each in _split(part, ".."))
            chains.append(tuple(links))
    if not chains:
        raise TermError(f'"{written}" names nothing that is to be found')
    return Term(table, points, tuple(chains), tuple(excluded), written)


def _split(written: str, sign: str) -> Sequence[str]:
    parts = [each.strip() for each in written.split(f" {sign} ")] if sign in written else [written.strip()]
    if "" in parts:
        raise TermError(f'"{written}" has nothing beside {sign}')
    return parts


def _sets(data: object, *, umlauts: bool) -> dict[str, Unit]:
    if not isinstance(data, dict):
        raise TermError("[sets] must be a table of lists")
    found: dict[str, Unit] = {}
    for name, written in data.items():
        if _NAME.fullmatch(name) is None:
            raise TermError(f"[sets] {name} must be of small letters, digits and _")
        pieces = _strings(written, f"[sets] {name}")
        found[name] = frozenset().union(*(_unit(each, each, found, umlauts=umlauts) for each in pieces))
    return found


def _strings(written: object, where: str) -> list[str]:
    if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
        raise TermError(f"{where} must be a list of texts")
    return written


def _unit(written: str, term: str, sets: Mapping[str, Unit], *, umlauts: bool) -> Unit:
    atoms: set[Atom] = set()
    for each in _split(written, "|"):
        if each[0] == "@":
            if each[1:] not in sets:
                raise TermError(f'"{term}" names the set {each}, which stands not above it in [sets]')
            atoms |= sets[each[1:]]
        else:
            _add(atoms, each, term, umlauts=umlauts)
    return frozenset(atoms)


def _add(atoms: set[Atom], written: str, term: str, *, umlauts: bool) -> None:
    """Add a piece in all its spellings."""
    open_left, open_right = written[0] == "*", written[-1] == "*"
    bare = written.strip("*").strip()
    if _SIGN.search(bare) is not None:
        raise TermError(f'"{term}" has a sign of the notation where none can stand, or no space beside one')
    texts = [fold(bare)]
    if umlauts:
        texts.append(fold(bare.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")))
    texts += [each.replace("'", "") for each in texts if "'" in each]
    for text in texts:
        if len(text) < (_SHORTEST if text.isascii() else _SHORTEST_EASTERN):
            raise TermError(f'"{term}" is too short to be found')
        atoms.add(Atom(text, open_left, open_right))
