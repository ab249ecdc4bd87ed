"""Files of agents' answers, from the links that Chatwoot gives: they need no credential, and get none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from gateway.backends.chatwoot.api import ChatwootApi
from gateway.errors import RejectedError, TransientError
from gateway.ports import Clock, FileRef

UPLOADED_WITHIN = timedelta(minutes=10)
"""Chatwoot shows a message before its files have reached their store."""


class ChatwootFiles:
    """See `Downloader`; a ref is when the message was sent, and the link."""

    def __init__(self, api: ChatwootApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream a file; one that is not there yet may come."""
        sent_at, _, address = ref.partition(" ")
        if not sent_at.isdigit() or not address.startswith(("https://", "http://")):
            raise RejectedError(f"that is no file of {self._api.host}")
        began = False
        try:
            async for chunk in self._api.http.stream(address, foreign=True):
                began = True
                yield chunk
        except RejectedError:
            age = self._clock.now().timestamp() - int(sent_at)
            if began or abs(age) > UPLOADED_WITHIN.total_seconds():
                raise
            raise TransientError(f"{self._api.host} has not stored that file yet", item=True) from None
