"""How a mail channel is told to check its senders itself, and that the gateway then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from connectors.email import PLUGIN
from connectors.email.lmtp import PLUGIN as LMTP
from connectors.email.lmtp import LmtpSettings
from gateway.cli.main import app
from gateway.ports import MailChecks
from tests.desk import CONFIGURATION, SECRET, Desk
from tests.unit.test_email_imap import settings


def test_without_a_word_nothing_is_checked() -> None:
    assert PLUGIN.mail_checks(settings(143)) is None


def test_what_is_checked_and_with_whose_help() -> None:
    found = settings(
        143, own_checks=True, trusted_sealers=("Lists.Example.org",), dns_servers=("192.0.2.1", "2001:db8::1#5353")
    )
    wanted = MailChecks(("lists.example.org",), (("192.0.2.1", 53), ("2001:db8::1", 5353)))
    assert PLUGIN.mail_checks(found) == wanted
    pushed = LmtpSettings.model_validate(
        {"address": "a@b.test", "smtp_host": "127.0.0.1", "smtp_login": False, "own_checks": True}
    )
    assert LMTP.mail_checks(pushed) == MailChecks()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"own_checks": True, "dns_servers": ("dns.example.org",)}, "address in numbers"),
        ({"own_checks": True, "dns_servers": ("192.0.2.1#0",)}, "address in numbers"),
        ({"own_checks": True, "dns_servers": ("192.0.2.1#x",)}, "address in numbers"),
        ({"own_checks": True, "trusted_sealers": ("a@example.org",)}, "no domain"),
        ({"trusted_sealers": ("example.org",)}, "own_checks"),
        ({"dns_servers": ("192.0.2.1",)}, "own_checks"),
    ],
)
def test_what_is_no_such_setting_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(143, **changes)


def test_check_warns_where_no_sender_can_be_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    monkeypatch.chdir(tmp_path)
    assert warned() == ["channels.support.authserv_ids"]
    desk.write(CONFIGURATION + "own_checks = true\n")
    assert warned() == []
    monkeypatch.setattr("gateway.cli.check.find_spec", lambda name: None)
    assert warned() == ["channels.support.own_checks"]


def warned() -> list[str]:
    told = json.loads(CliRunner().invoke(app, ["check", "--json"]).stdout)
    return [each["path"] for each in told["warnings"] if each["path"].startswith("channels.")]
