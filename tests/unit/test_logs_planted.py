"""Secrets, tokens and users' texts are planted everywhere: none of them reaches standard error."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.case import Assessment, Fact, Message, Triage
from gateway.casework import Policy
from gateway.clock import Bell
from gateway.dispatch import Fates, Means, ReplyDispatcher
from gateway.errors import RejectedError, TransientError
from gateway.health import Health
from gateway.intake import Intake
from gateway.judging import Judging, Stages
from gateway.observe import configure
from gateway.pipeline import Pipeline
from gateway.ports import (
    Cursor,
    Key,
    NormalizerPlugin,
    Page,
    Pushed,
    PushRequest,
    Raw,
    Receipt,
    Refusal,
    Reply,
    StreamId,
)
from gateway.retry import RetryPolicy
from gateway.settings import load
from gateway.store import SqlStore
from gateway.supervise import Supervisor
from gateway.web.door import Door
from tests.conftest import ManualClock
from tests.contract import ingress_suite as web
from tests.contract import store_suite as suite
from tests.contract.test_ingress import WebhookHarness
from tests.desk import Desk

USER_TEXT = "seventeen purple giraffes"
ADDRESS = "ana.user@example.test"
PASSWORD = "correct-horse-battery"
SEED = "ozone drill grab fiber curtain grace"
BOT_TOKEN = "123456789:AAH0123456789abcdefghijklmnopqrstu9"
PLANTED = f"{USER_TEXT} {ADDRESS} {PASSWORD} {SEED} {BOT_TOKEN}"
SOUGHT = (USER_TEXT, ADDRESS, PASSWORD, SEED, BOT_TOKEN, "giraffes", "ozone")


@pytest.fixture(params=["json", "text"])
def log_of(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, logging_as_before: None
) -> Callable[[], str]:
    """Set up logging at its most talkative; what it returns reads what was written to standard error."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure("debug", request.param, [PASSWORD])

    def read() -> str:
        if request.param == "json":
            for line in written.getvalue().splitlines():
                assert isinstance(json.loads(line), dict)
        return written.getvalue()

    return read


def clean(written: str, *events: str) -> None:
    """Assert that these events were logged, and nothing that was planted."""
    missing = [event for event in events if event not in written]
    assert not missing, f"{missing} not in: {written[:2000]}"
    assert not [each for each in SOUGHT if each in written], written[:3000]


async def turns(until: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not until():
            await asyncio.sleep(0)


def planted_raw(key: str = "k") -> Raw:
    body = PLANTED.encode()
    return Raw("support", StreamId("INBOX"), Key(key), ADDRESS, body, "message/rfc822", suite.START, len(body))


@pytest.mark.parametrize("error", [ValueError(PLANTED), TransientError("the server is away")], ids=["fault", "outage"])
async def test_a_connector_that_fails(
    log_of: Callable[[], str], store: SqlStore, clock: ManualClock, error: Exception
) -> None:
    async def fetch(stream: StreamId, after: Cursor | None) -> Page[Raw]:
        raise error

    health = Health(clock)
    supervisor = Supervisor(clock, RetryPolicy(), random.Random(1), health, 1.0)
    intake = Intake(store, "support", StreamId("INBOX"), fetch, None, lambda: None)
    supervisor.add_source("support:INBOX", intake, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    task = asyncio.create_task(supervisor.run(stop))
    await turns(lambda: bool(health.parts()) and bool(health.parts()[0].last_error))
    stop.set()
    await task
    clean(log_of(), "part.failed")
    assert not [each for each in SOUGHT if each in str(health.parts())]


async def test_a_page_of_raws_that_is_stored(log_of: Callable[[], str], store: SqlStore) -> None:
    async def fetch(stream: StreamId, after: Cursor | None) -> Page[Raw]:
        return Page((planted_raw(),), Cursor("c"))

    await Intake(store, "support", StreamId("INBOX"), fetch, None, lambda: None).step()
    clean(log_of(), "page.stored")


async def test_a_normalizer_that_fails_over_a_message(
    log_of: Callable[[], str], store: SqlStore, clock: ManualClock
) -> None:
    def broken(raw: Raw) -> Sequence[Any]:
        raise KeyError(raw.body.decode())

    async def gather(message: Message) -> tuple[Fact, ...]:
        return ()

    stages = Stages(
        normalizers={"support": NormalizerPlugin("email", 1, broken)},
        gather=gather,
        assess=lambda known, now: Assessment(),
        triage=lambda message, facts, found: Triage(),
    )
    await store.put_page("support", StreamId("INBOX"), [planted_raw("a"), planted_raw("b")], None)

    def policy() -> Policy:
        raise LookupError(PLANTED)

    pipeline = Pipeline(store, Judging(stages, clock), policy, clock, RetryPolicy(bug_attempts=1), random.Random(1))
    await pipeline.step()
    clean(log_of(), "raw.buried")


@pytest.mark.parametrize(
    "error", [ValueError(PLANTED), RejectedError(f"550 <{ADDRESS}> unknown")], ids=["fault", "echoing server"]
)
async def test_a_sender_whose_error_echoes_the_recipient(
    log_of: Callable[[], str], store: SqlStore, clock: ManualClock, error: Exception
) -> None:
    class Sender:
        async def send(self, reply: Reply, key: Key) -> Receipt:
            raise error

    ground = suite.Ground(lambda: pytest.fail("not opened again"), clock)
    await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.reply_effect("1"),))
    fates = Fates(clock, RetryPolicy(), random.Random(1))
    means = Means(clock, fates)
    await ReplyDispatcher(store, suite.SOURCE, Sender(), timedelta(days=1), means).step(lambda *_: None)
    clean(log_of(), "effect.")


