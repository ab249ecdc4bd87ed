"""The sandbox's receiving SMTP server: takes every mail, writes the trace header a real server would, delivers it.

It judges senders by a table, not by DNS: the verdict on a domain stands in Authentication-Results under our own id,
and whatever a sender forged under that id is taken out first, as RFC 8601, section 5 asks.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from itertools import count
from typing import Literal, get_args

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from typing_extensions import override

from gateway.sandbox.mailbox import MailStore, split_header

Verdict = Literal["pass", "fail", "none"]
Stage = Literal["MAIL", "RCPT", "DATA"]

MAX_MAIL_BYTES = 64 * 1024 * 1024
_ADDRESS = re.compile(rb"[^\s<>@\",;:]+@([A-Za-z0-9][A-Za-z0-9.-]*)")
_FIELD = re.compile(rb"(?m)^(?P<name>[!-9;-~]+)[ \t]*:(?P<value>[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)(?:\r?\n|\Z)")

# aiosmtpd logs each address at INFO; addresses of users do not belong in a log.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Receiver:
    """The handler behind every SMTP connection of one sandbox server."""

    def __init__(
        self,
        store: MailStore,
        *,
        password: str,
        authserv_id: str,
        verdicts: Mapping[str, Verdict],
        now: Callable[[], datetime],
    ) -> None:
        for domain, verdict in verdicts.items():
            if verdict not in get_args(Verdict):
                raise ValueError(f"the verdict on {domain} is one of pass, fail, none")
        self._store = store
        self._password = password.encode()
        self._authserv_id = authserv_id
        self._verdicts = {domain.lower(): verdict for domain, verdict in verdicts.items()}
        self._now = now
        self._ids = count(1)
        self._protocols: set[_Connection] = set()
        self.refusal: tuple[Stage, int] | None = None
        self.drop_next_after_data = False

    def connect(self) -> asyncio.Protocol:
        """Return the protocol for a new connection."""
        protocol = _Connection(self, self._protocols)
        self._protocols.add(protocol)
        return protocol

    def drop_connections(self) -> None:
        """Cut every line without a word."""
        for protocol in tuple(self._protocols):
            protocol.abort()

    async def stop(self) -> None:
        """Cut every line and wait until all connections have ended."""
        protocols = tuple(self._protocols)
        self.drop_connections()
        await asyncio.gather(*(protocol.ended.wait() for protocol in protocols))

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Accept any login with the sandbox's password."""
        # `handled` left True would mean that the refusal was already sent: the client would wait for ever.
        return AuthResult(success=data.password == self._password, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any envelope sender, the null one too."""
        if refused := self._refused("MAIL"):
            return refused
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any recipient."""
        if refused := self._refused("RCPT"):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Deliver one copy to each recipient."""
        if refused := self._refused("DATA"):
            return refused
        number = next(self._ids)
        content = envelope.original_content or b""
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            self._store.deliver(recipient, self._traced(content, session, envelope, recipient, number))
        if self.drop_next_after_data:
            self.drop_next_after_data = False
            _abort(server.transport)
        return f"250 2.0.0 OK queued as {number}"

    def _refused(self, stage: Stage) -> str | None:
        if self.refusal is None or self.refusal[0] != stage:
            return None
        code = self.refusal[1]
        return f"{code} {code // 100}.3.0 refused on purpose by the sandbox"

    def _traced(self, content: bytes, session: Session, envelope: Envelope, recipient: str, number: int) -> bytes:
        sender = (envelope.mail_from or "").strip("<>")
        stamp = format_datetime(self._now())
        trace = (
            f"Return-Path: <{sender}>\r\n"
            f"Delivered-To: {recipient}\r\n"
            f"Received: from {_word(session.host_name)} (loopback [127.0.0.1])\r\n"
            f"\tby {self._authserv_id} (Gatehouse sandbox) with ESMTP id {number};\r\n\t{stamp}\r\n"
            f"{self._results(content, sender, bool(session.authenticated))}\r\n"
        )
        return trace.encode("utf-8", "surrogateescape") + _without_results_of(self._authserv_id, content)

    def _results(self, content: bytes, sender: str, authenticated: bool) -> str:
        domain = from_domain(content)
        verdict: Verdict = "pass" if authenticated else self._verdicts.get(domain, "none")
        dkim = "pass" if verdict == "pass" else "none"
        return (
            f"Authentication-Results: {self._authserv_id};\r\n"
            f"\tdmarc={verdict} header.from={domain or 'unknown'};\r\n"
            f"\tspf={verdict} smtp.mailfrom={sender or domain or 'unknown'};\r\n"
            f"\tdkim={dkim} header.d={domain or 'unknown'}"
        )


class _Connection(SMTP):
    """aiosmtpd's protocol in our own loop, cut off and awaited when the server stops."""

    line_length_limit = 100_000  # broken mails with overlong lines are what the sandbox is for

    def __init__(self, receiver: Receiver, connections: set[_Connection]) -> None:
        super().__init__(
            receiver,
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="mx.sandbox.test",
            ident="Gatehouse sandbox",
            authenticator=receiver.authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self._connections = connections
        self.ended = asyncio.Event()

    @override
    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)
        if self._handler_coroutine is None:
            self.ended.set()
        else:
            self._handler_coroutine.add_done_callback(lambda task: self.ended.set())

    def abort(self) -> None:
        """Cut the line without a word."""
        _abort(self.transport)


def from_domain(content: bytes) -> str:
    """Return the domain of the From header, lower case; empty when it has none that can be read."""
    for match in _FIELD.finditer(split_header(content)[0]):
        if match["name"].lower() == b"from":
            found = _ADDRESS.findall(match["value"])
            return found[-1].decode("ascii").lower().rstrip(".") if found else ""
    return ""


def _without_results_of(authserv_id: str, content: bytes) -> bytes:
    header, text = split_header(content)
    ours = authserv_id.lower().encode()

    def keep(match: re.Match[bytes]) -> bytes:
        # Anywhere before the first semicolon: a comment or quotes around the id must not save it.
        forged = match["name"].lower() == b"authentication-results" and (
            ours in match["value"].lower().partition(b";")[0]
        )
        return b"" if forged else match[0]

    return _FIELD.sub(keep, header) + text


def _word(name: str | None) -> str:
    return re.sub(r"[^A-Za-z0-9.:\[\]-]", "", name or "") or "unknown"


def _abort(transport: asyncio.BaseTransport | None) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
