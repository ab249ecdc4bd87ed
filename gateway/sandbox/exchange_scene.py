"""The made-up exchange of the sandbox: its key, who its customers are, and the tables that lead the desk to it."""

from __future__ import annotations

from secrets import token_hex

from gateway.ports import Clock
from gateway.sandbox.exchange import ExchangeServer

KEY_FILE = "exchange.secret"
WANG, ALEX = "48210734", "51877320"
"""The accounts of Wang Fang and Alex Doe."""

_TABLES = """
[customers]
url = "{url}/customers"
secret = {{ file = "{file}" }}

[risk]
url = "{url}/risk"
secret = {{ file = "{file}" }}

[second_factor]
url = "{url}/second-factor"
secret = {{ file = "{file}" }}
"""


def made(clock: Clock) -> ExchangeServer:
    """Return an exchange with a key of its own, that knows nobody yet."""
    return ExchangeServer(clock, token_hex(32).encode())


def furnish(server: ExchangeServer, wang: tuple[str, ...], alex: tuple[str, ...]) -> None:
    """Let it know two customers by these accounts, such as `telegram:1`: a VIP, and one who is not verified yet."""
    server.know(
        WANG,
        *wang,
        tier="vip",
        region="HK",
        language="zh-CN",
        registered_mail="wang.fang@mail.test",
        kyc="approved",
        security=[{"name": "password", "health": "ok"}, {"name": "two_factor", "health": "weak"}],
    )
    server.know(
        ALEX,
        *alex,
        region="DE",
        language="en",
        registered_mail="alex.doe@mail.test",
        kyc="pending",
        kyc_missing=["selfie", "address_proof"],
        security=[{"name": "password", "health": "weak"}, {"name": "two_factor", "health": "ok"}],
    )


def tables(server: ExchangeServer) -> str:
    """Return the tables of a desk that asks and tells it."""
    return _TABLES.format(url=server.url, file=KEY_FILE)
