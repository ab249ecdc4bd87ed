"""Nodes are asked over real HTTP: what they know is read exactly; whatever is wrong with them is "could not check"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from gateway.enrich.chain.bitcoin import BitcoinResolver
from gateway.enrich.chain.evm import MOST_PAYMENTS, EvmResolver
from gateway.enrich.chain.reading import EvmChain, Token, decimal, known_chains, read_token
from gateway.enrich.chain.rpc import Node, open_rpc
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.ports.chains import (
    ChainAnswer,
    NoTransaction,
    Payment,
    Transaction,
    TransactionStatus,
    TransactionUnchecked,
)
from tests.servers.chain_node import BitcoinNode, ChainNode, EvmNode, Mined, Mood

HASH = f"0x{'ab12' * 16}"
TXID = "cd34" * 16
DESK = f"0x{'d' * 40}"
SOMEBODY = f"0x{'e' * 40}"
USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"
BITCOIN_DESK = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TIMEOUT_SECS = 5.0


@pytest.fixture
async def evm() -> AsyncIterator[EvmNode]:
    async with EvmNode() as node:
        yield node


@pytest.fixture
async def bitcoin() -> AsyncIterator[BitcoinNode]:
    async with BitcoinNode() as node:
        yield node


async def ask(
    node: ChainNode, tx_hash: str = HASH, *, chain: EvmChain | None = None, timeout_secs: float = TIMEOUT_SECS
) -> ChainAnswer:
    async with open_rpc([Node(node.url, timeout_secs)]) as (rpc,):
        if isinstance(node, BitcoinNode):
            return await BitcoinResolver("bitcoin", rpc, 2).look_up(tx_hash)
        return await EvmResolver(chain or known_chains()["ethereum"], rpc, 6).look_up(tx_hash)


async def known(node: ChainNode, tx_hash: str = HASH) -> Transaction:
    answer = await ask(node, tx_hash)
    assert isinstance(answer, Transaction), answer
    return answer


@pytest.mark.parametrize(
    ("block", "confirmations", "status"),
    [
        (None, 0, TransactionStatus.PENDING),
        (999, 2, TransactionStatus.PENDING),
        (996, 5, TransactionStatus.PENDING),
        (995, 6, TransactionStatus.CONFIRMED),
        (1, 1_000, TransactionStatus.CONFIRMED),
    ],
)
async def test_confirmations_are_counted_from_the_head(
    evm: EvmNode, block: int | None, confirmations: int, status: TransactionStatus
) -> None:
    evm.mine(Mined(HASH, block, DESK, 10**17))
    found = await known(evm)
    assert (found.confirmations, found.needed, found.status) == (confirmations, 6, status)
    assert found.payments == (Payment(DESK, "0.1", "ETH"),)
    assert found.at == (None if block is None else datetime.fromtimestamp(1_790_000_000 + block, UTC))


async def test_a_node_that_lags_behind_itself_counts_one(evm: EvmNode) -> None:
    evm.mine(Mined(HASH, 1_005, DESK, 1))
    assert (await known(evm)).confirmations == 1


async def test_a_token_is_known_by_its_contract_and_not_by_what_it_calls_itself(evm: EvmNode) -> None:
    fake = f"0x{'f' * 40}"
    evm.mine(Mined(HASH, 990, USDT, 0, ((USDT, DESK, 350_750_000), (fake, DESK, 9 * 10**18))))
    assert (await known(evm)).payments == (
        Payment(DESK, "350.75", "USDT", USDT),
        Payment(DESK, str(9 * 10**18), "", fake),
    )


async def test_a_reverted_transaction_paid_nobody(evm: EvmNode) -> None:
    evm.mine(Mined(HASH, 900, USDT, 5, ((USDT, DESK, 1),), reverted=True))
    found = await known(evm)
    assert (found.status, found.payments, found.confirmations) == (TransactionStatus.REVERTED, (), 101)


async def test_of_a_payment_to_very_many_only_so_many_are_told(evm: EvmNode) -> None:
    evm.mine(Mined(HASH, 900, USDT, 0, tuple((USDT, SOMEBODY, each) for each in range(500))))
    assert len((await known(evm)).payments) == MOST_PAYMENTS


async def test_capitals_in_a_hash_mean_nothing(evm: EvmNode) -> None:
    evm.mine(Mined(HASH, 900, DESK, 1))
    assert isinstance(await ask(evm, "0x" + HASH[2:].upper()), Transaction)


async def test_what_a_chain_does_not_know_is_none(evm: EvmNode, bitcoin: BitcoinNode) -> None:
    assert await ask(evm) == NoTransaction(HASH, "ethereum")
    assert await ask(bitcoin, TXID) == NoTransaction(TXID, "bitcoin")


@pytest.mark.parametrize(
    ("block", "confirmations", "status"),
    [
        (None, 0, TransactionStatus.PENDING),
        (1_000, 1, TransactionStatus.PENDING),
        (995, 6, TransactionStatus.CONFIRMED),
    ],
)
async def test_bitcoin_tells_confirmations_receivers_and_exact_sums(
    bitcoin: BitcoinNode, block: int | None, confirmations: int, status: TransactionStatus
) -> None:
    bitcoin.mine(Mined(TXID, block, BITCOIN_DESK, 12_345_678))
    found = await known(bitcoin, TXID)
    assert (found.confirmations, found.status) == (confirmations, status)
    assert found.payments == (Payment(BITCOIN_DESK, "0.12345678", "BTC"),)


@pytest.mark.parametrize(
    ("mood", "fault"),
    [
        ("garbage", TransientError),
        ("empty", TransientError),
        ("nonsense", TransientError),
        ("huge", TransientError),
        ("limited", TransientError),
        ("refused", AuthError),
        ("moved", ConfigError),
    ],
)
async def test_a_node_that_is_not_well_is_could_not_check(
    evm: EvmNode, bitcoin: BitcoinNode, mood: Mood, fault: type[Exception]
) -> None:
    for node, tx_hash in ((evm, HASH), (bitcoin, TXID)):
        node.mood = mood
        answer = await ask(node, tx_hash)
        assert isinstance(answer, TransactionUnchecked)
        assert isinstance(answer.fault, fault)
        assert "127.0.0.1" in answer.reason
        assert "/rpc" not in answer.reason


async def test_a_node_that_does_not_answer_in_time_is_could_not_check(evm: EvmNode) -> None:
    evm.mood = "hang"
    answer = await ask(evm, timeout_secs=0.05)
    assert isinstance(answer, TransactionUnchecked)
    assert "in time" in answer.reason


async def test_values_that_no_chain_has_are_could_not_check(evm: EvmNode, bitcoin: BitcoinNode) -> None:
    for node, tx_hash in ((evm, HASH), (bitcoin, TXID)):
        node.mood = "strange"
        node.mine(Mined(tx_hash, 900, DESK, 1))
        answer = await ask(node, tx_hash)
        assert isinstance(answer, TransactionUnchecked)
        assert "lots" not in answer.reason


async def test_a_node_of_another_chain_is_could_not_check(evm: EvmNode, bitcoin: BitcoinNode) -> None:
    evm.chain_id, bitcoin.network = 56, "litecoin"
    for node, tx_hash in ((evm, HASH), (bitcoin, TXID)):
        node.mine(Mined(tx_hash, 900, DESK, 1))
        answer = await ask(node, tx_hash)
        assert isinstance(answer, TransactionUnchecked)
        assert isinstance(answer.fault, ConfigError)


async def test_a_node_without_an_index_is_no_proof_that_there_is_none(bitcoin: BitcoinNode) -> None:
    bitcoin.indexed = False
    answer = await ask(bitcoin, TXID)
    assert isinstance(answer, TransactionUnchecked)
    assert "txindex=1" in answer.reason


async def test_which_chain_a_node_is_of_is_asked_once(evm: EvmNode) -> None:
    async with open_rpc([Node(evm.url, TIMEOUT_SECS)]) as (rpc,):
        resolver = EvmResolver(known_chains()["ethereum"], rpc, 6)
        assert (await resolver.check()).ok
        await resolver.look_up(HASH)
        await resolver.look_up(HASH)
    assert [method for method, _ in evm.calls].count("eth_chainId") == 1


async def test_a_check_says_what_is_wrong(evm: EvmNode) -> None:
    evm.chain_id = 5
    async with open_rpc([Node(evm.url, TIMEOUT_SECS)]) as (rpc,):
        report = await EvmResolver(known_chains()["ethereum"], rpc, 6).check()
    assert not report.ok
    assert "chain 5, not 1" in report.checks[0].detail


async def test_credentials_go_where_they_belong(evm: EvmNode, bitcoin: BitcoinNode) -> None:
    nodes = [
        Node(evm.url, TIMEOUT_SECS, token=SecretStr("made-up")),
        Node(bitcoin.url, TIMEOUT_SECS, user="desk", password=SecretStr("made-up")),
    ]
    async with open_rpc(nodes) as (first, second):
        await first.call("eth_chainId")
        await second.call("getblockhash", 0)
    assert evm.headers["authorization"] == "Bearer made-up"
    assert bitcoin.headers["authorization"].startswith("Basic ")
    assert "made-up" not in repr(nodes)


async def test_a_chain_of_an_operators_own(evm: EvmNode) -> None:
    evm.chain_id = 99_999
    contract = f"0x{'7' * 40}"
    evm.mine(Mined(HASH, 900, DESK, 10**18, ((contract, DESK, 1_500),)))
    chain = EvmChain("own", 99_999, "OWN", {contract: Token("PTS", 3)})
    answer = await ask(evm, chain=chain)
    assert isinstance(answer, Transaction)
    assert [(each.amount, each.asset) for each in answer.payments] == [("1", "OWN"), ("1.5", "PTS")]


def test_units_become_decimals_without_loss() -> None:
    assert [decimal(value, 18) for value in (0, 1, 10**18, 1_230_000_000_000_000_000)] == [
        "0",
        "0.000000000000000001",
        "1",
        "1.23",
    ]
    assert decimal(7, 0) == "7"


@pytest.mark.parametrize("told", ["USDT", "/6", "USDT/six", "USDT/99"])
def test_a_token_that_cannot_be_read_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="USDT/6"):
        read_token(told)
