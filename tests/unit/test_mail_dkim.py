"""Signatures of mails: which hold, which are not taken, and what a hostile mail may cost."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.enrich.mail.dkim import MAX_SIGNATURES, ONCE, Signed, check_dkim
from gateway.enrich.mail.fields import MAX_HEADER, body_hash, read_original
from gateway.enrich.mail.signature import Found
from gateway.errors import MalformedError
from tests.mail_signing import Private, ed_key, mail, record, rsa_key, signed
from tests.mail_zone import Zone

OKX = "okx.com"
MAIL = mail(
    "From: Ann <ann@okx.com>", "Subject: Where is  my money", "To: desk@examplex.test", body="Hello  there \r\n"
)
RFC_8463 = """\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
"""RFC 8463, appendix A.3, with the keys of A.2."""
RFC_KEYS = {
    "brisbane": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2"
    "jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryO"
    "TIKT+l/K4w3QIDAQAB",
}


def zone(key: Private | None = None, *tags: str, domain: str = OKX) -> Zone:
    return Zone({(f"s1._domainkey.{domain}", "TXT"): [record(key or ed_key(), *tags)]})


async def one(raw: bytes, dns: Zone, at: float = 1_000.0, *, whole: bool = True) -> Signed:
    (found,) = await check_dkim(dns, read_original(raw, whole=whole), OKX, at)
    return found


@pytest.mark.parametrize("key", [ed_key(), rsa_key(2048), rsa_key(1024)], ids=["ed25519", "rsa", "rsa 1024"])
async def test_a_signature_holds(key: Private) -> None:
    raw = signed(MAIL, OKX, key)
    assert await one(raw, zone(key)) == Signed(OKX, Found.PASS)
    assert (await one(raw.replace(b"\r\n", b"\n"), zone(key))).found is Found.PASS
    assert (await one(b"Received: by mx\r\n" + raw + b"\r\n\r\n", zone(key))).found is Found.PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hallo"),
        (b"ann@okx", b"bob@okx"),
        (b"my money", b"your money"),
        (b"there \r\n", b"there\r\nand\r\n"),
    ],
)
async def test_what_was_changed_on_the_way_fails(old: bytes, new: bytes) -> None:
    found = await one(signed(MAIL, OKX, ed_key()).replace(old, new), zone())
    assert found.found is Found.FAIL
    assert found.reason


async def test_the_example_of_the_rfc_holds_with_both_of_its_keys() -> None:
    dns = Zone({(f"{name}._domainkey.football.example.com", "TXT"): [text] for name, text in RFC_KEYS.items()})
    original = read_original(RFC_8463.replace("\n", "\r\n").encode())
    found = await check_dkim(dns, original, "football.example.com", 1_528_637_909)
    assert [each.found for each in found] == [Found.PASS, Found.PASS]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (("t=y",), Found.PASS),
        (("h=sha256:sha1",), Found.PASS),
        (("s=email",), Found.PASS),
        (("s=tlsrpt",), Found.PERMERROR),
        (("h=sha1",), Found.PERMERROR),
        (("n=a note",), Found.PASS),
    ],
)
async def test_what_a_key_is_for(tags: tuple[str, ...], found: Found) -> None:
    assert (await one(signed(MAIL, OKX, ed_key()), zone(None, *tags))).found is found


async def test_a_key_for_its_domain_alone_does_not_speak_below_it() -> None:
    raw = signed(MAIL, OKX, ed_key(), extra=" i=@mail.okx.com;")
    assert (await one(raw, zone())).found is Found.PASS
    assert (await one(raw, zone(None, "t=s"))).found is Found.PERMERROR


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("v=DKIM1; k=ed25519; p=", Found.PERMERROR),
        ("v=DKIM2; k=ed25519; p=AAAA", Found.PERMERROR),
        ("k=ed25519; v=DKIM1; p=AAAA", Found.PERMERROR),
        ("v=DKIM1; k=ed25519; p=AAAA", Found.PERMERROR),
        ("v=DKIM1; k=rsa; p=AAAA", Found.PERMERROR),
        ("v=DKIM1; k=ed25519; p=" + "A" * 60_000, Found.POLICY),
        ("nonsense", Found.PERMERROR),
        ("", Found.PERMERROR),
    ],
)
async def test_keys_that_are_none(text: str, found: Found) -> None:
    dns = Zone({("s1._domainkey.okx.com", "TXT"): [text]})
    assert (await one(signed(MAIL, OKX, ed_key()), dns)).found is found


