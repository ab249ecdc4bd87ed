"""How long a message waits for its ticket at half of the load that the same node carries, arriving steadily."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import pytest

from tests.benchmarks import runs
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.maildir import drop
from tests.benchmarks.mails import mail, mails, message_id
from tests.benchmarks.meter import median, percentile
from tests.benchmarks.node import ONE_CORE, Node, mail_channel, receiver, source_channel
from tests.benchmarks.outcome import assert_each_once, assert_store_agrees, rows_of
from tests.benchmarks.report import FULL, Section, Target
from tests.benchmarks.runs import CHATS
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(3600)]

SECS = 30 if FULL else 6
TRIAL = 2_000 if FULL else 1_000
SINGLE = 50 if FULL else 15
WARM_UP = 0.1
"""Share of the messages that only warm the node up."""
MEDIAN, WORST = Target(100, at_least=False), Target(500, at_least=False)


def finish(node: Node, messages: int) -> None:
    node.listener.wait("took", messages, SECS + 60, node.alive)
    node.stop()
    assert_each_once(node.listener, messages)
    assert_store_agrees(rows_of(node.database), messages)


def spans(node: Node, names: Sequence[str], due: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """Return how long each waited on its platform, and from then to its ticket, in milliseconds."""
    # A line may show a mail's reference again; it was there at the first time.
    fetched, took = dict(reversed(node.listener.told["fetched"])), dict(node.listener.told["took"])
    waits = [(fetched[name] - due[name]) * 1000 for name in names]
    return waits, [(took[name] - fetched[name]) * 1000 for name in names]


def show(section: Section, what: str, node: Node, rate: float, due: Mapping[str, float]) -> None:
    waits, delays = spans(node, sorted(due, key=due.__getitem__)[int(len(due) * WARM_UP) :], due)
    section.add(f"{what} at {rate:,.0f}/s, first byte to ticket: median", median(delays), " ms", MEDIAN)
    section.add(f"{what}: 99th percentile", percentile(delays, 0.99), " ms", WORST)
    section.add(
        f"{what}: before that, on the platform: median",
        median(waits),
        " ms",
        None,
        f"99th: {percentile(waits, 0.99):.0f} ms",
    )


def test_first_byte_to_ticket_at_half_load(make_node: MakeNode, dovecot: Dovecot) -> None:
    section = Section(
        "latency", f"steady arrival for {SECS} s at half of the rate measured just before; node on one core"
    )
    for shape in CHATS:
        rate = runs.chat(make_node(*ONE_CORE), shape, TRIAL, "null").rate / 2
        node, count = make_node(*ONE_CORE), int(rate * SECS)
        node.configure(source_channel(shape, count=count, rate=rate))
        node.start()
        finish(node, count)
        show(section, shape, node, rate, dict(node.listener.told["due"]))
    dovecot.fill(list(mails(TRIAL)), "trial@examplex.test")
    rate = runs.mail(make_node(*ONE_CORE), dovecot, "trial@examplex.test", TRIAL, "null").rate / 2
    node, count = make_node(*ONE_CORE), int(rate * SECS)
    made, due = [mail(number) for number in range(count)], {}
    user = "steady@examplex.test"
    dovecot.fill([], user)
    with receiver(node, "relay", str(dovecot.imap_port)) as port:
        node.configure(mail_channel(user, port), password=dovecot.password)
        node.start()
        began = time.time()
        for number, raw in enumerate(made):
            name, at = message_id(number), began + number / rate
            time.sleep(max(0.0, at - time.time()))
            drop(dovecot, raw, user, number)
            due[name] = at
        finish(node, count)
    show(section, "mail", node, rate, due)
    alone(section, make_node(*ONE_CORE), dovecot)
    section.write()


def alone(section: Section, node: Node, dovecot: Dovecot) -> None:
    """Let single mails come to a mailbox at rest, each when the one before has its ticket."""
    user, due = "alone@examplex.test", {}
    dovecot.fill([], user)
    with receiver(node, "relay", str(dovecot.imap_port)) as port:
        node.configure(mail_channel(user, port), password=dovecot.password)
        node.start()
        for number in range(SINGLE):
            due[message_id(number)] = time.time()
            drop(dovecot, mail(number), user, number)
            node.listener.wait("took", number + 1, 60, node.alive)
        finish(node, SINGLE)
    waits, delays = spans(node, list(due), due)
    section.add("a mail alone, first byte to ticket: median", median(delays), " ms", MEDIAN)
    section.add("a mail alone: before that, until IDLE told of it: median", median(waits), " ms")
