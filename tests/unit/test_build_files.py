"""What a fresh clone is set up from: the lock, the Makefile, the list of servers."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def locked() -> dict[str, str]:
    """Return name → version of every pin in the lock."""
    text = (ROOT / "requirements.lock").read_text()
    return {canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text)}


def declared() -> list[Requirement]:
    """Return every requirement of pyproject.toml that is not the project itself, markers left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    lines = [*project["project"]["dependencies"], *project["build-system"]["requires"], *(x for e in extras for x in e)]
    wanted = (Requirement(line) for line in lines)
    return [item for item in wanted if item.name != project["project"]["name"]]


def test_lock_satisfies_every_declared_requirement() -> None:
    pins = locked()
    amiss = [
        str(item) for item in declared() if not item.specifier.contains(pins.get(canonicalize_name(item.name), "0"))
    ]
    assert amiss == [], "run: make lock"


def test_every_pin_has_a_hash_and_the_lock_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text()
    pins = re.split(r"(?m)^(?=\S)", text.replace("\\\n", ""))[1:]
    assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert re.findall(r"\w+://\S+|(?m:^-.*)", text) == []


UNBOUND = {
    *(
        "__main__",
        "app",
        "front",
        "engine",
        "stages",
        "systems",
        "hooks",
        "chains",
        "classifying",
        "channels",
        "cli",
        "registry",
    ),
    "sandbox",
}
"""The composition and the command line with what it demonstrates: they may import everything."""


def test_every_module_of_the_gateway_stands_in_the_contracts_of_who_imports_whom() -> None:
    top = {
        path.stem for path in (ROOT / "gateway").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    top -= {"__init__"}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    for contract, allowed in zip(contracts[:3], ({}, {"ports"}, {"ports", "backends", "http"}), strict=True):
        named = {name.removeprefix("gateway.") for name in contract["forbidden_modules"]}
        assert named - {"connectors", "normalizers"} == top - {"case", "errors"} - set(allowed), contract["name"]
    bound = {
        name.split(".")[1]
        for contract in contracts
        for name in contract.get("source_modules", ())
        if name.startswith("gateway.")
    }
    assert top - bound == UNBOUND


def test_make_offers_what_the_readme_promises() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = set(re.findall(r"make ([\w-]+)", said))
    wanted = "help demo demo-stay test lint types imports check lock bench prove clean"
    assert set(wanted.split()) <= names


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("#!/bin/sh\nexit 1\n", "Gatehouse needs Python 3.11 or newer"),
        ("#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\n", "apt-get install python3-venv"),
    ],
    ids=["too old", "without venv"],
)
def test_an_unfit_python_is_named_with_its_remedy(tmp_path: Path, script: str, sentence: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"
    python.write_text(script)
    python.chmod(0o755)
    made = subprocess.run(
        ["make", f"PYTHON={python}", ".venv/bin/python"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    assert sentence in made.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_servers_script_names_what_it_may_not_install(tmp_path: Path) -> None:
    for name in ("install.sh", "packages.txt"):
        shutil.copy(ROOT / "tests" / "servers" / name, tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "cat", "id", "tr"):
        (tools / name).symlink_to(shutil.which(name) or "/bin/false")
    (tools / "dpkg-query").write_text("#!/bin/sh\nexit 1\n")
    (tools / "dpkg-query").chmod(0o755)
    done = subprocess.run(
        ["sh", str(tmp_path / "install.sh")], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "NOT INSTALLED: dovecot-imapd dovecot-lmtpd" in done.stdout
