"""What a command, a pressed button or a step of a command leads to: the answer, and the case it opens, closes or joins.

The words are `gateway.answers.commands`'; here they become replies and changes of cases.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.answers import chat, commands
from gateway.answers.asking import CASE_HERE, Linking
from gateway.answers.commands import Asked, Desk, Told, may_be_command, read_command, respond, token_of
from gateway.answers.compose import Teller, secrets_told
from gateway.answers.tokens import one_time_token, sign_token
from gateway.answers.words import word_command
from gateway.case import Case, Message, Party, PartyKind, RecipientRole, Severity, Visibility
from gateway.casework import filing, helping, own
from gateway.casework.acts import Acting
from gateway.casework.letters import told_of_link
from gateway.casework.own import is_private, own_cases, proven_account
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import TOKEN_LASTS, Dialogue, Place, Token
from gateway.journal import Effect, EffectKind
from gateway.past import Past
from gateway.ports import Pressed, Reply, ReplyKind

TOKEN_HERE = "{token}"  # noqa: S105 - a place in a text
"""Where a link leaves room for a one-time token."""


def code_asked(message: Message, policy: Policy) -> str:
    """Return the hash of the one-time code that a command hands back; empty without one."""
    command = read_command(message.text, policy.manners_of(message.provenance.source).handle)
    command = command or word_command(message.text)
    return own.code_asked(message, command.args, policy.secret) if command and command.name == "link" else ""


def token_asked(message: Message, policy: Policy) -> str:
    """Return the hash of the one-time token that a message hands back; empty without one."""
    command = read_command(message.text, policy.manners_of(message.provenance.source).handle)
    return token_of(command) if command is not None else ""


def answer(event: Message | Pressed, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Answer what is said to us as to a machine; None for an ordinary message."""
    where = filing.place_of(event)
    if where is None:
        return None
    dialogue = filing.dialogue_at(where, past)
    if isinstance(event, Message) and not dialogue.step and not may_be_command(event.text):
        return None
    asked = _asked(event, judged, dialogue, past, now)
    told = respond(asked, _desk(where.channel, policy, now))
    if told is None:
        return None
    return _Answering(event, judged, past, policy, now).outcome(told, asked.cases)


