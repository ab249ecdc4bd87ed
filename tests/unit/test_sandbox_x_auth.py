"""The sandbox's X lets those in whom the platform lets in: signatures, tokens, and refresh tokens good for one use."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest

from gateway.sandbox.x import XServer
from tests.conftest import ManualClock
from tests.unit.x_calls import tweepy_client
from tests.unit.x_signed import HOST, Caller, calls

VERIFIER = "made-up-verifier-of-more-than-forty-three-characters"
BACK = "http://127.0.0.1:8765/callback"
ME = "/2/users/me"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as running:
        yield running


@pytest.fixture
async def caller(server: XServer) -> AsyncIterator[Caller]:
    async with calls(server) as found:
        yield found


async def token(server: XServer, secret: str | None = None, **form: str) -> tuple[int, Any]:
    """Ask for a token as a confidential app does."""
    keys = server.keys
    pair = f"{keys.client_id}:{keys.client_secret if secret is None else secret}"
    headers = {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/2/oauth2/token", data=form, headers=headers) as response,
    ):
        return response.status, await response.json()


async def asked(server: XServer, **changed: str) -> tuple[int, str, str]:
    """Ask the person for access; returns status, where it leads, and the page."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    params = {
        "response_type": "code",
        "client_id": server.keys.client_id,
        "redirect_uri": BACK,
        "scope": "tweet.read users.read offline.access",
        "state": "made-up-state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **changed,
    }
    return await opened(f"{server.url}/i/oauth2/authorize?{urlencode(params)}")


async def opened(url: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as response:
        return response.status, response.headers.get("location", ""), await response.text()


async def code_of(server: XServer, **changed: str) -> str:
    _, location, _ = await asked(server, **changed)
    return dict(parse_qsl(urlsplit(location).query))["code"]


async def given(server: XServer) -> Any:
    """Log in; returns what the token endpoint gave."""
    code = await code_of(server)
    status, found = await token(
        server, grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=VERIFIER
    )
    assert status == 200
    return found


# OAuth 1.0a


async def test_signed_calls_of_tweepy_itself_are_let_in() -> None:
    async with XServer.start() as server, tweepy_client(server, return_type=dict) as (client, _):
        assert (await client.get_me(user_auth=True, user_fields=["created_at", "verified"]))["data"]["id"] == "1000"


@pytest.mark.parametrize("host", [HOST, "https://api.x.com", "own"])
async def test_a_signature_holds_for_any_name_of_the_server(server: XServer, caller: Caller, host: str) -> None:
    status, body = await caller.signed("GET", ME, host=server.url if host == "own" else host)
    assert (status, body["data"]["id"]) == (200, "1000")


async def test_a_signature_covers_queries_with_all_kinds_of_characters(caller: Caller) -> None:
    query = urlencode({"query": "@examplex (从 OR it's) -is:retweet ~*!", "start_time": "2026-11-19T12:00:00.000Z"})
    status, _ = await caller.signed("GET", f"/2/tweets/search/recent?{query}")
    assert status == 200


async def test_a_signature_for_another_query_or_host_is_refused(server: XServer, caller: Caller) -> None:
    status, body = await caller.signed("GET", ME, host="https://elsewhere.test")
    assert status == 401
    assert {name: body[name] for name in ("title", "type", "status", "detail")} == {
        "title": "Unauthorized",
        "type": "about:blank",
        "status": 401,
        "detail": "Unauthorized",
    }


@pytest.mark.parametrize("wrong", [{"secret": "other"}, {"token_secret": "other"}])
async def test_wrong_keys_are_refused(caller: Caller, wrong: dict[str, Any]) -> None:
    assert (await caller.signed("GET", ME, **wrong))[0] == 401


@pytest.mark.parametrize(("off_secs", "status"), [(290, 200), (-290, 200), (310, 401), (-310, 401)])
async def test_a_signature_is_good_for_five_minutes_of_the_servers_clock(
    caller: Caller, off_secs: float, status: int
) -> None:
    assert (await caller.signed("GET", ME, off_secs=off_secs))[0] == status


async def test_keys_that_were_taken_back_are_refused(server: XServer, caller: Caller) -> None:
    assert (await caller.signed("GET", ME))[0] == 200
    server.revoke()
    assert (await caller.signed("GET", ME))[0] == 401


# Bearer tokens


async def test_an_unknown_bearer_token_is_refused(caller: Caller) -> None:
    assert (await caller.bearer("unknown", "GET", ME))[0] == 401


async def test_the_app_itself_writes_nothing(caller: Caller) -> None:
    status, body = await caller.app("POST", "/2/tweets", {"text": "Hello."})
    assert (status, body["title"]) == (403, "Unsupported Authentication")


async def test_an_access_token_works_for_two_hours(server: XServer, caller: Caller, clock: ManualClock) -> None:
    access = (await given(server))["access_token"]
    clock.advance(7199)
    assert (await caller.bearer(access, "GET", ME))[0] == 200
    clock.advance(1)
    assert (await caller.bearer(access, "GET", ME))[0] == 401


async def test_an_access_token_allows_what_was_asked_for(server: XServer, caller: Caller) -> None:
    access = (await given(server))["access_token"]
    assert (await caller.bearer(access, "POST", "/2/tweets", {"text": "Hello."}))[0] == 403


# The login


async def test_a_login_gives_tokens(server: XServer) -> None:
    status, location, _ = await asked(server)
    assert status == 302
    assert location.startswith(f"{BACK}?state=made-up-state&code=")
    found = await given(server)
    assert (found["token_type"], found["expires_in"]) == ("bearer", 7200)
    assert found["scope"] == "tweet.read users.read offline.access"
    assert server.grants.access_tokens == (found["access_token"],)
    assert server.grants.refresh_tokens == (found["refresh_token"],)


async def test_a_page_asks_and_its_links_answer(server: XServer) -> None:
    server.grants.consent = "ask"
    status, _, page = await asked(server)
    links = {name: target.replace("&amp;", "&") for name, target in re.findall(r'id="(\w+)" href="([^"]+)"', page)}
    assert status == 200
    assert "code=" in (await opened(server.url + links["yes"]))[1]
    assert "error=access_denied" in (await opened(server.url + links["no"]))[1]


async def test_who_says_no_gives_nothing(server: XServer) -> None:
    server.grants.consent = "no"
    _, location, _ = await asked(server)
    assert location == f"{BACK}?state=made-up-state&error=access_denied"


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "other"}, {"code_challenge_method": "plain"}, {"state": ""}, {"redirect_uri": "javascript:x"}],
)
async def test_an_unfit_request_for_access_is_refused(server: XServer, changed: dict[str, str]) -> None:
    status, location, _ = await asked(server, **changed)
    assert (status, location) == (400, "")


