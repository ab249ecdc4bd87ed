"""The demo: a mail server, a Telegram, an X, a brand and the real engine in one process; all must end as planned.

It drives the engine only from outside: mails and messages over sockets, and what an operator's commands do.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from gateway import app
from gateway.case import CaseState
from gateway.control import ask
from gateway.errors import GatewayError
from gateway.journal import Store
from gateway.sandbox import _story, x_scene
from gateway.sandbox._outcome import (
    LIMIT,
    Outcome,
    Received,
    all_views,
    answer_differences,
    differences,
    outcome,
    parse,
    read_received,
    settled,
    view_of,
)
from gateway.sandbox.chat import Chat, hold
from gateway.sandbox.chat_scene import BOT, BOT_NAME, TOKEN
from gateway.sandbox.mail import MailServer
from gateway.sandbox.running import engine_on, log_to, while_running
from gateway.sandbox.scenario import (
    AUTHSERV_ID,
    DESK,
    VERDICTS,
    DemoMail,
    demo_mails,
    user_reply,
    write_files,
)
from gateway.sandbox.send import hand_in
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.settings import Settings, load
from gateway.views import CaseView

BOUND_SECS = 60.0
"""How long the demo may take until every mail has ended."""
LOOK_SECS = 0.05
"""How often the store is looked at for the end of a mail: a store pushes nothing to a process beside the engine."""

ANSWER = "您好，王芳：\n\n您的提现已经在链上确认，请稍后刷新余额。\n"
AUTHOR = "agent Lin"


@dataclass(slots=True)
class Result:
    """All that the demo found; `problems` empty means that every mail ended as it should."""

    outcomes: dict[str, Outcome | None] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
    answer: Received | None = None
    view: CaseView | None = None
    chat: Chat | None = None

    @property
    def well(self) -> bool:
        """Whether every mail ended as it should, and there were some."""
        return bool(self.problems) and not any(self.problems.values())


@dataclass(frozen=True, slots=True)
class World:
    """What the demo plays with."""

    server: MailServer
    telegram: TelegramServer
    x: XServer
    settings: Settings
    store: Store
    password: str
    log: Path
    engine: asyncio.Task[None]


async def run(stay: bool, console: Console | None = None) -> int:
    """Run the demo; 0 when every mail ended as it should, 1 when not. With `stay`, until SIGINT or SIGTERM."""
    console = console or _console()
    _story.opening(console)
    try:
        async with world() as made:
            mails = demo_mails(_now())
            result = await while_running(made.engine, play(made, mails))
            _story.tell(console, mails, result.outcomes, result.problems)
            _story.conversation(console, result.answer, result.view, AUTHOR)
            if result.chat is not None:
                _story.chat(console, result.chat, AUTHOR)
            _story.verdict(console, result.problems)
            if stay:
                pages = {f"Chat with @{BOT}": made.telegram.url, f"Write to @{x_scene.HANDLE} on X": made.x.url}
                _story.playground(console, made.settings.path, made.server, pages, made.password, made.log)
                # The engine takes SIGINT and SIGTERM for itself and ends in order.
                await asyncio.wait({made.engine})
                made.engine.result()
    except GatewayError as error:
        console.print(f"The demo could not run: {error}", style="red", markup=False)
        return 1
    return 0 if result.well else 1


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A mail server, a Telegram, an X, a folder with the brand's files, and the engine on them; gone when left."""
    password = secrets.token_urlsafe(9)
    with tempfile.TemporaryDirectory(prefix="gatehouse-demo-") as place:
        folder = Path(place)
        log = folder / "gatehouse.log"
        async with (
            MailServer.start(password=password, authserv_id=AUTHSERV_ID, verdicts=VERDICTS) as server,
            TelegramServer.start(TOKEN, BOT, BOT_NAME, page=True) as telegram,
            XServer.start(x_scene.HANDLE, x_scene.USER_ID, page=True) as x,
        ):
            telegram.beside["X"], x.beside["Telegram"] = x.url, telegram.url
            x_scene.furnish(x)
            path = write_files(
                folder,
                imap_port=server.imap_port,
                smtp_port=server.smtp_port,
                password=password,
                telegram_url=telegram.url,
                x=x,
            )
            settings = load(path)
            with log_to(log, settings.secrets()):
                async with engine_on(settings) as engine, app.open_store_for(settings) as store:
                    yield World(server, telegram, x, settings, store, password, log, engine)


