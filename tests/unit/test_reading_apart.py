"""Reading in a process of its own gives what reading here gives; what brings it down is one item's trouble."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from pydantic import ValidationError

from gateway.case import AttachmentState, Fact, FactOutcome, Message, Triage
from gateway.errors import FaultError, MalformedError, TransientError
from gateway.ports import (
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    Fetched,
    MemberSeen,
    Moved,
    NormalizerPlugin,
    Pressed,
    Raw,
    Reachable,
    TicketEvent,
    Undelivered,
    Unknown,
    Wake,
)
from gateway.reading import Apart, Bounds, ReaderAwayError, worker
from gateway.reading.frames import EVENTS, JUDGEMENTS, READY, Events, Judge, Read, Setup, Task, get, packed, put, tagged
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


def _die(once: str) -> None:
    """Die: always, or only until a file says that it was done."""
    if not once or not Path(once).exists():
        if once:
            Path(once).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def explode(raw: Raw) -> Sequence[Event]:
    """Does in the reading process what the raw says."""
    match raw.body.partition(b" ")[0]:
        case b"hang":
            print("inside", flush=True)
            signal.pause()
        case b"grow":
            return [bytearray(1 << 20) for _ in range(1 << 20)]  # type: ignore[misc]
        case b"die" | b"once":
            _die(raw.body.partition(b" ")[2].decode())
        case b"print":
            print("between the frames")
        case b"malformed":
            raise MalformedError("nothing can be read")
        case b"fault":
            raise ValueError(PLANTED)
        case b"foreign":
            return (message("foreign", provenance=provenance(key="another's", source=raw.source)),)
        case b"ticket":
            known = provenance(key=raw.key, source=raw.source)
            return (TicketEvent(id="e", ticket="T", kind="solved", at=NOON, provenance=known),)
    return (message("ok", provenance=provenance(key=raw.key, source=raw.source)),)


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
    return replace(raw(words.partition(" ")[0]), source="bombs", body=words.encode(), size=len(words))


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
        assert judgement.triage == triage(each, facts, judgement.assessment)
    assert any(judgement.assessment.findings for judgement in found if not isinstance(judgement, Exception))


@pytest.mark.parametrize("words", ["hang", "grow", "die"])
async def test_what_brings_the_process_down_is_malformed_and_its_neighbours_are_read(bombs: None, words: str) -> None:
    bounds = Bounds(secs=2 if words == "hang" else 30, memory_bytes=400_000_000)
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
        MemberSeen(party=party(), place=party(), status="joined", message=message("5"), provenance=provenance()),
        Reachable(place=party(), can_send=True, status="member", provenance=provenance()),
        Moved(old=party(), new=party(), provenance=provenance()),
        DeliveryReport(message=message("4"), provenance=provenance()),
        Unknown(kind="k", provenance=provenance()),
    ]
    frame = EVENTS.dump_json(Events.model_construct(events=tagged(events)))
    assert [each.event for each in EVENTS.validate_json(frame).events] == events


@pytest.mark.parametrize(
    "event",
    [
        TicketEvent(id="e", ticket="T", kind="solved", at=NOON, provenance=provenance()),
        Wake(at=NOON, lane="l", reason="r"),
        Fetched(message_id="m", attachment_id="a", state=AttachmentState.STORED, provenance=provenance()),
        Undelivered(case_id="c", channel="x", to=party(), kind="answer", provenance=provenance()),
    ],
)
def test_what_is_not_a_readers_to_tell_comes_through_in_no_way(event: Event) -> None:
    with pytest.raises(KeyError):
        tagged([event])
    kind = {TicketEvent: "ticket_event", Wake: "wake", Fetched: "fetched"}.get(type(event), "undelivered")
    with pytest.raises(ValidationError):
        EVENTS.validate_json(f'{{"events": [{{"{kind}": {event.model_dump_json()}}}]}}')


FOREIGN = provenance(key="1:2")


@pytest.mark.parametrize(
    ("event", "own"),
    [
        (message("1"), True),
        (message("1", provenance=FOREIGN), False),
        (Edited(message=message("1")), True),
        (Edited(message=message("1", provenance=FOREIGN)), False),
        (Deleted(message_id="3", provenance=provenance()), True),
        (Deleted(message_id="3", provenance=provenance(source="other")), False),
        (Deleted(message_id="3", provenance=provenance(lane="other")), False),
        (Deleted(message_id="3", provenance=provenance().model_copy(update={"stream": "Sent"})), False),
        (DeliveryReport(message=message("1"), provenance=provenance()), True),
        (DeliveryReport(message=message("1"), provenance=FOREIGN), False),
        (DeliveryReport(message=message("1", provenance=FOREIGN), provenance=provenance()), False),
    ],
)
def test_an_event_is_of_the_raw_that_every_provenance_in_it_names(event: Event, own: bool) -> None:
    assert Events(events=tagged([event])).are_of(raw()) is own
    assert Events(events=(*tagged([message("1")]), *tagged([event]))).are_of(raw()) is own


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
    def fussy(seen: Message, facts: Sequence[Fact], *known: Any) -> Triage:
        if seen.text == PLANTED:
            raise ValueError(PLANTED)
        return triage(seen, facts, *known)

    monkeypatch.setattr(worker, "triage", fussy)
    asked = tuple((message(str(n), text=text), ()) for n, text in enumerate(("Hello", PLANTED)))
    well, bad = JUDGEMENTS.validate_json(get(answered(packed(Judge(asked, ON, 60)))))
    assert well.trouble is None
    assert all(0 < secs < 60 for secs in (well.assess_secs, well.triage_secs))
    assert bad.trouble is not None
    assert (bad.trouble.malformed, bad.trouble.reason) == (False, "ValueError")
    assert PLANTED not in bad.model_dump_json()


def test_a_raw_that_needs_too_much_memory_is_malformed_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(raw: Raw) -> Sequence[Event]:
        raise MemoryError

    monkeypatch.setattr(worker, "normalizer", lambda name: NormalizerPlugin(name, 1, grow))
    said = answered(packed(SETUP), packed(Read((bomb("x"),), 60)), b"x")
    assert get(said) == READY
    found = EVENTS.validate_json(get(said))
    assert found.trouble is not None
    assert found.trouble.malformed
    assert "more memory" in found.trouble.reason


Starts = Callable[..., "subprocess.Popen[bytes]"]


def start_instead(monkeypatch: pytest.MonkeyPatch, code: str, times: Sequence[int] = range(100)) -> None:
    """Start another program than the reader, at those of the times that one is started."""
    started: list[int] = []
    real: Starts = subprocess.Popen

    def popen(command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
        started.append(0)
        return real((sys.executable, "-c", code) if len(started) - 1 in times else command, **how)

    monkeypatch.setattr("gateway.reading.apart.subprocess.Popen", popen)


def says(*frames: bytes) -> str:
    """Return a program that is ready, says that and waits for its line to end."""
    words = b"".join(struct.pack(">Q", len(frame)) + frame for frame in (READY, *frames))
    return says_plainly(words)


def says_plainly(words: bytes) -> str:
    return f"import sys; o = sys.stdout.buffer; o.write({words!r}); o.flush(); sys.stdin.buffer.read()"


@pytest.mark.parametrize("how", ["no fork", "no start", "other words", "long words"])
async def test_that_no_reader_can_be_started_says_nothing_of_what_it_was_to_read(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_instead(
        monkeypatch,
        {
            "no start": "raise ImportError",
            "other words": says_plainly(struct.pack(">Q", 5) + b"maybe"),
            "long words": says_plainly(struct.pack(">Q", 1 << 62)),
        }.get(how, ""),
    )
    if how == "no fork":
        monkeypatch.setattr("sys.executable", "/nonexistent")
    apart = Apart(lambda: SETUP)
    with structlog.testing.capture_logs() as logs:
        try:
            found = await apart.read([bomb("one"), bomb("two")])
            judged = await apart.judge([(message("1"), ()), (message("2"), ())], ON)
        finally:
            await apart.close()
    assert [type(events) for events, _ in found] == [ReaderAwayError] * 2
    assert [type(each) for each in judged] == [ReaderAwayError] * 2
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["reader.refused"] * 2


async def test_a_normalizer_that_only_the_gateway_finds_says_nothing_of_what_was_to_be_read(bombs: None) -> None:
    apart = Apart(lambda: Setup({"bombs": "tests.nowhere"}, Directory("")))
    try:
        ((found, _),) = await apart.read([bomb("one")])
    finally:
        await apart.close()
    assert isinstance(found, ReaderAwayError)


async def test_one_that_may_have_ended_the_reader_is_read_nowhere_else_when_no_other_can_be_started(
    bombs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_instead(monkeypatch, "raise ImportError", times=range(1, 100))
    apart = Apart(lambda: SETUP)
    try:
        found = await apart.read([bomb("one"), bomb("die")])
    finally:
        await apart.close()
    assert [type(events) for events, _ in found] == [TransientError] * 2


async def test_a_reader_that_what_it_read_left_unfit_for_a_new_directory_is_replaced(
    bombs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_instead(monkeypatch, says(b"{}"), times=[0])
    now = [SETUP]
    apart = Apart(lambda: now[0], Bounds(secs=30))
    try:
        await apart.read([bomb("one")])
        now[0] = Setup(SETUP.normalizers, Directory(""))
        monkeypatch.setattr("gateway.reading.apart.START_SECS", 5.0)
        put_out(apart)
        ((found, _),) = await apart.read([bomb("malformed")])
    finally:
        await apart.close()
    assert isinstance(found, MalformedError)
    assert str(found) == "nothing can be read"


def put_out(apart: Apart) -> None:
    """Have the process be gone without anybody having looked."""
    process = apart._process
    assert process is not None
    process.kill()
    process.wait()
    process.poll = lambda: None  # type: ignore[method-assign]


async def test_a_raw_of_a_source_that_the_reader_does_not_know_is_left_to_others(apart: Apart) -> None:
    found = await apart.read([bomb("one"), replace(bomb("two"), source="gone"), bomb("malformed")])
    assert [type(events) for events, _ in found] == [tuple, ReaderAwayError, MalformedError]
    assert str(found[2][0]) == "nothing can be read"
    ((alone, _),) = await apart.read([replace(bomb("two"), source="gone")])
    assert isinstance(alone, ReaderAwayError)


async def test_what_the_reader_must_know_is_asked_on_the_loop_and_not_in_a_thread(bombs: None) -> None:
    asked: list[asyncio.AbstractEventLoop] = []

    def setup() -> Setup:
        asked.append(asyncio.get_running_loop())
        return SETUP

    apart = Apart(setup)
    try:
        ((found, _),) = await apart.read([bomb("one")])
    finally:
        await apart.close()
    assert not isinstance(found, Exception)
    assert asked


OWN = f'{{"message": {message("1").model_dump_json()}}}'.encode()


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b"no json",
        b'{"events": [{}]}',
        b'{"events": [%s]}' % OWN.replace(b"1:1", b"1:2"),
        b'{"events": [%s]}' % (OWN[:-1] + b', "deleted": {"message_id": "1", "provenance": %s}}'),
        b'{"events": [], "secs": -1}',
        b'{"events": [], "secs": Infinity}',
        b'{"trouble": {"malformed": true, "reason": "%s"}}' % (b"x" * 1001),
        b'{"trouble": {"malformed": false, "reason": "x", "places": "%s"}}' % (b"x" * 20_001),
    ],
)
async def test_an_answer_that_cannot_be_is_no_answer(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answer.replace(b"%s", provenance().model_dump_json().encode())
    start_instead(monkeypatch, says(answer))
    apart = Apart(lambda: SETUP)
    try:
        ((found, _),) = await apart.read([raw()])
    finally:
        await apart.close()
    assert isinstance(found, MalformedError)
    assert apart._process is None


async def test_what_a_reader_may_answer_is_taken_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    start_instead(monkeypatch, says(b'{"events": [%s]}' % OWN))
    apart = Apart(lambda: SETUP)
    try:
        ((found, _),) = await apart.read([raw()])
    finally:
        await apart.close()
    assert found == (message("1"),)


@pytest.mark.parametrize("length", [1 << 62, 256 * 1024 * 1024 + 1])
async def test_no_answer_is_longer_than_it_may_be(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words = struct.pack(">Q", len(READY)) + READY + struct.pack(">Q", length)
    start_instead(monkeypatch, says_plainly(words))
    apart = Apart(lambda: SETUP, Bounds(secs=600))
    try:
        ((found, _),) = await apart.read([raw()])
    finally:
        await apart.close()
    assert isinstance(found, MalformedError)


@pytest.mark.parametrize(("most", "times"), [(10, 0), (9, 1)])
async def test_all_answers_to_a_task_together_are_no_longer_than_they_may_be(
    most: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.reading.apart.MOST_BYTES", most)
    start_instead(monkeypatch, says(b"{   }", b"{   }"))
    apart = Apart(lambda: SETUP, Bounds(secs=600))
    with structlog.testing.capture_logs() as logs:
        try:
            found = await apart.read([raw(), raw()])
        finally:
            await apart.close()
    assert [events for events, _ in found] == [(), ()]
    assert sum(line["event"] == "reader.replaced" for line in logs) == times


@pytest.mark.parametrize("answer", [b"[]", b"[{}, {}]", b"[{}]" * 2, b"{}"])
async def test_there_is_a_judgement_for_each_message(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    start_instead(monkeypatch, says(answer))
    apart = Apart(lambda: SETUP)
    try:
        (found,) = await apart.judge([(message("1"), ())], ON)
    finally:
        await apart.close()
    assert isinstance(found, MalformedError)


async def test_an_event_of_another_raw_or_of_a_kind_that_is_not_the_readers_harms_its_own_raw_alone(
    apart: Apart,
) -> None:
    found = await apart.read([bomb("one"), bomb("foreign"), bomb("ticket"), bomb("four")])
    assert [type(events) for events, _ in found] == [tuple, MalformedError, FaultError, tuple]


async def test_the_reader_is_given_no_variable_that_it_does_not_need(
    bombs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", PLANTED)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    given: list[dict[str, str]] = []
    real: Starts = subprocess.Popen

    def popen(command: Sequence[str], *, env: dict[str, str], **how: Any) -> subprocess.Popen[bytes]:
        given.append(env)
        return real(command, env=env, **how)

    monkeypatch.setattr("gateway.reading.apart.subprocess.Popen", popen)
    apart = Apart(lambda: SETUP)
    try:
        await apart.read([bomb("one")])
    finally:
        await apart.close()
    assert PLANTED not in given[0].values()
    assert given[0]["PYTHONPATH"] == os.environ["PYTHONPATH"]
    assert given[0]["LC_ALL"] == "C.UTF-8"


GATEWAY = """
import asyncio, sys
from gateway.reading import Apart
from tests.unit.test_reading_apart import SETUP, bomb
async def main():
    apart = Apart(lambda: SETUP)
    await apart.read([bomb("one")])
    print(apart._process.pid, flush=True)
    await apart.read([bomb("hang")])
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends with its line, or when its time is over")
async def test_a_reader_ends_with_its_gateway_even_inside_a_bomb(bombs: None) -> None:
    """The reader holds the end of standard error that it got from its gateway: that ends when both are gone."""
    gateway = await asyncio.create_subprocess_exec(
        sys.executable, "-c", GATEWAY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert gateway.stdout is not None
    assert gateway.stderr is not None
    number = 0
    while not number:
        line = (await gateway.stdout.readline()).strip()
        number = int(line) if line.isdigit() else 0
    async for line in gateway.stderr:
        if line.strip() == b"inside":
            break
    gateway.kill()
    try:
        await asyncio.wait_for(gateway.stderr.read(), 10)
    except TimeoutError:
        os.kill(number, signal.SIGKILL)
        pytest.fail("the reader outlives its gateway")
    finally:
        await gateway.wait()


@pytest.mark.parametrize(
    "task", [Read((replace(bomb("hang"), body=b""),), 0.2), Judge(((message("1"), ()),) * 100_000, ON, 0.2)]
)
def test_a_reader_whose_time_is_over_ends_by_itself(bombs: None, task: Task) -> None:
    command = (sys.executable, "-m", "gateway.reading.worker", str(1 << 30), str(os.getpid()))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        put(process.stdin, [packed(SETUP)])
        assert get(process.stdout) == READY
        put(process.stdin, [packed(task), *([b"hang"] if isinstance(task, Read) else [])])
        assert process.stdout.read() == b""
    assert process.returncode == -signal.SIGALRM


def test_a_reader_of_a_gateway_that_is_gone_does_not_begin() -> None:
    command = (sys.executable, "-m", "gateway.reading.worker", str(1 << 30), "1")
    found = subprocess.run(command, input=b"", capture_output=True, check=False, timeout=30)
    assert found.returncode == 1
    assert b"the gateway is gone" in found.stderr


async def test_a_mail_is_not_blamed_for_a_process_that_somebody_else_ended(bombs: None, tmp_path: Path) -> None:
    """The first time that it is read the process dies, as it would by an operator's or the system's hand."""
    once = tmp_path / "once"
    apart = Apart(lambda: SETUP, Bounds(secs=30))
    try:
        (found,) = await apart.read([bomb(f"once {once}")])
    finally:
        await apart.close()
    assert once.exists()
    assert not isinstance(found[0], Exception)


@pytest.mark.parametrize("fault", [MalformedError("x" * 5000), FaultError("x" * 5000, "x" * 50_000)])
def test_a_long_reason_is_cut_and_the_time_of_a_task_ends_with_it(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(raw: Raw) -> Sequence[Event]:
        raise fault

    monkeypatch.setattr(worker, "normalizer", lambda name: NormalizerPlugin(name, 1, fail))
    said = answered(packed(SETUP), packed(Read((bomb("x"),), 60)), b"x")
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert get(said) == READY
    found = EVENTS.validate_json(get(said))
    assert found.trouble is not None
    assert len(found.trouble.reason) == 1000
