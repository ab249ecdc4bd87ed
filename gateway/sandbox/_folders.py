"""Commands on an account's folders, before and beside a selected one: LIST, STATUS, CREATE, APPEND."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.sandbox._selected import parse_flags
from gateway.sandbox._syntax import Argument, BadCommandError, RefusedError, Text, atom, parse_moment, quote, words
from gateway.sandbox.mailbox import Account, Folder

MAX_NAME = 255


def listing(account: Account, arguments: Sequence[Argument], verb: str) -> bytes:
    """Return the LIST or LSUB responses for a reference and a pattern."""
    if len(arguments) != 2:
        raise BadCommandError(f"{verb} takes a reference and a pattern")
    pattern = words(arguments[0]) + words(arguments[1])
    if not words(arguments[1]):
        return f'* {verb} (\\Noselect) "/" ""\r\n'.encode()
    wild = "".join({"*": ".*", "%": "[^/]*"}.get(char, re.escape(char)) for char in re.sub(r"\*+", "*", pattern))
    fits = re.compile(wild, re.IGNORECASE if pattern.upper() == "INBOX" else 0)
    names = [folder.name for folder in account.folders if fits.fullmatch(folder.name)]
    return b"".join(f'* {verb} () "/" '.encode() + quote(name) + b"\r\n" for name in names)


def status(account: Account, arguments: Sequence[Argument]) -> bytes:
    """Return the STATUS response."""
    if len(arguments) != 2 or not isinstance(arguments[1], list) or not arguments[1]:
        raise BadCommandError("STATUS takes a folder and a list of items")
    folder = existing(account, arguments[0])
    figures = {
        "MESSAGES": len(folder),
        "RECENT": 0,
        "UIDNEXT": folder.uid_next,
        "UIDVALIDITY": folder.uid_validity,
        "UNSEEN": sum("\\Seen" not in mail.flags for mail in folder),
    }
    items = [atom(item) for item in arguments[1]]
    if unknown := [item for item in items if item not in figures]:
        raise BadCommandError(f"STATUS does not know {unknown[0]}")
    told = " ".join(f"{item} {figures[item]}" for item in items)
    return b"* STATUS " + quote(folder.name) + f" ({told})\r\n".encode()


def create(account: Account, arguments: Sequence[Argument]) -> None:
    """Make a folder."""
    if len(arguments) != 1:
        raise BadCommandError("CREATE takes a folder's name")
    name = words(arguments[0]).removesuffix("/")
    if not name or len(name) > MAX_NAME or not name.isascii() or not name.isprintable() or set(name) & set("*%"):
        raise RefusedError("[CANNOT] that name is not possible")
    if account.create(name) is None:
        raise RefusedError("[ALREADYEXISTS] there is such a folder")


def append(account: Account, arguments: Sequence[Argument]) -> str:
    """Store a mail and return the APPENDUID code (RFC 4315)."""
    if len(arguments) < 2 or not isinstance(arguments[-1], Text):
        raise BadCommandError("APPEND takes a folder, perhaps flags and a date, and a literal")
    options = list(arguments[1:-1])
    flags = parse_flags([options.pop(0)]) if options and isinstance(options[0], list) else frozenset[str]()
    moment = parse_moment(options.pop(0)) if options else None
    if options:
        raise BadCommandError("APPEND has an argument too many")
    folder = existing(account, arguments[0])
    mail = folder.add(arguments[-1].value, flags, moment)
    return f"[APPENDUID {folder.uid_validity} {mail.uid}] "


def existing(account: Account, argument: Argument) -> Folder:
    """Return the folder of that name."""
    folder = account.folder(words(argument))
    if folder is None:
        raise RefusedError("[TRYCREATE] there is no such folder")
    return folder
