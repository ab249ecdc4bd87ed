"""The story: users' mails become tickets of a real ticket system while the gateway and that system are killed.

A real gateway process stands between a mail server and a harness. It is killed ten times and the ticket system twice,
at random moments of its progress; then agents answer. What is true in the end is for `story_audit` to say.
"""

from __future__ import annotations

import asyncio
import email
import json
import os
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from gateway.ports import BackendPlugin
from gateway.sandbox.mail import MailServer
from gateway.sandbox.mailbox import StoredMail
from gateway.testing.backends import Line
from tests.backends.story_audit import Mail, Named, OnTicket, Record, Said, audit
from tests.backends.story_mails import NAMES, Crowd, crowd
from tests.gateway_process import ROOT, GatewayProcess
from tests.mails import DESK

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
SEED = int(os.environ.get("GATEHOUSE_SEED", "7"))
PASSWORD = "made-up-pass"
LOOK_SECS = 0.05
"""How often the database of a running gateway is looked at."""
OPEN = """
select
    (select count(*) from raws where state not in ('settled', 'buried')),
    (select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')),
    (select cursor from streams where source = 'support')
"""
FAILED = frozenset({"effect.postponed", "effect.unknown", "part.failed"})
"""What the gateway logs of a ticket system that does not answer."""
STRIKES = ("page.stored", "raw.settled", "ticket", "ticket", "ticket", "acknowledgement")
"""After which kind of progress a kill may come; tickets most often."""


@dataclass(frozen=True)
class Size:
    """How much happens in a story."""

    messages: int
    conversations: int
    gateway_kills: int
    server_kills: int
    answers: int
    secs: float
    """How long any one wait may take."""


SMALL = Size(60, 20, 3, 1, 6, 180.0)
SIZE = Size(1_000, 300, 10, 2, 30, 1_800.0) if FULL else SMALL


