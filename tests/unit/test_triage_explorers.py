"""A hash leads to the explorers of the chains that it can be of, or of the one that the user names, and to no other."""

from __future__ import annotations

import pytest

from gateway.triage.entities import find
from gateway.triage.explorers import links, networks_named, usual, with_own

HASH = f"0x{'ab12' * 16}"
TXID = "0123456789abcdef" * 4
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def of(text: str, own: dict[str, dict[str, str]] | None = None) -> dict[str, str]:
    found = find(text)
    entity = next(each for each in found if each.kind in ("tx_hash", "address"))
    return dict(links(entity, with_own(own or {}), networks_named(found)))


def test_every_chain_of_ours_has_an_explorer() -> None:
    families = {each.family or network for network, each in usual().items()}
    assert families >= {
        "aptos", "bitcoin", "bitcoin-cash", "cardano", "cosmos", "dogecoin", "evm", "litecoin", "solana", "sui", "ton",
        "tron", "xrp",
    }  # fmt: skip
    for each in usual().values():
        assert with_own({"x": {"tx": each.tx, "address": each.address}})


def test_a_hash_leads_to_all_that_it_can_be_of() -> None:
    found = of(f"my hash {TXID}")
    assert set(found) == {"bitcoin", "bitcoin-cash", "cardano", "dogecoin", "litecoin", "ton", "tron", "xrp"}
    assert found["tron"] == f"https://tronscan.org/#/transaction/{TXID}"


def test_the_network_that_is_named_decides() -> None:
    assert of(f"I used TRC20, hash {TXID}") == {"tron": f"https://tronscan.org/#/transaction/{TXID}"}
    assert of(f"{HASH} on Polygon") == {"polygon": f"https://polygonscan.com/tx/{HASH}"}
    # A name that cannot be right decides nothing.
    assert "ethereum" in of(f"{HASH} by TRC20")


def test_an_address_leads_to_addresses() -> None:
    assert of(f"sent to {ETH}, ERC20") == {"ethereum": f"https://etherscan.io/address/{ETH}"}


def test_nothing_else_leads_anywhere() -> None:
    [amount] = find("350 USDT")
    assert links(amount) == ()


def test_an_operators_own_explorer_takes_the_place_of_ours() -> None:
    own = {
        "tron": {"tx": "https://explorer.example/t/{}"},
        "own-chain": {"tx": "https://own.example/{}", "family": "evm"},
    }
    assert of(f"TRC20 {TXID}", own) == {"tron": f"https://explorer.example/t/{TXID}"}
    assert of(HASH, own)["own-chain"] == f"https://own.example/{HASH}"
    assert "tron" not in of(TXID, {"tron": {"tx": ""}})


@pytest.mark.parametrize(
    "addresses",
    [
        {"tx": "http://explorer.example/{}"},
        {"tx": "https://explorer.example/"},
        {"tx": "https://{}/tx"},
        {"tx": "https://explorer.example/{}/{}"},
        {"txs": "https://explorer.example/{}"},
    ],
)
def test_an_explorer_that_cannot_be_used_is_refused(addresses: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="tx"):
        with_own({"tron": addresses})


def test_what_a_hash_holds_cannot_leave_its_place() -> None:
    found = of("hash 5BFygWrLTuE+hep2purwdAZfkNNdNT+JgzainAY9qlA=")
    assert found == {"ton": "https://tonviewer.com/transaction/5BFygWrLTuE%2Bhep2purwdAZfkNNdNT%2BJgzainAY9qlA%3D"}
