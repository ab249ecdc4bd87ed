"""The sandbox's mail store: accounts made on delivery, folders with UIDs, and waiting for a mail without polling.

Not here: any protocol; `_imap` and `_smtp` speak, this remembers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

INBOX = "INBOX"
SYSTEM_FLAGS = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")


def utc_now() -> datetime:
    """Return the present instant; the sandbox plays the world outside, which has a clock of its own."""
    return datetime.now(UTC)


@dataclass(slots=True, eq=False)
class StoredMail:
    """One mail in one folder, byte for byte as it was delivered."""

    uid: int
    body: bytes = field(repr=False)
    received_at: datetime
    flags: frozenset[str] = frozenset()

    @property
    def header(self) -> bytes:
        """The header with the empty line that ends it."""
        return split_header(self.body)[0]

    @property
    def text(self) -> bytes:
        """All after the header."""
        return split_header(self.body)[1]


def split_header(body: bytes) -> tuple[bytes, bytes]:
    """Return header, with the empty line that ends it, and the rest."""
    if body.startswith(b"\r\n"):
        return body[:2], body[2:]
    end = body.find(b"\r\n\r\n")
    return (body, b"") if end < 0 else (body[: end + 4], body[end + 4 :])


class Folder:
    """The mails of one folder in the order of their UIDs; tells its watchers at once of every change."""

    def __init__(self, name: str, uid_validity: int, now: Callable[[], datetime] = utc_now) -> None:
        self.name = name
        self.uid_validity = uid_validity
        self.uid_next = 1
        self._now = now
        self.revision = 0
        self._mails: list[StoredMail] = []
        self._watchers: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._mails)

    def __iter__(self) -> Iterator[StoredMail]:
        return iter(tuple(self._mails))

    @property
    def mails(self) -> tuple[StoredMail, ...]:
        """All mails, lowest UID first."""
        return tuple(self._mails)

    def add(self, body: bytes, flags: frozenset[str] = frozenset(), received_at: datetime | None = None) -> StoredMail:
        """Append a mail under the next UID."""
        mail = StoredMail(self.uid_next, body, received_at or self._now(), flags)
        self.uid_next += 1
        self._mails.append(mail)
        self._tell()
        return mail

    def remove(self, mails: Sequence[StoredMail]) -> None:
        """Take mails out; what is not there any more is ignored."""
        gone = {mail.uid for mail in mails}
        self._mails = [mail for mail in self._mails if mail.uid not in gone]
        self._tell()

    def set_flags(self, mail: StoredMail, flags: frozenset[str]) -> None:
        """Replace a mail's flags."""
        if flags != mail.flags:
            mail.flags = flags
            self._tell()

    def renumber(self, uid_validity: int) -> None:
        """Give all mails new UIDs under another UIDVALIDITY, as after a mailbox was restored from a backup."""
        if uid_validity <= self.uid_validity:
            raise ValueError("UIDVALIDITY only grows (RFC 3501, 2.3.1.1)")
        self.uid_validity = uid_validity
        self._mails = [
            StoredMail(uid, mail.body, mail.received_at, mail.flags) for uid, mail in enumerate(self._mails, start=1)
        ]
        self.uid_next = len(self._mails) + 1
        self._tell()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every change until `unwatch`."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """Stop calling it."""
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    async def wait_for(self, predicate: Callable[[StoredMail], bool], timeout: float) -> StoredMail:  # noqa: ASYNC109
        """Return the first mail that fits, there already or yet to come; `TimeoutError` after so many seconds."""
        changed = asyncio.Event()
        self.watch(changed.set)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    changed.clear()
                    found = next((mail for mail in self._mails if predicate(mail)), None)
                    if found is not None:
                        return found
                    await changed.wait()
        finally:
            self.unwatch(changed.set)

    def _tell(self) -> None:
        self.revision += 1
        for watcher in tuple(self._watchers):
            watcher()


class Account:
    """One address and its folders; `INBOX` is always there, whatever the case it is asked in."""

    def __init__(self, address: str, numbers: Iterator[int], now: Callable[[], datetime]) -> None:
        self.address = address
        self._numbers = numbers
        self._now = now
        self._folders: dict[str, Folder] = {}
        self.create(INBOX)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders, INBOX first."""
        return tuple(self._folders.values())

    @property
    def inbox(self) -> Folder:
        """The folder that mail is delivered to."""
        return self._folders[INBOX]

    def folder(self, name: str) -> Folder | None:
        """Return the folder of that name, or None."""
        return self._folders.get(_canonical(name))

    def create(self, name: str) -> Folder | None:
        """Make a folder; None when there is one of that name."""
        name = _canonical(name)
        if name in self._folders:
            return None
        folder = Folder(name, next(self._numbers), self._now)
        self._folders[name] = folder
        return folder


class MailStore:
    """All accounts of the sandbox. An account is made when it is first delivered to, logged in to or asked for."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        # No two folders share a UIDVALIDITY, so that a client that mixes folders up is found out.
        self._numbers = count(int(now().timestamp()))
        self._accounts: dict[str, Account] = {}

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that have an account."""
        return tuple(self._accounts)

    def account(self, address: str) -> Account:
        """Return the account of an address, made if need be."""
        key = address.strip().lower()
        if key not in self._accounts:
            self._accounts[key] = Account(key, self._numbers, self._now)
        return self._accounts[key]

    def deliver(self, address: str, body: bytes) -> StoredMail:
        """Put a mail into an address's INBOX."""
        return self.account(address).inbox.add(body)


def _canonical(name: str) -> str:
    return INBOX if name.upper() == INBOX else name
