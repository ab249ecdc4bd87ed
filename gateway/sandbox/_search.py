"""What SEARCH asks: keys that must all hold of a mail (RFC 3501, 6.4.4), without full-text search."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gateway.sandbox._syntax import (
    Argument,
    BadCommandError,
    atom,
    in_set,
    is_set,
    parse_date,
    words,
)
from gateway.sandbox.mailbox import StoredMail

Test = Callable[[int, StoredMail], bool]
"""(sequence number, mail) → whether the key holds."""

_FLAGS = {"SEEN": "\\Seen", "ANSWERED": "\\Answered", "FLAGGED": "\\Flagged", "DELETED": "\\Deleted"}
MAX_KEYS = 100
_HEADERS = ("FROM", "TO", "CC", "SUBJECT")


class UnknownCharsetError(Exception):
    """The search is written in a charset that this server does not read."""


def search(arguments: Sequence[Argument], mails: Sequence[StoredMail]) -> list[tuple[int, StoredMail]]:
    """Return (sequence number, mail) of those that fit all keys."""
    keys = list(arguments)
    if keys and isinstance(keys[0], str) and keys[0].upper() == "CHARSET":
        if len(keys) < 2 or words(keys[1]).upper() not in ("UTF-8", "US-ASCII"):
            raise UnknownCharsetError
        keys = keys[2:]
    if not keys:
        raise BadCommandError("a search needs a key")
    parser = _Parser(mails)
    test = parser.all_of(keys)
    return [(number, mail) for number, mail in enumerate(mails, start=1) if test(number, mail)]


class _Parser:
    """Reads keys from a list, front to back."""

    def __init__(self, mails: Sequence[StoredMail]) -> None:
        self._uids = [mail.uid for mail in mails]
        self._numbers = list(range(1, len(mails) + 1))
        self._count = 0

    def all_of(self, keys: list[Argument]) -> Test:
        """Return a test that holds when every key of the list does."""
        tests = []
        while keys:
            tests.append(self._key(keys))
        return lambda number, mail: all(test(number, mail) for test in tests)

    def _key(self, keys: list[Argument]) -> Test:
        self._count += 1
        if self._count > MAX_KEYS:
            raise BadCommandError("a search has too many keys")
        head = _take(keys)
        if isinstance(head, list):
            return self.all_of(list(head))
        if is_set(head):
            chosen = set(in_set(head, self._numbers))
            return lambda number, mail: number in chosen
        return self._named(atom(head), keys)

    def _named(self, name: str, keys: list[Argument]) -> Test:
        if name in ("ALL", "OLD"):
            return lambda number, mail: True
        if flag := _FLAGS.get(name):
            return lambda number, mail: flag in mail.flags
        if name.startswith("UN") and (flag := _FLAGS.get(name[2:])):
            return lambda number, mail: flag not in mail.flags
        if name == "NOT":
            inner = self._key(keys)
            return lambda number, mail: not inner(number, mail)
        if name == "OR":
            one, other = self._key(keys), self._key(keys)
            return lambda number, mail: one(number, mail) or other(number, mail)
        if name == "UID":
            chosen = set(in_set(_take(keys), self._uids))
            return lambda number, mail: mail.uid in chosen
        return _with_argument(name, keys)


def _with_argument(name: str, keys: list[Argument]) -> Test:
    if name in ("SINCE", "BEFORE", "ON"):
        return _by_date(name, keys)
    if name in _HEADERS:
        return _by_header(name, words(_take(keys)))
    if name == "HEADER":
        return _by_header(words(_take(keys)), words(_take(keys)))
    raise BadCommandError("this server does not know that search key")


def _by_date(name: str, keys: list[Argument]) -> Test:
    day = parse_date(_take(keys))
    if name == "SINCE":
        return lambda number, mail: mail.received_at.date() >= day
    if name == "BEFORE":
        return lambda number, mail: mail.received_at.date() < day
    return lambda number, mail: mail.received_at.date() == day


def _by_header(name: str, part: str) -> Test:
    pattern = re.compile(
        rb"(?im)^" + re.escape(name.encode()) + rb"[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)",
    )
    wanted = part.lower().encode()

    def test(number: int, mail: StoredMail) -> bool:
        return any(wanted in match[1].lower() for match in pattern.finditer(mail.header))

    return test


def _take(keys: list[Argument]) -> Argument:
    if not keys:
        raise BadCommandError("a search key lacks its argument")
    return keys.pop(0)
