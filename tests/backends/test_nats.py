"""The NATS backend, on real servers: the contract on one, and none lost or doubled on three whose leader is killed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import RetentionPolicy, StorageType, StreamConfig

from gateway.backends.nats import PLUGIN
from gateway.backends.nats.backend import subject_of
from gateway.clock import SystemClock
from gateway.errors import AuthError, ConfigError, GatewayError, MalformedError, RejectedError, TransientError
from gateway.ports import FileRef, Key, Opening, Page, Raw, TicketAction, TicketEvent, TicketSystem
from gateway.sandbox.mail import MailServer
from gateway.testing.backends import CHECKS, Check, again, case_id, done, make_file, make_write, submit
from tests.backends import story
from tests.backends.nats_harness import ACTS, BUCKET, SEED, STREAM, NatsHarness, nats_harness, secrets_in
from tests.backends.nats_server import NatsServer, cluster, keys
from tests.backends.stream_flow import flow_into
from tests.backends.stream_harness import an_act
from tests.conftest import ManualClock
from tests.servers.tls import self_signed

SETTLE_SECS = 180.0
"""A cluster takes up to ten seconds to find another leader; twice, on a busy machine."""


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets_in(monkeypatch)


@pytest.fixture
async def harness(clock: ManualClock, tmp_path: Path) -> AsyncIterator[NatsHarness]:
    async with nats_harness(tmp_path / "nats", clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: NatsHarness) -> None:
    await check(harness)


@pytest.mark.timeout(3_600 if story.FULL else 600)
async def test_a_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users' mails become events while the gateway and the server are killed; agents' answers and files come back."""
    async with (
        nats_harness(tmp_path / "nats", SystemClock()) as harness,
        MailServer.start(password=story.PASSWORD) as server,
    ):
        # A case has one ticket by its name; what could be doubled here are its lines, which the audit counts.
        system = story.System(harness, lambda case: [case])
        await story.tell(story.Story(system, server, tmp_path / "desk"))


async def leader_of(servers: Sequence[NatsServer]) -> NatsServer:
    """Return the server that leads our stream, once one does."""
    async with asyncio.timeout(SETTLE_SECS):
        while True:
            for server in servers:
                if server.is_up and (name := await _leader_by(server)):
                    return servers[int(name[1:])]
            await asyncio.sleep(0.05)


async def _leader_by(server: NatsServer) -> str | None:
    client = Client()
    try:
        await client.connect(server.url, nkeys_seed_str=SEED, allow_reconnect=False, error_cb=_quietly)
        info = await client.jetstream(timeout=1).stream_info(STREAM)
    except (nats.errors.Error, OSError):
        return None
    finally:
        await client.close()
    cluster_ = info.cluster
    if cluster_ is None or cluster_.leader is None:
        return None
    caught_up = all(peer.current for peer in cluster_.replicas or ())
    return cluster_.leader if caught_up and len(cluster_.replicas or ()) == 2 else None


async def _quietly(error: Exception) -> None:
    pass


