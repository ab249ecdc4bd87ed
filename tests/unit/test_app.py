"""The composition: what is built from the settings runs, each channel for itself, and ends in order."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import pytest
import pytest_asyncio
import structlog

from gateway import app
from gateway.answers.tokens import read_token
from gateway.app import check_live, open_store_for, run, watched
from gateway.backends.signatures import sign
from gateway.case import Case
from gateway.control import NotRunningError, ask
from gateway.engine import Engine
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.front import Front
from gateway.health import PartState
from gateway.journal import EffectKind, State, Store
from gateway.nodes import NotOwnerError
from gateway.ports import Channel, Opening, Report, TicketSystem
from gateway.reload import LOOK_SECS
from gateway.retry import RetryPolicy
from gateway.sandbox.mail import MailServer
from gateway.sandbox.mailbox import StoredMail
from gateway.settings import Settings, load
from gateway.store import SqlStore
from gateway.trust.directory import load_directory, official_accounts
from gateway.views import CaseView
from gateway.watching.wiring import open_instruments
from tests.conftest import ManualClock, free_port
from tests.gateway_process import GatewayProcess
from tests.mails import DESK, plain, sender
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_sink import SILENCE, SmtpSink

PASSWORD = "a made-up password"
SALES = "sales@examplex.test"
ANN = sender(1)
BOUND = 20

pytestmark = pytest.mark.timeout(60)


@pytest_asyncio.fixture
async def mail(clock: ManualClock) -> AsyncIterator[MailServer]:
    async with MailServer.start(password=PASSWORD, now=clock.now) as server:
        yield server


class DeskFolder:
    """The files of a desk whose mailboxes are on the sandbox's server."""

    def __init__(self, folder: Path, mail: MailServer) -> None:
        self.process = GatewayProcess(folder)
        self.process.configure(mail.imap_port, mail.smtp_port, PASSWORD)

    def add(self, text: str) -> None:
        """Write more into the configuration."""
        self.process.config.write_text(self.process.config.read_text() + text)

    def change(self, old: str, new: str) -> None:
        """Write something else."""
        before = self.process.config.read_text()
        assert old in before
        self.process.config.write_text(before.replace(old, new))

    def second_channel(self) -> None:
        """Read another mailbox too."""
        self.add(
            f'\n[channels.sales]\nconnector = "email"\naddress = "{SALES}"\npassword = {{ file = "mail.password" }}\n'
        )

    def settings(self) -> Settings:
        return load(self.process.config)


@pytest.fixture
def desk(tmp_path: Path, mail: MailServer) -> DeskFolder:
    return DeskFolder(tmp_path / "desk", mail)


