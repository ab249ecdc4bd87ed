"""Stores whose operators' side has one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.journal import Fate, Put, State, Store
from gateway.ports import Cursor, Raw, StreamId
from gateway.queues import Act, Backfill, Change, Item, Queue, Replay, ReplyEdit, Retention, Swept
from tests.contract import queue_suite as suite
from tests.contract.store_suite import Check


class _Wrapped:
    """Passes everything on, the parts through `part`; a fault overrides one method."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class _Queues(_Wrapped):
    """A store whose queues have the fault of a subclass."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.inner = store.queues
        outer = self

        class Faulty(_Wrapped):
            async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
                return await outer.replay(items, act, how)

            async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
                return await outer.edit_reply(number, edit, act)

            async def edit_body(self, number: int, body: bytes, act: Act) -> Change:
                return await outer.edit_body(number, body, act)

            async def open_raw(self, number: int, act: Act, *, original: bool = False) -> Raw | None:
                return await outer.open_raw(number, act, original)

        self.queues = Faulty(store.queues)

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return list(await self.inner.replay(items, act, how))

    async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
        return Change(*await self._change(self.inner.edit_reply(number, edit, act)))

    async def edit_body(self, number: int, body: bytes, act: Act) -> Change:
        return Change(*await self._change(self.inner.edit_body(number, body, act)))

    async def open_raw(self, number: int, act: Act, original: bool) -> Raw | None:
        found: Raw | None = await self.inner.open_raw(number, act, original=original)
        return found

    @staticmethod
    async def _change(done: Any) -> tuple[Item, bool, str]:
        change = await done
        return change.item, change.made, change.note


class ReplayAlwaysAgain(_Queues):
    """Does what is settled again without being told so."""

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return await super().replay(items, act, replace(how, again=True))


class ReplayAlwaysSends(_Queues):
    """Sends what was maybe sent, and writes what was not looked for."""

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return await super().replay(items, act, replace(how, even_if_sent=True))


class ReplayUnsigned(_Queues):
    """Gives a successor the token of what it succeeds."""

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return await super().replay(items, act, replace(how, sign=None))


class ReplayForgotten(_Queues):
    """Says that it was done."""

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return [Change(item, made=True, note="") for item in items]


class ReplayUnlogged(_Queues):
    """Logs nobody's name."""

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        return await super().replay(items, replace(act, by=""), how)


class EditForgotten(_Queues):
    """Says that it was changed."""

    async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
        return Change(Item(Queue.EFFECT, number), made=True, note="")


class EditHalf(_Queues):
    """Leaves the address."""

    async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
        return await super().edit_reply(number, replace(edit, address=None), act)


class BodyCut(_Queues):
    """Loses the end of a new body."""

    async def edit_body(self, number: int, body: bytes, act: Act) -> Change:
        return await super().edit_body(number, body[:-1], act)


class OpeningUnlogged(_Queues):
    """Opens a raw for nobody."""

    async def open_raw(self, number: int, act: Act, original: bool) -> Raw | None:
        return await super().open_raw(number, replace(act, by=""), original)


class OriginalLost(_Queues):
    """Opens what stands there now."""

    async def open_raw(self, number: int, act: Act, original: bool) -> Raw | None:
        return await super().open_raw(number, act, False)


class _Sweeps(_Wrapped):
    def __init__(self, store: Any) -> None:
        super().__init__(store)
        outer = self

        class Faulty:
            async def sweep(self, policy: Retention, now: datetime, place: str = "", *, dry_run: bool = False) -> Swept:
                return await outer.swept(policy, now, place, dry_run)

        self.sweeps = Faulty()

    async def swept(self, policy: Retention, now: datetime, place: str, dry_run: bool) -> Swept:
        found: Swept = await self._store.sweeps.sweep(policy, now, place, dry_run=dry_run)
        return found


class SweepsTooEarly(_Sweeps):
    """Counts days as half days."""

    async def swept(self, policy: Retention, now: datetime, place: str, dry_run: bool) -> Swept:
        half = replace(policy, raws=policy.raws and policy.raws / 2)
        return await super().swept(half, now, place, dry_run)


class SweepsInADryRun(_Sweeps):
    """Removes what it should only count."""

    async def swept(self, policy: Retention, now: datetime, place: str, dry_run: bool) -> Swept:
        return await super().swept(policy, now, place, False)


class SweepsOneTable(_Sweeps):
    """Stops after the first batch."""

    async def swept(self, policy: Retention, now: datetime, place: str, dry_run: bool) -> Swept:
        return replace(await super().swept(policy, now, place, dry_run), place=None)


class SweepsWhatIsBuried(_Sweeps):
    """Settles what is buried, so that it goes too."""

    async def swept(self, policy: Retention, now: datetime, place: str, dry_run: bool) -> Swept:
        queues = self._store.queues
        for item in await queues.raws(suite.Wanted(states=(State.BURIED,))):
            await queues.replay([suite.raw_item(item.number)], Act("x", now), Replay())
            await self._store.claim_raws(10, 10**9, now)
            await self._store.release_raws([Fate(item.number, State.SETTLED)])
        return await super().swept(policy, now, place, dry_run)


