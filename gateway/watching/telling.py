"""The ways to operators: mail and chat messages through a channel's own sender, and a signed webhook.

Alerts do not go through the outbox: that it stands still may be what they tell of.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import structlog

from gateway.backends.signatures import long_enough, sign, signing_key
from gateway.case import Party, PartyKind, Visibility
from gateway.errors import ConfigError, RejectedError, TransientError
from gateway.ports import Clock, Key, Reply, ReplyKind, Sender
from gateway.settings.watching import AlertsTable
from gateway.watching.alerter import Tell
from gateway.watching.alerts import Kind, Notice

log = structlog.get_logger()

SOURCE = "urn:gatehouse"
MAIL = "email"
CALL_SECS = 20.0

_WORDS = {Kind.RAISED: "ALERT", Kind.REPEATED: "STILL", Kind.RECOVERED: "RECOVERED"}


class ChannelTarget:
    """A message to each operator, through the sender that the channel has at the time; channels may come and go."""

    def __init__(self, channel: str, sender: Callable[[str], Sender | None], operators: Sequence[Party]) -> None:
        self._channel = channel
        self._sender = sender
        self._operators = tuple(operators)

    async def tell(self, notice: Notice) -> None:
        """Send one message to each; raises what the sender raises, so that all are told again rather than one never.

        An operator who is refused for good holds the others up only when there is no other.
        """
        refused: list[RejectedError] = []
        for number, operator in enumerate(self._operators):
            key = f"alert.{notice.id}.{number}"
            try:
                await self._open().send(self._reply(notice, operator, key), Key(key))
            except RejectedError as error:
                refused.append(error)
        if len(refused) == len(self._operators):
            raise refused[0]
        if refused:
            log.warning("alert.refused", target=self._channel, operators=len(refused), reason=str(refused[0]))

    def _open(self) -> Sender:
        """Return the sender that the channel has now: it may have been closed while the last message was sent."""
        sender = self._sender(self._channel)
        if sender is None:
            raise ConfigError(f"{self._channel} is not open for sending")
        return sender

    def _reply(self, notice: Notice, operator: Party, token: str) -> Reply:
        by_mail = operator.platform == MAIL
        return Reply(
            channel=self._channel,
            kind=ReplyKind.NOTICE,
            to=operator,
            case_id="",
            subject=subject(notice),
            # A chat shows no subject.
            text=text(notice) if by_mail else f"{subject(notice)}\n\n{remarks(notice)}",
            automatic=True,
            token=token,
            visibility=Visibility.GROUP if operator.kind is PartyKind.GROUP else Visibility.PRIVATE,
        )


class WebhookTarget:
    """One signed CloudEvent a notice."""

    def __init__(self, url: str, key: bytes, clock: Clock) -> None:
        # Imported here: the library belongs to an extra that other desks do without.
        import httpx

        self._httpx = httpx
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._key = key
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=CALL_SECS, trust_env=False, follow_redirects=False)

    async def tell(self, notice: Notice) -> None:
        """Post it; anything but a success is an error."""
        body = json.dumps(event(notice)).encode()
        headers = {"content-type": "application/cloudevents+json", "user-agent": "gatehouse"}
        headers |= sign(self._key, notice.id, self._clock.now(), body)
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except self._httpx.ConnectError as error:
            raise TransientError(f"{self._host} cannot be reached: {type(error).__name__}") from None
        except (self._httpx.HTTPError, self._httpx.InvalidURL) as error:
            # Told again rather than never: the receiver knows the id.
            raise TransientError(f"{self._host} gave no answer: {type(error).__name__}") from None
        if not answer.is_success:
            raise TransientError(f"{self._host} answered {answer.status_code}")

    async def close(self) -> None:
        """Let the connection go."""
        await self._client.aclose()


@asynccontextmanager
async def open_targets(
    table: AlertsTable, sender: Callable[[str], Sender | None], clock: Clock, platforms: Mapping[str, str]
) -> AsyncIterator[Mapping[str, Tell]]:
    """Open the targets that are configured, by name. Raises `ConfigError` when one cannot work.

    `platforms` tells on which platform each channel is.
    """
    targets: dict[str, Tell] = {}
    async with AsyncExitStack() as stack:
        if table.mail_channel is not None:
            mailed = [Party(platform=MAIL, address=address) for address in table.mail_to]
            targets["mail"] = ChannelTarget(table.mail_channel, sender, mailed).tell
        if table.chat_channel is not None:
            platform = platforms.get(table.chat_channel, "")
            chats = [_chat(platform, address) for address in table.chat_to]
            targets["chat"] = ChannelTarget(table.chat_channel, sender, chats).tell
        if table.webhook_url is not None:
            target = WebhookTarget(table.webhook_url, _key(table), clock)
            stack.push_async_callback(target.close)
            targets["webhook"] = target.tell
        yield targets


def _chat(platform: str, address: str) -> Party:
    """Return a chat of operators; Telegram's numbers of groups are negative."""
    group = platform == "telegram" and address.startswith("-")
    return Party(platform=platform, address=address, id=address, kind=PartyKind.GROUP if group else PartyKind.UNKNOWN)


def _key(table: AlertsTable) -> bytes:
    if table.webhook_secret is None:
        raise ConfigError("alerts.webhook_secret is required with webhook_url")
    try:
        return signing_key(long_enough(table.webhook_secret))
    except ValueError as error:
        raise ConfigError(f"alerts.webhook_secret: {error}") from None


def subject(notice: Notice) -> str:
    """Return one line that says it all."""
    return f"[Gatehouse] {_WORDS[notice.kind]}: {notice.text}"


def text(notice: Notice) -> str:
    """Return the mail's text: what, since when, what to do."""
    return f"{notice.text}\n\n{remarks(notice)}"


def remarks(notice: Notice) -> str:
    """Return what is to be said beside the one line that says what it is."""
    lines = [
        f"Since: {notice.since:%Y-%m-%d %H:%M:%S} UTC",
        f"Rule: {notice.rule}",
        f"What to do: {notice.action}",
        "",
        "How all stands: gatehouse status",
    ]
    return "\n".join(lines)


def event(notice: Notice) -> dict[str, object]:
    """Return the notice as a CloudEvent."""
    return {
        "specversion": "1.0",
        "id": notice.id,
        "source": SOURCE,
        "type": f"gatehouse.alert.{notice.kind}",
        "subject": notice.key,
        "time": notice.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "rule": notice.rule,
            "text": notice.text,
            "action": notice.action,
            "since": notice.since.isoformat(),
        },
    }
