"""`gatehouse identities`: which accounts are linked as one person's, and an operator's word that one is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from gateway.cli._beside import operator, with_store
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
from gateway.identity import Account, Identity
from gateway.queues import Act

app = typer.Typer(help="Accounts that are linked as one person's: list, unlink.", no_args_is_help=True)

COLUMNS = ("person", "account", "channel", "how", "since (UTC)")


@app.callback()
def group() -> None:
    """Accounts that people have linked by a one-time code: each sees the cases of all, in private."""


@app.command(name="list")
def list_identities(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many persons.")] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List linked accounts, those of one person together, the last linked first."""
    found = with_store(operator_settings(config), lambda store: store.identities.page(limit))
    if as_json:
        say_json([plain(each) for each in found])
    elif found:
        say_table(COLUMNS, [_row(each) for each in found])
    else:
        say("No accounts are linked.")


@app.command()
def unlink(
    account: Annotated[str, typer.Argument(metavar="PLATFORM:ID", help="Such as telegram:510000001.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the log of acts.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Let an account stand for itself again; it sees its own cases alone from then on. Nobody is told."""
    platform, mark, name = account.partition(":")
    if not mark or not platform or not name:
        fail("name the account as PLATFORM:ID, such as telegram:510000001")
    wanted = Account(platform, name.casefold() if platform == "email" else name)
    act = Act(by=operator(), at=datetime.now(UTC), reason=reason)
    gone = with_store(operator_settings(config), lambda store: store.identities.unlink(wanted, act))
    if not gone:
        fail("that account is not linked with any other")
    for each in gone:
        say(harmless(f"{each.platform}:{each.account} stands for itself", one_line=True))


def plain(identity: Identity) -> dict[str, Any]:
    """Return a linked account as JSON has it."""
    return identity.model_dump(mode="json", exclude={"was"})


def _row(each: Identity) -> tuple[str, ...]:
    since = f"{each.proven_at:%Y-%m-%d %H:%M}"
    told = (each.person[:8], f"{each.platform}:{each.account}", each.channel, each.how, since)
    return tuple(harmless(str(part), one_line=True) for part in told)
