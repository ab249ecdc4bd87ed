"""The figures of a run, as tables in docs/performance.md between two comment lines each."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.benchmarks.node import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
FULL = os.environ.get("GATEHOUSE_FULL") == "1"


@dataclass(frozen=True)
class Target:
    """What a figure should be: at least, or below, this much."""

    bound: float
    at_least: bool

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value < self.bound

    def words(self, unit: str) -> str:
        return f"{'≥' if self.at_least else '<'} {_number(self.bound)}{unit}"


@dataclass
class Section:
    """One table: what was measured in one run of one benchmark."""

    name: str
    size: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str = "", target: Target | None = None, note: str = "") -> None:
        """Add a figure; `unit` follows it, a space before it included where there is one."""
        wanted = "" if target is None else target.words(unit)
        verdict = note if target is None else ("met" if target.met(value) else "**missed**") + (note and f"; {note}")
        self.rows.append((what, f"{_number(value)}{unit}", wanted, verdict))
        print(f"{self.name}: {what}: {_number(value)}{unit} {wanted} {verdict}")

    def text(self) -> str:
        """Return the table, with when and on what it was measured."""
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        extent = "full size" if FULL else "short form"
        lines = [
            f"Measured {today}, {extent}: {self.size}. Machine: {machine()}.",
            "",
            "| Figure | Measured | Target | |",
            "|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in self.rows),
        ]
        return "\n".join(lines)

    def write(self) -> None:
        """Put the table into its place in the document."""
        begin, end = f"<!-- figures: {self.name} -->", f"<!-- end of figures: {self.name} -->"
        found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        text = DOCUMENT.read_text(encoding="utf-8")
        assert found.search(text), f"docs/performance.md has no place for the figures of {self.name}"
        DOCUMENT.write_text(found.sub(lambda _: f"{begin}\n{self.text()}\n{end}", text), encoding="utf-8")


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    """Return what kind of machine this is, without a name or a place."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, shared with other work"
