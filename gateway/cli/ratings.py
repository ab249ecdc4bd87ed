"""`gatehouse ratings`: how users found our help, as a table, as a plot, and row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gateway.cli._beside import with_store
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
from gateway.cli._rating_plot import bars, series_of, svg
from gateway.ratings import BEST, DIMENSIONS, Figures, Rating, tally

app = typer.Typer(help="How users found our help: report, plot, export.", no_args_is_help=True)

Since = Annotated[str, typer.Option("--since", help="Only those asked since that day (UTC), e.g. 2026-11-01.")]
Until = Annotated[str, typer.Option("--until", help="Only those asked before the end of that day.")]
By = Annotated[
    str, typer.Option("--by", help="What to tell apart, all together: channel, category, language, week; by commas.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; without it, stdout.")]

NONE = "none"
"""Stands for an empty name, such as the category of a case that has none."""
_FIGURES = ("asked", "answered", "share", "mean", *(str(score) for score in range(1, BEST + 1)))
_ROWS = ("case", "channel", "category", "language", "asked_at", "score", "word", "rated_at")

Groups = Mapping[tuple[str, ...], Figures]


@app.callback()
def group() -> None:
    """How users found our help."""


@app.command()
def report(
    since: Since = "",
    until: Until = "",
    by: By = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for tables.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show how many were asked and answered, the mean score and how often each was given; by each thing by itself."""
    names = _dimensions(by)
    found = _ratings(config, since, until)
    wanted = [tuple(names)] if names else [(name,) for name in DIMENSIONS]
    groups = {each: tally(found, each) for each in wanted}
    total = tally(found).get((), Figures(0, (0,) * BEST))
    if as_json:
        told = {",".join(each): [_plain(each, name, one) for name, one in groups[each].items()] for each in wanted}
        say_json({"total": _figures(total), "by": told})
    elif as_csv:
        typer.echo(_as_csv(wanted, groups, total), nl=False)
    elif not found:
        say("Nobody was asked.")
    else:
        _show(wanted, groups, total)


@app.command()
def plot(
    file: Annotated[Path | None, typer.Argument(help="The SVG file to write; without it, bars are printed.")] = None,
    since: Since = "",
    until: Until = "",
    by: Annotated[
        Literal["channel", "category", "language", "all"], typer.Option("--by", help="What the lines and bars are of.")
    ] = "channel",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Draw the mean score and how many answered, week by week."""
    if file is not None:
        refuse_taken(file)
    found = _ratings(config, since, until)
    names = ("week",) if by == "all" else (by, "week")
    weekly = {(name[0] if len(name) > 1 else by, name[-1]): one for name, one in tally(found, names).items()}
    weeks, series = series_of(weekly)
    if file is None:
        for line in bars(weeks, series):
            say(harmless(line))
        return
    title = "How users found our help" if by == "all" else f"How users found our help, by {by}"
    write_new(file, svg(weeks, series, title).encode())
    say(f"{len(found)} ratings in {len(weeks)} weeks drawn in {file}")


@app.command()
def export(
    file: Output = None,
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="One row or one object a rating.")] = "csv",
    since: Since = "",
    until: Until = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write every rating with its word. It says of which case it is, and not who was asked."""
    if file is not None:
        refuse_taken(file)
    rows = [_row(each) for each in _ratings(config, since, until)]
    text = _table(_ROWS, rows) if form == "csv" else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if file is None:
        typer.echo(text, nl=False)
        return
    write_new(file, text.encode())
    say(f"{len(rows)} written to {file}")


def _ratings(config: Path, since: str, until: str) -> Sequence[Rating]:
    first = _day(since, "--since") if since else None
    last = _day(until, "--until") + timedelta(days=1) if until else None
    return with_store(operator_settings(config), lambda store: store.ratings.page(first, last))


def _dimensions(by: str) -> list[str]:
    names = [name.strip() for name in by.split(",") if name.strip()]
    unknown = [name for name in names if name not in DIMENSIONS]
    if unknown or len(set(names)) < len(names):
        fail(f"--by takes each of {', '.join(DIMENSIONS)} once, by commas", 2)
    return names


def _day(text: str, option: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        fail(f"{option} must be a day, e.g. 2026-11-01", 2)


def _show(wanted: Sequence[tuple[str, ...]], groups: Mapping[tuple[str, ...], Groups], total: Figures) -> None:
    for place, names in enumerate(wanted):
        if place:
            say()
        rows = [(*(name or NONE for name in key), *_shown(one)) for key, one in groups[names].items()]
        say_table((*names, *_FIGURES), [*rows, ("all", *("" for _ in names[1:]), *_shown(total))])


def _shown(figures: Figures) -> tuple[str, ...]:
    share = f"{figures.share:.0%}" if figures.share is not None else "-"
    mean = f"{figures.mean:.2f}" if figures.mean is not None else "-"
    return (str(figures.asked), str(figures.answered), share, mean, *map(str, figures.counts))


def _figures(figures: Figures) -> dict[str, Any]:
    counts = {str(score): count for score, count in enumerate(figures.counts, 1)}
    share = round(figures.share, 4) if figures.share is not None else None
    mean = round(figures.mean, 4) if figures.mean is not None else None
    return {"asked": figures.asked, "answered": figures.answered, "share": share, "mean": mean, "scores": counts}


def _plain(names: Sequence[str], key: Sequence[str], figures: Figures) -> dict[str, Any]:
    return {**dict(zip(names, key, strict=True)), **_figures(figures)}


def _as_csv(wanted: Sequence[tuple[str, ...]], groups: Mapping[tuple[str, ...], Groups], total: Figures) -> str:
    """Return one table: with `--by` a column for each name, else a column for which it is and one for its value."""
    if len(wanted) == 1:
        (names,) = wanted
        rows = [{**_plain(names, key, one)} for key, one in groups[names].items()]
        return _table((*names, *_FIGURES), [_flat(row) for row in rows])
    rows = [
        {"by": names[0], "value": key[0], **_figures(one)} for names in wanted for key, one in groups[names].items()
    ]
    rows.append({"by": "all", "value": "", **_figures(total)})
    return _table(("by", "value", *_FIGURES), [_flat(row) for row in rows])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **row.pop("scores")}


def _row(rating: Rating) -> dict[str, Any]:
    return {
        "case": rating.case_id,
        "channel": rating.channel,
        "category": rating.category,
        "language": rating.language,
        "asked_at": rating.asked_at.isoformat(),
        "score": rating.score,
        "word": rating.word,
        "rated_at": rating.rated_at.isoformat() if rating.rated_at is not None else None,
    }


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(row.get(name)) for name in columns} for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a cell that no program for tables takes for a formula, whatever stands before the sign."""
    if not isinstance(value, str):
        return value
    bare = value.lstrip()
    return f"'{value}" if bare[:1] in ("=", "+", "-", "@", "|", "\uff1d", "\uff0b", "\uff0d", "\uff20") else value