@pytest.mark.parametrize("wrong", [{"code_verifier": "other"}, {"redirect_uri": "http://127.0.0.1:1/"}, {"code": "no"}])
async def test_a_code_needs_its_proof(server: XServer, wrong: dict[str, str]) -> None:
    right = {"code": await code_of(server), "redirect_uri": BACK, "code_verifier": VERIFIER}
    status, body = await token(server, grant_type="authorization_code", **{**right, **wrong})
    assert (status, body["error"]) == (400, "invalid_request")


async def test_a_code_is_good_for_half_a_minute_and_one_use(server: XServer, clock: ManualClock) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    code = await code_of(server)
    assert (await token(server, code=code, **form))[0] == 200
    assert (await token(server, code=code, **form))[0] == 400
    late = await code_of(server)
    clock.advance(31)
    assert (await token(server, code=late, **form))[0] == 400


async def test_a_confidential_app_proves_its_secret(server: XServer) -> None:
    status, body = await token(server, secret="other", grant_type="refresh_token", refresh_token="any")
    assert (status, body["error"]) == (401, "unauthorized_client")


async def test_a_public_app_names_itself(server: XServer) -> None:
    server.grants.confidential = False
    refresh = str(server.grants.issue()["refresh_token"])
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": server.keys.client_id}
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/2/oauth2/token", data=form) as response:
        assert response.status == 200


# Refresh


async def test_a_refresh_token_is_spent_at_once(server: XServer, caller: Caller) -> None:
    first = await given(server)
    status, second = await token(server, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status == 200
    assert (await caller.bearer(second["access_token"], "GET", ME))[0] == 200
    status, body = await token(server, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (status, body) == (
        400,
        {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
    )
    assert server.grants.spent == [first["refresh_token"]]
    assert server.grants.refresh_tokens == (second["refresh_token"],)


async def test_an_answer_that_is_lost_has_spent_the_token(server: XServer) -> None:
    first = await given(server)
    server.grants.dropped = 1
    with pytest.raises(aiohttp.ClientError):
        await token(server, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert server.grants.spent == [first["refresh_token"]]
    assert (await token(server, grant_type="refresh_token", refresh_token=first["refresh_token"]))[0] == 400


async def test_access_that_is_taken_back_is_gone(server: XServer, caller: Caller) -> None:
    first = await given(server)
    server.revoke()
    assert (await caller.bearer(first["access_token"], "GET", ME))[0] == 401
    assert (await token(server, grant_type="refresh_token", refresh_token=first["refresh_token"]))[0] == 400
