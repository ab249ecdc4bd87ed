"""Makes in Jira what the gateway needs and the API can make: the webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.backends._api import Api
from gateway.backends.jira.settings import JiraSettings
from gateway.case import Frozen
from gateway.errors import AuthError
from gateway.ports import Step

HOOKS = "/rest/webhooks/1.0/webhook"
EVENTS = ("jira:issue_updated", "jira:issue_deleted", "comment_created")
WEBHOOK = "webhook"
FIRST = "set `webhook_secret` first, then run the setup again; until then answers are polled"


class _Hook(Frozen):
    url: str


class JiraSetup:
    """See `Setup`. The account must administer Jira for this alone."""

    def __init__(self, settings: JiraSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return the webhook, where the gateway takes pushes; it waits for a secret to sign them with."""
        if not address:
            return ()
        if self._settings.webhook_secret is None:
            return (Step(WEBHOOK, FIRST, done=False),)
        return (Step(WEBHOOK, f"a webhook to {address}", await self._has(address)),)

    async def make(self, step: Step, address: str) -> Step:
        """Make the webhook, unless it is there by now; without a secret the step stays undone."""
        secret = self._settings.webhook_secret
        if secret is None:
            return replace(step, detail=FIRST, done=False)
        if not await self._has(address):
            data = {
                "name": "Gatehouse",
                "url": address,
                "events": list(EVENTS),
                "filters": {"issue-related-events-section": f'project = "{self._settings.project}"'},
                "excludeBody": False,
                "secret": secret.get_secret_value(),
            }
            answer = await self._api.call("POST", HOOKS, data=data)
            if answer.read(_Hook).url != address:
                raise answer.unreadable()
        return replace(step, done=True)

    async def _has(self, address: str) -> bool:
        answer = await self._api.call("GET", HOOKS, expected=(403,))
        if answer.status == 403:
            raise AuthError("the account may not see webhooks; let it administer Jira for the setup")
        return any(each.get("url") == address for each in answer.read(list[dict[str, Any]]))
