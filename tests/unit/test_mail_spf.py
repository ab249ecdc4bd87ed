"""SPF beyond what the public suite asks: bounds, odd senders, and no verdict without an answer."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.enrich.mail.spf import Spf, check_spf, sender_domain
from gateway.enrich.mail.spf_record import MAX_RECORD, SyntaxFaultError, read_record
from tests.mail_zone import Zone


async def result(dns: Zone, mail_from: str = "ann@okx.com", helo: str = "mx.okx.com", peer: str = "192.0.2.1") -> Spf:
    return await check_spf(dns, ip_address(peer), mail_from, helo)


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Spf.PASS),
        ("v=spf1 ip4:198.51.100.0/24 -all", Spf.FAIL),
        ("v=spf1 ip4:198.51.100.0/24 ~all", Spf.SOFTFAIL),
        ("v=spf1 ?all", Spf.NEUTRAL),
        ("v=spf1", Spf.NEUTRAL),
        ("v=spf1 +all", Spf.PASS),
        ("v=spf1 all:okx.com", Spf.PERMERROR),
        ("v=spf1 unknown -all", Spf.PERMERROR),
        ("v=spf1 include:nowhere.test -all", Spf.PERMERROR),
        ("v=spf2 -all", Spf.NONE),
        ("no policy", Spf.NONE),
    ],
)
async def test_a_policy(record: str, wanted: Spf) -> None:
    assert await result(Zone({("okx.com", "TXT"): [record]})) is wanted


async def test_the_null_sender_is_judged_by_the_name_in_helo() -> None:
    dns = Zone({("mx.okx.com", "TXT"): ["v=spf1 ip4:192.0.2.1 -all"]})
    assert await result(dns, "<>") is Spf.PASS
    assert await result(dns, "", "") is Spf.NONE
    assert sender_domain("<>", "MX.okx.com") == "mx.okx.com"
    assert sender_domain("<ann@OKX.com>", "mx.evil.net") == "okx.com"


async def test_an_ipv4_peer_in_ipv6_clothes_is_an_ipv4_peer() -> None:
    dns = Zone({("okx.com", "TXT"): ["v=spf1 ip4:192.0.2.1 -all"]})
    assert await result(dns, peer="::ffff:192.0.2.1") is Spf.PASS


@pytest.mark.parametrize("silent", ["okx.com", "_spf.okx.com", "host.okx.com"])
async def test_no_answer_is_no_verdict(silent: str) -> None:
    dns = Zone({
        ("okx.com", "TXT"): ["v=spf1 include:_spf.okx.com a:host.okx.com -all"],
        ("_spf.okx.com", "TXT"): ["v=spf1 ip4:198.51.100.1 -all"],
    })  # fmt: skip
    dns.silent = {silent}
    assert await result(dns) is Spf.TEMPERROR


async def test_what_a_hostile_policy_may_ask_is_bounded() -> None:
    """Ten terms of ten hosts each are all that the RFC allows, whatever a policy leads to."""
    hosts = [f"h{number}.okx.com" for number in range(10)]
    dns = Zone({("okx.com", "TXT"): ["v=spf1 " + "mx " * 30 + "-all"], ("okx.com", "MX"): hosts})
    for host in hosts:
        dns.set(host, "A", "198.51.100.7")
    assert await result(dns) is Spf.PERMERROR
    assert sum(dns.asked.values()) <= 112
    loop = Zone({("okx.com", "TXT"): ["v=spf1 redirect=okx.com"]})
    assert await result(loop) is Spf.PERMERROR
    assert sum(loop.asked.values()) <= 12


@pytest.mark.parametrize(
    "sender", ["ann@", "ann", "@", "ann@[192.0.2.1]", "ann@localhost", "ann@okx..com", "ann@оkx.com"]
)
async def test_senders_without_a_domain_have_no_policy(sender: str) -> None:
    assert await result(Zone(), sender, "") is Spf.NONE


@pytest.mark.parametrize("piece", ["a", ".a", "%{i}", "-", "/", "//1", "a:", "%"])
def test_hostile_records_are_read_or_refused_soon(piece: str) -> None:
    for record in (
        f"v=spf1 a:{piece * 2_000}!",
        f"v=spf1 {(piece * 100 + ' ') * 40}",
        "v=spf1 x=" + piece * MAX_RECORD,
    ):
        with pytest.raises(SyntaxFaultError):
            read_record(record)


@given(st.text(alphabet="ainclude:mxptr4630/.-%{}lodsr =?~+", max_size=80), st.text(max_size=20))
async def test_any_record_and_any_sender_get_some_result(record: str, local: str) -> None:
    dns = Zone({("okx.com", "TXT"): [f"v=spf1 {record}"]})
    assert await result(dns, f"{local}@okx.com") in Spf
