"""`gatehouse verify`: the standing in words, its reasons, and an exit status that a program can use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.case import Standing
from gateway.cli.main import app
from gateway.cli.verify import EXIT_STATUSES
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
