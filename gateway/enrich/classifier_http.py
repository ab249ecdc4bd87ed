"""A classifier behind HTTP: one call a message, with a deadline and a bounded answer; docs/triage.md."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from pydantic import Field, SecretStr, ValidationError

from gateway import http
from gateway.case import Frozen, Message
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Check, Report
from gateway.ports.classifying import Suggestion

MOST_ANSWER = 64 * 1024
CONCURRENT = 32
"""Calls under way at once: a batch of messages is worked on together."""
PING: dict[str, Any] = {"subject": "", "text": "", "platform": "", "visibility": "private", "categories": []}
"""What is asked to see that it answers; nothing follows from the answer."""


class _Suggested(Frozen):
    category: str = Field(max_length=60)
    confidence: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
    reason: str = Field(default="", max_length=4_000)


class _Answer(Frozen):
    suggestions: tuple[_Suggested, ...] = Field(max_length=50)


class HttpClassifier:
    """Asks by POST, so that no text stands in the log of a proxy. Its errors hold neither text nor answer."""

    def __init__(self, url: str, timeout_secs: float, categories: Sequence[str], client: httpx.AsyncClient) -> None:
        self._url = url
        self._timeout_secs = timeout_secs
        self._categories = tuple(categories)
        self._client = client
        self.host = urlsplit(url).hostname or ""

    async def classify(self, message: Message) -> Sequence[Suggestion]:
        """Ask once; see `Classifier`."""
        asked = {
            "subject": message.subject,
            "text": message.text,
            "platform": message.platform,
            "visibility": message.visibility.value,
            "categories": self._categories,
        }
        known = frozenset(self._categories)
        found = (await self._ask(asked)).suggestions
        return [Suggestion(each.category, each.confidence, each.reason) for each in found if each.category in known]

    async def check(self) -> Report:
        """Ask for nothing, and see that there is an answer."""
        try:
            await self._ask(PING)
        except GatewayError as error:
            return Report((Check("classifier", ok=False, detail=f"{error}; {error.action}"),))
        return Report((Check("classifier", ok=True, detail=f"{self.host} answered"),))

    async def _ask(self, asked: dict[str, Any]) -> _Answer:
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        try:
            async with asyncio.timeout(self._timeout_secs):
                answered = await http.post(self._client, self._url, body, MOST_ANSWER)
        except TimeoutError:
            raise TransientError(f"{self.host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise TransientError(f"{self.host} cannot be asked: {type(failure).__name__}") from None
        status, answer = answered.status, answered.body
        if answer is None:
            raise TransientError(f"{self.host} answered more than is read")
        if status in (401, 403):
            raise AuthError(f"{self.host} answered {status}: it does not accept our token")
        if status in (404, 405, 410) or 300 <= status < 400:
            raise ConfigError(f"{self.host} answered {status}: there is no classifier at that address")
        if status != 200:
            raise TransientError(f"{self.host} answered {status}")
        try:
            return _Answer.model_validate_json(answer)
        except ValidationError:
            raise TransientError(f"{self.host} answered with something that is no list of suggestions") from None


@asynccontextmanager
async def open_classifier(
    url: str, token: SecretStr | None, timeout_secs: float, ca_file: Path | None, categories: Sequence[str]
) -> AsyncIterator[HttpClassifier]:
    """Open the calls to a classifier; connects to nothing yet."""
    headers = {"content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token.get_secret_value()}"
    async with http.open_client(timeout_secs, CONCURRENT, headers, ca_file, connect_share=1) as client:
        yield HttpClassifier(url, timeout_secs, categories, client)
