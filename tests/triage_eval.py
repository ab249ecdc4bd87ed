"""Measures triage on the labelled messages of `tests/labelled`, and writes docs/triage-accuracy.md.

`make triage-eval` measures both sets; `make triage-eval ARGS=learn` the one to learn from, and `ARGS="learn --wrong"`
lists what is wrong there. Of the set that is held out, totals by language and category are all that is ever shown.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from gateway.case import Message, Party, Priority, Provenance, Triage
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory
from gateway.trust.masking import clean

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "triage-accuracy.md"
LABELLED = ROOT / "tests" / "labelled"
FIRST_RUN = LABELLED / "first_run.json"
"""What the first run on the held-out set found; written once, and never again."""
LEARN, HELD_OUT = "learn", "heldout"
FOLDERS = {LEARN: ("learn", "learn_urgent"), HELD_OUT: ("heldout",)}
"""Where a set stands: what to learn from is messages of every category, and further ones of those that are urgent."""
LEAST, LEAST_LANGUAGE, LEAST_URGENT = 0.85, 0.75, 0.95
ON = date(2026, 11, 22)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message's labels, and what triage made of it."""

    row: Row
    found: Triage

    @property
    def right(self) -> bool:
        """Whether the category is the labelled one."""
        return bool(self.found.category == self.row["category"])

    @property
    def called_urgent(self) -> bool:
        """Whether triage calls it urgent."""
        return self.found.priority is Priority.URGENT


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set came to: right ones and all, by language and by category; urgent ones found, missed, and false."""

    languages: dict[str, tuple[int, int]]
    categories: dict[str, tuple[int, int]]
    urgent_found: int
    urgent: int
    urgent_false: int
    urgent_languages: dict[str, tuple[int, int]]

    @property
    def right(self) -> tuple[int, int]:
        """Right ones and all."""
        return sum(each[0] for each in self.languages.values()), sum(each[1] for each in self.languages.values())

    def as_json(self) -> Row:
        """Return it as it is kept."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of_json(cls, kept: Row) -> Totals:
        """Read what was kept."""
        pairs = ("languages", "categories", "urgent_languages")
        return cls(**{k: {n: (p[0], p[1]) for n, p in v.items()} if k in pairs else v for k, v in kept.items()})


