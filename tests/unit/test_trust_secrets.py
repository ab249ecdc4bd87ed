"""Keys, passwords, codes and cards are found by form or by what stands around them; what is public never is."""

import hashlib
import random
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.secrets import LABELS, Secret, find_secrets, mask, masked, read_patterns
from gateway.trust.secrets.checksums import BITCOIN, RIPPLE, luhn
from gateway.trust.secrets.find import OVERLAP, WINDOW

_CHANCE = random.Random(6)
HEX = _CHANCE.randbytes(32).hex()
"""A made-up number of 64 hexadecimal digits."""


def encoded(payload: bytes, alphabet: str = BITCOIN, check: bool = True) -> str:
    """Return bytes in base58, with a checksum."""
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] if check else payload
    value, text = int.from_bytes(data, "big"), ""
    while value:
        value, digit = divmod(value, 58)
        text = alphabet[digit] + text
    return alphabet[0] * (len(data) - len(data.lstrip(b"\0"))) + text


def chance(size: int) -> bytes:
    return _CHANCE.randbytes(size)


def key_pair() -> bytes:
    seed = chance(32)
    return seed + Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


PAIR = key_pair()
WIF = encoded(b"\x80" + chance(32) + b"\1")
EXTENDED = bytes.fromhex("0488ade4") + chance(41)

