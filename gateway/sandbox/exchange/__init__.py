"""The exchange's own systems on this machine: customers, freezes and the second factor, for tests and the sandbox."""

from __future__ import annotations

from gateway.sandbox.exchange.server import ExchangeServer, Freeze
from gateway.sandbox.tickets._base import Call, Fault

__all__ = ["Call", "ExchangeServer", "Fault", "Freeze"]
