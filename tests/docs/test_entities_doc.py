"""docs/entities.md: its examples are read as they stand, and it names every kind that is labelled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.enrich.chain.reading import known_chains
from gateway.settings.load import load
from tests.desk import CONFIGURATION, Desk

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "entities.md").read_text(encoding="utf-8")
GUIDE = Path(__file__).parents[1] / "labelled" / "entities" / "README.md"


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_a_desks_own_names_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    desk = Desk(tmp_path)
    desk.write(f"{CONFIGURATION}{examples()[0]}")
    triaging = load(desk.path).triaging
    assert triaging is not None
    assert triaging.explorers is not None
    assert triaging.explorers["tron"].tx == "https://other.example.test/tx/{}"
    assert triaging.rules.vocabulary.assets["examplex token"] == "EXT"


def test_the_example_of_chains_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setenv("ETHEREUM_NODE_TOKEN", "made-up")
    desk = Desk(tmp_path)
    secret = tmp_path / "bitcoin-rpc.password"
    secret.write_text("made-up\n")
    secret.chmod(0o600)
    desk.write(f"{CONFIGURATION}{examples()[1]}")
    assert [each.network for each in load(desk.path).chains.values()] == ["ethereum", "bitcoin"]


def test_every_kind_is_named() -> None:
    kinds = set(re.findall(r"^\| `([a-z_]+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(kinds) == 12
    assert {kind for kind in kinds if f"`{kind}`" not in PAGE} == set()


def test_every_known_chain_is_named() -> None:
    names = {name.replace("-", " ") for name in known_chains()}
    assert {name for name in names if name not in PAGE.lower()} == set()
