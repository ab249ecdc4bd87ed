"""Several folders of one mailbox, each a stream of its own, against a real Dovecot."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from connectors.email._utf7 import encode
from gateway.errors import ConfigError, TransientError
from gateway.ports import StreamId
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay
from tests.unit.test_email_mailbox import connected, drain, mail

pytest_plugins = ("tests.servers.dovecot_fixture",)
pytestmark = pytest.mark.dovecot

ODD = 'Поддержка 1 & "ok"'


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Return a server that takes two connections of a user, and writes a point between the levels of a folder."""
    server = Dovecot.start(tmp_path_factory.mktemp("small"), "mail_max_userip_connections = 2", separator=".")
    yield server
    server.stop()


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Return a fresh user with two folders beside the inbox."""
    name = f"{uuid.uuid4().hex}@example.test"
    with dovecot.imap(name) as line:
        for folder in (ODD, "Support/VIP Kunden"):
            assert line.create(spelled(folder))[0] == "OK"
    return name


def spelled(folder: str) -> str:
    return '"' + encode(folder).replace('"', '\\"') + '"'


async def test_each_folder_is_a_stream_with_a_cursor_of_its_own(dovecot: Dovecot, user: str) -> None:
    """C22: spaces, other alphabets, quotes and levels; the mails of one folder never show up in another."""
    folders = ("INBOX", ODD, "Support/VIP Kunden")
    for number, folder in enumerate(folders, 1):
        dovecot.append(mail(number), user, spelled(folder)[1:-1])
    async with connected(dovecot, user, folders=folders) as box:
        assert box.streams() == folders
        found = {stream: await drain(box, stream=stream) for stream in box.streams()}
    assert {stream: [raw.body for raw in raws] for stream, (raws, _) in found.items()} == {
        folder: [mail(number)] for number, folder in enumerate(folders, 1)
    }
    assert len({raw.key for raws, _ in found.values() for raw in raws}) == 3
    assert {raw.notes["folder"] for raws, _ in found.values() for raw in raws} == set(folders)
    async with connected(dovecot, user, folders=folders) as box:
        for stream, (_, cursor) in found.items():
            assert not (await box.fetch(stream, cursor)).items


async def test_folders_wait_for_news_side_by_side(dovecot: Dovecot, user: str) -> None:
    """One that waits in IDLE for minutes holds no other up; each takes one connection, made when it is first needed."""
    async with (
        Relay.open(dovecot.host, dovecot.imap_port) as relay,
        connected(dovecot, user, folders=("INBOX", ODD), idle_secs=900, imap_port=relay.port) as box,
    ):
        assert relay.connections == 0
        waits = [asyncio.create_task(box.fetch(stream, None)) for stream in box.streams()]
        await asyncio.to_thread(dovecot.append, mail(2), user, spelled(ODD)[1:-1])
        (second,) = (await waits[1]).items
        assert not waits[0].done()
        await asyncio.to_thread(dovecot.append, mail(1), user)
        (first,) = (await waits[0]).items
        assert relay.connections == 2
    assert (first.body, second.body) == (mail(1), mail(2))


async def test_a_folder_that_is_not_there_stops_no_other(dovecot: Dovecot, user: str) -> None:
    dovecot.append(mail(1), user)
    async with connected(dovecot, user, folders=("Suport", "INBOX")) as box:
        with pytest.raises(ConfigError, match=r"no folder Suport; its folders are: .*Support/VIP Kunden"):
            await box.fetch(StreamId("Suport"), None)
        raws, _ = await drain(box, stream=StreamId("INBOX"))
        report = await box.check()
    assert [raw.body for raw in raws] == [mail(1)]
    assert [(check.ok, "Suport" in check.detail) for check in report.checks if check.name == "folder"] == [
        (False, True),
        (True, False),
    ]


async def test_p29_a_server_that_refuses_one_connection_more_stops_that_folder_alone(small: Dovecot) -> None:
    """C24: two folders are read; the third waits its turn, and comes when a connection is free."""
    name = f"{uuid.uuid4().hex}@example.test"
    with small.imap(name) as line:
        for folder in ("A", "B"):
            line.create(folder)
        line.logout()
    for number, folder in enumerate(("INBOX", "A", "B")):
        small.append(mail(number), name, folder)
    async with connected(small, name, folders=("INBOX", "A", "B")) as box:
        read = [await drain(box, stream=stream) for stream in box.streams()[:2]]
        with pytest.raises(TransientError, match=r"no room for a further connection .*\[(LIMIT|UNAVAILABLE)\]"):
            await box.fetch(StreamId("B"), None)
        again = [await box.fetch(stream, cursor) for stream, (_, cursor) in zip(box.streams(), read, strict=False)]
    assert [len(raws) for raws, _ in read] == [1, 1]
    assert all(not page.items for page in again)
    async with connected(small, name, folders=("B",)) as box:
        assert [raw.body for raw in (await drain(box))[0]] == [mail(2)]


async def test_levels_are_written_with_a_slash_whatever_the_server_writes(small: Dovecot) -> None:
    name = f"{uuid.uuid4().hex}@example.test"
    with small.imap(name) as line:
        assert line.create(spelled("Support.VIP Kunden"))[0] == "OK"
        line.logout()
    small.append(mail(1), name, "Support.VIP Kunden")
    for folder in ("Support/VIP Kunden", "Support.VIP Kunden"):
        async with connected(small, name, folders=(folder,)) as box:
            raws, _ = await drain(box)
        assert [raw.body for raw in raws] == [mail(1)]
    async with connected(small, name, folders=("Support",)) as box:
        with pytest.raises(ConfigError, match="no folder Support;"):
            await box.fetch(StreamId("Support"), None)