class StoryHarness(Protocol):
    """A running ticket system that a story can be told of, and a way to look into it.

    What is asked of it is a part of `BackendHarness`, how it dies, and how agents answer there.
    """

    plugin: BackendPlugin

    async def kill(self) -> None:
        """SIGKILL it; an emulator in this process cuts all its lines and takes no new ones."""
        ...

    async def restart(self) -> None:
        """Start it again on the same port, with all that it had."""
        ...

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`; secrets come from the environment or from files."""
        ...

    async def lines(self, case_id: str) -> Sequence[Line]:
        """See `BackendHarness`."""
        ...

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        """See `BackendHarness`."""
        ...

    async def act(self, case_id: str, kind: str, text: str) -> None:
        """See `BackendHarness`."""
        ...

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Give an agent's public answer with files."""
        ...


@dataclass
class Told:
    """What is worth printing of a story."""

    struck: int = 0
    """Kills of the gateway that came while work was under way."""
    doubled_calls: int = 0
    """Writes that were tried more than once."""
    secs: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class System:
    """A running ticket system, and what a story must know of it.

    `tickets_of` returns the names of all tickets that bear a case's number, without those that were given up; `names`
    are those of files that it takes, with their types.
    """

    harness: StoryHarness
    tickets_of: Callable[[str], Sequence[object]]
    names: Sequence[tuple[str, str]] = NAMES


@dataclass
class Story:
    """One story on one ticket system; `folder` is the desk's."""

    system: System
    server: MailServer
    folder: Path
    size: Size = SIZE
    seed: int = SEED
    told: Told = field(default_factory=Told)
    said: list[Said] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    _delivered: int = 0
    _kills: int = 0

    def __post_init__(self) -> None:
        self.harness = self.system.harness
        self.crowd: Crowd = crowd(self.size.messages, self.size.conversations, self.seed, self.system.names)
        self.gateway = GatewayProcess(self.folder)
        self._rng = random.Random(self.seed)

    async def play(self) -> Record:
        """Let everything happen; return what can be seen at the end."""
        began = asyncio.get_running_loop().time()
        self._configure()
        try:
            await self._lives()
            await self._end()
            self.told.secs["tickets"] = asyncio.get_running_loop().time() - began
            if self.size.answers:
                await self._agents()
            await self._end()
            self.told.secs["all"] = asyncio.get_running_loop().time() - began
            return await self._record()
        finally:
            await self.gateway.close()
            self._keep_log()

    def _configure(self) -> None:
        kind = f'kind = "{self.harness.plugin.name}"\nattachments = "pass"\n{self.harness.config()}'
        ports = (self.server.imap_port, self.server.smtp_port)
        self.gateway.configure(*ports, PASSWORD, DESK, kind, batch=20, page=20, mail_bytes=10_000_000)

    async def _lives(self) -> None:
        """Let users write in portions, and kill the gateway once in each but the last; the server in some of them."""
        kills = self.size.gateway_kills
        portion = -(-self.size.messages // (kills + 1))
        server_dies = set(self._rng.sample(range(kills), self.size.server_kills))
        for number in range(kills):
            self._deliver(portion)
            await self._start()
            if number in server_dies:
                await self._progress("ticket", self._rng.randint(1, max(1, portion // 3)))
                await self._server_dies()
            kind = self._rng.choice(STRIKES)
            most = {"page.stored": 2, "acknowledgement": max(1, portion // 6)}.get(kind, max(1, portion // 2))
            await self._progress(kind, self._rng.randint(1, most))
            await self.gateway.kill()
            self._kills += 1
            self.told.struck += not self._finished()
        self._deliver(self.size.messages)
        await self._start()

    async def _start(self) -> None:
        self._keep_log()
        await self.gateway.start()

    def _keep_log(self) -> None:
        """Keep what the gateway has logged in a file beside the desk, for who looks into a failure."""
        with (self.folder.parent / "gateway.log").open("a") as log:
            log.writelines(json.dumps(event) + "\n" for event in self.gateway.events)

    def _deliver(self, most: int) -> None:
        for talk, index in self.crowd.order[self._delivered : self._delivered + most]:
            self.server.deliver(DESK, talk.mail(index))
            self._delivered += 1

    async def _server_dies(self) -> None:
        """Kill the ticket system, and start it again when the gateway has noticed."""
        noticed = _Counter(self.gateway, lambda event: event["event"] in FAILED)
        await self.harness.kill()
        await self._until(lambda: noticed.count() > 0 or self._finished())
        await self.harness.restart()

    async def _progress(self, kind: str, count: int) -> None:
        """Return when that has happened so often from now on, or nothing is left to do."""
        seen = _Counter(self.gateway, lambda event: _kind(event) == kind)
        await self._until(lambda: seen.count() >= count or self._finished())

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; fail with the end of the log when it never does, or the gateway ends."""
        try:
            async with asyncio.timeout(self.size.secs):
                while not condition():
                    assert not self.gateway.count("process.ended"), self.gateway.events[-15:]
                    await asyncio.sleep(LOOK_SECS)
        except TimeoutError:
            raise AssertionError(f"it never came to that: {self.gateway.events[-15:]}") from None

    async def _end(self) -> None:
        """Return when all that was sent is worked off."""
        await self._until(self._finished)

    def _finished(self) -> bool:
        """The cursor holds the last UID of a fresh mailbox, which is how many mails were put there."""
        try:
            ((raws, effects, cursor),) = self.gateway.rows(OPEN)
        except sqlite3.OperationalError:
            return False
        return raws == 0 and effects == 0 and f'"uid": {self._delivered},' in str(cursor)

    async def _agents(self) -> None:
        """Let agents answer, note, solve and reopen: while the gateway runs, is away, and runs again."""
        cases = dict(self._cases())
        talks = self._rng.sample(list(self.crowd.conversations), min(self.size.answers, len(self.crowd.conversations)))
        chosen = [cases[talk.first] for talk in talks]
        third = -(-len(chosen) // 3)
        first, second, last = chosen[:third], chosen[third : 2 * third], chosen[2 * third :]
        await self._answer(first)
        await self._arrived()
        await self.gateway.kill()
        await self._answer(second)
        await self._start()
        await self._answer([*last, *chosen[:2]])
        await self._arrived()
        await self._states(chosen[-1])

    async def _answer(self, cases: Sequence[str]) -> None:
        for case in cases:
            number = len(self.said)
            note, text = f"internal-{number:04} 请勿外传", f"Answer-{number:04}: größer, 提现已到账 🙏\n\nYour desk"
            files = [self._file(number, name) for name in ("отчёт größer.pdf", "提现.bin")[: number % 3]]
            self.noted.append(note)
            self.said.append(Said(case, text, tuple(_named(name, data) for name, data in files)))
            await self.harness.act(case, "noted", note)
            await self.harness.answer(case, text, files)

    def _file(self, number: int, name: str) -> tuple[str, bytes]:
        return name, random.Random(f"{self.seed}:{number}:{name}").randbytes(60_000 if number % 5 else 400_000)

    async def _arrived(self) -> None:
        """Return when every answer that was given has been sent to its user."""
        query = "select count(*) from effects where kind = 'answer' and state in ('settled', 'maybe_sent', 'buried')"
        await self._until(lambda: self.gateway.rows(query)[0][0] >= len(self.said))

    async def _states(self, case: str) -> None:
        """See what an agent does to a ticket's state in the case of it."""
        for kind, state in (("solved", "solved"), ("reopened", "open")):
            await self.harness.act(case, kind, "")
            await self._until(lambda state=state: self._state(case) == state)  # type: ignore[misc]
            shown = json.loads(await self.gatehouse("cases", "show", case, "--json"))
            assert shown["case"]["state"] == state, f"{case} is {kind} and shown as {shown['case']['state']}"

    def _state(self, case: str) -> str:
        return str(self.gateway.rows(f"select state from cases where id = '{case}'")[0][0])  # noqa: S608 - a number of ours

    async def gatehouse(self, *words: str) -> str:
        """Run an operator's command; return what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway", *words, "-c", str(self.gateway.config)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, err.decode()
        return out.decode()

    def _cases(self) -> list[tuple[str, str]]:
        """Return (Message-ID, case) of every entry that a user wrote."""
        rows = self.gateway.rows("select case_id, document from entries where direction = 'in' order by id")
        return [(json.loads(document)["message"]["thread"]["own_ref"], str(case)) for case, document in rows]

    async def _record(self) -> Record:
        queue = json.loads(await self.gatehouse("queue", "list", "--json", "--limit", "1000"))
        cases = self._cases()
        query = "select recipient, state from effects where kind in ('acknowledgement', 'warning')"
        automatic: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for recipient, state in self.gateway.rows(query):
            automatic[str(recipient)][str(state)] += 1
        users = {talk.user for talk in self.crowd.conversations}
        self.told.doubled_calls = self.gateway.rows(
            "select count(*) from effects where kind = 'ticket' and attempts > 1"
        )[0][0]
        return Record(
            self.crowd.conversations,
            cases,
            await self._desk({case for _, case in cases}),
            stuck=[str(item) for item in _items(queue) if item["state"] != "maybe_sent"],
            automatic=automatic,
            boxes={user: [_read(mail) for mail in self.server.inbox(user)] for user in sorted(users)},
            said=self.said,
            noted=self.noted,
            kills=self._kills,
        )

    async def _desk(self, cases: set[str]) -> Mapping[str, OnTicket]:
        answers = {said.text.partition(":")[0] for said in self.said}
        found = {}
        for case in sorted(cases):
            lines = [line for line in await self.harness.lines(case) if not _is_said(line, answers)]
            sent = {digest for said in self.said if said.case_id == case for _, digest in said.files}
            files = [_named(name, data) for name, data in await self.harness.files(case)]
            kept = tuple(named for named in files if named[1] not in sent)
            found[case] = OnTicket(tuple(map(str, self.system.tickets_of(case))), tuple(lines), kept)
        return found


class _Counter:
    """Counts events of the log as they come, each looked at once."""

    def __init__(self, gateway: GatewayProcess, fits: Callable[[Mapping[str, Any]], bool]) -> None:
        self._gateway = gateway
        self._fits = fits
        self._seen = len(gateway.events)
        self._count = 0

    def count(self) -> int:
        events = self._gateway.events
        self._count += sum(self._fits(event) for event in events[self._seen :])
        self._seen = len(events)
        return self._count


def _kind(event: Mapping[str, Any]) -> str:
    """Return what an event of the log tells of: an effect's kind once it is settled, else the event's own name."""
    return str(event.get("kind")) if event["event"] == "effect.settled" else str(event["event"])


def _items(queue: Any) -> Sequence[Mapping[str, Any]]:
    return [item for each in (queue.values() if isinstance(queue, dict) else [queue]) for item in each]


def _is_said(line: Line, answers: set[str]) -> bool:
    """Whether a line is an agent's own answer, which a ticket shows beside what the gateway wrote."""
    return not line.for_agents and any(f"{name}:" in line.text for name in answers)


def _named(name: str, data: bytes) -> Named:
    return name, sha256(data).hexdigest()


def _read(stored: StoredMail) -> Mail:
    mail = email.message_from_bytes(stored.body, policy=default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    files = tuple(_named(str(part.get_filename()), _bytes_of(part)) for part in mail.iter_attachments())
    return Mail(
        text=body.get_content() if body is not None else "",
        automatic=str(mail["Auto-Submitted"] or "no").lower() != "no",
        refers=tuple(f"{mail['In-Reply-To'] or ''} {mail['References'] or ''}".split()),
        files=files,
    )


def _bytes_of(part: Any) -> bytes:
    return bytes(part.get_payload(decode=True))


async def tell(story: Story) -> None:
    """Play a story and see that nothing is wrong with it."""
    record = await story.play()
    told = story.told
    print(
        f"{story.harness.plugin.name}: {story.size.messages} messages in {story.size.conversations} conversations, "
        f"{story.size.gateway_kills} kills of the gateway ({told.struck} in the midst of work), "
        f"{story.size.server_kills} of the ticket system; {told.doubled_calls} writes tried again; "
        f"{told.secs['tickets']:.0f} s until the last ticket, {told.secs['all']:.0f} s in all"
    )
    wrong = audit(record)
    assert wrong == [], "\n".join(wrong)
    assert told.struck > 0, "no kill came while anything was under way"
