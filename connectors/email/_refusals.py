"""What a refused login means, and how soon it may be tried again without the server locking the account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from connectors.email._parse import Line, response_code, too_many
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Clock

FIRST_WAIT = timedelta(minutes=15)
"""Servers lock an account after a handful of refusals within some ten minutes."""
LONGEST_WAIT = timedelta(hours=1)

_BUSY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA", "CORRUPTION"})


class Refusals:
    """The refusals of one credential at one server in a row; the wait after each is twice that after the one before.

    Access by token is not `held` back: it may have been given anew meanwhile, and no server locks an account over it.
    """

    def __init__(self, clock: Clock, *, held: bool) -> None:
        self._clock = clock
        self._held = held
        self._wait = FIRST_WAIT
        self._until: datetime | None = None
        self._why = ""

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Log in within this; raises `AuthError` at once, as the server would, while it is not to be tried again."""
        if self._until is not None and self._clock.now() < self._until:
            raise self._error()
        try:
            yield
        except AuthError as error:
            if not self._held:
                raise
            self._until, self._why = self._clock.now() + self._wait, str(error)
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            raise self._error() from None
        self._wait, self._until = FIRST_WAIT, None

    def _error(self) -> AuthError:
        return AuthError(f"{self._why}; not tried again before {self._until:%H:%M} UTC, so that no account is locked")


def login_refused(host: str, line: Line) -> GatewayError:
    """Return what an IMAP server's last word on a login means."""
    code = response_code(line)
    told = f" [{code}]" if code else ""
    if code == "LIMIT" or too_many(line):
        return TransientError(f"the IMAP server {host} has no room for a further connection of this login{told}")
    if code in _BUSY:
        return TransientError(f"the IMAP server {host} takes no logins now{told}")
    if code == "PRIVACYREQUIRED":
        return ConfigError(f"the IMAP server {host} demands encryption{told}; use imap_security tls or starttls")
    return AuthError(f"the IMAP server {host} refused the user name or password{told}")
