"""Profiles: the platform is asked only for what a message is about, once, and "could not check" is never "absent"."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from typing_extensions import override

from gateway.case import Fact, FactOutcome, ForwardOrigin, Message, Party, PartyKind
from gateway.enrich.profile import ELSE_LASTS, FAILED_LASTS, FOUND_LASTS, KEPT, MOST, ProfileEnricher
from gateway.errors import RateLimitedError, TransientError
from gateway.limits import Bucket, Budgets, Limiter
from gateway.ports import Absent, Handle, Limit, Profile, Resolver, Scope, Unchecked
from gateway.ports.plugins import DAY
from tests.builders import message, party
from tests.conftest import ManualClock

Answer = Profile | Absent | Unchecked
PASS, FAIL, UNCHECKED = FactOutcome.PASS, FactOutcome.FAIL, FactOutcome.COULD_NOT_CHECK


class Platform:
    """A resolver that knows one bot, cannot ask for `unknown`, and waits or fails as planned."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[list[str]] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        self.asked.append(list(handles))
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [self.answer(handle) for handle in handles]

    def answer(self, handle: Handle) -> Answer:
        if handle.startswith("free"):
            return Absent(handle)
        if handle.startswith("unknown"):
            return Unchecked(handle, "Users cannot be looked up by name.")
        found = Party(platform="telegram", id="42", handle=handle, name="Examplex Bot", kind=PartyKind.BOT)
        return Profile(found, self.clock.now())


@pytest.fixture
def platform(clock: ManualClock) -> Platform:
    return Platform(clock)


@pytest.fixture
def profiles(platform: Platform, clock: ManualClock) -> ProfileEnricher:
    return ProfileEnricher({"support": platform}, clock)


def chat(text: str = "Hello", *origins: Party, **fields: Any) -> Message:
    forwarded = tuple(ForwardOrigin(party=each, kind="user") for each in origins)
    return message(sender=party("1001"), platform="telegram", text=text, forwarded=forwarded, **fields)


def account(handle: str | None = None, number: str | None = None, kind: PartyKind = PartyKind.PERSON) -> Party:
    return Party(platform="telegram", handle=handle, id=number, name="Somebody", kind=kind)


