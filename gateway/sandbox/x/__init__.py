"""X on loopback for demo, rehearsals, tests and benchmarks: the semantics of its API v2, under a script's hand.

Nothing of it leaves the machine, and nothing is kept beyond the process.
"""

from __future__ import annotations

from gateway.sandbox.x._faults import MATRIX, Fault
from gateway.sandbox.x.server import Call, XServer

__all__ = ["MATRIX", "Call", "Fault", "XServer"]
