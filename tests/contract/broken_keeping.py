"""Stores whose meters or vaults have one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from gateway.journal import Store
from gateway.ports import Spent
from tests.contract import keeping_suite as suite
from tests.contract.store_suite import Check


class _Keeping:
    """A store that passes everything on; a fault overrides a method of its spending or of its vault."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._spending = store.spending
        self._vault = store.vault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def spending(self) -> Any:
        return self

    @property
    def vault(self) -> Any:
        return self

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        await self._spending.add(account, day, what, spent)

    async def of_day(self, day: date) -> Mapping[str, Mapping[str, Spent]]:
        return dict(await self._spending.of_day(day))

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        return dict(await self._spending.of_account(account, day))

    async def read(self, channel: str, name: str) -> str | None:
        found: str | None = await self._vault.read(channel, name)
        return found

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        return bool(await self._vault.write(channel, name, value, holder))

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        return bool(await self._vault.hold(channel, name, holder, now, lease))

    async def release(self, channel: str, name: str, holder: str) -> None:
        await self._vault.release(channel, name, holder)


class InMemory(_Keeping):
    """Forgets what was spent with the process."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.kept: dict[str, Spent] = {}

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        before = self.kept.get(what, Spent())
        self.kept[what] = Spent(before.calls + spent.calls, before.cost + spent.cost)

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        return self.kept


class OneAccount(_Keeping):
    """Keeps all under one name."""

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        await super().add(suite.ACCOUNT, day, what, spent)


class OneDay(_Keeping):
    """Never begins a new day."""

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        await super().add(account, date(2026, 11, 20), what, spent)

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        return await super().of_account(account, date(2026, 11, 20))


class LastOneWins(_Keeping):
    """Reads, adds and writes in three steps, whatever was written meanwhile."""

    kept: ClassVar[dict[str, Spent]] = {}

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        before = self.kept.get(what, Spent())
        await asyncio.sleep(0)
        self.kept[what] = Spent(before.calls + spent.calls, before.cost + spent.cost)

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        return self.kept


class OneChannel(_Keeping):
    """Keeps the secrets of all channels in one place."""

    async def read(self, channel: str, name: str) -> str | None:
        return await super().read("all", name)

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        return await super().write("all", name, value, holder)


class NoLease(_Keeping):
    """Lets everybody in."""

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        return True


class OneLease(_Keeping):
    """Holds all names at once."""

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        return await super().hold(channel, "all", holder, now, lease)

    async def release(self, channel: str, name: str, holder: str) -> None:
        await super().release(channel, "all", holder)


class NeverReleases(_Keeping):
    """Waits for each lease to run out."""

    async def release(self, channel: str, name: str, holder: str) -> None:
        return


class ForEver(_Keeping):
    """Never forgets who died."""

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        return await super().hold(channel, name, holder, now, 100 * lease)


class ReleasesAnybody(_Keeping):
    """Gives back whoever's lease it is."""

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        return await super().hold(channel, name, "the same", now, lease)

    async def release(self, channel: str, name: str, holder: str) -> None:
        await super().release(channel, name, "the same")


class WritingLetsGo(_Keeping):
    """Forgets who holds a name when its secret is written."""

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        self.free = name
        return await super().write(channel, name, value, holder)

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        if getattr(self, "free", "") == name:
            return True
        return await super().hold(channel, name, holder, now, lease)


class NoFence(_Keeping):
    """Lets everybody write at any time."""

    kept: ClassVar[dict[str, str]] = {}

    async def read(self, channel: str, name: str) -> str | None:
        return self.kept[name]

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        self.kept[name] = value
        return True


class FenceForHoldersAlone(_Keeping):
    """Lets everybody write who does not say that he is alone."""

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        return holder is None or await super().write(channel, name, value, holder)


class TrustsEveryClock(_Keeping):
    """Believes in a lease of a clock that is hours ahead."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.until: dict[str, datetime] = {}

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        if self.until.get(name, now) > now:
            return False
        self.until[name] = now + lease
        return await super().hold(channel, name, holder, now, lease)


BROKEN: tuple[tuple[Callable[[Store], Any], Check], ...] = (
    (InMemory, suite.what_is_charged_adds_up_over_a_restart),
    (OneAccount, suite.accounts_and_utc_days_stand_apart),
    (OneDay, suite.accounts_and_utc_days_stand_apart),
    (OneChannel, suite.a_secret_is_its_channels_and_its_names),
    (NoLease, suite.who_is_alone_holds_off_everybody_else),
    (OneLease, suite.who_is_alone_holds_off_everybody_else),
    (NeverReleases, suite.who_leaves_lets_go_at_once),
    (ForEver, suite.a_holder_that_died_is_forgotten_after_a_minute),
    (NoLease, suite.a_holder_that_died_is_forgotten_after_a_minute),
    (ReleasesAnybody, suite.who_overstayed_takes_nothing_from_his_successor),
    (WritingLetsGo, suite.writing_and_holding_leave_each_other_alone),
    (NoFence, suite.who_overslept_writes_nothing_over_what_his_successor_wrote),
    (NoFence, suite.nobody_else_writes_what_one_is_alone_with),
    (FenceForHoldersAlone, suite.nobody_else_writes_what_one_is_alone_with),
    (TrustsEveryClock, suite.a_lease_of_a_clock_that_went_back_locks_nothing_up),
    (LastOneWins, suite.nothing_is_lost_of_what_is_charged_at_once),
)
