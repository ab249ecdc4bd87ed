"""A transaction that a message names is asked for on the chains that it can be of; a private key is told to no node."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gateway.case import Fact, FactOutcome, Message
from gateway.enrich import gather
from gateway.enrich.transaction import ABSENT_LASTS, KIND, MOST, PENDING_LASTS, UNCHECKED_LASTS, TransactionEnricher
from gateway.errors import GatewayError, TransientError
from gateway.ports import Report
from gateway.ports.chains import ChainAnswer, NoTransaction, Payment, Transaction, TransactionUnchecked
from tests.builders import message
from tests.conftest import ManualClock

HASH = f"0x{'ab12' * 16}"
TXID = "0123456789abcdef" * 4
AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


class Chain:
    """Answers as it is told, after `gate` where there is one, and counts."""

    def __init__(self, network: str, family: str, confirmations: int | None = None) -> None:
        self.network = network
        self.family = family
        self.confirmations = confirmations
        self.reverted = False
        self.fails: GatewayError | None = None
        self.gate: asyncio.Event | None = None
        self.asked: list[str] = []

    async def check(self) -> Report:
        return Report(())

    async def look_up(self, tx_hash: str) -> ChainAnswer:
        self.asked.append(tx_hash)
        if self.gate is not None:
            await self.gate.wait()
        if self.fails is not None:
            return TransactionUnchecked(tx_hash, self.network, str(self.fails), self.fails)
        if self.confirmations is None:
            return NoTransaction(tx_hash, self.network)
        paid = (
            () if self.reverted else (Payment("0xdesk", "350.75", "USDT", "0xdac1"), Payment("0xelse", "7", "", "0xf"))
        )
        return Transaction(tx_hash, self.network, self.confirmations, 6, self.reverted, paid, AT)


def text(words: str) -> Message:
    return message(text=words)


async def facts(chains: Sequence[Chain], words: str, clock: ManualClock) -> list[Fact]:
    return list(await TransactionEnricher(chains, clock).facts(text(words)))


def told(fact: Fact, name: str) -> list[str]:
    return [item.value for item in fact.evidence if item.name == name]


async def test_what_a_chain_knows_becomes_a_fact(clock: ManualClock) -> None:
    [fact] = await facts([Chain("ethereum", "evm", 2)], f"hash {HASH} please", clock)
    assert (fact.kind, fact.subject, fact.outcome) == (KIND, HASH, FactOutcome.PASS)
    assert {item.name: item.value for item in fact.evidence[:5]} == {
        "network": "ethereum",
        "status": "pending",
        "confirmations": "2",
        "needed": "6",
        "at": "2026-11-20T08:30:00+00:00",
    }
    assert told(fact, "to") == ["0xdesk", "0xelse"]
    assert told(fact, "amount") == ["350.75", "7"]
    assert told(fact, "asset") == ["USDT", ""]


async def test_enough_confirmations_and_none_at_all(clock: ManualClock) -> None:
    for confirmations, status in ((0, "pending"), (2, "pending"), (6, "confirmed")):
        [fact] = await facts([Chain("ethereum", "evm", confirmations)], HASH, clock)
        assert (told(fact, "status"), told(fact, "confirmations")) == ([status], [str(confirmations)])


async def test_a_reverted_transaction_fails(clock: ManualClock) -> None:
    chain = Chain("ethereum", "evm", 100)
    chain.reverted = True
    [fact] = await facts([chain], HASH, clock)
    assert (fact.outcome, told(fact, "status"), told(fact, "to")) == (FactOutcome.FAIL, ["reverted"], [])


async def test_a_hash_goes_to_the_chains_that_it_can_be_of_and_to_no_other(clock: ManualClock) -> None:
    ethereum, polygon, bitcoin = Chain("ethereum", "evm"), Chain("polygon", "evm", 50), Chain("bitcoin", "bitcoin")
    [fact] = await facts([ethereum, polygon, bitcoin], HASH, clock)
    assert told(fact, "network") == ["polygon"]
    assert (ethereum.asked, polygon.asked, bitcoin.asked) == ([HASH], [HASH], [])
    [fact] = await facts([ethereum, polygon, bitcoin], TXID, clock)
    assert (fact.outcome, told(fact, "network"), told(fact, "status")) == (FactOutcome.NONE, ["bitcoin"], ["not_found"])
    assert bitcoin.asked == [TXID]


async def test_what_one_chain_could_not_tell_is_not_none(clock: ManualClock) -> None:
    away = Chain("polygon", "evm")
    away.fails = TransientError("node.test did not answer in time")
    [fact] = await facts([Chain("ethereum", "evm"), away], HASH, clock)
    assert (fact.outcome, fact.reason) == (FactOutcome.COULD_NOT_CHECK, "node.test did not answer in time")


async def test_a_private_key_is_told_to_no_node(clock: ManualClock) -> None:
    chain = Chain("ethereum", "evm", 6)
    assert await facts([chain], f"my private key is {HASH}", clock) == []
    assert await facts([Chain("bitcoin", "bitcoin", 6)], f"Private key: {TXID}", clock) == []
    assert chain.asked == []


async def test_without_a_hash_nothing_is_asked(clock: ManualClock) -> None:
    enricher = TransactionEnricher([Chain("ethereum", "evm", 6)], clock)
    assert not enricher.concerns(text("where is my deposit? 0xab12…9f"))
    assert enricher.concerns(message(subject=HASH, text="?"))
    assert not TransactionEnricher([], clock).concerns(text(HASH))
    assert not enricher.concerns(message(text=HASH).model_copy(update={"addressed": False}))


async def test_of_very_many_only_so_many_are_asked_and_each_once(clock: ManualClock) -> None:
    chain = Chain("bitcoin", "bitcoin", 6)
    hashes = [f"{number:064x}".replace("0", "a") for number in range(1, 9)]
    found = await facts([chain], " ".join(hashes + hashes), clock)
    assert [fact.subject for fact in found] == hashes[:MOST]
    assert chain.asked == hashes[:MOST]


async def test_answers_are_remembered_as_long_as_they_hold(clock: ManualClock) -> None:
    for confirmations, lasts in ((2, PENDING_LASTS), (None, ABSENT_LASTS), (6, timedelta(hours=1))):
        chain = Chain("ethereum", "evm", confirmations)
        enricher = TransactionEnricher([chain], clock)
        await enricher.facts(text(HASH))
        clock.advance(lasts.total_seconds() - 1)
        await enricher.facts(text(HASH.upper().replace("0X", "0x")))
        assert len(chain.asked) == 1
        clock.advance(2)
        await enricher.facts(text(HASH))
        assert len(chain.asked) == 2


async def test_a_node_that_fails_is_left_alone_for_a_while_and_operators_are_told(clock: ManualClock) -> None:
    chain, heard = Chain("ethereum", "evm", 6), []
    chain.fails = TransientError("node.test cannot be asked")
    enricher = TransactionEnricher([chain], clock, lambda network, fault: heard.append((network, fault)))
    for _ in range(3):
        [fact] = await enricher.facts(text(HASH))
        assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert len(chain.asked) == 1
    fault, chain.fails = chain.fails, None
    clock.advance(UNCHECKED_LASTS.total_seconds())
    [fact] = await enricher.facts(text(HASH))
    assert fact.outcome is FactOutcome.PASS
    assert heard == [("ethereum", fault), ("ethereum", None)]


async def test_two_messages_at_once_ask_once(clock: ManualClock) -> None:
    chain = Chain("ethereum", "evm", 6)
    chain.gate = asyncio.Event()
    enricher = TransactionEnricher([chain], clock)
    both = asyncio.gather(enricher.facts(text(HASH)), enricher.facts(text(f"again {HASH}")))
    await asyncio.sleep(0)
    chain.gate.set()
    first, second = await both
    assert first == second
    assert len(chain.asked) == 1


async def test_whoever_is_cut_off_leaves_word_and_the_stage_says_could_not_check(clock: ManualClock) -> None:
    chain = Chain("ethereum", "evm", 6)
    chain.gate = asyncio.Event()
    enricher = TransactionEnricher([chain], clock)
    [fact] = await gather(text(HASH), [enricher], 0.01)
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    [fact] = await enricher.facts(text(HASH))
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert len(chain.asked) == 1
