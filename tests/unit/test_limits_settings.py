"""What operators say of limits: the plugin's own, another number, or none; mistakes are named by their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.ports import Limit, Scope
from gateway.registry import installed
from gateway.settings import load
from gateway.settings.limited import limited, misread
from gateway.settings.schema import config_schema
from tests.desk import SECRET
from tests.unit.test_limits import DAY
from tests.unit.test_settings_load import GOOD, Written


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    return Written(tmp_path)


EMAIL = {"send-channel-60s": 60, "send-recipient-3600s": 20}


def counts(desk: Written, text: str) -> dict[str, int]:
    desk.write(text)
    (channel,) = load(desk.path).channels
    return {limit.name: limit.count for limit in channel.limits}


def test_a_channel_has_the_limits_of_its_plugin(desk: Written) -> None:
    assert counts(desk, GOOD) == EMAIL


def test_an_operator_may_widen_narrow_or_lift_a_limit(desk: Written) -> None:
    """For one channel, or for all of its kind; the one channel's word counts."""
    shared = GOOD + "\n[connectors.email.limits]\nsend-channel-60s = 7\nsend-recipient-3600s = false\n"
    assert counts(desk, shared) == {"send-channel-60s": 7}
    own = shared + "[channels.support.limits]\nsend-channel-60s = 600\nsend-recipient-3600s = 3\n"
    assert counts(desk, own) == {"send-channel-60s": 600, "send-recipient-3600s": 3}
    lifted = own.replace("= 600", "= false")
    assert counts(desk, lifted) == {"send-recipient-3600s": 3}


@pytest.mark.parametrize(
    ("table", "path", "said"),
    [
        ("channels.support.limits]\nsend-chanel-60s = 7", "channels.support.limits.send-chanel-60s", "did you mean"),
        ("channels.support.limits]\nsend-channel-60s = 0", "channels.support.limits.send-channel-60s", "at least 1"),
        ("channels.support.limits]\nsend-channel-60s = true", "channels.support.limits.send-channel-60s", "or false"),
        (
            'channels.support.limits]\nsend-channel-60s = "9"',
            "channels.support.limits.send-channel-60s",
            "whole number",
        ),
        (
            "channels.support.limits]\nsend-channel-60s = 1.5",
            "channels.support.limits.send-channel-60s",
            "whole number",
        ),
        ("connectors.email.limits]\nsend-channel-60s = -1", "connectors.email.limits.send-channel-60s", "at least 1"),
        ("backend.limits]\nsubmit-channel-60s = 5", "backend.limits.submit-channel-60s", "known are: none"),
    ],
)
def test_a_mistaken_limit_is_named_by_its_place(desk: Written, table: str, path: str, said: str) -> None:
    found = desk.problems(f"{GOOD}\n[{table}\n")
    assert list(found) == [path]
    assert said in found[path]


def test_limits_that_are_no_table_are_named(desk: Written) -> None:
    found = desk.problems(GOOD + "limits = 5\n")
    assert list(found) == ["channels.support.limits"]
    assert "must be a table" in found["channels.support.limits"]


def test_a_budget_is_one_number_for_all_its_calls_and_never_less_than_a_call_costs() -> None:
    calls = [
        Limit(call, Scope.ACCOUNT, 100, DAY, cost=cost, budget="credits")
        for call, cost in (("a", 1), ("b", 7), ("c", 2))
    ]
    name = calls[0].name
    assert [limit.count for limit in limited(calls, {name: 50})] == [50, 50, 50]
    assert limited(calls, {name: False}) == ()
    (problem,) = misread(calls, {name: 6}, "x")
    assert problem == (f"x.{name}", f"must be at least 7 and at most {2**53}, or false for no limit")
    assert list(misread(calls, {name: 7}, "x")) == []


def test_the_schema_knows_the_limits_of_each_plugin() -> None:
    schema = config_schema(installed())
    email, *_ = schema["properties"]["channels"]["additionalProperties"]["oneOf"]
    for table in (email, schema["properties"]["connectors"]["properties"]["email"]):
        shape = table["properties"]["limits"]
        assert list(shape["properties"]) == list(EMAIL)
        assert shape["additionalProperties"] is False
    for backend in schema["properties"]["backend"]["oneOf"]:
        assert backend["properties"]["limits"]["properties"] == {}


def test_the_page_names_the_limits_of_email_and_its_example_loads(desk: Written) -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name, count in EMAIL.items():
        assert f"| {name} | {count} |" in page
    example = page.partition("### Limits")[2].partition("```toml\n")[2].partition("```")[0]
    assert counts(desk, GOOD + example) == {"send-channel-60s": 200}
