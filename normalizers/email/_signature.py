"""Finds where a signature begins at the end of a text; in doubt, there is none."""

from __future__ import annotations

import re

from normalizers.email import _limits

_DELIMITER = re.compile(r"(?m)^(?:-- ?|—|__)$")
_OF_PROGRAM = re.compile(
    r"(?i)(?:sent from (?:my |the )?(?:\w{2,20} )?(?:iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|pixel|nokia"
    r"|blackberry|windows phone|mobile|phone|smartphone|tablet|yahoo mail|outlook|proton ?mail|mail\.ru|aol|gmail)"
    r"|sent with (?:proton ?mail|airmail|spark)|get outlook for (?:ios|android)"
    r"|von meinem (?:iphone|ipad|handy|smartphone|\w{2,20}[ -]smartphone|mobiltelefon|tablet) gesendet"
    r"|gesendet von mein"
    r"|envoyé (?:de|depuis) mon |envoyé à partir d|enviado (?:desde|do) m[ie]u? |enviado (?:desde|do) (?:el |o )?"
    r"(?:outlook|gmail|yahoo)|inviato da(?:l mio)? |verstuurd vanaf mijn |отправлено (?:с|из) |"
    r"iphone['’]?(?:um)?dan gönderildi|gönderildi$|wysłane z |gửi từ |dikirim dari |发自我的|從我的|从我的|發自我的"
    r"|iphoneから送信|나의 .{2,20}에서 보냄|أُرسلت من|أرسلت من )"
)
"""What a mail program writes below a mail by itself."""
_PROGRAM_CHARS = 90
_PROGRAM_LINES = 2


def begins(text: str) -> int | None:
    """Return where the signature begins; None when a text has none, or is nothing else.

    After a line of two hyphens (RFC 3676, section 4.3) it is taken for one when it is short; without it only what
    mail programs write below by themselves counts, which people know no way to write so.
    """
    found = _delimited(text)
    if found is None:
        found = _of_program(text)
    return found if found is not None and text[:found].strip() else None


def _delimited(text: str) -> int | None:
    if "\n--" not in text and "\n—\n" not in text and "\n__\n" not in text:
        return None
    tail = max(0, len(text) - _limits.SIGNATURE_CHARS)
    for match in _DELIMITER.finditer(text, tail):
        after = text[match.end() :]
        if match.start() and after.strip() and after.count("\n") <= _limits.SIGNATURE_LINES and ">" not in after[:2]:
            return match.start()
    return None


def _of_program(text: str) -> int | None:
    """Return where the last line, or the last two, are a mail program's."""
    end = len(text)
    for _ in range(_PROGRAM_LINES):
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end].strip()
        if 0 < len(line) <= _PROGRAM_CHARS and _OF_PROGRAM.match(line):
            return start
        if not line or start == 0:
            return None
        end = start - 1
    return None
