"""What NATS and Kafka need no server for: settings, subjects, what an error means, what makes a topic ill."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import nkeys
import pytest
from aiokafka import errors as kafka_errors
from nats import errors as nats_errors
from nats.js import errors as js_errors
from pydantic import ValidationError

from gateway.backends._cloudevents import encode
from gateway.backends._inbound import StreamReader, acts_of
from gateway.backends.kafka import KafkaSettings, cluster
from gateway.backends.kafka.checks import flaws_of
from gateway.backends.kafka.feed import KafkaFeed
from gateway.backends.nats import PLUGIN, NatsSettings, line
from gateway.backends.nats.feed import NatsFeed
from gateway.backends.nats.settings import covers, overlap
from gateway.errors import AuthError, ConfigError, MalformedError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Cursor, Opening, TicketAction
from gateway.testing.backends import case_id, make_file, make_write
from tests.conftest import ManualClock

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def nats(**more: Any) -> NatsSettings:
    return NatsSettings.model_validate({"servers": ["nats://127.0.0.1:4222"], **more})


def kafka(**more: Any) -> KafkaSettings:
    return KafkaSettings.model_validate({"brokers": ["127.0.0.1:9092"], "tls": False, **more})


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "a password")
    monkeypatch.setenv("SEED", nkeys.encode_seed(bytes(32), nkeys.PREFIX_BYTE_USER).decode())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"servers": ["nats://nats.example.test:4222"]}, "tls://"),
        ({"servers": ["https://nats.example.test"]}, "whole address"),
        ({"servers": ["tls://ana:x@nats.example.test:4222"]}, "leave out the user"),
        ({"servers": []}, "at least 1"),
        ({"user": "ana"}, "log in one way"),
        ({"user": "ana", "password": {"env": "WORD"}, "token": {"env": "WORD"}}, "log in one way"),
        ({"user": "ana", "password": {"env": "WORD"}, "nkey_seed": {"env": "SEED"}}, "log in one way"),
        ({"ca_file": "ca.pem"}, "without tls"),
        ({"servers": ["tls://n.example.test"], "cert_file": "c.pem"}, "go together"),
        ({"acts_subject": "gatehouse.>"}, "subjects of its own"),
        ({"acts_subject": "*.case.*.*"}, "subjects of its own"),
        ({"acts_stream": "GATEHOUSE"}, "stream of its own"),
        ({"prefix": "a.*"}, "without wildcards"),
        ({"secret": {"env": "WORD"}}, "at least 24 bytes"),
    ],
)
def test_nats_settings_say_what_to_write_instead(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        nats(**given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"brokers": ["kafka.example.test:9092"]}, "this machine alone"),
        ({"brokers": ["kafka.example.test"], "tls": True}, "host and port"),
        ({"brokers": ["kafka.example.test:99999"], "tls": True}, "host and port"),
        ({"brokers": [], "tls": True}, "at least 1"),
        ({"sasl": "PLAIN"}, "go together"),
        ({"user": "ana", "password": {"env": "WORD"}}, "go together"),
        ({"sasl": "GSSAPI"}, "SCRAM"),
        ({"ca_file": "ca.pem"}, "without tls"),
        ({"acts_topic": "gatehouse"}, "topic of its own"),
    ],
)
def test_kafka_settings_say_what_to_write_instead(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        kafka(**given)


def test_good_settings_are_taken() -> None:
    nats(servers=["tls://a.example.test", "tls://b.example.test:4223"], user="a", password={"env": "WORD"})
    kafka(brokers=["[::1]:9092", "localhost:9093"], sasl="SCRAM-SHA-256", user="a", password={"env": "WORD"})


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a.>", "a.b.c", True),
        ("a.*", "a.b.c", False),
        ("a.*.c", "a.b.>", True),
        ("a.b", "a.b", True),
        ("b.>", "a.b", False),
        (">", "a", True),
        ("a.b.c", "a.b", False),
    ],
)
def test_subjects_that_can_match_the_same(one: str, other: str, both: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is both


@pytest.mark.parametrize(
    ("wide", "narrow", "does"),
    [
        ("a.>", "a.b.>", True),
        ("a.>", "a", False),
        ("a.*", "a.b", True),
        ("a.b", "a.*", False),
        ("a.*.>", "a.>", False),
        ("a.b.>", "a.>", False),
        ("a.case.>", "a.case.>", True),
    ],
)
def test_a_stream_takes_a_subject_whole_or_not(wide: str, narrow: str, does: bool) -> None:
    assert covers(wide, narrow) is does


def api(code: int, err_code: int) -> js_errors.APIError:
    return js_errors.APIError(code=code, err_code=err_code, description="a subject that a user made up")


@pytest.mark.parametrize(
    ("error", "after_write", "after_read"),
    [
        (nats_errors.NoRespondersError(), TransientError, TransientError),
        (js_errors.NoStreamResponseError(), TransientError, TransientError),
        (nats_errors.ConnectionClosedError(), TransientError, TransientError),
        (nats_errors.TimeoutError(), OutcomeUnknownError, TransientError),
        (nats_errors.MaxPayloadError(), RejectedError, RejectedError),
        (ConnectionResetError(), OutcomeUnknownError, TransientError),
        (api(404, 10059), ConfigError, ConfigError),
        (api(503, 10077), TransientError, TransientError),
        (api(400, 10054), RejectedError, RejectedError),
        (api(400, 10060), ConfigError, ConfigError),
        (api(400, 10158), OutcomeUnknownError, TransientError),
        (api(503, 10008), TransientError, TransientError),
        (api(400, 99999), RejectedError, TransientError),
        (api(500, 99999), OutcomeUnknownError, TransientError),
    ],
)
def test_what_an_error_of_nats_means(
    error: Exception, after_write: type[Exception], after_read: type[Exception]
) -> None:
    assert type(line.meaning(error, is_safe=False)) is after_write
    assert type(line.meaning(error, is_safe=True)) is after_read
    assert "made up" not in str(line.meaning(error, is_safe=False))


@pytest.mark.parametrize(
    ("error", "after_write", "after_read"),
    [
        (kafka_errors.TopicAuthorizationFailedError("x"), AuthError, AuthError),
        (kafka_errors.SaslAuthenticationFailed(), AuthError, AuthError),
        (kafka_errors.UnknownTopicOrPartitionError(), ConfigError, ConfigError),
        (kafka_errors.MessageSizeTooLargeError(), RejectedError, RejectedError),
        (kafka_errors.NotEnoughReplicasError(), TransientError, TransientError),
        (kafka_errors.NotEnoughReplicasAfterAppendError(), OutcomeUnknownError, TransientError),
        (kafka_errors.KafkaTimeoutError(), OutcomeUnknownError, TransientError),
        (kafka_errors.OutOfOrderSequenceNumber(), OutcomeUnknownError, TransientError),
        (TimeoutError(), OutcomeUnknownError, TransientError),
    ],
)
def test_what_an_error_of_kafka_means(
    error: Exception, after_write: type[Exception], after_read: type[Exception]
) -> None:
    assert type(cluster.meaning(error, is_safe=False)) is after_write
    assert type(cluster.meaning(error, is_safe=True)) is after_read


@pytest.mark.parametrize(
    ("config", "replicas", "count"),
    [
        ({}, 1, 0),
        ({"min.insync.replicas": "2", "cleanup.policy": "delete", "retention.ms": "604800000"}, 3, 0),
        ({"retention.ms": "-1"}, 3, 0),
        ({"min.insync.replicas": "1"}, 3, 1),
        ({"min.insync.replicas": "1"}, 1, 0),
        ({"cleanup.policy": "compact,delete", "retention.ms": "1000", "min.insync.replicas": "1"}, 3, 3),
    ],
)
def test_what_makes_a_topic_ill(config: dict[str, str], replicas: int, count: int) -> None:
    assert len(list(flaws_of(config, replicas))) == count


@pytest.mark.parametrize("setting", ["nkey_seed", "credentials"])
def test_a_seed_that_is_none_is_refused_without_its_text(setting: str) -> None:
    with pytest.raises(ValidationError, match=setting) as caught:
        nats(**{setting: {"env": "WORD"}})
    assert "a password" not in str(caught.value)


async def test_one_trouble_of_all_is_told_once(clock: ManualClock) -> None:
    # Certificates that are not there make every look fail alike.
    settings = nats(servers=["tls://127.0.0.1:4222"], ca_file="/nowhere/ca.pem")
    async with PLUGIN.open(Opening("desk", settings, clock)) as system:
        report = await system.backend.check()
    assert [(check.name, check.ok) for check in report.checks] == [("stream", False)]


@pytest.mark.parametrize("cursor", ["17", "x", '{"since": 1, "seen": {}}', '["made"]', '{"0": "x"}', "null"])
async def test_a_cursor_of_another_kind_is_told_to_be_one(clock: ManualClock, cursor: str) -> None:
    nothing: Any = None
    feeds = (NatsFeed(nats(), nothing, nothing, clock), KafkaFeed(kafka(), nothing, nothing, clock))
    for feed in feeds:
        with pytest.raises(ConfigError, match="kind of the backend"):
            await feed.fetch(Cursor(cursor))


def test_files_are_named_with_where_their_bytes_are() -> None:
    write = replace(make_write(action=TicketAction.FILE), files=(make_file("a.png", b"xy"),), withheld=("b.exe: no",))
    data = json.loads(encode(write, "urn:gatehouse", {"a.png": "there"})[1])["data"]
    (told,) = data["files"]
    assert (told["name"], told["size"], told["ref"]) == ("a.png", 2, "there")
    assert data["withheld"] == ["b.exe: no"]
    assert json.loads(encode(write, "urn:gatehouse")[1])["data"]["files"][0]["ref"] is None


def act(**changes: Any) -> bytes:
    data = {"ticket": "T-1", "text": "hello", **changes.pop("data", {})}
    head = {"specversion": "1.0", "id": "a1", "source": "desk", "type": "gatehouse.ticket.replied"}
    return json.dumps({**head, "subject": case_id(1), "time": NOW.isoformat(), "data": data, **changes}).encode()


def test_an_act_brings_its_files_and_where_a_ticket_went() -> None:
    reader, normalizer = StreamReader("desk", "urn:gatehouse", None), acts_of("nats")
    files = [{"ref": "r", "name": "a.pdf", "media_type": "application/pdf", "size": 3}]
    raw = reader.raw("1", act(data={"text": "", "files": files}), {}, NOW)
    assert raw is not None
    (event,) = normalizer.normalize(raw)
    assert [(file.ref, file.name, file.size) for file in event.attached] == [("r", "a.pdf", 3)]  # type: ignore[union-attr]
    assert event.provenance.normalizer == "nats/2"  # type: ignore[union-attr]
    merged = reader.raw("2", act(type="gatehouse.ticket.merged", data={"into": "T-2"}), {}, NOW)
    assert merged is not None
    assert normalizer.normalize(merged)[0].into == "T-2"  # type: ignore[union-attr]


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", act(specversion="0.3"), act(data={"text": ""}), act(time="now")])
def test_what_cannot_be_read_is_kept_by_its_place(body: bytes) -> None:
    raw = StreamReader("desk", "urn:gatehouse", None).raw("7", body, {}, NOW)
    assert raw is not None
    assert (raw.key, raw.body) == ("at-7", body)
    with pytest.raises(MalformedError):
        acts_of("nats").normalize(raw)


@pytest.mark.parametrize(
    "body", [act(type="gatehouse.case.note"), act(source="urn:gatehouse"), act(type="gatehouse.check")]
)
def test_our_own_events_are_nothing(body: bytes) -> None:
    assert StreamReader("desk", "urn:gatehouse", None).raw("7", body, {}, NOW) is None
