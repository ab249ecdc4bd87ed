"""What changes in a case's file afterwards: an edit, a deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.case import Case, Entry, Message, Note, Severity
from gateway.casework import files, filing, helping
from gateway.casework.following import followed
from gateway.casework.helping import Occasion
from gateway.casework.messages import automatic
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Hold, Joining
from gateway.past import Past
from gateway.ports import Deleted, ReplyKind, TicketAction

DELETED = "deleted"
"""The note on a version of a message that its author has withdrawn."""


def decide_edit(message: Message, known: Entry, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """File another version of a message, and tell the ticket, unless nothing that anybody reads has changed."""
    old = known.message
    case = next((each for each in past.cases if each.id == known.case_id), None)
    if case is None:
        return Outcome(note="kept: its case is gone")
    if old.edited_at is not None and message.edited_at is not None and message.edited_at < old.edited_at:
        return Outcome(note=f"older version of a message of {case.id}")
    if _seen(old) == _seen(message):
        return Outcome(note=f"version of a message of {case.id} in which nothing changed")
    dialogue = past.dialogue
    version = message.model_copy(update={"version": old.version + 1})
    if dialogue is not None:
        judged = filing.in_language(judged, dialogue.language)
    changed = filing.edited(case, judged, policy, now)
    warned = _warned(case, changed, version, known, judged, past, policy, now)
    changed = warned.cases[0] if warned.cases else changed
    outcome = Outcome(
        note=f"edited on {case.id}; {warned.note}",
        cases=(changed,),
        entries=(
            filing.entry(changed, _with_files(version, old), judged, now, part_of=known.part_of),
            *warned.entries,
        ),
        effects=(*files.effects(version, changed, policy), *warned.effects),
    )
    outcome = followed(outcome, case, version, judged, past, policy, now)
    changed = outcome.cases[0]
    waiting = _waits(dialogue.joining if dialogue is not None else None, known, now)
    if waiting is not None:
        # Not written yet: the ticket gets the new words alone.
        return replace(outcome, holds=(Hold(waiting.key, waiting.until),))
    written = filing.write(
        f"{message.id}:v{version.version}", changed, policy, TicketAction.MESSAGE, message_id=message.id
    )
    return replace(outcome, effects=(written, *outcome.effects))


def _warned(
    before: Case,
    case: Case,
    version: Message,
    known: Entry,
    judged: Judged,
    past: Past,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Warn of what this version holds and the one before did not, and meet what it brings."""
    old = {(each.code, each.technique, each.subject) for each in known.assessment.findings}
    new = tuple(each for each in judged.assessment.findings if (each.code, each.technique, each.subject) not in old)
    what = helping.occasion(before, case, version, judged)
    if what is Occasion.NONE and not any(each.severity in (Severity.WARNING, Severity.DANGER) for each in new):
        return Outcome(note="nothing new to warn of")
    told = replace(judged, assessment=judged.assessment.model_copy(update={"findings": new}))
    # Each version may be warned of once.
    named = version.model_copy(update={"id": f"{version.id}:v{version.version}"})
    return automatic(ReplyKind.WARNING, case, named, told, past, policy, now, what)


def decide_deletion(event: Deleted, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Mark a message as withdrawn, and say so on its ticket; the file keeps it."""
    known = past.entry
    case = next((each for each in past.cases if known is not None and each.id == known.case_id), None)
    if known is None or case is None:
        return Outcome(note="kept: the withdrawn message is not in any case")
    if any(note.code == DELETED for note in known.message.notes):
        return Outcome(note=f"withdrawn on {case.id} already")
    changed = filing.changed(case, now)
    gone = Note(code=DELETED, detail="Its author has withdrawn this message.")
    version = known.message.model_copy(
        update={"version": known.message.version + 1, "notes": (*known.message.notes, gone)}
    )
    text = "The user has withdrawn a message on the platform; what it said is kept in the file."
    return Outcome(
        note=f"withdrawn on {case.id}",
        cases=(changed,),
        entries=(known.model_copy(update={"message": version, "at": now}),),
        effects=(filing.note(f"{event.message_id}:deleted", changed, policy, text),),
    )


def _with_files(version: Message, old: Message) -> Message:
    """Return a version with what is known of the files that it shares with the one before: each is fetched once."""
    known = {each.id: each for each in old.attachments}
    return version.model_copy(update={"attachments": tuple(known.get(each.id, each) for each in version.attachments)})


def _seen(message: Message) -> tuple[object, ...]:
    """Return what a reader sees of a message."""
    files = tuple(each.id for each in message.attachments)
    return message.text, message.subject, files, tuple((link.url, link.text) for link in message.links)


def _waits(joining: Joining | None, known: Entry, now: datetime) -> Joining | None:
    """Return what still waits to be written of the message's ticket, if it does."""
    if joining is None or now >= joining.until:
        return None
    return joining if joining.message_id in (known.message.id, known.part_of) else None
