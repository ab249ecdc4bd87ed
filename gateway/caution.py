"""What findings mean for the desk: tags, priority, queue, and whether its operators are alarmed. Pure.

The defaults are those of an exchange's desk; an operator changes them by code in `[trust.findings]`. Not here: what the
user is told (`gateway.answers.compose`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from gateway.case import GRAVITY, URGENCY, Finding, Priority, Severity


class Caution(BaseModel):
    """What one kind of finding leads to, from the severity on that `from_severity` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str = Field(default="", max_length=60, pattern=r"^[a-z0-9-]*$", description="The case is tagged so.")
    priority: Priority | None = Field(default=None, description="The case has this priority at least.")
    queue: str | None = Field(
        default=None, max_length=80, description="The case goes to this queue, unless it has one of its own."
    )
    alarm: bool = Field(default=False, description="The operators are alarmed, as `[alerts]` says.")
    from_severity: Severity = Field(default=Severity.WARNING, description="Milder findings lead to nothing.")


_POSING = Caution(tag="impersonation", priority=Priority.HIGH, alarm=True, from_severity=Severity.DANGER)
_SCAM = Caution(tag="scam", priority=Priority.HIGH)

DEFAULTS: Mapping[str, Caution] = {
    "secret_shared": Caution(tag="secret-shared", priority=Priority.URGENT, from_severity=Severity.DANGER),
    "sender_poses_as_official": _POSING,
    "official_address_forged": _POSING,
    "link_shows_other_target": Caution(tag="impersonation", priority=Priority.HIGH),
    "look_alike_mentioned": Caution(tag="impersonation", priority=Priority.HIGH),
    "reported_scam_mentioned": Caution(tag="reported-scam", priority=Priority.HIGH),
    "sender_domain_mixes_scripts": Caution(tag="impersonation", priority=Priority.HIGH),
    "reply_to_elsewhere": Caution(from_severity=Severity.DANGER),
    "name_shows_other_address": Caution(from_severity=Severity.DANGER),
    "unproven_join": Caution(from_severity=Severity.DANGER),
    "joined_by_another": Caution(from_severity=Severity.DANGER),
    "join_refused": Caution(from_severity=Severity.DANGER),
    "message_id_reused": Caution(from_severity=Severity.DANGER),
    "signed_for_several": Caution(from_severity=Severity.DANGER),
    "subject_changed": Caution(from_severity=Severity.DANGER),
}
"""By the code of the finding; every other code is a kind of scam that a text tells of."""


@dataclass(frozen=True, slots=True)
class Cautions:
    """What all findings of a message lead to."""

    tags: tuple[str, ...] = ()
    priority: Priority | None = None
    queue: str | None = None
    alarms: tuple[str, ...] = ()
    """The codes that operators are alarmed about."""

    def raised(self, priority: Priority) -> Priority:
        """Return a priority, or the higher one that the findings ask for."""
        return max(priority, self.priority or priority, key=URGENCY.index)


def cautions(findings: Sequence[Finding], own: Mapping[str, Caution]) -> Cautions:
    """Return what a message's findings lead to, the gravest first; `own` is what the desk wants by code."""
    ordered = sorted(findings, key=lambda each: GRAVITY.index(each.severity), reverse=True)
    led = [(each.code, own.get(each.code) or DEFAULTS.get(each.code, _SCAM), each.severity) for each in ordered]
    held = [(code, one) for code, one, grave in led if GRAVITY.index(grave) >= GRAVITY.index(one.from_severity)]
    urgent = [one.priority for _, one in held if one.priority is not None]
    return Cautions(
        tags=tuple(dict.fromkeys(one.tag for _, one in held if one.tag)),
        priority=max(urgent, key=URGENCY.index, default=None),
        queue=next((one.queue for _, one in held if one.queue), None),
        alarms=tuple(dict.fromkeys(code for code, one in held if one.alarm)),
    )
