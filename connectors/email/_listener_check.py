"""Tells the operator whether a listening mail channel can work; takes no mail and changes nothing."""

from __future__ import annotations

import asyncio
import ssl
from datetime import datetime

from connectors.email._check import check_sending
from connectors.email._listener import bind
from connectors.email._listener_settings import LmtpSettings
from connectors.email._listener_tls import Certificate
from gateway.errors import ConfigError
from gateway.ports import Check, Report

GREETING_SECS = 3.0


async def check(settings: LmtpSettings, tls: ssl.SSLContext, certificate: Certificate | None, now: datetime) -> Report:
    """Look at the place, at who may connect, and at the way out."""
    own = (await _place(settings), _access(settings), _encryption(settings, certificate, now))
    return Report((*own, *await check_sending(settings, tls)))


async def _place(settings: LmtpSettings) -> Check:
    place = str(settings.socket) if settings.socket is not None else settings.listen
    try:
        bound = await bind(settings, 0)
    except ConfigError as error:
        if await _greets(settings):
            return Check("listen", ok=True, detail=f"a gateway of this name listens on {place}")
        return Check("listen", ok=False, detail=f"{error}; {error.action}")
    bound.close()
    if settings.socket is not None:
        settings.socket.unlink(missing_ok=True)
    return Check("listen", ok=True, detail=f"{place} is free to listen on")


async def _greets(settings: LmtpSettings) -> bool:
    """Whether what listens there greets as this channel would; behind load balancers it cannot be asked."""
    if settings.proxies:
        return False
    wanted = f"220 {settings.helo} {settings.protocol.upper()} Gatehouse".encode()
    try:
        async with asyncio.timeout(GREETING_SECS):
            if settings.socket is not None:
                reader, writer = await asyncio.open_unix_connection(settings.socket)
            else:
                reader, writer = await asyncio.open_connection(settings.host, settings.port(0))
            try:
                return (await reader.readline()).strip() == wanted
            finally:
                writer.close()
    except (TimeoutError, OSError, ValueError):
        return False


def _access(settings: LmtpSettings) -> Check:
    if settings.socket is not None:
        who = "the gateway's own user" if settings.socket_mode == "0600" else "the gateway's user and group"
        return Check("access", ok=True, detail=f"{who} may connect")
    told = " as told by load balancers in " + ", ".join(settings.proxies) if settings.proxies else ""
    open_to = "; anybody there may send to us" if settings.takes_strangers else ""
    return Check("access", ok=True, detail=f"{', '.join(settings.allow)} may connect{told}{open_to}")


def _encryption(settings: LmtpSettings, certificate: Certificate | None, now: datetime) -> Check:
    if certificate is None:
        return Check("tls", ok=True, detail="no tls_certificate: mail comes in readable on the way")
    need = "needed" if settings.require_tls else "offered"
    end = certificate.good_until()
    if end <= now:
        return Check("tls", ok=False, detail=f"the certificate ended on {end:%Y-%m-%d}; renew it")
    return Check("tls", ok=True, detail=f"STARTTLS is {need}, with a certificate until {end:%Y-%m-%d}")
