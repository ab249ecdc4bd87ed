"""Makes one line of an invitation (RFC 5545), so that it is read with the mail it came in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.email import _clean, _limits
from normalizers.email._reading import Reading

TYPE, EVIDENCE = "text/calendar", "calendar"
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r'(?im)^(SUMMARY|DTSTART|ORGANIZER|LOCATION|DESCRIPTION|URL|METHOD)((?:;(?:[^":;\n]|"[^"\n]*")*)*):(.*)$'
)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d))?")
_ZONE = re.compile(r'(?i);TZID="?([^";:]{1,60})')
_NAME = re.compile(r'(?i);CN=(?:"([^"]*)"|([^;:]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_KINDS = {
    "REQUEST": "invitation", "CANCEL": "invitation withdrawn", "REPLY": "answer to an invitation",
    "COUNTER": "answer to an invitation", "PUBLISH": "event",
}  # fmt: skip
_BEGIN, _END = re.compile("(?i)BEGIN:VEVENT"), re.compile("(?i)END:VEVENT")
_CHARS = 64 * 1024
Fields = dict[str, tuple[str, str]]
"""Parameters and value by name, the first of each."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation says, as one line in brackets, and the words in which it may hide a link."""

    line: str
    words: str


def read(text: str, reading: Reading) -> Invitation | None:
    """Return what the first event of a calendar says; None when it holds none."""
    head, *events = _BEGIN.split(_FOLD.sub("", text[:_CHARS]), maxsplit=1)
    if not events:
        return None
    found = _fields(_END.split(events[0], maxsplit=1)[0])
    method = _fields(head).get("METHOD", ("", ""))[1].upper()
    said = [_plain(found, "SUMMARY"), _when(found), _plain(found, "LOCATION"), _organizer(found)]
    shown = [_clean.line(each, _limits.NAME_CHARS, reading) for each in said]
    words = "\n".join(_plain(found, name) for name in ("DESCRIPTION", "LOCATION", "URL"))
    return Invitation(f"[{_KINDS.get(method, 'event')}: {'; '.join(filter(None, shown))}]", words)


def _fields(text: str) -> Fields:
    found: Fields = {}
    for match in _LINE.finditer(text):
        found.setdefault(match[1].upper(), (match[2], match[3].strip()))
    return found


def _plain(found: Fields, name: str) -> str:
    text = found.get(name, ("", ""))[1]
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def _organizer(found: Fields) -> str:
    """Return name and address of the organizer, as the calendar gives them."""
    params, value = found.get("ORGANIZER", ("", ""))
    named = _NAME.search(params)
    name = (named[1] or named[2] or "") if named else ""
    address = value[7:] if value.lower().startswith("mailto:") else value
    said = f"{name} <{address}>" if name and address else name or address
    return f"from {said}" if said else ""


def _when(found: Fields) -> str:
    """Return when it begins, as the calendar says it, with the name of the zone if there is one."""
    params, value = found.get("DTSTART", ("", ""))
    moment = _TIME.match(value)
    if moment is None:
        return ""
    named = _ZONE.search(params)
    zone = "UTC" if value.endswith("Z") else (named[1] if named else "")
    clock = f"{moment[4]}:{moment[5]}" if moment[4] else ""
    return " ".join(filter(None, (f"{moment[1]}-{moment[2]}-{moment[3]}", clock, zone)))
