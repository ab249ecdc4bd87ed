"""The exchange's own systems beside the real engine: customers are known, danger freezes once, no case waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.casework.challenges import CONFIRMED
from gateway.casework.freezes import FROZEN
from gateway.cli.main import app
from gateway.clock import SystemClock
from gateway.journal import RISK, Decision, Effect, EffectKind, FreezeIntent
from gateway.sandbox.exchange import ExchangeServer, Fault
from gateway.sandbox.mail import MailServer
from gateway.sandbox.send import hand_in
from gateway.sandbox.telegram import TelegramServer
from gateway.settings import load
from tests.builders import case, raw
from tests.exchange import ANN, KEY_ID, SECRET, exchange_on, tables
from tests.gateway_process import GatewayProcess
from tests.integration.telegram_desk import BOT, TOKEN, Json, TelegramDesk, telegram_desk

HACKED = "My account was hacked: somebody logged in and withdrew my coins"


@dataclass
class Scene:
    """A running desk, its exchange, and Ann, a customer who has bound her Telegram."""

    desk: TelegramDesk
    exchange: ExchangeServer
    ann: Json

    def facts(self) -> list[Json]:
        """Return the facts on customers, of each message."""
        found = (fact for entry in self.desk.entries() for fact in entry["assessment"]["facts"])
        return [fact for fact in found if fact["kind"] == "customer"]

    def said(self, fact: Json) -> dict[str, str]:
        return {each["name"]: each["value"] for each in fact["evidence"]}

    async def settled(self) -> None:
        """Let time pass until everything is worked off; timers, and customers who think it over, are no work."""
        await self.desk.until(lambda: self.desk.server.pending == 0 and not self._open())

    def _open(self) -> list[tuple[Any, ...]]:
        return self.desk.rows(
            "select key from raws where state not in ('settled', 'buried') union all select key from effects "
            "where state not in ('settled', 'buried', 'maybe_sent') and kind not in ('wake', 'challenge')"
        )


async def seen(condition: Callable[[], bool]) -> None:
    """Return when it is so: what a process of its own has done shows in no event of this one."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def patient(exchange: ExchangeServer) -> str:
    """Return the tables of a desk that waits long for its risk system: only what a test plans may be too late."""
    return tables(exchange).replace("[risk]\n", "[risk]\ntimeout_ms = 60000\n")


@asynccontextmanager
async def scene(folder: Path, more: str = "") -> AsyncIterator[Scene]:
    """Run a desk on an exchange; `more` are further keys of the first table, `[customers]`."""
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(telegram_desk(folder, starts=False))
        exchange = (await stack.enter_async_context(exchange_on(desk.clock))).server
        desk.configure(top=patient(exchange).replace("[customers]\n", f"[customers]\n{more}\n"))
        secret = desk.folder / "exchange.secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        ann = desk.server.person("Ann", username="ann_t", language_code="en")
        exchange.know(ANN, f"telegram:{ann['id']}", tier="vip", region="DE", kyc="pending", kyc_missing=["selfie"])
        desk.is_under_way = lambda: exchange.under_way > 0
        await desk.start()
        yield Scene(desk, exchange, ann)


