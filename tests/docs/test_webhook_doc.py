"""What docs/backends/webhook.md tells receivers is what the gateway does."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from gateway.backends import _http
from gateway.backends._cloudevents import CloudEvent, encode, sign
from gateway.backends.webhook import WebhookSettings
from gateway.errors import AuthError, ConfigError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import TicketAction
from tests.contract.backend_suite import make_write

TEXT = (Path(__file__).parents[2] / "docs" / "backends" / "webhook.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = b"a secret of more than twenty-four bytes"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", TEXT, re.DOTALL)


def verifier() -> Any:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)  # noqa: S102 - the page's own example
    return names["is_genuine"]


def test_the_example_event_has_the_shape_of_a_real_one() -> None:
    shown = json.loads(blocks("json")[0])
    CloudEvent.model_validate(shown)
    real = json.loads(encode(make_write(), "urn:gatehouse")[1])
    assert list(shown) == list(real)
    assert list(shown["data"]) == list(real["data"])


def test_every_type_is_documented() -> None:
    assert {f"gatehouse.case.{action}" for action in TicketAction} | {"gatehouse.check"} == set(
        re.findall(r"(?m)^\| `(gatehouse\.[a-z.]+)`", TEXT)
    )


def test_the_examples_verifier_takes_our_calls_and_no_others() -> None:
    is_genuine = verifier()
    _, body = encode(make_write(), "urn:gatehouse")
    headers = sign(SECRET, "msg", NOW, body)
    now = NOW.timestamp()
    assert is_genuine(SECRET, headers, body, now)
    assert is_genuine(SECRET, {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}, body, now)
    assert not is_genuine(SECRET, headers, body + b" ", now)
    assert not is_genuine(b"another secret of as many bytes", headers, body, now)
    assert not is_genuine(SECRET, {**headers, "webhook-id": "other"}, body, now)
    assert not is_genuine(SECRET, headers, body, now + 301)
    assert not is_genuine(SECRET, headers, body, now - 301)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (?:`(.*?)`)? ?\|", TEXT))
    fields = WebhookSettings.model_fields
    assert set(rows) == set(fields)
    for name, field in fields.items():
        if field.default is PydanticUndefined or field.default is None:
            assert rows[name] == ""
        else:
            assert tomllib.loads(f"x = {rows[name]}")["x"] == field.default


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ("has not; it tries again", TransientError),
        ("does not know", OutcomeUnknownError),
        ("has the wrong secret", AuthError),
        ("has the wrong address", ConfigError),
        ("gives this one write up", RejectedError),
    ],
)
def test_each_status_does_what_the_page_says(says: str, kind: type[Exception]) -> None:
    (row,) = [line for line in TEXT.splitlines() if f"| {says}" in line]
    statuses = [int(code) for code in re.findall(r"`(\d{3})`", row)] or [300]
    assert {type(_http.of_status("host", status, {}, NOW)) for status in statuses} == {kind}
