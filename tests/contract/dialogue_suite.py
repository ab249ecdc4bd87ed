"""The contract of `gateway.journal.Store` for conversations: dialogues, tokens, versions of a message, holds, files.

A check fails with an AssertionError on a store that breaks its claim; `broken_dialogues` shows that each can.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Direction, Entry, Thread, Visibility
from gateway.dialogue import Dialogue, Hold, Joining, Learned, Place, Token
from gateway.errors import RejectedError, TooLargeError, TransientError
from gateway.files import HEAD_BYTES
from gateway.journal import Decision, Effect, EffectKind, Fate, StaleCaseError, State, Store
from gateway.past import Past, Query
from gateway.ports import Key
from gateway.queues import Retention
from tests.contract.queue_suite import DAY, sweep
from tests.contract.store_suite import (
    INBOX,
    ONE,
    SOURCE,
    START,
    THREE,
    TWO,
    Check,
    Ground,
    case,
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
ANN = Place(SOURCE, "ann")
MINUTE = timedelta(minutes=1)


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def dialogue(address: str = "ann", **changes: Any) -> Dialogue:
    return Dialogue(channel=SOURCE, address=address, **changes)


def token(name: str = "h1", case_id: str = ONE, **changes: Any) -> Token:
    return Token(hash=name, case_id=case_id, bearer="7", expires_at=START + timedelta(days=1), **changes)


async def ask(store: Store, **query: Any) -> Past:
    return only(await store.look_up([Query(**query)]))


async def at(store: Store, address: str, channel: str = SOURCE) -> Dialogue | None:
    return (await ask(store, place=Place(channel, address))).dialogue


async def pieces(body: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """Give out bytes as a platform does."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def read(store: Store, ground: Ground, message_id: str = "m1", reason: str = "why") -> bytes | None:
    """Open the file `f1` of a message."""
    opened = await store.open_attachment(message_id, "f1", "cleo", reason, ground.now)
    return None if opened is None else b"".join([chunk async for chunk in opened.chunks])


@check
async def a_dialogue_is_found_by_its_place_with_all_its_cases(ground: Ground) -> None:
    times = {"sent_at": START, "first_at": START, "until": START}
    joining = Joining(case_id=THREE, message_id="m", key="e", join_key="j", **times)
    mine = dialogue(case_id=TWO, cases=(ONE, "GH-00000-99999"), joining=joining, draft=(("text", "Größe"),))
    async with ground.open() as store:
        assert await at(store, "ann") is None
        await decide(store, ground, cases=(case(ONE), case(TWO), case(THREE)), dialogues=(mine,))
    async with ground.open() as store:
        past = await ask(store, place=ANN)
        assert past.dialogue == mine
        assert {each.id for each in past.cases} == {ONE, TWO, THREE}
        assert await at(store, "ann", "second") is None
        assert await at(store, "bob") is None
        cited = await ask(store, place=ANN, case_ids=(ONE,))
        assert sorted(each.id for each in cited.cases) == [ONE, TWO, THREE]


@check
async def a_batch_is_answered_query_by_query(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(
            store,
            ground,
            cases=(case(ONE), case(TWO)),
            entries=(entry(TWO, "m1"),),
            dialogues=(dialogue("ann", case_id=ONE), dialogue("bob"), Dialogue(channel="second", address="ann")),
            tokens=(token(),),
        )
        queries = (
            Query(place=ANN),
            Query(),
            Query(place=Place("second", "ann")),
            Query(place=Place("second", "bob")),
            Query(entry_of="m1"),
            Query(token="h1"),
        )
        past = await store.look_up(queries)
        assert [each.dialogue and each.dialogue.place for each in past] == [ANN, None, ("second", "ann"), None] + [
            None
        ] * 2
        assert [each.entry is not None for each in past] == [False] * 4 + [True, False]
        assert [each.token is not None for each in past] == [False] * 5 + [True]
        assert [[found.id for found in each.cases] for each in past] == [[ONE], [], [], [], [TWO], [ONE]]


@check
async def a_dialogue_is_written_over(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, dialogues=(dialogue(step="1", language="de"), dialogue("bob", step="b")))
        await decide(store, ground, dialogues=(dialogue(step="2"), dialogue(step="3")))
        assert await at(store, "ann") == dialogue(step="3")
        assert await at(store, "bob") == dialogue("bob", step="b")


@check
async def what_is_learned_of_an_address_leaves_the_rest_as_it_is(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, dialogues=(dialogue(silenced=True),))
        failed = Learned(ANN, {"failed_at": START, "unreachable": "5.1.1"})
        complained = Learned(Place(SOURCE, "bob"), {"silenced": True})
        await decide(store, ground, learned=(failed, complained, Learned(ANN, {"unreachable": "5.2.2"})))
        assert await at(store, "ann") == dialogue(silenced=True, failed_at=START, unreachable="5.2.2")
        assert await at(store, "bob") == dialogue("bob", silenced=True)
        await decide(store, ground, learned=(Learned(ANN, {"failed_at": None, "unreachable": ""}),))
        assert await at(store, "ann") == dialogue(silenced=True)


@check
async def a_stale_case_undoes_dialogue_token_and_hold_too(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("e"),), tokens=(token(),))
        await put(store, "a/1")
        seq = only(await claim_seqs(store, ground))
        stale = Decision(
            seq,
            cases=(case(),),
            dialogues=(dialogue(),),
            tokens=(token(spent_at=START), token("h2")),
            holds=(Hold("e", ground.now + MINUTE),),
        )
        with pytest.raises(StaleCaseError):
            await store.commit([stale])
        assert await at(store, "ann") is None
        assert (await ask(store, token="h1")).token == token()
        assert (await ask(store, token="h2")).token is None
        assert keys(await due(store, ground)) == ["e"]


