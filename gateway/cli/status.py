"""`gatehouse status`: how each part and both queues stand, and what to do about what is not well; once or live."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gateway.cli._common import (
    DEFAULT_CONFIG,
    PIPE_COLUMNS,
    AsJson,
    ConfigPath,
    complain,
    harmless,
    operator_settings,
    say_json,
    shown,
)
from gateway.cli._spent import SpentLine, money, spent_lines
from gateway.clock import SystemClock
from gateway.control import NotRunningError, ask_all, socket_path
from gateway.errors import TransientError
from gateway.health import Condition
from gateway.journal import State
from gateway.keeping import utc_day
from gateway.ports import Clock
from gateway.settings import EXIT_STATUS, Settings, SettingsError
from gateway.settings.files import read_document
from gateway.settings.model import StoreTable
from gateway.store import SqlStore
from gateway.views import Backlog
from gateway.watching.observation import Observation

WELL = frozenset({Condition.RUNNING, Condition.STARTING, Condition.STOPPED})
NOT_RUNNING = "No gateway is running on this store; start it with `gatehouse run`."


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the running gateway; times are instants."""

    part: str
    condition: str
    since: datetime | None
    last_success_at: datetime | None
    next_try_at: datetime | None
    last_error: str
    action: str

    @property
    def is_well(self) -> bool:
        """Whether nobody need look at it; a condition of a newer release counts as well only by its name."""
        return self.condition in {each.value for each in WELL}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """What stands in a queue of one source or target."""

    queue: str
    name: str
    waiting: int
    oldest_at: datetime | None
    buried: int
    maybe_sent: int


@dataclass(frozen=True, slots=True)
class Status:
    """All of it at one instant. `trouble` says why the parts could not be asked, when they could not."""

    at: datetime
    running: bool
    trouble: str
    parts: tuple[Part, ...]
    queues: tuple[QueueLine, ...]
    spent: tuple[SpentLine, ...] = ()
    """Since midnight in UTC."""

    @property
    def is_well(self) -> bool:
        """Whether the gateway runs and every part does."""
        return self.running and not self.trouble and all(part.is_well for part in self.parts)


