"""Tells the operator whether a mail channel can work; changes nothing at either server."""

from __future__ import annotations

import ssl

from connectors.email._door import Door
from connectors.email._mailbox import Mailbox, spelled
from connectors.email._sasl import Access
from connectors.email._settings import EmailSettings, SendingSettings
from connectors.email._smtp import SmtpLine
from gateway.errors import GatewayError
from gateway.ports import Check, Report


async def check(settings: EmailSettings, tls: ssl.SSLContext, door: Door, access: Access | None = None) -> Report:
    """Log in once at each server and say what was found."""
    if access is None:
        return Report((*await _imap(settings, door), *await check_sending(settings, tls)))
    try:
        await access.token()
    except GatewayError as error:
        return Report((_failed("access", error),))
    servers = (*await _imap(settings, door), *await check_sending(settings, tls, access))
    return Report((_access(settings, access), *servers))


def _access(settings: EmailSettings, access: Access) -> Check:
    if access.missing:
        told = f"{', '.join(access.missing)} is missing; {access.remedy}, and allow all that it asks for"
        return Check("access", ok=False, detail=told)
    return Check("access", ok=True, detail=f"access for {settings.login} was given and is renewed; nothing is missing")


async def _imap(settings: EmailSettings, door: Door) -> tuple[Check, ...]:
    try:
        box = await door.enter()
    except GatewayError as error:
        return (_failed("imap", error),)
    idles = box.session.has("IDLE")
    folders = [await _folder(box, name) for name in settings.folders]
    if settings.archive_folder is not None:
        folders.append(await _archive(box, settings.archive_folder))
    await box.session.close()
    news = "new mail is told at once" if idles else "no IDLE: new mail is looked for by time"
    return (
        Check("imap", ok=True, detail=f"logged in at {settings.imap_host}; {_connections(settings)}"),
        *folders,
        Check("idle", ok=True, detail=news),
    )


def _connections(settings: EmailSettings) -> str:
    count = len(settings.folders)
    return "one connection is kept" if count == 1 else f"{count} connections are kept, one a folder"


async def _folder(box: Mailbox, name: str) -> Check:
    try:
        await box.select(name, read_only=True)
    except GatewayError as error:
        return _failed("folder", error)
    return Check("folder", ok=True, detail=f"the folder {name} can be read")


async def _archive(box: Mailbox, name: str) -> Check:
    try:
        there = spelled(name, await box.folders())
    except GatewayError as error:
        return _failed("archive", error)
    if there is None:
        return Check("archive", ok=False, detail=f"there is no folder {name} to move mails to; create it")
    if not box.moves:
        lacking = "the IMAP server has neither MOVE nor UIDPLUS; use another after_storing than archive"
        return Check("archive", ok=False, detail=lacking)
    return Check("archive", ok=True, detail=f"mails are moved to {name} once they are stored")


async def check_sending(
    settings: SendingSettings, tls: ssl.SSLContext, access: Access | None = None
) -> tuple[Check, ...]:
    """Look at what is the same however mail comes in: the way out, and who judges senders."""
    return (await _smtp(settings, tls, access), _receivers(settings), *_tags(settings))


async def _smtp(settings: SendingSettings, tls: ssl.SSLContext, access: Access | None) -> Check:
    line = SmtpLine(settings, tls, access)
    try:
        await line.open()
        await line.command(b"NOOP")
    except GatewayError as error:
        return _failed("smtp", error)
    finally:
        await line.close()
    how = "logged in at" if settings.smtp_login else "connected to"
    return Check("smtp", ok=True, detail=f"{how} {settings.smtp_host}; nothing was sent")


def _tags(settings: SendingSettings) -> tuple[Check, ...]:
    if not settings.plus_addressing:
        return ()
    told = f"users answer to {settings.answer_address('...')}; see that a mail to such an address arrives here"
    return (Check("plus_addressing", ok=True, detail=told),)


def _receivers(settings: SendingSettings) -> Check:
    if settings.authserv_ids:
        return Check("receivers", ok=True, detail="senders are judged by " + ", ".join(settings.authserv_ids))
    if settings.own_checks:
        return Check("receivers", ok=True, detail="senders are judged by our own checks of SPF, DKIM, DMARC and ARC")
    return Check(
        "receivers", ok=True, detail="no authserv_ids: whether a sender is genuine cannot be told from the mail server"
    )


def _failed(name: str, error: GatewayError) -> Check:
    return Check(name, ok=False, detail=f"{error}; {error.action}")