@check
async def a_dialogue_goes_on_at_another_place(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, dialogues=(dialogue(case_id=ONE, cases=(ONE,)), dialogue("ann2")))
        await decide(store, ground, moved=((ANN, Place(SOURCE, "new")), (Place(SOURCE, "none"), Place(SOURCE, "x"))))
        assert await at(store, "ann") is None
        assert await at(store, "new") == dialogue("new", case_id=ONE, cases=(ONE,))
        assert await at(store, "ann2") == dialogue("ann2")
        assert await at(store, "x") is None
        await decide(store, ground, moved=((Place(SOURCE, "new"), Place(SOURCE, "new")),))
        assert await at(store, "new") is not None


@check
async def a_place_that_ends_in_a_colon_moves_all_that_begin_so(ground: Ground) -> None:
    there = ("-5:1", "-5:22", "-5:é", "-5", "-55:1", "-5;1", "-59", "-4:1")
    async with ground.open() as store:
        other = Dialogue(channel="second", address="-5:1")
        await decide(store, ground, dialogues=(*(dialogue(address, step=address) for address in there), other))
        await decide(store, ground, moved=((Place(SOURCE, "-5:"), Place(SOURCE, "-100:")),))
        for address in there:
            new = address.replace("-5:", "-100:") if address.startswith("-5:") else address
            assert await at(store, new) == dialogue(new, step=address)
            assert new == address or await at(store, address) is None
        assert await at(store, "-5:1", "second") == other


@check
async def where_two_dialogues_meet_the_newer_counts_with_the_cases_of_both(ground: Ground) -> None:
    async with ground.open() as store:
        for old, new, first, last in (("a", "b", "a", "b"), ("c", "d", "d", "c")):
            await decide(store, ground, dialogues=(dialogue(first, step="older", case_id=ONE, cases=(ONE, THREE)),))
            ground.clock.advance(60)
            await decide(store, ground, dialogues=(dialogue(last, step="newer", case_id=TWO, cases=(TWO, THREE)),))
            for _ in range(2):
                await decide(store, ground, moved=((Place(SOURCE, old), Place(SOURCE, new)),))
                assert await at(store, old) is None
                assert await at(store, new) == dialogue(new, step="newer", case_id=TWO, cases=(TWO, THREE, ONE))


@check
async def what_is_written_and_moved_at_once_ends_at_the_new_place(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, dialogues=(dialogue("old", cases=(ONE,)),))
        ground.clock.advance(60)
        moved = ((Place(SOURCE, "old"), Place(SOURCE, "new")),)
        await decide(store, ground, dialogues=(dialogue("new", step="s", cases=(TWO,)),), moved=moved)
        assert await at(store, "old") is None
        assert await at(store, "new") == dialogue("new", step="s", cases=(TWO, ONE))


@check
async def a_token_is_spent_once(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), tokens=(token(), token("h2")))
        past = await ask(store, token="h1")
        assert (past.token, [each.id for each in past.cases]) == (token(), [ONE])
        assert (await ask(store, token="none")).token is None
        await decide(store, ground, tokens=(token(spent_at=START),))
        assert (await ask(store, token="h1")).token == token(spent_at=START)
        assert (await ask(store, token="h2")).token == token("h2")
        for spent in (token(spent_at=START + MINUTE), token("none", spent_at=START)):
            with pytest.raises(StaleCaseError):
                await decide(store, ground, tokens=(spent,), dialogues=(dialogue(),))
            await store.recover()
            await store.release_raws([Fate(seq, State.SETTLED) for seq in await claim_seqs(store, ground)])
        assert await at(store, "ann") is None
        assert (await ask(store, token="h1")).token == token(spent_at=START)


