"""docs/acceptance.md: its examples print what stands there, and what it names is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize(("script", "printed"), EXAMPLES, ids=["mistakes", "verify"])
def test_an_example_prints_what_the_page_says(script: str, printed: str, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.endswith(printed), told


def test_every_target_and_every_file_that_the_page_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([a-z-]+)", PAGE))
    assert targets >= {"demo", "test", "bench", "prove", "imports"}
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
    named = set(re.findall(r"tests/[a-z_/]+(?:\.py)?", PAGE))
    assert len(named) >= 5
    assert [name for name in named if not (ROOT / name).exists()] == []
