"""`gatehouse retention`: apply the retention policy now, or say what it would remove."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli._beside import with_store
from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, operator_settings, say, say_json
from gateway.cli._progress import Advance, progress
from gateway.journal import Store
from gateway.queues import COUNTED, Retention, Swept

app = typer.Typer(help="How long what is settled stays.", no_args_is_help=True)

_WORDS = {
    "bodies": "originals of settled messages",
    "raws": "rows of the journal",
    "effects": "rows of the outbox",
    "openings": "lines of the log of openings",
    "acts": "lines of the log of acts",
    "files": "files that came apart from their message",
    "reports": "reports of impostors that nobody confirmed",
    "incidents": "known incidents that ended",
    "tokens": "one-time tokens that have run out",
    "dialogues": "conversations that nobody went on with for a year",
    "spending": "counts of what accounts spent more than 400 days ago",
    "arrivals": "counts of what came in more than a day ago",
    "codes": "one-time codes that have expired",
    "words": "words of ratings, whose scores stay",
    "blobs": "blobs that nothing names",
}


@app.callback()
def group() -> None:
    """How long what is settled stays."""


@app.command()
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; remove nothing.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Remove what `[retention]` no longer keeps, in short transactions beside the running engine."""
    settings = operator_settings(config)
    policy = settings.retention.policy
    now = datetime.now(UTC)
    with progress("sweeping") as advance:
        swept = with_store(settings, lambda store: sweep_all(store, policy, now, advance, dry_run=dry_run))
    counts = {name: getattr(swept, name) for name in COUNTED}
    if as_json:
        say_json({"dry_run": dry_run, **counts})
        return
    say("Would remove:" if dry_run else "Removed:")
    for name, count in counts.items():
        say(f"  {count} {_WORDS[name]}")


async def sweep_all(store: Store, policy: Retention, now: datetime, advance: Advance, *, dry_run: bool) -> Swept:
    """Sweep from the beginning to the end."""
    swept = Swept(place="")
    while swept.place is not None:
        batch = await store.sweeps.sweep(policy, now, swept.place, dry_run=dry_run)
        swept = swept.plus(batch)
        advance(batch.total)
    return swept
