"""Items of the queues on the command line: their names, filters, and what of them is shown to everybody."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from gateway.cli._common import fail, harmless, utc_time
from gateway.journal import EffectKind, State
from gateway.queues import ActLine, EffectItem, Item, Queue, Queues, RawItem, Wanted

PAGE = 100
"""Items read or changed in one transaction: short, beside an engine at work."""

UNSETTLED = tuple(state for state in State if state is not State.SETTLED)

States = Annotated[list[State] | None, typer.Option("--state", help="Only items in this state; may be given again.")]
Place = Annotated[str, typer.Option("--source", "--target", help="Only raws of this source, effects to this target.")]
Kind = Annotated[EffectKind | None, typer.Option("--kind", help="Only effects of this kind.")]
OfCase = Annotated[str, typer.Option("--case", help="Only items of this case.")]
Since = Annotated[str, typer.Option("--since", help="Only items stored since: 2026-11-20, or 3d, 12h, 30m ago.")]
OnlyRaws = Annotated[bool, typer.Option("--raws", help="Only raws.")]
OnlyEffects = Annotated[bool, typer.Option("--effects", help="Only effects.")]

_AGO = re.compile(r"(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the filters of a command leave."""

    wanted: Wanted
    queues: tuple[Queue, ...]


def selection(
    states: Sequence[State] | None,
    place: str,
    kind: EffectKind | None,
    case: str,
    since: str,
    raws: bool,
    effects: bool,
) -> Selection:
    """Return the filters as values; ends the command when one cannot be read."""
    wanted = Wanted(
        states=tuple(states or UNSETTLED),
        place=place,
        kind=kind,
        case_id=case.strip().upper(),
        since=instant(since) if since else None,
        timers_until=None if kind is EffectKind.WAKE else datetime.now(UTC),
    )
    chosen = tuple(queue for queue, only in ((Queue.RAW, raws), (Queue.EFFECT, effects)) if only)
    return Selection(wanted, chosen or tuple(Queue))


def instant(text: str) -> datetime:
    """Return the time that a date, a time or a span before now names, in UTC; ends the command otherwise."""
    if ago := _AGO.fullmatch(text.strip()):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    if (found := utc_time(text)) is None:
        fail(f"{text!r} is no time: write 2026-11-20, 2026-11-20T12:00 (UTC) or 3d, 12h, 30m", 2)
    return found


def item(text: str) -> Item:
    """Return the item of a name such as `raw:123`; ends the command when it is none."""
    queue, _, number = text.strip().lower().partition(":")
    if queue not in tuple(Queue) or not (number.isascii() and number.isdigit()) or len(number) > 18:
        fail(f"{text!r} names no item: write raw:123 or effect:45, as `gatehouse queue list` does", 2)
    return Item(Queue(queue), int(number))


async def every_raw(queues: Queues, selected: Selection) -> AsyncIterator[RawItem]:
    """Yield all raws of a selection, newest first, in short reads."""
    before: int | None = None
    while Queue.RAW in selected.queues:
        page = await queues.raws(replace(selected.wanted, before=before, limit=PAGE))
        for each in page:
            yield each
        if len(page) < PAGE:
            return
        before = page[-1].number


async def every_effect(queues: Queues, selected: Selection) -> AsyncIterator[EffectItem]:
    """Yield all effects of a selection, newest first, in short reads."""
    before: int | None = None
    while Queue.EFFECT in selected.queues:
        page = await queues.effects(replace(selected.wanted, before=before, limit=PAGE))
        for each in page:
            yield each
        if len(page) < PAGE:
            return
        before = page[-1].view.id


def name_of(each: RawItem | EffectItem) -> str:
    """Return an item's name."""
    return str(Item(Queue.RAW, each.number) if isinstance(each, RawItem) else Item(Queue.EFFECT, each.view.id))


def plain(each: RawItem | EffectItem) -> dict[str, Any]:
    """Return all of an item but what users and agents wrote, for JSON."""
    if isinstance(each, RawItem):
        values = {key: value for key, value in asdict(each).items() if key != "number"}
    else:
        values = asdict(each.view) | {
            "created_at": each.created_at,
            "recipient": each.recipient,
            "traceback": each.traceback,
            "job": each.job,
        }
        values.pop("id")
    return {"item": name_of(each), **{key: _json(value) for key, value in values.items()}}


def row(each: RawItem | EffectItem) -> tuple[object, ...]:
    """Return the cells of an item in a list."""
    if isinstance(each, RawItem):
        place, case, at, view = each.source, "", each.stored_at, each
        what = "message" if each.media_type == "message/rfc822" else each.media_type
        return name_of(each), worded(each.state), what, place, case, view.attempts, _time(at), _then(each), each.reason
    view_of = each.view
    cells = (name_of(each), worded(view_of.state), view_of.kind, view_of.target, view_of.case_id or "")
    return (*cells, view_of.attempts, _time(each.created_at), _then(view_of), view_of.reason)


def lines(each: RawItem | EffectItem, acts: Sequence[ActLine]) -> Iterator[str]:
    """Yield all of an item but what users and agents wrote, for a terminal."""
    for key, value in plain(each).items():
        if value in (None, "") or key == "traceback":
            continue
        yield f"{key.replace('_', ' ')}: {harmless(str(value), one_line=True)}"
    traceback = each.traceback
    if traceback:
        yield "traceback:"
        yield from (f"  {line}" for line in harmless(traceback).splitlines())
    for act in acts:
        detail = f": {harmless(act.detail, one_line=True)}" if act.detail else ""
        yield f"{_time(act.at)} {act.what} by {harmless(act.by, one_line=True)}{detail}"


def worded(state: State) -> str:
    """Return a state in words."""
    return state.replace("_", " ")


def _then(each: Any) -> str:
    return _time(each.not_before) if each.not_before else ""


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
