"""What a call of the Bot API says, as one dict of natural values: JSON, urlencoded and multipart bodies, the query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from gateway.sandbox._http import Request
from gateway.sandbox.telegram._errors import ApiError

_JSON_FIELDS = frozenset(
    {
        "allowed_updates", "caption_entities", "commands", "entities", "explanation_entities", "link_preview_options",
        "media", "menu_button", "message_ids", "options", "permissions", "reaction", "reply_markup",
        "reply_parameters", "rights", "scope", "suggested_post_parameters",
    }
)  # fmt: skip
_INTEGER_FIELDS = frozenset(
    {
        "cache_time", "direct_messages_topic_id", "duration", "heading", "height", "length", "limit", "live_period",
        "max_connections", "message_id", "message_thread_id", "offset", "proximity_alert_radius", "timeout", "user_id",
        "width",
    }
)  # fmt: skip
_MAYBE_INTEGER_FIELDS = frozenset({"chat_id", "from_chat_id"})
_BOOLEAN_FIELDS = frozenset(
    {
        "allow_paid_broadcast", "disable_content_type_detection", "disable_notification", "drop_pending_updates",
        "for_channels", "has_spoiler", "is_big", "only_if_banned", "protect_content", "revoke_messages", "show_alert",
        "show_caption_above_media", "supports_streaming",
    }
)  # fmt: skip
_FLOAT_FIELDS = frozenset({"horizontal_accuracy", "latitude", "longitude"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime_type: str
    content: bytes


def params_of(request: Request) -> dict[str, Any]:
    """Return what a call says; raises `ApiError` 400 for a body that cannot be read."""
    fields: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        fields.update(_json_body(request.body))
    elif kind == "multipart/form-data":
        fields.update(_multipart(request))
    else:
        fields.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return {name: _natural(name, value) for name, value in fields.items()}


def _json_body(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise ApiError(400, "Bad Request: object expected as the request body")
    return {str(name): value for name, value in parsed.items() if value is not None}


def _multipart(request: Request) -> dict[str, Any]:
    boundary = _parameter(request.headers["content-type"], "content-type", "boundary")
    if not boundary:
        raise ApiError(400, "Bad Request: boundary not found")
    fields: dict[str, Any] = {}
    for part in (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())[1:]:
        head, found, content = part.partition(b"\r\n\r\n")
        if part.startswith(b"--") or not found:
            continue
        headers = _head(head)
        disposition = headers.get("content-disposition", "")
        name = _parameter(disposition, "content-disposition", "name")
        file_name = _parameter(disposition, "content-disposition", "filename")
        if file_name is None:
            fields[name or ""] = content.decode("utf-8", "replace")
        else:
            mime_type = headers.get("content-type", "application/octet-stream")
            fields[name or ""] = Upload(file_name, mime_type, content)
    return fields


def _head(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _parameter(value: str, header: str, name: str) -> str | None:
    message = Message()
    message[header] = value
    found = message.get_param(name, header=header)
    return found if isinstance(found, str) else None


def _natural(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        if name in _INTEGER_FIELDS and not isinstance(value, int):
            raise ApiError(400, f"Bad Request: invalid {name} specified")
        return value
    if name in _JSON_FIELDS:
        return _nested(name, value)
    if name in _BOOLEAN_FIELDS:
        return value.strip().lower() in {"true", "yes", "1"}
    if name in _INTEGER_FIELDS or (name in _MAYBE_INTEGER_FIELDS and not value.startswith("@")):
        return _number(name, value)
    if name in _FLOAT_FIELDS:
        return _float(name, value)
    return value


def _nested(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError(400, f"Bad Request: can't parse {name} JSON object") from None


def _number(name: str, value: str) -> int | str:
    try:
        return int(value)
    except ValueError:
        if name in _MAYBE_INTEGER_FIELDS:
            return value
        raise ApiError(400, f"Bad Request: invalid {name} specified") from None


def _float(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ApiError(400, f"Bad Request: invalid {name} specified") from None
