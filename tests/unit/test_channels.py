"""The channels of a running engine: a bad one stops only itself, and one that is closed leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, cast

import pytest
import structlog
from pydantic import BaseModel

from gateway import channels
from gateway.channels import Channels, OpenChannel
from gateway.errors import ConfigError, RejectedError
from gateway.health import Condition, Health
from gateway.keeping import Keeper, Secrets, Spending
from gateway.ports import Channel, Connector, ConnectorPlugin, Ingress, MailChecks, Opening, Sender, Spent, StreamId
from gateway.settings import ChannelSettings
from tests.conftest import ManualClock


class NoFiles:
    """A gateway that keeps no files and no originals."""

    def open(self, sha256: str) -> AsyncIterable[bytes]:
        raise RejectedError("no file is kept")

    async def keep(self, chunks: AsyncIterable[bytes]) -> str:
        raise RejectedError("no original is kept")


class Kept:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        self.asked.append((account, day))
        return {account: Spent(1, 2)}

    async def read(self, channel: str, name: str) -> str | None:
        return f"{name} of {channel}"


class Own(BaseModel):
    """A channel's own settings."""

    address: str = "Desk@Examplex.test"


class Streams:
    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def streams(self) -> Sequence[StreamId]:
        if self.error is not None:
            raise self.error
        return (StreamId("INBOX"),)


class House:
    """Channels whose plugins are scripted; what was opened, wired and closed."""

    def __init__(self, clock: ManualClock) -> None:
        self.opened: list[Opening[Any]] = []
        self.wired: list[OpenChannel] = []
        self.closed: list[str] = []
        self.health = Health(clock)
        self.files = NoFiles()
        self.woken: list[str] = []
        spending, rows = cast(Spending, Kept()), cast(Secrets, Kept())
        keeper = Keeper(spending, rows, clock)
        self.channels = Channels(keeper, self.health, self.wired.append, self.files, self.files, self.woken.append)
        self.stream_error: Exception | None = None
        self.close_error: Exception | None = None

    def channel(self, name: str, address: str = "Desk@Examplex.test", *, bare: bool = False) -> ChannelSettings:
        @asynccontextmanager
        async def opened(opening: Opening[Any]) -> AsyncIterator[Channel]:
            self.opened.append(opening)
            try:
                sender, ingress = cast(Sender, f"{name} sends"), cast(Ingress, f"{name} is pushed")
                connector = cast(Connector, Streams(self.stream_error))
                yield Channel(connector) if bare else Channel(connector, sender=sender, ingress=ingress)
            finally:
                self.closed.append(name)
                if self.close_error is not None:
                    raise self.close_error

        plugin = PLUGINS.setdefault(
            (id(self), name),
            ConnectorPlugin(
                "scripted",
                "email",
                Own,
                opened,
                "email",
                addresses=lambda own: [own.address],
                receivers=lambda own: ["mx.examplex.test"],
                mail_checks=lambda own: MailChecks(("list.test",)),
                account=lambda own: own.address,
            ),
        )
        return ChannelSettings(name, plugin, Own(address=address))

    @property
    def roles(self) -> dict[str, set[str]]:
        roles = self.channels.roles
        return {
            "normalizers": set(roles.normalizers),
            "receivers": set(roles.receivers),
            "mail_checks": set(roles.mail_checks),
            "senders": set(roles.senders),
            "doors": set(roles.doors),
        }


ROLES = ("normalizers", "receivers", "mail_checks", "senders", "doors")
PLUGINS: dict[tuple[int, str], ConnectorPlugin] = {}


@pytest.fixture
def house(clock: ManualClock) -> House:
    PLUGINS.clear()
    return House(clock)


async def test_a_channel_that_is_opened_is_wired_with_all_its_roles(house: House, clock: ManualClock) -> None:
    support = house.channel("support")
    await house.channels.open(support)
    (wired,) = house.wired
    assert list(house.channels) == [wired]
    assert (wired.name, wired.streams, wired.account) == ("support", (StreamId("INBOX"),), "Desk@Examplex.test")
    assert wired.addresses == {"desk@examplex.test"}
    (opening,) = house.opened
    assert (opening.name, opening.settings, opening.clock) == ("support", support.settings, clock)
    assert (opening.files, opening.originals, opening.desk) == (house.files, house.files, None)
    roles = house.channels.roles
    assert roles.normalizers["support"].name == "email"
    assert roles.receivers == {"support": ["mx.examplex.test"]}
    assert roles.mail_checks == {"support": MailChecks(("list.test",))}
    assert roles.senders == {"support": "support sends"}
    assert roles.doors == {"support": ("support", "support is pushed")}


