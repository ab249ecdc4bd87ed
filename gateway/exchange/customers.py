"""The exchange's book of customers behind HTTP: one signed call a look-up; docs/exchange.md."""

from __future__ import annotations

from gateway.case import Frozen
from gateway.errors import GatewayError
from gateway.exchange.calls import Calls
from gateway.ports import Report
from gateway.ports.customers import (
    Customer,
    CustomerAnswer,
    CustomerUnchecked,
    NoCustomer,
    PlatformAccount,
    ProvenMail,
    Who,
)


class _Told(Frozen):
    """The answer; without a customer there is none."""

    customer: Customer | None


class HttpCustomers:
    """Asks by POST, so that nobody's address stands in the log of a proxy."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look_up(self, who: Who) -> CustomerAnswer:
        """Ask once; see `CustomerProfiles`."""
        try:
            answer = await self._calls.post({"type": "customer", "by": _named(who)})
            found = answer.read(_Told).customer
        except GatewayError as error:
            return CustomerUnchecked(str(error), error)
        return found if found is not None else NoCustomer()

    async def check(self) -> Report:
        """Send a signed ping."""
        return await self._calls.check("customers")


def _named(who: Who) -> dict[str, str]:
    match who:
        case ProvenMail(address):
            return {"mail": address}
        case PlatformAccount(platform, number):
            return {"platform": platform, "platform_id": number}
        case other:
            return {"account_id": other.id}
