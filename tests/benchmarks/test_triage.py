"""What triage costs: CPU of one message, memory of its data, and the first message in each language."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from gateway.case import Assessment, Message
from gateway.memory import settle
from gateway.triage import default_rules, triage
from gateway.triage.deciding import decide
from gateway.triage.entities import find_in
from gateway.triage.language import Guess, detect
from gateway.triage.scoring import score
from tests.benchmarks.meter import median
from tests.benchmarks.node import ROOT
from tests.benchmarks.report import Section, Target
from tests.triage_eval import LEARN, message, rows

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 5
MICROS = 1e6
MIB = 2**20
NOT_ASSESSED = Assessment()

DATA = """
import gc
import resource
from gateway.memory import give_back
give_back()
from gateway.triage import default_rules, triage
from tests.triage_eval import LEARN, message, rows

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

messages = [message(row) for row in rows("learn")]
before = resident()
for each in messages:
    triage(each, ())
print(resident() - before)
"""


def test_triage_of_a_message() -> None:
    messages = [message(row) for row in rows(LEARN)]
    section = Section("triage", f"{len(messages)} labelled messages in 14 languages, {ROUNDS} rounds; the best of each")
    began = time.process_time()
    for each in messages:
        triage(each, ())
    first = time.process_time() - began
    settle()
    rules = default_rules()
    guesses = {each.id: detect(f"{each.subject}\n{each.text}") for each in messages}
    entities = {each.id: find_in(each) for each in messages}

    def of(each: Message) -> Guess:
        return guesses[each.id]

    steps: dict[str, Callable[[Message], object]] = {
        "all": lambda each: triage(each, ()),
        "language": lambda each: detect(f"{each.subject}\n{each.text}"),
        "entities": find_in,
        "terms": lambda each: score(each, of(each), rules),
        "terms, rules and reasons": lambda each: decide(each, (), NOT_ASSESSED, of(each), entities[each.id], rules),
    }
    for name, step in steps.items():
        target = Target(200, at_least=False) if name == "all" else None
        section.add(f"{name}, median", median(costs(step, messages)), " µs", target)
    long = [each for each in messages if 150 <= len(each.subject) + len(each.text) <= 250]
    section.add(
        "all, of some 200 characters, median", median(costs(steps["all"], long)), " µs", Target(250, at_least=False)
    )
    section.add("the first messages, all lexicons built", first, " s")
    section.add("resident data of triage, all languages", data_bytes() / MIB, " MiB", Target(40, at_least=False))
    section.write()


def costs(step: Callable[[Message], object], messages: list[Message]) -> list[float]:
    """Return what a step costs for each message: the least of some rounds, since others use the machine too."""
    least = [float("inf")] * len(messages)
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for place, each in enumerate(messages):
                began = time.perf_counter()
                step(each)
                least[place] = min(least[place], (time.perf_counter() - began) * MICROS)
    finally:
        gc.enable()
    return least


def data_bytes() -> int:
    """Return how much larger a process is once it has triaged messages of every language."""
    told = subprocess.run([sys.executable, "-c", DATA], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(told.stdout)
