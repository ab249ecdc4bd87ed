"""Limits are kept in every window, by all buckets of a call or by none, whatever the clock does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import Party, PartyKind
from gateway.limits import SLOTS, Bucket, Call, Gate, Limiter, Refusal, Taken, draw
from gateway.metrics import Metrics
from gateway.ports import Limit, Reply, ReplyKind, Scope, Window
from tests.builders import case
from tests.conftest import ManualClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECRET = b"made up"

counts = st.integers(1, 40)
windows = st.sampled_from([timedelta(milliseconds=50), timedelta(seconds=1), MINUTE, timedelta(minutes=15), DAY])
steps = st.lists(st.floats(0, 1.3), min_size=1, max_size=120)
"""How far the time moves between calls, as a part of the window."""


class Memory:
    """Buckets without a store."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[Taken, ...]] = {}
        self.asked = 0

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        self.asked += 1
        after, room = draw(buckets, self.taken, now)
        self.taken.update(after)
        return room


class One:
    """One bucket, asked again and again."""

    def __init__(self, limit: Limit) -> None:
        self.bucket = Bucket("b", limit)
        self.taken: dict[str, tuple[Taken, ...]] = {}

    def room(self, now: datetime) -> datetime | None:
        after, (room,) = draw([self.bucket], self.taken, now)
        self.taken.update(after)
        return room


def limit(count: int, per: timedelta = MINUTE, **more: object) -> Limit:
    return replace(Limit("send", Scope.CHANNEL, count, per), **more)  # type: ignore[arg-type]


@given(counts, windows, st.integers(1, 40), steps)
def test_no_window_holds_more_than_the_limit(count: int, per: timedelta, cost: int, moves: list[float]) -> None:
    """Wherever a window begins, both ends included; and whatever a call costs."""
    one = One(limit(count, per, cost=min(cost, count)))
    now, made = NOON, []
    for move in moves:
        now += move * per / 4
        if one.room(now) is None:
            made.append(now)
    for begin in made:
        assert sum(begin <= at <= begin + per for at in made) * one.bucket.limit.cost <= count


@given(counts, windows, steps)
def test_a_full_bucket_gives_all_at_once_and_the_rest_when_it_says(
    count: int, per: timedelta, moves: list[float]
) -> None:
    """A refusal names the first instant with room, a window and a twentieth away at most; before it there is none."""
    one = One(limit(count, per))
    assert [one.room(NOON) for _ in range(count)] == [None] * count
    now = NOON
    for move in moves:
        now += move * per
        room = one.room(now)
        if room is not None:
            assert now < room <= now + per + per / SLOTS
            assert One.room(_copy(one), room - timedelta(microseconds=1)) == room
            assert One.room(_copy(one), room) is None


def _copy(one: One) -> One:
    other = One(one.bucket.limit)
    other.taken = dict(one.taken)
    return other


@given(counts, windows, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1.5)), min_size=1, max_size=80))
def test_a_clock_that_goes_back_gives_nothing_away_and_stops_nobody(
    count: int, per: timedelta, moves: list[tuple[float, float]]
) -> None:
    """Real time goes on while the clock is set back: no window of real time holds more; after one all is free again."""
    one = One(limit(count, per))
    real, clock, made = NOON, NOON, []
    for on, back in moves:
        real += on * per
        clock += on * per - (back - 0.5 if back > 0.5 else 0) * per
        room = one.room(clock)
        if room is None:
            made.append(real)
        else:
            assert room <= clock + per + per / SLOTS
    for begin in made:
        assert sum(begin <= at <= begin + per for at in made) <= count
    clock += 2 * per
    assert [one.room(clock) for _ in range(count)] == [None] * count


@given(counts, windows, st.integers(1, 10**6))
def test_a_clock_that_was_far_ahead_stops_nobody_for_longer_than_a_window(
    count: int, per: timedelta, windows_ahead: int
) -> None:
    one = One(limit(count, per))
    ahead = NOON + min(windows_ahead * per, timedelta(days=3650))
    while one.room(ahead) is None:
        pass
    refused = one.room(NOON)
    assert refused is None or refused <= NOON + per + per / SLOTS
    assert one.room(NOON + per + per / SLOTS) is None


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 7)), min_size=1, max_size=4), st.integers(1, 12))
def test_a_call_takes_from_all_its_buckets_or_from_none(shapes: list[tuple[int, int]], calls: int) -> None:
    """The narrowest bucket decides, and the others lose nothing to a call that was not made."""
    buckets = [Bucket(str(number), limit(count)) for number, (count, _) in enumerate(shapes)]
    taken: dict[str, tuple[Taken, ...]] = {}
    for bucket, (_, used) in zip(buckets, shapes, strict=True):
        for _ in range(used):
            taken.update(draw([bucket], taken, NOON)[0])
    made = 0
    for _ in range(calls):
        before = {key: parts for key, parts in taken.items() if parts}
        after, room = draw(buckets, taken, NOON)
        taken.update(after)
        if any(room):
            assert {key: parts for key, parts in taken.items() if parts} == before
        else:
            made += 1
    assert made == min(calls, *(max(count - used, 0) for count, used in shapes))


