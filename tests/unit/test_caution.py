"""What findings lead to on the desk: by themselves, and as operators want it."""

from __future__ import annotations

import pytest

from gateway.case import Finding, Priority, Severity
from gateway.caution import Caution, Cautions, cautions


def found(code: str, severity: Severity) -> Finding:
    return Finding(code=code, severity=severity)


@pytest.mark.parametrize(
    ("code", "severity", "led"),
    [
        ("secret_shared", Severity.DANGER, Cautions(("secret-shared",), Priority.URGENT)),
        ("secret_shared", Severity.WARNING, Cautions()),
        (
            "sender_poses_as_official",
            Severity.DANGER,
            Cautions(("impersonation",), Priority.HIGH, alarms=("sender_poses_as_official",)),
        ),
        ("look_alike_mentioned", Severity.WARNING, Cautions(("impersonation",), Priority.HIGH)),
        ("look_alike_mentioned", Severity.NOTICE, Cautions()),
        ("recovery_scam", Severity.WARNING, Cautions(("scam",), Priority.HIGH)),
        ("unproven_join", Severity.NOTICE, Cautions()),
    ],
)
def test_each_kind_leads_to_its_own(code: str, severity: Severity, led: Cautions) -> None:
    assert cautions([found(code, severity)], {}) == led


def test_the_highest_priority_counts_and_each_tag_once() -> None:
    led = cautions([found("giveaway_scam", Severity.DANGER), found("secret_shared", Severity.DANGER)], {})
    assert led.priority is Priority.URGENT
    assert set(led.tags) == {"scam", "secret-shared"}
    assert led.raised(Priority.LOW) is Priority.URGENT
    assert Cautions(priority=Priority.HIGH).raised(Priority.URGENT) is Priority.URGENT


def test_an_operator_has_it_otherwise() -> None:
    own = {"recovery_scam": Caution(tag="fraud", queue="fraud", alarm=True, from_severity=Severity.NOTICE)}
    assert cautions([found("recovery_scam", Severity.NOTICE)], own) == Cautions(
        ("fraud",), None, "fraud", ("recovery_scam",)
    )
