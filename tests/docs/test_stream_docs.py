"""What docs/backends/nats.md and docs/backends/kafka.md say of settings and events is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import nkeys
import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from gateway.backends.kafka import KafkaSettings
from gateway.backends.kafka.backend import ID
from gateway.backends.nats import NatsSettings

DOCS = Path(__file__).parents[2] / "docs" / "backends"
PAGES: dict[str, type[BaseModel]] = {"nats": NatsSettings, "kafka": KafkaSettings}


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (?:`(.*?)`)? ?\|", page(name)))
    fields = PAGES[name].model_fields
    assert set(rows) == set(fields)
    for field_name, field in fields.items():
        if field.default is PydanticUndefined or field.default is None:
            assert rows[field_name] == ""
        else:
            assert tomllib.loads(f"x = {rows[field_name]}")["x"] == field.default


@pytest.mark.parametrize("name", PAGES)
def test_the_example_configuration_is_well(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```toml\n(.+?)```", page(name), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    seed = nkeys.encode_seed(bytes(32), nkeys.PREFIX_BYTE_USER).decode()
    framed = f"-----BEGIN NATS USER JWT-----\nmade.up\n------END NATS USER JWT------\n{seed}\n"
    (tmp_path / "gatehouse.creds").write_text(framed)
    monkeypatch.setenv("GATEHOUSE_KAFKA_PASSWORD", "made up")
    settings: dict[str, Any] = tomllib.loads(example)["backend"]
    assert settings.pop("kind") == name
    PAGES[name].model_validate(settings)


def test_headers_are_named() -> None:
    assert f"| `{ID}` |" in page("kafka")
    assert "Nats-Expected-Last-Subject-Sequence: 0" in page("nats")


def test_links_lead_to_parts_of_the_webhooks_page() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-")
        for line in re.findall(r"(?m)^#+ (.+)$", page("webhook"))
    }
    wanted = {link for name in PAGES for link in re.findall(r"webhook\.md#([a-z-]+)", page(name))}
    assert wanted <= headings
