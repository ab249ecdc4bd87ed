"""The mail connector against a real Dovecot: first syncs, odd folders, renumbered and vanishing mail."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from connectors.email._utf7 import encode
from gateway.errors import AuthError
from gateway.ports import Connector, Cursor, Opening, Originals, Raw, StreamId
from tests.conftest import ManualClock
from tests.servers.dovecot import ODD_PASSWORD, ODD_USER, Dovecot

pytest_plugins = ("tests.servers.dovecot_fixture",)
pytestmark = pytest.mark.dovecot

WAIT = 30.0


@pytest.fixture
def user() -> str:
    return f"{uuid.uuid4().hex}@example.test"


@asynccontextmanager
async def connected(
    server: Dovecot,
    user: str,
    clock: ManualClock | None = None,
    originals: Originals | None = None,
    **changes: Any,
) -> AsyncIterator[Connector]:
    values: dict[str, Any] = {
        "address": user,
        "password": SecretStr(server.password),
        "imap_host": server.host,
        "imap_port": server.imap_port,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": 9,
        "smtp_security": "plain",
        "step_secs": 10,
        "idle_secs": 0.05,
    }
    settings = EmailSettings.model_validate(values | changes)
    opening = Opening("support", settings, clock or ManualClock(), originals=originals)
    async with asyncio.timeout(WAIT), PLUGIN.open(opening) as channel:
        yield channel.connector


async def drain(
    connector: Connector, cursor: Cursor | None = None, stream: StreamId | None = None
) -> tuple[list[Raw], Cursor | None]:
    raws: list[Raw] = []
    stream = stream or connector.streams()[0]
    while True:
        page = await connector.fetch(stream, cursor)
        if not page.items and not page.more:
            return raws, cursor
        raws += page.items
        cursor = page.cursor or cursor


def mail(number: int) -> bytes:
    return b"From: u%d@elsewhere.test\r\nSubject: * a ( b\r\n\r\nbody %d\r\n" % (number, number)


async def test_a_first_sync_of_many_mails_is_whole(dovecot: Dovecot, user: str) -> None:
    """C1, C2: more mails than the library can take the answers of at once."""
    sent = [mail(number) for number in range(1300)]
    await asyncio.to_thread(dovecot.fill, sent, user)
    async with connected(dovecot, user) as box:
        raws, cursor = await drain(box)
        assert cursor is not None
        await box.confirm(box.streams()[0], cursor)
    assert [raw.body for raw in raws] == sent
    with dovecot.imap(user) as line:
        line.select("INBOX", readonly=True)
        assert line.uid("SEARCH", "UNSEEN")[1] == [b""]


async def test_what_was_appended_comes_back_byte_for_byte(dovecot: Dovecot, user: str) -> None:
    """C13, C14: brackets, stars, braces and bytes that are no text, in header and body."""
    dice = random.Random(7)
    bits = [
        b"* URGENT ",
        b"help :(",
        b")",
        b"{12}",
        b"\xff\xfe",
        b'"',
        b"\r\n* BYE\r\n",
        b"+ ",
        b"\r\n.\r\n",
        b"=?utf-8?q?a=0A?=",
    ]
    sent = []
    for number in range(30):
        body = b"".join(dice.choice(bits) for _ in range(dice.randrange(20)))
        sent.append(b"From: u%d@elsewhere.test\r\nSubject: * a ( b\r\n\r\n%s\r\n" % (number, body))
    with dovecot.imap(user) as line:
        for raw in sent:
            line.append("INBOX", "", "", raw)
    async with connected(dovecot, user) as box:
        raws, _ = await drain(box)
    assert [raw.body for raw in raws] == sent
    assert all("reported_size" not in raw.notes for raw in raws)


async def test_a_recreated_folder_is_read_anew(dovecot: Dovecot, user: str) -> None:
    """C12: UIDs start again at one under another UIDVALIDITY; nothing is missed and no key is used twice."""
    with dovecot.imap(user) as line:
        line.create("Support")
        dovecot.append(mail(1), user, "Support")
        async with connected(dovecot, user, folders=("Support",)) as box:
            first, cursor = await drain(box)
        line.delete("Support")
        line.create("Support")
        dovecot.append(mail(2), user, "Support")
        dovecot.append(mail(3), user, "Support")
        async with connected(dovecot, user, folders=("Support",)) as box:
            second, _ = await drain(box, cursor)
    assert [raw.body for raw in (*first, *second)] == [mail(1), mail(2), mail(3)]
    assert len({raw.key for raw in (*first, *second)}) == 3


async def test_mail_removed_by_another_client_is_passed_over(dovecot: Dovecot, user: str) -> None:
    """C17: removed after this client has opened the folder."""
    await asyncio.to_thread(dovecot.fill, [mail(number) for number in range(1, 7)], user)
    async with connected(dovecot, user, batch=2) as box:
        first = await box.fetch(box.streams()[0], None)
        with dovecot.imap(user) as line:
            line.select("INBOX")
            line.uid("STORE", "3:4", "+FLAGS", "(\\Deleted)")
            line.expunge()
        rest, _ = await drain(box, first.cursor)
    assert [raw.body for raw in (*first.items, *rest)] == [mail(1), mail(2), mail(5), mail(6)]


async def test_a_folder_with_spaces_and_other_letters_is_read(dovecot: Dovecot, user: str) -> None:
    """C22."""
    name = 'Поддержка 1 & "ok"'
    with dovecot.imap(user) as line:
        spelled = encode(name).replace('"', '\\"')
        assert line.create(f'"{spelled}"')[0] == "OK"
        dovecot.append(mail(1), user, spelled)
    async with connected(dovecot, user, folders=(name,)) as box:
        assert box.streams() == (StreamId(name),)
        raws, _ = await drain(box)
    assert [raw.body for raw in raws] == [mail(1)]


async def test_a_password_that_must_be_quoted_logs_in(dovecot: Dovecot) -> None:
    async with connected(dovecot, ODD_USER, password=SecretStr(ODD_PASSWORD)) as box:
        assert (await box.fetch(box.streams()[0], None)).items == ()


async def test_a_wrong_password_is_an_auth_error(dovecot: Dovecot, user: str) -> None:
    async with connected(dovecot, user, password=SecretStr("wrong")) as box:
        with pytest.raises(AuthError):
            await box.fetch(box.streams()[0], None)


async def test_mail_delivered_during_idle_ends_the_wait(dovecot: Dovecot, user: str) -> None:
    """With minutes of idle_secs only the server's word can end the wait."""
    async with connected(dovecot, user, idle_secs=900) as box:
        waiting = asyncio.create_task(box.fetch(box.streams()[0], None))
        await asyncio.to_thread(dovecot.deliver, mail(1), user)
        (raw,) = (await waiting).items
    assert raw.body.endswith(mail(1))
    assert raw.lane == "u1@elsewhere.test"


async def test_a_large_mail_is_whole_and_a_larger_one_is_its_header(dovecot: Dovecot, user: str) -> None:
    large = mail(1) + b"x" * 76 * 1024 * 70
    larger = mail(2) + b"y" * 76 * 1024 * 90
    await asyncio.to_thread(dovecot.fill, [large, larger, mail(3)], user)
    async with connected(dovecot, user, max_mail_bytes=6 * 1024 * 1024) as box:
        raws, _ = await drain(box)
    assert [(raw.complete, raw.size) for raw in raws] == [
        (True, len(large)),
        (False, len(larger)),
        (True, len(mail(3))),
    ]
    assert raws[0].body == large
    assert raws[1].body == larger.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
