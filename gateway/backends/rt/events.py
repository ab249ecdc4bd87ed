"""What an act in RT means to the gateway, and the files that go with it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from pydantic import ValidationError

from gateway.backends._api import Api
from gateway.backends._hooks import without_hints
from gateway.backends._html import plain_text
from gateway.backends.rt.acts import Act
from gateway.backends.rt.shapes import Attachment
from gateway.errors import MalformedError, RejectedError, TransientError
from gateway.ports import DeskFile, FileRef, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1
LONGEST_HEAD = 1024 * 1024
"""How much of an answer is looked through for a file's content."""

_CONTENT = re.compile(rb'"Content"\s*:\s*"')
_OUTSIDE = re.compile(rb"[^A-Za-z0-9+/=]")


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one act into the event that it is. Raises `MalformedError`."""
    try:
        act = Act.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("an act in Request Tracker cannot be read") from None
    transaction = act.transaction
    event = TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=str(transaction.ticket),
        case_id=case_of_key(act.key) or None,
        kind=act.kind,
        text="\n\n".join(filter(None, map(_text, act.texts))),
        author=transaction.creator.real_name or transaction.creator.name,
        at=transaction.created,
        attached=tuple(map(_file, act.files)) if act.kind == "replied" else (),
        into=act.into,
        provenance=NORMALIZER.provenance(raw),
    )
    return (event,)


NORMALIZER = NormalizerPlugin("rt", VERSION, without_hints(normalize))


def _text(part: Attachment) -> str:
    """Return a part as plain text; RT keeps every text in UTF-8."""
    try:
        text = base64.b64decode(part.content or "").decode("utf-8", "replace")
    except binascii.Error:
        raise MalformedError("an answer in Request Tracker cannot be read") from None
    return plain_text(text) if part.content_type == "text/html" else text.replace("\r\n", "\n").strip("\n")


def _file(part: Attachment) -> DeskFile:
    name = part.filename or f"file-{part.id}"
    return DeskFile(ref=str(part.id), name=name, media_type=part.content_type, size=max(0, part.length))


class RtDownloader:
    """See `Downloader`. RT gives files out in JSON and base64; never is more than a chunk of one held."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def open(self, ref: FileRef) -> AsyncGenerator[bytes, None]:
        """See `Downloader.open`."""
        if not (ref.isascii() and ref.isdigit()):
            raise RejectedError(f"{self._api.host} has no file of that name")
        async with aclosing(_decoded(self._content(ref))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _content(self, ref: FileRef) -> AsyncGenerator[bytes, None]:
        """Give out what stands between the quotes of the answer's `Content`."""
        held, is_inside = b"", False
        async for chunk in self._api.stream(f"/attachment/{ref}"):
            held += chunk
            if not is_inside:
                found = _CONTENT.search(held)
                if found is None:
                    if len(held) > LONGEST_HEAD:
                        break
                    continue
                held, is_inside = held[found.end() :], True
            inside, quote, _ = held.partition(b'"')
            yield inside
            held = b""
            if quote:
                return
        if is_inside:
            raise TransientError(f"{self._api.host} broke off in the middle of a file")
        raise RejectedError(f"{self._api.host} has nothing in that file")


async def _decoded(encoded: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Decode base64 in a JSON text, whose line ends are written as a backslash and a letter."""
    rest, cut = b"", b""
    async for chunk in encoded:
        whole = cut + chunk
        cut = b"\\" if whole.endswith(b"\\") else b""
        plain = rest + _OUTSIDE.sub(b"", whole.removesuffix(b"\\").replace(b"\\n", b"").replace(b"\\r", b""))
        whole_length = len(plain) - len(plain) % 4
        rest = plain[whole_length:]
        if whole_length:
            yield base64.b64decode(plain[:whole_length])
    if rest:
        raise TransientError("a file of an answer came in part")
