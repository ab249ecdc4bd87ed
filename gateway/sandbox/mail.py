"""A mail server on loopback for demo, rehearsals and tests: SMTP takes mail for any address, IMAP shows it.

One event loop, no thread, nothing outside memory. Mail never leaves it; a switch a fault makes it misbehave.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

from gateway.sandbox._imap import ImapServer
from gateway.sandbox._smtp import Receiver, Stage, Verdict
from gateway.sandbox._wire import MAX_LINE_BYTES
from gateway.sandbox.mailbox import Account, Folder, MailStore, StoredMail, utc_now

HOST = "127.0.0.1"


class MailServer:
    """A running sandbox server; made by `MailServer.start`."""

    def __init__(self, store: MailStore, imap: ImapServer, receiver: Receiver, ports: tuple[int, int]) -> None:
        self._store = store
        self._imap = imap
        self._receiver = receiver
        self.imap_port, self.smtp_port = ports

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        *,
        password: str,
        authserv_id: str = "mx.sandbox.test",
        verdicts: Mapping[str, Verdict] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> AsyncIterator[Self]:
        """Serve on free loopback ports until left.

        `verdicts` says per From domain what mail authentication finds; other domains get `none`, and mail handed in
        by a client that logged in passes, as a provider's own users do.
        """
        store = MailStore(now)
        imap = ImapServer(store, password)
        receiver = Receiver(store, password=password, authserv_id=authserv_id, verdicts=verdicts or {}, now=now)
        async with (
            await asyncio.start_server(imap.serve, HOST, 0, limit=MAX_LINE_BYTES) as imap_listener,
            await asyncio.get_running_loop().create_server(receiver.connect, HOST, 0) as smtp_listener,
        ):
            ports = (imap_listener.sockets[0].getsockname()[1], smtp_listener.sockets[0].getsockname()[1])
            try:
                yield cls(store, imap, receiver, ports)
            finally:
                # Before the listeners are awaited: from Python 3.12.1 on they wait for their connections.
                imap_listener.close()
                smtp_listener.close()
                await imap.stop()
                await receiver.stop()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that have a mailbox."""
        return self._store.addresses

    def account(self, address: str) -> Account:
        """Return an address's folders, made if need be."""
        return self._store.account(address)

    def inbox(self, address: str) -> Folder:
        """Return an address's INBOX."""
        return self._store.account(address).inbox

    def deliver(self, address: str, body: bytes) -> StoredMail:
        """Put a mail into an INBOX byte for byte, past SMTP and without trace header."""
        return self._store.deliver(address, body)

    async def wait_for(
        self,
        mailbox: str,
        predicate: Callable[[StoredMail], bool],
        timeout: float,  # noqa: ASYNC109 - the bound belongs to the claim a test makes
    ) -> StoredMail:
        """Return the first mail in an address's INBOX that fits, there already or yet to come; else `TimeoutError`."""
        return await self.inbox(mailbox).wait_for(predicate, timeout)

    def drop_connections(self) -> None:
        """Cut every line without a word; new ones are taken."""
        self._imap.drop_connections()
        self._receiver.drop_connections()

    def refuse_smtp(self, code: int | None, at: Stage = "RCPT") -> None:
        """Answer every MAIL, RCPT or DATA with that code, until told None."""
        if code is not None and not 400 <= code <= 599:
            raise ValueError("a refusal's code is between 400 and 599")
        self._receiver.refusal = None if code is None else (at, code)

    def drop_after_data(self) -> None:
        """Take the next mail and cut the line before saying so: an outcome that the client cannot know."""
        self._receiver.drop_next_after_data = True
