"""Mails that people collected elsewhere, good, bad and broken: each of them becomes a case.

They are found through GATEHOUSE_SHARED_DATA. A fixed fifth of them, with GATEHOUSE_FULL=1 all.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Direction, Fact, Message
from gateway.casework import Policy
from gateway.journal import State
from gateway.judging import Judging, Stages
from gateway.pipeline import BatchSize, Pipeline
from gateway.ports import Cursor, DeliveryReport, Key, Raw, StreamId
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import parse_directory
from normalizers.email import NORMALIZER
from tests.builders import DESK
from tests.conftest import ManualClock
from tests.mail_rules import check, message_of
from tests.samples import mail

SHARED = "GATEHOUSE_SHARED_DATA"
FULL = os.environ.get("GATEHOUSE_FULL") == "1"
INBOX = StreamId("INBOX")
BATCH = 100
DIRECTORY = parse_directory(
    {
        "brands": [
            {"id": "examplex", "name": "Examplex", "mail": [{"address": DESK}], "web": [{"domain": "examplex.test"}]}
        ]
    }
)
POLICY = Policy(
    brand="Examplex",
    official=(DESK,),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({DESK}),
    sending=frozenset({"support"}),
    directory=DIRECTORY,
)


def _found() -> list[Path]:
    place = os.environ.get(SHARED)
    if not place:
        pytest.skip(f"{SHARED} does not name the folder of the public mails")
    files = sorted((Path(place) / "eml").rglob("*.eml"))
    assert files, f"{SHARED} holds no mails"
    return files if FULL else files[::5]


def _pipeline(store: SqlStore, clock: ManualClock) -> Pipeline:
    """Return all that lies between the journal and a decision, with nothing to ask outside."""

    async def gather(message: Message) -> tuple[Fact, ...]:
        return ()

    stages = Stages(
        {"support": NORMALIZER},
        gather,
        lambda known, now: assess(known.message, known.facts, DIRECTORY, now.date(), known.found),
        triage,
    )
    retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=1, bug_attempts=1)
    judging = Judging(stages, clock)
    return Pipeline(store, judging, lambda: POLICY, clock, retry, random.Random(5), BatchSize(raws=BATCH))


async def _cases(store: SqlStore) -> dict[str, str]:
    """Return the case of each raw that has one, by its key."""
    found: dict[str, str] = {}
    for case in await store.list_cases(None, 10_000):
        view = await store.case_view(case.id)
        assert view is not None
        found |= {each.message.provenance.key: case.id for each in view.file.entries if each.direction is Direction.IN}
    return found


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
    raws = [_raw(path) for path in _found()]
    for start in range(0, len(raws), BATCH):
        page = raws[start : start + BATCH]
        await store.put_page("support", INBOX, page, Cursor(str(start + len(page))))
    pipeline = _pipeline(store, clock)
    while await pipeline.step():
        pass
    states = (await store.tally()).raws
    assert {state: count for state, count in states.items() if count} == {State.SETTLED: len(raws)}
    cases = await _cases(store)
    copies = len(raws) - len({_message(raw).content_key for raw in raws})
    assert len(cases) == len(raws) - copies, [raw.key for raw in raws if raw.key not in cases]


def _raw(path: Path) -> Raw:
    raw = mail.raw_of(path.read_bytes())
    return replace(raw, key=Key(path.stem), lane=_message(raw).sender.address or path.stem)


def _message(raw: Raw) -> Message:
    (event,) = NORMALIZER.normalize(raw)
    assert isinstance(event, Message | DeliveryReport)
    return message_of(event)
