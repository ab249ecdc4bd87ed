"""`gatehouse reports`: what waits for a ruling, the ruling, and what goes to a platform for a takedown."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.cli.main import app
from gateway.reports import CASE, Accusation, Origin
from gateway.settings import load
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()

IMPOSTOR = Accusation("handle", "examplex_help1", "telegram", "examplex", "affix", case_id="GH-AAAAA-AAAAA")
SITE = Accusation("domain", "examplex-desk.example.com", case_id="GH-BBBBB-BBBBB", origin=Origin.USER)
OURS = Accusation("domain", "examplex.test")


class Reported:
    """A desk with reports in its store."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.desk = Desk(folder)
        self.desk.write(CONFIGURATION)
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        async with open_store_for(load(self.desk.path, credentials=False)) as store:
            for accused in (IMPOSTOR, SITE, OURS, replace(IMPOSTOR, case_id="GH-CCCCC-CCCCC")):
                await store.reports.add([accused])

    def run(self, *arguments: str) -> Any:
        return runner.invoke(app, ["reports", *arguments, "--config", str(self.desk.path)])


@pytest.fixture
def reported(tmp_path: Path) -> Reported:
    return Reported(tmp_path / "desk")


def test_what_waits_is_listed_the_most_seen_first(reported: Reported) -> None:
    listed = json.loads(reported.run("list", "--json").stdout)
    assert [each["value"] for each in listed] == ["examplex_help1", "examplex.test", "examplex-desk.example.com"]
    assert listed[0]["times"] == 2
    assert "telegram:@examplex_help1" in reported.run("list").stdout.replace("\n", "")


def test_a_confirmed_one_waits_no_more_and_can_be_exported(reported: Reported, tmp_path: Path) -> None:
    done = reported.run("confirm", "1", "--reason", "seen")
    assert (done.exit_code, "1: confirmed" in done.stdout) == (0, True)
    assert "examplex_help1" not in reported.run("list").stdout
    shown = json.loads(reported.run("show", "1", "--json").stdout)
    assert (shown["state"], shown["note"], shown["link"]) == ("confirmed", "seen", "https://t.me/examplex_help1")
    (row,) = csv.DictReader(io.StringIO(reported.run("export").stdout))
    assert (row["value"], row["of"], row["times"]) == ("examplex_help1", "examplex", "2")
    file = tmp_path / "takedown.jsonl"
    assert reported.run("export", "--format", "jsonl", "--output", str(file)).exit_code == 0
    assert json.loads(file.read_text())["case"] == "GH-CCCCC-CCCCC"
    assert reported.run("export", "--since", "2999-01-01").stdout.count("\n") == 1


def test_a_refused_one_counts_no_more(reported: Reported) -> None:
    reported.run("confirm", "2")
    assert reported.run("refuse", "2").exit_code == 0
    assert "examplex-desk" not in reported.run("export").stdout
    assert "examplex-desk" in reported.run("list", "--state", "refused").stdout


def test_nothing_official_is_confirmed_and_then_nothing_at_all_is(reported: Reported) -> None:
    refused = reported.run("confirm", "1", "3")
    assert refused.exit_code == 1
    assert "official" in refused.stderr
    assert len(json.loads(reported.run("list", "--json").stdout)) == 3


@pytest.mark.parametrize(("until", "refused"), [("2999-01-01", True), ("2020-01-01", False)])
def test_an_account_that_will_retire_is_official_until_then(tmp_path: Path, until: str, refused: bool) -> None:
    reported = Reported(tmp_path / "desk")
    official = reported.desk.folder / "official.toml"
    entry = f'[[brands.accounts]]\nplatform = "telegram"\nhandle = "examplex_help1"\nuntil = {until}\n'
    official.write_text(f"{official.read_text()}\n{entry}")
    assert (reported.run("confirm", "1").exit_code == 1) is refused


def test_what_is_not_there_is_said(reported: Reported) -> None:
    assert "no report 99" in reported.run("refuse", "99").stderr
    assert "no report 99" in reported.run("show", "99").stderr
    assert reported.run("export", "--since", "yesterday").exit_code == 2


def test_a_case_is_ruled_on_like_any_other_and_goes_to_no_platform(tmp_path: Path) -> None:
    reported = Reported(tmp_path / "desk")
    alarm = Accusation(CASE, "GH-DDDDD-DDDDD", technique="official_address_forged", case_id="GH-DDDDD-DDDDD")

    async def add() -> None:
        async with open_store_for(load(reported.desk.path, credentials=False)) as store:
            await store.reports.add([alarm])

    asyncio.run(add())
    listed = " ".join(reported.run("list").stdout.split())
    assert "case GH-DDDDD-DDDDD" in listed
    assert "official_address_forged" in listed
    (number,) = (each["number"] for each in json.loads(reported.run("list", "--json").stdout) if each["kind"] == CASE)
    assert reported.run("confirm", str(number)).exit_code == 0
    assert "GH-DDDDD-DDDDD" not in reported.run("list").stdout
    assert "GH-DDDDD-DDDDD" not in reported.run("export").stdout


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    reported = Reported(tmp_path / "desk")

    async def add() -> None:
        async with open_store_for(load(reported.desk.path, credentials=False)) as store:
            await store.reports.add([Accusation("phone", "+15550100")])

    asyncio.run(add())
    rows = csv.DictReader(io.StringIO(reported.run("export", "--state", "open").stdout))
    assert "'+15550100" in [row["value"] for row in rows]
