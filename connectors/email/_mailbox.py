"""The few IMAP commands that a channel needs, each with its answer read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from connectors.email import _parse, _utf7
from connectors.email._imap import RefusedError, Session
from connectors.email._parse import Item, Line, Listed
from connectors.email._uids import Uids
from gateway.errors import ConfigError, TransientError

UIDS_AT_ONCE = 200
SLOWEST_BYTES_PER_SEC = 65_536
"""A body's deadline grows with its size at this speed."""
MOVING_SECS = 60.0
"""How much longer than another step a server may take to move, copy or remove mails."""
_NAMED_FOLDERS = 20


@dataclass(frozen=True, slots=True)
class Selected:
    """The open folder; `keeps_seen` tells whether the server lets us mark mails as read."""

    uid_validity: int
    keeps_seen: bool


class Mailbox:
    """A logged-in connection with one folder open."""

    def __init__(self, session: Session) -> None:
        self.session = session

    async def select(self, folder: str, *, read_only: bool) -> Selected:
        """Open the folder; `ConfigError` names those that exist when it does not."""
        try:
            lines = await self._open(folder, read_only=read_only)
        except RefusedError as refusal:
            lines = await self._open(await self._other_name(folder, refusal), read_only=read_only)
        self.session.select_state()
        validity = _parse.uid_validity(lines)
        if validity is None:
            raise TransientError("the IMAP server opened the folder without a UIDVALIDITY")
        text = b"\n".join(bytes(line) for line in lines).lower()
        return Selected(validity, keeps_seen=_may_mark(text))

    async def _open(self, folder: str, *, read_only: bool) -> list[Line]:
        name = quoted_folder(folder)
        if read_only:
            return await self.session.ask("EXAMINE", lambda client: client.examine(name))
        return await self.session.ask("SELECT", lambda client: client.select(name))

    async def _other_name(self, folder: str, refusal: RefusedError) -> str:
        """Return how the server spells a folder that it did not open; raise what the refusal means otherwise."""
        listed = await self.folders()
        found = spelled(folder, listed)
        if refusal.code in ("UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT") or found == folder:
            raise refusal
        if found is not None:
            return found
        if folder == "INBOX" and refusal.code != "NONEXISTENT":
            raise refusal
        names = sorted(each.name for each in listed)
        shown = ", ".join(names[:_NAMED_FOLDERS]) or "none that we may see"
        raise ConfigError(f"the mailbox has no folder {folder}; its folders are: {shown}") from None

    async def folders(self) -> list[Listed]:
        """Return all folders."""
        return _parse.folders(await self.session.ask("LIST", lambda client: client.list('""', '"*"')))

    async def noop(self) -> None:
        """Let the server tell what has changed."""
        await self.session.ask("NOOP", lambda client: client.noop())

    async def after(self, uid: int) -> Sequence[int]:
        """Return the UIDs beyond that one, ascending; `n:*` names the last mail even when it is older."""
        found = await self._search("UID", f"{uid + 1}:*")
        return found[bisect_right(found, uid) :]

    async def present(self, uids: Sequence[int]) -> set[int]:
        """Return which of these mails the folder still has, after the server said what was removed."""
        return set(await self.among(Uids.of(uids)))

    async def among(self, uids: Uids) -> list[int]:
        """Return which of these mails the folder has now."""
        # A folder shows a session only what the session was told of, and this tells it.
        await self.noop()
        return [uid for uid in await self._search("UID", str(uids)) if uid in uids]

    async def since(self, upto: int, day: date | None) -> list[int]:
        """Return the UIDs up to that one of mails that came since that day, or of all."""
        lately = () if day is None else ("SINCE", _parse.search_day(day))
        return [uid for uid in await self._search("UID", f"1:{upto}", *lately) if uid <= upto]

    async def unseen(self, upto: int) -> list[int]:
        """Return the UIDs up to that one that are not marked as read."""
        return [uid for uid in await self._search("UID", f"1:{upto}", "UNSEEN") if uid <= upto]

    async def bearing(self, ref: str) -> Sequence[int]:
        """Return the UIDs of mails with that Message-ID, which is ours and needs no quoting."""
        return await self._search("HEADER", "Message-ID", f'"{ref}"')

    async def _search(self, *criteria: str) -> Sequence[int]:
        # CHARSET utf-8, the library's default, is refused by some servers (BADCHARSET); all our criteria are ASCII.
        return _parse.uids(await self.session.ask("SEARCH", lambda client: client.uid_search(*criteria, charset=None)))

    async def sizes(self, uids: Sequence[int]) -> dict[int, Item]:
        """Return size and date of each mail that is still there."""
        return await self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)", 0)

    async def bodies(self, uids: Sequence[int], expected: int, section: str = "BODY.PEEK[]") -> dict[int, Item]:
        """Return a section of each mail, as a literal; `expected` bytes in all set deadline and allowance."""
        return await self._fetch(uids, f"(UID {section})", expected)

    async def _fetch(self, uids: Sequence[int], items: str, expected: int) -> dict[int, Item]:
        found: dict[int, Item] = {}
        for chosen in _sets(uids):
            lines = await self._uid("FETCH", chosen, items, expected=expected)
            found.update(_parse.fetched(lines))
        return {uid: found[uid] for uid in uids if uid in found}

    async def mark_seen(self, uids: Sequence[int]) -> None:
        """Mark mails as read."""
        for chosen in _sets(uids):
            await self._uid("STORE", chosen, "+FLAGS.SILENT", r"(\Seen)")

    @property
    def moves(self) -> bool:
        """Whether the server has a way to move some mails and no others (RFC 6851, or RFC 4315)."""
        return self.session.has("MOVE") or self.session.has("UIDPLUS")

    async def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to another folder; those that are gone are passed over. May be repeated after any failure."""
        name = quoted_folder(spelled(folder, await self.folders()) or folder)
        for chosen in _sets(uids):
            if self.session.has("MOVE"):
                await self._uid("MOVE", chosen, name, secs=MOVING_SECS)
            elif self.session.has("UIDPLUS"):
                await self._copy_and_remove(chosen, name)
            else:
                raise RefusedError("to move mails", "")

    async def _copy_and_remove(self, chosen: str, name: str) -> None:
        # What bears the mark was copied before the line was lost; to copy it again would put it there twice.
        marked = await self._search("UID", chosen, "DELETED")
        if left := Uids.read(chosen).without(marked):
            await self._uid("COPY", str(left), name, secs=MOVING_SECS)
            await self._uid("STORE", str(left), "+FLAGS.SILENT", r"(\Deleted)")
        await self._uid("EXPUNGE", chosen, secs=MOVING_SECS)

    async def remove(self, uids: Sequence[int]) -> bool:
        """Remove these mails for good and no other one; where the server cannot (RFC 4315), mark them as read alone."""
        can = self.session.has("UIDPLUS")
        await self._uid("STORE", str(Uids.of(uids)), "+FLAGS.SILENT", r"(\Seen \Deleted)" if can else r"(\Seen)")
        if can:
            await self._uid("EXPUNGE", str(Uids.of(uids)))
        return can

    async def _uid(self, command: str, *arguments: str, expected: int = 0, secs: float = 0.0) -> list[Line]:
        return await self.session.ask(
            command,
            lambda client: client.uid(command, *arguments),
            secs=secs + expected / SLOWEST_BYTES_PER_SEC,
            # A server may count line ends differently in RFC822.SIZE than in the literal: twice is room enough.
            allowance=2 * expected + 2 * 1024 * 1024,
        )


def _sets(uids: Sequence[int]) -> Iterator[str]:
    for start in range(0, len(uids), UIDS_AT_ONCE):
        yield str(Uids.of(uids[start : start + UIDS_AT_ONCE]))


def spelled(folder: str, listed: Sequence[Listed]) -> str | None:
    """Return a folder's name as the server spells it, or None when it has none; `/` may stand between its levels."""
    opening = [each for each in listed if each.opens]
    if any(each.name == folder for each in opening):
        return folder
    return next((each.name for each in opening if each.name == folder.replace("/", each.separator or "/")), None)


def quoted_folder(name: str) -> str:
    """Return a folder's name as it goes on the command line."""
    escaped = _utf7.encode(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _may_mark(text: bytes) -> bool:
    if b"[read-only]" in text:
        return False
    start = text.find(b"[permanentflags ")
    return start < 0 or b"\\seen" in text[start : text.find(b"]", start)]
