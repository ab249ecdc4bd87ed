"""The brand's own domains: policies, mail servers, DNSSEC and certificates become facts, or stay unchecked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gateway.patrol.domains import OwnDomain, look_at_domains, own_domains
from gateway.patrol.policies import Dmarc, Spf, read_dmarc, read_spf
from gateway.patrol.ports import Certificate, Failed
from gateway.patrol.values import Unseen
from tests.unit.patrol_fakes import NOW, WELL, FakeCertificates, FakeDns, directory

TODAY = date(2026, 11, 20)
SHOWN = Certificate(datetime(2027, 1, 1, tzinfo=UTC), ("examplex.test",), "Made-up Authority", matches=True)
MAIN = OwnDomain("examplex.test", "examplex", mail=True, web=True)


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["v=DMARC1; p=reject"], Dmarc("reject", "reject")),
        (["v=DMARC1;p=REJECT; sp=none ;pct=50"], Dmarc("reject", "none", 50)),
        (["v=DMARC1; p=quarantine; t=y"], Dmarc("quarantine", "quarantine", tests=True)),
        (["v=DMARC1; rua=mailto:a@examplex.test"], Dmarc("none", "none")),
        (["v=DMARC1; p=monitor"], Dmarc("broken", "broken")),
        (["v=DMARC1; p=reject; pct=many"], Dmarc("reject", "reject")),
        (["other=1", "v=DMARC1; p=none"], Dmarc("none", "none")),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], None),
        (["v=DMARC12; p=none"], None),
        ([], None),
    ],
)
def test_dmarc_records(texts: Sequence[str], read: Dmarc | None) -> None:
    assert read_dmarc(texts) == read


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["v=spf1 -all"], Spf("fail")),
        (["V=SPF1 mx a:mail.examplex.test/24 ~ALL"], Spf("softfail", 2)),
        (["v=spf1 include:One.test include:two.test ?all"], Spf("neutral", 2, ("one.test", "two.test"))),
        (["v=spf1 ip4:192.0.2.0/24 exists:%{i}.examplex.test all"], Spf("pass", 1)),
        (["v=spf1 redirect=one.test"], Spf("", 1, (), "one.test")),
        (["v=spf1 redirect=one.test -all"], Spf("fail")),
        (["v=spf1 mx"], Spf("neutral", 1)),
        (["v=spf1 nonsense -all"], Spf("broken")),
        (["v=spf1 -all", "v=spf1 ~all"], Spf("broken")),
        (["v=spf10 -all", "v=spf2.0/pra -all"], None),
    ],
)
def test_spf_records(texts: Sequence[str], read: Spf | None) -> None:
    assert read_spf(texts) == read


async def facts(
    dns: FakeDns, domain: OwnDomain = MAIN, shown: Certificate | Failed = SHOWN
) -> tuple[Mapping[str, str], list[Unseen]]:
    (seen,), unseen = await look_at_domains([domain], dns, FakeCertificates(shown), NOW)
    return seen.facts, unseen


async def test_a_domain_at_which_nothing_is_amiss() -> None:
    found, unseen = await facts(FakeDns(WELL))
    assert unseen == []
    assert found == {
        "state": "there",
        "dmarc": "reject",
        "dmarc_sub": "reject",
        "dmarc_percent": "100",
        "dmarc_at": "examplex.test",
        "spf": "fail",
        "spf_lookups": "2",
        "mx": "mx1.examplex.test, mx2.examplex.test",
        "dnssec": "",
        "certificate_until": "2027-01-01T00:00:00+00:00",
        "certificate_matches": "yes",
        "certificate_doubt": "",
        "certificate_issuer": "Made-up Authority",
    }


async def test_a_domain_that_is_no_more_is_asked_for_nothing_else() -> None:
    dns = FakeDns()
    found, unseen = await facts(dns)
    assert (found, unseen) == ({"state": "absent"}, [])
    assert dns.asked == [("examplex.test", "SOA")]


async def test_a_dns_that_does_not_answer_leaves_no_fact() -> None:
    dns = FakeDns(WELL)
    dns.down = True
    assert await facts(dns) == ({}, [Unseen("examplex.test: DNS", "no answer within 5 seconds")])


async def test_one_question_without_an_answer_leaves_the_other_facts() -> None:
    dns = FakeDns(WELL)
    dns.failing = {"_dmarc.examplex.test", "mail.examplex.test"}
    found, unseen = await facts(dns)
    assert "dmarc" not in found
    assert "spf_lookups" not in found
    assert (found["spf"], found["mx"]) == ("fail", "mx1.examplex.test, mx2.examplex.test")
    assert [each.part for each in unseen] == ["examplex.test: DMARC", "examplex.test: SPF"]


async def test_a_subdomain_has_the_policy_for_subdomains_of_the_nearest_domain_above() -> None:
    dns = FakeDns(
        {
            **WELL,
            ("_dmarc.examplex.test", "TXT"): ["v=DMARC1; p=reject; sp=quarantine"],
            ("a.mail.examplex.test", "A"): ["192.0.2.2"],
        }
    )
    found, _ = await facts(dns, OwnDomain("a.mail.examplex.test", "examplex", mail=True, web=False))
    assert (found["dmarc"], found["dmarc_at"]) == ("quarantine", "examplex.test")
    assert [name for name, kind in dns.asked if name.startswith("_dmarc.")] == [
        "_dmarc.a.mail.examplex.test",
        "_dmarc.mail.examplex.test",
        "_dmarc.examplex.test",
    ]
    assert "certificate_until" not in found


async def test_no_policy_is_not_an_unknown_one() -> None:
    dns = FakeDns({("examplex.test", "SOA"): ["x"]})
    found, unseen = await facts(dns, replace(MAIN, web=False))
    assert (found["dmarc"], found["spf"], found["mx"], unseen) == ("", "", "", [])


async def test_look_ups_of_spf_are_counted_through_includes_and_redirects() -> None:
    wide = " ".join(f"include:s{number}.examplex.test" for number in range(6))
    dns = FakeDns({**WELL, ("examplex.test", "TXT"): [f"v=spf1 {wide} redirect=end.examplex.test"]})
    dns.records |= {(f"s{number}.examplex.test", "TXT"): ["v=spf1 mx -all"] for number in range(6)}
    dns.records["end.examplex.test", "TXT"] = ["v=spf1 a ~all"]
    found, _ = await facts(dns)
    assert (found["spf"], found["spf_lookups"]) == ("softfail", str(6 + 1 + 6 + 1))


async def test_an_include_that_leads_nowhere_breaks_spf_and_a_loop_ends() -> None:
    dns = FakeDns({**WELL, ("examplex.test", "TXT"): ["v=spf1 include:gone.examplex.test -all"]})
    assert (await facts(dns))[0]["spf"] == "broken"
    dns.records["examplex.test", "TXT"] = ["v=spf1 include:examplex.test -all"]
    found, _ = await facts(dns)
    assert (found["spf"], int(found["spf_lookups"]) > 10) == ("fail", True)


async def test_dnssec_is_the_resolvers_word_or_a_key_at_the_parent() -> None:
    dns = FakeDns(WELL)
    dns.validated = {"examplex.test"}
    assert (await facts(dns))[0]["dnssec"] == "yes"
    assert ("examplex.test", "DS") not in dns.asked
    dns.validated = set()
    dns.records["examplex.test", "DS"] = ["1 13 2 00"]
    assert (await facts(dns))[0]["dnssec"] == "yes"


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (replace(SHOWN, matches=False), {"certificate_matches": ""}),
        (replace(SHOWN, doubt="self-signed certificate"), {"certificate_doubt": "self-signed certificate"}),
    ],
)
async def test_what_the_web_server_shows(shown: Certificate, wanted: dict[str, str]) -> None:
    found, _ = await facts(FakeDns(WELL), shown=shown)
    assert {name: found[name] for name in wanted} == wanted


async def test_a_web_server_that_shows_nothing_is_unchecked() -> None:
    found, unseen = await facts(FakeDns(WELL), shown=Failed("the web server could not be reached"))
    assert "certificate_until" not in found
    assert unseen == [Unseen("examplex.test: certificate", "the web server could not be reached")]
    bare = FakeDns({key: value for key, value in WELL.items() if key[1] != "A"})
    _, unseen = await facts(bare)
    assert unseen == [Unseen("examplex.test: certificate", "the name has no address")]


async def test_without_a_resolver_that_is_said_once() -> None:
    seen, unseen = await look_at_domains([MAIN, MAIN], None, None, NOW)
    assert (seen, unseen) == ([], [Unseen("examplex.test and 1 more", "no resolver of the DNS")])


def test_own_domains_are_for_mail_for_the_web_or_for_both() -> None:
    found = own_domains(directory(web=["examplex.test"], mail=["examplex.test", "mail.examplex.test"]), TODAY)
    assert found == (MAIN, OwnDomain("mail.examplex.test", "examplex", mail=True, web=False))
