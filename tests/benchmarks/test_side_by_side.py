"""The same mailbox worked off by Gatehouse, by mbsync, which only copies, and by django-helpdesk, in one run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks import runs
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.mails import mails
from tests.benchmarks.meter import fsync_ms, median
from tests.benchmarks.node import ROOT, Node, mail_channel
from tests.benchmarks.peers import Box, Helpdesk, Took, mbsync
from tests.benchmarks.report import FULL, Section, Target
from tests.benchmarks.runs import Cost
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(3600)]

MAILS = 2_000 if FULL else 400
ROUNDS = 5 if FULL else 3
EACH = "ms of processor time a mail"
HELPDESK_ROUNDS = 2 if FULL else 1
"""Fewer, because each takes a minute."""


def journal(node: Node, dovecot: Dovecot, user: str) -> Took:
    """Take a mailbox into the journal and do nothing more."""
    node.configure(mail_channel(user, dovecot.imap_port), password=dovecot.password)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.journal_only", str(node.config), str(MAILS)],
        cwd=ROOT,
        env=node.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    secs, cpu = map(float, done.stdout.splitlines()[-1].split())
    return Took(secs, cpu)


@dataclass(frozen=True)
class Turn:
    """One turn of all: each gets the same mails in a mailbox of its own on the same server."""

    make_node: MakeNode
    dovecot: Dovecot
    folder: Path
    number: int

    def box(self, name: str) -> Box:
        user = f"{name}{self.number}@examplex.test"
        self.dovecot.fill(list(mails(MAILS)), user)
        return Box(self.dovecot.imap_port, user, self.dovecot.password)


@dataclass(frozen=True)
class Turned:
    """What all took in one turn."""

    fsync_ms: float
    copied: Took
    ours: Cost
    acknowledged: Cost
    journalled: Took
    theirs: Took | None


def take_turn(turn: Turn, helpdesk: Helpdesk) -> Turned:
    """Let everybody work the mailbox off, one after the other."""
    dovecot, number = turn.dovecot, turn.number
    return Turned(
        fsync_ms(turn.folder),
        mbsync(turn.box("copied"), turn.folder / f"copied{number}", MAILS),
        runs.mail(turn.make_node(), dovecot, turn.box("ours").user, MAILS, "null"),
        runs.acknowledged_mail(turn.make_node(), dovecot, turn.box("answered").user, MAILS),
        journal(turn.make_node(), dovecot, turn.box("journal").user),
        helpdesk.get_email(turn.box("theirs"), MAILS) if number < HELPDESK_ROUNDS else None,
    )


def show(section: Section, turns: Sequence[Turned]) -> None:
    """Add the figures: rates in the middle of all turns, and shares in the middle of the turns' shares."""
    theirs = [(turn, turn.theirs) for turn in turns if turn.theirs is not None]
    section.add("one write with fsync on this disk, meanwhile", median([turn.fsync_ms for turn in turns]), " ms")
    others = {
        "mbsync, which only copies, with fsync": [turn.copied for turn in turns],
        "django-helpdesk 2.6 `get_email`": [took for _, took in theirs],
        "Gatehouse, journal alone": [turn.journalled for turn in turns],
    }
    for name, all_took in others.items():
        cpu = median([took.cpu for took in all_took]) / MAILS * 1000
        section.add(name, median([MAILS / took.secs for took in all_took]), "/s", None, f"{cpu:.2f} {EACH}")
    ours, answered = [turn.ours for turn in turns], [turn.acknowledged for turn in turns]
    for name, costs in (("Gatehouse to the ticket", ours), ("the same with acknowledgements", answered)):
        note = f"{median([cost.cpu_ms for cost in costs]):.2f} {EACH}"
        if costs is answered:
            note += f"; {median([cost.answered for cost in costs]):.0f} acknowledgements/s"
        section.add(name, median([cost.rate for cost in costs]), "/s", None, note)
    times = [turn.ours.rate * took.secs / MAILS for turn, took in theirs]
    section.add("to the ticket, times django-helpdesk", median(times), "", Target(25, at_least=True))
    times = [turn.acknowledged.rate * took.secs / MAILS for turn, took in theirs]
    section.add("the same with acknowledgements", median(times))
    shares = [turn.ours.rate * turn.copied.secs / MAILS for turn in turns]
    section.add("to the ticket, share of mbsync", median(shares), "", Target(0.4, at_least=True))
    shares = [turn.acknowledged.rate * turn.copied.secs / MAILS for turn in turns]
    section.add("the same with acknowledgements", median(shares))
    shares = [turn.copied.secs / turn.journalled.secs for turn in turns]
    section.add("journal alone, share of mbsync", median(shares), "", Target(1, at_least=True))


def test_mailbox_to_tickets_beside_others(make_node: MakeNode, dovecot: Dovecot, tmp_path: Path) -> None:
    section = Section("side by side", f"{MAILS:,} mails of 4 kB, by turns, median of {ROUNDS} (of {HELPDESK_ROUNDS})")
    helpdesk = Helpdesk(tmp_path / "helpdesk")
    turns = [take_turn(Turn(make_node, dovecot, tmp_path, number), helpdesk) for number in range(ROUNDS)]
    show(section, turns)
    section.write()
