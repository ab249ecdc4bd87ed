"""Plugins as data: what the engine must know of a kind of channel or backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from gateway.ports.events import Extractor, Normalizer
from gateway.ports.incoming import Connector, Ingress
from gateway.ports.names import Clock
from gateway.ports.outgoing import Downloader, Resolver, Sender
from gateway.ports.tickets import Backend, Desk, Feed

S = TypeVar("S", bound=BaseModel)


class Scope(StrEnum):
    """What a limit counts over."""

    CHANNEL = "channel"
    RECIPIENT = "recipient"
    GROUP = "group"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls of one kind in any window of `per` over each member of a scope; the engine reserves."""

    call: str
    scope: Scope
    count: int
    per: timedelta


class Role(StrEnum):
    """What a plugin can do beyond the least."""

    SENDER = "sender"
    RESOLVER = "resolver"
    DOWNLOADER = "downloader"
    INGRESS = "ingress"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Opening(Generic[S]):
    """What a plugin is given to open one channel or backend with."""

    name: str
    settings: S
    clock: Clock
    desk: Desk | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """An open channel: its connector, and the roles that its plugin declares."""

    connector: Connector
    sender: Sender | None = None
    resolver: Resolver | None = None
    downloader: Downloader | None = None
    ingress: Ingress | None = None


@dataclass(frozen=True, slots=True)
class TicketSystem:
    """An open backend, and the roles that its plugin declares."""

    backend: Backend
    feed: Feed | None = None
    ingress: Ingress | None = None


@dataclass(frozen=True, slots=True)
class NormalizerPlugin:
    """One platform's normalizer; `version` is raised whenever its output for a raw changes."""

    name: str
    version: int
    normalize: Normalizer
    extract: Extractor | None = None


@dataclass(frozen=True, slots=True)
class ConnectorPlugin:
    """A kind of channel: everything the engine needs to know of it, as data.

    `addresses` returns our own addresses on the platform from the settings, so that the engine never answers itself.
    `receivers` returns the names of the desk's own receiving servers, whose word on a sender counts (authserv-id).
    `pause` is how long the engine waits after an empty page: zero where `fetch` itself waits for news. `open` connects
    to nothing; it raises `ConfigError` alone, which stops that channel and no other.
    """

    name: str
    platform: str
    settings: type[BaseModel]
    open: Callable[[Opening[Any]], AbstractAsyncContextManager[Channel]]
    normalizer: str
    addresses: Callable[[Any], Sequence[str]]
    receivers: Callable[[Any], Sequence[str]] = lambda settings: ()
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    pause: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class BackendPlugin:
    """A kind of ticket system, as data; `normalizer` turns its feed's raws into `TicketEvent`s."""

    name: str
    settings: type[BaseModel]
    open: Callable[[Opening[Any]], AbstractAsyncContextManager[TicketSystem]]
    normalizer: NormalizerPlugin | None = None
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    pause: timedelta = timedelta(seconds=1)
    batch: int = 50
