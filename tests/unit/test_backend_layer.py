"""What ticket systems share: streamed bodies, hints from webhooks, the mapping of a case, answers without sense."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from gateway.backends._api import Api, Body
from gateway.backends._bodies import InBase64, json_with_files, multipart, plain
from gateway.backends._hooks import HINT, STREAM, HookIngress, in_window, same, without_hints
from gateway.backends._html import plain_text
from gateway.backends._quota import Quota
from gateway.backends._settings import (
    TicketSettings,
    field_values,
    mail_of,
    queue_name,
    shown_name,
    state_name,
    tags_of,
    user_id,
    web_address,
)
from gateway.case import CaseState, Party, Priority
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.http import open_client, server_time
from gateway.ports import Event, Pushed, PushRequest, Raw, Refusal, StreamId, case_of_key
from gateway.testing.backends import START, make_case, make_file, make_write
from tests.conftest import ManualClock

ODD = bytes(range(256)) * 700 + b"\r\n--x\r\n"


async def whole(body: Body) -> bytes:
    found = b"".join([chunk async for chunk in body.chunks])
    assert len(found) == body.length, "another length than was announced"
    return found


@pytest.mark.parametrize("data", [b"", b"1", b"12", b"123", ODD], ids=len)
async def test_bodies_hold_every_byte_at_the_length_they_announce(data: bytes) -> None:
    file = make_file('a"b 提现.png', data)
    assert await whole(plain(file)) == data
    told = json.loads(
        await whole(json_with_files({"x": "größer", "files": [{"data": InBase64(file)}, InBase64(file)]}))
    )
    assert told["x"] == "größer"
    assert [base64.b64decode(each) for each in (told["files"][0]["data"], told["files"][1])] == [data, data]
    form = multipart([("note", "", "größer 🙏"), ("JSON", "application/json", "{}")], [("file", file), ("file", file)])
    parsed = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {form.media_type}\r\n\r\n".encode() + await whole(form)
    )
    names = [part.get_param("name", header="content-disposition") for part in parsed.iter_parts()]
    assert names == ["note", "JSON", "file", "file"]


def test_json_refuses_what_is_no_json() -> None:
    with pytest.raises(TypeError):
        json_with_files({"x": object()})


def request(**fields: Any) -> PushRequest:
    given: dict[str, Any] = {
        "method": "POST",
        "path": "/in/backend",
        "query": {},
        "headers": {"x-proof": "right", "x-id": "d1"},
        "body": b"{}",
        "received_at": START,
        "peer": "127.0.0.1",
    }
    return PushRequest(**(given | fields))


def ingress(woken: list[StreamId]) -> HookIngress:
    return HookIngress(
        "backend:x",
        lambda push: None if same("right", push.headers.get("x-proof", "")) else "not ours",
        woken.append,
    )


def test_a_push_that_proves_genuine_is_kept_under_its_body_and_wakes_the_feed() -> None:
    woken: list[StreamId] = []
    pushed = ingress(woken).receive(request())
    assert isinstance(pushed, Pushed)
    (raw,) = pushed.raws
    key = "hint:sha256-" + hashlib.sha256(b"{}").hexdigest()
    assert (raw.source, raw.key, raw.media_type, raw.body) == ("backend:x", key, HINT, b"")
    assert woken == [STREAM]
    replayed = ingress(woken).receive(request(headers={"x-proof": "right", "x-id": "d2"}))
    assert isinstance(replayed, Pushed)
    assert replayed.raws[0].key == raw.key, "an id that is not signed makes nothing new of a push"
    assert woken == [STREAM, STREAM]
    unnamed = ingress(woken).receive(request(headers={"x-proof": "right"}, body=b"one"))
    other = ingress(woken).receive(request(headers={"x-proof": "right"}, body=b"two"))
    assert isinstance(unnamed, Pushed)
    assert isinstance(other, Pushed)
    assert unnamed.raws[0].key != other.raws[0].key


@pytest.mark.parametrize("proof", ["wrong", "", "richtig ü", "right "])
def test_a_push_that_does_not_is_refused_and_wakes_nobody(proof: str) -> None:
    woken: list[StreamId] = []
    refused = ingress(woken).receive(request(headers={"x-proof": proof}))
    assert isinstance(refused, Refusal)
    assert refused.status == 401
    assert isinstance(ingress(woken).receive(request(method="GET")), Refusal)
    assert woken == []


def test_a_hint_means_nothing_by_itself() -> None:
    def normalize(raw: Raw) -> Sequence[Event]:
        raise AssertionError("a hint was read")

    pushed = ingress([]).receive(request())
    assert isinstance(pushed, Pushed)
    assert without_hints(normalize)(pushed.raws[0]) == ()


@pytest.mark.parametrize(("off", "taken"), [(0, True), (299, True), (-299, True), (301, False), (-301, False)])
def test_a_time_counts_within_five_minutes_either_way(off: int, taken: bool) -> None:
    at = int((START + timedelta(seconds=off)).timestamp())
    assert in_window(str(at), request()) is taken
    assert not in_window("", request())
    assert not in_window("9" * 30, request())


def test_proofs_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    true = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        seen.append(1)
        return true(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    same(hashlib.sha256(b"x").hexdigest(), "y")
    assert seen == [1]


SETTINGS = TicketSettings.model_validate(
    {
        "states": {"waiting": "Wartet"},
        "queues": {"risk": "Risk team"},
        "tags": {"noise": "", "vip": "VIP"},
        "fields": {"category": "cf_1", "language": "cf_2", "id": "cf_3"},
    }
)


@pytest.mark.parametrize("generation", [1, 2, 17])
def test_a_ticket_tells_its_case_whichever_of_its_tickets_it_is(generation: int) -> None:
    write = make_write()
    assert case_of_key(replace(write, generation=generation).external_key) == write.case.id
    assert case_of_key("") == ""


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Fri, 20 Nov 2026 13:00:00 GMT", datetime(2026, 11, 20, 13, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 13:00:00 -0000", datetime(2026, 11, 20, 13, tzinfo=UTC)),
        ("soon", START),
        ("", START),
    ],
)
def test_an_answers_time_is_its_servers(date: str, told: datetime) -> None:
    assert server_time({"date": date}, START) == told


def test_a_case_is_mapped_as_the_operator_says() -> None:
    case = make_case().model_copy(update={"queue": "risk", "tags": ("noise", "vip", "new", "vip"), "language": "de"})
    assert queue_name(SETTINGS, case, "Support") == "Risk team"
    assert queue_name(SETTINGS, make_case(), "Support") == "Support"
    assert tags_of(SETTINGS, case) == ["VIP", "new"]
    assert field_values(SETTINGS, case) == {"cf_2": "de", "cf_3": case.id}
    usual = {CaseState.OPEN: "open", CaseState.WAITING: "pending", CaseState.SOLVED: "solved"}
    assert [state_name(SETTINGS, usual, state) for state in CaseState] == ["open", "Wartet", "solved"]
    assert case.priority is Priority.NORMAL


def test_a_user_without_a_mail_address_gets_one_that_can_be_sent_nothing() -> None:
    settings = TicketSettings()
    assert mail_of(settings, Party(platform="email", address="ann@mail.test")) == "ann@mail.test"
    telegram = Party(platform="telegram", address="42", id="42", handle="ann", name="  Ann\nB ")
    assert mail_of(settings, telegram) == "telegram-42@users.invalid"
    assert (user_id(telegram), shown_name(telegram)) == ("telegram:42", "Ann B")
    assert mail_of(settings, Party(platform="x", name="提现")).isascii()


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example.test",
        "ftp://x",
        "https://u:p@x.test",
        "https://x.test/?a=1",
        "https://x.test/#a",
        "https://x.test:port",
        "x",
    ],
)
def test_an_address_that_would_tell_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"write|leave|no web address"):
        web_address(url)
    assert web_address("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"


def test_a_field_that_no_case_has_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        TicketSettings.model_validate({"fields": {"colour": "cf"}})


class Scripted(httpx.AsyncBaseTransport):
    """Answers each call as it is told."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def api(clock: ManualClock, answer: httpx.Response | Exception, **more: Any) -> Api:
    client = httpx.AsyncClient(transport=Scripted(answer))
    return Api("https://desk.example.test/api/", client, clock, Quota(clock, 4), 5.0, **more)


