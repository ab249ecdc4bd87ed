"""`gatehouse backends`: the ticket systems, what they need, and cases that go on in another one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.case import CaseState
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
from gateway.clock import SystemClock
from gateway.ports import Opening, Step

if TYPE_CHECKING:
    from gateway.journal import Store
    from gateway.settings import Settings
    from gateway.settings.model import BackendSettings

app = typer.Typer(help="The ticket systems: list, set up, move cases between them.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The name in [backends.NAME]; with one [backend] its kind, such as rt.")
]
_ALL = 1_000_000


@app.callback()
def group() -> None:
    """The ticket systems."""


@app.command(name="list")
def list_backends(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the ticket systems: which cases each takes, which files it is given, where it pushes to."""
    settings = operator_settings(config)
    rows = [_row(each) for each in settings.backends]
    if as_json:
        say_json(rows)
        return
    say_table(("name", "kind", "takes", "files", "pushes to", "unproven"), [tuple(row.values()) for row in rows])


@app.command()
def setup(
    name: Name,
    address: Annotated[
        str, typer.Option("--address", help="Where the internet reaches the gateway, e.g. https://gate.example.test.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is missing.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the fields, triggers and webhooks in a ticket system that the gateway needs there.

    What is there already is left alone. At the end stands what to write into the configuration.
    """
    settings = operator_settings(config)
    found = _named(settings, name)
    if "setup" not in found.plugin.roles:
        fail(f'"{found.plugin.name}" cannot be set up through its API; docs/backends/{found.plugin.name}.md says how')
    door = f"{address.rstrip('/')}/in/{found.door}" if address else ""
    steps = asyncio.run(_set_up(found, door, dry_run=dry_run))
    if as_json:
        say_json([asdict(step) for step in steps])
    else:
        for step in steps:
            say(harmless(f"{'✓' if step.done else '·'} {step.name}: {step.detail}"))
        for line in (step.setting for step in steps if step.setting):
            say(harmless(f"Write into the configuration: {line}", one_line=True))
    if not dry_run and not all(step.done for step in steps):
        raise typer.Exit(1)


@app.command()
def move(
    to: Annotated[str, typer.Option("--to", help="The ticket system that cases go on in.")],
    case: Annotated[list[str] | None, typer.Option("--case", help="Only this case; may be repeated.")] = None,
    of: Annotated[str, typer.Option("--from", help="Only cases of this ticket system.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Give cases that are not solved to another ticket system: their whole thread is written there.

    Users notice nothing: what they write goes on with the same case, and agents' answers come from the new ticket.
    """
    settings = operator_settings(config)
    target = _named(settings, to).target
    source = _target(settings, of) if of else ""
    wanted = set(case or ())

    async def put(store: Store) -> int:
        from gateway.feedback import TRANSFERS, transferred
        from gateway.wake import ENGINE

        open_ones = [each for each in await store.list_cases(None, _ALL) if each.state is not CaseState.SOLVED]
        known = {each.id: each.backend or settings.backend.target for each in open_ones}
        chosen = [number for number in sorted(wanted or known) if number in known]
        moving = [number for number in chosen if known[number] != target and source in ("", known[number])]
        now = datetime.now(UTC)
        raws = [transferred(number, target, operator(), now) for number in moving]
        if raws:
            await store.put_page(ENGINE, TRANSFERS, raws, None)
        return len(raws)

    count = with_store(settings, put)
    say(f"{count} case{'' if count == 1 else 's'} will go on in {to}.")
    if count:
        poke(settings)


def _row(each: BackendSettings) -> dict[str, str]:
    head = each.head
    takes = "; ".join(f"{key}: {', '.join(values)}" for key, values in head.takes.items())
    if head.mirrors:
        takes = f"a copy of {head.mirrors}"
    elif head.spare_for:
        takes = f"new cases of {head.spare_for} while that is away"
    return {
        "name": each.name or each.plugin.name,
        "kind": each.plugin.name,
        "takes": takes or "all that no other takes",
        "files": head.attachments.value if each.plugin.takes_files else "named",
        "pushes_to": f"/in/{each.door}" if "ingress" in each.plugin.roles else "",
        "unproven": each.plugin.unproven,
    }


def _named(settings: Settings, name: str) -> BackendSettings:
    """Return the ticket system of that name, or end with the names that there are."""
    named = {each.name or each.plugin.name: each for each in settings.backends}
    if name not in named:
        fail(f"there is no ticket system of that name; known are: {', '.join(named)}", 2)
    return named[name]


def _target(settings: Settings, name: str) -> str:
    """Return the target of a name; one that the configuration knows no more may still have cases."""
    from gateway.settings.model import backend_target

    return next((each.target for each in settings.backends if name == each.name), backend_target(name))


async def _set_up(found: BackendSettings, door: str, *, dry_run: bool) -> Sequence[Step]:
    opening = Opening(found.target, found.settings, SystemClock())
    async with found.plugin.open(opening) as system:
        if system.setup is None:
            fail(f'"{found.plugin.name}" gives no way to set it up')
        steps = await system.setup.plan(door)
        if dry_run:
            return steps
        return [step if step.done else await system.setup.make(step, door) for step in steps]
