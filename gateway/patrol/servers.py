"""How a DNS server is written down: `ADDRESS` or `ADDRESS#PORT`."""

from __future__ import annotations

from ipaddress import ip_address

PORT = 53
HOW = "write its address in numbers, as in 192.0.2.1 or 192.0.2.1#5353"
"""What to write instead of what is none."""


def read_server(text: str) -> tuple[str, int]:
    """Return the address and the port of a server; raises `ValueError` for anything else."""
    address, mark, port = text.partition("#")
    if mark and not (port.isascii() and port.isdecimal()):
        raise ValueError(HOW)
    server = str(ip_address(address)), int(port) if mark else PORT
    if not 0 < server[1] < 65536:
        raise ValueError(HOW)
    return server