@asynccontextmanager
async def engine(settings: Settings, clock: ManualClock) -> AsyncIterator[tuple[Engine, SqlStore]]:
    """The engine on a clock that stands still: whatever happens was told by a bell, nothing waited for its time."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock))
        built = await build(settings, store, clock, stack)
        stop = asyncio.Event()
        running = asyncio.create_task(built.run(stop))
        try:
            yield built, store
        finally:
            stop.set()
            async with asyncio.timeout(BOUND):
                await running


RELOADS: WeakKeyDictionary[Engine, Callable[[], None]] = WeakKeyDictionary()
"""What has the configuration of an engine read anew."""


async def build(settings: Settings, store: SqlStore, clock: ManualClock, stack: AsyncExitStack) -> Engine:
    names = [*(channel.name for channel in settings.channels), settings.backend.target]
    seen = await stack.enter_async_context(open_instruments(settings, names))
    front = Front(settings, clock)
    watch = await stack.enter_async_context(watched(settings, store, clock, seen, front))
    built = await Engine.build(settings, store, clock, stack, seen, watch, front.reloader)
    front.enter(built)
    RELOADS[built] = front.reload
    return built


def parts(built: Engine) -> dict[str, PartState]:
    return {part.part: part for part in built.health.parts()}


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.005)


async def cases(store: Store, count: int) -> list[Case]:
    """Return the cases once there are so many and each has been acknowledged or not."""
    async with asyncio.timeout(BOUND):
        while True:
            found = list(await store.list_cases(None, 100))
            tally = await store.tally()
            if len(found) == count and set(tally.effects) <= {State.SETTLED}:
                return found
            await asyncio.sleep(0.005)


async def view(store: Store, case: Case) -> CaseView:
    found = await store.case_view(case.id)
    assert found is not None
    return found


def from_us(mail: StoredMail) -> bool:
    return DESK.encode() in mail.header


async def answer(store: SqlStore, case: Case, text: str, clock: ManualClock) -> None:
    assert await store.agent_act(case.id, "replied", text, "lin", clock.now()) is not None


async def test_a_mail_becomes_a_case_a_ticket_and_an_acknowledgement_without_waiting(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    settings = desk.settings()
    async with engine(settings, clock) as (_, store):
        mail.deliver(DESK, plain(1))
        got = await mail.wait_for(ANN, from_us, BOUND)
        (case,) = await cases(store, 1)
        seen = await view(store, case)
    assert case.id.encode() in got.header
    ref = next(line for line in got.header.decode().splitlines() if line.lower().startswith("message-id:"))
    assert read_token(settings.signing, ref.partition(":")[2]) == case.id, "signed with this desk's own key"
    assert {effect.kind for effect in seen.effects} == {EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT}
    assert {effect.target for effect in seen.effects} == {"backend:embedded", "support"}
    assert [line.kind for line in seen.desk] == ["message"]
    (stored,) = mail.inbox(DESK)
    assert "\\Seen" in stored.flags, "what is ours is confirmed to the platform"


async def test_an_agents_answer_leaves_at_once_when_the_engine_is_poked(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        acknowledged = await mail.wait_for(ANN, from_us, BOUND)
        (case,) = await cases(store, 1)
        await answer(store, case, "It has arrived.", clock)
        built.poke()
        got = await mail.wait_for(ANN, lambda each: b"It has arrived." in each.text, BOUND)
    assert got.uid > acknowledged.uid


async def test_a_reply_to_our_signed_reference_joins_and_survives_a_restart(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    settings = desk.settings()
    async with engine(settings, clock):
        mail.deliver(DESK, plain(1))
        got = await mail.wait_for(ANN, from_us, BOUND)
    line = next(line for line in got.header.splitlines() if line.lower().startswith(b"message-id:"))
    reply = plain(2).replace(b"\r\n\r\n", b"\r\nIn-Reply-To: " + line.partition(b":")[2].strip() + b"\r\n\r\n", 1)
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, reply)
        async with asyncio.timeout(BOUND):
            while [case.message_count for case in await store.list_cases(None, 10)] != [2]:
                await asyncio.sleep(0.005)


async def test_each_channel_reads_and_answers_as_itself(desk: DeskFolder, mail: MailServer, clock: ManualClock) -> None:
    desk.second_channel()
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(SALES, plain(1).replace(DESK.encode(), SALES.encode()))
        mail.deliver(DESK, plain(2))
        one = await mail.wait_for(ANN, lambda each: True, BOUND)
        other = await mail.wait_for(sender(2), lambda each: True, BOUND)
        found = await cases(store, 2)
    assert SALES.encode() in one.header
    assert DESK.encode() in other.header
    assert {case.channel for case in found} == {"sales", "support"}


async def test_no_channel_answers_another_of_ours(desk: DeskFolder, mail: MailServer, clock: ManualClock) -> None:
    desk.second_channel()
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, plain(1).replace(ANN.encode(), SALES.encode()))
        mail.deliver(DESK, plain(2))
        await mail.wait_for(sender(2), lambda each: True, BOUND)
        await cases(store, 2)
    assert len(mail.inbox(SALES)) == 0


async def test_the_desks_own_rules_for_acknowledging_hold(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    desk.change("per_minute = 100000", f'deny_addresses = ["{ANN}"]')
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, plain(1))
        (case,) = await cases(store, 1)
        assert {effect.kind for effect in (await view(store, case)).effects} == {EffectKind.TICKET}


@pytest.mark.parametrize(("trusted", "answered"), [('"mx.sandbox.test"', False), ('"mx.other.test"', True)])
async def test_only_the_desks_own_receiver_is_believed_on_a_sender(
    desk: DeskFolder, mail: MailServer, clock: ManualClock, trusted: str, answered: bool
) -> None:
    desk.change("max_mail_bytes", f"authserv_ids = [{trusted}]\nmax_mail_bytes")
    said = b"Authentication-Results: mx.sandbox.test; dmarc=fail header.from=mail.test\r\n"
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, said + plain(1))
        (case,) = await cases(store, 1)
        kinds = {effect.kind for effect in (await view(store, case)).effects}
    assert (EffectKind.ACKNOWLEDGEMENT in kinds) is answered


@pytest.mark.parametrize(
    ("error", "condition", "said"),
    [
        (ConfigError("there is no such account"), "misconfigured", "there is no such account"),
        (AuthError("the token is no longer good"), "auth_failed", "the token is no longer good"),
        (KeyError("a user's words"), "faulty", "a fault of the gateway: KeyError"),
    ],
    ids=["configuration", "credential", "fault"],
)
async def test_a_channel_that_cannot_be_opened_stops_itself_alone(
    desk: DeskFolder, mail: MailServer, clock: ManualClock, error: Exception, condition: str, said: str
) -> None:
    desk.second_channel()
    settings = desk.settings()
    support, sales = settings.channels

    @asynccontextmanager
    async def refuse(opening: Opening[Any]) -> AsyncIterator[Channel]:
        raise error
        yield

    broken = replace(settings, channels=(replace(sales, plugin=replace(sales.plugin, open=refuse)), support))
    async with engine(broken, clock) as (built, store):
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        parts = {part.part: part for part in built.health.parts()}
    assert parts["sales"].condition == condition
    assert parts["sales"].last_error == said
    assert parts["support:INBOX"].condition == "running"
    assert not any(name.startswith("sales:") for name in parts)


async def test_a_channel_with_a_wrong_password_leaves_the_others_alone(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    desk.second_channel()
    other = desk.process.folder / "other.password"
    other.touch(mode=0o600)
    other.write_text("wrong")
    desk.change(
        f'{SALES}"\npassword = {{ file = "mail.password" }}', f'{SALES}"\npassword = {{ file = "other.password" }}'
    )
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        await until(lambda: {p.part: p.condition for p in built.health.parts()}["sales:INBOX"] == "auth_failed")


async def test_a_password_that_is_renewed_in_its_file_is_taken_without_a_word(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    """A refused one is not tried again for a quarter of an hour; the new one need not wait for that."""
    password = desk.process.folder / "mail.password"
    right = password.read_text()
    password.write_text("the old one")
    mail.deliver(DESK, plain(1))
    async with engine(desk.settings(), clock) as (built, store):
        await until(lambda: {p.part: p.condition for p in built.health.parts()}.get("support:INBOX") == "auth_failed")
        password.write_text(right)
        began = clock.now()
        async with asyncio.timeout(BOUND):
            while not await store.list_cases(None, 10):
                clock.advance(LOOK_SECS / 4)
                await asyncio.sleep(0.005)
        assert clock.now() - began < timedelta(minutes=10)


async def test_the_pause_of_a_fetch_is_never_below_the_configured_one(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    desk.change("retry_base_secs", "fetch_pause_secs = 600\nretry_base_secs")
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        mail.deliver(DESK, plain(2))
        # The intake sleeps beside the four workers: pipeline, sender, tickets and feed.
        await until(lambda: clock.sleeping >= 5)
        assert len(await store.list_cases(None, 10)) == 1
        clock.advance(600)
        await cases(store, 2)


async def test_a_batch_is_as_large_as_configured(desk: DeskFolder, mail: MailServer, clock: ManualClock) -> None:
    desk.change("batch = 50\nretry", "batch = 2\nbatch_bytes = 1048576\nretry")
    sizes: list[int] = []
    async with AsyncExitStack() as stack:
        settings = desk.settings()
        store = await stack.enter_async_context(open_store_for(settings, clock))
        real = store.claim_raws

        async def claim(limit: int, max_bytes: int, now: Any) -> Any:
            sizes.append(limit)
            assert max_bytes == 1048576
            return await real(limit, max_bytes, now)

        store.claim_raws = claim  # type: ignore[method-assign]
        built = await build(settings, store, clock, stack)
        stop = asyncio.Event()
        running = asyncio.create_task(built.run(stop))
        await until(lambda: sizes)
        stop.set()
        await running
    assert set(sizes) == {2}


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The whole of `gatehouse run` in this process."""
    ready = asyncio.Event()
    running = asyncio.create_task(run(settings, ready=ready))
    try:
        async with asyncio.timeout(BOUND):
            await ready.wait()
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_engine_tells_its_parts_over_the_control_socket(desk: DeskFolder) -> None:
    settings = desk.settings()
    async with gateway(settings):
        async with asyncio.timeout(BOUND):
            while True:
                answer = await ask(settings.store.socket, "status")
                parts = answer["parts"]
                assert isinstance(parts, list)
                if len(parts) == 14 and {part["condition"] for part in parts} <= {"starting", "running"}:
                    break
        assert {part["part"] for part in parts} == {
            "engine:wake",
            "retention",
            "reports",
            "incidents",
            "announcements",
            "blocks",
            "support:INBOX",
            "support:backfill",
            "support:send",
            "watch",
            "configuration",
            "backend:embedded:write",
            "backend:embedded:read",
            "pipeline",
        }
        assert all(part["since"].startswith("20") for part in parts)
        assert await ask(settings.store.socket, "poke") == {"poked": True}
    with pytest.raises(NotRunningError):
        await ask(settings.store.socket, "status")


