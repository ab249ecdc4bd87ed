"""An invitation is read with its mail: what, when, where and from whom."""

from __future__ import annotations

import base64

from normalizers.email import _calendar
from normalizers.email._reading import Reading
from tests.samples import mail
from tests.unit.test_mail_headers import message_of

EVENT = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:16010101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Wallet check\\, urgent\\; now
DTSTART;TZID="Asia/Singapore":20261120T100000
LOCATION:Room 1
ORGANIZER;CN="Examplex: Support":mailto:help@examp1ex.test
DESCRIPTION:Log in at https://examplex-help.test/lo
 gin first\\nBye
END:VEVENT
END:VCALENDAR
"""
LINE = (
    "[invitation: Wallet check, urgent; now; 2026-11-20 10:00 Asia/Singapore; Room 1; "
    "from Examplex: Support <help@examp1ex.test>]"
)


def _line(event: str) -> str | None:
    found = _calendar.read(event, Reading())
    return found.line if found else None


def test_an_invitation_stands_below_the_text_and_its_links_are_kept() -> None:
    calendar = b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\nContent-Transfer-Encoding: base64\n\n"
    calendar += base64.encodebytes(EVENT.encode())
    body = mail.HEAD + mail.multipart("alternative", b"\nSee you.\n\n> old\n", calendar)
    message = message_of(body)
    assert message.text == f"See you.\n\n{LINE}"
    assert message.quoted == "> old"
    assert message.said("calendar") == (LINE[1:-1],)
    assert [link.url for link in message.links] == ["https://examplex-help.test/login"]
    assert [(each.id, each.declared_type) for each in message.attachments] == [("2", "text/calendar")]


def test_a_mail_that_is_nothing_but_an_invitation_has_its_line_as_text() -> None:
    body = mail.HEAD + b"Content-Type: text/calendar\n\n" + EVENT.encode().replace(b"\n", b"\r\n")
    assert message_of(body).text == LINE


def test_what_kind_of_invitation_it_is_shows() -> None:
    assert str(_line(EVENT.replace("REQUEST", "CANCEL"))).startswith("[invitation withdrawn: Wallet")
    assert str(_line(EVENT.replace("METHOD:REQUEST\n", ""))).startswith("[event: Wallet")
    assert _line("BEGIN:VCALENDAR\nEND:VCALENDAR\n") is None
    assert _line("BEGIN:VEVENT\nDTSTART:nonsense\nSUMMARY:a\\nb\u202e\x00c\n") == "[event: a b c]"
    assert _line("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261120\nORGANIZER:MAILTO:a@x.test\n") == (
        "[event: 2026-11-20; from a@x.test]"
    )
    assert _line("BEGIN:VEVENT\nDTSTART:20261120T080000Z\n") == "[event: 2026-11-20 08:00 UTC]"


def test_a_calendar_of_parameters_is_read_in_steps_that_grow_with_it() -> None:
    for piece in ('SUMMARY;a="\n', "SUMMARY;", ';x="y"', "DTSTART;a=b\n", 'ORGANIZER;CN="' + "a" * 50):
        _calendar.read("BEGIN:VEVENT\n" + piece * 20_000, Reading())
