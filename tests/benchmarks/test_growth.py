"""Whether the rate stays when the store grows: the same work on stores of a thousand to a million cases, by turns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks import runs, stock
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.meter import median
from tests.benchmarks.node import ONE_CORE, Node, source_channel
from tests.benchmarks.outcome import assert_each_once, rows_of
from tests.benchmarks.report import FULL, Section, Target
from tests.benchmarks.runs import Cost

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SIZES = (1_000, 10_000, 100_000, 1_000_000) if FULL else (1_000, 10_000)
MESSAGES = 2_000 if FULL else 1_000
ROUNDS = 5 if FULL else 3
SHAPE = "x_shaped"


def make_template(node: Node) -> None:
    """Let a gateway work on what is then multiplied, its acknowledgements included."""
    node.configure(source_channel(SHAPE, count=stock.SEED), acknowledge=True)
    node.start()
    node.listener.wait("took", stock.SEED, 120, node.alive)
    ((owed,),) = rows_of(node.database)("select count(*) from effects where kind = 'acknowledgement'")
    node.listener.wait("sent", owed, 120, node.alive)
    node.stop()
    assert rows_of(node.database)("select count(*) from cases") == [(stock.CASES,)]


def work(node: Node, known: int, turn: int) -> Cost:
    """Work off the next messages, one in ten of which answers what the store holds already."""
    before = turn * MESSAGES
    # The template's cursor stands behind its own messages: the next ones follow all that the store holds.
    count = stock.SEED + before + MESSAGES
    node.configure(source_channel(SHAPE, count=count, first=known - stock.SEED, known=known))
    node.start()
    secs, cpu, others, _ = runs.until_taken(node, MESSAGES)
    node.stop()
    assert_each_once(node.listener, MESSAGES)
    rows = rows_of(node.database)
    assert rows("select count(*) from raws where state = 'settled'") == [(known + before + MESSAGES,)]
    # Two in ten join: one a case of this turn, and one a case that was there before.
    opened = (before + MESSAGES) * 8 // 10
    assert rows("select count(*) from cases") == [(known // stock.SEED * stock.CASES + opened,)]
    return Cost(MESSAGES, secs, cpu, others)


def test_rate_as_the_store_grows(make_node: MakeNode, tmp_path: Path) -> None:
    section = Section(
        "growth", f"{MESSAGES:,} X-shaped messages a turn, by turns, median of {ROUNDS}; SQLite, one core"
    )
    template = make_node()
    make_template(template)
    known = {size: stock.copies_for(size) * stock.SEED for size in SIZES}
    for size in SIZES:
        shutil.copytree(template.folder, tmp_path / f"store{size}")
        stock.fill(tmp_path / f"store{size}" / "gatehouse.db", stock.copies_for(size))
    costs: dict[int, list[Cost]] = {size: [] for size in SIZES}
    for turn in range(ROUNDS):
        for size in SIZES:
            node = make_node(*ONE_CORE, folder=tmp_path / f"store{size}")
            costs[size].append(work(node, known[size], turn))
    rates = {size: median([cost.rate for cost in costs[size]]) for size in SIZES}
    cpu = {size: median([cost.cpu_ms for cost in costs[size]]) for size in SIZES}
    for size in SIZES:
        section.add(f"{size:,} cases", rates[size], "/s", None, runs.note(costs[size]))
    small, large = SIZES[0], SIZES[-1]
    target = Target(0.85, at_least=True)
    section.add(f"{large:,} cases, share of the rate with {small:,}", rates[large] / rates[small], "", target)
    section.add("the same in processor time", cpu[small] / cpu[large], "")
    section.write()
