"""What becomes of a message that is one too many, or that an operator's block is for. Pure.

Nothing is dropped: it is filed, marked and, where a flood or a blocked sender goes on, folded into one case, whose
ticket hears of it ever more seldom. Whoever is in danger is answered all the same: a block is an operator's guess.
A blocked sender is told once, and may appeal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from gateway.answers.acknowledge import MAIL, plain_address
from gateway.answers.compose import Teller
from gateway.answers.locales import LANGUAGES
from gateway.blocks import Block, BlockKind
from gateway.case import URGENCY, Case, CaseState, Message, Party, Priority, RecipientRole, Severity, Visibility
from gateway.casework import filing
from gateway.casework.abuse_policy import PUBLIC_DOMAINS
from gateway.casework.values import NOTHING, Judged, Outcome, Policy
from gateway.conversation import sender_proven
from gateway.past import Past, Query
from gateway.ports import TicketAction
from gateway.triage.phrases import LOOKED_AT, Phrases

if TYPE_CHECKING:
    from gateway.casework.following import Step

BLOCKED = "blocked"
TERM = "blocked-term"
FLOOD = "flood"
SURGE = "surge"
"""More comes from everybody than is usual: only the receipts stop."""
APPEAL = "appeal"
"""The tag of a case whose blocked sender has asked to be heard."""
QUIET = frozenset({BLOCKED, TERM, FLOOD, SURGE})
"""Tags of messages that get no automatic text."""
_FOLDED = frozenset({BLOCKED, FLOOD})
WHOLE = 20
"""So many messages of a folded case go to its ticket as they are; of more, the ticket is told when they double."""
SHARDS = 8
"""Messages of everybody are counted in so many rows, so that nodes do not wait for each other."""
_APPEAL_CHARS = 2_000
Fold = tuple[str, datetime]
"""By what name, and from when, the case is numbered that messages are folded into."""
_OF_MANY = ("flood:c:", "flood:d:")
"""What the name of a flood begins with that many take part in."""
_EVERYBODY = tuple(f"all:{shard}" for shard in range(SHARDS))


def asked_of(message: Message, query: Query, judged: Judged, policy: Policy, now: datetime) -> Query:
    """Return a query that also asks how much has come in, and for the case that the message may be folded into."""
    scopes = tuple(_scopes(message, judged, policy))
    names = (filing.first_number(name, at, policy) for name, at in _folds(message, judged, scopes, policy, now) if name)
    return replace(
        query,
        arrived=(*(name for name, _ in scopes), *_EVERYBODY) if scopes else (),
        arrived_at=now if scopes else None,
        folds=tuple(names),
    )


def screened(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Judged:
    """Return a message with what it met among its tags and reasons; unchanged where it met nothing."""
    found = tuple(_met(message, judged, past, policy, now))
    if not found:
        return judged
    triage = judged.triage
    changes: dict[str, object] = {
        "tags": (*triage.tags, *(tag for tag, _ in found)),
        "reasons": (*triage.reasons, *(reason for _, reason in found)),
    }
    if any(tag != SURGE for tag, _ in found) and not is_danger(judged):
        changes |= {"queue": policy.abuse.queue, "priority": Priority.LOW, "missing": ()}
    return replace(judged, triage=triage.model_copy(update=changes))


def fold_of(message: Message, judged: Judged, policy: Policy, now: datetime) -> Fold | None:
    """Return by what name, and from when, the case is numbered that a screened message is folded into; None for none.

    Where chats are one case each, only what comes from many in one group is folded.
    """
    tags = judged.triage.tags
    if BLOCKED not in tags and FLOOD not in tags:
        return None
    chats = policy.manners_of(message.provenance.source).chats
    if chats and filing.group_of(message) is None:
        return None
    scopes = tuple(_scopes(message, judged, policy))
    folds = tuple(_folds(message, judged, scopes, policy, now))
    # By block, by sender, by group or domain: the first that has a mark is the narrowest.
    for place, (name, at) in enumerate(folds):
        if name and (BLOCKED in tags if place == 0 else FLOOD in tags and _mark_of(scopes[place - 1][0]) in tags):
            return name, at
    return None


def head_of(fold: Fold | None, message: Message, policy: Policy) -> dict[str, object]:
    """Return what a case that messages are folded into is opened with: its number and, where many write there, nobody.

    Whoever came first must not be told what the desk answers to another.
    """
    if fold is None:
        return {}
    number: dict[str, object] = {"id": filing.first_number(*fold, policy)}
    if not fold[0].startswith(_OF_MANY):
        return number
    return {**number, "requester": Party(platform=message.platform), "participants": ()}


def folded_case(fold: Fold | None, past: Past, policy: Policy) -> Case | None:
    """Return the case that is there already to fold into."""
    if fold is None:
        return None
    number = filing.first_number(*fold, policy)
    return next((case for case in past.cases if case.id == number), None)


def is_quiet(judged: Judged) -> str:
    """Return the tag for which nothing automatic is said; empty where it is, as it is to whoever is in danger."""
    if is_danger(judged):
        return ""
    return next((tag for tag in judged.triage.tags if tag in QUIET), "")


def is_too_much(judged: Judged) -> bool:
    """Whether a message is of a flood, of a blocked sender or holds a blocked term: its commands are not carried out.

    Not so in a surge of everybody: who helps himself then is one less for the agents.
    """
    return not is_danger(judged) and not (QUIET - {SURGE}).isdisjoint(judged.triage.tags)


def is_danger(judged: Judged) -> bool:
    """Whether a message shows a danger to its user."""
    return bool(judged.triage.danger) or judged.assessment.worst is Severity.DANGER


def notice(case: Case, judged: Judged, policy: Policy) -> str:
    """Return what a blocked sender is told, once, when the case opens; empty for others."""
    if BLOCKED not in judged.triage.tags or case.message_count > 1:
        return ""
    tell = Teller(policy.locales, case.language, policy.brand)
    return tell.text("blocked-notice", brand=tell.brand, case=case.id, word=tell.text("appeal-word"))


def written(case: Case, judged: Judged) -> TicketAction | None:
    """Return how a further message of a folded case is told its ticket: as it is, as a count, or not at all.

    Of a danger the ticket always hears: how many wrote before is no reason to keep it from who can help.
    """
    if judged.triage.tags and not is_danger(judged) and not _FOLDED.isdisjoint(judged.triage.tags):
        count = case.message_count
        if count > WHOLE:
            return TicketAction.NOTE if count & (count - 1) == 0 else None
    return TicketAction.MESSAGE


def counted(step: Step) -> Outcome:
    """Count a message that was filed."""
    scopes = _counted(step.message, step.judged, step.policy)
    return Outcome(note="", arrived=scopes) if scopes else NOTHING


def also_counted(outcome: Outcome, message: Message, judged: Judged, policy: Policy) -> Outcome:
    """Count a message that a command was, unless it was counted where it was filed."""
    return outcome if outcome.arrived else replace(outcome, arrived=_counted(message, judged, policy))


def _counted(message: Message, judged: Judged, policy: Policy) -> tuple[str, ...]:
    scopes = [name for name, _ in _scopes(message, judged, policy)]
    if not scopes:
        return ()
    lane = message.provenance.lane.encode("utf-8", "backslashreplace")
    shard = blake2b(lane, digest_size=1).digest()[0] % SHARDS
    return (*scopes, _EVERYBODY[shard])


def appealed(step: Step) -> Outcome:
    """Let a blocked sender's word be heard by a person: once, whatever follows."""
    case, message = step.case, step.message
    if BLOCKED not in case.tags or APPEAL in case.tags or not _appeals(message, step.policy):
        return NOTHING
    heard = filing.tagged(case, APPEAL, on=True)
    raised = max(case.priority, Priority.NORMAL, key=URGENCY.index)
    heard = heard.model_copy(update={"priority": raised, "state": CaseState.OPEN})
    told = "The blocked sender appeals: please read this case, and lift the block if it is wrong (gatehouse blocks)."
    return Outcome(
        note=f"an appeal on {case.id}",
        cases=(heard,),
        effects=(filing.note(f"{message.id}:appeal", heard, step.policy, told),),
    )


