"""What must be true at the end of a story, whatever was killed on the way. Pure: it compares what was recorded."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.testing.backends import Line
from tests.backends.story_mails import Conversation

REFUSED_IN_NAMES = re.compile(r"(?:%22|[\\/?%*:|\"'<>\r\n])+")
"""What ticket systems replace in names of files, because a file system would refuse it; and what a form, as browsers
write it, bears in the place of a quote."""

Named = tuple[str, str]
"""A file's name, and the SHA-256 of its bytes."""


@dataclass(frozen=True)
class OnTicket:
    """What the ticket system holds of a case."""

    tickets: tuple[str, ...]
    lines: tuple[Line, ...]
    files: tuple[Named, ...]


@dataclass(frozen=True)
class Mail:
    """A mail that a user has got."""

    text: str
    automatic: bool
    refers: tuple[str, ...] = ()
    """The Message-IDs in In-Reply-To and References."""
    files: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Said:
    """A public answer that an agent gave."""

    case_id: str
    text: str
    files: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Record:
    """All that was seen at the end."""

    conversations: Sequence[Conversation]
    cases: Sequence[tuple[str, str]]
    """(Message-ID, case) for every message in the gateway's file of a case."""
    desk: Mapping[str, OnTicket]
    """By case."""
    stuck: Sequence[str] = ()
    """What stands in the queues and is neither settled nor in doubt."""
    automatic: Mapping[str, Counter[str]] = field(default_factory=dict)
    """By user: the states of the automatic replies that were meant for them."""
    boxes: Mapping[str, Sequence[Mail]] = field(default_factory=dict)
    """By user."""
    said: Sequence[Said] = ()
    noted: Sequence[str] = ()
    """What agents wrote for each other."""
    kills: int = 0


@dataclass
class Verdict:
    """`wrong` holds a sentence for every promise that was broken."""

    wrong: list[str] = field(default_factory=list)

    def blame(self, what: str, items: Iterable[object]) -> None:
        found = sorted(map(str, items))
        if found:
            self.wrong.append(f"{what}: {len(found)} ({'; '.join(found[:3])})")


def audit(record: Record) -> list[str]:
    """Return a sentence for every promise that was broken; none when all is well."""
    verdict = Verdict()
    case_of = _cases(record, verdict)
    for talk in record.conversations:
        case = case_of.get(talk.number)
        if case is not None:
            _ticket(talk, case, record.desk.get(case, OnTicket((), (), ())), verdict)
    verdict.blame("what stands in the queues", record.stuck)
    _automatic(record, verdict)
    _answers(record, case_of, verdict)
    return verdict.wrong


def _cases(record: Record, verdict: Verdict) -> dict[int, str]:
    """Return which case each conversation became."""
    times = Counter(message_id for message_id, _ in record.cases)
    verdict.blame("messages filed again", (each for each, count in times.items() if count > 1))
    cases: defaultdict[str, set[str]] = defaultdict(set)
    for message_id, case in record.cases:
        cases[message_id].add(case)
    found: dict[int, str] = {}
    for talk in record.conversations:
        messages = {written.message_id for written in talk.messages}
        verdict.blame("messages in no case", (each for each in messages if each not in cases))
        mine = {case for each in messages for case in cases[each]}
        if len(mine) > 1:
            verdict.blame("conversations in several cases", [f"{talk.number}: {sorted(mine)}"])
        if mine:
            found[talk.number] = min(mine)
    shared = Counter(found.values())
    verdict.blame("cases of several conversations", (case for case, count in shared.items() if count > 1))
    return found


def _ticket(talk: Conversation, case: str, seen: OnTicket, verdict: Verdict) -> None:
    if len(seen.tickets) != 1:
        verdict.blame("cases that have not exactly one ticket", [f"{case}: {list(seen.tickets)}"])
    names = {file.name for written in talk.messages for file in written.files}
    public = [_text(line.text) for line in seen.lines if not line.for_agents and not _names_files(line.text, names)]
    wanted = [_text(written.text) for written in talk.messages]
    times, meant = Counter(public), Counter(wanted)
    verdict.blame("messages lost", (f"{case}: {_short(each)}" for each in meant if not times[each]))
    verdict.blame("messages doubled", (f"{case}: {_short(each)}" for each in meant if times[each] > meant[each]))
    verdict.blame("public lines that no user wrote", (f"{case}: {_short(each)}" for each in times if not meant[each]))
    if times == meant and public != wanted:
        verdict.blame("tickets in which order is broken", [case])
    got = Counter((_name(name), digest) for name, digest in seen.files)
    sent = Counter((_name(file.name), file.sha256) for written in talk.messages for file in written.files)
    verdict.blame("files lost or changed", (f"{case}: {name}" for name, _ in (sent - got)))
    verdict.blame("files doubled, or that no user sent", (f"{case}: {name}" for name, _ in (got - sent)))


