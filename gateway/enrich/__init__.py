"""Gathers facts from outside about a message: all at once, each under a deadline, and never an exception."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Sequence
from typing import Protocol

import structlog

from gateway.case import Fact, FactOutcome, Message
from gateway.errors import GatewayError

_log = structlog.get_logger()


class Enricher(Protocol):
    """Looks one kind of thing up outside. Whatever it raises becomes a fact that says so."""

    kind: str

    async def facts(self, message: Message) -> Sequence[Fact]:
        """Return what was found, or nothing where this kind does not apply. May be cancelled at any await."""
        ...


async def gather(message: Message, enrichers: Sequence[Enricher], deadline_secs: float) -> tuple[Fact, ...]:
    """Ask every enricher at once; return their facts in the order of the enrichers."""
    if len(enrichers) == 1:
        # A task of its own would only cost time.
        return tuple(await _ask(enrichers[0], message, deadline_secs))
    found = await asyncio.gather(*(_ask(enricher, message, deadline_secs) for enricher in enrichers))
    return tuple(fact for facts in found for fact in facts)


async def _ask(enricher: Enricher, message: Message, deadline_secs: float) -> Sequence[Fact]:
    try:
        async with asyncio.timeout(deadline_secs):
            return tuple(await enricher.facts(message))
    except TimeoutError:
        return (_unchecked(enricher.kind, f"No answer within {deadline_secs:g} seconds."),)
    except GatewayError as error:
        return (_unchecked(enricher.kind, str(error)),)
    except Exception as error:  # noqa: BLE001 - a bug in one look outside must not stop the message
        # The exception's own text may hold a user's words, so only its kind and place are logged.
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{last.filename}:{last.lineno}"
        _log.error("enricher.failed", kind=enricher.kind, error=type(error).__name__, place=place)
        return (_unchecked(enricher.kind, "The check failed because of a bug; see the log."),)


def _unchecked(kind: str, reason: str) -> Fact:
    return Fact(kind=kind, subject="", outcome=FactOutcome.COULD_NOT_CHECK, reason=reason)
