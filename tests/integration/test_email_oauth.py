"""A mailbox's access on a desk: given at the command line, kept in the store, renewed under kills of the process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner, Result

from connectors.email._oauth import SECRET
from connectors.email._oauth_tokens import Tokens
from gateway.app import open_store_for
from gateway.cli.main import app
from gateway.clock import SystemClock
from gateway.errors import AuthError
from gateway.settings import load
from tests.conftest import ManualClock, free_port
from tests.desk import Desk
from tests.integration.oauth_child import WRITTEN, token_of
from tests.servers.imap_script import ScriptedImap
from tests.servers.smtp_tokens import TokenSmtp
from tests.servers.token_server import CLIENT, CLIENT_SECRET, TokenServer, held
from tests.unit.test_email_xoauth2 import asking

ADDRESS = "support@examplex.test"
CHANNEL = """
[channels.support]
connector = "email"
address = "{address}"
imap_host = "127.0.0.1"
imap_port = {imap}
imap_security = "plain"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "plain"
oauth = "custom"
oauth_client_id = "{client}"
oauth_client_secret = {{ file = "app.secret" }}
oauth_scopes = ["mail", "offline_access"]
oauth_authorize_url = "{url}/page"
oauth_token_url = "{url}/token"
oauth_redirect_url = "http://127.0.0.1:{back}/callback"
"""


class LaterClock(SystemClock):
    """The machine's time, so much later that a dead holder of the vault is forgotten."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=2)


@asynccontextmanager
async def desk(folder: Path, imap: int = 9, smtp: int = 9) -> AsyncIterator[tuple[Desk, TokenServer]]:
    found = Desk(folder)
    secret = folder / "app.secret"
    secret.touch(mode=0o600)
    secret.write_text(CLIENT_SECRET)
    head = found.path.read_text().partition("[connectors.email]")[0]
    async with TokenServer(ManualClock(datetime.now(UTC)), user=ADDRESS).running() as provider:
        text = CHANNEL.format(address=ADDRESS, imap=imap, smtp=smtp, client=CLIENT, url=provider.url, back=free_port())
        found.write(head + text)
        yield found, provider


async def keep(found: Desk, tokens: Tokens) -> None:
    """Put access into the store, as a login does."""
    settings = load(found.path)
    async with open_store_for(settings, SystemClock()) as store:
        await store.vault.write("support", SECRET, tokens.encode())


async def ended(found: Desk, provider: TokenServer) -> None:
    """Give access whose access token has ended."""
    told, then = provider.give(), datetime.now(UTC) - timedelta(hours=2)
    await keep(found, Tokens(str(told["access_token"]), str(told["refresh_token"]), then, then + timedelta(hours=1)))


@asynccontextmanager
async def child(found: Desk) -> AsyncIterator[asyncio.subprocess.Process]:
    words = (sys.executable, "-m", "tests.integration.oauth_child", str(found.path))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_killed_before_its_use_a_rotated_token_is_there_for_the_next_process(tmp_path: Path) -> None:
    async with asyncio.timeout(60), desk(tmp_path) as (found, provider):
        await ended(found, provider)
        async with child(found) as process:
            assert process.stdout is not None
            assert (await process.stdout.readline()).decode().strip() == WRITTEN
            process.kill()
        token = await token_of(found.path, LaterClock())
        assert provider.user_of(token) == ADDRESS
        assert (provider.count("refresh_token"), provider.refusals) == (1, [])


@pytest.mark.parametrize("rotates", [False, True])
async def test_killed_with_the_answer_on_its_way(rotates: bool, tmp_path: Path) -> None:
    """Google's and Microsoft's old refresh tokens go on to be good. Where they do not, the channel says what to do."""
    arrived, leave = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(60), desk(tmp_path) as (found, provider):
        provider.rotates = rotates
        provider.faults.append(held(provider, arrived, leave))
        await ended(found, provider)
        async with child(found) as process:
            await arrived.wait()
            process.kill()
        leave.set()
        if rotates:
            with pytest.raises(AuthError, match="run `gatehouse channels login support`"):
                await token_of(found.path, LaterClock())
        else:
            assert provider.user_of(await token_of(found.path, LaterClock())) == ADDRESS


async def test_nodes_that_share_a_store_renew_once(tmp_path: Path) -> None:
    async with asyncio.timeout(60), desk(tmp_path) as (found, provider):
        await ended(found, provider)
        tokens = await asyncio.gather(*(token_of(found.path, SystemClock()) for _ in range(3)))
        assert len(set(tokens)) == 1
        assert (provider.count("refresh_token"), provider.refusals) == (1, [])


async def test_an_operator_logs_in_and_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`gatehouse channels login`, the page, and `gatehouse check --live` at both servers; no token is shown."""
    pages: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    monkeypatch.setattr("gateway.cli._login._show", lambda page: loop.call_soon_threadsafe(pages.put_nowait, page))
    imap = ScriptedImap(capabilities="IMAP4rev1 IDLE AUTH=XOAUTH2 SASL-IR")
    nobody = TokenServer(ManualClock())
    async with (
        asyncio.timeout(60),
        imap.running(),
        TokenSmtp(nobody).running() as smtp,
        desk(tmp_path, imap.port, smtp.port) as (found, provider),
    ):
        smtp.provider = provider
        imap.script["AUTHENTICATE"] = asking(provider, user=ADDRESS)
        done = asyncio.create_task(run("channels", "login", "support", "-c", str(found.path)))
        async with aiohttp.ClientSession() as browser, browser.get(await pages.get()) as answer:
            assert answer.status == 200
        logged_in = await done
        assert logged_in.exit_code == 0, logged_in.output
        assert f"support has access to {ADDRESS} from now on." in logged_in.stdout
        checked = await run("check", "--live", "--no-probe", "-c", str(found.path))
        assert checked.exit_code == 0, checked.output
        assert f"access for {ADDRESS} was given and is renewed" in " ".join(checked.output.split())
        for secret in (*provider.access, *provider.refresh, CLIENT_SECRET):
            assert secret not in logged_in.output + checked.output


async def run(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, words)
