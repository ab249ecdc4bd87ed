"""What is said where everybody reads along: one answer to a post that summoned us, and a word on whoever poses as us.

Pure. The platform lets us answer in public only who summoned us, once for each post; whatever is personal is answered
in private, once the person has written there. An impostor who answers a user of ours in public becomes a case of its
own, and that user is warned: in private where he has written to us, else in the one public answer that is left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from gateway.answers import breaker, public
from gateway.answers.acknowledge import AckVerdict, Ledger, may_acknowledge
from gateway.answers.outgoing import continued, filed, signed_reply
from gateway.case import Case, Evidence, Message, Party, RecipientRole, Severity, Visibility
from gateway.casework import failures, filing, groups
from gateway.casework.helping import IN_DANGER
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import references
from gateway.past import Past, Query, Turn
from gateway.ports import Reply, ReplyKind

SUMMONED = "summoned"
"""The evidence on a message that its author called us in; and, on whom a public answer goes to, which message did."""

_PERSONAL = frozenset({"account_id", "email", "phone", "withdrawal_id", "order_id"})
"""Kinds of things that tell strangers whose account it is; a transaction or an address is public by itself."""
SECRET = "secret_shared"  # noqa: S105 - the code of a finding
NAMED = "named"
"""The evidence, on whom a public answer goes to, of who else must not be named by it: the platform's number."""


def is_public(message: Message) -> bool:
    """Whether everybody reads it, on a platform where it is a message of its own and not said in a group."""
    return message.visibility is Visibility.PUBLIC


def ask_seen(message: Message, policy: Policy) -> Query:
    """Return what must be known of the past, should the author turn out to pose as us."""
    asked = groups.ask_sighting(message, policy)
    return replace(asked, refs=references(message), sighting=groups.sighting_id(message), turn=True)


