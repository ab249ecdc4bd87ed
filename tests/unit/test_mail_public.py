"""Mails that people collected elsewhere, good, bad and broken: each of them becomes a case.

They are found through GATEHOUSE_SHARED_DATA. A fixed fifth of them, with GATEHOUSE_FULL=1 all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.case import Message
from gateway.journal import State
from gateway.ports import DeliveryReport, Raw
from gateway.store import SqlStore
from normalizers.email import NORMALIZER
from tests.conftest import ManualClock
from tests.mail_cases import BATCH, CaseDesk, raw_of
from tests.mail_rules import check, message_of

SHARED = "GATEHOUSE_SHARED_DATA"
FULL = os.environ.get("GATEHOUSE_FULL") == "1"


def _found() -> list[Path]:
    place = os.environ.get(SHARED)
    if not place:
        pytest.skip(f"{SHARED} does not name the folder of the public mails")
    files = sorted((Path(place) / "eml").rglob("*.eml"))
    assert files, f"{SHARED} holds no mails"
    return files if FULL else files[::5]


@pytest.mark.timeout(600 if FULL else 60)
def test_every_public_mail_is_read() -> None:
    named = 0
    files = _found()
    for path in files:
        message = check(path.read_bytes())
        named += bool(message and message.sender.address)
    assert named > 0.9 * len(files)


@pytest.mark.timeout(900 if FULL else 60)
async def test_every_public_mail_becomes_a_case(store: SqlStore, clock: ManualClock) -> None:
    """Read, masked, assessed and decided on a real store: none is buried, and each is an entry of one case."""
    raws = [raw_of(path.stem, path.read_bytes()) for path in _found()]
    desk = CaseDesk(store, clock)
    for start in range(0, len(raws), BATCH):
        await desk.store_page(raws[start : start + BATCH])
    await desk.settle()
    states = (await store.tally()).raws
    assert {state: count for state, count in states.items() if count} == {State.SETTLED: len(raws)}
    # Of what is there twice byte for byte, but for its trace, the copy is no entry of its own.
    different = {_message(raw).content_key for raw in raws}
    assert len(await desk.entries()) == len(different)


def _message(raw: Raw) -> Message:
    (event,) = NORMALIZER.normalize(raw)
    assert isinstance(event, Message | DeliveryReport)
    return message_of(event)
