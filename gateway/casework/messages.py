"""What a user's message leads to: a case that it opens or joins, its ticket, and an acknowledgement or a warning.

In a chat it goes on with the case that its person is at, and what follows within a moment is one message with it: the
ticket effect waits, and every part moves its time. The parts are put together when it is written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers import compose, signs
from gateway.answers.asking import idle
from gateway.answers.chat import chat_acknowledgement
from gateway.answers.first import NO_HELP, Help
from gateway.answers.outgoing import continued, filed, signed_reply
from gateway.answers.tokens import read_token
from gateway.case import Case, CaseState, Message, Severity, Visibility
from gateway.casework import abuse, bot, failures, files, filing, helping, kindred, letters, public, threads
from gateway.casework.following import followed
from gateway.casework.helping import Occasion
from gateway.casework.own import is_parted
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import Placing
from gateway.dialogue import MAX_JOINED_CHARS, MAX_PARTS, Dialogue, Hold, Joining
from gateway.journal import Effect
from gateway.past import Past
from gateway.ports import Manners, ReplyKind, TicketAction

REOPENS_FOR = timedelta(hours=72)
"""For so long after a case was solved does what its person writes in the chat open it again."""
ENCRYPTED = "encrypted"
"""The evidence on a message that nobody here can read."""
SECOND = timedelta(seconds=1)
"""A platform tells when something was sent to the second."""


def is_ours(message: Message, policy: Policy) -> bool:
    """Whether we wrote it ourselves: nobody else's words are lost with it."""
    sender = message.sender
    if policy.is_own(sender.address) and read_token(policy.secret, message.thread.own_ref or ""):
        return True
    # On a platform that vouches for its senders, an account of ours is ours.
    return message.platform != "email" and sender.id is not None and sender.id in policy.own_addresses


