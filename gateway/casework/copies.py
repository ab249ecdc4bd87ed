"""A mail that came again: by another channel, to another address of ours, or with its sender proven only now. Pure.

It is one case all the same. The file names everywhere that it went, and the agents are told once.
"""

from __future__ import annotations

from datetime import datetime

from gateway.answers.acknowledge import MAIL
from gateway.case import Entry, Message, Note, Recipient
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import sender_proven
from gateway.past import Past

ALSO = "also_received"
"""The note on a mail that came by another channel as well."""


def decide_copy(message: Message, copy: Entry, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """File what a copy tells of its mail that the first did not; mostly it tells nothing."""
    told = f"copy of a message of {copy.case_id}"
    case = next((each for each in past.cases if each.id == copy.case_id), None)
    if case is None or message.platform != MAIL:
        return Outcome(note=told)
    went_to = _new_addresses(message, copy, policy)
    came_by = _new_channel(message, copy)
    proven = sender_proven(message, judged.assessment) and not sender_proven(message, copy.assessment)
    said = [f"The same mail came to {address} as well." for address in went_to]
    if came_by is not None:
        said.append(came_by.detail)
    if proven:
        said.append("The same mail came again, and its sender is proven now.")
    if not said:
        return Outcome(note=told)
    changed = filing.changed(case, now)
    return Outcome(
        note=f"{told}, which came elsewhere as well",
        cases=(changed,),
        entries=(_noted(message, copy, came_by, judged if proven else None, now),),
        effects=(filing.note(f"{copy.message.id}:again:{message.provenance.key}", changed, policy, " ".join(said)),),
    )


def _new_addresses(message: Message, copy: Entry, policy: Policy) -> tuple[str, ...]:
    """Return our addresses that this copy names and the mail on file does not."""
    known = {each.party.address for each in copy.message.recipients}
    named = dict.fromkeys(each.party.address for each in message.recipients)
    return tuple(address for address in named if address not in known and policy.is_own(address))


def _new_channel(message: Message, copy: Entry) -> Note | None:
    came_by = message.provenance.source
    note = Note(code=ALSO, detail=f"The same mail came by the channel {came_by} as well.")
    return None if came_by == copy.message.provenance.source or note in copy.message.notes else note


def _noted(message: Message, copy: Entry, came_by: Note | None, judged: Judged | None, now: datetime) -> Entry:
    """Return the mail on file with what its copy adds."""
    known = copy.message
    recipients: tuple[Recipient, ...] = tuple(dict.fromkeys((*known.recipients, *message.recipients)))
    notes = known.notes if came_by is None else (*known.notes, came_by)
    whole = known.model_copy(update={"recipients": recipients, "notes": notes})
    assessment = copy.assessment if judged is None else judged.assessment
    return copy.model_copy(update={"message": whole, "assessment": assessment, "at": now})
