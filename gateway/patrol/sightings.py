"""The impostors that the desk has met in its groups: what the store knows of them from the cases that they opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from gateway.case import Case, Entry, Finding, Severity, Visibility
from gateway.casework.groups import CATEGORY
from gateway.errors import GatewayError
from gateway.journal import Store
from gateway.patrol.ports import Failed
from gateway.patrol.values import Impersonation

_SEEN = "seen:"
"""How the message of such a case is named: it was seen, and said to nobody of ours."""
MOST = 1000
"""So many cases are looked through, the last changed first."""


class StoredSightings:
    """See `gateway.patrol.ports.Sightings`; asks the store for its cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def since(self, at: datetime | None) -> Sequence[Impersonation] | Failed:
        """See `Sightings.since`."""
        try:
            cases = await self._store.list_cases(None, MOST)
            return [found for case in cases if _is_new(case, at) for found in await self._of(case)]
        except GatewayError as error:
            return Failed(str(error))

    async def _of(self, case: Case) -> Sequence[Impersonation]:
        view = await self._store.case_view(case.id)
        return list(_sightings(view.file.entries)) if view is not None else []


def _is_new(case: Case, at: datetime | None) -> bool:
    return case.category == CATEGORY and (at is None or case.opened_at > at)


def _sightings(entries: Sequence[Entry]) -> Iterator[Impersonation]:
    for entry in entries:
        message, sender = entry.message, entry.message.sender
        if not message.id.startswith(_SEEN) or message.visibility is not Visibility.GROUP:
            continue
        finding = next(iter(entry.assessment.findings), Finding(code="", severity=Severity.NOTICE))
        told = (("id", sender.id), ("name", sender.name), ("case", entry.case_id), ("reason", finding.reason))
        yield Impersonation(
            kind="member",
            value=sender.handle or sender.id or "",
            of=finding.official or finding.brand or "",
            technique=finding.technique or "",
            evidence=tuple((name, value) for name, value in told if value),
            url="",
            first_seen=entry.at,
            platform=message.platform,
            brand=finding.brand or "",
            confidence=finding.confidence,
            severity=entry.assessment.worst or Severity.NOTICE,
        )
