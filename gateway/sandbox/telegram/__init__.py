"""Telegram on loopback for demo, rehearsals, tests and benchmarks: the Bot API's semantics, under a script's hand.

Nothing of it leaves the machine, and nothing is kept beyond the process.
"""

from __future__ import annotations

from gateway.sandbox.telegram._faults import Fault
from gateway.sandbox.telegram._limits import Limits
from gateway.sandbox.telegram.server import Call, Sent, TelegramServer

__all__ = ["Call", "Fault", "Limits", "Sent", "TelegramServer"]
