"""A mail that names a hash: the node is asked, and its answer stands in the case; a key is told to no node."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.app import check_live
from gateway.case import Fact, FactOutcome
from gateway.enrich.transaction import KIND
from gateway.errors import GatewayError
from gateway.health import Condition
from gateway.sandbox.mail import MailServer
from tests.conftest import ManualClock
from tests.mails import DESK, plain
from tests.servers.chain_node import EvmNode, Mined
from tests.unit.test_app import PASSWORD, DeskFolder, cases, engine, parts, view

HASH = f"0x{'ab12' * 16}"
OURS = f"0x{'d' * 40}"
USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"
PART = "chains:ethereum"

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def mail(clock: ManualClock) -> AsyncIterator[MailServer]:
    async with MailServer.start(password=PASSWORD, now=clock.now) as server:
        yield server


@pytest.fixture
async def node() -> AsyncIterator[EvmNode]:
    async with EvmNode() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, mail: MailServer, node: EvmNode) -> DeskFolder:
    folder = DeskFolder(tmp_path / "desk", mail)
    folder.add(f'\n[chains.main]\nkind = "evm-rpc"\nurl = "{node.url}"\nnetwork = "ethereum"\ntimeout_ms = 2000\n')
    return folder


async def facts(desk: DeskFolder, mail: MailServer, clock: ManualClock, text: str) -> tuple[list[Fact], Condition]:
    """Return what is known of the transactions of a mail once its case is open, and how the node's part is."""
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1).replace(b"Where is my deposit 1?", text.encode()))
        (case,) = await cases(store, 1)
        seen = await view(store, case)
        state = parts(built)[PART].condition
    found = [fact for entry in seen.file.entries for fact in entry.assessment.facts]
    return [fact for fact in found if fact.kind == KIND], state


async def test_what_the_chain_says_of_a_hash_stands_in_the_case(
    desk: DeskFolder, mail: MailServer, node: EvmNode, clock: ManualClock
) -> None:
    node.mine(Mined(HASH, 990, USDT, 0, ((USDT, OURS, 350_750_000),)))
    (fact,), state = await facts(desk, mail, clock, f"Where is my deposit? {HASH}")
    assert {item.name: item.value for item in fact.evidence} == {
        "network": "ethereum",
        "status": "pending",
        "confirmations": "11",
        "needed": "12",
        "at": "2026-09-21T14:29:50+00:00",
        "to": OURS,
        "amount": "350.75",
        "asset": "USDT",
        "contract": USDT,
    }
    assert state is Condition.RUNNING


async def test_a_private_key_is_told_to_no_node(
    desk: DeskFolder, mail: MailServer, node: EvmNode, clock: ManualClock
) -> None:
    found, _ = await facts(desk, mail, clock, f"Here is my private key: {HASH}")
    assert found == []
    assert node.calls == []


async def test_a_node_that_is_not_well_stops_no_case(
    desk: DeskFolder, mail: MailServer, node: EvmNode, clock: ManualClock
) -> None:
    node.mood = "garbage"
    (fact,), state = await facts(desk, mail, clock, HASH)
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert state is not Condition.RUNNING


async def test_a_live_check_asks_the_node_for_its_chain(desk: DeskFolder, node: EvmNode) -> None:
    for number, well in ((1, True), (56, False)):
        node.chain_id = number
        report = (await check_live(desk.settings()))["chains.main"]
        assert not isinstance(report, GatewayError)
        assert report.ok is well
