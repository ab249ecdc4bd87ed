"""What the webhook backend sends, accepts and makes of an answer, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from gateway import http
from gateway.backends import webhook
from gateway.backends._cloudevents import CloudEvent, encode, event_id
from gateway.backends.signatures import sign, signing_key
from gateway.backends.webhook import WebhookSettings
from gateway.case import CaseState
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    MalformedError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Done,
    Failed,
    FileRef,
    Key,
    Opening,
    TicketAction,
    TicketFile,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from gateway.testing.backends import USER_TEXT, case_id, make_case, make_file, make_write
from tests.conftest import ManualClock
from tests.servers.http_sink import Answer, HttpSink

SECRET = "a secret of more than twenty-four bytes"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink(SECRET.encode()) as server:
        yield server


def settings(url: str = "https://desk.example.test/in", **more: Any) -> WebhookSettings:
    return WebhookSettings.model_validate({"url": url, "secret": {"env": "HOOK"}, **more})


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", SECRET)


@asynccontextmanager
async def opened(sink: HttpSink, clock: ManualClock, **more: Any) -> AsyncIterator[TicketSystem]:
    async with webhook.PLUGIN.open(Opening("desk", settings(sink.url, **more), clock)) as system:
        yield system


async def submit_one(sink: HttpSink, clock: ManualClock, **more: Any) -> Done | Failed:
    """Submit one write; return its answer, or as a Failed what was raised for the whole call."""
    async with opened(sink, clock, **more) as system:
        try:
            (answer,) = await system.backend.submit([make_write()])
        except GatewayError as error:
            return Failed(make_write().key, error)
    assert isinstance(answer, (Done, Failed))
    return answer


async def test_a_write_is_a_cloudevent_in_structured_mode(sink: HttpSink, clock: ManualClock) -> None:
    await submit_one(sink, clock, source="urn:gatehouse:eu")
    (request,) = sink.requests
    event = request.event
    data = event.pop("data")
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert event == {
        "specversion": "1.0",
        "id": "support:m1:ticket:a",
        "source": "urn:gatehouse:eu",
        "type": "gatehouse.case.message",
        "subject": case_id(1),
        "time": "2026-11-20T12:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:gatehouse:schema:ticket-write:1",
    }
    named = ["action", "case", "entry", "external_key", "files", "key", "note"]
    assert sorted(data) == [*named, "schema_version", "state", "ticket", "withheld"]
    assert data["external_key"] == case_id(1)
    assert data["case"]["id"] == case_id(1)
    assert data["ticket"] is None
    assert data["entry"]["message"]["attachments"][0]["name"] == "screen.png"


async def test_the_id_stands_in_every_place_that_a_receiver_may_look_at(sink: HttpSink, clock: ManualClock) -> None:
    await submit_one(sink, clock)
    (request,) = sink.requests
    assert {request.headers["webhook-id"], request.headers["idempotency-key"], request.event["id"]} == {
        "support:m1:ticket:a"
    }


def test_the_time_of_an_event_is_that_of_its_message_also_when_the_case_moved_on() -> None:
    write = make_write()
    later = write.case.model_copy(update={"updated_at": NOW + timedelta(hours=1)})
    _, body = encode(replace(write, case=later), "urn:gatehouse")
    assert CloudEvent.model_validate_json(body).time == NOW


async def test_the_timestamp_is_the_clocks_and_new_on_each_attempt(sink: HttpSink, clock: ManualClock) -> None:
    async with opened(sink, clock) as system:
        await system.backend.submit([make_write()])
        clock.advance(90)
        await system.backend.submit([make_write()])
    first, second = sink.requests
    assert int(first.headers["webhook-timestamp"]) == int(NOW.timestamp())
    assert int(second.headers["webhook-timestamp"]) == int(NOW.timestamp()) + 90
    assert first.body == second.body


@pytest.mark.parametrize(
    "key",
    ["a\r\nx-evil: 1", "a.b", "schlüssel", "x" * 500, "", "a b", "(event, kind)", "\x00"],
)
async def test_a_key_that_no_header_can_bear_is_replaced_by_its_digest(
    sink: HttpSink, clock: ManualClock, key: str
) -> None:
    write = TicketWrite(Key(key), TicketAction.STATE, make_case(), state=CaseState.SOLVED)
    async with opened(sink, clock) as system:
        (answer,) = await system.backend.submit([write])
    assert isinstance(answer, Done)
    assert answer.key == key
    (request,) = sink.requests
    assert request.headers["webhook-id"] == "sha256-" + hashlib.sha256(key.encode()).hexdigest()
    assert request.event["data"]["key"] == key
    assert "x-evil" not in request.headers


def test_different_keys_have_different_ids() -> None:
    keys = ["a.b", "a,b", "a:b", "a b", "ä", "A:b"]
    assert len({event_id(Key(key)) for key in keys}) == len(keys)


@pytest.mark.parametrize("field", ["note", "key"])
async def test_text_that_no_encoding_can_carry_fails_alone(sink: HttpSink, clock: ManualClock, field: str) -> None:
    text = "\ud800 half a character"
    bad = TicketWrite(Key(text if field == "key" else "k"), TicketAction.NOTE, make_case(2), note=text)
    async with opened(sink, clock) as system:
        refused, done = await system.backend.submit([bad, make_write(1)])
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, MalformedError)
    assert isinstance(done, Done)


def test_a_secret_in_the_standard_form_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes(range(32))
    monkeypatch.setenv("HOOK", "whsec_" + base64.b64encode(key).decode())
    signed = sign(signing_key(settings().secret), "msg", NOW, b"{}")
    digest = hmac.new(key, b"msg.1795176000.{}", hashlib.sha256).digest()
    assert signed["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


STATUSES: list[tuple[int, type[GatewayError]]] = [
    (301, ConfigError),
    (304, ConfigError),
    (307, ConfigError),
    (400, RejectedError),
    (401, AuthError),
    (402, RejectedError),
    (403, AuthError),
    (404, ConfigError),
    (405, ConfigError),
    (407, ConfigError),
    (408, TransientError),
    (409, TransientError),
    (410, ConfigError),
    (413, RejectedError),
    (415, RejectedError),
    (418, RejectedError),
    (422, RejectedError),
    (425, TransientError),
    (429, TransientError),
    (500, OutcomeUnknownError),
    (501, ConfigError),
    (502, OutcomeUnknownError),
    (503, TransientError),
    (504, OutcomeUnknownError),
    (599, OutcomeUnknownError),
    (999, OutcomeUnknownError),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
async def test_each_status_is_the_error_that_the_table_says(
    sink: HttpSink, clock: ManualClock, status: int, expected: type[GatewayError]
) -> None:
    sink.plan(Answer(status))
    answer = await submit_one(sink, clock)
    assert isinstance(answer, Failed)
    assert type(answer.error) is expected
    assert str(status) in str(answer.error)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_each_success_is_done(sink: HttpSink, clock: ManualClock, status: int) -> None:
    sink.plan(Answer(status))
    assert isinstance(await submit_one(sink, clock), Done)


@pytest.mark.parametrize("status", [408, 429, 503])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (" 12 ", 12),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 6 * 3600),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 6 * 3600),
    ],
)
async def test_a_receiver_says_how_long_to_wait(
    sink: HttpSink, clock: ManualClock, status: int, value: str, seconds: int
) -> None:
    sink.plan(Answer(status, headers={"retry-after": value}))
    answer = await submit_one(sink, clock)
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, RateLimitedError)
    assert answer.error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²", "Fri, 99 Nov 2026 12:00:00 GMT", "٣"])
def test_a_wait_that_cannot_be_read_is_none(value: str) -> None:
    assert http.retry_after(value, NOW) is None


async def test_a_redirect_is_not_followed(sink: HttpSink, clock: ManualClock) -> None:
    async with HttpSink(SECRET.encode()) as elsewhere:
        sink.plan(Answer(307, headers={"location": elsewhere.url}))
        await submit_one(sink, clock)
        assert elsewhere.requests == []


async def test_a_receiver_that_is_silent_leaves_the_outcome_unknown(sink: HttpSink, clock: ManualClock) -> None:
    sink.plan(Answer(takes=True, then="hang"))
    answer = await submit_one(sink, clock, timeout_secs=0.3)
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, OutcomeUnknownError)


async def test_the_deadline_is_for_the_whole_call(sink: HttpSink, clock: ManualClock) -> None:
    """An answer that comes drop by drop, each in time, does not hold a call open for ever."""
    sink.plan(Answer(takes=True, then="drip"))
    answer = await submit_one(sink, clock, timeout_secs=0.3)
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, OutcomeUnknownError)


async def test_a_write_that_waits_for_its_turn_does_not_use_up_its_time(sink: HttpSink, clock: ManualClock) -> None:
    """Though every call before them hangs, the last writes of a batch are sent too, and not called unknown unsent."""
    sink.always(Answer(then="hang"))
    async with opened(sink, clock, timeout_secs=0.3) as system:
        with pytest.raises(OutcomeUnknownError):
            await system.backend.submit([make_write(number) for number in range(webhook.CONCURRENT + 4)])
    assert len(sink.requests) == webhook.CONCURRENT + 4


@pytest.mark.parametrize("then", ["drop", "cut"])
async def test_a_line_that_breaks_leaves_the_outcome_unknown(sink: HttpSink, clock: ManualClock, then: Any) -> None:
    sink.plan(Answer(takes=True, then=then))
    answer = await submit_one(sink, clock)
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, OutcomeUnknownError)


async def test_a_receiver_that_nobody_reaches_has_taken_nothing(sink: HttpSink, clock: ManualClock) -> None:
    await sink.down()
    answer = await submit_one(sink, clock)
    assert isinstance(answer, Failed)
    assert type(answer.error) is TransientError


@pytest.mark.parametrize(
    ("body", "ticket"),
    [
        (b'{"ticket": "ACME-17"}', "ACME-17"),
        (b'{"ticket": 4711}', "4711"),
        (b'{"ticket": "with space"}', "with space"),
        (b"", case_id(1)),
        (b"<html>thanks</html>", case_id(1)),
        (b"null", case_id(1)),
        (b'{"ticket": null}', case_id(1)),
        (b'{"ticket": true}', case_id(1)),
        (b'{"ticket": ""}', case_id(1)),
        (b'{"ticket": ["a"]}', case_id(1)),
        (b'{"ticket": "line\\nbreak"}', case_id(1)),
        (b'{"ticket": "' + b"x" * 201 + b'"}', case_id(1)),
        (b'{"ticket": ' + b"9" * 60_000 + b"}", case_id(1)),
        (b"[" * 60_000, case_id(1)),
        (b"\xff\xfe\x00", case_id(1)),
        (b'{"ticket": "T-1"}' + b" " * 70_000, case_id(1)),
    ],
)
async def test_the_ticket_is_what_the_receiver_names_or_else_the_case(
    sink: HttpSink, clock: ManualClock, body: bytes, ticket: str
) -> None:
    sink.plan(Answer(200, body=body))
    answer = await submit_one(sink, clock)
    assert isinstance(answer, Done)
    assert answer.ticket == ticket


async def test_a_known_ticket_stays_when_the_receiver_names_none(sink: HttpSink, clock: ManualClock) -> None:
    sink.plan(Answer(204, body=b""))
    async with opened(sink, clock) as system:
        (answer,) = await system.backend.submit([make_write(ticket=TicketRef("ACME-17"))])
    assert isinstance(answer, Done)
    assert answer.ticket == "ACME-17"


async def test_a_batch_runs_side_by_side_within_its_bound(sink: HttpSink, clock: ManualClock) -> None:
    """With every call hanging, exactly as many arrive as may be under way at once."""
    sink.always(Answer(then="hang"))
    async with opened(sink, clock) as system:
        task = asyncio.ensure_future(system.backend.submit([make_write(number) for number in range(20)]))
        async with asyncio.timeout(10):
            while len(sink.requests) < webhook.CONCURRENT:
                sink.arrived.clear()
                await sink.arrived.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert sink.most_at_once == webhook.CONCURRENT
    assert len(sink.requests) == webhook.CONCURRENT


async def test_what_failed_alike_for_all_is_raised_for_the_call(sink: HttpSink, clock: ManualClock) -> None:
    sink.always(Answer(429, headers={"retry-after": "5"}))
    sink.always(Answer(429, headers={"retry-after": "50"}), case_id(2))
    async with opened(sink, clock) as system:
        with pytest.raises(RateLimitedError) as raised:
            await system.backend.submit([make_write(number) for number in (1, 2, 3)])
    assert raised.value.retry_after == timedelta(seconds=50)


async def test_what_failed_in_several_ways_is_answered_one_by_one(sink: HttpSink, clock: ManualClock) -> None:
    answers = {1: Answer(503), 2: Answer(422), 3: Answer(takes=True)}
    for number, answer in answers.items():
        sink.always(answer, case_id(number))
    async with opened(sink, clock) as system:
        busy, refused, done = await system.backend.submit([make_write(number) for number in answers])
    assert isinstance(busy, Failed)
    assert isinstance(busy.error, TransientError)
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, RejectedError)
    assert isinstance(done, Done)


async def test_a_refusal_of_all_is_still_each_writes_own(sink: HttpSink, clock: ManualClock) -> None:
    sink.always(Answer(422))
    async with opened(sink, clock) as system:
        answers = await system.backend.submit([make_write(1), make_write(2)])
    assert all(isinstance(answer, Failed) for answer in answers)


async def test_a_proxy_of_the_environment_is_not_used(
    sink: HttpSink, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert isinstance(await submit_one(sink, clock), Done)


async def test_no_library_logs_the_user_or_the_secret(
    sink: HttpSink, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for library in ("httpx", "httpcore"):
        caplog.set_level("DEBUG", logger=library)
    sink.plan(Answer(500))
    await submit_one(sink, clock)
    assert "127.0.0.1" in caplog.text
    assert not [word for word in (SECRET, USER_TEXT, "user1@example.test") if word in caplog.text]


async def test_only_a_certificate_that_is_trusted_is_spoken_to(clock: ManualClock, tmp_path: Path) -> None:
    trusted = tmp_path / "ca.pem"
    async with HttpSink(SECRET.encode(), tls=self_signed(trusted)) as secured:
        refused = await submit_one(secured, clock)
        assert isinstance(refused, Failed)
        assert type(refused.error) is TransientError
        assert "certificate" in str(refused.error)
        assert secured.requests == []
        assert isinstance(await submit_one(secured, clock, ca_file=trusted), Done)


def self_signed(place: Path) -> ssl.SSLContext:
    """Make a certificate for 127.0.0.1, write it to the place, return a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret_form = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place.write_bytes(certificate.public_bytes(pem))
    whole = place.with_suffix(".chain")
    whole.write_bytes(secret_form + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(whole)
    return context


async def test_a_check_says_what_to_do(sink: HttpSink, clock: ManualClock) -> None:
    sink.plan(Answer(401))
    async with opened(sink, clock) as system:
        report = await system.backend.check()
    assert not report.ok
    assert "renew the credential" in report.checks[0].detail
    assert sink.requests[0].event["type"] == "gatehouse.check"


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("http://desk.example.test/in", "https://"),
        ("http://10.0.0.1/in", "https://"),
        ("ftp://desk.example.test/in", "whole address"),
        ("desk.example.test", "whole address"),
        ("https://", "whole address"),
        ("https://user:Pa55@desk.example.test/in", "leave out the user"),
        ("https://desk.example.test/in#part", "leave out the user"),
        ("https://desk.example.test:port/in", "no web address"),
        ("https://[::1/in", "IPv6"),
    ],
)
def test_an_address_that_cannot_serve_is_refused_with_advice(url: str, advice: str) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(url)
    assert advice in str(raised.value)
    assert "Pa55" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://localhost:8080/in", "http://127.0.0.1/in", "http://[::1]:80/in"])
