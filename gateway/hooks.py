"""The exchange's own systems of one engine: opened from the settings, and wired to what asks and tells them.

A part of the composition, as are engine and channels. Not here: how they are called (`gateway.exchange`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.enrich.customer import CustomerEnricher
from gateway.errors import ConfigError, GatewayError
from gateway.health import Health
from gateway.identity import MAIL, Account
from gateway.journal import Store
from gateway.ports import Check, Clock, Report
from gateway.ports.customers import AccountId, CustomerProfiles, PlatformAccount, ProvenMail, Who
from gateway.ports.risk import RiskSystem
from gateway.ports.second_factor import SecondFactor
from gateway.settings import Settings
from gateway.settings.exchanging import CustomersTable, RiskTable, SecondFactorTable

if TYPE_CHECKING:
    from gateway.exchange.calls import Line

CUSTOMERS = "customers:ask"
"""The part that shows how the book of customers is."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Those of the exchange's systems that there are."""

    customers: CustomerProfiles | None = None
    risk: RiskSystem | None = None
    second_factor: SecondFactor | None = None

    def enricher(
        self, table: CustomersTable | None, clock: Clock, health: Health, store: Store
    ) -> CustomerEnricher | None:
        """Return what asks for customers, where they can be asked for; `health` shows how that goes."""
        if self.customers is None or table is None:
            return None
        health.starting(CUSTOMERS)
        health.idle(CUSTOMERS)

        def told(fault: GatewayError | None) -> None:
            if fault is None:
                health.well(CUSTOMERS)
            else:
                health.ill(CUSTOMERS, fault, None)

        return CustomerEnricher(self.customers, clock, table.lasts, table.nobody_lasts, told, _Links(store).of)

    async def check(self) -> Mapping[str, Report]:
        """Call each without any effect; by the name of its table."""
        named = (("customers", self.customers), ("risk", self.risk), ("second_factor", self.second_factor))
        return {name: await system.check() for name, system in named if system is not None}


class _Links:
    """What is proven to be one person's, as the store knows it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, who: Who) -> Sequence[Who] | None:
        """Return the person's other accounts; None where the store does not answer, which others tell of."""
        if isinstance(who, AccountId):
            return ()
        own = Account(MAIL, who.address) if isinstance(who, ProvenMail) else Account(who.platform, who.id)
        try:
            person = await self._store.identities.of(own)
        except GatewayError:
            return None
        others = [each.name for each in person.accounts if each.name != own] if person is not None else []
        return [
            ProvenMail(each.account) if each.platform == MAIL else PlatformAccount(each.platform, each.account)
            for each in others
        ]


@asynccontextmanager
async def open_hooks(settings: Settings, clock: Clock) -> AsyncIterator[Hooks]:
    """Open them all; connects to nothing yet. Raises `ConfigError`."""
    if settings.customers is None and settings.risk is None and settings.second_factor is None:
        yield Hooks()
        return
    from gateway.exchange.calls import open_calls
    from gateway.exchange.customers import HttpCustomers
    from gateway.exchange.risk import HttpRisk
    from gateway.exchange.second_factor import HttpSecondFactor

    async with AsyncExitStack() as stack:
        customers, risk, second = settings.customers, settings.risk, settings.second_factor
        yield Hooks(
            HttpCustomers(await stack.enter_async_context(open_calls(_line(customers), clock))) if customers else None,
            HttpRisk(await stack.enter_async_context(open_calls(_line(risk), clock))) if risk else None,
            HttpSecondFactor(await stack.enter_async_context(open_calls(_line(second), clock))) if second else None,
        )


async def check_hooks(settings: Settings, clock: Clock) -> Mapping[str, Report]:
    """Open them and call each without any effect."""
    try:
        async with open_hooks(settings, clock) as hooks:
            return await hooks.check()
    except ConfigError as error:
        return {"exchange": Report((Check("open", ok=False, detail=f"{error}; {error.action}"),))}


def _line(table: CustomersTable | RiskTable | SecondFactorTable) -> Line:
    from gateway.exchange.calls import Line

    return Line(table.url, table.secret, table.timeout_ms / 1000, table.key_id, table.ca_file)
