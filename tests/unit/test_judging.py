"""Who reads and judges what: here, or in the process apart; and that a fault anywhere is one raw's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

import pytest

from gateway.case import Assessment, Fact, Message, Triage
from gateway.casework import Judged
from gateway.errors import FaultError, MalformedError
from gateway.journal import StoredRaw
from gateway.judging import LONG_CHARS, Judging, Stages
from gateway.metrics import Metrics, Stage
from gateway.ports import DeliveryReport, Event, NormalizerPlugin, Raw, Unknown
from gateway.reading import Apart, Judgement
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


class Bench:
    def __init__(self, clock: ManualClock, apart: ScriptedApart | None) -> None:
        async def gather(seen: Message) -> tuple[Fact, ...]:
            if "no facts" in seen.text:
                raise ValueError("gathering")
            return ()

        def assess(seen: Message, facts: Sequence[Fact], now: datetime) -> Assessment:
            if "bad" in seen.text:
                raise ValueError("assessing")
            return Assessment(sender_reason="here")

        names = {
            "mail": NormalizerPlugin("mail", 1, _read, apart=True),
            "chat": NormalizerPlugin("chat", 1, _read),
        }
        self.metrics = Counting()
        stages = Stages(names, gather, assess, lambda seen, facts: Triage())
        self.judging = Judging(stages, clock, self.metrics, apart=cast(Apart, apart) if apart else None)

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
