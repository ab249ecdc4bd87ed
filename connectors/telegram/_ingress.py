"""What Telegram pushes to the webhook, as the same raws that polling makes; pure."""

from __future__ import annotations

import hmac

from connectors.telegram._settings import TelegramSettings
from connectors.telegram._updates import Maker
from gateway.ports import Pushed, PushRequest, Refusal

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name


class TelegramIngress:
    """The webhook's door. What cannot be read is taken all the same: refused, it would come again for a day."""

    def __init__(self, source: str, settings: TelegramSettings, secret: str) -> None:
        self._maker = Maker(source, settings.bot_id, settings.bot, settings.max_file_bytes)
        self._secret = secret.encode()

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress.receive`; the secret is compared in constant time, whatever the content type."""
        if request.method != "POST":
            return Refusal(405, "only POST is taken")
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "backslashreplace")
        if not hmac.compare_digest(given, self._secret):
            return Refusal(403, "the secret of the webhook is missing or another")
        return Pushed((self._maker.one(request.body, request.received_at),))
