"""What is done about an impostor seen where the desk is present: a case, a word to operators and, in a group, to it.

Pure. An account is told of once a day in a group or a public conversation, however often it is seen and whatever it
calls itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from gateway.answers import chat
from gateway.case import Case, Message, Party, PartyKind, Priority, Severity, Standing, Triage, Visibility
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.journal import Effect
from gateway.past import Past, Query
from gateway.ports import Reply, ReplyKind, TicketAction

CATEGORY = "impersonation"
"""The category, and the queue, of whatever concerns impostors."""
_POSES = (Standing.LOOK_ALIKE, Standing.REPORTED_SCAM)


def sighting_id(message: Message) -> str:
    """Return what names an account in a group on a day: who renames himself every minute is told of once.

    Not by the name, which is freely chosen: else one member could drown operators and group in warnings.
    """
    group, person = filing.group_of(message), message.sender
    where = group.address if group else message.thread.group or ""
    seen = (message.provenance.source, where, person.id or person.address)
    shown = (*seen, message.provenance.received_at.date().isoformat())
    return f"seen:{blake2b(chr(0).join(shown).encode('utf-8', 'backslashreplace'), digest_size=16).hexdigest()}"


def ask_sighting(message: Message, policy: Policy) -> Query:
    """Return what must be known of the past to decide on an account that was seen."""
    name = sighting_id(message)
    return Query(message_id=name, content_key=name, case_ids=filing.numbers(name, message.sent_at, policy))


def is_impostor(message: Message, judged: Judged) -> bool:
    """Whether the sender poses as one of the official accounts; a group that speaks in itself poses as nobody."""
    group = filing.group_of(message)
    speaks_for_itself = group is not None and message.sender.id is not None and message.sender.id == group.id
    return judged.assessment.sender in _POSES and not speaks_for_itself


def decide_sighting(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Open a case for an impostor in a group; what others say to one another there is not ours."""
    if not is_impostor(message, judged):
        return Outcome(note="kept: not said to us")
    if past.copy_of is not None:
        return Outcome(note=f"an impostor already told of on {past.copy_of.case_id}")
    name = sighting_id(message)
    sighting = message.model_copy(update={"id": name, "content_key": name})
    case = filing.new_case(
        name,
        sighting,
        replace(judged, triage=Triage(priority=Priority.URGENT, category=CATEGORY, queue=CATEGORY)),
        past,
        policy,
        now,
        # Nobody is answered: whoever it is about must not be, and nobody asked.
        requester=Party(platform=message.platform),
        participants=(),
        subject="Impostor in public" if message.visibility is Visibility.PUBLIC else "Impostor in a group",
    )
    written = filing.write(name, case, policy, TicketAction.MESSAGE, message_id=name)
    return Outcome(
        note=f"opened {case.id}: an impostor",
        cases=(case,),
        entries=(filing.entry(case, sighting, judged, now),),
        effects=(written, *told(message, judged, case, policy)),
    )


def told(message: Message, judged: Judged, case: Case, policy: Policy) -> tuple[Effect, ...]:
    """Return what tells the operators' chat of an impostor and, where the channel allows it, warns the group."""
    channel = message.provenance.source
    manners, group = policy.manners_of(channel), filing.group_of(message)
    if channel not in policy.sending or group is None:
        return ()
    name = sighting_id(message)
    effects: list[Effect] = []
    if manners.operators:
        text = chat.impostor_told(message.sender, group, judged.assessment, case.id, policy.locales, policy.brand)
        to = Party(platform=message.platform, address=manners.operators)
        effects.append(_notice(f"{name}:operators", channel, to, text, case.id))
    # A guess is for people to look at: only what is as good as sure is said of somebody before everybody.
    if manners.warns_groups and judged.assessment.worst is Severity.DANGER:
        text = chat.impostor_in_group(message.sender, policy.locales, judged.triage.language, policy.brand)
        to = group.model_copy(update={"kind": PartyKind.GROUP})
        effects.append(_notice(f"{name}:group", channel, to, text, case.id, Visibility.GROUP))
    return tuple(effects)


def _notice(
    key: str, channel: str, to: Party, text: str, case_id: str, visibility: Visibility = Visibility.PRIVATE
) -> Effect:
    reply = Reply(
        channel=channel,
        kind=ReplyKind.NOTICE,
        to=to,
        case_id=case_id,
        text=text,
        automatic=True,
        token="",
        visibility=visibility,
    )
    # Of no case's order: a ticket system that is away must not hold back a warning.
    return filing.said_to(ReplyKind.NOTICE, key, reply)
