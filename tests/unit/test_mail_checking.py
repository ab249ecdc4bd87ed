"""The fact `mail_auth` by our own checks: from the original, over a real DNS on loopback, and never on its silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from gateway.case import Fact, FactOutcome, Message
from gateway.enrich import gather
from gateway.enrich.mail import checking, resolving
from gateway.enrich.mail.arc import MAX_CHECKED
from gateway.enrich.mail.checking import NEEDS, MailCheckEnricher, open_dns
from gateway.enrich.mail.dmarc import find_policy
from gateway.enrich.mail.lookup import (
    MAX_KEPT,
    MAX_KEPT_BYTES,
    MAX_VALUE,
    UNANSWERED_SECS,
    Answer,
    RememberingDns,
    UnansweredError,
)
from gateway.enrich.mail.resolving import MailResolver
from gateway.enrich.mail.spf_record import MAX_RECORD
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.errors import ConfigError
from gateway.ports import DeliveryReport, Key, MailChecks, Raw, StreamId
from gateway.trust.mail_verdict import Policy
from normalizers.email import NORMALIZER
from tests.builders import NOON, message
from tests.mail_signing import ed_key, mail, record, sealed, signed
from tests.mail_zone import Zone
from tests.servers.dns_server import DnsServer

PASS, FAIL, NONE, UNKNOWN = FactOutcome.PASS, FactOutcome.FAIL, FactOutcome.NONE, FactOutcome.COULD_NOT_CHECK
PEER = "192.0.2.1"
NOTES = {"peer": PEER, "helo": "mx.okx.com", "mail_from": "ann@okx.com"}
MAIL = mail("From: Ann <ann@okx.com>", "Subject: Money", "To: desk@examplex.test", "Message-ID: <1@okx.com>")


def raw_of(body: bytes, notes: dict[str, str] | None = None, *, complete: bool = True) -> Raw:
    return Raw(
        source="support", stream=StreamId("mail"), key=Key("1"), lane="", body=body, media_type="message/rfc822",
        received_at=NOON, size=len(body), complete=complete, notes=NOTES if notes is None else notes,
    )  # fmt: skip


def read(raw: Raw) -> Message:
    (event,) = NORMALIZER.normalize(raw)
    found = event.message if isinstance(event, DeliveryReport) else event
    assert isinstance(found, Message)
    return found


def enricher(dns: Zone, **more: object) -> MailCheckEnricher:
    wanted = replace(MailChecks(), **more)
    return MailCheckEnricher({}, {"support": wanted}, lambda: NOON, lambda servers: dns)


async def judged(raw: Raw, dns: Zone, **more: object) -> Fact:
    (fact,) = await gather(read(raw), (enricher(dns, **more).of(raw),), 5.0)
    return fact


def zone(policy: str = "v=DMARC1; p=reject", spf: str = "v=spf1 ip4:192.0.2.0/24 -all") -> Zone:
    return Zone({
        ("okx.com", "TXT"): [spf],
        ("_dmarc.okx.com", "TXT"): [policy],
        ("s1._domainkey.okx.com", "TXT"): [record(ed_key())],
        ("s1._domainkey.list.test", "TXT"): [record(ed_key())],
    })  # fmt: skip


def said(fact: Fact) -> dict[str, str]:
    return {item.name: item.value for item in fact.evidence}


async def test_p42_what_was_checked_is_in_the_case() -> None:
    fact = await judged(raw_of(signed(MAIL, "okx.com", ed_key())), zone())
    assert (fact.subject, fact.outcome) == ("okx.com", PASS)
    assert said(fact) == {
        "spf": "pass", "spf_domain": "okx.com", "dkim": "pass", "dkim_domain": "okx.com", "dmarc": "pass",
        "policy": "reject", "arc": "none", "aligned_domain": "okx.com", "checked_by": "gatehouse",
    }  # fmt: skip


async def test_p42_agents_read_what_is_wrong_with_a_signature_and_a_seal() -> None:
    raw = sealed(signed(MAIL, "okx.com", ed_key()), "list.test", ed_key(), "x").replace(b"Hello", b"Hallo")
    told = said(await judged(raw_of(raw, {}), zone()))
    assert (told["dkim"], told["dkim_why"]) == ("fail", "the text is not as it was signed")
    assert (told["arc"], told["arc_why"]) == ("fail", "the text is not as it was sealed last")


@pytest.mark.parametrize(
    ("body", "notes", "outcome"),
    [
        pytest.param(MAIL, {}, PASS, id="spf alone"),
        pytest.param(MAIL, {"peer": "198.51.100.1"}, FAIL, id="another peer, not signed"),
        pytest.param(signed(MAIL, "okx.com", ed_key()), {"peer": "198.51.100.1"}, PASS, id="another peer, signed"),
        pytest.param(MAIL, {"mail_from": "x@evil.net"}, FAIL, id="another envelope"),
        pytest.param(MAIL, {"mail_from": ""}, FAIL, id="null sender from another host"),
        pytest.param(MAIL, {"peer": "127.0.0.1"}, UNKNOWN, id="brought by a server of the house"),
        pytest.param(MAIL, {"peer": "10.1.2.3"}, UNKNOWN, id="or by one inside it"),
        pytest.param(MAIL, {"peer": "mx.evil.net"}, UNKNOWN, id="peer is no address"),
        pytest.param(signed(MAIL, "okx.com", ed_key()), {"peer": ""}, PASS, id="signed, peer not known"),
        pytest.param(signed(MAIL, "evil.net", ed_key()), {"peer": "198.51.100.1"}, FAIL, id="signed by another"),
    ],
)
async def test_p42_a_mail(body: bytes, notes: dict[str, str], outcome: FactOutcome) -> None:
    assert (await judged(raw_of(body, NOTES | notes), zone())).outcome is outcome


async def test_by_imap_spf_could_not_be_checked_and_signatures_can() -> None:
    assert (await judged(raw_of(signed(MAIL, "okx.com", ed_key()), {}), zone())).outcome is PASS
    fact = await judged(raw_of(MAIL, {}), zone())
    assert (fact.outcome, "SPF could not be checked" in fact.reason) == (UNKNOWN, True)


async def test_a_mail_that_was_not_fetched_whole_could_not_be_checked() -> None:
    raw = raw_of(signed(MAIL, "okx.com", ed_key()), {}, complete=False)
    assert (await judged(raw, zone())).outcome is UNKNOWN


@pytest.mark.parametrize("silent", ["okx.com", "_dmarc.okx.com", "s1._domainkey.okx.com"])
async def test_a_dns_that_is_silent_makes_no_mail_fail(silent: str) -> None:
    dns = zone()
    dns.silent = {silent}
    changed = signed(MAIL, "okx.com", ed_key()).replace(b"Money", b"More money")
    raw = raw_of(changed, NOTES | {"peer": "198.51.100.1"})
    assert (await judged(raw, dns)).outcome is UNKNOWN
    dns.silent = set()
    assert (await judged(raw, dns)).outcome is FAIL


async def test_p43_a_strangers_dns_that_is_silent_saves_no_forgery(monkeypatch: pytest.MonkeyPatch) -> None:
    dns = zone()
    dns.silent = {"evil.net", "s1._domainkey.evil.net"}
    forged = sealed(signed(MAIL, "evil.net", ed_key()), "evil.net", ed_key(), "dmarc=pass header.from=okx.com")
    raw = raw_of(forged, {"peer": "198.51.100.1", "mail_from": "x@evil.net", "helo": "mx.evil.net"})
    assert (await judged(raw, dns)).outcome is FAIL
    assert (await judged(raw, dns, sealers=("list.test",))).outcome is FAIL
    monkeypatch.setattr(checking, "check_spf", lambda *args: asyncio.Event().wait())
    monkeypatch.setattr(checking, "CHECK_SECS", 0.05)
    assert (await judged(raw, dns)).outcome is FAIL


async def test_p44_a_list_that_broke_the_signature_counts_when_the_desk_trusts_its_seal() -> None:
    raw = signed(MAIL, "okx.com", ed_key()).replace(b"Money", b"[traders] Money")
    raw = sealed(b"List-Id: <traders.list.test>\r\n" + raw, "list.test", ed_key(), "dmarc=pass header.from=okx.com")
    notes = {"peer": "198.51.100.9", "helo": "list.test", "mail_from": "bounce@list.test"}
    assert (await judged(raw_of(raw, notes), zone(), sealers=("list.test",))).outcome is PASS
    stranger = await judged(raw_of(raw, notes), zone())
    assert (stranger.outcome, said(stranger)["arc"], said(stranger)["relay"]) == (FAIL, "pass", "a mailing list")
    assert (await judged(raw_of(raw, notes), zone("v=DMARC1; p=none"))).outcome is NONE


@pytest.mark.parametrize("names", [("subject",), ("from", "to")])
async def test_p44_a_seal_that_leaves_from_or_the_subject_open_vouches_for_nobody(names: tuple[str, ...]) -> None:
    raw = sealed(MAIL, "list.test", ed_key(), "dmarc=pass header.from=okx.com", names=names)
    notes = {"peer": "198.51.100.9", "helo": "list.test", "mail_from": "bounce@list.test"}
    fact = await judged(raw_of(raw, notes), zone(), sealers=("list.test",))
    assert (said(fact)["arc"], fact.outcome) == ("pass", FAIL)


async def test_p44_a_relay_of_trust_is_heard_where_our_own_server_found_a_fail() -> None:
    raw = signed(MAIL, "okx.com", ed_key()).replace(b"Money", b"[traders] Money")
    raw = sealed(raw, "list.test", ed_key(), "dmarc=pass header.from=okx.com")
    ours = b"Authentication-Results: mx.examplex.test; arc=pass; dmarc=fail (p=reject) header.from=okx.com\r\n"

    async def found(body: bytes, *sealers: str) -> Fact:
        checks = {"support": MailChecks(sealers)}
        asked = MailCheckEnricher({"support": ["mx.examplex.test"]}, checks, lambda: NOON, lambda _: zone())
        return await asked.fact(read(raw_of(body, {})), raw_of(body, {}))

    heard = await found(ours + raw, "list.test")
    assert (heard.outcome, said(heard)["dmarc"], said(heard)["arc"]) == (PASS, "fail", "pass")
    assert (await found(ours + raw, "other.test")).outcome is FAIL
    assert (await found(ours + raw)).outcome is FAIL
    assert (await found(ours + raw.replace(b"[traders]", b"[traitors]"), "list.test")).outcome is FAIL


async def test_p43_headers_of_strangers_prove_nothing_to_our_own_checks() -> None:
    forged = b"Authentication-Results: mx.examplex.test; dmarc=pass header.from=okx.com\r\n" + MAIL
    assert (await judged(raw_of(forged, NOTES | {"peer": "198.51.100.1"}), zone())).outcome is FAIL


async def test_what_our_own_receiving_server_found_counts_first() -> None:
    body = b"Authentication-Results: mx.examplex.test; dmarc=pass header.from=okx.com\r\n" + MAIL
    dns, raw = zone(), raw_of(body, {})
    ours = MailCheckEnricher({"support": ["mx.examplex.test"]}, {"support": MailChecks()}, lambda: NOON, lambda _: dns)
    fact = await ours.fact(read(raw), raw)
    assert (fact.outcome, said(fact)["authserv_id"]) == (PASS, "mx.examplex.test")
    assert not dns.asked


@pytest.mark.parametrize(
    "head",
    [
        "From: a@okx.com\r\nFrom: ann@okx.com",
        "From: a@okx.com, ann@okx.com",
        "From: nobody",
        "From: ann@localhost",
        "From: ",
    ],
)
async def test_p43_a_from_line_of_several_or_of_nobody_could_not_be_checked(head: str) -> None:
    body = signed(mail(head, "Subject: x"), "okx.com", ed_key())
    assert (await judged(raw_of(body), zone())).outcome is UNKNOWN


async def test_p43_a_from_line_that_signatures_read_otherwise_than_we_do_proves_nobody() -> None:
    raw = raw_of(signed(MAIL, "okx.com", ed_key()))
    other = read(raw)
    shown = other.model_copy(update={"sender": other.sender.model_copy(update={"address": "ceo@okx.com"})})
    assert (await enricher(zone()).fact(shown, raw)).outcome is UNKNOWN


@pytest.mark.parametrize(
    "top", ["Subject: Urgent", "Content-Type: multipart/mixed; boundary=x\r\nContent-Type: text/plain", "To: x@x.test"]
)
async def test_p43_a_signed_mail_that_is_sent_on_with_headers_on_top_proves_nobody(top: str) -> None:
    replayed = top.encode() + b"\r\n" + signed(MAIL, "okx.com", ed_key(), names=("from", "subject", "to"))
    assert (await judged(raw_of(replayed, {}), zone())).outcome is UNKNOWN
    assert (await judged(raw_of(replayed, NOTES | {"peer": "198.51.100.1"}), zone())).outcome is FAIL
    if not top.startswith("To"):
        assert (await judged(raw_of(replayed), zone())).outcome is UNKNOWN, "although SPF passes"


async def test_p43_a_signed_header_cut_in_two_proves_nobody() -> None:
    """Signers pass over a line that is no field; readers take what follows it for the text."""
    raw = signed(MAIL, "okx.com", ed_key())
    cut = raw.replace(b"From: Ann <ann@okx.com>\r\n", b"From: Ann <ann@okx.com>\r\nSend it to me.\r\n")
    shown = read(raw_of(cut, {}))
    assert shown.text.startswith("Send it to me.")
    assert (await judged(raw_of(cut, {}), zone())).outcome is UNKNOWN
    assert (await judged(raw_of(cut, NOTES | {"peer": "198.51.100.1"}), zone())).outcome is FAIL


async def test_only_the_channels_that_ask_for_it_are_checked() -> None:
    dns = zone()
    ours = enricher(dns)
    raw = raw_of(MAIL)
    assert ours.concerns(read(raw))
    elsewhere = read(replace(raw, source="other"))
    assert not ours.concerns(elsewhere)
    assert not ours.concerns(message(platform="telegram"))
    first_half = MailAuthEnricher({}, {"support": MailChecks()})
    assert list(await first_half.facts(read(raw))) == []
    assert len(await first_half.facts(elsewhere)) == 1


async def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gateway.enrich.mail.resolving", None)
    with pytest.raises(ConfigError, match="mailauth"):
        open_dns(())
    ours = MailCheckEnricher({}, {"support": MailChecks()}, lambda: NOON)
    raw = raw_of(MAIL)
    fact = await ours.fact(read(raw), raw)
    assert (fact.outcome, fact.reason) == (UNKNOWN, NEEDS)


@asynccontextmanager
async def on_the_wire() -> AsyncIterator[tuple[DnsServer, MailCheckEnricher]]:
    async with DnsServer.start() as server:
        server.set("okx.com", "TXT", '"v=spf1 include:_spf.okx.com mx -all"')
        server.set("_spf.okx.com", "TXT", '"v=spf1 ip4:198.51" ".100.0/24 -all"')
        server.set("okx.com", "MX", "10 mx.okx.com.")
        server.set("mx.okx.com", "A", PEER)
        server.set("_dmarc.okx.com", "TXT", '"v=DMARC1; p=reject"')
        server.set("s1._domainkey.okx.com", "TXT", f'"{record(ed_key())}"')
        ours = MailCheckEnricher({}, {"support": MailChecks(dns=(("127.0.0.1", server.port),))}, lambda: NOON)
        try:
            yield server, ours
        finally:
            await ours.close()


async def test_the_real_dns_is_asked_once_for_each_name() -> None:
    async with on_the_wire() as (server, ours):
        raw = raw_of(signed(MAIL, "okx.com", ed_key()))
        for _ in range(3):
            fact = await ours.fact(read(raw), raw)
            assert (fact.outcome, said(fact)["spf"], said(fact)["dkim"]) == (PASS, "pass", "pass")
        assert set(server.asked.values()) == {1}
        assert (await ours.fact(read(raw_of(MAIL)), raw_of(MAIL, NOTES | {"peer": "203.0.113.5"}))).outcome is FAIL


@pytest.mark.parametrize("how", ["broken", "silent"])
async def test_a_real_dns_that_fails_makes_no_mail_fail(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.enrich.mail.resolving.DEADLINE_SECS", 0.2)
    monkeypatch.setattr(checking, "CHECK_SECS", 0.3)
    async with on_the_wire() as (server, ours):
        getattr(server, how).update({"okx.com", "_dmarc.okx.com", "s1._domainkey.okx.com"})
        raw = raw_of(signed(MAIL, "okx.com", ed_key()), NOTES | {"peer": "203.0.113.5"})
        fact = await ours.fact(read(raw), raw)
        assert (fact.outcome, said(fact)["dmarc"]) == (UNKNOWN, "temperror")


async def test_names_and_records_come_as_they_are() -> None:
    async with DnsServer.start() as server:
        server.set("a.test", "MX", "10 MX.A.test.", "20 .")
        server.set("1.2.0.192.in-addr.arpa", "PTR", "mx.a.test.")
        server.set("a.test", "TXT", r'"caf\233"')
        dns = MailResolver([("127.0.0.1", server.port)])
        assert set((await dns.ask("A.test", "MX")).values) == {"mx.a.test", "."}
        assert (await dns.ask("1.2.0.192.in-addr.arpa", "PTR")).values == ("mx.a.test",)
        assert (await dns.ask("a.test", "TXT")).values == ("café",)
        assert (await dns.ask("a.test", "AAAA")) == Answer()
        assert not (await dns.ask("b.test", "A")).exists
        assert not (await dns.ask("x" * 64 + ".test", "A")).exists
        assert not (await dns.ask("a..test", "A")).exists


async def test_answers_are_remembered_for_as_long_as_they_last_and_no_more_than_so_many() -> None:
    now, dns = NOON, Zone({("a.test", "A"): ["192.0.2.1"]})
    kept = RememberingDns(dns, lambda: now.timestamp())
    await kept.ask("a.test", "A")
    now += timedelta(seconds=299)
    await kept.ask("A.test", "A")
    assert dns.asked["a.test", "A"] == 1
    now += timedelta(seconds=2)
    await kept.ask("a.test", "A")
    assert dns.asked["a.test", "A"] == 2
    dns.silent = {"b.test"}
    for _ in range(3):
        with pytest.raises(UnansweredError):
            await kept.ask("b.test", "A")
    assert dns.asked["b.test", "A"] == 1
    now += timedelta(seconds=UNANSWERED_SECS)
    dns.silent = set()
    assert not (await kept.ask("b.test", "A")).exists
    for number in range(MAX_KEPT):
        await kept.ask(f"{number}.test", "A")
    assert len(kept._kept) == MAX_KEPT


@asynccontextmanager
async def by_turns(monkeypatch: pytest.MonkeyPatch, turn_secs: float) -> AsyncIterator[tuple[DnsServer, MailResolver]]:
    """Give a resolver that asks one question at a time, and a server with `a.test` that is silent on some names."""
    monkeypatch.setattr(resolving, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(resolving, "TURN_SECS", turn_secs)
    async with DnsServer.start() as server:
        server.set("a.test", "A", PEER)
        server.silent.update(f"{number}.test" for number in range(5))
        yield server, MailResolver([("127.0.0.1", server.port)], deadline_secs=0.2)


async def test_p42_to_wait_for_a_turn_is_no_silence_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async with by_turns(monkeypatch, 60.0) as (_, dns):
        found = await asyncio.gather(
            *(dns.ask(f"{number}.test", "A") for number in range(5)), dns.ask("a.test", "A"), return_exceptions=True
        )
        assert [type(each) for each in found] == [*[UnansweredError] * 5, Answer]


async def test_p42_a_name_that_was_never_asked_for_is_not_remembered_as_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with by_turns(monkeypatch, 0.01) as (server, dns):
        kept = RememberingDns(dns, lambda: NOON.timestamp())
        found = await asyncio.gather(kept.ask("0.test", "A"), kept.ask("a.test", "A"), return_exceptions=True)
        assert [type(each) for each in found] == [UnansweredError] * 2
        assert ("a.test", "A") not in server.asked
        assert (await kept.ask("a.test", "A")).values == (PEER,)
        with pytest.raises(UnansweredError):
            await kept.ask("0.test", "A")
        assert set(kept._kept) == {("0.test", "A"), ("a.test", "A")}


class Holding(Zone):
    """A zone that answers nothing, and counts how many wait for it."""

    most = waiting = 0

    @override
    async def ask(self, name: str, kind: str) -> Answer:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            await asyncio.sleep(3_600)
        finally:
            self.waiting -= 1
        raise UnansweredError


async def test_p43_one_mail_takes_no_more_than_a_tenth_of_the_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHECK_SECS", 0.05)
    raw, dns = MAIL, Holding()
    for number in range(MAX_CHECKED):
        raw = sealed(raw, f"l{number}.test", ed_key(), "x")
    for number in range(40):
        raw = signed(raw, f"d{number}.test", ed_key())
    ours = enricher(dns)
    assert (await ours.fact(read(raw_of(raw)), raw_of(raw))).outcome is UNKNOWN
    await ours.close()
    assert 20 <= dns.most <= resolving.MOST_AT_ONCE // 10


async def test_p43_long_answers_are_cut_and_take_no_more_memory_than_is_theirs() -> None:
    dns = Zone({("a.test", "TXT"): ["x" * 60_000]})
    kept = RememberingDns(dns, lambda: NOON.timestamp())
    assert [len(value) for value in (await kept.ask("a.test", "TXT")).values] == [MAX_VALUE]
    assert MAX_VALUE == MAX_RECORD + 1, "a policy that is too long stays so"
    for number in range(400):
        dns.set(f"{number}.test", "TXT", *["x" * 8_000] * 8)
        await kept.ask(f"{number}.test", "TXT")
    held = sum(len(value) for _, answer in kept._kept.values() if answer is not None for value in answer.values)
    assert MAX_KEPT_BYTES // 2 < held <= MAX_KEPT_BYTES
    await kept.ask("399.test", "TXT")
    assert dns.asked["399.test", "TXT"] == 1


@pytest.mark.parametrize(
    ("records", "policy"),
    [
        ({}, None),
        ({"_dmarc.mail.okx.com": ["v=DMARC1; p=reject"]}, Policy("mail.okx.com", "reject")),
        ({"_dmarc.okx.com": ["v=DMARC1; p=reject"]}, Policy("okx.com", "reject")),
        ({"_dmarc.okx.com": ["v=DMARC1; p=reject; sp=none"]}, Policy("okx.com", "none")),
        ({"_dmarc.okx.com": ["v=DMARC1; p=none; sp=quarantine; adkim=s"]}, Policy("okx.com", "quarantine", True)),
        ({"_dmarc.okx.com": ["v=DMARC1; p=reject; pct=1; aspf=s"]}, Policy("okx.com", "reject", False, True)),
        ({"_dmarc.okx.com": ["v=DMARC1; p=reject; t=y"]}, Policy("okx.com", "quarantine")),
        ({"_dmarc.okx.com": ["v=DMARC1; p=quarantine; t=y"]}, Policy("okx.com", "none")),
        ({"_dmarc.okx.com": ["v=DMARC1; p=refuse"]}, Policy("okx.com", "none")),
        ({"_dmarc.okx.com": ["v=DMARC1;p=reject", "v=DMARC1;p=none"]}, None),
        ({"_dmarc.okx.com": ["something else", "v=DMARC1;p=reject"]}, Policy("okx.com", "reject")),
        ({"_dmarc.okx.com": ["p=reject; v=DMARC1"]}, None),
        ({"_dmarc.com": ["v=DMARC1; p=reject"]}, None),
    ],
)
async def test_the_policy_of_a_domain(records: dict[str, list[str]], policy: Policy | None) -> None:
    dns = Zone({(name, "TXT"): values for name, values in records.items()})
    assert await find_policy(dns, "mail.okx.com") == policy


WHOLE = sealed(signed(signed(MAIL, "okx.com", ed_key()), "list.test", ed_key(), length=3), "list.test", ed_key(), "x")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 3), st.binary(max_size=4)), max_size=6),
    st.text(alphabet=st.characters(max_codepoint=255), max_size=60),
    st.booleans(),
)
async def test_any_mail_and_any_record_come_to_some_verdict_and_no_fault(
    changes: list[tuple[int, int, bytes]], text: str, odd: bool
) -> None:
    body = bytearray(WHOLE)
    for place, count, new in changes:
        body[place : place + count] = new
    dns = zone(*(("v=DMARC1; " + text, "v=spf1 " + text) if odd else ()))
    if odd:
        dns.set("s1._domainkey.list.test", "TXT", text, "p=" + text)
    raw = raw_of(bytes(body))
    shown = read(raw_of(WHOLE))
    fact = await enricher(dns, sealers=("list.test",)).fact(shown, raw)
    assert fact.outcome in FactOutcome
