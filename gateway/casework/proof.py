"""What is proven of whoever writes, what each act needs, and what merely is claimed: told to the agents. Pure.

An account number in a text is a claim, whoever knows it. Documents prove nothing that comes by a message: they are
handed in by the official link alone. Not here: how the second factor is asked for (`gateway.casework.challenges`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.answers.acknowledge import MAIL
from gateway.answers.compose import Teller
from gateway.answers.customer import not_in_chat
from gateway.case import Assessment, Case, Message, Visibility
from gateway.casework import challenges, filing
from gateway.casework.own import proven_account
from gateway.casework.values import NOTHING, Outcome
from gateway.customers import customer_in
from gateway.identity import Person
from gateway.journal import Effect
from gateway.ports import Reply, ReplyKind
from gateway.trust.entries import platform_title

if TYPE_CHECKING:
    from gateway.casework.following import Step

DOCUMENT = "document-in-chat"
"""The tag of cases whose user has sent what looks like a document in a conversation that is no place for it."""
_PICTURES = ("image/", "application/pdf")


class Proof(StrEnum):
    """One thing that is proven of a requester."""

    ACCOUNT = "account"
    """The account on the platform; of mail the address, by the word of the desk's own server."""
    LINKED = "linked"
    """Other accounts are the same person's, by a one-time code."""
    CUSTOMER = "customer"
    """The exchange knows whose account this is."""
    REGISTERED_MAIL = "registered_mail"
    """The mail comes from the address that the customer has registered."""
    SECOND_FACTOR = "second_factor"
    """The customer has confirmed in the exchange's own app that it is he."""


REQUIRED: Mapping[str, frozenset[Proof]] = {
    "account_state": frozenset({Proof.ACCOUNT, Proof.CUSTOMER}),
    "account_change": frozenset({Proof.ACCOUNT, Proof.CUSTOMER, Proof.SECOND_FACTOR}),
}
"""What each act needs: to be told of one's account; to have anything of it changed."""
ACTS: Mapping[str, str] = {
    "account_data_change": "account_change",
    "account_closure": "account_change",
    "account_stolen": "account_change",
    "login": "account_change",
    "kyc": "account_state",
    "withdrawal_delayed": "account_state",
    "card": "account_state",
}
"""What the agents are about to do on a case of a category; on others they need to know of nobody who writes."""
_NAMES: Mapping[Proof, str] = {
    Proof.ACCOUNT: "the account on the platform",
    Proof.LINKED: "other accounts of the same person",
    Proof.CUSTOMER: "a customer of the exchange",
    Proof.REGISTERED_MAIL: "the registered mail address",
    Proof.SECOND_FACTOR: "a second factor",
}


def proven(
    message: Message, assessment: Assessment, case: Case, person: Person | None, now: datetime
) -> frozenset[Proof]:
    """Return all that is proven of whoever wrote a message on a case."""
    account = proven_account(message, assessment)
    if account is None:
        return frozenset()
    found = {Proof.ACCOUNT}
    if person is not None and person.has(account):
        found.add(Proof.LINKED)
    if (customer := customer_in(assessment.facts)) is not None:
        found.add(Proof.CUSTOMER)
        if message.platform == MAIL and customer.registered_mail == account.account.casefold():
            found.add(Proof.REGISTERED_MAIL)
        if challenges.has_confirmed(case, customer.account_id, now):
            found.add(Proof.SECOND_FACTOR)
    return frozenset(found)


def lacks(act: str, found: Collection[Proof]) -> tuple[Proof, ...]:
    """Return what is still to be proven for an act."""
    return tuple(each for each in Proof if each in REQUIRED[act] and each not in found)


def claimed(case: Case, assessment: Assessment) -> tuple[str, ...]:
    """Return the account numbers that the user names and nothing proves to be his."""
    customer = customer_in(assessment.facts)
    own = customer.account_id if customer is not None else ""
    named = dict.fromkeys(each.value for each in case.entities if each.kind == "account_id")
    return tuple(number for number in named if number != own)


