"""On the labelled sets nearly every entity is found and nearly nothing else; and no hash is ever taken for a secret."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

import pytest

from gateway.trust.masking import clean, mask_message
from gateway.trust.secrets import find_secrets
from tests.builders import message
from tests.entities_eval import SETS, marked, rows, score

PRECISION, RECALL = 0.99, 0.98
GENERATED = 5_000
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

TEMPLATES = (
    "{}",
    "txid {} where is my money?",
    "My deposit has not arrived, hash: {}. UID 48210734",
    "TXID: {}\nMemo: 63521785\nNetwork: TRC20",
    "I sent 350.75 USDT yesterday, here is the transaction {} please check my wallet",
    "https://tronscan.org/#/transaction/{}",
    "充值没到账，哈希{}，请处理",
    "區塊鏈交易{}已確認三十次",
    "el hash de la transacción es {} y no llega",
    "o hash {} não aparece na minha carteira",
    "хеш транзакции {} деньги не пришли",
    "işlem hash'i {} hâlâ gelmedi",
    "mã giao dịch {} chưa vào ví",
    "hash transaksi {} belum masuk ke dompet saya",
    "رقم المعاملة {} ولم يصل المبلغ إلى محفظتي",
    "le hash est {} et rien dans mon portefeuille",
    "der Hash {} ist bestätigt, auf dem Konto ist nichts",
    "ハッシュは{}です。ウォレットに届きません",
    "해시 {} 지갑에 안 들어왔어요",
    "I changed my password yesterday. Deposit {} is missing",
    "txid={} amount=0.25",
)


def spelled(rng: random.Random) -> str:
    """Return a hash as one of the chains writes it."""
    body = rng.randbytes(32)
    match rng.randrange(6):
        case 0:
            return body.hex()
        case 1:
            return body.hex().upper()
        case 2:
            return base64.b64encode(body).decode()
        case 3:
            value, letters = int.from_bytes(rng.randbytes(64), "big"), ""
            while value:
                value, place = divmod(value, 58)
                letters = _BASE58[place] + letters
            return letters
    return f"0x{body.hex()}"


def generated() -> Iterator[tuple[str, str]]:
    """Yield texts with a hash each, and the hash."""
    rng = random.Random(9)
    for number in range(GENERATED):
        tx_hash = spelled(rng)
        yield TEMPLATES[number % len(TEMPLATES)].format(tx_hash), tx_hash


@pytest.mark.parametrize("name", SETS)
def test_entities_are_found_where_they_are_marked(name: str) -> None:
    result = score(name)
    assert result.precision >= PRECISION
    assert result.recall >= RECALL


def test_the_sets_are_as_large_as_was_promised() -> None:
    assert sum(len(marked(row)) for name in SETS for row in rows(name)) >= 500


@pytest.mark.parametrize("name", SETS)
def test_no_labelled_hash_is_taken_for_a_secret(name: str) -> None:
    taken = []
    for row in rows(name):
        text = row["text"]
        hashes = {text[each.start : each.end] for each in marked(row) if each.kind == "tx_hash"}
        without = clean(message(text=text), ()).message.text if hashes else ""
        taken += [row["id"] for each in hashes if each not in without]
    assert taken == []


def test_no_generated_hash_is_taken_for_a_secret() -> None:
    assert [text for text, tx_hash in generated() if tx_hash not in mask_message(message(text=text))[0].text] == []


def test_a_private_key_still_is_one() -> None:
    rng = random.Random(10)
    for words in ("my private key is {}", "Private key: {}", "私钥：{}", "приватный ключ {}", "clave privada: {}"):
        for key in (rng.randbytes(32).hex(), f"0x{rng.randbytes(32).hex()}"):
            assert [each.kind for each in find_secrets(words.format(key))] == ["private_key"], words