def decide_seen(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Open a case for an impostor, and warn whom he answers; what others say to one another is not ours."""
    seen = groups.decide_sighting(message, judged, replace(past, copy_of=past.sighting), policy, now)
    if not groups.is_impostor(message, judged):
        return seen
    victim = next((case for case in past.by_ref if case.requester.id != message.sender.id), None)
    if victim is None or past.turn is None or past.turn.said.case_id != victim.id:
        return seen
    warned = _warned(victim, past.turn, message, policy, now)
    # Seen again: its effects are known by their keys, and what was filed then is not filed anew.
    return seen.and_also(warned if seen.cases else replace(warned, entries=()))


def receipt(
    kind: ReplyKind, case: Case, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome:
    """Answer a post that summoned us at once, if every rule allows it; the note says why not otherwise."""
    manners = policy.manners_of(case.channel)
    if not manners.summoned or not manners.receipts or case.channel not in policy.sending:
        return Outcome(note="not acknowledged: everybody reads there")
    if not message.said(SUMMONED):
        return Outcome(note="not acknowledged: the author did not summon us")
    if judged.old and not policy.acknowledgement.old:
        return Outcome(note="not acknowledged: it is older than the channel")
    if filing.SILENCED in case.tags:
        return Outcome(note="not acknowledged: the person opted out")
    if kind is ReplyKind.ACKNOWLEDGEMENT and (*past.sent_to, 0, 0)[1] and not _in_danger(judged):
        # X refuses the same text to the same account within a day, and whoever had it knows the way.
        return Outcome(note="not acknowledged: the person was told within a day")
    verdict = asked_of_rules(case, message, judged, past, policy, now)
    if not verdict.allowed or verdict.to is None:
        return Outcome(note=f"not acknowledged: {verdict.reason}")
    worst = Severity.DANGER if filing.POSED in case.tags else judged.assessment.worst
    texts = (policy.locales, case.language, policy.brand, manners.handle)
    danger = case.danger if _in_danger(judged) else ""
    text = public.receipt(*texts, worst, exposed=shows_personal(judged), danger=danger)
    key = f"{message.id}:{kind}"
    reply = in_public(kind, case, message, text, key, policy)
    effect = filing.said_to(kind, key, reply, case_id=case.id, recipient=filing.ledger_name(message))
    return Outcome(
        note=f"public {kind} to be sent",
        cases=(filing.tagged(case, filing.POSED, on=False),),
        entries=(filed(reply, key, now),),
        effects=(effect,),
    )


def shows_personal(judged: Judged) -> bool:
    """Whether a message shows what only its author and we should know: an account's number, an address, a secret."""
    named = any(each.kind in _PERSONAL for each in judged.triage.entities)
    return named or any(each.code == SECRET for each in judged.assessment.findings)


def _in_danger(judged: Judged) -> bool:
    """Whether what is answered is a danger that nobody has been told what to do about yet."""
    return any(each.code == IN_DANGER for each in judged.assessment.findings)


def asked_of_rules(
    case: Case, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> AckVerdict:
    """Return whether the rules allow an automatic answer to a message of this case, in public or in private."""
    in_danger = _in_danger(judged)
    return may_acknowledge(
        message,
        judged.assessment,
        policy.acknowledgement,
        policy.own_addresses,
        Ledger(
            # The window holds back what opens case after case, never a warning: scammers act within it.
            sent_to=past.sent_to if case.message_count == 1 and not in_danger else (0, *past.sent_to[1:]),
            sent_to_domain=past.sent_to_domain,
            sent_to_all=past.sent_to_all[0] if past.sent_to_all else 0,
            failed_at=failures.failed_at(message, past),
            has_complained=failures.has_complained(message, past),
            is_flooded=breaker.is_open(past.pace, policy.acknowledgement),
        ),
        now,
    )


def in_public(kind: ReplyKind, case: Case, message: Message, text: str, key: str, policy: Policy) -> Reply:
    """Return the public answer to a post; it tells which post summoned us, so that the channel can see for itself."""
    reply = signed_reply(kind, case, _summoner(message), "", text, key, continued(message), policy.secret)
    return reply.model_copy(update={"visibility": Visibility.PUBLIC})


def with_warning(text: str, case: Case, policy: Policy) -> str:
    """Return a private text behind the word that an impostor has answered its reader in public."""
    manners = policy.manners_of(case.channel)
    warned = public.impostor_answered(None, policy.locales, case.language, policy.brand, manners.handle)
    return f"{warned}\n\n{text}"


def may_answer(turn: Turn | None) -> Visibility | None:
    """Return where an answer may go: in private once the person has written there, else in public once a summons."""
    if turn is None or turn.private:
        return Visibility.PRIVATE
    said = turn.said.message
    return Visibility.PUBLIC if said.said(SUMMONED) and not turn.answered else None


def _summoner(message: Message) -> Party:
    """Return the author as whom a public answer goes to."""
    said = Evidence(name=SUMMONED, value=message.thread.own_ref or "")
    sender = message.sender
    # A platform may put before an answer whom the post names: others, an impostor's name among them.
    named = {party.id for party in message.recipients_as(RecipientRole.MENTION) if party.id and party.id != sender.id}
    others = tuple(Evidence(name=NAMED, value=each) for each in sorted(named))
    return sender.model_copy(update={"evidence": (*sender.evidence, said, *others)})


def _warned(victim: Case, turn: Turn, message: Message, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents of a case that an impostor answers its user in public and, where the rules allow it, the user."""
    # By account and case: who answers the same user again and again is told of once.
    person = message.sender.id or message.sender.address
    name = f"posed:{_short(f'{victim.id}{chr(0)}{person}')}"
    changed = filing.changed(victim, now)
    told = "An account that poses as ours answers this user in public; there is a case of its own on it."
    effects = [filing.note(name, changed, policy, told)]
    warning = _warning(f"{name}:warning", changed, turn, message, policy)
    if warning is not None:
        effects.append(
            filing.said_to(ReplyKind.WARNING, f"{name}:warning", warning, case_id=victim.id, recipient=_name(victim))
        )
    entries = (filed(warning, f"{name}:warning", now),) if warning is not None else ()
    how = "not warned yet" if warning is None else f"warned in {warning.visibility}"
    # Who cannot be warned now is with the next answer that the rules allow.
    marked = filing.tagged(changed, filing.POSED, on=warning is None)
    return Outcome(note=f"the user of {victim.id} {how}", cases=(marked,), entries=entries, effects=tuple(effects))


def _warning(key: str, victim: Case, turn: Turn, message: Message, policy: Policy) -> Reply | None:
    where = may_answer(turn)
    manners = policy.manners_of(victim.channel)
    if where is None or victim.channel not in (policy.sending & {turn.said.message.provenance.source}):
        return None
    if where is Visibility.PUBLIC and filing.SILENCED in victim.tags:
        return None
    texts = (policy.locales, victim.language, policy.brand)
    if where is Visibility.PUBLIC:
        text = public.warning(*texts, manners.handle)
        return in_public(ReplyKind.WARNING, victim, turn.said.message, text, key, policy)
    text = public.impostor_answered(message.sender, *texts, manners.handle)
    thread = continued(turn.said.message)
    return signed_reply(ReplyKind.WARNING, victim, victim.requester, "", text, key, thread, policy.secret)


def _name(case: Case) -> str:
    return filing.conversation_with(case.requester)


def _short(name: str) -> str:
    return blake2b(name.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
