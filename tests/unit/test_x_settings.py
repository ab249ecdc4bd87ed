"""What `activity` needs beside it, and what no setting may hold; all else is tested where it is used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.x_fakes import settings

HOOK = {"activity": "webhook", "webhook_url": "https://desk.examplex.test/in/x"}
LOGGED_IN = {"auth": "oauth2", "client_id": "made-up", "consumer_secret": None}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"activity": "stream", "bearer_token": None}, "needs bearer_token"),
        ({**HOOK, "bearer_token": None}, "needs bearer_token"),
        ({**HOOK, "webhook_url": ""}, "needs webhook_url"),
        ({**HOOK, **LOGGED_IN}, "consumer_secret or client_secret"),
        ({**HOOK, "webhook_url": "http://desk.examplex.test/in/x"}, "https alone"),
        ({**HOOK, "webhook_url": "https://desk.examplex.test:8443/in/x"}, "no port"),
        ({**HOOK, "webhook_url": "https://desk.examplex.test/" + "x" * 200}, "200 characters"),
    ],
)
def test_what_events_need_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings("https://api.x.com", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bearer_token": None},
        {"activity": "stream"},
        HOOK,
        {**HOOK, **LOGGED_IN, "client_secret": "made-up-secret"},
    ],
)
def test_what_events_do_not_need_may_be_left_out(changes: dict[str, Any]) -> None:
    assert settings("https://api.x.com", **changes).door == changes.get("webhook_url", "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"privacy_url": "javascript:alert(1)"}, "https"),
        ({"privacy_url": "http://examplex.test/privacy"}, "https address, or empty"),
        ({"privacy_url": "https://examplex.test/\nprivacy"}, "not a URL"),
        ({"privacy_url": "https:///privacy"}, "name a host"),
        ({"redirect_url": "http://evil.test/cb"}, "use https"),
        ({"redirect_url": "http://127.0.0.1.evil.test/cb"}, "use https"),
        ({"redirect_url": ""}, "must begin with"),
        ({"opt_out": [""]}, "empty word"),
        ({"opt_out": ["stop", " \t"]}, "empty word"),
        ({"opt_in": [""]}, "empty word"),
        ({"opt_out": ["stop", "go"], "opt_in": ["Go "]}, "share a word"),
        ({"media_hosts": ["*"]}, "no host name"),
        ({"media_hosts": ["*.twimg.com"]}, "no host name"),
        ({"media_hosts": ["https://pbs.twimg.com"]}, "no host name"),
        ({"media_hosts": ["pbs.twimg.com:443"]}, "no host name"),
        ({"media_hosts": ["pbs.twimg.com", ""]}, "no host name"),
        ({"media_hosts": [".".join(["a" * 60] * 5)]}, "no host name"),
        ({"budget": "abc"}, "a number, such as 10, without quotes"),
        ({"budget": "10"}, "a number, such as 10, without quotes"),
    ],
)
def test_what_no_setting_may_hold_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings("https://api.x.com", **changes)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"privacy_url": ""}, ""),
        ({"privacy_url": "https://examplex.test/privacy"}, "https://examplex.test/privacy"),
        ({"redirect_url": "http://localhost:8765/cb"}, "http://localhost:8765/cb"),
        ({"redirect_url": "http://[::1]:8765/cb"}, "http://[::1]:8765/cb"),
        ({"redirect_url": "https://desk.examplex.test/cb"}, "https://desk.examplex.test/cb"),
        ({"opt_out": []}, ()),
        ({"media_hosts": ["PBS.twimg.com", "127.0.0.1"]}, ("pbs.twimg.com", "127.0.0.1")),
        ({"budget": 2.5}, Decimal("2.5")),
    ],
)
def test_what_a_setting_may_hold_is_kept(changes: dict[str, Any], kept: object) -> None:
    (name,) = changes
    assert getattr(settings("https://api.x.com", **changes), name) == kept