@pytest.mark.parametrize(("bits", "exponent"), [(768, 65537), (8192, 65537), (2048, 2**63 + 1)])
async def test_keys_that_are_too_weak_or_too_dear_are_not_used(bits: int, exponent: int) -> None:
    public = RSAPublicNumbers(exponent, (1 << bits) - 1).public_key()
    data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(data).decode()}"
    dns = Zone({("s1._domainkey.okx.com", "TXT"): [text]})
    assert (await one(signed(MAIL, OKX, rsa_key()), dns)).found is Found.POLICY


@pytest.mark.parametrize(
    ("extra", "at", "found"),
    [
        (" t=900; x=1100;", 1_000, Found.PASS),
        (" t=900; x=1100;", 1_101, Found.FAIL),
        (" t=1200; x=1100;", 1_000, Found.FAIL),
        (" x=soon;", 1_000, Found.NEUTRAL),
        (" i=@evil.net;", 1_000, Found.NEUTRAL),
        (" i=@notokx.com;", 1_000, Found.NEUTRAL),
        (" d=okx.com;", 1_000, Found.NEUTRAL),
    ],
)
async def test_tags_that_are_against_it(extra: str, at: float, found: Found) -> None:
    assert (await one(signed(MAIL, OKX, ed_key(), extra=extra), zone(), at)).found is found


async def test_a_signature_that_does_not_cover_from_is_none() -> None:
    assert (await one(signed(MAIL, OKX, ed_key(), names=("subject",)), zone())).found is Found.NEUTRAL


async def test_a_signature_of_sha1_is_not_taken() -> None:
    raw = signed(MAIL, OKX, rsa_key()).replace(b"a=rsa-sha256", b"a=rsa-sha1")
    assert (await one(raw, zone(rsa_key()))).found is Found.POLICY


async def test_p43_text_below_what_a_signature_covers_takes_its_worth() -> None:
    raw = signed(MAIL, OKX, ed_key(), length=5)
    assert (await one(raw, zone())).found is Found.POLICY
    whole = signed(MAIL, OKX, ed_key(), length=len(b"Hello there\r\n"))
    assert (await one(whole, zone())).found is Found.PASS
    assert (await one(whole + b"Pay here\r\n", zone())).found is Found.POLICY


ONE_OF_EACH = tuple(
    f"{name.decode().title()}: 1" for name in sorted(ONCE - {b"from", b"subject", b"to", b"content-type"})
)
FULL = mail("From: Ann <ann@okx.com>", "Subject: Money", "To: b@x.test", "Content-Type: text/plain", *ONE_OF_EACH)
ALL = tuple(name.decode() for name in sorted(ONCE))


@pytest.mark.parametrize("name", ALL)
async def test_p43_what_stands_on_top_of_a_signed_mail_is_not_signed(name: str) -> None:
    """A mail that its author signed is sent on with a header of the attacker's on top, which readers take."""
    raw = signed(FULL, OKX, ed_key(), names=ALL)
    assert (await one(raw, zone())).found is Found.PASS
    for written in (name, name.upper(), f"{name} "):
        assert (await one(f"{written}: evil\r\n".encode() + raw, zone())).found is Found.POLICY
    assert (await one(b"Received: by mx\r\nReceived: by mx\r\n" + raw, zone())).found is Found.PASS


async def test_p43_a_header_that_a_signature_is_over_twice_lets_no_other_stand_on_top() -> None:
    raw = signed(MAIL, OKX, ed_key(), names=("from", "subject"), extra=" h=from:subject;")
    assert (await one(raw, zone())).found is Found.NEUTRAL
    twice = b"To: x@x.test\r\n" + MAIL
    assert (await one(signed(twice, OKX, ed_key()), zone())).found is Found.POLICY


