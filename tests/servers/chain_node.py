"""Nodes of chains on loopback: JSON-RPC over HTTP, of Ethereum's kind and of Bitcoin Core's, that can misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from gateway.enrich.chain.evm import TRANSFER
from gateway.enrich.chain.reading import FIRST_BLOCKS

Mood = Literal["well", "hang", "garbage", "huge", "empty", "nonsense", "refused", "moved", "limited", "strange"]
"""How the node answers; `hang` lasts until the node is closed."""

_ANSWERS: Mapping[str, tuple[int, bytes]] = {
    "garbage": (200, b"<html>gateway time-out</html>"),
    "empty": (200, b""),
    "nonsense": (200, b'{"jsonrpc":"2.0","id":0,"result":["?"]}'),
    "refused": (401, b""),
    "moved": (301, b""),
    "limited": (429, b'{"error":"slow down"}'),
}


@dataclass
class Mined:
    """A transaction of the emulator; `block` None while it is in none."""

    tx_hash: str
    block: int | None = None
    to: str = ""
    value: int = 0
    """In the smallest unit."""
    tokens: tuple[tuple[str, str, int], ...] = ()
    """Contract, receiver and value of each transfer of tokens."""
    reverted: bool = False


class NodeError(Exception):
    """What a node answers with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.told = {"code": code, "message": message}


@dataclass
class ChainNode:
    """Answers JSON-RPC; `calls` keeps what it was asked, `headers` of the last request."""

    head: int = 1_000
    mood: Mood = "well"
    mined: dict[str, Mined] = field(default_factory=dict)
    calls: list[tuple[str, list[Any]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _server: asyncio.Server | None = None
    _handlers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/rpc"

    def mine(self, *transactions: Mined) -> None:
        """Let the chain know transactions."""
        self.mined |= {each.tx_hash: each for each in transactions}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = [line.partition(":") for line in head.split("\r\n")[1:] if line]
                self.headers = {name.lower(): value.strip() for name, _, value in lines}
                body = await reader.readexactly(int(self.headers.get("content-length", "0")))
                status, answer = await self._answer(body)
                writer.write(f"HTTP/1.1 {status} Told\r\ncontent-length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body)
        self.calls.append((asked["method"], asked["params"]))
        if self.mood == "hang":
            await asyncio.Event().wait()
        if self.mood == "huge":
            return 200, b'{"jsonrpc":"2.0","id":1,"result":"' + b"0" * 4_000_000 + b'"}'
        if self.mood in _ANSWERS:
            return _ANSWERS[self.mood]
        told: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            told["result"] = self.result(asked["method"], asked["params"])
        except NodeError as error:
            return 500, json.dumps({**told, "result": None, "error": error.told}).encode()
        return 200, json.dumps(told).encode()

    def result(self, method: str, params: list[Any]) -> Any:
        """Return what a call comes to."""
        raise NotImplementedError


@dataclass
class EvmNode(ChainNode):
    """A node of Ethereum's kind."""

    chain_id: int = 1

    def result(self, method: str, params: list[Any]) -> Any:
        """Return what a call comes to."""
        mined = self.mined.get(params[0]) if params else None
        match method:
            case "eth_chainId":
                return hex(self.chain_id)
            case "eth_blockNumber":
                return hex(self.head)
            case "eth_getBlockByNumber":
                return {"number": params[0], "timestamp": hex(1_790_000_000 + int(params[0], 16))}
            case "eth_getTransactionByHash":
                return None if mined is None else self._sent(mined)
            case "eth_getTransactionReceipt":
                return None if mined is None or mined.block is None else self._receipt(mined)
        raise NodeError(-32601, "the method does not exist")

    def _sent(self, mined: Mined) -> dict[str, Any]:
        value = "lots" if self.mood == "strange" else hex(mined.value)
        block = None if mined.block is None else hex(mined.block)
        return {"hash": mined.tx_hash, "to": mined.to or None, "value": value, "blockNumber": block}

    def _receipt(self, mined: Mined) -> dict[str, Any]:
        return {
            "transactionHash": mined.tx_hash,
            "blockNumber": hex(mined.block or 0),
            "status": "0x0" if mined.reverted else "0x1",
            "logs": [
                {
                    "address": contract,
                    "topics": [TRANSFER, f"0x{'0' * 64}", f"0x{'0' * 24}{to[2:]}"],
                    "data": f"0x{value:064x}",
                }
                for contract, to, value in mined.tokens
            ],
        }


@dataclass
class BitcoinNode(ChainNode):
    """A node of Bitcoin Core's kind; without `indexed` it knows no transaction by its hash."""

    network: str = "bitcoin"
    indexed: bool = True

    def result(self, method: str, params: list[Any]) -> Any:
        """Return what a call comes to."""
        if method == "getblockhash":
            return FIRST_BLOCKS[self.network][1]
        if method != "getrawtransaction":
            raise NodeError(-32601, "Method not found")
        mined = self.mined.get(params[0])
        if mined is None:
            hint = (
                "" if self.indexed else " Use -txindex or provide a block hash to enable blockchain transaction queries"
            )
            raise NodeError(-5, f"No such mempool or blockchain transaction.{hint}")
        return self._sent(mined)

    def _sent(self, mined: Mined) -> dict[str, Any]:
        value: object = "lots" if self.mood == "strange" else mined.value / 100_000_000
        outputs = [
            {"n": 0, "value": value, "scriptPubKey": {"type": "witness_v0_keyhash", "address": mined.to}},
            {"n": 1, "value": 0, "scriptPubKey": {"type": "nulldata"}},
        ]
        told: dict[str, Any] = {"txid": mined.tx_hash, "hash": mined.tx_hash, "vout": outputs}
        if mined.block is not None:
            told |= {"confirmations": self.head - mined.block + 1, "blocktime": 1_790_000_000}
        return told
