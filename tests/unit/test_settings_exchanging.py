"""The tables of the exchange's own systems: what a good one means, and each mistake in plain words."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.settings import Problem, SettingsError, load
from tests.desk import CONFIGURATION, SECRET, Desk

KEY = "a made-up secret that the exchange knows"
RISK = '[risk]\nurl = "https://risk.examplex.test/freeze"\n'
CUSTOMERS = '[customers]\nurl = "https://book.examplex.test/"\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    for name in ("CUSTOMERS", "RISK", "SECOND_FACTOR"):
        monkeypatch.setenv(f"GATEHOUSE_{name}_SECRET", KEY)
    return Desk(tmp_path)


def problems(desk: Desk, text: str) -> dict[str, str]:
    desk.write(CONFIGURATION + text)
    with pytest.raises(SettingsError) as caught:
        load(desk.path)
    assert KEY not in str(caught.value)
    return dict(caught.value.problems)


def test_without_the_tables_nobody_is_asked_or_told(desk: Desk) -> None:
    settings = load(desk.path)
    assert (settings.customers, settings.risk, settings.second_factor) == (None, None, None)


def test_an_address_is_enough(desk: Desk) -> None:
    desk.write(f"{CONFIGURATION}{RISK}{CUSTOMERS}[second_factor]\nurl = 'http://127.0.0.1:9000/ask'\n")
    settings = load(desk.path)
    assert settings.risk is not None
    assert settings.customers is not None
    assert settings.second_factor is not None
    assert settings.risk.freeze == ("account_stolen", "secret_shared")
    assert (settings.customers.timeout_ms, settings.customers.lasts, settings.customers.nobody_lasts) == (
        800,
        timedelta(minutes=5),
        timedelta(minutes=1),
    )
    assert settings.secrets().count(KEY) == 3, "struck out of the log"
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("[risk]\n", "risk.url", "is required"),
        ('[risk]\nurl = "http://risk.examplex.test/"\n', "risk.url", "write https://"),
        ('[risk]\nurl = "risk.examplex.test"\n', "risk.url", "write the whole address"),
        ('[risk]\nurl = "https://a:b@risk.examplex.test/"\n', "risk.url", "leave out the user"),
        ('[risk]\nurl = "https://risk.examplex.test:99999/"\n', "risk.url", "port must be"),
        ('[customers]\nurl = "https://book.examplex.test:0/"\n', "customers.url", "port must be"),
        ('[second_factor]\nurl = "https://a.test:x/"\n', "second_factor.url", "port must be"),
        ("[second_factor]\nurl = 'https://a.test/'\n", "second_factor", "needs [customers]"),
        (RISK + 'freeze = ["theft"]\n', "risk.freeze[0]", "account_stolen"),
        (RISK + 'secret = "a made-up secret that the exchange knows"\n', "risk.secret", "a secret never stands"),
        (RISK + 'secret = { env = "GATEHOUSE_NOTHING" }\n', "risk.secret", "is not set"),
        (RISK + "timeout = 5\n", "risk.timeout", "timeout_ms"),
        (RISK + 'key_id = "two words"\n', "risk.key_id", "letters, digits"),
        (CUSTOMERS + "timeout_ms = 60000\n", "customers.timeout_ms", "4000"),
        (CUSTOMERS + "cache_secs = -1\n", "customers.cache_secs", "0"),
        ("[second_factor]\nurl = 'https://a.test/'\nlasts_secs = 1\n", "second_factor.lasts_secs", "30"),
        ("[costumers]\n", "costumers", "customers"),
        ("[channels.risk]\nconnector = 'email'\naddress = 'a@b.test'\n", "channels.risk", "uses this name itself"),
        (
            "[channels.second-factor]\nconnector = 'email'\naddress = 'a@b.test'\n",
            "channels.second-factor",
            "uses this",
        ),
    ],
)
def test_each_mistake_is_told_in_plain_words(desk: Desk, text: str, path: str, said: str) -> None:
    assert said in problems(desk, text)[path]


def test_a_short_secret_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_RISK_SECRET", "too short")
    assert "at least 24 bytes" in problems(desk, RISK)["risk.secret"]


def test_a_missing_library_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.setattr("gateway.settings.exchanging.find_spec", lambda name: None)
    desk.write(CONFIGURATION + RISK + CUSTOMERS)
    with pytest.raises(SettingsError) as caught:
        load(desk.path)
    wanted = "needs a library that is not installed: pip install 'gatehouse[exchange]'"
    assert Problem("risk", wanted) in caught.value.problems
    assert Problem("customers", wanted) in caught.value.problems
