"""Turns UIDs into raws: small mails in batches, large ones in pieces, and a mail that cannot be had as what can be had.

A mail is passed over only when the server says that it is gone.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import structlog

from connectors.email._imap import RefusedError
from connectors.email._lane import lane_of
from connectors.email._mailbox import Mailbox
from connectors.email._parse import Item
from connectors.email._settings import EmailSettings
from gateway.errors import TransientError
from gateway.ports import Clock, Key, Originals, Raw, StreamId

PAGE_BYTES = 8 * 1024 * 1024
"""Of a page in memory, unless one mail alone is larger."""
GROUP_BYTES = 4 * 1024 * 1024
GROUP_MAILS = 50
PIECE_BYTES = 1024 * 1024
HEADER_BYTES = 262_144
FAULTS = 3
"""After so many failed tries at one mail alone, what can be had of it is handed over so that its neighbours proceed."""

_log = structlog.get_logger()


def mailbox_id(settings: EmailSettings) -> str:
    """Return a short name of the account that is read; another server or login is another account."""
    account = f"{settings.imap_host.lower()}\0{settings.login}".encode()
    return hashlib.sha256(account).hexdigest()[:8]


@dataclass(slots=True)
class Take:
    """What became of a run of UIDs: the raws, their UIDs, and the last UID that is dealt with."""

    raws: list[Raw] = field(default_factory=list)
    uids: list[int] = field(default_factory=list)
    last: int | None = None
    bytes: int = 0


class _VanishedError(Exception):
    """The mail was removed while it came in."""


class _TooLargeError(Exception):
    """More came than its size had said, and more than is taken."""


class _NotKeptError(TransientError):
    """The mail came in, but could not be kept: it is not to blame."""


class _Coming:
    """A large mail on its way in, a piece at a time; its head is remembered."""

    def __init__(self, most: int, section: Callable[[str], Awaitable[bytes | None]]) -> None:
        self._most = most
        self._section = section
        self.size = 0
        self.head = b""
        self.broken = False
        """The server did not give it."""

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield it. Raises `_VanishedError`, `_TooLargeError`."""
        while self.size <= self._most:
            try:
                piece = await self._section(f"BODY.PEEK[]<{self.size}.{PIECE_BYTES}>")
            except TransientError:
                self.broken = True
                raise
            if piece is None:
                raise _VanishedError
            self.head = self.head or piece[:HEADER_BYTES]
            self.size += len(piece)
            yield piece
            if len(piece) < PIECE_BYTES:
                return
        raise _TooLargeError


