"""Whose word on a mail's sender is believed, and what follows from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.case import Evidence, FactOutcome, Message, Note, Party, Provenance
from gateway.trust.auth_results import parse_auth_results
from gateway.trust.mail_auth import judge_mail_auth

OURS = ["mx.examplex.test"]
PASS, FAIL, NONE, UNKNOWN = FactOutcome.PASS, FactOutcome.FAIL, FactOutcome.NONE, FactOutcome.COULD_NOT_CHECK
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def mail(*headers: str, sender: str = "ann@okx.com", notes: tuple[Note, ...] = (), **more: str) -> Message:
    said = [Evidence(name="authentication-results", value=value) for value in headers]
    said += [Evidence(name=name.replace("_", "-"), value=value) for name, value in more.items()]
    return Message(
        id="m1",
        content_key="m1",
        provenance=Provenance(
            source="support", stream="INBOX", key="1", lane=sender, received_at=NOW, normalizer="email/1", size=1
        ),
        platform="email",
        sender=Party(platform="email", address=sender),
        evidence=tuple(said),
        notes=notes,
    )


@pytest.mark.parametrize(
    ("header", "outcome"),
    [
        ("mx.examplex.test; dmarc=pass header.from=okx.com", PASS),
        ("MX.Examplex.Test. 1; dmarc=pass (p=reject dis=none) header.from=OKX.com", PASS),
        ("mx.examplex.test; spf=fail smtp.mailfrom=x.net; dkim=fail; dmarc=pass header.from=okx.com", PASS),
        ("mx.examplex.test; dmarc=pass header.from=evil.net", UNKNOWN),
        ("mx.examplex.test; dmarc=fail header.from=okx.com; dkim=pass header.d=okx.com", FAIL),
        ("mx.examplex.test; dmarc=fail; dmarc=pass header.from=okx.com", UNKNOWN),
        ("mx.examplex.test; dkim=pass header.d=okx.com header.s=a header.b=AbC=", PASS),
        ("mx.examplex.test; dkim=pass header.d=mail.okx.com", PASS),
        ("mx.examplex.test; dkim=pass header.i=@okx.com", PASS),
        ("mx.examplex.test; spf=pass smtp.mailfrom=bounce@mail.okx.com", PASS),
        ("mx.examplex.test; dmarc=none; spf=pass smtp.mailfrom=okx.com", PASS),
        ("mx.examplex.test; dmarc=bestguesspass; dkim=pass header.d=evil.net", NONE),
        ("mx.examplex.test; dkim=pass header.d=evil.net; spf=pass smtp.mailfrom=a@evil.net", NONE),
        ("mx.examplex.test; dkim=pass header.d=notokx.com", NONE),
        ("mx.examplex.test; dkim=pass header.d=com", NONE),
        ("mx.examplex.test; dkim=pass header.d=okx.com.evil.net", NONE),
        ("mx.examplex.test; dkim=pass header.d=оkx.com", NONE),
        ("mx.examplex.test; spf=pass smtp.mailfrom=okx.com@evil.net", NONE),
        ("mx.examplex.test; spf=pass smtp.mailfrom=header.d=okx.com", NONE),
        ("mx.examplex.test; dkim=pass header.i=a=header.d=okx.com header.d=evil.net", NONE),
        ('mx.examplex.test; spf=pass smtp.mailfrom="a; dmarc=pass"@evil.net', NONE),
        ("mx.examplex.test; spf=none (a; dmarc=pass header.from=okx.com)", NONE),
        ("mx.examplex.test; junk dmarc=pass header.from=okx.com", NONE),
        ("mx.examplex.test; spf=fail smtp.mailfrom=x.net; dkim=fail header.d=okx.com", FAIL),
        ("mx.examplex.test; spf=fail smtp.mailfrom=x.net", NONE),
        ("mx.examplex.test; spf=softfail smtp.mailfrom=x.net; dkim=fail", NONE),
        ("mx.examplex.test; spf=neutral; dkim=none; dmarc=none", NONE),
        ("mx.examplex.test; none", NONE),
        ("mx.examplex.test", NONE),
        ("mx.examplex.test; dmarc=temperror; spf=fail; dkim=fail", UNKNOWN),
        ("mx.examplex.test; spf=permerror; dkim=none", UNKNOWN),
        ("mx.evil.net; dmarc=pass header.from=okx.com", UNKNOWN),
        ("mx.examplex.test.evil.net; dmarc=pass header.from=okx.com", UNKNOWN),
        ("mx.examplex.test (never closed; dmarc=pass header.from=okx.com", UNKNOWN),
        ('mx.examplex.test; dmarc=pass reason="never closed', UNKNOWN),
        ("dmarc=pass header.from=okx.com", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_one_header(header: str, outcome: FactOutcome) -> None:
    fact = judge_mail_auth(mail(header), OURS)
    assert (fact.kind, fact.subject, fact.outcome) == ("mail_auth", "okx.com", outcome)
    assert fact.reason


def test_only_the_topmost_header_of_all_is_believed() -> None:
    ours, forged = (
        "mx.examplex.test; dmarc=fail header.from=okx.com",
        "mx.examplex.test; dmarc=pass header.from=okx.com",
    )
    assert judge_mail_auth(mail(ours, forged), OURS).outcome is FAIL
    assert judge_mail_auth(mail("mx.other.test; dmarc=pass header.from=okx.com", forged), OURS).outcome is UNKNOWN
    assert judge_mail_auth(mail("(broken", forged), OURS).outcome is UNKNOWN


def test_without_a_receiver_or_a_header_nothing_could_be_checked() -> None:
    header = "mx.examplex.test; dmarc=pass header.from=okx.com"
    assert judge_mail_auth(mail(header), []).outcome is UNKNOWN
    assert judge_mail_auth(mail(), OURS).outcome is UNKNOWN


@pytest.mark.parametrize("sender", ["", "ann", "@okx.com", "a@b@okx.com", "ann@оkx.co m", "ann@localhost"])
def test_a_from_line_without_one_plain_address_proves_nothing(sender: str) -> None:
    header = "mx.examplex.test; dmarc=pass header.from=okx.com"
    assert judge_mail_auth(mail(header, sender=sender), OURS).outcome is UNKNOWN


def test_several_from_addresses_prove_nothing() -> None:
    header = "mx.examplex.test; dmarc=pass header.from=okx.com"
    assert judge_mail_auth(mail(header, from_count="1"), OURS).outcome is PASS
    assert judge_mail_auth(mail(header, from_count="2"), OURS).outcome is UNKNOWN
    several = mail(header).model_copy(
        update={"evidence": (*mail(header).evidence, Evidence(name="from", value="a, b"))}
    )
    assert judge_mail_auth(several, OURS).outcome is UNKNOWN


def test_a_header_that_was_cut_proves_nothing() -> None:
    header = "mx.examplex.test; dkim=pass header.d=okx.com; " + "x" * 1000
    assert judge_mail_auth(mail(header), OURS).outcome is PASS
    assert judge_mail_auth(mail(header, notes=(Note(code="header_value_cut"),)), OURS).outcome is UNKNOWN


def test_names_under_a_shared_suffix_are_not_one_organisation() -> None:
    header = "mx.examplex.test; dkim=pass header.d=evil.pages.dev"
    assert judge_mail_auth(mail(header, sender="ann@good.pages.dev"), OURS).outcome is NONE
    header = "mx.examplex.test; dkim=pass header.d=b.co.uk"
    assert judge_mail_auth(mail(header, sender="ann@a.co.uk"), OURS).outcome is NONE


def test_the_evidence_is_kept() -> None:
    header = "mx.examplex.test; spf=pass smtp.mailfrom=mail.okx.com; dkim=fail header.d=x.net; dmarc=none"
    fact = judge_mail_auth(mail(header), OURS)
    assert {item.name: item.value for item in fact.evidence} == {
        "spf": "pass",
        "dkim": "fail",
        "dmarc": "none",
        "aligned_domain": "mail.okx.com",
        "authserv_id": "mx.examplex.test",
    }


@given(st.text(alphabet='abz;=()"\\. \t/@', max_size=300))
@example("@;=()==")
def test_any_value_is_read_or_refused(value: str) -> None:
    found = parse_auth_results(value)
    assert found is None or found.authserv_id == found.authserv_id.lower()


@pytest.mark.parametrize("piece", ["(", "()", '"', "a=", ";", "\\", "a=b ", "=", '(\\"'])
def test_large_values_are_bounded(piece: str) -> None:
    value = "mx.examplex.test; " + piece * (16_000 // len(piece))
    found = parse_auth_results(value)
    assert found is None or len(found.results) <= 64
    assert parse_auth_results(value + "x" * 2_000) is None


@given(st.text(max_size=120))
def test_nothing_that_a_sender_writes_into_his_own_bounce_address_makes_a_pass(local: str) -> None:
    quoted = local.replace("\\", "\\\\").replace('"', '\\"')
    header = f'mx.examplex.test; spf=pass smtp.mailfrom="{quoted}"@evil.net; dkim=none'
    assert judge_mail_auth(mail(header), OURS).outcome is not PASS
