"""The incremental export of ticket events: audits in another shape, a minute late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

LATE_SECS = 60
"""Nothing of the latest minute is given out."""


def at(audit: Mapping[str, Any]) -> int:
    """Return an audit's time in seconds since 1970."""
    return int(datetime.fromisoformat(audit["created_at"]).timestamp())


def page(audits: Sequence[Mapping[str, Any]], start: int, now: int, most: int, *, comments: bool) -> dict[str, Any]:
    """Return a page from `start` on; what shares the last second goes along."""
    due = [audit for audit in audits if start <= at(audit) <= now - LATE_SECS]
    taken = due[:most]
    while len(taken) < len(due) and at(due[len(taken)]) == at(taken[-1]):
        taken.append(due[len(taken)])
    end = at(taken[-1]) if taken else None
    return {
        "ticket_events": [_event(audit, comments=comments) for audit in taken],
        "count": len(taken),
        "end_of_stream": len(taken) == len(due),
        "end_time": end,
        "next_page": None if end is None else f"start_time={end}",
    }


def _event(audit: Mapping[str, Any], *, comments: bool) -> dict[str, Any]:
    return {
        "id": audit["id"],
        "ticket_id": audit["ticket_id"],
        "timestamp": at(audit),
        "created_at": audit["created_at"],
        "updater_id": audit["author_id"],
        "via": "Web service",
        "system": audit["metadata"]["system"],
        "metadata": audit["metadata"]["custom"],
        "event_type": "Audit",
        "child_events": [_child(event, comments=comments) for event in audit["events"]],
    }


def _child(event: Mapping[str, Any], *, comments: bool) -> dict[str, Any]:
    if event["type"] == "Comment":
        if comments:
            return {**event, "event_type": "Comment"}
        return {
            "id": event["id"],
            "event_type": "Comment",
            "comment_present": True,
            "comment_public": event["public"],
        }
    child = {"id": event["id"], "event_type": event["type"], event["field_name"]: event["value"]}
    return child if event["type"] == "Create" else {**child, "previous_value": event["previous_value"]}
