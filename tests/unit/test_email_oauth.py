"""Access to a mailbox that is renewed in time, once for all processes, and kept before it is used."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from typing_extensions import override

from connectors.email._oauth import EARLY, SECRET, YOUNG, KeptTokens
from connectors.email._oauth_tokens import Tokens
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from tests.conftest import ManualClock, free_port
from tests.servers.token_server import CLIENT_SECRET, TokenServer, cut, held, says
from tests.unit.email_oauth import REMEDY, access_of, granted
from tests.unit.x_fakes import MemoryVault

EARLY_SECS, YOUNG_SECS = EARLY.total_seconds(), YOUNG.total_seconds()
LONG = 3600 - EARLY_SECS
"""After so many seconds a token of an hour is renewed."""


class KilledError(BaseException):
    """Stands for `kill -9`."""


@asynccontextmanager
async def provider(clock: ManualClock, **changes: Any) -> AsyncIterator[tuple[TokenServer, MemoryVault]]:
    async with TokenServer(clock, **changes).running() as server:
        yield server, granted(server, clock)


async def test_a_token_is_used_until_a_minute_before_its_end(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        access = await access_of(server, vault)
        first = await access.token()
        clock.advance(LONG)
        assert await access.token() == first
        assert server.asked == []
        clock.advance(1)
        second = await access.token()
        assert second != first
        assert server.user_of(second) == server.user
        assert await access.token() == second
        assert server.count("refresh_token") == 1


async def test_many_connections_of_many_processes_renew_once(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        processes = [await access_of(server, vault) for _ in range(5)]
        tokens = await asyncio.gather(*(each.token() for each in processes for _ in range(4)))
        assert len(set(tokens)) == 1
        assert server.count("refresh_token") == 1
        assert server.refusals == []


async def test_a_rotated_token_is_in_the_vault_before_it_is_used(clock: ManualClock) -> None:
    class Watched(MemoryVault):
        @override
        async def write(self, name: str, value: str) -> None:
            assert not waiting.done()
            await super().write(name, value)
            told = json.loads(value)
            assert (told["access"], told["refresh"]) == (list(server.access)[-1], list(server.refresh)[-1])

    async with provider(clock) as (server, _):
        watched = granted(server, clock, Watched())
        clock.advance(LONG + 1)
        access = await access_of(server, watched)
        waiting = asyncio.create_task(access.token())
        await waiting
        assert ("write", SECRET) in watched.log


async def test_a_refresh_token_that_does_not_rotate_is_kept(clock: ManualClock) -> None:
    """Google's do not."""
    async with provider(clock, rotates=False) as (server, vault):
        access = await access_of(server, vault)
        for _ in range(3):
            clock.advance(LONG + 1)
            await access.token()
        assert {fields["refresh_token"] for fields in server.asked} == set(server.refresh)
        assert Tokens.decode(vault.secrets[SECRET]).refresh in server.refresh


async def test_killed_between_the_write_and_its_use_the_next_process_goes_on(clock: ManualClock) -> None:
    class Killing(MemoryVault):
        @override
        async def write(self, name: str, value: str) -> None:
            await super().write(name, value)
            raise KilledError

    async with provider(clock) as (server, vault):
        killing = Killing()
        killing.secrets = vault.secrets
        for number in range(1, 4):
            clock.advance(LONG + 1)
            # As a task's end would end the loop here, what it runs is awaited directly.
            source = (await access_of(server, killing))._source
            assert isinstance(source, KeptTokens)
            with pytest.raises(KilledError):
                await source.get("")
            another = await access_of(server, vault)
            assert server.user_of(await another.token()) == server.user
            assert server.count("refresh_token") == number
        assert server.refusals == []


