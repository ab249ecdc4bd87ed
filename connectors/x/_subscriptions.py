"""What X is asked to tell of one account: looked at from time to time, and subscribed to where it is missing.

Nothing is ever removed: an app may serve others, too. Shapes and rights are those of X's OpenAPI document 2.167.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._errors import ForbiddenError
from connectors.x._raws import ACTIVITY, HINTS, items_of, token_of
from connectors.x._settings import XSettings
from gateway.errors import AuthError, GatewayError, RejectedError, TransientError
from gateway.ports import Clock

ROUTE = "/2/activity/subscriptions"
_OF_PROFILES = (
    "affiliate_badge",
    "banner_picture",
    "bio",
    "geo",
    "handle",
    "profile_picture",
    "screenname",
    "url",
    "verified_badge",
)
KINDS = (*HINTS, "chat.received", *(f"profile.update.{each}" for each in _OF_PROFILES))
"""What is subscribed to. `oauth.revoke` is told to every app, and cannot be subscribed to."""
SOON = timedelta(minutes=1)
"""The wait after a look that failed and may do better soon."""
SELDOM = timedelta(hours=1)
"""The wait after a look that found all well, or what only an operator can change."""
_PAGE = "1000"
_MOST_PAGES = 3
"""An app has at most 1,500 subscriptions."""

_log = structlog.get_logger()


class Upkeep:
    """Calls that look after events, counted as such; X publishes no price for them."""

    def __init__(self, settings: XSettings, client: XClient, budget: Budget) -> None:
        self._price = settings.prices.upkeep
        self._client = client
        self._budget = budget

    async def call(
        self,
        method: str,
        route: str,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        *,
        as_user: bool = False,
    ) -> dict[str, Any]:
        """Call as the app, or as the account. All of it may be done twice: what is there already is found."""
        told = await self._client.call(method, route, params, json, as_user, repeatable=True)
        await self._budget.charge(str(ACTIVITY), 1, self._price)
        return told


class Subscriptions:
    """The subscriptions of one account, on the stream or on a webhook."""

    def __init__(self, name: str, settings: XSettings, clock: Clock, upkeep: Upkeep) -> None:
        self._name = name
        self._own = settings.user_id
        self._clock = clock
        self._upkeep = upkeep
        self._due = clock.now()

    async def look(self) -> None:
        """Make those for the stream where they are missing, if it is time to look. Raises `GatewayError` alone."""
        if self._clock.now() < self._due:
            return
        try:
            await self.ensure()
        except GatewayError as error:
            self._due = self._clock.now() + (SOON if isinstance(error, TransientError) else SELDOM)
            raise
        self._due = self._clock.now() + SELDOM

    async def ensure(self, webhook: str = "") -> None:
        """Make those that are missing: for the webhook of that id, or for the stream, which tells of all.

        Raises `AuthError` when X lets us hear only of some kinds: the others are subscribed to all the same.
        """
        there = [each for each in await self._listed() if self._is_ours(each)]
        told = {each.get("event_type") for each in there if not webhook or each.get("webhook_id") == webhook}
        # One that names no webhook yet is given ours: the stream tells of it as before.
        free = {each.get("event_type"): _id(each) for each in there if not each.get("webhook_id")}
        missing = [kind for kind in KINDS if kind not in told]
        forbidden = [kind for kind in missing if not await self._subscribed(kind, webhook, free.get(kind, ""))]
        if missing:
            _log.info("activity.subscribed", channel=self._name, kinds=len(missing) - len(forbidden))
        if forbidden:
            raise AuthError(
                f"X does not let the app hear of {', '.join(forbidden)}; see the app's rights in the developer "
                "console, then make the account's access anew"
            )

    async def _listed(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        params = {"max_results": _PAGE}
        for _ in range(_MOST_PAGES):
            page = await self._upkeep.call("GET", ROUTE, params)
            found += [each for each in items_of(page) if isinstance(each, dict)]
            if (token := token_of(page)) is None:
                break
            params = {"max_results": _PAGE, "pagination_token": token}
        return found

    def _is_ours(self, subscription: Mapping[str, Any]) -> bool:
        """Whether it tells all of our account: a keyword or a direction would leave some out."""
        return subscription.get("filter") == {"user_id": self._own}

    async def _subscribed(self, kind: str, webhook: str, free: str) -> bool:
        """Subscribe to one kind; return whether we may. What X knows no more, or has after all, is only logged."""
        where = {"webhook_id": webhook} if webhook else {}
        try:
            if webhook and free:
                await self._upkeep.call("PUT", f"{ROUTE}/{free}", json=where)
            else:
                # What is private is the account's to give.
                body = {"event_type": kind, "filter": {"user_id": self._own}, **where}
                await self._upkeep.call("POST", ROUTE, json=body, as_user=True)
        except ForbiddenError:
            return False
        except RejectedError as error:
            _log.warning("activity.not_subscribed", channel=self._name, kind=kind, reason=str(error))
        return True


def _id(subscription: Mapping[str, Any]) -> str:
    found = subscription.get("subscription_id")
    return found if isinstance(found, str) and found.isascii() and found.isdecimal() else ""
