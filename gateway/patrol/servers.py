"""The DNS servers to ask: how one is written down, and what asks them, where its library is there."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from gateway.errors import ConfigError

if TYPE_CHECKING:
    from gateway.patrol.ports import Dns

PORT = 53
HOW = "write its address in numbers, as in 192.0.2.1 or 192.0.2.1#5353"
"""What to write instead of what is none."""


def read_server(text: str) -> tuple[str, int]:
    """Return address and port of `ADDRESS` or `ADDRESS#PORT`; raises `ValueError` for anything else."""
    address, mark, port = text.partition("#")
    if mark and not (port.isascii() and port.isdecimal()):
        raise ValueError(HOW)
    server = str(ip_address(address)), int(port) if mark else PORT
    if not 0 < server[1] < 65536:
        raise ValueError(HOW)
    return server


def resolver_of(servers: Sequence[tuple[str, int]]) -> tuple[Dns | None, str]:
    """Return what asks these servers, or the system's; or why nothing can, in words for operators."""
    try:
        from gateway.patrol.resolving import StubResolver

        return StubResolver(servers), ""
    except ModuleNotFoundError:
        return None, "dnspython is not installed, so that no domain is looked at: run `pip install gatehouse[patrol]`"
    except ConfigError as error:
        return None, f"{error}; no domain is looked at"
