"""What `activity` needs beside it; everything else of the settings is tested where it is used."""

from __future__ import annotations

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
