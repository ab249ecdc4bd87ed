"""Stores with one planted fault each in what they keep of conversations, and the check that must catch it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.dialogue import Place
from gateway.errors import TooLargeError
from gateway.files import KeptFile
from gateway.journal import Decision, StaleCaseError, Store
from gateway.past import Past, Query
from tests.contract import dialogue_suite as suite
from tests.contract.broken_stores import _Wrapped
from tests.contract.store_suite import Check


class _Commits(_Wrapped):
    """Commits decisions that a fault has changed."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        await self._store.commit([self.changed(each) for each in decisions])

    def changed(self, decision: Decision) -> Decision:
        raise NotImplementedError


class _Answers(_Wrapped):
    """Gives answers that a fault has changed."""

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        found = await self._store.look_up(queries)
        return [self.changed(query, past) for query, past in zip(queries, found, strict=True)]

    def changed(self, query: Query, past: Past) -> Past:
        raise NotImplementedError


class DialogueDropped(_Commits):
    """Forgets the second dialogue of a decision."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, dialogues=decision.dialogues[:1])


class LearnedAnew(_Commits):
    """Writes what was learned of an address as all that is known of it."""

    def changed(self, decision: Decision) -> Decision:
        anew = tuple(each.of(None) for each in decision.learned)
        return replace(decision, dialogues=(*decision.dialogues, *anew), learned=())


class DialogueOfAnyChannel(_Answers):
    """Takes the channel for a part of no importance."""

    def changed(self, query: Query, past: Past) -> Past:
        known = self.__dict__.setdefault("known", {})
        if past.dialogue is not None:
            known[past.dialogue.address] = past.dialogue
        if query.place is None:
            return past
        return replace(past, dialogue=past.dialogue or known.get(query.place.address))


class DialogueWithoutItsCases(_Answers):
    """Leaves the second round of questions to the caller."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, cases=tuple(each for each in past.cases if each.id in query.case_ids))


class DialogueCopied(_Commits):
    """Lets dialogues stay where they were."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, moved=())


class PrefixTakenForAPlace(_Commits):
    """Moves the one dialogue of exactly that address."""

    def changed(self, decision: Decision) -> Decision:
        moved = tuple((Place(old.channel, old.address.rstrip(":")), new) for old, new in decision.moved)
        return replace(decision, moved=moved)


class PrefixWithoutItsColon(_Commits):
    """Moves whatever begins with the digits."""

    def changed(self, decision: Decision) -> Decision:
        also = ("-5", "-55:1", "-59")
        more = tuple(
            (Place(old.channel, name), Place(new.channel, new.address + name))
            for old, new in decision.moved
            if old.address.endswith(":")
            for name in also
        )
        return replace(decision, moved=(*decision.moved, *more))


class ChangesOverWhatWasMoved(_Wrapped):
    """Moves in a transaction of its own, and then writes over what came."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            if decision.moved and decision.dialogues:
                moved = replace(decision, seq=await self._raw(), dialogues=())
                await self._store.commit([moved])
                await self._store.commit([replace(decision, moved=())])
            else:
                await self._store.commit([decision])

    async def _raw(self) -> int:
        await suite.put(self._store, "another/1", cursor=None)
        claimed = await self._store.claim_raws(1, 10**9, suite.START)
        return int(claimed[0].seq)


class TokenSpentTwice(_Wrapped):
    """Spends a token whatever stands."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        try:
            await self._store.commit(decisions)
        except StaleCaseError:
            await self._store.commit([replace(each, tokens=()) for each in decisions])


class TokenNeverSpent(_Commits):
    """Forgets to spend."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, tokens=tuple(each for each in decision.tokens if each.spent_at is None))


class OldestVersion(_Answers):
    """Finds the first version of a message."""

    def changed(self, query: Query, past: Past) -> Past:
        known = self.__dict__.setdefault("known", {})
        if past.entry is None:
            return past
        first = known.setdefault(query.entry_of, suite.entry(past.entry.case_id, query.entry_of))
        return replace(past, entry=first)


class IncomingVersionsOnly(_Answers):
    """Does not find what we sent."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, entry=past.copy_of if query.message_id else past.entry)


class LostVersion(_Commits):
    """Keeps one entry a message."""

    def changed(self, decision: Decision) -> Decision:
        known = self.__dict__.setdefault("known", set())
        entries = tuple(each for each in decision.entries if each.message.id not in known)
        known.update(each.message.id for each in decision.entries)
        return replace(decision, entries=entries)


class HoldForgotten(_Commits):
    """Does not hold."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, holds=())


class HoldWithoutItsGuard(_Wrapped):
    """Takes a hold that fails for one that was not needed."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        try:
            await self._store.commit(decisions)
        except StaleCaseError:
            await self._store.commit([replace(each, holds=()) for each in decisions])


class HoldInAnotherTransaction(_Wrapped):
    """Commits what follows before it holds."""

    async def commit(self, decisions: Sequence[Decision]) -> None:
        await self._store.commit([replace(each, holds=()) for each in decisions])
        if any(each.holds for each in decisions):
            raise StaleCaseError("too late")


class FileOfAnySize(_Wrapped):
    """Looks at a file's size when it is there."""

    async def keep_file(self, message_id: str, attachment_id: str, chunks: AsyncIterable[bytes], most: int) -> KeptFile:
        bounded = _first(chunks, 50)
        kept: KeptFile = await self._store.keep_file(message_id, attachment_id, bounded, 10**9)
        if kept.size > most:
            raise TooLargeError(f"larger than {most}")
        return kept


