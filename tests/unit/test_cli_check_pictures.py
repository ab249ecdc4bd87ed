"""`gatehouse check` tells when nobody looks at pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.reading import pictures
from tests.desk import CONFIGURATION, SECRET, Desk

runner = CliRunner()


def test_pictures_that_nobody_looks_at_are_a_warning_and_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    monkeypatch.chdir(tmp_path)
    Desk(tmp_path).write(CONFIGURATION + 'authserv_ids = ["mx.examplex.test"]\n')
    assert "pictures" not in runner.invoke(app, ["check"]).stdout
    monkeypatch.setattr(pictures, "_LIBRARIES", ("PIL", "not_installed_here"))
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0
    (line,) = [each for each in result.stdout.splitlines() if each.startswith("warning: pictures")]
    assert "pip install 'gatehouse[images]'" in line
    told = json.loads(runner.invoke(app, ["check", "--json"]).stdout)
    assert (told["ok"], [each["path"] for each in told["warnings"]]) == (True, ["pictures"])
