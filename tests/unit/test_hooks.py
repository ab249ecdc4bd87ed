"""The exchange's systems of one engine: opened where there are tables, and told who is proven to be one person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.case import PartyKind
from gateway.customers import customer_in
from gateway.errors import TransientError
from gateway.health import Condition, Health
from gateway.hooks import CUSTOMERS, open_hooks
from gateway.identity import MAIL, Account, Identity
from gateway.journal import Decision
from gateway.sandbox.exchange import Fault
from gateway.settings import load
from gateway.store import SqlStore
from gateway.store.identities import SqlIdentities
from tests.builders import message, raw
from tests.conftest import ManualClock
from tests.desk import CONFIGURATION, SECRET, Desk
from tests.exchange import ANN, exchange_on, tables
from tests.exchange import SECRET as SHARED

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    made = Desk(tmp_path)
    (made.folder / "exchange.secret").touch(mode=0o600)
    (made.folder / "exchange.secret").write_text(SHARED)
    return made


def identity(platform: str, account: str) -> Identity:
    return Identity(platform=platform, account=account, person="p1", channel="tg", proven_at=NOON)


async def test_without_tables_there_is_nothing_to_ask_or_tell(desk: Desk, clock: ManualClock, store: SqlStore) -> None:
    settings = load(desk.path)
    async with open_hooks(settings, clock) as hooks:
        assert (hooks.customers, hooks.risk, hooks.second_factor) == (None, None, None)
        assert hooks.enricher(settings.customers, clock, Health(clock), store) is None
        assert await hooks.check() == {}


async def test_who_is_linked_with_a_customer_is_that_customer(desk: Desk, clock: ManualClock, store: SqlStore) -> None:
    await store.put_page("tg", raw().stream, [raw(source="tg")], None)
    (claimed,) = await store.claim_raws(1, 10**6, clock.now())
    linked = (identity("telegram", "7777"), identity(MAIL, "ann@mail.test"))
    await store.commit([Decision(claimed.seq, identities=linked)])
    sender = message().sender.model_copy(update={"platform": "telegram", "id": "7777", "kind": PartyKind.PERSON})
    health = Health(clock)
    async with exchange_on(clock) as exchange:
        desk.write(CONFIGURATION + tables(exchange.server))
        settings = load(desk.path)
        async with open_hooks(settings, clock) as hooks:
            enricher = hooks.enricher(settings.customers, clock, health, store)
            assert enricher is not None
            facts = await enricher.facts_of(message(platform="telegram", sender=sender), ())
            customer = customer_in(facts)
            assert customer is not None
            assert customer.account_id == ANN
            assert {part.part: part.condition for part in health.parts()} == {CUSTOMERS: Condition.RUNNING}
            exchange.server.plan(Fault(401))
            clock.advance(timedelta(hours=1).total_seconds())
            (fact,) = await enricher.facts_of(message(platform="telegram", sender=sender), ())
            assert fact.outcome == "could_not_check"
            assert {part.condition for part in health.parts()} == {Condition.AUTH_FAILED}


async def test_a_store_that_does_not_answer_costs_the_links_and_nothing_more(
    desk: Desk, clock: ManualClock, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(identities: SqlIdentities, account: Account) -> None:
        raise TransientError("it is locked")

    monkeypatch.setattr(SqlIdentities, "of", fails)
    sender = message().sender.model_copy(update={"platform": "telegram", "id": "7777"})
    async with exchange_on(clock) as exchange:
        desk.write(CONFIGURATION + tables(exchange.server))
        settings = load(desk.path)
        async with open_hooks(settings, clock) as hooks:
            enricher = hooks.enricher(settings.customers, clock, Health(clock), store)
            assert enricher is not None
            (fact,) = await enricher.facts_of(message(platform="telegram", sender=sender), ())
    assert fact.outcome == "none"
