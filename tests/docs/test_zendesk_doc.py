"""What docs/backends/zendesk.md says can be set is what can be set."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gateway.backends.zendesk.settings import ZendeskSettings

PAGE = Path("docs/backends/zendesk.md").read_text(encoding="utf-8")


def test_the_example_can_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENDESK_TOKEN", "a token")
    monkeypatch.setenv("ZENDESK_WEBHOOK_SECRET", "a secret")
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    backend = tomllib.loads(example)["backend"]
    assert backend.pop("kind") == "zendesk"
    ZendeskSettings.model_validate(backend)


def test_every_setting_is_on_the_page() -> None:
    (table,) = re.findall(r"\| Setting \|.*?\n\n", PAGE, re.S)
    named = {name for row in table.strip().splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(ZendeskSettings.model_fields)
