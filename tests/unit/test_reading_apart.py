"""Reading in a process of its own gives what reading here gives; what brings it down is one item's trouble."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from gateway.case import Fact, FactOutcome, Message, Triage
from gateway.errors import FaultError, MalformedError
from gateway.ports import (
    Deleted,
    Edited,
    Event,
    MemberSeen,
    NormalizerPlugin,
    Pressed,
    Raw,
    TicketEvent,
    Unknown,
    Wake,
)
from gateway.reading import Apart, Bounds, worker
from gateway.reading.frames import EVENTS, JUDGEMENTS, Events, Judge, Read, Setup, get, packed, put, tagged
from gateway.reading.worker import Reader
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, load_directory
from normalizers.email import NORMALIZER
from tests.builders import NOON, message, party, provenance, raw
from tests.mails import mixed

pytestmark = pytest.mark.timeout(60)

ON = date(2026, 3, 2)
SETUP = Setup({"support": "email", "bombs": "tests.bombs"}, Directory(""))
PLANTED = "a user's words"


def explode(raw: Raw) -> Sequence[Event]:
    """Does in the reading process what the raw says."""
    match raw.body.partition(b" ")[0]:
        case b"hang":
            signal.pause()
        case b"grow":
            return [bytearray(1 << 20) for _ in range(1 << 20)]  # type: ignore[misc]
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"print":
            print("between the frames")
        case b"malformed":
            raise MalformedError("nothing can be read")
        case b"fault":
            raise ValueError(PLANTED)
    return (message("ok"),)


BOMBS = NormalizerPlugin("tests.bombs", 1, explode)


@pytest.fixture
def bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reading process find that normalizer as it finds those of other packages: by an entry point."""
    info = tmp_path / "bombs-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bombs\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[gatehouse.normalizers]\ntests.bombs = {__name__}:BOMBS\n")
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{root}")


@pytest_asyncio.fixture
async def apart(bombs: None) -> AsyncIterator[Apart]:
    found = Apart(lambda: SETUP, Bounds(secs=30, memory_bytes=400_000_000))
    yield found
    await found.close()


def bomb(words: str) -> Raw:
    return replace(raw(words.replace(" ", "-")), source="bombs", body=words.encode(), size=len(words))


async def test_every_shape_of_mail_reads_as_it_does_here(apart: Apart) -> None:
    raws = [replace(raw(f"k{n}"), source="support", body=body, size=len(body)) for n, body in enumerate(mixed(48))]
    found = await apart.read(raws)
    assert [list(events) for events, _ in found if not isinstance(events, Exception)] == [
        list(NORMALIZER.normalize(each)) for each in raws
    ]
    assert all(secs > 0 for _, secs in found)


async def test_messages_are_judged_as_they_are_here(tmp_path: Path) -> None:
    official = tmp_path / "official.toml"
    official.write_text('[[brands]]\nid = "examplex"\nname = "Examplex"\n[[brands.web]]\ndomain = "examplex.test"\n')
    directory = load_directory(official)
    fact = Fact(kind="mail_auth", subject="mail.test", outcome=FactOutcome.COULD_NOT_CHECK)
    texts = ["My deposit is lost", "Is examp1ex.test yours?", "我的充值没有到账"]
    asked = [(message(str(n), text=text), (fact,)) for n, text in enumerate(texts)]
    apart = Apart(lambda: Setup({}, directory))
    try:
        found = await apart.judge(asked, ON)
    finally:
        await apart.close()
    for (each, facts), judgement in zip(asked, found, strict=True):
        assert not isinstance(judgement, Exception)
        assert judgement.assessment == assess(each, facts, directory, ON)
        assert judgement.triage == triage(each, facts)
    assert any(judgement.assessment.findings for judgement in found if not isinstance(judgement, Exception))


@pytest.mark.parametrize("words", ["hang", "grow", "die"])
async def test_what_brings_the_process_down_is_malformed_and_its_neighbours_are_read(bombs: None, words: str) -> None:
    bounds = Bounds(secs=5 if words == "hang" else 30, memory_bytes=400_000_000)
    apart = Apart(lambda: SETUP, bounds)
    try:
        first, second, third = await apart.read([bomb("one"), bomb(words), bomb("three")])
    finally:
        await apart.close()
    assert isinstance(second[0], MalformedError)
    assert "more" in str(second[0])
    assert [each.id for each in first[0] if isinstance(each, Message)] == ["mail:ok"]  # type: ignore[union-attr]
    assert [each.id for each in third[0] if isinstance(each, Message)] == ["mail:ok"]  # type: ignore[union-attr]


async def test_a_fault_is_told_by_its_class_and_places_and_what_cannot_be_read_by_its_reason(apart: Apart) -> None:
    (fault, _), (malformed, _) = await apart.read([bomb("fault"), bomb("malformed")])
    assert isinstance(fault, FaultError)
    assert str(fault) == "ValueError"
    assert "explode" in fault.places
    assert PLANTED not in fault.places
    assert isinstance(malformed, MalformedError)
    assert str(malformed) == "nothing can be read"


async def test_what_is_printed_gets_between_no_frames(apart: Apart) -> None:
    found = await apart.read([bomb("print"), bomb("two")])
    assert all(not isinstance(events, Exception) for events, _ in found)


