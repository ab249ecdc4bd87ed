"""What X pushes to the webhook, as the same raws that the stream makes, and the challenge that proves it ours.

Nothing here waits: what is billed is noted, and counted by whoever can wait for the meter.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable

from connectors.x._budget import Budget
from connectors.x._raws import ACTIVITY, Maker
from connectors.x._settings import XSettings
from connectors.x._strict import UnreadableError, decode
from gateway.errors import ConfigError
from gateway.ports import Pushed, PushRequest, Refusal, StreamId

SIGNATURE_HEADERS = ("x-twitter-webhooks-signature-oauth2", "x-twitter-webhooks-signature")
"""By the app's client secret, and by its consumer secret, which X calls the older way; X sends one of them, or both."""
LARGEST = 1024 * 1024
"""X's own events have some kilobytes."""
_TOKEN = re.compile(rb"[A-Za-z0-9+/=_.~-]{1,512}")
"""What is answered as a challenge. No event is of this form: else an answer would be a signature for whoever asks."""


class XIngress:
    """The webhook's door. Events that are only hints wake the stream that has the news, and leave nothing here."""

    def __init__(self, name: str, settings: XSettings, wake: Callable[[StreamId], None], budget: Budget) -> None:
        # X proves itself by the client secret where the app has one, and wants its challenge answered by that.
        secrets = (settings.client_secret, settings.consumer_secret)
        self._secrets = tuple(each.get_secret_value().encode() for each in secrets if each is not None)
        if not self._secrets:
            raise ConfigError("a webhook needs consumer_secret or client_secret")
        self._maker = Maker.of(name, settings)
        self._price = settings.prices.event
        self._wake = wake
        self._budget = budget

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress.receive`; what is genuine and cannot be read is taken, for it never comes again."""
        if request.method == "GET":
            return self._challenged(request.query.get("crc_token", ""))
        if request.method != "POST":
            return Refusal(405, "only GET and POST are taken")
        if len(request.body) > LARGEST:
            return Refusal(413, "the body is larger than X's are")
        if not self._is_signed(request):
            return Refusal(403, "the signature is missing, or not of this body")
        self._budget.owe(str(ACTIVITY), 1, self._price)
        try:
            event = decode(request.body)
        except UnreadableError:
            return Pushed((self._maker.garbage(request.body, request.received_at),))
        found = self._maker.activity(event, request.received_at)
        if found.hint is not None:
            self._wake(found.hint)
        return Pushed(() if found.raw is None else (found.raw,))

    def _is_signed(self, request: PushRequest) -> bool:
        """Whether one of our secrets signed the body; not by an answer to a challenge, which anybody may ask for."""
        if _TOKEN.fullmatch(request.body):
            return False
        given = [request.headers.get(name, "").encode("utf-8", "backslashreplace") for name in SIGNATURE_HEADERS]
        signed = [_signed(secret, request.body).encode() for secret in self._secrets]
        # All are compared, whichever fits: a secret that was renewed may stand beside one that still holds.
        return any([hmac.compare_digest(one, other) for one in given for other in signed])

    def _challenged(self, token: str) -> Pushed | Refusal:
        asked = token.encode("utf-8", "backslashreplace")
        if not _TOKEN.fullmatch(asked):
            return Refusal(400, "crc_token is missing, or no token")
        answer = json.dumps({"response_token": _signed(self._secrets[0], asked)})
        return Pushed((), body=answer.encode(), media_type="application/json")


def _signed(secret: bytes, what: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret, what, hashlib.sha256).digest()).decode()
