"""`gatehouse channels login`: a person comes back from the platform's page, and only what he was sent for counts."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner, Result

from gateway.cli import _login
from gateway.cli._redirect import is_here, waiting_at
from gateway.cli.main import app
from gateway.errors import AuthError, ConfigError
from gateway.ports import Channel, ConnectorPlugin, Opening, Spent
from gateway.settings import ChannelSettings, Problem, Settings, load
from gateway.store import open_store
from tests.conftest import ManualClock, free_port
from tests.desk import Desk

STATE, CODE = "made-up-state", "made-up-code"
PAGE = f"https://x.examplex.test/authorize?state={STATE}"
runner = CliRunner()


class Own(BaseModel):
    """A channel's own settings."""

    account: str = "1000"
    redirect: str = "http://127.0.0.1:8765/callback"


class Way:
    """A login whose platform is scripted: it gives access for one code, to who was sent with its state."""

    def __init__(self, opening: Opening[Own]) -> None:
        self.redirect = opening.settings.redirect
        self.opening = opening

    def begin(self) -> str:
        STARTED.append(self)
        return PAGE

    async def finish(self, answer: str) -> str:
        ANSWERS.append(answer)
        if f"state={STATE}" not in answer:
            raise AuthError("this is no answer to the login that was begun")
        assert self.opening.vault is not None
        async with self.opening.vault.alone("tokens"):
            await self.opening.vault.write("tokens", "a made-up token")
        return "@examplex"


STARTED: list[Way] = []
ANSWERS: list[str] = []


@asynccontextmanager
async def open_login(opening: Opening[Own]) -> AsyncIterator[Way]:
    yield Way(opening)


@asynccontextmanager
async def open_channel(opening: Opening[Own]) -> AsyncIterator[Channel]:
    raise ConfigError("not opened here")
    yield


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.chdir(tmp_path)
    STARTED.clear()
    ANSWERS.clear()
    return Desk(tmp_path)


def with_posts(desk: Desk, monkeypatch: pytest.MonkeyPatch, redirect: str) -> Settings:
    """Give the desk a channel that can be logged in, beside one that cannot."""
    plugin = ConnectorPlugin(
        "posts",
        "x",
        Own,
        open_channel,
        "email",
        addresses=lambda own: [],
        account=lambda own: own.account,
        login=open_login,
    )
    posts = ChannelSettings("posts", plugin, Own(redirect=redirect))
    settings = load(desk.path)
    others = (replace(each, plugin=replace(each.plugin, login=None)) for each in settings.channels)
    settings = replace(settings, channels=(*others, posts))
    for module in ("_login.load", "channels.operator_settings"):
        monkeypatch.setattr(f"gateway.cli.{module}", lambda *args, **more: settings)
    return settings


async def kept(settings: Settings) -> str | None:
    store = settings.store
    async with open_store(store.place, store.blobs, store.sealer(), ManualClock()) as opened:
        return await opened.vault.read("posts", "tokens")


def login(*words: str, given: str | None = None) -> Result:
    return runner.invoke(app, ["channels", "login", *words], input=given)


