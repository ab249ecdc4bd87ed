"""What a stream's harness tells of the events that a topic or stream holds: the same for NATS and Kafka."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.testing.backends import START, Held, Line

SECRET = "c2hhcmVkIHdpdGggdGhlIHJlYWRlcnMgYWxvbmU="


class StreamHarness:
    """Reads what was written and writes what agents do, by what the docs say and without our own code."""

    acts = 230
    loses_tickets = False

    def __init__(self) -> None:
        self._acts = 0

    @abstractmethod
    async def events(self) -> list[Any]:
        """Return every event of a write that is held, in order."""

    @abstractmethod
    async def publish(self, event: Mapping[str, Any], secret: str = SECRET) -> None:
        """Publish an event as the desk, signed."""

    async def _of(self, case_id: str) -> list[Any]:
        return [event["data"] for event in await self.events() if event["subject"] == case_id]

    async def held(self) -> Sequence[Held]:
        return [
            Held(event["data"]["key"], event["data"]["ticket"] or event["data"]["external_key"], event["subject"])
            for event in await self.events()
        ]

    async def lines(self, case_id: str) -> Sequence[Line]:
        return [
            Line(data["note"] or data["entry"]["message"]["text"], for_agents=data["action"] == "note")
            for data in await self._of(case_id)
            if data["action"] in ("message", "note")
        ]

    async def lose(self, case_id: str) -> None:
        raise AssertionError("no ticket of this one is ever lost")

    async def state(self, case_id: str) -> str:
        return str([data["state"] for data in await self._of(case_id) if data["action"] == "state"][-1])

    async def act(self, case_id: str, kind: str, text: str) -> None:
        await self._act(case_id, kind, {"ticket": case_id, "text": text, "author": "bea@example.test"})

    async def _act(self, case_id: str, kind: str, data: Mapping[str, Any]) -> None:
        self._acts += 1
        name = f"act-{self._acts}-{os.getpid()}"
        await self.publish(an_act(name, type=f"gatehouse.ticket.{kind}", subject=case_id, data=data))


def an_act(name: str, **changes: Any) -> dict[str, Any]:
    """Return an agent's answer as an event."""
    data = {"ticket": "GH-7K3MQ-00001", "text": "an answer", "author": "bea"}
    head = {"specversion": "1.0", "id": name, "source": "https://desk.example.test", "type": "gatehouse.ticket.replied"}
    return {**head, "subject": "GH-7K3MQ-00001", "time": START.isoformat(), "data": data, **changes}


def signed(event: Mapping[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """Return an event's body and the headers that prove it."""
    body = json.dumps(event).encode()
    stamp = str(int(START.timestamp()))
    return body, {
        "webhook-id": str(event["id"]),
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + _mac(secret, str(event["id"]), stamp, body),
    }


def is_signed(headers: Mapping[str, str], body: bytes, secret: str = SECRET) -> bool:
    """Whether what went out bears its proof."""
    mac = _mac(secret, headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), body)
    return hmac.compare_digest(f"v1,{mac}", headers.get("webhook-signature", ""))


def _mac(secret: str, name: str, stamp: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), f"{name}.{stamp}.".encode() + body, hashlib.sha256)).decode()
