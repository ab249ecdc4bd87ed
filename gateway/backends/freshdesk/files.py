"""Files of agents' answers: their address is asked for anew, since Freshdesk lets it hold for minutes alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.backends.freshdesk.api import Conversation, FreshdeskApi
from gateway.errors import RejectedError
from gateway.ports import FileRef, TicketRef


class FreshdeskFiles:
    """See `Downloader`; a ref is the ticket, the reply and the file."""

    def __init__(self, api: FreshdeskApi) -> None:
        self._api = api

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream a file from where Freshdesk keeps it, without our credential."""
        async for chunk in self._api.http.stream(await self._address(ref), foreign=True):
            yield chunk

    async def _address(self, ref: FileRef) -> str:
        ticket, _, rest = ref.partition("/")
        async for data in self._api.conversations(TicketRef(ticket)):
            said = Conversation.model_validate(data)
            for file in said.attachments:
                if rest == f"{said.id}/{file.id}" and file.attachment_url.startswith(("https://", "http://")):
                    return file.attachment_url
        raise RejectedError(f"{self._api.host} has that file no more")
