"""Opens connections to the mailbox: connect, log in, open a folder."""

from __future__ import annotations

import asyncio
import ssl

from connectors.email._imap import Session
from connectors.email._mailbox import Mailbox, Selected
from connectors.email._refusals import Refusals
from connectors.email._sasl import Access
from connectors.email._settings import EmailSettings
from gateway.ports import Clock


def connect(settings: EmailSettings, tls: ssl.SSLContext) -> Session:
    """Return a connection that is being made, secured as configured and never less."""
    used = None if settings.imap_security == "plain" else tls
    starttls = settings.imap_security == "starttls"
    return Session(settings.imap_host, settings.imap_port, used, settings.step_secs, starttls=starttls)


class Door:
    """The one way into the mailbox, for all folders of a channel.

    They go through it one after another: a password that is refused to the first is not tried for the next.
    """

    def __init__(self, settings: EmailSettings, tls: ssl.SSLContext, clock: Clock, access: Access | None) -> None:
        self._settings = settings
        self._tls = tls
        self._access = access
        self._refusals = Refusals(clock, held=access is None)
        self._lock = asyncio.Lock()

    async def enter(self) -> Mailbox:
        """Return a connection that is logged in, no folder open."""
        async with self._lock:
            with self._refusals.trying():
                return Mailbox(await self._logged_in())

    async def open(self, folder: str, *, read_only: bool) -> tuple[Mailbox, Selected]:
        """Return a connection of its own on which the folder is open."""
        box = await self.enter()
        try:
            return box, await box.select(folder, read_only=read_only)
        except BaseException:
            box.session.burn()
            raise

    async def _logged_in(self) -> Session:
        if self._access is not None:
            # Before a connection is made, which would have to wait for it.
            await self._access.token()
        session = connect(self._settings, self._tls)
        try:
            await session.hello()
            await self._log_in(session)
        except BaseException:
            session.burn()
            raise
        return session

    async def _log_in(self, session: Session) -> None:
        if self._access is not None:
            await session.login_by_token(self._settings.login, self._access)
        elif (password := self._settings.password) is not None:
            await session.login(self._settings.login, password.get_secret_value())
