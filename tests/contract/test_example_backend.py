"""docs/example-backend: a package apart, small, found by its name once it is installed, true to the contract."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS
from tests.contract.example_backend import MODULE, ROOT, TESTS, install

MOST_LINES = 150
ALLOWED = {"gateway.case", "gateway.errors", "gateway.ports", "gateway.testing.backends"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package in it, and the gateway apart."""
    folder = tmp_path_factory.mktemp("site")
    install(folder)
    return folder


def run(site: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False
    )


def imported(path: Path) -> set[str]:
    """Return what a file imports of ours: whole modules, and what is taken from the package itself."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "gateway":
            found |= {f"gateway.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in ("gateway", "connectors", "normalizers", "tests")}


def test_it_has_at_most_150_lines() -> None:
    assert len(MODULE.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [MODULE, *sorted(TESTS.glob("*.py"))], ids=lambda path: path.name)
def test_it_stands_on_what_third_parties_may_use(path: Path) -> None:
    assert imported(path) <= ALLOWED


def test_the_gateway_finds_it_by_its_entry_point(installed: Path, tmp_path: Path) -> None:
    script = "from gateway.registry import installed as i; p = i().backend('minidesk'); print(p.name, p.takes_files)"
    told = run(installed, tmp_path, "-c", script)
    assert told.stdout == "minidesk True\n", told.stderr
    script = "import gatehouse_minidesk; print(gatehouse_minidesk.__file__)"
    assert run(installed, tmp_path, "-c", script).stdout.startswith(str(installed))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Its tests, apart from the sources."""
    shutil.copytree(TESTS, tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(MODULE.parent / "pyproject.toml", tmp_path)
    return tmp_path


def test_its_own_tests_pass_on_what_is_installed(installed: Path, copied: Path) -> None:
    told = run(installed, copied, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert told.returncode == 0, told.stdout
    assert f"{len(CHECKS)} passed" in told.stdout


def test_its_tests_can_fail(installed: Path, copied: Path) -> None:
    source = MODULE.read_text(encoding="utf-8")
    public = "is_public = write.action in (ports.TicketAction.MESSAGE, ports.TicketAction.FILE)"
    assert public in source
    (copied / "tests" / MODULE.name).write_text(source.replace(public, "is_public = True"), encoding="utf-8")
    told = run(installed, copied, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "later_writes")
    assert "1 failed" in told.stdout, told