async def test_a_second_engine_on_the_same_store_is_refused_with_a_sentence(desk: DeskFolder) -> None:
    settings = desk.settings()
    async with gateway(settings) as first:
        with pytest.raises(ConfigError, match=r"another|already"):
            await run(settings)
        assert not first.done()
        assert (await ask(settings.store.socket, "poke")) == {"poked": True}, "the first one is not disturbed"
    async with gateway(settings):
        """And afterwards the store is free again."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_engine_in_order_and_is_given_back(desk: DeskFolder, number: int) -> None:
    heard: list[int] = []
    before = signal.signal(number, lambda number, frame: heard.append(number))
    try:
        async with gateway(desk.settings()) as running, asyncio.timeout(BOUND):
            os.kill(os.getpid(), number)
            await running
        assert heard == []
        assert not asyncio.get_running_loop().remove_signal_handler(number)
    finally:
        signal.signal(number, before)


async def test_what_was_under_way_at_a_crash_is_in_doubt_at_the_next_start(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    sink = SmtpSink()
    sink.answers["."] = [SILENCE]
    async with sink.running():
        desk.change(f"smtp_port = {mail.smtp_port}", f"smtp_port = {sink.port}")
        mail.deliver(DESK, plain(1))
        try:
            await desk.process.start()
            await until(lambda: sink.taken)
            await desk.process.kill()
            await desk.process.start()
            await desk.process.until(lambda: desk.process.count("effect.maybe_sent") == 1)
            assert await desk.process.stop() == 0
        finally:
            await desk.process.close()
    assert len(sink.taken) == 1, "it is never sent again by itself"


async def test_the_engine_ends_within_its_bound_though_a_server_hangs(desk: DeskFolder, mail: MailServer) -> None:
    sink = SmtpSink()
    sink.answers["."] = [SILENCE]
    async with sink.running():
        desk.change(f"smtp_port = {mail.smtp_port}", f"smtp_port = {sink.port}")
        desk.change("retry_base_secs", "shutdown_secs = 0.2\nretry_base_secs")
        mail.deliver(DESK, plain(1))
        await desk.process.start()
        try:
            await until(lambda: sink.taken)
            async with asyncio.timeout(BOUND):
                assert await desk.process.stop() == 0
        finally:
            await desk.process.close()
    assert desk.process.count("part.cut_off") == 1
    assert desk.process.count("engine.stopped") == 1


def checks(report: Report | GatewayError) -> dict[str, bool]:
    assert isinstance(report, Report)
    return {check.name: check.ok for check in report.checks}


async def test_a_live_check_reports_each_channel_and_the_backend(desk: DeskFolder, mail: MailServer) -> None:
    desk.second_channel()
    other = desk.process.folder / "other.password"
    other.touch(mode=0o600)
    other.write_text("wrong")
    desk.change(
        f'{SALES}"\npassword = {{ file = "mail.password" }}', f'{SALES}"\npassword = {{ file = "other.password" }}'
    )
    found = await check_live(desk.settings())
    assert list(found) == ["support", "sales", "backend"]
    assert all(checks(found["support"]).values())
    assert checks(found["sales"])["imap"] is False
    assert checks(found["backend"]) == {"desk": True}
    assert len(mail.inbox(DESK)) == 0


async def test_a_live_check_goes_on_after_whatever_cannot_be_opened(desk: DeskFolder) -> None:
    desk.second_channel()
    settings = desk.settings()
    support, sales = settings.channels

    def refusing(error: GatewayError) -> Any:
        @asynccontextmanager
        async def refuse(opening: Opening[Any]) -> AsyncIterator[Channel | TicketSystem]:
            raise error
            yield

        return refuse

    key = AuthError("the key was revoked")
    broken = replace(
        settings,
        channels=(replace(support, plugin=replace(support.plugin, open=refusing(key))), sales),
        backend=replace(
            settings.backend, plugin=replace(settings.backend.plugin, open=refusing(ConfigError("no such desk")))
        ),
    )
    found = await check_live(broken)
    assert found["support"] is key
    assert all(checks(found["sales"]).values())
    assert isinstance(found["backend"], ConfigError)


def test_the_backends_name_can_be_no_channels(desk: DeskFolder) -> None:
    assert desk.settings().backend.target == "backend:embedded"


OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"
[[brands.web]]
domain = "examplex.test"
[[brands.web]]
domain = "old-examplex.test"
until = 2025-12-31
[[brands.mail]]
address = "support@examplex.test"
[[brands.accounts]]
platform = "telegram"
handle = "examplex"
[[brands.accounts]]
platform = "telegram"
handle = "lin_of_examplex"
role = "staff"

[[brands]]
id = "sampla"
name = "Sampla"
[[brands.web]]
domain = "sampla.test"
"""


