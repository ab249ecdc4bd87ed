"""`gatehouse directory`: what it writes, what it refuses to, and what it says of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.main import app
from gateway.trust.directory import load_directory

LINE = '{"brand": "examplex", "name": "Examplex", "twitter": ["examplex"], "domains": ["examplex.test"]}\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.jsonl").write_text(LINE)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["directory", *arguments])


# import


def test_lines_become_a_directory_that_loads(here: Path) -> None:
    result = run("import", "lines.jsonl", "--output", "new/official.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert set(load_directory(here / "new" / "official.toml").sites) == {"examplex.test"}
    assert run("check", "new/official.toml").exit_code == 0


def test_a_bad_line_is_named_and_nothing_is_written(here: Path) -> None:
    (here / "lines.jsonl").write_text(LINE + "nonsense\n")
    result = run("import", "lines.jsonl", "--output", "official.toml")
    assert result.exit_code == 78
    assert "lines.jsonl: line 2: is no JSON" in result.stderr
    assert [path.name for path in here.iterdir()] == ["lines.jsonl"]


def test_what_is_left_out_is_a_warning_and_no_error(here: Path) -> None:
    (here / "lines.jsonl").write_text(LINE + LINE.replace("examplex", "other", 1).replace("examplex.test", "t.me"))
    result = run("import", "lines.jsonl", "--output", "official.toml")
    assert result.exit_code == 0
    assert "warning: lines.jsonl: line 2: t.me is left out" in result.stderr
    assert "warning: lines.jsonl: line 2: @examplex on X is left out" in result.stderr


def test_a_file_that_is_there_is_written_over_only_by_force(here: Path) -> None:
    (here / "official.toml").write_text("mine")
    result = run("import", "lines.jsonl", "--output", "official.toml")
    assert (result.exit_code, (here / "official.toml").read_text()) == (1, "mine")
    assert "--force" in result.stderr
    assert run("import", "lines.jsonl", "--output", "official.toml", "--force").exit_code == 0
    assert "examplex" in (here / "official.toml").read_text()


@pytest.mark.parametrize(("content", "said"), [(b"", "holds no brand"), (b"\xff", "UTF-8"), (None, "cannot be read")])
def test_a_file_without_lines_is_no_directory(here: Path, content: bytes | None, said: str) -> None:
    (here / "lines.jsonl").unlink()
    if content is not None:
        (here / "lines.jsonl").write_bytes(content)
    result = run("import", "lines.jsonl", "--output", "official.toml")
    assert result.exit_code == 78
    assert said in result.stderr
    assert not (here / "official.toml").exists()


# scams


def test_a_list_is_written_as_the_directory_reads_it_and_what_was_refused_is_said(here: Path) -> None:
    (here / "hosts").write_text("0.0.0.0 evil.example\n0.0.0.0 www.evil.example\ngithub.io\nnot a host\n")
    result = run("scams", "hosts", "--source", "somebody", "--date", "2026-02-03", "--output", "lists/r.jsonl")
    assert result.exit_code == 0
    assert "1 taken, 1 doubled, 2 refused" in result.stdout
    assert "line 3: github.io is everybody's" in result.stderr
    run("import", "lines.jsonl", "--output", "official.toml")
    with (here / "official.toml").open("a") as toml:
        toml.write('[[scam_lists]]\nfile = "lists/r.jsonl"\n')
    found = load_directory(here / "official.toml").reported("domain", "evil.example")
    assert found is not None
    assert (found.source, found.reported_at) == ("somebody", date(2026, 2, 3))


def test_what_is_official_is_left_out_of_a_list_on_request(here: Path) -> None:
    (here / "hosts").write_text("examplex.test\nold.examplex.test\n")
    given = ["scams", "hosts", "--source", "s", "--output", "r.jsonl", "--directory", "lines.jsonl"]
    result = run(*given)
    assert "1 taken" in result.stdout
    assert "examplex.test, which is official" in result.stderr
    assert run(*given).exit_code == 1, "the list is there already"


def test_a_list_of_nothing_is_not_written(here: Path) -> None:
    (here / "hosts").write_text("t.me\n")
    result = run("scams", "hosts", "--source", "s", "--output", "r.jsonl")
    assert result.exit_code == 78
    assert "t.me is everybody's" in result.stderr
    assert not (here / "r.jsonl").exists()


@pytest.mark.parametrize("more", [["--source", " "], ["--source", "s", "--kind", "thing"]])
def test_a_list_needs_a_source_and_a_kind_that_is_one(here: Path, more: list[str]) -> None:
    assert run("scams", "lines.jsonl", "--output", "r.jsonl", *more).exit_code == 2


# keygen, sign, check


def test_a_signed_directory_passes_and_a_changed_one_does_not(here: Path) -> None:
    made = run("keygen", "key.pem")
    public = made.stdout.splitlines()[-1].removeprefix('directory_key = "').removesuffix('"')
    assert (here / "key.pem").stat().st_mode & 0o777 == 0o600
    assert run("keygen", "key.pem").exit_code == 1, "a key is never written over"
    run("import", "lines.jsonl", "--output", "official.toml")
    assert run("check", "official.toml", "--public-key", public).exit_code == 78
    assert run("sign", "official.toml", "--key", "key.pem").exit_code == 0
    assert run("check", "official.toml", "--public-key", public).exit_code == 0
    with (here / "official.toml").open("a") as toml:
        toml.write("# one more line\n")
    result = run("check", "official.toml", "--public-key", public)
    assert result.exit_code == 78
    assert "changed after it was signed" in result.stdout
    assert run("sign", "official.toml", "--key", "official.toml").exit_code == 78


def test_what_deserves_a_second_look_is_said_and_counted(here: Path) -> None:
    (here / "r.txt").write_text("evil.example\n")
    (here / "official.toml").write_text(
        """
        [[brands]]
        id = "examplex"
        name = "Examplex"
        accounts = [
          { platform = "x", handle = "examplex_help" },
          { platform = "x", handle = "examplex_hepl", id = "1" },
          { platform = "telegram", handle = "examplex_old", until = 2020-01-01 },
          { platform = "telegram", handle = "later_on", since = 2990-01-01 },
        ]
        [[scam_lists]]
        file = "r.txt"
        source = "us"
        date = 2020-01-01
        """
    )
    told = json.loads(run("check", "official.toml", "--json").stdout)
    assert told["ok"] is True
    assert [each["code"] for each in told["warnings"]] == [
        "no_mail",
        "no_id",
        "ended",
        "to_come",
        "near_miss",
        "old_list",
    ]
    assert told["warnings"][1]["path"] == "brands[0].accounts[0]"
    assert (told["counts"]["accounts"], told["counts"]["listed_scams"]) == (4, 1)
    assert told["scam_lists"] == [{"file": "r.txt", "source": "us", "date": "2020-01-01", "rows": 1}]
    words = run("check", "official.toml", "--max-age", "100000").stdout
    assert "warning: 1 accounts of your own that differ by one character" in words
    assert "grown old" not in words


def test_problems_are_told_as_json_as_well(here: Path) -> None:
    (here / "official.toml").write_text('[[brands]]\nid = "A B"\nname = "Examplex"\n')
    result = run("check", "official.toml", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"]) == (78, False)
    assert told["problems"][0]["path"] == "official.toml: brands[0].id"


def test_a_directory_of_lines_is_looked_over_too(here: Path) -> None:
    assert "brands: Examplex" in run("check", "lines.jsonl").stdout
    (here / "lines.jsonl").write_text("{}")
    assert run("check", "lines.jsonl").exit_code == 78
