"""Mails made to break a reader, in a real mailbox among honest ones: each is a case, and no neighbour is harmed."""

from __future__ import annotations

import asyncio
import email
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.app import open_store_for
from gateway.case import Direction, Entry
from gateway.journal import State
from gateway.ports import Key, Raw
from gateway.sandbox.mail import MailServer
from gateway.settings import load
from gateway.views import CaseView
from tests.gateway_process import ROOT, GatewayProcess
from tests.integration.bad_mails import BAD, SECRET, Bad, address, answer, bounce
from tests.mails import DESK, plain, sender
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.timeout(180)

BOUND_SECS = 60
MAX_MB = 450
"""What the gateway may need at most, with ten mails of 25 MB among the others; about 300 when it was measured."""
MAX_MAIL_BYTES = 26_214_400
NUMBER = re.compile(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}")
_ALL_SEEN = "select count(*) from raws where source = 'support'"
_OPEN = """select count(*) from raws where state not in ('settled', 'buried')
    union all select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')"""


@dataclass(frozen=True)
class Seen:
    """What became of one mail, and what the mail server itself says that it holds."""

    view: CaseView
    entry: Entry
    raw: Raw
    held: bytes = field(repr=False)


@dataclass
class Run:
    """One life of the gateway on one mailbox."""

    gateway: GatewayProcess
    names: list[str] = field(default_factory=list)
    """The mails in the order of their UIDs, which begin with 1."""
    seen: dict[str, Seen] = field(default_factory=dict)
    sent: dict[str, list[Any]] = field(default_factory=dict)
    """What was sent, by recipient."""
    events: list[dict[str, Any]] = field(default_factory=list)
    peak_kb: int = 0
    status: int | None = None

    def of(self, name: str) -> Seen:
        assert name in self.seen, f"{name} is in no case"
        return self.seen[name]

    def case_of(self, name: str) -> str:
        return self.of(name).view.file.case.id

    @property
    def neighbours(self) -> list[str]:
        return [name for name in self.names if name.startswith("honest")]


class _Mailbox:
    """The desk's mailbox in Dovecot, filled in steps with bad mails between honest ones."""

    def __init__(self, dovecot: Dovecot, run: Run) -> None:
        self._dovecot = dovecot
        self._run = run

    def add(self, mails: Sequence[tuple[str, bytes]]) -> None:
        found: list[bytes] = []
        for name, content in mails:
            number = len(self._run.neighbours)
            self._run.names += [f"honest{number}", name]
            found += [plain(number), content]
        last = len(self._run.neighbours)
        self._run.names.append(f"honest{last}")
        self._dovecot.fill([*found, plain(last)], DESK)

    def held(self) -> dict[str, bytes]:
        """Return what another client is given, by name; Dovecot hands out NUL as 0x80 and LF as CR LF."""
        found: dict[str, bytes] = {}
        with self._dovecot.imap(DESK) as line:
            line.select("INBOX", readonly=True)
            for uid, name in enumerate(self._run.names, 1):
                _, parts = line.uid("FETCH", str(uid), "(BODY.PEEK[])")
                found[name] = parts[0][1] if isinstance(parts[0], tuple) else b""
        return found


async def _settled(gateway: GatewayProcess, mails: int) -> None:
    def done() -> bool:
        return gateway.rows(_ALL_SEEN) == [(mails,)] and set(gateway.rows(_OPEN)) == {(0,)}

    await gateway.until(done, secs=BOUND_SECS)


async def _read_store(run: Run, held: dict[str, bytes]) -> None:
    async with open_store_for(load(run.gateway.config)) as store:
        for case in await store.list_cases(None, 10_000):
            view = await store.case_view(case.id)
            assert view is not None
            for entry in view.file.entries:
                if entry.direction is Direction.IN:
                    origin = entry.message.provenance
                    raw = await store.open_raw(origin.source, Key(origin.key), "test", "", origin.received_at)
                    assert raw is not None
                    name = run.names[int(origin.key.rpartition(":")[2]) - 1]
                    assert name not in run.seen, f"{name} is in two places"
                    run.seen[name] = Seen(view, entry, raw, held[name])