@pytest.mark.timeout(600)
async def test_a_cluster_whose_leader_dies_twice_loses_and_doubles_nothing(tmp_path: Path, clock: ManualClock) -> None:
    """Three nodes, each message on all; cases flow all the while, and stay in order."""
    servers = cluster(tmp_path, keys()[1])
    urls = [server.url for server in servers]
    settings = PLUGIN.settings.model_validate(
        {"servers": urls, "nkey_seed": {"env": "TEST_NATS_SEED"}, "replicas": 3, "timeout_secs": 2.0}
    )
    try:
        for server in servers:
            server.spawn()
        for server in servers:
            await server.ready()
        async with PLUGIN.open(Opening("desk", settings, clock)) as system:
            await made(system)
            async with (
                flow_into(system.backend, tmp_path, cases=60, writes=15) as flow,
                asyncio.timeout(SETTLE_SECS),
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(flow.come_in())
                tasks.create_task(flow.go_out())
                await flow.until(100)
                for _ in range(2):
                    leader = await leader_of(servers)
                    leader.kill()
                    await flow.until(100)
                    await leader.start()
            async with asyncio.timeout(SETTLE_SECS):
                # Well again once the servers have agreed on a leader.
                while not (await system.backend.check()).ok:
                    await asyncio.sleep(0)
        held = await held_by(servers)
        print(
            f"written {flow.settled}, held {len(held)}, longest wait {flow.longest_secs:.1f} s, {Counter(flow.errors)}"
        )
    finally:
        for server in servers:
            server.kill()
    wanted = {f"GH-AAAAA-{number:05d}" for number in range(60)}
    by_case = {name: [key for case, key in held if case == name] for name in wanted}
    assert by_case == {name: [f"{name}-{step}" for step in range(1, 16)] for name in wanted}
    assert len(held) == flow.settled == 900
    assert flow.errors, "the leader died and nobody noticed"


async def made(system: TicketSystem) -> None:
    """Let the backend's own setup make the streams, as soon as the cluster can."""
    assert system.setup is not None
    async with asyncio.timeout(SETTLE_SECS):
        while True:
            try:
                for step in await system.setup.plan(""):
                    await system.setup.make(step, "")
                if all(step.done for step in await system.setup.plan("")):
                    return
            except GatewayError:
                await asyncio.sleep(0.1)


async def held_by(servers: Sequence[NatsServer]) -> list[tuple[str, str]]:
    """Return case and key of every message in the stream, in order."""
    client = Client()
    await client.connect([server.url for server in servers], nkeys_seed_str=SEED, error_cb=_quietly)
    try:
        subscription = await _subscribed(client)
        held = []
        while True:
            try:
                messages = await subscription.fetch(200, timeout=2)
            except nats.errors.TimeoutError:
                return held
            events = [json.loads(message.data) for message in messages]
            held += [(event["subject"], event["data"]["key"]) for event in events]
            for message in messages:
                await message.ack()
    finally:
        await client.close()


async def _subscribed(client: Client) -> JetStreamContext.PullSubscription:
    """Return a reader of the whole stream; a cluster that still chooses its leader lets requests fall."""
    async with asyncio.timeout(SETTLE_SECS):
        while True:
            with suppress(nats.errors.TimeoutError):
                return await client.jetstream(timeout=5).pull_subscribe("gatehouse.case.>", stream=STREAM)


async def test_a_write_is_held_once_long_after_the_servers_memory_of_it(harness: NatsHarness) -> None:
    """The window in which a server knows a Msg-Id again is over, and still it takes no second one."""
    write = make_write()
    async with harness.desk() as js:
        await js.update_stream(StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], duplicate_window=0.1))
        async with harness.open() as system:
            ticket = await done(system.backend, write)
            seen = await js.publish("gatehouse.case.probe", b"{}", headers={"Nats-Msg-Id": "probe"})
            while seen.seq == (await js.publish("gatehouse.case.probe", b"{}", headers={"Nats-Msg-Id": "probe"})).seq:
                await asyncio.sleep(0.01)
            assert await done(system.backend, again(write)) == ticket
            assert await system.backend.find(again(write)) == ticket
        await js.purge_stream(STREAM, subject="gatehouse.case.probe")
    assert [item.key for item in await harness.held()] == [write.key]


async def test_two_gateways_may_share_a_stream_and_their_keys(harness: NatsHarness) -> None:
    """The same key means another write when the case is another."""
    one, other = make_write(1), replace(make_write(2), key=make_write(1).key)
    async with harness.open() as system:
        await done(system.backend, one)
        await done(system.backend, other)
    assert {item.case_id for item in await harness.held()} == {case_id(1), case_id(2)}


async def test_a_second_ticket_of_a_case_is_told_by_its_key(harness: NatsHarness) -> None:
    write = replace(make_write(), generation=2)
    async with harness.open() as system:
        assert await done(system.backend, write) == f"{case_id(1)}/2"
    (held,) = await harness.held()
    assert held.ticket == f"{case_id(1)}/2"


async def test_a_write_that_is_too_large_is_refused_alone(harness: NatsHarness) -> None:
    writes = [make_write(number) for number in (1, 2)]
    huge = replace(make_write(3, action=TicketAction.NOTE), note="x" * 1_100_000)
    async with harness.open() as system:
        answers = await submit(system.backend, [*writes, huge])
    assert isinstance(answers[huge.key].error, RejectedError)  # type: ignore[union-attr]
    assert len(await harness.held()) == 2