def decide_message(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Decide on a message that is no command."""
    manners = policy.manners_of(message.provenance.source)
    in_public = public.is_public(message)
    where = filing.place_of(message) if manners.chats else None
    if where is None:
        judged = filing.in_language(judged, letters.language_of(message, judged, past))
        fold = abuse.fold_of(message, judged, policy, now)
        placing = threads.placed(message, judged, past, policy)
        if fold is None:
            placing = kindred.goes_on(placing, message, judged, past, policy, now)
        placing = _folded(placing, fold, past, policy)
        if placing.case is None:
            outcome = _open(message, judged, placing, past, policy, now, fold=fold)
        else:
            outcome = _extend(placing.case, message, judged, placing, past, policy, now)
        return failures.recovered(outcome, message, judged, past, policy, now)
    dialogue = filing.dialogue_at(where, past)
    judged = filing.in_language(judged, dialogue.language)
    joined = _join(message, judged, dialogue, past, policy, now)
    if joined is not None:
        return joined
    placing = _goes_on(threads.placed(message, judged, past, policy), message, dialogue, past, now)
    fold = abuse.fold_of(message, judged, policy, now)
    if fold is None and past.person is not None:
        placing = kindred.goes_on(placing, message, judged, past, policy, now)
    placing = _folded(placing, fold, past, policy)
    until = now + manners.join_for if manners.join_for and message.join_key else None
    if placing.case is None:
        outcome = _open(message, judged, placing, past, policy, now, until, fold=fold)
    else:
        greets = manners.summoned and not in_public and dialogue.private_case != placing.case.id
        outcome = _extend(placing.case, message, judged, placing, past, policy, now, until, greets=greets)
    case = outcome.cases[0]
    takes_parts = _tells_ticket(outcome, message, case, policy)
    next_part = _joining(message, case, policy, now, until) if until is not None and takes_parts else None
    # What is said in public is no answer to what a command asked in private.
    ends_step = (dialogue.step or dialogue.draft) and not in_public
    after = (idle(dialogue) if ends_step else dialogue).at_case(case.id)
    private = case.id if manners.summoned and not in_public else after.private_case
    if (after.joining, after.unreachable, after.private_case) != (next_part, "", private):
        after = after.model_copy(update={"joining": next_part, "unreachable": "", "private_case": private})
    return replace(outcome, dialogues=(after,))


def _goes_on(placing: Placing, message: Message, dialogue: Dialogue, past: Past, now: datetime) -> Placing:
    """Let a message that names no case go on with the one that its person is at."""
    if placing.case is not None or dialogue.case_id is None:
        return placing
    current = next((case for case in past.cases if case.id == dialogue.case_id), None)
    if current is None or (current.state is CaseState.SOLVED and now - current.updated_at > REOPENS_FOR):
        return placing
    if is_parted(message, current, past):
        return placing
    return Placing(current, how="dialogue")


def _folded(placing: Placing, fold: abuse.Fold | None, past: Past, policy: Policy) -> Placing:
    """Let one message too many, which belongs to no case, go into the case of its flood."""
    case = abuse.folded_case(fold, past, policy) if placing.case is None else None
    return Placing(case, how="folded") if case is not None else placing


def _joining(message: Message, case: Case, policy: Policy, now: datetime, until: datetime) -> Joining:
    return Joining(
        case_id=case.id,
        message_id=message.id,
        key=filing.ticket_key(message.id, policy.target_of(case)),
        join_key=message.join_key or "",
        sent_at=message.sent_at or now,
        first_at=now,
        until=until,
        chars=len(message.text),
    )


def _join(
    message: Message, judged: Judged, dialogue: Dialogue, past: Past, policy: Policy, now: datetime
) -> Outcome | None:
    """Let a message become a part of the one before it, while that one's ticket still waits."""
    before = dialogue.joining
    manners = policy.manners_of(message.provenance.source)
    if before is None or not _belongs(message, before, manners, now):
        return None
    case = next((each for each in past.cases if each.id == before.case_id), None)
    if case is None or dialogue.case_id != case.id or _answers_another(message, case, past):
        return None
    if is_parted(message, case, past):
        return None
    until = max(before.until, min(now + manners.join_for, before.first_at + manners.join_most))
    extended = kindred.moved(filing.grown(case, judged, policy, now), message, judged, past)
    answer = _warn(case, extended, message, judged, past, policy, now)
    after = before.model_copy(
        update={
            "join_key": message.join_key or "",
            "sent_at": message.sent_at or now,
            "until": until,
            "parts": before.parts + 1,
            "chars": before.chars + len(message.text),
        }
    )
    outcome = Outcome(
        note=f"part of {before.message_id} on {case.id}; {answer.note}",
        cases=answer.cases or (extended,),
        entries=(filing.entry(extended, message, judged, now, part_of=before.message_id), *answer.entries),
        refs=filing.own_ref(message, case, past),
        effects=(*files.effects(message, extended, policy, part_of=before.message_id), *answer.effects),
        dialogues=(idle(dialogue).model_copy(update={"joining": after}),),
        holds=(Hold(before.key, until),),
    )
    return followed(outcome, case, message, judged, past, policy, now)


def _belongs(message: Message, before: Joining, manners: Manners, now: datetime) -> bool:
    """Whether a message follows so closely that it is meant as one with what came before."""
    if (
        not message.join_key
        or now >= before.until
        or before.parts >= MAX_PARTS
        or before.chars + len(message.text) > MAX_JOINED_CHARS
    ):
        return False
    if message.join_key == before.join_key and message.said("media_group_id"):
        return True
    # Measured by the platform's clock: after an outage an hour's messages come in one moment.
    between = abs((message.sent_at or now) - before.sent_at)
    return between <= manners.join_for + SECOND


def _answers_another(message: Message, case: Case, past: Past) -> bool:
    """Whether it is an answer to something that belongs to another case."""
    return bool(past.by_ref) and all(each.id != case.id for each in past.by_ref)


def _open(
    message: Message,
    judged: Judged,
    placing: Placing,
    past: Past,
    policy: Policy,
    now: datetime,
    until: datetime | None = None,
    fold: abuse.Fold | None = None,
) -> Outcome:
    head = abuse.head_of(fold, message, policy)
    case = filing.new_case(message.id, message, judged, past, policy, now, links=threads.links(placing), **head)
    answer = automatic(ReplyKind.ACKNOWLEDGEMENT, case, message, judged, past, policy, now, Occasion.OPENS)
    written = filing.write(message.id, case, policy, TicketAction.MESSAGE, message_id=message.id, not_before=until)
    outcome = Outcome(
        note=f"opened {case.id}; {answer.note}",
        cases=answer.cases or (case,),
        entries=(
            filing.entry(case, message, threads.doubted(message, judged, placing, past, policy), now),
            *answer.entries,
        ),
        refs=(*filing.own_ref(message, case, past), *threads.awaited(message, case, past)),
        effects=(written, *files.effects(message, case, policy), *answer.effects),
    )
    return followed(outcome, None, message, judged, past, policy, now)


def _extend(
    case: Case,
    message: Message,
    judged: Judged,
    placing: Placing,
    past: Past,
    policy: Policy,
    now: datetime,
    until: datetime | None = None,
    *,
    greets: bool = False,
) -> Outcome:
    """Let a message join a case; `greets`: it is the first in private of a case that began in public."""
    extended = filing.grown(case, judged, policy, now)
    extended = kindred.moved(extended, message, judged, past)
    by_machine = signs.answers_by_itself(message)
    if by_machine:
        # Nobody has written: who waited for whom stays as it was.
        as_before = {name: getattr(case, name) for name in ("state", "due_at", "escalated")}
        extended = extended.model_copy(update=as_before)
    if greets:
        answer = automatic(ReplyKind.ACKNOWLEDGEMENT, extended, message, judged, past, policy, now, Occasion.OPENS)
    else:
        answer = _warn(case, extended, message, judged, past, policy, now)
    written = _written(message, extended, judged, policy, until)
    opened = () if by_machine else _opened_again(message, case, extended, policy)
    outcome = Outcome(
        note=f"joined {case.id} ({placing.how}{', an automatic answer' if by_machine else ''}); {answer.note}",
        cases=answer.cases or (extended,),
        entries=(
            filing.entry(extended, message, threads.doubted(message, judged, placing, past, policy), now),
            *answer.entries,
        ),
        refs=filing.own_ref(message, case, past),
        effects=(*written, *opened, *files.effects(message, extended, policy), *answer.effects),
    )
    return followed(outcome, case, message, judged, past, policy, now)


def _written(
    message: Message, case: Case, judged: Judged, policy: Policy, until: datetime | None
) -> tuple[Effect, ...]:
    """Return what writes a further message to its ticket; of a flood it hears ever more seldom."""
    match abuse.written(case, judged):
        case TicketAction.MESSAGE as action:
            return (filing.write(message.id, case, policy, action, message_id=message.id, not_before=until),)
        case TicketAction.NOTE:
            told = f"{case.message_count} messages have been folded into this case; the gateway keeps all of them."
            return (filing.note(message.id, case, policy, told),)
        case _:
            return ()


def _tells_ticket(outcome: Outcome, message: Message, case: Case, policy: Policy) -> bool:
    """Whether a message goes to its ticket as it is, so that a next part could go with it."""
    key = filing.ticket_key(message.id, policy.target_of(case))
    return any(
        each.key == key and each.ticket is not None and each.ticket.action is TicketAction.MESSAGE
        for each in outcome.effects
    )


def _opened_again(message: Message, before: Case, after: Case, policy: Policy) -> tuple[Effect, ...]:
    """Return what opens the ticket again, where it waited for the user or was solved."""
    if before.state is CaseState.OPEN:
        return ()
    return (filing.write(f"{message.id}:opened", after, policy, TicketAction.STATE, state=CaseState.OPEN),)


def _warn(
    before: Case, case: Case, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome:
    """Say what a further message gives cause to: a warning, what to do in danger, what is missing or has come."""
    cause = judged.assessment.worst in (Severity.WARNING, Severity.DANGER) or filing.POSED in case.tags
    what = helping.occasion(before, case, message, judged)
    if not cause and what is Occasion.NONE and not bot.is_asked(message, policy):
        return Outcome(note="not acknowledged again")
    return automatic(ReplyKind.WARNING, case, message, judged, past, policy, now, what)


def automatic(
    kind: ReplyKind,
    case: Case,
    message: Message,
    judged: Judged,
    past: Past,
    policy: Policy,
    now: datetime,
    what: Occasion = Occasion.NONE,
) -> Outcome:
    """Acknowledge or warn, if every rule allows it; the note says why not otherwise.

    In a group nobody is answered about his case. `what` is the occasion to say more than number and warnings.
    """
    if message.platform == case.platform:
        return _automatic(kind, case, message, judged, past, policy, now, what)
    # It is answered by the channel that it came by, though its case is answered on another platform.
    here = case.model_copy(update={"channel": message.provenance.source, "platform": message.platform})
    outcome = _automatic(kind, here, message, judged, past, policy, now, what)
    there = {"channel": case.channel, "platform": case.platform}
    return replace(outcome, cases=tuple(each.model_copy(update=there) for each in outcome.cases))


def _automatic(
    kind: ReplyKind,
    case: Case,
    message: Message,
    judged: Judged,
    past: Past,
    policy: Policy,
    now: datetime,
    what: Occasion,
) -> Outcome:
    quiet = abuse.is_quiet(judged)
    notice = abuse.notice(case, judged, policy) if quiet and message.visibility is Visibility.PRIVATE else ""
    if quiet and not notice:
        return Outcome(note=f"not acknowledged: {quiet}")
    if helping.urgent(what, case):
        judged = helping.as_danger(judged, case)
    if public.is_public(message):
        return public.receipt(kind, case, message, judged, past, policy, now)
    if message.visibility is not Visibility.PRIVATE:
        return Outcome(note="not acknowledged: everybody reads there")
    if filing.SILENCED in case.tags and judged.assessment.worst is not Severity.DANGER:
        return Outcome(note="not acknowledged: the person opted out")
    if case.channel not in policy.sending:
        return Outcome(note="not acknowledged: this channel cannot send")
    if judged.old and not policy.acknowledgement.old:
        return Outcome(note="not acknowledged: it is older than the channel")
    verdict = public.asked_of_rules(case, message, judged, past, policy, now)
    if not verdict.allowed or verdict.to is None:
        return Outcome(note=f"not acknowledged: {verdict.reason}")
    told = bot.verdict(message, judged, past, policy, now) if bot.is_asked(message, policy) else None
    asked = told.text if told else letters.doubted(message, judged, policy)
    more = helping.told(what, case, message, judged, policy, now)
    subject, text = _acknowledgement(kind, case, message, judged, policy, asked, more)
    text = notice or text
    key = f"{message.id}:{kind}"
    reply = signed_reply(kind, case, verdict.to, subject, text, key, continued(message), policy.secret)
    effect = filing.said_to(kind, key, reply, case_id=case.id, recipient=filing.ledger_name(message))
    warned = filing.tagged(case, filing.POSED, on=False)
    if what is Occasion.BROUGHT:
        warned = filing.tagged(warned, helping.RECORDED, on=True)
    return Outcome(note=f"{kind} to be sent", cases=(warned,), entries=(filed(reply, key, now),), effects=(effect,))


def _acknowledgement(
    kind: ReplyKind, case: Case, message: Message, judged: Judged, policy: Policy, verdict: str, more: Help = NO_HELP
) -> tuple[str, str]:
    told = (case, judged.assessment, policy.locales, policy.brand, policy.official)
    manners = policy.manners_of(case.channel)
    if manners.chats:
        opens = kind is ReplyKind.ACKNOWLEDGEMENT
        readable = not message.said(ENCRYPTED)
        text = chat_acknowledgement(*told, opens=opens, readable=readable, privacy=manners.privacy, more=more)
        return "", public.with_warning(text, case, policy) if filing.POSED in case.tags else text
    return compose.acknowledgement(*told, verdict, more)