def status(
    config: ConfigPath = DEFAULT_CONFIG,
    watch: Annotated[bool, typer.Option("--watch", help="Go on showing it until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option("--every", help="Seconds between two looks.", min=0.2)] = 2.0,
    as_json: AsJson = False,
) -> None:
    """Show how every part stands: state, lag, queues, the last error and what to do about it."""
    try:
        settings = operator_settings(config)
    except SettingsError as error:
        _show_beside_mistakes(config, error, as_json)
        return
    try:
        asyncio.run(_show(settings, SystemClock(), every if watch else None, as_json))
    except KeyboardInterrupt:
        raise typer.Exit from None


def _show_beside_mistakes(config: Path, error: SettingsError, as_json: bool) -> None:
    """Show what the running gateway says, which goes on with the configuration it has; else only the mistakes."""
    for problem in error.problems:
        complain(shown(problem))
    try:
        parts = _parts(asyncio.run(ask_all(socket_path(_store_of(config)), "status")))
    except (NotRunningError, TransientError):
        raise typer.Exit(EXIT_STATUS) from None
    _print(Status(SystemClock().now(), running=True, trouble="", parts=_sorted(parts), queues=()), as_json)


def _store_of(config: Path) -> Path:
    """Return where the configuration keeps its store, as far as it can be read."""
    try:
        table = read_document(config).get("store")
    except SettingsError:
        table = None
    name = table.get("path") if isinstance(table, dict) else None
    return config.parent / (name if isinstance(name, str) else StoreTable.model_fields["path"].default)


async def _show(settings: Settings, clock: Clock, every: float | None, as_json: bool) -> None:
    from gateway.app import open_store_for

    async with AsyncExitStack() as stack:
        store: SqlStore | TransientError
        try:
            store = await stack.enter_async_context(open_store_for(settings, clock))
        except TransientError as error:
            # When the store is away, what the engines say of it is needed most.
            store = error
        if every is None:
            _print(await look(settings, store, clock), as_json)
        elif sys.stdout.isatty() and not as_json:
            await _live(settings, store, clock, every)
        else:
            while True:
                _print(await look(settings, store, clock), as_json, one_line=True)
                await clock.sleep(every)


async def _live(settings: Settings, store: SqlStore | TransientError, clock: Clock, every: float) -> None:
    with Live(console=Console(highlight=False), auto_refresh=False, screen=True) as live:
        while True:
            live.update(render(await look(settings, store, clock)), refresh=True)
            await clock.sleep(every)


async def look(settings: Settings, store: SqlStore | TransientError, clock: Clock) -> Status:
    """Ask the engines and the store; one that is not there, or does not answer, is a status too."""
    parts: Sequence[Part] = ()
    running, trouble = True, ""
    try:
        parts = _parts(await ask_all(settings.store.socket, "status"))
    except NotRunningError:
        running = False
    except TransientError as error:
        trouble = str(error)
    now = clock.now()
    queues: tuple[QueueLine, ...] = ()
    spent: tuple[SpentLine, ...] = ()
    try:
        queues = _queues(Observation(now, backlog=tuple(await _opened(store).backlog())))
        spent = spent_lines(settings.channels, await _opened(store).spending.of_day(utc_day(clock)))
    except TransientError as error:
        trouble = trouble or str(error)
    return Status(now, running, trouble, _sorted(parts), queues, spent)


def _sorted(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (part.is_well, part.part)))


def _opened(store: SqlStore | TransientError) -> SqlStore:
    if isinstance(store, TransientError):
        raise store
    return store


def _parts(answers: Sequence[Mapping[str, object]]) -> list[Part]:
    """Return the parts of all engines of this machine; of several, each part says whose it is."""
    found: list[Part] = []
    for number, answer in enumerate(answers):
        of = f" ({number + 1} of {len(answers)})" if len(answers) > 1 else ""
        told = answer.get("parts")
        found += [_part(each, of) for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return found


def _part(told: Mapping[str, Any], of: str) -> Part:
    return Part(
        part=str(told.get("part", "")) + of,
        condition=str(told.get("condition", "")),
        since=_instant(told.get("since")),
        last_success_at=_instant(told.get("last_success_at")),
        next_try_at=_instant(told.get("next_try_at")),
        last_error=str(told.get("last_error", "")),
        action=str(told.get("action", "")),
    )


def _instant(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _queues(seen: Observation) -> tuple[QueueLine, ...]:
    waiting = seen.waiting()
    names = sorted({(each.queue, each.name) for each in seen.backlog})
    return tuple(
        QueueLine(
            queue=queue,
            name=name,
            waiting=waiting[queue, name][0] if (queue, name) in waiting else 0,
            oldest_at=waiting[queue, name][1] if (queue, name) in waiting else None,
            buried=_count(seen.backlog, queue, name, State.BURIED),
            maybe_sent=_count(seen.backlog, queue, name, State.MAYBE_SENT),
        )
        for queue, name in names
    )


def _count(backlog: Sequence[Backlog], queue: str, name: str, state: State) -> int:
    return sum(each.count for each in backlog if (each.queue, each.name, each.state) == (queue, name, state))


def _print(seen: Status, as_json: bool, *, one_line: bool = False) -> None:
    if not as_json:
        Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS).print(render(seen))
    elif one_line:
        typer.echo(json.dumps(document(seen), default=str))
    else:
        say_json(document(seen))


def document(seen: Status) -> dict[str, object]:
    """Return it as JSON, for programs."""
    return {
        "at": seen.at.isoformat(),
        "running": seen.running,
        "well": seen.is_well,
        "trouble": seen.trouble,
        "parts": [
            {**_plain(asdict(part)), "well": part.is_well, "lag_secs": _lag(part, seen.at)} for part in seen.parts
        ],
        "spent": [asdict(line) for line in seen.spent],
        "queues": [{**_plain(asdict(line)), "oldest_secs": _secs(line.oldest_at, seen.at)} for line in seen.queues],
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def _secs(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max((now - then) / timedelta(seconds=1), 0.0)


def _lag(part: Part, now: datetime) -> float | None:
    return _secs(part.last_success_at or part.since, now)


def render(seen: Status) -> RenderableType:
    """Return it for a terminal: what is not well first."""
    lines: list[RenderableType] = [Text(_headline(seen), style="bold" if seen.is_well else "bold red"), Text()]
    if seen.parts:
        lines += [_parts_table(seen), Text()]
        lines += [line for part in seen.parts if not part.is_well for line in _remedy(part)]
    lines.append(_queue_table(seen) if seen.queues else Text("Both queues are empty."))
    if seen.spent:
        lines += [Text(), _spent_table(seen)]
    return Group(*lines)


def _headline(seen: Status) -> str:
    if not seen.running:
        return NOT_RUNNING
    if seen.trouble:
        return f"{seen.trouble}; see the log of the gateway."
    ill = sum(not part.is_well for part in seen.parts)
    return f"{ill} of {len(seen.parts)} parts do not work." if ill else f"All is well: {len(seen.parts)} parts work."


def _parts_table(seen: Status) -> Table:
    table = _table("part", "state", "for", "last success", "next try")
    for part in seen.parts:
        style = "" if part.is_well else "red"
        table.add_row(
            _cell(part.part, style),
            _cell(part.condition.replace("_", " "), style),
            span(_secs(part.since, seen.at)),
            _ago(part.last_success_at, seen.at),
            _until(part.next_try_at, seen.at),
        )
    return table


def _remedy(part: Part) -> tuple[Text, ...]:
    # Folded over as many lines as it needs: a sentence that is cut off helps nobody.
    return (
        _cell(f"{part.part}: {part.last_error or part.condition}", "red"),
        Text("  → ") + _cell(part.action or "see the log", ""),
        Text(),
    )


def _queue_table(seen: Status) -> Table:
    table = _table("queue", "of", "waiting", "oldest", "buried", "maybe sent")
    for line in seen.queues:
        counts = (str(line.buried), str(line.maybe_sent))
        table.add_row(
            line.queue,
            _cell(line.name, ""),
            str(line.waiting),
            span(_secs(line.oldest_at, seen.at)),
            *(Text(count, "red" if count != "0" else "") for count in counts),
        )
    return table


def _spent_table(seen: Status) -> Table:
    table = _table("spent today (UTC)", "on", "calls", "cost")
    for line in seen.spent:
        table.add_row(_cell(line.channel, ""), _cell(line.what, ""), str(line.calls), money(line.cost))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _cell(text: str, style: str) -> Text:
    return Text(harmless(text, one_line=True), style)


def _ago(then: datetime | None, now: datetime) -> str:
    return "never" if then is None else f"{span(_secs(then, now))} ago"


def _until(then: datetime | None, now: datetime) -> str:
    if then is None or then <= now:
        return ""
    return f"in {span((then - now) / timedelta(seconds=1))}"


def span(secs: float | None) -> str:
    """Return a time span in its two largest units."""
    if secs is None:
        return ""
    whole = int(secs)
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    parts: list[str] = []
    for size, unit in units:
        count, whole = divmod(whole, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