def _appeals(message: Message, policy: Policy) -> bool:
    words = Phrases.of((policy.locales.text(tag, "appeal-word"), tag) for tag in LANGUAGES)
    return bool(words.found(f"{message.subject} {message.text}"[:_APPEAL_CHARS]))


def _met(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the marks of what a message met, with a sentence for the agents."""
    if (block := _block(message, policy, now)) is not None:
        yield BLOCKED, f"The {block.kind.value} is blocked (block {block.number})."
    if (block := _term(message, policy, now)) is not None:
        yield TERM, f"It holds a blocked term (block {block.number})."
    over = False
    for scope, most in _scopes(message, judged, policy):
        count = past.arrived.get(scope, 0)
        if most and count >= most:
            over = True
            yield _mark_of(scope), f"{count} messages came within an hour from this {_WHAT[scope[:2]]}."
    if over:
        yield FLOOD, "It is part of a flood and is folded into one case."
    everybody = sum(past.arrived.get(scope, 0) for scope in _EVERYBODY)
    if policy.abuse.everybody and everybody >= policy.abuse.everybody:
        yield SURGE, f"{everybody} messages came from everybody within an hour."


_WHAT = {"s:": "sender", "u:": "sender, unproven", "c:": "group", "d:": "mail domain"}


def _mark_of(scope: str) -> str:
    return f"flood-{_WHAT[scope[:2]].split(',')[0].replace(' ', '-')}"


def _scopes(message: Message, judged: Judged, policy: Policy) -> Iterator[tuple[str, int]]:
    """Yield the scopes in which a message is counted, narrowest first, with what each may hold.

    A sender that is not proven is counted by itself: whoever forges an address uses up nothing of its owner's. Nor is
    a domain's budget anything to who is proven to write there: he answers for himself alone.
    """
    limits, channel = policy.abuse, message.provenance.source
    sender = message.sender.id or plain_address(message.sender.address)
    is_proven = sender_proven(message, judged.assessment)
    if sender:
        yield f"{'s' if is_proven else 'u'}:{channel}:{sender}", limits.per_sender
    group = filing.group_of(message)
    if group is not None and group.address:
        yield f"c:{channel}:{group.address}", limits.per_chat
    domain = _domain(message)
    if domain and not is_proven and domain not in PUBLIC_DOMAINS and domain not in limits.public_domains:
        yield f"d:{channel}:{domain}", limits.per_domain


def _folds(
    message: Message, judged: Judged, scopes: tuple[tuple[str, int], ...], policy: Policy, now: datetime
) -> Iterator[Fold]:
    """Yield by what name and instant the case would be numbered: of its block, then of each scope; empty for none.

    A flood is a case a day; whoever is in danger is folded with nobody but himself.
    """
    block = _block(message, policy, now)
    who = message.sender.id or plain_address(message.sender.address)
    yield (f"blocked:{block.number}:{who}", block.made_at or now) if block is not None else ("", now)
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for scope, most in scopes:
        own = scope[:2] in ("s:", "u:")
        yield (f"flood:{scope}", day) if most and (own or not is_danger(judged)) else ("", day)


def _block(message: Message, policy: Policy, now: datetime) -> Block | None:
    """Return the block that is for whoever wrote, or for the group; names that can be forged count as they are."""
    blocks = policy.blocks
    if not blocks.named:
        return None
    sender = message.sender
    named = [plain_address(sender.address)] if message.platform == MAIL else []
    named += [f"{message.platform}:{each}" for each in (sender.id, sender.address) if each]
    found = (blocks.by_name(BlockKind.SENDER, name, now) for name in named)
    if (block := next((each for each in found if each is not None), None)) is not None:
        return block
    groups = message.recipients_as(RecipientRole.TO) if message.visibility is Visibility.GROUP else ()
    chats = (blocks.by_name(BlockKind.CHAT, f"{message.platform}:{each.address}", now) for each in groups)
    if (block := next((each for each in chats if each is not None), None)) is not None:
        return block
    domain = _domain(message)
    return blocks.by_domain(domain, now) if domain else None


def _term(message: Message, policy: Policy, now: datetime) -> Block | None:
    blocks = policy.blocks
    return blocks.by_term(f"{message.subject}\n{message.text[:LOOKED_AT]}", now) if blocks.terms else None


def _domain(message: Message) -> str:
    return message.sender.address.rpartition("@")[2].casefold() if message.platform == MAIL else ""
