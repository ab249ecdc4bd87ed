"""Mails broken at random: each is still read, is harmless, and leaves nothing of itself in any other.

With GATEHOUSE_FULL=1 100,000 of them, from a fresh seed unless GATEHOUSE_SEED names one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.case import Message
from gateway.errors import MalformedError
from gateway.ports import DeliveryReport
from gateway.reading import Apart, Bounds, Setup
from gateway.trust.directory import Directory
from tests.mail_mutations import mutated, planted
from tests.mail_rules import assert_harmless, read
from tests.samples import mail

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
SEED = int(os.environ.get("GATEHOUSE_SEED", random.SystemRandom().randrange(10**9) if FULL else 20261121))
RUNS = 100_000 if FULL else 1_500
APART = 10_000 if FULL else 300
BATCH = 50
CORPUS = [mail.SAMPLES[name] for name in sorted(mail.SAMPLES)]


def _mails(seed: str, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield broken mails, each with the mark that it alone bears."""
    for run in range(count):
        rng = random.Random(f"{SEED}:{seed}:{run}")
        mark = b"mark%dx%dend" % (run, rng.randrange(10**9))
        # Broken first, so that the marks are whole; broken again, so that not all stands where it should.
        body = planted(mutated(rng.choice(CORPUS), rng, CORPUS), mark, rng)
        yield (mutated(body, rng, CORPUS) if rng.random() < 0.5 else body), mark


@pytest.mark.timeout(3600 if FULL else 60)
def test_p33_no_broken_mail_raises_harms_or_shows_in_another() -> None:
    """Each is read before and after the next one: that gives the same, and the next bears no mark of it."""
    print(f"seed {SEED}, {RUNS} mails")
    body, mark = CORPUS[0], b"no mark of any"
    event = read(body)
    for run, (other_body, other_mark) in enumerate(_mails("here", RUNS)):
        try:
            other = read(other_body)
            if other is not None:
                assert_harmless(other, len(other_body))
                assert mark.decode() not in other.model_dump_json()
            if run % 2 or not FULL:
                assert read(body) == event
        except Exception as error:
            raise AssertionError(f"run {run} of seed {SEED}: {other_body!r}") from error
        body, mark, event = other_body, other_mark, other


async def test_p33_broken_mails_read_apart_are_what_they_are_here() -> None:
    """The process that reads many is given them in batches; nothing of one shows in another."""
    print(f"seed {SEED}, {APART} mails")
    setup = Setup({"support": "email"}, Directory(""))
    reader = Apart(lambda: setup, Bounds(secs=60))
    found = list(_mails("apart", APART))
    try:
        for start in range(0, APART, BATCH):
            batch = found[start : start + BATCH]
            raws = [mail.raw_of(body) for body, _ in batch]
            named = [replace(raw, key=type(raw.key)(f"support:1:{start + n}")) for n, raw in enumerate(raws)]
            for (events, _), (body, mark), raw in zip(await reader.read(named), batch, named, strict=True):
                if isinstance(events, MalformedError):
                    assert not body.strip()
                    continue
                assert not isinstance(events, Exception), body
                (event,) = events
                assert isinstance(event, Message | DeliveryReport)
                assert event.provenance.key == raw.key
                shown = event.model_dump_json()
                assert shown.replace(raw.key, "support:1:7") == _shown_here(body), body
                assert all(other.decode() not in shown for _, other in batch if other != mark)
    finally:
        await reader.close()


def _shown_here(body: bytes) -> str:
    event = read(body)
    assert event is not None
    return event.model_dump_json()
