"""`gatehouse queue`: what stands in the journal and the outbox, and what an operator does to it beside the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.answers.tokens import sign_token
from gateway.cli import _export
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
from gateway.cli._items import (
    PAGE,
    Kind,
    OfCase,
    OnlyEffects,
    OnlyRaws,
    Place,
    Selection,
    Since,
    States,
    every_effect,
    every_raw,
    item,
    lines,
    plain,
    row,
    selection,
)
from gateway.cli._originals import refuse_taken, write_new
from gateway.cli._progress import Advance, progress
from gateway.journal import Store
from gateway.queues import Act, ActLine, Change, EffectItem, Item, Queue, RawItem, Replay, ReplyEdit, Wanted
from gateway.settings import Settings

app = typer.Typer(help="The queues: list, show, edit, replay, bury, export.", no_args_is_help=True)

ItemName = Annotated[str, typer.Argument(metavar="ITEM", help="An item, e.g. raw:123 or effect:45.")]
Items = Annotated[list[str] | None, typer.Argument(metavar="[ITEM]...", help="Items, e.g. raw:123 effect:45.")]
All = Annotated[bool, typer.Option("--all", help="All that the filters leave; needs --state.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log of acts.")]

COLUMNS = ("item", "state", "what", "source or target", "case", "tries", "since (UTC)", "next try (UTC)", "reason")


@app.command(name="list")
def list_items(
    state: States = None,
    source: Place = "",
    kind: Kind = None,
    case: OfCase = "",
    since: Since = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many of each queue.")] = 50,
    raws: OnlyRaws = False,
    effects: OnlyEffects = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List what stands in the queues, newest first; without --state all that is not settled."""
    selected = selection(state, source, kind, case, since, raws, effects)
    found = with_store(operator_settings(config), lambda store: _look(store, selected, limit))
    if as_json:
        say_json([plain(each) for each in found])
    elif found:
        say_table(COLUMNS, [row(each) for each in found])
    else:
        say("There is no such item.")


