"""What aiosmtpd asks at each step of a line, and what is answered before there is a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.email._listener_forward import NAMES
from connectors.email._listener_limits import address_of
from connectors.email._listener_mail import is_clean, is_ours
from connectors.email._listener_post import Post

if TYPE_CHECKING:
    from connectors.email._listener_line import Line

_log = structlog.get_logger()


class Hooks:
    """The handler of one line."""

    def __init__(self, line: Line, post: Post) -> None:
        self._line = line
        self._post = post

    async def handle_PROXY(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, told: ProxyData
    ) -> bool:
        """Take whom the proxy tells for the peer; a line of its own (to see whether we live) is the proxy's."""
        line = self._line
        address = address_of(str(told.src_addr)) if told.src_addr is not None else None
        if address is None and line.peer is not None:
            address = line.peer.address
        refusal = line.admit(address)
        if refusal:
            line.close(refusal)
        return not refusal

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        """Announce what is there, and no login."""
        session.host_name = hostname
        kept = [each for each in answers if not each.startswith(("250-AUTH", "250 HELP"))]
        if self._line.peer is not None and self._line.peer.is_relay:
            kept.append("250-XFORWARD " + " ".join(NAMES))
        return [*kept, "250 PIPELINING"]

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Forget what was said of the mail."""
        self._line.forwarded = {}
        return "250 2.0.0 forgotten"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a mail of anybody; `<>` is the sender of bounces."""
        line, settings = self._line, self._post.settings
        if settings.require_tls and session.ssl is None:
            return "530 5.7.0 STARTTLS comes first"
        if address != "<>" and not is_clean(address):
            return "553 5.1.7 no address that can be written down"
        if line.peer is None or not self._post.load.draw(line.peer):
            return "451 4.7.1 too many mails, come again"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 go on"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take our own addresses alone: nothing is relayed."""
        if not is_clean(address) or not is_ours(address, self._post.own):
            return "550 5.1.1 not an address of ours"
        if len(envelope.rcpt_tos) >= self._post.settings.max_recipients:
            return "452 4.5.3 too many recipients at once"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_exception(self, error: Exception) -> str:
        """Answer what should not have been; the words that led to it stay out of the log."""
        _log.warning("line.failed", channel=self._post.source, error=type(error).__name__)
        return "451 4.3.0 something went wrong here"
