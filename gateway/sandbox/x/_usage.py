"""What the project used up this month, as its counter of posts says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.sandbox._http import Answer
from gateway.sandbox.x._errors import ProblemError
from gateway.sandbox.x._params import Form, whole
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._world import written_time

CAP = 2_000_000
_PROJECT = 1_700_000_000
_FORM = Form({"days": whole(1, 90)}, fields=("usage",))
_USUAL = frozenset({"cap_reset_day", "project_cap", "project_id", "project_usage"})


class Usage:
    """Answers what was used up; only the app itself may ask."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Routes:
        """Return what is answered here."""
        return {("GET", "/2/usage/tweets"): self._usage}

    async def _usage(self, query: Query) -> Answer:
        if query.caller is None or query.caller.user_id is not None:
            detail = "Supported authentication types are [OAuth 2.0 Application-Only]."
            raise ProblemError(403, "Unsupported Authentication", detail, "unsupported-authentication")
        asked = self._site.read(_FORM, query)
        used = self._site.bill.items["post_read"] + self._site.bill.items["owned_read"]
        old = asked.spelling == "tweet"
        today = self._site.world.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        days = [today - timedelta(days=each) for each in range(asked.values.get("days", 7))]
        daily: list[dict[str, Any]] = [
            {"date": written_time(day), "usage": _count(used if day == today else 0, old)} for day in days
        ]
        whole_usage = {
            "cap_reset_day": 1,
            "project_cap": _count(CAP, old),
            "project_id": str(_PROJECT),
            "project_usage": _count(used, old),
            "daily_project_usage": {"project_id": _count(_PROJECT, old), "usage": daily},
        }
        wanted = _USUAL | asked.fields.get("usage", frozenset())
        return answered({"data": {name: value for name, value in whole_usage.items() if name in wanted}})


def _count(number: int, old: bool) -> int | str:
    """Return a count as the answer spells it: the new document has texts where the old one has numbers."""
    return number if old else str(number)
