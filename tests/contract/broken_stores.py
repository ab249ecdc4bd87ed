"""Stores with one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.errors import TransientError
from gateway.journal import Decision, Fate, Put, StaleCaseError, State, Store, StoredEffect, StoredRaw
from gateway.past import Past, Query
from gateway.ports import Cursor, Key, Raw, StreamId, TicketRef, TicketWrite
from gateway.views import Backlog
from tests.contract import store_suite as suite
from tests.contract.store_suite import Check

_FAR = timedelta(days=1)


class _Wrapped:
    """Passes everything on; a fault overrides one method."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class CursorBeforePage(_Wrapped):
    """Saves the cursor in a transaction of its own, before the page."""

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        await self._store.put_page(source, stream, [], cursor)
        return await self._store.put_page(source, stream, raws, cursor)


class PageWithoutCursor(_Wrapped):
    """Stores the page and forgets the cursor."""

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        return await self._store.put_page(source, stream, raws, None)


class PageInPieces(_Wrapped):
    """Commits each raw of a page for itself."""

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        puts = [await self._store.put_page(source, stream, [raw], None) for raw in raws]
        await self._store.put_page(source, stream, [], cursor)
        return Put(sum(put.stored for put in puts), sum(put.known for put in puts))


class DuplicatesKept(_Wrapped):
    """Does not know a key again."""

    _count = 0

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        self._count += 1
        renamed = [replace(raw, key=Key(f"{raw.key}#{self._count}")) for raw in raws]
        return await self._store.put_page(source, stream, renamed, cursor)


class OriginalsForgotten(_Wrapped):
    """Stores what stands in a raw's body, and not where its original is."""

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        return await self._store.put_page(source, stream, [replace(raw, kept="") for raw in raws], cursor)


class LanesIgnored(_Wrapped):
    """Claims several raws of a lane at once."""

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        claimed = list(await self._store.claim_raws(limit, max_bytes, now))
        again = claimed
        while again:
            await self._store.release_raws([Fate(item.seq, State.SETTLED) for item in again])
            again = list(await self._store.claim_raws(limit, max_bytes, now))
            claimed += again
        return claimed


class PostponedForgetsItsLane(_Wrapped):
    """Sets a postponed raw aside and lets its lane go on."""

    async def release_raws(self, fates: Sequence[Fate]) -> None:
        await self._store.release_raws(
            [replace(fate, state=State.BURIED) if fate.state is State.POSTPONED else fate for fate in fates]
        )


class RawAttemptFree(_Wrapped):
    """Does not count attempts of raws."""

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        return [replace(item, attempts=1) for item in await self._store.claim_raws(limit, max_bytes, now)]


class EffectAttemptFree(_Wrapped):
    """Does not count attempts of effects."""

    async def claim_effects(self, target: str, limit: int, now: datetime) -> Sequence[StoredEffect]:
        return [replace(item, attempts=1) for item in await self._store.claim_effects(target, limit, now)]


class LimitWithoutBytes(_Wrapped):
    """Claims by count alone."""

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        return await self._store.claim_raws(limit, suite.BIG, now)


class CommitOneByOne(_Wrapped):
    """Commits decisions one after the other, so that a stale one leaves those before it."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            await self._store.commit([decision])


class StaleOverwritten(_Wrapped):
    """Drops a stale change instead of refusing it."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        try:
            await self._store.commit(decisions)
        except StaleCaseError:
            await self._store.commit([replace(decision, cases=()) for decision in decisions])


class CommitRepeated(_Wrapped):
    """Takes a decision on a raw that is no longer under way."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        try:
            await self._store.commit(decisions)
        except StaleCaseError:
            raise
        except TransientError:
            return


class EffectDoubled(_Wrapped):
    """Gives each effect a key of its own."""

    _count = 0

    async def commit(self, decisions: Sequence[Decision]) -> None:
        await self._store.commit([replace(item, effects=tuple(map(self._rename, item.effects))) for item in decisions])

    def _rename(self, effect: Any) -> Any:
        self._count += 1
        return effect.model_copy(update={"key": f"{effect.key}#{self._count}"})


class OrderWithinCaseLost(_Wrapped):
    """Treats effects of a case as if they had none."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        loose = [
            replace(item, effects=tuple(effect.model_copy(update={"case_id": None}) for effect in item.effects))
            for item in decisions
        ]
        await self._store.commit(loose)