@pytest.mark.parametrize(
    ("method", "answer", "expected"),
    [
        ("GET", httpx.Response(500), TransientError),
        ("POST", httpx.Response(500), OutcomeUnknownError),
        ("POST", httpx.Response(401), AuthError),
        ("POST", httpx.Response(404), ConfigError),
        ("POST", httpx.Response(422), RejectedError),
        ("POST", httpx.Response(429, headers={"retry-after": "7"}), RateLimitedError),
        ("POST", httpx.Response(429), TransientError),
        ("GET", httpx.ReadError("gone"), TransientError),
        ("POST", httpx.ReadError("gone"), OutcomeUnknownError),
        ("POST", httpx.ConnectError("down"), TransientError),
    ],
)
async def test_a_failed_call_is_what_it_means_for_its_method(
    clock: ManualClock, method: str, answer: httpx.Response | Exception, expected: type[GatewayError]
) -> None:
    with pytest.raises(expected) as caught:
        await api(clock, answer).call(method, "/tickets", data={"text": "secret words"})
    assert type(caught.value) is expected
    assert "secret words" not in str(caught.value)
    assert "/tickets" not in str(caught.value)


async def test_a_status_can_mean_something_else_to_one_system_or_be_expected(clock: ManualClock) -> None:
    gone = api(clock, httpx.Response(404), meanings={404: GoneError})
    with pytest.raises(GoneError):
        await gone.call("PUT", "/tickets/1")
    assert (await gone.call("PUT", "/tickets/1", expected=(404,))).status == 404


