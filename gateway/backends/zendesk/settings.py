"""What the operator sets for Zendesk, and how a case becomes what its API takes. Pure."""

from __future__ import annotations

import html
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from gateway.backends._parts import Part, subject_of
from gateway.backends._settings import (
    TicketSettings,
    WebAddress,
    field_values,
    mail_of,
    queue_name,
    shown_name,
    state_name,
    tags_of,
)
from gateway.case import CaseState, Priority
from gateway.ports import Secret, TicketWrite

STATES = {CaseState.OPEN: "open", CaseState.WAITING: "pending", CaseState.SOLVED: "solved"}
MOST_COMMENT = 60_000
"""Zendesk takes 65,535 characters in a comment; what is longer is cut, and says so."""
MARK = "gatehouse"
"""The name of a mark in an audit's custom metadata, which agents do not see."""


def _numbers(names: dict[str, str]) -> dict[str, str]:
    wrong = [value for value in names.values() if not value.isdigit()]
    if wrong:
        raise ValueError("write the number that Zendesk shows in the address of its page, such as 360001234567")
    return names


class ZendeskSettings(TicketSettings):
    """One Zendesk account, and the API user that the gateway works as."""

    url: WebAddress = Field(description="Address of the account.", examples=["https://examplex.zendesk.com"])
    email: str = Field(
        default="", description="Mail address of the API user; empty where `token` is an OAuth access token."
    )
    token: Secret = Field(description="The API token, or the OAuth access token.")
    webhook_secret: Secret | None = Field(
        default=None,
        description="The webhook's signing secret; without it no webhook is taken, and answers are polled.",
    )
    group: str = Field(
        default="", pattern=r"^\d*$", description="Number of the group that tickets go to; empty: Zendesk's own rules."
    )
    queues: Annotated[dict[str, str], AfterValidator(_numbers)] = Field(
        default_factory=dict, description='The number of the group for each queue of a case: `billing = "360001"`.'
    )
    tag: str = Field(
        default="gatehouse",
        pattern=r"^[a-z0-9_-]+$",
        description="Marks tickets of the gateway for triggers; which must not mail their requesters.",
    )
    priorities: dict[Priority, str] = Field(
        default_factory=lambda: {each: each.value for each in Priority},
        description="Zendesk's name of each priority; what is left out is not set.",
    )
    batch_from: int = Field(
        default=25,
        ge=2,
        le=1000,
        description="From so many tickets to be opened at once on, they go as one job of up to 100.",
    )
    updates_per_minute: int = Field(
        default=100, ge=1, le=10_000, description="Updates of tickets that the account allows; 300 with High Volume."
    )
    exports_per_minute: int = Field(
        default=10, ge=1, le=100, description="Incremental exports that the account allows; 30 with High Volume."
    )


def opening(settings: ZendeskSettings, write: TicketWrite, comment: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return the ticket that a write opens, with its first comment."""
    case = write.case
    ticket: dict[str, Any] = {
        "subject": subject_of(write),
        "comment": comment,
        "requester": {"name": shown_name(case.requester), "email": mail_of(settings, case.requester)},
        "external_id": write.external_key,
        "tags": _tags(settings, write),
        "metadata": {MARK: mark},
    }
    priority = settings.priorities.get(case.priority)
    group = queue_name(settings, case, settings.group)
    fields = [{"id": int(name), "value": value} for name, value in field_values(settings, case).items()]
    if priority:
        ticket["priority"] = priority
    if group:
        ticket["group_id"] = int(group)
    if fields:
        ticket["custom_fields"] = fields
    return ticket


def comment_of(part: Part) -> dict[str, Any]:
    """Return the comment that a part is; a note for agents is never public.

    As HTML, since Zendesk would read Markdown into plain text.
    """
    text = part.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if not text.strip():
        text = "(no text)"
    shown = as_html(text)
    while len(shown) > MOST_COMMENT:
        text = text[: len(text) * 9 // 10]
        shown = as_html(text) + "<br>[cut here: the rest is in the gateway]"
    return {"html_body": shown, "public": not part.for_agents}


def as_html(text: str) -> str:
    """Return a text as HTML that shows each of its characters."""
    return html.escape(text, quote=False).replace("  ", "&nbsp; ").replace("\n", "<br>")


def status(settings: ZendeskSettings, state: CaseState) -> dict[str, Any]:
    """Return what sets a state: a status, or a custom status by its number."""
    name = state_name(settings, STATES, state)
    return {"custom_status_id": int(name)} if name.isdigit() else {"status": name}


def _tags(settings: ZendeskSettings, write: TicketWrite) -> list[str]:
    """Zendesk parts tags at spaces, and knows no capitals."""
    tags = ["_".join(tag.lower().split()) for tag in (settings.tag, *tags_of(settings, write.case))]
    return list(dict.fromkeys(tags))
