"""`gatehouse reports`: whom users, trust and patrol pointed out as impostors, and an operator's ruling on each."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gateway.cli._beside import operator, poke, with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    fail,
    harmless,
    operator_settings,
    say,
    say_json,
    say_table,
)
from gateway.cli._originals import refuse_taken, write_new
from gateway.queues import Act
from gateway.reports import CASE, Report, Ruling

if TYPE_CHECKING:
    from gateway.journal import Store
    from gateway.settings import Settings

app = typer.Typer(help="Reports of impostors: list, show, confirm, refuse, export.", no_args_is_help=True)

_MOST = 2**63 - 1
"""The highest number that a store gives."""

Numbers = Annotated[
    list[int], typer.Argument(metavar="NUMBER...", help="Numbers of reports, e.g. 3 17.", min=1, max=_MOST)
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log of acts.")]
OnlyRuling = Annotated[Ruling | None, typer.Option("--state", help="Only those that are open, confirmed or refused.")]

COLUMNS = ("number", "impostor", "of", "technique", "by", "times", "last (UTC)", "case", "state")
_LINKS = {"x": "https://x.com/{}", "telegram": "https://t.me/{}"}
_ALL = 1_000_000


@app.callback()
def group() -> None:
    """Reports of impostors."""


@app.command(name="list")
def list_reports(
    state: OnlyRuling = Ruling.OPEN,
    every: Annotated[bool, typer.Option("--all", help="In any state.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List reports, those pointed out most often first; without options those that wait for a ruling."""
    wanted = None if every else state
    found = with_store(operator_settings(config), lambda store: store.reports.page(wanted, limit))
    if as_json:
        say_json([plain(each) for each in found])
    elif found:
        say_table(COLUMNS, [_row(each) for each in found])
    else:
        say("There is no such report.")


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The number of a report.", min=1, max=_MOST)],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of one."""
    found = with_store(operator_settings(config), lambda store: store.reports.get(number))
    if found is None:
        fail(f"there is no report {number}")
    if as_json:
        say_json(plain(found))
        return
    for name, value in plain(found).items():
        say(harmless(f"{name}: {value}", one_line=True))


@app.command()
def confirm(numbers: Numbers, reason: Reason = "", config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Say yes: it counts as a reported scam from now on, for everybody who asks. Nothing official can be confirmed."""
    from gateway.rulings import Overruled, scams_of

    settings = operator_settings(config)
    official = Overruled(settings.directory, datetime.now(UTC).date())
    for found in with_store(settings, lambda store: _each(store, numbers)):
        if any(map(official.by, scams_of([found]))):
            fail(f"{found.number} is listed as official; look at the directory first")
    _rule(settings, numbers, Ruling.CONFIRMED, reason)


@app.command()
def refuse(numbers: Numbers, reason: Reason = "", config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Say no: it counts as nothing; one that was confirmed counts no more."""
    _rule(operator_settings(config), numbers, Ruling.REFUSED, reason)


@app.command()
def export(
    file: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; without it, stdout.")] = None,
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="One row or one object a report.")] = "csv",
    state: OnlyRuling = Ruling.CONFIRMED,
    since: Annotated[
        str, typer.Option("--since", help="Only what was pointed out since that day, e.g. 2026-11-01.")
    ] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write reports as a platform or registrar wants them for a takedown: what, where, whom it imitates, since when."""
    if file is not None:
        refuse_taken(file)
    from_day = _day(since) if since else None
    found = with_store(operator_settings(config), lambda store: store.reports.page(state, _ALL))
    found = [each for each in found if each.accused.kind != CASE]
    kept = [each for each in found if from_day is None or each.last_at.date() >= from_day]
    text = _as_csv(kept) if form == "csv" else _as_lines(kept)
    if file is None:
        typer.echo(text, nl=False)
        return
    write_new(file, text.encode())
    say(f"{len(kept)} written to {file}")


def plain(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    accused = report.accused
    return {
        "number": report.number,
        "kind": accused.kind,
        "platform": accused.platform,
        "value": accused.value,
        "link": _link(report),
        "of": accused.brand,
        "technique": accused.technique,
        "origin": accused.origin.value,
        "case": accused.case_id,
        "times": report.times,
        "first_at": report.first_at.isoformat(),
        "last_at": report.last_at.isoformat(),
        "state": report.ruling.value,
        "ruled_by": report.ruled_by,
        "ruled_at": report.ruled_at.isoformat() if report.ruled_at else "",
        "note": report.note,
    }


def _rule(settings: Settings, numbers: Sequence[int], ruling: Ruling, reason: str) -> None:
    act = Act(by=operator(), at=datetime.now(UTC), reason=reason)
    known = with_store(settings, lambda store: _ruled(store, numbers, ruling, act))
    for number in known:
        say(f"{number}: {ruling.value}")
    poke(settings)
    missing = [number for number in numbers if number not in known]
    if missing:
        fail(f"there is no report {', '.join(map(str, missing))}")


async def _each(store: Store, numbers: Sequence[int]) -> list[Report]:
    found = [await store.reports.get(number) for number in numbers]
    return [report for report in found if report is not None]


async def _ruled(store: Store, numbers: Sequence[int], ruling: Ruling, act: Act) -> list[int]:
    return [number for number in numbers if await store.reports.rule(number, ruling, act)]


def _link(report: Report) -> str:
    accused = report.accused
    if accused.kind == "handle":
        return _LINKS.get(accused.platform, "").format(accused.value)
    return {"link": accused.value, "domain": f"https://{accused.value}/"}.get(accused.kind, "")


def _row(report: Report) -> tuple[str, ...]:
    accused = report.accused
    name = {"handle": f"{accused.platform}:@{accused.value}", CASE: f"case {accused.value}"}.get(
        accused.kind, accused.value
    )
    last = f"{report.last_at:%Y-%m-%d %H:%M}"
    told = (name, accused.brand, accused.technique, accused.origin.value, str(report.times), last, accused.case_id)
    return tuple(harmless(each, one_line=True) for each in (str(report.number), *told, report.ruling.value))


def _as_csv(reports: Sequence[Report]) -> str:
    rows = [plain(each) for each in reports]
    text = io.StringIO()
    names = ["number", "kind", "platform", "value", "link", "of", "technique", "origin", "case", "times", "first_at"]
    writer = csv.DictWriter(text, [*names, "last_at", "state", "ruled_by", "ruled_at", "note"])
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a cell that no program for tables takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _as_lines(reports: Sequence[Report]) -> str:
    import json

    return "".join(json.dumps(plain(each), ensure_ascii=False) + "\n" for each in reports)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail("--since must be a day, e.g. 2026-11-01", 2)
