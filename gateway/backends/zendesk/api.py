"""Zendesk's API as the other modules here call it, and what its answers say of the account."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

import httpx

from gateway.backends._api import Answer, Api, Body, Query
from gateway.backends._quota import Quota, RateHeaders, in_secs
from gateway.backends.zendesk.settings import ZendeskSettings
from gateway.ports import Clock

HEADERS = RateHeaders("x-rate-limit-remaining", "ratelimit-reset", in_secs)
SPARE_OF = 25
"""Looking after jobs takes no more than one call in so many."""
LEAST_WAIT_SECS = 2.0
SMALL_PLAN = 100
"""Calls a minute below which nothing is spent on being quick."""


def credential(settings: ZendeskSettings) -> str:
    """Return what proves who we are, for the header `Authorization`."""
    token = settings.token.get_secret_value()
    if not settings.email:
        return f"Bearer {token}"
    return "Basic " + base64.b64encode(f"{settings.email}/token:{token}".encode()).decode()


class Zendesk:
    """One account. `limit` is how many calls a minute its plan allows, once an answer has told."""

    def __init__(self, settings: ZendeskSettings, client: httpx.AsyncClient, clock: Clock) -> None:
        quota = Quota(clock, settings.calls_at_once, HEADERS)
        self._api = Api(settings.url, client, clock, quota, settings.timeout_secs)
        self.host = self._api.host
        self.limit: int | None = None

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        data: Any = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[int] = (),
    ) -> Answer:
        """See `Api.call`; `path` is below `/api/v2`."""
        answer = await self._api.call(
            method, f"/api/v2{path}", query=query, data=data, body=body, headers=headers, expected=expected
        )
        told = answer.headers.get("x-rate-limit", "")
        if told.isascii() and told.isdigit():
            self.limit = max(1, int(told[:9]))
        return answer

    def stream(self, address: str) -> AsyncIterator[bytes]:
        """See `Api.stream`."""
        return self._api.stream(address)

    @property
    def spare_secs(self) -> float:
        """How long to wait between two calls that are made beside the work itself."""
        return max(LEAST_WAIT_SECS, 60.0 * SPARE_OF / self.limit) if self.limit else LEAST_WAIT_SECS

    @property
    def is_small(self) -> bool:
        """Whether the plan allows so few calls that none may be spent on being quick."""
        return self.limit is not None and self.limit < SMALL_PLAN
