"""Whom a message shows or reports as an impostor; never anybody official, never a whole platform."""

from __future__ import annotations

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Finding, Message, Severity, Triage
from gateway.casework import Judged, Outcome, Policy, decide
from gateway.casework.accusing import MOST, accused_by_user
from gateway.past import Past
from gateway.reports import CASE, Origin
from gateway.trust.directory import parse_directory
from tests.builders import NOON, message, party

POLICY = Policy(
    brand="Examplex",
    official=(),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset(),
    sending=frozenset(),
    directory=parse_directory(
        {
            "brands": [
                {
                    "id": "examplex",
                    "name": "Examplex",
                    "web": [{"domain": "examplex.test"}],
                    "accounts": [{"platform": "telegram", "handle": "examplex"}],
                }
            ]
        }
    ),
)


def found(subject: str, severity: Severity = Severity.WARNING, code: str = "look_alike_mentioned") -> Finding:
    return Finding(code=code, severity=severity, subject=subject, brand="examplex", technique="affix")


def decided(*findings: Finding, said: Message | None = None, old: bool = False) -> Outcome:
    judged = Judged(said or message(), Assessment(findings=findings), Triage(), old)
    return decide(judged, Past(sent_to=(0, 0), sent_to_all=(0,)), POLICY, NOON)


@pytest.mark.parametrize(
    ("subject", "platform", "name"),
    [
        ("@examplex_help1", "telegram", ("handle", "telegram", "examplex_help1")),
        ("desk@examplex-help.example.com", "email", ("mail", "", "desk@examplex-help.example.com")),
        ("examplex-help.example.com", "email", ("domain", "", "examplex-help.example.com")),
    ],
)
def test_what_a_message_shows_is_accused_with_its_case(subject: str, platform: str, name: tuple[str, str, str]) -> None:
    said = message(platform=platform, sender=party().model_copy(update={"platform": platform}))
    outcome = decided(found(subject), said=said)
    (accused,) = outcome.accused
    assert accused.name == name
    assert (accused.brand, accused.technique, accused.origin) == ("examplex", "affix", Origin.FINDING)
    assert accused.case_id == outcome.cases[0].id


@pytest.mark.parametrize(
    "finding",
    [
        found("@examplex_help1", Severity.NOTICE),
        found("examplex-help.example.com", code="reported_scam_mentioned"),
        found("@examplex_help1"),
        found("www.examplex.test"),
        found("t.me"),
        found("somebody's name"),
    ],
    ids=["mild", "known already", "a handle of no platform", "official", "a platform", "no name"],
)
def test_what_is_mild_known_or_names_nobody_accuses_nobody(finding: Finding) -> None:
    assert decided(finding).accused == ()


def test_what_is_old_accuses_nobody() -> None:
    assert decided(found("examplex-help.example.com"), old=True).accused == ()


def test_a_message_accuses_each_once_and_not_without_end() -> None:
    many = [found(f"examplex-help{number}.example.com") for number in range(20)]
    assert len(decided(*many, *many).accused) == MOST


def test_a_user_reports_whom_he_names_and_nobody_official() -> None:
    claims = (
        "telegram:examplex_help1",
        "examplex.test",
        "telegram:examplex",
        "https://examplex-help.example.com/login",
    )
    accused = accused_by_user(claims, "telegram", POLICY)
    assert [each.name for each in accused] == [
        ("handle", "telegram", "examplex_help1"),
        ("link", "", "https://examplex-help.example.com/login"),
    ]
    assert {each.origin for each in accused} == {Origin.USER}


@pytest.mark.parametrize(("severity", "alarm"), [(Severity.WARNING, False), (Severity.DANGER, True)])
def test_operators_are_told_of_what_the_desk_wants_to_hear_of(severity: Severity, alarm: bool) -> None:
    posing = found("desk@examplex-help.example.com", severity, code="sender_poses_as_official")
    assert [each.alarm for each in decided(posing).accused] == [alarm]


ALARMING = [
    ("official_address_forged", "support@examplex.test"),
    ("sender_poses_as_official", "Examplex Support"),
    ("sender_poses_as_official", "@examplex_help1"),
]


@pytest.mark.parametrize(("code", "subject"), ALARMING, ids=["forged", "a name alone", "a handle of no platform"])
def test_an_alarm_that_names_nobody_is_carried_by_its_case(code: str, subject: str) -> None:
    outcome = decided(found(subject, Severity.DANGER, code=code))
    (alarm,) = outcome.accused
    assert (alarm.name, alarm.technique, alarm.alarm) == ((CASE, "", outcome.cases[0].id), code, True)
    assert decided(found(subject, Severity.WARNING, code=code)).accused == ()
    assert decided(found(subject, Severity.DANGER, code=code), old=True).accused == ()


def test_an_alarm_that_names_somebody_is_carried_by_him() -> None:
    posing = found("desk@examplex-help.example.com", Severity.DANGER, code="sender_poses_as_official")
    assert [each.kind for each in decided(posing).accused] == ["mail"]
    forged = found("support@examplex.test", Severity.DANGER, code="official_address_forged")
    assert [each.kind for each in decided(posing, forged).accused] == ["mail", CASE]


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://t.me/examplex_help1", "handle"),
        ("https://x.com/examplex_help1?s=20", "link"),
        ("https://x.com/examplex_help1/status/1", "link"),
        ("https://www.facebook.com/profile.php?id=1", "link"),
    ],
)
def test_a_link_to_an_account_accuses_the_account_alone(link: str, kind: str) -> None:
    (accused,) = accused_by_user((link,), "telegram", POLICY)
    assert accused.kind == kind
