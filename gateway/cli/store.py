"""`gatehouse store`: bring a database up to this release, and move a desk from one database to another."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli._common import say
from gateway.cli._progress import progress

app = typer.Typer(help="The database behind the desk.", no_args_is_help=True)

_WHERE = "A path, or a sqlite:// or postgresql:// URL."


@app.callback()
def group() -> None:
    """The database behind the desk."""


@app.command()
def migrate(
    url: Annotated[str, typer.Argument(help=_WHERE)],
) -> None:
    """Bring a database up to this release; one that is, stays as it is."""
    from gateway.store import copying
    from gateway.store.migrate import REVISION
    from gateway.store.places import database_at

    found = copying.migrate(database_at(url))
    if found == REVISION:
        say(f"It is at revision {REVISION} already.")
    else:
        say(f"Brought from revision {found} to {REVISION}." if found else f"Made, at revision {REVISION}.")


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database to copy. " + _WHERE)],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty database. " + _WHERE)],
) -> None:
    """Copy a whole desk into an empty database, wholly and verified, or not at all; stop the engine first."""
    from gateway.store import copying
    from gateway.store.places import database_at

    left, right = database_at(source, existing=True), database_at(target)
    total = sum(copying.sizes(left).values())
    with progress("Copying", total) as advance:
        done = copying.copy(left, right, lambda table, rows: advance(rows))
    for table, count in done.items():
        say(f"{count:>12,}  {table}")
    say(f"Copied {sum(done.values()):,} rows, and read them again: they are the same. Blobs stay where they are.")
    say("Name the new database in [store] of the configuration, then start the engine.")