async def test_files_are_stored_once_and_read_by_any_client(harness: NatsHarness) -> None:
    """A repeated write stores no file again, and no chunk of an attempt is left."""
    write = replace(make_write(), files=(make_file("größe 提现.png", bytes(range(256)) * 3_000),))
    async with harness.open() as system:
        await done(system.backend, write)
        async with harness.desk() as js:
            before = (await js.stream_info(f"OBJ_{BUCKET}")).state
            await done(system.backend, again(write))
            assert (await js.stream_info(f"OBJ_{BUCKET}")).state.last_seq == before.last_seq
    assert await harness.files(case_id(1)) == [("größe 提现.png", bytes(range(256)) * 3_000)]
    assert before.messages == 7, "six chunks and what describes them"


async def test_a_file_whose_bytes_are_not_the_announced_ones_is_not_written(harness: NatsHarness) -> None:
    file = replace(make_file("a.png", b"x" * 300_000), sha256="0" * 64)
    write = replace(make_write(), files=(file,))
    async with harness.open() as system:
        answers = await submit(system.backend, [write])
    assert not isinstance(answers[write.key], TicketEvent)
    assert "announced" in str(answers[write.key].error)  # type: ignore[union-attr]
    assert await harness.held() == []
    async with harness.desk() as js:
        assert (await js.stream_info(f"OBJ_{BUCKET}")).state.messages == 0


async def test_agents_files_come_out_of_the_bucket_byte_for_byte(harness: NatsHarness) -> None:
    data = bytes(range(256)) * 2_000
    async with harness.open() as system:
        start = await first(system)
        await harness.answer(case_id(1), "here it is", [("größe.pdf", data), ("b.txt", b"")])
        (event,) = events(await rest(system, start))
        assert system.downloader is not None
        got = [
            b"".join([chunk async for chunk in system.downloader.open(FileRef(each.ref))]) for each in event.attached
        ]
        assert [each.name for each in event.attached] == ["größe.pdf", "b.txt"]
        assert got == [data, b""]
        with pytest.raises(RejectedError):
            [chunk async for chunk in system.downloader.open(FileRef("nowhere"))]


async def test_a_file_that_was_changed_in_the_bucket_is_refused(harness: NatsHarness) -> None:
    async with harness.open() as system:
        await harness.answer(case_id(1), "x", [("a.bin", b"y" * 200_000)])
        async with harness.desk() as js:
            info = await (await js.object_store(BUCKET)).get_info("desk/0/0")
            subject = f"$O.{BUCKET}.C.{info.nuid}"
            await js.purge_stream(f"OBJ_{BUCKET}", subject=subject)
            await js.publish(subject, b"z" * 131_072)
            await js.publish(subject, b"z" * 68_928)
        assert system.downloader is not None
        with pytest.raises(RejectedError, match="otherwise"):
            [chunk async for chunk in system.downloader.open(FileRef("desk/0/0"))]


async def first(system: TicketSystem) -> Any:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


async def rest(system: TicketSystem, after: Any) -> Page[Raw]:
    assert system.feed is not None
    return await system.feed.fetch(after)


def events(page: Page[Raw]) -> list[TicketEvent]:
    assert PLUGIN.normalizer is not None
    return [event for raw in page.items for event in PLUGIN.normalizer.normalize(raw)]  # type: ignore[misc]


async def test_what_bears_no_signature_is_told_and_takes_no_others_place(harness: NatsHarness) -> None:
    """Somebody who may publish, but lacks the secret, answers no user, nor keeps an agent's answer from one."""
    async with harness.open() as system:
        start = await first(system)
        await harness.publish(an_act("a1"), secret="another secret of twenty-four")
        await harness.publish(an_act("a1"))
        page = await rest(system, start)
    forged, genuine = page.items
    assert PLUGIN.normalizer is not None
    with pytest.raises(MalformedError, match="signature"):
        PLUGIN.normalizer.normalize(forged)
    assert [event.text for event in PLUGIN.normalizer.normalize(genuine)] == ["an answer"]  # type: ignore[union-attr]
    assert forged.key != genuine.key


