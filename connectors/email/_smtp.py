"""The outgoing side of a mail channel: one SMTP connection, one mail at a time, and a sure word on what became of it.

aiosmtplib connects, secures and frames; the mail transaction goes step by step here, because only so is it known
whether a lost line came before the mail could have been accepted or after.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiosmtplib

from connectors.email._compose import Mail, compose
from connectors.email._refusals import Refusals
from connectors.email._sasl import MECHANISM, Access, try_token
from connectors.email._settings import SendingSettings
from connectors.email._tls import connect_error
from gateway.errors import (
    AuthError,
    ConfigError,
    DeferredError,
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from gateway.ports import Clock, Files, Key, Receipt, Reply, ReplyFile

IDLE = timedelta(seconds=60)
"""A connection idle for longer is asked whether it still lives before it is used."""
ANSWER_SECS = 600.0
"""How long a server may think after the final dot (RFC 5321 section 4.5.3.2.6)."""
SLOWEST_BYTES_PER_SEC = 100_000
MAX_FILES_BYTES = 20_000_000
"""Of all files of one mail: encoded they are a third more, and few servers take more than 25 to 35 MB."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_AUTH_CODES = frozenset({530, 535})
_CLOSING = 421
_NO_MAILBOX = re.compile(r"5\.(?:1\.(?:[1236]|10)|2\.[012])\b")
"""RFC 3463 and 7505: there is no such mailbox or domain, or it is closed or full."""
_MISCONFIGURED_CODES = frozenset({504, 534, 538})


class EmailSender:
    """Sends replies over a connection of its own."""

    def __init__(
        self,
        settings: SendingSettings,
        clock: Clock,
        tls: ssl.SSLContext,
        answer_secs: float = ANSWER_SECS,
        files: Files | None = None,
        access: Access | None = None,
    ) -> None:
        self._settings = settings
        self._files = files
        self._clock = clock
        self._answer_secs = answer_secs
        self._line = SmtpLine(settings, tls, access)
        self._refusals = Refusals(clock, held=access is None)
        self._lock = asyncio.Lock()
        self._used_at: datetime | None = None

    async def send(self, reply: Reply, key: Key) -> Receipt:
        """See `Sender.send`; the Message-ID depends on the reply's token alone."""
        mail = compose(reply, self._settings, self._clock.now(), await self._opened(reply))
        async with self._lock, self._line.dropped_on_error():
            await self._begin(mail)
            await self._line.command(b"RCPT", b"TO:<" + mail.recipient.encode() + b">", good=(250, 251))
            await self._line.command(b"DATA", good=(354,))
            secs = self._answer_secs + len(mail.data) / SLOWEST_BYTES_PER_SEC
            await self._line.transmit(_LEADING_DOT.sub(b"..", mail.data) + b".\r\n", secs)
            self._used_at = self._clock.now()
        return Receipt(mail.ref)

    async def _opened(self, reply: Reply) -> list[bytes]:
        """Return the bytes of the reply's files: a mail is built in memory, so there is a most of them."""
        size = sum(file.size for file in reply.files)
        if size > MAX_FILES_BYTES:
            raise RejectedError(f"the files of this answer are {size} bytes; a mail takes {MAX_FILES_BYTES} in all")
        return [await self._read(file) for file in reply.files]

    async def _read(self, file: ReplyFile) -> bytes:
        if self._files is None:
            raise RejectedError("this gateway keeps no files to send")
        found = bytearray()
        async for chunk in self._files.open(file.sha256):
            found += chunk
            if len(found) > file.size:
                break
        if len(found) != file.size:
            raise RejectedError("a kept file of the reply has another size than the reply says")
        return bytes(found)

    async def close(self) -> None:
        """Take leave of the server."""
        await self._line.close()

    async def _begin(self, mail: Mail) -> None:
        kept = await self._still_there()
        if not kept:
            await self._open()
        try:
            await self._mail_from(mail)
        except TransientError:
            # Nothing of this mail was sent yet: a line that the server gave up between two mails may be opened anew.
            if not kept or self._line.alive:
                raise
            await self._open()
            await self._mail_from(mail)

    async def _open(self) -> None:
        with self._refusals.trying():
            await self._line.open()

    async def _still_there(self) -> bool:
        if not self._line.alive:
            return False
        if self._used_at is not None and self._clock.now() - self._used_at <= IDLE:
            return True
        try:
            await self._line.command(b"NOOP")
        except GatewayError:
            self._line.drop()
        return self._line.alive

    async def _mail_from(self, mail: Mail) -> None:
        options = []
        if mail.utf8:
            if not self._line.offers("smtputf8"):
                raise RejectedError("the mail server cannot write to an address with other than ASCII letters")
            options.append(b"SMTPUTF8")
        if self._line.offers("size"):
            options.append(b"SIZE=%d" % len(mail.data))
        await self._line.command(b"MAIL", b"FROM:<" + mail.sender.encode() + b">", *options)


