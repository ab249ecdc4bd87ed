"""One measured run: a backlog that a fresh gateway works off, from its first look for messages to the last ticket."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.node import NULL, Node, mail_channel, receiver, source_channel, webhook
from tests.benchmarks.outcome import Rows, assert_each_once, assert_store_agrees, rows_of
from tests.servers.dovecot import Dovecot

LIMIT_SECS = 600.0
ANSWER_SECS = 60.0
CHATS = ("telegram_shaped", "x_shaped")


@dataclass(frozen=True)
class Cost:
    """What a backlog took."""

    messages: int
    secs: float
    cpu: float
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
    before = node.cpu_secs()
    node.listener.wait("took", messages, LIMIT_SECS, node.alive)
    cpu = node.cpu_secs() - before
    began = node.said("engine.started")
    assert began is not None
    ended = max(at for _, at in node.listener.told["took"])
    answered = _await_answers(node, began) if acknowledged else 0.0
    node.stop()
    assert_each_once(node.listener, messages)
    assert_store_agrees(rows or rows_of(node.database), messages)
    return Cost(messages, ended - began, cpu, answered)


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
    if kind == "null":
        yield NULL
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
