"""`gatehouse articles`: what a question finds, where the knowledge base has holes; `gatehouse init --articles`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.settings.answering import read_articles
from tests.desk import CONFIGURATION, SECRET, Desk

runner = CliRunner()
ARTICLE = (
    "---\nid: kyc-help\nlanguage: en\ntitle: Passport\ncategories: kyc, nonsense\nlink: https://help.test/k\n---\nx\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    made = Desk(tmp_path)
    (tmp_path / "help").mkdir()
    (tmp_path / "help" / "kyc.md").write_text(ARTICLE, encoding="utf-8")
    made.write(f'{CONFIGURATION}\n[answers]\narticles = "help"\n')
    return made


def test_a_question_is_answered_in_its_own_language() -> None:
    result = runner.invoke(app, ["articles", "search", "--examples", "--json", "我的充值还没到账"])
    assert result.exit_code == 0
    first = json.loads(result.stdout)[0]
    assert (first["id"], first["language"]) == ("deposit-missing", "zh-CN")
    told = runner.invoke(app, ["articles", "search", "--examples", "--language", "de", "--most", "1", "Passfoto"])
    assert "https://help.examplex.test/de/identity" in told.stdout


def test_what_finds_nothing_says_so_and_fails(desk: Desk) -> None:
    result = runner.invoke(app, ["articles", "search", "-c", str(desk.path), "zzz"])
    assert (result.exit_code, result.stdout) == (1, "nothing was found\n")
    found = runner.invoke(app, ["articles", "search", "-c", str(desk.path), "--category", "kyc", "zzz"])
    assert "kyc-help" in found.stdout


def test_holes_are_named(desk: Desk) -> None:
    told = json.loads(runner.invoke(app, ["articles", "list", "-c", str(desk.path), "--json"]).stdout)
    (only,) = told["articles"]
    assert only["languages"] == ["en"]
    assert {"de", "zh-CN"} <= set(only["lacks"])
    assert "deposit_not_credited" in told["categories_without"]
    assert not {"kyc", "praise", "spam", "other"} & set(told["categories_without"])
    assert told["categories_unknown"] == ["nonsense"]
    assert "without an article: " in runner.invoke(app, ["articles", "list", "-c", str(desk.path)]).stdout


def test_without_articles_it_says_what_to_do(desk: Desk) -> None:
    desk.write(CONFIGURATION)
    result = runner.invoke(app, ["articles", "list", "-c", str(desk.path)])
    assert result.exit_code == 1
    assert "write articles under [answers]" in result.output


def test_init_writes_the_articles_only_when_asked(tmp_path: Path) -> None:
    assert runner.invoke(app, ["init", str(tmp_path / "bare")]).exit_code == 0
    assert not (tmp_path / "bare" / "articles").exists()
    result = runner.invoke(app, ["init", "--articles", str(tmp_path / "desk")])
    assert result.exit_code == 0
    articles, problems = read_articles(tmp_path / "desk" / "articles")
    assert problems == []
    assert len({each.language for each in articles}) == 14
    again = runner.invoke(app, ["init", "--articles", str(tmp_path / "desk")])
    assert again.exit_code == 1
    assert "more: there already" in again.output
