"""Mails in Outlook's own formats, within mails of ours: `winmail.dat` (TNEF) and `.msg`, whole, cut and hostile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from tests import outlook
from tests.samples.mail_writing import attached, head, multipart, part

_SENT = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
_SUBJECT, _TEXT, _NAME, _ADDRESS = 0x0037, 0x1000, 0x0042, 0x5D02
_FILE_NAME, _FILE, _RTF = 0x3707, 0x3701, 0x1009
_SCAM: Mapping[int, str | bytes] = {
    _SUBJECT: "Act now – 立即",
    _TEXT: "Send your phrase to https://examplex-help.test/x\r\n",
    _NAME: "Examplex Team",
    _ADDRESS: "team@examplex-help.test",
}
_PDF = b"%PDF-1.4\n%%EOF\n"
_INVOICE = outlook.attached({_FILE_NAME: "Rechnung №1.pdf", _FILE: _PDF})
_MSG = outlook.compound(outlook.msg(_SCAM, [_INVOICE], _SENT))
_INNER = outlook.msg({**_SCAM, _SUBJECT: "Inner"}, [_INVOICE], inner=True)
_OUTER = outlook.compound(outlook.msg({**_SCAM, _SUBJECT: "Outer", _NAME: "Bo Lin"}, [outlook.attached({}, _INNER)]))
_HOSTILE = outlook.compound(
    outlook.msg({**_SCAM, _SUBJECT: "a\r\nBcc: x@y.test\0", _NAME: "\u202eevil\n", _FILE_NAME: "../../x"})
)
_WINMAIL = outlook.tnef({_SUBJECT: "Deposit", _TEXT: "See the files.\r\n"}, [("list.pdf", _PDF, {})])
_WINMAIL_RTF = outlook.tnef(
    {_RTF: outlook.lzfu(rb"{\rtf1\ansi\ansicpg1252 Where is my {\b deposit}?\par Gr\'fc\'dfe, Ada}")},
    [("RECHNU~1.PDF", _PDF, {_FILE_NAME: "Rechnung №1.pdf"}), ("x.exe", b"MZ" + bytes(60), {_FILE_NAME: "..\\x.exe"})],
)


def _with(name: str, kind: str, data: bytes, *texts: bytes) -> bytes:
    return head("Files") + multipart("mixed", *texts, attached(f'"{name}"', kind, data))


_SEE = part("Is this yours?\n")

SAMPLES: dict[str, bytes] = {
    "outlook_msg": _with("act now.msg", "application/vnd.ms-outlook", _MSG, _SEE),
    "outlook_msg_as_bytes": _with("act now.msg", "application/octet-stream", _MSG, _SEE),
    "outlook_msg_hostile": _with("evil.msg", "application/vnd.ms-outlook", _HOSTILE, _SEE),
    "outlook_winmail": _with("winmail.dat", "application/ms-tnef", _WINMAIL, part("See the files.\n")),
    "outlook_winmail_alone": head("Deposit") + attached('"winmail.dat"', "application/ms-tnef", _WINMAIL_RTF),
    "outlook_msg_cut": _with("cut.msg", "application/vnd.ms-outlook", _MSG[: len(_MSG) // 2], _SEE),
    "outlook_msg_in_msg": _with("fw.msg", "application/vnd.ms-outlook", _OUTER, _SEE),
}
