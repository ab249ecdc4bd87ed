"""Chains of seals over mails: which hold, and whose word on a mail's sender they carry."""

from __future__ import annotations

import pytest

from gateway.enrich.mail.arc import MAX_CHECKED, check_arc
from gateway.enrich.mail.fields import read_original
from gateway.enrich.mail.signature import Found
from tests.mail_signing import ed_key, mail, record, rsa_key, sealed
from tests.mail_zone import Zone

MAIL = mail("From: Ann <ann@okx.com>", "Subject: Money")
PASSED = "dmarc=pass header.from=okx.com"


def zone(*domains: str) -> Zone:
    return Zone({(f"s1._domainkey.{domain}", "TXT"): [record(ed_key())] for domain in domains})


async def test_a_chain_holds_and_tells_who_sealed_what() -> None:
    raw = sealed(sealed(MAIL, "list.test", ed_key(), PASSED), "relay.test", ed_key(), "arc=pass")
    chain = await check_arc(zone("list.test", "relay.test"), read_original(raw))
    assert chain.found is Found.PASS
    assert chain.names_author
    assert [each.sealer for each in chain.links] == ["list.test", "relay.test"]
    assert chain.links[0].results.strip() == f"list.test; {PASSED}"


async def test_a_mail_without_seals_has_no_chain() -> None:
    assert (await check_arc(zone(), read_original(MAIL))).found is None


async def test_rsa_seals_hold_too() -> None:
    dns = Zone({("s1._domainkey.list.test", "TXT"): [record(rsa_key())]})
    assert (await check_arc(dns, read_original(sealed(MAIL, "list.test", rsa_key(), PASSED)))).found is Found.PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hallo"),
        (b"ann@okx", b"bob@okx"),
        (b"dmarc=pass", b"dmarc=fail"),
        (b"cv=none", b"cv=pass"),
        (b"cv=none", b"cv=fail"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=0"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=99"),
        (b"ARC-Seal: i=1", b"X-Seal: i=1"),
    ],
)
async def test_p43_a_chain_that_somebody_changed_fails(old: bytes, new: bytes) -> None:
    raw = sealed(MAIL, "list.test", ed_key(), PASSED)
    assert old in raw
    chain = await check_arc(zone("list.test"), read_original(raw.replace(old, new, 1)))
    assert chain.found in (Found.FAIL, None)
    assert chain.links == ()


@pytest.mark.parametrize(
    "line", [b"Subject: Urgent", b"Content-Type: multipart/mixed; boundary=x", b"From: x@evil.net"]
)
async def test_p43_what_stands_on_top_of_a_sealed_mail_is_not_sealed(line: bytes) -> None:
    whole = mail("From: Ann <ann@okx.com>", "Subject: Money", "Content-Type: text/plain")
    raw = sealed(whole, "list.test", ed_key(), PASSED, names=("from", "subject", "content-type"))
    assert (await check_arc(zone("list.test"), read_original(raw))).found is Found.PASS
    chain = await check_arc(zone("list.test"), read_original(line + b"\r\n" + raw))
    assert (chain.found, chain.links) == (Found.FAIL, ())


async def test_the_mail_may_change_between_seals_but_not_after_the_last() -> None:
    raw = sealed(MAIL, "list.test", ed_key(), PASSED).replace(b"Hello", b"[list] Hello")
    raw = sealed(raw, "relay.test", ed_key(), "arc=fail")
    assert (await check_arc(zone("list.test", "relay.test"), read_original(raw))).found is Found.PASS
    assert (await check_arc(zone("list.test", "relay.test"), read_original(raw + b"more\r\n"))).found is Found.FAIL


async def test_no_answer_is_no_verdict() -> None:
    dns = zone("list.test")
    dns.silent = {"s1._domainkey.list.test"}
    assert (await check_arc(dns, read_original(sealed(MAIL, "list.test", ed_key(), PASSED)))).found is Found.TEMPERROR


async def test_p43_a_key_that_is_kept_back_hides_no_forged_seal() -> None:
    raw = sealed(sealed(MAIL, "evil.net", ed_key(), PASSED), "list.test", ed_key(), "dmarc=fail")
    dns = zone("list.test")
    dns.silent = {"s1._domainkey.evil.net"}
    assert (await check_arc(dns, read_original(raw))).found is Found.TEMPERROR
    forged = raw.replace(b"list.test; dmarc=fail", b"list.test; dmarc=pass")
    assert forged != raw
    assert (await check_arc(dns, read_original(forged))).found is Found.FAIL


async def test_a_chain_longer_than_any_real_one_is_not_followed() -> None:
    raw = MAIL
    for _ in range(MAX_CHECKED + 1):
        raw = sealed(raw, "list.test", ed_key(), PASSED)
    dns = zone("list.test")
    assert (await check_arc(dns, read_original(raw))).found is Found.FAIL
    assert not dns.asked
