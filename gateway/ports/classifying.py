"""What a statistical or language model may say of a message's category: the port by which it is asked.

Its word is a suggestion: rules are the floor (`gateway.triage.deciding`). It is given texts without their secrets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.case import Message
from gateway.ports.incoming import Report


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a classifier takes a message for; its reason is one sentence for the agent."""

    category: str
    confidence: float
    reason: str = ""


class Classifier(Protocol):
    """Knows categories by their ids, and is asked for each message of a user; slow answers are not waited for."""

    async def classify(self, message: Message) -> Sequence[Suggestion]:
        """Return what it takes a message for, best first, or nothing. Raises a `GatewayError` where it cannot say.

        May be cancelled at any await. Categories that the desk does not have are left out by whoever asks.
        """
        ...

    async def check(self) -> Report:
        """See that it answers."""
        ...