async def test_a_channel_is_given_what_it_has_kept_and_may_say_that_there_is_news(house: House) -> None:
    """The meter is its account's, the vault its own, and its news are for the part that fetches that stream."""
    await house.channels.open(house.channel("support"))
    await house.channels.open(house.channel("bare", address=""))
    support, bare = house.opened
    assert support.meter is not None
    assert support.vault is not None
    assert await support.meter.today() == {"scripted:Desk@Examplex.test": Spent(1, 2)}
    assert bare.meter is not None
    assert await bare.meter.today() == {"scripted:bare": Spent(1, 2)}, "without an account, its name"
    assert await support.vault.read("token") == "token of support"
    support.wake(StreamId("INBOX"))
    assert house.woken == ["support:INBOX"]
    async with house.channels.opener(house.channel("support"))():
        again = house.opened[-1]
    assert again.meter is not None
    assert await again.meter.today() == await support.meter.today()
    assert (again.vault is not None, again.files) == (True, None)


async def test_a_channel_without_sender_and_ingress_has_neither(house: House) -> None:
    await house.channels.open(house.channel("support", bare=True))
    assert house.roles == {
        "normalizers": {"support"},
        "receivers": {"support"},
        "mail_checks": {"support"},
        "senders": set(),
        "doors": set(),
    }


@pytest.mark.parametrize(
    ("error", "condition", "said"),
    [
        (ConfigError("the folder is not there"), Condition.MISCONFIGURED, "the folder is not there"),
        (ValueError("a user's words"), Condition.FAULTY, "ValueError"),
    ],
)
async def test_one_that_cannot_be_opened_is_shown_and_closed_and_its_neighbour_runs(
    house: House, error: Exception, condition: Condition, said: str
) -> None:
    house.stream_error = error
    with structlog.testing.capture_logs() as logs:
        await house.channels.open(house.channel("bad"))
    house.stream_error = None
    await house.channels.open(house.channel("good"))
    assert [(line["event"], line["channel"], line["reason"]) for line in logs] == [("channel.refused", "bad", said)]
    (state,) = house.health.parts()
    assert (state.part, state.condition) == ("bad", condition)
    assert house.closed == ["bad"], "what was opened of it is let go"
    assert [each.name for each in house.channels] == [each.name for each in house.wired] == ["good"]
    assert house.roles == {
        "normalizers": {"bad", "good"},
        "receivers": {"good"},
        "mail_checks": {"good"},
        "senders": {"good"},
        "doors": {"good"},
    }, "what it brought before can still be read"


async def test_only_what_changed_ends_and_starts(house: House) -> None:
    same, changed, gone = house.channel("same"), house.channel("changed"), house.channel("gone")
    house.stream_error = ConfigError("no")
    bad = house.channel("bad")
    await house.channels.open(bad)
    house.stream_error = None
    for each in (same, changed, gone):
        await house.channels.open(each)
    other, new = house.channel("changed", "other@examplex.test"), house.channel("new")
    wanted = [bad, house.channel("same"), other, new]
    ended, started = house.channels.changes(wanted)
    assert ended == ["changed", "gone"]
    assert started == [bad, other, new], "one that could not be opened is tried again: what it lacked may be there"


@pytest.mark.parametrize("error", [None, ValueError("a user's words")])
async def test_a_channel_that_is_closed_leaves_nothing_behind(house: House, error: Exception | None) -> None:
    await house.channels.open(house.channel("support"))
    await house.channels.open(house.channel("sales"))
    house.health.well("support")
    house.close_error = error
    with structlog.testing.capture_logs() as logs:
        await house.channels.close("support")
    assert house.closed == ["support"]
    assert house.roles == {role: {"sales"} for role in ROLES} | {"normalizers": {"support", "sales"}}, (
        "it may come back"
    )
    house.channels.forget(["support"])
    assert house.roles == {role: {"sales"} for role in ROLES}
    assert [each.name for each in house.channels] == ["sales"]
    assert house.health.parts() == ()
    assert house.channels.changes([house.channel("sales")]) == ([], [])
    assert "a user's words" not in str(logs)
    assert [line["error"] for line in logs] == ([] if error is None else ["ValueError"])


async def test_all_are_closed_though_each_fails_as_it_is(house: House) -> None:
    house.stream_error = ConfigError("no")
    await house.channels.open(house.channel("bad"))
    house.stream_error = None
    for name in ("support", "sales"):
        await house.channels.open(house.channel(name))
    house.close_error = ValueError("closing")
    await house.channels.close_all()
    assert house.closed == ["bad", "support", "sales"]
    assert (list(house.channels), house.health.parts()) == ([], ())
    assert {role: names for role, names in house.roles.items() if role != "normalizers" and names} == {}


async def test_all_are_closed_at_once_and_a_dead_line_holds_nobody_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "CLOSE_SECS", 0.01)
    for name in ("support", "sales"):
        await house.channels.open(house.channel(name))
    for each in house.channels:
        each.stack.push_async_callback(asyncio.Event().wait)
    async with asyncio.timeout(5):
        await house.channels.close_all()
    assert sorted(house.closed) == ["sales", "support"]
