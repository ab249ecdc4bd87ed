"""What all lines of one listener share: who may connect, what is borne at once, and where a mail is handed over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from connectors.email._listener_limits import Doorkeeper, Load
from connectors.email._listener_mail import Envelope, make_raw
from connectors.email._listener_settings import LmtpSettings
from connectors.email._listener_tls import Certificate
from gateway.errors import GatewayError
from gateway.ports import Clock, Take

_log = structlog.get_logger()

NOT_NOW = "451 4.3.0 cannot be kept now, come again"


@dataclass(slots=True, eq=False)
class Post:
    """What all lines of one listener share."""

    source: str
    settings: LmtpSettings
    clock: Clock
    load: Load
    take: Take
    certificate: Certificate | None = None
    doorkeeper: Doorkeeper = field(init=False)
    own: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.doorkeeper = Doorkeeper(self.settings)
        self.own = frozenset((self.settings.address, *self.settings.aliases))

    async def keep(self, mail: bytes, envelope: Envelope, protocol: str) -> str:
        """Hand a mail over and return the answer to it; success stands there only after the commit."""
        settings = self.settings
        raw = make_raw(self.source, mail, envelope, protocol, settings.helo, self.clock.now())
        try:
            async with asyncio.timeout(settings.commit_secs):
                await self.take([raw])
        except (TimeoutError, GatewayError) as error:
            _log.warning("mail.postponed", channel=self.source, error=type(error).__name__)
            return NOT_NOW
        except Exception as error:  # noqa: BLE001 - a fault over one mail is told to the log, and the mail comes again
            _log.error("mail.failed", channel=self.source, error=type(error).__name__)
            return NOT_NOW
        return f"250 2.0.0 kept as {raw.key[:16]}"