@given(st.integers(1, 2000), steps)
def test_a_bucket_stays_small_whatever_it_holds(count: int, moves: list[float]) -> None:
    one = One(limit(count))
    now = NOON
    for move in moves * 5:
        now += move * MINUTE / 20
        one.room(now)
        assert len(one.taken["b"]) <= 2 * (SLOTS + 1)


def test_a_budget_a_day_ends_at_midnight_in_utc() -> None:
    one = One(limit(2, DAY, window=Window.UTC_DAY))
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    assert [one.room(midnight - HOUR) for _ in range(3)] == [None, None, midnight]
    assert one.room(midnight - timedelta(microseconds=1)) == midnight
    assert [one.room(midnight) for _ in range(3)] == [None, None, midnight + DAY]


def test_a_clock_that_strays_over_midnight_and_back_begins_no_fresh_day() -> None:
    one = One(limit(3, DAY, window=Window.UTC_DAY))
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    assert [one.room(midnight - HOUR) for _ in range(3)] == [None] * 3
    assert one.room(midnight + HOUR) is None
    assert one.room(midnight - HOUR) == midnight


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 0}, "at least 1"),
        ({"cost": 0}, "at least 1"),
        ({"cost": 8}, "at least its cost"),
        ({"per": timedelta(0)}, "longer than nothing"),
        ({"window": Window.UTC_DAY}, "one day"),
    ],
)
def test_a_limit_that_nothing_could_keep_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(limit(7), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        (Limit("send", Scope.CHANNEL, 60, MINUTE), "send-channel-60s"),
        (Limit("fetch:Mentions", Scope.ACCOUNT, 60, MINUTE * 15), "fetch-mentions-account-900s"),
        (Limit("send", Scope.GLOBAL, 30, timedelta(milliseconds=500)), "send-global-0_5s"),
        (Limit("send", Scope.ACCOUNT, 9, DAY, Window.UTC_DAY, 2, "credits"), "credits-account-day"),
    ],
)
def test_operators_know_a_limit_by_what_it_counts(declared: Limit, name: str) -> None:
    assert declared.name == name


# The gate


class Counting(Metrics):
    def __init__(self) -> None:
        self.refused: list[tuple[str, str]] = []

    def call_refused(self, name: str, limit: str) -> None:
        self.refused.append((name, limit))


class Ground:
    """Gates on one store without a store."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.memory = Memory()
        self.metrics = Counting()
        self.limiter = Limiter(self.memory, clock, SECRET, self.metrics)

    def gate(self, *limits: Limit, name: str = "support", kind: str = "chat", account: str = "") -> Gate:
        made = self.limiter.gate(limits, kind, name, account)
        assert made is not None
        return made


@pytest.fixture
def ground(clock: ManualClock) -> Ground:
    return Ground(clock)


ANN, BOB = Call("send", "private", recipient="ann@a.test", domain="a.test"), Call("send", "private", recipient="bob")


async def test_one_recipient_who_has_enough_stops_no_other(ground: Ground) -> None:
    gate = ground.gate(Limit("send", Scope.RECIPIENT, 1, HOUR), Limit("send", Scope.CHANNEL, 9, MINUTE))
    assert await gate.reserve(ANN) is None
    refusal = await gate.reserve(ANN)
    assert refusal is not None
    assert refusal.whole_until is None
    assert (refusal.until - ground.clock.now()) > HOUR
    assert refusal.error(ground.clock.now()).item
    assert await gate.reserve(BOB) is None
    assert ground.metrics.refused == [("support", "send-recipient-3600s")]


async def test_a_channel_that_is_used_up_waits_as_a_whole_and_no_longer_than_it_must(ground: Ground) -> None:
    """The recipient's longer wait is the item's, not the channel's."""
    gate = ground.gate(Limit("send", Scope.RECIPIENT, 1, HOUR), Limit("send", Scope.CHANNEL, 1, MINUTE))
    assert await gate.reserve(ANN) is None
    refusal = await gate.reserve(ANN)
    assert isinstance(refusal, Refusal)
    assert refusal.whole_until is not None
    assert refusal.whole_until - ground.clock.now() < 2 * MINUTE
    assert refusal.until - ground.clock.now() > HOUR
    error = refusal.error(ground.clock.now())
    assert not error.item
    assert error.retry_after == refusal.whole_until - ground.clock.now()
    assert ground.metrics.refused == [("support", "send-channel-60s")]


async def test_one_endpoint_that_is_used_up_leaves_the_others_free(ground: Ground) -> None:
    gate = ground.gate(Limit("send:public", Scope.ACCOUNT, 1, MINUTE))
    public = replace(ANN, endpoint="public")
    assert await gate.reserve(public) is None
    refusal = await gate.reserve(public)
    assert refusal is not None
    assert refusal.whole_until is None
    assert [await gate.reserve(ANN) for _ in range(3)] == [None] * 3
    assert ground.memory.asked == 2, "a call without a limit costs no transaction"


