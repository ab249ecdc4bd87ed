"""What follows when somebody says that he wants nothing automatic any more, or wants it again. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.answers import public as texts
from gateway.case import Message, Visibility
from gateway.casework import filing
from gateway.casework.messages import decide_message
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Dialogue
from gateway.journal import Effect
from gateway.past import Past
from gateway.ports import Reply, ReplyKind


def decide_choice(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Remember such a word, mark the case that the person is at, and confirm it in private; None for anything else.

    Where there is a case, the word may as well be an answer to an agent: it is filed and written like any other.
    """
    where = filing.place_of(message)
    manners = policy.manners_of(message.provenance.source)
    if where is None or not manners.stop_words or message.visibility is Visibility.GROUP:
        return None
    dialogue = filing.dialogue_at(where, past)
    wanted = texts.choice_of(message.text, manners, dialogue)
    if wanted is None:
        return None
    after = dialogue.model_copy(update={"silenced": not wanted})
    case = next((each for each in past.cases if each.id == dialogue.case_id), None)
    if case is None:
        outcome = Outcome(note="", dialogues=(after.having_answered(message.id),))
    else:
        marked = filing.tagged(case, filing.SILENCED, on=not wanted)
        others = tuple(marked if each.id == case.id else each for each in past.cases)
        outcome = decide_message(message, judged, replace(past, cases=others, dialogue=after), policy, now)
    text = texts.chosen(policy.locales, _language(judged, dialogue), policy.brand, manners, wanted=wanted)
    answers = message.visibility is Visibility.PRIVATE and where.channel in policy.sending
    said = "automatic texts wanted again" if wanted else "no automatic texts wanted any more"
    confirmed = (_confirmation(message, text, policy),) if answers else ()
    return replace(outcome, note=f"{said}; {outcome.note}", effects=(*outcome.effects, *confirmed))


def _language(judged: Judged, dialogue: Dialogue) -> str:
    return dialogue.language or judged.triage.language


def _confirmation(message: Message, text: str, policy: Policy) -> Effect:
    key = f"{message.id}:choice"
    reply = Reply(
        channel=message.provenance.source,
        kind=ReplyKind.RESPONSE,
        to=message.sender,
        case_id="",
        text=text,
        automatic=True,
        token="",
    )
    return filing.said_to(ReplyKind.RESPONSE, key, reply)
