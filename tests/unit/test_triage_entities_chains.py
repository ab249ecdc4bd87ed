"""Addresses and hashes are known by the published vectors of each chain's checksum; one letter more or less is none."""

from __future__ import annotations

import pytest

from gateway.triage.entities.bech32 import bech32, is_cash_address, is_segwit
from gateway.triage.entities.chains import account_networks, address_networks, hash_networks
from gateway.triage.entities.keccak import is_checksummed, keccak_256

VALID = {
    # The first block's, BIP 142, the documentation of Bitcoin.
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "bitcoin",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy": "bitcoin,litecoin",
    # BIP 173 and BIP 350.
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "bitcoin",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y": "bitcoin",
    "BC1SW50QGDZ25J": "bitcoin",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs": "bitcoin",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bitcoin",
    # The specification of Bitcoin Cash's addresses.
    "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a": "bitcoin-cash",
    "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy": "bitcoin-cash",
    "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq": "bitcoin-cash",
    # EIP-55, in capitals, in small letters, and mixed.
    "0x52908400098527886E0F7030069857D2E4169EE7": "evm",
    "0xde709f2102306220921060314715629080e2fb77": "evm",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": "evm",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359": "evm",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB": "evm",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb": "evm",
    # The contracts of USDT on TRON and of USDC on Solana; the accounts of the XRP Ledger's documentation.
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "tron",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v": "solana",
    "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh": "xrp",
    "rrrrrrrrrrrrrrrrrrrrrhoLvTp": "xrp",
    "rrrrrrrrrrrrrrrrrrrrBZbvji": "xrp",
    # CIP-19, and addresses of Cardano's first era.
    "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq83"
    "5lu7drv2xwl2wywfgse35a3x": "cardano",
    "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8": "cardano",
    "DdzFFzCqrhsezC9SyLoC9Tk9m74ZCoku4JLgZQoeLv3FGCeq1gsHEagNMPeUMMjvXiJSXgWzvFoqvkW7"
    "511NXMv58vFeQmNtfGPzoAak": "cardano",
    "Ae2tdPwUPEZFRbyhz3cpfC2CumGzNkFBN2L42rcUc2yjQpEkxDbkPodpMAi": "cardano",
    # The documentation of TON.
    "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF": "ton",
    "UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA": "ton",
    "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e": "ton",
    # Of these chains' own explorers.
    "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1": "litecoin",
    "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9": "litecoin",
    "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L": "dogecoin",
    "cosmos1hsk6jryyqjfhp5dhc55tc9jtckygx0eph6dd02": "cosmos",
}

WRONG = (
    # BIP 350: bech32m where bech32 belongs and the other way round, mixed capitals, sizes, versions, padding.
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "bc1gmk9yu",
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    # Words and values of other kinds.
    "thisisaverylongwordwithoutanydigitatall",
    "THISISAVERYLONGWORD12345678901234567890A",
    "838b09fbd9fc9a117bf0fcd765e3a8bed6454110",
)  # fmt: skip


@pytest.mark.parametrize(("value", "networks"), VALID.items())
def test_published_addresses_are_known(value: str, networks: str) -> None:
    assert ",".join(address_networks(value)) == networks


@pytest.mark.parametrize("value", [value for value in VALID if value[:2] not in ("0x", "0:", "EP")])
def test_one_wrong_letter_is_seen(value: str) -> None:
    for place in range(len(value) // 2, len(value)):
        other = "q" if value[place] not in "qQ" else "p"
        wrong = value[:place] + (other.upper() if value.isupper() else other) + value[place + 1 :]
        assert address_networks(wrong) == ()
    assert address_networks(value[:-1]) == ()


@pytest.mark.parametrize("value", WRONG)
def test_what_is_none_is_none(value: str) -> None:
    assert address_networks(value) == ()


def test_a_capital_in_the_wrong_place_is_seen() -> None:
    good = "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    for place, letter in enumerate(good):
        if letter.isalpha():
            assert address_networks(f"0x{good[:place]}{letter.swapcase()}{good[place + 1 :]}") == ()


def test_keccak_by_its_published_hashes() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    fox = b"The quick brown fox jumps over the lazy dog"
    assert keccak_256(fox).hex() == "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
    # One block to the brim takes a second one for the padding.
    assert len({keccak_256(b"a" * size) for size in range(130, 280)}) == 150


def test_checksums_of_addresses_by_eip_55() -> None:
    assert is_checksummed("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    assert not is_checksummed("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")


@pytest.mark.parametrize(
    ("text", "modified"),
    [
        ("A12UEL5L", False),
        ("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", False),
        ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", False),
        ("A1LQFN3A", True),
        ("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", True),
        ("?1v759aa", True),
    ],
)
def test_bech32_by_the_vectors_of_its_standards(text: str, modified: bool) -> None:
    decoded = bech32(text)
    assert decoded is not None
    assert decoded[2] is modified
    assert bech32(text[:-1] + ("q" if text[-1] != "q" else "p")) is None


@pytest.mark.parametrize("text", ["", "1", "1nwldj5x", "pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8x"])
def test_what_is_no_bech32(text: str) -> None:
    decoded = bech32(text)
    assert decoded is None or not decoded[1]


def test_the_prefix_belongs_to_the_checksum() -> None:
    assert not is_segwit("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "ltc")
    assert not is_cash_address("bchtest:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a")


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        ("ab" * 32, "bitcoin,bitcoin-cash,cardano,dogecoin,litecoin,ton,tron,xrp"),
        ("AB" * 32, "bitcoin,bitcoin-cash,cardano,cosmos,dogecoin,litecoin,ton,tron,xrp"),
        ("0x" + "ab" * 32, "aptos,evm,sui"),
        ("5Ctpt8WvmMJX3vY5EPo8ud6NiatLKLE7EUFAQqEjbVYAFMsAFjS18FnpDcHpdwXZDKgBEPGM4A6a8w3KqUHW11j7", "solana"),
        ("5BFygWrLTuE+hep2purwdAZfkNNdNT+JgzainAY9qlA=", "ton"),
        ("5BFygWrLTuE-hep2purwdAZfkNNdNT_JgzainAY9qlA=", "ton"),
        ("ab" * 31, ""),
        ("ab" * 33, ""),
        ("0x" + "ab" * 31, ""),
        ("0x" + "ag" * 32, ""),
        ("A" * 88, ""),
    ],
)
def test_a_hash_is_known_by_its_form(value: str, networks: str) -> None:
    assert ",".join(hash_networks(value)) == networks


def test_an_account_is_a_hash_until_somebody_calls_it_an_address() -> None:
    assert account_networks("0x" + "ab" * 32) == ("aptos", "sui")
    assert account_networks("ab" * 32) == ()
