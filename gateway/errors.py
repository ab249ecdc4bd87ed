"""The errors of the gateway: few classes, each with exactly one action for the operator.

::

    GatewayError
    ├── ConfigError            edit the configuration; that channel stops, the others run
    ├── AuthError              renew a credential; probed now and then, never in a hot loop
    ├── CreditsError           pay the platform; probed now and then
    ├── TransientError         same call, later, with capped exponential backoff and full jitter
    │   ├── RateLimitedError   not before ``retry_after`` (hours, too: park that chat, not the channel)
    │   └── DeferredError      this item, in minutes and then hours, for two days (greylisting)
    ├── OutcomeUnknownError    may have taken effect; look before sending again
    └── RejectedError          this item, never
        ├── MalformedError     because it cannot be read: the raw is kept, a case names it
        ├── UnreachableError   because whom it goes to has shut us out; the agents are told
        ├── GoneError          because its ticket is there no more, or takes nothing more: a new one is opened
        └── TooLargeError      because the platform gives out no file of that size

Anything else that reaches the engine is a bug of ours: postponed a few times, then buried with its traceback.
A message in an error is written for the operator: it holds no secret and no text of a user.
"""

from __future__ import annotations

import traceback
from datetime import timedelta

LONGEST_WAIT = timedelta(days=7)
"""No platform may park us for longer; after that it is asked again."""


class GatewayError(Exception):
    """Every error that the gateway raises on purpose; ``str(error)`` is a sentence for the operator."""

    action = "see the log"


class ConfigError(GatewayError):
    """The configuration cannot work as it is written."""

    action = "edit the configuration"


class AuthError(GatewayError):
    """The platform refused our credential."""

    action = "renew the credential"


class CreditsError(GatewayError):
    """The platform blocks our calls, because what was paid for is used up."""

    action = "buy credits on the platform, or wait for its next period"


class TransientError(GatewayError):
    """The call did not take effect and may succeed later.

    With `item` the trouble is this one item's (one recipient is greylisted), and its neighbours may go on at once.
    """

    action = "wait; the gateway tries again by itself"

    def __init__(self, message: str, *, item: bool = False) -> None:
        super().__init__(message)
        self.item = item


class RateLimitedError(TransientError):
    """The platform asked us to wait; the call did not take effect.

    By itself it concerns the one chat or recipient; with `item` False the whole account has to wait.
    """

    def __init__(self, message: str, retry_after: timedelta, *, item: bool = True) -> None:
        super().__init__(message, item=item)
        self.retry_after = min(retry_after, LONGEST_WAIT)


class DeferredError(TransientError):
    """The other side takes this one item later: in minutes rather than seconds (RFC 6647), and within two days."""

    def __init__(self, message: str) -> None:
        super().__init__(message, item=True)


class OutcomeUnknownError(GatewayError):
    """The call may have taken effect: the line dropped after the other side could have accepted it."""

    action = "look at the other side before sending again"


class RejectedError(GatewayError):
    """The other side, or we, refuse this one item for good."""

    action = "look at the buried item; edit and replay it, or leave it"


class MalformedError(RejectedError):
    """The item cannot be read; its raw is kept."""

    action = "open the kept raw"


class UnreachableError(RejectedError):
    """Whom it goes to has blocked us, left, or thrown us out."""

    action = "wait until the user writes again, or use another channel"


class GoneError(RejectedError):
    """The ticket was deleted, or is closed for good; the write goes to a new one."""

    action = "nothing; a new ticket is opened"


class TooLargeError(RejectedError):
    """A file is larger than the platform gives out, or than the gateway takes."""

    action = "ask the user to send it another way"


class FaultError(Exception):
    """A fault of ours in another process, told by its class and its places alone; its words stayed there."""

    def __init__(self, name: str, places: str) -> None:
        super().__init__(name)
        self.name = name
        self.places = places


def fault_name(error: Exception) -> str:
    """Return the class of a fault, wherever it happened."""
    return error.name if isinstance(error, FaultError) else type(error).__name__


def fault_places(error: Exception) -> str:
    """Return a fault's places in the code; not what it says, which may hold a user's text."""
    return error.places if isinstance(error, FaultError) else "".join(traceback.format_tb(error.__traceback__))