async def test_a_customer_is_known_by_the_platforms_id_and_not_by_what_he_writes(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        eve = at.desk.server.person("Eve", username="eve_t", language_code="en")
        at.desk.server.says(at.ann, "Where is my deposit?")
        at.desk.server.says(eve, f"My UID is {ANN}, what is my KYC?")
        await at.settled()
        known, stranger = sorted(at.facts(), key=lambda fact: str(fact["outcome"]), reverse=True)
        assert (known["outcome"], stranger["outcome"]) == ("pass", "none")
        assert at.said(known) == {
            "account_id": ANN,
            "tier": "vip",
            "region": "DE",
            "kyc": "pending",
            "kyc_missing": "selfie",
        }
        assert at.said(stranger) == {}
        at.desk.server.says(at.ann, "It is 5 USDT.")
        await at.settled()
        assert at.exchange.asked["customer"] == 2, "the answer is remembered"
        assert (await at.desk.parts())["customers:ask"]["condition"] == "running"


async def test_a_book_of_customers_that_is_slow_opens_the_case_without_it(tmp_path: Path) -> None:
    async with scene(tmp_path, "timeout_ms = 50") as at:
        at.exchange.hold()
        at.desk.server.says(at.ann, "Where is my deposit?")
        await at.settled()
        assert at.desk.case()["channel"] == "tg"
        (fact,) = at.facts()
        assert (fact["outcome"], fact["reason"]) == ("could_not_check", "127.0.0.1 did not answer in time")
        assert (await at.desk.parts())["customers:ask"]["condition"] == "retrying"
        at.exchange.let_go()
        at.desk.server.says(at.ann, "Hello?")
        await at.settled()
        assert [fact["outcome"] for fact in at.facts()] == ["could_not_check", "pass"]


async def test_a_danger_freezes_once_however_many_messages_tell_of_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        began = at.desk.clock.now()
        for _ in range(3):
            at.desk.server.says(at.ann, f"{HACKED}!")
            await at.settled()
        assert at.exchange.asked["freeze"] == 1
        (frozen,) = at.exchange.frozen.values()
        assert (frozen.at - began).total_seconds() <= 2
        assert frozen.order["account_id"] == ANN
        assert frozen.order["requester"] == {"platform": "telegram", "id": str(at.ann["id"]), "proven": True}
        assert FROZEN in at.desk.case()["tags"]
        assert [each.state for each in at.desk.effects("freeze")] == ["settled"]
        (note,) = [text for text in at.desk.notes() if "risk system" in text]
        assert note.startswith(f"The risk system has frozen account {ANN}, since the account seems to be stolen.")


async def test_a_customer_in_danger_is_asked_for_a_second_factor_and_his_case_shows_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        at.desk.server.says(at.ann, HACKED)
        await at.desk.until(lambda: at.exchange.asked["challenge_state"] >= 2)
        (name, challenge), *others = at.exchange.challenges.items()
        assert (others, challenge.order["account_id"]) == ([], ANN)
        assert CONFIRMED not in at.desk.case()["tags"]
        at.exchange.decide(name, "confirmed")
        await at.desk.until(lambda: CONFIRMED in at.desk.case()["tags"])
        await at.settled()
        assert [each.state for each in at.desk.effects("challenge")] == ["settled"]
        assert any("has confirmed by a second factor" in text for text in at.desk.notes())


@pytest.mark.parametrize(
    ("faults", "answer"),
    [
        ((Fault(503, of="/risk", times=2),), "has frozen"),
        ((Fault(429, of="/risk", times=1, headers={"retry-after": "5"}),), "has frozen"),
        ((Fault(of="/risk", cut=True, takes=True, times=1),), "is frozen already"),
        ((Fault(504, of="/risk", takes=True, times=1), Fault(503, of="/risk", times=1)), "is frozen already"),
    ],
    ids=["503", "429", "line drops after it froze", "proxy gives up after it froze"],
)
async def test_trouble_freezes_once_and_is_over(tmp_path: Path, faults: tuple[Fault, ...], answer: str) -> None:
    async with scene(tmp_path) as at:
        at.exchange.plan(*faults)
        at.desk.server.says(at.ann, HACKED)
        await at.settled()
        assert len(at.exchange.frozen) == 1
        (note,) = [text for text in at.desk.notes() if "risk system" in text]
        assert answer in note


async def test_an_engine_that_ends_while_it_freezes_freezes_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        at.exchange.hold(takes=True)
        at.desk.server.says(at.ann, HACKED)
        at.desk.is_under_way = lambda: False
        await at.desk.until(lambda: at.exchange.asked["freeze"] == 1)
        await at.desk.stop()
        at.exchange.let_go()
        at.desk.is_under_way = lambda: at.exchange.under_way > 0
        await at.desk.start()
        await at.settled()
        assert at.exchange.asked["freeze"] == 2
        assert len(at.exchange.frozen) == 1
        assert any("is frozen already" in text for text in at.desk.notes())


async def test_a_risk_system_that_is_away_is_told_of_and_the_ticket_and_the_answer_go_out_meanwhile(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as at:
        at.exchange.plan(Fault(503, of="/risk"))
        at.desk.server.says(at.ann, HACKED)
        await at.desk.until(lambda: any("could not be reached yet" in text for text in at.desk.notes()), step=5)
        assert HACKED in at.desk.texts()[0]
        assert at.desk.to(at.ann)
        assert (await at.desk.parts())["risk:freeze"]["condition"] == "retrying"
        at.exchange.mend()
        await at.settled()
        assert any("has frozen" in text for text in at.desk.notes())
        assert (await at.desk.parts())["risk:freeze"]["condition"] == "running"


def seeded(number: str) -> Decision:
    freeze = FreezeIntent(
        case_id=number,
        reason="account_stolen",
        platform="email",
        requester="ann@mail.test",
        proven=True,
        at=datetime.now(UTC),
        claimed_account_id="99887766",
    )
    key = f"freeze:{number}:account_stolen"
    effect = Effect(key=key, kind=EffectKind.FREEZE, target=RISK, case_id=number, freeze=freeze)
    return Decision(1, cases=(case(number),), effects=(effect,))


async def test_a_gateway_that_is_killed_while_it_freezes_freezes_once_and_logs_nothing_secret(tmp_path: Path) -> None:
    """SIGKILL to a process of its own, between what the exchange has taken and what the store knows."""
    number = "GH-AAAAA-AAAAA"
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer.start(TOKEN, BOT))
        exchange = (await stack.enter_async_context(exchange_on(SystemClock()))).server
        gateway = GatewayProcess(tmp_path / "desk")
        stack.push_async_callback(gateway.close)
        gateway.configure_chat(
            telegram.url, TOKEN, BOT, 5, f"\n{patient(exchange)}", secrets={"exchange.secret": SECRET}
        )
        settings = load(gateway.config)
        async with open_store_for(settings) as store:
            await store.put_page("tg", raw().stream, [raw(source="tg")], None)
            (claimed,) = await store.claim_raws(1, 10**6, datetime.now(UTC))
            assert claimed.seq == 1
            await store.commit([seeded(number)])
        exchange.hold(takes=True)
        await gateway.start()
        await seen(lambda: bool(exchange.frozen))
        await gateway.kill()
        assert gateway.rows("select state from effects where kind = 'freeze'") == [("claimed",)]
        exchange.let_go()
        await gateway.start()
        await gateway.until(lambda: gateway.count("freeze.told") == 1)
        await seen(lambda: gateway.rows("select count(*) from effects where state != 'settled'") == [(0,)])
        lines: list[dict[str, Any]] = list(gateway.events)
        await gateway.stop()
        assert (exchange.asked["freeze"], len(exchange.frozen)) == (2, 1)
        assert exchange.refused == []
        told = str(lines)
        for hidden in (SECRET, "mail.test", "99887766", "webhook-signature"):
            assert hidden not in told


def written(sender: str, name: str) -> bytes:
    return (
        f"From: {sender}\r\nTo: support@examplex.test\r\nSubject: {name}\r\nMessage-ID: <{name}@mail.test>\r\n\r\n"
        f"My UID is {ANN}. What is my tier?\r\n"
    ).encode()


async def test_of_mail_only_an_address_that_passed_authentication_is_looked_up(tmp_path: Path) -> None:
    """A real mailbox and gateway: the receiving server proves Ann, says nothing of Eve, and refutes who forges Ann."""
    async with AsyncExitStack() as stack:
        verdicts = {"mail.test": "pass", "forged.test": "fail"}
        server = await stack.enter_async_context(
            MailServer.start(password="made-up-pass", authserv_id="mx.examplex.test", verdicts=verdicts)
        )
        exchange = (await stack.enter_async_context(exchange_on(SystemClock()))).server
        exchange.know("55556666", "mail:eve@nothing.test", "mail:ann@forged.test", tier="vip")
        gateway = GatewayProcess(tmp_path / "desk")
        stack.push_async_callback(gateway.close)
        gateway.configure(server.imap_port, server.smtp_port, "made-up-pass")
        with gateway.config.open("a") as config:
            config.write(f'authserv_ids = ["mx.examplex.test"]\n\n{tables(exchange)}')
        (gateway.folder / "exchange.secret").touch(mode=0o600)
        (gateway.folder / "exchange.secret").write_text(SECRET)
        senders = ("ann@mail.test", "eve@nothing.test", "ann@forged.test")
        for number, sender in enumerate(senders):
            mail = written(sender, f"m{number}")
            await asyncio.to_thread(hand_in, server.smtp_port, sender, "support@examplex.test", mail)
        await gateway.start()
        query = "select document from entries where direction = 'in'"
        await seen(lambda: len(gateway.rows(query)) == len(senders))
        entries = [json.loads(text) for (text,) in gateway.rows(query)]
        await gateway.stop()
    found = {
        entry["message"]["sender"]["address"]: [
            fact["outcome"] for fact in entry["assessment"]["facts"] if fact["kind"] == "customer"
        ]
        for entry in entries
    }
    assert found == {"ann@mail.test": ["pass"], "eve@nothing.test": [], "ann@forged.test": []}
    assert [json.loads(call.request.body)["by"] for call in exchange.calls] == [{"mail": "ann@mail.test"}]


async def test_check_live_tries_each_system_without_any_effect(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer.start(TOKEN, BOT))
        exchange = (await stack.enter_async_context(exchange_on(SystemClock()))).server
        gateway = GatewayProcess(tmp_path / "desk")
        gateway.configure_chat(
            telegram.url, TOKEN, BOT, 5, f"\n{tables(exchange)}", secrets={"exchange.secret": SECRET}
        )
        args = ["check", "--live", "--json", "-c", str(gateway.config)]
        result = await asyncio.to_thread(CliRunner().invoke, app, args)
        assert exchange.asked == {"ping": 3}
        found = {each["part"]: each for each in json.loads(result.stdout)["checks"]}
        for name in ("customers", "risk", "second_factor"):
            assert found[name]["ok"], found[name]
        exchange.plan(Fault(401, of="/risk"))
        failed = await asyncio.to_thread(CliRunner().invoke, app, args)
        assert failed.exit_code == 1
        assert "it does not accept our credential or signature" in failed.stdout
        assert SECRET not in result.output + failed.output
        assert exchange.frozen == {}
        assert exchange.calls[0].request.headers["gatehouse-key-id"] == KEY_ID
