"""The commands that set a desk up: init, check, schema, directory check, version; and how errors are told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.errors import AuthError
from gateway.ports import Check, Report
from gateway.settings import Settings
from gateway.store import Sealer
from tests.conftest import free_port
from tests.desk import CONFIGURATION, SECRET, Desk

runner = CliRunner()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def test_init_writes_three_files_and_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    result = runner.invoke(app, ["init", str(tmp_path / "desk")])
    assert result.exit_code == 0, result.output
    key = tmp_path / "desk" / "gatehouse.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    Sealer.from_text(key.read_text(encoding="ascii"))
    assert "gatehouse check" in result.stdout


@pytest.mark.parametrize("name", ["gatehouse.toml", "official.toml", "gatehouse.key"])
def test_init_never_overwrites(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious", encoding="utf-8")
    result = runner.invoke(app, ["init", str(tmp_path)])
    assert result.exit_code == 1
    assert name in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "precious"


def test_init_tells_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = runner.invoke(app, ["init", str(tmp_path / "file" / "desk")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_check_names_every_example_value_that_init_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEHOUSE_SUPPORT_PASSWORD", raising=False)
    runner.invoke(app, ["init"])
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 78
    written = "".join((tmp_path / name).read_text(encoding="utf-8") for name in ("gatehouse.toml", "official.toml"))
    assert result.stdout.count("still holds the example value") == written.count("CHANGE-ME") + written.count(
        'example.invalid"'
    )
    assert "GATEHOUSE_SUPPORT_PASSWORD is not set" in result.stdout


def test_what_init_wrote_works_once_it_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    runner.invoke(app, ["init"])
    for name in ("gatehouse.toml", "official.toml"):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        for example, own in (("CHANGE-ME", "Examplex"), ("example.invalid", "examplex.test"), ("-brand", "x")):
            text = text.replace(example, own)
        path.write_text(text, encoding="utf-8")
    result = runner.invoke(app, ["check"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "no problem; channels: support; backend: embedded" in result.stdout


@pytest.mark.parametrize(
    ("channel", "blanks", "secrets"),
    [
        ("telegram", {"bot": "examplex_support_bot"}, {"telegram.token": "123456:TEST-made-up"}),
        (
            "x",
            {"handle": "examplex", "user_id": "1000"},
            dict.fromkeys(("x.key", "x.secret", "x.token", "x.token-secret"), "TEST-made-up"),
        ),
    ],
)
def test_a_channel_that_init_left_out_works_once_it_is_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: str, blanks: dict[str, str], secrets: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    runner.invoke(app, ["init"])
    for name in ("gatehouse.toml", "official.toml"):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8").replace("CHANGE-ME", "Examplex").replace(".invalid", ".test")
        before, mark, after = text.partition(f"# [channels.{channel}]")
        if mark:
            table, _, rest = after.partition("\n\n")
            table = "\n".join(line.removeprefix("# ") for line in table.splitlines())
            for key, value in blanks.items():
                table = table.replace(f'{key} = "..."', f'{key} = "{value}"')
            text = before + mark.removeprefix("# ") + table + "\n\n" + rest
        path.write_text(text.replace("example-brand", "examplex").replace("example.test", "examplex.test"), "utf-8")
    for name, secret in secrets.items():
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(secret, encoding="ascii")
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0, result.output
    assert f"no problem; channels: support, {channel}; backend: embedded" in result.stdout


def test_five_planted_mistakes_are_all_named_in_one_run_with_exit_78(desk: Desk) -> None:
    desk.write(
        CONFIGURATION.replace("[brand]", '[brand]\nlogo = "x.png"')
        .replace("embedded", "embeded")
        .replace("[channels.support]", 'imap_port = "many"\n[channels.support]')
        .replace('address = "support@examplex.test"', 'password = "hunter2"')
        + '\n[acknowledgement]\nper_minute = 0\n[channels.sales]\nconnector = "email"\naddress = "CHANGE-ME"\n'
        'password = { env = "HOME" }\n'
    )
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 78
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()[:-1]] == [
        "channels.sales.address",
        "brand.logo",
        "backend.kind",
        "channels.support.address",
        "channels.support.password",
        "connectors.email.imap_port",
        "acknowledgement.per_minute",
    ]
    assert "hunter2" not in result.output
    assert result.stdout.splitlines()[-1] == "7 problems in gatehouse.toml"


def test_check_as_json_is_for_programs(desk: Desk) -> None:
    desk.write(CONFIGURATION.replace("embedded", "embeded"))
    result = runner.invoke(app, ["check", "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 78
    assert found["ok"] is False
    assert [problem["path"] for problem in found["problems"]] == ["backend.kind"]


def test_the_configuration_can_be_named_by_option_and_by_environment(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert runner.invoke(app, ["check"]).exit_code == 78
    assert runner.invoke(app, ["check", "-c", str(desk.path)]).exit_code == 0
    assert runner.invoke(app, ["check"], env={"GATEHOUSE_CONFIG": str(desk.path)}).exit_code == 0


def live(monkeypatch: pytest.MonkeyPatch, report: Report | AuthError) -> None:
    """Let the channel's own check, which talks to a server, answer with this report."""

    async def answer(settings: Settings, *, probes: bool) -> dict[str, Report | AuthError]:
        return {settings.channels[0].name: report}

    monkeypatch.setattr("gateway.app.check_live", answer)