FOUND = [
    ("private_key", encoded(b"\x80" + chance(32))),
    ("private_key", WIF),
    ("private_key", encoded(b"\xef" + chance(32) + b"\1")),
    ("private_key", encoded(b"\x01\x42\xc0" + chance(36))),
    ("private_key", encoded(b"\x21" + chance(16), RIPPLE)),
    ("private_key", encoded(PAIR, check=False)),
    ("private_key", str(list(PAIR))),
    ("extended_key", encoded(EXTENDED + b"\0" + chance(32))),
    ("extended_key", encoded(bytes.fromhex("04b2430c") + chance(41) + b"\0" + chance(32))),
    ("private_key", f"private keys:\n{HEX}\n{HEX[::-1]}"),
    ("private_key", f"PK={HEX}"),
    ("private_key", f"privateKey: '0x{HEX}'"),
    ("private_key", f"0x{HEX} is my key please import"),
    ("private_key", f"https://wallet.test/import?privatekey={HEX}"),
    ("private_key", f"我的私钥是{HEX}"),
    ("private_key", f"我的私鑰：{HEX}"),
    ("private_key", f"mi clave privada es {HEX}"),
    ("private_key", f"minha chave privada {HEX}"),
    ("private_key", f"приватный ключ: {HEX}"),
    ("private_key", f"özel anahtarım {HEX}"),
    ("private_key", f"khóa riêng tư: {HEX}"),
    ("private_key", f"kunci pribadi saya {HEX}"),
    ("private_key", f"المفتاح الخاص {HEX}"),
    ("private_key", f"clé privée : {HEX}"),
    ("private_key", f"mein privater Schlüssel: {HEX}"),
    ("private_key", f"秘密鍵は{HEX}です"),
    ("private_key", f"개인키: {HEX}"),
    (
        "keystore",
        f'{{"address":"{HEX[:40]}","crypto":{{"ciphertext":"{HEX}","kdf":"scrypt","mac":"{HEX}"}},"version":3}}',
    ),
    ("pem_key", f"-----BEGIN PRIVATE KEY-----\n{HEX}\n-----END PRIVATE KEY-----"),
    ("pem_key", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{HEX}\n{HEX}"),
    ("totp_seed", "otpauth://totp/Examplex:bob?secret=MFRGGZDFMZTWQ2LK&issuer=Examplex"),
    ("totp_seed", "google authenticator key: MFRG GZDF MZTW Q2LK"),
    ("totp_seed", "谷歌验证器密钥 MFRGGZDFMZTWQ2LK"),
    ("api_secret", "apiSecret: 'q1W2e3R4t5Y6u7I8o9P0aSdF'"),
    ("api_secret", "Secret key = q1W2e3R4t5Y6u7I8o9P0aSdF"),
    ("api_secret", "AKIA" + "A1B2C3D4E5F6G7H8"),
    ("api_secret", "密钥: q1W2e3R4t5Y6u7I8o9P0aSdF"),
    ("password", "password: hunter2"),
    ("password", "my password is hunter2, ok?"),
    ("password", "My PIN is 1234"),
    ("password", "密码是abc12345"),
    ("password", "我的密碼：Abc@123"),
    ("password", "mi contraseña es Perro.2020"),
    ("password", "senha: gato99"),
    ("password", "мой пароль qwe12345"),
    ("password", "şifrem: abc1234"),
    ("password", "mật khẩu của tôi là abc123!"),
    ("password", "kata sandi saya: rahasia1"),
    ("password", "كلمة المرور: abc123"),
    ("password", "mot de passe : soleil77"),
    ("password", "Passwort ist Sommer2020!"),
    ("password", "パスワードは「abc123」です"),
    ("password", "비밀번호는 abc123 입니다"),
    ("one_time_code", "my 2fa code is 746002"),
    ("one_time_code", "583920 is your verification code"),
    ("one_time_code", "验证码是 583920"),
    ("one_time_code", "驗證碼：583920"),
    ("one_time_code", "código de verificación: 583920"),
    ("one_time_code", "código de verificação 583920"),
    ("one_time_code", "код из смс: 4839"),
    ("one_time_code", "doğrulama kodu 583920"),
    ("one_time_code", "mã OTP là 583920"),
    ("one_time_code", "kode OTP saya 583920"),
    ("one_time_code", "رمز التحقق 583920"),
    ("one_time_code", "code de vérification : 583920"),
    ("one_time_code", "Bestätigungscode 583 920"),
    ("one_time_code", "認証コードは583920です"),
    ("one_time_code", "인증번호 [583920]"),
    ("card_number", "4111 1111 1111 1111"),
    ("card_number", "my card 4111111111111111 was declined"),
    ("card_number", "卡号：5555555555554444"),
    ("card_number", "3782 822463 10005"),
    ("card_number", "CVV: 737"),
]

PUBLIC = [
    HEX,
    f"0x{HEX}",
    f"https://explorer.test/tx/0x{HEX}",
    f"I never shared my private key. The tx is {HEX}",
    f"交易哈希 {HEX}",
    f"хэш транзакции {HEX}",
    f"sha256: {HEX}  firmware.bin",
    f"my public key {HEX}",
    f"password: 0x{HEX[:40]}",
    f"private key of 0x{HEX[:40]}?",
    f"private key of {encoded(bytes(1) + chance(20))}?",
    f"private key of {encoded(bytes(1) + chance(20), RIPPLE)}?",
    f"secret key {encoded(chance(32), check=False)}",
    f"{encoded(chance(64), check=False)} is a signature of Solana",
    encoded(bytes.fromhex("0488b21e") + chance(41) + b"\2" + chance(32)),
    "case GH-7K3MQ-9Q2XZ, password: GH-7K3MQ-9Q2XZ",
    "api key: bc1q" + "qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9"[:38],
    "my uid is 4111111111111111",
    "order 4111 1111 1111 1111",
    "4111 1111 1111 1112",
    "5555555555554444",
    "IBAN DE89 3704 0044 0532 0130 00",
    "verification code not received for order 583920",
    "I did not get the sms code, my phone is +49 151 23456789",
    "验证码收不到，订单号 12345678",
    "promo code is 583920",
    "код ошибки 583920",
    "the verification code arrives after 1000 seconds",
    "My password is wrong, please help",
    "I forgot my password: how can I reset it?",
    "password changed: 2024-05-01 12:00",
    "The cost of the one day pass is $400",
    "пароль не подходит",
    "我忘记密码是什么了",
    "The API secret is shown once only",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    str(list(range(1, 65))),
]


@pytest.mark.parametrize(("kind", "text"), FOUND, ids=lambda value: value[:24])
def test_secret_is_found_and_masking_twice_is_masking_once(kind: str, text: str) -> None:
    once, secrets = mask(text)
    assert kind in {secret.kind for secret in secrets}
    assert mask(once) == (once, ())
    assert HEX not in once


@pytest.mark.parametrize("text", PUBLIC, ids=lambda value: value[:24])
def test_what_is_public_stays(text: str) -> None:
    assert mask(text) == (text, ())


def test_only_the_secret_is_replaced() -> None:
    assert mask("login: bob password: hunter2, please help") == (
        "login: bob password: [removed: password], please help",
        (Secret("password", 21, 28, 0.8),),
    )
    assert mask(f"key {WIF} for {encoded(bytes(1) + bytes(20))}")[0] == (
        f"key [removed: private key] for {encoded(bytes(1) + bytes(20))}"
    )


def test_overlapping_secrets_become_one_of_the_kind_that_tells_most() -> None:
    secrets = (Secret("password", 3, 9, 0.9), Secret("private_key", 2, 6, 0.5), Secret("password", 12, 13, 0.5))
    assert masked("0123456789abcdef", secrets) == "01[removed: private key]9ab[removed: password]def"


def test_keystore_is_masked_from_brace_to_brace() -> None:
    crypto = f'{{"ciphertext":"{HEX}","kdf":"scrypt"}}'
    assert (
        mask(f'my file {{"version":3,"crypto":{crypto}}} ok')[0]
        == 'my file {"version":3,"crypto":[removed: keystore]} ok'
    )


@pytest.mark.parametrize("place", [0, WINDOW - 40, WINDOW - OVERLAP - 20, WINDOW - 1, 2 * (WINDOW - OVERLAP) + 7])
def test_secret_at_the_edge_of_a_window_is_found(place: int) -> None:
    text = ("la " * (place // 3 + 1))[:place] + f" {WIF} " + "la " * 30_000
    assert mask(text)[0] == text.replace(WIF, "[removed: private key]")


def test_identity_numbers_are_found_by_the_operators_patterns_alone() -> None:
    patterns = read_patterns([r"\d{3}-\d{2}-\d{4}", r"[A-Z]{2}\d{6}[A-D]?"])
    text = "mine is 123-45-6789 or AB123456C, order XX-123-45-67890, 123-45-67891"
    assert mask(text) == (text, ())
    assert mask(text, patterns)[0] == text.replace("123-45-6789 ", "[removed: identity number] ").replace(
        "AB123456C", "[removed: identity number]"
    )


@pytest.mark.parametrize("pattern", [r"(\d+)+x", r"\d*", r"(a{2}){9}", r"a{3,}", "(", "x?", "a" * 201, r"\d{1,900}"])
def test_pattern_that_may_take_long_or_match_nothing_is_refused_with_a_sentence(pattern: str) -> None:
    with pytest.raises(ValueError, match="identity number pattern"):
        read_patterns([pattern])


PIECES = st.sampled_from([*(text for _, text in FOUND), *PUBLIC, *(f"[removed: {label}]" for label in LABELS.values())])
WORDS = st.sampled_from(
    [
        "password",
        "is",
        ":",
        "key",
        "private",
        "tx",
        "hash",
        "otp",
        "code",
        "583920",
        HEX,
        "seed phrase",
        "abandon",
        "1.",
        "\n",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, WORDS, st.text(max_size=12)), max_size=14).map(" ".join)


@settings(derandomize=True, max_examples=250, deadline=None)
@given(TEXTS)
def test_masking_changes_nothing_else_and_twice_is_once(text: str) -> None:
    once, secrets = mask(text)
    assert mask(once) == (once, ())
    here, pattern = 0, ""
    for secret in secrets:
        assert here <= secret.start < secret.end <= len(text)
        pattern += re.escape(text[here : secret.start]) + re.escape(f"[removed: {LABELS[secret.kind]}]")
        here = secret.end
    assert re.fullmatch(pattern + re.escape(text[here:]), once)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    find_secrets(text)


ADDRESSES = st.one_of(
    st.binary(min_size=20, max_size=20).map(lambda data: encoded(b"\0" + data)),
    st.binary(min_size=20, max_size=20).map(lambda data: encoded(b"\x05" + data)),
    st.binary(min_size=20, max_size=20).map(lambda data: encoded(b"\x41" + data)),
    st.binary(min_size=20, max_size=20).map(lambda data: encoded(b"\0" + data, RIPPLE)),
    st.binary(min_size=20, max_size=20).map(lambda data: "0x" + data.hex()),
    st.binary(min_size=32, max_size=32).map(lambda data: encoded(b"\1" + data[1:], check=False)),
    st.text("qpzry9x8gf2tvdw0s3jn54khce6mua7l", min_size=38, max_size=38).map(lambda text: f"bc1q{text}"),
    st.text("qpzry9x8gf2tvdw0s3jn54khce6mua7l", min_size=98, max_size=98).map(lambda text: f"addr1{text}"),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=46, max_size=46).map(
        lambda text: f"EQ{text}"
    ),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=55, max_size=55).map(lambda text: f"G{text}"),
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    ADDRESSES,
    st.sampled_from(["{}", "my address is {}", "private key of {}", "password: {}", "api secret: {}", "2fa key {}"]),
)
def test_no_public_address_is_ever_masked(address: str, form: str) -> None:
    assert find_secrets(form.format(address)) == ()


def test_luhn_agrees_with_the_example_of_the_standard() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