def test_plain_http_is_allowed_on_this_machine(url: str) -> None:
    assert settings(url).url == url


@pytest.mark.parametrize("word", ["short", "whsec_!!!", "whsec_c2hvcnQ="])
def test_a_secret_that_is_too_weak_or_misspelt_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("HOOK", word)
    with pytest.raises(ValidationError) as raised:
        settings()
    assert word not in str(raised.value)


def test_extra_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        settings(headers={"x-team": "desk"})
    with pytest.raises(ValidationError):
        settings("http://localhost/in", ca_file="ca.pem")


async def test_certificates_that_cannot_be_read_are_the_configurations_fault(
    clock: ManualClock, tmp_path: Path
) -> None:
    place = tmp_path / "ca.pem"
    for content in (None, b"no certificate"):
        if content is not None:
            place.write_bytes(content)
        with pytest.raises(ConfigError, match=r"ca\.pem"):
            async with webhook.PLUGIN.open(Opening("desk", settings(ca_file=place), clock)):
                pass


async def test_find_knows_nothing_of_a_receiver_that_takes_repetitions(sink: HttpSink, clock: ManualClock) -> None:
    async with opened(sink, clock) as system:
        assert await system.backend.find(make_write()) is None
    async with opened(sink, clock, receiver_is_idempotent=False) as system:
        with pytest.raises(OutcomeUnknownError):
            await system.backend.find(make_write())