def test_a_text_names_the_brands_own_valid_accounts_and_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "official.toml"
    path.write_text(OFFICIAL)
    directory = load_directory(path)
    today = date(2026, 11, 20)
    assert set(official_accounts(directory, "examplex", today)) == {
        "examplex.test",
        "support@examplex.test",
        "@examplex on Telegram",
    }
    assert "old-examplex.test" in official_accounts(directory, "Examplex", date(2025, 12, 31))
    assert official_accounts(directory, "Nobody", today) == ()


def test_a_text_names_a_few_accounts_and_each_once(tmp_path: Path) -> None:
    path = tmp_path / "official.toml"
    sites = "".join(f'[[brands.web]]\ndomain = "examplex{number}.test"\n' for number in range(20))
    handles = "".join(
        f'[[brands.accounts]]\nplatform = "telegram"\nhandle = "examplex"\nid = "{number}"\n' for number in range(2)
    )
    path.write_text(f'[[brands]]\nid = "examplex"\nname = "Examplex"\n{sites}')
    assert len(official_accounts(load_directory(path), "Examplex", date(2026, 11, 20))) == 8
    path.write_text(f'[[brands]]\nid = "examplex"\nname = "Examplex"\n{handles}')
    assert official_accounts(load_directory(path), "Examplex", date(2026, 11, 20)) == ("@examplex on Telegram",)


