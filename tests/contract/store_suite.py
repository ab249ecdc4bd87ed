"""The contract of `gateway.journal.Store`, check by check, for whatever store a `Ground` opens.

A check fails with an AssertionError on a store that breaks its claim; `broken_stores` shows that each can.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import pytest

from gateway.case import (
    Case,
    CaseState,
    Direction,
    Entry,
    Message,
    Party,
    Provenance,
)
from gateway.errors import TransientError
from gateway.journal import (
    Decision,
    Effect,
    EffectKind,
    Fate,
    GoneOriginalError,
    Put,
    StaleCaseError,
    State,
    Store,
    StoredEffect,
    TicketIntent,
)
from gateway.past import AWAITED, MOST_OF_A_REF, PACE_SLOTS, DomainCount, Query
from gateway.ports import Cursor, Key, Raw, Reply, ReplyKind, StreamId, TicketAction, TicketRef, TicketWrite
from tests.conftest import ManualClock

T = TypeVar("T")
SOURCE, INBOX = "support", StreamId("INBOX")
BIG = 10**9
ONE, TWO, THREE = "GH-00000-00001", "GH-00000-00002", "GH-00000-00003"
START = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC)


@dataclass(frozen=True)
class Ground:
    """Where a check runs: `open` opens the same store each time, under a clock in the check's hand."""

    open: Callable[[], AbstractAsyncContextManager[Store]]
    clock: ManualClock

    @property
    def now(self) -> datetime:
        return self.clock.now()