def test_an_event_reads_back_as_itself() -> None:
    _, body = encode(make_write(), "urn:gatehouse")
    assert CloudEvent.model_validate_json(body).model_dump_json().encode() == body


def with_files(*files: TicketFile) -> TicketWrite:
    return replace(make_write(), files=files)


async def test_files_are_sent_before_their_event_signed_and_byte_for_byte(clock: ManualClock, sink: HttpSink) -> None:
    """The signature covers what the file is, its hash included; the event names the call that brought it."""
    data = bytes(range(256)) * 2_000
    async with opened(sink, clock, files="sent") as system:
        await system.backend.submit([with_files(make_file("größe 提现.png", data))])
    call, event = sink.requests
    assert call.event == {
        "key": make_write().key,
        "id": "größe 提现.png",
        "name": "größe 提现.png",
        "media_type": "image/png",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "subject": case_id(1),
    }
    assert call.body == data
    assert call.headers["content-type"] == "application/octet-stream"
    assert "transfer-encoding" not in call.headers
    (told,) = event.event["data"]["files"]
    assert told["ref"] == call.headers["webhook-id"] == call.headers["idempotency-key"]
    assert sink.forged == 0


async def test_files_are_named_alone_unless_they_are_to_be_sent(clock: ManualClock, sink: HttpSink) -> None:
    async with opened(sink, clock) as system:
        await system.backend.submit([with_files(make_file("a.png", b"x"))])
    (event,) = sink.requests
    (told,) = event.event["data"]["files"]
    assert (told["name"], told["ref"]) == ("a.png", None)


