"""The DNS and certificates over real sockets of the loopback: what is answered, and why nothing was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.patrol.domains import OwnDomain, look_at_domains
from gateway.patrol.ports import Certificate, Failed, Records
from gateway.patrol.resolving import StubResolver
from gateway.patrol.tls import Handshakes, fits
from gateway.patrol.values import Kind, Subject
from tests.conftest import free_port
from tests.servers.dns_server import DnsServer
from tests.servers.tls_server import Authority, serving
from tests.unit.patrol_fakes import NOW, WELL

UNTIL = datetime(2030, 6, 1, tzinfo=UTC)
PAST = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer.start() as found:
        yield found


def resolver(server: DnsServer, deadline_secs: float = 5.0) -> StubResolver:
    return StubResolver([("127.0.0.1", server.port)], deadline_secs)


async def test_records_are_told_in_presentation_form(server: DnsServer) -> None:
    server.set("examplex.test", "MX", "10 mx1.examplex.test.")
    server.set("examplex.test", "A", "192.0.2.1", "192.0.2.2")
    server.set("examplex.test", "TXT", '"v=spf1 " "mx -all"', '"say \\"no\\""')
    dns = resolver(server)
    assert await dns.ask("examplex.test", "MX") == Records(("10 mx1.examplex.test.",))
    assert await dns.ask("examplex.test", "A") == Records(("192.0.2.1", "192.0.2.2"))
    assert await dns.ask("examplex.test", "TXT") == Records(('say "no"', "v=spf1 mx -all"))


async def test_no_record_and_no_name_are_two_things(server: DnsServer) -> None:
    server.set("examplex.test", "A", "192.0.2.1")
    dns = resolver(server)
    assert await dns.ask("examplex.test", "MX") == Records()
    assert await dns.ask("nobody.test", "MX") == Records(exists=False)


async def test_the_resolvers_word_on_dnssec_is_asked_for(server: DnsServer) -> None:
    server.register("examplex.test", "192.0.2.1")
    server.signed = {"examplex.test"}
    answer = await resolver(server).ask("examplex.test", "SOA")
    assert isinstance(answer, Records)
    assert answer.validated


async def test_a_long_answer_comes_by_tcp(server: DnsServer) -> None:
    texts = [f"{number} {'x' * 200}" for number in range(20)]
    server.set("examplex.test", "TXT", *(f'"{text}"' for text in texts))
    answer = await resolver(server).ask("examplex.test", "TXT")
    assert isinstance(answer, Records)
    assert sorted(answer.values) == sorted(texts)


async def test_a_server_that_fails_or_says_nothing_is_a_reason(server: DnsServer) -> None:
    server.broken, server.silent = {"broken.test"}, {"silent.test"}
    assert await resolver(server).ask("broken.test", "A") == Failed("no DNS server could answer (SERVFAIL)")
    told = await resolver(server, 0.2).ask("silent.test", "A")
    assert told == Failed("the DNS did not answer within 0.2 seconds")
    nobody = StubResolver([("127.0.0.1", free_port())], 0.2)
    assert isinstance(await nobody.ask("examplex.test", "A"), Failed)


async def test_what_is_no_name_is_a_reason(server: DnsServer) -> None:
    assert isinstance(await resolver(server).ask(f"{'x' * 64}.test", "A"), Failed)
    assert isinstance(await resolver(server).ask("a..test", "A"), Failed)


async def look(tmp_path: Path, *names: str, until: datetime = UNTIL, trusted: bool = True) -> Certificate | Failed:
    authority = Authority()
    judge = authority.context() if trusted else None
    async with serving(authority.sign(names, until, tmp_path)) as port:
        return await Handshakes(judge, port).look("www.examplex.test", ["127.0.0.1"])


async def test_a_certificate_that_is_well(tmp_path: Path) -> None:
    names = ("examplex.test", "*.examplex.test")
    assert await look(tmp_path, *names) == Certificate(UNTIL, names, "Made-up Authority", matches=True)


async def test_a_certificate_of_another_host_or_out_of_date_is_read_all_the_same(tmp_path: Path) -> None:
    other = await look(tmp_path, "elsewhere.test")
    assert other == Certificate(UNTIL, ("elsewhere.test",), "Made-up Authority", matches=False)
    ended = await look(tmp_path, "www.examplex.test", until=PAST)
    assert ended == Certificate(PAST, ("www.examplex.test",), "Made-up Authority", matches=True)


async def test_a_certificate_of_nobody_we_trust_says_why(tmp_path: Path) -> None:
    found = await look(tmp_path, "www.examplex.test", trusted=False)
    assert isinstance(found, Certificate)
    assert (found.matches, "certificate" in found.doubt) == (True, True)


async def test_a_web_server_that_is_away_or_silent_is_a_reason() -> None:
    away = await Handshakes(port=free_port()).look("examplex.test", ["127.0.0.1"])
    assert away == Failed("the web server could not be reached (ConnectionRefusedError)")
    async with serving(None) as port:
        silent = await Handshakes(port=port, deadline_secs=0.2).look("examplex.test", ["127.0.0.1"])
    assert silent == Failed("the web server did not answer within 0.2 seconds")
    assert isinstance(await Handshakes().look("examplex.test", []), Failed)


async def test_the_next_address_is_tried_when_one_does_not_answer(tmp_path: Path) -> None:
    authority = Authority()
    async with serving(authority.sign(["examplex.test"], UNTIL, tmp_path)) as port:
        found = await Handshakes(authority.context(), port).look("examplex.test", ["127.0.0.2", "127.0.0.1"])
    assert isinstance(found, Certificate)


@pytest.mark.parametrize(
    ("name", "host", "same"),
    [
        ("examplex.test", "examplex.test", True),
        ("*.examplex.test", "www.examplex.test", True),
        ("*.examplex.test", "examplex.test", False),
        ("*.examplex.test", "a.www.examplex.test", False),
        ("w*.examplex.test", "www.examplex.test", False),
        ("*.", "test.", False),
    ],
)
def test_which_names_in_a_certificate_are_a_hosts(name: str, host: str, same: bool) -> None:
    assert fits(name, host) is same


async def test_a_domain_looked_at_over_the_wires(server: DnsServer, tmp_path: Path) -> None:
    for (name, kind), values in WELL.items():
        server.set(name, kind, *(f'"{each}"' if kind == "TXT" else each for each in values))
    server.set("examplex.test", "A", "127.0.0.1")
    server.set("examplex.test", "SOA", "ns1.examplex.test. host.examplex.test. 1 3600 600 86400 60")
    authority = Authority()
    async with serving(authority.sign(["examplex.test"], UNTIL, tmp_path)) as port:
        (seen,), unseen = await look_at_domains(
            [OwnDomain("examplex.test", "examplex", mail=True, web=True)],
            resolver(server),
            Handshakes(authority.context(), port),
            NOW,
        )
    assert unseen == []
    assert seen.subject == Subject(Kind.DOMAIN, "examplex.test")
    assert (seen.facts["dmarc"], seen.facts["spf"], seen.facts["spf_lookups"]) == ("reject", "fail", "2")
    assert (seen.facts["dnssec"], seen.facts["certificate_until"]) == ("", UNTIL.isoformat())
