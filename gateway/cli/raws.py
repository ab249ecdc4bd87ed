"""`gatehouse raws`: what became known of the sealed originals, and to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from gateway.cli._beside import with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    fail,
    operator_settings,
    say,
    say_json,
    say_table,
    utc_time,
)

app = typer.Typer(help="Originals: who opened them.", no_args_is_help=True)


@app.callback()
def raws() -> None:
    """Originals: who opened them."""


@app.command()
def opened(
    since: Annotated[
        str, typer.Option("--since", help="A date or time in UTC, e.g. 2026-11-20 or 2026-11-20T08:00.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")] = 100,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List who opened which original, or which attachment of it, when and why; newest first."""
    begin = _instant(since) if since else None
    found = with_store(operator_settings(config), lambda store: store.openings(begin, limit))
    if as_json:
        columns = ("at", "opened_by", "reason", "source", "stream", "key", "attachment_id")
        say_json([{name: getattr(each, name) for name in columns} for each in found])
        return
    if not found:
        say("No original was opened.")
        return
    rows = [
        (f"{each.at:%Y-%m-%d %H:%M:%S}", each.opened_by, each.reason, each.source, each.key, each.attachment_id)
        for each in found
    ]
    say_table(("at (UTC)", "by", "why", "channel", "original", "attachment"), rows)


def _instant(written: str) -> datetime:
    if (found := utc_time(written)) is None:
        fail(f'"{written}" is not a date or time; write e.g. 2026-11-20 or 2026-11-20T08:00', 2)
    return found
