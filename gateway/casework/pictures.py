"""What follows from the codes in a picture that was fetched after its message was decided on. Pure.

They are judged like what stands in the message: the case file gets what is found, agents a note, the user a warning.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers.chat import chat_acknowledgement
from gateway.answers.names import one_line
from gateway.answers.outgoing import continued, signed_reply
from gateway.case import GRAVITY, Case, Entry, Fact, Finding, Message, Severity, Visibility
from gateway.casework import accusing, filing, public
from gateway.casework.values import Judged, Outcome, Policy
from gateway.journal import Effect
from gateway.past import Past
from gateway.ports import Fetched, ReplyKind
from gateway.trust.assess import MAX_FINDINGS, assess
from gateway.trust.masking import mask_facts

_MOST_NOTED = 5
_MOST_CHARS = 300


def with_codes(outcome: Outcome, event: Fetched, policy: Policy, now: datetime) -> Outcome:
    """Return what follows from a fetched file, with what follows from the codes in it."""
    if event.codes is None or not outcome.entries or not outcome.cases:
        return outcome
    (entry,), (case,) = outcome.entries, outcome.cases
    (fact,), secrets = mask_facts((event.codes,), policy.patterns)
    before = entry.assessment
    found = (*secrets, *_found(entry.message, fact, before.findings, policy, now))
    findings = (*before.findings, *found)[:MAX_FINDINGS]
    known = before.model_copy(update={"facts": (*before.facts, fact), "findings": findings})
    entry = entry.model_copy(update={"assessment": known})
    if not found:
        return replace(outcome, entries=(entry,))
    judged = Judged(
        entry.message,
        before.model_copy(update={"findings": found}),
        entry.triage,
        old=(entry.message.sent_at or now) < now - timedelta(hours=policy.acknowledgement.max_age_hours),
    )
    case = filing.cautioned(case, judged.assessment, policy)
    warning, why_not = _warning(entry, case, judged, policy, now)
    told = filing.note(
        f"{event.message_id}:codes:{event.attachment_id}", case, policy, _note(entry, event, found, why_not)
    )
    outcome = replace(
        outcome,
        note=f"{outcome.note}; a code in it is no good",
        cases=(case,),
        entries=(entry,),
        effects=(*outcome.effects, told, *warning),
    )
    return accusing.with_accused(outcome, judged, policy)


def _found(
    message: Message, fact: Fact, known: tuple[Finding, ...], policy: Policy, now: datetime
) -> tuple[Finding, ...]:
    """Return what is found in the picture alone, unless the message itself has shown it already."""
    bare = message.model_copy(
        update={"subject": "", "text": "", "signature": "", "quoted": "", "links": (), "forwarded": ()}
    )
    told = {each.subject for each in known if each.subject}
    found = assess(bare, (fact,), policy.directory, now.date()).findings
    return tuple(
        each
        for each in found
        if each.span is not None and each.span.field == "attachments" and each.subject not in told
    )


def _note(entry: Entry, event: Fetched, found: tuple[Finding, ...], why_not: str) -> str:
    file = next(each for each in entry.message.attachments if each.id == event.attachment_id)
    lines = [
        f"- {each.severity.upper()}: {one_line(each.reason or each.code, _MOST_CHARS)}" for each in found[:_MOST_NOTED]
    ]
    heading = (
        f"What a code in a picture of the user leads to ({one_line(file.name or file.declared_type, _MOST_CHARS)}):"
    )
    ending = f"The user is not warned: {why_not}." if why_not else "The user is warned."
    return "\n".join((heading, *lines, ending))


def _warning(entry: Entry, case: Case, judged: Judged, policy: Policy, now: datetime) -> tuple[tuple[Effect, ...], str]:
    """Return what warns the user, or why nothing does."""
    message = entry.message
    if why_not := _silence(message, case, judged, policy):
        return (), why_not
    verdict = public.asked_of_rules(case, message, judged, Past(), policy, now)
    if not verdict.allowed or verdict.to is None:
        return (), verdict.reason
    text = chat_acknowledgement(
        case, judged.assessment, policy.locales, policy.brand, policy.official, opens=False, privacy=""
    )
    # Of an album the user is warned once.
    key = f"{entry.part_of or message.id}:codes:{ReplyKind.WARNING}"
    reply = signed_reply(ReplyKind.WARNING, case, verdict.to, "", text, key, continued(message), policy.secret)
    name = filing.ledger_name(message)
    return (filing.said_to(ReplyKind.WARNING, key, reply, case_id=case.id, recipient=name),), ""


def _silence(message: Message, case: Case, judged: Judged, policy: Policy) -> str:
    """Return why nobody is warned, whatever the rules for automatic answers say; empty where they may be asked."""
    worst = judged.assessment.worst or Severity.NOTICE
    if GRAVITY.index(worst) < GRAVITY.index(Severity.WARNING):
        return "it is not grave"
    if message.visibility is not Visibility.PRIVATE:
        return "everybody reads there"
    if filing.SILENCED in case.tags and worst is not Severity.DANGER:
        return "the person opted out"
    if case.channel not in policy.sending:
        return "this channel cannot send"
    return "the message is old" if judged.old else ""
