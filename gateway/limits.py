"""Limits that plugins declare: how a bucket is reckoned (pure), and what reserves a call before it is made.

A bucket is what was taken out of it, and when each part comes back. It is kept in the store, so that neither a restart
nor another node has a fresh one; whoever is named in its key is named by a hash alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from typing import NamedTuple, Protocol

from gateway.case import Case, Party, PartyKind
from gateway.errors import RateLimitedError
from gateway.metrics import Metrics
from gateway.ports import Clock, Limit, Reply, Scope, Window

SLOTS = 20
"""What is taken within one such part of a window comes back at once: a bucket stays small, whatever its count."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(microseconds=1)


class Taken(NamedTuple):
    """A part of what was taken out of a bucket: when it is back, and how much it is."""

    back_at: datetime
    amount: int


class Bucket(NamedTuple):
    """One member of a limit's scope: the key that it is kept under, and the limit."""

    key: str
    limit: Limit


def back_at(limit: Limit, now: datetime) -> datetime:
    """Return when that which is taken now is back: later than `per` from now, or at the end of the UTC day."""
    if limit.window is Window.UTC_DAY:
        return datetime.combine(now.astimezone(UTC).date(), time(), UTC) + limit.per
    slot = max(limit.per / SLOTS, _SHORTEST)
    return _EPOCH + ((now - _EPOCH) // slot + 1) * slot + limit.per


def kept_until(limit: Limit, taken: Iterable[Taken]) -> datetime:
    """Return how long a bucket must be remembered: a window longer than it needs, should the clock go back."""
    return max(part.back_at for part in taken) + limit.per


def present(limit: Limit, taken: Iterable[Taken], now: datetime) -> tuple[Taken, ...]:
    """Return what is to be remembered of a bucket.

    When the clock has gone back, a part may seem to come back later than if it were taken now: then it counts as taken
    now. So no window of real time holds more than the limit for that, and nobody waits longer than one window.
    """
    latest = back_at(limit, now)
    parts: dict[datetime, int] = {}
    for part in taken:
        if part.back_at > now - limit.per:
            at = min(part.back_at, latest)
            parts[at] = parts.get(at, 0) + part.amount
    return tuple(Taken(at, amount) for at, amount in sorted(parts.items()))


def room_at(limit: Limit, taken: Sequence[Taken], now: datetime) -> datetime | None:
    """Return when a bucket has room for one call; None when it has now."""
    out = [part for part in taken if part.back_at > now]
    left = limit.count - sum(part.amount for part in out)
    at: datetime | None = None
    for part in out:
        if left >= limit.cost:
            break
        left += part.amount
        at = part.back_at
    return at


def draw(
    buckets: Sequence[Bucket], taken: Mapping[str, tuple[Taken, ...]], now: datetime
) -> tuple[Mapping[str, tuple[Taken, ...]], Sequence[datetime | None]]:
    """Take one call out of all buckets or out of none; return the buckets, and for each when it has room."""
    before = {bucket.key: present(bucket.limit, taken.get(bucket.key, ()), now) for bucket in buckets}
    after = dict(before)
    room: list[datetime | None] = []
    for key, limit in buckets:
        room.append(room_at(limit, after[key], now))
        after[key] = present(limit, (*after[key], Taken(back_at(limit, now), limit.cost)), now)
    return before if any(room) else after, room


class Budgets(Protocol):
    """The buckets, in the store."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        """Take one call out of every bucket, or out of none; see `draw`. Durable when it returns, atomic over nodes.

        Returns for each bucket, in order, when it has room, and None where it has now: only when all are None was it
        taken. Buckets that are full again are forgotten, a few with each new one.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """What is about to be called: its kind, its endpoint, and whom it concerns; what is empty is not counted."""

    kind: str
    endpoint: str = ""
    recipient: str = ""
    group: str = ""
    sender: str = ""
    domain: str = ""

    @classmethod
    def sending(cls, reply: Reply, case: Case | None) -> Call:
        """Return the call that sends a reply."""
        to = _who(reply.to)
        return cls(
            "send",
            reply.visibility,
            recipient=to,
            group=to if reply.to.kind is PartyKind.GROUP else "",
            sender=_who(case.requester) if case is not None else "",
            domain=to.rpartition("@")[2] if "@" in to else "",
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that may not be made before `until`, and the limit that says so.

    `whole_until` is until when the whole channel has to wait; None when it concerns one of many.
    """

    until: datetime
    limit: Limit
    whole_until: datetime | None = None

    def error(self, now: datetime) -> RateLimitedError:
        """Return it as what a platform would have said."""
        item = self.whole_until is None
        waits = (self.whole_until or self.until) - now
        text = f"the limit {self.limit.name} of {self.limit.count} is used up; nothing was called"
        return RateLimitedError(text, max(waits, timedelta(0)), item=item)


class Limiter:
    """Makes the gates of all channels and of the backend on one store. `secret` keys the hashes of who is named."""

    def __init__(self, budgets: Budgets, clock: Clock, secret: bytes = b"", metrics: Metrics | None = None) -> None:
        self._budgets = budgets
        self._clock = clock
        self._secret = blake2b(secret).digest()
        self._metrics = metrics or Metrics()

    def gate(self, limits: Sequence[Limit], kind: str, name: str, account: str = "") -> Gate | None:
        """Return what stands before the calls of a channel or backend; None where nothing is limited."""
        return Gate(self, limits, kind, name, account or name) if limits else None

    def bucket(self, limit: Limit, *member: str) -> Bucket:
        """Return the bucket of one member of a limit's scope."""
        named = "\0".join((limit.name, *member)).encode("utf-8", "backslashreplace")
        return Bucket(blake2b(named, digest_size=16, key=self._secret).hexdigest(), limit)

    async def reserve(self, name: str, buckets: Sequence[Bucket]) -> Refusal | None:
        """Reserve one call, or say why not."""
        room = await self._budgets.reserve(buckets, self._clock.now())
        waits = [(at, bucket.limit) for at, bucket in zip(room, buckets, strict=True) if at is not None]
        if not waits:
            return None
        until, limit = max(waits, key=lambda each: each[0])
        whole = [(at, each) for at, each in waits if _parks(each)]
        if not whole:
            self._metrics.call_refused(name, limit.name)
            return Refusal(until, limit)
        whole_until, limit = max(whole, key=lambda each: each[0])
        self._metrics.call_refused(name, limit.name)
        return Refusal(until, limit, whole_until)


class Gate:
    """Stands before the calls of one channel, or of the backend."""

    def __init__(self, limiter: Limiter, limits: Sequence[Limit], kind: str, name: str, account: str) -> None:
        self._limiter = limiter
        self._limits = limits
        self._kind = kind
        self._name = name
        self._account = account

    async def reserve(self, call: Call) -> Refusal | None:
        """Reserve a call, just before it is made; None when it may be. One short transaction, none without a limit."""
        buckets = list(self._buckets(call))
        return await self._limiter.reserve(self._name, buckets) if buckets else None

    def _buckets(self, call: Call) -> Iterable[Bucket]:
        for limit in self._limits:
            member = self._member(limit.scope, call)
            if limit.call in (call.kind, f"{call.kind}:{call.endpoint}") and all(member):
                yield self._limiter.bucket(limit, self._kind, *member)

    def _member(self, scope: Scope, call: Call) -> tuple[str, ...]:
        match scope:
            case Scope.GLOBAL:
                return ()
            case Scope.ACCOUNT:
                return (self._account,)
            case Scope.CHANNEL:
                return (self._name,)
            case Scope.RECIPIENT:
                return (self._account, call.recipient)
            case Scope.GROUP:
                return (self._account, call.group)
            case Scope.SENDER:
                return (self._account, call.sender)
            case Scope.DOMAIN:
                return (self._account, call.domain)


def _parks(limit: Limit) -> bool:
    """Whether the channel waits as a whole: a limit on one endpoint leaves the others free."""
    return limit.scope.whole and ":" not in limit.call


def _who(party: Party) -> str:
    """Name somebody by what the platform vouches for, spelled one way."""
    return (party.address or party.id or "").casefold()
