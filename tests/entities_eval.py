"""Measures how well entities are found: precision and recall on the labelled sets, in all and by kind.

`python -m tests.entities_eval` prints totals; `learn` as an argument also prints what was missed or wrong there. What
is wrong in the held-out set is never shown: nothing is tuned on it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from gateway.case import Entity
from gateway.triage.entities import find

FOLDER = Path(__file__).parent / "labelled" / "entities"
SETS = ("learn", "heldout")
_WITH_NETWORKS = frozenset({"tx_hash", "address"})


class Marked(NamedTuple):
    """An entity as labels and results are compared: exact place and kind, and of hashes and addresses the chains."""

    kind: str
    start: int
    end: int
    networks: tuple[str, ...] = ()


@dataclass
class Score:
    """What was found of what was marked."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """The share of what was found that was marked."""
        return self.right.total() / max(1, self.right.total() + self.wrong.total())

    @property
    def recall(self) -> float:
        """The share of what was marked that was found."""
        return self.right.total() / max(1, self.right.total() + self.missed.total())


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a labelled set."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def marked(row: dict[str, Any]) -> set[Marked]:
    """Return what is marked in a message."""
    return {
        Marked(each["kind"], each["start"], each["end"], tuple(each.get("networks", ()))) for each in row["entities"]
    }


def found(text: str) -> set[Marked]:
    """Return what is found in a text."""
    return set(map(_as_marked, find(text)))


def _as_marked(entity: Entity) -> Marked:
    assert entity.span is not None
    told = next((item.value for item in entity.evidence if item.name == "networks"), "")
    networks = tuple(told.split(",")) if entity.kind in _WITH_NETWORKS else ()
    return Marked(entity.kind, entity.span.start, entity.span.end, networks)


def score(name: str, *, show: bool = False) -> Score:
    """Return what of a set is found; `show` prints every difference."""
    result = Score()
    for row in rows(name):
        wanted, got = marked(row), found(row["text"])
        result.right.update(each.kind for each in wanted & got)
        result.wrong.update(each.kind for each in got - wanted)
        result.missed.update(each.kind for each in wanted - got)
        if show and wanted != got:
            print(row["id"], row["language"], repr(row["text"]))
            for sign, some in (("  missed", wanted - got), ("  wrong ", got - wanted)):
                for each in sorted(some):
                    print(sign, each.kind, repr(row["text"][each.start : each.end]), *each.networks)
    return result


def main(arguments: list[str]) -> None:
    """Print the figures of both sets."""
    for name in SETS:
        result = score(name, show=name == "learn" and name in arguments)
        print(f"{name}: precision {result.precision:.4f}, recall {result.recall:.4f}")
        if name == "learn":
            for kind in sorted({*result.right, *result.wrong, *result.missed}):
                figures = result.right[kind], result.wrong[kind], result.missed[kind]
                print(f"  {kind:<14}right {figures[0]:4}  wrong {figures[1]:3}  missed {figures[2]:3}")


if __name__ == "__main__":
    main(sys.argv[1:])
