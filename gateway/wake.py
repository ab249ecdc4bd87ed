"""Timers that outlive the process: a wake that has come due becomes a raw of the engine's own, and that an event.

A wake is an effect with the target `engine` and a time before which it is not claimed; it belongs to no case, so that
none waits for another. Its key is the raw's key: whatever happens in between, it comes to casework once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from pydantic import ValidationError

from gateway.errors import MalformedError
from gateway.journal import Fate, State, Store, StoredEffect
from gateway.ports import Clock, Key, NormalizerPlugin, Raw, StreamId, Wake

log = structlog.get_logger()

ENGINE = "engine"
"""The target of wakes, and the source of the raws that they become; no channel can be called so."""
STREAM = StreamId("wakes")
MEDIA_TYPE = "application/vnd.gatehouse.wake+json"
BATCH = 100


class WakeDispatcher:
    """Puts wakes that have come due into the journal."""

    target = ENGINE

    def __init__(self, store: Store, clock: Clock, arrived: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._arrived = arrived

    async def step(self, report: object = None) -> int:
        """Take one batch; return how many there were. Nothing outside is called, so there is nothing to report."""
        claimed = await self._store.claim_effects(ENGINE, BATCH, self._clock.now())
        if not claimed:
            return 0
        # One that was under way when the gateway stopped is put again: its key absorbs it.
        due = [_raw(item, item.effect.wake) for item in claimed if item.effect.wake is not None]
        if due:
            put = await self._store.put_page(ENGINE, STREAM, due, None)
            log.info("wake.due", count=put.stored, known=put.known)
            self._arrived()
        await self._store.release_effects([_fate(item) for item in claimed])
        return len(claimed)


def normalize(raw: Raw) -> Sequence[Wake]:
    """Return the wake that a raw of ours holds."""
    try:
        return (Wake.model_validate_json(raw.body),)
    except ValidationError:
        raise MalformedError("this is no wake of ours") from None


NORMALIZER = NormalizerPlugin(name="wake", version=1, normalize=normalize)


def _raw(item: StoredEffect, wake: Wake) -> Raw:
    body = wake.model_dump_json().encode()
    return Raw(ENGINE, STREAM, Key(item.effect.key), wake.lane, body, MEDIA_TYPE, wake.at, len(body))


def _fate(item: StoredEffect) -> Fate:
    if item.effect.wake is None:
        return Fate(item.id, State.BURIED, "there is no wake in this effect")
    return Fate(item.id, State.SETTLED, "put into the journal")
