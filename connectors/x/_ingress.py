"""What X pushes to the webhook, as the same raws that the stream makes, and the challenge that proves it ours; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

from connectors.x._raws import Maker
from connectors.x._settings import XSettings
from connectors.x._strict import UnreadableError, decode
from gateway.errors import ConfigError
from gateway.ports import Pushed, PushRequest, Refusal, StreamId

SIGNATURE_HEADER = "x-twitter-webhooks-signature"
LONGEST_TOKEN = 512
LARGEST = 1024 * 1024
"""X's own events have some kilobytes."""


class XIngress:
    """The webhook's door. Events that are only hints wake the stream that has the news, and leave nothing here."""

    def __init__(self, name: str, settings: XSettings, wake: Callable[[StreamId], None]) -> None:
        if settings.consumer_secret is None:
            raise ConfigError("a webhook needs consumer_secret")
        self._maker = Maker.of(name, settings)
        self._secret = settings.consumer_secret.get_secret_value().encode()
        self._wake = wake

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress.receive`; what is genuine and cannot be read is taken, for it never comes again."""
        if request.method == "GET":
            return self._challenged(request.query.get("crc_token", ""))
        if request.method != "POST":
            return Refusal(405, "only GET and POST are taken")
        if len(request.body) > LARGEST:
            return Refusal(413, "the body is larger than X's are")
        given = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "backslashreplace")
        if not hmac.compare_digest(given, self._signed(request.body).encode()):
            return Refusal(403, "the signature is missing, or not of this body")
        try:
            event = decode(request.body)
        except UnreadableError:
            return Pushed((self._maker.garbage(request.body, request.received_at),))
        found = self._maker.activity(event, request.received_at)
        if found.hint is not None:
            self._wake(found.hint)
        return Pushed(() if found.raw is None else (found.raw,))

    def _challenged(self, token: str) -> Pushed | Refusal:
        if not 0 < len(token) <= LONGEST_TOKEN:
            return Refusal(400, "crc_token is missing or too long")
        answer = json.dumps({"response_token": self._signed(token.encode("utf-8", "backslashreplace"))})
        return Pushed((), body=answer.encode(), media_type="application/json")

    def _signed(self, what: bytes) -> str:
        return "sha256=" + base64.b64encode(hmac.new(self._secret, what, hashlib.sha256).digest()).decode()
