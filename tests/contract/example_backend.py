"""The example of a third party's backend, as the tests here use it: its folders on the path, or installed somewhere."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "example-backend"
MODULE = EXAMPLE / "gatehouse_minidesk.py"
TESTS = EXAMPLE / "tests"
SERVER = TESTS / "minidesk_server.py"


def install(folder: Path) -> None:
    """Install the package into a folder of its own, as `pip install` does, without asking anybody outside."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    options = ["--no-deps", "--no-build-isolation", "--no-compile", "--target", str(folder)]
    subprocess.run([*command, *options, str(EXAMPLE)], check=True, capture_output=True)


for folder in (EXAMPLE, TESTS):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

MINIDESK = importlib.import_module("gatehouse_minidesk").PLUGIN
minidesk_harness = importlib.import_module("minidesk_harness").minidesk_harness