async def _first(chunks: AsyncIterable[bytes], count: int) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        if not count:
            return
        count -= 1
        yield chunk


class FileKeptOnce(_Wrapped):
    """Never takes other bytes for a name that is known."""

    async def keep_file(self, message_id: str, attachment_id: str, chunks: AsyncIterable[bytes], most: int) -> KeptFile:
        known = self.__dict__.setdefault("known", {})
        name = (message_id, attachment_id)
        if name not in known:
            known[name] = await self._store.keep_file(message_id, attachment_id, chunks, most)
        found: KeptFile = known[name]
        return found


class FileCutOff(_Wrapped):
    """Keeps the first chunk."""

    async def keep_file(self, message_id: str, attachment_id: str, chunks: AsyncIterable[bytes], most: int) -> KeptFile:
        return await self._store.keep_file(message_id, attachment_id, _first(chunks, 1), most)


class FileOpenedUnlogged(_Wrapped):
    """Lists the openings of originals alone."""

    async def openings(self, since: datetime | None, limit: int) -> Any:
        return [each for each in await self._store.openings(since, limit) if not each.attachment_id]


class TurnTakenByARefusal(_Answers):
    """Takes what was refused for what was said."""

    def changed(self, query: Query, past: Past) -> Past:
        known = self.__dict__.setdefault("answered", set())
        if past.turn is None:
            return past
        name = past.turn.said.message.id
        if past.turn.answered:
            known.add(name)
        return replace(past, turn=replace(past.turn, answered=name in known))


class TurnInPrivateForgotten(_Answers):
    """Does not know that somebody has written in private."""

    def changed(self, query: Query, past: Past) -> Past:
        return past if past.turn is None else replace(past, turn=replace(past.turn, private=False))


class SweepsOfMailAlone(_Wrapped):
    """Ends a sweep before it comes to what chats leave."""

    @property
    def sweeps(self) -> Any:
        return self

    async def sweep(self, policy: Any, now: datetime, place: str = "", *, dry_run: bool = False) -> Any:
        swept = await self._store.sweeps.sweep(policy, now, place, dry_run=dry_run)
        ended = swept.place is not None and swept.place.startswith(("files", "tokens", "dialogues"))
        return replace(swept, place=None) if ended else swept


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (DialogueDropped, suite.a_dialogue_is_written_over),
    (LearnedAnew, suite.what_is_learned_of_an_address_leaves_the_rest_as_it_is),
    (DialogueOfAnyChannel, suite.a_dialogue_is_found_by_its_place_with_all_its_cases),
    (DialogueWithoutItsCases, suite.a_dialogue_is_found_by_its_place_with_all_its_cases),
    (DialogueCopied, suite.a_dialogue_goes_on_at_another_place),
    (PrefixTakenForAPlace, suite.a_place_that_ends_in_a_colon_moves_all_that_begin_so),
    (PrefixWithoutItsColon, suite.a_place_that_ends_in_a_colon_moves_all_that_begin_so),
    (ChangesOverWhatWasMoved, suite.what_is_written_and_moved_at_once_ends_at_the_new_place),
    (TokenSpentTwice, suite.a_token_is_spent_once),
    (TokenNeverSpent, suite.a_token_is_spent_once),
    (TokenNeverSpent, suite.a_token_that_is_added_again_stays_spent),
    (OldestVersion, suite.the_newest_version_of_a_message_is_found_whatever_its_direction),
    (IncomingVersionsOnly, suite.the_newest_version_of_a_message_is_found_whatever_its_direction),
    (LostVersion, suite.the_newest_version_of_a_message_is_found_whatever_its_direction),
    (LostVersion, suite.a_ticket_that_waited_goes_out_with_the_newest_version),
    (TurnTakenByARefusal, suite.whose_turn_it_is_is_told_of_the_case_that_is_asked_for),
    (TurnInPrivateForgotten, suite.whose_turn_it_is_is_told_of_the_case_that_is_asked_for),
    (HoldForgotten, suite.a_ticket_that_waited_goes_out_with_the_newest_version),
    (HoldForgotten, suite.what_a_commit_adds_it_may_hold),
    (HoldForgotten, suite.an_effect_that_is_due_can_be_held_too),
    (HoldWithoutItsGuard, suite.what_is_under_way_tried_or_done_cannot_be_held_and_nothing_of_it_holds),
    (HoldInAnotherTransaction, suite.what_is_under_way_tried_or_done_cannot_be_held_and_nothing_of_it_holds),
    (FileOfAnySize, suite.a_file_that_is_too_large_or_breaks_off_leaves_nothing),
    (FileKeptOnce, suite.a_file_that_is_kept_again_stays_or_is_replaced),
    (FileCutOff, suite.a_file_is_kept_whole_and_found_by_its_hash),
    (FileOpenedUnlogged, suite.every_opening_of_a_file_is_listed_among_those_of_originals),
    (SweepsOfMailAlone, suite.the_bytes_of_old_files_go_and_what_opens_them_says_so),
    (SweepsOfMailAlone, suite.tokens_go_a_day_after_their_end_and_dialogues_after_a_year_untouched),
]
