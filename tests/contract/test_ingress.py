"""The webhook backend's ingress behind the HTTP server keeps the ingress contract, whose checks can fail."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.backends._inbound import WebhookIngress
from gateway.backends.signatures import WINDOW, sign
from gateway.ports import Ingress
from gateway.store import Sealer, SqlStore, open_store
from tests.conftest import ManualClock
from tests.contract import ingress_suite as suite
from tests.contract.broken_ingresses import BROKEN_INGRESSES, BROKEN_SERVERS
from tests.contract.ingress_suite import CHECKS, Check, Ground, Serve, Shot

SECRET = "a made-up secret of many bytes"


class WebhookHarness:
    """Agents' acts, pushed by a ticket system of an operator's own."""

    source = "backend:webhook"
    secrets = (SECRET,)
    window: timedelta | None = WINDOW

    def ingress(self) -> Ingress:
        return WebhookIngress(self.source, SECRET.encode(), "urn:gatehouse")

    def genuine(self, number: int, at: datetime) -> Shot:
        return self.signed(self._body(number), at)

    def signed(self, body: bytes, at: datetime) -> Shot:
        return self._shot(SECRET, body, at)

    def forged(self, number: int, at: datetime) -> Shot:
        return self._shot("another secret of many bytes!!", self._body(number), at)

    def _body(self, number: int) -> bytes:
        act = {
            "specversion": "1.0",
            "id": f"act-{number}",
            "source": "https://desk.example.test",
            "type": "gatehouse.ticket.replied",
            "subject": "GH-7K3MQ-9Q2XZ",
            "time": "2026-11-20T12:30:00Z",
            "data": {"ticket": "ACME-17", "text": "On its way."},
        }
        return json.dumps(act).encode()

    def _shot(self, secret: str, body: bytes, at: datetime) -> Shot:
        headers = sign(secret.encode(), "msg-1", at, body)
        return Shot({"content-type": "application/cloudevents+json", **headers}, body)


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_webhook_ingress(check: Check, store: SqlStore, clock: ManualClock) -> None:
    """The ingress and the server keep this promise."""
    await check(Ground(WebhookHarness(), store, clock))


@pytest.mark.parametrize(
    ("broken", "check"), BROKEN_INGRESSES, ids=[f"{made.__name__}-{check.__name__}" for made, check in BROKEN_INGRESSES]
)
async def test_broken_ingress(
    broken: Callable[[Ingress], Ingress], check: Check, store: SqlStore, clock: ManualClock
) -> None:
    """The suite fails on an ingress with this fault."""
    with pytest.raises((AssertionError, TypeError, ValueError)):
        await check(Ground(WebhookHarness(), store, clock, ingress=broken))


@pytest.mark.parametrize(("broken", "check"), BROKEN_SERVERS, ids=[broken.__name__ for broken, _ in BROKEN_SERVERS])
async def test_broken_server(
    broken: Serve, check: Check, store: SqlStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite fails on a server with this fault."""
    monkeypatch.setattr(suite, "SECS", 1.0)
    with pytest.raises((AssertionError, TimeoutError)):
        await check(Ground(WebhookHarness(), store, clock, serve=broken))
