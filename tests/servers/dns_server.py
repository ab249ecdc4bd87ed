"""A DNS server on loopback for tests: real messages over UDP and TCP, answers from zones that a test writes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from typing_extensions import override


class DnsServer:
    """Answers as a recursive resolver does; made by `DnsServer.start`.

    `records` are lists of records in presentation form by (name, type). A name that has none, and none below it, does
    not exist; one under `wildcards` exists always, with those records. Names in `broken` are answered SERVFAIL, those
    in `silent` never; `all_silent` is about every name. `signed` names are answered with AD, when that is asked for.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.wildcards: dict[str, dict[str, list[str]]] = {}
        self.broken: set[str] = set()
        self.silent: set[str] = set()
        self.all_silent = False
        self.signed: set[str] = set()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def start(cls) -> AsyncIterator[DnsServer]:
        """Serve on a free port until left."""
        server = cls()
        tcp, transport = await server._listen()
        try:
            yield server
        finally:
            transport.close()
            tcp.close()
            await tcp.wait_closed()

    async def _listen(self) -> tuple[asyncio.Server, asyncio.DatagramTransport]:
        """Take a port that is free for TCP and for UDP."""
        loop = asyncio.get_running_loop()
        while True:
            tcp = await asyncio.start_server(self._tcp, "127.0.0.1", 0)
            self.port = tcp.sockets[0].getsockname()[1]
            try:
                udp, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), local_addr=("127.0.0.1", self.port))
            except OSError:
                tcp.close()
                await tcp.wait_closed()
            else:
                return tcp, udp

    def set(self, name: str, kind: str, *values: str) -> None:
        """Let a name have these records of a type, and no others; no value takes them away."""
        if values:
            self.records[name, kind] = list(values)
        else:
            self.records.pop((name, kind), None)

    def register(self, name: str, *addresses: str) -> None:
        """Let a domain exist as a registered one does."""
        self.set(name, "NS", f"ns1.{name}.")
        self.set(name, "SOA", f"ns1.{name}. host.{name}. 1 3600 600 86400 60")
        self.set(name, "A", *addresses)

    def drop(self, name: str) -> None:
        """Let a domain and all below it be no more."""
        self.records = {key: found for key, found in self.records.items() if not _is_below(key[0], name)}

    def answer(self, wire: bytes, most: int) -> bytes | None:
        """Return the answer to a message; None for silence."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        if self.all_silent or name in self.silent:
            return None
        response = dns.message.make_response(query, recursion_available=True)
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif (found := self._found(name, kind)) is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif found:
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
        if name in self.signed and query.flags & dns.flags.AD:
            response.flags |= dns.flags.AD
        try:
            return response.to_wire(max_size=most)
        except dns.exception.TooBig:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()

    def _found(self, name: str, kind: str) -> list[str] | None:
        if (name, kind) in self.records:
            return self.records[name, kind]
        if any(_is_below(each, name) for each, _ in self.records):
            return []
        return next((kinds.get(kind, []) for above, kinds in self.wildcards.items() if _is_below(name, above)), None)

    async def _tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            size = int.from_bytes(await reader.readexactly(2), "big")
            answer = self.answer(await reader.readexactly(size), 65535)
            if answer is not None:
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        finally:
            writer.close()
            await writer.wait_closed()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.answer(data, 1232)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _is_below(name: str, above: str) -> bool:
    return name == above or name.endswith(f".{above}")