async def test_a_running_gateway_shows_itself_by_http_and_counts_what_it_did(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    port = free_port()
    desk.add(f'\n[web]\nlisten = "127.0.0.1:{port}"\n')
    async with engine(desk.settings(), clock) as (_, store), httpx.AsyncClient(trust_env=False) as client:
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        base = f"http://127.0.0.1:{port}"
        assert (await client.get(f"{base}/healthz")).status_code == 200
        assert (await client.get(f"{base}/readyz")).status_code == 200
        shown = (await client.get(f"{base}/metrics")).text
        assert (await client.post(f"{base}/in/support", content=b"x")).status_code == 404
    assert 'gateway_raws_stored_total{source="support"} 1.0' in shown
    assert ANN not in shown


async def test_an_agents_answer_that_is_pushed_by_the_receiver_reaches_the_user(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    port, key = free_port(), b"k" * 32
    secret = desk.process.folder / "hook.secret"
    secret.write_text("whsec_" + base64.b64encode(key).decode())
    secret.chmod(0o600)
    async with HttpSink(key) as sink:
        desk.change('kind = "embedded"', f'kind = "webhook"\nurl = "{sink.url}"\nsecret = {{ file = "hook.secret" }}')
        desk.add(f'\n[web]\nlisten = "127.0.0.1:{port}"\n')
        async with engine(desk.settings(), clock) as (_, store), httpx.AsyncClient(trust_env=False) as client:
            mail.deliver(DESK, plain(1))
            (case,) = await cases(store, 1)
            answer = {
                "specversion": "1.0",
                "id": "agent-1",
                "source": "urn:desk",
                "type": "gatehouse.ticket.replied",
                "subject": case.id,
                "time": clock.now().isoformat(),
                "datacontenttype": "application/json",
                "data": {"ticket": "T-1", "text": "It has arrived.", "author": "Lin"},
            }
            body = json.dumps(answer).encode()
            for _ in range(2):
                pushed = await client.post(
                    f"http://127.0.0.1:{port}/in/backend",
                    content=body,
                    headers={"content-type": "application/cloudevents+json"} | sign(key, "agent-1", clock.now(), body),
                )
                assert pushed.status_code == 200, pushed.text
            got = await mail.wait_for(ANN, lambda found: b"It has arrived." in found.body, 10)
    assert case.id.encode() in got.body


async def changed(built: Engine, wanted: Callable[[], Any]) -> None:
    """Have the configuration read anew, and return when what is wanted holds."""
    RELOADS[built]()
    await until(wanted)


async def test_a_channel_that_is_added_starts_while_the_others_go_on(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, store):
        await until(lambda: "support:INBOX" in parts(built))
        before = parts(built)["support:INBOX"].since
        clock.advance(1)
        desk.second_channel()
        await changed(built, lambda: "sales:INBOX" in parts(built))
        mail.deliver(SALES, plain(1))
        (case,) = await cases(store, 1)
        seen = await view(store, case)
        assert {effect.target for effect in seen.effects} == {"backend:embedded", "sales"}
        assert parts(built)["support:INBOX"].since == before, "its neighbour was not touched"
        mail.deliver(DESK, plain(2))
        await cases(store, 2)


async def test_a_channel_that_is_taken_out_ends_and_what_it_brought_is_worked_on_when_it_comes_back(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    whole = desk.process.config.read_text()
    desk.second_channel()
    async with engine(desk.settings(), clock) as (built, store):
        await until(lambda: {"sales:INBOX", "support:INBOX"} <= set(parts(built)))
        two = desk.process.config.read_text()
        desk.process.config.write_text(whole)
        await changed(built, lambda: not any(name.startswith("sales") for name in parts(built)))
        mail.deliver(SALES, plain(1))
        mail.deliver(DESK, plain(2))
        await cases(store, 1)
        desk.process.config.write_text(two)
        await changed(built, lambda: "sales:INBOX" in parts(built))
        await cases(store, 2)


async def test_a_changed_directory_names_other_official_accounts_from_then_on(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, store):
        official = desk.process.folder / "official.toml"
        official.write_text(official.read_text() + '\n[[brands.mail]]\naddress = "payments@examplex.test"\n')
        await changed(built, lambda: "payments@examplex.test" in built.settings.directory.addresses)
        mail.deliver(DESK, plain(1))
        got = await mail.wait_for(ANN, from_us, BOUND)
        await cases(store, 1)
    assert b"payments@examplex.test" in got.body


async def test_a_changed_configuration_with_a_mistake_changes_nothing_and_is_shown(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, store):
        desk.add('\n[channels.sales]\nconnector = "emial"\n')
        await changed(built, lambda: parts(built).get("configuration") and parts(built)["configuration"].last_error)
        assert "1 problems" in parts(built)["configuration"].last_error
        mail.deliver(DESK, plain(1))
        await cases(store, 1)


async def test_what_needs_a_restart_is_named_and_not_taken(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, _):
        desk.change("retry_base_secs", "shutdown_secs = 3\nretry_base_secs")
        with structlog.testing.capture_logs() as logs:
            await changed(built, lambda: any(line["event"] == "configuration.restart_needed" for line in logs))
        (line,) = [line for line in logs if line["event"] == "configuration.restart_needed"]
        assert line["tables"] == ["engine"]
        assert built.settings.engine.shutdown_secs != 3


async def test_a_hangup_signal_has_the_configuration_read_anew(desk: DeskFolder) -> None:
    settings = desk.settings()
    async with gateway(settings):
        desk.second_channel()
        with structlog.testing.capture_logs() as logs:
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: any(line["event"] == "configuration.taken" for line in logs))
    assert [line["started"] for line in logs if line["event"] == "configuration.taken"] == [["sales"]]


async def test_after_trouble_of_the_store_the_gateway_goes_on_by_itself(
    desk: DeskFolder, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, trouble = SqlStore.claim_raws, [TransientError("the store did not answer"), NotOwnerError("lost")]

    async def troubled(store: SqlStore, *args: Any) -> Any:
        if trouble and await store.tally() and (await store.streams()):
            raise trouble.pop(0)
        return await claim(store, *args)

    monkeypatch.setattr(SqlStore, "claim_raws", troubled)
    monkeypatch.setattr(app, "RESUME", RetryPolicy(0.1, 0.1))
    settings = desk.settings()
    mail.deliver(DESK, plain(1))
    with structlog.testing.capture_logs() as logs:
        async with gateway(settings):
            await mail.wait_for(ANN, from_us, BOUND)
    assert [line["reason"] for line in logs if line["event"] == "engine.interrupted"] == [
        "the store did not answer",
        "lost",
    ]
    assert sum(line["event"] == "engine.started" for line in logs) == 3


def troubled_until(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the store fail every claim until the event is set."""
    claim, over = SqlStore.claim_raws, asyncio.Event()

    async def troubled(store: SqlStore, *args: Any) -> Any:
        if not over.is_set():
            raise TransientError("the store did not answer")
        return await claim(store, *args)

    monkeypatch.setattr(SqlStore, "claim_raws", troubled)
    monkeypatch.setattr(app, "RESUME", RetryPolicy(0.3, 0.3))
    return over


async def test_while_no_engine_runs_operators_probes_and_platforms_are_answered(
    desk: DeskFolder, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = troubled_until(monkeypatch)
    port = free_port()
    desk.add(f'\n[web]\nlisten = "127.0.0.1:{port}"\n')
    settings = desk.settings()
    async with gateway(settings), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        async with asyncio.timeout(BOUND):
            while (await seen_parts(settings)).get("engine", {}).get("last_error") != "the store did not answer":
                await asyncio.sleep(0.005)
            assert (await client.get("/healthz")).status_code == 200
            statuses = set()
            while 503 not in statuses:
                refused = await client.post("/in/backend", content=b"{}")
                statuses.add(refused.status_code)
            assert statuses <= {503, 404}, "404 while an engine runs: this backend has no door"
            over.set()
            while "pipeline" not in await seen_parts(settings):
                await asyncio.sleep(0.005)
            mail.deliver(DESK, plain(1))
            await mail.wait_for(ANN, from_us, BOUND)
            assert (await client.get("/readyz")).status_code == 200


async def seen_parts(settings: Settings) -> dict[str, Any]:
    """Return what the control socket tells of the parts."""
    answer = await ask(settings.store.socket, "status")
    parts = answer["parts"]
    assert isinstance(parts, list)
    return {part["part"]: part for part in parts}


async def test_a_store_that_does_not_answer_at_the_start_is_waited_for(
    desk: DeskFolder, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, trouble = app.open_store, [TransientError("the store did not answer")] * 2

    @asynccontextmanager
    async def troubled(*args: Any) -> AsyncIterator[SqlStore]:
        if trouble:
            raise trouble.pop()
        async with opened(*args) as store:
            yield store

    monkeypatch.setattr(app, "open_store", troubled)
    monkeypatch.setattr(app, "RESUME", RetryPolicy(0.1, 0.1))
    with structlog.testing.capture_logs() as logs:
        async with gateway(desk.settings()):
            mail.deliver(DESK, plain(1))
            await mail.wait_for(ANN, from_us, BOUND)
    assert sum(line["event"] == "store.awaited" for line in logs) == 2


async def test_a_configuration_that_changed_while_no_engine_ran_is_taken_by_the_next(
    desk: DeskFolder, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = troubled_until(monkeypatch)
    settings = desk.settings()
    async with gateway(settings):
        async with asyncio.timeout(BOUND):
            while "engine" not in await seen_parts(settings):
                await asyncio.sleep(0.005)
            desk.second_channel()
            assert await ask(settings.store.socket, "reload") == {"reloading": True}
            over.set()
            while "sales:INBOX" not in await seen_parts(settings):
                await asyncio.sleep(0.005)


async def test_a_changed_channel_is_still_read_while_it_is_started_anew(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    async with engine(desk.settings(), clock) as (built, store):
        await until(lambda: "support:INBOX" in parts(built))
        channels, seen = built._channels, []
        closing = channels.close

        async def close(name: str) -> None:
            await closing(name)
            seen.append("support" in channels.roles.normalizers)

        channels.close = close  # type: ignore[method-assign]
        desk.change("batch = 50", "batch = 49")
        await changed(built, lambda: seen)
        assert seen == [True], "what it left in the journal is no stranger's"
        await until(lambda: "support:INBOX" in parts(built))
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        channels.close = closing  # type: ignore[method-assign]


async def test_what_could_not_be_opened_is_tried_again_when_the_configuration_is_read_anew(
    desk: DeskFolder, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = desk.settings()
    (channel,) = settings.channels
    real, trouble = channel.plugin.open, [ConfigError("not yet")]

    @asynccontextmanager
    async def opened(opening: Opening[Any]) -> AsyncIterator[Channel]:
        if trouble:
            raise trouble.pop()
        async with real(opening) as found:
            yield found

    plugin = replace(channel.plugin, open=opened)
    settings = replace(settings, channels=(replace(channel, plugin=plugin),))
    async with engine(settings, clock) as (built, _):
        assert "support" in parts(built)
        await built.apply(settings)
        await until(lambda: "support:INBOX" in parts(built))
        assert "support" not in parts(built), "its refusal is forgotten"


async def test_a_backend_that_cannot_be_opened_is_no_trouble_of_the_store(desk: DeskFolder, clock: ManualClock) -> None:
    settings = desk.settings()

    @asynccontextmanager
    async def away(opening: Opening[Any]) -> AsyncIterator[TicketSystem]:
        raise TransientError("the ticket system is away")
        yield

    backend = replace(settings.backend, plugin=replace(settings.backend.plugin, open=away))
    with pytest.raises(ConfigError, match="ticket system is away"):
        async with engine(replace(settings, backend=backend), clock):
            pass


@pytest.mark.parametrize("mistake", ["\n[lgo]\n", "\nno toml at all ["])
async def test_the_status_of_a_running_gateway_is_shown_beside_the_mistakes_of_its_file(
    desk: DeskFolder, mistake: str
) -> None:
    settings = desk.settings()
    async with gateway(settings):
        async with asyncio.timeout(BOUND):
            while "pipeline" not in await seen_parts(settings):
                await asyncio.sleep(0.005)
        right = desk.process.config.read_text()
        desk.process.config.write_text(right + mistake)
        command = (sys.executable, "-m", "gateway", "status", "--json", "--config", str(desk.process.config))
        run = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        out, err = await run.communicate()
        desk.process.config.write_text(right)
    assert run.returncode == 0
    assert {part["part"] for part in json.loads(out)["parts"]} >= {"pipeline", "support:INBOX"}
    assert err, "and the mistakes are told"