def _automatic(record: Record, verdict: Verdict) -> None:
    """Every user is told once that the desk has the message; what was in doubt at a kill may have been sent or not."""
    doubts = 0
    users = {talk.user for talk in record.conversations} if record.automatic else set()
    for user in sorted(users):
        states = record.automatic.get(user, Counter())
        got = sum(mail.automatic for mail in record.boxes.get(user, ()))
        doubts += states["maybe_sent"]
        if not states.total():
            verdict.blame("users whom nothing was meant to be told", [user])
        if not states["settled"] <= got <= states["settled"] + states["maybe_sent"]:
            verdict.blame("users who got more or fewer automatic mails than were sent", [f"{user}: {got}, {states}"])
    if doubts > record.kills:
        verdict.blame(f"automatic mails in doubt, with {record.kills} kills", [doubts])


def _answers(record: Record, case_of: Mapping[int, str], verdict: Verdict) -> None:
    user_of = {case_of[talk.number]: talk for talk in record.conversations if talk.number in case_of}
    wanted: defaultdict[str, list[Said]] = defaultdict(list)
    for said in record.said:
        if said.case_id in user_of:
            wanted[user_of[said.case_id].user].append(said)
    for user, mails in record.boxes.items():
        got = [mail for mail in mails if not mail.automatic]
        meant = wanted[user]
        for said in meant:
            found = [mail for mail in got if _holds(mail, said)]
            _answer(said, found, user_of[said.case_id], verdict)
        strange = [mail for mail in got if not any(_holds(mail, said) for said in meant)]
        verdict.blame("answers that no agent gave to this user", (f"{user}: {_short(mail.text)}" for mail in strange))
        _in_order(user, got, meant, verdict)
        told = [note for note in record.noted if any(_folded(note) in _folded(mail.text) for mail in mails)]
        verdict.blame("internal notes that reached a user", (f"{user}: {_short(each)}" for each in told))
    for user in wanted.keys() - record.boxes.keys():
        verdict.blame("answers lost", [user])


def _answer(said: Said, found: Sequence[Mail], talk: Conversation, verdict: Verdict) -> None:
    what = f"{said.case_id}: {_short(said.text)}"
    if not found:
        verdict.blame("answers lost", [what])
        return
    if len(found) > 1:
        verdict.blame("answers sent again", [what])
    mail = found[0]
    if Counter((_name(n), d) for n, d in mail.files) != Counter((_name(n), d) for n, d in said.files):
        verdict.blame("answers whose files are not those that the agent gave", [what])
    if not {written.message_id for written in talk.messages}.intersection(mail.refers):
        verdict.blame("answers that are not threaded to a mail of their user", [f"{what}: {list(mail.refers)}"])


def _in_order(user: str, got: Sequence[Mail], meant: Sequence[Said], verdict: Verdict) -> None:
    """Within a case, answers arrive in the order in which they were given."""
    for case in sorted({said.case_id for said in meant}):
        mine = [said for said in meant if said.case_id == case]
        arrived = [said.text for mail in got for said in mine if _holds(mail, said)]
        if Counter(arrived) == Counter(said.text for said in mine) and arrived != [said.text for said in mine]:
            verdict.blame("cases whose answers arrived in another order", [f"{case} of {user}"])


def _names_files(text: str, names: set[str]) -> bool:
    """Whether a line does nothing but name files of the user, where a ticket system takes none with a message."""
    if not text.startswith("File: "):
        return False
    rest = text.removeprefix("File: ")
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return not rest.strip(", \r\n")


def _holds(mail: Mail, said: Said) -> bool:
    return _folded(said.text) in _folded(mail.text)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _text(text: str) -> str:
    """Return a text whatever ends its lines, and without what stands invisibly at its end."""
    return text.replace("\r\n", "\n").rstrip()


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", REFUSED_IN_NAMES.sub("_", name))


def _short(text: str) -> str:
    return repr(_folded(text)[:60])
