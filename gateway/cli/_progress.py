"""A bar on a terminal while a long command works; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]

SHOWN_FROM = 100
"""Fewer items than that are done before anybody could read a bar."""


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Advance]:
    """Yield what tells of that many more done; without a total the bar only shows that it moves."""
    if not sys.stderr.isatty() or (total is not None and total < SHOWN_FROM):
        yield lambda count: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)
