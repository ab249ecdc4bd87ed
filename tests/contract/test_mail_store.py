"""What hostile mails become is kept as it is by both databases, neither of which takes every text."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from gateway.case import Message
from gateway.journal import State
from gateway.ports import DeliveryReport
from gateway.store import open_store
from gateway.trust.masking import clean
from normalizers.email import NORMALIZER
from tests.conftest import ManualClock
from tests.contract.conftest import SEALER, migrate
from tests.mail_cases import CaseDesk, raw_of
from tests.mail_rules import message_of
from tests.samples import mail
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

HOSTILE = ("bytes_", "words_", "names_", "charset_utf", "nul_", "header_", "html_broken", "html_entities", "outlook_")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
        return tmp_path / "gatehouse.db"
    server: Postgres = request.getfixturevalue("postgres")
    server.execute("CREATE DATABASE mails")
    asyncio.run(migrate(server.url("mails"), tmp_path / "blobs"))
    return server.url("mails")


async def test_p32_what_no_database_takes_is_in_no_case(place: str | Path, tmp_path: Path, clock: ManualClock) -> None:
    """NUL above all, in the subject, the text, addresses and file names: each mail is a case as it was read."""
    found = {name: body for name, body in mail.SAMPLES.items() if name.startswith(HOSTILE)}
    mails = {name: body.replace(b"<m1@", b"<%s@" % name.encode()) for name, body in found.items()}
    assert sum(b"\0" in body for body in mails.values()) >= 3
    async with open_store(place, tmp_path / "blobs", SEALER, clock) as store:
        desk = CaseDesk(store, clock)
        await desk.take(mails)
        assert {state for state, count in (await store.tally()).raws.items() if count} == {State.SETTLED}
        entries = await desk.entries()
    assert set(entries) == set(mails)
    for name, entry in entries.items():
        (event,) = NORMALIZER.normalize(raw_of(name, mails[name]))
        assert isinstance(event, Message | DeliveryReport)
        assert entry.message == clean(message_of(event), ()).message
        assert "\\u0000" not in entry.model_dump_json()
