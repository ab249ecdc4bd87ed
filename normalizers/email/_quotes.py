"""Finds where a mail's own text ends and quoted or forwarded history begins; in doubt, nothing is split off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# The mbox format writes a line that begins with "From " as ">From ": that is no quote.
_QUOTED = re.compile(r"\s{0,20}(?!>From )[>|＞]")
_RULE = re.compile(
    r"(?i)^[>\s]{0,20}[-_—]{2,40}\s*"
    r"(?:(original (?:message|appointment)|reply message|原始邮件|原邮件|原始郵件|回复的?(?:原)?邮件|元のメッセージ)"
    r"|(forwarded (?:message|mail)(?: from [^-]{1,100})?|转发的?(?:邮件|消息)(?:信息)?|轉寄郵件|转发信息))"
    r"\s*[-_—]{0,40}\s*$"
)
_APPLE = re.compile(r"(?i)^[>\s]{0,20}(?:begin forwarded message|下面是被转发的邮件|開始轉寄訊息)\s*[:：]\s*$")
_ATTRIBUTION_HEAD = re.compile(r"(?i)on\s|在|于|於|\d{4}\s?[年/-]")
_FROM = re.compile(r"(?i)^[>\s*]{0,20}(?:from|发件人|寄件者|寄件人|差出人)\s{0,5}\*?\s?[:：]")
_FIELDS = re.compile(
    r"(?i)^[>\s*]{0,20}(?:sent|date|to|cc|subject|发送时间|发送日期"
    r"|收件人|抄送|主题|日期|寄件日期|收件者|主旨|件名|宛先)"
    r"\s{0,5}\*?\s?[:：]"
)
_LINE_CHARS = 700
_MAY_MARK = re.compile(r"(?i)[>\s*]{0,20}(?:[-_—]{2}|begin|下面|開始|from|发件人|寄件|差出人)")
"""How every line begins that marks history by itself."""
_ATTRIBUTES = ("wrote", "写道", "寫道")


@dataclass(frozen=True, slots=True)
class History:
    """Where history begins, and whether its author says that it is forwarded."""

    start: int
    header: int
    """Where the history's own header, or its text, begins."""
    forwarded: bool


def find(text: str) -> History | None:
    """Return the history at the end of a text; None when there is none, or when it is mixed with own words."""
    lines = text.split("\n")
    quotes = any(sign in text for sign in ">|＞")
    quoted = [quotes and bool(_QUOTED.match(line)) for line in lines]
    backwards = range(len(lines) - 1, -1, -1)
    last_own = next((place for place in backwards if not quoted[place] and lines[place].strip()), -1)
    last_quoted = next((place for place in backwards if quoted[place]), -1)
    lowered = text.lower()
    attributed = any(word in lowered for word in _ATTRIBUTES)
    offset = 0
    for place, line in enumerate(lines):
        may_mark = attributed or quoted[place] or _MAY_MARK.match(line)
        size = _marker(lines, place, quoted[place], last_own, last_quoted) if may_mark else None
        if size is not None:
            begin = offset + sum(len(item) + 1 for item in lines[place : place + size])
            return History(offset, min(begin, len(text)), _says_forwarded(line))
        offset += len(line) + 1
    return None


def _marker(lines: Sequence[str], place: int, is_quoted: bool, last_own: int, last_quoted: int) -> int | None:
    """Return how many lines the marker of history takes at this place, or None when there is none."""
    line = lines[place][:_LINE_CHARS]
    if is_quoted and last_own < place:
        return 0
    if not line.strip() or is_quoted:
        return None
    if _RULE.match(line) or _APPLE.match(line):
        return 1
    if _FROM.match(line):
        following = sum(1 for item in lines[place + 1 : place + 7] if _FIELDS.match(item[:_LINE_CHARS]))
        return 0 if following >= 2 else None
    return _attribution(lines, place, last_own, last_quoted)


def _attribution(lines: Sequence[str], place: int, last_own: int, last_quoted: int) -> int | None:
    """Return the length of an attribution of one line, or wrapped to two or three, all after which is quoted."""
    head = lines[place].lstrip()[:_LINE_CHARS]
    if not _ATTRIBUTION_HEAD.match(head) and "@" not in head:
        return None
    for size in (1, 2, 3):
        joined = " ".join(line[:_LINE_CHARS].strip() for line in lines[place : place + size])
        if _is_attribution(joined):
            all_quoted = last_own < place + size
            nothing_marked = last_quoted < place
            return size if all_quoted or nothing_marked else None
    return None


def _is_attribution(line: str) -> bool:
    """Return whether a line says who wrote what follows."""
    said = line.rstrip(":： ").lower()
    if said.endswith("wrote"):
        return line.endswith((":", "："))
    return said.endswith(("写道", "寫道"))


def _says_forwarded(line: str) -> bool:
    match = _RULE.match(line[:_LINE_CHARS])
    return bool(_APPLE.match(line[:_LINE_CHARS]) or (match and match[2]))
