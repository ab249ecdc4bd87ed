"""Messages a second from the first look for them to the last ticket, on one core: by shape, backend and database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from tests.benchmarks import runs
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.mails import mails
from tests.benchmarks.meter import median
from tests.benchmarks.node import ONE_CORE
from tests.benchmarks.outcome import Rows
from tests.benchmarks.report import FULL, Section, Target
from tests.benchmarks.runs import CHATS, Cost
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(3600)]

MESSAGES = 5_000 if FULL else 1_000
MAILS = 2_000 if FULL else 500
ROUNDS = 3 if FULL else 1
TARGET = Target(1_000, at_least=True)
PRIVATE = "telegram_shaped"


def rate(costs: Sequence[Cost]) -> float:
    return median([cost.rate for cost in costs])


def acknowledged_note(costs: Sequence[Cost]) -> str:
    return f"{runs.note(costs)}; {median([cost.answered for cost in costs]):.0f} acknowledgements/s"


def test_backlog_to_tickets(make_node: MakeNode, dovecot: Dovecot, postgres: Postgres) -> None:
    section = Section("throughput", f"{MESSAGES:,} messages or {MAILS:,} mails, median of {ROUNDS}; node on one core")
    users = (f"user{number}@examplex.test" for number in itertools.count())
    databases = (f"gw{number}" for number in itertools.count())

    def mailbox() -> str:
        user = next(users)
        dovecot.fill(list(mails(MAILS)), user)
        return user

    def database() -> tuple[str, Rows]:
        name = next(databases)
        postgres.execute(f"CREATE DATABASE {name}", database="postgres")
        return postgres.url(name), lambda query: postgres.execute(query, database=name)

    ratios = []
    for shape, backend in itertools.product(CHATS, ("null", "http")):
        small: list[Cost] = []
        large: list[Cost] = []
        for _ in range(ROUNDS):
            small.append(runs.chat(make_node(*ONE_CORE), shape, MESSAGES, backend))
            large.append(runs.chat(make_node(*ONE_CORE), shape, MESSAGES, backend, *database()))
        target = TARGET if backend == "null" else None
        section.add(f"{shape}, {backend} backend, SQLite", rate(small), "/s", target, runs.note(small))
        section.add(f"{shape}, {backend} backend, PostgreSQL", rate(large), "/s", None, runs.note(large))
        ratios.append((f"{shape}, {backend} backend", rate(large) / rate(small)))
    # Posts of the other shape are public: a channel without manners of its own for that acknowledges none.
    costs = [runs.acknowledged_chat(make_node(*ONE_CORE), PRIVATE, MESSAGES) for _ in range(ROUNDS)]
    section.add(f"{PRIVATE}, null backend, SQLite, acknowledged", rate(costs), "/s", TARGET, acknowledged_note(costs))
    for backend in ("null", "http"):
        small, large = [], []
        for _ in range(ROUNDS):
            small.append(runs.mail(make_node(*ONE_CORE), dovecot, mailbox(), MAILS, backend))
            large.append(runs.mail(make_node(*ONE_CORE), dovecot, mailbox(), MAILS, backend, *database()))
        section.add(f"mail, {backend} backend, SQLite", rate(small), "/s", None, runs.note(small))
        section.add(f"mail, {backend} backend, PostgreSQL", rate(large), "/s", None, runs.note(large))
        ratios.append((f"mail, {backend} backend", rate(large) / rate(small)))
    costs = [runs.acknowledged_mail(make_node(*ONE_CORE), dovecot, mailbox(), MAILS) for _ in range(ROUNDS)]
    section.add("mail, null backend, SQLite, acknowledged", rate(costs), "/s", None, acknowledged_note(costs))
    for name, ratio in ratios:
        section.add(f"PostgreSQL as a share of SQLite: {name}", ratio)
    section.write()
