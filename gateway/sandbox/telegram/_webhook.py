"""The webhook: what was set, and the delivery of updates with order per chat and retries, as the Bot API does it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import h11

from gateway.ports import Clock
from gateway.sandbox._call import call
from gateway.sandbox.telegram._errors import ApiError
from gateway.sandbox.telegram._updates import Queued, UpdateQueue

Json = dict[str, Any]
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAX_RETRY_AFTER = 3600
_MAX_BACKOFF = 60
_ANSWER_SECS = 60
_GONE_SECS = 23 * 3600


class Webhook:
    """Where updates are pushed to; `changed` is called after each attempt."""

    def __init__(self, clock: Clock, queue: UpdateQueue, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._queue = queue
        self._changed = changed
        self.settings: Json = {}
        self._error: tuple[int, str] | None = None
        self._gone_since: float | None = None
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def active(self) -> bool:
        """Whether a webhook is set."""
        return bool(self.settings)

    def set(self, params: Json) -> str:
        """Set, change or (with an empty address) delete the webhook; returns the description."""
        url = str(params.get("url") or "")
        if not url:
            return self.delete()
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.get("secret_token")
        if secret is not None and not _SECRET.fullmatch(str(secret)):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        settings = {
            "url": url,
            "secret_token": secret,
            "max_connections": params.get("max_connections") or 40,
            "ip_address": params.get("ip_address"),
        }
        known, self.settings = self.settings == settings, settings
        self._stop()
        self._error = self._gone_since = None
        self.deliver()
        return "Webhook is already set" if known else "Webhook was set"

    def delete(self) -> str:
        """Forget the webhook; returns the description."""
        known, self.settings = self.active, {}
        self._stop()
        return "Webhook was deleted" if known else "Webhook is already deleted"

    def info(self) -> Json:
        """Return the WebhookInfo."""
        info: Json = {
            "url": self.settings.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if self.active:
            info["max_connections"] = self.settings["max_connections"]
            if self.settings["ip_address"]:
                info["ip_address"] = self.settings["ip_address"]
            if self._error is not None:
                info["last_error_date"], info["last_error_message"] = self._error
        if self._queue.allowed is not None:
            info["allowed_updates"] = self._queue.allowed
        return info

    def deliver(self) -> None:
        """Start what may go out now: the oldest update of each chat that has none under way."""
        if not self.active:
            return
        for lane in self._queue.lanes():
            if len(self._busy) >= self.settings["max_connections"]:
                return
            if lane in self._busy:
                continue
            self._busy.add(lane)
            task = asyncio.create_task(self._push_all(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End all deliveries."""
        tasks = tuple(self._tasks)
        self._stop()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._busy.clear()

    async def _push_all(self, lane: int) -> None:
        while self.active and (queued := self._queue.oldest(lane)) is not None:
            await self._push(queued)
            self._changed()
        self._busy.discard(lane)
        self.deliver()

    async def _push(self, queued: Queued) -> None:
        """Attempt one update until it is taken, or too old."""
        delay, failures = 1, 0
        while self._queue.oldest(queued.lane) is queued:
            status, retry_after = await self._attempt(queued)
            if 200 <= status < 300:
                if self._queue.oldest(queued.lane) is queued:
                    self._queue.remove(queued)
                self._gone_since = None
                return
            self._changed()
            if self._is_gone(status):
                self.delete()
                return
            if not retry_after and failures:
                delay = min(delay * 2, _MAX_BACKOFF)
            failures += 1
            # The first failure is tried again at once.
            await self._clock.sleep(min(retry_after, _MAX_RETRY_AFTER) or (delay if failures > 1 else 0))

    async def _attempt(self, queued: Queued) -> tuple[int, int]:
        headers = {"content-type": "application/json"}
        if self.settings["secret_token"]:
            headers[SECRET_HEADER] = self.settings["secret_token"]
        try:
            async with asyncio.timeout(_ANSWER_SECS):
                reply = await call("POST", self.settings["url"], headers, queued.body)
        except TimeoutError:
            self._note("Read timeout expired")
            return 0, 0
        except (OSError, h11.RemoteProtocolError) as error:
            self._note(
                "Connection refused" if isinstance(error, ConnectionRefusedError) else "Webhook connection closed"
            )
            return 0, 0
        if not 200 <= reply.status < 300:
            self._note(f"Wrong response from the webhook: {reply.status} {reply.reason}")
        wait = reply.headers.get("retry-after", "")
        return reply.status, int(wait) if wait.isdecimal() else 0

    def _note(self, message: str) -> None:
        self._error = (int(self._clock.now().timestamp()), message)

    def _is_gone(self, status: int) -> bool:
        """Say whether 410 was the answer for 23 hours."""
        now = self._clock.now().timestamp()
        if status != 410:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        return self._gone_since is not None and now - self._gone_since >= _GONE_SECS