async def test_a_message_whose_file_is_refused_goes_without_it_and_says_so(clock: ManualClock, sink: HttpSink) -> None:
    sink.plan(Answer(413))
    async with opened(sink, clock, files="sent") as system:
        (answer,) = await system.backend.submit([with_files(make_file("a.png", b"x"))])
    assert isinstance(answer, Done)
    data = sink.taken[0]["data"]
    assert data["files"][0]["ref"] is None
    assert data["withheld"] == ["a.png: not passed on, since 127.0.0.1 answered 413: it refuses this item"]


@pytest.mark.parametrize("answer", [Answer(takes=True, then="drop"), Answer(500), Answer(503)])
async def test_a_file_that_may_not_have_arrived_leaves_its_write_undone(
    clock: ManualClock, sink: HttpSink, answer: Answer
) -> None:
    """Without its event a file is nothing, so the write surely took no effect, and is simply made again."""
    sink.plan(answer)
    write = with_files(make_file("a.png", b"x" * 100_000))
    async with opened(sink, clock, files="sent", receiver_is_idempotent=False) as system:
        with pytest.raises(TransientError):
            await system.backend.submit([write])
        assert sink.taken == []
        (done,) = await system.backend.submit([write])
    assert isinstance(done, Done)
    assert list(sink.files.values()) == [b"x" * 100_000]


