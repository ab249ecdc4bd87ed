"""What must be true of an X desk in the end: what people did against files, tickets, answers, calls and money."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tests.crash.audit import DOUBT, Audit
from tests.crash.chat_audit import EDITED, Reply
from tests.crash.x_crowd import MARK
from tests.crash.x_world import MENTIONS, MESSAGES, PRIVATE, PUBLIC, SEARCH, XWorld

WINDOW = timedelta(minutes=15)
LIMITS = {MENTIONS: 300, MESSAGES: 15, SEARCH: 300, PUBLIC: 100, PRIVATE: 15}
"""Calls that X allows the account within any quarter of an hour."""


def audit(world: XWorld, *, ended: bool = True, doubts: int | None = None) -> Audit:
    """Compare; `doubts` bounds the replies in doubt, by default two a kill: one in public and one in private."""
    found = Audit(messages=len(world.crowd.said), kills=world.kills)
    if not ended:
        found.wrong.append("unsettled: the gateway did not work everything off")
    _journal(world, found)
    _cases(world, found)
    _tickets(world, found)
    replies = _replies(world)
    _sent(world, replies, found, 2 * world.kills if doubts is None else doubts)
    _answered(world, replies, found)
    _calls(world, found)
    _money(world, found)
    return found


def _journal(world: XWorld, found: Audit) -> None:
    rows = world.rows("select key, stream, state from raws where source = 'x'")
    given = Counter(str(key).split(":")[1] for key, stream, _ in rows if stream != "conversations")
    newest = {each.ids[-1] for each in world.crowd.said}
    every = {each for said in world.crowd.said for each in said.ids}
    found.lose("posts and messages that are not in the journal", newest - given.keys())
    found.double("posts and messages that are in the journal again", (key for key, n in given.items() if n > 1))
    found.blame("raws of what nobody else said", given.keys() - every)
    states = Counter(str(state) for _, _, state in rows if state != "settled")
    found.blame("raws that are not settled", (f"{count} {state}" for state, count in states.items()))


def _cases(world: XWorld, found: Audit) -> None:
    of: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, case, document in world.rows("select message_id, case_id, document from entries where direction = 'in'"):
        of[str(name)].append((str(case), int(json.loads(document)["message"]["version"])))
    wanted = {each.id for each in world.crowd.said}
    found.lose("messages on no case", wanted - of.keys())
    found.double(
        "messages on several cases", (name for name, each in of.items() if len({case for case, _ in each}) > 1)
    )
    found.double(
        "versions of a message that are filed again", (n for n, each in of.items() if len(set(each)) < len(each))
    )
    found.blame("cases of what nobody else said", of.keys() - wanted)


def _tickets(world: XWorld, found: Audit) -> None:
    lines = world.rows("select ticket, text from desk_lines where kind = 'message' order by id")
    first: Counter[str] = Counter()
    newest: dict[str, int] = {}
    tickets: defaultdict[str, set[str]] = defaultdict(set)
    for ticket, text in lines:
        for mark, number in MARK.findall(str(text)):
            version = int(number)
            edits = str(text).startswith(EDITED) and mark in newest
            first[mark] += not edits
            newest[mark] = max(version, newest.get(mark, 0))
            tickets[mark].add(str(ticket))
    said = {each.mark: each for each in world.crowd.said}
    found.lose("messages in no ticket", said.keys() - first.keys())
    found.double("messages written into a ticket again", (mark for mark, count in first.items() if count > 1))
    found.double("messages in several tickets", (mark for mark, some in tickets.items() if len(some) > 1))
    # An edit that comes when its message is due, and not yet written, is in that write and in its own.
    revised = Counter(str(text) for _, text in lines if str(text).startswith(EDITED))
    found.double("edits written into a ticket again", (text for text, count in revised.items() if count > 2))
    found.lose(
        "edits in no ticket", (m for m, each in said.items() if newest.get(m, each.versions) < each.versions - 1)
    )


def _replies(world: XWorld) -> list[Reply]:
    rows = world.rows(
        "select key, kind, state, ref, document from effects where kind not in ('ticket', 'file', 'wake')"
    )
    found = []
    for key, kind, state, ref, document in rows:
        if (reply := json.loads(document)["reply"]) is not None:
            public = reply["visibility"] == "public"
            to = str(reply["thread"]["parent"]).removeprefix("x:") if public else str(reply["to"]["address"])
            found.append(Reply(str(key), str(kind), str(state), str(ref or ""), to, reply["text"]))
    return found


def _sent(world: XWorld, replies: Sequence[Reply], found: Audit, doubts: int) -> None:
    """What people have, message by message, against what the outbox says."""
    posts, messages = world.server.sent_posts, world.server.sent_messages
    again = Counter(str(each.reply_to) for each in posts)
    found.double("posts answered twice in public", (to for to, count in again.items() if count > 1))
    has = {f"x:{each.id}": (str(each.reply_to), each.text) for each in posts}
    has |= {f"x:dm:{each.id}": (each.to, each.text) for each in messages}
    sure = [each for each in replies if each.state == "settled" and each.ref]
    found.lose("replies shown as sent that nobody has", (each.key for each in sure if each.ref not in has))
    other = (each.key for each in sure if each.ref in has and has[each.ref] != (each.to, each.text))
    found.blame("replies that say something else than was to be sent", other)
    named = Counter(each.ref for each in sure)
    found.double("sent messages of several replies", (ref for ref, count in named.items() if count > 1))
    left = Counter(what for ref, what in has.items() if ref not in named)
    in_doubt = Counter((each.to, each.text) for each in replies if each.state == DOUBT)
    found.double("replies sent again", ((to, text[:40]) for to, text in left - in_doubt))
    open_ones = (f"{each.key} {each.state}" for each in replies if each.state not in ("settled", DOUBT))
    found.blame("replies that are neither sent nor in doubt", open_ones)
    found.maybe_sent = sum(in_doubt.values())
    if found.maybe_sent > doubts:
        found.wrong.append(f"{found.maybe_sent} replies are in doubt where there is reason for {doubts}")


def _answered(world: XWorld, replies: Sequence[Reply], found: Audit) -> None:
    """Who must have been answered, and how often."""
    private = {str(each.thing["sender_id"]) for each in world.crowd.messages}
    thanked = Counter(each.to for each in replies if each.kind == "acknowledgement" and each.to in private)
    found.double("people thanked again in private", (who for who, count in thanked.items() if count > 1))
    given = Counter(each.text for each in replies if each.kind == "answer")
    wanted = {text for text, mark in world.answers.items() if mark.startswith("d")}
    found.lose("answers of agents that nobody means to send", wanted - given.keys())
    found.double("answers of agents", (text for text, count in given.items() if count > 1))


def _calls(world: XWorld, found: Audit) -> None:
    """Every window of the platform's own record, and whatever it refused."""
    for route, limit in LIMITS.items():
        at = [each.at for each in world.server.calls if each.route == route]
        if (most := busiest(at)) > limit:
            found.wrong.append(f"above the limit: {most} of {route} in a quarter of an hour, where {limit} are allowed")
    refused = Counter((each.status, each.route) for each in world.server.calls if (each.status or 0) >= 400)
    found.blame(
        "calls that X refused", (f"{count} × {status} of {route}" for (status, route), count in refused.items())
    )


def busiest(at: Iterable[datetime]) -> int:
    """Return how many calls there were in the fullest window; one that opens with a call is closed before its end."""
    times = sorted(at)
    return max((bisect_left(times, each + WINDOW) - place for place, each in enumerate(times)), default=0)


def _money(world: XWorld, found: Audit) -> None:
    """What the gateway counted is what it was given to read, but for a page a kill; never less than X billed otherwise.

    Of what it read before, a new life does not know that X bills it once a day.
    """
    rows = world.rows("select what, cost from spending")
    counted = Decimal(sum(int(cost) for what, cost in rows if what != "activity")) / 1_000_000
    least, most = world.bill.bounds
    if not least <= counted <= most:
        found.wrong.append(f"the meter says {counted}, where it should say {least} to {most}")
