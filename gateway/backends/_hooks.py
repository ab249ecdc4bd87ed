"""What a ticket system pushes: proven, kept under a digest of its body, and taken as no more than a hint to fetch now.

The feed alone says what agents did, so that nothing comes twice or out of order, however late or often a push comes.
The id of a delivery stands in a header that no vendor signs: whoever has seen one push could send it under ever new
ids, and each would be kept. By its body it is kept once, and wakes the feed each time all the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import timedelta

from gateway.ports import Event, Key, Normalizer, Pushed, PushRequest, Raw, Refusal, Secret, StreamId

STREAM = StreamId("desk")
"""The one stream of a backend's feed."""
HINTS = StreamId("hints")
"""The stream of what was pushed."""
HINT = "application/vnd.gatehouse.hint"
WINDOW = timedelta(minutes=5)
"""How far a push's own time may be from ours, either way."""

Flaw = Callable[[PushRequest], str | None]
"""Why a push is not genuine, for our own log; None when it is. Compares in constant time."""
Proof = Callable[[bytes, PushRequest], str]
"""What a header of a genuine push holds, made from our secret and the push."""


def same(ours: str, theirs: str) -> bool:
    """Compare what proves a push, in constant time; what is no ASCII is wrong rather than an error."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))


def in_window(timestamp: str, request: PushRequest) -> bool:
    """Whether seconds since 1970 are within five minutes of when the push arrived."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(request.received_at.timestamp() - int(timestamp)) <= WINDOW.total_seconds()


def flaw_unless(
    secret: Secret | None, header: str, proof: Proof, seconds: Callable[[PushRequest], str] | None = None
) -> Flaw:
    """Return what finds a push whose header does not hold its proof; without a secret none does.

    `seconds` returns a push's own time, in seconds since 1970 and proven with it, where the vendor gives one: then it
    must be within five minutes of ours.
    """

    def flaw(request: PushRequest) -> str | None:
        if secret is None:
            return "no webhook_secret is set, so no push can be proven"
        if not same(proof(secret.get_secret_value().encode(), request), request.headers.get(header, "")):
            return "its signature is not of our secret"
        if seconds is not None and not in_window(seconds(request), request):
            return "its time is not within five minutes of ours"
        return None

    return flaw


def body_hmac(digest: str) -> Proof:
    """Return the proof that is an HMAC over the body alone, written as `sha256=` and hexadecimal digits."""
    return lambda key, request: f"{digest}=" + hmac.new(key, request.body, digest).hexdigest()


class HookIngress:
    """Takes pushes that prove genuine."""

    def __init__(self, source: str, flaw: Flaw, wake: Callable[[StreamId], None]) -> None:
        self._source = source
        self._flaw = flaw
        self._wake = wake

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
        name = "sha256-" + hashlib.sha256(request.body).hexdigest()
        return Raw(self._source, HINTS, Key(f"hint:{name}"), "hints", b"", HINT, request.received_at, 0)


def without_hints(normalize: Normalizer) -> Normalizer:
    """Return a feed's normalizer that knows hints too: nothing follows from one."""

    def normalizer(raw: Raw) -> Sequence[Event]:
        return () if raw.media_type == HINT else normalize(raw)

    return normalizer