def told(found: Collection[Proof], claims: Collection[str], missing: Collection[Proof], platform: str) -> str:
    """Return in words for the agents what is proven, what is only claimed, and what is needed before they act."""
    names = [_NAMES[each] for each in Proof if each in found]
    proof = f"Proven ({platform_title(platform)}): {', '.join(names)}." if names else "Nothing is proven of the sender."
    claim = f" Only claimed: account {', '.join(claims)}." if claims else ""
    need = f" Before anything of the account: {', '.join(_NAMES[each] for each in missing)}." if missing else ""
    return f"{proof}{claim}{need}"


def shown(step: Step) -> Outcome:
    """Tell the agents what is proven, once a case touches an account, or claims another one.

    Where an account is to be changed, whom the exchange knows is asked for the second factor, and again once that has
    lapsed, or when another customer writes. A note costs a call of the ticket system: of a deposit by somebody whom the
    exchange does not know there is none.
    """
    case, before, judged = challenges.lapsed(step.case, step.now), step.before, step.judged
    quiet = NOTHING if case is step.case else Outcome(note="a second factor has lapsed", cases=(case,))
    if not step.policy.knows_customers:
        # Nothing could be proven that the ticket does not show by itself.
        return quiet
    act = ACTS.get(case.category or "")
    claims = claimed(case, judged.assessment)
    more = claims if before is None else tuple(each for each in claims if each not in _named(before))
    if not act and (not more or customer_in(judged.assessment.facts) is None):
        return quiet
    found = proven(step.message, judged.assessment, case, step.past.person, step.now)
    missing = lacks(act, found) if act else ()
    asks = Proof.SECOND_FACTOR in missing
    is_new = act and (before is None or before.category != case.category)
    if not (more or is_new or (asks and challenges.is_due(case, judged, step.policy, step.now))):
        return quiet
    text = told(found, claims, missing, step.message.platform)
    note = filing.note(f"{step.message.id}:proof", case, step.policy, text)
    after, asked = challenges.asked(case, step.message, judged, step.policy, step.now) if asks else (case, ())
    return Outcome(note=quiet.note, cases=(after,), effects=(note, *asked))


def no_documents(step: Step) -> Outcome:
    """Lead whoever sends a document in a chat to where documents go, once a case; tell the agents."""
    case, message = step.case, step.message
    if case.category != "kyc" or message.platform == MAIL or DOCUMENT in case.tags or step.judged.old:
        return NOTHING
    kinds = [each.detected_type or each.declared_type for each in message.attachments]
    if not any(kind.startswith(_PICTURES) for kind in kinds):
        return NOTHING
    marked = filing.tagged(case, DOCUMENT, on=True)
    text = (
        "The user has sent what may be an identity document here. Take none by this way: the official link is for that."
    )
    note = filing.note(f"{message.id}:document", marked, step.policy, text)
    is_private = message.visibility is Visibility.PRIVATE and case.channel in step.policy.sending
    said = (_led(step, marked),) if is_private and filing.SILENCED not in case.tags else ()
    return Outcome(
        note="led to the upload link" if said else "a document in a chat", cases=(marked,), effects=(note, *said)
    )


def _led(step: Step, case: Case) -> Effect:
    tell = Teller(step.policy.locales, case.language, step.policy.brand)
    key = f"{step.message.id}:documents"
    reply = Reply(
        channel=case.channel,
        kind=ReplyKind.RESPONSE,
        to=step.message.sender,
        case_id=case.id,
        text=not_in_chat(tell, step.policy.links.get("upload", "")),
        language=case.language,
        automatic=True,
        token="",
    )
    return filing.said_to(ReplyKind.RESPONSE, key, reply)


def _named(case: Case) -> frozenset[str]:
    return frozenset(each.value for each in case.entities if each.kind == "account_id")
