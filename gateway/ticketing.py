"""From the outbox to a ticket system: settle, postpone, bury, or look first.

An outcome that is not known is looked up before anything is written again; a ticket that is gone is forgotten, and its
write opens another; a batch that is refused is halved down to the one write. Raises only what the store raises; a
plugin's errors become fates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.circuit import Circuit
from gateway.dispatch import Means, Report, is_ours, last, storable, tell, tell_of
from gateway.errors import GoneError, OutcomeUnknownError, RateLimitedError, RejectedError, TransientError
from gateway.guard import finished
from gateway.journal import Fate, State, Store, StoredEffect
from gateway.limits import Call
from gateway.metrics import Stage
from gateway.ports import Backend, Done, Failed, Key, Pending, TicketFile, TicketRef, TicketWrite
from gateway.tracing import Facts, Origin

JOB_SECS = 2.0
"""How long a backend's own job is left alone before it is asked after again, where the backend does not say."""
SUBMIT, FIND = Call("submit"), Call("find")

Answer = Done | Pending | Failed
Attach = Callable[[StoredEffect], Awaitable[tuple[Sequence[TicketFile], Sequence[str]]]]
"""What of a write's files goes along, and a sentence for each that does not. Raises `TransientError` alone."""


class TicketDispatcher:
    """Writes tickets to one backend, in batches that never hold two writes of one case."""

    def __init__(
        self,
        store: Store,
        target: str,
        backend: Backend,
        batch: int,
        means: Means,
        attach: Attach | None = None,
    ) -> None:
        self._means = means
        self._metrics, self._clock, self._fates = means.metrics, means.clock, means.fates
        self._store = store
        self.target = target
        self._backend = backend
        self._attach = attach
        self.circuit = Circuit(batch)
        self.failing_since: datetime | None = None
        """Since when the whole ticket system has failed, without having taken anything."""
        self.failed_at: datetime | None = None
        """When it did last."""

    async def step(self, report: Report) -> int:
        """Deliver one batch; return how many effects it held."""
        self._means.see_place()
        claimed = await self._store.claim_effects(self.target, self.circuit.size, self._clock.now())
        if not claimed:
            return 0
        began = self._clock.now()

        def told(error: Exception | None, again: datetime | None) -> None:
            self._note(error)
            report(error, again)

        try:
            fates, fresh = await self._look(claimed, told)
            room = self.circuit.size - len(fresh)
            if fates and fresh and room > 0:
                # The others had only to be looked at, and a part of a batch costs as much as a whole one.
                self._means.see_place()
                more = await self._store.claim_effects(self.target, room, self._clock.now())
                claimed = [*claimed, *more]
                looked, unlooked = await self._look(more, told)
                fates, fresh = [*fates, *looked], [*fresh, *unlooked]
            if not fresh and all(fate.state is State.SETTLED for fate in fates):
                # What was in doubt is there after all: without this, nothing else might ever say that all is well.
                told(None, None)
            with self._metrics.timed(Stage.SUBMIT):
                fates.extend(await self._submit(fresh, told))
        except asyncio.CancelledError:
            # Cut off while the engine goes on, as by a reload: nobody else would ever recover these.
            doubt = "the gateway gave up waiting for the backend"
            await last(self._store, [Fate(item.id, State.UNKNOWN, doubt) for item in claimed])
            raise
        await self._store.release_effects(fates)
        self._trace(claimed, fates, began)
        tell_of(claimed, fates, self._metrics, self._clock.now())
        return len(claimed)

    def _trace(self, claimed: Sequence[StoredEffect], fates: Sequence[Fate], began: datetime) -> None:
        states = {fate.id: fate.state for fate in fates}
        for item in claimed:
            if item.entry is not None:
                facts = Facts(target=self.target, outcome=states[item.id], attempts=item.attempts)
                origin = Origin.of(item.entry.message.provenance)
                self._means.tracer.took(Stage.SUBMIT, origin, began, self._clock.now(), facts)

    async def _look(self, claimed: Sequence[StoredEffect], report: Report) -> tuple[list[Fate], list[StoredEffect]]:
        """Look for what may have taken effect; return the fates found, and what is to be written."""
        fates: list[Fate] = []
        fresh: list[StoredEffect] = []
        for item in claimed:
            if item.state not in (State.UNKNOWN, State.PENDING):
                fresh.append(item)
                continue
            if refusal := await self._means.reserve(FIND):
                fates += self._fates.put_off([item], refusal, report)
                continue
            try:
                found = await finished(self._backend.find(await self._write(item), item.job))
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes this item's fate
                fates.append(self._fate_of(item, error))
                tell(report, error, fates[-1].not_before)
                continue
            if found is None:
                fresh.append(item)
            elif isinstance(found, Pending):
                fates.append(self._wait_for(item, found))
            else:
                told = "found after an unknown outcome"
                fates.append(Fate(item.id, State.SETTLED, told, ref=storable(found), given=item.ticket))
        return fates, fresh

    async def _submit(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        if not items:
            return []
        if refusal := await self._means.reserve(SUBMIT):
            return self._fates.put_off(items, refusal, report)
        writes, early = await self._writes(items)
        items = [item for item in items if Key(item.effect.key) in writes]
        if not items:
            return early
        return [*early, *await self._call(items, [writes[Key(item.effect.key)] for item in items], report)]

    async def _writes(self, items: Sequence[StoredEffect]) -> tuple[dict[Key, TicketWrite], list[Fate]]:
        """Make the writes; one whose files cannot be had now waits alone."""
        writes: dict[Key, TicketWrite] = {}
        early: list[Fate] = []
        for item in items:
            try:
                writes[Key(item.effect.key)] = await self._write(item)
            except Exception as error:  # noqa: BLE001 - a fault in making it concerns this write alone
                early.append(self._fates.of(item, error))
        return writes, early

    async def _call(self, items: Sequence[StoredEffect], writes: Sequence[TicketWrite], report: Report) -> list[Fate]:
        by_key = {Key(item.effect.key): item for item in items}
        try:
            answers = _examined(await finished(self._backend.submit(writes)))
        except RejectedError as error:
            if len(items) == 1:
                return [self._fate_of(items[0], error)]
            return await self._halved(items, report)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes these items' fate
            if len(items) > 1 and not is_ours(error):
                return await self._apart(items, report)
            fates = [self._fate_of(item, error) for item in items]
            tell(report, error, fates[0].not_before)
            return fates
        answered = {answer.key: answer for answer in answers}
        fates = [self._settle(item, answered.get(key)) for key, item in by_key.items()]
        report(*_of_target(answers, fates))
        return fates

    async def _halved(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        """Deliver a batch that was refused as a whole in halves, down to the one write that is refused."""
        middle = len(items) // 2
        return [*await self._submit(items[:middle], report), *await self._submit(items[middle:], report)]

    async def _apart(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        """Deliver one by one after a fault over one of them, which may have come after the others took effect."""
        fates: list[Fate] = []
        for item in items:
            found, fresh = await self._look([replace(item, state=State.UNKNOWN)], report)
            fates.extend(found or await self._submit(fresh, report))
        return fates

    def _settle(self, item: StoredEffect, answer: Answer | None) -> Fate:
        match answer:
            case Done(ticket=ticket):
                return Fate(item.id, State.SETTLED, ref=storable(ticket), given=item.ticket)
            case Pending() as pending:
                return self._wait_for(item, pending)
            case Failed(error=error, ticket=ticket):
                return self._fate_of(item, error, ticket)
            case None:
                return self._fate_of(item, OutcomeUnknownError("the backend gave no answer for this write"))

    def _fate_of(self, item: StoredEffect, error: Exception, ticket: TicketRef | None = None) -> Fate:
        """Return what becomes of a write that failed: one whose ticket is gone goes to a new ticket at once.

        A ticket that was opened before its write failed is the case's, whatever becomes of the write.
        """
        known = ticket or item.ticket
        ref = storable(known) if known is not None else None
        if isinstance(error, GoneError) and known is not None:
            now = self._clock.now()
            told = storable(str(error))
            return Fate(item.id, State.POSTPONED, told, not_before=now, ref=ref, gone=known, given=item.ticket)
        return replace(self._fates.of(item, error), ref=ref, given=item.ticket)

    async def _write(self, item: StoredEffect) -> TicketWrite:
        """Return the write that an effect stands for. Raises `TransientError` when a file cannot be had now."""
        if item.effect.ticket is None or item.case is None:
            raise LookupError("a ticket effect without its case")
        intent = item.effect.ticket
        files, withheld = await self._attach(item) if self._attach is not None else ((), ())
        return TicketWrite(
            Key(item.effect.key),
            intent.action,
            item.case,
            TicketRef(item.ticket) if item.ticket is not None else None,
            item.entry,
            note=intent.note,
            state=intent.state,
            files=tuple(files),
            withheld=tuple(withheld),
            doubtful=item.state in (State.UNKNOWN, State.PENDING) or item.attempts > 1,
            generation=item.generation,
        )

    def _note(self, error: Exception | None) -> None:
        """Let the breaker learn; to be asked to wait is no failure."""
        if error is None:
            self.circuit.well()
            self.failing_since = None
        elif not isinstance(error, RateLimitedError):
            self.circuit.failed()
            self.failed_at = self._clock.now()
            self.failing_since = self.failing_since or self.failed_at

    def _wait_for(self, item: StoredEffect, pending: Pending) -> Fate:
        """Asking after a job costs no attempt: the write was taken."""
        again = self._clock.now() + (pending.wait or timedelta(seconds=JOB_SECS))
        return Fate(
            item.id,
            State.PENDING,
            "the backend works on it",
            not_before=again,
            job=storable(pending.job),
            charged=False,
        )


def _of_target(answers: Sequence[Answer], fates: Sequence[Fate]) -> tuple[Exception | None, datetime | None]:
    """Return the error among the answers that concerns the whole target, if any, with when to come again.

    That one write went through is no reason to hammer at a closed door with all the others.
    """
    until = {fate.id: fate.not_before for fate in fates}
    waits = [
        answer.error
        for answer in answers
        if isinstance(answer, Failed) and isinstance(answer.error, RateLimitedError) and not answer.error.item
    ]
    if waits:
        return max(waits, key=lambda error: error.retry_after), max(filter(None, until.values()), default=None)
    failed = [answer.error for answer in answers if isinstance(answer, Failed)]
    if failed and len(failed) == len(answers) and not any(_is_items_own(error) for error in failed):
        return failed[0], fates[0].not_before
    return None, None


def _is_items_own(error: Exception) -> bool:
    """Whether an error says nothing of the whole target."""
    return isinstance(error, RejectedError) or (isinstance(error, TransientError) and error.item)


def _examined(answers: Sequence[Any]) -> Sequence[Answer]:
    """Refuse what is no answer at all: the plugin is at fault, and what it did is in doubt."""
    for answer in answers:
        if not isinstance(answer, Done | Pending | Failed) or (
            isinstance(answer, Failed) and not isinstance(answer.error, Exception)
        ):
            raise TypeError("a backend returned something else than answers")
    return answers
