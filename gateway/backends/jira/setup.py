"""Makes in Jira what the gateway needs and the API can make: the webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.backends._api import Api
from gateway.backends.jira.settings import JiraSettings
from gateway.errors import AuthError
from gateway.ports import Step

HOOKS = "/rest/webhooks/1.0/webhook"
EVENTS = ("jira:issue_updated", "jira:issue_deleted", "comment_created")


class JiraSetup:
    """See `Setup`. The account must administer Jira for this alone."""

    def __init__(self, settings: JiraSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return the webhook, where the gateway takes pushes and has a secret for them."""
        if not address or self._settings.webhook_secret is None:
            return ()
        return (Step("webhook", f"a webhook to {address}", await self._has(address)),)

    async def make(self, step: Step, address: str) -> Step:
        """Make the webhook, unless it is there by now."""
        secret = self._settings.webhook_secret
        if secret is not None and not await self._has(address):
            data = {
                "name": "Gatehouse",
                "url": address,
                "events": list(EVENTS),
                "filters": {"issue-related-events-section": f'project = "{self._settings.project}"'},
                "excludeBody": False,
                "secret": secret.get_secret_value(),
            }
            await self._api.call("POST", HOOKS, data=data)
        return replace(step, done=True)

    async def _has(self, address: str) -> bool:
        answer = await self._api.call("GET", HOOKS, expected=(403,))
        if answer.status == 403:
            raise AuthError("the account may not see webhooks; let it administer Jira for the setup")
        return any(each.get("url") == address for each in answer.read(list[dict[str, Any]]))
