"""What tells that a mail was written by a machine: header names, addresses and phrases, as data and predicates.

Judges single signs; what follows from them is `gateway.answers.acknowledge`'s.
"""

from __future__ import annotations

import re

from gateway.case import Message

REPORT_TYPES = (
    "multipart/report",
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
)
BULK_PRECEDENCES = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
SUPPRESS_HEADER = "x-auto-response-suppress"
SUPPRESS_WORDS = frozenset({"all", "autoreply"})

LIST_HEADERS = frozenset({"mailing-list"})
LIST_PREFIXES = ("list-", "x-mailman-")
MACHINE_HEADERS = frozenset(
    {
        "x-mail-autoreply",
        "x-loop",
        "x-ms-exchange-inbox-rules-loop",
        "x-cron-env",
        "x-rt-loop-prevention",
        "rt-ticket",
        "x-otrs-loop",
        "x-freescout-mail-type",
        "x-amazon-mail-relay-type",
    }
)
MACHINE_PREFIXES = ("x-auto", "x-zendesk-", "x-ticket", "x-libredesk-loop", "x-tmda-", "x-boxbe", "x-spamarrest")
ANSWERING_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-autoreply-from", "x-mail-autoreply")
"""Headers of machines that answer a mail by themselves."""
FAILED_RECIPIENTS = "x-failed-recipients"

_ROBOT_LOCAL = re.compile(
    r"""
    mailer[-_.]?daemon | postmaster | mail[-_.]?delivery | root | daemon | nobody | www-data | cron | abuse
    | (?:.*[-_.+])? (?: no[-_.]?reply | do[-_.]?not[-_.]?reply ) (?:[-_.+0-9].*)?
    | auto[-_.]?(?:reply|responder|mailer|notify|confirm) (?:[-_.+].*)?
    | bounces? (?:[-_.+=0-9].*)? | .*-bounces?
    | owner-.* | .*-owner | .*-request | listserv | listproc | majordomo | mailman | sympa
    """,
    re.VERBOSE,
)
_RETURN_LOCAL = re.compile(
    r"mailer[-_.]?daemon|postmaster|owner-.*|.*-owner|.*-request|.*-bounces(?:\+.*)?|listserv|listproc|majordomo"
    r"|mailman|sympa"
)
_BOUNCE_LOCAL = re.compile(r"bounces?(?:[-_.+=0-9].*)?|.*[-_.]bounces?|(?:no|do[-_.]?not)[-_.]?reply.*")
_ROBOT_NAME = re.compile(
    r"mail(?:er)? ?delivery (?:sub)?system|mailer-?daemon|postmaster|auto-?(?:reply|responder)"
    r"|no[- ]?reply|do not reply|自动回复|系统邮件|请勿回复|自動回覆|自動返信",
    re.IGNORECASE,
)