class Budget(Budgets):
    """Buckets in memory, one call each."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    @override
    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        self.taken += [bucket.limit.name for bucket in buckets]
        return [now + timedelta(minutes=5) if len(self.taken) > 1 else None for _ in buckets]


async def test_a_look_up_is_reserved_where_that_is_limited(platform: Platform, clock: ManualClock) -> None:
    """One call for all accounts of a message; one that there is no room for is not made, and nothing was found out."""
    budget = Budget()
    limits = [Limit("look_up", Scope.ACCOUNT, 1, timedelta(minutes=15)), Limit("fetch", Scope.ACCOUNT, 1, DAY)]
    gate = Limiter(budget, clock).gate(limits, "channel:telegram", "support")
    profiles = ProfileEnricher({"support": platform, "free": platform}, clock, {"support": gate}.get)
    await profiles.facts(chat("Hello", account("one"), account("two")))
    assert (platform.asked, budget.taken) == ([["one", "two"]], ["look_up-account-900s"])
    (fact,) = await profiles.facts(chat("Hello", account("three")))
    assert (fact.outcome, len(platform.asked)) == (UNCHECKED, 1)
    assert "look_up-account-900s" in fact.reason
    clock.advance(299)
    await profiles.facts(chat("Hello", account("four")))
    assert (len(platform.asked), len(budget.taken)) == (1, 2), "it is left alone until there is room"
    clock.advance(1)
    budget.taken.clear()
    (fact,) = await profiles.facts(chat("Hello", account("four")))
    assert (fact.outcome, len(platform.asked)) == (PASS, 2)


async def test_a_claim_is_answered_with_what_the_platform_says(profiles: ProfileEnricher) -> None:
    (fact,) = await profiles.facts(chat("/verify @examplex_support_bot"))
    assert (fact.kind, fact.subject, fact.outcome) == ("profile", "telegram:examplex_support_bot", PASS)
    said = {each.name: each.value for each in fact.evidence}
    assert said == {"name": "Examplex Bot", "id": "42", "handle": "examplex_support_bot", "kind": "bot"}


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("free_name", FAIL, "The platform knows no such account."),
        ("unknown_name", UNCHECKED, "Users cannot be looked up by name."),
    ],
)
async def test_absent_and_unchecked_are_two_things(
    profiles: ProfileEnricher, name: str, outcome: FactOutcome, reason: str
) -> None:
    (fact,) = await profiles.facts(chat(f"/verify {name}"))
    assert (fact.outcome, fact.reason, fact.evidence) == (outcome, reason, ())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/verify https://t.me/examplex_help", ["examplex_help"]),
        ("/verify@examplex_support_bot t.me/examplex_help", ["examplex_help"]),
        ("/VERIFY telegram:examplex_help", ["examplex_help"]),
        ("/verify 7000000001", ["7000000001"]),
        ("/核实 @examplex_help", ["examplex_help"]),
        ("\uff0f核实\n@examplex_help", ["examplex_help"]),
        ("  /verify @examplex_help", ["examplex_help"]),
        ("/verify@examplex_help", ["examplex_help"]),
        ("\uff0fverify\uff20examplex_help", ["examplex_help"]),
        ("/核实@examplex_help", ["examplex_help"]),
        ("@examplex_help", []),
        ("/verify x:@examplex", []),
        ("/verify support@examplex.test", []),
        ("/verify examplex.test", []),
        ("/verify https://x.com/examplex", []),
        ("/verify +44 20 7946 0000", []),
        ("/verify two names", []),
        ("/verify", []),
        ("/verify  ", []),
        ("/verifying @examplex_help", []),
        ("/status @examplex_help", []),
        ("is @examplex_help real?", []),
    ],
)
async def test_only_an_account_of_the_messages_own_platform_is_asked_for(
    profiles: ProfileEnricher, platform: Platform, text: str, asked: list[str]
) -> None:
    facts = await profiles.facts(chat(text))
    assert [handle for call in platform.asked for handle in call] == asked
    assert len(facts) == len(asked)


async def test_those_who_first_wrote_what_is_forwarded_are_asked_for_as_they_can_be(
    profiles: ProfileEnricher, platform: Platform
) -> None:
    """People by their id; bots, groups and channels by name; a name alone that is hidden not at all."""
    await profiles.facts(
        chat(
            "",
            account("Ann", "77"),
            account("Examplex_News", "-1001234567890", PartyKind.CHANNEL),
            account(None, "-1009999999999", PartyKind.GROUP),
            account(),
            account("examplex_news", None, PartyKind.CHANNEL),
            Party(platform="x", handle="examplex", id="9"),
        )
    )
    assert platform.asked == [["77", "Examplex_News", "-1009999999999"]]


async def test_one_message_asks_for_five_at_most_and_all_at_once(profiles: ProfileEnricher, platform: Platform) -> None:
    facts = await profiles.facts(chat("/verify @first", *(account(None, str(number)) for number in range(50))))
    assert platform.asked == [["first", "0", "1", "2", "3"]]
    assert len(facts) == MOST


@pytest.mark.parametrize(
    "ordinary",
    [
        chat(),
        chat("/verify @examplex_help", addressed=False),
        chat("", account("a", "1"), addressed=False),
        message(text="/verify @examplex_help", provenance=chat().provenance.model_copy(update={"source": "mail"})),
    ],
    ids=["talk", "between others", "forwarded to others", "no resolver"],
)
async def test_nothing_is_asked_for_what_asks_for_nothing(
    profiles: ProfileEnricher, platform: Platform, ordinary: Message
) -> None:
    assert not profiles.concerns(ordinary)
    assert await profiles.facts(ordinary) == ()
    assert platform.asked == []


@pytest.mark.parametrize(("name", "lasts"), [("found", FOUND_LASTS), ("free", ELSE_LASTS), ("unknown", ELSE_LASTS)])
async def test_an_answer_counts_for_its_time(
    profiles: ProfileEnricher, platform: Platform, clock: ManualClock, name: str, lasts: timedelta
) -> None:
    await profiles.facts(chat(f"/verify @{name}"))
    clock.advance(lasts.total_seconds() - 1)
    await profiles.facts(chat(f"/verify @{name.upper()}"))
    assert len(platform.asked) == 1
    clock.advance(1)
    await profiles.facts(chat(f"/verify @{name}"))
    assert len(platform.asked) == 2


@pytest.mark.parametrize(
    ("error", "lasts"),
    [
        (TransientError("the line dropped"), FAILED_LASTS),
        (RateLimitedError("slow down", timedelta(minutes=2)), timedelta(minutes=2)),
        (RateLimitedError("slow down", timedelta(hours=9)), ELSE_LASTS),
    ],
)
async def test_a_resolver_that_fails_is_left_alone_for_a_while_and_never_means_absent(
    profiles: ProfileEnricher, platform: Platform, clock: ManualClock, error: Exception, lasts: timedelta
) -> None:
    platform.error = error
    (fact,) = await profiles.facts(chat("/verify @found"))
    assert (fact.outcome, fact.reason) == (UNCHECKED, str(error))
    platform.error = None
    clock.advance(lasts.total_seconds() - 1)
    (fact,) = await profiles.facts(chat("/verify @found"))
    assert fact.outcome is UNCHECKED
    clock.advance(1)
    (fact,) = await profiles.facts(chat("/verify @found"))
    assert fact.outcome is PASS


async def test_who_asks_for_the_same_at_once_waits_for_one_answer(
    profiles: ProfileEnricher, platform: Platform
) -> None:
    platform.gate = asyncio.Event()
    asking = [asyncio.create_task(_facts(profiles, "/verify @found")) for _ in range(20)]
    other = asyncio.create_task(_facts(profiles, "/verify @other", account(None, "found")))
    await platform.begun.wait()
    platform.gate.set()
    answers = await asyncio.gather(*asking, other)
    assert platform.asked == [["found"], ["other"]]
    assert {fact.outcome for facts in answers for fact in facts} == {PASS}
    assert [fact.subject for fact in answers[-1]] == ["telegram:other", "telegram:found"]


async def test_a_platform_that_does_not_answer_in_time_is_left_alone_by_everybody(
    profiles: ProfileEnricher, platform: Platform, clock: ManualClock
) -> None:
    platform.gate = asyncio.Event()
    first = asyncio.create_task(_facts(profiles, "/verify @found"))
    await platform.begun.wait()
    second = asyncio.create_task(_facts(profiles, "/verify @found"))
    first.cancel()
    (fact,) = await second
    assert (fact.outcome, first.cancelled()) == (UNCHECKED, True)
    (fact,) = await _facts(profiles, "/verify @other")
    assert fact.outcome is UNCHECKED
    assert platform.asked == [["found"]]
    platform.gate.set()
    clock.advance(FAILED_LASTS.total_seconds())
    (fact,) = await _facts(profiles, "/verify @found")
    assert fact.outcome is PASS


async def _facts(profiles: ProfileEnricher, text: str, *origins: Party) -> Sequence[Fact]:
    return await profiles.facts(chat(text, *origins))


async def test_a_resolver_that_answers_too_little_is_a_fault_and_shifts_no_answer_to_another(
    platform: Platform, clock: ManualClock
) -> None:
    class Short(Platform):
        @override
        async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
            return (await super().look_up(handles))[1:]

    profiles = ProfileEnricher({"support": Short(clock)}, clock)
    with pytest.raises(ValueError, match="shorter"):
        await profiles.facts(chat("/verify @free_name", account(None, "77")))


async def test_what_is_remembered_is_bounded_and_the_oldest_goes_first(
    profiles: ProfileEnricher, platform: Platform
) -> None:
    for number in range(KEPT + 1):
        await profiles.facts(chat(f"/verify @n{number}"))
    platform.asked.clear()
    await profiles.facts(chat(f"/verify @n{KEPT}"))
    await profiles.facts(chat("/verify @n1"))
    assert platform.asked == []
    await profiles.facts(chat("/verify @n0"))
    assert platform.asked == [["n0"]]


async def test_channels_come_and_go(platform: Platform, clock: ManualClock) -> None:
    resolvers: dict[str, Resolver] = {}
    profiles = ProfileEnricher(resolvers, clock)
    assert await profiles.facts(chat("/verify @found")) == ()
    resolvers["support"] = platform
    assert [fact.outcome for fact in await profiles.facts(chat("/verify @found"))] == [PASS]
