"""Who reads and judges what: here, or in the process apart; and that a fault anywhere is one raw's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest

from gateway.case import Assessment, Fact, Message, Triage
from gateway.casework import Judged
from gateway.errors import ConfigError, FaultError, MalformedError
from gateway.journal import StoredRaw
from gateway.judging import LONG_CHARS, MAX_INTERRUPTIONS, THREAD_BYTES, Judging, Stages
from gateway.metrics import Metrics, Stage
from gateway.ports import DeliveryReport, Event, NormalizerPlugin, Raw, Unknown
from gateway.reading import Apart, Judgement, ReaderAwayError
from gateway.tracing import Facts, Origin, Tracer
from gateway.trust.masking import Clean
from tests.builders import message, provenance, raw
from tests.conftest import ManualClock

LONG = "x" * LONG_CHARS


class ScriptedApart:
    """Says what it was given, and does as the body or the text says."""

    def __init__(self) -> None:
        self.read_keys: list[str] = []
        self.judged_ids: list[str] = []

    async def read(self, raws: Sequence[Raw]) -> list[tuple[Sequence[Event] | Exception, float]]:
        self.read_keys += [each.key for each in raws]
        return [(_events(each), 0.25) for each in raws]

    async def judge(self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date) -> list[Any]:
        self.judged_ids += [each.id for each, _ in messages]
        return [
            FaultError("ValueError", "here")
            if "fault" in each.text
            else Judgement(assessment=Assessment(sender_reason="apart"), triage=Triage(language="de"), assess_secs=2.0)
            for each, _ in messages
        ]


def _events(each: Raw) -> Sequence[Event] | Exception:
    match each.body.partition(b" ")[0]:
        case b"malformed":
            return MalformedError("nothing in it")
        case b"fault":
            return FaultError("KeyError", "there")
        case b"two":
            return (message(f"{each.key}-1"), message(f"{each.key}-2", text=LONG))
        case b"none":
            return (Unknown(kind="k", provenance=provenance()),)
        case b"report":
            return (DeliveryReport(message=message(each.key), provenance=provenance()),)
    return (message(each.key, text=each.body.decode()),)


def _read(each: Raw) -> Sequence[Event]:
    found = _events(each)
    if isinstance(found, Exception):
        raise found
    return found


class Counting(Metrics):
    def __init__(self) -> None:
        self.took: list[tuple[Stage, float]] = []

    def stage_took(self, stage: Stage, secs: float) -> None:
        self.took.append((stage, secs))


class Tracing(Tracer):
    def __init__(self) -> None:
        self.told: list[tuple[Stage, str, datetime, datetime]] = []

    def took(self, stage: Stage, origin: Origin, began: datetime, ended: datetime, facts: Facts) -> None:
        self.told.append((stage, origin.key, began, ended))


class Bench:
    def __init__(self, clock: ManualClock, apart: ScriptedApart | None) -> None:
        async def gather(seen: Message) -> tuple[Fact, ...]:
            if "no facts" in seen.text:
                raise ValueError("gathering")
            return ()

        def assess(seen: Clean, now: datetime) -> Assessment:
            self.assessed.append(seen.message.id)
            if "bad" in seen.message.text:
                raise ValueError("assessing")
            return Assessment(sender_reason="here")

        def read(each: Raw) -> Sequence[Event]:
            self.read.append((each.key, threading.get_ident()))
            return _read(each)

        self.names = {
            "mail": NormalizerPlugin("mail", 1, read, apart=True),
            "chat": NormalizerPlugin("chat", 1, read),
        }
        self.read: list[tuple[str, int]] = []
        self.assessed: list[str] = []
        self.metrics, self.tracer = Counting(), Tracing()
        stages = Stages(self.names, gather, assess, lambda seen, facts, found: Triage())
        self.judging = Judging(stages, clock, self.metrics, self.tracer, cast(Apart, apart) if apart else None)

    async def judge(self, *items: tuple[str, str]) -> list[list[Judged] | Exception]:
        claimed = [
            StoredRaw(number, raw(f"k{number}", body=body.encode(), source=source), 1)
            for number, (source, body) in enumerate(items)
        ]
        return await self.judging.judge(claimed)


def reasons(judged: list[Judged] | Exception) -> list[str]:
    assert not isinstance(judged, Exception)
    return [each.assessment.sender_reason if each.assessment is not None else "" for each in judged]


async def test_what_could_be_a_bomb_is_read_apart_and_all_else_here_each_in_its_place(clock: ManualClock) -> None:
    apart = ScriptedApart()
    bench = Bench(clock, apart)
    found = await bench.judge(("mail", "a"), ("chat", "b"), ("mail", "c"), ("chat", "d"))
    assert apart.read_keys == ["1:k0", "1:k2"]
    assert [each[0].event.id for each in found if not isinstance(each, Exception)] == [  # type: ignore[union-attr]
        f"mail:1:k{number}" for number in range(4)
    ]


async def test_long_texts_are_judged_apart_and_short_ones_here(clock: ManualClock) -> None:
    apart = ScriptedApart()
    bench = Bench(clock, apart)
    found = await bench.judge(("mail", "two"), ("chat", LONG), ("chat", "short"))
    assert apart.judged_ids == ["mail:1:k0-2", "mail:1:k1"]
    assert [reasons(each) for each in found] == [["here", "apart"], ["apart"], ["here"]]
    assert (Stage.ASSESS, 2.0) in bench.metrics.took


async def test_without_a_process_apart_all_is_done_here(clock: ManualClock) -> None:
    found = await Bench(clock, None).judge(("mail", "two"), ("chat", LONG))
    assert [reasons(each) for each in found] == [["here", "here"], ["here"]]


@pytest.mark.parametrize("source", ["mail", "chat"])
@pytest.mark.parametrize("body", ["fault", "bad", "no facts", "fault " + LONG])
async def test_a_fault_is_one_raws(clock: ManualClock, source: str, body: str) -> None:
    bench = Bench(clock, ScriptedApart())
    first, second, third = await bench.judge((source, "a"), (source, body), (source, "c"))
    assert isinstance(second, Exception)
    assert reasons(first) == reasons(third) == ["here"]


@pytest.mark.parametrize("source", ["mail", "chat"])
async def test_what_cannot_be_read_stands_as_a_message_that_names_it(clock: ManualClock, source: str) -> None:
    (found,) = await Bench(clock, ScriptedApart()).judge((source, "malformed"))
    assert not isinstance(found, Exception)
    event = found[0].event
    assert isinstance(event, Message)
    assert event.id == f"raw:{source}:1:k0"
    assert event.notes[0].detail == "nothing in it"


async def test_what_holds_no_message_is_passed_on_unjudged_and_a_reports_message_is_judged(clock: ManualClock) -> None:
    none, report = await Bench(clock, ScriptedApart()).judge(("mail", "none"), ("mail", "report"))
    assert reasons(none) == [""]
    assert reasons(report) == ["here"]


async def test_what_goes_apart_is_neither_read_nor_judged_here_too(clock: ManualClock) -> None:
    bench = Bench(clock, ScriptedApart())
    await bench.judge(("mail", "two"), ("chat", LONG), ("chat", "short"))
    assert [key for key, _ in bench.read] == ["1:k1", "1:k2"], "a bomb must not go off here"
    assert bench.assessed == ["mail:1:k0-1", "mail:1:k2"]


async def test_much_to_read_here_does_not_hold_up_the_loop(clock: ManualClock) -> None:
    bench = Bench(clock, None)
    half = "x" * (THREAD_BYTES // 2)
    await bench.judge(("chat", half), ("chat", half[1:]))
    assert {thread for _, thread in bench.read} == {threading.get_ident()}
    bench.read.clear()
    await bench.judge(("chat", half), ("chat", half))
    assert len(bench.read) == 2
    assert threading.get_ident() not in {thread for _, thread in bench.read}


def stored(source: str, interrupted: int = 0) -> StoredRaw:
    return StoredRaw(1, raw("k", body=b"a", source=source), 1, interrupted)


@pytest.mark.parametrize("source", ["mail", "chat"])
async def test_what_stopped_the_gateway_too_often_is_read_nowhere_any_more(clock: ManualClock, source: str) -> None:
    apart = ScriptedApart()
    bench = Bench(clock, apart)
    last, given_up = await bench.judging.judge(
        [stored(source, MAX_INTERRUPTIONS - 1), stored(source, MAX_INTERRUPTIONS)]
    )
    assert not isinstance(last, Exception)
    assert not isinstance(given_up, Exception)
    assert last[0].event.id == "mail:1:k"  # type: ignore[union-attr]
    assert given_up[0].event.id == f"raw:{source}:1:k"  # type: ignore[union-attr]
    assert len(bench.read) + len(apart.read_keys) == 1


async def test_a_raw_of_a_channel_that_is_no_more_waits_until_it_is_named_again(clock: ManualClock) -> None:
    gone, known = await Bench(clock, ScriptedApart()).judging.judge([stored("gone"), stored("mail")])
    assert isinstance(gone, ConfigError)
    assert not isinstance(known, Exception)


@pytest.mark.parametrize(
    ("sources", "apart", "wanted"),
    [
        (["chat", "mail"], True, True),
        (["chat"], True, False),
        (["mail"], False, False),
        (["gone"], True, False),
        ([], True, False),
    ],
)
def test_only_what_another_process_reads_goes_apart(
    clock: ManualClock, sources: list[str], apart: bool, wanted: bool
) -> None:
    bench = Bench(clock, ScriptedApart() if apart else None)
    assert bench.judging.goes_apart([stored(source) for source in sources]) is wanted


async def test_what_was_done_apart_stands_in_the_trace_with_its_time(clock: ManualClock) -> None:
    bench = Bench(clock, ScriptedApart())
    await bench.judge(("mail", LONG))
    now = clock.now()
    assert bench.tracer.told == [
        (Stage.NORMALIZE, "1:k0", now - timedelta(seconds=0.25), now),
        (Stage.ASSESS, "1:1:k0", now - timedelta(seconds=2), now),
        (Stage.TRIAGE, "1:1:k0", now, now),
    ]


@pytest.mark.parametrize("judgement", [Judgement(assessment=Assessment()), Judgement(triage=Triage())])
async def test_a_judgement_without_its_parts_is_a_fault_of_its_raw(clock: ManualClock, judgement: Judgement) -> None:
    class Half(ScriptedApart):
        async def judge(self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date) -> list[Any]:
            return [judgement for _ in messages]

    half, whole = await Bench(clock, Half()).judge(("mail", LONG), ("mail", "short"))
    assert isinstance(half, LookupError)
    assert reasons(whole) == ["here"]


@pytest.mark.parametrize("body", ["malformed", "a"])
async def test_a_channel_that_goes_while_its_raw_is_read_apart_harms_nobody(clock: ManualClock, body: str) -> None:
    bench = Bench(clock, apart := ScriptedApart())
    reading = apart.read

    async def read(raws: Sequence[Raw]) -> list[tuple[Sequence[Event] | Exception, float]]:
        found = await reading(raws)
        bench.names.clear()
        return found

    apart.read = read  # type: ignore[method-assign]
    (found,) = await bench.judge(("mail", body))
    assert reasons(found) == ["here"]


class Away(ScriptedApart):
    """Does not start: says so of whatever holds that word."""

    async def read(self, raws: Sequence[Raw]) -> list[tuple[Sequence[Event] | Exception, float]]:
        found = await super().read(raws)
        return [
            (ReaderAwayError("not there"), 0.0) if b"away" in each.body else one
            for each, one in zip(raws, found, strict=True)
        ]

    async def judge(self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date) -> list[Any]:
        found = await super().judge(messages, on)
        return [
            ReaderAwayError("not there") if "away" in each.text else one
            for (each, _), one in zip(messages, found, strict=True)
        ]


async def test_what_no_reader_has_tried_is_read_and_judged_here_and_not_on_the_loop(clock: ManualClock) -> None:
    bench = Bench(clock, Away())
    texts = (f"1 {LONG}", f"2 away {LONG}", "malformed away", f"3 {LONG}", f"4 away {LONG}")
    found = await bench.judge(*(("mail", text) for text in texts))
    assert [reasons(each) for each in found] == [["apart"], ["here"], ["here"], ["apart"], ["here"]]
    assert [each[0].event.id for each in found if not isinstance(each, Exception)] == [  # type: ignore[union-attr]
        "mail:1:k0",
        "mail:1:k1",
        "raw:mail:1:k2",
        "mail:1:k3",
        "mail:1:k4",
    ]
    assert [key for key, _ in bench.read] == ["1:k1", "1:k2", "1:k4"]
    assert threading.get_ident() not in {thread for _, thread in bench.read}
