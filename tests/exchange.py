"""An exchange's own systems for tests: the sandbox's emulator with its key, and the tables that lead to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from gateway.exchange.calls import Calls, Line, open_calls
from gateway.ports import Clock
from gateway.sandbox.exchange import ExchangeServer

SECRET = "a made-up secret that the exchange knows"
KEY_ID = "2026-11"
ANN = "48210734"
"""The account of ann@mail.test, which is bound to Telegram's 7001."""


@dataclass
class Exchange:
    """The emulator, and a way to call its parts."""

    server: ExchangeServer
    clock: Clock

    @asynccontextmanager
    async def calls(self, path: str, timeout_secs: float = 5.0, secret: str = SECRET) -> AsyncIterator[Calls]:
        """Open the calls to one of its systems."""
        async with open_calls(
            Line(self.server.url + path, SecretStr(secret), timeout_secs, KEY_ID), self.clock
        ) as all_:
            yield all_


@asynccontextmanager
async def exchange_on(clock: Clock, port: int = 0) -> AsyncIterator[Exchange]:
    """Run an exchange with one customer."""
    server = ExchangeServer(clock, SECRET.encode(), KEY_ID)
    server.know(
        ANN,
        "mail:ann@mail.test",
        "telegram:7001",
        tier="VIP",
        region="de",
        language="de",
        registered_mail="ann@mail.test",
        kyc="pending",
        kyc_missing=["address_proof"],
        security=[{"name": "password", "health": "weak"}, {"name": "two_factor", "health": "ok"}],
        deposit_addresses=[{"network": "tron", "address": "TXYZexampleexampleexampleexample12"}],
    )
    async with server.running(port):
        yield Exchange(server, clock)


def tables(server: ExchangeServer) -> str:
    """Return the tables of a configuration that lead to it."""
    same = f'secret = {{ file = "exchange.secret" }}\nkey_id = "{KEY_ID}"\n'
    return (
        f'[customers]\nurl = "{server.url}/customers"\n{same}\n'
        f'[risk]\nurl = "{server.url}/risk"\n{same}\n'
        f'[second_factor]\nurl = "{server.url}/second-factor"\n{same}'
    )
