"""`gatehouse verify`: the standing in words, its reasons, and an exit status that a program can use."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.case import Standing
from gateway.cli.main import app
from gateway.cli.verify import EXIT_STATUSES
from gateway.queues import Act
from gateway.reports import Accusation, Ruling
from gateway.settings import load
from tests.builders import NOON
from tests.desk import Desk

runner = CliRunner()

CLAIMS = [
    ("examplex.test", 0, "official (Examplex)"),
    ("examp1ex.test", 3, "looks like examplex.test but is not"),
    ("https://examplex-bonus.test/win", 3, "reported as a scam"),
    ("bakery.test", 4, "not on our list"),
    ("???", 5, "could not be checked"),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.mark.parametrize(("claim", "status", "said"), CLAIMS)
def test_each_standing_has_its_words_and_its_exit_status(desk: Desk, claim: str, status: int, said: str) -> None:
    result = runner.invoke(app, ["verify", claim])
    assert result.exit_code == status, result.output
    assert said in result.stdout.splitlines()[0]
    assert len(result.stdout.splitlines()) > 1


@pytest.mark.parametrize("claim", [claim for claim, _, _ in CLAIMS])
def test_nothing_is_ever_called_safe(desk: Desk, claim: str) -> None:
    said = runner.invoke(app, ["verify", claim]).output.lower()
    assert not any(word in said for word in ("safe", "trustworthy", "legitimate"))


def test_every_standing_has_an_exit_status_and_only_official_is_zero() -> None:
    assert set(EXIT_STATUSES) == set(Standing)
    assert [standing for standing, status in EXIT_STATUSES.items() if status == 0] == [Standing.OFFICIAL]


def test_a_directory_file_is_enough(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = Desk(tmp_path_factory.mktemp("desk")).directory
    result = runner.invoke(app, ["verify", "examplex.test", "--directory", str(directory), "-c", str(tmp_path / "no")])
    assert result.exit_code == 0


def confirm(desk: Desk, *accused: Accusation) -> None:
    async def fill() -> None:
        async with open_store_for(load(desk.path, credentials=False)) as store:
            await store.reports.add(accused)
            for report in await store.reports.page(None, 10):
                await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))

    asyncio.run(fill())


def test_what_operators_have_confirmed_is_known_where_the_store_is_there(desk: Desk) -> None:
    """Never over the directory; the file of a directory is asked alone, and no store is made by asking."""
    asked = ["verify", "bakery.test"]
    assert runner.invoke(app, asked).exit_code == 4
    assert not (desk.folder / "gatehouse.db").exists()
    confirm(
        desk, Accusation("domain", "bakery.test"), Accusation("domain", "examplex.test"), Accusation("case", "GH-1")
    )
    told = runner.invoke(app, [*asked, "--json"])
    assert (told.exit_code, json.loads(told.stdout)["standing"]) == (3, "reported_scam")
    assert runner.invoke(app, ["verify", "examplex.test"]).exit_code == 0
    assert runner.invoke(app, [*asked, "--directory", str(desk.directory)]).exit_code == 4


def test_a_store_of_another_release_or_none_at_all_keeps_nobody_from_asking(desk: Desk) -> None:
    (desk.folder / "gatehouse.db").write_bytes(b"")
    assert runner.invoke(app, ["verify", "examplex.test"]).exit_code == 0
    (desk.folder / "gatehouse.db").write_bytes(b"no database" * 100)
    told = runner.invoke(app, ["verify", "examplex.test"])
    assert told.exit_code == 0
    assert "The directory alone was asked" in told.stderr


def test_a_broken_configuration_does_not_keep_from_asking(desk: Desk) -> None:
    desk.write('[brand]\ndirectory = "official.toml"\n[chanels]\n')
    assert runner.invoke(app, ["verify", "examplex.test"]).exit_code == 0


def test_a_broken_directory_is_a_configuration_error(desk: Desk) -> None:
    desk.directory.write_text("[[brands]]\n", encoding="utf-8")
    result = runner.invoke(app, ["verify", "examplex.test"])
    assert result.exit_code == 78
    assert "official.toml: brands[0].id" in result.stderr


def test_as_json_it_is_the_whole_verdict(desk: Desk) -> None:
    result = runner.invoke(app, ["verify", "examp1ex.test", "--json"])
    verdict = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (verdict["standing"], verdict["official"]) == ("look_alike", "examplex.test")
    assert verdict["reasons"]


def test_a_claim_cannot_steer_the_terminal(desk: Desk) -> None:
    result = runner.invoke(app, ["verify", "\u202ebakery.test\x1b[2J"])
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout


def test_a_display_name_is_judged_beside_a_handle_and_alone(desk: Desk) -> None:
    beside = runner.invoke(app, ["verify", "@zq81", "--platform", "x", "--display-name", "Examplex Support"])
    alone = runner.invoke(app, ["verify", "--display-name", "Examplex Support"])
    as_name = runner.invoke(app, ["verify", "Examplex Support", "--kind", "name"])
    assert [result.exit_code for result in (beside, alone, as_name)] == [3, 3, 3]


def test_the_number_of_an_account_is_compared_with_the_one_that_is_listed(desk: Desk) -> None:
    listed = '[[brands.accounts]]\nplatform = "x"\nhandle = "examplex"\nid = "1001"\n'
    text = desk.directory.read_text(encoding="utf-8").replace("[[scams]]", f"{listed}\n[[scams]]")
    desk.directory.write_text(text, encoding="utf-8")
    command = ["verify", "x:@examplex", "--json", "--id"]
    own, other = (runner.invoke(app, [*command, number]) for number in ("1001", "6666"))
    assert (own.exit_code, other.exit_code) == (0, 3)
    assert json.loads(other.stdout)["techniques"] == ["other_id"]
    assert json.loads(own.stdout)["score"] == 0


@pytest.mark.parametrize("arguments", [["verify"], ["verify", "examplex.test", "--kind", "bogus"]])
def test_a_question_that_is_none_is_refused(desk: Desk, arguments: list[str]) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stderr