@check
async def a_token_that_is_added_again_stays_spent(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, tokens=(token(),))
        await decide(store, ground, tokens=(token(spent_at=START),))
        await decide(store, ground, tokens=(token(),))
        assert (await ask(store, token="h1")).token == token(spent_at=START)


@check
async def the_newest_version_of_a_message_is_found_whatever_its_direction(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1"), entry(ONE, "m2", Direction.OUT)))
        for text in ("second", "third"):
            await decide(store, ground, entries=(entry(ONE, "m1", text=text),))
        past = await ask(store, entry_of="m1", message_id="m1")
        assert past.entry == past.copy_of == entry(ONE, "m1", text="third")
        assert [each.id for each in past.cases] == [ONE]
        sent = await ask(store, entry_of="m2", message_id="m2")
        assert (sent.entry, sent.copy_of) == (entry(ONE, "m2", Direction.OUT), None)
        assert (await ask(store, entry_of="m3")).entry is None
        both = await ask(store, entry_of="m2", sighting="m1")
        assert (both.entry, both.sighting) == (sent.entry, past.entry)
        assert (await ask(store, entry_of="m1")).sighting is None
        view = await store.case_view(ONE)
        assert view is not None
        texts = [each.message.text for each in view.file.entries if each.message.id == "m1"]
        assert texts == [entry(ONE, "m1").message.text, "second", "third"]


@check
async def whose_turn_it_is_is_told_of_the_case_that_is_asked_for(ground: Ground) -> None:
    def post(name: str, where: Visibility = Visibility.PUBLIC) -> Entry:
        made = entry(ONE, name)
        return made.model_copy(
            update={"message": made.message.model_copy(update={"visibility": where, "thread": Thread(own_ref=name)})}
        )

    def told(key: str, parent: str, where: Visibility = Visibility.PUBLIC) -> Effect:
        made = reply_effect(key, EffectKind.ANSWER)
        assert made.reply is not None
        update = {"visibility": where, "thread": Thread(parent=parent)}
        return made.model_copy(update={"reply": made.reply.model_copy(update=update)})

    async def turn(store: Store) -> tuple[str, bool, bool]:
        found = (await ask(store, thread_of=ONE, turn=True)).turn
        assert found is not None
        assert found == (await ask(store, refs=("p1",), turn=True)).turn
        return found.said.message.id, found.answered, found.private

    async with ground.open() as store:
        await decide(store, ground, cases=(case(), case(TWO)), entries=(post("p1"),), refs=(("p1", ONE),))
        assert (await ask(store, thread_of=ONE)).turn is None
        assert (await ask(store, thread_of=TWO, turn=True)).turn is None
        assert await turn(store) == ("p1", False, False)
        private = told("a0", "p1", Visibility.PRIVATE)
        await decide(store, ground, entries=(entry(ONE, "out", Direction.OUT),), effects=(private,))
        assert await turn(store) == ("p1", False, False)
        await decide(store, ground, effects=(told("a1", "p1"),))
        assert await turn(store) == ("p1", True, False)
        # A refused one is none: the agent may say it in other words.
        await store.release_effects([Fate(item.id, State.SETTLED) for item in await due(store, ground, SOURCE)])
        await store.release_effects([Fate(item.id, State.BURIED) for item in await due(store, ground, SOURCE)])
        assert await turn(store) == ("p1", False, False)
        await decide(store, ground, effects=(told("a2", "p1"),))
        await decide(store, ground, entries=(post("p2"),))
        assert await turn(store) == ("p2", False, False)
        await decide(store, ground, entries=(post("d1", Visibility.PRIVATE),))
        assert await turn(store) == ("d1", False, True)


@check
async def a_ticket_that_waited_goes_out_with_the_newest_version(ground: Ground) -> None:
    async with ground.open() as store:
        later = ground.now + MINUTE
        effect = ticket_effect("e", message_id="m1", not_before=later)
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1"),), effects=(effect,))
        more = later + MINUTE
        await decide(store, ground, entries=(entry(ONE, "m1", text="both"),), holds=(Hold("e", more),))
        ground.clock.advance(60)
        assert keys(await due(store, ground)) == []
        assert await store.next_due("desk", ground.now) == more
        ground.clock.advance(60)
        claimed = only(await due(store, ground))
        assert claimed.entry is not None
        assert (claimed.entry.message.text, claimed.attempts, claimed.state) == ("both", 1, State.NEW)


@check
async def a_hold_never_makes_an_effect_go_earlier(ground: Ground) -> None:
    async with ground.open() as store:
        later = ground.now + 5 * MINUTE
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("e", not_before=later),))
        holds = (Hold("e", ground.now + MINUTE), Hold("e", ground.now))
        await decide(store, ground, holds=holds)
        assert await store.next_due("desk", ground.now) == later


