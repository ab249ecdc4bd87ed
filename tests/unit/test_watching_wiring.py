"""What lets the gateway be seen, wired as the engine has it: a push is journalled, counted, put off, and told of."""

from __future__ import annotations

import builtins
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.backends._inbound import NORMALIZER, WebhookIngress
from gateway.errors import ConfigError, TransientError
from gateway.health import Health
from gateway.metrics import Metrics
from gateway.ports import Key, Receipt, Reply, TicketEvent
from gateway.settings import Settings, load
from gateway.store import SqlStore
from gateway.tracing import Tracer
from gateway.watching.wiring import Pushing, Seen, make_metrics, open_tracing, open_watch
from tests.conftest import ManualClock, free_port
from tests.contract.ingress_suite import Caller, Shot
from tests.contract.test_ingress import SECRET, WebhookHarness
from tests.desk import CONFIGURATION, Desk

BIG = 10**9


@pytest.fixture
def port() -> int:
    return free_port()


def settings_with(tables: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    desk = Desk(tmp_path)
    desk.write(CONFIGURATION + tables)
    return load(desk.path)


class Sender:
    def __init__(self) -> None:
        self.sent: list[Reply] = []

    async def send(self, reply: Reply, key: Key) -> Receipt:
        self.sent.append(reply)
        return Receipt("ref")


async def test_an_agents_act_goes_from_the_line_to_the_journal_and_is_seen(
    store: SqlStore, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    web = f'[web]\nlisten = "127.0.0.1:{port}"\nmax_waiting = 1\n'
    alerts = '[alerts]\nmail_channel = "support"\nmail_to = ["ops@examplex.test"]\ndown_secs = 0\n'
    settings = settings_with(web + alerts, tmp_path, monkeypatch)
    health, sender, rung = Health(clock), Sender(), []
    health.well("support:INBOX")
    names = ["support", "backend:webhook"]
    metrics = make_metrics(settings, names, "1.2.3")
    harness = WebhookHarness()
    ingress = WebhookIngress("backend:webhook", SECRET.encode(), "urn:gatehouse")
    pushing = Pushing({"backend": ("backend:webhook", ingress)}.get, lambda: rung.append(1))
    seen = Seen(health.parts, lambda: names, tmp_path)
    async with open_watch(settings, store, clock, metrics, seen, {"support": sender}.get, pushing) as watch:
        caller = Caller(port)
        for _ in range(2):
            assert (await caller.call(harness.genuine(1, clock.now()), "/in/backend")).status == 200
        assert len(rung) == 1, "a known raw is no news"
        (stored,) = await store.claim_raws(10, BIG, clock.now())
        (event,) = NORMALIZER.normalize(stored.raw)
        assert isinstance(event, TicketEvent)
        assert event.id == "backend:webhook:act-1"
        text = (await caller.call(Shot({}, b"", "GET"), "/metrics")).body.decode()
        assert 'gateway_raws_known_total{source="backend:webhook"} 1.0' in text
        assert 'gateway_backlog_items{name="backend:webhook",queue="raws",state="claimed"} 1.0' in text
        assert 'gateway_part_condition{condition="running",part="support:INBOX"} 1.0' in text
        ready = await caller.call(Shot({}, b"", "GET"), "/readyz")
        assert json.loads(ready.body)["ready"] is True

        # Too much waits: from the next look on, pushes are put off; and somebody is told of what is down.
        assert (await caller.call(harness.genuine(2, clock.now()), "/in/backend")).status == 200
        health.ill("support:INBOX", TransientError("the server is away"), None)
        await watch.step()
        assert (await caller.call(harness.genuine(3, clock.now()), "/in/backend")).status == 503
        assert [reply.subject for reply in sender.sent] == [
            "[Gatehouse] ALERT: support:INBOX does not work: the server is away"
        ]
        assert await watch.due() == clock.now() + timedelta(seconds=15)
    assert sum(each.count for each in await store.backlog()) == 2


async def test_without_the_tables_nothing_listens_and_nothing_is_kept(
    store: SqlStore, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_with("", tmp_path, monkeypatch)
    metrics = make_metrics(settings, ["support"])
    assert type(metrics) is Metrics
    async with open_tracing(settings) as tracer:
        assert type(tracer) is Tracer
    health = Health(clock)
    async with open_watch(settings, store, clock, metrics, Seen(health.parts, list), {}.get, Pushing()) as watch:
        assert await watch.step() == 0


@pytest.mark.parametrize(
    ("table", "library", "extra"),
    [("[web]\n", "prometheus_client", "web"), ("[web]\n", "fastapi", "web"), ("[tracing]\n", "opentelemetry", "otel")],
)
async def test_a_library_that_is_missing_is_named_with_its_remedy(
    table: str,
    library: str,
    extra: str,
    store: SqlStore,
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_with(table, tmp_path, monkeypatch)
    real = builtins.__import__

    def without(name: str, *args: Any, **named: Any) -> Any:
        if name.split(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {library!r}", name=library)
        return real(name, *args, **named)

    for name in [each for each in sys.modules if each.startswith(("gateway.web", "gateway.watching.otel"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)

    async def wire() -> None:
        async with open_tracing(settings):
            metrics = make_metrics(settings, [])
            seen = Seen(Health(clock).parts, list)
            async with open_watch(settings, store, clock, metrics, seen, {}.get, Pushing()):
                pass

    with pytest.raises(ConfigError, match=rf"{library}.*gatehouse\[{extra}\]"):
        await wire()