async def test_a_file_that_is_not_as_long_as_announced_is_no_fault_of_the_receiver(
    clock: ManualClock, sink: HttpSink
) -> None:
    file = replace(make_file("a.png", b"x" * 10), size=20)
    async with opened(sink, clock, files="sent") as system:
        (answer,) = await system.backend.submit([with_files(file)])
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, TransientError)
    assert answer.error.item
    assert sink.taken == []


async def test_agents_files_come_from_the_receivers_own_host_alone(clock: ManualClock, sink: HttpSink) -> None:
    """The call is signed; an address elsewhere is asked nothing, whoever signed it."""
    data = bytes(range(256)) * 1_000
    sink.plan(Answer(body=data))
    async with opened(sink, clock) as system:
        assert system.downloader is not None
        got = [chunk async for chunk in system.downloader.open(FileRef(f"http://127.0.0.1:{sink.port}/files/7?x=1"))]
        assert b"".join(got) == data
        assert sink.requests[0].line == "GET /files/7?x=1 HTTP/1.1"
        async with HttpSink(SECRET.encode()) as elsewhere:
            for ref in (
                f"{elsewhere.url}/7",
                f"http://localhost:{sink.port}/7",
                "/7",
                "http://[",
                "file:///etc/passwd",
            ):
                with pytest.raises(RejectedError):
                    [chunk async for chunk in system.downloader.open(FileRef(ref))]
            assert elsewhere.requests == []
    assert len(sink.requests) == 1
    assert sink.forged == 0


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(404), RejectedError),
        (Answer(500), TransientError),
        (Answer(401), AuthError),
        (Answer(then="drop"), TransientError),
        (Answer(308, headers={"location": "https://elsewhere.example.test/"}), ConfigError),
    ],
)
async def test_a_file_that_cannot_be_had_says_why(
    clock: ManualClock, sink: HttpSink, answer: Answer, error: type[Exception]
) -> None:
    sink.plan(answer)
    async with opened(sink, clock) as system:
        assert system.downloader is not None
        with pytest.raises(error):
            [chunk async for chunk in system.downloader.open(FileRef(f"{sink.url}/7"))]
