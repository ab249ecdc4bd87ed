"""One measured run: a backlog that a fresh gateway works off, from its first look for messages to the last ticket."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks import chats
from tests.benchmarks.meter import busy_secs, median
from tests.benchmarks.node import (
    CORE,
    EMBEDDED,
    NULL,
    Node,
    mail_channel,
    receiver,
    source_channel,
    telegram,
    telegram_channel,
    webhook,
)
from tests.benchmarks.outcome import Rows, assert_chats_agree, assert_each_once, assert_store_agrees, rows_of
from tests.servers.dovecot import Dovecot

LIMIT_SECS = 600.0
ANSWER_SECS = 60.0
CHATS = ("telegram_shaped", "x_shaped")
_INSIDE = {"null": NULL, "embedded": EMBEDDED}


@dataclass(frozen=True)
class Cost:
    """What a backlog took."""

    messages: int
    secs: float
    cpu: float
    others: float
    """Share of the time in which the node's core worked for somebody else, when the node runs on one core."""
    answered: float = 0.0
    """Acknowledgements a second, from the start to the last of them, which comes long after the last ticket."""

    @property
    def rate(self) -> float:
        return self.messages / self.secs

    @property
    def cpu_ms(self) -> float:
        return self.cpu / self.messages * 1000


def work_off(node: Node, messages: int, rows: Rows | None = None, *, acknowledged: bool = False) -> Cost:
    """Start the configured gateway, let it work its backlog off, and check that it did."""
    node.start()
    secs, cpu, others, began = until_taken(node, messages)
    answered = _await_answers(node, began) if acknowledged else 0.0
    node.stop()
    assert_each_once(node.listener, messages)
    assert_store_agrees(rows or rows_of(node.database), messages)
    return Cost(messages, secs, cpu, others, answered)


def until_taken(node: Node, messages: int) -> tuple[float, float, float, float]:
    """Wait until so many have a ticket; return the seconds, those of the processor, others' share, and the start."""
    cpu, busy, since = node.cpu_secs(), busy_secs(CORE), time.perf_counter()
    node.listener.wait("took", messages, LIMIT_SECS, node.alive)
    cpu, busy, passed = node.cpu_secs() - cpu, busy_secs(CORE) - busy, time.perf_counter() - since
    began = node.said("engine.started")
    assert began is not None
    secs = max(at for _, at in node.listener.told["took"]) - began
    return secs, cpu, min(0.99, max(0.0, busy - cpu) / passed), began


def _await_answers(node: Node, began: float) -> float:
    """Return acknowledgements a second; where a limit holds them back, of those that were sent within a minute."""
    ((owed,),) = rows_of(node.database)("select count(*) from effects where kind = 'acknowledgement'")
    assert owed > 0
    with contextlib.suppress(AssertionError):
        node.listener.wait("sent", owed, ANSWER_SECS, node.alive)
    sent = node.listener.told["sent"]
    return len(sent) / (max(at for _, at in sent) - began)


@contextlib.contextmanager
def backend_of(node: Node, kind: str) -> Iterator[str]:
    """Yield the configuration of the null backend, or of a webhook whose receiver runs meanwhile."""
    if kind in _INSIDE:
        yield _INSIDE[kind]
        return
    with receiver(node, "http") as port:
        yield webhook(port)


def chat(node: Node, shape: str, messages: int, backend: str, url: str | None = None, rows: Rows | None = None) -> Cost:
    """Work off messages of a shape, without acknowledgements."""
    with backend_of(node, backend) as text:
        node.configure(source_channel(shape, count=messages), text, url=url)
        return work_off(node, messages, rows)


def acknowledged_chat(node: Node, shape: str, messages: int) -> Cost:
    """The same with acknowledgements, which the made-up platform takes at once."""
    node.configure(source_channel(shape, count=messages), acknowledge=True)
    return work_off(node, messages, acknowledged=True)


def mail(
    node: Node,
    dovecot: Dovecot,
    user: str,
    messages: int,
    backend: str,
    url: str | None = None,
    rows: Rows | None = None,
) -> Cost:
    """Work off a filled mailbox, without acknowledgements."""
    with backend_of(node, backend) as text:
        node.configure(mail_channel(user, dovecot.imap_port), text, url=url, password=dovecot.password)
        return work_off(node, messages, rows)


def acknowledged_mail(node: Node, dovecot: Dovecot, user: str, messages: int) -> Cost:
    """The same with acknowledgements to a real SMTP server."""
    with receiver(node, "smtp") as port:
        channel = mail_channel(user, dovecot.imap_port, port)
        node.configure(channel, acknowledge=True, password=dovecot.password)
        return work_off(node, messages, acknowledged=True)


@dataclass(frozen=True)
class Talk:
    """How people talk with a bot, and where their tickets go."""

    backend: str = "null"
    commands: bool = False
    join_secs: float = 2.0
    acknowledge: bool = False


def chatted(node: Node, people: int, talk: Talk) -> Cost:
    """Work off what so many people have sent to a bot, through the real connector."""
    with telegram(node, people, commands=talk.commands) as desk, backend_of(node, talk.backend) as text:
        node.configure(telegram_channel(desk.url, talk.join_secs), text, acknowledge=talk.acknowledge)
        lines = chats.backlog(people, commands=talk.commands)
        return work_chats_off(node, len(lines), sum(not line.is_command for line in lines))


def work_chats_off(node: Node, updates: int, told: int) -> Cost:
    """The same as `work_off`, where several messages have one ticket and a command has none."""
    node.start()
    cpu, busy, since = node.cpu_secs(), busy_secs(CORE), time.perf_counter()
    _until_written(node, updates)
    ended = time.time()
    cpu, busy, passed = node.cpu_secs() - cpu, busy_secs(CORE) - busy, time.perf_counter() - since
    began = node.said("engine.started")
    assert began is not None
    node.stop()
    assert_chats_agree(rows_of(node.database), updates)
    if taken := node.listener.names("took"):
        # Of the embedded backend nobody tells.
        assert len(taken) >= told, f"{len(taken)} messages have a ticket, of {told}"
        assert all(count == 1 for count in taken.values()), "some messages were written more than once"
    return Cost(updates, ended - began, cpu, min(0.99, max(0.0, busy - cpu) / passed))


def _until_written(node: Node, updates: int) -> None:
    """Wait until all is decided and each ticket written."""
    rows, end = rows_of(node.database), time.monotonic() + LIMIT_SECS
    open_ones = "select (select count(*) from raws), (select count(*) from raws where state <> 'settled')"
    waiting = "select count(*) from effects where kind = 'ticket' and state not in ('settled', 'maybe_sent', 'buried')"
    while rows(open_ones) != [(updates, 0)] or rows(waiting) != [(0,)]:
        node.alive()
        assert time.monotonic() < end, f"{rows(open_ones)} of {updates}"
        time.sleep(0.1)


def note(costs: Sequence[Cost]) -> str:
    """Say what a message costs, and how far the core was not the node's alone."""
    others = median([cost.others for cost in costs])
    cpu = median([cost.cpu_ms for cost in costs])
    rest = median([cost.rate / (1 - cost.others) for cost in costs])
    return f"{cpu:.2f} ms of processor time a message; others had {others:.0%} of the core: {rest:,.0f}/s of the rest"