async def test_unreadable_and_own_events_stop_nothing(harness: NatsHarness) -> None:
    async with harness.open() as system:
        start = await first(system)
        await harness.publish(an_act("a1", type="gatehouse.case.message"))
        await harness.publish(an_act("a2", source="urn:gatehouse"))
        await harness.publish(an_act("a3", subject="no case"))
        await harness.publish(an_act("a4"))
        await harness.publish(an_act("a4"))
        page = await rest(system, start)
    assert PLUGIN.normalizer is not None
    with pytest.raises(MalformedError):
        PLUGIN.normalizer.normalize(page.items[0])
    assert [raw.key for raw in page.items[1:]] == ["a4", "a4"], "a repetition that its key absorbs"


async def test_a_stream_that_threw_acts_away_unread_says_so_and_goes_on(harness: NatsHarness) -> None:
    async with harness.open() as system:
        start = await first(system)
        for number in range(3):
            await harness.publish(an_act(f"a{number}"))
        async with harness.desk() as js:
            await js.purge_stream(ACTS, keep=1)
        page = await rest(system, start)
        assert page.items[0].notes["flaw"].startswith("the stream threw acts away")
        assert [raw.key for raw in page.items[1:]] == ["a2"]
        assert not (await rest(system, page.cursor)).items


async def test_a_stream_made_anew_is_read_from_its_beginning(harness: NatsHarness) -> None:
    async with harness.open() as system:
        for number in range(3):
            await harness.publish(an_act(f"a{number}"))
        start = await first(system)
        async with harness.desk() as js:
            await js.delete_stream(ACTS)
            await js.add_stream(StreamConfig(name=ACTS, subjects=["gatehouse-desk.>"]))
        await harness.publish(an_act("b1"))
        page = await rest(system, start)
        assert "made anew" in page.items[0].notes["flaw"]
        assert [raw.key for raw in page.items[1:]] == ["b1"]


async def test_an_act_wakes_the_feed(clock: ManualClock, harness: NatsHarness) -> None:
    woken = asyncio.Event()
    settings = PLUGIN.settings.model_validate(harness.settings())
    opening = Opening("desk", settings, clock, wake=lambda stream: woken.set())
    async with PLUGIN.open(opening) as system:
        await first(system)
        await harness.publish(an_act("a1"))
        async with asyncio.timeout(10):
            await woken.wait()


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (StreamConfig(name=STREAM, subjects=["other.>"]), "does not take gatehouse.case.>"),
        (
            StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], retention=RetentionPolicy.WORK_QUEUE),
            "retention is not limits",
        ),
        (StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], storage=StorageType.MEMORY), "storage is memory"),
        (StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], max_age=3_600), "max_age is less than a day"),
        (StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], max_msgs=1_000), "discard to new"),
        (StreamConfig(name=STREAM, subjects=["gatehouse.case.>"], no_ack=True), "no_ack"),
    ],
)
async def test_check_names_what_is_wrong_with_a_stream(harness: NatsHarness, config: StreamConfig, told: str) -> None:
    async with harness.desk() as js:
        await js.delete_stream(STREAM)
        await js.add_stream(config)
    async with harness.open() as system:
        report = await system.backend.check()
    assert told in {check.name: check.detail for check in report.checks}["stream"]
    assert not report.ok


async def test_a_stream_that_is_full_is_waited_for(harness: NatsHarness) -> None:
    async with harness.desk() as js:
        info = await js.stream_info(STREAM)
        await js.update_stream(replace(info.config, max_msgs=1))
        async with harness.open() as system:
            await done(system.backend, make_write(1))
            write = make_write(2)
            answer = (await submit(system.backend, [write]))[write.key]
            assert "full" in str(answer.error)  # type: ignore[union-attr]
            await js.update_stream(replace(info.config, max_msgs=-1))
            await done(system.backend, write)
    assert len(await harness.held()) == 2


