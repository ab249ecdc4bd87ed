"""What must be true of a Telegram desk in the end: what people did against journal, tickets, answers and kept files."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.sandbox.telegram import TelegramServer
from tests.crash.audit import DOUBT, Audit
from tests.crash.crowd import MARK, Crowd

Rows = Callable[[str], Sequence[Sequence[Any]]]
EDITED = "[edited] "
BOUND = "goes on in a private chat"


@dataclass(frozen=True)
class Reply:
    """One reply as the outbox has it."""

    key: str
    kind: str
    state: str
    ref: str
    to: str
    text: str


@dataclass(frozen=True)
class Desk:
    """All that is compared."""

    server: TelegramServer
    crowd: Crowd
    rows: Rows
    answers: dict[str, str]
    """Text of each answer that an agent gave → the case."""


def audit(desk: Desk, kills: int, *, ended: bool = True, doubts: int | None = None) -> Audit:
    """Compare; `doubts` bounds the replies in doubt, by default one a kill."""
    found = Audit(messages=desk.crowd.posted, kills=kills)
    if not ended:
        found.wrong.append("unsettled: the gateway did not work everything off")
    _journal(desk, found)
    _cases(desk, found)
    _tickets(desk, found)
    _files(desk, found)
    replies = _replies(desk)
    _sent(desk, replies, found, kills if doubts is None else doubts)
    _answered(desk, replies, found)
    return found


def _journal(desk: Desk, found: Audit) -> None:
    keys = Counter(int(str(key).split(":")[1]) for (key,) in desk.rows("select key from raws where source = 'tg'"))
    found.lose("updates that are not in the journal", set(desk.crowd.update_ids) - keys.keys())
    found.double("updates that are in the journal again", (key for key, count in keys.items() if count > 1))
    states = "select source, state, count(*) from raws where state != 'settled' group by source, state"
    found.blame(
        "raws that are not settled", (f"{count} {state} of {source}" for source, state, count in desk.rows(states))
    )


def _cases(desk: Desk, found: Audit) -> None:
    of: defaultdict[str, set[str]] = defaultdict(set)
    for name, case in desk.rows("select message_id, case_id from entries where direction = 'in'"):
        of[str(name)].add(str(case))
    wanted = {each.id for each in desk.crowd.said}
    found.lose("messages on no case", wanted - of.keys())
    found.double("messages on several cases", (name for name in wanted if len(of[name]) > 1))
    found.blame(
        "cases of what nobody said to us", (each for each in of.keys() - wanted if not each.startswith("seen:"))
    )
    seen = [name for name in of if name.startswith("seen:")]
    told, posed = len(seen), len(desk.crowd.impostors)
    if told < posed:
        found.lose("impostors without a case", range(posed - told))
    if told > posed or any(len(of[name]) > 1 for name in seen):
        found.double("impostors with several cases", seen)


def _tickets(desk: Desk, found: Audit) -> None:
    lines = desk.rows("select id, ticket, text from desk_lines where kind = 'message' order by id")
    texts = [(str(ticket), str(text)) for _, ticket, text in lines]
    filled = [each for each in texts if each[1].strip()]
    # An edit that comes when its message is due, and not yet written, is in that write and in its own.
    again = (text for (_, text), count in Counter(filled).items() if count > (2 if text.startswith(EDITED) else 1))
    found.double("lines of a ticket", again)
    first: Counter[str] = Counter()
    newest: dict[str, int] = {}
    tickets: defaultdict[str, set[str]] = defaultdict(set)
    for ticket, text in filled:
        marks = [(mark[:7], int(mark[8:])) for mark in MARK.findall(text)]
        edits = text.startswith(EDITED) and any(version > 0 and mark in newest for mark, version in marks)
        for mark, version in marks:
            first[mark] += not edits
            newest[mark] = max(version, newest.get(mark, 0))
            tickets[mark].add(ticket)
    said = {each.mark: each for each in desk.crowd.said}
    found.lose("messages in no ticket", said.keys() - first.keys())
    found.double("messages written into a ticket again", (mark for mark, count in first.items() if count > 1))
    found.double("messages in several tickets", (mark for mark, some in tickets.items() if len(some) > 1))
    found.lose(
        "edits in no ticket", (m for m, each in said.items() if newest.get(m, each.versions) < each.versions - 1)
    )
    found.blame("tickets of what nobody said to us", first.keys() - said.keys())
    _notes(desk, found)


def _notes(desk: Desk, found: Audit) -> None:
    notes = desk.rows("select ticket, text from desk_lines where kind = 'note'")
    bound = Counter(str(ticket) for ticket, text in notes if BOUND in str(text))
    used = len(desk.crowd.tokens)
    if len(bound) < used:
        found.lose("tokens that bound no case", range(used - len(bound)))
    found.double("tokens that were spent twice", (ticket for ticket, count in bound.items() if count > 1))


def _files(desk: Desk, found: Audit) -> None:
    newest: dict[str, dict[str, Any]] = {}
    for name, document in desk.rows("select message_id, document from entries where direction = 'in' order by id"):
        newest[str(name)] = {each["id"]: each for each in json.loads(document)["message"]["attachments"]}
    kept = Counter((str(name), str(file)) for name, file in desk.rows("select message_id, attachment_id from files"))
    for said in (each for each in desk.crowd.said if each.files):
        shown = newest.get(said.id, {})
        found.lose(f"files that {said.id} does not name", said.files.keys() - shown.keys())
        names = said.files.keys() & shown.keys()
        found.lose(
            "files not fetched", (f"{said.id} {n} {shown[n]['state']}" for n in names if shown[n]["state"] != "stored")
        )
        wrong = (n for n in names if shown[n]["state"] == "stored" and shown[n]["sha256"] != said.files[n])
        found.blame("files with another hash", wrong)
        found.lose("files that are not kept", (n for n in said.files if kept[said.id, n] != 1))


def _replies(desk: Desk) -> list[Reply]:
    rows = desk.rows("select key, kind, state, ref, document from effects where kind not in ('ticket', 'file', 'wake')")
    replies = []
    for key, kind, state, ref, document in rows:
        reply = json.loads(document)["reply"]
        if reply is not None:
            replies.append(
                Reply(str(key), str(kind), str(state), str(ref or ""), reply["to"]["address"], reply["text"])
            )
    return replies


def _sent(desk: Desk, replies: Sequence[Reply], found: Audit, doubts: int) -> None:
    """What people have, message by message, against what the outbox says."""
    has: dict[str, tuple[str, str]] = {}
    for sent in desk.server.sent:
        assert sent.message is not None
        has[desk.crowd.ref(sent.message["chat"], sent.message["message_id"])] = (str(sent.chat_id), _plain(sent.text))
    sure = [each for each in replies if each.state == "settled"]
    found.lose("replies shown as sent that nobody has", (each.key for each in sure if each.ref not in has))
    other = (r.key for r in sure if r.ref in has and has[r.ref] != (r.to, _plain(r.text)))
    found.blame("replies that say something else than was to be sent", other)
    found.double(
        "sent messages of several replies", (r for r, n in Counter(each.ref for each in sure).items() if n > 1)
    )
    left = Counter(what for ref, what in has.items() if ref not in {each.ref for each in sure})
    in_doubt = Counter((each.to, _plain(each.text)) for each in replies if each.state == DOUBT)
    found.double("replies sent again", ((to, text[:40]) for to, text in left - in_doubt))
    open_ones = (f"{each.key} {each.state}" for each in replies if each.state not in ("settled", DOUBT))
    found.blame("replies that are neither sent nor in doubt", open_ones)
    found.maybe_sent = sum(in_doubt.values())
    if found.maybe_sent > doubts:
        found.wrong.append(f"{found.maybe_sent} replies are in doubt where there is reason for {doubts}")


def _answered(desk: Desk, replies: Sequence[Reply], found: Audit) -> None:
    """Who must have been answered, and how often."""
    keys = Counter(each.key for each in replies)
    found.lose("commands that nobody means to answer", (key for key in desk.crowd.asked if key not in keys))
    private = {str(each.person) for each in desk.crowd.said if not each.group}
    thanked = Counter(each.to for each in replies if each.kind == "acknowledgement")
    found.lose("people whom nobody means to acknowledge", private - thanked.keys())
    found.double("people acknowledged again", (who for who, count in thanked.items() if count > 1))
    found.blame("people acknowledged who wrote nothing", thanked.keys() - private)
    given = Counter(each.text for each in replies if each.kind == "answer")
    found.lose("answers of agents that nobody means to send", desk.answers.keys() - given.keys())
    found.double("answers of agents", (text for text, count in given.items() if count > 1))
    told = " ".join(each.text for each in replies if each.kind == "notice")
    names = Counter(re.findall(r"examplex_supp0rt_b\d+t", told))
    found.lose("impostors that the operators are not told of", (h for h in desk.crowd.impostors if h not in names))
    wanted = {*desk.crowd.asked, *(f"{each.id}:invitation" for each in desk.crowd.said if each.group)}
    odd = (each.key for each in replies if each.kind == "response" and each.key not in wanted)
    found.blame("answers to what nobody asked", odd)


def _plain(text: str) -> str:
    return " ".join(text.split())
