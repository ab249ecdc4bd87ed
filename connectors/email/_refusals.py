"""What a refused login means, and how soon it may be tried again without the server locking the account."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.email._parse import Line, response_code, too_many
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Clock

FIRST_WAIT = timedelta(minutes=15)
"""Servers lock an account after a handful of refusals within some ten minutes."""
LONGEST_WAIT = timedelta(hours=1)

_BUSY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA", "CORRUPTION"})


class Refusals:
    """The refusals of one credential at one server in a row; the wait after each is twice that after the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wait = FIRST_WAIT
        self._until: datetime | None = None
        self._why = ""

    def check(self) -> None:
        """Raise `AuthError`, as the server would, while the credential is not to be tried again."""
        if self._until is not None and self._clock.now() < self._until:
            raise self._error()

    def note(self, error: AuthError) -> AuthError:
        """Remember that the server refused it; return what to raise."""
        self._until, self._why = self._clock.now() + self._wait, str(error)
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        return self._error()

    def clear(self) -> None:
        """The server took it."""
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