class WatchForgets(_Wrapped):
    """Does not remember from when on a stream is new."""

    async def watch(self, source: str, stream: StreamId, new_from: datetime) -> None:
        return None


class _Backfills(_Wrapped):
    def __init__(self, store: Any) -> None:
        super().__init__(store)
        outer = self

        class Faulty(_Wrapped):
            async def ask(
                self, source: str, streams: Sequence[StreamId], since: datetime | None, *, ack: bool, act: Act
            ) -> Sequence[Backfill]:
                return await outer.ask(source, streams, since, ack, act)

            async def put(
                self, number: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, **more: Any
            ) -> Put:
                return await outer.put(number, raws, cursor, skipped, **more)

        self.backfills = Faulty(store.backfills)

    async def ask(
        self, source: str, streams: Sequence[StreamId], since: datetime | None, ack: bool, act: Act
    ) -> Sequence[Backfill]:
        return list(await self._store.backfills.ask(source, streams, since, ack=ack, act=act))

    async def put(self, number: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, **more: Any) -> Put:
        done: Put = await self._store.backfills.put(number, raws, cursor, skipped, **more)
        return done


class BackfillMovesTheStream(_Backfills):
    """Takes the stream's own cursor for its place."""

    async def put(self, number: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, **more: Any) -> Put:
        await self._store.put_page(suite.SOURCE, suite.INBOX, [], cursor)
        return await super().put(number, raws, cursor, skipped, **more)


class BackfillAnswers(_Backfills):
    """Lets machines answer what it finds."""

    async def ask(
        self, source: str, streams: Sequence[StreamId], since: datetime | None, ack: bool, act: Act
    ) -> Sequence[Backfill]:
        return await super().ask(source, streams, since, True, act)


class BackfillNeverDone(_Backfills):
    """Never notes that it is done."""

    async def put(self, number: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, **more: Any) -> Put:
        return await super().put(number, raws, cursor, skipped, **more | {"done": False})


class BackfillOutOfStep(_Backfills):
    """Stores the page apart from the request, so that one which was cancelled still takes it."""

    async def put(self, number: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, **more: Any) -> Put:
        await self._store.put_page(suite.SOURCE, suite.INBOX, raws, None)
        return await super().put(number, raws, cursor, skipped, **more)


Broken = Callable[[Store], Any]

BROKEN: list[tuple[Broken, Check]] = [
    (ReplayAlwaysAgain, suite.a_settled_raw_is_decided_again_only_when_told_so),
    (ReplayAlwaysAgain, suite.a_settled_effect_gets_a_successor_with_a_key_and_a_token_of_its_own),
    (ReplayAlwaysSends, suite.what_was_maybe_sent_is_sent_again_only_when_told_so),
    (ReplayAlwaysSends, suite.a_buried_ticket_is_looked_for_first_and_a_buried_reply_is_new),
    (ReplayUnsigned, suite.a_settled_effect_gets_a_successor_with_a_key_and_a_token_of_its_own),
    (ReplayForgotten, suite.a_replayed_raw_takes_its_place_before_those_that_came_after_it),
    (ReplayForgotten, suite.a_replayed_effect_goes_before_the_later_ones_of_its_case),
    (ReplayForgotten, suite.a_postponed_raw_is_due_at_once_when_it_is_replayed),
    (ReplayUnlogged, suite.every_act_is_logged_with_who_when_and_why_and_without_words_of_users),
    (EditForgotten, suite.an_edited_reply_is_sent_as_it_now_reads_and_its_case_shows_both),
    (EditForgotten, suite.only_a_reply_that_waits_for_its_operator_or_its_time_is_edited),
    (EditHalf, suite.an_edited_reply_is_sent_as_it_now_reads_and_its_case_shows_both),
    (BodyCut, suite.a_buried_raw_gets_another_body_and_the_old_one_stays_as_long_as_it_does),
    (OriginalLost, suite.a_buried_raw_gets_another_body_and_the_old_one_stays_as_long_as_it_does),
    (OpeningUnlogged, suite.an_opened_raw_is_logged_and_an_opening_that_fails_is_not),
    (SweepsTooEarly, suite.the_bytes_of_old_settled_raws_go_and_their_rows_say_so),
    (SweepsInADryRun, suite.nothing_goes_that_the_policy_keeps_for_ever_and_nothing_in_a_dry_run),
    (SweepsOneTable, suite.old_settled_rows_go_later_and_what_is_not_settled_and_the_cases_stay),
    (SweepsOneTable, suite.a_blob_goes_when_no_row_names_it_for_more_than_a_day),
    (SweepsWhatIsBuried, suite.the_bytes_of_old_settled_raws_go_and_their_rows_say_so),
    (WatchForgets, suite.what_was_received_before_its_stream_was_watched_is_noted_as_old),
    (BackfillMovesTheStream, suite.a_backfill_takes_in_what_is_not_known_and_leaves_the_streams_cursor_alone),
    (BackfillAnswers, suite.a_backfill_takes_in_what_is_not_known_and_leaves_the_streams_cursor_alone),
    (BackfillNeverDone, suite.a_backfill_takes_in_what_is_not_known_and_leaves_the_streams_cursor_alone),
    (BackfillOutOfStep, suite.a_stream_is_backfilled_once_at_a_time_and_a_cancelled_one_takes_nothing),
]
