"""Large files of an answer: as links that open one file of one case for a while, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.downloads import Downloads, apart, plain_name, read
from gateway.answers.locales import LANGUAGES
from gateway.casework import Policy
from gateway.files import FileStore, OpenedFile, of_desk
from gateway.journal import EffectKind
from gateway.ports import Clock, Manners, ReplyFile
from gateway.settings.watching import WebTable
from gateway.store import SqlStore
from gateway.web.downloads import FilesApi
from gateway.web.server import Probes, serve
from tests.builders import case
from tests.conftest import ManualClock
from tests.contract.ingress_suite import SECS, Answer, Caller, Shot, head
from tests.unit.test_casework import NUMBER, POLICY, agent, past, run

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = b"d" * 32
PLACE = Downloads("https://desk.examplex.test/", timedelta(days=14), SECRET)


def a_file(size: int = 30_000_000, name: str = "statement.pdf", digest: str = "a" * 64) -> ReplyFile:
    return ReplyFile(name=name, media_type="application/pdf", sha256=digest, size=size)


def parts(link: str) -> list[str]:
    return urlsplit(link).path.split("/")[2:]


def test_a_link_opens_its_file_until_its_day() -> None:
    link = PLACE.link(NUMBER, a_file(), NOW)
    assert link.startswith(f"https://desk.examplex.test/files/{NUMBER}/")
    found = read(SECRET, *parts(link))
    assert found is not None
    assert (found.case_id, found.sha256, found.name) == (NUMBER, "a" * 64, "statement.pdf")
    assert found.until == NOW + timedelta(days=14)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "GH-BBBBB-BBBBB"),
        (1, str(int(NOW.timestamp()) + 10**8)),
        (2, "b" * 64),
        (3, ""),
        (3, "ö" * 24),
        (4, "invoice.exe"),
    ],
)
def test_no_part_of_a_link_can_be_another(place: int, value: str) -> None:
    given = parts(PLACE.link(NUMBER, a_file(), NOW))
    given[place] = value
    assert read(SECRET, *given) is None
    assert read(b"e" * 32, *parts(PLACE.link(NUMBER, a_file(), NOW))) is None


@given(st.lists(st.text(max_size=80), min_size=5, max_size=5))
def test_no_address_that_a_stranger_makes_up_is_a_link(given: list[str]) -> None:
    assert read(SECRET, *given) is None


@given(st.text(max_size=200))
def test_every_name_can_stand_in_an_address_and_on_a_disk(name: str) -> None:
    plain = plain_name(name)
    assert 0 < len(plain) <= 80
    assert not set(plain) & set('/\\\r\n\0:"<>|?*')
    assert not plain.startswith(".")


def test_the_kind_of_a_file_stays_in_its_name() -> None:
    assert plain_name("x" * 200 + ".pdf").endswith("xx.pdf")
    assert plain_name("对账单 2026.pdf") == "对账单 2026.pdf"
    assert plain_name("../../etc/passwd") == "_.._etc_passwd"
    assert plain_name("...") == "file"


@pytest.mark.parametrize(
    ("sizes", "most", "linked"),
    [([5, 5], 10, []), ([5, 6], 10, [6]), ([9, 1, 8], 10, [9]), ([20, 30], 10, [20, 30]), ([], 10, [])],
)
def test_the_largest_files_go_by_link_until_the_others_fit(sizes: list[int], most: int, linked: list[int]) -> None:
    files = [a_file(size, digest=f"{number:064x}") for number, size in enumerate(sizes)]
    with_it, by_link = apart(files, most)
    assert [file.size for file in by_link] == linked
    assert [file for file in files if file not in by_link] == list(with_it), "in their order"


def serving(policy: Policy = POLICY) -> Policy:
    return replace(policy, downloads=PLACE, manners={"support": Manners(files_bytes=20_000_000)})


def test_an_answer_bears_small_files_and_links_to_large_ones() -> None:
    small, large = a_file(1_000, "small.pdf", "b" * 64), a_file()
    event = agent().model_copy(update={"files": (small, large)})
    outcome = run(event, past(cases=(case(),)), policy=serving())
    (reply,) = [effect.reply for effect in outcome.effects if effect.kind is EffectKind.ANSWER]
    assert reply is not None
    assert reply.files == (small,)
    (link,) = [line for line in reply.text.splitlines() if line.startswith("https://")]
    assert read(SECRET, *parts(link)) is not None
    assert "statement.pdf (30.0 MB)" in reply.text
    assert reply.text.index("It has arrived.") < reply.text.index(link) < reply.text.index("\n-- \n")
    assert [each.name for each in outcome.entries[0].message.attachments] == ["small.pdf", "statement.pdf"]


@pytest.mark.parametrize(
    "policy",
    [POLICY, replace(serving(), downloads=None), replace(serving(), manners={})],
    ids=["neither", "no public address", "a channel that says nothing of sizes"],
)
def test_where_nothing_is_served_all_is_left_to_the_sender(policy: Policy) -> None:
    outcome = run(agent().model_copy(update={"files": (a_file(),)}), past(cases=(case(),)), policy=policy)
    (reply,) = [effect.reply for effect in outcome.effects if effect.kind is EffectKind.ANSWER]
    assert reply is not None
    assert reply.files == (a_file(),)
    assert "https://" not in reply.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_until_when(language: str) -> None:
    event = agent().model_copy(update={"files": (a_file(),)})
    outcome = run(event, past(cases=(case(language=language),)), policy=serving())
    reply = outcome.effects[0].reply
    assert reply is not None
    assert "2026-12-04" in reply.text


@asynccontextmanager
async def served(store: FileStore, clock: Clock, write_secs: float = 60) -> AsyncIterator[Caller]:
    async def none() -> Sequence[str]:
        return ()

    async def nothing() -> bytes:
        return b""

    async def put(*_: object) -> None:
        raise AssertionError("nothing is stored")

    table = WebTable.model_validate({"listen": "127.0.0.1:0"})
    api = FilesApi(store, SECRET, clock)
    async with serve(
        table, lambda name: None, put, Probes(none, nothing), clock, files=api, write_secs=write_secs
    ) as port:
        yield Caller(port)


async def fetch(caller: Caller, link: str, method: str = "GET") -> Answer:
    return await caller.call(Shot({}, b"", method), urlsplit(link).path)


async def kept(store: SqlStore, content: bytes, name: str = "statement.pdf") -> ReplyFile:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    made = a_file(len(content), name)
    found = await store.keep_file(of_desk(NUMBER), "placeholder", chunks(), 10**9)
    await store.keep_file(of_desk(NUMBER), found.sha256, chunks(), 10**9)
    return made.model_copy(update={"sha256": found.sha256})


async def test_a_file_is_given_out_whole_to_be_saved_and_never_shown(store: SqlStore, clock: ManualClock) -> None:
    content = bytes(range(256)) * 10_000
    file = await kept(store, content, "对账单.html")
    async with served(store, clock) as caller:
        answer = await fetch(caller, PLACE.link(NUMBER, file, clock.now()))
    assert (answer.status, answer.body) == (200, content)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment; filename*=utf-8''%E5%AF%B9%E8%B4%A6%E5%8D%95.html"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "no-store"
    assert headers["content-length"] == str(len(content))


async def test_each_download_is_in_the_log_of_openings(store: SqlStore, clock: ManualClock) -> None:
    file = await kept(store, b"%PDF")
    async with served(store, clock) as caller:
        for _ in range(2):
            await fetch(caller, PLACE.link(NUMBER, file, clock.now()))
    logged = await store.openings(None, 10)
    assert [(each.opened_by, each.reason) for each in logged] == [("download link", f"answer on {NUMBER}")] * 2


async def test_what_is_no_link_or_is_over_or_is_gone_is_not_given_out(
    store: SqlStore, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = await kept(store, b"%PDF")
    link = PLACE.link(NUMBER, file, clock.now())
    async with served(store, clock) as caller:
        assert (await fetch(caller, link, "POST")).status == 405
        assert (await fetch(caller, link.replace("statement", "invoice"))).status == 404
        assert (await fetch(caller, link.rpartition("/")[0])).status == 404
        assert (await fetch(caller, "https://desk.test/files/")).status == 404
        other = file.model_copy(update={"sha256": "0" * 64})
        assert (await fetch(caller, PLACE.link(NUMBER, other, clock.now()))).status == 404
        assert (await fetch(caller, PLACE.link("GH-BBBBB-BBBBB", file, clock.now()))).status == 404
        clock.advance(14 * 86_400 - 1)
        assert (await fetch(caller, link)).status == 200
        clock.advance(1)
        assert (await fetch(caller, link)).status == 410
    assert "statement" not in caplog.text


async def test_whoever_tries_many_is_asked_to_wait(store: SqlStore, clock: ManualClock) -> None:
    async with served(store, clock) as caller:
        found = [(await fetch(caller, PLACE.link(NUMBER, a_file(), clock.now()))).status for _ in range(21)]
    assert found == [404] * 20 + [429]


async def test_whoever_asks_whether_a_file_is_there_opens_none(store: SqlStore, clock: ManualClock) -> None:
    file = await kept(store, b"%PDF")
    async with served(store, clock) as caller:
        link = PLACE.link(NUMBER, file, clock.now())
        reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
        writer.write(head(Shot({"connection": "close"}, b"", "HEAD"), urlsplit(link).path))
        async with asyncio.timeout(SECS):
            answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b"\r\n\r\n"), "it has no body"
    assert not await store.openings(None, 10)


class EndlessFiles:
    """Stands for the part of the store that opens files: each waits to be let go, and none ends."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = 0
        self.ended = asyncio.Event()

    async def open_attachment(self, *_: object) -> OpenedFile:
        self.asked += 1
        await self.go.wait()
        return OpenedFile("a" * 64, 10**12, self._chunks())

    async def _chunks(self) -> AsyncIterator[bytes]:
        try:
            while True:
                await asyncio.sleep(0)
                yield bytes(2**20)
        finally:
            self.ended.set()


