"""What is encrypted or signed is named as such, and what is only signed is read."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from normalizers.email import NORMALIZER, _signed
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of

UNREAD = "[encrypted message: it cannot be read here]"
ARMOR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA7\n=abcd\n-----END PGP MESSAGE-----"
PKCS7 = b"Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQA=\n"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\n' + PKCS7, "smime"),
        (b"Content-Type: application/x-pkcs7-mime\n" + PKCS7, "smime"),
        (b"Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data\n" + PKCS7, "smime"),
        (
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\n'
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n"
            + ARMOR.encode() + b"\n--b--\n",
            "pgp",
        ),
        (b"\n" + ARMOR.encode() + b"\n", "pgp-inline"),
    ],
)  # fmt: skip
def test_an_encrypted_mail_says_that_nobody_here_can_read_it(body: bytes, value: str) -> None:
    message = message_of(mail.HEAD + body)
    assert message.said("encrypted") == (value,)
    assert "encrypted" in codes(message)
    assert message.text.endswith(UNREAD)
    assert message.said("signed") == ()


def test_words_beside_what_is_encrypted_are_kept() -> None:
    message = message_of(mail.HEAD + f"\nPlease read this:\n\n{ARMOR}\n\nAda\n".encode())
    assert message.said("encrypted") == ("pgp-inline",)
    assert message.text.startswith("Please read this")
    assert UNREAD not in message.text


def test_what_is_quoted_or_attached_encrypts_no_mail() -> None:
    quoted = "\n".join(f"> {line}" for line in ARMOR.splitlines())
    inner = b"Content-Type: message/rfc822\n\nFrom: x@y.test\nContent-Type: application/pkcs7-mime\n" + PKCS7
    for body in (f"\nI cannot read this.\n\n{quoted}\n".encode(), mail.multipart("mixed", b"\nsee\n", inner)):
        message = message_of(mail.HEAD + body)
        assert message.said("encrypted") == ()
        assert "encrypted" not in codes(message)


@pytest.mark.parametrize(
    ("protocol", "value"), [("application/pkcs7-signature", "smime"), ("application/pgp-signature", "pgp")]
)
def test_a_signed_mail_is_read_and_named(protocol: str, value: str) -> None:
    signed = mail.multipart("signed", b"\nMy words\n", f"Content-Type: {protocol}; name=s\n\nx".encode())
    for body in (signed, signed.replace(b"multipart/signed", f'multipart/signed; protocol="{protocol}"'.encode())):
        message = message_of(mail.HEAD + body)
        assert (message.text, message.said("signed"), message.said("encrypted")) == ("My words", (value,), ())
        assert [each.declared_type for each in message.attachments] == [protocol]


def test_a_clear_signed_text_is_named() -> None:
    text = "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhi\n-----BEGIN PGP SIGNATURE-----\n\nx\n"
    assert message_of(mail.HEAD + text.encode()).said("signed") == ("pgp-inline",)


def _opaque(content: bytes) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada")])
    now = datetime(2026, 11, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=90)).sign(key, SHA256())
    )  # fmt: skip
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def test_a_mail_signed_as_one_piece_is_read() -> None:
    content = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nMy words\n--b\nContent-Type: image/gif\n\nGIF89a\n--b--\n"
    )
    data = _opaque(content)
    assert _signed.content_of(data) == content
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
    body = mail.HEAD + head + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)
    message = message_of(body)
    assert (message.text, message.said("signed"), message.said("encrypted")) == ("My words", ("smime",), ())
    assert [each.id for each in message.attachments] == ["0", "1.2"]
    assert NORMALIZER.extract is not None
    assert NORMALIZER.extract(mail.raw_of(body), "1.2") == b"GIF89a"
    for end in range(0, len(data), 7):
        _signed.content_of(data[:end])


def test_content_in_pieces_without_a_length_is_put_together() -> None:
    signed, plain = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
    pieces = b"\x24\x80\x04\x03abc\x04\x82\x00\x02de\x00\x00"
    data = b"\x30\x80" + signed + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + plain + b"\xa0\x80" + pieces
    assert _signed.content_of(data) == b"abcde"
    assert _signed.content_of(data.replace(signed, plain)) == b""
