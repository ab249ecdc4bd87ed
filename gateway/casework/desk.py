"""What the desk and the platforms tell of what was sent: agents' acts, reports, chats that shut us out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.answers import compose, downloads
from gateway.answers.names import many_lines
from gateway.answers.outgoing import filed, signed_reply
from gateway.answers.tokens import read_token
from gateway.case import Attachment, AttachmentState, Case, CaseLink, CaseState, Entry, FactOutcome, Thread, Visibility
from gateway.casework import failures, filing, public
from gateway.casework.deadlines import undated
from gateway.casework.messages import decide_message
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Place
from gateway.journal import Effect, TicketIntent, TicketMove
from gateway.past import Past
from gateway.ports import (
    DeliveryReport,
    Moved,
    Reachable,
    Reply,
    ReplyFile,
    ReplyKind,
    TicketAction,
    TicketEvent,
    Undelivered,
)

EVENT = "event:"
"""Before an agent's act's id among the references of its case: pushed and polled copies of one act meet there."""

_STATES: Mapping[str, CaseState] = {
    "replied": CaseState.WAITING,
    "solved": CaseState.SOLVED,
    "reopened": CaseState.OPEN,
}


def decide_report(report: DeliveryReport, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """A report on something of ours becomes a note on its ticket; any other report is a message like any other.

    So is one whose sender is refuted: a report marks addresses, and nobody forges better than who has seen our mail.
    """
    if past.copy_of is not None:
        return Outcome(note=f"copy of a message of {past.copy_of.case_id}")
    signed = read_token(policy.secret, report.ref or "")
    case = next((each for each in past.cases if each.id == signed), None)
    if case is None or _is_refuted(judged):
        stray = failures.decide_stray(report, judged, past, policy, now)
        if stray is not None:
            return stray
        opened = decide_message(report.message, judged, failures.without_strays(past), policy, now)
        return failures.of_nobody(opened, report)
    return failures.decide_report(report, case, judged, policy, now)


def _is_refuted(judged: Judged) -> bool:
    return any(fact.kind == "mail_auth" and fact.outcome is FactOutcome.FAIL for fact in judged.assessment.facts)


def decide_ticket_event(event: TicketEvent, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Let what an agent did change the case, and send an answer to where its user is."""
    known = past.cases if event.case_id else past.by_ticket
    case = next((each for each in known if event.case_id in (None, each.id)), None)
    if case is None:
        return Outcome(note="kept: it belongs to no case of ours")
    if past.by_ref:
        return Outcome(note=f"copy of an event of {case.id}")
    refs = ((EVENT + event.id, case.id),)
    if not is_home(event, case, policy):
        return replace(_elsewhere(event, case, policy), refs=refs)
    if event.kind != "replied" and past.current not in ("", event.ticket):
        return Outcome(note=f"{event.kind} on {case.id}: kept, it has another ticket by now", refs=refs)
    if event.kind in ("merged", "deleted"):
        return replace(_moved(event, case, past, policy, now), refs=refs)
    outcome = _acted(event, case, past, policy, now)
    return replace(outcome, refs=refs, effects=(*outcome.effects, *_for_mirrors(event, case, policy)))


def is_home(event: TicketEvent, case: Case, policy: Policy) -> bool:
    """Whether an act comes from the ticket system that the case belongs to, and not from a mirror or a former one."""
    return not policy.routes or policy.target_of(case) == event.provenance.source


def _elsewhere(event: TicketEvent, case: Case, policy: Policy) -> Outcome:
    """Have nothing follow from an act in a mirror or a former ticket system, but tell an agent whose answer is lost."""
    note = f"{event.kind} on {case.id}: kept, its ticket is in another ticket system"
    if event.kind != "replied" or not any(route.target == event.provenance.source for route in policy.routes):
        return Outcome(note=note)
    told = f"This answer was not sent: the case is in {policy.target_of(case).partition(':')[2]}. Answer there."
    intent = TicketIntent(action=TicketAction.NOTE, note=told)
    return Outcome(note=note, effects=(filing.write_at(event.id, case, event.provenance.source, intent),))


