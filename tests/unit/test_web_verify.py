"""`GET /v1/verify`: the verdict as JSON, within limits, and not a word of what was asked in any log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from structlog.testing import capture_logs
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.settings.watching import WebTable
from gateway.trust.claims import MAX_CLAIM
from gateway.trust.directory import parse_directory
from gateway.trust.exchange import Answer
from gateway.web import taps, verifying
from gateway.web.server import Probes, serve
from gateway.web.taps import Rate, Taps, whose
from gateway.web.verifying import VerifyApi
from tests.conftest import ManualClock
from tests.contract.ingress_suite import Answer as Response
from tests.contract.ingress_suite import Caller, Shot

DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [{"platform": "x", "handle": "examplex", "since": "2021-03-01"}],
                "web": [{"domain": "examplex.test"}],
            }
        ],
        "scams": [{"domain": "bakery-bonus.test"}],
    }
)

NONE: Mapping[str, str] = {}


@dataclass
class Asking:
    """A server that answers questions."""

    caller: Caller

    async def get(self, headers: Mapping[str, str] = NONE, method: str = "GET", **asked: str) -> Response:
        return await self.caller.call(Shot(headers, b"", method), f"/v1/verify?{urlencode(asked)}")

    async def told(self, **asked: str) -> dict[str, Any]:
        answer = await self.get(NONE, **asked)
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.body)
        return found


@asynccontextmanager
async def asking(clock: ManualClock, api: VerifyApi | None = None) -> AsyncIterator[Asking]:
    async def none() -> Sequence[str]:
        return ()

    async def nothing() -> bytes:
        return b""

    async def put(*_: object) -> None:
        raise AssertionError("nothing is stored")

    table = WebTable.model_validate({"listen": "127.0.0.1:0"})
    made = api or VerifyApi(lambda: DIRECTORY, "Examplex", clock)
    async with serve(table, lambda name: None, put, Probes(none, nothing), clock, verify=made) as port:
        yield Asking(Caller(port))


CLAIMS = [
    ({"claim": "examplex.test"}, "official", "examplex"),
    ({"claim": "examplex", "kind": "handle", "platform": "x"}, "official", "examplex"),
    ({"claim": "examp1ex.test"}, "lookalike", "examplex"),
    ({"claim": "zq81", "platform": "x", "display_name": "Examplex Support"}, "lookalike", "examplex"),
    ({"display_name": "Examplex Support"}, "lookalike", "examplex"),
    ({"claim": "https://bakery-bonus.test/a"}, "reported", None),
    ({"claim": "bakery.test"}, "not_listed", None),
    ({"claim": "two words"}, "unchecked", None),
]


async def test_every_verdict_is_told_as_the_schema_says(clock: ManualClock) -> None:
    schema = json.loads(CliRunner().invoke(app, ["schema", "verify"]).stdout)
    async with asking(clock) as server:
        for asked, verdict, of in CLAIMS:
            told = await server.told(**asked)
            Answer.model_validate(told)
            assert set(told) == set(schema["required"])
            assert (told["verdict"], told["of"], told["language"]) == (verdict, of, "en")
            assert told["reasons"]


async def test_an_official_account_is_told_with_its_day(clock: ManualClock) -> None:
    async with asking(clock) as server:
        told = await server.told(claim="x:@examplex")
    assert (told["official"], told["since"], told["platform"]) == ("@examplex on X", "2021-03-01", "x")


async def test_the_reasons_are_in_the_language_that_is_asked_for(clock: ManualClock) -> None:
    async with asking(clock) as server:
        for lang, spoken in (("zh", "zh-CN"), ("zh-Hant", "zh-Hant"), ("en-GB", "en"), ("xx", "en")):
            for asked, _, _ in CLAIMS:
                told = await server.told(lang=lang, **asked)
                assert told["language"] == spoken
                assert told["reasons"][0].isascii() == (spoken == "en")
            clock.advance(60)


async def test_a_question_that_is_none_or_too_long_is_refused(clock: ManualClock) -> None:
    bad: list[dict[str, str]] = [
        {},
        {"claim": ""},
        {"claim": "a" * (MAX_CLAIM + 1)},
        {"claim": "a.test", "display_name": "a" * 201},
        {"claim": "a.test", "kind": "bogus"},
        {"claim": "a.test", "platform": "p" * 41},
        {"claim": "a.test", "lang": "l" * 41},
    ]
    async with asking(clock) as server:
        for asked in bad:
            answer = await server.get(NONE, **asked)
            assert (answer.status, b"a" * 50 in answer.body) == (400, False), asked


async def test_the_longest_claim_is_answered(clock: ManualClock) -> None:
    async with asking(clock) as server:
        assert (await server.told(claim="a" * MAX_CLAIM))["verdict"] == "unchecked"


async def test_no_page_of_another_site_may_read_it_and_nothing_is_kept(clock: ManualClock) -> None:
    async with asking(clock) as server:
        answer = await server.get({"origin": "https://bakery.test"}, claim="examplex.test")
        refused = await server.get(method="POST", claim="examplex.test")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cache-control"] == "no-store"
    assert refused.status == 405


async def test_whoever_asks_too_much_has_to_wait_and_the_others_have_not(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "EACH", Rate(burst=3, per_sec=0.5))
    one, other = {"x-forwarded-for": "198.51.100.7, 192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
    async with asking(clock) as server:
        for _ in range(3):
            assert (await server.get(one, claim="a.test")).status == 200
        refused = await server.get(one, claim="a.test")
        assert (refused.status, refused.headers["retry-after"]) == (429, "2")
        assert (await server.get(other, claim="a.test")).status == 200
        clock.advance(2)
        assert (await server.get(one, claim="a.test")).status == 200
        assert (await server.get(one, claim="a.test")).status == 429


async def test_all_together_have_a_limit(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "ALL", Rate(burst=4, per_sec=1.0))
    async with asking(clock) as server:
        found = [(await server.get({"x-forwarded-for": f"192.0.2.{n}"}, claim="a.test")).status for n in range(6)]
    assert found == [200] * 4 + [429] * 2


async def test_nothing_that_is_asked_is_logged_even_when_it_fails(clock: ManualClock) -> None:
    def broken() -> Any:
        raise LookupError("hush-hush.test")

    with capture_logs() as logs:
        async with asking(clock, VerifyApi(broken, "Examplex", clock)) as server:
            answer = await server.get(claim="hush-hush.test")
            await server.get(claim="hush-hush.test" * 200)
    assert answer.status == 500
    assert "hush" not in f"{logs} {answer.body!r}"
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["verification.failed"]


async def test_without_it_there_is_no_such_page(clock: ManualClock) -> None:
    async def none(*_: object) -> Any:
        return ()

    table = WebTable.model_validate({"listen": "127.0.0.1:0"})
    async with serve(table, lambda name: None, none, Probes(none, none), clock) as port:
        assert (await Asking(Caller(port)).get(claim="examplex.test")).status == 404


@pytest.mark.parametrize(
    ("peer", "named", "client"),
    [
        ("127.0.0.1", "198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("::1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("192.0.2.9", "198.51.100.7", "192.0.2.9"),
    ],
)
def test_a_proxy_is_believed_on_this_machine_alone(peer: str, named: str, client: str) -> None:
    headers = [(b"x-forwarded-for", named.encode())] if named else []
    request = Request({"type": "http", "headers": headers, "client": (peer, 1), "query_string": b""})
    assert verifying.client_of(request) == client


def test_a_network_counts_as_one_address() -> None:
    assert whose("2001:db8::1") == whose("2001:db8::2:3") != whose("2001:db8:0:1::1")
    assert whose("::ffff:192.0.2.1") == whose("192.0.2.1")
    assert whose("nonsense") == whose("") == ""


def test_a_refused_request_costs_nothing_and_tokens_come_back_to_the_full(clock: ManualClock) -> None:
    limits = Taps(clock, Rate(2, 1.0), Rate(100, 100.0))
    assert [limits.draw("192.0.2.1") for _ in range(4)] == [None, None, timedelta(seconds=1), timedelta(seconds=1)]
    clock.advance(1)
    assert limits.draw("192.0.2.1") is None
    clock.advance(1_000)
    assert [limits.draw("192.0.2.1") is None for _ in range(3)] == [True, True, False]


def test_many_addresses_fill_no_memory(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taps, "MAX_ADDRESSES", 10)
    limits = Taps(clock, Rate(1, 0.001), Rate(1_000, 100.0))
    for number in range(100):
        limits.draw(f"192.0.2.{number}")
    assert len(limits._taps) == 10
    assert limits.draw("192.0.2.99") is not None