def verdict(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Told | None:
    """Return the verdict on what a message asks about in plain words, by a bare name or a forward; None for others."""
    where = filing.place_of(message) or Place(message.provenance.source, message.sender.address)
    asked = _asked(message, judged, filing.dialogue_at(where, past), past, now)
    return commands.verdict(asked, _desk(where.channel, policy, now), every_name=is_asked(message, policy))


def is_asked(message: Message, policy: Policy) -> bool:
    """Whether a mail went to an address of ours that is there to be asked."""
    to = message.recipients_as(RecipientRole.TO, RecipientRole.CC, RecipientRole.DELIVERED)
    return any(party.address in policy.verify_addresses for party in to)


def also_answered(
    outcome: Outcome, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome:
    """Answer at once what a message asks about, beside whatever else follows from it, unless its warning says so."""
    if message.visibility is not Visibility.PRIVATE or message.provenance.source not in policy.sending or judged.old:
        return outcome
    warned = judged.assessment.worst not in (None, Severity.NOTICE)
    if warned and any(effect.kind in (EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING) for effect in outcome.effects):
        return outcome
    told = verdict(message, judged, past, policy, now)
    if told is None:
        return outcome
    case_id = outcome.cases[0].id if outcome.cases else ""
    reply = _reply(f"{message.id}:verdict", message, told, policy, case_id=case_id)
    counted = {name: getattr(told.dialogue, name) for name in ("minute_at", "asked", "verdicts")}
    return replace(
        outcome,
        note=f"{outcome.note}; {told.note}",
        effects=(*outcome.effects, reply),
        dialogues=tuple(each.model_copy(update=counted) for each in outcome.dialogues),
    )


def _desk(channel: str, policy: Policy, now: datetime) -> Desk:
    verifier, manners = policy.verifier(now.date()), policy.manners_of(channel)
    official = (policy.brand, policy.official, policy.locales, policy.secret, verifier, manners)
    return Desk(*official, upload=policy.links.get("upload", ""))


def invitation(
    case: Case, message: Message, dialogue: Dialogue, policy: Policy, now: datetime, *, exposed: bool = False
) -> Outcome:
    """Ask somebody in a group to go on in private, where his case is his alone.

    `exposed`: the message shows everybody what is personal, which is said again sooner.
    """
    manners = policy.manners_of(case.channel)
    leads = manners.invite or manners.summoned
    if case.channel not in policy.sending or not leads or not case.requester.address:
        return Outcome(note="not asked in: there is no private chat")
    every = chat.EXPOSED_EVERY if exposed else chat.INVITES_EVERY
    if dialogue.invited_at is not None and now - dialogue.invited_at < every:
        return Outcome(note="asked in already")
    token, kept = _token(message.id, case.id, message.sender, policy, now)
    text, buttons = chat.group_private(policy.locales, case.language, policy.brand, manners.invite, exposed=exposed)
    told = Told(text=text, buttons=buttons, dialogue=dialogue)
    effect = _reply(f"{message.id}:invitation", message, told, policy, token=token, language=case.language)
    return Outcome(
        note="asked to go on in private",
        effects=(effect,),
        tokens=(kept,),
        dialogues=(dialogue.model_copy(update={"invited_at": now}),),
    )


def _asked(event: Message | Pressed, judged: Judged, dialogue: Dialogue, past: Past, now: datetime) -> Asked:
    private = is_private(event)
    account = proven_account(event, judged.assessment) if private else None
    return Asked(
        message=event if isinstance(event, Message) else None,
        pressed=event if isinstance(event, Pressed) else None,
        person=event.sender,
        dialogue=dialogue,
        cases=own_cases(past, dialogue, account),
        token=past.token,
        facts=judged.assessment.facts,
        findings=judged.assessment.findings,
        private=private,
        now=now,
        account=account,
        known=past.person,
        code=past.code,
        others=past.code_person.accounts if past.code_person is not None else (),
        tries=past.tries,
        danger=bool(judged.triage.danger),
    )


class _Answering:
    """One event on its way from words to an outcome."""

    def __init__(self, event: Message | Pressed, judged: Judged, past: Past, policy: Policy, now: datetime) -> None:
        self._event = event
        self._judged = judged
        self._past = past
        self._policy = policy
        self._now = now
        self._name = event.id if isinstance(event, Message) else f"press:{event.press_id or event.provenance.key}"

    def outcome(self, told: Told, mine: tuple[Case, ...]) -> Outcome:
        acting = Acting(self._event, self._judged, self._past, self._policy, self._now, self._name, mine)
        acted = acting.act(told.act, told.dialogue)
        case_id = acted.cases[0].id if acted.cases else ""
        dialogue = acted.dialogues[0] if acted.dialogues else told.dialogue
        if isinstance(self._event, Message):
            dialogue = dialogue.having_answered(self._event.id)
        token, kept = "", tuple[Token, ...]()
        if told.invites:
            token, new = _token(self._name, dialogue.case_id or "", self._event.sender, self._policy, self._now)
            kept = (new,)
        effects = acted.effects
        told = self._cautioned(self._helped(told, acted, mine))
        if told.text and self._event.provenance.source in self._policy.sending:
            reply = _reply(f"{self._name}:response", self._event, told, self._policy, token=token, case_id=case_id)
            effects = (*effects, reply)
        linking = told.linking or Linking()
        return replace(
            acted,
            note=f"{told.note or 'answered'}; {acted.note}",
            effects=(*effects, *told_of_link(self._name, linking, told.dialogue.language or "", self._policy)),
            identities=linking.identities,
            codes=linking.codes,
            dialogues=(dialogue,),
            tokens=(*acted.tokens, *kept),
        )

    def _helped(self, told: Told, acted: Outcome, mine: tuple[Case, ...]) -> Told:
        """Put around the answer what helps with the case that it opened or went on with: first what to do in danger."""
        if not acted.cases or not acted.entries or not isinstance(self._event, Message):
            return told
        case = acted.cases[0]
        before = next((each for each in mine if each.id == case.id), None)
        ahead, behind = helping.beside(before, case, self._event, self._judged, self._policy, self._now)
        if not ahead and not behind:
            return told
        return replace(told, text="\n\n".join((*ahead, *filter(None, (told.text,)), *behind)))

    def _cautioned(self, told: Told) -> Told:
        """Put before the answer what to do about a secret that came with the command or step."""
        language = told.dialogue.language or self._judged.triage.language
        teller = Teller(self._policy.locales, language, self._policy.brand)
        warned = tuple(secrets_told(self._judged.assessment.findings, teller))
        return replace(told, text="\n\n".join((*warned, *filter(None, (told.text,))))) if warned else told


def _token(name: str, case_id: str, person: Party, policy: Policy, now: datetime) -> tuple[str, Token]:
    """Return a one-time token for this person alone, and what is kept of it; the same for the same event."""
    token, kept = one_time_token(policy.secret, name)
    return token, Token(hash=kept, case_id=case_id, bearer=person.id or person.address, expires_at=now + TOKEN_LASTS)


def _reply(
    key: str,
    event: Message | Pressed,
    told: Told,
    policy: Policy,
    *,
    token: str = "",
    case_id: str = "",
    language: str = "",
) -> Effect:
    """Return what is said back where it was asked."""
    reply = Reply(
        channel=event.provenance.source,
        kind=ReplyKind.RESPONSE,
        to=_back_to(event),
        case_id=case_id,
        text=told.text.replace(CASE_HERE, case_id),
        language=language or told.dialogue.language or "en",
        automatic=True,
        token=sign_token(policy.secret, case_id, key) if case_id else "",
        visibility=event.visibility,
        buttons=tuple(
            tuple(each.model_copy(update={"url": each.url.replace(TOKEN_HERE, token)}) for each in row)
            for row in told.buttons
        ),
        press_id=event.press_id if isinstance(event, Pressed) else "",
    )
    return filing.said_to(ReplyKind.RESPONSE, key, reply)


def _back_to(event: Message | Pressed) -> Party:
    if isinstance(event, Pressed):
        place = event.place or event.sender
        if event.visibility is Visibility.GROUP:
            return place.model_copy(update={"kind": PartyKind.GROUP})
        return event.sender.model_copy(update={"address": place.address or event.sender.address})
    return filing.group_of(event) or event.sender
