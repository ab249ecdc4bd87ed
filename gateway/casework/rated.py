"""What follows when a user answers the question how our help was: a score, a word on it, or a matter of its own. Pure.

A score opens no case again. What raises a matter of its own goes its way like any other message, and is a score besides
where it opens with one. Whether somebody is asked at all is `gateway.casework.rating`'s.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers import rating as texts
from gateway.answers import signs
from gateway.answers.asking import is_forwarded
from gateway.answers.buttons import read
from gateway.answers.commands import may_be_command
from gateway.answers.compose import Teller
from gateway.answers.names import one_line
from gateway.answers.outgoing import continued, filed, signed_reply
from gateway.answers.scores import is_list, read_score
from gateway.answers.tokens import sign_token
from gateway.case import Case, CaseState, Entry, Message, Note, Party, Severity, Thread, Visibility
from gateway.casework import filing, messages, public, threads
from gateway.casework.rating import question_key, rater
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import references, signed_cases, tagged_cases
from gateway.past import Past, Query
from gateway.ports import Pressed, ReplyKind
from gateway.ratings import LOW, MAX_WORD, RatedBy, Rating

UNHAPPY = "unhappy"
"""The tag of cases whose user gave a low score."""
ANSWERED_FOR = timedelta(days=30)
"""So long after it was asked is the question answered by a button, or by a mail that answers it."""
NUMBERS_FOR = timedelta(days=7)
"""The same for a number that is written in a chat, where it could mean anything."""
CHANGED_FOR = timedelta(days=7)
"""For so long does another score replace one."""
WORD_FOR = timedelta(hours=1)
"""For so long after a score is what is written next the word on it."""
RATING = Note(code="rating", detail="It says how our help was.")
"""The note on a message that is a score, or a word on one."""
_OF_HELP = frozenset({None, "complaint", "feedback", "other", "praise"})
"""What a word on our help may be about; everything else is a matter of its own."""
_IN_PASSING = frozenset({"time"})
"""Things of the trade that such a word may name."""
_LOW_SCORES = frozenset(range(1, LOW + 1))
_NO_THREAD = Thread()
_QUESTIONS = frozenset("?？؟")


def asked_of(message: Message, query: Query, policy: Policy, now: datetime) -> Query:
    """Return the query for a message with what tells whether it answers the question."""
    if message.visibility is not Visibility.PRIVATE:
        return query
    if not policy.manners_of(message.provenance.source).chats:
        signed = (*signed_cases(message, policy.secret), *tagged_cases(message, policy.secret))
        return replace(query, rated=signed) if signed else query
    return replace(query, rated_by=RatedBy(rater(message.sender, policy), now - ANSWERED_FOR))


def asked_of_press(event: Pressed, query: Query, policy: Policy) -> Query:
    """Return the query for a press with the case that a button of the question is about."""
    found = _read(event, policy)
    return query if found is None else replace(query, case_ids=(*query.case_ids, found[1]), rated=(found[1],))


def decide_press(event: Pressed, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Take the score of a pressed button; None for any other button, and for one that is too old."""
    found = _read(event, policy)
    if found is None:
        return None
    score, case_id = found
    case, before = _known(case_id, past)
    if case is None or before is None or not _may_score(before, ANSWERED_FOR, now):
        return None
    if before.score == score:
        return Outcome(note=f"rated as before on {case_id}")
    after, name = _scored(before, score, "", now), f"press:{event.press_id or event.provenance.key}"
    place = event.place or event.sender
    to = event.sender.model_copy(update={"address": place.address or event.sender.address})
    said = _answer(case, before, after, to, policy, name, press_id=event.press_id)
    return _changed(case, before, after, policy, now, name).and_also(said)