def _sent(sink: SmtpSink) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for mail in sink.taken:
        for recipient in mail.recipients:
            found.setdefault(recipient, []).append(email.message_from_bytes(mail.data))
    return found


def _second_wave(sent: dict[str, list[Any]], victim: str) -> list[tuple[str, bytes]]:
    """Return answers to acknowledgements that went out: by machines, by their reader, and by strangers."""
    first, second, third = (str(sent[sender(number)][0]["Message-ID"]) for number in (0, 1, 2))
    forged = first.replace("@", "a@", 1)
    return [
        ("bounce", bounce(first)),
        ("bounce-forged", bounce(forged)),
        ("away", answer(sender(1), second, "Auto-Submitted: auto-replied", subject="Out of office")),
        ("reply", answer(sender(2), third)),
        ("thief-number", answer(address("thief-number"), "<x@mail.test>", subject=f"Re: [{victim}] {SECRET}")),
        ("thief-thread", answer(address("thief-thread"), "<m0000@mail.test>")),
        ("thief-token", answer(address("thief-token"), forged)),
    ]


async def _live(run: Run, dovecot: Dovecot) -> None:
    mailbox = _Mailbox(dovecot, run)
    mailbox.add([(bad.name, bad.content) for bad in BAD])
    gateway = run.gateway
    async with SmtpSink().running() as sink:
        _configure(gateway, dovecot.imap_port, sink.port, dovecot.password)
        try:
            await gateway.start()
            await _settled(gateway, len(run.names))
            victim = NUMBER.search(str(_sent(sink)[sender(0)][0]["Subject"]))
            assert victim is not None
            mailbox.add(_second_wave(_sent(sink), victim[0]))
            await _settled(gateway, len(run.names))
            run.peak_kb = _peak_kb(gateway)
            run.status = await gateway.stop()
        finally:
            await gateway.close()
        run.sent = _sent(sink)
    run.events = list(gateway.events)
    await _read_store(run, mailbox.held())


def _configure(gateway: GatewayProcess, imap_port: int, smtp_port: int, password: str) -> None:
    gateway.configure(imap_port, smtp_port, password)
    text, changes = re.subn(r"max_mail_bytes = \d+", f"max_mail_bytes = {MAX_MAIL_BYTES}", gateway.config.read_text())
    assert changes == 1
    gateway.config.write_text(text)


