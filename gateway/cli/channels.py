"""`gatehouse channels`: how each channel does, from the running engine, or from the store when none runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import typer

from gateway.cli._beside import is_made
from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, operator_settings, say, say_json, say_table
from gateway.cli._login import login
from gateway.cli._spent import SpentLine, money, spent_lines, summed
from gateway.clock import SystemClock
from gateway.control import NotRunningError, ask_all
from gateway.health import Condition
from gateway.journal import State
from gateway.keeping import utc_day
from gateway.settings import Settings
from gateway.views import StreamView, Tally

app = typer.Typer(help="The channels and how they do.", no_args_is_help=True)
app.command(name="login")(login)

GRAVEST_FIRST = (
    Condition.MISCONFIGURED,
    Condition.AUTH_FAILED,
    Condition.NO_CREDITS,
    Condition.FAULTY,
    Condition.RETRYING,
    Condition.STOPPED,
    Condition.STARTING,
    Condition.RUNNING,
)

_OUTBOX = (State.NEW, State.POSTPONED, State.UNKNOWN, State.PENDING, State.MAYBE_SENT, State.BURIED)


@dataclass(frozen=True, slots=True)
class Row:
    """One channel, or the backend, as the operator sees it."""

    name: str
    connector: str
    state: str
    waiting: int = 0
    taken: int = 0
    buried: int = 0
    last_error: str = ""
    action: str = ""
    spent_calls: int = 0
    """Today in UTC, by all channels of its account, as is what they cost."""
    spent_cost: float = 0.0
    circuit: str = ""
    """Of a ticket system: `closed`, `half_open` or `open`."""


@app.callback()
def group() -> None:
    """The channels and how they do."""


@app.command(name="list")
def list_channels(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List every channel and ticket system: state, what waits, what was spent, the last error and what to do."""
    settings = operator_settings(config)
    streams, tally, spent, parts = asyncio.run(_look(settings))
    rows = [_spent(row, spent) for row in channel_rows(settings, streams, parts)]
    outbox = {state.value: tally.effects.get(state, 0) for state in _OUTBOX if tally.effects.get(state, 0)}
    if as_json:
        say_json({"running": parts is not None, "channels": [asdict(row) for row in rows], "outbox": outbox})
        return
    columns = ("channel", "connector", "state", "waiting", "taken", "buried", "spent today", "last error", "what to do")
    say_table(columns, [_cells(row) for row in rows])
    say()
    say("outbox: " + (", ".join(f"{count} {state.replace('_', ' ')}" for state, count in outbox.items()) or "empty"))
    if parts is None:
        say("No gateway is running on this store; start it with `gatehouse run`.")


_Looked = tuple[Sequence[StreamView], Tally, Sequence[SpentLine], list[dict[str, Any]] | None]


async def _look(settings: Settings) -> _Looked:
    from gateway.app import open_store_for

    streams: Sequence[StreamView] = ()
    tally = Tally()
    spent: Sequence[SpentLine] = ()
    if is_made(settings):
        async with open_store_for(settings) as store:
            streams, tally = await store.streams(), await store.tally()
            spent = spent_lines(settings.channels, await store.spending.of_day(utc_day(SystemClock())))
    try:
        answers = await ask_all(settings.store.socket, "status")
    except NotRunningError:
        return streams, tally, spent, None
    told = [parts for answer in answers if isinstance(parts := answer.get("parts"), list)]
    return streams, tally, spent, [part for parts in told for part in parts if isinstance(part, dict)]


def _spent(row: Row, spent: Sequence[SpentLine]) -> Row:
    found = summed([line for line in spent if line.channel == row.name])
    return row if found is None else replace(row, spent_calls=found.calls, spent_cost=found.cost)


def _cells(row: Row) -> Sequence[object]:
    spent = f"{money(row.spent_cost)} ({row.spent_calls} calls)" if row.spent_calls or row.spent_cost else ""
    counts = (row.waiting, row.taken, row.buried)
    state = f"{row.state}, circuit {row.circuit.replace('_', ' ')}" if row.circuit not in ("", "closed") else row.state
    return (row.name, row.connector, state, *counts, spent, row.last_error, row.action)


def channel_rows(
    settings: Settings, streams: Sequence[StreamView], parts: Sequence[Mapping[str, Any]] | None
) -> Iterable[Row]:
    """Yield a row for each channel of the configuration, then one for each ticket system."""
    for channel in settings.channels:
        yield _row(channel.name, channel.plugin.name, streams, parts)
    for name in settings.disabled:
        yield _counted(Row(name, "", "disabled"), streams)
    for problem in settings.unavailable:
        name = problem.path.split(".")[1]
        yield _counted(Row(name, "", "unavailable", last_error=problem.message, action="install it"), streams)
    for backend in settings.backends:
        yield _row(backend.shown, backend.plugin.name, streams, parts, backend.target)


def _row(
    name: str,
    kind: str,
    streams: Sequence[StreamView],
    parts: Sequence[Mapping[str, Any]] | None,
    source: str = "",
) -> Row:
    source = source or name
    if parts is None:
        return _counted(Row(name, kind, "not running", action="gatehouse run"), streams, source)
    own = [part for part in parts if _is_of(str(part.get("part", "")), source)]
    worst = min(own, key=_gravity, default=None)
    if worst is None:
        return _counted(Row(name, kind, "not known to the running gateway", action="restart it"), streams, source)
    state, error, action = (str(worst.get(key, "")) for key in ("condition", "last_error", "action"))
    circuit = next((str(part["circuit"]) for part in own if part.get("circuit")), "")
    row = Row(name, kind, state.replace("_", " "), last_error=error, action=action, circuit=circuit)
    return _counted(row, streams, source)


def _is_of(part: str, source: str) -> bool:
    return part == source or part.startswith(f"{source}:")


def _gravity(part: Mapping[str, Any]) -> int:
    known = [condition.value for condition in GRAVEST_FIRST]
    condition = part.get("condition")
    return known.index(condition) if condition in known else 0


def _counted(row: Row, streams: Sequence[StreamView], source: str = "") -> Row:
    own = [stream for stream in streams if stream.source == (source or row.name)]
    counts = {
        "waiting": sum(stream.waiting for stream in own),
        "taken": sum(stream.taken for stream in own),
        "buried": sum(stream.buried for stream in own),
    }
    return Row(**{**asdict(row), **counts})
