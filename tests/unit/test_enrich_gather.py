"""Facts from outside: every look has a deadline, and no failure of one reaches the message or its neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from gateway.case import Fact, FactOutcome, Message
from gateway.enrich import gather
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.errors import TransientError
from tests.unit.test_trust_mail_auth import mail


class Good:
    kind = "good"

    async def facts(self, message: Message) -> Sequence[Fact]:
        return [Fact(kind="good", subject="s", outcome=FactOutcome.PASS)]


class Hanging:
    kind = "hanging"

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.cancelled = False

    async def facts(self, message: Message) -> Sequence[Fact]:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return []


class Down:
    kind = "down"

    async def facts(self, message: Message) -> Sequence[Fact]:
        raise TransientError("The name server does not answer.")


class Broken:
    kind = "broken"

    async def facts(self, message: Message) -> Sequence[Fact]:
        raise ValueError(message.text)


async def test_failures_become_facts_and_neighbours_are_heard() -> None:
    with capture_logs() as logs:
        facts = await gather(mail(), [Hanging(), Good(), Down(), Broken()], 0.01)
    unknown = FactOutcome.COULD_NOT_CHECK
    assert [(fact.kind, fact.outcome) for fact in facts] == [
        ("hanging", unknown),
        ("good", FactOutcome.PASS),
        ("down", unknown),
        ("broken", unknown),
    ]
    assert "0.01 seconds" in facts[0].reason
    assert "name server" in facts[2].reason
    assert [(line["event"], line["kind"], line["error"]) for line in logs] == [
        ("enricher.failed", "broken", "ValueError")
    ]


async def test_a_bug_is_logged_without_the_users_words() -> None:
    message = mail().model_copy(update={"text": "my seed phrase"})
    with capture_logs() as logs:
        facts = await gather(message, [Broken()], 1)
    assert "seed" not in str(logs)
    assert "seed" not in str(facts)
    assert "test_enrich_gather.py" in logs[0]["place"]


async def test_a_cancelled_gathering_cancels_its_looks() -> None:
    hanging = Hanging()
    task = asyncio.create_task(gather(mail(), [hanging], 60))
    await asyncio.wait_for(hanging.started.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hanging.cancelled


async def test_all_are_asked_at_once() -> None:
    """Each waits for the other to have started: one after the other would never end."""
    first, second = asyncio.Event(), asyncio.Event()

    class Meeting:
        kind = "meeting"

        def __init__(self, mine: asyncio.Event, other: asyncio.Event) -> None:
            self.mine, self.other = mine, other

        async def facts(self, message: Message) -> Sequence[Fact]:
            self.mine.set()
            await self.other.wait()
            return [Fact(kind="meeting", subject="", outcome=FactOutcome.NONE)]

    facts = await gather(mail(), [Meeting(first, second), Meeting(second, first)], 5)
    assert [fact.outcome for fact in facts] == [FactOutcome.NONE] * 2


async def test_mail_is_judged_by_the_receivers_of_its_own_source() -> None:
    header = "mx.examplex.test; dmarc=pass header.from=okx.com"
    enricher = MailAuthEnricher({"support": ["mx.examplex.test"], "other": []})
    (fact,) = await enricher.facts(mail(header))
    assert fact.outcome is FactOutcome.PASS
    elsewhere = mail(header).model_copy(
        update={"provenance": mail(header).provenance.model_copy(update={"source": "other"})}
    )
    (fact,) = await enricher.facts(elsewhere)
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert await enricher.facts(mail(header).model_copy(update={"platform": "telegram"})) == ()
