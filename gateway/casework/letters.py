"""Commands by mail: answered to a sender who is proven, and who may be answered by a machine at all.

Of anybody else such a mail is a message like any other: it becomes a case, whether or not the number that it names
exists. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.answers import breaker, letters
from gateway.answers.acknowledge import MAIL, AckVerdict, Ledger, may_acknowledge
from gateway.answers.asking import CASE_HERE, Asked, Command, Desk, Linking, Told
from gateway.answers.compose import Teller
from gateway.answers.outgoing import continued
from gateway.answers.tokens import bare_token, sign_tag, sign_token
from gateway.case import Message, Party
from gateway.casework import failures, filing, own
from gateway.casework.acts import Acting
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Dialogue, Learned
from gateway.identity import Account
from gateway.journal import Effect, EffectKind
from gateway.past import Past
from gateway.ports import Reply, ReplyKind


def is_asked(message: Message) -> bool:
    """Whether a mail is a command, whoever sent it: a cheap look, since most are none."""
    return message.platform == MAIL and letters.letter_command(message) is not None


def code_asked(message: Message, policy: Policy) -> str:
    """Return the hash of the one-time code that a mail hands back; empty without one."""
    command = letters.letter_command(message)
    return own.code_asked(message, command.args, policy.secret) if command and command.name == "link" else ""


def answer(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """Answer a command by mail; None for an ordinary mail, and for one that nobody is proven to have sent."""
    command = letters.letter_command(message) if message.platform == MAIL else None
    if command is None or judged.old or message.provenance.source not in policy.sending:
        return None
    account = own.proven_account(message, judged.assessment)
    if account is None:
        return None
    verdict = _may_answer(message, judged, past, policy, now)
    if not verdict.allowed or verdict.to is None:
        return None
    asked = _asked(message, judged, past, account, now)
    command = _about_its_case(command, asked, past)
    told = letters.respond_by_letter(asked, _desk(message, policy, now), command)
    if told is None:
        return None
    return _outcome(told, asked, message, judged, past, policy, now)


def told_of_link(name: str, linking: Linking, language: str, policy: Policy) -> tuple[Effect, ...]:
    """Return what tells other accounts that something about their link has changed."""
    effects = []
    for number, (account, channel, text) in enumerate(linking.told):
        if channel not in policy.sending:
            continue
        key = f"{name}:linked:{number}"
        effects.append(_to_account(key, account, channel, text, language or "en", policy))
    return tuple(effects)


def doubted(message: Message, judged: Judged, policy: Policy) -> str:
    """Return what is said to whoever asks by a mail that proves nobody: how to ask; empty for any other mail."""
    if not is_asked(message) or own.proven_account(message, judged.assessment) is not None:
        return ""
    return Teller(policy.locales, judged.triage.language, policy.brand).text("letter-unproven")


def language_of(message: Message, judged: Judged, past: Past) -> str | None:
    """Return the language that the owner of a mail address chose by command, for mails that are proven to be his."""
    place, known = failures.place_of(message), past.dialogue
    if known is None or not known.language or known.place != place:
        return None
    return known.language if own.proven_account(message, judged.assessment) is not None else None


def _outcome(
    told: Told, asked: Asked, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome:
    acting = Acting(message, judged, past, policy, now, message.id, asked.cases)
    acted = acting.act(told.act, told.dialogue)
    linking = told.linking or Linking()
    case_id = acted.cases[0].id if acted.cases else ""
    language = told.dialogue.language or judged.triage.language
    reply = _reply(f"{message.id}:response", message, told, case_id, language, policy)
    chosen = told.dialogue.language
    learned = (Learned(told.dialogue.place, {"language": chosen}),) if chosen != asked.dialogue.language else ()
    return replace(
        acted,
        note=f"{told.note or 'answered'} by mail; {acted.note}",
        effects=(*acted.effects, reply, *told_of_link(message.id, linking, language, policy)),
        # A mail's dialogue is changed from several lanes: only what this mail chose is written.
        dialogues=(),
        learned=(*acted.learned, *learned),
        identities=linking.identities,
        codes=linking.codes,
    )


def _may_answer(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> AckVerdict:
    """Return whether every rule for automatic mails allows an answer; who asks is not held back by his last receipt."""
    ledger = Ledger(
        sent_to=(0, *past.sent_to[1:]),
        sent_to_domain=past.sent_to_domain,
        sent_to_all=past.sent_to_all[0] if past.sent_to_all else 0,
        failed_at=failures.failed_at(message, past),
        has_complained=failures.has_complained(message, past),
        is_flooded=breaker.is_open(past.pace, policy.acknowledgement),
    )
    return may_acknowledge(message, judged.assessment, policy.acknowledgement, policy.own_addresses, ledger, now)


def _asked(message: Message, judged: Judged, past: Past, account: Account, now: datetime) -> Asked:
    place = failures.place_of(message)
    known = past.dialogue if place is not None and past.dialogue is not None and past.dialogue.place == place else None
    return Asked(
        message=message,
        pressed=None,
        person=message.sender,
        dialogue=known or Dialogue(channel=message.provenance.source, address=place.address if place else ""),
        # What the address's dialogue remembers is of the mailbox without its tags: no proof of this very address.
        cases=own.own_cases(past, None, account),
        token=None,
        facts=judged.assessment.facts,
        findings=judged.assessment.findings,
        private=True,
        now=now,
        account=account,
        known=past.person,
        code=past.code,
        others=past.code_person.accounts if past.code_person is not None else (),
        tries=past.tries,
        by_letter=True,
    )


def _about_its_case(command: Command, asked: Asked, past: Past) -> Command:
    """Return a command that names no case with the asker's own that its mail answers on."""
    mine = {case.id for case in asked.cases}
    answered = next((case.id for case in past.by_ref if case.id in mine), "")
    return letters.about(command, answered) if answered else command


