"""One line of the listener: aiosmtpd speaks, this decides who may say what, and answers for a mail once it is kept.

SMTP smuggling: a mail ends at CR LF . CR LF and nowhere else; a bare CR or LF is a byte of the mail like any other, so
that what another server took for one mail is one mail here, too. Nothing is ever relayed.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Sequence

import structlog
from aiosmtpd.smtp import SMTP
from typing_extensions import override

from connectors.email._listener_forward import read_forward
from connectors.email._listener_hooks import Hooks
from connectors.email._listener_limits import Address, Peer, address_of
from connectors.email._listener_mail import Envelope
from connectors.email._listener_post import Post

_log = structlog.get_logger()

# aiosmtpd logs what was said, at whatever level; the words of users do not belong in a log.
for _name in ("mail.log", "mail.debug"):
    logging.getLogger(_name).disabled = True

BUFFER = 64 * 1024
ALL = 1 << 24
"""More than is ever buffered: what is read is all there is, so that the rest can be put back."""
_BREAK = b"\r\n"
END = _BREAK + b"." + _BREAK
COMMAND_BYTES = 2048
"""RFC 5321 section 4.5.3.1.4 asks for 512; long addresses and what extensions add need more."""
PROXY_SECS = 10.0
SPARE_SECS = 5.0
TOO_LARGE = "552 5.3.4 larger than is taken here"
TOO_MUCH = "452 4.3.1 too much is under way, come again"
NOT_FROM_THERE = "554 5.7.1 not from there"
_HELO = re.compile(r"[!-~]{1,255}")


class Line(SMTP):
    """A connection that speaks SMTP."""

    line_length_limit = BUFFER
    command_size_limit = COMMAND_BYTES

    def __init__(self, post: Post, lines: set[Line]) -> None:
        settings = post.settings
        super().__init__(
            Hooks(self, post),
            data_size_limit=settings.max_mail_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.helo,
            ident=f"{settings.protocol.upper()} Gatehouse",
            tls_context=post.certificate.context if post.certificate is not None else None,
            timeout=settings.command_secs,
            proxy_protocol_timeout=PROXY_SECS if settings.proxies else None,
            loop=asyncio.get_running_loop(),
        )
        # The library keeps one table for all lines, and each new line clears it.
        self.command_size_limits = defaultdict(lambda: COMMAND_BYTES)
        self.post = post
        self._lines = lines
        self.peer: Peer | None = None
        self.forwarded: dict[str, str] = {}
        self.is_keeping = False
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self._held = 0
        self._is_counted = False
        self._entered = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.forwarded = {}
        if self.peer is None and not self._begin(transport):
            return
        super().connection_made(transport)
        if self._handler_coroutine is not None and not self._entered:
            self._entered = True
            self._handler_coroutine.add_done_callback(self._end)
            self._lines.add(self)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        if self._entered:
            super().connection_lost(error)
        else:
            self.ended.set()

    def _begin(self, transport: asyncio.BaseTransport) -> bool:
        """Say who is there; whoever may not be is sent away."""
        named = transport.get_extra_info("peername")
        address = address_of(named[0]) if isinstance(named, tuple) else None
        refusal = self._meet(address) if self.post.settings.proxies else self.admit(address)
        if refusal:
            _dismiss(transport, refusal)
        return not refusal

    def _meet(self, address: Address | None) -> str:
        """Let a load balancer go on to say whom it connects: that one is then admitted, or not."""
        if not self.post.doorkeeper.is_proxy(address):
            return NOT_FROM_THERE
        self.peer = Peer(address, is_relay=False)
        return ""

    def admit(self, address: Address | None) -> str:
        """Let a peer in and count the line; return why not, if so."""
        peer = self.post.doorkeeper.admit(address)
        if peer is None:
            _log.info("line.refused", channel=self.post.source, reason="not in allow")
            return NOT_FROM_THERE
        if not self.post.load.enter(peer):
            _log.warning("line.refused", channel=self.post.source, reason="too many lines")
            return "421 4.7.0 too many lines, come again"
        self.peer, self._is_counted = peer, True
        return ""

    def _end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()
        self._lines.discard(self)
        if self._is_counted and self.peer is not None:
            self.post.load.leave(self.peer)
        self.ended.set()

    def close(self, words: str) -> None:
        """End the line after these words."""
        if isinstance(self.transport, asyncio.WriteTransport):
            _dismiss(self.transport, words)

    def abort(self) -> None:
        """Cut the line."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    @override
    async def smtp_STARTTLS(self, arg: str) -> None:
        if self.post.certificate is not None:
            await asyncio.to_thread(self.post.certificate.refresh)
        await super().smtp_STARTTLS(arg)

    @override
    async def smtp_AUTH(self, arg: str) -> None:
        await self.push("502 5.5.1 there is nobody to log in as")

    @override
    async def smtp_VRFY(self, arg: str) -> None:
        await self.push("252 2.1.5 send it and see")

    @override
    async def smtp_HELP(self, arg: str) -> None:
        await self.push("214 2.0.0 see RFC 5321")

    @override
    async def smtp_EXPN(self, arg: str) -> None:
        await self.push("502 5.5.1 there are no lists")

    async def smtp_XFORWARD(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """A relay says whom it has the next mail from."""
        if self.peer is None or not self.peer.is_relay:
            await self.push("550 5.7.0 not from you")
        elif self.envelope is not None and self.envelope.mail_from is not None:
            await self.push("503 5.5.1 not within a mail")
        elif (found := read_forward(arg or "")) is None:
            await self.push("501 5.5.4 cannot be read")
        else:
            self.forwarded |= found
            await self.push("250 2.0.0 noted")

    @override
    async def smtp_DATA(self, arg: str | None) -> None:
        """Read a mail and keep it. The library's own would answer once where LMTP wants an answer a recipient."""
        if await self.check_helo_needed():
            return
        recipients = self.envelope.rcpt_tos if self.envelope is not None else []
        if arg or not recipients:
            await self.push("501 5.5.4 DATA stands alone" if arg else "503 5.5.1 RCPT comes first")
            return
        await self.push("354 go on, and end with a dot alone")
        self._reset_timeout(self.post.settings.data_secs)
        try:
            answer = await self._taken()
            self.envelope = self._create_envelope()
            self._reset_timeout()
            await self.push("\r\n".join([answer] * self._answers(recipients)))
        finally:
            self._let_go()
            self.forwarded, self.is_keeping = {}, False
            self.answered.set()

    def _answers(self, recipients: Sequence[str]) -> int:
        return 1

    async def _taken(self) -> str:
        """Read a mail to its end and keep it; return the answer to it."""
        # A dot alone on the first line is an end, too.
        mail = bytearray(_BREAK)
        if refusal := await self._read(mail):
            return refusal
        text = bytes(mail.replace(_BREAK + b".", _BREAK))[len(_BREAK) :]
        mail.clear()
        self.is_keeping = True
        self.answered.clear()
        self._reset_timeout(self.post.settings.commit_secs + SPARE_SECS)
        return await self.post.keep(text, self._brought(), self._protocol())

    async def _read(self, mail: bytearray) -> str:
        """Read a mail to its end, whatever becomes of it; return why it is not taken, if so.

        A line of it may be of any length: the whole has a limit, and broken programs write long ones.
        """
        refusal = ""
        while True:
            looked = max(len(mail) - len(END) + 1, 0)
            piece = await self._reader.read(ALL)
            refusal = refusal or self._lack(len(piece))
            mail += piece
            if (end := mail.find(END, looked)) >= 0:
                # What follows are commands that the client did not wait with.
                self._reader.feed_data(bytes(mail[end + len(END) :]))
                del mail[end + len(_BREAK) :]
                return refusal or (TOO_LARGE if end > self.post.settings.max_mail_bytes else "")
            if refusal:
                del mail[: -len(END)]

    def _lack(self, more: int) -> str:
        """Return why so many bytes more cannot be held; where they can, they are counted."""
        if self._held + more > self.post.settings.max_mail_bytes + COMMAND_BYTES:
            self._let_go()
            return TOO_LARGE
        if not self.post.load.hold(more):
            self._let_go()
            return TOO_MUCH
        self._held += more
        return ""

    def _let_go(self) -> None:
        """Hold nothing any more."""
        self.post.load.release(self._held)
        self._held = 0

    def _brought(self) -> Envelope:
        """Return the envelope as it is told of."""
        session, envelope, peer = self.session, self.envelope, self.peer
        if session is None or envelope is None or peer is None:
            raise LookupError("a mail without a line")
        called = session.host_name or ""
        name = called if _HELO.fullmatch(called) else ""
        known = self.forwarded if peer.is_relay else {"helo": name, "peer": peer.shown}
        return Envelope(
            sender=(envelope.mail_from or "").removeprefix("<").removesuffix(">"),
            recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
            helo=known.get("helo", ""),
            peer=known.get("peer", ""),
            hop=(name, peer.shown),
        )

    def _protocol(self) -> str:
        secured = self.session is not None and self.session.ssl is not None
        return ("ESMTP" if self.session and self.session.extended_smtp else "SMTP") + ("S" if secured else "")


class LmtpLine(Line):
    """A connection that speaks LMTP (RFC 2033): LHLO, and an answer for each recipient."""

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Greet."""
        await super().smtp_EHLO(arg)

    @override
    async def smtp_HELO(self, hostname: str) -> None:
        await self.push("500 5.5.1 LMTP is spoken here: LHLO")

    @override
    async def smtp_EHLO(self, hostname: str) -> None:
        await self.push("500 5.5.1 LMTP is spoken here: LHLO")

    @override
    def _answers(self, recipients: Sequence[str]) -> int:
        return len(recipients)

    @override
    def _protocol(self) -> str:
        return "LMTPS" if self.session is not None and self.session.ssl is not None else "LMTP"


def _dismiss(transport: asyncio.BaseTransport, words: str) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.write(f"{words}\r\n".encode("ascii"))
        transport.close()
