"""Plugins as data: what the engine must know of a kind of channel or backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from gateway.case import Provenance
from gateway.ports.events import Extractor, Normalizer
from gateway.ports.incoming import Connector, Ingress, Listener, Originals, Probe, Raw
from gateway.ports.keeping import Login, Meter, Vault
from gateway.ports.names import Clock, StreamId, TicketRef
from gateway.ports.outgoing import Downloader, Files, Resolver, Sender
from gateway.ports.tickets import Backend, Desk, Feed, Setup

S = TypeVar("S", bound=BaseModel)


class Scope(StrEnum):
    """What a limit counts over.

    The first three concern everything that a channel calls: where one is used up, the whole channel waits. The others
    concern one of many, and only that one waits. What a call does not name (a mail goes to no group) is not counted.
    """

    GLOBAL = "global"
    """All channels of the plugin, or all backends."""
    ACCOUNT = "account"
    """All channels of one account on the platform, see `ConnectorPlugin.account`."""
    CHANNEL = "channel"
    """One channel, or the backend."""
    RECIPIENT = "recipient"
    """One chat, mailbox or user that is written to; a group, too."""
    GROUP = "group"
    """One group that is written to."""
    SENDER = "sender"
    """One user whose message is answered."""
    DOMAIN = "domain"
    """The domain of one recipient's mail address."""

    @property
    def whole(self) -> bool:
        """Whether it concerns the whole channel rather than one of many."""
        return self in (Scope.GLOBAL, Scope.ACCOUNT, Scope.CHANNEL)


class Window(StrEnum):
    """How long what was called counts."""

    ROLLING = "rolling"
    """For `per` after the call, and up to a twentieth more."""
    UTC_DAY = "utc_day"
    """To the next midnight in UTC: a budget a day."""


DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls of one kind in any window of `per` over each member of a scope; the engine reserves.

    Kinds of a channel: `send`, or one endpoint of it by the reply's visibility, such as `send:public`; `fetch`, or
    that of one stream, `fetch:STREAM`; `look_up`, one for all accounts that a message asks about. Kinds of a backend:
    `submit` (a batch is one call), `find`, `fetch`. With a `cost`, `count` is in another unit, such as credits, and a
    call takes so many. Limits that name one `budget` are spent together, whatever they call; they have one count.
    """

    call: str
    scope: Scope
    count: int
    per: timedelta
    window: Window = Window.ROLLING
    cost: int = 1
    budget: str = ""

    def __post_init__(self) -> None:
        """Refuse what could never be kept, or never be called."""
        if not 1 <= self.cost <= self.count:
            raise ValueError("a limit's cost is at least 1, and its count at least its cost")
        if self.per <= timedelta(0) or (self.window is Window.UTC_DAY and self.per != DAY):
            raise ValueError("a limit's window is longer than nothing, and a day's is one day")

    @property
    def name(self) -> str:
        """What operators call it: `send-channel-60s`, `fetch-mentions-account-900s`, `credits-account-day`."""
        window = "day" if self.window is Window.UTC_DAY else f"{self.per.total_seconds():g}s"
        return f"{self.budget or self.call}-{self.scope}-{window}".replace(":", "-").replace(".", "_").lower()


class Role(StrEnum):
    """What a plugin can do beyond the least."""

    SENDER = "sender"
    RESOLVER = "resolver"
    DOWNLOADER = "downloader"
    INGRESS = "ingress"
    LISTENER = "listener"
    FEED = "feed"
    SETUP = "setup"


@dataclass(frozen=True, slots=True)
class Opening(Generic[S]):
    """What a plugin is given to open one channel or backend with.

    `wake` ends the pause of a stream of the channel early: there is news. It may be called from the event loop alone,
    and does nothing on a node that does not fetch the channel. `meter` and `vault` are a channel's, and there wherever
    the gateway runs or an operator's command needs them; `originals` only where what is fetched is stored. `seat` is
    the number of this engine among those of one machine: each listens so many ports above what the settings name.
    """

    name: str
    settings: S
    clock: Clock
    desk: Desk | None = None
    files: Files | None = None
    meter: Meter | None = None
    vault: Vault | None = None
    wake: Callable[[StreamId], None] = lambda stream: None
    seat: int = 0
    originals: Originals | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """An open channel: its connector, and the roles that its plugin declares."""

    connector: Connector
    sender: Sender | None = None
    resolver: Resolver | None = None
    listener: Listener | None = None
    downloader: Downloader | None = None
    ingress: Ingress | None = None
    probe: Probe | None = None


@dataclass(frozen=True, slots=True)
class TicketSystem:
    """An open backend, and the roles that its plugin declares."""

    backend: Backend
    feed: Feed | None = None
    ingress: Ingress | None = None
    downloader: Downloader | None = None
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class NormalizerPlugin:
    """One platform's normalizer; `version` is raised whenever its output for a raw changes.

    With `apart`, a hostile raw could make it slow or huge: it runs in a process of its own, with limits.
    """

    name: str
    version: int
    normalize: Normalizer
    extract: Extractor | None = None
    apart: bool = False

    def provenance(self, raw: Raw) -> Provenance:
        """Return where what this makes of a raw comes from."""
        return Provenance(
            source=raw.source,
            stream=raw.stream,
            key=raw.key,
            lane=raw.lane,
            received_at=raw.received_at,
            normalizer=f"{self.name}/{self.version}",
            size=raw.size,
            complete=raw.complete,
        )


@dataclass(frozen=True, slots=True)
class Manners:
    """How people talk on a channel, as data that casework goes by.

    With `chats`, what a person writes goes on with the case he is at, although it names none, and commands are
    answered. The ticket of a message waits `join_for` for more of it (albums, split texts, bursts), at most `join_most`
    in all. With `summoned`, in public only whoever summoned us is answered, at most once for each message that did so,
    and what is personal is answered in private alone; with `receipts` the first such message is answered at once. Who
    writes one of `stop_words` alone gets nothing automatic any more, until he writes one of `start_words`. Without
    `buttons` every step of a command can be written. `privacy` is a link to how we treat what people write, told with
    the first automatic text in private.
    An answer takes files of `files_bytes` in all; the others are given as links, where the gateway serves any. 0 leaves
    it to the sender.
    `handle` is our own name there; `invite` a link to a private chat with us, `{token}` in it what is handed
    back. `operators` is the chat that is told of impostors; with `warns_groups` the group is warned as well.
    """

    chats: bool = False
    join_for: timedelta = timedelta(0)
    join_most: timedelta = timedelta(0)
    summoned: bool = False
    receipts: bool = False
    stop_words: tuple[str, ...] = ()
    start_words: tuple[str, ...] = ()
    buttons: bool = True
    privacy: str = ""
    files_bytes: int = 0
    handle: str = ""
    invite: str = ""
    operators: str = ""
    warns_groups: bool = False


@dataclass(frozen=True, slots=True)
class MailChecks:
    """That a channel's mails are to be checked by the gateway itself: by SPF, DKIM, DMARC and ARC.

    `sealers` are the domains of relays whose word on a mail counts when they sealed it (ARC), `dns` the DNS servers to
    ask instead of the system's. A connector that took a mail from a stranger's own server says who that was in
    `Raw.notes`: `peer`, its address in numbers, and `mail_from` and `helo` as it gave them; SPF is about these.
    """

    sealers: tuple[str, ...] = ()
    dns: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectorPlugin:
    """A kind of channel: everything the engine needs to know of it, as data.

    `addresses` returns our own addresses on the platform from the settings, so that the engine never answers itself.
    `receivers` returns the names of the desk's own receiving servers, whose word on a sender counts (authserv-id);
    `mail_checks` what the gateway is to check of a mail's sender itself, None for nothing.
    `account` returns what names the account on the platform, the same for every channel that shares its limits; when
    it returns nothing, each channel has an account of its own.
    `manners` returns how people talk there. `keeps` is how long the platform keeps what nobody fetches, unless for
    good: operators are told in time.
    `login` is how a person gives it access, where that is not a credential in the settings; `gatehouse channels login`.
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
    mail_checks: Callable[[Any], MailChecks | None] = lambda settings: None
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    account: Callable[[Any], str] = lambda settings: ""
    manners: Callable[[Any], Manners] = lambda settings: Manners()
    keeps: timedelta | None = None
    login: Callable[[Opening[Any]], AbstractAsyncContextManager[Login]] | None = None
    pause: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class BackendPlugin:
    """A kind of ticket system, as data; `normalizer` turns its feed's raws into `TicketEvent`s.

    `takes_files`: users' files can go there. `page_of` returns the address of a ticket's page for agents, where there
    is one. `unproven` says what of it was never tried against the real one; shown by `gatehouse check`.
    """

    name: str
    settings: type[BaseModel]
    open: Callable[[Opening[Any]], AbstractAsyncContextManager[TicketSystem]]
    normalizer: NormalizerPlugin | None = None
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    pause: timedelta = timedelta(seconds=1)
    batch: int = 50
    takes_files: bool = False
    page_of: Callable[[Any, TicketRef], str] = lambda settings, ticket: ""
    unproven: str = ""
