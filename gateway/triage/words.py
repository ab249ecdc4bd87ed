"""The small evidence beside the profiles: what says nothing of a language, and which characters tell a writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


JARGON = _words(
    "usdt usdc btc eth bnb xrp doge trx ltc bch dai shib pepe avax matic busd bitcoin ethereum tether tron litecoin "
    "ripple solana dogecoin crypto cripto kripto krypto blockchain token tokens coin coins wallet nft defi dex cex "
    "dapp web airdrop staking stake swap kyc aml otp sms qr api app ok okay id uid txid tx hash hashrate mainnet "
    "testnet erc bep trc nonce seed ledger metamask binance bybit okx kraken coinbase telegram twitter whatsapp email "
    "mail login link online offline support admin chat bot ticket deposit withdraw withdrawal transfer spot futures "
    "margin trade trading trader bonus vip apy apr pnl usd eur https http www"
)  # fmt: skip
"""What people write in every language when they write to such a desk. No word that is frequent in one of them for
another reason: `com` is Portuguese, `ada` Indonesian, `sol` Spanish, `ton` French."""


def _characters(codec: str, lead: Iterable[int], trail: Iterable[int]) -> frozenset[str]:
    codes = bytes(byte for pair in product(lead, trail) for byte in pair)
    return frozenset(sign for sign in codes.decode(codec, "ignore") if "\u4e00" <= sign <= "\u9fff")


@dataclass(frozen=True, slots=True)
class Writings:
    """Characters that one standard of several alone has, and that so tell a writing.

    Of the mainland's and Taiwan's: `simplified` and `traditional` ones, nearly all. Of these two and Japan's:
    `japanese` simplifications, and characters made there.
    """

    simplified: frozenset[str]
    traditional: frozenset[str]
    japanese: frozenset[str]


@cache
def writings() -> Writings:
    """Return the telling characters; they are drawn from the codecs when the first text asks for them."""
    mainland = _characters("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))
    taiwan = _characters("big5", range(0xA4, 0xFA), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    japan = _characters("shift_jis", range(0x88, 0xEB), (*range(0x40, 0x7F), *range(0x80, 0xFD)))
    return Writings(mainland - taiwan, taiwan - mainland, japan - mainland - taiwan)
