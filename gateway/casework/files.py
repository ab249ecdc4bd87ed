"""The files of a message that its platform keeps apart: fetched, noted when there, told of when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.answers import chat
from gateway.case import Attachment, AttachmentState, Case, Message, Visibility
from gateway.casework import filing, pictures
from gateway.casework.values import Outcome, Policy
from gateway.journal import Effect, EffectKind, FileIntent, files_of
from gateway.past import Past
from gateway.ports import Fetched, Reply, ReplyKind, TicketAction


def effects(message: Message, case: Case, policy: Policy, part_of: str = "") -> tuple[Effect, ...]:
    """Return what fetches the files of a message; of those too large for it, agents and user are told."""
    large = [each for each in message.attachments if each.state is AttachmentState.TOO_LARGE]
    if not large:
        return _fetches(message)
    key = f"{message.id}:too_large"
    names = ", ".join(each.name or each.declared_type for each in large)
    told = f"Too large to be fetched, so it is not kept: {names}. The user is asked to send it otherwise."
    return (
        *_fetches(message),
        filing.note(key, case, policy, told),
        # Of an album the user is told once.
        *_what_to_do(f"{part_of or message.id}:too_large", message, case, policy, len(large)),
    )


def decide_file(event: Fetched, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Note in the message what came of fetching one of its files, and tell the agents when there is none."""
    known = past.entry
    case = next((each for each in past.cases if known is not None and each.id == known.case_id), None)
    files = known.message.attachments if known is not None else ()
    asked = next((each for each in files if each.id == event.attachment_id), None)
    if known is None or case is None or asked is None:
        return Outcome(note="kept: no case names this file")
    if asked.state is event.state:
        return Outcome(note=f"file of {case.id}, as before")
    message = known.message.model_copy(
        update={
            "version": known.message.version + 1,
            "attachments": tuple(_fetched(each, event) if each is asked else each for each in files),
        }
    )
    changed = filing.changed(case, now)
    outcome = Outcome(
        note=f"file of {case.id}: {event.state}",
        cases=(changed,),
        entries=(known.model_copy(update={"message": message, "at": now}),),
    )
    if event.state is AttachmentState.STORED:
        return pictures.with_codes(_with_file(outcome, event, changed, policy), event, policy, now)
    told = f"A file of the user could not be kept ({asked.name or asked.declared_type}): {event.reason}"
    key = f"{event.message_id}:file:{event.attachment_id}"
    effects: tuple[Effect, ...] = (filing.note(key, changed, policy, told),)
    if event.state is AttachmentState.TOO_LARGE:
        effects += _what_to_do(key, known.message, changed, policy, 1)
    return replace(outcome, effects=effects)


def _with_file(outcome: Outcome, event: Fetched, case: Case, policy: Policy) -> Outcome:
    """Let a file that came after its message go to the ticket by a write of its own."""
    if not policy.takes_files(policy.target_of(case)):
        return outcome
    key = f"{event.message_id}:file:{event.attachment_id}"
    written = filing.write(
        key, case, policy, TicketAction.FILE, message_id=event.message_id, file_id=event.attachment_id
    )
    return replace(outcome, effects=(*outcome.effects, written))


def _what_to_do(key: str, message: Message, case: Case, policy: Policy, count: int) -> tuple[Effect, ...]:
    """Return what tells the user how to send a file that is too large; in a group everybody would read it."""
    if message.visibility is not Visibility.PRIVATE or case.channel not in policy.sending:
        return ()
    reply = Reply(
        channel=case.channel,
        kind=ReplyKind.RESPONSE,
        to=message.sender,
        case_id=case.id,
        text=chat.file_too_large(count, policy.locales, case.language, policy.brand),
        language=case.language,
        automatic=True,
        token="",
    )
    return (filing.said_to(ReplyKind.RESPONSE, f"{key}:response", reply),)


def _fetches(message: Message) -> tuple[Effect, ...]:
    channel, lane = message.provenance.source, message.provenance.lane
    return tuple(
        Effect(
            key=f"{message.id}:file:{each.id}",
            kind=EffectKind.FILE,
            target=files_of(channel),
            file=FileIntent(
                channel=channel, lane=lane, message_id=message.id, attachment_id=each.id, ref=each.ref, size=each.size
            ),
        )
        for each in message.attachments
        if each.ref and each.state is AttachmentState.NOT_FETCHED
    )


def _fetched(attachment: Attachment, event: Fetched) -> Attachment:
    found: dict[str, object] = {"state": event.state}
    if event.state is AttachmentState.STORED:
        found |= {"size": event.size, "sha256": event.sha256, "detected_type": event.detected_type}
    return attachment.model_copy(update=found)
