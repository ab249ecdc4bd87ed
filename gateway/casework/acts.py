"""What a command does beyond its answer: the case that it opens, closes, opens again, joins or gives to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.answers.asking import Act, ActKind
from gateway.answers.mine import WANTS_PERSON
from gateway.case import URGENCY, Case, CaseState, Message, Priority, Triage
from gateway.casework import files, filing
from gateway.casework.accusing import accused_by_user
from gateway.casework.following import followed
from gateway.casework.own import account_refs
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Dialogue
from gateway.identity import account_of
from gateway.past import Past
from gateway.ports import Pressed, TicketAction
from gateway.trust.masking import mask_message


class Acting:
    """One event whose command is carried out; `own` are the cases of whoever gave it."""

    def __init__(
        self,
        event: Message | Pressed,
        judged: Judged,
        past: Past,
        policy: Policy,
        now: datetime,
        name: str,
        own: tuple[Case, ...],
    ) -> None:
        self._event = event
        self._judged = judged
        self._past = past
        self._policy = policy
        self._now = now
        self._name = name
        self._own = {case.id: case for case in own}

    def act(self, act: Act, dialogue: Dialogue) -> Outcome:
        """Return what the act leads to; with a dialogue where that changes it."""
        match act.kind:
            case ActKind.OPEN:
                return self._open(act, dialogue)
            case ActKind.CLOSE:
                return self._close(act, dialogue)
            case ActKind.REOPEN:
                return self._reopen(act, dialogue)
            case ActKind.PERSON:
                return self._to_person(act, dialogue)
            case ActKind.BIND:
                return self._bind(dialogue)
            case _:
                return Outcome(note="no case concerned")

    def _open(self, act: Act, dialogue: Dialogue) -> Outcome:
        message = self._as_message(act)
        judged = replace(self._judged, triage=self._triage(act, dialogue))
        case = filing.new_case(self._name, message, judged, self._past, self._policy, self._now)
        written = filing.write(self._name, case, self._policy, TicketAction.MESSAGE, message_id=message.id)
        outcome = Outcome(
            note=f"opened {case.id}",
            cases=(case,),
            entries=(filing.entry(case, message, judged, self._now),),
            refs=(*filing.own_ref(message, case, self._past), *account_refs(message, judged, case)),
            effects=(written, *files.effects(message, case, self._policy)),
            dialogues=(dialogue.at_case(case.id),),
            accused=accused_by_user(act.accused, message.platform, self._policy),
        )
        return followed(outcome, None, message, judged, self._past, self._policy, self._now)

    def _triage(self, act: Act, dialogue: Dialogue) -> Triage:
        """Return what the command itself says of the case; where it says nothing, what was found in the message."""
        found = self._judged.triage
        language = dialogue.language or found.language
        if not act.category:
            return found.model_copy(update={"language": language, "tags": (*found.tags, *act.tags)})
        return Triage(language=language, priority=act.priority, category=act.category, queue=act.queue, tags=act.tags)

    def _close(self, act: Act, dialogue: Dialogue) -> Outcome:
        case = self._own.get(act.case_id)
        if case is None or case.state is CaseState.SOLVED:
            return Outcome(note="nothing to close")
        closed = filing.changed(case, self._now, state=CaseState.SOLVED)
        state = filing.write(f"{self._name}:closed", closed, self._policy, TicketAction.STATE, state=CaseState.SOLVED)
        told = filing.note(f"{self._name}:note", closed, self._policy, "The user has closed this case.")
        left = dialogue.model_copy(update={"case_id": None, "joining": None})
        return Outcome(note=f"closed {case.id}", cases=(closed,), effects=(told, state), dialogues=(left,))

    def _reopen(self, act: Act, dialogue: Dialogue) -> Outcome:
        case = self._own.get(act.case_id)
        if case is None or case.state is not CaseState.SOLVED:
            return Outcome(note="nothing to open again")
        opened = filing.changed(case, self._now, state=CaseState.OPEN)
        state = filing.write(f"{self._name}:opened", opened, self._policy, TicketAction.STATE, state=CaseState.OPEN)
        told = filing.note(f"{self._name}:note", opened, self._policy, "The user has opened this case again.")
        after = self._at(dialogue, opened)
        return Outcome(note=f"opened {case.id} again", cases=(opened,), effects=(state, told), dialogues=(after,))

    def _to_person(self, act: Act, dialogue: Dialogue) -> Outcome:
        case = self._own.get(act.case_id)
        if case is None or case.state is CaseState.SOLVED:
            return Outcome(note="no case for a person")
        more: tuple[Outcome, ...] = (self._added(act, case),) if act.text else ()
        grown = more[0].cases[0] if more else filing.changed(case, self._now)
        raised = max(grown.priority, Priority.HIGH, key=URGENCY.index)
        marked = filing.tagged(grown, WANTS_PERSON, on=True).model_copy(update={"priority": raised})
        text = "The user asks to talk to a person, and is asked nothing more by machine."
        told = filing.note(f"{self._name}:note", marked, self._policy, text)
        outcome = more[0] if more else Outcome(note="", effects=())
        return replace(
            outcome,
            note=f"a person wanted on {case.id}",
            cases=(marked,),
            effects=(*outcome.effects, *(() if WANTS_PERSON in case.tags else (told,))),
            dialogues=(self._at(dialogue, marked),),
        )

    def _added(self, act: Act, case: Case) -> Outcome:
        """Return the words behind the command as one more message of the case."""
        message = self._as_message(replace(act, subject=case.subject))
        grown = filing.grown(case, self._judged, self._policy, self._now)
        written = filing.write(self._name, grown, self._policy, TicketAction.MESSAGE, message_id=message.id)
        entry = filing.entry(grown, message, self._judged, self._now)
        return Outcome(note="", cases=(grown,), entries=(entry,), effects=(written,))

    def _at(self, dialogue: Dialogue, case: Case) -> Dialogue:
        """Return the dialogue going on with a case, if that runs here: another account's case stays there."""
        account = account_of(self._event.sender)
        here = case.channel == self._event.provenance.source and account == account_of(case.requester)
        return dialogue.at_case(case.id) if here or case.id in dialogue.cases else dialogue

    def _bind(self, dialogue: Dialogue) -> Outcome:
        token, event = self._past.token, self._event
        case = next((each for each in self._past.cases if token is not None and each.id == token.case_id), None)
        person = event.sender
        if token is None or not token.opens_for(person.id or person.address, self._now):
            return Outcome(note="the token opens nothing")
        spent = token.model_copy(update={"spent_at": self._now})
        if case is None:
            return Outcome(note="a token of no case", tokens=(spent,))
        there = tuple(each for each in case.participants if (each.platform, each.id) != (person.platform, person.id))
        bound = filing.changed(
            case,
            self._now,
            requester=person,
            participants=(person, *there),
            channel=event.provenance.source,
            platform=person.platform,
        )
        told = f"The user goes on in a private chat on {person.platform}, by a link that is good once."
        return Outcome(
            note=f"bound to {case.id}",
            cases=(bound,),
            effects=(filing.note(f"{self._name}:bound", bound, self._policy, told),),
            dialogues=(dialogue.at_case(case.id),),
            tokens=(spent,),
        )

    def _as_message(self, act: Act) -> Message:
        """Return the message that the case is opened with: what the steps have brought, and what came with the last.

        What is a secret only as a whole was none in its parts: it is looked for once more.
        """
        return mask_message(self._whole(act), self._policy.patterns)[0]

    def _whole(self, act: Act) -> Message:
        event = self._event
        if isinstance(event, Message):
            return event.model_copy(update={"subject": act.subject, "text": act.text})
        return Message(
            id=self._name,
            content_key=self._name,
            provenance=event.provenance,
            platform=event.sender.platform,
            sender=event.sender,
            subject=act.subject,
            text=act.text,
            sent_at=event.provenance.received_at,
        )
