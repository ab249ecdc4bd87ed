"""Whose a case is: which of those that are known belong to whoever asks, and under whose name a case is found. Pure.

A case is its person's by the account that takes part in it; linked accounts count as one for as long as they are
linked. A number that somebody knows makes nothing his, nor does a chat that was told of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.answers.acknowledge import MAIL
from gateway.answers.linking import hash_of
from gateway.answers.signs import has_several_authors
from gateway.case import Assessment, Case, Message, Visibility
from gateway.casework.values import NOTHING, Judged, Outcome
from gateway.conversation import sender_failed, sender_proven
from gateway.dialogue import Dialogue
from gateway.identity import Account, account_of, accounts_of, is_of, read, reference_of
from gateway.past import Past
from gateway.ports import Pressed

if TYPE_CHECKING:
    from gateway.casework.following import Step


def proven_account(event: Message | Pressed, assessment: Assessment) -> Account | None:
    """Return the account that an event is proven to come from; None where it is only claimed, or nobody's own."""
    if isinstance(event, Message):
        if not sender_proven(event, assessment) or (event.platform == MAIL and has_several_authors(event)):
            return None
    elif event.sender.id is None:
        return None
    return account_of(event.sender)


def own_cases(past: Past, dialogue: Dialogue | None, account: Account | None) -> tuple[Case, ...]:
    """Return the cases of whoever asks, the last changed first; `dialogue` only where nobody else has part in it."""
    if account is None:
        # Where the platform gives people no number, the private chat is all that there is to go by.
        mine = [case for case in past.cases if dialogue is not None and case.id in dialogue.cases]
    else:
        linked = past.person is not None and past.person.has(account)
        accounts = {each.name for each in past.person.accounts} if past.person and linked else {account}
        mine = [case for case in past.cases if is_of(case, accounts)]
    own = {case.id: case for case in mine}
    return tuple(sorted(own.values(), key=lambda case: case.updated_at, reverse=True))


def is_parted(message: Message, case: Case, past: Past) -> bool:
    """Whether a case that its sender's chat was at is one that he takes no part in any more: a link let him into it."""
    account, members = account_of(message.sender), accounts_of(case)
    if account is None or not members or account in members:
        return False
    return past.person is None or members.isdisjoint(each.name for each in past.person.accounts)


def account_refs(message: Message, judged: Judged, case: Case) -> tuple[tuple[str, str], ...]:
    """Return the reference by which the sender finds a case of his again; none where he was refuted, or has no part."""
    account = account_of(message.sender)
    if account is None or sender_failed(judged.assessment) or not is_of(case, (account,)):
        return ()
    return ((reference_of(account), case.id),)


def found_again(step: Step) -> Outcome:
    """Let a case be found by the account that has written on it."""
    refs = account_refs(step.message, step.judged, step.case)
    return Outcome(note="", refs=refs) if refs else NOTHING


def code_asked(message: Message, said: str, secret: bytes) -> str:
    """Return the hash of the one-time code that a command hands back; empty without one."""
    code = read(said)
    return hash_of(secret, code) if code else ""


def is_private(event: Message | Pressed) -> bool:
    """Whether nobody else reads along."""
    return event.visibility is Visibility.PRIVATE