Check = Callable[[Ground], Awaitable[None]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def raw(key: str, lane: str = "ann@example.test", body: bytes = b"hello", **changes: Any) -> Raw:
    made = Raw(SOURCE, INBOX, Key(key), lane, body, "message/rfc822", START, len(body))
    return replace(made, **changes)


def raws(*names: str) -> list[Raw]:
    """Make raws from `lane/key`."""
    return [raw(name, lane=name.split("/")[0]) for name in names]


def message(message_id: str, content_key: str = "", text: str = "Where are my coins?") -> Message:
    return Message(
        id=message_id,
        content_key=content_key or f"content of {message_id}",
        provenance=Provenance(
            source=SOURCE,
            stream=INBOX,
            key=message_id,
            lane="ann@example.test",
            received_at=START,
            normalizer="email/1",
            size=5,
        ),
        platform="email",
        sender=Party(platform="email", address="ann@example.test", name="Support of Examplex"),
        text=text,
    )


def case(case_id: str = ONE, version: int = 1, updated_at: datetime = START, **changes: Any) -> Case:
    made = Case(
        id=case_id,
        channel=SOURCE,
        platform="email",
        requester=Party(platform="email", address="ann@example.test"),
        opened_at=START,
        updated_at=updated_at,
        version=version,
    )
    return made.model_copy(update=changes)


def entry(case_id: str, message_id: str, direction: Direction = Direction.IN, **changes: Any) -> Entry:
    return Entry(case_id=case_id, direction=direction, message=message(message_id, **changes), at=START)


def ticket_effect(key: str, case_id: str | None = ONE, target: str = "desk", **changes: Any) -> Effect:
    intent = TicketIntent(action=TicketAction.MESSAGE, message_id=changes.pop("message_id", None))
    return Effect(key=key, kind=EffectKind.TICKET, target=target, case_id=case_id, ticket=intent, **changes)


def reply_effect(key: str, kind: EffectKind = EffectKind.ACKNOWLEDGEMENT, case_id: str = ONE, **changes: Any) -> Effect:
    reply = Reply(
        channel=SOURCE,
        kind=ReplyKind(kind.value),
        to=Party(platform="email", address="ann@example.test"),
        case_id=case_id,
        text="We have it.",
        automatic=True,
        token="gh.token",
    )
    return Effect(key=key, kind=kind, target=SOURCE, case_id=case_id, reply=reply, **changes)


async def put(store: Store, *names: str, cursor: str | None = "c1") -> Put:
    return await store.put_page(SOURCE, INBOX, raws(*names), None if cursor is None else Cursor(cursor))


async def claim_keys(store: Store, ground: Ground, limit: int = 100, max_bytes: int = BIG) -> list[str]:
    return [item.raw.key for item in await store.claim_raws(limit, max_bytes, ground.now)]


async def claim_seqs(store: Store, ground: Ground) -> list[int]:
    return [item.seq for item in await store.claim_raws(100, BIG, ground.now)]


def only(items: Iterable[T]) -> T:
    found = list(items)
    assert len(found) == 1, found
    return found[0]


_serial = 0


async def decide(store: Store, ground: Ground, **decision: Any) -> None:
    """Put a raw of its own, claim it and commit a decision on it."""
    global _serial
    _serial += 1
    name = f"lane {_serial}/k"
    await put(store, name, cursor=None)
    mine = only([item for item in await store.claim_raws(100, BIG, ground.now) if item.raw.key == name])
    await store.commit([Decision(seq=mine.seq, **decision)])


async def due(store: Store, ground: Ground, target: str = "desk", limit: int = 100) -> list[StoredEffect]:
    return list(await store.claim_effects(target, limit, ground.now))


def keys(claimed: Sequence[StoredEffect]) -> list[str]:
    return [item.effect.key for item in claimed]


@check
async def a_page_and_its_cursor_are_stored_together(ground: Ground) -> None:
    async with ground.open() as store:
        assert await store.cursor(SOURCE, INBOX) is None
        assert await put(store, "a/1", "b/2", cursor="c1") == Put(stored=2, known=0)
        assert await store.cursor(SOURCE, INBOX) == "c1"
        assert await store.cursor(SOURCE, StreamId("Spam")) is None
        assert await store.cursor("other", INBOX) is None
    async with ground.open() as store:
        assert await store.cursor(SOURCE, INBOX) == "c1"
        assert await claim_keys(store, ground) == ["a/1", "b/2"]


@check
async def a_page_that_cannot_be_stored_leaves_neither_raw_nor_cursor(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", cursor="c1")
        bad = raw("b/2", lane="b", received_at=START.replace(tzinfo=None))
        with pytest.raises(Exception, match=r"\w"):
            await store.put_page(SOURCE, INBOX, [raw("a/3", lane="c"), bad], Cursor("c2"))
        assert await store.cursor(SOURCE, INBOX) == "c1"
        assert await claim_keys(store, ground) == ["a/1"]


@check
async def a_page_without_a_cursor_leaves_the_cursor_as_it_is(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", cursor="c1")
        await put(store, "a/2", cursor=None)
        assert await store.cursor(SOURCE, INBOX) == "c1"
        await put(store, cursor="c2")
        assert await store.cursor(SOURCE, INBOX) == "c2"


@check
async def a_known_key_is_absorbed_before_and_after_it_is_settled(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "b/2")
        assert await put(store, "b/2", "a/1", "c/3") == Put(stored=1, known=2)
        await store.release_raws([Fate(seq, State.SETTLED) for seq in await claim_seqs(store, ground)])
        assert await put(store, "a/1", "b/2", "c/3") == Put(stored=0, known=3)
        assert await claim_keys(store, ground) == []


@check
async def a_key_that_stands_twice_in_a_page_is_stored_once(ground: Ground) -> None:
    async with ground.open() as store:
        assert await put(store, "a/1", "b/2", "a/1") == Put(stored=2, known=1)
        assert await claim_keys(store, ground) == ["a/1", "b/2"]


@check
async def a_key_is_unique_within_source_and_lane_only(ground: Ground) -> None:
    async with ground.open() as store:
        page = [raw("k", lane="a"), raw("k", lane="b")]
        assert (await store.put_page(SOURCE, INBOX, page, None)).stored == 2
        elsewhere = [raw("k", lane="a", source="second")]
        assert (await store.put_page("second", INBOX, elsewhere, None)).stored == 1
        assert (await store.put_page(SOURCE, StreamId("Spam"), page, None)).stored == 0
        assert len(await store.claim_raws(10, BIG, ground.now)) == 3


@check
async def a_raw_comes_back_byte_for_byte(ground: Ground) -> None:
    bodies = (b"", bytes(range(256)) * 16, b"\x00\xff" * 200_000)
    page = [
        raw(f"k{n}", lane=f"l{n}", body=body, size=10**10, complete=n == 0, notes={"folder": "Übergänge", "uid": "7"})
        for n, body in enumerate(bodies)
    ]
    async with ground.open() as store:
        await store.put_page(SOURCE, INBOX, page, None)
    async with ground.open() as store:
        claimed = await store.claim_raws(10, BIG, ground.now)
        assert [replace(item.raw, notes=dict(item.raw.notes)) for item in claimed] == page


@check
async def an_original_that_was_kept_before_its_raw_comes_back_whole(ground: Ground) -> None:
    body = bytes(range(256)) * 12_000
    async with ground.open() as store:
        kept = await store.originals.keep(_pieces(body))
        assert kept == sha256(body).hexdigest()
        page = [raw("k", body=b"", size=len(body), kept=kept), raw("l", lane="b")]
        assert (await store.put_page(SOURCE, INBOX, page, Cursor("1"))).stored == 2
    async with ground.open() as store:
        # Its whole size counts towards what is claimed at a time.
        claimed = await store.claim_raws(10, len(body), ground.now)
        assert [(item.raw.body, item.raw.size) for item in claimed] == [(body, len(body))]


@check
async def a_page_whose_original_is_not_kept_leaves_neither_raw_nor_cursor(ground: Ground) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise TransientError("the line was cut")

    async with ground.open() as store:
        with pytest.raises(TransientError):
            await store.originals.keep(broken())
        page = [raw("k", lane="b"), raw("l", body=b"", size=1, kept=sha256(b"a").hexdigest())]
        with pytest.raises(GoneOriginalError):
            await store.put_page(SOURCE, INBOX, page, Cursor("1"))
        assert await store.cursor(SOURCE, INBOX) is None
        assert await store.claim_raws(10, BIG, ground.now) == []


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1_000_000):
        yield body[start : start + 1_000_000]


@check
async def one_raw_a_lane_is_claimed_oldest_first_and_in_the_order_of_the_page(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "b/1", "a/2", "b/3", "a/4", "a/5")
        seen = []
        while claimed := await store.claim_raws(100, BIG, ground.now):
            assert len({item.raw.lane for item in claimed}) == len(claimed)
            seen.append([item.raw.key for item in claimed])
            await store.release_raws([Fate(item.seq, State.SETTLED) for item in claimed])
        assert seen == [["b/1", "a/2"], ["b/3", "a/4"], ["a/5"]]


@check
async def lanes_of_two_sources_are_two_lanes(ground: Ground) -> None:
    async with ground.open() as store:
        await store.put_page(SOURCE, INBOX, [raw("1", lane="a")], None)
        await store.put_page("second", INBOX, [raw("2", lane="a", source="second")], None)
        assert await claim_keys(store, ground) == ["1", "2"]


@check
async def a_claimed_raw_holds_its_lane(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2")
        assert await claim_keys(store, ground) == ["a/1"]
        assert await claim_keys(store, ground) == []
        await put(store, "a/3", cursor="c2")
        assert await claim_keys(store, ground) == []


@check
async def a_postponed_raw_holds_its_lane_until_its_time(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2", "b/3")
        first, other = await claim_seqs(store, ground)
        later = ground.now + timedelta(seconds=60)
        await store.release_raws([Fate(first, State.POSTPONED, "busy", later), Fate(other, State.SETTLED)])
        await put(store, "a/4", "b/5", cursor="c2")
        assert await claim_keys(store, ground) == ["b/5"]
        ground.clock.advance(60)
        again = only(await store.claim_raws(10, BIG, ground.now))
        assert (again.raw.key, again.attempts) == ("a/1", 2)


@check
async def a_raw_postponed_to_no_time_is_due_at_once(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1")
        await store.release_raws([Fate(seq, State.POSTPONED) for seq in await claim_seqs(store, ground)])
        assert await claim_keys(store, ground) == ["a/1"]


@check
async def a_buried_raw_frees_its_lane_and_never_comes_again(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2")
        await store.release_raws([Fate(seq, State.BURIED, "bad") for seq in await claim_seqs(store, ground)])
        assert await claim_keys(store, ground) == ["a/2"]
        await store.recover()
        assert await claim_keys(store, ground) == ["a/2"]


@check
async def the_attempt_is_charged_when_a_raw_is_claimed(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1")
        assert [item.attempts for item in await store.claim_raws(1, BIG, ground.now)] == [1]
    async with ground.open() as store:
        await store.recover()
        assert [item.attempts for item in await store.claim_raws(1, BIG, ground.now)] == [2]


@check
async def a_claim_keeps_to_its_limits_but_returns_at_least_one(ground: Ground) -> None:
    async with ground.open() as store:
        page = [raw(str(n), lane=str(n), body=b"x" * 100) for n in range(6)]
        await store.put_page(SOURCE, INBOX, page, None)
        assert await claim_keys(store, ground, max_bytes=10) == ["0"]
        assert await claim_keys(store, ground, max_bytes=250) == ["1", "2"]
        assert await claim_keys(store, ground, limit=1) == ["3"]
        assert await claim_keys(store, ground) == ["4", "5"]


@check
async def a_fate_given_too_late_changes_nothing(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1")
        seq = only(await claim_seqs(store, ground))
        await store.commit([Decision(seq, cases=(case(),), effects=(ticket_effect("e"),))])
        await store.release_raws([Fate(seq, State.POSTPONED)])
        assert await claim_keys(store, ground) == []
        effect = only(await due(store, ground))
        await store.release_effects([Fate(effect.id, State.SETTLED)])
        await store.release_effects([Fate(effect.id, State.POSTPONED)])
        assert await due(store, ground) == []


@check
async def callers_side_by_side_never_share_a_raw(ground: Ground) -> None:
    async with ground.open() as store:
        pages = [put(store, *(f"l{page}-{n}/k" for n in range(20)), cursor=None) for page in range(5)]
        await asyncio.gather(*pages)
        claims = await asyncio.gather(*(store.claim_raws(15, BIG, ground.now) for _ in range(10)))
        seqs = [item.seq for claimed in claims for item in claimed]
        assert len(seqs) == len(set(seqs)) == 100


@check
async def a_commit_writes_all_that_follows_from_a_raw(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(
            store,
            ground,
            cases=(case(subject="Coins"),),
            entries=(entry(ONE, "m1"), entry(ONE, "m2")),
            refs=(("<m1@example.test>", ONE),),
            effects=(ticket_effect("e1"),),
        )
    async with ground.open() as store:
        view = await store.case_view(ONE)
        assert view is not None
        assert view.file.case == case(subject="Coins")
        assert view.file.entries == (entry(ONE, "m1"), entry(ONE, "m2"))
        assert [effect.key for effect in view.effects] == ["e1"]
        past = only(await store.look_up([Query(refs=("<m1@example.test>",))]))
        assert [found.id for found in past.by_ref] == [ONE]
        assert (await store.tally()).raws == {State.SETTLED: 1}


@check
async def a_stale_case_undoes_the_whole_commit(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(TWO), case(TWO, version=2)))
        await put(store, "a/1", "b/2")
        first, second = await claim_seqs(store, ground)
        good = Decision(
            first,
            cases=(case(ONE),),
            entries=(entry(ONE, "m1"),),
            refs=(("r", ONE),),
            effects=(ticket_effect("e1"),),
        )
        stale = Decision(second, cases=(case(TWO, version=2),), effects=(ticket_effect("e2", TWO),))
        with pytest.raises(StaleCaseError):
            await store.commit([good, stale])
        assert await store.case_view(ONE) is None
        assert (await store.tally()).effects == {}
        assert (await store.look_up([Query(message_id="m1", refs=("r",))]))[0].copy_of is None
        await store.commit([good, replace(stale, cases=(case(TWO, version=3),))])
        assert keys(await due(store, ground)) == ["e1", "e2"]


@check
async def a_case_grows_by_one_version_at_a_time(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(version=1), case(version=2, subject="second")))
        for version in (1, 2, 4):
            with pytest.raises(StaleCaseError):
                await decide(store, ground, cases=(case(version=version),))
        with pytest.raises(StaleCaseError):
            await decide(store, ground, cases=(case(TWO, version=2),))
        view = await store.case_view(ONE)
        assert view is not None
        assert (view.file.case.version, view.file.case.subject) == (2, "second")


@check
async def decisions_on_one_case_may_follow_one_another_in_a_commit(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "b/2")
        first, second = await claim_seqs(store, ground)
        await store.commit(
            [
                Decision(first, cases=(case(),), entries=(entry(ONE, "m1"),)),
                Decision(second, cases=(case(version=2),), entries=(entry(ONE, "m2"),)),
            ]
        )
        view = await store.case_view(ONE)
        assert view is not None
        assert [item.message.id for item in view.file.entries] == ["m1", "m2"]


@check
async def a_raw_that_is_not_under_way_cannot_be_committed_again(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1")
        seq = only(await claim_seqs(store, ground))
        await store.commit([Decision(seq, cases=(case(),))])
        with pytest.raises(TransientError):
            await store.commit([Decision(seq, cases=(case(version=2),))])
        view = await store.case_view(ONE)
        assert view is not None
        assert view.file.case.version == 1


@check
async def an_effect_with_a_known_key_is_absorbed(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("e1"), ticket_effect("e1")))
        first = only(await due(store, ground))
        await decide(store, ground, effects=(ticket_effect("e1", target="other"), ticket_effect("e2")))
        await store.release_effects([Fate(first.id, State.SETTLED)])
        await decide(store, ground, effects=(ticket_effect("e1"),))
        assert keys(await due(store, ground)) == ["e2"]
        assert await due(store, ground, target="other") == []


@check
async def a_copy_is_known_by_its_message_id_and_by_its_content(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1", content_key="digest"),))
        by_id, by_content, neither, empty = await store.look_up(
            [
                Query(message_id="m1"),
                Query(message_id="m9", content_key="digest"),
                Query(message_id="m9", content_key="m1"),
                Query(),
            ]
        )
        assert by_id.copy_of == by_content.copy_of == entry(ONE, "m1", content_key="digest")
        assert neither.copy_of is None
        assert empty.copy_of is None
        assert by_id.cases == by_content.cases == (case(),)
        assert neither.cases == ()


@check
async def messages_without_a_content_key_are_no_copies_of_one_another(ground: Ground) -> None:
    async with ground.open() as store:
        bare = message("m1").model_copy(update={"content_key": ""})
        await decide(store, ground, cases=(case(),), entries=(Entry(case_id=ONE, message=bare, at=START),))
        assert (await store.look_up([Query(message_id="m2")]))[0].copy_of is None


@check
async def what_was_sent_out_is_no_copy(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1", Direction.OUT),))
        assert (await store.look_up([Query(message_id="m1")]))[0].copy_of is None


@check
async def cases_are_found_by_reference_in_the_order_of_the_references(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(
            store,
            ground,
            cases=(case(ONE), case(TWO), case(THREE)),
            refs=(("r1", ONE), ("r2", TWO), ("r3", ONE), ("r1", ONE)),
        )
        past, cited = await store.look_up(
            [Query(refs=("r9", "r2", "r3", "r1")), Query(case_ids=(THREE, "GH-00000-00009", ONE))]
        )
        assert [found.id for found in past.by_ref] == [TWO, ONE]
        assert past.cases == ()
        assert [found.id for found in cited.cases] == [THREE, ONE]
        assert cited.by_ref == ()


@check
async def a_message_finds_whose_reference_it_bears_and_what_answered_it_before_it_came(ground: Ground) -> None:
    async with ground.open() as store:
        pairs = (("r1", ONE), (f"{AWAITED}r2", TWO))
        await decide(store, ground, cases=(case(ONE), case(TWO)), refs=pairs)
        first, second, neither = await store.look_up([Query(own_ref="r1"), Query(own_ref="r2"), Query()])
        assert (first.same_ref, first.awaiting, first.by_ref) == ((case(ONE),), (), ())
        assert (second.same_ref, second.awaiting, second.by_ref) == ((), (case(TWO),), ())
        assert (neither.same_ref, neither.awaiting) == ((), ())
        assert (await store.look_up([Query(thread_of=TWO)]))[0].thread == ()


@check
async def a_reference_that_is_nobodys_name_leads_to_few_cases(ground: Ground) -> None:
    async with ground.open() as store:
        numbers = [f"GH-{at:05d}-00000" for at in range(MOST_OF_A_REF + 5)]
        await decide(store, ground, cases=tuple(map(case, numbers)), refs=tuple(("r", number) for number in numbers))
        by_ref, own = await store.look_up([Query(refs=("r",)), Query(own_ref="r")])
        first = numbers[:MOST_OF_A_REF]
        assert [each.id for each in by_ref.by_ref] == [each.id for each in own.same_ref] == first


@check
async def the_references_of_a_case_are_told_oldest_first(ground: Ground) -> None:
    async with ground.open() as store:
        pairs = (("r2", ONE), ("r1", ONE), ("r3", TWO), ("r2", ONE))
        await decide(store, ground, cases=(case(ONE), case(TWO)), refs=pairs)
        await decide(store, ground, refs=(("r0", ONE),))
        one, none, two = await store.look_up([Query(thread_of=ONE), Query(), Query(thread_of=TWO)])
        assert (one.thread, none.thread, two.thread) == (("r2", "r1", "r0"), (), ("r3",))


@check
async def automatic_replies_are_counted_by_recipient_and_in_all(ground: Ground) -> None:
    async with ground.open() as store:
        before = ground.now
        await decide(
            store,
            ground,
            cases=(case(),),
            effects=(reply_effect("a1", recipient="ann"), reply_effect("a2", recipient="bob")),
        )
        ground.clock.advance(60)
        later = ground.now
        await decide(
            store,
            ground,
            effects=(
                reply_effect("w", EffectKind.WARNING, recipient="ann"),
                reply_effect("x", EffectKind.ANSWER, recipient="ann"),
                ticket_effect("t", recipient="ann"),
            ),
        )
        ann, nobody, everybody = await store.look_up(
            [
                Query(
                    recipient="ann",
                    since=(before, later, later + timedelta(microseconds=1)),
                    since_all=(later + timedelta(microseconds=1), before),
                ),
                Query(recipient="cleo", since=(later,)),
                Query(since_all=(later,)),
            ]
        )
        assert (ann.sent_to, ann.sent_to_all) == ((2, 1, 0), (0, 3))
        assert (nobody.sent_to, nobody.sent_to_all) == ((0,), ())
        assert (everybody.sent_to, everybody.sent_to_all) == ((), (1,))


@check
async def automatic_replies_are_counted_by_mail_domain_up_to_what_matters(ground: Ground) -> None:
    async with ground.open() as store:
        before = ground.now
        mails = ("ann@mail.test", "bob@mail.test", "eve@other.test", "ann")
        sent = tuple(reply_effect(f"a{number}", recipient=each) for number, each in enumerate(mails))
        answer = reply_effect("x", EffectKind.ANSWER, recipient="ann@mail.test")
        await decide(store, ground, cases=(case(),), effects=(*sent, answer))
        ground.clock.advance(60)
        asked = [
            DomainCount("mail.test", before, 10),
            DomainCount("mail.test", before, 1),
            DomainCount("mail.test", ground.now, 10),
            DomainCount("ann", before, 10),
        ]
        found = await store.look_up([*(Query(domain=each) for each in asked), Query()])
        assert [past.sent_to_domain for past in found] == [2, 1, 0, 0, 0]


@check
async def the_pace_of_automatic_replies_is_told_slot_by_slot(ground: Ground) -> None:
    async with ground.open() as store:

        async def pace() -> tuple[int, ...]:
            (past, none) = await store.look_up([Query(pace=ground.now), Query()])
            assert none.pace == ()
            assert len(past.pace) == PACE_SLOTS
            return past.pace

        assert sum(await pace()) == 0
        await decide(store, ground, cases=(case(),), effects=(reply_effect("a"), reply_effect("b")))
        assert (await pace())[-1] == 2
        ground.clock.advance(60)
        await decide(store, ground, effects=(reply_effect("c"), reply_effect("d", EffectKind.ANSWER)))
        assert (await pace())[-7:] == (2, 0, 0, 0, 0, 0, 1)
        # What is past by now is not forgotten, and goes when it is too old.
        ground.clock.advance(3600)
        assert [count for count in await pace() if count] == [2, 1]
        ground.clock.advance(2 * 3600)
        assert sum(await pace()) == 0


@check
async def effects_of_a_case_go_one_after_the_other_to_each_target(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(
            store,
            ground,
            cases=(case(ONE), case(TWO)),
            effects=(
                ticket_effect("one-1"),
                ticket_effect("one-2"),
                ticket_effect("two-1", TWO),
                ticket_effect("elsewhere", target="other"),
                ticket_effect("one-3"),
            ),
        )
        seen = []
        while claimed := await due(store, ground):
            seen.append(keys(claimed))
            assert await due(store, ground) == []
            await store.release_effects([Fate(item.id, State.SETTLED) for item in claimed])
        assert seen == [["one-1", "two-1"], ["one-2"], ["one-3"]]
        assert keys(await due(store, ground, "other")) == ["elsewhere"]


@check
async def effects_without_a_case_have_no_order(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, effects=(ticket_effect("1", None), ticket_effect("2", None)))
        assert keys(await due(store, ground, limit=1)) == ["1"]
        assert keys(await due(store, ground)) == ["2"]


@check
async def an_effect_waits_for_its_time_and_holds_its_case(ground: Ground) -> None:
    async with ground.open() as store:
        at = ground.now + timedelta(seconds=30)
        effects = (ticket_effect("1", not_before=at), ticket_effect("2"), ticket_effect("3", None, not_before=at))
        await decide(store, ground, cases=(case(),), effects=effects)
        assert await due(store, ground) == []
        ground.clock.advance(30)
        claimed = await due(store, ground)
        assert [(item.effect.key, item.state) for item in claimed] == [("1", State.NEW), ("3", State.NEW)]
        await store.release_effects(
            [Fate(claimed[0].id, State.POSTPONED, not_before=ground.now + timedelta(seconds=5))]
        )
        assert await due(store, ground) == []
        ground.clock.advance(5)
        again = only(await due(store, ground))
        assert (again.effect.key, again.attempts, again.state) == ("1", 2, State.NEW)


async def _doubt(ground: Ground, state: State) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"), ticket_effect("2")))
        first = only(await due(store, ground))
        at = ground.now + timedelta(seconds=30)
        await store.release_effects([Fate(first.id, state, not_before=at, job="j7")])
        assert await due(store, ground) == []
        ground.clock.advance(30)
        again = only(await due(store, ground))
        assert (again.effect.key, again.state, again.job, again.attempts) == ("1", state, "j7", 2)
        await store.release_effects([Fate(again.id, State.POSTPONED, not_before=ground.now + timedelta(seconds=30))])
        assert await due(store, ground) == []
        ground.clock.advance(30)
        still = only(await due(store, ground))
        assert (still.state, still.job) == (state, "j7")
        await store.release_effects([Fate(still.id, State.SETTLED)])
        assert keys(await due(store, ground)) == ["2"]


@check
async def an_unknown_effect_is_claimed_with_that_state_until_it_is_known(ground: Ground) -> None:
    await _doubt(ground, State.UNKNOWN)


@check
async def a_pending_effect_is_claimed_with_its_job_until_it_is_known(ground: Ground) -> None:
    await _doubt(ground, State.PENDING)


@check
async def the_attempt_is_charged_when_an_effect_is_claimed(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"),))
        assert [item.attempts for item in await due(store, ground)] == [1]
    async with ground.open() as store:
        await store.recover()
        assert [item.attempts for item in await due(store, ground)] == [2]


@check
async def a_settled_ticket_is_told_to_later_effects_of_that_case_and_target(ground: Ground) -> None:
    async with ground.open() as store:
        effects = (ticket_effect("1"), ticket_effect("2"), ticket_effect("3", target="other"), ticket_effect("4", TWO))
        await decide(store, ground, cases=(case(ONE), case(TWO)), effects=effects)
        first, foreign = await due(store, ground)
        assert first.ticket is None
        await store.release_effects(
            [Fate(first.id, State.SETTLED, ref="T-1"), Fate(foreign.id, State.BURIED, ref="T-9")]
        )
        assert [item.ticket for item in await due(store, ground)] == ["T-1"]
        assert [item.ticket for item in await due(store, ground, "other")] == [None]
        view = await store.case_view(ONE)
        assert view is not None
        assert [(item.name, item.value) for item in view.file.tickets] == [("desk", "T-1")]


@check
async def a_later_ticket_of_a_case_takes_the_place_of_an_earlier_one(ground: Ground) -> None:
    async with ground.open() as store:
        effects = tuple(ticket_effect(str(n)) for n in range(3))
        await decide(store, ground, cases=(case(ONE), case(TWO)), effects=(*effects, ticket_effect("two", TWO)))
        for ref in ("T-1", "T-2"):
            claimed = await due(store, ground)
            await store.release_effects([Fate(item.id, State.SETTLED, ref=ref) for item in claimed])
        assert only(await due(store, ground)).ticket == "T-2"
        view = await store.case_view(TWO)
        assert view is not None
        assert [item.value for item in view.file.tickets] == ["T-1"]


@check
async def an_effect_is_completed_with_what_stands_when_it_is_claimed(ground: Ground) -> None:
    async with ground.open() as store:
        effect = ticket_effect("1", message_id="m1")
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1", text="old"),), effects=(effect,))
        await decide(
            store,
            ground,
            cases=(case(version=2, subject="new"), case(TWO)),
            entries=(entry(ONE, "m1", text="edited"), entry(TWO, "m1", text="another case's")),
        )
        claimed = only(await due(store, ground))
        assert claimed.effect == effect
        assert claimed.case == case(version=2, subject="new")
        assert claimed.entry == entry(ONE, "m1", text="edited")


@check
async def a_sent_reply_leads_its_answers_to_its_case(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("1"),))
        sent = only(await due(store, ground, SOURCE))
        assert sent.effect == reply_effect("1")
        await store.release_effects([Fate(sent.id, State.SETTLED, ref="<gh.token@example.test>")])
        past = only(await store.look_up([Query(refs=("<gh.token@example.test>",))]))
        assert [found.id for found in past.by_ref] == [ONE]


@check
async def a_reply_that_was_maybe_sent_leads_back_too_and_a_buried_one_does_not(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("1"), reply_effect("2")))
        for ref, state in (("<maybe@example.test>", State.MAYBE_SENT), ("<never@example.test>", State.BURIED)):
            sent = only(await due(store, ground, SOURCE))
            await store.release_effects([Fate(sent.id, state, ref=ref)])
        maybe, never = await store.look_up(
            [Query(refs=("<maybe@example.test>",)), Query(refs=("<never@example.test>",))]
        )
        assert [found.id for found in maybe.by_ref] == [ONE]
        assert never.by_ref == ()


@check
async def a_ticket_that_was_opened_before_its_write_failed_is_the_cases_ticket(ground: Ground) -> None:
    """Else the next write would open another."""
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=tuple(ticket_effect(str(n)) for n in range(3)))
        claimed = only(await due(store, ground))
        await store.release_effects([Fate(claimed.id, State.BURIED)])
        claimed = only(await due(store, ground))
        assert claimed.ticket is None
        await store.release_effects([Fate(claimed.id, State.BURIED, ref="T-1")])
        assert only(await due(store, ground)).ticket == "T-1"


@check
async def a_ticket_that_a_write_was_given_is_no_news(ground: Ground) -> None:
    """The case's may have been merged into another while the write was under way."""
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=tuple(ticket_effect(str(n)) for n in range(3)))
        await store.release_effects([Fate(only(await due(store, ground)).id, State.SETTLED, ref="T-1")])
        claimed = only(await due(store, ground))
        await store.release_effects([Fate(claimed.id, State.SETTLED, ref="T-0", given=TicketRef("T-0"))])
        assert only(await due(store, ground)).ticket == "T-1"


@check
async def what_is_maybe_sent_or_buried_frees_its_case_and_never_comes_again(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=tuple(ticket_effect(str(n)) for n in range(3)))
        for n, state in enumerate((State.MAYBE_SENT, State.BURIED)):
            claimed = only(await due(store, ground))
            assert claimed.effect.key == str(n)
            await store.release_effects([Fate(claimed.id, state, reason="why")])
        await store.recover()
        assert keys(await due(store, ground)) == ["2"]
        view = await store.case_view(ONE)
        assert view is not None
        assert [(item.state, item.reason) for item in view.effects] == [
            (State.MAYBE_SENT, "why"),
            (State.BURIED, "why"),
            (State.CLAIMED, ""),
        ]


@check
async def after_recovery_raws_under_way_are_new_and_effects_under_way_unknown(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(
            store, ground, cases=(case(),), effects=(ticket_effect("1"), ticket_effect("2"), reply_effect("3"))
        )
        await put(store, "a/1", "a/2", "b/3")
        assert await claim_keys(store, ground) == ["a/1", "b/3"]
        assert keys(await due(store, ground)) == ["1"]
    async with ground.open() as store:
        await store.recover()
        assert sorted(await claim_keys(store, ground) + await claim_keys(store, ground)) == ["a/1", "b/3"]
        unknown = only(await due(store, ground))
        assert (unknown.effect.key, unknown.state) == ("1", State.UNKNOWN)
        untouched = only(await due(store, ground, SOURCE))
        assert (untouched.state, untouched.attempts) == (State.NEW, 1)


@check
async def a_raw_that_was_interrupted_is_claimed_alone(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "b/2")
        assert await claim_keys(store, ground) == ["a/1", "b/2"]
        await store.recover()
        await put(store, "c/3")
        first = await store.claim_raws(10, 10**9, ground.now)
        second = await store.claim_raws(10, 10**9, ground.now)
        assert [(item.raw.lane, item.interrupted) for item in (*first, *second)] == [("a", 1), ("b", 1)]
        assert await claim_keys(store, ground) == ["c/3"]


@check
async def only_an_end_that_counts_is_held_against_a_raw(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"),))
        await put(store, "a/1", "b/2")
        for _ in range(2):
            claimed = await store.claim_raws(10, BIG, ground.now)
            assert [(item.raw.key, item.interrupted) for item in claimed] == [("a/1", 0), ("b/2", 0)]
            assert only(await due(store, ground)).effect.key == "1"
            await store.recover(counted=False)
        assert only(await due(store, ground)).state is State.UNKNOWN
        assert await claim_keys(store, ground) == ["a/1", "b/2"]
        await store.recover()
        assert [item.interrupted for item in await store.claim_raws(10, BIG, ground.now)] == [1]


@check
async def an_attempt_that_was_nobodys_fault_is_given_back(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"),))
        await put(store, "a/1")
        for charged in (False, True):
            (item,) = await store.claim_raws(10, 10**9, ground.now)
            await store.release_raws([Fate(item.seq, State.POSTPONED, charged=charged)])
            effect = only(await due(store, ground))
            await store.release_effects([Fate(effect.id, State.POSTPONED, charged=charged)])
        (item,) = await store.claim_raws(10, 10**9, ground.now)
        assert item.attempts == 2
        assert only(await due(store, ground)).attempts == 2


@check
async def the_next_due_time_is_the_first_after_now(ground: Ground) -> None:
    async with ground.open() as store:
        soon, late = (ground.now + timedelta(seconds=seconds) for seconds in (10, 20))
        effects = (ticket_effect("1", not_before=late), ticket_effect("2", TWO, not_before=soon), reply_effect("3"))
        await decide(store, ground, cases=(case(), case(TWO)), effects=effects)
        await put(store, "a/1", "b/2")
        one, two = await claim_seqs(store, ground)
        assert await store.next_due(None, ground.now) is None
        await store.release_raws([Fate(one, State.POSTPONED, "", late), Fate(two, State.POSTPONED, "", soon)])
        for target in (None, "desk"):
            assert await store.next_due(target, ground.now) == soon
            assert await store.next_due(target, soon) == late
            assert await store.next_due(target, late) is None
        assert await store.next_due(SOURCE, ground.now) is None


@check
async def cases_are_listed_newest_change_first(ground: Ground) -> None:
    async with ground.open() as store:
        times = {ONE: 20, TWO: 30, THREE: 10}
        await decide(
            store,
            ground,
            cases=tuple(
                case(
                    name,
                    updated_at=START + timedelta(seconds=at),
                    state=CaseState.SOLVED if name == TWO else CaseState.OPEN,
                )
                for name, at in times.items()
            ),
        )
        assert [found.id for found in await store.list_cases(None, 10)] == [TWO, ONE, THREE]
        assert [found.id for found in await store.list_cases(CaseState.OPEN, 10)] == [ONE, THREE]
        assert [found.id for found in await store.list_cases(None, 1)] == [TWO]
        assert await store.case_view("GH-00000-00009") is None


@check
async def a_kept_raw_can_be_opened_by_its_key(ground: Ground) -> None:
    async with ground.open() as store:
        await store.put_page(SOURCE, INBOX, [raw("k", body=b"bytes")], None)
        opened = await store.open_raw(SOURCE, Key("k"), "cleo", "a complaint", ground.now)
        assert opened is not None
        assert opened.body == b"bytes"
        assert await store.open_raw(SOURCE, Key("other"), "cleo", "why", ground.now) is None
        assert await store.open_raw("elsewhere", Key("k"), "cleo", "why", ground.now) is None


@check
async def openings_are_listed_since_a_time_newest_first(ground: Ground) -> None:
    """Who opened what, when and why; an opening that found nothing is none."""
    async with ground.open() as store:
        await store.put_page(SOURCE, INBOX, [raw("k"), raw("l", lane="ben")], None)
        assert await store.openings(None, 10) == []
        await store.open_raw(SOURCE, Key("k"), "cleo", "a complaint", ground.now)
        await store.open_raw(SOURCE, Key("none"), "cleo", "why", ground.now)
        ground.clock.advance(60)
        second = ground.now
        await store.open_raw(SOURCE, Key("l"), "dora", "an audit", second)
    async with ground.open() as store:
        found = await store.openings(None, 10)
        assert [(each.opened_by, each.reason, each.source, each.key) for each in found] == [
            ("dora", "an audit", SOURCE, "l"),
            ("cleo", "a complaint", SOURCE, "k"),
        ]
        assert (found[0].at, found[0].stream) == (second, INBOX)
        assert [each.opened_by for each in await store.openings(second, 10)] == ["dora"]
        assert [each.opened_by for each in await store.openings(None, 1)] == ["dora"]


@check
async def streams_and_queues_are_counted(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "b/2", "c/3", "c/4", cursor="c1")
        await store.put_page("pushed", StreamId("web"), [raw("p", source="pushed")], None)
        await store.put_page("idle", INBOX, [], Cursor("c0"))
        first, second, _third, _pushed = await claim_seqs(store, ground)
        await store.release_raws([Fate(first, State.SETTLED), Fate(second, State.BURIED)])
        views = {view.source: view for view in await store.streams()}
        assert set(views) == {SOURCE, "pushed", "idle"}
        mine = views[SOURCE]
        assert (mine.stream, mine.cursor, mine.moved_at) == (INBOX, "c1", ground.now)
        assert (mine.taken, mine.waiting, mine.buried) == (4, 2, 1)
        assert (views["pushed"].cursor, views["pushed"].taken) == (None, 1)
        assert (views["idle"].cursor, views["idle"].taken) == ("c0", 0)
        tally = await store.tally()
        assert tally.raws == {State.SETTLED: 1, State.BURIED: 1, State.CLAIMED: 2, State.NEW: 1}
        assert tally.effects == {}


def write(key: str, action: TicketAction = TicketAction.MESSAGE, case_id: str = ONE, **changes: Any) -> TicketWrite:
    return TicketWrite(key=Key(key), action=action, case=case(case_id), **changes)


@check
async def a_ticket_write_takes_effect_once(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(), case(TWO)))
        hello = write("w1", entry=entry(ONE, "m1", text="hello"))
        ticket = only(await store.desk.write([hello]))
        note = write("w2", TicketAction.NOTE, ticket=ticket, note="look-alike")
        same, noted, another = await store.desk.write([hello, note, write("w3", case_id=TWO)])
        assert same == noted == ticket != another
        assert list(await store.desk.write([note, hello])) == [ticket, ticket]
        more = write("w4", TicketAction.NOTE, ticket=ticket, note="one more")
        assert list(await store.desk.write([more, note, more])) == [ticket] * 3
        assert await store.desk.find(Key("w2")) == ticket
        assert await store.desk.find(Key("w9")) is None
        view = await store.case_view(ONE)
        assert view is not None
        assert [(line.kind, line.text, line.public) for line in view.desk] == [
            ("message", "hello", True),
            ("note", "look-alike", False),
            ("note", "one more", False),
        ]


@check
async def a_case_has_one_ticket_of_its_own(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),))
        first, second = await store.desk.write([write("w1", TicketAction.STATE, state=CaseState.SOLVED), write("w2")])
        assert first == second


@check
async def what_agents_do_is_told_once_each_and_nothing_else_is(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),))
        assert await store.agent_act(ONE, "replied", "too early", "cleo", ground.now) is None
        ticket = only(await store.desk.write([write("w1", entry=entry(ONE, "m1"))]))
        first = await store.agent_act(ONE, "replied", "It is on its way.", "cleo", ground.now)
        await store.desk.write([write("w2", TicketAction.NOTE, note="machine")])
        second = await store.agent_act(ONE, "solved", "", "cleo", ground.now)
        assert first is not None
        assert second is not None
        told = await store.desk.entries(0, 10)
        assert [(act.id, act.kind, act.text, act.author) for act in told] == [
            (first, "replied", "It is on its way.", "cleo"),
            (second, "solved", "", "cleo"),
        ]
        assert {(act.ticket, act.case_id, act.at) for act in told} == {(ticket, ONE, ground.now)}
        assert [act.id for act in await store.desk.entries(first, 10)] == [second]
        assert [act.id for act in await store.desk.entries(0, 1)] == [first]
        assert list(await store.desk.entries(second, 10)) == []
        view = await store.case_view(ONE)
        assert view is not None
        assert [(line.kind, line.public) for line in view.desk] == [
            ("message", True),
            ("replied", True),
            ("note", False),
            ("solved", False),
        ]


@check
async def the_backlog_tells_what_is_not_settled_and_since_when(ground: Ground) -> None:
    async with ground.open() as store:
        began = ground.now
        await put(store, "a/1", "a/2", "b/1")
        await store.put_page("vip", INBOX, [raw("v/1", lane="v", source="vip")], None)
        (first, *_) = await claim_seqs(store, ground)
        await store.release_raws([Fate(first, State.BURIED, "bad")])
        ground.clock.advance(60)
        await put(store, "b/2")
        await store.put_page(SOURCE, INBOX, [], Cursor("c"))
        told = {(each.queue, each.name, each.state): (each.count, each.oldest_at) for each in await store.backlog()}
        assert told == {
            ("raws", SOURCE, State.BURIED): (1, began),
            ("raws", SOURCE, State.CLAIMED): (1, began),
            ("raws", SOURCE, State.NEW): (2, began),
            ("raws", "vip", State.CLAIMED): (1, began),
        }


@check
async def the_backlog_counts_effects_by_target(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"), reply_effect("2"), reply_effect("3")))
        began = ground.now
        ground.clock.advance(60)
        (reply,) = await due(store, ground, SOURCE)
        await store.release_effects([Fate(reply.id, State.SETTLED, ref="R")])
        effects = {(each.name, each.state): each for each in await store.backlog() if each.queue == "effects"}
        assert {key: each.count for key, each in effects.items()} == {("desk", State.NEW): 1, (SOURCE, State.NEW): 1}
        assert {each.oldest_at for each in effects.values()} == {began}


@check
async def marks_are_kept_replaced_and_removed_together(ground: Ground) -> None:
    async with ground.open() as store:
        await store.set_marks({"alert:a": "1", "alert:b": "2", "alert%": "3", "other": "4"})
        await store.set_marks({"alert:a": "5", "alert:b": None, "alert:c": "6", "never there": None})
        await store.set_marks({})
    async with ground.open() as store:
        assert dict(await store.marks("alert:")) == {"alert:a": "5", "alert:c": "6"}
        assert dict(await store.marks("alert%")) == {"alert%": "3"}
        assert list(await store.marks("")) == ["alert%", "alert:a", "alert:c", "other"]
