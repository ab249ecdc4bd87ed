"""`gatehouse backends`: the ticket systems, what they need, and cases that go on in another one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.case import Case, CaseState
from gateway.cli._beside import operator, poke, with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    complain,
    fail,
    harmless,
    operator_settings,
    say,
    say_json,
    say_table,
)
from gateway.clock import SystemClock
from gateway.control import NotRunningError, ask_all
from gateway.errors import TransientError
from gateway.ports import Opening, Step
from gateway.settings import load

if TYPE_CHECKING:
    from gateway.journal import Store
    from gateway.settings import Settings
    from gateway.settings.model import BackendSettings

app = typer.Typer(help="The ticket systems: list, set up, move cases between them.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name in the configuration; where there is only one, its kind.")
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
    # With its credentials, unlike the commands that only look at what is kept.
    settings = load(config)
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
        if not steps:
            say("Nothing is to be made without --address, where the ticket system can call the gateway.")
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
    found = _named(settings, to)
    if found.head.mirrors:
        fail(f"{to} is a copy of {found.head.mirrors}; cases cannot go on there", 2)
    if not case and not of:
        fail("say which cases: --case NUMBER, or --from NAME for all of one ticket system that are not solved", 2)
    source = _target(settings, of) if of else ""
    _see_running(settings, found.target, to)
    wanted = [number.strip().upper() for number in case or ()]

    async def put(store: Store) -> tuple[int, list[str]]:
        from gateway.feedback import TRANSFERS, transferred
        from gateway.wake import ENGINE

        known = {each.id: each for each in await store.list_cases(None, _ALL)}
        obstacles = {number: _obstacle(known.get(number), found, source, settings) for number in wanted or known}
        now = datetime.now(UTC)
        raws = [transferred(each, found.target, operator(), now) for each, why in obstacles.items() if not why]
        if raws:
            await store.put_page(ENGINE, TRANSFERS, raws, None)
        return len(raws), [f"{number}: {why}" for number, why in obstacles.items() if why and number in wanted]

    count, left = with_store(settings, put)
    for line in left:
        complain(line)
    say(f"{count} case{'' if count == 1 else 's'} will go on in {to}.")
    if count:
        poke(settings)
    if left:
        raise typer.Exit(1)


def _obstacle(case: Case | None, to: BackendSettings, source: str, settings: Settings) -> str:
    """Return why a case does not move, or nothing."""
    if case is None:
        return "there is no such case"
    if case.state is CaseState.SOLVED:
        return "it is solved, and stays"
    now = case.backend or settings.backend.target
    if now == to.target:
        return "it is there already"
    return "" if source in ("", now) else "it is in another ticket system than --from says"


def _see_running(settings: Settings, target: str, name: str) -> None:
    """End where a gateway runs that does not know the ticket system yet: it would let every case stay."""
    try:
        answers = asyncio.run(ask_all(settings.store.socket, "status"))
    except (NotRunningError, TransientError):
        return
    parts = [str(part.get("part", "")) for answer in answers for part in _listed(answer.get("parts"))]
    if parts and not any(part.startswith(f"{target}:") for part in parts):
        fail(f"the running gateway does not know {name} yet: restart it first; nothing was moved")


def _listed(parts: object) -> list[dict[str, object]]:
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


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
    """Return the target of a name; one that the configuration knows no more may still have cases.

    A single `[backend]` is called by its kind.
    """
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