_REPORT_SUBJECT = re.compile(
    r"""
    \s*(?:
      undeliver(?:ed|able) \s* (?: : | mail | message | e-?mail | $ )
      | delivery \s+ status \s+ notification
      | (?: mail | message ) \s+ (?: delivery \s+ )? (?: failed | failure )
      | (?: mail | message ) \s+ could \s+ not \s+ be \s+ delivered
      | delivery \s+ (?: has \s+ )? (?: failed | failure | delayed | incomplete )
      | warning: \s+ (?: message | could \s+ not \s+ send )
      | returned \s+ mail | failure \s+ notice | mail \s+ system \s+ error
      | 系统退信 | 退信 | 无法投递 | 無法傳遞 | 邮件投递失败 | 配信不能 | 반송
      | unzustellbar | non \s+ remis | no \s+ se \s+ puede \s+ entregar | не \s+ доставлено | недоставленное
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)

ABSENCE_PHRASES = (
    # English
    "out of office", "out of the office", "automatic reply", "auto reply", "auto-reply", "autoreply", "autoresponse",
    "auto response", "auto-response", "on vacation", "annual leave", "away from the office", "vacation reply",
    # Chinese, Japanese, Korean
    "自动回复", "自動回覆", "自动答复", "外出中", "休假", "不在办公室", "不在辦公室",
    "自動返信", "自動応答", "不在通知", "자동 회신", "자동 응답", "부재중",
    # German, Dutch, Swedish, Danish, Norwegian, Finnish
    "automatische antwort", "abwesenheitsnotiz", "abwesenheit", "nicht im büro", "automatisch antwoord", "afwezig",
    "autosvar", "automatiskt svar", "frånvaro", "ikke til stede", "fraværende", "automaattinen vastaus", "poissa",
    # French, Spanish, Portuguese, Italian, Romanian
    "réponse automatique", "absence du bureau", "absent du bureau", "respuesta automática", "fuera de la oficina",
    "resposta automática", "fora do escritório", "risposta automatica", "fuori ufficio", "fuori sede",
    "răspuns automat",
    # Polish, Czech, Hungarian, Russian, Ukrainian, Greek, Turkish
    "odpowiedź automatyczna", "automatická odpověď", "automatikus válasz", "автоответ", "автоматический ответ",
    "нет на месте", "автоматична відповідь", "αυτόματη απάντηση", "otomatik yanıt", "ofis dışında",
    # Arabic, Hebrew, Hindi, Thai, Vietnamese, Indonesian
    "رد تلقائي", "خارج المكتب", "תשובה אוטומטית", "मैं कार्यालय से बाहर", "ตอบกลับอัตโนมัติ", "trả lời tự động",
    "vắng mặt", "balasan otomatis", "di luar kantor",
)  # fmt: skip
"""How a subject says that its author is away: a person may write these words too, so alone they count for nothing."""


_CHALLENGE = re.compile(
    r"""
    verification \s+ required | confirmation \s+ required | \[ spam \s? arrest | \(action \s+ required\)
    | please \s+ (?: confirm | verify ) \s+ (?: your \s+ (?: message | e-?mail | address ) | you | that \s+ you )
    | (?: confirm | verify ) \s+ your \s+ (?: message | mail ) | \bconf\#[0-9a-f]{6,} | challenge[ -]response
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""How the subject of a challenge asks for a proof that a person has written."""
_ASCII_PHRASES = tuple(phrase for phrase in ABSENCE_PHRASES if phrase.isascii())


def first_word(value: str) -> str:
    """Return a header's keyword: lower case, without parameters and comments (RFC 3834, section 5)."""
    bare = re.sub(r"\([^()]*\)", " ", value).partition(";")[0]
    return bare.strip().strip('"').casefold()


def return_path(message: Message) -> str | None:
    """Return the envelope's sender, empty for the null sender, None when the mail does not tell."""
    if message.envelope_sender is not None:
        return _bare(message.envelope_sender)
    return next((_bare(value) for value in message.said("return-path")), None)


def has_several_authors(message: Message) -> bool:
    """Whether From names more than one: nothing tells which of them wrote, and any of them may be a victim."""
    return any(count not in ("0", "1") for count in message.said("from-count"))


def says_automatic(message: Message) -> bool:
    """Whether Auto-Submitted is there and says anything but ``no``."""
    return any(first_word(value) != "no" for value in message.said("auto-submitted"))


def is_report(message: Message) -> bool:
    """Whether its type is a delivery, disposition or feedback report (RFC 3462, 3464, 5965, 8098)."""
    return any(first_word(value) in REPORT_TYPES for value in message.said("content-type"))


def asks_for_silence(message: Message) -> bool:
    """Whether the sender's server asks for no automatic reply ([MS-OXCMAIL], X-Auto-Response-Suppress)."""
    words = {word.strip().casefold() for value in message.said(SUPPRESS_HEADER) for word in value.split(",")}
    return not words.isdisjoint(SUPPRESS_WORDS)


def is_bulk(message: Message) -> bool:
    """Whether Precedence marks mail to many, or an automatic reply."""
    return any(first_word(value) in BULK_PRECEDENCES for value in message.said("precedence"))


def is_from_list(message: Message) -> bool:
    """Whether a header of mailing lists is there (RFC 2369, 2919)."""
    return _bears(message, LIST_HEADERS, LIST_PREFIXES)


def is_from_machine(message: Message) -> bool:
    """Whether a header of responders, help desks, cron or other machines is there."""
    return _bears(message, MACHINE_HEADERS, MACHINE_PREFIXES)


def names_failed_recipients(message: Message) -> bool:
    """Whether it is a bounce that names whom it could not reach."""
    return bool(message.said(FAILED_RECIPIENTS))


def has_report_subject(message: Message) -> bool:
    """Whether the subject opens as a delivery report's does; a person's Re: or Fwd: of one is none."""
    return _REPORT_SUBJECT.match(message.subject) is not None


def is_robot_address(address: str) -> bool:
    """Whether no person reads mail to this sender."""
    return _ROBOT_LOCAL.fullmatch(local_part(address)) is not None


def is_list_return(address: str) -> bool:
    """Whether this return path belongs to a mail system or a mailing list (RFC 3834, section 2)."""
    return _RETURN_LOCAL.fullmatch(local_part(address)) is not None


def collects_bounces(address: str) -> bool:
    """Whether this return path only collects bounces: also of mail that a person sent through a relay."""
    return _BOUNCE_LOCAL.fullmatch(local_part(address)) is not None


def answers_by_itself(message: Message) -> bool:
    """Whether a machine has answered a mail by itself: an absence notice, a receipt, a challenge.

    What a person wrote in another help desk often bears a machine's marks too, but not these.
    """
    if any(first_word(value) == "auto-replied" for value in message.said("auto-submitted")):
        return True
    if _bears(message, frozenset(ANSWERING_HEADERS), ()):
        return True
    marked = says_automatic(message) or is_bulk(message) or return_path(message) == ""
    return marked and (_tells_absence(message.subject.casefold()) or is_challenge(message))


def is_challenge(message: Message) -> bool:
    """Whether the subject asks for a proof that a person has written; a person may write such words too."""
    return _CHALLENGE.search(message.subject) is not None


def hints(message: Message) -> frozenset[str]:
    """Return the weak signs of a machine: each of them a person's message may bear too."""
    found = {
        "absence": _tells_absence(message.subject.casefold()),
        "challenge": is_challenge(message),
        "robot_name": _ROBOT_NAME.search(message.sender.name) is not None,
        "feedback_id": bool(message.said("feedback-id")),
        "bounce_return": collects_bounces(return_path(message) or ""),
    }
    return frozenset(name for name, there in found.items() if there)


def _tells_absence(subject: str) -> bool:
    if not subject:
        return False
    return any(phrase in subject for phrase in (_ASCII_PHRASES if subject.isascii() else ABSENCE_PHRASES))


def local_part(address: str) -> str:
    """Return what stands before the last @, lower case; all of it when there is none."""
    local, at, rest = address.rpartition("@")
    return (local if at else rest).casefold()


def domain(address: str) -> str:
    """Return what stands after the last @, lower case, without a closing dot."""
    return address.rpartition("@")[2].casefold().rstrip(".")


def _bare(address: str) -> str:
    return address.strip().removeprefix("<").removesuffix(">").strip()


def _bears(message: Message, names: frozenset[str], prefixes: tuple[str, ...]) -> bool:
    return any(
        item.name in names or (item.name.startswith(prefixes) and item.name != SUPPRESS_HEADER)
        for item in message.evidence
    )