async def test_what_an_account_may_not_do_is_its_credentials_fault_at_once(harness: NatsHarness) -> None:
    """A server answers a forbidden publish with a word to the connection alone: nobody waits for the deadline."""
    harness.server.extra = ', permissions: { publish: { deny: ["gatehouse.case.>"] } }'
    harness.server.kill()
    await harness.server.start()
    write = make_write()
    async with harness.open() as system:
        async with asyncio.timeout(4):
            answer = (await submit(system.backend, [write]))[write.key]
        assert isinstance(answer.error, AuthError)  # type: ignore[union-attr]
        report = await system.backend.check()
    assert [check.name for check in report.checks if not check.ok] == ["write"]


async def test_no_credential_goes_over_a_line_that_is_not_encrypted(clock: ManualClock, harness: NatsHarness) -> None:
    """With tls:// a server that does not encrypt is told nothing."""
    address = f"tls://127.0.0.1:{harness.relay.port}"
    settings = PLUGIN.settings.model_validate({**harness.settings(), "servers": [address]})
    harness.relay.sent.clear()
    async with PLUGIN.open(Opening("desk", settings, clock)) as system:
        with pytest.raises(ConfigError, match="does not encrypt"):
            await system.backend.submit([make_write()])
    assert harness.relay.sent == b""


@pytest.mark.parametrize(
    ("users", "login"),
    [
        ('user: "ana", password: "opens"', {"user": "ana", "password": {"env": "TEST_NATS_WORD"}}),
        ('token: "opens"', {"token": {"env": "TEST_NATS_WORD"}}),
    ],
)
async def test_encrypted_lines_and_other_ways_to_log_in(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, users: str, login: dict[str, Any]
) -> None:
    """What the certificate does not vouch for is not spoken to; a wrong word is the credential's fault."""
    _, certificate = self_signed(tmp_path)
    server = NatsServer(tmp_path / "nats", "")
    server.authorization = (
        f"authorization {{ {users} }}\ntls {{ cert_file: '{certificate}', key_file: '{tmp_path / 'key.pem'}' }}"
    )
    given = {"servers": [f"tls://localhost:{server.port}"], "ca_file": certificate, "replicas": 1, **login}
    monkeypatch.setenv("TEST_NATS_WORD", "opens")
    await server.start()
    try:
        async with opened(clock, given) as system:
            await made(system)
            await done(system.backend, make_write())
            assert (await system.backend.check()).ok
        async with opened(clock, {**given, "ca_file": None}) as system:
            with pytest.raises(TransientError, match="certificate cannot be verified"):
                await system.backend.submit([make_write(2)])
        monkeypatch.setenv("TEST_NATS_WORD", "opens not")
        async with opened(clock, given) as system:
            with pytest.raises(AuthError) as caught:
                await system.backend.submit([make_write(2)])
            assert "opens" not in str(caught.value)
    finally:
        server.kill()


def opened(clock: ManualClock, given: dict[str, Any]) -> AbstractAsyncContextManager[TicketSystem]:
    return PLUGIN.open(Opening("desk", PLUGIN.settings.model_validate(given), clock))


async def test_setup_makes_what_is_missing_and_nothing_twice(harness: NatsHarness) -> None:
    async with harness.desk() as js:
        await js.delete_stream(STREAM)
    async with harness.open() as system:
        assert system.setup is not None
        steps = await system.setup.plan("")
        assert [(step.name, step.done) for step in steps] == [("stream", False), ("acts", True), ("files", True)]
        for _ in range(2):
            for step in steps:
                await system.setup.make(step, "")
        assert all(step.done for step in await system.setup.plan(""))
        assert (await system.backend.check()).ok


async def test_each_write_has_a_subject_of_its_own(harness: NatsHarness) -> None:
    writes = [make_write(1), make_write(1, step="b"), make_write(2)]
    assert len({subject_of("gatehouse", write) for write in writes}) == 3
    odd = replace(make_write(), key=Key("a b > * .\n größer"))
    async with harness.open() as system:
        await done(system.backend, odd)
        assert await system.backend.find(odd) == case_id(1)
    with pytest.raises(js_errors.NotFoundError):
        async with harness.desk() as js:
            await js.get_last_msg(STREAM, subject_of("gatehouse", writes[0]))