async def test_what_strangers_push(log_of: Callable[[], str], store: SqlStore, clock: ManualClock) -> None:
    """Queries, headers, bodies, garbage, and an ingress that breaks over them or tells what it got."""

    class Broken:
        def receive(self, request: PushRequest) -> Pushed | Refusal:
            raise ValueError(f"{request.body!r} {PLANTED}")

    class Telling:
        def receive(self, request: PushRequest) -> Pushed | Refusal:
            return Refusal(401, f"{ADDRESS} bears {PASSWORD}")

    ground = web.Ground(WebhookHarness(), store, clock)
    shot = web.Shot({"authorization": f"Bearer {PASSWORD}", "x-user": ADDRESS}, PLANTED.encode())
    doors = {"broken": Door("broken", Broken()), "telling": Door("telling", Telling())}

    def with_doors(settings: Any, given: Any, *args: Any, **named: Any) -> Any:
        return web.serve(settings, lambda name: doors.get(name) or given(name), *args, **named)

    ground = web.Ground(WebhookHarness(), store, clock, serve=with_doors)
    async with ground.open() as caller:
        for name in ("desk", "broken", "telling", "nobody", ADDRESS):
            path = f"/in/{name}?token={BOT_TOKEN}&q={SEED.replace(' ', '+')}"
            assert (await caller.call(shot, path)).status >= 400
        with suppress(OSError, asyncio.IncompleteReadError):
            await caller.exchange(f"{PLANTED}\r\n\r\n".encode())
    clean(log_of(), "push.failed", "push.refused", "web.started")


async def test_what_libraries_and_the_event_loop_say(log_of: Callable[[], str]) -> None:
    """Lines put together beforehand, values, exceptions with what they say, tasks that nobody waited for."""
    for name in ("httpx", "aioimaplib", "aiosmtplib", "sqlalchemy.engine", "uvicorn.error", "mail.log", "other"):
        logger = logging.getLogger(name)
        logger.warning(f"bad line {PLANTED}")  # noqa: G004 - as libraries do
        logger.error("bad line %s %r", PLANTED, {"x": PLANTED})
        logger.info("GET https://desk.example.test/?token=%s", BOT_TOKEN)
        try:
            raise OSError(PLANTED)  # noqa: TRY301 - as libraries do
        except OSError:
            logger.exception("failed with %s", PLANTED, stack_info=True)

    async def fail() -> None:
        raise ValueError(PLANTED)

    task = asyncio.create_task(fail(), name=PLANTED)
    await turns(task.done)
    del task
    gc.collect()
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"Exception in callback handle({PLANTED!r})", "exception": ValueError(PLANTED)}
    )
    clean(log_of(), "library.logged", "Task exception was never retrieved", "ValueError")


def test_our_own_events_that_hold_what_they_should_not(
    log_of: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings, raws, messages, replies and exceptions as values, nested, and as what an event is bound to."""
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", PASSWORD)
    settings = load(Desk(tmp_path).path)
    log = structlog.get_logger().bind(settings=settings, who=[ADDRESS])
    log.error("thing.failed", raw=planted_raw(), nested={"a": [planted_raw(), {"b": ValueError(PLANTED)}]})
    log.warning("thing.refused", reason=f"<{ADDRESS}> {PASSWORD} {BOT_TOKEN}", url=f"https://x.test/?{SEED}")
    try:
        raise ValueError(PLANTED)  # noqa: TRY301 - what is logged is what is tested
    except ValueError as error:
        log.exception("thing.broken", error_value=error)
    written = log_of()
    clean(written, "thing.failed", "thing.refused", "thing.broken")
    assert settings.store.key.get_secret_value().split()[1] not in written


UNCAUGHT = """
import asyncio, sys, threading, warnings
from gateway.observe import configure, take_over
configure("info", {form!r}, [{password!r}])
take_over()
planted = {planted!r}
class Bad:
    def __del__(self):
        raise ValueError(planted)
bad = Bad()
del bad
thread = threading.Thread(target=lambda: int(planted))
thread.start()
thread.join()
warnings.warn(planted)
def fail():
    secret = planted
    raise RuntimeError(secret) from KeyError(planted)
fail()
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_nobody_caught(form: str) -> None:
    """An exception that ends the process, a thread or a destructor is logged by its class and place."""
    script = UNCAUGHT.format(form=form, password=PASSWORD, planted=PLANTED)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    clean(done.stderr, "process.failed", "RuntimeError from KeyError", "ValueError", "py.warnings")
    assert not done.stdout
    if form == "json":
        assert all(isinstance(json.loads(line), dict) for line in done.stderr.splitlines())


def test_what_is_sought_would_be_found(log_of: Callable[[], str]) -> None:
    """The check itself sees a planted text: in an event's own name nothing is struck out but secrets and forms."""
    structlog.get_logger().info(USER_TEXT)
    with pytest.raises(AssertionError):
        clean(log_of())
