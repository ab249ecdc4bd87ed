"""What X's prices and tiers do to the gateway, row by row, against the sandbox through the whole engine.

What one part alone has to do stands in tests/unit/test_x_*.py; a whole day of it in test_x_day.py.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gateway.sandbox.x import Fault
from gateway.sandbox.x._errors import forbidden
from tests.integration.x_desk import MENTIONS, MESSAGES, XDesk, beside_telegram, x_desk

HOUR = 3600.0


def reads(desk: XDesk) -> int:
    return len(desk.calls_of(MENTIONS)) + len(desk.calls_of(MESSAGES))


async def test_b21_without_credits_the_channel_says_so_and_waits_and_others_go_on(tmp_path: Path) -> None:
    async with beside_telegram(tmp_path) as (desk, telegram, operators):
        server = desk.server
        ann = server.person("wangfang_t", "Wang Fang")
        server.message(ann, "Where is my deposit?")
        await desk.until(lambda: desk.to(ann) and desk.texts(), step=10)
        case_id = desk.case()["id"]
        server.credits = Decimal(0)
        server.post(server.person("ben_t"), "@examplex and mine?")
        await desk.answers(case_id, "It has arrived.")
        # Operators are told once, by the channel that works.
        await desk.until(lambda: [each for each in telegram.sent if each.chat_id == operators["id"]], step=10)
        assert "credits" in telegram.sent[-1].text
        before = reads(desk)
        # A second channel takes no notice.
        telegram.says(telegram.person("Carl", language_code="en"), "hello")
        began = desk.clock.now()
        await desk.until(lambda: "hello" in desk.texts())
        assert (desk.clock.now() - began).total_seconds() <= 10
        await desk.passes(6 * HOUR, step=300)
        parts = await desk.parts()
        assert {parts[name]["condition"] for name in ("x:mentions", "x:messages")} == {"no_credits"}
        # Two streams, each tried ever more seldom, and at least once an hour.
        assert 8 <= reads(desk) - before <= 30
        assert desk.running
        assert len(desk.to(ann)) == 1
        server.credits = None
        await desk.until(lambda: "@examplex and mine?" in desk.texts(), step=60)
        await desk.until(lambda: "It has arrived." in desk.to(ann), step=60)
        assert (await desk.parts())["x:mentions"]["condition"] == "running"


async def test_b21_no_more_is_spent_than_the_budget_and_nothing_is_lost_for_it(tmp_path: Path) -> None:
    # A page of direct messages or mentions is counted when it was read: so much may be spent beyond it.
    async with x_desk(tmp_path, channel="budget = 2\nconversations_secs = 0\npublic_receipts = false") as desk:
        people = desk.crowd(50)
        for number in range(700):
            desk.server.post(people[number % 50], f"@examplex\nline {number}")
        await desk.passes(4 * HOUR, step=120)
        assert Decimal(1) <= desk.spent <= Decimal("2.5")
        # An agent's answer still goes out, or waits for midnight; it is not lost.
        await desk.answers(desk.cases()[0]["id"], "It has arrived.")
        await desk.passes(7.5 * HOUR, step=600)
        assert desk.spent <= Decimal("2.5")
        counted = desk.rows("select sum(cost) from spending")[0][0]
        assert desk.spent - Decimal("0.01") <= Decimal(counted) / 1_000_000 <= desk.spent + Decimal("0.5")
        await desk.until(lambda: len(desk.numbered()) >= 700, step=900)
        assert desk.numbered() == [f"line {number}" for number in range(700)]
        assert desk.spent <= 3 * Decimal("2.5")
        assert len(desk.server.sent_posts) == 1


LOST_TIER = forbidden(
    "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from an app that is "
    "attached to a project.",
    "client-forbidden",
)


@pytest.mark.parametrize(
    ("fault", "condition"), [(Fault(problem=LOST_TIER), "auth_failed"), ("402 credits", "no_credits")]
)
async def test_p55_a_lost_tier_is_a_state_of_the_channel_and_no_crash(
    tmp_path: Path, fault: Fault | str, condition: str
) -> None:
    async with beside_telegram(tmp_path) as (desk, telegram, operators):
        desk.server.faults.always("*", fault)
        desk.server.post(desk.server.person("wangfang_t"), "@examplex hello")
        await desk.until(lambda: [each for each in telegram.sent if each.chat_id == operators["id"]], step=10)
        await desk.passes(4 * HOUR, step=300)
        assert desk.running
        parts = await desk.parts()
        assert {parts[name]["condition"] for name in ("x:mentions", "x:messages")} == {condition}
        assert parts["x:mentions"]["action"]
        assert reads(desk) <= 40
        # The state outlives a restart, and ends by itself.
        await desk.restart()
        await desk.passes(60, step=10)
        assert (await desk.parts())["x:mentions"]["condition"] == condition
        telegram.says(telegram.person("Carl", language_code="en"), "is anybody there?")
        await desk.until(lambda: "is anybody there?" in desk.texts())
        desk.server.faults.mend()
        await desk.until(lambda: "@examplex hello" in desk.texts(), step=60)


async def test_p56_whose_message_is_encrypted_is_asked_to_write_readably(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel='activity = "stream"') as desk:
        ann = desk.server.person("wangfang_t", "Wang Fang")
        await desk.until(lambda: desk.server.activity.subscriptions and desk.server.stream.lines)
        await desk.polled()
        desk.server.encrypted(ann)
        await desk.settled()
        assert desk.texts() == ["[encrypted message: it cannot be read here]"]
        (asked,) = desk.to(ann)
        assert desk.case()["id"] in asked
        assert "encrypted" in asked
        assert "examplex.test" in asked
        # Whose inbox is closed to us, or who wants nothing automatic, is not asked.
        ben = desk.server.person("ben_t", receives_your_dm=False)
        desk.server.encrypted(ben)
        await desk.settled()
        assert desk.to(ben) == []
        assert len(desk.cases()) == 2
