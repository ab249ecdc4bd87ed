"""A mail that came again: by another channel, to another address of ours, or with its sender proven only now. Pure.

It is one case all the same. The file names everywhere that it went, and the agents are told once.
"""

from __future__ import annotations

from datetime import datetime

from gateway.answers.acknowledge import MAIL, plain_address
from gateway.case import Entry, Message, Note, Recipient
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import sender_proven
from gateway.past import Past

ALSO = "also_received"
"""The note on a mail that came by another channel as well."""
MAX_RECIPIENTS = 500
"""No more recipients than the normalizer reads of one mail are kept of all its copies."""


def decide_copy(message: Message, copy: Entry, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """File what a copy tells of its mail that the first did not; mostly it tells nothing."""
    told = f"copy of a message of {copy.case_id}"
    case = next((each for each in past.cases if each.id == copy.case_id), None)
    if case is None or message.platform != MAIL:
        return Outcome(note=told)
    went_to = _new_recipients(message, copy, policy)
    came_by = _new_channel(message, copy)
    proven = sender_proven(message, judged.assessment) and not sender_proven(message, copy.assessment)
    said = [f"The same mail came to {each.party.address} as well." for each in went_to]
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
        entries=(_noted(copy, went_to, came_by, judged if proven else None, now),),
        effects=(filing.note(f"{copy.message.id}:again:{message.provenance.key}", changed, policy, " ".join(said)),),
    )


def _new_recipients(message: Message, copy: Entry, policy: Policy) -> tuple[Recipient, ...]:
    """Return which of our addresses this copy names and the mail on file does not, whatever stands behind a +.

    Others' addresses are left out: whoever sends one mail again and again names as many of them as they like.
    """
    known = {plain_address(each.party.address) for each in copy.message.recipients}
    named = {
        plain_address(each.party.address): each for each in message.recipients if policy.is_own(each.party.address)
    }
    fresh = tuple(each for address, each in named.items() if address not in known)
    return fresh[: max(0, MAX_RECIPIENTS - len(copy.message.recipients))]


def _new_channel(message: Message, copy: Entry) -> Note | None:
    came_by = message.provenance.source
    note = Note(code=ALSO, detail=f"The same mail came by the channel {came_by} as well.")
    return None if came_by == copy.message.provenance.source or note in copy.message.notes else note


def _noted(
    copy: Entry, went_to: tuple[Recipient, ...], came_by: Note | None, judged: Judged | None, now: datetime
) -> Entry:
    """Return the mail on file with what its copy adds."""
    known = copy.message
    notes = known.notes if came_by is None else (*known.notes, came_by)
    whole = known.model_copy(update={"recipients": (*known.recipients, *went_to), "notes": notes})
    assessment = copy.assessment if judged is None else judged.assessment
    return copy.model_copy(update={"message": whole, "assessment": assessment, "at": now})
