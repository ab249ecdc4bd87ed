"""The grammar of IMAP commands (RFC 3501, section 9): arguments, sequence sets and the bounds of both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

MAX_NUMBER = 2**32 - 1
MAX_DEPTH = 10
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# An atom may hold one pair of square brackets with anything in them: BODY.PEEK[HEADER.FIELDS (FROM TO)]<0.100>
_ATOM = re.compile(rb'[^\s(){}"\[\]\x00-\x1f\x7f-\xff]+(?:\[[^\[\]\r\n\x00]*\](?:<[0-9]+(?:\.[0-9]+)?>)?)?')
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00]|\\["\\])*)"')
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_MOMENT = re.compile(r"\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d [+-]\d{4})")


class BadCommandError(Exception):
    """The client's command cannot be read; the text goes into the BAD answer."""


class RefusedError(Exception):
    """The command was read and is refused; the text, with its response code, goes into the NO answer."""


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string or a literal: never a keyword, whatever it holds."""

    value: bytes


Argument = str | Text | list["Argument"]
"""An atom, a string, or a parenthesised list."""


def parse_arguments(pieces: Sequence[bytes]) -> list[Argument]:
    """Return the arguments of a command: `pieces` are text and literals by turns, text first."""
    stack: list[list[Argument]] = [[]]
    for index, piece in enumerate(pieces):
        if index % 2:
            stack[-1].append(Text(piece))
        else:
            _parse_text(piece, stack)
    if len(stack) != 1:
        raise BadCommandError("a parenthesis is not closed")
    return stack[0]


def _parse_text(text: bytes, stack: list[list[Argument]]) -> None:
    at = 0
    while at < len(text):
        char = text[at : at + 1]
        if char == b" ":
            at += 1
        elif char == b"(":
            _open(stack)
            at += 1
        elif char == b")":
            _close(stack)
            at += 1
        else:
            at = _parse_word(text, at, stack[-1])


def _open(stack: list[list[Argument]]) -> None:
    if len(stack) > MAX_DEPTH:
        raise BadCommandError("parentheses are nested too deep")
    inner: list[Argument] = []
    stack[-1].append(inner)
    stack.append(inner)


def _close(stack: list[list[Argument]]) -> None:
    if len(stack) == 1:
        raise BadCommandError("a parenthesis was never opened")
    stack.pop()


def _parse_word(text: bytes, at: int, into: list[Argument]) -> int:
    if match := _QUOTED.match(text, at):
        into.append(Text(re.sub(rb'\\(["\\])', rb"\1", match[1])))
    elif match := _ATOM.match(text, at):
        into.append(match[0].decode("ascii"))
    else:
        raise BadCommandError("an argument cannot be read")
    return match.end()


def words(argument: Argument) -> str:
    """Return an atom or a string as text (an astring of the grammar)."""
    if isinstance(argument, Text):
        try:
            return argument.value.decode("utf-8")
        except UnicodeDecodeError:
            raise BadCommandError("a string is not UTF-8") from None
    if isinstance(argument, str):
        return argument
    raise BadCommandError("a list stands where a word belongs")


def atom(argument: Argument) -> str:
    """Return an atom in upper case; a string is no keyword."""
    if not isinstance(argument, str):
        raise BadCommandError("a keyword belongs there")
    return argument.upper()


def is_set(argument: Argument) -> bool:
    """Whether it looks like a sequence set."""
    return isinstance(argument, str) and re.fullmatch(r"[0-9*][0-9*:,]*", argument) is not None


def in_set(argument: Argument, numbers: Sequence[int], *, strict: bool = False) -> list[int]:
    """Return those of the ascending `numbers` that a sequence set names; `*` is the greatest of them.

    With `strict`, as for message numbers, a set that names what is not there is an error; a UID that is not there
    never is (RFC 3501, 6.4.8).
    """
    if not isinstance(argument, str):
        raise BadCommandError("a sequence set belongs there")
    greatest = numbers[-1] if numbers else 0
    ranges = [_range(part, greatest) for part in argument.split(",")]
    if strict and any(low < 1 or high > greatest for low, high in ranges):
        raise BadCommandError("there is no message of that number")
    return [number for number in numbers if any(low <= number <= high for low, high in ranges)]


def _range(part: str, greatest: int) -> tuple[int, int]:
    ends = [_number(end, greatest) for end in part.split(":")]
    if len(ends) > 2:
        raise BadCommandError("a sequence set cannot be read")
    return min(ends), max(ends)


def _number(text: str, greatest: int) -> int:
    if text == "*":
        return greatest
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) <= MAX_NUMBER:
        raise BadCommandError("a sequence set cannot be read")
    return int(text)


def parse_date(argument: Argument) -> date:
    """Return the day that a search names, such as `20-Nov-2026`."""
    match = _DATE.fullmatch(words(argument))
    if match is None:
        raise BadCommandError("a date cannot be read")
    try:
        return date(int(match[3]), _month(match[2]), int(match[1]))
    except ValueError:
        raise BadCommandError("there is no such date") from None


def parse_moment(argument: Argument) -> datetime:
    """Return the instant of an APPEND, such as `20-Nov-2026 12:00:00 +0000`."""
    match = _MOMENT.fullmatch(words(argument))
    if match is None:
        raise BadCommandError("a date-time cannot be read")
    plain = f"{match[3]}-{_month(match[2]):02}-{match[1]:0>2} {match[4]}"
    try:
        return datetime.strptime(plain, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCommandError("there is no such date-time") from None


def format_moment(moment: datetime) -> str:
    """Return an instant as INTERNALDATE writes it; month names must not depend on the locale."""
    return f"{moment.day:02}-{MONTHS[moment.month - 1]}-{moment:%Y %H:%M:%S %z}"


def quote(text: str) -> bytes:
    """Return a quoted string."""
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8") + b'"'


def _month(name: str) -> int:
    try:
        return MONTHS.index(name.capitalize()) + 1
    except ValueError:
        raise BadCommandError("there is no such month") from None
