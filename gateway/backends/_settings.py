"""What the operator sets for every ticket system alike, and how a case is mapped onto it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gateway.case import Case, CaseState, Party, Priority
from gateway.ports import is_loopback

FIELDS = (
    "id", "channel", "platform", "language", "category", "queue", "priority", "worst_severity", "brand", "danger",
    "region", "tier", "incident", "due_at",
)  # fmt: skip
"""What of a case can be written into a field of a ticket."""


def callable_address(url: str) -> str:
    """Return an address that can be called as it is. Raises `ValueError` with what to write instead."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("write the whole address, such as https://desk.example.test")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("write https:// ; plain http:// is for this machine alone")
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"this is no web address: {error}") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("leave out the user, the password and what follows #")
    return url


def web_address(url: str) -> str:
    """Return an address that paths are put behind, without a slash at its end. Raises as `callable_address`."""
    if urlsplit(callable_address(url)).query:
        raise ValueError("leave out what follows ?")
    return url.rstrip("/")


def _known_fields(fields: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise ValueError(f"a case has no {unknown[0]}; known are: {', '.join(FIELDS)}")
    return fields


WebAddress = Annotated[str, AfterValidator(web_address)]
CaseFields = Annotated[dict[str, str], AfterValidator(_known_fields)]


class TicketSettings(BaseModel):
    """The part of a backend's settings that all ticket systems share."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    timeout_secs: float = Field(default=20.0, gt=0, le=300, description="How long one call may take in all.")
    calls_at_once: int = Field(
        default=8, ge=1, le=64, description="Most calls under way at once; fewer when it struggles."
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")
    poll_secs: float = Field(
        default=10.0, ge=1, le=3600, description="Wait between two looks for what agents did; a webhook shortens it."
    )
    states: dict[CaseState, str] = Field(
        default_factory=dict, description="The ticket system's own name of each state, where it is not the usual one."
    )
    priorities: dict[Priority, str] = Field(
        default_factory=dict, description="The ticket system's own name of each priority; what is left out is not set."
    )
    queues: dict[str, str] = Field(
        default_factory=dict, description="The ticket system's queue, group or project for each queue of a case."
    )
    tags: dict[str, str] = Field(
        default_factory=dict, description="Another name, or an empty one for none, for tags of a case."
    )
    fields: CaseFields = Field(
        default_factory=dict, description='What of a case goes into which custom field: `category = "360001"`.'
    )
    requester_domain: str = Field(
        default="users.invalid",
        pattern=r"^[a-z0-9.-]+$",
        description="Where users get a mail address who have none, if the ticket system insists on one.",
    )


def state_name(settings: TicketSettings, usual: Mapping[CaseState, str], state: CaseState) -> str:
    """Return what the ticket system calls a state."""
    return settings.states.get(state) or usual[state]


def queue_name(settings: TicketSettings, case: Case, default: str) -> str:
    """Return where a case's ticket goes."""
    return settings.queues.get(case.queue or "", default)


def tags_of(settings: TicketSettings, case: Case) -> list[str]:
    """Return a ticket's tags."""
    named = [settings.tags.get(tag, tag) for tag in case.tags]
    return [tag for tag in dict.fromkeys(named) if tag]


def field_values(settings: TicketSettings, case: Case) -> dict[str, str]:
    """Return what goes into which custom field, by the field's own name; what a case lacks is left out."""
    values = {field: getattr(case, name) for name, field in settings.fields.items()}
    return {field: _written(value) for field, value in values.items() if value not in (None, "")}


def _written(value: object) -> str:
    """Return a value as a field takes it; a time to the second, in UTC."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def mail_of(settings: TicketSettings, party: Party) -> str:
    """Return a mail address for the requester: the true one, or one that can be sent nothing."""
    if party.platform == "email" and "@" in party.address:
        return party.address
    name = "".join(char if char.isascii() and (char.isalnum() or char in ".-_") else "-" for char in user_id(party))
    return f"{name[:60] or 'unknown'}@{settings.requester_domain}".lower()


def user_id(party: Party) -> str:
    """Return what names a user beyond renaming: platform and immutable id."""
    return f"{party.platform}:{party.id or party.address or party.handle or party.name}"


def shown_name(party: Party) -> str:
    """Return a requester's name, never empty."""
    return " ".join((party.name or party.handle or party.address or "Unknown").split())[:150]