def _peak_kb(gateway: GatewayProcess) -> int:
    assert gateway._process is not None
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{gateway._process.pid}/status").read_text())
    assert found is not None
    return int(found[1])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One life of the gateway, on a Dovecot of its own, with every bad mail between two honest ones."""
    folder = tmp_path_factory.mktemp("badmail")
    dovecot = Dovecot.start(folder)
    try:
        made = Run(GatewayProcess(folder / "desk"))
        asyncio.run(_live(made, dovecot))
        yield made
    finally:
        dovecot.stop()


@pytest.mark.dovecot
@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_p6_a_bad_mail_is_a_case_of_its_own_that_says_what_is_wrong(run: Run, bad: Bad) -> None:
    seen = run.of(bad.name)
    message = seen.entry.message
    notes = {note.code: note.detail for note in message.notes}
    assert not bad.note or notes.get(bad.note), notes
    assert message.sender.address == (address(bad.name) if bad.sender is None else bad.sender)
    assert bad.text in message.text
    assert [entry.direction for entry in seen.view.file.entries].count(Direction.IN) == 1


@pytest.mark.dovecot
@pytest.mark.parametrize("bad", [bad for bad in BAD if bad.name != "60mb"], ids=lambda bad: bad.name)
def test_the_raw_that_the_case_names_is_what_the_server_holds(run: Run, bad: Bad) -> None:
    seen = run.of(bad.name)
    assert seen.raw.complete
    assert seen.raw.body == seen.held
    assert seen.entry.message.provenance.size == len(seen.held)


@pytest.mark.dovecot
def test_p27_of_a_mail_over_the_cap_the_case_says_that_only_the_header_is_kept(run: Run) -> None:
    seen = run.of("60mb")
    assert len(seen.held) > 59_000_000
    assert seen.raw.body
    assert seen.held.startswith(seen.raw.body)
    assert (seen.raw.complete, seen.entry.message.provenance.complete) == (False, False)
    assert seen.entry.message.subject == f"{SECRET} asks"
    (note,) = seen.entry.message.notes
    assert note.code == "too_large"
    assert f"{len(seen.held)} bytes" in note.detail
    assert "only its header was fetched" in note.detail


@pytest.mark.dovecot
@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_a_bad_mail_has_one_ticket_and_its_writer_at_most_one_answer(run: Run, bad: Bad) -> None:
    view = run.of(bad.name).view
    states = {str(effect.kind): effect.state for effect in view.effects}
    expected = {"ticket", "acknowledgement"} if bad.answered else {"ticket"}
    assert states == dict.fromkeys(expected, State.SETTLED)
    assert len(view.file.tickets) == 1
    assert len([line for line in view.desk if line.kind == "message"]) == 1, view.desk
    assert len(run.sent.get(address(bad.name), ())) == bad.answered


@pytest.mark.dovecot
def test_p26_every_honest_neighbour_is_a_case_with_its_ticket_and_its_acknowledgement(run: Run) -> None:
    assert len(run.neighbours) > len(BAD)
    for number, name in enumerate(run.neighbours):
        seen = run.of(name)
        message = seen.entry.message
        assert (message.sender.address, message.notes) == (sender(number), ())
        assert message.text == f"Where is my deposit {number}?"
        assert seen.raw.body == plain(number)
        assert {effect.state for effect in seen.view.effects} == {State.SETTLED}
        assert {"ticket", "acknowledgement"} <= {str(effect.kind) for effect in seen.view.effects}
        assert len(seen.view.file.tickets) == 1
        (mail,) = run.sent[sender(number)]
        assert run.case_of(name) in str(mail["Subject"])
    assert len({run.case_of(name) for name in run.neighbours}) == len(run.neighbours)


@pytest.mark.dovecot
def test_p5_two_mails_of_one_message_id_are_two_cases(run: Run) -> None:
    one, two = run.of("same-id-1"), run.of("same-id-2")
    assert one.entry.message.thread.own_ref == two.entry.message.thread.own_ref == f"<{SECRET}-same@mail.test>"
    assert one.view.file.case.id != two.view.file.case.id
    assert one.entry.message.text != two.entry.message.text


@pytest.mark.dovecot
def test_a_bounce_of_an_acknowledgement_is_a_note_on_its_case_and_answered_by_nobody(run: Run) -> None:
    seen = run.of("bounce")
    assert seen.view.file.case.id == run.case_of("honest0")
    notes = [line for line in seen.view.desk if not line.public and "no such mailbox (5.1.1)" in line.text]
    assert len(notes) == 1
    assert "mailer-daemon@mail.test" not in run.sent
    assert len(run.sent[sender(0)]) == 1


@pytest.mark.dovecot
def test_a_bounce_that_cites_nothing_of_ours_is_a_case_that_nobody_is_told_of(run: Run) -> None:
    seen = run.of("bounce-forged")
    assert seen.view.file.case.id not in {run.case_of(name) for name in run.neighbours}
    assert [str(effect.kind) for effect in seen.view.effects] == ["ticket"]


@pytest.mark.dovecot
@pytest.mark.parametrize(("name", "number"), [("away", 1), ("reply", 2)])
def test_an_answer_to_an_acknowledgement_joins_its_case_and_is_not_acknowledged(
    run: Run, name: str, number: int
) -> None:
    assert run.case_of(name) == run.case_of(f"honest{number}")
    assert len(run.sent[sender(number)]) == 1
    assert len([line for line in run.of(name).view.desk if line.kind == "message"]) == 2


@pytest.mark.dovecot
@pytest.mark.parametrize("name", ["thief-number", "thief-thread"])
def test_who_cites_another_users_case_gets_a_case_of_his_own_that_says_so(run: Run, name: str) -> None:
    seen = run.of(name)
    victim = run.of("honest0")
    assert seen.view.file.case.id != victim.view.file.case.id
    assert [(link.kind, link.case_id) for link in seen.view.file.case.links] == [("claims", victim.view.file.case.id)]
    writers = {entry.message.sender.address for entry in victim.view.file.entries if entry.direction is Direction.IN}
    assert writers == {sender(0), "mailer-daemon@mail.test"}
    (mail,) = run.sent[address(name)]
    assert seen.view.file.case.id in str(mail["Subject"])
    assert not any("Where is my deposit" in line.text for line in seen.view.desk)


@pytest.mark.dovecot
def test_a_forged_reference_of_ours_opens_nobodys_case(run: Run) -> None:
    assert run.of("thief-token").view.file.case.message_count == 1
    assert run.case_of("thief-token") != run.case_of("honest0")


@pytest.mark.dovecot
def test_the_memory_of_the_gateway_is_bounded(run: Run) -> None:
    print(f"\nthe gateway's largest resident memory: {run.peak_kb / 1024:.0f} MB")
    assert run.peak_kb / 1024 < MAX_MB


@pytest.mark.dovecot
def test_nothing_that_anybody_wrote_is_in_the_log_and_no_traceback_is(run: Run) -> None:
    _assert_quiet(run.events, len(run.names))


def _assert_quiet(events: Sequence[dict[str, Any]], mails: int) -> None:
    text = json.dumps(events, ensure_ascii=False)
    assert sum(event["event"] == "raw.settled" for event in events) == mails
    for word in (SECRET, "deposit", "mail.test", "user0", "Traceback", "traceback"):
        assert word not in text
    assert [event for event in events if event.get("level") in ("error", "critical")] == []
    assert [event for event in events if event["event"] == "output"] == []


@pytest.mark.dovecot
def test_the_gateway_ends_in_order(run: Run) -> None:
    assert run.status == 0


@pytest.mark.dovecot
@pytest.mark.parametrize("name", ["nothing", "garbage", "25mb-1", "60mb"])
def test_an_operator_gets_the_original_byte_for_byte(run: Run, name: str, tmp_path: Path) -> None:
    told = _gatehouse(run.gateway, "cases", "raw", run.case_of(name), "-o", str(tmp_path / "original"))
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "original").read_bytes() == run.of(name).raw.body
    assert (tmp_path / "original").stat().st_mode & 0o777 == 0o600
    assert ("only what was fetched" in told.stdout) == (name == "60mb")
    assert ("as the sender sent it" in told.stdout) == (name != "60mb")


def _gatehouse(gateway: GatewayProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", *arguments, "-c", str(gateway.config)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


AS_THEY_ARE = ("nul", "bare-lf", "bare-cr", "mixed-breaks", "garbage", "nothing", "base64")
"""What Dovecot mends on its way, and other servers do not."""


async def test_p32_a_server_that_hands_out_nul_and_bare_line_ends_does_no_harm(tmp_path: Path) -> None:
    mails = {bad.name: bad.content for bad in BAD if bad.name in AS_THEY_ARE}
    gateway = GatewayProcess(tmp_path / "desk")
    run = Run(gateway)
    async with MailServer.start(password="made-up-pass") as server:
        for name, content in mails.items():
            number = len(run.neighbours)
            run.names += [f"honest{number}", name]
            server.deliver(DESK, plain(number))
            server.deliver(DESK, content)
        _configure(gateway, server.imap_port, server.smtp_port, "made-up-pass")
        try:
            await gateway.start()
            await _settled(gateway, len(run.names))
            assert await gateway.stop() == 0
        finally:
            await gateway.close()
        for number, _ in enumerate(run.neighbours):
            assert len(server.inbox(sender(number))) == 1
    _assert_quiet(gateway.events, len(run.names))
    await _read_store(run, mails | {name: plain(number) for number, name in enumerate(run.neighbours)})
    for name in mails:
        assert run.of(name).raw.body == mails[name], name
    assert [note.code for note in run.of("nul").entry.message.notes] == ["nul_removed"]
    assert run.of("nul").entry.message.text == f"hello from {SECRET}"
