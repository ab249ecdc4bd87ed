"""A folder as one IMAP session sees it: message numbers that stay put until the client was told, and the work on them.

Everything here returns the untagged responses to send; nothing here reads or writes a socket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gateway.sandbox._fetch import Item, parse_items, render, render_flags
from gateway.sandbox._search import search
from gateway.sandbox._syntax import Argument, BadCommandError, atom, in_set
from gateway.sandbox.mailbox import SYSTEM_FLAGS, Folder, StoredMail

Numbered = tuple[int, StoredMail]


class RenumberedError(Exception):
    """The folder got another UIDVALIDITY while it was selected: the session cannot go on."""


class ReadOnlyError(Exception):
    """The folder was opened with EXAMINE."""


class Selected:
    """One session's view of one folder."""

    def __init__(self, folder: Folder, read_only: bool) -> None:
        self.folder = folder
        self.read_only = read_only
        self._uid_validity = folder.uid_validity
        self._view = list(folder.mails)
        self._told = {mail.uid: mail.flags for mail in self._view}
        self._revision = folder.revision

    def greeting(self) -> bytes:
        """Return what SELECT tells of the folder."""
        unseen = next((number for number, mail in self._numbered() if "\\Seen" not in mail.flags), None)
        flags = " ".join(SYSTEM_FLAGS)
        permanent = "" if self.read_only else rf"{flags} \*"
        lines = [
            f"* FLAGS ({flags})",
            f"* OK [PERMANENTFLAGS ({permanent})] may be changed",
            f"* {len(self._view)} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDVALIDITY {self._uid_validity}] UIDs are valid",
            f"* OK [UIDNEXT {self.folder.uid_next}] next UID",
        ]
        if unseen is not None:
            lines.append(f"* OK [UNSEEN {unseen}] first unseen")
        return "".join(f"{line}\r\n" for line in lines).encode()

    def updates(self, expunges: bool = True) -> bytes:
        """Return what the client was not told yet; removals only where it may learn of them (RFC 3501, 7.4.1)."""
        if self.folder.uid_validity != self._uid_validity:
            raise RenumberedError("the folder got another UIDVALIDITY")
        if self._revision == self.folder.revision:
            return b""
        there = {mail.uid for mail in self.folder.mails}
        removed = self._forget(lambda mail: mail.uid not in there) if expunges else b""
        if expunges:
            self._revision = self.folder.revision
        return removed + self._changed_flags() + self._arrivals()

    def search(self, arguments: Sequence[Argument], by_uid: bool) -> bytes:
        """Return the SEARCH response."""
        found = search(arguments, self._view)
        numbers = [mail.uid if by_uid else number for number, mail in found]
        return ("* SEARCH" + "".join(f" {number}" for number in numbers) + "\r\n").encode()

    def fetch(self, arguments: Sequence[Argument], by_uid: bool) -> Iterator[bytes]:
        """Return an iterator over the FETCH responses; the arguments are judged before it starts."""
        if len(arguments) != 2:
            raise BadCommandError("FETCH takes a set and items")
        return self._rendered(self.chosen(arguments[0], by_uid), parse_items(arguments[1], by_uid))

    def store(self, arguments: Sequence[Argument], by_uid: bool) -> bytes:
        """Change flags and return the FETCH responses, none when it is to be silent."""
        if len(arguments) < 3:
            raise BadCommandError("STORE takes a set, how, and flags")
        chosen = self.chosen(arguments[0], by_uid)
        how = atom(arguments[1])
        flags = parse_flags(arguments[2:])
        plain = how.removesuffix(".SILENT")
        if plain not in ("FLAGS", "+FLAGS", "-FLAGS"):
            raise BadCommandError("STORE changes FLAGS, +FLAGS or -FLAGS")
        self.require_writable()
        for _, mail in chosen:
            before = {"FLAGS": frozenset[str](), "+FLAGS": mail.flags, "-FLAGS": mail.flags}[plain]
            self._set(mail, before - flags if plain == "-FLAGS" else before | flags)
        return b"" if how != plain else b"".join(self._flags(number, mail) for number, mail in chosen)

    def copy(self, chosen: Sequence[Numbered], target: Folder) -> str:
        """Copy mails and return the COPYUID code (RFC 4315)."""
        copies = [target.add(mail.body, mail.flags, mail.received_at) for _, mail in chosen]
        if not copies:
            return ""
        before = ",".join(str(mail.uid) for _, mail in chosen)
        return f"[COPYUID {target.uid_validity} {before} {','.join(str(mail.uid) for mail in copies)}] "

    def expunge(self, chosen: Sequence[Numbered]) -> bytes:
        """Remove mails and return the EXPUNGE responses."""
        gone = [mail for _, mail in chosen]
        self.folder.remove(gone)
        return self._forget(lambda mail: mail in gone)

    def deleted(self, among: Argument | None = None) -> list[Numbered]:
        """Return the mails marked for removal, among the UIDs of a set if one is given."""
        chosen = self._numbered() if among is None else self.chosen(among, by_uid=True)
        return [(number, mail) for number, mail in chosen if "\\Deleted" in mail.flags]

    def chosen(self, argument: Argument, by_uid: bool) -> list[Numbered]:
        """Return the mails that a sequence set names."""
        if by_uid:
            wanted = set(in_set(argument, [mail.uid for mail in self._view]))
            return [(number, mail) for number, mail in self._numbered() if mail.uid in wanted]
        numbers = in_set(argument, range(1, len(self._view) + 1), strict=True)
        return [(number, self._view[number - 1]) for number in numbers]

    def require_writable(self) -> None:
        """Raise `ReadOnlyError` when nothing may be changed."""
        if self.read_only:
            raise ReadOnlyError

    def _rendered(self, chosen: Sequence[Numbered], items: Sequence[Item]) -> Iterator[bytes]:
        marks = any(item.marks for item in items) and not self.read_only
        for number, mail in chosen:
            yield render(number, mail, items)
            if marks:
                self.folder.set_flags(mail, mail.flags | {"\\Seen"})

    def _numbered(self) -> list[Numbered]:
        return list(enumerate(self._view, start=1))

    def _set(self, mail: StoredMail, flags: frozenset[str]) -> None:
        self._told[mail.uid] = flags
        self.folder.set_flags(mail, flags)

    def _flags(self, number: int, mail: StoredMail) -> bytes:
        return b"* %d FETCH (UID %d FLAGS %b)\r\n" % (number, mail.uid, render_flags(mail))

    def _changed_flags(self) -> bytes:
        changed = [(number, mail) for number, mail in self._numbered() if self._told[mail.uid] != mail.flags]
        self._told.update((mail.uid, mail.flags) for _, mail in changed)
        return b"".join(self._flags(number, mail) for number, mail in changed)

    def _arrivals(self) -> bytes:
        last = self._view[-1].uid if self._view else 0
        new = [mail for mail in self.folder.mails if mail.uid > last and mail.uid not in self._told]
        if not new:
            return b""
        self._view.extend(new)
        self._told.update((mail.uid, mail.flags) for mail in new)
        return b"* %d EXISTS\r\n" % len(self._view)

    def _forget(self, gone: Callable[[StoredMail], bool]) -> bytes:
        numbers = [number for number, mail in self._numbered() if gone(mail)]
        self._view = [mail for mail in self._view if not gone(mail)]
        # Highest first: each removal renumbers all that follow.
        return b"".join(b"* %d EXPUNGE\r\n" % number for number in reversed(numbers))


def parse_flags(arguments: Sequence[Argument]) -> frozenset[str]:
    """Return flags, given as a list or one by one."""
    listed = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else list(arguments)
    return frozenset(_flag(flag) for flag in listed)


def _flag(argument: Argument) -> str:
    if not isinstance(argument, str) or len(argument) > 64:
        raise BadCommandError("a flag belongs there")
    if not argument.startswith("\\"):
        return argument
    known = {flag.lower(): flag for flag in SYSTEM_FLAGS}
    if argument.lower() not in known:
        raise BadCommandError("there is no such system flag")
    return known[argument.lower()]