class DoubtForgotten(_Wrapped):
    """Tells every effect as new."""

    async def claim_effects(self, target: str, limit: int, now: datetime) -> Sequence[StoredEffect]:
        return [replace(item, state=State.NEW) for item in await self._store.claim_effects(target, limit, now)]


class RecoveryForgetsEffects(_Wrapped):
    """Recovers by settling what was under way in the outbox."""

    async def recover(self, *, counted: bool = True) -> None:
        await self._store.recover(counted=counted)
        while claimed := await self._store.claim_effects("desk", 100, suite.START + _FAR):
            await self._store.release_effects([Fate(item.id, State.SETTLED) for item in claimed])


class RecoveryLeavesRaws(_Wrapped):
    """Does not recover at all."""

    async def recover(self, *, counted: bool = True) -> None:
        return


class EveryEndCounts(_Wrapped):
    """Holds every end against what was under way."""

    async def recover(self, *, counted: bool = True) -> None:
        await self._store.recover()


class NoEndCounts(_Wrapped):
    """Holds no end against anything."""

    async def recover(self, *, counted: bool = True) -> None:
        await self._store.recover(counted=False)


class InterruptedInABatch(_Wrapped):
    """Claims what was interrupted together with its neighbours."""

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        first = list(await self._store.claim_raws(limit, max_bytes, now))
        if first and first[0].interrupted:
            first.extend(await self._store.claim_raws(limit, max_bytes, now))
        return first


class ChargesEveryAttempt(_Wrapped):
    """Gives no attempt back."""

    async def release_raws(self, fates: Sequence[Fate]) -> None:
        await self._store.release_raws([replace(fate, charged=True) for fate in fates])

    async def release_effects(self, fates: Sequence[Fate]) -> None:
        await self._store.release_effects([replace(fate, charged=True) for fate in fates])


class TicketForgotten(_Wrapped):
    """Settles a ticket effect without its reference."""

    async def release_effects(self, fates: Sequence[Fate]) -> None:
        await self._store.release_effects([replace(fate, ref=None) for fate in fates])


class AnswersMixedUp(_Wrapped):
    """Answers queries in another order."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return list(reversed(await self._store.look_up(queries)))


class ParentBlind(_Wrapped):
    """Forgets what answered a message before it came."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return [replace(past, awaiting=()) for past in await self._store.look_up(queries)]


class LedEverywhere(_Wrapped):
    """Has a reference lead to whatever it may, twice."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return [replace(past, by_ref=past.by_ref * 2) for past in await self._store.look_up(queries)]


class CopyHomeless(_Wrapped):
    """Tells of a copy without its case."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        found = await self._store.look_up(queries)
        return [past if past.copy_of is None else replace(past, cases=()) for past in found]


class LedgerBlind(_Wrapped):
    """Forgets what was sent to whom."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return [replace(past, sent_to=(0,) * len(past.sent_to)) for past in await self._store.look_up(queries)]


class DomainBlind(_Wrapped):
    """Forgets to which mail domain it was."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return [replace(past, sent_to_domain=0) for past in await self._store.look_up(queries)]