async def test_one_process_works_on_and_learns_of_a_new_directory(bombs: None, tmp_path: Path) -> None:
    now = [SETUP]
    apart = Apart(lambda: now[0])
    with structlog.testing.capture_logs() as logs:
        try:
            await apart.read([bomb("one")])
            official = tmp_path / "official.toml"
            official.write_text('[[brands]]\nid = "examplex"\nname = "Examplex"\n')
            now[0] = Setup(SETUP.normalizers, load_directory(official))
            (found,) = await apart.judge([(message("1"), ())], ON)
        finally:
            await apart.close()
    assert not isinstance(found, Exception)
    assert found.assessment is not None
    assert found.assessment.directory == now[0].directory.digest
    assert sum(line["event"] == "reader.started" for line in logs) == 1


async def test_a_process_that_rests_is_ended_and_another_is_started_when_needed(bombs: None) -> None:
    apart = Apart(lambda: SETUP, Bounds(rest_secs=0.0))
    with structlog.testing.capture_logs() as logs:
        try:
            for _ in range(2):
                (found,) = await apart.read([bomb("one")])
                assert not isinstance(found[0], Exception)
                await apart.rested()
        finally:
            await apart.close()
    assert sum(line["event"] == "reader.started" for line in logs) == 2
    assert not any(line["event"] == "reader.replaced" for line in logs)


async def test_an_answer_that_nobody_waited_for_is_not_taken_for_the_next_one(bombs: None) -> None:
    apart = Apart(lambda: SETUP, Bounds(secs=30))
    try:
        await apart.read([bomb("one")])
        hanging = asyncio.create_task(apart.read([bomb("hang")]))
        await asyncio.sleep(0)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        (found,) = await apart.read([bomb("malformed")])
    finally:
        await apart.close()
    assert isinstance(found[0], MalformedError)


def test_every_kind_of_event_comes_through() -> None:
    events: list[Event] = [
        message("1"),
        Edited(message=message("2")),
        Deleted(message_id="3", provenance=provenance()),
        Pressed(sender=party(), data="x", provenance=provenance()),
        MemberSeen(party=party(), place=party(), status="joined", provenance=provenance()),
        TicketEvent(id="e", ticket="T", kind="solved", at=NOON, provenance=provenance()),
        Wake(at=NOON, lane="l", reason="r"),
        Unknown(kind="k", provenance=provenance()),
    ]
    frame = EVENTS.dump_json((Events.model_construct(events=tagged(events)),))
    (found,) = EVENTS.validate_json(frame)
    assert [each.event for each in found.events] == events


async def test_a_process_can_be_started_before_there_is_anything_to_do(bombs: None) -> None:
    apart = Apart(lambda: SETUP)
    with structlog.testing.capture_logs() as logs:
        try:
            apart.warm()
            (found,) = await apart.read([bomb("one")])
        finally:
            await apart.close()
    assert not isinstance(found[0], Exception)
    assert [line["event"] for line in logs] == ["reader.started"]


async def test_a_process_that_cannot_be_started_is_nobodys_end(bombs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent")
    apart = Apart(lambda: SETUP)
    apart.warm()
    await apart.close()


def test_the_process_ends_with_its_line_so_that_none_outlives_a_gateway_that_was_killed() -> None:
    whole = BytesIO()
    put(whole, [packed(Setup({"support": "email"}, Directory("")))])
    for line in (b"", whole.getvalue(), whole.getvalue()[:-1]):
        Reader(BytesIO(line), BytesIO()).run()


async def test_the_time_that_a_raw_took_is_told_whatever_came_of_it(apart: Apart) -> None:
    found = await apart.read([bomb("one"), bomb("fault"), bomb("malformed")])
    assert all(0 < secs < 60 for _, secs in found)


def test_a_process_is_told_anew_when_directory_or_normalizers_have_changed() -> None:
    same = Setup(dict(SETUP.normalizers), SETUP.directory)
    assert same.is_as(SETUP)
    assert not SETUP.is_as(None)
    assert not Setup({"support": "email"}, SETUP.directory).is_as(SETUP)
    assert not Setup(SETUP.normalizers, Directory("")).is_as(SETUP)


def answered(*parts: bytes) -> BytesIO:
    """Return what the process says to these frames, at its beginning."""
    line, said = BytesIO(), BytesIO()
    put(line, parts)
    Reader(BytesIO(line.getvalue()), said).run()
    return BytesIO(said.getvalue())


def test_a_fault_in_judging_is_its_messages_and_each_stage_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def fussy(seen: Message, facts: Sequence[Fact]) -> Triage:
        if seen.text == PLANTED:
            raise ValueError(PLANTED)
        return triage(seen, facts)

    monkeypatch.setattr(worker, "triage", fussy)
    asked = tuple((message(str(n), text=text), ()) for n, text in enumerate(("Hello", PLANTED)))
    well, bad = JUDGEMENTS.validate_json(get(answered(packed(Judge(asked, ON)))))
    assert well.trouble is None
    assert all(0 < secs < 60 for secs in (well.assess_secs, well.triage_secs))
    assert bad.trouble is not None
    assert (bad.trouble.malformed, bad.trouble.reason) == (False, "ValueError")
    assert PLANTED not in bad.model_dump_json()


def test_a_raw_that_needs_too_much_memory_is_malformed_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(raw: Raw) -> Sequence[Event]:
        raise MemoryError

    monkeypatch.setattr(worker, "normalizer", lambda name: NormalizerPlugin(name, 1, grow))
    ((found,),) = [EVENTS.validate_json(get(answered(packed(SETUP), packed(Read((bomb("x"),))), b"x")))]
    assert found.trouble is not None
    assert found.trouble.malformed
    assert "more memory" in found.trouble.reason