def test_a_channel_without_limits_has_no_gate(ground: Ground) -> None:
    assert ground.limiter.gate((), "chat", "support") is None


SHARED = {
    Scope.GLOBAL: {"name", "account", "recipient", "group", "sender", "domain"},
    Scope.ACCOUNT: {"name", "recipient", "group", "sender", "domain"},
    Scope.CHANNEL: {"account", "recipient", "group", "sender", "domain"},
    Scope.RECIPIENT: {"name", "group", "sender", "domain"},
    Scope.GROUP: {"name", "recipient", "sender", "domain"},
    Scope.SENDER: {"name", "recipient", "group", "domain"},
    Scope.DOMAIN: {"name", "recipient", "group", "sender"},
}
"""What may differ between two calls that one member of a scope counts together."""


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("what", ["name", "account", "recipient", "group", "sender", "domain", "kind"])
async def test_each_scope_counts_over_its_own_members(scope: Scope, what: str, ground: Ground) -> None:
    """Two calls that differ in one thing share a bucket exactly where the scope does not look at it."""
    declared = Limit("send", scope, 1, MINUTE)
    same = {"name": "support", "account": "acc", "kind": "chat"}
    call = Call("send", recipient="r", group="g", sender="s", domain="d")
    other = same | {what: "other"} if what in same else same
    assert await ground.gate(declared, **same).reserve(call) is None
    changed = call if what in same else replace(call, **{what: "other"})
    refused = await ground.gate(declared, **other).reserve(changed) is not None
    assert refused == (what in SHARED[scope])


async def test_channels_without_an_account_of_the_platforms_have_one_each(ground: Ground) -> None:
    declared = Limit("send", Scope.ACCOUNT, 1, MINUTE)
    assert await ground.gate(declared, name="a").reserve(ANN) is None
    assert await ground.gate(declared, name="b").reserve(ANN) is None


@pytest.mark.parametrize("scope", [Scope.RECIPIENT, Scope.GROUP, Scope.SENDER, Scope.DOMAIN])
async def test_what_a_call_does_not_name_is_not_counted(scope: Scope, ground: Ground) -> None:
    gate = ground.gate(Limit("fetch", scope, 1, MINUTE))
    assert [await gate.reserve(Call("fetch", "INBOX")) for _ in range(3)] == [None] * 3


async def test_calls_of_one_budget_are_spent_together_by_their_cost(ground: Ground) -> None:
    gate = ground.gate(
        Limit("send", Scope.ACCOUNT, 10, DAY, Window.UTC_DAY, 6, "credits"),
        Limit("fetch", Scope.ACCOUNT, 10, DAY, Window.UTC_DAY, 2, "credits"),
    )
    assert await gate.reserve(ANN) is None
    assert [await gate.reserve(Call("fetch", "x")) is None for _ in range(3)] == [True, True, False]
    assert await gate.reserve(ANN) is not None


async def test_two_limits_of_one_budget_on_one_call_both_count(ground: Ground) -> None:
    gate = ground.gate(
        Limit("send", Scope.ACCOUNT, 4, MINUTE, cost=1, budget="b"),
        Limit("send:private", Scope.ACCOUNT, 4, MINUTE, cost=2, budget="b"),
    )
    assert await gate.reserve(ANN) is None
    assert await gate.reserve(ANN) is not None


async def test_nobody_who_is_written_to_is_named_in_a_key(ground: Ground, clock: ManualClock) -> None:
    """A hash, under a secret: whoever reads the table cannot try addresses either."""
    declared = [Limit("send", scope, 9, MINUTE) for scope in Scope]
    await ground.gate(*declared).reserve(Call("send", recipient="ann@a.test", domain="a.test", sender="ann"))
    keys = set(ground.memory.taken)
    assert len(keys) == 6
    assert all(len(key) == 32 and int(key, 16) for key in keys)
    other = Memory()
    gate = Limiter(other, clock, b"another secret").gate(declared, "chat", "support")
    assert gate is not None
    await gate.reserve(Call("send", recipient="ann@a.test", domain="a.test", sender="ann"))
    assert not keys & set(other.taken)


def reply(to: Party) -> Reply:
    return Reply(channel="c", kind=ReplyKind.ANSWER, to=to, case_id="x", text="t", automatic=False, token="t")


def test_a_reply_counts_for_whom_it_goes_to_and_whom_it_answers() -> None:
    mail = Call.sending(reply(Party(platform="email", address="Ann@A.test")), case("GH-1"))
    assert (mail.recipient, mail.domain, mail.group, mail.endpoint) == ("ann@a.test", "a.test", "", "private")
    assert mail.sender == case("GH-1").requester.address
    group = Call.sending(reply(Party(platform="telegram", address="-100", kind=PartyKind.GROUP)), None)
    assert (group.recipient, group.group, group.domain, group.sender) == ("-100", "-100", "", "")
    by_id = Call.sending(reply(Party(platform="x", id="77")), None)
    assert by_id.recipient == "77"
