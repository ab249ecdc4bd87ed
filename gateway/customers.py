"""How a customer of the exchange stands in a fact: written by the enricher, read by whoever decides. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from gateway.case import Evidence, Fact, FactOutcome
from gateway.ports.customers import Customer

KIND = "customer"
"""The kind of the fact."""
_WORDS = ("account_id", "tier", "region", "language", "registered_mail", "kyc")


def fact_of(customer: Customer, subject: str, reason: str = "") -> Fact:
    """Return what the exchange says of whoever wrote; `reason` is how he is known, where it is not by himself."""
    shown = [(name, str(getattr(customer, name))) for name in _WORDS]
    shown += [("kyc_missing", each) for each in customer.kyc_missing]
    shown += [("security", f"{each.name}={each.health}") for each in customer.security]
    shown += [("deposit_address", f"{each.network}:{each.address}") for each in customer.deposit_addresses]
    evidence = tuple(Evidence(name=name, value=value) for name, value in shown if value)
    return Fact(kind=KIND, subject=subject, outcome=FactOutcome.PASS, reason=reason, evidence=evidence)


def customer_in(facts: Sequence[Fact]) -> Customer | None:
    """Return the customer who is proven to have written, as the exchange tells of him; None where it tells nothing."""
    fact = next((each for each in facts if each.kind == KIND and each.outcome is FactOutcome.PASS), None)
    if fact is None:
        return None
    said = [(item.name, item.value) for item in fact.evidence]
    told: dict[str, object] = {name: value for name, value in said if name in _WORDS}
    told["kyc_missing"] = [value for name, value in said if name == "kyc_missing"]
    told["security"] = [_pair(value, "=", "name", "health") for name, value in said if name == "security"]
    told["deposit_addresses"] = [
        _pair(value, ":", "network", "address") for name, value in said if name == "deposit_address"
    ]
    try:
        return Customer.model_validate(told)
    except ValidationError:
        return None


def _pair(value: str, mark: str, first: str, second: str) -> dict[str, str]:
    one, _, other = value.partition(mark)
    return {first: one, second: other}
