"""Who wrote is looked up once, by what is proven and by nothing else; an exchange that fails holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Fact, FactOutcome, Message, Party, PartyKind
from gateway.circuit import OPENS_AFTER
from gateway.customers import customer_in
from gateway.enrich import customer as enrich
from gateway.enrich.customer import RESTS, CustomerEnricher
from gateway.errors import GatewayError, TransientError
from gateway.ports import Report
from gateway.ports.customers import (
    Customer,
    CustomerAnswer,
    CustomerUnchecked,
    NoCustomer,
    PlatformAccount,
    ProvenMail,
    Who,
)
from tests.builders import mail_auth, message, party
from tests.conftest import ManualClock

ANN = Customer.model_validate(
    {
        "account_id": "48210734",
        "tier": "VIP",
        "region": "de",
        "language": "de",
        "registered_mail": "ann@mail.test",
        "kyc": "pending",
        "kyc_missing": ["address_proof", "selfie"],
        "security": [{"name": "password", "health": "weak"}, {"name": "two_factor", "health": "ok"}],
        "deposit_addresses": [{"network": "tron", "address": "TXYZ"}],
    }
)
PASS = (mail_auth(FactOutcome.PASS),)


class Book:
    """Answers as it is told, after `gate` where there is one, and counts."""

    def __init__(self) -> None:
        self.answers: dict[Who, CustomerAnswer] = {ProvenMail("ann@mail.test"): ANN}
        self.asked: list[Who] = []
        self.fails: GatewayError | None = None
        self.gate: asyncio.Event | None = None

    async def look_up(self, who: Who) -> CustomerAnswer:
        self.asked.append(who)
        if self.gate is not None:
            await self.gate.wait()
        if self.fails is not None:
            return CustomerUnchecked(str(self.fails), self.fails)
        return self.answers.get(who, NoCustomer())

    async def check(self) -> Report:
        return Report(())


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def told() -> list[GatewayError | None]:
    return []


@pytest.fixture
def asks(book: Book, clock: ManualClock, told: list[GatewayError | None]) -> CustomerEnricher:
    return CustomerEnricher(book, clock, timedelta(minutes=5), timedelta(minutes=1), told.append)


def chat(number: str | None = "7001", kind: PartyKind = PartyKind.PERSON, **fields: Any) -> Message:
    sender = Party(platform="telegram", address="7001", id=number, kind=kind)
    return message(platform="telegram", sender=sender, **fields)


async def outcome(asks: CustomerEnricher, of: Message, facts: Sequence[Fact] = PASS) -> str:
    found = await asks.facts_of(of, facts)
    assert len(found) <= 1
    return found[0].outcome if found else "nothing"


async def test_a_proven_customer_is_one_fact_that_reads_back_whole(asks: CustomerEnricher, book: Book) -> None:
    (fact,) = await asks.facts_of(message(), PASS)
    assert (fact.kind, fact.subject, fact.outcome) == ("customer", "ann@mail.test", FactOutcome.PASS)
    assert [(each.name, each.value) for each in fact.evidence] == [
        ("account_id", "48210734"),
        ("tier", "vip"),
        ("region", "DE"),
        ("language", "de"),
        ("registered_mail", "ann@mail.test"),
        ("kyc", "pending"),
        ("kyc_missing", "address_proof"),
        ("kyc_missing", "selfie"),
        ("security", "password=weak"),
        ("security", "two_factor=ok"),
        ("deposit_address", "tron:TXYZ"),
    ]
    assert customer_in([*PASS, fact]) == ANN


def test_only_a_fact_that_passed_tells_of_a_customer() -> None:
    doubtful = [
        Fact(kind="customer", subject="x", outcome=each) for each in FactOutcome if each is not FactOutcome.PASS
    ]
    assert customer_in(doubtful) is None
    assert customer_in([Fact(kind="customer", subject="x", outcome=FactOutcome.PASS)]) is None


@pytest.mark.parametrize(
    "facts",
    [
        (),
        (mail_auth(FactOutcome.FAIL),),
        (mail_auth(FactOutcome.NONE),),
        (mail_auth(FactOutcome.COULD_NOT_CHECK),),
        (mail_auth(FactOutcome.PASS), mail_auth(FactOutcome.COULD_NOT_CHECK)),
        (Fact(kind="mail_auth", subject="other.test", outcome=FactOutcome.PASS),),
        (Fact(kind="profile", subject="mail.test", outcome=FactOutcome.PASS),),
    ],
)
async def test_an_address_that_is_not_proven_is_never_looked_up(
    asks: CustomerEnricher, book: Book, facts: tuple[Fact, ...]
) -> None:
    assert await outcome(asks, message(text="My UID is 48210734", headers={"from": ""}), facts) == "nothing"
    assert book.asked == []


async def test_on_a_platform_the_immutable_id_is_looked_up_and_no_number_in_the_text(
    asks: CustomerEnricher, book: Book
) -> None:
    book.answers[PlatformAccount("telegram", "7001")] = ANN
    assert await outcome(asks, chat(text="UID 11112222"), ()) == "pass"
    assert await outcome(asks, chat("7002", text="UID 48210734"), ()) == "none"
    assert book.asked == [PlatformAccount("telegram", "7001"), PlatformAccount("telegram", "7002")]


@pytest.mark.parametrize(
    "of",
    [
        chat(None),
        chat(kind=PartyKind.BOT),
        chat(kind=PartyKind.GROUP),
        chat(kind=PartyKind.CHANNEL),
        chat(addressed=False),
    ],
)
async def test_nobody_is_looked_up_who_is_no_person_or_does_not_speak_to_us(
    asks: CustomerEnricher, book: Book, of: Message
) -> None:
    assert await outcome(asks, of, ()) == "nothing"
    assert book.asked == []


async def test_answers_are_remembered_for_their_time(asks: CustomerEnricher, book: Book, clock: ManualClock) -> None:
    stranger = message(sender=party("bob@mail.test"))
    for _ in range(3):
        assert await outcome(asks, message()) == "pass"
        assert await outcome(asks, stranger) == "none"
    assert len(book.asked) == 2
    clock.advance(61)
    assert await outcome(asks, message()) == "pass"
    assert await outcome(asks, stranger) == "none"
    assert len(book.asked) == 3
    clock.advance(240)
    assert await outcome(asks, message()) == "pass"
    assert len([who for who in book.asked if who == ProvenMail("ann@mail.test")]) == 2


async def test_no_more_is_remembered_than_there_is_room_for(
    asks: CustomerEnricher, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrich, "KEPT", 2)
    for name in ("a", "b", "c", "c", "b", "a"):
        await outcome(asks, message(sender=party(f"{name}@mail.test")))
    assert [who.address for who in book.asked if isinstance(who, ProvenMail)] == [f"{x}@mail.test" for x in "abca"]


async def test_could_not_check_is_not_remembered_and_a_circuit_opens(
    asks: CustomerEnricher, book: Book, clock: ManualClock, told: list[GatewayError | None]
) -> None:
    book.fails = TransientError("it is away")
    for _ in range(OPENS_AFTER + 5):
        assert await outcome(asks, message()) == "could_not_check"
    assert len(book.asked) == OPENS_AFTER
    assert told == [book.fails] * OPENS_AFTER
    clock.advance(RESTS.total_seconds())
    assert [await outcome(asks, message()) for _ in range(3)] == ["could_not_check"] * 3
    assert len(book.asked) == OPENS_AFTER + 1, "one trial a rest"
    book.fails = None
    clock.advance(RESTS.total_seconds())
    assert await outcome(asks, message()) == "pass"
    assert told[-1] is None


async def test_after_a_rest_one_trial_is_made_and_nobody_waits_beside_it(
    asks: CustomerEnricher, book: Book, clock: ManualClock
) -> None:
    book.fails = TransientError("it is away")
    for _ in range(OPENS_AFTER):
        await outcome(asks, message())
    clock.advance(RESTS.total_seconds())
    book.gate = asyncio.Event()
    people = [message(sender=party(f"{name}@mail.test")) for name in "abc"]
    tasks = [asyncio.create_task(outcome(asks, each)) for each in people]
    for _ in range(5):
        await asyncio.sleep(0)
    assert [task.done() for task in tasks] == [False, True, True]
    book.gate.set()
    await asyncio.gather(*tasks)
    assert len(book.asked) == OPENS_AFTER + 1


async def test_who_is_no_customer_himself_is_known_by_what_is_proven_to_be_the_same_persons(
    book: Book, clock: ManualClock
) -> None:
    links: dict[Who, Sequence[Who]] = {
        PlatformAccount("telegram", "7001"): (PlatformAccount("x", "9"), ProvenMail("ann@mail.test"))
    }

    async def linked(who: Who) -> Sequence[Who]:
        return links.get(who, ())

    asks = CustomerEnricher(book, clock, timedelta(minutes=5), timedelta(minutes=1), linked=linked)
    (fact,) = await asks.facts_of(chat(), ())
    assert customer_in([fact]) == ANN
    assert (fact.subject, fact.reason) == (
        "telegram:7001",
        "Known by another account that is proven to be the same person's.",
    )
    assert await outcome(asks, chat("7002"), ()) == "none"
    links.clear()
    assert await outcome(asks, chat(), ()) == "none", "a link that is gone is remembered by nobody"


async def test_who_is_asked_for_at_once_is_asked_for_once(asks: CustomerEnricher, book: Book) -> None:
    book.gate = asyncio.Event()
    tasks = [asyncio.create_task(outcome(asks, message())) for _ in range(5)]
    await asyncio.sleep(0)
    book.gate.set()
    assert await asyncio.gather(*tasks) == ["pass"] * 5
    assert len(book.asked) == 1


async def test_whoever_is_cut_off_leaves_the_question_to_the_next(asks: CustomerEnricher, book: Book) -> None:
    book.gate = asyncio.Event()
    first = asyncio.create_task(outcome(asks, message()))
    await asyncio.sleep(0)
    second = asyncio.create_task(outcome(asks, message()))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    book.gate.set()
    assert await second == "pass"
    assert len(book.asked) == 2


async def test_that_nobody_is_linked_is_remembered_as_long_as_the_exchanges_word(
    book: Book, clock: ManualClock
) -> None:
    wanted: list[Who] = []
    found: list[Sequence[Who] | None] = [None, (), (ProvenMail("ann@mail.test"),)]

    async def linked(who: Who) -> Sequence[Who] | None:
        wanted.append(who)
        return found[min(len(wanted), len(found)) - 1]

    asks = CustomerEnricher(book, clock, timedelta(minutes=5), timedelta(minutes=1), linked=linked)
    assert [await outcome(asks, chat(), ()) for _ in range(4)] == ["none"] * 4
    assert len(wanted) == 2, "a store that did not answer is asked again, and then no more"
    clock.advance(61)
    assert [await outcome(asks, chat(), ()) for _ in range(2)] == ["pass"] * 2
    assert len(wanted) == 4, "whoever is linked is looked for each time: links are let go"