def decide_chat(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Take what is written in a chat for a score, or for the word on one; None for an ordinary message."""
    where = filing.place_of(message)
    if not past.ratings or judged.old or where is None or message.visibility is not Visibility.PRIVATE:
        return None
    person = rater(message.sender, policy)
    case, before = _known(next((each.case_id for each in past.ratings if each.person == person), ""), past)
    dialogue = filing.dialogue_at(where, past)
    if case is None or before is None or dialogue.step or may_be_command(message.text) or is_forwarded(message):
        return None
    # Where the talk has gone on, or is of another case, a number may be the answer to anything.
    if case.state is not CaseState.SOLVED or dialogue.case_id not in (None, case.id):
        return None
    return _decide(message, judged, case, before, NUMBERS_FOR, past, policy, now)


def decide_mail(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Take a mail that answers the question for a score, or for the word on one; None for any other mail."""
    if not past.ratings or judged.old or signs.answers_by_itself(message):
        return None
    placing = threads.placed(message, judged, past, policy)
    case, before = _known(placing.case.id if placing.case is not None else "", past)
    if case is None or before is None or placing.how != "signed" or not _answers(message, case, policy):
        return None
    return _decide(message, judged, case, before, ANSWERED_FOR, past, policy, now)


def decide_edit(
    message: Message, known: Entry, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome | None:
    """Let another version of a score or of a word on it replace the first; None where it says something else now."""
    case, before = _known(known.case_id, past)
    if RATING not in known.message.notes or case is None or before is None:
        return None
    version = message.model_copy(update={"version": known.message.version + 1})
    if before.word and before.word == _word(known.message.text):
        # It was the word alone: its place is free for the new one.
        before = before.model_copy(update={"word": ""})
    return _decide(version, judged, case, before, NUMBERS_FOR, past, policy, now, is_edit=True)


def _decide(
    message: Message,
    judged: Judged,
    case: Case,
    before: Rating,
    open_for: timedelta,
    past: Past,
    policy: Policy,
    now: datetime,
    *,
    is_edit: bool = False,
) -> Outcome | None:
    found = None if is_list(message.text) or not _may_score(before, open_for, now) else read_score(message.text)
    if found is None:
        if not _may_say(before, now) or not message.text.strip() or _raises_matter(message, message.text, judged):
            return None
        after = before.model_copy(update={"word": _word(message.text)})
    else:
        raises_matter = _raises_matter(message, found.rest, judged)
        if raises_matter and (is_edit or not found.sure):
            return None
        after = _scored(before, found.score, "" if raises_matter else _word(found.rest), now)
        if raises_matter:
            return _beside(message, judged, case, before, after, past, policy, now)
    outcome = _changed(case, before, after, policy, now, f"{message.id}:v{message.version}" if is_edit else message.id)
    rated = outcome.cases[0]
    rated = rated if is_edit else rated.model_copy(update={"message_count": case.message_count + 1})
    marked = message.model_copy(update={"notes": (*message.notes, RATING)})
    outcome = replace(
        outcome,
        cases=(rated,),
        entries=(filing.entry(rated, marked, judged, now),),
        refs=() if is_edit else filing.own_ref(message, case, past),
    )
    if found is None or is_edit:
        return outcome
    return _answered(outcome, message, judged, before, after, past, policy)


def _beside(
    message: Message,
    judged: Judged,
    case: Case,
    before: Rating,
    after: Rating,
    past: Past,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Let a message go its way, and be a score besides."""
    outcome = messages.decide_message(message, judged, past, policy, now)
    changed = _changed(case, before, after, policy, now, message.id)
    others = [each for each in outcome.cases if each.id != case.id]
    grown = next((each for each in outcome.cases if each.id == case.id), None)
    if grown is not None:
        changed = replace(changed, cases=(filing.tagged(grown, UNHAPPY, on=after.score in _LOW_SCORES),))
    # The case that the message is on stays the first.
    cases = (*others, *changed.cases) if grown is None else (*changed.cases, *others)
    return replace(outcome, cases=()).and_also(replace(changed, cases=cases))


def _answered(
    outcome: Outcome, message: Message, judged: Judged, before: Rating, after: Rating, past: Past, policy: Policy
) -> Outcome:
    """Say thanks for a score; by mail only where the rules of automatic replies allow it."""
    case, channel = outcome.cases[0], message.provenance.source
    if not policy.manners_of(channel).chats:
        now = after.rated_at or after.asked_at
        verdict = public.asked_of_rules(case, message, judged, past, policy, now)
        if before.score is not None or not verdict.allowed or verdict.to is None:
            return outcome
    thread = continued(message)
    return outcome.and_also(_answer(case, before, after, message.sender, policy, message.id, thread=thread))


def _answer(
    case: Case,
    before: Rating,
    after: Rating,
    to: Party,
    policy: Policy,
    name: str,
    *,
    thread: Thread = _NO_THREAD,
    press_id: str = "",
) -> Outcome:
    """Return what is said to a score: thanks once a case, later that the new one is noted."""
    if case.channel not in policy.sending or after.score is None:
        return Outcome(note="not thanked: this channel cannot send")
    tell = Teller(policy.locales, case.language, policy.brand)
    is_first = before.score is None
    text = texts.thanks(tell, after.score, has_word=bool(after.word)) if is_first else texts.changed(tell)
    key = _thanks_key(case.id) if is_first else f"{name}:rated"
    subject = "" if policy.manners_of(case.channel).chats else texts.subject(tell, case.id)
    reply = signed_reply(ReplyKind.RESPONSE, case, to, subject, text, key, thread, policy.secret)
    reply = reply.model_copy(update={"press_id": press_id})
    return Outcome(
        note="thanked" if is_first else "a new score noted",
        entries=(filed(reply, key, after.rated_at or after.asked_at),),
        effects=(filing.said_to(ReplyKind.RESPONSE, key, reply, case_id=case.id),),
    )


def _changed(case: Case, before: Rating, after: Rating, policy: Policy, now: datetime, name: str) -> Outcome:
    """Return the case with what was said of our help, and the word to the agents where they should know."""
    is_low = after.score in _LOW_SCORES
    changed = filing.tagged(filing.changed(case, now), UNHAPPY, on=is_low)
    is_told = is_low or before.score in _LOW_SCORES or bool(after.word)
    effects = (filing.note(f"{name}:rated", changed, policy, _told(before, after)),) if is_told else ()
    return Outcome(note=f"rated {case.id}", cases=(changed,), effects=effects, ratings=(after,))


def _told(before: Rating, after: Rating) -> str:
    if before.score == after.score and before.rated_at == after.rated_at:
        return f"The user on the score {after.score} of 5: {after.word}"
    changed = f", and not {before.score} any more" if before.score is not None else ""
    word = f" Their word on it: {after.word}" if after.word else ""
    return f"The user gives our help {after.score} of 5{changed}.{word}"


def _scored(before: Rating, score: int, word: str, now: datetime) -> Rating:
    return before.model_copy(update={"score": score, "word": word, "rated_at": now, "fresh": True})


def _may_score(before: Rating, open_for: timedelta, now: datetime) -> bool:
    if before.rated_at is None:
        return now - before.asked_at <= open_for
    return now - before.rated_at <= CHANGED_FOR and now - before.asked_at <= ANSWERED_FOR


def _may_say(before: Rating, now: datetime) -> bool:
    return before.rated_at is not None and not before.word and now - before.rated_at <= WORD_FOR


def _raises_matter(message: Message, rest: str, judged: Judged) -> bool:
    """Whether a message says more than how our help was: then it is for the desk, whatever it opens with."""
    triage, assessment = judged.triage, judged.assessment
    if message.attachments or message.forwarded or triage.danger:
        return True
    if assessment.worst in (Severity.WARNING, Severity.DANGER):
        return True
    if not rest:
        return False
    is_of_help = triage.category in _OF_HELP and all(each.kind in _IN_PASSING for each in triage.entities)
    return not is_of_help or bool(message.links) or len(rest) > MAX_WORD or not _QUESTIONS.isdisjoint(rest)


def _answers(message: Message, case: Case, policy: Policy) -> bool:
    """Whether a mail answers the question, or our thanks; one that names nothing may, while the case is solved."""
    refs = references(message)
    if not refs:
        return case.state is CaseState.SOLVED
    ours = {sign_token(policy.secret, case.id, key).lower() for key in (question_key(case.id), _thanks_key(case.id))}
    return refs[0].strip("<> \t\r\n").partition("@")[0].lower() in ours


def _known(case_id: str, past: Past) -> tuple[Case | None, Rating | None]:
    rating = next((each for each in past.ratings if each.case_id == case_id), None)
    return next((each for each in past.cases if each.id == case_id), None), rating


def _read(event: Pressed, policy: Policy) -> tuple[int, str] | None:
    person = event.sender.id or event.sender.address
    found = read(policy.secret, person, event.data) if event.visibility is Visibility.PRIVATE else None
    return texts.pressed(found[1]) if found is not None and found[0] == texts.ACTION else None


def _word(text: str) -> str:
    return one_line(text, MAX_WORD)


def _thanks_key(case_id: str) -> str:
    return f"{case_id}:rating-thanks"
