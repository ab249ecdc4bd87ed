"""What docs/exchange.md tells an exchange is what the gateway does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange.customers import HttpCustomers
from gateway.exchange.risk import HttpRisk
from gateway.exchange.second_factor import HttpSecondFactor
from gateway.freezing import order_of
from gateway.journal import FreezeIntent
from gateway.ports import Key
from gateway.ports.customers import Customer, CustomerUnchecked, ProvenMail
from gateway.ports.second_factor import Challenge
from gateway.sandbox.exchange import Fault
from gateway.settings import load
from tests.conftest import ManualClock
from tests.desk import CONFIGURATION, SECRET, Desk
from tests.exchange import SECRET as SHARED
from tests.exchange import exchange_on

TEXT = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", TEXT, re.DOTALL)


def shown(kind: str) -> dict[str, Any]:
    """Return the example of a call of that type."""
    return next(each for each in map(json.loads, blocks("json")) if each.get("type") == kind)


def test_the_example_configuration_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    for name in ("CUSTOMERS", "RISK", "SECOND_FACTOR"):
        monkeypatch.setenv(f"GATEHOUSE_{name}_SECRET", SHARED)
    desk = Desk(tmp_path)
    desk.write(CONFIGURATION + blocks("toml")[0])
    settings = load(desk.path)
    assert settings.customers is not None
    assert settings.risk is not None
    assert settings.second_factor is not None


async def test_the_calls_are_those_of_the_page_and_its_verifier_takes_them(clock: ManualClock) -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)  # noqa: S102 - the page's own example
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    order = shown("freeze")
    intent = FreezeIntent.model_validate(
        {
            "case_id": order["case_id"],
            "reason": order["reason"],
            "platform": order["requester"]["platform"],
            "requester": order["requester"]["id"],
            "proven": order["requester"]["proven"],
            "at": at,
            "account_id": order["account_id"],
            "entities": order["entities"],
        }
    )
    asked = shown("challenge")
    challenge = Challenge(asked["account_id"], asked["purpose"], asked["case_id"], asked["lasts_secs"])
    async with exchange_on(clock) as exchange:
        async with exchange.calls("/customers") as calls:
            await HttpCustomers(calls).look_up(ProvenMail(shown("customer")["by"]["mail"]))
        async with exchange.calls("/risk") as calls:
            await HttpRisk(calls).freeze(order_of(intent), Key(order["key"]))
        async with exchange.calls("/second-factor") as calls:
            await HttpSecondFactor(calls).ask(challenge, Key(asked["key"]))
        made = exchange.server.calls
    assert [json.loads(each.request.body) for each in made] == [shown("customer"), order, asked]
    for each in made:
        headers, body, now = each.request.headers, each.request.body, at.timestamp()
        assert names["is_genuine"](SHARED.encode(), headers, body, now)
        assert not names["is_genuine"](SHARED.encode(), headers, body + b" ", now)
        assert not names["is_genuine"](b"another", headers, body, now)
        assert not names["is_genuine"](SHARED.encode(), headers, body, now + timedelta(minutes=6).total_seconds())


async def test_the_customer_of_the_page_is_read_whole(clock: ManualClock) -> None:
    answer = next(each for each in map(json.loads, blocks("json")) if "customer" in each)
    async with exchange_on(clock) as exchange, exchange.calls("/customers") as calls:
        exchange.server.plan(Fault(200, json.dumps(answer).encode()))
        found = await HttpCustomers(calls).look_up(ProvenMail("ana@example.test"))
    assert isinstance(found, Customer)
    assert not isinstance(found, CustomerUnchecked)
    assert set(answer["customer"]) == set(Customer.model_fields)
    assert found.model_dump(mode="json") == answer["customer"]
