"""From the journal to a committed decision, in batches: claim, have them judged, decide, commit.

While one batch is decided, the next may be claimed and judged already; they never hold raws of one lane. One bad raw
never takes its neighbours with it: it is postponed or buried alone, and a batch that cannot be committed is committed
raw by raw. Raises only what the store raises; that stops the engine.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from gateway import casework
from gateway.case import Case
from gateway.casework import Judged, Outcome, Policy
from gateway.dialogue import Dialogue, Learned, Place
from gateway.errors import GatewayError, fault_name, fault_places
from gateway.identity import Account, reference_of
from gateway.journal import Decision, Effect, EffectKind, Fate, StaleCaseError, State, Store, StoredRaw
from gateway.judging import Judging
from gateway.memory import let_go
from gateway.metrics import Metrics, Stage
from gateway.past import AWAITED, Past, Query
from gateway.ports import Clock
from gateway.retry import Again, LookFirst, RetryPolicy, decide
from gateway.tracing import Facts, Origin, Tracer

log = structlog.get_logger()

AHEAD_BYTES = 4 * 1024 * 1024
"""Nothing is claimed ahead of a batch that holds more: two such batches would be too much memory."""

Batch = list[tuple[StoredRaw, list[Judged] | Exception]]
"""Raws, and how each was judged or why it could not be."""


@dataclass(frozen=True, slots=True)
class BatchSize:
    """How much is claimed at once."""

    raws: int = 100
    bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Asked:
    """A raw whose events are judged, and what must be known of the past to decide on each."""

    item: StoredRaw
    judged: Sequence[Judged]
    queries: Sequence[Query]


@dataclass(slots=True)
class _Touched:
    """What the decisions of this batch have changed since its look-up."""

    names: set[str] = field(default_factory=set)
    replied: Counter[str] = field(default_factory=Counter)
    """Automatic replies, by the mail domain that they go to."""

    def concerns(self, queries: Sequence[Query], pasts: Sequence[Past]) -> bool:
        """Whether these answers may be out of date."""
        found = {case.id for past in pasts for case in past.known}
        linked = (_of_account(each.name) for past in pasts if past.person is not None for each in past.person.accounts)
        asked = (_asked(query).union(query.folds) for query in queries)
        return not self.names.isdisjoint(found.union(*asked, *linked))

    def add(self, queries: Sequence[Query], decision: Decision) -> None:
        """Remember what this decision changes, and who asked about it."""
        self.names.update(*(_asked(query) for query in queries))
        self.names.update(case.id for case in decision.cases)
        self.names.update(ref for ref, _ in decision.refs)
        self.names.update(":".join(each.place) for each in decision.learned)
        self.names.update(":".join(each.name) for each in decision.identities)
        self.replied.update(_domain(effect) for effect in decision.effects if _automatic(effect))


class Pipeline:
    """Claims raws and settles them; one instance an engine."""

    def __init__(
        self,
        store: Store,
        judging: Judging,
        policy: Callable[[], Policy],
        clock: Clock,
        retry: RetryPolicy,
        rng: random.Random,
        size: BatchSize | None = None,
        decided: Callable[[str], None] = lambda target: None,
        metrics: Metrics | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self._tracer = tracer or Tracer()
        self._store = store
        self._judging = judging
        self._ahead: asyncio.Task[Batch] | None = None
        self._policy = policy
        self._clock = clock
        self._retry = retry
        self._rng = rng
        self._size = size or BatchSize()
        self._decided = decided
        self._metrics = metrics or Metrics()

    async def step(self) -> int:
        """Settle one batch; return how many raws it held."""
        try:
            batch = await self._next()
            if self._pays_ahead([item for item, _ in batch]):
                self._ahead = asyncio.create_task(self._take(), name="pipeline:ahead")
            await self._decide_all(batch)
        except BaseException:
            await self._drop()
            raise
        let_go(sum(len(item.raw.body) for item, _ in batch))
        return len(batch)

    async def finish(self) -> None:
        """Settle what was claimed ahead, before the engine ends."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            await self._decide_all(await ahead)

    def _pays_ahead(self, items: Sequence[StoredRaw]) -> bool:
        """Whether to claim the next batch already: while another process reads, this one has time for it.

        Where all is read here it would only make smaller batches, since the lanes of this one are not free yet.
        """
        is_deep = len(items) >= self._size.raws / 2
        return is_deep and self._judging.goes_apart(items) and sum(len(item.raw.body) for item in items) < AHEAD_BYTES

    async def _next(self) -> Batch:
        """Return the batch that was claimed ahead, or a fresh one where that found nothing: lanes may be free now."""
        ahead, self._ahead = self._ahead, None
        return (await ahead if ahead is not None else []) or await self._take()

    async def _take(self) -> Batch:
        claimed = await self._store.claim_raws(self._size.raws, self._size.bytes, self._clock.now())
        if not claimed:
            return []
        self._metrics.batch_claimed(len(claimed))
        return list(zip(claimed, await self._judging.judge(claimed), strict=True))

    async def _drop(self) -> None:
        """Let go of what was claimed ahead: the engine ends, and recovery finds it."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def next_due(self) -> datetime | None:
        """Return when a postponed raw comes due."""
        return await self._store.next_due(None, self._clock.now())

    async def _decide_all(self, items: Batch) -> None:
        """Decide in order; what depends on a decision of this batch waits for its commit and looks again."""
        asked, fates = self._ask_all(items)
        pending: list[Decision] = []
        touched = _Touched()
        raws = {item.seq: item for item, _ in items}
        for each, past in zip(asked, await self._look_up(asked), strict=True):
            pasts, replied = past, touched.replied
            if touched.concerns(each.queries, pasts):
                await self._commit(pending, raws)
                pending = []
                pasts, replied = await self._store.look_up(each.queries), Counter()
            decision = self._decide(each, pasts, replied)
            if isinstance(decision, Fate):
                fates.append(decision)
                continue
            pending.append(decision)
            touched.add(each.queries, decision)
        await self._commit(pending, raws)
        if fates:
            await self._store.release_raws(fates)

    def _ask_all(self, items: Batch) -> tuple[list[_Asked], list[Fate]]:
        asked: list[_Asked] = []
        fates: list[Fate] = []
        # One instant for all: what is counted since then is counted once for the batch.
        now = self._clock.now()
        for item, judged in items:
            if isinstance(judged, Exception):
                fates.append(self._fate(item, judged))
                continue
            try:
                queries = [casework.ask(each.event, self._policy(), now, each) for each in judged]
            except Exception as error:  # noqa: BLE001 - a fault in asking concerns this raw alone
                fates.append(self._fate(item, error))
            else:
                asked.append(_Asked(item, judged, queries))
        return asked, fates

    async def _look_up(self, asked: Sequence[_Asked]) -> list[Sequence[Past]]:
        """Answer all queries of a batch in one transaction."""
        answers = iter(await self._store.look_up([query for each in asked for query in each.queries]))
        return [[next(answers) for _ in each.queries] for each in asked]

    def _decide(self, asked: _Asked, pasts: Sequence[Past], replied: Counter[str]) -> Decision | Fate:
        draft = _Draft()
        try:
            with self._metrics.timed(Stage.DECIDE), self._tracer.span(Stage.DECIDE, Origin.of(asked.item.raw)):
                for each, query, past in zip(asked.judged, asked.queries, pasts, strict=True):
                    seen = draft.seen_by(past, replied, query.domain.domain if query.domain is not None else "")
                    draft.add(casework.decide(each, seen, self._policy(), self._clock.now()))
        except Exception as error:  # noqa: BLE001 - a fault in deciding concerns this raw alone
            return self._fate(asked.item, error)
        return draft.decision(asked.item.seq)

    async def _commit(self, decisions: Sequence[Decision], raws: Mapping[int, StoredRaw]) -> None:
        if not decisions:
            return
        try:
            began = self._clock.now()
            with self._metrics.timed(Stage.COMMIT):
                await self._store.commit(decisions)
            for decision in decisions:
                origin = Origin.of(raws[decision.seq].raw)
                self._tracer.took(Stage.COMMIT, origin, began, self._clock.now(), Facts(outcome=State.SETTLED))
        except Exception as error:
            if not _is_a_decisions(error):
                raise
            await self._commit_singly(decisions, raws)
            return
        for decision in decisions:
            self._committed(decision, raws[decision.seq])

    async def _commit_singly(self, decisions: Sequence[Decision], raws: Mapping[int, StoredRaw]) -> None:
        """Commit each alone; what is still stale is decided again soon, from the case as it now stands."""
        for decision in decisions:
            try:
                await self._store.commit([decision])
            except Exception as error:
                if not _is_a_decisions(error):
                    raise
                await self._store.release_raws([self._fate(raws[decision.seq], error)])
            else:
                self._committed(decision, raws[decision.seq])

    def _committed(self, decision: Decision, item: StoredRaw) -> None:
        self._metrics.raw_ended(item.raw.source, State.SETTLED)
        log.info("raw.settled", seq=decision.seq, note=decision.note, effects=len(decision.effects))
        for rating in decision.ratings:
            if rating.score is None or rating.fresh:
                self._metrics.rated(rating.score)
        for case_id, step in decision.escalated:
            self._metrics.escalated(step)
            log.warning("case.escalated", case=case_id, deadline=step)
        for target in {effect.target for effect in decision.effects}:
            self._decided(target)

    def _postpone(self, item: StoredRaw, error: Exception, at: datetime, charged: bool, trace: str) -> Fate:
        self._metrics.raw_ended(item.raw.source, State.POSTPONED)
        log.warning("raw.postponed", seq=item.seq, error=fault_name(error), attempts=item.attempts)
        reason = str(error) if isinstance(error, GatewayError) else fault_name(error)
        return Fate(item.seq, State.POSTPONED, reason, not_before=at, traceback=trace, charged=charged)

    def _fate(self, item: StoredRaw, error: Exception) -> Fate:
        now = self._clock.now()
        trace = fault_places(error)
        match decide(error, item.attempts, self._retry, self._rng, now):
            case Again(at, charged):
                return self._postpone(item, error, at, charged, trace)
            case LookFirst(at):
                return self._postpone(item, error, at, True, trace)
            case bury:
                self._metrics.raw_ended(item.raw.source, State.BURIED)
                log.error("raw.buried", seq=item.seq, source=item.raw.source, reason=bury.reason, traceback=trace)
                return Fate(item.seq, State.BURIED, bury.reason, traceback=trace)


def _is_a_decisions(error: Exception) -> bool:
    """Whether a commit failed by what was to be written, rather than by the store: a stale case, a value it refuses."""
    return isinstance(error, StaleCaseError) or not isinstance(error, GatewayError)


class _Draft:
    """Collects what the events of one raw lead to; a later event sees what an earlier one changed."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._cases: dict[str, Case] = {}
        self._dialogues: dict[Place, Dialogue] = {}
        self._learned: list[Learned] = []

    def seen_by(self, past: Past, replied: Counter[str], domain: str) -> Past:
        """Return the past with what this batch adds to it: `replied` counts its automatic replies by mail domain."""
        more = replied.total()
        return replace(
            past,
            by_ref=tuple(self._cases.get(case.id, case) for case in past.by_ref),
            same_ref=tuple(self._cases.get(case.id, case) for case in past.same_ref),
            awaiting=tuple(self._cases.get(case.id, case) for case in past.awaiting),
            by_ticket=tuple(self._cases.get(case.id, case) for case in past.by_ticket),
            by_thing=tuple(self._cases.get(case.id, case) for case in past.by_thing),
            cases=tuple(self._cases.get(case.id, case) for case in past.cases),
            sent_to_all=tuple(count + more for count in past.sent_to_all),
            sent_to_domain=past.sent_to_domain + replied[domain],
            pace=(*past.pace[:-1], past.pace[-1] + more) if past.pace else (),
            dialogue=self._remembered(past.dialogue) if past.dialogue else None,
        )

    def _remembered(self, known: Dialogue) -> Dialogue:
        found = self._dialogues.get(known.place, known)
        for each in self._learned:
            found = each.of(found) if each.place == found.place else found
        return found

    def add(self, outcome: Outcome) -> None:
        for case in outcome.cases:
            first = self._cases.get(case.id)
            # However many events of this raw change a case, it is committed as one change.
            self._cases[case.id] = case if first is None else case.model_copy(update={"version": first.version})
        self._dialogues.update((each.place, each) for each in outcome.dialogues)
        self._learned.extend(outcome.learned)
        self._outcomes.append(outcome)

    def decision(self, seq: int) -> Decision:
        outcomes = self._outcomes
        return Decision(
            seq=seq,
            note="; ".join(outcome.note for outcome in outcomes) or "nothing in it",
            cases=tuple(self._cases.values()),
            entries=tuple(entry for outcome in outcomes for entry in outcome.entries),
            refs=tuple(ref for outcome in outcomes for ref in outcome.refs),
            effects=tuple(effect for outcome in outcomes for effect in outcome.effects),
            dialogues=tuple(self._dialogues.values()),
            learned=tuple(self._learned),
            moved=tuple(move for outcome in outcomes for move in outcome.moved),
            tokens=tuple(token for outcome in outcomes for token in outcome.tokens),
            identities=tuple(each for outcome in outcomes for each in outcome.identities),
            codes=tuple(each for outcome in outcomes for each in outcome.codes),
            holds=tuple(hold for outcome in outcomes for hold in outcome.holds),
            tickets=tuple(move for outcome in outcomes for move in outcome.tickets),
            ratings=tuple(each for outcome in outcomes for each in outcome.ratings),
            incidents=tuple(each for outcome in outcomes for each in outcome.incidents),
            arrived=tuple(each for outcome in outcomes for each in outcome.arrived),
            escalated=tuple(each for outcome in outcomes for each in outcome.escalated),
            accused=tuple({each.name: each for outcome in outcomes for each in outcome.accused}.values()),
        )


def _asked(query: Query) -> set[str]:
    names = {query.message_id, query.content_key, query.recipient, query.entry_of, query.token}
    names.update(query.refs, query.case_ids, query.rated, query.things)
    if query.rated_by is not None:
        names.add(query.rated_by.person)
    names.update((query.own_ref, AWAITED + query.own_ref) if query.own_ref else ())
    if query.ticket is not None:
        names.add(":".join(query.ticket))
    if query.place is not None:
        names.add(f"{query.place.channel}:{query.place.address}")
    if query.identity_of is not None:
        names.update(_of_account(query.identity_of))
    names.discard("")
    return names


def _of_account(account: Account) -> tuple[str, str]:
    """Return what is changed by a link of an account, and by a case of it."""
    return ":".join(account), reference_of(account)


def _domain(effect: Effect) -> str:
    """Return the mail domain that a reply goes to; empty for another platform's."""
    local, _, domain = (effect.recipient or "").rpartition("@")
    return domain if local else ""


def _automatic(effect: Effect) -> bool:
    return effect.kind in (EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING)
