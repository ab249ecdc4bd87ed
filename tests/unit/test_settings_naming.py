"""What an operator has of own ids, assets, networks and explorers is read once; what cannot be used is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings.naming import NamingKeys
from gateway.triage.entities import find
from gateway.triage.explorers import usual


def test_without_any_all_is_as_usual() -> None:
    keys = NamingKeys()
    assert keys.all_explorers == usual()
    assert [each.kind for each in find("UID 48210734", keys.naming.vocabulary)] == ["account_id"]


def test_what_is_written_is_found() -> None:
    keys = NamingKeys(
        account_id="EX[0-9]{8}",
        assets={"EXT": ("examplex token",)},
        networks={"examplex": ("Examplex Chain",)},
        explorers={"examplex": {"tx": "https://explorer.example.test/{}"}},
    )
    found = find("UID EX48210734, 5 EXT and 2 examplex token by Examplex Chain", keys.naming.vocabulary)
    assert [(each.kind, each.value) for each in found] == [
        ("account_id", "EX48210734"),
        ("amount", "5 EXT"),
        ("amount", "2 examplex token"),
        ("network", "Examplex Chain"),
    ]
    assert keys.all_explorers["examplex"].tx == "https://explorer.example.test/{}"
    assert keys.naming.vocabulary is keys.naming.vocabulary


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("account_id", "("),
        ("account_id", "(a+)+"),
        ("account_id", "[0-9]*"),
        ("assets", {"": ()}),
        ("assets", {"EXT": ("x" * 100,)}),
        ("networks", {"own": (" ",)}),
        ("explorers", {"tron": {"tx": "http://plain.example.test/{}"}}),
        ("explorers", {"tron": {"url": "https://explorer.example.test/{}"}}),
    ],
)
def test_what_cannot_be_used_is_refused_without_showing_it(key: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        NamingKeys.model_validate({key: value})
    assert "plain.example.test" not in str(caught.value)
    assert "(a+)+" not in str(caught.value)