class PaceForgets(_Wrapped):
    """Knows only the pace of this very moment."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        return [
            replace(past, pace=(*(0 for _ in past.pace[1:]), *past.pace[-1:]))
            for past in await self._store.look_up(queries)
        ]


class DeskWritesTwice(_Wrapped):
    """A desk that does not know the key of a write again."""

    _count = 0

    @property
    def desk(self) -> Any:
        return self

    async def find(self, key: Key) -> TicketRef | None:
        return await self._store.desk.find(Key(f"{key}#1"))

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        self._count += 1
        return await self._store.desk.write([replace(item, key=Key(f"{item.key}#{self._count}")) for item in writes])


class BacklogOfAllSources(_Wrapped):
    """Counts the sources together."""

    async def backlog(self) -> Sequence[Backlog]:
        return [replace(each, name=suite.SOURCE) for each in await self._store.backlog()]


class MarksNeverRemoved(_Wrapped):
    """Forgets to take a note away."""

    async def set_marks(self, changes: Mapping[str, str | None]) -> None:
        await self._store.set_marks({name: text for name, text in changes.items() if text is not None})


class OpeningsOfEver(_Wrapped):
    """Lists openings of any time."""

    async def openings(self, since: datetime | None, limit: int) -> Any:
        return await self._store.openings(None, limit)


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (CursorBeforePage, suite.a_page_that_cannot_be_stored_leaves_neither_raw_nor_cursor),
    (PageWithoutCursor, suite.a_page_and_its_cursor_are_stored_together),
    (PageInPieces, suite.a_page_that_cannot_be_stored_leaves_neither_raw_nor_cursor),
    (DuplicatesKept, suite.a_known_key_is_absorbed_before_and_after_it_is_settled),
    (OriginalsForgotten, suite.an_original_that_was_kept_before_its_raw_comes_back_whole),
    (OriginalsForgotten, suite.a_page_whose_original_is_not_kept_leaves_neither_raw_nor_cursor),
    (LanesIgnored, suite.one_raw_a_lane_is_claimed_oldest_first_and_in_the_order_of_the_page),
    (PostponedForgetsItsLane, suite.a_postponed_raw_holds_its_lane_until_its_time),
    (RawAttemptFree, suite.the_attempt_is_charged_when_a_raw_is_claimed),
    (EffectAttemptFree, suite.the_attempt_is_charged_when_an_effect_is_claimed),
    (LimitWithoutBytes, suite.a_claim_keeps_to_its_limits_but_returns_at_least_one),
    (CommitOneByOne, suite.a_stale_case_undoes_the_whole_commit),
    (StaleOverwritten, suite.a_case_grows_by_one_version_at_a_time),
    (CommitRepeated, suite.a_raw_that_is_not_under_way_cannot_be_committed_again),
    (EffectDoubled, suite.an_effect_with_a_known_key_is_absorbed),
    (OrderWithinCaseLost, suite.effects_of_a_case_go_one_after_the_other_to_each_target),
    (DoubtForgotten, suite.an_unknown_effect_is_claimed_with_that_state_until_it_is_known),
    (RecoveryForgetsEffects, suite.after_recovery_raws_under_way_are_new_and_effects_under_way_unknown),
    (InterruptedInABatch, suite.a_raw_that_was_interrupted_is_claimed_alone),
    (EveryEndCounts, suite.only_an_end_that_counts_is_held_against_a_raw),
    (NoEndCounts, suite.only_an_end_that_counts_is_held_against_a_raw),
    (ChargesEveryAttempt, suite.an_attempt_that_was_nobodys_fault_is_given_back),
    (RecoveryLeavesRaws, suite.after_recovery_raws_under_way_are_new_and_effects_under_way_unknown),
    (TicketForgotten, suite.a_settled_ticket_is_told_to_later_effects_of_that_case_and_target),
    (AnswersMixedUp, suite.a_copy_is_known_by_its_message_id_and_by_its_content),
    (ParentBlind, suite.a_message_finds_whose_reference_it_bears_and_what_answered_it_before_it_came),
    (LedEverywhere, suite.a_reference_that_is_nobodys_name_leads_to_few_cases),
    (CopyHomeless, suite.a_copy_is_known_by_its_message_id_and_by_its_content),
    (LedgerBlind, suite.automatic_replies_are_counted_by_recipient_and_in_all),
    (DomainBlind, suite.automatic_replies_are_counted_by_mail_domain_up_to_what_matters),
    (PaceForgets, suite.the_pace_of_automatic_replies_is_told_slot_by_slot),
    (DeskWritesTwice, suite.a_ticket_write_takes_effect_once),
    (BacklogOfAllSources, suite.the_backlog_tells_what_is_not_settled_and_since_when),
    (OpeningsOfEver, suite.openings_are_listed_since_a_time_newest_first),
    (MarksNeverRemoved, suite.marks_are_kept_replaced_and_removed_together),
]
