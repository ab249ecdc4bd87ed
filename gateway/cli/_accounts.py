"""Which official accounts of the directory cannot be checked on their platform, and what the platforms say of the rest.

Without a live check by a rule alone; what such a check would find of a channel itself stands in `gateway.cli.check`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, NamedTuple

from gateway.cli._beside import is_made
from gateway.clock import SystemClock
from gateway.errors import GatewayError
from gateway.keeping import Keeper
from gateway.ports import Absent, Handle, Opening, Profile, Role, Unchecked
from gateway.settings import ChannelSettings, Settings
from gateway.trust.entries import Official, officials, platform_title

_OPEN_NAMES = ("bot",)
"""How the names end on Telegram that only bots may bear."""


class Blind(NamedTuple):
    """Official accounts that cannot be checked: which, why, and what to do. `account` may stand for several.

    `reason` ends without a full stop; `advice` is empty where the reason says all.
    """

    account: str
    reason: str
    advice: str


class Wrong(NamedTuple):
    """An official account of which its platform says otherwise than the directory; `channel` is who asked."""

    channel: str
    account: str
    detail: str


_MakeOpening = Callable[[ChannelSettings], Opening[Any]]


class _Told(NamedTuple):
    """What a platform told of one account, or why it told nothing."""

    profiles: tuple[Profile, ...] = ()
    reason: str = ""


def blind(settings: Settings, today: date) -> tuple[Blind, ...]:
    """Return what cannot be checked by the rules of the platforms, or perhaps not; nothing is asked."""
    found = list(_unseen(settings, today))
    for entry, channels in _listed(settings, today):
        if channels and entry.platform == "telegram" and (doubt := _telegram(entry, channels)) is not None:
            found.append(doubt)
    return tuple(found)


async def ask(settings: Settings, today: date) -> tuple[tuple[Blind, ...], tuple[Wrong, ...]]:
    """Ask the platforms for each account; return what they cannot tell, and what is otherwise than listed."""
    listed = [(entry, channels) for entry, channels in _listed(settings, today) if channels]
    told: dict[Official, _Told] = {}
    async with _opening(settings) as opening:
        for each in _resolving(settings):
            due = [entry for entry, channels in listed if each in channels and not told.get(entry, _Told()).profiles]
            for entry, answer in zip(due, await _asked(each, due, opening), strict=True):
                told[entry] = answer if answer.profiles else told.get(entry, answer)
    blind, wrong = list(_unseen(settings, today)), []
    for entry, channels in listed:
        if not told[entry].profiles:
            advice = _advice(entry, channels) if entry.platform == "telegram" else ""
            blind.append(Blind(entry.shown, told[entry].reason.removesuffix("."), advice))
        elif detail := _difference(entry, told[entry].profiles):
            wrong.append(Wrong(channels[0].name, entry.shown, detail))
    return tuple(blind), tuple(wrong)


def _listed(settings: Settings, today: date) -> Iterator[tuple[Official, Sequence[ChannelSettings]]]:
    """Yield the accounts that are official today, and the channels that can look accounts up on their platform."""
    able = list(_resolving(settings))
    for brand in settings.directory.brands.values():
        for _, entry in officials(brand):
            if entry.kind == "handle" and entry.is_valid(today):
                yield entry, [each for each in able if each.plugin.platform == entry.platform]


def _resolving(settings: Settings) -> Iterator[ChannelSettings]:
    return (each for each in settings.channels if Role.RESOLVER in each.plugin.roles)


def _unseen(settings: Settings, today: date) -> Iterator[Blind]:
    """Yield the platforms on which no channel looks accounts up, each once with its accounts."""
    unseen: dict[str, list[str]] = {}
    for entry, channels in _listed(settings, today):
        if not channels:
            unseen.setdefault(entry.platform, []).append(entry.shown)
    for platform, accounts in unseen.items():
        more = f" and {len(accounts) - 1} more there" if len(accounts) > 1 else ""
        reason = f"no channel that is enabled looks accounts up on {platform_title(platform)}"
        yield Blind(accounts[0] + more, reason, "look at them yourself now and then")


def _telegram(entry: Official, channels: Sequence[ChannelSettings]) -> Blind | None:
    """Return why Telegram may not tell of an account: it tells of bots, groups and channels, and of whom it knows."""
    if (entry.id or "").startswith("-") or entry.value.lower().endswith(_OPEN_NAMES) or _is_own(entry, channels):
        return None
    if entry.id is None:
        reason = "Telegram tells of a name only if it is a bot's, a group's or a channel's, not of a person's"
    else:
        reason = "Telegram tells of a person only after that person has written to the bot"
    return Blind(entry.shown, reason, _advice(entry, channels))


def _is_own(entry: Official, channels: Sequence[ChannelSettings]) -> bool:
    own = {address.lower() for each in channels for address in each.plugin.addresses(each.settings)}
    return entry.value.lower() in own or entry.id in own


def _advice(entry: Official, channels: Sequence[ChannelSettings]) -> str:
    handles = dict.fromkeys(each.plugin.manners(each.settings).handle for each in channels)
    bots = " or ".join(f"@{handle}" for handle in handles if handle) or "the bot"
    contact = f"let whoever holds it send /start to {bots} once"
    return contact if entry.id is not None else f"write its number as id in the directory, and {contact}"


@asynccontextmanager
async def _opening(settings: Settings) -> AsyncIterator[_MakeOpening]:
    """Give what channels are opened with: where there is a store, with what they have kept there."""
    from gateway.app import open_store_for

    clock = SystemClock()
    if not is_made(settings):
        yield lambda each: Opening(each.name, each.settings, clock)
        return
    async with open_store_for(settings, clock) as store:
        keeper = Keeper(store.spending, store.vault, clock)
        yield lambda each: keeper.opening(each.name, each.plugin, each.settings)


async def _asked(each: ChannelSettings, entries: Sequence[Official], opening: _MakeOpening) -> Sequence[_Told]:
    """Return what a channel's platform tells of each account by its number and by its name, all in one call."""
    names = [[Handle(name) for name in dict.fromkeys((entry.id, entry.value)) if name] for entry in entries]
    try:
        async with each.plugin.open(opening(each)) as channel:
            if channel.resolver is None:
                return [_Told(reason="the channel cannot look accounts up as it is configured")] * len(entries)
            answers = iter(await channel.resolver.look_up([name for own in names for name in own]))
    except GatewayError as error:
        return [_Told(reason=str(error))] * len(entries)
    return [_told([next(answers) for _ in own]) for own in names]


def _told(answers: Sequence[Profile | Absent | Unchecked]) -> _Told:
    profiles = tuple(answer for answer in answers if isinstance(answer, Profile))
    reasons = (answer.reason for answer in answers if isinstance(answer, Unchecked))
    return _Told(profiles, next(reasons, "the platform knows no such account"))


def _difference(entry: Official, said: Sequence[Profile]) -> str:
    """Return what the platform says otherwise than the directory; empty when both agree."""
    for profile in said:
        party = profile.party
        if entry.id is not None and party.id != entry.id:
            return f"its name leads to another account, number {party.id}, than the one that is listed; see who took it"
        names = {party.handle or "", *(each.value for each in party.evidence if each.name == "active_username")}
        if entry.value != entry.id and entry.value.lower() not in {name.lower() for name in names}:
            return f"it bears another name now, {party.handle or 'none'}; correct the directory, or see who renamed it"
    return ""
