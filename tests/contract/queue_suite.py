"""The contract of `gateway.queues`, check by check, for whatever store a `Ground` opens.

A check fails with an AssertionError on a store that breaks its claim; `broken_queues` shows that each can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.case import Direction
from gateway.errors import RejectedError
from gateway.journal import Decision, EffectKind, Fate, State, Store
from gateway.ports import Cursor, Key, StreamId, Wake
from gateway.queues import OLD, Act, Change, Item, Queue, Replay, ReplyEdit, Retention, Swept, Wanted
from tests.contract.store_suite import (
    INBOX,
    ONE,
    SOURCE,
    START,
    TWO,
    Check,
    Ground,
    case,
    claim_keys,
    claim_seqs,
    decide,
    due,
    entry,
    keys,
    only,
    put,
    raw,
    reply_effect,
    ticket_effect,
)

CHECKS: list[Check] = []
BIG_BODY = b"x" * 200_000
DAY = timedelta(days=1)


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def act(ground: Ground, reason: str = "") -> Act:
    return Act("olga", ground.now, reason)


def raw_item(number: int) -> Item:
    return Item(Queue.RAW, number)


def effect_item(number: int) -> Item:
    return Item(Queue.EFFECT, number)


async def replay(store: Store, ground: Ground, *items: Item, **how: Any) -> list[Change]:
    return list(await store.queues.replay(items, act(ground), Replay(**how)))


async def bury_raw(store: Store, ground: Ground, key: str) -> int:
    """Claim all that is due, bury the raw of that key and give the others back."""
    claimed = await store.claim_raws(100, 10**9, ground.now)
    mine = only([item for item in claimed if item.raw.key == key])
    await store.release_raws(
        [Fate(item.seq, State.BURIED if item is mine else State.POSTPONED, "no") for item in claimed]
    )
    return mine.seq


async def give(store: Store, ground: Ground, target: str, state: State, **fate: Any) -> int:
    """Claim the one effect of a target that is due and give it a fate."""
    claimed = only(await due(store, ground, target))
    await store.release_effects([Fate(claimed.id, state, "why", **fate)])
    return claimed.id


async def state_of(store: Store, item: Item) -> State:
    wanted = Wanted(numbers=(item.number,))
    if item.queue is Queue.RAW:
        return only(await store.queues.raws(wanted)).state
    return only(await store.queues.effects(wanted)).view.state


@check
async def a_replayed_raw_takes_its_place_before_those_that_came_after_it(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2", "a/3")
        number = await bury_raw(store, ground, "a/1")
        change = only(await replay(store, ground, raw_item(number)))
        assert change.made
        seen = []
        while claimed := await store.claim_raws(100, 10**9, ground.now):
            seen += [item.raw.key for item in claimed]
            assert only(claimed).attempts == 1
            await store.release_raws([Fate(item.seq, State.SETTLED) for item in claimed])
        assert seen == ["a/1", "a/2", "a/3"]


@check
async def a_replayed_raw_waits_for_the_one_of_its_lane_that_is_under_way(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2", "a/3")
        number = await bury_raw(store, ground, "a/1")
        under_way = only(await claim_seqs(store, ground))
        await replay(store, ground, raw_item(number))
        assert await claim_keys(store, ground) == []
        later = ground.now + timedelta(seconds=60)
        await store.release_raws([Fate(under_way, State.POSTPONED, not_before=later)])
        assert await claim_keys(store, ground) == []
        ground.clock.advance(60)
        assert await claim_keys(store, ground) == ["a/2"]
        await store.release_raws([Fate(under_way, State.SETTLED)])
        assert await claim_keys(store, ground) == ["a/1"]


@check
async def a_postponed_raw_is_due_at_once_when_it_is_replayed(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2")
        number = only(await claim_seqs(store, ground))
        await store.release_raws([Fate(number, State.POSTPONED, not_before=ground.now + DAY)])
        await replay(store, ground, raw_item(number))
        again = only(await store.claim_raws(10, 10**9, ground.now))
        assert (again.raw.key, again.attempts) == ("a/1", 2)


@check
async def a_settled_raw_is_decided_again_only_when_told_so(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("e"),))
        number = only(await store.queues.raws(Wanted(states=(State.SETTLED,)))).number
        refused = only(await replay(store, ground, raw_item(number)))
        assert not refused.made
        assert "--again" in refused.note
        assert await claim_keys(store, ground) == []
        assert only(await replay(store, ground, raw_item(number), again=True)).made
        assert await claim_seqs(store, ground) == [number]
        await store.commit([Decision(number, effects=(ticket_effect("e"),))])
        assert len(await store.queues.effects(Wanted())) == 1


@check
async def what_is_on_its_way_is_not_replayed(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "a/2")
        claimed = only(await claim_seqs(store, ground))
        waiting = claimed + 1
        changes = await replay(store, ground, raw_item(claimed), raw_item(waiting), raw_item(99), again=True)
        assert [change.made for change in changes] == [False] * 3
        assert [change.item.number for change in changes] == [claimed, waiting, 99]
        assert await claim_keys(store, ground) == []


@check
async def a_buried_ticket_is_looked_for_first_and_a_buried_reply_is_new(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("t"), reply_effect("r")))
        ticket = await give(store, ground, "desk", State.BURIED)
        reply = await give(store, ground, SOURCE, State.BURIED)
        await replay(store, ground, effect_item(ticket), effect_item(reply))
        for target, state in (("desk", State.UNKNOWN), (SOURCE, State.NEW)):
            again = only(await due(store, ground, target))
            assert (again.state, again.attempts) == (state, 1)


@check
async def a_ticket_that_cannot_be_looked_for_is_written_when_told_so(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("t"),))
        ticket = await give(store, ground, "desk", State.BURIED)
        await replay(store, ground, effect_item(ticket), even_if_sent=True)
        assert only(await due(store, ground)).state is State.NEW


@check
async def what_was_maybe_sent_is_sent_again_only_when_told_so(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"),))
        number = await give(store, ground, SOURCE, State.MAYBE_SENT)
        assert not only(await replay(store, ground, effect_item(number), again=True)).made
        assert await due(store, ground, SOURCE) == []
        assert only(await replay(store, ground, effect_item(number), even_if_sent=True)).made
        again = only(await due(store, ground, SOURCE))
        assert (again.effect.key, again.state, again.attempts) == ("r", State.NEW, 1)


@check
async def a_replayed_effect_goes_before_the_later_ones_of_its_case(ground: Ground) -> None:
    async with ground.open() as store:
        effects = tuple(ticket_effect(name) for name in ("1", "2", "3"))
        await decide(store, ground, cases=(case(),), effects=effects)
        number = await give(store, ground, "desk", State.BURIED)
        await replay(store, ground, effect_item(number))
        seen = []
        while claimed := await due(store, ground):
            seen.append(keys(claimed))
            await store.release_effects([Fate(item.id, State.SETTLED) for item in claimed])
        assert seen == [["1"], ["2"], ["3"]]


@check
async def a_replayed_effect_waits_for_the_one_of_its_case_that_is_under_way(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"), ticket_effect("2")))
        number = await give(store, ground, "desk", State.BURIED)
        under_way = only(await due(store, ground))
        await replay(store, ground, effect_item(number))
        assert await due(store, ground) == []
        await store.release_effects([Fate(under_way.id, State.SETTLED)])
        assert keys(await due(store, ground)) == ["1"]


@check
async def a_replayed_effect_without_a_case_is_due(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, effects=(ticket_effect("1", None),))
        number = await give(store, ground, "desk", State.BURIED)
        await replay(store, ground, effect_item(number))
        assert keys(await due(store, ground)) == ["1"]


@check
async def a_settled_effect_gets_a_successor_with_a_key_and_a_token_of_its_own(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"), reply_effect("next")))
        number = await give(store, ground, SOURCE, State.SETTLED)
        assert not only(await replay(store, ground, effect_item(number))).made
        change = only(
            await replay(store, ground, effect_item(number), again=True, sign=lambda case_id, key: f"t {key}")
        )
        assert change.made
        assert keys(await due(store, ground, SOURCE)) == ["next"]
        assert await state_of(store, effect_item(number)) is State.SETTLED
        successor = only(await store.queues.effects(Wanted(states=(State.NEW,))))
        assert successor.view.key.startswith("r#again-")
        assert successor.reply is not None
        assert successor.reply.token == f"t {successor.view.key}"


@check
async def what_is_buried_by_hand_frees_its_lane_and_its_case(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"), ticket_effect("2")))
        await put(store, "a/1", "a/2")
        first = only([each for each in await store.queues.raws(Wanted()) if each.key == "a/1"])
        effect = only([each for each in await store.queues.effects(Wanted()) if each.view.key == "1"])
        items = (raw_item(first.number), effect_item(effect.view.id))
        changes = await store.queues.bury(items, act(ground, "spam"))
        assert all(change.made for change in changes)
        assert await claim_keys(store, ground) == ["a/2"]
        assert keys(await due(store, ground)) == ["2"]
        assert "spam" in only(await store.queues.raws(Wanted(states=(State.BURIED,)))).reason


@check
async def what_is_under_way_or_done_is_not_buried(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"),))
        settled = only(await store.queues.raws(Wanted())).number
        under_way = only(await due(store, ground, SOURCE))
        changes = await store.queues.bury([raw_item(settled), effect_item(under_way.id)], act(ground, "no"))
        assert [change.made for change in changes] == [False, False]
        await store.release_effects([Fate(under_way.id, State.SETTLED)])
        assert await state_of(store, effect_item(under_way.id)) is State.SETTLED


async def _edited(store: Store, ground: Ground, number: int, **edit: str) -> Change:
    return await store.queues.edit_reply(number, ReplyEdit(**edit), act(ground))


@check
async def an_edited_reply_is_sent_as_it_now_reads_and_its_case_shows_both(ground: Ground) -> None:
    async with ground.open() as store:
        entries = (entry(ONE, "out:r", Direction.OUT, text="old"),)
        await decide(store, ground, cases=(case(),), entries=entries, effects=(reply_effect("r", recipient="ann"),))
        number = await give(store, ground, SOURCE, State.BURIED)
        assert (
            await _edited(store, ground, number, text="new words", subject="Coins", address="bob@example.test")
        ).made
        assert await due(store, ground, SOURCE) == []
        await replay(store, ground, effect_item(number))
        sent = only(await due(store, ground, SOURCE)).effect
        assert sent.reply is not None
        reply = sent.reply
        assert (reply.text, reply.subject, reply.to.address) == ("new words", "Coins", "bob@example.test")
        assert sent.recipient == "bob@example.test"
        view = await store.case_view(ONE)
        assert view is not None
        shown = [(each.message.text, each.message.version, each.direction) for each in view.file.entries]
        assert shown == [("old", 1, Direction.OUT), ("new words", 2, Direction.OUT)]
        assert view.file.case.version == 1


@check
async def only_a_reply_that_waits_for_its_operator_or_its_time_is_edited(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"), ticket_effect("t")))
        reply, ticket = sorted(each.view.id for each in await store.queues.effects(Wanted()))
        assert not (await _edited(store, ground, reply, text="x")).made
        assert not (await _edited(store, ground, 99, text="x")).made
        claimed = only(await due(store, ground, SOURCE))
        assert not (await _edited(store, ground, reply, text="x")).made
        await store.release_effects([Fate(claimed.id, State.POSTPONED, not_before=ground.now + DAY)])
        assert not (await _edited(store, ground, reply)).made
        assert not (await _edited(store, ground, reply, text=" ")).made
        assert (await _edited(store, ground, reply, text="x")).made
        assert await give(store, ground, "desk", State.BURIED) == ticket
        assert not (await _edited(store, ground, ticket, text="x")).made


@check
async def a_buried_raw_gets_another_body_and_the_old_one_stays_as_long_as_it_does(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", "b/2")
        number = await bury_raw(store, ground, "a/1")
        open_one = only([each for each in await store.queues.raws(Wanted()) if each.key == "b/2"]).number
        assert not (await store.queues.edit_body(open_one, b"no", act(ground))).made
        assert not (await store.queues.edit_body(99, b"no", act(ground))).made
        for body in (b"mended", BIG_BODY, b"mended again"):
            assert (await store.queues.edit_body(number, body, act(ground, "cut off"))).made
            opened = await store.queues.open_raw(number, act(ground))
            assert opened is not None
            assert opened.body == body
            original = await store.queues.open_raw(number, act(ground), original=True)
            assert original is not None
            assert original.body == b"hello"
        days = [ground.now + days * DAY for days in (0, 2, 4)]
        assert sum([(await sweep(store, POLICY, day)).blobs for day in days]) == 0
        await replay(store, ground, raw_item(number))
        claimed = {item.raw.key: item.raw for item in await store.claim_raws(10, 10**9, ground.now)}
        assert (claimed["a/1"].body, claimed["a/1"].lane) == (b"mended again", "a")
        lines = [line for line in await store.queues.acts(raw_item(number)) if line.what == "edited"]
        assert len(lines) == 3
        assert all("cut off" in line.detail for line in lines)


@check
async def every_act_is_logged_with_who_when_and_why_and_without_words_of_users(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"),))
        number = await give(store, ground, SOURCE, State.BURIED)
        await _edited(store, ground, number, text="secret words", address="bob@example.test")
        await store.queues.open_effect(number, act(ground, "asked by Ann"))
        ground.clock.advance(5)
        await store.queues.replay([effect_item(number)], act(ground, "mended"), Replay())
        await store.queues.bury([effect_item(number)], act(ground, "no"))
        lines = await store.queues.acts(effect_item(number))
        assert [line.what for line in lines] == ["edited", "opened", "replayed", "buried"]
        assert {line.by for line in lines} == {"olga"}
        assert lines[2].at == ground.now
        told = " ".join(line.detail for line in lines)
        assert "mended" in told
        assert "secret" not in told
        assert "bob@" not in told
        assert await store.queues.acts(effect_item(number + 1)) == ()


@check
async def a_refused_act_leaves_no_line(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(reply_effect("r"),))
        number = await give(store, ground, SOURCE, State.MAYBE_SENT)
        await replay(store, ground, effect_item(number))
        await _edited(store, ground, number)
        assert await store.queues.acts(effect_item(number)) == ()


@check
async def an_opened_raw_is_logged_and_an_opening_that_fails_is_not(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1")
        number = only(await store.queues.raws(Wanted())).number
        opened = await store.queues.open_raw(number, act(ground, "a complaint"))
        assert opened is not None
        assert opened.body == b"hello"
        assert await store.queues.open_raw(number + 1, act(ground)) is None
        line = only(await store.queues.acts(raw_item(number)))
        assert (line.what, line.by, line.detail) == ("opened", "olga", "a complaint")


@check
async def items_are_found_by_each_filter_newest_first(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(ONE),), effects=(ticket_effect("1"), reply_effect("2")))
        await store.put_page("second", INBOX, [raw("x", source="second")], None)
        ground.clock.advance(60)
        middle = ground.now
        await put(store, "a/1", cursor=None)
        await decide(store, ground, cases=(case(TWO),), effects=(ticket_effect("3", TWO),))

        async def raws(**wanted: Any) -> list[str]:
            return [each.key for each in await store.queues.raws(Wanted(**wanted))]

        async def effects(**wanted: Any) -> list[str]:
            return [each.view.key for each in await store.queues.effects(Wanted(**wanted))]

        assert await effects() == ["3", "2", "1"]
        assert await effects(place="desk") == ["3", "1"]
        assert await effects(kind=EffectKind.ACKNOWLEDGEMENT) == ["2"]
        assert await effects(case_id=ONE) == ["2", "1"]
        assert await effects(since=middle) == ["3"]
        assert await effects(limit=1) == ["3"]
        assert await effects(states=(State.SETTLED,)) == []
        assert await effects(states=(State.NEW, State.SETTLED), limit=2) == ["3", "2"]
        assert await raws(place="second") == ["x"]
        assert await raws(kind=EffectKind.TICKET) == []
        assert await raws(states=(State.CLAIMED,)) == ["a/1", "x"]
        assert "x" not in await raws(since=middle)
        everything = [each.number for each in await store.queues.raws(Wanted())]
        assert everything == sorted(everything, reverse=True)
        rest = await store.queues.raws(Wanted(before=everything[0]))
        assert [each.number for each in rest] == everything[1:]


@check
async def the_raws_of_a_case_are_those_of_its_messages(ground: Ground) -> None:
    async with ground.open() as store:
        await store.put_page(SOURCE, INBOX, [raw("m1"), raw("m2", lane="b")], None)
        first, _ = await claim_seqs(store, ground)
        await store.commit([Decision(first, cases=(case(),), entries=(entry(ONE, "m1"),))])
        assert [each.key for each in await store.queues.raws(Wanted(case_id=ONE))] == ["m1"]
        assert await store.queues.raws(Wanted(case_id=TWO)) == ()


async def sweep(store: Store, policy: Retention, now: datetime, *, dry_run: bool = False) -> Swept:
    swept = Swept(place="")
    while swept.place is not None:
        swept = swept.plus(await store.sweeps.sweep(policy, now, swept.place, dry_run=dry_run))
    return swept


POLICY = Retention(raws=10 * DAY, settled=20 * DAY, blobs=DAY, openings=30 * DAY)


async def settled_and_not(store: Store, ground: Ground) -> dict[str, int]:
    """Put raws small and large, settle some, bury one and leave one; return their numbers by key."""
    bodies = {"small": b"s", "large": BIG_BODY, "buried": BIG_BODY + b"b", "new": b"n"}
    page = [raw(name, lane=name, body=body) for name, body in bodies.items()]
    await store.put_page(SOURCE, INBOX, page, Cursor("c1"))
    claimed = {item.raw.key: item.seq for item in await store.claim_raws(10, 10**9, ground.now)}
    effects = (ticket_effect("done"), reply_effect("lost"), reply_effect("waiting"))
    first = Decision(claimed["small"], cases=(case(),), entries=(entry(ONE, "m"),), refs=(("r", ONE),), effects=effects)
    await store.commit([first, Decision(claimed["large"])])
    fates = [Fate(claimed["buried"], State.BURIED), Fate(claimed["new"], State.POSTPONED)]
    await store.release_raws(fates)
    await give(store, ground, "desk", State.SETTLED)
    await give(store, ground, SOURCE, State.BURIED)
    return {str(key): number for key, number in claimed.items()}


@check
async def the_bytes_of_old_settled_raws_go_and_their_rows_say_so(ground: Ground) -> None:
    async with ground.open() as store:
        numbers = await settled_and_not(store, ground)
        assert (await sweep(store, POLICY, ground.now + 9 * DAY)).total == 0
        later = ground.now + 11 * DAY
        assert (await sweep(store, POLICY, later)).bodies == 2
        for name in ("small", "large"):
            with pytest.raises(RejectedError, match=f"removed on {later:%Y-%m-%d} by the retention policy"):
                await store.open_raw(SOURCE, Key(name), "olga", "", later)
            with pytest.raises(RejectedError, match="retention policy"):
                await store.queues.open_raw(numbers[name], act(ground))
            assert not only(await replay(store, ground, raw_item(numbers[name]), again=True)).made
            assert await store.queues.acts(raw_item(numbers[name])) == ()
        for name, body in (("buried", BIG_BODY + b"b"), ("new", b"n")):
            opened = await store.queues.open_raw(numbers[name], act(ground))
            assert opened is not None
            assert opened.body == body
        assert (await sweep(store, POLICY, later)).bodies == 0
        assert (await store.put_page(SOURCE, INBOX, [raw("small", lane="small")], None)).known == 1


@check
async def old_settled_rows_go_later_and_what_is_not_settled_and_the_cases_stay(ground: Ground) -> None:
    async with ground.open() as store:
        numbers = await settled_and_not(store, ground)
        await store.queues.open_raw(numbers["small"], act(ground))
        much_later = ground.now + 1000 * DAY
        policy = replace(POLICY, openings=None)
        swept = await sweep(store, policy, much_later)
        assert (swept.bodies, swept.raws, swept.effects) == (2, 1, 1)
        left = {str(each.key) for each in await store.queues.raws(Wanted())}
        assert left == {"small", "buried", "new"}, "the opened raw stays as long as the log of its opening"
        assert {each.view.key for each in await store.queues.effects(Wanted())} == {"lost", "waiting"}
        view = await store.case_view(ONE)
        assert view is not None
        assert len(view.file.entries) == 1
        assert [tuple_.name for tuple_ in view.file.tickets] == []
        assert only(await store.look_up(_by_ref())).by_ref != ()
        # The log of openings goes after the raws in one sweep, the raw with the next.
        await sweep(store, POLICY, much_later)
        await sweep(store, POLICY, much_later)
        assert {str(each.key) for each in await store.queues.raws(Wanted())} == {"buried", "new"}


def _by_ref() -> Sequence[Any]:
    from gateway.past import Query

    return [Query(refs=("r",))]


@check
async def nothing_goes_that_the_policy_keeps_for_ever_and_nothing_in_a_dry_run(ground: Ground) -> None:
    async with ground.open() as store:
        await settled_and_not(store, ground)
        for_ever = Retention(None, None, None, None)
        assert await sweep(store, for_ever, ground.now + 10_000 * DAY) == Swept()
        counted = await sweep(store, POLICY, ground.now + 11 * DAY, dry_run=True)
        assert counted.bodies == 2
        assert await sweep(store, POLICY, ground.now + 11 * DAY, dry_run=True) == counted
        assert (await sweep(store, POLICY, ground.now + 11 * DAY)).bodies == 2


@check
async def a_blob_goes_when_no_row_names_it_for_more_than_a_day(ground: Ground) -> None:
    async with ground.open() as store:
        await settled_and_not(store, ground)
        later = ground.now + 11 * DAY
        assert (await sweep(store, POLICY, later)).blobs == 0
        assert (await sweep(store, POLICY, later + DAY / 2)).blobs == 0
        assert (await sweep(store, POLICY, later + DAY * 2)).blobs == 1
        assert (await sweep(store, POLICY, later + DAY * 4)).blobs == 0
        buried = only(await store.queues.raws(Wanted(states=(State.BURIED,)))).number
        assert await store.queues.open_raw(buried, act(ground)) is not None


@check
async def a_blob_that_a_row_names_again_is_spared(ground: Ground) -> None:
    async with ground.open() as store:
        await settled_and_not(store, ground)
        later = ground.now + 11 * DAY
        await sweep(store, POLICY, later)
        await store.put_page(SOURCE, INBOX, [raw("again", lane="again", body=BIG_BODY)], None)
        assert (await sweep(store, POLICY, later + 3 * DAY)).blobs == 0
        claimed = {item.raw.key: item.raw.body for item in await store.claim_raws(10, 10**9, later)}
        assert claimed["again"] == BIG_BODY


@check
async def a_blob_that_was_removed_is_put_again(ground: Ground) -> None:
    async with ground.open() as store:
        await settled_and_not(store, ground)
        later = ground.now + 11 * DAY
        await sweep(store, POLICY, later)
        assert (await sweep(store, POLICY, later + 2 * DAY)).blobs == 1
        await store.put_page(SOURCE, INBOX, [raw("again", lane="again", body=BIG_BODY)], None)
        assert (await sweep(store, POLICY, later + 9 * DAY)).blobs == 0
        claimed = {item.raw.key: item.raw.body for item in await store.claim_raws(10, 10**9, later)}
        assert claimed["again"] == BIG_BODY


@check
async def what_was_received_before_its_stream_was_watched_is_noted_as_old(ground: Ground) -> None:
    async with ground.open() as store:
        await store.watch(SOURCE, INBOX, START)
        await store.watch(SOURCE, INBOX, START + DAY)
        page = [
            raw("old", lane="a", received_at=START - timedelta(seconds=1)),
            raw("new", lane="b", received_at=START, notes={"folder": "INBOX"}),
        ]
        await store.put_page(SOURCE, INBOX, page, Cursor("1"))
        await store.put_page("other", INBOX, [raw("k", source="other", received_at=START - DAY)], None)
        notes = {item.raw.key: dict(item.raw.notes) for item in await store.claim_raws(10, 10**9, ground.now)}
        assert notes == {"old": {OLD: "true"}, "new": {"folder": "INBOX"}, "k": {}}


@check
async def a_stream_that_took_something_before_it_was_watched_has_no_old_raws(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", cursor="c1")
        await store.watch(SOURCE, INBOX, START + DAY)
        await put(store, "b/2", cursor="c2")
        assert await store.cursor(SOURCE, INBOX) == "c2"
        claimed = await store.claim_raws(10, 10**9, ground.now)
        assert [dict(item.raw.notes) for item in claimed] == [{}, {}]


@check
async def a_backfill_takes_in_what_is_not_known_and_leaves_the_streams_cursor_alone(ground: Ground) -> None:
    async with ground.open() as store:
        await put(store, "a/1", cursor="c9")
        asked = only(await store.backfills.ask(SOURCE, [INBOX], None, ack=False, act=act(ground)))
        page = [raw("a/1", lane="a"), raw("b/2", lane="b", received_at=ground.now - DAY)]
        news = raw("c/3", lane="c", received_at=ground.now)
        await store.backfills.put(asked.id, [*page, news], Cursor("p1"), 5, done=False, now=ground.now)
    async with ground.open() as store:
        again = only(await store.backfills.list(SOURCE))
        assert (again.cursor, again.taken, again.known, again.skipped) == ("p1", 2, 1, 5)
        assert await store.cursor(SOURCE, INBOX) == "c9"
        await store.backfills.put(asked.id, [], Cursor("p2"), 0, done=True, now=ground.now)
        assert await store.backfills.list(SOURCE) == []
        done = only(await store.backfills.list(ids=[asked.id]))
        assert (done.cursor, done.done_at) == ("p2", ground.now)
        notes = {item.raw.key: OLD in item.raw.notes for item in await store.claim_raws(10, 10**9, ground.now)}
        assert notes == {"a/1": False, "b/2": True, "c/3": False}


@check
async def a_backfill_with_answers_notes_nothing_as_old(ground: Ground) -> None:
    async with ground.open() as store:
        await store.watch(SOURCE, INBOX, ground.now)
        asked = only(await store.backfills.ask(SOURCE, [INBOX], None, ack=True, act=act(ground)))
        page = [raw("b/2", received_at=ground.now - DAY)]
        await store.backfills.put(asked.id, page, Cursor("p1"), 0, done=True, now=ground.now)
        assert OLD not in only(await store.claim_raws(10, 10**9, ground.now)).raw.notes


@check
async def a_stream_is_backfilled_once_at_a_time_and_a_cancelled_one_takes_nothing(ground: Ground) -> None:
    async with ground.open() as store:
        first = only(await store.backfills.ask(SOURCE, [INBOX], None, ack=False, act=act(ground)))
        spam = StreamId("Spam")
        both = await store.backfills.ask(SOURCE, [INBOX, spam], START, ack=True, act=act(ground))
        assert [(each.stream, each.ack) for each in both] == [(INBOX, False), (spam, True)]
        assert both[0] == first
        await store.backfills.postpone(first.id, "no answer", ground.now + DAY)
        failed = (await store.backfills.list(SOURCE))[0]
        assert (failed.reason, failed.attempts, failed.not_before) == ("no answer", 1, ground.now + DAY)
        assert await store.backfills.cancel(SOURCE, act(ground)) == 2
        assert await store.backfills.list() == []
        late = await store.backfills.put(first.id, [raw("x")], Cursor("p"), 0, done=True, now=ground.now)
        assert late.stored == 0
        assert await claim_keys(store, ground) == []


@check
async def a_wake_comes_due_once_whatever_happens_before(ground: Ground) -> None:
    at = START + timedelta(hours=3)
    wake = Wake(at=at, lane="ann", reason="escalate")
    effect = ticket_effect("w", None, "engine", not_before=at).model_copy(
        update={"kind": EffectKind.WAKE, "ticket": None, "wake": wake}
    )
    async with ground.open() as store:
        await decide(store, ground, effects=(effect,))
        assert await due(store, ground, "engine") == []
        assert await store.next_due("engine", ground.now) == at
    ground.clock.advance((at - ground.now).total_seconds())
    async with ground.open() as store:
        await store.recover()
        assert only(await due(store, ground, "engine")).effect.wake == wake
        assert await due(store, ground, "engine") == []
    async with ground.open() as store:
        await store.recover()
        again = only(await due(store, ground, "engine"))
        assert (again.effect.wake, again.state) == (wake, State.UNKNOWN)
        await store.release_effects([Fate(again.id, State.SETTLED)])
        await decide(store, ground, effects=(effect,))
        assert await due(store, ground, "engine") == []