class SmtpLine:
    """One SMTP connection; every failure is one of ours, and leaves no connection behind."""

    def __init__(self, settings: SendingSettings, tls: ssl.SSLContext, access: Access | None = None) -> None:
        self._settings = settings
        self._tls = tls
        self._access = access
        self._host = settings.smtp_host
        self._client: aiosmtplib.SMTP | None = None

    @property
    def alive(self) -> bool:
        """Whether the connection was good when last seen."""
        return self._client is not None and self._client.is_connected

    def offers(self, extension: str) -> bool:
        """Whether the server announced an extension."""
        return self._client is not None and self._client.supports_extension(extension)

    async def open(self) -> None:
        """Connect, secure as configured and never less, log in once."""
        settings = self._settings
        client = self._client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            local_hostname=settings.helo,
            timeout=settings.step_secs,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=self._tls,
        )
        async with self._named_errors():
            await client.connect()
            await client.ehlo()
            if settings.smtp_login:
                await self._login(client)

    async def command(self, *words: bytes, good: tuple[int, ...] = (250,)) -> None:
        """Give one command; any other answer than a good one is raised as what it means."""
        async with self._named_errors():
            answer = await self._connected().execute_command(*words)
        if answer.code not in good:
            raise refusal(answer.code, words[0].decode("ascii"), answer.message)

    async def transmit(self, data: bytes, secs: float) -> None:
        """Send a mail's bytes with the final dot; from here on only the server's own word tells the outcome."""
        protocol = self._connected().protocol
        if protocol is None or not protocol.is_connected:
            raise TransientError(f"the SMTP server {self._host} closed the line before the mail")
        protocol.write(data)
        try:
            answer = await protocol.read_response(timeout=secs)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise OutcomeUnknownError(
                f"the SMTP server {self._host} may have taken the mail: no answer came after its end"
            ) from error
        if not 200 <= answer.code < 300:
            raise refusal(answer.code, "the mail's text")

    @asynccontextmanager
    async def dropped_on_error(self) -> AsyncIterator[None]:
        """Close the connection whenever a mail did not go through: a late answer must never meet the next mail."""
        try:
            yield
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Give up the connection at once; nothing still in its buffer is sent."""
        client, self._client = self._client, None
        if client is None:
            return
        transport = client.transport
        client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def close(self) -> None:
        """Say QUIT if that is quick, and give up the connection in any case."""
        try:
            if self._client is not None and self.alive:
                await self._client.quit(timeout=min(2.0, self._settings.step_secs))
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            self.drop()
        await asyncio.sleep(0)

    async def _login(self, client: aiosmtplib.SMTP) -> None:
        """Try one mechanism once: the library's own login tries three, and servers lock accounts after a few."""
        if self._access is not None:
            await self._login_by_token(client, self._access)
            return
        user, secret = self._settings.login, self._settings.password
        if secret is None:
            raise ConfigError("smtp_login needs a password")
        password = secret.get_secret_value()
        offered = client.server_auth_methods
        if "plain" in offered:
            await client.auth_plain(user, password)
        elif "login" in offered:
            await client.auth_login(user, password)
        elif "cram-md5" in offered:
            await client.auth_crammd5(user, password)
        else:
            raise ConfigError(
                f"the SMTP server {self._host} offers no login by password here; check smtp_port and smtp_security, "
                "or set smtp_login = false for a relay that needs none"
            )

    async def _login_by_token(self, client: aiosmtplib.SMTP, access: Access) -> None:
        if MECHANISM.lower() not in client.server_auth_methods:
            raise ConfigError(
                f"the SMTP server {self._host} takes no OAuth login here; check smtp_port and smtp_security, "
                "or set smtp_login = false for a relay that needs none"
            )

        async def attempt(token: str) -> bool:
            try:
                await client.auth_xoauth2(self._settings.login, token)
            except aiosmtplib.SMTPAuthenticationError as error:
                if not 500 <= error.code < 600 or error.code in _MISCONFIGURED_CODES:
                    raise
                return False
            return True

        if not await try_token(access, attempt):
            raise AuthError(f"the SMTP server {self._host} refused the access to this mailbox; {access.remedy}")

    def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None:
            raise TransientError(f"the SMTP server {self._host} is not connected")
        return self._client

    @asynccontextmanager
    async def _named_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise smtp_error(self._host, error) from error


def smtp_error(host: str, error: Exception) -> GatewayError:
    """Say what an error of the library means, while no mail is under way; the server's own text stays out."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return _login_refused(host, error.code)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return TransientError(f"the SMTP server {host} does not serve us now (code {error.code})")
    if type(error) is aiosmtplib.SMTPException and "STARTTLS" in str(error):
        return ConfigError(
            f"the SMTP server {host} offers no STARTTLS, so nothing was sent; "
            'use smtp_security = "tls" with port 465, or find out who strips it'
        )
    return connect_error("SMTP", host, error)


def _login_refused(host: str, code: int) -> GatewayError:
    if code in _MISCONFIGURED_CODES:
        return ConfigError(f"the SMTP server {host} does not take this kind of login (code {code}); see smtp_security")
    if 500 <= code < 600:
        return AuthError(f"the SMTP server {host} refused the user name or password (code {code})")
    return TransientError(f"the SMTP server {host} takes no logins now (code {code})")


def refusal(code: int, step: str, said: str = "") -> GatewayError:
    """Say what a refused step of a mail means: 4xx is for now, 5xx is for good (RFC 5321 section 4.2.1).

    Of what the server `said` only its status code is told (RFC 3463): the first to say that an address takes no mail.
    """
    if code in _AUTH_CODES:
        return AuthError(f"the SMTP server demands another login before it takes our mail (code {code} to {step})")
    if 500 <= code < 600:
        if step == "RCPT" and (found := _NO_MAILBOX.match(said)):
            return UnreachableError(f"the SMTP server says that this address takes no mail (code {found[0]})")
        return RejectedError(f"the SMTP server refused this mail for good (code {code} to {step})")
    # Greylisting and a full mailbox concern the one recipient; other mail may go on. With 421 the server goes away.
    if step == "RCPT" and code != _CLOSING:
        return DeferredError(f"the SMTP server does not take mail to this address now (code {code})")
    return TransientError(f"the SMTP server does not take this mail now (code {code} to {step})")
