"""What channels spent today, as commands show it: by channel, in units of its account's currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.keeping import MICROS, account_key
from gateway.ports import Spent
from gateway.settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class SpentLine:
    """What the account of one channel spent on one kind of thing; channels of one account show the same."""

    channel: str
    what: str
    calls: int
    cost: float


def spent_lines(channels: Iterable[ChannelSettings], spent: Mapping[str, Mapping[str, Spent]]) -> tuple[SpentLine, ...]:
    """Return a line for each channel and each thing that money or calls went to."""
    return tuple(
        SpentLine(each.name, what, found.calls, round(found.cost / MICROS, 6))
        for each in channels
        for what, found in spent.get(account_key(each.name, each.plugin, each.settings), {}).items()
    )


def summed(lines: Sequence[SpentLine]) -> SpentLine | None:
    """Return all of one channel together; None where there is nothing."""
    if not lines:
        return None
    cost = round(sum(line.cost for line in lines), 6)
    return SpentLine(lines[0].channel, "all", sum(line.calls for line in lines), cost)


def money(cost: float) -> str:
    """Return an amount with as many places as it needs, two at least."""
    whole, _, places = f"{cost:.6f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"
