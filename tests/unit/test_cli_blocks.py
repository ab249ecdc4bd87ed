"""`gatehouse blocks`: added, listed and lifted; what could meet nobody, or us, is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.blocks import Block, BlockKind, Blocklist
from gateway.cli.main import app
from gateway.settings import load
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "desk").mkdir()
    made = Desk(tmp_path / "desk")
    made.write(CONFIGURATION)
    asyncio.run(open_and_close(made))
    return made


async def open_and_close(desk: Desk) -> None:
    async with open_store_for(load(desk.path, credentials=False)):
        pass


def run(desk: Desk, *arguments: str) -> Any:
    command, *rest = arguments
    return runner.invoke(app, ["blocks", command, "--config", str(desk.path), *rest])


def listed(desk: Desk, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(desk, "list", "--json", *options).output)
    return found


def test_a_block_is_added_listed_and_lifted(desk: Desk) -> None:
    assert run(desk, "list").output.strip() == "Nothing is blocked."
    added = run(desk, "add", "sender", "Spam+x@Flood.example", "--days", "2", "--reason", "sells lists")
    assert added.exit_code == 0, added.output
    (block,) = listed(desk)
    assert (block["kind"], block["reason"], block["state"]) == ("sender", "sells lists", "holds")
    assert run(desk, "lift", str(block["number"])).exit_code == 0
    assert listed(desk) == []
    assert [each["state"] for each in listed(desk, "--all")] == ["lifted"]
    assert run(desk, "lift", str(block["number"])).exit_code == 1


def test_without_days_it_holds_until_it_is_lifted(desk: Desk) -> None:
    run(desk, "add", "term", "free airdrop", "--days", "0")
    assert listed(desk)[0]["until"] is None
    assert "without end" in run(desk, "list").output


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("domain", "@Flood.Example.", "flood.example"),
        ("sender", "telegram:4711", "telegram:4711"),
        ("chat", "telegram:-1004711", "telegram:-1004711"),
        ("term", "代开发票", "代开发票"),
        ("term", "free airdrop!", "free airdrop!"),
        ("sender", "Eve <Spam@Flood.example>", "spam@flood.example"),
        ("sender", "mailto:spam@flood.example", "spam@flood.example"),
        ("domain", "https://Flood.example:8443/x?y", "flood.example"),
        ("domain", "b\u00fccher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_value_is_kept_as_messages_are_compared_with_it(desk: Desk, kind: str, value: str, kept: str) -> None:
    assert run(desk, "add", kind, "--", value).exit_code == 0
    assert listed(desk)[0]["value"] == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "flood"),
        ("domain", "a@b.example"),
        ("sender", "x"),
        ("chat", "4711"),
        ("term", "a"),
        ("term", " "),
        ("term", "!!!"),
        ("term", "C++"),
        ("domain", "gmail.com"),
        ("domain", "https://"),
        ("sender", "telegarm:4711"),
        ("sender", "telegram:@spammer"),
        ("sender", "a@b@c.example"),
    ],
)
def test_what_could_meet_nobody_or_everybody_is_refused(desk: Desk, kind: str, value: str) -> None:
    assert run(desk, "add", kind, value).exit_code == 2
    assert listed(desk) == []


def test_the_desk_does_not_block_itself(desk: Desk) -> None:
    refused = run(desk, "add", "sender", "support@examplex.test")
    assert refused.exit_code == 1
    assert "address of this desk" in refused.output


def test_the_domain_of_the_desk_is_not_blocked(desk: Desk) -> None:
    (channel, *_) = [each for each in load(desk.path, credentials=False).channels if hasattr(each.settings, "address")]
    domain = str(vars(channel.settings)["address"]).rpartition("@")[2]
    for value in (domain, domain.upper(), f"https://{domain}/", domain.partition(".")[2] or domain):
        assert run(desk, "add", "domain", value).exit_code == 2
    assert listed(desk) == []


@pytest.mark.parametrize("kept", ["b\u00fccher.example", "xn--bcher-kva.example"])
def test_a_domain_of_another_script_is_met_in_both_ways_of_writing(kept: str) -> None:
    blocks = Blocklist.of([Block(BlockKind.DOMAIN, kept, number=1), Block(BlockKind.SENDER, f"a@{kept}", number=2)])
    for written in ("B\u00dcCHER.example", "mail.b\u00fccher.example", "XN--bcher-kva.example"):
        assert blocks.by_domain(written, NOW) is not None
    for written in ("a@b\u00fccher.example", "a@xn--bcher-kva.example"):
        assert blocks.by_name(BlockKind.SENDER, written, NOW) is not None


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("t.me/scamgroup", "see T.me/scamgroup!"),
        ("free airdrop!", "FREE  air\u200bdrop now"),
        ("don't miss", "don\u2019t miss"),
        ("fr\u200bee coins", "free coins"),
        ("\uac00\uc785", "\uc9c0\uae08 \uac00\uc785\ud558\uc138\uc694"),
    ],
)
def test_a_term_is_found_whatever_signs_stand_in_it(term: str, text: str) -> None:
    assert Blocklist.of([Block(BlockKind.TERM, term, number=1)]).by_term(text, NOW) is not None
