"""The tables `[chains.NAME]`: absent is off, what is written is asked, what cannot work is named with its remedy."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.chains import asking, check_chains, open_chains
from gateway.health import Health
from gateway.settings import SettingsError, chaining, load
from gateway.settings.chaining import ChainTable
from tests.conftest import ManualClock
from tests.desk import CONFIGURATION, Desk
from tests.servers.chain_node import BitcoinNode, EvmNode

NODE = 'kind = "evm-rpc"\nurl = "https://node.example.test/rpc"\nnetwork = "ethereum"\n'
CORE = 'kind = "bitcoin-rpc"\nurl = "http://127.0.0.1:8332/"\nnetwork = "bitcoin"\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    return Desk(tmp_path)


def tables(desk: Desk, text: str) -> Mapping[str, ChainTable]:
    desk.write(f"{CONFIGURATION}{text}\n")
    return load(desk.path).chains


def problems(desk: Desk, text: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        tables(desk, text)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_without_a_table_no_chain_is_asked(desk: Desk) -> None:
    assert load(desk.path).chains == {}


def test_what_is_written_is_what_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_TOKEN", "bearer-of-a-node")
    found = tables(
        desk, f'[chains.eth]\n{NODE}confirmations = 32\ntoken = {{ env = "NODE_TOKEN" }}\n[chains.btc]\n{CORE}'
    )
    assert {name: (each.kind, each.network, each.confirmations) for name, each in found.items()} == {
        "eth": ("evm-rpc", "ethereum", 32),
        "btc": ("bitcoin-rpc", "bitcoin", 12),
    }
    assert "bearer-of-a-node" in load(desk.path).secrets()
    assert "bearer-of-a-node" not in repr(found)


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        (f"[chains.e]\n{NODE}".replace(".test/", ".test:99999/"), "chains.e.url", "port must"),
        ("[chains]\neth = 1", "chains.eth", "must be a table"),
        (f"[chains.Eth]\n{NODE}", "chains.Eth", "small letters"),
        (f"[chains.eth]\n{NODE.replace('https', 'http')}", "chains.eth.url", "https://"),
        (f"[chains.eth]\n{NODE.replace('node.', 'me:pass@node.')}", "chains.eth.url", "leave out the user"),
        (f"[chains.eth]\n{NODE.replace('evm-rpc', 'evm')}", "chains.eth.kind", "evm-rpc"),
        (f"[chains.eth]\n{NODE.replace('ethereum', 'etherium')}", "chains.eth.network", "chain_id and its coin"),
        (f"[chains.btc]\n{CORE.replace('bitcoin', 'bitcoin-cash', 2).replace('bitcoin-cash-rpc', 'bitcoin-rpc')}",
         "chains.btc.network", "write one of: bitcoin, litecoin, dogecoin"),
        (f"[chains.a]\n{NODE}[chains.b]\n{NODE}", "chains.b.network", "chains.a already"),
        (f"[chains.eth]\n{NODE}confirmations = 0", "chains.eth.confirmations", "1"),
        (f"[chains.eth]\n{NODE}confirmation = 3", "chains.eth.confirmation", "confirmations"),
        (f'[chains.eth]\n{NODE}user = "desk"', "chains.eth", "user and password together"),
        (f'[chains.eth]\n{NODE}token = {{ env = "NOT_SET_ANYWHERE" }}', "chains.eth.token", "NOT_SET_ANYWHERE"),
        (f'[chains.eth]\n{NODE}tokens = {{ "0x12" = "USDT/6" }}', "chains.eth.tokens", "40 hexadecimal digits"),
        (f'[chains.eth]\n{NODE}tokens = {{ "0x{"1" * 40}" = "USDT" }}', "chains.eth.tokens", "USDT/6"),
        (f'[chains.btc]\n{CORE}coin = "BTC"', "chains.btc", "for evm-rpc alone"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named(desk: Desk, text: str, path: str, words: str) -> None:
    found = problems(desk, text)
    assert words in found[path]


def test_a_library_that_is_missing_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "find_spec", lambda name: None if name == "httpx" else importlib.util.find_spec(name))
    assert "gatehouse[chains]" in problems(desk, f"[chains.eth]\n{NODE}")["chains"]


async def test_nodes_are_checked_by_their_tables(clock: ManualClock) -> None:
    async with EvmNode(chain_id=56) as evm, BitcoinNode() as bitcoin:
        chains = {
            "eth": ChainTable(kind="evm-rpc", url=evm.url, network="ethereum"),
            "btc": ChainTable(kind="bitcoin-rpc", url=bitcoin.url, network="bitcoin"),
        }
        reports = await check_chains(chains)
        async with open_chains(chains) as resolvers:
            assert [(each.network, each.family) for each in resolvers] == [("ethereum", "evm"), ("bitcoin", "bitcoin")]
            assert asking(resolvers, clock, Health(clock)) is not None
    assert {name: report.ok for name, report in reports.items()} == {"chains.eth": False, "chains.btc": True}


async def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    table = ChainTable(
        kind="evm-rpc", url="https://node.example.test", network="ethereum", ca_file=tmp_path / "none.pem"
    )
    reports = await check_chains({"eth": table})
    assert not reports["chains"].ok
