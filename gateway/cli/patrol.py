"""`gatehouse patrol`: looks after the official accounts and domains, and looks for those that pass for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Annotated

import typer

from gateway.cli._beside import is_made, poke
from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, complain, fail, harmless, say
from gateway.patrol import servers
from gateway.patrol.impersonations import as_row, write_csv, write_jsonl
from gateway.patrol.ports import Budgets
from gateway.patrol.values import Change, Impersonation, Kind, Report
from gateway.settings import Settings, load
from gateway.settings.patrolling import PatrolTable

STATE = "patrol.json"
DOMAINS = "domains"
_WRITERS: Mapping[str, Callable[[Sequence[Impersonation], IO[str]], None]] = {".csv": write_csv, ".jsonl": write_jsonl}

State = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help="What the last run found; patrol.json beside the configuration."),
]
Budget = Annotated[
    list[str] | None,
    typer.Option(
        "--budget",
        metavar="[NAME=]N",
        help="Look-ups of a run: 100 on each platform, x=50 on X, domains=500; may be given again.",
    ),
]
Servers = Annotated[
    list[str] | None,
    typer.Option("--dns", metavar="ADDRESS", help="Ask this DNS server, ADDRESS or ADDRESS#PORT; may be given again."),
]
InStore = Annotated[
    bool,
    typer.Option(
        "--store", help="As a run of the gateway's own: remember in the store, and open cases for what is new."
    ),
]
Export = Annotated[
    Path | None,
    typer.Option("--export", metavar="FILE", help="Write the look-alikes for takedown: FILE.csv or FILE.jsonl."),
]


def patrol(
    state: State = None,
    budget: Budget = None,
    dns: Servers = None,
    in_store: InStore = False,
    export: Export = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Look at the official accounts and domains, look for look-alikes, and say what is new.

    Exit 0: nothing new. 3: something was found. 5: something could not be checked.
    """
    from gateway.observe import configure

    budgets = read_budgets(budget or ())
    asked = [read_server(each) for each in dns or ()]
    if in_store and state is not None:
        fail("--store and --state are two places to remember in; name one", 2)
    if export is not None and export.suffix not in _WRITERS:
        fail("an export is named FILE.csv or FILE.jsonl", 2)
    settings = load(config)
    configure(settings.log.level, settings.log.format, settings.secrets())
    if in_store and not is_made(settings):
        fail("there is no store yet: `gatehouse run` makes it")
    if in_store and settings.patrol is not None:
        budgets = budgets if budget else settings.patrol.budgets
        asked = asked or list(settings.patrol.servers)
    place = None if in_store else state or config.resolve().parent / STATE
    report = asyncio.run(_run(settings, place, budgets, asked))
    if in_store:
        poke(settings)
    for line in told_in_json(report) if as_json else told(report):
        say(line)
    if export is not None:
        _export(report.impersonations, export)
    raise typer.Exit(report.exit_status)


async def _run(settings: Settings, state: Path | None, budgets: Budgets, asked: Sequence[tuple[str, int]]) -> Report:
    """Run once, with the memory in that file; without one as the gateway does."""
    from gateway.cli._resolvers import opened
    from gateway.clock import SystemClock
    from gateway.patrol.filed import FiledLog
    from gateway.patrol.patrol import Patrol, run
    from gateway.patrol.running import run_for_desk
    from gateway.patrol.sightings import StoredSightings
    from gateway.patrol.tls import Handshakes

    clock = SystemClock()
    dns, why_not = servers.resolver_of(asked)
    if why_not:
        complain(why_not)
    async with opened(settings, clock) as found:
        patrol = Patrol(
            directory=settings.directory,
            clock=clock,
            log=FiledLog(state or Path(STATE)),
            lookers=found.lookers,
            dns=dns,
            certificates=Handshakes(),
            sightings=StoredSightings(found.store) if found.store is not None else None,
            budgets=budgets,
        )
        if state is not None or found.store is None:
            return await run(patrol)
        return await run_for_desk(patrol, found.store, (settings.patrol or PatrolTable()).from_severity)


def read_budgets(texts: Sequence[str]) -> Budgets:
    """Read `100`, `x=50`, `domains=500`; ends the command for anything else."""
    handles, domains = Budgets().handles, Budgets().domains
    platforms: dict[str, int] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if not (number.isascii() and number.isdecimal() and len(number) <= 6):
            fail(f"{text} is no budget; write a number, or NAME=NUMBER as in x=50", 2)
        if name == DOMAINS:
            domains = int(number)
        elif name:
            platforms[name.lower()] = int(number)
        else:
            handles = int(number)
    return Budgets(domains, handles, platforms)


def read_server(text: str) -> tuple[str, int]:
    """Read `ADDRESS` or `ADDRESS#PORT`; ends the command for anything else."""
    try:
        return servers.read_server(text)
    except ValueError:
        fail(f"{text} is no DNS server; {servers.HOW}", 2)


def told(report: Report) -> Iterator[str]:
    """Yield the report in lines for a person."""
    alike = {(each.platform, each.value): each for each in report.impersonations}
    for word, changes in (("new", report.changes), ("still", report.standing)):
        for each in changes:
            yield harmless(f"{word}: {_in_words(each, alike)}", one_line=True)
    for unseen in report.unchecked:
        yield harmless(f"unchecked: {unseen.part}: could not check: {unseen.reason}", one_line=True)
    for search in report.coverage:
        untold = f", {search.untold} of which nothing is told" if search.untold else ""
        counts = f"{search.looked_up} looked up, {search.found} there{untold}; round {search.turns + 1}"
        yield harmless(f"{search.search}: {counts}", one_line=True)
    if not report.changes:
        yield "Nothing is new." if not report.unchecked else "Nothing is new, as far as it could be checked."


def _in_words(change: Change, alike: Mapping[tuple[str, str], Impersonation]) -> str:
    subject = change.subject
    # So that nobody opens it by a slip, and no terminal makes a link of it.
    shown = subject.value.replace(".", "[.]") if subject.kind is Kind.ALIKE_DOMAIN else subject.shown
    found = alike.get((subject.platform, subject.value)) if not subject.kind.is_ours else None
    if found is None:
        return f"{shown}: {change.reason}"
    name = next((value for key, value in found.evidence if key == "name"), "")
    called = f', called "{name}"' if name else ""
    signs = f"like {found.of}, {found.technique}, confidence {found.confidence:.2f}"
    return f"{shown}{called}: {change.reason} ({signs})"


def told_in_json(report: Report) -> Iterator[str]:
    """Yield the report as one JSON object a line; `type` says what each is."""
    for word, changes in (("change", report.changes), ("standing", report.standing)):
        for each in changes:
            yield _line(type=word, **_plain(each))
    for unseen in report.unchecked:
        yield _line(type="unchecked", part=unseen.part, reason=unseen.reason)
    for found in report.impersonations:
        yield _line(type="impersonation", **as_row(found))
    for search in report.coverage:
        yield _line(type="search", **search._asdict())
    yield _line(type="end", at=report.at.isoformat(), exit_status=report.exit_status)


def _plain(change: Change) -> Mapping[str, object]:
    return {
        "code": change.code,
        "kind": change.subject.kind.value,
        "platform": change.subject.platform,
        "subject": change.subject.value,
        "brand": change.brand,
        "severity": change.severity.value,
        "reason": change.reason,
        "before": change.before,
        "after": change.after,
    }


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=True)


def _export(found: Sequence[Impersonation], path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            _WRITERS[path.suffix](found, file)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
