"""What of a user's files goes along with a ticket's write: text without its secrets, other files by policy.

Whatever stays in the gateway is named with the reason, so that agents know what to ask an operator for.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from gateway.case import Attachment, AttachmentState, Entry, Message
from gateway.errors import RejectedError, TransientError
from gateway.files import FilePolicy
from gateway.journal import Store, StoredEffect
from gateway.ports import Key, Raw, TicketAction, TicketFile
from gateway.reading import Apart, ReaderAwayError
from gateway.trust.secrets import MARK, may_mask

MOST_BYTES = 50_000_000
"""A larger file stays in the gateway: no ticket system that we know takes more."""
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class _Had:
    """A file that goes along, or a sentence why it does not."""

    file: TicketFile | None = None
    withheld: str = ""


class _Once:
    """The original of a message, read when first asked for and then remembered: it may hold many files."""

    def __init__(self, read: Callable[[], Awaitable[Raw]]) -> None:
        self._read = read
        self._raw: Raw | None = None

    async def __call__(self) -> Raw:
        """Return it. Raises `RejectedError` when it is not kept any more."""
        if self._raw is None:
            self._raw = await self._read()
        return self._raw


class Attacher:
    """Gets the files of one ticket system's writes. `apart` is where hostile originals are taken apart."""

    def __init__(self, store: Store, apart: Apart, policy: FilePolicy) -> None:
        self._store = store
        self._apart = apart
        self._policy = policy

    async def __call__(self, item: StoredEffect) -> tuple[Sequence[TicketFile], Sequence[str]]:
        """Return the files of a write, and a sentence for each that stays. Raises `TransientError`."""
        entry = item.entry
        if entry is None or item.effect.ticket is None:
            return (), ()
        wanted = list(_concerned(entry.message, item.effect.ticket.action, item.effect.ticket.file_id))
        original = _Once(lambda: self._original(entry))
        found = [await self._had(entry, each, original) for each in wanted]
        files = [each.file for each in found if each.file is not None]
        return files, [each.withheld for each in found if each.withheld]

    async def _had(self, entry: Entry, attachment: Attachment, original: _Once) -> _Had:
        if self._policy is FilePolicy.NONE:
            return _withheld(entry, attachment, "files are not passed on")
        if _shows_secret(entry, attachment):
            return _withheld(entry, attachment, "a code in it holds a secret")
        if attachment.size > MOST_BYTES:
            return _withheld(entry, attachment, "it is too large for a ticket")
        try:
            return await self._opened(entry, attachment, original)
        except RejectedError as error:
            return _withheld(entry, attachment, str(error))

    async def _opened(self, entry: Entry, attachment: Attachment, original: _Once) -> _Had:
        if attachment.state is AttachmentState.STORED and attachment.sha256:
            return await self._stored(entry, attachment, attachment.sha256)
        if attachment.state is AttachmentState.IN_RAW:
            return await self._in_raw(entry, attachment, original)
        return _withheld(entry, attachment, "it is not kept")

    async def _stored(self, entry: Entry, attachment: Attachment, sha256: str) -> _Had:
        def chunks() -> AsyncIterator[bytes]:
            return aiter(self._store.files.open(sha256))

        if not _is_text(attachment):
            return self._unread(entry, attachment, sha256, chunks)
        body = b"".join([chunk async for chunk in chunks()])
        return await self._masked(entry, attachment, body, None)

    async def _in_raw(self, entry: Entry, attachment: Attachment, original: _Once) -> _Had:
        origin = entry.message.provenance
        if not origin.complete:
            return _withheld(entry, attachment, "only the head of its message is kept")
        if _is_text(attachment) or not attachment.sha256:
            raw = await original()
            return await self._masked(entry, attachment, raw.body, raw)
        if self._policy is FilePolicy.PASS:
            # Seen before it is sent: a file that is gone is named, and never takes its message's words with it.
            await original()

        async def chunks() -> AsyncIterator[bytes]:
            raw = await self._original(entry)
            found = await self._apart.take(raw.body, *_typed(attachment), raw, attachment.id)
            if isinstance(found, Exception):
                raise _as_trouble(found)
            yield found[1]

        return self._unread(entry, attachment, attachment.sha256, chunks)

    async def _masked(self, entry: Entry, attachment: Attachment, body: bytes, raw: Raw | None) -> _Had:
        found = await self._apart.take(body, *_typed(attachment), raw, attachment.id)
        if isinstance(found, Exception):
            raise _as_trouble(found)
        taken, data = found

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        sha256 = hashlib.sha256(data).hexdigest()
        if not taken.masked:
            return self._unread(entry, attachment, sha256, chunks, len(data))
        return _Had(TicketFile(attachment.id, _name(attachment), _type(attachment), len(data), sha256, chunks))

    def _unread(
        self,
        entry: Entry,
        attachment: Attachment,
        sha256: str,
        chunks: Callable[[], AsyncIterator[bytes]],
        size: int | None = None,
    ) -> _Had:
        """Return a file that nobody could read for secrets, as the policy says."""
        if self._policy is not FilePolicy.PASS:
            return _withheld(entry, attachment, "it cannot be read for secrets")
        length = attachment.size if size is None else size
        return _Had(TicketFile(attachment.id, _name(attachment), _type(attachment), length, sha256, chunks))

    async def _original(self, entry: Entry) -> Raw:
        origin = entry.message.provenance
        raw = await self._store.get_raw(origin.source, Key(origin.key))
        if raw is None:
            raise RejectedError("its original is not kept any more")
        return raw


def _concerned(message: Message, action: TicketAction, file_id: str | None) -> Sequence[Attachment]:
    match action:
        case TicketAction.MESSAGE:
            return [each for each in message.attachments if not each.is_apart]
        case TicketAction.FILE:
            return [each for each in message.attachments if each.id == file_id]
        case _:
            return ()


def _shows_secret(entry: Entry, attachment: Attachment) -> bool:
    """Whether the codes in a picture were found to hold a secret, which stands masked among the facts."""
    facts = (fact for fact in entry.assessment.facts if fact.subject == attachment.id)
    return any(MARK.search(item.value) for fact in facts for item in fact.evidence)


def _is_text(attachment: Attachment) -> bool:
    return may_mask(attachment.size, _type(attachment), _name(attachment))


def _typed(attachment: Attachment) -> tuple[str, str]:
    return _type(attachment), _name(attachment)


def _type(attachment: Attachment) -> str:
    return attachment.detected_type or attachment.declared_type or UNKNOWN_TYPE


def _name(attachment: Attachment) -> str:
    return attachment.name or f"file-{attachment.id}"


def _withheld(entry: Entry, attachment: Attachment, why: str) -> _Had:
    shown = f"{_name(attachment)} ({_type(attachment)}, {attachment.size} bytes)"
    how = f"gatehouse cases attachment {entry.case_id} {attachment.id}"
    return _Had(withheld=f"{shown} stays in the gateway: {why.rstrip('.')}. An operator opens it with: {how}")


def _as_trouble(error: Exception) -> Exception:
    """Return what a file that cannot be taken out means for its write: nobody being there to read it passes."""
    if isinstance(error, RejectedError | TransientError):
        return error
    if isinstance(error, ReaderAwayError):
        return TransientError(str(error), item=True)
    return RejectedError("it cannot be taken out of its message")