@check
async def an_effect_that_is_due_can_be_held_too(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), effects=(ticket_effect("1"), ticket_effect("2")))
        await decide(store, ground, holds=(Hold("1", ground.now + MINUTE), Hold("2", ground.now + MINUTE)))
        assert keys(await due(store, ground)) == []
        ground.clock.advance(60)
        assert keys(await due(store, ground)) == ["1"]


@check
async def what_a_commit_adds_it_may_hold(ground: Ground) -> None:
    async with ground.open() as store:
        effects = (ticket_effect("e"),)
        await decide(store, ground, cases=(case(),), effects=effects, holds=(Hold("e", ground.now + MINUTE),))
        assert keys(await due(store, ground)) == []


@check
async def what_is_under_way_tried_or_done_cannot_be_held_and_nothing_of_it_holds(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1"),), effects=(ticket_effect("e"),))

        async def refused(name: str) -> None:
            await put(store, name, cursor=None)
            seq = only(await claim_seqs(store, ground))
            part = Decision(
                seq,
                entries=(entry(ONE, "m1", text="more"),),
                dialogues=(dialogue(),),
                holds=(Hold("e", ground.now + MINUTE),),
            )
            with pytest.raises(StaleCaseError):
                await store.commit([part])
            assert (await ask(store, entry_of="m1")).entry == entry(ONE, "m1")
            assert await at(store, "ann") is None
            await store.commit([Decision(seq)])

        claimed = only(await due(store, ground))
        await refused("a/1")
        await store.release_effects([Fate(claimed.id, State.POSTPONED, "busy", ground.now + MINUTE)])
        await refused("a/2")
        ground.clock.advance(60)
        claimed = only(await due(store, ground))
        await store.release_effects([Fate(claimed.id, State.UNKNOWN, charged=False)])
        await refused("a/3")
        claimed = only(await due(store, ground))
        await store.release_effects([Fate(claimed.id, State.SETTLED)])
        await refused("a/4")
        await put(store, "a/5", cursor=None)
        with pytest.raises(StaleCaseError):
            await store.commit([Decision(only(await claim_seqs(store, ground)), holds=(Hold("none", ground.now),))])


@check
async def a_file_is_kept_whole_and_found_by_its_hash(ground: Ground) -> None:
    body = bytes(range(256)) * 20_000
    digest = hashlib.sha256(body).hexdigest()
    async with ground.open() as store:
        kept = await store.keep_file("m1", "f1", pieces(body), len(body))
        assert (kept.sha256, kept.size, kept.head) == (digest, len(body), body[:HEAD_BYTES])
        small = await store.keep_file("m1", "f2", pieces(b""), 0)
        assert (small.size, small.head) == (0, b"")
    async with ground.open() as store:
        chunks = [chunk async for chunk in store.files.open(digest)]
        assert b"".join(chunks) == body
        assert max(map(len, chunks)) <= 1024 * 1024
        assert [chunk async for chunk in store.files.open(small.sha256)] == []
        with pytest.raises(RejectedError):
            [chunk async for chunk in store.files.open("0" * 64)]


@check
async def a_file_that_is_too_large_or_breaks_off_leaves_nothing(ground: Ground) -> None:
    taken = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 1000

    async def broken() -> AsyncIterator[bytes]:
        yield b"y" * 3000
        raise TransientError("the line dropped")

    async with ground.open() as store:
        with pytest.raises(TooLargeError, match="10000"):
            await store.keep_file("m1", "f1", endless(), 10_000)
        assert len(taken) == 11
        with pytest.raises(TransientError):
            await store.keep_file("m1", "f1", broken(), 10_000)
        assert await read(store, ground) is None
        whole = await store.keep_file("m1", "f1", pieces(b"z" * 10_000), 10_000)
        assert whole.size == 10_000


@check
async def a_file_that_is_kept_again_stays_or_is_replaced(ground: Ground) -> None:
    async with ground.open() as store:
        first = await store.keep_file("m1", "f1", pieces(b"one"), 10)
        assert await store.keep_file("m1", "f1", pieces(b"one"), 10) == first
        assert await read(store, ground) == b"one"
        await store.keep_file("m1", "f1", pieces(b"two"), 10)
        assert await read(store, ground) == b"two"
        await store.keep_file("m2", "f1", pieces(b"one"), 10)
        assert await read(store, ground, "m2") == b"one"


@check
async def every_opening_of_a_file_is_listed_among_those_of_originals(ground: Ground) -> None:
    async with ground.open() as store:
        await decide(store, ground, cases=(case(),), entries=(entry(ONE, "m1"),))
        await store.put_page(SOURCE, INBOX, [raw("m1")], None)
        await store.keep_file("m1", "f1", pieces(b"one"), 10)
        await store.open_raw(SOURCE, Key("m1"), "cleo", "first", ground.now)
        ground.clock.advance(60)
        between = ground.now
        await read(store, ground, reason="second")
        ground.clock.advance(60)
        await store.open_raw(SOURCE, Key("m1"), "cleo", "third", ground.now)
        assert await store.open_attachment("m1", "f2", "cleo", "none", ground.now) is None
        found = await store.openings(None, 10)
        assert [(each.reason, each.attachment_id) for each in found] == [("third", ""), ("second", "f1"), ("first", "")]
        assert {(each.opened_by, each.source, each.stream, each.key) for each in found} == {
            ("cleo", SOURCE, INBOX, "m1")
        }
        assert [each.reason for each in await store.openings(between, 10)] == ["third", "second"]
        assert [each.reason for each in await store.openings(None, 2)] == ["third", "second"]


@check
async def the_bytes_of_old_files_go_and_what_opens_them_says_so(ground: Ground) -> None:
    policy = Retention(raws=10 * DAY, settled=None, blobs=DAY, openings=30 * DAY)
    async with ground.open() as store:
        shared = (await store.keep_file("m1", "f1", pieces(b"one"), 10)).sha256
        await read(store, ground)
        ground.clock.advance(5 * 86_400)
        await store.keep_file("m2", "f1", pieces(b"one"), 10)
        dry = await sweep(store, policy, ground.now + 6 * DAY, dry_run=True)
        assert (dry.files, dry.blobs) == (1, 0)
        assert (await sweep(store, policy, ground.now + 6 * DAY)).files == 1
        with pytest.raises(RejectedError, match="by the retention policy"):
            await store.open_attachment("m1", "f1", "cleo", "late", ground.now)
        assert [each.reason for each in await store.openings(None, 9)] == ["why"]
        await sweep(store, policy, ground.now + 8 * DAY)
        assert await read(store, ground, "m2") == b"one"
        later = ground.now + 11 * DAY
        assert (await sweep(store, policy, later)).files == 1
        assert (await sweep(store, policy, later + 2 * DAY)).blobs == 1
        with pytest.raises(RejectedError):
            [chunk async for chunk in store.files.open(shared)]
        await store.keep_file("m1", "f1", pieces(b"one"), 10)
        assert await read(store, ground) == b"one"
        assert (await sweep(store, policy, ground.now + 60 * DAY)).openings == 3


@check
async def tokens_go_a_day_after_their_end_and_dialogues_after_a_year_untouched(ground: Ground) -> None:
    policy = Retention(raws=None, settled=None, blobs=None, openings=None)
    many = tuple(token(f"h{number}") for number in range(1100))
    async with ground.open() as store:
        await decide(store, ground, tokens=(*many, token("late")), dialogues=(dialogue(), dialogue("bob")))
        await decide(store, ground, tokens=(token("longer").model_copy(update={"expires_at": START + 2 * DAY}),))
        assert (await sweep(store, policy, START + 2 * DAY - MINUTE)).total == 0
        due_then = START + 2 * DAY + MINUTE
        assert (await sweep(store, policy, due_then, dry_run=True)).tokens == 1101
        assert (await sweep(store, policy, due_then)).tokens == 1101
        assert (await ask(store, token="h1")).token is None
        assert (await ask(store, token="longer")).token is not None
        ground.clock.advance(86_400)
        await decide(store, ground, dialogues=(dialogue("bob"),))
        swept = await sweep(store, policy, ground.now + 364.75 * DAY)
        assert (swept.dialogues, swept.tokens) == (1, 1)
        assert await at(store, "ann") is None
        assert await at(store, "bob") is not None