class Reader:
    """Fetches mails for one folder; keeps in memory which of them broke the line."""

    def __init__(
        self, source: str, stream: StreamId, settings: EmailSettings, clock: Clock, originals: Originals | None = None
    ) -> None:
        self._source = source
        self._stream = stream
        self._settings = settings
        self._clock = clock
        self._originals = originals
        self._mailbox = mailbox_id(settings)
        self._validity = 0
        self._faults: dict[int, int] = {}
        self._alone_upto = 0

    async def take(self, box: Mailbox, validity: int, uids: Sequence[int]) -> Take:
        """Return raws for the first of these UIDs, as many as fit a page; raise only when there is none to return."""
        self._begin(validity, uids[0])
        sizes = await self._sizes(box, uids)
        take = Take()
        for group in self._groups(uids, sizes):
            if take.raws and take.bytes + sum(self._weight(item) for item in group) > PAGE_BYTES:
                break
            try:
                raws = await self._group(box, group)
            except TransientError as error:
                if not isinstance(error, _NotKeptError):
                    self._charge(group)
                if take.last is None:
                    raise
                break
            take.raws += raws
            take.uids += [int(raw.notes["uid"]) for raw in raws]
            take.bytes += sum(len(raw.body) for raw in raws)
            take.last = group[-1].uid
        return take

    def _begin(self, validity: int, first: int) -> None:
        if validity != self._validity:
            self._validity, self._alone_upto = validity, 0
            self._faults.clear()
        self._faults = {uid: count for uid, count in self._faults.items() if uid >= first}

    async def _sizes(self, box: Mailbox, uids: Sequence[int]) -> dict[int, Item]:
        try:
            return await box.sizes(uids)
        except RefusedError:
            # Some servers refuse the whole command when one mail is gone or unreadable; each mail is then asked alone.
            return {}

    def _groups(self, uids: Sequence[int], sizes: dict[int, Item]) -> Iterator[list[Item]]:
        group: list[Item] = []
        for uid in uids:
            item = sizes.get(uid) or Item(uid)
            alone = uid <= self._alone_upto or uid in self._faults or self._is_special(item)
            full = len(group) >= GROUP_MAILS or sum(map(self._weight, group)) + self._weight(item) > GROUP_BYTES
            if group and (alone or full):
                yield group
                group = []
            group.append(item)
            if alone:
                yield group
                group = []
        if group:
            yield group

    def _is_special(self, item: Item) -> bool:
        return item.size is None or item.size > min(GROUP_BYTES, self._settings.max_mail_bytes)

    def _weight(self, item: Item) -> int:
        size = item.size or 0
        return size if size <= self._settings.max_mail_bytes else HEADER_BYTES

    def _charge(self, group: Sequence[Item]) -> None:
        """Remember a failure; of several mails any may be to blame, so each is asked alone next time."""
        if len(group) > 1:
            self._alone_upto = group[-1].uid
        else:
            self._faults[group[0].uid] = self._faults.get(group[0].uid, 0) + 1

    async def _group(self, box: Mailbox, group: list[Item]) -> list[Raw]:
        if len(group) == 1:
            raw = await self._one(box, group[0])
            return [] if raw is None else [raw]
        try:
            found = await box.bodies([item.uid for item in group], sum(self._weight(item) for item in group))
        except RefusedError:
            found = {}
        raws: list[Raw | None] = []
        for item in group:
            body = found[item.uid].body if item.uid in found else None
            raws.append(await self._one(box, item) if body is None else self._whole(item, body))
        return [raw for raw in raws if raw is not None]

    async def _one(self, box: Mailbox, item: Item) -> Raw | None:
        """Return the mail, or None when the server says that it is gone."""
        faults = self._faults.get(item.uid, 0)
        if faults > FAULTS:
            return self._part(item, b"", "unreadable")
        if faults == FAULTS:
            return await self._header(box, item, "unreadable")
        if item.size is None:
            item = (await self._sizes(box, [item.uid])).get(item.uid, item)
        if item.size is None:
            await self._lacking(box, item)
            return None
        if item.size > self._settings.max_mail_bytes:
            return await self._header(box, item, "too_large")
        if item.size > GROUP_BYTES:
            return await self._pieces(box, item)
        body = await self._section(box, item, "BODY.PEEK[]", item.size)
        return None if body is None else self._whole(item, body)

    async def _header(self, box: Mailbox, item: Item, reason: str) -> Raw | None:
        header = await self._section(box, item, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>", HEADER_BYTES)
        return None if header is None else self._part(item, header, reason)

    async def _pieces(self, box: Mailbox, item: Item) -> Raw | None:
        coming = _Coming(self._settings.max_mail_bytes, lambda section: self._section(box, item, section, PIECE_BYTES))
        try:
            if self._originals is not None:
                return await self._keep(self._originals, item, coming)
            # Gives its bytes out without a second copy of them.
            body = io.BytesIO()
            async for piece in coming.pieces():
                body.write(piece)
            return self._whole(item, body.getvalue())
        except _VanishedError:
            return None
        except _TooLargeError:
            return await self._header(box, item, "too_large")

    async def _section(self, box: Mailbox, item: Item, section: str, expected: int) -> bytes | None:
        """Return a section's bytes, or None when the mail is gone."""
        try:
            found = (await box.bodies([item.uid], expected, section)).get(item.uid)
        except RefusedError:
            found = None
        if found is not None and found.body is not None:
            return found.body
        await self._lacking(box, item)
        return None

    async def _lacking(self, box: Mailbox, item: Item) -> None:
        """Return when a mail that the server did not send is gone; raise when the server still has it."""
        if item.uid in await box.present([item.uid]):
            raise TransientError(f"the IMAP server has the mail with UID {item.uid} but does not hand it over")
        _log.info("mail.vanished", channel=self._source, uid=item.uid)

    def _whole(self, item: Item, body: bytes) -> Raw:
        notes = {} if item.size in (None, len(body)) else {"reported_size": str(item.size)}
        return self._raw(item, body, len(body), notes)

    async def _keep(self, originals: Originals, item: Item, coming: _Coming) -> Raw:
        try:
            kept = await originals.keep(coming.pieces())
        except TransientError as error:
            if coming.broken:
                raise
            raise _NotKeptError(str(error)) from error
        notes = {} if item.size in (None, coming.size) else {"reported_size": str(item.size)}
        return replace(self._raw(item, coming.head, coming.size, notes), body=b"", kept=kept)

    def _part(self, item: Item, body: bytes, reason: str) -> Raw:
        _log.warning("mail.cut", channel=self._source, uid=item.uid, reason=reason)
        return self._raw(item, body, max(item.size or 0, len(body)), {"reason": reason}, complete=False)

    def _raw(self, item: Item, body: bytes, size: int, notes: dict[str, str], *, complete: bool = True) -> Raw:
        return Raw(
            source=self._source,
            stream=self._stream,
            key=self._key(item.uid),
            lane=lane_of(body),
            body=body,
            media_type="message/rfc822",
            received_at=item.received_at or self._clock.now(),
            size=size,
            complete=complete,
            notes={"folder": str(self._stream), "uid": str(item.uid), **notes},
        )

    def _key(self, uid: int) -> Key:
        # UIDVALIDITY is often the same number in every folder of every account: without folder and account, a channel
        # pointed to another one would take its mails for known ones.
        folder = "" if self._stream.upper() == "INBOX" else f"{self._stream}:"
        return Key(f"{self._mailbox}:{folder}{self._validity}:{uid}")