async def visit(port: int, target: str, method: str = "GET") -> str:
    """Do what a browser does; return what it is shown."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    said = (await reader.read()).decode()
    writer.close()
    return said


@pytest.mark.parametrize(
    ("redirect", "here"),
    [
        ("http://127.0.0.1:8765/callback", True),
        ("http://localhost:8765/callback", True),
        ("http://[::1]:8765/", True),
        ("https://127.0.0.1/callback", False),
        ("http://desk.examplex.test/callback", False),
        ("http://127.0.0.1.examplex.test/callback", False),
        ("http://10.0.0.1/callback", False),
        ("examplex://callback", False),
    ],
)
def test_only_plain_http_on_this_machine_can_be_waited_for(redirect: str, here: bool) -> None:
    assert is_here(redirect) is here


async def test_the_browser_that_comes_back_is_told_apart_from_what_else_it_asks_for() -> None:
    port = free_port()
    async with waiting_at(f"http://127.0.0.1:{port}/callback", PAGE) as answer:
        waiting = asyncio.ensure_future(answer())
        for method, target in (
            ("GET", "/favicon.ico"),
            ("GET", "/callback"),
            ("GET", f"/other?code={CODE}"),
            ("POST", f"/callback?code={CODE}"),
            ("GET", "//[x?code=1"),
        ):
            assert (await visit(port, target, method)).startswith("HTTP/1.1 404 ")
        assert not waiting.done()
        said = await visit(port, f"/callback?state={STATE}&code={CODE}")
        assert said.startswith("HTTP/1.1 200 ")
        assert CODE not in said
        assert {"Cache-Control: no-store", "Referrer-Policy: no-referrer"} <= set(said.split("\r\n"))
        assert (await visit(port, f"/callback?state={STATE}&code=second")).startswith("HTTP/1.1 200 ")
        assert await waiting == f"http://127.0.0.1:{port}/callback?state={STATE}&code={CODE}", "the first one counts"


@pytest.mark.parametrize(
    "query",
    [
        "error=access_denied",
        f"code={CODE}",
        "code=made-up-code&state=another",
        f"error=x&state=another&state={STATE}",
        f"state={STATE.upper()}",
        "state=%ed%b0%80&code=x",
    ],
)
async def test_no_other_page_in_the_browser_ends_a_login(query: str) -> None:
    """What bears another state, or none, is told so and waited on."""
    port = free_port()
    async with waiting_at(f"http://127.0.0.1:{port}/callback", PAGE) as answer:
        waiting = asyncio.ensure_future(answer())
        said = await visit(port, f"/callback?{query}")
        assert said.startswith("HTTP/1.1 400 ")
        assert "it goes on waiting" in said
        assert not waiting.done()
        await visit(port, f"/callback?error=access_denied&state={STATE}")
        assert "error=access_denied" in await asyncio.wait_for(waiting, 5), "the person said no"


async def test_a_browser_that_hangs_up_has_brought_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hung_up(writer: asyncio.StreamWriter) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(asyncio.StreamWriter, "drain", hung_up)
    port = free_port()
    async with waiting_at(f"http://127.0.0.1:{port}/callback", PAGE) as answer:
        await visit(port, f"/callback?state={STATE}&code={CODE}")
        assert CODE in await asyncio.wait_for(answer(), 5)


async def test_a_line_that_says_nothing_or_too_much_holds_nobody_up() -> None:
    port = free_port()
    async with waiting_at(f"http://127.0.0.1:{port}/callback", PAGE) as answer:
        waiting = asyncio.ensure_future(answer())
        _, silent = await asyncio.open_connection("127.0.0.1", port)
        reader, endless = await asyncio.open_connection("127.0.0.1", port)
        endless.write(b"GET /" + b"x" * 100_000)
        assert await reader.read() == b""
        await visit(port, f"/callback?state={STATE}&code={CODE}")
        assert CODE in await asyncio.wait_for(waiting, 5)
        for each in (silent, endless):
            each.close()


async def test_a_port_that_is_taken_is_a_sentence_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="--paste"):
            async with waiting_at(f"http://127.0.0.1:{port}/callback", PAGE):
                pass


async def test_who_comes_back_from_the_page_has_given_access(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page is shown, the browser is waited for, and what was given stands in the vault."""
    port = free_port()
    settings = with_posts(desk, monkeypatch, f"http://127.0.0.1:{port}/callback")
    show = _login._show
    shown: list[None] = []
    monkeypatch.setattr(_login, "_show", lambda page: shown.append(show(page)))
    running = asyncio.ensure_future(_login._log_in(settings, settings.channels[-1], paste=False))
    async with asyncio.timeout(10):
        while not shown:
            await asyncio.sleep(0.01)
    await visit(port, f"/callback?state={STATE}&code={CODE}")
    assert await asyncio.wait_for(running, 10) == "@examplex"
    assert [f"http://127.0.0.1:{port}/callback?state={STATE}&code={CODE}"] == ANSWERS
    assert await kept(settings) == "a made-up token"
    said = capsys.readouterr().out
    assert f"https://x.examplex.test/authorize?state={STATE}" in said
    assert CODE not in said


