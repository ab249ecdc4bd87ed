"""What is news: each kind of change once, problems until they end, and never what could not be checked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.case import Severity
from gateway.patrol.changes import EXPIRES_SOON, Compared, compare
from gateway.patrol.values import Alike, Kind, Seen, Subject
from tests.unit.patrol_fakes import NOW

ACCOUNT = Subject(Kind.ACCOUNT, "examplex", "x")
DOMAIN = Subject(Kind.DOMAIN, "examplex.test")
HANDLE = Subject(Kind.ALIKE_ACCOUNT, "examplex_help", "x")
HOST = Subject(Kind.ALIKE_DOMAIN, "examplex-help.test")
LATER = NOW + timedelta(days=1)
FACTS: dict[Subject, dict[str, str]] = {
    ACCOUNT: {
        "state": "there",
        "listed_id": "1000",
        "holder": "1000",
        "renamed": "",
        "name": "Examplex",
        "verified": "true",
        "verified_type": "business",
        "affiliation": "Examplex Group",
        "withheld": "",
    },
    DOMAIN: {
        "state": "there",
        "dmarc": "reject",
        "dmarc_sub": "reject",
        "dmarc_percent": "100",
        "spf": "fail",
        "spf_lookups": "3",
        "mx": "mx.examplex.test",
        "dnssec": "yes",
        "certificate_until": (NOW + timedelta(days=60)).isoformat(),
        "certificate_matches": "yes",
        "certificate_doubt": "",
    },
    HANDLE: {"state": "there", "severity": "warning", "confidence": "0.60"},
    HOST: {"state": "there", "severity": "warning", "confidence": "0.60", "mx": ""},
}


def seen(subject: Subject, at: datetime = NOW, **changes: str | None) -> Seen:
    """Return what was found of a subject; None takes a fact away, as when it could not be checked."""
    facts = {**FACTS[subject], **changes}
    alike = None if subject.kind.is_ours else Alike("examplex", "@Examplex on X", "affix", 0.9)
    return Seen(subject, "examplex", {key: value for key, value in facts.items() if value is not None}, at, at, alike)


def after(subject: Subject, **changes: str | None) -> Compared:
    return compare({subject: seen(subject)}, {subject: seen(subject, LATER, **changes)}, LATER)


def codes(compared: Compared) -> list[str]:
    return [change.code for change in compared.changes]


@pytest.mark.parametrize("subject", list(FACTS))
def test_nothing_that_is_as_it_was_is_news(subject: Subject) -> None:
    assert after(subject).changes == ()


@pytest.mark.parametrize(
    ("subject", "changes", "code"),
    [
        (ACCOUNT, {"holder": "666"}, "account_taken"),
        (ACCOUNT, {"holder": ""}, "account_name_free"),
        (ACCOUNT, {"renamed": "examplex_hq"}, "account_renamed"),
        (ACCOUNT, {"state": "absent", "holder": ""}, "account_absent"),
        (ACCOUNT, {"state": "suspended"}, "account_suspended"),
        (ACCOUNT, {"verified": "false", "verified_type": ""}, "mark_lost"),
        (ACCOUNT, {"verified_type": "blue"}, "mark_changed"),
        (ACCOUNT, {"affiliation": ""}, "affiliation_lost"),
        (ACCOUNT, {"affiliation": "Others"}, "affiliation_changed"),
        (ACCOUNT, {"name": "Examplex Global"}, "name_changed"),
        (ACCOUNT, {"withheld": "user: TR"}, "account_withheld"),
        (DOMAIN, {"state": "absent"}, "domain_absent"),
        (DOMAIN, {"dmarc": "quarantine", "dmarc_sub": "quarantine"}, "dmarc_weakened"),
        (DOMAIN, {"dmarc": "", "dmarc_sub": "", "dmarc_percent": ""}, "dmarc_weakened"),
        (DOMAIN, {"dmarc_sub": "none"}, "dmarc_weakened"),
        (DOMAIN, {"dmarc_percent": "20"}, "dmarc_partial"),
        (DOMAIN, {"spf": "softfail"}, "spf_weakened"),
        (DOMAIN, {"spf": ""}, "spf_weakened"),
        (DOMAIN, {"spf_lookups": "11"}, "spf_too_long"),
        (DOMAIN, {"mx": "mx.elsewhere.test"}, "mx_changed"),
        (DOMAIN, {"dnssec": ""}, "dnssec_lost"),
        (DOMAIN, {"certificate_until": (LATER + timedelta(days=13)).isoformat()}, "certificate_expires"),
        (DOMAIN, {"certificate_until": LATER.isoformat()}, "certificate_expired"),
        (DOMAIN, {"certificate_matches": ""}, "certificate_of_another"),
        (DOMAIN, {"certificate_doubt": "self-signed certificate"}, "certificate_untrusted"),
        (HANDLE, {"state": "absent"}, "look_alike_gone"),
        (HANDLE, {"state": "suspended"}, "look_alike_gone"),
        (HANDLE, {"severity": "danger"}, "look_alike_worse"),
        (HANDLE, {"severity": "notice"}, None),
        (HOST, {"mx": "mx.examplex-help.test"}, "look_alike_mail"),
        (HOST, {"state": "absent"}, "look_alike_gone"),
    ],
)
def test_each_change_is_told_once(subject: Subject, changes: dict[str, str], code: str | None) -> None:
    compared = after(subject, **changes)
    assert codes(compared) == ([code] if code else [])
    again = compare(
        compared.seen, {subject: seen(subject, LATER, **changes)} if code != "look_alike_gone" else {}, LATER
    )
    assert again.changes == ()


@pytest.mark.parametrize("subject", list(FACTS))
@settings(derandomize=True, max_examples=30)
@given(data=st.data())
def test_what_could_not_be_checked_is_never_a_change(subject: Subject, data: st.DataObject) -> None:
    """Whatever facts are missing now: nothing is new, and all is remembered as it was."""
    missing = data.draw(st.sets(st.sampled_from(sorted(FACTS[subject]))))
    compared = after(subject, **dict.fromkeys(missing))
    assert compared.changes == ()
    assert compared.seen[subject].facts == FACTS[subject]


def test_what_was_not_known_before_is_no_change_when_it_is_known() -> None:
    before = seen(ACCOUNT, verified=None, verified_type=None, affiliation=None)
    assert compare({ACCOUNT: before}, {ACCOUNT: seen(ACCOUNT, LATER)}, LATER).changes == ()


@pytest.mark.parametrize("subject", [ACCOUNT, DOMAIN])
def test_the_first_look_at_what_is_well_tells_nothing(subject: Subject) -> None:
    assert compare({}, {subject: seen(subject)}, NOW).changes == ()


@pytest.mark.parametrize(
    ("subject", "changes", "found"),
    [
        (ACCOUNT, {"holder": "666", "renamed": "examplex_hq"}, ["account_taken", "account_renamed"]),
        (DOMAIN, {"dmarc": "none", "dmarc_sub": "none", "spf": "neutral"}, ["dmarc_weak", "spf_weak"]),
        (DOMAIN, {"dmarc": "", "spf": "broken"}, ["dmarc_missing", "spf_broken"]),
        (HANDLE, {}, ["look_alike_found"]),
    ],
)
def test_a_problem_is_new_once_and_then_stands(
    subject: Subject, changes: dict[str, str | None], found: list[str]
) -> None:
    first = compare({}, {subject: seen(subject, NOW, **changes)}, NOW)
    assert codes(first) == found
    second = compare(first.seen, {subject: seen(subject, LATER, **changes)}, LATER)
    assert second.changes == ()
    assert [change.code for change in second.standing] == found
    assert second.seen[subject].first_at == NOW
    assert second.seen[subject].at == LATER


def test_a_certificate_becomes_news_by_time_alone() -> None:
    until = (NOW + EXPIRES_SOON).isoformat()
    first = compare({}, {DOMAIN: seen(DOMAIN, certificate_until=until)}, NOW)
    assert codes(first) == []
    second = compare(first.seen, {DOMAIN: seen(DOMAIN, LATER, certificate_until=until)}, LATER)
    assert codes(second) == ["certificate_expires"]
    assert "in 13 days" in second.changes[0].reason


def test_each_new_holder_of_a_name_is_news() -> None:
    first = compare({}, {ACCOUNT: seen(ACCOUNT, holder="666")}, NOW)
    second = compare(first.seen, {ACCOUNT: seen(ACCOUNT, LATER, holder="667")}, LATER)
    assert codes(second) == ["account_taken"]
    assert (second.changes[0].before, second.changes[0].after) == ("666", "667")


def test_without_a_number_in_the_directory_another_holder_is_news_all_the_same() -> None:
    before, now = seen(ACCOUNT, listed_id=""), seen(ACCOUNT, LATER, listed_id="", holder="666")
    compared = compare({ACCOUNT: before}, {ACCOUNT: now}, LATER)
    assert [(change.code, change.severity) for change in compared.changes] == [("account_taken", Severity.DANGER)]


def test_what_is_mended_is_told_and_stands_no_more() -> None:
    gone = compare({}, {ACCOUNT: seen(ACCOUNT, state="absent", holder="")}, NOW)
    back = compare(gone.seen, {ACCOUNT: seen(ACCOUNT, LATER)}, LATER)
    assert codes(back) == ["account_back"]
    assert back.standing == ()


def test_a_look_alike_that_is_gone_is_forgotten_and_new_when_it_comes_back() -> None:
    gone = after(HANDLE, state="absent")
    assert HANDLE not in gone.seen
    assert codes(compare(gone.seen, {HANDLE: seen(HANDLE)}, LATER)) == ["look_alike_found"]


def test_what_was_not_looked_at_stays_as_it_was() -> None:
    compared = compare({HANDLE: seen(HANDLE), ACCOUNT: seen(ACCOUNT)}, {}, LATER)
    assert set(compared.seen) == {HANDLE, ACCOUNT}
    assert compared.changes == compared.standing == ()
