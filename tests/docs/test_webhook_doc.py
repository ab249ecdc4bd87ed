"""What docs/backends/webhook.md tells receivers is what the gateway does."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic_core import PydanticUndefined

from gateway import http
from gateway.backends._cloudevents import CloudEvent, encode
from gateway.backends._inbound import NORMALIZER, WebhookIngress
from gateway.backends.signatures import sign
from gateway.backends.webhook import WebhookSettings
from gateway.errors import AuthError, ConfigError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Pushed, PushRequest, Refusal, TicketAction, TicketEvent
from gateway.testing.backends import make_write

TEXT = (Path(__file__).parents[2] / "docs" / "backends" / "webhook.md").read_text(encoding="utf-8")
OUTGOING, _, INCOMING = TEXT.partition("\n## What your system may send\n")
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
        re.findall(r"(?m)^\| `(gatehouse\.[a-z.]+)`", OUTGOING)
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


def push(event: dict[str, Any], **changes: Any) -> PushRequest:
    """Return a request made as the page's own example makes it."""
    names: dict[str, Any] = {}
    exec(blocks("python")[1], names)  # noqa: S102 - the page's own example
    body = json.dumps(event).encode()
    headers = names["signed"](SECRET, event["id"], body, NOW.timestamp())
    request = PushRequest("POST", "/in/backend", {}, headers, body, NOW, "127.0.0.1")
    return replace(request, **changes)


INGRESS = WebhookIngress("backend:webhook", SECRET, "urn:gatehouse")


def test_the_example_of_an_agents_answer_is_taken_and_means_what_it_says() -> None:
    shown = json.loads(blocks("json")[2])
    taken = INGRESS.receive(push(shown))
    assert isinstance(taken, Pushed)
    (event,) = NORMALIZER.normalize(taken.raws[0])
    assert isinstance(event, TicketEvent)
    assert (event.case_id, event.kind, event.text) == (shown["subject"], "replied", shown["data"]["text"])
    assert taken.raws[0].key == shown["id"]


def test_every_incoming_type_is_documented_and_taken() -> None:
    rows = [line for line in INCOMING.splitlines() if line.startswith("| `gatehouse.")]
    named = {name for row in rows for name in re.findall(r"`(gatehouse\.ticket\.\w+)`", row)}
    kinds = get_args(TicketEvent.model_fields["kind"].annotation)
    assert named == {f"gatehouse.ticket.{kind}" for kind in (*kinds, "check")}
    shown = json.loads(blocks("json")[2])
    for name in named:
        assert isinstance(INGRESS.receive(push({**shown, "type": name})), Pushed)


def test_what_the_page_says_is_refused_is_refused() -> None:
    """Each change of the example gets the status that the page gives for it."""
    shown = json.loads(blocks("json")[2])
    plain = push(shown)
    ours = {**shown, "source": "urn:gatehouse"}
    refused = {
        401: [replace(plain, body=plain.body + b" "), replace(plain, received_at=NOW + timedelta(seconds=301))],
        415: [replace(plain, headers={**plain.headers, "content-type": "text/plain"})],
        422: [push(ours), push({**shown, "subject": "17"}), push({**shown, "data": {"ticket": "A", "text": ""}})],
    }
    for status, requests in refused.items():
        assert f"`{status}`" in INCOMING
        for request in requests:
            found = INGRESS.receive(request)
            assert isinstance(found, Refusal)
            assert found.status == status


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
    assert {type(http.of_status("host", status, {}, NOW)) for status in statuses} == {kind}