def rows(name: str) -> Iterator[Row]:
    """Yield the messages of a set."""
    for folder in FOLDERS.get(name, (name,)):
        for path in sorted((LABELLED / folder).glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                if line.strip():
                    yield json.loads(line)


def message(row: Row) -> Message:
    """Return a labelled message as its channel would bring it."""
    at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    platform = row["channel"]
    where = Provenance(
        source=platform, stream="s", key=row["id"], lane="l", received_at=at, normalizer="labelled/1", size=1
    )
    sender = Party(platform=platform, address="user@mail.example" if platform == "email" else "4711")
    return Message(
        id=row["id"],
        content_key=row["id"],
        provenance=where,
        platform=platform,
        sender=sender,
        subject=row.get("subject") or "",
        text=row["text"],
    )


def judged(row: Row) -> Outcome:
    """Triage a labelled message after the stages that come before."""
    known = clean(message(row), ())
    found = assess(known.message, known.facts, Directory(""), ON, known.found)
    return Outcome(row, triage(known.message, known.facts, found))


def totals(outcomes: Iterable[Outcome]) -> Totals:
    """Count."""
    seen = list(outcomes)
    urgent = [each for each in seen if each.row["urgent"]]
    return Totals(
        languages=_by("language", seen, lambda each: each.right),
        categories=_by("category", seen, lambda each: each.right),
        urgent_found=sum(each.called_urgent for each in urgent),
        urgent=len(urgent),
        urgent_false=sum(each.called_urgent and not each.row["urgent"] for each in seen),
        urgent_languages=_by("language", urgent, lambda each: each.called_urgent),
    )


def _by(name: str, seen: Sequence[Outcome], right: Callable[[Outcome], bool]) -> dict[str, tuple[int, int]]:
    every = Counter(each.row[name] for each in seen)
    good = Counter(each.row[name] for each in seen if right(each))
    return {key: (good[key], every[key]) for key in sorted(every)}


def measured(name: str) -> Totals:
    """Return what a set comes to."""
    return totals(map(judged, rows(name)))


def share(pair: tuple[int, int] | Sequence[int]) -> str:
    """Return a pair as `19/20 (95.0 %)`."""
    return f"{pair[0]}/{pair[1]} ({pair[0] / pair[1]:.1%})" if pair[1] else "none"


def table(title: str, pick: Callable[[Totals], dict[str, tuple[int, int]]], sets: dict[str, Totals]) -> Iterator[str]:
    """Yield a table of all sets."""
    yield f"| {title} | {' | '.join(sets)} |"
    yield "|---|" + "---|" * len(sets)
    for key in sorted({key for each in sets.values() for key in pick(each)}):
        yield f"| {key} | {' | '.join(share(pick(each).get(key, (0, 0))) for each in sets.values())} |"
    yield ""


def report(sets: dict[str, Totals]) -> str:
    """Return the page."""
    right = (share(each.right) for each in sets.values())
    recall = (share((each.urgent_found, each.urgent)) for each in sets.values())
    lines = [
        "# How well triage judges labelled messages",
        "",
        "Written by `make triage-eval`; not by hand. The messages are made up: `tests/labelled/README.md` says what",
        "they are. Rules and terms may be tuned on the set to learn from. Of the held-out set, whose writers saw",
        "neither, nothing but these totals is ever shown; its first run stands beside the last. Messages pass",
        "masking and trust first, as in the gateway.",
        "",
        "Urgent is what gets the priority `urgent`. Recall is the share of the messages labelled urgent that do; false",
        "ones do without that label.",
        "",
        f"| | {' | '.join(sets)} | wanted |",
        "|---|" + "---|" * (len(sets) + 1),
        f"| category right | {' | '.join(right)} | {LEAST:.0%} |",
        f"| urgent recall | {' | '.join(recall)} | {LEAST_URGENT:.0%} |",
        f"| called urgent falsely | {' | '.join(str(each.urgent_false) for each in sets.values())} | |",
        "",
        *table("language", lambda each: each.languages, sets),
        *table("category", lambda each: each.categories, sets),
        *table("language, urgent ones", lambda each: each.urgent_languages, sets),
    ]
    return "\n".join(lines)


def held_out() -> dict[str, Totals]:
    """Return the first and the last run on the held-out set; the first is kept when there was none."""
    last = measured(HELD_OUT)
    if not FIRST_RUN.exists():
        FIRST_RUN.write_text(json.dumps(last.as_json(), indent=1) + "\n", "utf-8")
    first = Totals.of_json(json.loads(FIRST_RUN.read_text("utf-8")))
    return {"held out, first run": first, "held out, last run": last}


def main(args: Sequence[str]) -> int:
    """Measure, write, and print."""
    names = [each for each in args if not each.startswith("-")]
    if unknown := [each for each in names if each not in FOLDERS]:
        print(f"there is no set {unknown[0]}: write {LEARN} or {HELD_OUT}")
        return 2
    sets: dict[str, Totals] = {}
    if not names or LEARN in names:
        sets["learn"] = measured(LEARN)
    if not names or HELD_OUT in names:
        sets |= held_out()
    page = report(sets)
    if not names:
        REPORT.write_text(page, "utf-8")
    print(page)
    if "--wrong" in args and names == [LEARN]:
        wanted = [each.removeprefix("--in=").split(",") for each in args if each.startswith("--in=")]
        _show_wrong(wanted[0] if wanted else None)
    return 0


def _show_wrong(languages: Sequence[str] | None) -> None:
    """List what is wrong in the set to learn from, and why."""
    for row in rows(LEARN):
        if languages is not None and row["language"] not in languages:
            continue
        each = judged(row)
        if not each.right or each.called_urgent != row["urgent"]:
            said = "urgent" if each.called_urgent else ""
            print(f"{row['id']} {row['category']}{' urgent' * row['urgent']} <- {each.found.category} {said}")
            print(f"    {row.get('subject', '')} | {row['text']}")
            print(f"    {each.found.reasons}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
