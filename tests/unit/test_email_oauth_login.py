"""A person's way through a provider's page to the mailbox, and what an operator writes for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr, ValidationError

from connectors.email._oauth import SECRET
from connectors.email._oauth_login import EmailLogin, open_login
from connectors.email._oauth_provider import missing_scopes, provider_of
from connectors.email._oauth_tokens import Tokens
from gateway.errors import AuthError, ConfigError, TransientError
from gateway.settings import SettingsError, load
from tests.conftest import ManualClock
from tests.desk import Desk
from tests.servers.imap_script import ScriptedImap
from tests.servers.token_server import MAILBOX, TokenServer, says
from tests.unit.email_oauth import channel, opening, settings
from tests.unit.test_email_xoauth2 import BOX, MAIL, asking, imap_with
from tests.unit.x_fakes import MemoryVault


@asynccontextmanager
async def login(
    clock: ManualClock, imap: ScriptedImap | None = None, **changes: Any
) -> AsyncIterator[tuple[TokenServer, EmailLogin, MemoryVault]]:
    imap, vault = imap or imap_with("AUTH=XOAUTH2 SASL-IR"), MemoryVault()
    async with TokenServer(clock).running() as provider, imap.running():
        imap.script.setdefault("AUTHENTICATE", asking(provider))
        async with open_login(opening(provider, vault, imap_port=imap.port, **changes)) as found:
            yield provider, found, vault


async def browse(page: str) -> str:
    """Return where the browser is led when the person has answered."""
    async with aiohttp.ClientSession() as session, session.get(page, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        return answer.headers["location"]


async def test_a_login_gives_the_channel_its_mailbox(clock: ManualClock) -> None:
    imap = imap_with("AUTH=XOAUTH2 SASL-IR")
    async with login(clock, imap) as (provider, found, vault):
        assert found.redirect == "http://localhost:8765/callback"
        answer = await browse(found.begin())
        assert answer.startswith(found.redirect)
        assert await found.finish(answer) == MAILBOX
        tokens = Tokens.decode(vault.secrets[SECRET])
        assert tokens.ends_at == clock.now() + timedelta(hours=1)
        assert vault.log == [("write", SECRET)]
        async with channel(provider, vault, imap_port=imap.port) as opened:
            page = await opened.connector.fetch(BOX, None)
            assert [raw.body for raw in page.items] == [MAIL]


async def test_what_the_page_is_asked_for(clock: ManualClock) -> None:
    """PKCE by S256, a state that is another each time, the scopes, and whose mailbox it is."""
    async with login(clock) as (_, found, _):
        first, second = (parse_qs(urlsplit(found.begin()).query) for _ in range(2))
    assert first["scope"] == ["mail offline_access"]
    assert (first["code_challenge_method"], first["login_hint"]) == (["S256"], [MAILBOX])
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_the_pages_of_google_and_microsoft() -> None:
    """Endpoints and scopes as the two publish them."""
    own = {"oauth_scopes": (), "oauth_authorize_url": "", "oauth_token_url": ""}
    google = provider_of(settings(oauth="google", **own))
    assert (google.page, google.tokens) == (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
    )
    assert google.scopes == ("https://mail.google.com/",)
    assert dict(google.asked) == {"access_type": "offline", "prompt": "consent"}
    microsoft = provider_of(settings(oauth="microsoft", oauth_tenant="examplex.test", **own))
    base = "https://login.microsoftonline.com/examplex.test/oauth2/v2.0"
    assert (microsoft.page, microsoft.tokens) == (f"{base}/authorize", f"{base}/token")
    reads, sends = (f"https://outlook.office.com/{name}" for name in ("IMAP.AccessAsUser.All", "SMTP.Send"))
    assert microsoft.scopes == (reads, sends, "offline_access")
    assert provider_of(settings(oauth="microsoft", smtp_login=False, **own)).scopes == (reads, "offline_access")
    app = provider_of(settings(oauth="microsoft", oauth_tenant="examplex.test", oauth_grant="app", **own))
    assert app.scopes == ("https://outlook.office365.com/.default",)
    assert google.secret_in_body
    assert microsoft.secret_in_body


@pytest.mark.parametrize("answer", ["", "nonsense", "http://[", "http://localhost:8765/callback?code=made-up&state=x"])
async def test_an_answer_to_nothing_is_refused(answer: str, clock: ManualClock) -> None:
    async with login(clock) as (provider, found, vault):
        with pytest.raises(AuthError):
            await found.finish(answer)
        found.begin()
        with pytest.raises(AuthError):
            await found.finish(answer)
        assert (provider.asked, vault.secrets) == ([], {})


async def test_the_state_counts_once_and_only_the_last_one(clock: ManualClock) -> None:
    async with login(clock) as (_, found, vault):
        old = await browse(found.begin())
        new = await browse(found.begin())
        for answer in (old, new):
            with pytest.raises(AuthError, match="begun last"):
                await found.finish(answer)
        assert vault.secrets == {}


async def test_a_person_may_say_no(clock: ManualClock) -> None:
    async with login(clock) as (provider, found, vault):
        state = parse_qs(urlsplit(found.begin()).query)["state"][0]
        with pytest.raises(AuthError, match="not given"):
            await found.finish(f"{found.redirect}?error=access_denied&state={state}")
        assert (provider.asked, vault.secrets) == ([], {})


async def test_the_access_of_another_account_is_not_kept(clock: ManualClock) -> None:
    """Only the mail server can tell; a licensed user may open a shared mailbox that is not his own."""
    async with login(clock) as (provider, found, vault):
        provider.user = "somebody.else@example.test"
        with pytest.raises(AuthError, match=f"the browser must be logged in as {MAILBOX}"):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


async def test_less_than_was_asked_for_is_not_kept(clock: ManualClock) -> None:
    async with login(clock, oauth_scopes=("mail", "send")) as (provider, found, vault):
        provider.scope = "mail"
        with pytest.raises(AuthError, match="gave less than was asked for: send is missing"):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


async def test_access_that_cannot_be_renewed_is_not_kept(clock: ManualClock) -> None:
    async with login(clock) as (provider, found, vault):
        provider.offline = False
        with pytest.raises(AuthError, match="no refresh token"):
            await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


async def test_a_provider_or_a_mail_server_that_is_away_is_transient(clock: ManualClock) -> None:
    async with login(clock) as (provider, found, _):
        provider.faults.append(says("", 503))
        with pytest.raises(TransientError):
            await found.finish(await browse(found.begin()))
    async with login(clock, imap_with("AUTH=XOAUTH2")) as (provider, _, vault):
        async with open_login(opening(provider, vault, imap_port=9)) as found:
            with pytest.raises(TransientError):
                await found.finish(await browse(found.begin()))
        assert vault.secrets == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"oauth": None, "password": SecretStr("made-up")}, "this one has its password in the settings"),
        ({"oauth_grant": "app"}, "nobody logs in"),
    ],
)
async def test_who_has_no_login(changes: dict[str, Any], told: str, clock: ManualClock) -> None:
    async with TokenServer(clock).running() as provider:
        with pytest.raises(ConfigError, match=told):
            async with open_login(opening(provider, MemoryVault(), **changes)):
                pass
        with pytest.raises(ConfigError, match="vault"):
            async with open_login(opening(provider, None)):
                pass


def test_scopes_that_are_missing() -> None:
    reads = "https://outlook.office.com/IMAP.AccessAsUser.All"
    assert missing_scopes((reads, "offline_access"), "https://outlook.office365.com/imap.accessasuser.all openid") == ()
    assert missing_scopes((reads, "https://outlook.office.com/SMTP.Send"), reads) == (
        "https://outlook.office.com/SMTP.Send",
    )
    assert missing_scopes(("https://mail.google.com/",), "https://mail.google.com/ openid") == ()
    assert missing_scopes(("https://mail.google.com/",), "openid") == ("https://mail.google.com/",)
    assert missing_scopes(("https://mail.google.com/",), "") == ()
    assert missing_scopes(("https://outlook.office365.com/.default",), "https://outlook.office365.com/x") == ()


OWN = {"oauth_scopes": (), "oauth_authorize_url": "", "oauth_token_url": ""}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"password": SecretStr("made-up")}, "either a password or oauth"),
        ({"oauth": None, "smtp_login": False}, "either a password or oauth"),
        ({"oauth_client_id": ""}, "oauth needs oauth_client_id"),
        ({"oauth_client_id": "a\nb"}, "no client id"),
        ({"oauth_redirect_url": ""}, "oauth needs oauth_redirect_url"),
        ({"oauth_redirect_url": "http://desk.examplex.test/back"}, "must be an https address"),
        ({"oauth_token_url": "http://login.examplex.test/token"}, "must be an https address"),
        ({"oauth_token_url": "https://user@login.examplex.test/token"}, "holds a login"),
        ({"oauth_token_url": "https://login.examplex.test/to ken"}, "is not an address"),
        ({"oauth_token_url": "https://login.examplex.test:99999/"}, "is not an address"),
        ({"oauth_token_url": ""}, "needs oauth_token_url and oauth_scopes"),
        ({"oauth_scopes": ()}, "needs oauth_token_url and oauth_scopes"),
        ({"oauth_scopes": ("two words",)}, "write each scope by itself"),
        ({"oauth_authorize_url": ""}, "needs oauth_authorize_url"),
        ({"oauth": "google"}, 'are for oauth = "custom"'),
        ({"oauth": "google", "oauth_grant": "app", "oauth_client_secret": None, **OWN}, "needs oauth_client_secret"),
        ({"oauth": "microsoft", "oauth_grant": "app", **OWN}, "needs oauth_tenant"),
        ({"oauth_grant": "app", "oauth_client_secret": None}, "needs oauth_client_secret"),
        ({"oauth": "microsoft", "oauth_tenant": "../x", **OWN}, "neither the id nor the domain"),
    ],
)
def test_settings_that_cannot_work_say_why(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(**changes)


def test_an_app_needs_no_page() -> None:
    assert settings(oauth_grant="app", oauth_authorize_url="").by_token


OAUTH = 'oauth = "google"\noauth_client_id = "made-up"\noauth_client_secret = { file = "app.secret" }\n'


def test_with_oauth_no_password_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the password is, as ever; a secret that stands in a file is found beside the configuration."""
    monkeypatch.delenv("GATEHOUSE_SUPPORT_PASSWORD", raising=False)
    desk = Desk(tmp_path)
    secret = tmp_path / "app.secret"
    secret.write_text("made-up-secret\n")
    secret.chmod(0o600)
    text = desk.path.read_text().replace('password = { file = "mail.password" }\n', "")
    desk.write(text)
    with pytest.raises(SettingsError, match="GATEHOUSE_SUPPORT_PASSWORD"):
        load(desk.path)
    assert load(desk.path, credentials=False).channels[0].settings.password is not None
    desk.write(text.replace('connector = "email"\n', f'connector = "email"\n{OAUTH}', 1))
    (found,) = (each.settings for each in load(desk.path).channels)
    assert found.password is None
    assert found.oauth_client_secret.get_secret_value() == "made-up-secret"
    assert load(desk.path, credentials=False).channels[0].settings.by_token
