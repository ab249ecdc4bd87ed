"""The commands about one's account at the exchange: /kyc and /security, answered from what the exchange says. Pure.

Told is only what is known of whoever is proven to write (`gateway.customers`); an account number that somebody merely
names is never looked up.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.answers.asking import Teller, Told, Turn
from gateway.case import FactOutcome
from gateway.customers import KIND, customer_in
from gateway.ports.customers import Customer, Health

_STATES = {
    "none": "kyc-none",
    "unverified": "kyc-none",
    "pending": "kyc-pending",
    "in_review": "kyc-pending",
    "approved": "kyc-approved",
    "verified": "kyc-approved",
    "rejected": "kyc-rejected",
    "expired": "kyc-rejected",
}
"""The text of each state that exchanges tell; any other is told as one."""
_ITEMS = {
    "id_document": "kyc-item-document",
    "id_card": "kyc-item-document",
    "passport": "kyc-item-document",
    "selfie": "kyc-item-selfie",
    "face": "kyc-item-selfie",
    "address_proof": "kyc-item-address",
    "proof_of_address": "kyc-item-address",
    "funds_proof": "kyc-item-funds",
    "source_of_funds": "kyc-item-funds",
}
_CHECKS = {
    "password": "security-item-password",
    "two_factor": "security-item-factor",
    "2fa": "security-item-factor",
    "logins": "security-item-logins",
    "devices": "security-item-devices",
    "api_keys": "security-item-keys",
    "withdrawal_addresses": "security-item-addresses",
}


def kyc(turn: Turn, args: str) -> Told | None:
    """Tell how far identity verification is, what is missing, and where documents go; more words are a matter."""
    if args:
        return None
    customer = customer_in(turn.asked.facts)
    if customer is None:
        return _unknown(turn, "kyc")
    tell = turn.tell
    told = [tell.text(_STATES.get(customer.kyc, "kyc-other"))]
    if items := _named(turn, customer.kyc_missing, _ITEMS, "kyc-item-other"):
        told += [tell.text("kyc-missing", items=items), documents(turn)]
    return turn.says(*told, note="kyc")


def security(turn: Turn, args: str) -> Told | None:
    """Tell what the exchange says of the security of the account; it is never called safe."""
    if args:
        return None
    customer = customer_in(turn.asked.facts)
    if customer is None:
        return _unknown(turn, "security")
    return turn.says(*_checks(turn, customer), turn.tell.text("never-line"), note="security")


def documents(turn: Turn) -> str:
    """Return where documents are handed in, and nowhere else."""
    return _where(turn.tell, turn.desk.upload)


def not_in_chat(tell: Teller, upload: str) -> str:
    """Return what is said to somebody who has sent a document where it does not belong."""
    return f"{tell.text('documents-here')}\n\n{_where(tell, upload)}"


def _where(tell: Teller, link: str) -> str:
    return tell.text("documents-link", link=link) if link else tell.text("documents-app")


def _checks(turn: Turn, customer: Customer) -> Iterable[str]:
    if not customer.security:
        return (turn.tell.text("security-none"),)
    weak = [each.name for each in customer.security if each.health is not Health.OK]
    if not weak:
        return (turn.tell.text("security-well"),)
    return (turn.tell.text("security-weak", items=_named(turn, weak, _CHECKS, "security-item-other")),)


def _named(turn: Turn, words: Iterable[str], keys: dict[str, str], other: str) -> str:
    """Return the texts of the exchange's words, each once; what has none is told as one more at the end."""
    known = dict.fromkeys(keys.get(word, other) for word in words)
    order = sorted(known, key=lambda key: key == other)
    return "\n".join(f"- {turn.tell.text(key)}" for key in order)


def _unknown(turn: Turn, note: str) -> Told:
    about = [fact for fact in turn.asked.facts if fact.kind == KIND]
    if not about:
        return turn.says(turn.tell.text("customer-off"), note=f"{note}: nobody to ask")
    unchecked = any(fact.outcome is FactOutcome.COULD_NOT_CHECK for fact in about)
    return turn.says(turn.tell.text("customer-unchecked" if unchecked else "customer-unknown"), note=f"{note}: unknown")