def _desk(message: Message, policy: Policy, now: datetime) -> Desk:
    verifier, manners = (
        policy.verifier(now.date()),
        replace(policy.manners_of(message.provenance.source), buttons=False),
    )
    official = (policy.brand, policy.official, policy.locales, policy.secret, verifier, manners)
    return Desk(*official, upload=policy.links.get("upload", ""))


def _reply(key: str, message: Message, told: Told, case_id: str, language: str, policy: Policy) -> Effect:
    teller = Teller(policy.locales, language, policy.brand)
    reply = Reply(
        channel=message.provenance.source,
        kind=ReplyKind.RESPONSE,
        to=message.sender,
        case_id=case_id,
        subject=letters.subject_of(told, teller, case_id),
        text=told.text.replace(CASE_HERE, case_id),
        language=language,
        automatic=True,
        thread=continued(message),
        token=sign_token(policy.secret, case_id, key) if case_id else bare_token(policy.secret, key),
        tag=sign_tag(policy.secret, case_id) if case_id else "",
    )
    return _counted(key, reply, filing.ledger_name(message))


def _to_account(key: str, account: Account, channel: str, text: str, language: str, policy: Policy) -> Effect:
    is_mail = account.platform == MAIL
    teller = Teller(policy.locales, language, policy.brand)
    to = Party(platform=account.platform, address=account.account, id=None if is_mail else account.account)
    signature = f"\n\n{teller.text('signature', brand=teller.brand)}" if is_mail else ""
    reply = Reply(
        channel=channel,
        kind=ReplyKind.RESPONSE,
        to=to,
        case_id="",
        subject=teller.text("letter-subject", brand=teller.brand) if is_mail else "",
        text=text + signature,
        language=language,
        automatic=True,
        token=bare_token(policy.secret, key) if is_mail else "",
    )
    return _counted(key, reply, account.account) if is_mail else filing.said_to(ReplyKind.RESPONSE, key, reply)


def _counted(key: str, reply: Reply, recipient: str) -> Effect:
    """Return an automatic mail as one that the ledger counts: who asks a hundred times is not answered as often."""
    effect = filing.said_to(ReplyKind.RESPONSE, key, reply, recipient=recipient)
    return effect.model_copy(update={"kind": EffectKind.ACKNOWLEDGEMENT})
