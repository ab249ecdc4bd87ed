"""Writes what the full-size runs found into docs/proof.md: one row a run, the newest figures of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from tests.crash.audit import Audit
from tests.gateway_process import ROOT

PAGE = ROOT / "docs" / "proof.md"
COLUMNS = ("What", "Date", "Messages", "Kills", "Lost", "Doubled", "Maybe sent", "Seed", "Command")
HEAD = """# Proof

What `make prove` found when it was last run at full size; it writes this page. Each run compares what users wrote with
the tickets, replies and acknowledgements that the world outside of the gateway was given. *Lost* and *doubled* must be
0. *Maybe sent* counts replies that a kill left in doubt: each is shown to the operator, none is sent again by itself.
How the runs work: [tests/crash](../tests/crash/). A seed repeats the same choices: `make prove GATEHOUSE_SEED=...`.

"""


@dataclass(frozen=True)
class Proof:
    """One row."""

    what: str
    cells: tuple[str, ...]

    @classmethod
    def of(cls, what: str, found: Audit, seed: int | None) -> Self:
        """Return the row of an audit."""
        figures = (found.messages, found.kills, found.lost, found.doubled, found.maybe_sent)
        date = datetime.now(UTC).date().isoformat()
        shown = tuple(f"{figure:,}" for figure in figures)
        return cls(what, (date, *shown, str(seed) if seed is not None else "", "`make prove`"))

    def record(self) -> None:
        """Put the row in the place of an older one of its name."""
        rows = _rows() | {self.what: self.cells}
        lines = [_line(COLUMNS), _line(("---",) * len(COLUMNS))]
        lines += [_line((what, *cells)) for what, cells in sorted(rows.items())]
        PAGE.write_text(HEAD + "\n".join(lines) + "\n")


def _rows() -> dict[str, tuple[str, ...]]:
    if not PAGE.exists():
        return {}
    table = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][2:]
    split = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table]
    return {what: tuple(cells) for what, *cells in split}


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
