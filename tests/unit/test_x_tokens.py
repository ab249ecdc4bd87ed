"""OAuth 2.0 access that is renewed in time, once for all processes, and kept before it is used: row B22."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from connectors.x._client import XClient
from connectors.x._tokens import SECRET, RenewedTokens, Tokens
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.sandbox.x._faults import Fault
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryVault, settings

HOURS = 7200 - 300
"""After so many seconds a token of two hours is renewed."""
REFRESH = "POST /2/oauth2/token"


class KilledError(BaseException):
    """Stands for `kill -9`."""


@asynccontextmanager
async def logged_in(clock: ManualClock) -> AsyncIterator[tuple[XServer, MemoryVault]]:
    async with XServer.start(clock=clock) as server:
        vault = MemoryVault()
        vault.secrets[SECRET] = kept(server, clock)
        yield server, vault


def kept(server: XServer, clock: ManualClock) -> str:
    given: Any = server.grants.issue()
    ends_at = clock.now() + timedelta(seconds=given["expires_in"])
    return Tokens(given["access_token"], given["refresh_token"], ends_at, given["scope"]).encode()


def client_of(server: XServer, clock: ManualClock, vault: MemoryVault | None, **changes: Any) -> XClient:
    return XClient("support-x", settings(server, auth="oauth2", **changes), clock, vault)


async def me(client: XClient) -> str:
    return str((await client.get_me())["data"]["id"])


async def test_b22_a_token_is_used_until_five_minutes_before_its_end(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        assert await me(client) == "1000"
        clock.advance(HOURS - 1)
        assert await me(client) == "1000"
        assert server.counts[REFRESH] == 0
        clock.advance(2)
        assert await me(client) == "1000"
        assert server.counts[REFRESH] == 1
        assert await me(client) == "1000"
        assert server.counts[REFRESH] == 1
        assert [call.status for call in server.calls] == [200] * 5


async def test_b22_many_calls_of_many_processes_renew_once(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault):
        clock.advance(HOURS + 1)
        clients = [client_of(server, clock, vault) for _ in range(5)]
        assert await asyncio.gather(*(me(client) for client in clients for _ in range(4))) == ["1000"] * 20
        assert server.counts[REFRESH] == 1
        assert server.grants.refusals == []
        for client in clients:
            await client.__aexit__()


async def test_b22_a_renewed_token_is_kept_before_it_is_used(clock: ManualClock) -> None:
    class Watched(MemoryVault):
        @override
        async def write(self, name: str, value: str) -> None:
            assert server.counts["GET /2/users/me"] == 0
            await super().write(name, value)
            assert json.loads(value)["access"] == server.grants.access_tokens[-1]

    async with logged_in(clock) as (server, vault):
        watched = Watched()
        watched.secrets = vault.secrets
        clock.advance(HOURS + 1)
        async with client_of(server, clock, watched) as client:
            await me(client)
        assert ("write", SECRET) in watched.log


async def test_b22_killed_between_the_answer_and_its_use_the_next_process_goes_on(clock: ManualClock) -> None:
    class Killing(MemoryVault):
        @override
        async def write(self, name: str, value: str) -> None:
            await super().write(name, value)
            raise KilledError

    async with logged_in(clock) as (server, vault):
        killing = Killing()
        killing.secrets = vault.secrets
        for round_ in range(1, 4):
            clock.advance(HOURS + 1)
            async with client_of(server, clock, killing) as client:
                # As a task's end would end the loop here, what it ran is awaited directly.
                assert isinstance(client.access, RenewedTokens)
                with pytest.raises(KilledError):
                    await client.access._alone("")
            async with client_of(server, clock, vault) as client:
                assert await me(client) == "1000"
            assert server.counts[REFRESH] == round_
        assert server.grants.refusals == []


class Busy(MemoryVault):
    """A vault whose store fails so many writes, before or after it has taken them."""

    def __init__(self, vault: MemoryVault, failures: int, *, takes: bool = False) -> None:
        super().__init__()
        self.secrets = vault.secrets
        self.failures = failures
        self.takes = takes

    @override
    async def write(self, name: str, value: str) -> None:
        self.failures -= 1
        if self.failures < 0 or self.takes:
            await super().write(name, value)
        if self.failures >= 0:
            raise TransientError("the store is busy")


@pytest.mark.parametrize("takes", [False, True])
async def test_b22_renewed_tokens_that_the_vault_could_not_take_are_written_before_anything_else(
    takes: bool, clock: ManualClock
) -> None:
    """X has spent the old ones: dropping these would lock the channel out. They are not used before they are kept."""
    async with logged_in(clock) as (server, vault):
        clock.advance(HOURS + 1)
        busy = Busy(vault, 2, takes=takes)
        async with client_of(server, clock, busy) as client:
            for _ in range(1 if takes else 2):
                with pytest.raises(TransientError):
                    await me(client)
            assert server.counts["GET /2/users/me"] == 0
            assert await me(client) == "1000"
        assert server.counts[REFRESH] == 1
        assert server.grants.refusals == []
        assert json.loads(vault.secrets[SECRET])["access"] == server.grants.access_tokens[-1]


async def test_b22_what_the_vault_could_not_take_never_replaces_what_came_since(clock: ManualClock) -> None:
    """Somebody has logged in meanwhile."""
    async with logged_in(clock) as (server, vault):
        clock.advance(HOURS + 1)
        async with client_of(server, clock, Busy(vault, 1)) as client:
            with pytest.raises(TransientError):
                await me(client)
            vault.secrets[SECRET] = given = kept(server, clock)
            assert await me(client) == "1000"
        assert vault.secrets[SECRET] == given
        assert server.counts[REFRESH] == 1


async def test_b22_a_client_that_is_closed_leaves_no_renewed_tokens_behind(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault):
        clock.advance(HOURS + 1)
        async with client_of(server, clock, Busy(vault, 1)) as client:
            with pytest.raises(TransientError):
                await me(client)
        async with client_of(server, clock, vault) as another:
            assert await me(another) == "1000"
        assert server.counts[REFRESH] == 1
        async with client_of(server, clock, Busy(vault, 9)) as client:
            clock.advance(HOURS + 1)
            with pytest.raises(TransientError):
                await me(client)


async def test_b22_a_cancelled_call_does_not_lose_the_tokens_on_their_way(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault):
        clock.advance(HOURS + 1)
        server.faults.plan(REFRESH, Fault(takes=True, hang=True))
        client = client_of(server, clock, vault)
        async with client:
            call = asyncio.create_task(me(client))
            await server.until(lambda: server.faults.hanging == 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            closing = asyncio.create_task(client.__aexit__())
            await asyncio.sleep(0)
            server.faults.release(REFRESH)
            await closing
        async with client_of(server, clock, vault) as another:
            assert await me(another) == "1000"
        assert server.counts[REFRESH] == 1
        assert server.grants.refusals == []


async def test_b22_a_token_that_is_refused_is_renewed_at_once_and_the_call_repeated(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        server.faults.plan("GET /2/users/me", "401 json")
        assert await me(client) == "1000"
        assert server.counts[REFRESH] == 1
        assert [call.status for call in server.calls] == [401, 200, 200]


async def test_b22_a_token_that_another_process_renewed_is_taken_from_the_vault(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        await me(client)
        vault.secrets[SECRET] = kept(server, clock)
        server.faults.plan("GET /2/users/me", "401 json")
        assert await me(client) == "1000"
        assert server.counts[REFRESH] == 0


async def test_b22_a_refused_refresh_names_the_command(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        server.grants.revoke()
        with pytest.raises(AuthError, match="`gatehouse channels login support-x`"):
            await me(client)
        assert server.counts[REFRESH] == 1


async def test_b22_without_a_login_the_command_is_named(clock: ManualClock) -> None:
    async with XServer.start(clock=clock) as server, client_of(server, clock, MemoryVault()) as client:
        with pytest.raises(AuthError, match="`gatehouse channels login support-x`"):
            await me(client)
        assert server.calls == []


async def test_b22_while_renewing_fails_what_is_still_good_is_used(clock: ManualClock) -> None:
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        server.faults.plan(REFRESH, "503 html", "503 html")
        clock.advance(HOURS + 1)
        assert await me(client) == "1000"
        clock.advance(299)
        with pytest.raises(TransientError):
            await me(client)
        assert await me(client) == "1000"
        assert server.grants.refusals == []


async def test_b22_tokens_that_were_lost_on_their_way_ask_for_a_login(clock: ManualClock) -> None:
    """X takes a refresh token once: what it answered and nobody got cannot be had again."""
    async with logged_in(clock) as (server, vault), client_of(server, clock, vault) as client:
        server.grants.dropped = 1
        clock.advance(7201)
        with pytest.raises((TransientError, AuthError)):
            await me(client)
        with pytest.raises(AuthError, match="login support-x"):
            await me(client)


@pytest.mark.parametrize("secret", ["", "{}", '{"access": 1}', "[]"])
async def test_a_vault_with_something_else_in_it_is_told(secret: str, clock: ManualClock) -> None:
    async with XServer.start(clock=clock) as server:
        vault = MemoryVault()
        vault.secrets[SECRET] = secret
        async with client_of(server, clock, vault) as client:
            with pytest.raises(ConfigError):
                await me(client)
        async with client_of(server, clock, None) as client:
            with pytest.raises(ConfigError):
                await me(client)


async def test_b29_tokens_tell_themselves_in_no_text(clock: ManualClock) -> None:
    tokens = Tokens("made-up-access", "made-up-refresh", clock.now(), "dm.read")
    assert "made-up" not in repr(tokens)
    assert Tokens.decode(tokens.encode()) == tokens