def _moved(event: TicketEvent, case: Case, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Follow a ticket that was merged into another, or deleted: the case's next write goes there, or to a new one."""
    target = event.provenance.source
    move = TicketMove(case.id, target, event.ticket, event.into if event.kind == "merged" else "")
    if event.kind == "deleted":
        changed = filing.changed(case, now, state=CaseState.SOLVED)
        return Outcome(note=f"the ticket of {case.id} was deleted", cases=(changed,), tickets=(move,))
    if not event.into:
        return Outcome(note=f"the ticket of {case.id} was merged, nobody tells into which")
    links = tuple(CaseLink(kind="merged_into", case_id=other.id) for other in past.into if other.id != case.id)
    changed = filing.changed(case, now, links=(*case.links, *links))
    return Outcome(note=f"the ticket of {case.id} was merged into {event.into}", cases=(changed,), tickets=(move,))


def _for_mirrors(event: TicketEvent, case: Case, policy: Policy) -> tuple[Effect, ...]:
    """Return what tells the mirrors of an agent's act: they got no copy of it by themselves."""
    mirrors = [route.target for route in policy.routes if route.mirrors == event.provenance.source]
    state = _STATES.get(event.kind)
    effects = []
    for target in mirrors:
        if event.text:
            told = f"{event.author or 'An agent'} ({event.kind}): {event.text}"
            intent = TicketIntent(action=TicketAction.NOTE, note=told)
            effects.append(filing.write_at(f"{event.id}:{event.kind}", case, target, intent))
        if state is not None:
            intent = TicketIntent(action=TicketAction.STATE, state=state)
            effects.append(filing.write_at(f"{event.id}:state", case, target, intent))
    return tuple(effects)


def _acted(event: TicketEvent, case: Case, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Let an agent's act change the state of its case, and send an answer."""
    state = _STATES.get(event.kind)
    if state is None:
        return Outcome(note=f"{event.kind} on {case.id}: stays in the ticket")
    changed = filing.changed(case, now, state=state)
    if event.kind != "replied":
        return Outcome(note=f"{event.kind} {case.id}", cases=(changed,))
    changed = undated(changed)
    where, why_not = _way(case, past, policy)
    if where is None:
        effect = filing.note(event.id, changed, policy, f"This answer was not sent: {why_not}")
        waiting = filing.changed(case, now)
        return Outcome(note=f"answer on {case.id} cannot be sent", cases=(waiting,), effects=(effect,))
    key = f"{event.id}:{ReplyKind.ANSWER}"
    attached, linked = _apart(event, case, where, policy)
    reply = _answer(changed, event.text, key, where, past, policy, _links(linked, case, policy, now))
    reply = reply.model_copy(update={"files": attached})
    effect = filing.said_to(ReplyKind.ANSWER, key, reply, case_id=case.id, recipient=case.requester.address)
    return Outcome(
        note=f"answer on {case.id} to be sent",
        cases=(changed,),
        entries=(_with_files(filed(reply, key, now), event.files),),
        effects=(effect, *_lost(event, changed, policy), *_doubted(event, changed, policy)),
    )


def _doubted(event: TicketEvent, case: Case, policy: Policy) -> tuple[Effect, ...]:
    """Return what tells the agents that their answer goes to an address that did not take the last one."""
    told = failures.told_of_answer(case)
    return (filing.note(f"{event.id}:doubted", case, policy, told),) if told else ()


def _lost(event: TicketEvent, case: Case, policy: Policy) -> tuple[Effect, ...]:
    """Return what tells the agents which of an answer's files did not go with it."""
    if not event.lost:
        return ()
    told = f"The answer was sent without these files, which the ticket system did not give out: {', '.join(event.lost)}"
    return (filing.note(f"{event.id}:lost", case, policy, told),)


def _way(case: Case, past: Past, policy: Policy) -> tuple[Visibility | None, str]:
    """Return where an answer may go, or why nowhere."""
    if not case.requester.address or case.channel not in policy.sending:
        return None, "there is no address to send it to."
    if not policy.manners_of(case.channel).summoned:
        return Visibility.PRIVATE, ""
    told = (
        "the user has written in public alone, and the platform allows one public answer to each post that summons us. "
        "Answer when they have written again, or have sent a direct message."
    )
    return public.may_answer(past.turn), told


def _with_files(entry: Entry, files: Sequence[ReplyFile]) -> Entry:
    """Return what we send with its files named, so that the file of the case tells what the user was given."""
    attachments = tuple(
        Attachment(
            id=each.sha256,
            name=each.name,
            declared_type=each.media_type,
            size=each.size,
            sha256=each.sha256,
            state=AttachmentState.STORED,
        )
        for each in files
    )
    return entry.model_copy(update={"message": entry.message.model_copy(update={"attachments": attachments})})


def _apart(
    event: TicketEvent, case: Case, where: Visibility, policy: Policy
) -> tuple[Sequence[ReplyFile], Sequence[ReplyFile]]:
    """Return which of an answer's files go with it, and which by link."""
    most = policy.manners_of(case.channel).files_bytes
    if not most or policy.downloads is None or where is Visibility.PUBLIC:
        return event.files, ()
    return downloads.apart(event.files, most)


def _links(files: Sequence[ReplyFile], case: Case, policy: Policy, now: datetime) -> str:
    """Return the paragraph that tells where files can be fetched; empty without any."""
    if not files or policy.downloads is None:
        return ""
    links = [(each.name, each.size, policy.downloads.link(case.id, each, now)) for each in files]
    until = (now + policy.downloads.lasts).date()
    return compose.linked_files(links, until, case, policy.locales, policy.brand)


def _answer(case: Case, text: str, key: str, where: Visibility, past: Past, policy: Policy, links: str = "") -> Reply:
    """Return an agent's answer: by mail with subject and signature, elsewhere just what the agent wrote.

    `links` stand below it.
    """
    text = f"{text.rstrip()}\n\n{links}" if links else text
    if where is Visibility.PUBLIC and past.turn is not None:
        return public.in_public(ReplyKind.ANSWER, case, past.turn.said.message, many_lines(text), key, policy)
    subject, text = (
        ("", many_lines(text))
        if policy.manners_of(case.channel).chats
        else compose.answer(case, text, policy.locales, policy.brand)
    )
    said = tuple(ref for ref in past.thread if not ref.startswith(EVENT))
    thread = Thread(parent=said[-1] if said else None, ancestors=said)
    return signed_reply(ReplyKind.ANSWER, case, case.requester, subject, text, key, thread, policy.secret)


def decide_undelivered(event: Undelivered, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents of an answer that did not reach its user.

    A chat's dialogue is left alone: it changes in its own lane, when the platform says who can be written to. Mail
    says no such thing, so its address is marked.
    """
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: what was not delivered belongs to no case")
    what = "The last answer" if event.kind == ReplyKind.ANSWER else f"An automatic text ({event.kind})"
    how = "may not have reached the user" if event.maybe else "did not reach the user"
    # Whom nothing has reached is not who has to answer next.
    is_lost = event.kind == ReplyKind.ANSWER and not event.maybe and case.state is CaseState.WAITING
    changed = filing.changed(case, now, state=CaseState.OPEN if is_lost else case.state)
    changed, learned = failures.unreached(event, changed, now)
    return Outcome(
        note=f"not delivered on {case.id}",
        cases=(changed,),
        effects=(filing.note(_event_id(event), changed, policy, f"{what} {how}: {event.reason.rstrip('.')}."),),
        learned=learned,
    )


def decide_reachable(event: Reachable, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Remember whether we may write in a chat, and tell the agents of its open case."""
    dialogue = past.dialogue
    if dialogue is None:
        return Outcome(note=f"kept: {event.status}, and nobody wrote there")
    why = "" if event.can_send else f"the platform says: {event.status}"
    if why and dialogue.unreachable:
        return Outcome(note=f"{event.status}, as before")
    after = dialogue.model_copy(update={"unreachable": why})
    case = next((each for each in past.cases if each.id == dialogue.case_id), None)
    if case is None or case.state is CaseState.SOLVED:
        return Outcome(note=f"{event.status}: no case is open there", dialogues=(after,))
    told = (
        "The user can be written to again; what was not delivered has to be sent anew."
        if event.can_send
        else "The user has shut us out on the platform: answers do not arrive until they write again."
    )
    changed = filing.changed(case, now)
    return Outcome(
        note=f"{event.status} on {case.id}",
        cases=(changed,),
        effects=(filing.note(_event_id(event), changed, policy, told),),
        dialogues=(after,),
    )


def decide_move(event: Moved) -> Outcome:
    """Let the conversations of a chat go on under its new address."""
    channel, old, new = event.provenance.source, event.old.address, event.new.address
    if not old or not new or old == new:
        return Outcome(note="kept: a move from nowhere, or to nowhere")
    moved = ((Place(channel, old), Place(channel, new)), (Place(channel, f"{old}:"), Place(channel, f"{new}:")))
    return Outcome(note="a chat goes on under another address", moved=moved)


def _event_id(event: Undelivered | Reachable) -> str:
    return f"{event.provenance.source}:{event.provenance.key}"
