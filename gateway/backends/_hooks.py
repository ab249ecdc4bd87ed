"""What a ticket system pushes: proven, kept under its delivery's id, and taken as no more than a hint to fetch now.

The feed alone says what agents did, so that nothing comes twice or out of order, however late or often a push comes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import timedelta

from gateway.ports import Event, Key, Normalizer, Pushed, PushRequest, Raw, Refusal, StreamId

STREAM = StreamId("desk")
"""The one stream of a backend's feed."""
HINTS = StreamId("hints")
"""The stream of what was pushed."""
HINT = "application/vnd.gatehouse.hint"
WINDOW = timedelta(minutes=5)
"""How far a push's own time may be from ours, either way."""

Flaw = Callable[[PushRequest], str | None]
"""Why a push is not genuine, for our own log; None when it is. Compares in constant time."""


def same(ours: str, theirs: str) -> bool:
    """Compare what proves a push, in constant time; what is no ASCII is wrong rather than an error."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))


def in_window(timestamp: str, request: PushRequest) -> bool:
    """Whether seconds since 1970 are within five minutes of when the push arrived."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(request.received_at.timestamp() - int(timestamp)) <= WINDOW.total_seconds()


class HookIngress:
    """Takes pushes that prove genuine. `delivery` returns the id of a delivery, or nothing where there is none."""

    def __init__(
        self,
        source: str,
        flaw: Flaw,
        wake: Callable[[StreamId], None],
        delivery: Callable[[PushRequest], str] = lambda request: "",
    ) -> None:
        self._source = source
        self._flaw = flaw
        self._wake = wake
        self._delivery = delivery

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress`; nothing of the body is read but for its proof."""
        if request.method != "POST":
            return Refusal(405, "only POST is taken")
        wrong = self._flaw(request)
        if wrong is not None:
            return Refusal(401, wrong)
        self._wake(STREAM)
        return Pushed((self._hint(request),))

    def _hint(self, request: PushRequest) -> Raw:
        name = self._delivery(request)[:200] or "sha256-" + hashlib.sha256(request.body).hexdigest()
        return Raw(self._source, HINTS, Key(f"hint:{name}"), "hints", b"", HINT, request.received_at, 0)


def without_hints(normalize: Normalizer) -> Normalizer:
    """Return a feed's normalizer that knows hints too: nothing follows from one."""

    def normalizer(raw: Raw) -> Sequence[Event]:
        return () if raw.media_type == HINT else normalize(raw)

    return normalizer
