"""The tables `[web]`, `[alerts]` and `[tracing]`: absent is off, and what cannot work is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import SettingsError, load
from gateway.settings.watching import AlertRule
from tests.desk import CONFIGURATION, Desk

SECRET = "a made-up secret of many bytes"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    return Desk(tmp_path)


def problems(desk: Desk, table: str) -> dict[str, str]:
    desk.write(CONFIGURATION + table)
    with pytest.raises(SettingsError) as caught:
        load(desk.path)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_what_is_absent_is_off(desk: Desk) -> None:
    settings = load(desk.path)
    assert (settings.web, settings.alerts, settings.tracing) == (None, None, None)


def test_an_empty_table_switches_on_what_needs_nothing(desk: Desk) -> None:
    desk.write(CONFIGURATION + "[web]\n[tracing]\n")
    settings = load(desk.path)
    assert settings.web is not None
    assert settings.tracing is not None


def test_alerts_by_mail_and_webhook(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook's secret is found in the environment, and is among the secrets that no log shows."""
    monkeypatch.setenv("GATEHOUSE_ALERTS_WEBHOOK_SECRET", SECRET)
    desk.write(
        CONFIGURATION
        + '[alerts]\nmail_channel = "support"\nmail_to = ["ops@examplex.test"]\n'
        + 'webhook_url = "https://pager.examplex.test/in"\noff = ["disk_low"]\n'
    )
    settings = load(desk.path)
    assert settings.alerts is not None
    assert settings.alerts.off == (AlertRule.DISK_LOW,)
    assert SECRET in settings.secrets()
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("table", "path", "says"),
    [
        ("[alerts]\n", "alerts", "nobody would be told"),
        ('[alerts]\nmail_channel = "support"\n', "alerts", "belong together"),
        ('[alerts]\nmail_channel = "vip"\nmail_to = ["a@b.test"]\n', "alerts.mail_channel", '"support"'),
        (
            '[alerts]\nmail_channel = "support"\nmail_to = ["Support@examplex.test"]\n',
            "alerts.mail_to",
            "an alert would become a case",
        ),
        ('[alerts]\nwebhook_url = "https://a.test/"\n', "alerts.webhook_secret", "GATEHOUSE_ALERTS_WEBHOOK_SECRET"),
        ('[alerts]\nwebhook_url = "http://a.test/"\n', "alerts.webhook_url", "https://"),
        ('[alerts]\nwebhook_url = "https://a.test/"\nwebhook_secret = "x"\n', "alerts.webhook_secret", "env"),
        ('[alerts]\nwebhook_url = "https://a.test/"\nof = []\n', "alerts.of", "off"),
        ('[tracing]\nendpoint = "collector:4318"\n', "tracing.endpoint", "whole address"),
        ('[web]\nlisten = "8080"\n', "web.listen", "127.0.0.1:8080"),
    ],
)
def test_what_cannot_work_is_named(desk: Desk, table: str, path: str, says: str) -> None:
    found = problems(desk, table)
    assert path in found, found
    assert says in found[path]


def test_a_command_that_talks_to_no_platform_needs_no_secret_of_alerts(desk: Desk) -> None:
    desk.write(CONFIGURATION + '[alerts]\nwebhook_url = "https://pager.examplex.test/in"\n')
    assert load(desk.path, credentials=False).alerts is not None