@pytest.mark.parametrize(("method", "expected"), [("GET", TransientError), ("POST", OutcomeUnknownError)])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"id": "x"}'])
async def test_an_answer_that_makes_no_sense_leaves_a_write_in_doubt(
    clock: ManualClock, method: str, expected: type[GatewayError], body: bytes
) -> None:
    answer = await api(clock, httpx.Response(200, content=body)).call(method, "/x")
    with pytest.raises(expected):
        answer.read(dict[str, int])


async def test_what_breaks_while_a_body_is_made_is_told_as_it_is(clock: ManualClock) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"12"
        raise RejectedError("its original is gone")

    class Reading(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.aread()
            return httpx.Response(200)

    client = httpx.AsyncClient(transport=Reading())
    caller = Api("https://desk.example.test", client, clock, Quota(clock, 1), 5.0)
    with pytest.raises(RejectedError, match="gone"):
        await caller.call("POST", "/x", body=Body("text/plain", 4, chunks()))
    file = replace(make_file("a", b"1234"))
    assert (await caller.call("POST", "/x", body=plain(file))).status == 200


async def test_a_client_follows_no_redirect_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with open_client(5.0, 2, {"x-own": "1"}, auth=("u", "p")) as client:
        assert not client.follow_redirects
        assert not client.trust_env
        assert client.headers["accept-encoding"] == "identity"
        kept = httpx.Response(200, headers={"set-cookie": "a=b"}, request=httpx.Request("GET", "http://127.0.0.1/"))
        client.cookies.extract_cookies(kept)
        assert not client.cookies


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><head><meta charset=utf-8><title>No</title><body><p>Your answer", "Your answer"),
        ("<head><style>p {}</style></head><p>Your answer</p>", "Your answer"),
        (
            '<a href="https://a.test">one <a href="https://b.test">two</a></a>',
            "one  (https://a.test)two (https://b.test)",
        ),
    ],
)
def test_an_answer_in_untidy_html_loses_none_of_its_words(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.timeout(10)
def test_links_within_links_are_read_in_no_more_time_than_others() -> None:
    assert plain_text("<a>xy" * 50_000 + "</a>" * 50_000) == "xy" * 50_000