@app.command()
def show(
    name: ItemName,
    raw: Annotated[bool, typer.Option("--raw", help="Open it: the original, or the reply. This is logged.")] = False,
    original: Annotated[
        bool, typer.Option("--original", help="With --raw: as the platform handed it over, before any edit.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --raw: the file to write it to, byte for byte.")
    ] = None,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of an item, but not what users or agents wrote, unless it is opened."""
    if output is not None:
        refuse_taken(output)
    settings = operator_settings(config)
    wanted = item(name)
    found = _only(settings, wanted)
    acts = with_store(settings, lambda store: store.queues.acts(wanted))
    if as_json and not raw:
        say_json(plain(found) | {"acts": [_act_line(act) for act in acts]})
        return
    if raw:
        _open(settings, wanted, output, _act(reason), original=original)
        return
    for line in lines(found, acts):
        say(line)


@app.command()
def edit(
    name: ItemName,
    text: Annotated[str | None, typer.Option("--text", help="The reply's new text; - reads it from stdin.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="The reply's new subject.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The address to send the reply to.")] = None,
    body: Annotated[
        Path | None, typer.Option("--body", help="The raw's new bytes, from a file; the old ones are kept.")
    ] = None,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Change a reply that is buried, maybe sent or postponed, or the bytes of a buried raw."""
    wanted = item(name)
    settings = operator_settings(config)
    act = _act(reason)
    if wanted.queue is Queue.RAW:
        if body is None or not all(each is None for each in (text, subject, to)):
            fail("of a raw only its bytes can be changed: --body FILE", 2)
        content = _read(body)
        change = with_store(settings, lambda store: store.queues.edit_body(wanted.number, content, act))
    else:
        if body is not None:
            fail("a reply has a --text, a --subject and an address (--to)", 2)
        changes = ReplyEdit(typer.get_text_stream("stdin").read() if text == "-" else text, subject, to)
        change = with_store(settings, lambda store: store.queues.edit_reply(wanted.number, changes, act))
    _tell([change])
    say(f"`gatehouse queue replay {change.item}` sends it on its way.")


@app.command()
def replay(
    names: Items = None,
    every: All = False,
    state: States = None,
    source: Place = "",
    kind: Kind = None,
    case: OfCase = "",
    since: Since = "",
    raws: OnlyRaws = False,
    effects: OnlyEffects = False,
    even_if_sent: Annotated[
        bool, typer.Option("--even-if-sent", help="Also what was maybe sent: the user may get it twice.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what is settled: it is done once more.")] = False,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Put items back into their queue: what is buried begins anew, what is postponed is due now."""
    settings = operator_settings(config)
    if even_if_sent:
        complain("What was maybe sent is sent again: whoever got it gets it twice.")
    how = Replay(even_if_sent, again, sign=lambda number, key: sign_token(settings.signing, number, key))
    act = _act(reason)
    selected = selection(state, source, kind, case, since, raws, effects)
    chosen = _chosen(settings, names, every, state is not None, selected)
    _work_through(settings, chosen, "replaying", lambda store, some: store.queues.replay(some, act, how))


@app.command()
def bury(
    names: Items = None,
    every: All = False,
    state: States = None,
    source: Place = "",
    kind: Kind = None,
    case: OfCase = "",
    since: Since = "",
    raws: OnlyRaws = False,
    effects: OnlyEffects = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands beside the item.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Take items out of their queue, so that what waits behind them goes on; they stay, and can be replayed."""
    if not reason.strip():
        fail("say why: --reason TEXT", 2)
    settings = operator_settings(config)
    act = _act(reason)
    selected = selection(state, source, kind, case, since, raws, effects)
    chosen = _chosen(settings, names, every, state is not None, selected)
    _work_through(settings, chosen, "burying", lambda store, some: store.queues.bury(some, act))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet, or empty.")],
    state: States = None,
    source: Place = "",
    kind: Kind = None,
    case: OfCase = "",
    since: Since = "",
    raws: OnlyRaws = False,
    effects: OnlyEffects = False,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write items to a folder: raws byte for byte with an index.jsonl, effects as effects.jsonl. All is logged."""
    settings = operator_settings(config)
    selected = selection(state, source, kind, case, since, raws, effects)
    _export.prepare(folder)
    act = _act(reason or "export")
    with progress("exporting") as advance:
        done = with_store(settings, lambda store: _export.export(store.queues, selected, folder, act, advance))
    unread = f"; {done.unread} originals are no longer there, the index says why" if done.unread else ""
    say(f"Wrote {done.raws} raws and {done.effects} effects to {folder}{unread}.")


async def _look(store: Store, selected: Selection, limit: int) -> list[RawItem | EffectItem]:
    wanted = replace(selected.wanted, limit=limit)
    found: list[RawItem | EffectItem] = []
    if Queue.RAW in selected.queues:
        found += await store.queues.raws(wanted)
    if Queue.EFFECT in selected.queues:
        found += await store.queues.effects(wanted)
    return found


def _only(settings: Settings, wanted: Item) -> RawItem | EffectItem:
    selected = Selection(Wanted(numbers=(wanted.number,)), (wanted.queue,))
    found = with_store(settings, lambda store: _look(store, selected, 1))
    if not found:
        fail(f"there is no {wanted}")
    return found[0]


def _chosen(
    settings: Settings, names: Sequence[str] | None, every: bool, stated: bool, selected: Selection
) -> list[Item]:
    """Return the items that are named, or all that the filters leave; oldest first, as they came."""
    if every == bool(names):
        fail("name the items, or say --all with filters", 2)
    if names:
        return [item(name) for name in names]
    if not stated:
        fail("--all needs a --state, so that nothing is meant by mistake", 2)

    async def collect(store: Store) -> list[Item]:
        found = [Item(Queue.RAW, each.number) async for each in every_raw(store.queues, selected)]
        found += [Item(Queue.EFFECT, each.view.id) async for each in every_effect(store.queues, selected)]
        return found[::-1]

    return with_store(settings, collect)


def _work_through(
    settings: Settings,
    chosen: Sequence[Item],
    title: str,
    do: Callable[[Store, Sequence[Item]], Awaitable[Sequence[Change]]],
) -> None:
    """Do it to all that is chosen in short transactions, let the engine know, and tell what came of each."""

    async def run(store: Store, advance: Advance) -> list[Change]:
        changes: list[Change] = []
        for start in range(0, len(chosen), PAGE):
            some = chosen[start : start + PAGE]
            changes += await do(store, some)
            advance(len(some))
        return changes

    with progress(title, len(chosen)) as advance:
        changes = with_store(settings, lambda store: run(store, advance))
    if any(change.made for change in changes):
        poke(settings)
    _tell(changes)


def _tell(changes: Sequence[Change]) -> None:
    """Say what came of each; exit 1 when anything was refused."""
    for change in changes:
        (say if change.made else complain)(f"{change.item}: {harmless(change.note, one_line=True)}")
    if not changes:
        say("There is no such item.")
    if not all(change.made for change in changes):
        raise typer.Exit(1)


def _open(settings: Settings, wanted: Item, output: Path | None, act: Act, *, original: bool) -> None:
    if wanted.queue is Queue.EFFECT:
        content = _reply_of(settings, wanted, act)
    else:
        raw = with_store(settings, lambda store: store.queues.open_raw(wanted.number, act, original=original))
        if raw is None:
            fail(f"there is no {wanted}")
        content = raw.body
    if output is None:
        say(harmless(content.decode("utf-8", "replace")))
        return
    write_new(output, content)
    say(f"Wrote {output}. It is as its sender wrote it: open it with care.")


def _reply_of(settings: Settings, wanted: Item, act: Act) -> bytes:
    opened = with_store(settings, lambda store: store.queues.open_effect(wanted.number, act))
    if opened is None or opened.reply is None:
        fail(f"{wanted} holds no reply; the case shows what it writes")
    reply = opened.reply
    return f"To: {reply.to.address}\nSubject: {reply.subject}\n\n{reply.text}\n".encode("utf-8", "replace")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")


def _act_line(act: ActLine) -> dict[str, str]:
    return {"at": act.at.isoformat(), "by": act.by, "what": act.what, "detail": act.detail}


def _act(reason: str) -> Act:
    return Act(operator(), datetime.now(UTC), reason)
