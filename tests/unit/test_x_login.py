"""A person's way through X's own page to the channel's access: PKCE, the state, the right account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from connectors.x._client import XClient
from connectors.x._login import SCOPES, XLogin, open_login
from connectors.x._tokens import SECRET, Tokens
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.ports import Opening
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryVault, settings
from tests.unit.x_scripted import said, scripted


@asynccontextmanager
async def login(
    clock: ManualClock, vault: MemoryVault | None = None, **changes: Any
) -> AsyncIterator[tuple[XServer, XLogin, MemoryVault]]:
    vault = vault or MemoryVault()
    async with XServer.start(clock=clock) as server:
        opening = Opening("support-x", settings(server, auth="oauth2", **changes), clock, vault=vault)
        async with open_login(opening) as found:
            yield server, found, vault


async def browse(page: str) -> str:
    """Return where the browser is led when the person has answered."""
    async with aiohttp.ClientSession() as session, session.get(page, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        return answer.headers["location"]


async def test_a_login_gives_the_channel_its_access(clock: ManualClock) -> None:
    async with login(clock) as (server, found, vault):
        assert found.redirect == "http://127.0.0.1:8765/callback"
        answer = await browse(found.begin())
        assert answer.startswith(found.redirect)
        assert await found.finish(answer) == "@examplex"
        tokens = Tokens.decode(vault.secrets[SECRET])
        assert tokens.ends_at == clock.now() + timedelta(hours=2)
        assert set(tokens.scope.split()) == set(SCOPES)
        async with XClient("support-x", settings(server, auth="oauth2"), clock, vault) as client:
            assert (await client.get_me())["data"]["id"] == "1000"


async def test_what_is_asked_for_is_all_that_the_gateway_needs(clock: ManualClock) -> None:
    async with login(clock) as (_, found, _):
        first, second = (parse_qs(urlsplit(found.begin()).query) for _ in range(2))
    assert first["scope"] == ["tweet.read tweet.write users.read dm.read dm.write media.write offline.access"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


async def test_on_x_itself_the_page_is_that_of_x(clock: ManualClock) -> None:
    cloud = settings("https://api.x.com", auth="oauth2", client_id="made-up")
    async with open_login(Opening("support-x", cloud, clock, vault=MemoryVault())) as found:
        assert found.begin().startswith("https://x.com/i/oauth2/authorize?")


@pytest.mark.parametrize("answer", ["", "nonsense", "http://[", "http://127.0.0.1:8765/callback?code=made-up&state=x"])
async def test_an_answer_to_nothing_is_refused(answer: str, clock: ManualClock) -> None:
    async with login(clock) as (server, found, vault):
        with pytest.raises(AuthError):
            await found.finish(answer)
        found.begin()
        with pytest.raises(AuthError):
            await found.finish(answer)
        assert server.calls == []
        assert vault.secrets == {}


async def test_the_state_counts_once_and_only_the_last_one(clock: ManualClock) -> None:
    async with login(clock) as (_, found, vault):
        old = await browse(found.begin())
        new = await browse(found.begin())
        with pytest.raises(AuthError, match="begun last"):
            await found.finish(old)
        with pytest.raises(AuthError, match="begun last"):
            await found.finish(new)
        assert vault.secrets == {}


async def test_a_person_may_say_no(clock: ManualClock) -> None:
    async with login(clock) as (server, found, vault):
        server.grants.consent = "no"
        with pytest.raises(AuthError, match="not given"):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


async def test_the_access_of_another_account_is_refused_and_given_back(clock: ManualClock) -> None:
    async with login(clock, user_id="2000") as (server, found, vault):
        with pytest.raises(AuthError, match="another account"):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}
        assert server.counts["POST /2/oauth2/revoke"] == 1
        assert server.grants.refresh_tokens == ()


async def test_less_access_than_was_asked_for_is_refused(clock: ManualClock) -> None:
    async with login(clock) as (_, found, vault):
        page = found.begin().replace("dm.write+", "")
        with pytest.raises(AuthError, match=r"dm\.write is missing"):
            await found.finish(await browse(page))
        assert vault.secrets == {}


async def test_access_that_cannot_be_renewed_is_refused(clock: ManualClock) -> None:
    async with login(clock) as (_, found, vault):
        page = found.begin().replace("+offline.access", "")
        with pytest.raises(AuthError, match=r"offline\.access"):
            await found.finish(await browse(page))
        assert vault.secrets == {}


async def test_a_code_of_another_challenge_is_refused(clock: ManualClock) -> None:
    async with login(clock) as (_, found, vault):
        page = found.begin().replace("code_challenge=", "code_challenge=x")
        with pytest.raises(AuthError, match="refused to give access"):
            await found.finish(await browse(page))
        assert vault.secrets == {}


async def test_an_app_without_a_secret_names_its_id(clock: ManualClock) -> None:
    async with login(clock, client_secret=None) as (server, found, vault):
        server.grants.confidential = False
        assert await found.finish(await browse(found.begin())) == "@examplex"
        assert SECRET in vault.secrets


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (None, "X refused to give access: unauthorized_client; is the app confidential? then set client_secret"),
        (
            "of-another-app",
            "X refused to give access: unauthorized_client; are client_id and client_secret this app's?",
        ),
    ],
)
async def test_an_app_that_does_not_prove_itself_is_told_what_to_set(
    secret: str | None, told: str, clock: ManualClock
) -> None:
    async with login(clock, client_secret=secret) as (_, found, vault):
        answer = await browse(found.begin())
        with pytest.raises(AuthError) as refused:
            await found.finish(answer)
        assert str(refused.value) == told
        assert vault.secrets == {}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("invalid_client", ": invalid_client; is the app confidential? then set client_secret"),
        ("invalid_grant", ""),
        ("Dear user, call +1 555 0100", ""),
        (["invalid_client"], ""),
        (None, ""),
    ],
)
async def test_of_a_refusal_only_known_words_go_on(error: object, told: str, clock: ManualClock) -> None:
    answer = said({"error": error, "error_description": "a text of X"}, 401)
    async with scripted(answer) as server:
        here = settings(server.url, auth="oauth2", client_id="made-up")
        async with open_login(Opening("support-x", here, clock, vault=MemoryVault())) as found:
            (state,) = parse_qs(urlsplit(found.begin()).query)["state"]
            with pytest.raises(AuthError) as refused:
                await found.finish(f"{found.redirect}?state={state}&code=made-up")
    assert str(refused.value) == f"X refused to give access{told}"


async def test_an_outage_is_no_refusal(clock: ManualClock) -> None:
    async with login(clock) as (server, found, vault):
        server.faults.plan("POST /2/oauth2/token", "503 html")
        with pytest.raises(TransientError):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


async def test_only_a_channel_of_oauth2_is_logged_in(clock: ManualClock) -> None:
    async with XServer.start(clock=clock) as server:
        for opening in (
            Opening("support-x", settings(server), clock, vault=MemoryVault()),
            Opening("support-x", settings(server, auth="oauth2"), clock),
        ):
            with pytest.raises(ConfigError):
                async with open_login(opening):
                    raise AssertionError("it was opened")