def test_a_live_check_shows_each_thing_it_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch, Report((Check("imap", ok=True, detail="logged in"), Check("smtp", ok=True, detail="takes mail"))))
    result = runner.invoke(app, ["check", "--live"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == ["✓ support: imap: logged in", "✓ support: smtp: takes mail"]


@pytest.mark.parametrize(
    "report", [Report((Check("imap", ok=False, detail="says no"),)), AuthError("says no")], ids=["report", "error"]
)
def test_a_live_check_that_fails_exits_1(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, report: Report | AuthError
) -> None:
    live(monkeypatch, report)
    result = runner.invoke(app, ["check", "--live"])
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ support: ")
    assert "says no" in result.stdout


def test_a_live_check_tells_what_cannot_be_reached(desk: Desk) -> None:
    free = free_port()
    desk.write(
        CONFIGURATION.replace("imap.examplex.test", "127.0.0.1").replace("smtp.examplex.test", "127.0.0.1")
        + f'imap_port = {free}\nimap_security = "plain"\nsmtp_port = {free}\nsmtp_security = "plain"\n'
    )
    result = runner.invoke(app, ["check", "--live"])
    assert result.exit_code == 1, result.output
    assert "✗ support" in result.stdout
    assert "✓ backend" in result.stdout
    assert SECRET not in result.output


@pytest.mark.parametrize("what", ["case", "config", "directory"])
def test_each_schema_is_json_schema_of_2020(what: str) -> None:
    result = runner.invoke(app, ["schema", what])
    schema = json.loads(result.stdout)
    assert result.exit_code == 0
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]


def test_a_good_directory_is_named_with_its_brands(desk: Desk) -> None:
    result = runner.invoke(app, ["directory", "check"])
    assert result.exit_code == 0
    assert "brands: Examplex" in result.stdout


def test_every_problem_of_a_directory_is_named(desk: Desk) -> None:
    desk.directory.write_text('[[brands]]\nid = "A B"\n[[brands.web]]\ndomian = "x.test"\n', encoding="utf-8")
    result = runner.invoke(app, ["directory", "check", str(desk.directory)])
    assert result.exit_code == 78
    assert len(result.stdout.splitlines()) >= 3


def test_the_version_is_told_in_both_ways() -> None:
    first, second = runner.invoke(app, ["version"]), runner.invoke(app, ["--version"])
    assert first.stdout == second.stdout
    assert first.stdout.startswith("gatehouse ")


def test_a_missing_configuration_is_a_sentence_on_stderr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["run"])
    assert result.exit_code == 78
    assert result.stdout == ""
    assert "gatehouse init" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_option_exits_2() -> None:
    assert runner.invoke(app, ["check", "--lvie"]).exit_code == 2


def test_mails_that_cannot_be_proven_are_a_warning_and_no_problem(desk: Desk) -> None:
    """Until the receiving server's name is written, nobody can be known for official."""
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("warning: channels.support.authserv_ids: is empty")
    told = json.loads(runner.invoke(app, ["check", "--json"]).stdout)
    assert (told["ok"], [each["path"] for each in told["warnings"]]) == (True, ["channels.support.authserv_ids"])
    desk.write(CONFIGURATION + 'authserv_ids = ["mx.examplex.test"]\n')
    assert "warning" not in runner.invoke(app, ["check"]).stdout


def test_the_problems_of_each_file_are_counted_apart(desk: Desk) -> None:
    desk.write(CONFIGURATION.replace("embedded", "embeded"))
    desk.directory.write_text('[[brands]]\nid = "A B"\n[[brands.web]]\ndomian = "x.test"\n', encoding="utf-8")
    lines = runner.invoke(app, ["check"]).stdout.splitlines()
    listed = sum(line.startswith("official.toml: ") for line in lines)
    assert listed > 1
    assert lines[-1] == f"1 problem in gatehouse.toml, {listed} problems in official.toml"


def test_a_name_cannot_break_the_lines_of_check(desk: Desk) -> None:
    desk.write(CONFIGURATION + '["channels"."a\\nno problem\\u0085\\u2028\\u202e"]\nconnector = "email"\n')
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 78
    assert all(line.startswith(("channels.a<U+000A>", "3 problems")) for line in result.stdout.splitlines())


@pytest.mark.parametrize("folder", ["a\x1b[2Jb", "a\x0bb", "a\x85b"])
def test_init_shows_what_a_folders_name_holds(tmp_path: Path, folder: str) -> None:
    result = runner.invoke(app, ["init", str(tmp_path / folder)])
    assert result.exit_code == 0
    assert f"<U+{ord(folder[1]):04X}>" in result.stdout.splitlines()[0]


GATEHOUSE = Path(sys.executable).with_name("gatehouse")


def test_an_argument_that_is_no_text_is_a_sentence(desk: Desk) -> None:
    for words in (["cases", "show", b"GH\xff"], ["cases", "reply", "GH-AAAAA-AAAAA", b"\xff end"]):
        done = subprocess.run([GATEHOUSE, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("an argument is not text")


@pytest.mark.parametrize("words", [["verify", "examplex.test"], ["channels", "list"], ["init", "new"]])
def test_a_reader_that_went_away_is_no_answer(desk: Desk, words: list[str]) -> None:
    """Neither 0 to 5 nor a complaint."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([GATEHOUSE, *words], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_without_our_letters_ends_no_command(desk: Desk) -> None:
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in (["verify", "examplex.test"], ["check", "--live"]):
        done = subprocess.run([GATEHOUSE, *words], capture_output=True, env=plain, check=False)
        assert b"Traceback" not in done.stderr
        assert done.stdout
