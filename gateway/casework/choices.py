"""What follows when somebody says that he wants nothing automatic any more, or wants it again. Pure."""

from __future__ import annotations

from datetime import datetime

from gateway.answers import public as texts
from gateway.case import Case, Message, Visibility
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Dialogue
from gateway.journal import Effect
from gateway.past import Past
from gateway.ports import Reply, ReplyKind


def decide_choice(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Remember such a word, mark the case that the person is at, and confirm it in private; None for anything else."""
    where = filing.place_of(message)
    manners = policy.manners_of(message.provenance.source)
    if where is None or not manners.stop_words:
        return None
    dialogue = filing.dialogue_at(where, past)
    wanted = texts.choice_of(message.text, manners, dialogue)
    if wanted is None:
        return None
    after = dialogue.model_copy(update={"silenced": not wanted}).having_answered(message.id)
    case = next((each for each in past.cases if each.id == dialogue.case_id), None)
    marked = (_marked(case, now, silenced=not wanted),) if case is not None else ()
    text = texts.chosen(policy.locales, _language(judged, dialogue), policy.brand, manners, wanted=wanted)
    answers = message.visibility is Visibility.PRIVATE and where.channel in policy.sending
    return Outcome(
        note="automatic texts wanted again" if wanted else "no automatic texts wanted any more",
        cases=marked,
        effects=(_confirmation(message, text, policy),) if answers else (),
        dialogues=(after,),
    )


def _marked(case: Case, now: datetime, *, silenced: bool) -> Case:
    return filing.tagged(filing.changed(case, now), filing.SILENCED, on=silenced)


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
