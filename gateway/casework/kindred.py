"""Which other cases are about the same matter, or are the same person's: what is linked, and what is one case. Pure.

A transaction, withdrawal or order that two cases name ties them together for the agents; nobody is told of another's
case by it. One case is made of two messages only where it is proven that one person wrote both: in a chat by the chat,
in mail by authentication, across channels by linked accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from gateway.answers import signs
from gateway.case import Case, CaseLink, CaseState, Entity, Message, Visibility
from gateway.casework import filing
from gateway.casework.own import own_cases, proven_account
from gateway.casework.values import NOTHING, Judged, Outcome, Policy
from gateway.conversation import Placing, bare_subject
from gateway.identity import account_of, brought, is_of
from gateway.past import OF_THING, Past, Query

if TYPE_CHECKING:
    from gateway.casework.following import Step

SAME_MATTER = "same_matter"
"""The kind of a link to a case that names the same transaction, withdrawal or order."""
UNIQUE = frozenset({"tx_hash", "withdrawal_id", "order_id"})
"""Kinds of things that only one matter can be about."""
MOST_THINGS = 8
"""More things than this in one message are a list, and tie nothing together."""
MOST_LINKS = 5
_UNTOLD = (None, "other")
"""Categories that tell of no matter."""


def asked_of(message: Message, query: Query, judged: Judged) -> Query:
    """Return a query that also asks for the cases of the same matter and, for proven mail, of the same person."""
    things = _things(judged.triage.entities)
    in_private = message.visibility is Visibility.PRIVATE
    mine = message.platform == "email" and proven_account(message, judged.assessment) is not None
    return replace(
        query,
        things=things,
        identity_of=query.identity_of or (account_of(message.sender) if in_private else None),
        own_cases=query.own_cases or mine,
    )


def goes_on(placing: Placing, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Placing:
    """Let a message that names no case go on with an open case of its proven sender, where it is the same matter.

    Another matter opens a case of its own: another team works on it.
    """
    account = proven_account(message, judged.assessment)
    if placing.case is not None or account is None or message.visibility is not Visibility.PRIVATE:
        return placing
    found = own_cases(past, None, account)
    if placing.claims:
        # What it cites is proven to be its sender's after all, by an account that is linked.
        cited = next((case for case in found if case.id in placing.claims and not case.is_merged), None)
        return placing if cited is None else Placing(cited, how="same person")
    if not policy.cases.one_open or _speaks_for_others(message):
        return placing
    since = now - timedelta(hours=policy.cases.goes_on_hours)
    same = next((case for case in found if _is_open(case, since) and _same_matter(case, message, judged)), None)
    return placing if same is None else Placing(same, how="same person")


def moved(case: Case, message: Message, judged: Judged, past: Past) -> Case:
    """Return a case that its person goes on with on another platform: there they are answered from now on."""
    account = proven_account(message, judged.assessment)
    if case.platform == message.platform or message.visibility is not Visibility.PRIVATE or account is None:
        return case
    linked = past.person is not None and past.person.has(account)
    accounts = {each.name for each in past.person.accounts} if past.person is not None and linked else {account}
    if not is_of(case, accounts):
        return case
    sender = brought(case, message.sender, past.person if linked else None)
    known = {account_of(each) for each in case.participants}
    before = (case.requester,) if case.requester.address and account_of(case.requester) not in known else ()
    there = tuple(each for each in (*before, *case.participants) if account_of(each) != account)
    return case.model_copy(
        update={
            "channel": message.provenance.source,
            "platform": message.platform,
            "requester": sender,
            "participants": (sender, *there),
        }
    )


def tied(step: Step) -> Outcome:
    """Tie a case to those that name the same things, tell the agents of it, and let later ones find it by its own."""
    case = step.case
    refs = tuple((thing, case.id) for thing in _things(step.judged.triage.entities))
    others = tuple(_others(step))
    if not others:
        return Outcome(note="", refs=refs) if refs else NOTHING
    links = tuple(CaseLink(kind=SAME_MATTER, case_id=each.id) for each in others)
    told = "It names the same transaction, withdrawal or order as: " + ", ".join(_told(each) for each in others)
    return Outcome(
        note=f"the same matter as {', '.join(each.id for each in others)}",
        cases=(case.model_copy(update={"links": (*case.links, *links)}),),
        refs=refs,
        effects=(filing.note(f"{step.message.id}:same", case, step.policy, told),),
    )


def _others(step: Step) -> Iterator[Case]:
    known = {step.case.id, *(link.case_id for link in step.case.links)}
    room = MOST_LINKS - sum(link.kind == SAME_MATTER for link in step.case.links)
    fresh = (case for case in step.past.by_thing if case.id not in known and not case.is_merged)
    for _, case in zip(range(max(room, 0)), fresh, strict=False):
        yield case


def _told(case: Case) -> str:
    return f"{case.id} ({case.channel}, {case.state.value})"


def _is_open(case: Case, since: datetime) -> bool:
    return case.state is not CaseState.SOLVED and not case.is_merged and case.updated_at >= since


def _speaks_for_others(message: Message) -> bool:
    """Whether its sender is a form or a list, behind which are many people."""
    other = message.reply_to is not None and message.reply_to.address != message.sender.address
    return other or signs.is_from_list(message)


def _same_matter(case: Case, message: Message, judged: Judged) -> bool:
    """Whether a message fits a case: by what it names, by its subject, or by what it is about."""
    named, known = _unique(judged.triage.entities), _unique(case.entities)
    if named & known:
        return True
    category = judged.triage.category
    told = category not in _UNTOLD and case.category not in _UNTOLD
    if {kind for kind, _ in named} & {kind for kind, _ in known} or (told and category != case.category):
        return False
    subject = bare_subject(message.subject)
    return (bool(subject) and subject == bare_subject(case.subject)) or told


def _unique(entities: Iterable[Entity]) -> set[tuple[str, str]]:
    return {(each.kind, each.value.casefold()) for each in entities if each.kind in UNIQUE}


def _things(entities: tuple[Entity, ...]) -> tuple[str, ...]:
    named = dict.fromkeys((each.kind, each.value.casefold()) for each in entities if each.kind in UNIQUE)
    if len(named) > MOST_THINGS:
        return ()
    return tuple(f"{OF_THING}{_digest(f'{kind}:{value}')}" for kind, value in named)


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
