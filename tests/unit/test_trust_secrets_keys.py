"""A number is a private key where words introduce it as one; near words of theft or transfer it is a transaction."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.trust.secrets import find_secrets, mask
from gateway.trust.secrets.checksums import BITCOIN

_CHANCE = random.Random(11)
HASH = _CHANCE.randbytes(32).hex()


def base58_of(payload: bytes) -> str:
    value, text = int.from_bytes(payload, "big"), ""
    while value:
        value, digit = divmod(value, 58)
        text = BITCOIN[digit] + text
    return text


def signature() -> str:
    """Return 64 made-up bytes in base58, 87 or 88 digits, as Solana writes a signature."""
    return base58_of(bytes([200]) + _CHANCE.randbytes(63))


SIGNATURE = signature()
_SEED = bytes([200]) + _CHANCE.randbytes(31)
KEY_PAIR = base58_of(_SEED + Ed25519PrivateKey.from_private_bytes(_SEED).public_key().public_bytes_raw())

TRANSACTIONS = [
    f"Someone stole my private key and moved my coins: 0x{HASH}",
    f"I imported my private key in trust wallet and the coins sent in 0x{HASH} never arrived",
    f"My secret key was stolen. The thief's transaction 0x{HASH}",
    f"They asked for my seed phrase and then sent this {HASH}",
    f"I lost my private key, all is gone: {HASH}",
    f"My key was hacked and the funds drained {HASH}",
    f"wallet key problem, see 0x{HASH} for details",
    f"My account key is fine. 0x{HASH} is the withdrawal",
    f"0x{HASH} - I lost my key, please help",
    f"0x{HASH} key stolen",
    f"Is my key leaked? look 0x{HASH}",
    f"me robaron la clave privada y movieron mis fondos: 0x{HASH}",
    f"mi clave privada esta segura pero 0x{HASH} no llega",
    f"roubaram minha chave privada e enviaram tudo: {HASH}",
    f"у меня украли приватный ключ и вывели монеты: 0x{HASH}",
    f"приватный ключ я никому не давал, вот 0x{HASH}",
    f"我的私钥被盗，币被转走了：0x{HASH}",
    f"我没有泄露私钥，这笔 0x{HASH} 没到账",
    f"özel anahtarım çalındı: 0x{HASH}",
    f"tôi bị đánh cắp khóa riêng tư và họ đã chuyển {HASH}",
    f"kunci pribadi saya dicuri: 0x{HASH}",
    f"سرقوا المفتاح الخاص ثم اختفت العملات {HASH}",
    f"on a volé ma clé privée et les fonds ont disparu : 0x{HASH}",
    f"mein privater Schlüssel wurde gestohlen: 0x{HASH}",
    f"秘密鍵が盗まれました：0x{HASH}",
    f"개인키를 도난당했어요: 0x{HASH}",
    f"hacked, key stolen: {SIGNATURE}",
    f"My key was leaked, solana {SIGNATURE}",
    f"my wallet's private key and the odd transfer: {SIGNATURE}",
    f"the key for the wallet in question: {SIGNATURE}",
]

KEYS = [
    f"my private key is 0x{HASH}",
    f"private key = {HASH}",
    f"My private key:\n\n0x{HASH}",
    f"private key of my old metamask wallet: 0x{HASH}",
    f"I imported my private key 0x{HASH} and see no coins",
    f"private key in hex format: {HASH}",
    f"the wallet's secret key, here it is: {HASH}",
    f"all my coins were stolen! my private key is {HASH}",
    f'{{"privateKey": "0x{HASH}"}}',
    f"0x{HASH} is my private key",
    f"0x{HASH} (private key)",
    f"вот мой приватный ключ: {HASH}",
    f"мой приватный ключ вот: {HASH}",
    f"私钥如下：{HASH}",
    f"özel anahtarım şu: {HASH}",
    f"개인키는 {HASH} 입니다",
    f"秘密鍵は以下です\n{HASH}",
    f"key: {SIGNATURE}",
    f"private key is {SIGNATURE}",
    f"hacked, key stolen: {KEY_PAIR}",
]


@pytest.mark.parametrize("text", TRANSACTIONS, ids=lambda value: value[:24])
def test_transaction_in_a_report_of_theft_stays(text: str) -> None:
    assert find_secrets(text) == ()


@pytest.mark.parametrize("text", KEYS, ids=lambda value: value[:24])
def test_introduced_key_is_masked(text: str) -> None:
    once, secrets = mask(text)
    assert [secret.kind for secret in secrets] == ["private_key"]
    assert mask(once) == (once, ())