def asking(clock: ManualClock, client: str) -> Request:
    names = ("case", "until", "sha256", "proof", "name")
    given = dict(zip(names, parts(PLACE.link(NUMBER, a_file(), clock.now())), strict=True))
    return Request({"type": "http", "method": "GET", "headers": [], "client": (client, 1), "path_params": given})


@pytest.mark.parametrize(("clients", "granted", "refused"), [(60, 16, 503), (1, 4, 429)])
async def test_of_those_who_ask_at_the_same_moment_no_more_are_let_in_than_may_be(
    clock: ManualClock, clients: int, granted: int, refused: int
) -> None:
    files = EndlessFiles()
    api = FilesApi(files, SECRET, clock)  # type: ignore[arg-type]
    requests = [asking(clock, f"192.0.2.{number % clients}") for number in range(min(60, 20 * clients))]
    tasks = [asyncio.create_task(api.answer(each)) for each in requests]
    while files.asked + sum(task.done() for task in tasks) < len(tasks):
        await asyncio.sleep(0)
    files.go.set()
    answers: list[Response] = await asyncio.gather(*tasks)
    assert [each.status_code for each in answers] == [200] * granted + [refused] * (len(answers) - granted)


async def test_a_file_that_is_not_given_out_holds_no_place(store: SqlStore, clock: ManualClock) -> None:
    api = FilesApi(store, SECRET, clock)
    assert [(await api.answer(asking(clock, "192.0.2.1"))).status_code for _ in range(20)] == [404] * 20


async def test_a_reader_who_takes_nothing_is_let_go_and_its_place_is_free(clock: ManualClock) -> None:
    files = EndlessFiles()
    files.go.set()
    async with served(files, clock, write_secs=0.05) as caller, asyncio.timeout(SECS):  # type: ignore[arg-type]
        path = urlsplit(PLACE.link(NUMBER, a_file(), clock.now())).path
        for _ in range(6):
            files.ended.clear()
            with socket.create_connection(("127.0.0.1", caller.port)) as line:
                line.sendall(head(Shot({}, b"", "GET"), path, 0))
                await files.ended.wait()
    assert files.asked == 6, "none was refused because of those before"


@pytest.mark.parametrize("url", ["http://desk.examplex.test", "desk.examplex.test", "https://user@desk.test"])
def test_a_public_address_is_a_whole_one_over_tls(url: str) -> None:
    with pytest.raises(ValueError, match="write"):
        WebTable.model_validate({"public_url": url})
