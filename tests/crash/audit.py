"""What must be true in the end, whatever happened on the way: what users wrote against tickets, replies and answers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.crash.lives import CrashDesk
from tests.crash.outside import content

DOUBT = "maybe_sent"


@dataclass
class Audit:
    """What was found; `wrong` holds a sentence for every promise that was broken."""

    messages: int
    kills: int
    lost: int = 0
    doubled: int = 0
    maybe_sent: int = 0
    """Replies that are shown to the operator as perhaps sent."""
    wrong: list[str] = field(default_factory=list)

    def lose(self, what: str, items: Iterable[object]) -> None:
        found = sorted(map(str, items))
        self.lost += len(found)
        self._tell(f"lost: {what}", found)

    def double(self, what: str, items: Iterable[object]) -> None:
        found = sorted(map(str, items))
        self.doubled += len(found)
        self._tell(f"doubled: {what}", found)

    def blame(self, what: str, items: Iterable[object]) -> None:
        self._tell(what, sorted(map(str, items)))

    def _tell(self, what: str, found: list[str]) -> None:
        if found:
            self.wrong.append(f"{what}: {len(found)} ({', '.join(found[:5])})")


def audit(desk: CrashDesk, doubts: int | None = None, ended: bool = True) -> Audit:
    """Compare; `doubts` bounds the replies in doubt, by default one a kill."""
    found = Audit(messages=len(desk.outside.posted), kills=desk.kills)
    if not ended:
        found.wrong.append("unsettled: the gateway did not work everything off")
    _journal(desk, found)
    _tickets(desk, found)
    _files(desk, found)
    _attempts(desk, found)
    _replies(desk, found, doubts if doubts is not None else desk.kills)
    return found


def _journal(desk: CrashDesk, found: Audit) -> None:
    keys = Counter(str(key) for (key,) in desk.rows("select key from raws where source = 'support'"))
    posted = {f"m{each.number}" for each in desk.outside.posted}
    found.lose("messages that are not in the journal", posted - set(keys))
    found.double("raws that are in the journal again", set(keys) - posted)
    states = "select state, count(*) from raws where state != 'settled' group by state"
    found.blame("raws that are not settled", (f"{count} {state}" for state, count in desk.rows(states)))


def _tickets(desk: CrashDesk, found: Audit) -> None:
    posted = {each.number: each for each in desk.outside.posted}
    times = Counter(number for _, _, number in desk.outside.written)
    found.lose("messages without a ticket", posted.keys() - times.keys())
    found.double("messages written into a ticket again", (number for number, count in times.items() if count > 1))
    noted = Counter(key for key, _ in desk.outside.noted)
    found.double("notes written into a ticket again", (key for key, count in noted.items() if count > 1))
    cases: defaultdict[str, list[int]] = defaultdict(list)
    for _, case, number in desk.outside.written:
        if number not in cases[case]:
            cases[case].append(number)
    found.blame("tickets in which order is broken", (case for case, each in cases.items() if each != sorted(each)))
    of_user: defaultdict[str, set[str]] = defaultdict(set)
    for case, numbers in cases.items():
        for number in numbers:
            of_user[posted[number].user].add(case)
    found.double("conversations with several tickets", (user for user, some in of_user.items() if len(some) > 1))
    mixed = Counter(case for some in of_user.values() for case in some)
    found.blame("tickets of several users", (case for case, users in mixed.items() if users > 1))


def _files(desk: CrashDesk, found: Audit) -> None:
    """What the newest version of each message says of its file, and that its bytes are kept."""
    entries = desk.rows("select message_id, document from entries where direction = 'in' order by id")
    shown = {str(name): json.loads(document)["message"]["attachments"] for name, document in entries}
    kept = {str(name) for (name,) in desk.rows("select attachment_id from files where blob is not null")}
    wanted = {f"m{each.number}": each.file for each in desk.outside.posted if each.file and not each.poison}
    names = wanted.keys() & shown.keys()
    found.lose("files that are not kept", (wanted[name] for name in names if wanted[name] not in kept))
    told = {name: [each["sha256"] for each in shown[name]] for name in names}
    hashes = {name: [hashlib.sha256(content(wanted[name])).hexdigest()] for name in names}
    found.blame("messages that name their file otherwise", (name for name in names if told[name] != hashes[name]))


def _attempts(desk: CrashDesk, found: Audit) -> None:
    charged = {str(key): int(count) for key, count in desk.rows("select key, attempts from effects")}
    more = (key for key, calls in desk.outside.asked.items() if calls > charged.get(key, 0))
    found.blame("calls that no attempt was charged for", more)


def _replies(desk: CrashDesk, found: Audit, doubts: int) -> None:
    outside = desk.outside
    replies = "kind in ('acknowledgement', 'answer', 'warning')"
    rows = desk.rows(f"select key, kind, state from effects where {replies}")  # noqa: S608
    state = {str(key): str(state) for key, _, state in rows}
    # What a further message gives cause to say: which do, is for triage.
    further = {str(key) for key, kind, _ in rows if kind == "warning"}
    wanted = {f"m{each.number}:acknowledgement" for each in outside.posted if each.first == each.number}
    wanted |= {f"{each['id']}:answer" for each in outside.feed}
    sent = Counter(key for key, _, _ in outside.sent)
    found.lose("replies that nobody means to send", wanted - state.keys())
    found.double("replies sent again", (key for key, count in sent.items() if count > 1))
    found.double("people acknowledged again", _again(desk))
    found.blame("replies that nobody asked for", state.keys() - wanted - further)
    sure = {key for key, each in state.items() if each == "settled"}
    found.lose("replies shown as sent that nobody has", sure - sent.keys())
    found.blame("replies sent and not shown as such", (k for k in sent if state.get(k) not in ("settled", DOUBT)))
    open_ones = {key for key, each in state.items() if each not in ("settled", DOUBT)}
    found.blame("replies that are neither sent nor in doubt", open_ones)
    found.maybe_sent = sum(each == DOUBT for each in state.values())
    if found.maybe_sent > doubts:
        found.wrong.append(f"{found.maybe_sent} replies are in doubt where there is reason for {doubts}")


def _again(desk: CrashDesk) -> Iterable[str]:
    acknowledged = Counter(user for _, kind, user in desk.outside.sent if kind == "acknowledgement")
    return (user for user, count in acknowledged.items() if count > 1)