async def test_p43_a_signature_that_leaves_the_subject_open_is_not_taken() -> None:
    assert (await one(signed(MAIL, OKX, ed_key(), names=("from", "to")), zone())).found is Found.POLICY
    bare = mail("From: Ann <ann@okx.com>", "To: desk@examplex.test")
    raw = signed(bare, OKX, ed_key(), names=("from", "to"))
    assert (await one(raw, zone())).found is Found.PASS
    assert (await one(b"Subject: Urgent\r\n" + raw, zone())).found is Found.POLICY


@pytest.mark.parametrize("line", [b"Send it to me", b"\r", b": x", b"a b: x", b"--x: y", b"x" * 201 + b": y"])
async def test_p43_a_header_that_readers_end_elsewhere_is_not_taken_as_signed(line: bytes) -> None:
    """Signers pass over such a line; readers take all below it for the text."""
    raw = signed(MAIL, OKX, ed_key())
    assert (await one(raw.replace(b"Subject", line + b"\r\nSubject"), zone())).found is Found.POLICY


def test_the_envelope_line_of_an_mbox_is_no_field() -> None:
    names = [each.name for each in read_original(b"From ann@okx.com Fri Nov 20 12:00:00 2026\r\n" + MAIL).fields]
    assert names == [b"from", b"subject", b"to"]


async def test_no_answer_is_no_verdict() -> None:
    dns = zone()
    dns.silent = {"s1._domainkey.okx.com"}
    assert (await one(signed(MAIL, OKX, ed_key()), dns)).found is Found.TEMPERROR
    assert (await one(signed(MAIL, OKX, ed_key()), zone(), whole=False)).found is Found.TEMPERROR


async def test_of_many_signatures_the_first_and_those_of_the_author_are_checked() -> None:
    raw = signed(MAIL, OKX, ed_key())
    for number in range(3 * MAX_SIGNATURES):
        raw = signed(raw, f"d{number}.evil.net", ed_key())
    dns = zone()
    found = await check_dkim(dns, read_original(raw), OKX, 1_000)
    assert len(found) == MAX_SIGNATURES
    assert found[0] == Signed(OKX, Found.PASS)
    assert sum(dns.asked.values()) == MAX_SIGNATURES


def test_a_header_beyond_bounds_is_not_read() -> None:
    with pytest.raises(MalformedError):
        read_original(b"A: b\r\n" * (MAX_HEADER // 6 + 1) + b"\r\nHello")


@given(st.text(alphabet=" \t\r\nab", max_size=60))
def test_the_relaxed_body_is_as_the_rfc_says_line_by_line(text: str) -> None:
    data = text.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    lines = [b" ".join(filter(None, line.replace(b"\t", b" ").split(b" "))) for line in data.split(b"\r\n")]
    begun = [b" " if line[:1] in (b" ", b"\t") and line.strip(b" \t") else b"" for line in data.split(b"\r\n")]
    wanted = [start + line for start, line in zip(begun, lines, strict=True)]
    while wanted and not wanted[-1]:
        wanted.pop()
    expected = b"".join(line + b"\r\n" for line in wanted)
    assert body_hash(data, relax=True, length=None) == (hashlib.sha256(expected).digest(), len(expected))


@given(st.text(alphabet=" \r\na", max_size=20), st.text(alphabet="\r\n", max_size=20))
def test_the_simple_body_is_as_the_rfc_says(text: str, end: str) -> None:
    data = (text + end).encode()
    wanted = data
    while wanted.endswith(b"\r\n"):
        wanted = wanted[:-2]
    wanted += b"\r\n"
    assert body_hash(data, relax=False, length=None) == (hashlib.sha256(wanted).digest(), len(wanted))


@pytest.mark.parametrize("piece", [b" ", b"\t", b"\r\n", b" \r\n", b"\r", b"a ", b"a\r\n"])
def test_hostile_bodies_cost_what_their_size_does(piece: bytes) -> None:
    """With an expression that looks back, eight million spaces alone would take a day."""
    body = piece * (8_000_000 // len(piece))
    assert body_hash(body, relax=True, length=None)[1] <= len(body) + 2
    assert body_hash(body, relax=False, length=None)[1] <= len(body) + 2