async def play(made: World, mails: Sequence[DemoMail], bound_secs: float = BOUND_SECS) -> Result:
    """Send every mail, wait for its end, and hold the conversation of the first."""
    result = Result()
    try:
        async with asyncio.timeout(bound_secs):
            for mail in mails:
                await asyncio.to_thread(hand_in, made.server.smtp_port, mail.envelope, DESK, mail.content)
            await _until(lambda: _all_settled(made.store, mails))
            await _judge(made, mails, result)
            await _converse(made, mails[0], result)
            cases = len(await made.store.list_cases(None, LIMIT))
            received = [read_received(stored) for stored in made.server.inbox(mails[0].address)]
            result.problems["conversation"] = answer_differences(result.view, received, cases, len(mails))
            result.chat = await _chat(made)
            result.problems["chat"] = result.chat.problems
    except TimeoutError:
        if not result.outcomes:
            await _judge(made, mails, result)
        result.problems["in time"] = [f"not all had happened after {bound_secs:.0f} s"]
    return result


async def _judge(made: World, mails: Sequence[DemoMail], result: Result) -> None:
    views = await all_views(made.store)
    for mail in mails:
        view = view_of(views, mail)
        found = None if view is None else outcome(view, mail, made.server)
        result.outcomes[mail.name] = found
        result.problems[mail.name] = differences(mail.expected, found)


async def _converse(made: World, mail: DemoMail, result: Result) -> None:
    """An agent answers, the user replies to the answer, the agent solves the case."""
    first = result.outcomes[mail.name]
    if first is None:
        return
    await _act(made, first.case_id, "replied", ANSWER)
    stored = await made.server.wait_for(mail.address, lambda each: not read_received(each).automatic, BOUND_SECS)
    result.answer = read_received(stored)
    reply = user_reply(parse(stored), mail, _now())
    await asyncio.to_thread(hand_in, made.server.smtp_port, mail.address, DESK, reply)
    await _until(lambda: _case_is(made.store, first.case_id, messages=2, state=CaseState.OPEN))
    await _act(made, first.case_id, "solved", "")
    await _until(lambda: _case_is(made.store, first.case_id, messages=2, state=CaseState.SOLVED))
    result.view = await made.store.case_view(first.case_id)


async def _chat(made: World) -> Chat:
    async def act(case_id: str, text: str) -> None:
        await _act(made, case_id, "replied", text)

    async def view(case_id: str) -> CaseView | None:
        await _until(lambda: _is_settled(made.store, case_id))
        return await made.store.case_view(case_id)

    return await hold(made.telegram, act, view)


async def _is_settled(store: Store, case_id: str) -> bool:
    return settled(await store.case_view(case_id))


async def _act(made: World, case_id: str, kind: str, text: str) -> None:
    """Do what `gatehouse cases reply` and `solve` do: write to the ticket and nudge the engine."""
    entry = await made.store.agent_act(case_id, kind, text, AUTHOR, _now())
    if entry is None:
        raise GatewayError(f"case {case_id} has no ticket to answer on")
    with suppress(GatewayError):
        await ask(made.settings.store.socket, "poke")


async def _until(happened: Callable[[], Awaitable[bool]]) -> None:
    # The store is looked at from outside, as an operator's command would: it has no event to wait for.
    while not await happened():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECS)


async def _all_settled(store: Store, mails: Sequence[DemoMail]) -> bool:
    views = await all_views(store)
    return all(settled(view_of(views, mail)) for mail in mails)


async def _case_is(store: Store, case_id: str, *, messages: int, state: CaseState) -> bool:
    view = await store.case_view(case_id)
    return (
        view is not None
        and view.file.case.message_count >= messages
        and view.file.case.state is state
        and settled(view)
    )


def _console() -> Console:
    # Where nobody watches, a table must not be broken into the 80 columns of a terminal that is not there.
    return _story.StoryConsole() if sys.stdout.isatty() else _story.StoryConsole(width=120)


def _now() -> datetime:
    return datetime.now(UTC)
