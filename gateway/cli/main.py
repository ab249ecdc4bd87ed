"""The command line's root: it registers every command and holds none of its own but the small ones."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from gateway.cli import (
    articles,
    backends,
    blocks,
    cases,
    channels,
    directory,
    identities,
    incidents,
    keys,
    queue,
    ratings,
    raws,
    reports,
    retention,
    schema,
    store,
)
from gateway.cli._common import Commands, say, speak_any_language
from gateway.cli.assess import assess
from gateway.cli.backfill import backfill
from gateway.cli.check import check
from gateway.cli.init import init
from gateway.cli.normalize import normalize
from gateway.cli.patrol import patrol
from gateway.cli.run import run
from gateway.cli.sandbox import sandbox
from gateway.cli.status import status
from gateway.cli.verify import verify

app = typer.Typer(
    name="gatehouse",
    cls=Commands,
    help="Omnichannel intake gateway for support desks.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show secrets.
    pretty_exceptions_enable=False,
)
app.command()(init)
app.command()(check)
app.command()(run)
app.command()(status)
app.command()(verify)
app.command()(patrol)
app.command()(assess)
app.command()(normalize)
app.command()(sandbox)
app.add_typer(channels.app, name="channels")
app.add_typer(backends.app, name="backends")
app.add_typer(cases.app, name="cases")
app.add_typer(queue.app, name="queue")
app.command()(backfill)
app.add_typer(retention.app, name="retention")
app.add_typer(keys.app, name="keys")
app.add_typer(raws.app, name="raws")
app.add_typer(store.app, name="store")
app.add_typer(schema.app, name="schema")
app.add_typer(directory.app, name="directory")
app.add_typer(reports.app, name="reports")
app.add_typer(blocks.app, name="blocks")
app.add_typer(ratings.app, name="ratings")
app.add_typer(incidents.app, name="incidents")
app.add_typer(identities.app, name="identities")
app.add_typer(articles.app, name="articles")


def _show_version(wanted: bool) -> None:
    if wanted:
        print_version()
        raise typer.Exit


@app.callback()
def root(
    show: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Omnichannel intake gateway for support desks: nothing lost, nothing doubled, no stranger called official."""


@app.command(name="version")
def print_version() -> None:
    """Print the version."""
    say(f"gatehouse {installed_version()}")


@app.command()
def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Keep everything running to play with.")] = False,
) -> None:
    """Show the whole way of a handful of mails, on servers of its own on this machine."""
    from gateway.cli.demo import demo as play

    raise typer.Exit(play(stay))


def installed_version() -> str:
    """Return the version of the installed package."""
    try:
        return version("gatehouse")
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Run the command line."""
    speak_any_language()
    app()
