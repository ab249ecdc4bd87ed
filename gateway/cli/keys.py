"""`gatehouse keys`: the keys that seal what is kept, changed beside the running engine, which follows the key file."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, fail, operator_settings, say, say_json, say_table
from gateway.errors import ConfigError
from gateway.settings import Settings
from gateway.store import SqlStore
from gateway.store.blobs import Blobs, MissingBlobError, make_blobs
from gateway.store.keyfile import KeyFile
from gateway.store.seal import DamagedError, Sealer
from gateway.store.vault import UNREADABLE

app = typer.Typer(help="Keys: list, add, rotate and remove what seals the originals.", no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `list` names it.")]
T = TypeVar("T")
_Told = Callable[[int], None]


@app.command(name="list")
def list_keys(
    count: Annotated[bool, typer.Option("--count", help="Also count what is sealed with each; reads it all.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List the keys, never what they are; the last one seals."""
    settings = operator_settings(config)
    sealer = settings.store.sealer()
    rows, blobs = _counted(settings, sealer) if count else (Counter[str](), Counter[str]())
    named = dict.fromkeys((*sealer.ids, *sorted({*rows, *blobs})))
    found = [
        {"id": each, "seals": each == sealer.current, "held": each in sealer.ids}
        | ({"rows": rows[each], "blobs": blobs[each]} if count else {})
        for each in named
    ]
    if as_json:
        say_json(found)
        return
    words = [(each["id"], _state(each), *((each["rows"], each["blobs"]) if count else ())) for each in found]
    say_table(("key", "use", *(("rows", "blobs") if count else ())), words)


@app.command()
def add(
    standby: Annotated[
        bool, typer.Option("--standby", help="It opens from now on, and seals only after `gatehouse keys use`.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Add a new key; what is kept from now on is sealed with it. Nothing has to be restarted."""
    file = _file(operator_settings(config))
    key_id = file.add(standby=standby)
    say(f"Added the key {key_id}. Keep a copy of the key file elsewhere: without it nothing can be read again.")
    if standby:
        say(f"Bring the file to every machine of this desk, then: gatehouse keys use {key_id}")
    else:
        say("What was kept before stays under its key until: gatehouse keys rotate")


@app.command()
def use(key_id: KeyId, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let a key that is there seal from now on."""
    _file(operator_settings(config)).use(key_id)
    say(f"{key_id} seals from now on.")


@app.command()
def rotate(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Seal all that is kept anew, under the key that seals now; may be stopped and begun again at any time."""
    settings = operator_settings(config)
    rows, blobs, unreadable = _with(settings, lambda store: _rotated(settings, store))
    say(f"Sealed anew under {settings.store.sealer().current}: {rows} originals in rows and {blobs} in blobs.")
    if unreadable:
        fail(f"{unreadable} cannot be opened, being damaged or under a key that is gone; they stayed as they are")


@app.command()
def remove(key_id: KeyId, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Take a key out of the key file; refused while anything is sealed with it. What was signed stays good."""
    settings = operator_settings(config)
    file = _file(settings)
    if key_id not in file.ids():
        raise ConfigError(f"the key file holds no key {key_id}; `gatehouse keys list` names them")
    sealer = settings.store.sealer()
    if key_id == sealer.current:
        raise ConfigError(f"{key_id} is the key that seals; add another first")
    rows, blobs = _counted(settings, sealer)
    if rows[key_id] or blobs[key_id]:
        fail(
            f"{rows[key_id]} originals in rows and {blobs[key_id]} in blobs are still sealed with {key_id}: "
            "`gatehouse keys rotate` seals them anew; nothing was removed"
        )
    file.remove(key_id)
    say(f"Removed the key {key_id}. Copies of the key file, and backups made until today, still need it.")


def _state(found: dict[str, object]) -> str:
    if not found["held"]:
        return "NOT IN THE KEY FILE"
    return "seals and opens" if found["seals"] else "opens"


def _file(settings: Settings) -> KeyFile:
    if settings.store.key_file is None:
        fail("the key comes from the environment, which no command can change: move it to a file, see store.key")
    return KeyFile(settings.store.key_file)


def _with(settings: Settings, use: Callable[[SqlStore], Awaitable[T]]) -> T:
    async def once() -> T:
        from gateway.app import open_store_for

        async with open_store_for(settings) as store:
            return await use(store)

    return asyncio.run(once())


async def _rotated(settings: Settings, store: SqlStore) -> tuple[int, int, int]:
    """Seal rows and blobs anew until a round finds nothing: the engine may have been about to keep something."""
    rows = blobs = 0
    with make_blobs(settings.store.blobs, settings.store.sealer()) as kept:
        while True:
            with _progress() as progress:
                changed, unreadable = await _rotate_rows(store, progress)
                changed_blobs, unreadable_blobs = await asyncio.to_thread(_rotate_blobs, kept, _counter(progress))
            rows, blobs = rows + changed, blobs + changed_blobs
            if not changed and not changed_blobs:
                return rows, blobs, unreadable + unreadable_blobs


async def _rotate_rows(store: SqlStore, progress: Progress) -> tuple[int, int]:
    bar = progress.add_task("rows", total=await store.seals.last())
    changed = unreadable = 0
    after: int | None = 0
    while after is not None:
        step = await store.seals.reseal(after)
        after, changed, unreadable = step.after, changed + step.changed, unreadable + step.unreadable
        progress.update(bar, completed=after if after is not None else progress.tasks[bar].total)
    return changed, unreadable


def _rotate_blobs(blobs: Blobs, told: _Told) -> tuple[int, int]:
    changed = unreadable = 0
    for number, digest in enumerate(blobs.list(), 1):
        try:
            changed += blobs.reseal(digest)
        except MissingBlobError:
            # Deleted meanwhile, as retention does.
            continue
        except (DamagedError, ConfigError):
            unreadable += 1
        told(number)
    return changed, unreadable


def _counted(settings: Settings, sealer: Sealer) -> tuple[Counter[str], Counter[str]]:
    with _progress() as progress, make_blobs(settings.store.blobs, sealer) as kept:
        rows = _with(settings, lambda store: _count_rows(store, progress))
        return rows, _count_blobs(kept, _counter(progress))


async def _count_rows(store: SqlStore, progress: Progress) -> Counter[str]:
    bar = progress.add_task("rows", total=await store.seals.last())
    counted: Counter[str] = Counter()
    after: int | None = 0
    while after is not None:
        after, some = await store.seals.count(after)
        counted += some
        progress.update(bar, completed=after if after is not None else progress.tasks[bar].total)
    return counted


def _count_blobs(blobs: Blobs, told: _Told) -> Counter[str]:
    counted: Counter[str] = Counter()
    for number, digest in enumerate(blobs.list(), 1):
        try:
            counted[blobs.key_of(digest)] += 1
        except MissingBlobError:
            continue
        except DamagedError:
            counted[UNREADABLE] += 1
        told(number)
    return counted


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        yield progress


def _counter(progress: Progress) -> _Told:
    bar = progress.add_task("blobs", total=None)
    return lambda number: progress.update(bar, completed=number)