async def test_killed_between_the_answer_and_the_write_says_what_to_do(clock: ManualClock) -> None:
    """The one window that nobody can close: the provider has spent the old token, and nobody has the new one."""

    class Killing(MemoryVault):
        @override
        async def write(self, name: str, value: str) -> None:
            raise KilledError

    async with provider(clock) as (server, vault):
        killing = Killing()
        killing.secrets = vault.secrets
        clock.advance(LONG + 1)
        source = (await access_of(server, killing))._source
        with pytest.raises(KilledError):
            await source.get("")
        with pytest.raises(AuthError, match=r"cannot be renewed: .* refused \(invalid_grant\); run"):
            await (await access_of(server, vault)).token()


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
async def test_what_the_vault_could_not_take_is_not_used_and_not_lost(takes: bool, clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        access = await access_of(server, Busy(vault, 2, takes=takes))
        for _ in range(1 if takes else 2):
            with pytest.raises(TransientError):
                await access.token()
        assert server.user_of(await access.token()) == server.user
        assert server.count("refresh_token") == 1
        assert Tokens.decode(vault.secrets[SECRET]).refresh in server.refresh


async def test_what_the_vault_could_not_take_never_replaces_what_came_since(clock: ManualClock) -> None:
    """Somebody has logged in meanwhile."""
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        access = await access_of(server, Busy(vault, 1))
        with pytest.raises(TransientError):
            await access.token()
        given = granted(server, clock).secrets[SECRET]
        vault.secrets[SECRET] = given
        assert await access.token() == Tokens.decode(given).access
        assert vault.secrets[SECRET] == given


async def test_a_channel_that_is_closed_leaves_no_renewed_token_behind(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        access = await access_of(server, Busy(vault, 1))
        with pytest.raises(TransientError):
            await access.token()
        await access.settled()
        assert server.user_of(await (await access_of(server, vault)).token()) == server.user
        assert server.count("refresh_token") == 1


async def test_a_cancelled_caller_does_not_lose_the_token_on_its_way(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        arrived, leave = asyncio.Event(), asyncio.Event()
        server.faults.append(held(server, arrived, leave))
        access = await access_of(server, vault)
        caller = asyncio.create_task(access.token())
        await arrived.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        closing = asyncio.create_task(access.settled())
        leave.set()
        await closing
        assert Tokens.decode(vault.secrets[SECRET]).refresh in server.refresh


async def test_a_refused_token_is_renewed_once_and_a_young_one_is_not(clock: ManualClock) -> None:
    """A mailbox that refuses every token costs the provider one call in five minutes, not one a try."""
    async with provider(clock) as (server, vault):
        access = await access_of(server, vault)
        first = await access.token()
        assert not await access.renewed(first)
        assert server.asked == []
        clock.advance(YOUNG_SECS)
        assert await access.renewed(first)
        second = await access.token()
        assert second != first
        assert not await access.renewed(second)
        assert server.count("refresh_token") == 1


async def test_whoever_is_refused_takes_what_another_process_renewed(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        one, other = [await access_of(server, vault) for _ in range(2)]
        old = await one.token()
        assert await other.token() == old
        clock.advance(YOUNG_SECS)
        assert await one.renewed(old)
        assert await other.renewed(old)
        assert await other.token() == await one.token()
        assert server.count("refresh_token") == 1


async def test_a_provider_that_is_away_costs_nothing_while_the_token_is_good(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        access = await access_of(server, vault)
        first = await access.token()
        clock.advance(LONG + 1)
        server.faults += [says("", 503), says("", 503)]
        assert await access.token() == first
        clock.advance(EARLY_SECS)
        with pytest.raises(TransientError, match=r"gives no tokens now \(status 503\)"):
            await access.token()
        assert await access.token() != first


async def test_access_that_was_taken_back_is_not_asked_for_by_every_connection(clock: ManualClock) -> None:
    """C23: one call in five minutes, until somebody gives access anew; that counts at once."""
    async with provider(clock) as (server, vault):
        clock.advance(LONG + 1)
        server.refresh.clear()
        access = await access_of(server, vault)
        for _ in range(20):
            with pytest.raises(AuthError, match=REMEDY):
                await access.token()
        assert server.count("refresh_token") == 1
        clock.advance(YOUNG_SECS)
        with pytest.raises(AuthError, match=REMEDY):
            await access.token()
        assert server.count("refresh_token") == 2
        granted(server, clock, vault)
        assert server.user_of(await access.token()) == server.user


async def test_what_was_given_is_known_although_a_renewal_does_not_tell_it(clock: ManualClock) -> None:
    async with provider(clock, tells_scope=False) as (server, vault):
        clock.advance(LONG + 1)
        access = await access_of(server, vault, oauth_scopes=("mail", "send", "offline_access"))
        assert access.missing == ()
        await access.token()
        assert access.missing == ("send",)


async def test_an_answer_that_was_lost_is_asked_for_again(clock: ManualClock) -> None:
    async with provider(clock, rotates=False) as (server, vault):
        clock.advance(3601)
        access = await access_of(server, vault)
        server.faults.append(cut(server))
        with pytest.raises(TransientError, match=r"the OAuth server 127\.0\.0\.1 could not be used"):
            await access.token()
        assert server.user_of(await access.token()) == server.user


NO_GRANT = {"error": "invalid_grant", "error_description": "secret-text", "error_codes": [700082, 1]}


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (says(NO_GRANT, 400), AuthError, rf"refused \(invalid_grant, AADSTS700082\); {REMEDY}"),
        (says({"error": "interaction_required"}, 400), AuthError, REMEDY),
        (says({"error": "Secret-Text !"}, 403), AuthError, rf"127.0.0.1 refused; {REMEDY}"),
        (says({"error": "invalid_client"}, 401), ConfigError, "are oauth_client_id and oauth_client_secret this app's"),
        (says({"error": "unauthorized_client"}, 400), ConfigError, "allowed this grant with these scopes"),
        (says({"error": "invalid_scope"}, 400), ConfigError, "see the oauth_ settings"),
        (says({"error": "invalid_request", "error_codes": [90002]}, 400), ConfigError, "AADSTS90002"),
        (says("", 404), ConfigError, "gives no tokens at this address"),
        (says("", 302), ConfigError, "gives no tokens at this address"),
        (says({"error": "temporarily_unavailable"}, 400), TransientError, "status 400"),
        (says({"error": "slow_down"}, 429), TransientError, "status 429"),
        (says("<html>secret-text</html>", 400), TransientError, "status 400"),
        (says("secret-text", 502), TransientError, "status 502"),
        (says("secret-text"), TransientError, "gave no access token"),
        (says(["secret-text"]), TransientError, "gave no access token"),
        (says({"access_token": "two words"}), TransientError, "gave no access token"),
        (says({"access_token": "a\u0001b"}), TransientError, "gave no access token"),
        (says("x" * 300_000), TransientError, "could not be used"),
    ],
)
async def test_each_refusal_says_what_the_operator_does(
    answer: Any, kind: type[GatewayError], told: str, clock: ManualClock
) -> None:
    """No free text of the provider's goes on: it may quote what it was sent."""
    async with provider(clock) as (server, vault):
        clock.advance(3601)
        server.faults.append(answer)
        with pytest.raises(kind, match=told) as caught:
            await (await access_of(server, vault)).token()
        assert type(caught.value) is kind
        assert "secret" not in str(caught.value).lower().replace("client_secret", "")
        assert "\n" not in str(caught.value)


async def test_a_provider_that_says_nothing_costs_one_step(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(3601)
        leave = asyncio.Event()
        server.faults.append(held(server, asyncio.Event(), leave))
        access = await access_of(server, vault, step_secs=0.2)
        with pytest.raises(TransientError, match="could not be used"):
            await access.token()
        leave.set()


async def test_nobody_there_is_transient_and_not_tls_is_a_config_error(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(3601)
        port = free_port()
        with pytest.raises(TransientError, match="ConnectionRefused"):
            await (await access_of(server, vault, oauth_token_url=f"http://127.0.0.1:{port}/token")).token()
        tls = server.url.replace("http:", "https:")
        with pytest.raises(ConfigError, match="does not speak TLS"):
            await (await access_of(server, vault, oauth_token_url=f"{tls}/token")).token()


@pytest.mark.parametrize(("secs", "life"), [("120", 120), (None, 3600), ("soon", 3600), (-1, 3600), (10**12, 3600)])
async def test_how_long_a_token_is_good(secs: Any, life: int, clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        clock.advance(3601)
        told = {"access_token": "made-up", "expires_in": secs}
        server.faults.append(says({name: value for name, value in told.items() if value is not None}))
        await (await access_of(server, vault)).token()
        tokens = Tokens.decode(vault.secrets[SECRET])
        assert (tokens.ends_at - clock.now()).total_seconds() == life


@pytest.mark.parametrize("secret", ["", CLIENT_SECRET])
async def test_an_app_proves_itself_in_one_way(secret: str, clock: ManualClock) -> None:
    """A custom provider by HTTP Basic, which every server takes; a public app has nothing to prove."""
    async with provider(clock, secret=secret) as (server, vault):
        clock.advance(3601)
        changes = {} if secret else {"oauth_client_secret": None}
        await (await access_of(server, vault, **changes)).token()
        assert server.refusals == []
        assert ("client_id" in server.asked[0]) == (not secret)


async def test_nobody_has_given_access_yet(clock: ManualClock) -> None:
    async with TokenServer(clock).running() as server:
        vault = MemoryVault()
        access = await access_of(server, vault)
        with pytest.raises(AuthError, match=f"nobody has given access to the mailbox yet; {REMEDY}"):
            await access.token()
        granted(server, clock, vault)
        assert server.user_of(await access.token()) == server.user


async def test_access_that_cannot_be_read_and_no_vault_at_all(clock: ManualClock) -> None:
    async with provider(clock) as (server, vault):
        vault.secrets[SECRET] = "rubbish"
        with pytest.raises(ConfigError, match="cannot be read"):
            await (await access_of(server, vault)).token()
        with pytest.raises(ConfigError, match="vault"):
            await access_of(server, None)


APP = {"oauth_grant": "app", "oauth_scopes": ("https://outlook.office365.com/.default",)}


async def test_an_app_has_access_of_its_own_and_needs_no_vault(clock: ManualClock) -> None:
    async with TokenServer(clock, tells_scope=False).running() as server:
        access = await access_of(server, None, **APP)
        first = await access.token()
        assert await access.token() == first
        assert not await access.renewed(first)
        clock.advance(YOUNG_SECS)
        assert await access.renewed(first)
        clock.advance(LONG + 1)
        await access.token()
        assert server.count("client_credentials") == 3
        assert {fields["scope"] for fields in server.asked} == {"https://outlook.office365.com/.default"}
        assert access.missing == ()
        await access.settled()


async def test_a_service_account_of_google_signs_for_the_mailbox(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key signs a token of RFC 7523 that names account, mailbox, scope and audience; nothing else proves it."""
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = json.dumps({"type": "service_account", "client_email": "desk@made-up.example.test", "private_key": pem})
    async with TokenServer(clock).running() as server:
        monkeypatch.setattr("connectors.email._oauth_provider._GOOGLE_TOKENS", f"{server.url}/token")
        changes = {"oauth": "google", "oauth_authorize_url": "", "oauth_token_url": "", "oauth_scopes": ()}
        app = {**changes, "oauth_grant": "app", "oauth_client_id": "", "oauth_client_secret": SecretStr(file)}
        server.faults.append(says({"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"}))
        assert await (await access_of(server, None, **app)).token() == "made-up"
        app["oauth_client_secret"] = SecretStr("{}")
        with pytest.raises(ConfigError, match="is not the key file"):
            await (await access_of(server, None, **app)).token()
    (fields,) = server.asked
    assert fields.keys() == {"grant_type", "assertion"}
    assert fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    text, _, signature = fields["assertion"].rpartition(".")
    key.public_key().verify(urlsafe_b64decode(f"{signature}=="), text.encode(), PKCS1v15(), SHA256())
    head, claims = (json.loads(urlsafe_b64decode(f"{part}==")) for part in text.split("."))
    assert head == {"alg": "RS256", "typ": "JWT"}
    assert claims == {
        "iss": "desk@made-up.example.test",
        "sub": server.user,
        "scope": "https://mail.google.com/",
        "aud": f"{server.url}/token",
        "iat": int(clock.now().timestamp()),
        "exp": int(clock.now().timestamp()) + 1800,
    }


async def test_no_log_and_no_form_of_an_object_shows_a_secret(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor do the HTTP client's own logs, whatever their level is."""
    caplog.set_level(logging.DEBUG)
    async with provider(clock) as (server, vault):
        clock.advance(3601)
        access = await access_of(server, vault)
        token = await access.token()
        kept = Tokens.decode(vault.secrets[SECRET])
        told = caplog.text + repr(kept) + repr(access) + repr(await access_of(server, vault))
    for secret in (token, kept.refresh, CLIENT_SECRET, server.asked[0]["refresh_token"], "Basic "):
        assert secret not in told
