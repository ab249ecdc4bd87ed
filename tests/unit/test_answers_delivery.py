"""Agents' answers over an SMTP line and a store: greylisted, put off, given up, in doubt; and what the agents hear."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from connectors.email._smtp import EmailSender
from connectors.email._tls import tls_context
from gateway import feedback
from gateway.casework import Judged, ask, decide
from gateway.dispatch import Fates, Means, ReplyDispatcher
from gateway.journal import Decision, Effect, EffectKind, State
from gateway.ports import Cursor, Event, Reply, ReplyKind, StreamId, Undelivered
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.wake import ENGINE
from tests.builders import case, party, raw
from tests.conftest import ManualClock
from tests.servers.smtp_sink import CUT, SmtpSink
from tests.unit.test_casework import POLICY
from tests.unit.test_email_smtp import settings

ONE, TWO = "GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB"


class Post:
    """Answers on their way out of a store over one SMTP line."""

    def __init__(self, store: SqlStore, clock: ManualClock, sender: EmailSender) -> None:
        self.store = store
        self.clock = clock
        self.heard: list[Exception | None] = []
        retry = RetryPolicy(base_secs=1, cap_secs=3600)
        means = Means(clock, Fates(clock, retry, random.Random(1)))
        self.dispatcher = ReplyDispatcher(store, "support", sender, timedelta(days=1), means)
        self.start = clock.now()

    async def put(self, number: str, to: str, kind: ReplyKind = ReplyKind.ANSWER) -> None:
        """Put a reply on a new case into the outbox."""
        await self.store.put_page("support", StreamId("INBOX"), [raw(number, to)], Cursor(number))
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        reply = Reply(
            channel="support", kind=kind, to=party(to), case_id=number, text="It has arrived.",
            automatic=kind is not ReplyKind.ANSWER, token=f"gh.{number}",
        )  # fmt: skip
        effect = Effect(key=number, kind=EffectKind(kind.value), target="support", case_id=number, reply=reply)
        await self.store.commit(
            [Decision(claimed.seq, cases=(case(number, updated_at=self.start),), effects=(effect,))]
        )

    async def work(self) -> int:
        """Send whatever is due; return how many were tried."""
        tried = 0
        while await self.dispatcher.step(lambda error, again: self.heard.append(error)):
            tried += 1
        return tried

    async def tries(self, hours: float) -> list[int]:
        """Let time go by; return the minutes, from the start, at which something was tried."""
        found = []
        end = self.clock.now() + timedelta(hours=hours)
        while (due := await self.store.next_due("support", self.clock.now())) is not None and due <= end:
            self.clock.advance((due - self.clock.now()).total_seconds())
            if await self.work():
                found.append(self.minutes(self.clock.now()))
        return found

    def minutes(self, at: datetime) -> int:
        return (at - self.start) // timedelta(minutes=1)

    async def states(self) -> list[State]:
        return [effect.state for number in (ONE, TWO) for effect in await self.of(number)]

    async def of(self, number: str) -> Sequence[object]:
        view = await self.store.case_view(number)
        return view.effects if view is not None else ()

    async def told(self) -> list[str]:
        """Return the notes that the agents are given of what did not arrive."""
        notes = []
        for item in await self.store.claim_raws(10, 10**6, self.clock.now()):
            assert item.raw.source == ENGINE
            event: Event = feedback.normalize(item.raw)[0]
            assert isinstance(event, Undelivered)
            (past,) = await self.store.look_up([ask(event, POLICY, self.clock.now())])
            outcome = decide(Judged(event), past, POLICY, self.clock.now())
            notes += [effect.ticket.note for effect in outcome.effects if effect.ticket is not None]
        return notes


@asynccontextmanager
async def posting(store: SqlStore, clock: ManualClock, sink: SmtpSink) -> AsyncIterator[Post]:
    async with sink.running():
        found = settings(sink.port)
        sender = EmailSender(found, clock, await tls_context(found.ca_file))
        try:
            yield Post(store, clock, sender)
        finally:
            await sender.close()


async def test_what_is_greylisted_twice_arrives_the_third_time_and_holds_nobody_up(
    store: SqlStore, clock: ManualClock
) -> None:
    """D14."""
    sink = SmtpSink(answers={"RCPT": ["451 4.7.1 greylisted", "250 ok", "451 4.7.1 greylisted", "250 ok"]})
    async with posting(store, clock, sink) as post:
        await post.put(ONE, "ann@grey.test")
        await post.put(TWO, "bob@mail.test")
        assert await post.work() == 2
        assert [mail.recipients for mail in sink.taken] == [["bob@mail.test"]]
        assert post.heard == [None, None], "the channel is well"
        tries = await post.tries(1)
        assert [5 <= tries[0] <= 6, 20 <= tries[1] <= 22, len(tries)] == [True, True, 2]
        assert sink.taken[1].recipients == ["ann@grey.test"]
        assert await post.states() == [State.SETTLED, State.SETTLED]
        assert await post.told() == []


async def test_what_is_put_off_for_two_days_is_given_up_and_the_agents_are_told(
    store: SqlStore, clock: ManualClock
) -> None:
    sink = SmtpSink(answers={"RCPT": ["451 4.7.1 greylisted"] * 100})
    async with posting(store, clock, sink) as post:
        await post.put(ONE, "ann@grey.test")
        await post.work()
        tries = await post.tries(72)
        assert len(tries) == 50
        assert 47 * 60 < tries[-1] <= 49 * 60
        assert await post.states() == [State.BURIED]
        (note,) = await post.told()
        assert note.startswith("The last answer did not reach the user: given up after 48 hours")
        assert "grey.test" not in note


async def test_an_acknowledgement_that_is_put_off_is_too_old_after_a_day(store: SqlStore, clock: ManualClock) -> None:
    """D21."""
    sink = SmtpSink(answers={"RCPT": ["451 4.7.1 greylisted"] * 100})
    async with posting(store, clock, sink) as post:
        await post.put(ONE, "ann@grey.test", ReplyKind.ACKNOWLEDGEMENT)
        await post.work()
        tries = await post.tries(72)
        assert 24 * 60 <= tries[-1] <= 25 * 60 + 30
        (effect,) = await post.of(ONE)
        assert (effect.state, effect.reason) == (State.SETTLED, "not sent: too old by the time it could be")  # type: ignore[attr-defined]
        assert await post.told() == []


async def test_p15_what_was_taken_before_the_line_dropped_is_never_sent_again_by_itself(
    store: SqlStore, clock: ManualClock
) -> None:
    """D2, as DESIGN.md has it: *maybe sent*, shown, and told to the agents; no second mail in three days."""
    sink = SmtpSink(answers={".": [CUT]})
    async with posting(store, clock, sink) as post:
        await post.put(ONE, "ann@mail.test")
        await post.put(TWO, "bob@mail.test")
        await post.work()
        await post.tries(72)
        assert [mail.recipients[0] for mail in sink.taken] == ["ann@mail.test", "bob@mail.test"]
        assert await post.states() == [State.MAYBE_SENT, State.SETTLED]
        (note,) = await post.told()
        assert note.startswith("The last answer may not have reached the user")


async def test_a_refusal_for_good_is_told_at_once(store: SqlStore, clock: ManualClock) -> None:
    """D3, D4."""
    sink = SmtpSink(answers={"RCPT": ["550 5.1.1 no such user"]})
    async with posting(store, clock, sink) as post:
        await post.put(ONE, "ann@mail.test")
        await post.work()
        assert await post.tries(72) == []
        assert await post.states() == [State.BURIED]
        (note,) = await post.told()
        assert "takes no mail (code 5.1.1)" in note
        assert "such user" not in note, "a stranger's words stay out"