async def test_nobody_who_stays_away_is_waited_for_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = with_posts(desk, monkeypatch, f"http://127.0.0.1:{free_port()}/callback")
    monkeypatch.setattr(_login, "WAIT_SECS", 0.0)
    with pytest.raises(_login.typer.Exit):
        await _login._log_in(settings, settings.channels[-1], paste=False)
    assert "begin anew" in capsys.readouterr().err


@pytest.mark.parametrize("redirect", ["http://127.0.0.1:1/callback", "https://desk.examplex.test/callback"])
def test_an_address_can_be_pasted_instead(desk: Desk, monkeypatch: pytest.MonkeyPatch, redirect: str) -> None:
    """With --paste, and without it where nothing can be waited for; no code is printed."""
    settings = with_posts(desk, monkeypatch, redirect)
    words = ("posts", "--paste") if urlsplit(redirect).scheme == "http" else ("posts",)
    done = login(*words, given=f"  {redirect}?state={STATE}&code={CODE}\n")
    assert done.exit_code == 0, done.output
    assert "posts has access to @examplex from now on." in done.stdout
    assert redirect in done.stdout
    assert [f"{redirect}?state={STATE}&code={CODE}"] == ANSWERS
    assert asyncio.run(kept(settings)) == "a made-up token"
    assert CODE not in done.output
    assert "made-up token" not in done.output


@pytest.mark.parametrize("answer", ["https://desk.examplex.test/callback?state=no&code=made-up-code", "", "rubbish"])
def test_an_answer_to_another_login_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    settings = with_posts(desk, monkeypatch, "https://desk.examplex.test/callback")
    done = login("posts", given=f"{answer}\n")
    assert done.exit_code == 1
    assert "no answer to the login that was begun; renew the credential" in done.stderr
    assert CODE not in done.output
    assert asyncio.run(kept(settings)) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("support", "support needs no login: a channel of email has its credentials in the configuration"),
        ("nobody", "no channel named nobody is enabled; those that can be logged in: posts"),
    ],
)
def test_what_cannot_be_logged_in_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    with_posts(desk, monkeypatch, "https://desk.examplex.test/callback")
    done = login(name)
    assert (done.exit_code, done.stderr.strip()) == (1, said)
    assert STARTED == []


def test_a_channel_whose_library_is_missing_says_which(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_posts(desk, monkeypatch, "https://desk.examplex.test/callback")
    problem = Problem("channels.posts.connector", "the library is missing: pip install 'gatehouse[x]'")
    gone = replace(settings, channels=(), unavailable=(problem,))
    monkeypatch.setattr("gateway.cli._login.load", lambda *args: gone)
    done = login("posts")
    assert done.exit_code == 78
    assert "pip install" in done.stderr


def test_the_list_shows_what_each_account_spent_today(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In units of its currency; a channel that spends nothing shows nothing."""
    settings = with_posts(desk, monkeypatch, "https://desk.examplex.test/callback")

    async def spend() -> None:
        store = settings.store
        async with open_store(store.place, store.blobs, store.sealer(), ManualClock()) as opened:
            today = datetime.now(UTC).date()
            await opened.spending.add("posts:1000", today, "post_read", Spent(3, 15_000))
            await opened.spending.add("posts:1000", today, "post_sent", Spent(1, 200_000))
            await opened.spending.add("posts:another", today, "post_sent", Spent(9, 9_000_000))

    asyncio.run(spend())
    listed = json.loads(runner.invoke(app, ["channels", "list", "--json"]).stdout)["channels"]
    assert [(row["name"], row["spent_calls"], row["spent_cost"]) for row in listed] == [
        ("support", 0, 0.0),
        ("posts", 4, 0.215),
        ("backend", 0, 0.0),
    ]
    shown = runner.invoke(app, ["channels", "list"]).stdout
    assert "0.215 (4 calls)" in shown
    assert shown.count("calls)") == 1
