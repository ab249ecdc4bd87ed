"""Finds where a mail's own text ends and quoted or forwarded history begins; in doubt, nothing is split off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FROM = frozenset({
    "from", "von", "de", "da", "van", "от", "от кого", "od", "från", "fra", "gönderen", "kimden", "từ", "người gửi",
    "dari", "발신", "보낸 사람", "보낸사람", "差出人", "送信者", "发件人", "寄件者", "寄件人", "من", "від", "lähettäjä",
    "expéditeur", "expediteur", "remitente", "mittente", "remetente", "отправитель", "จาก",
})  # fmt: skip
"""How mail programs name the author, in the block above what is quoted or forwarded and the languages they speak."""
DATE = frozenset({
    "date", "sent", "gesendet", "datum", "fecha", "enviado", "enviado el", "envoyé", "envoyé le", "data", "inviato",
    "enviada em", "enviado em", "verzonden", "дата", "отправлено", "wysłano", "data wysłania", "skickat", "sendt",
    "tarih", "gönderme tarihi", "gönderildi", "ngày", "ngày gửi", "đã gửi", "tanggal", "terkirim", "dikirim", "날짜",
    "보낸 날짜", "보낸날짜", "日時", "送信日時", "日付", "日期", "发送时间", "发送日期", "時間", "寄件日期", "时间",
    "التاريخ", "تاريخ الإرسال", "надіслано", "วันที่", "ส่ง",
})  # fmt: skip
SUBJECT = frozenset({
    "subject", "betreff", "asunto", "objet", "oggetto", "assunto", "onderwerp", "тема", "temat", "ämne", "emne",
    "konu", "chủ đề", "tiêu đề", "perihal", "subjek", "제목", "件名", "主题", "主旨", "主題", "الموضوع", "หัวเรื่อง",
    "เรื่อง",
})  # fmt: skip
_TO = frozenset({
    "to", "cc", "an", "para", "à", "a", "aan", "кому", "копия", "do", "till", "til", "kime", "alıcı", "đến", "tới",
    "người nhận", "kepada", "받는 사람", "받는사람", "참조", "수신", "宛先", "收件人", "收件者", "抄送", "副本",
    "إلى", "ถึง",
})  # fmt: skip
_OTHER_FIELDS = DATE | SUBJECT | _TO
# The mbox format writes a line that begins with "From " as ">From ": that is no quote.
_QUOTED = re.compile(r"\s{0,20}(?!>From )[>|＞]")
_ORIGINAL = (
    "original (?:message|appointment|email)", "reply message", "ursprüngliche (?:nachricht|mail|e-mail)",
    "originalnachricht", "mensaje original", "message d['’]origine", "message original", "messaggio originale",
    "mensagem original", "oorspronkelijk bericht", "исходное сообщение", "оригинальное сообщение",
    "wiadomość oryginalna", "originalmeddelande", "özgün (?:ileti|mesaj)", "orijinal mesaj", "thư gốc",
    "tin nhắn gốc", "pesan asli", "원본 메(?:시지|일)", "원본메(?:시지|일)", "原始邮件", "原邮件", "原始郵件",
    "回复的?(?:原)?邮件", "元のメッセージ", "الرسالة الأصلية",
)  # fmt: skip
_FORWARDED = (
    "forwarded (?:message|mail|email)(?: from [^-]{1,100})?", "weitergeleitete (?:nachricht|mail|e-mail)",
    "mensaje reenviado", "message transféré", "messaggio inoltrato", "mensagem (?:encaminhada|reencaminhada)",
    "doorgestuurd bericht", "пересланное (?:сообщение|письмо)", "пересылаемое сообщение",
    "конец пересылаемого сообщения", "wiadomość przekazana", "przekazana wiadomość", "vidarebefordrat meddelande",
    "yönlendirilen (?:ileti|mesaj)", "iletilen mesaj", "thư (?:đã )?chuyển tiếp", "tin nhắn (?:đã )?chuyển tiếp",
    "pesan terusan", "pesan yang diteruskan", "전달된 메(?:시지|일)", "転送(?:された)?メッセージ",
    "转发的?(?:邮件|消息)(?:信息)?", "轉寄郵件", "转发信息", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها",
    "ข้อความที่ส่งต่อ",
)  # fmt: skip
_APPLE_FORWARDED = (
    "begin forwarded message", "anfang der weitergeleiteten (?:nachricht|e-mail)", "inicio del mensaje reenviado",
    "début du (?:message (?:transféré|réexpédié)|courriel transféré)", "inizio messaggio inoltrato",
    "início da mensagem (?:encaminhada|reencaminhada)", "begin doorgestuurd bericht",
    "начало переадресованного сообщения", "начало пересылаемого сообщения", "początek przekazanej wiadomości",
    "vidarebefordrat brev", "başlangıç: yönlendirilen ileti", "iletilmiş mesajın başlangıcı",
    "bắt đầu thư được chuyển tiếp", "전달된 메시지 시작", "転送されたメッセージ", "下面是被转发的邮件",
    "開始轉寄訊息", "بداية الرسالة المعاد توجيهها",
)  # fmt: skip
_BLANK = r"(?:\s|&nbsp;)*+"
_RULE = re.compile(
    rf"(?i)^[>\s]{{0,20}}[-_—]{{2,40}}{_BLANK}"
    rf"(?:({'|'.join(_ORIGINAL)})|({'|'.join(_FORWARDED)})|on .{{10,300}} wrote){_BLANK}[-_—]{{0,40}}+\s*+$"
)
_APPLE = re.compile(rf"(?i)^[>\s]{{0,20}}(?:{'|'.join(_APPLE_FORWARDED)})\s*[:：]\s*$")
_RULED = re.compile(r"[>\s]{0,20}[-_—]{2}")
_OUTLOOK_RULE = re.compile(r"^\s{0,20}_{20,80}\s*$")
_ATTRIBUTION_HEAD = re.compile(
    r"(?i)(?:on|am|le|el|il|em|op|vào|pada|den|в|dnia|w|в|πε)\s|في|在|于|於|\w{2,4}[.,]|\d{1,4}\s?[年년/.\s-]"
)
_FIELD = re.compile(r"[>\s*]{0,20}([^\W\d_][^:：*]{0,25}?)\s{0,5}\*?\s?[:：]")
_LINE_CHARS = 700
_WROTE = (
    "wrote", "写道", "寫道", "escribió", "a écrit", "ha scritto", "escreveu", "написал", "написала", "написал(а)",
    "пишет", "napisał", "napisała", "napisał(a)", "skrev", "yazdı", "đã viết", "menulis", "님이 작성", "書きました",
    "เขียนว่า",
)  # fmt: skip
"""What ends a line that says who wrote what follows."""
_WROTE_BEFORE = re.compile(r"(?i)(?<!\w)(?:schrieb|schreef|skrev|كتب)(?!\w)")
"""What stands in such a line before the author."""
_WHO_OR_WHEN = re.compile(r"@|\d[:.]\d\d")
_BARE = re.compile(r"\d[:.]\d\d.{0,200}<[^<>\s@]{1,64}@[^<>\s@]{1,255}>\s?[:：]$")
"""Such a line of a program that leaves the verb out: date, time and author."""


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
    quoted = [bool(_QUOTED.match(line)) for line in lines] if quotes else [False] * len(lines)
    backwards = range(len(lines) - 1, -1, -1)
    last_own = next((place for place in backwards if not quoted[place] and lines[place].strip()), -1)
    last_quoted = next((place for place in backwards if quoted[place]), -1) if quotes else -1
    for place in _may_mark(lines, quoted):
        size = _marker(lines, place, quoted[place], last_own, last_quoted)
        if size is not None:
            ruled = lines[place - 1] if place and size == 0 and not quoted[place] else ""
            first = place - 1 if _OUTLOOK_RULE.match(ruled) else place
            start, begin = (sum(len(line) + 1 for line in lines[:end]) for end in (first, place + size))
            return History(start, min(begin, len(text)), _says_forwarded(lines[place]))
    return None


def _may_mark(lines: Sequence[str], quoted: Sequence[bool]) -> list[int]:
    """Return the places of the lines that may mark history: no other can, and most texts have few of them."""
    found: set[int] = set()
    for place, line in enumerate(lines):
        if ":" in line or "：" in line or "道" in line:
            # Who wrote what follows may take three lines, of which the last ends so.
            found.update(range(place - 2, place + 1) if line.rstrip().endswith((":", "：", "道")) else (place,))
        elif quoted[place] or "--" in line or "__" in line or "—" in line:
            found.add(place)
    return sorted(place for place in found if place >= 0)


def _marker(lines: Sequence[str], place: int, is_quoted: bool, last_own: int, last_quoted: int) -> int | None:
    """Return how many lines the marker of history takes at this place, or None when there is none."""
    line = lines[place][:_LINE_CHARS]
    if is_quoted and last_own < place:
        return 0
    if not line.strip() or is_quoted:
        return None
    if (_RULED.match(line) and _RULE.match(line)) or (line.rstrip().endswith((":", "：")) and _APPLE.match(line)):
        return 1
    if _field(line) in FROM or (_field(line) in DATE and _field("".join(lines[place + 1 : place + 2])) in FROM):
        following = sum(1 for item in lines[place + 1 : place + 7] if _field(item) in _OTHER_FIELDS)
        return 0 if following >= 2 else None
    return _attribution(lines, place, last_own, last_quoted)


def _field(line: str) -> str:
    """Return the name of the field that a line begins with, in lower case; empty when it begins with none."""
    match = _FIELD.match(line[:_LINE_CHARS])
    return match[1].lower() if match else ""


def _attribution(lines: Sequence[str], place: int, last_own: int, last_quoted: int) -> int | None:
    """Return the length of an attribution of one line, or wrapped to two or three, all after which is quoted."""
    head = lines[place].lstrip()[:_LINE_CHARS]
    if not _ATTRIBUTION_HEAD.match(head) and "@" not in head:
        return None
    for size in (1, 2, 3):
        joined = " ".join(line[:_LINE_CHARS].strip() for line in lines[place : place + size])
        all_quoted = last_own < place + size
        if _is_attribution(joined):
            nothing_marked = last_quoted < place
            return size if all_quoted or nothing_marked else None
        if all_quoted and last_quoted >= place + size and _BARE.search(joined):
            return size
    return None


def _is_attribution(line: str) -> bool:
    """Return whether a line says who wrote what follows."""
    said = line.rstrip(":： ").lower()
    if said.endswith(("写道", "寫道")):
        return True
    ends = line.endswith((":", "："))
    return ends and (said.endswith(_WROTE) or bool(_WHO_OR_WHEN.search(line) and _WROTE_BEFORE.search(line)))


def _says_forwarded(line: str) -> bool:
    match = _RULE.match(line[:_LINE_CHARS])
    return bool(_APPLE.match(line[:_LINE_CHARS]) or (match and match[2]))
