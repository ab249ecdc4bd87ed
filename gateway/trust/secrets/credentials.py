"""Finds what is secret by its label alone: passwords, API secrets, authenticator keys; and tokens of a known form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page, Term
from gateway.trust.secrets.public import is_public

_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,90}"
    r"|glpat-[A-Za-z0-9_-]{20,}|xox[abeprs]-[A-Za-z0-9-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}"
    r"|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}|SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,50}|npm_[A-Za-z0-9]{36}"
    r"|sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,200}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,})(?![A-Za-z0-9])"
)
_OTPAUTH = re.compile(r"otpauth(?:-migration)?://[^\s\"'<>\0\]\[]{8,2000}", re.IGNORECASE)
_TO_VALUE = re.compile(
    r"\w{0,10}(?:[ \t](?:saya|anda|của tôi|tôi|mio|mia|meu|minha)\b)?"
    r"(?:[ \t](?:for|to|of|on|at|de|da|do|del|для|от|к|на|für|pour|para|untuk|cho|için|の)"
    r"[ \t][\w .'’@-]{1,24}?)?"
    r"(?:[ \t]?\([^()\n]{0,30}\))?[\"'”’»)\]]?[ \t]{0,4}"
    r"(?:[:=：＝]|->|=>|→|—|–|-(?=[ \t])|是|为|為|は|が|는|은|이|가|هو|هي|这个是"
    r"|(?<![^\W_])(?:is|was|are|es|é|e|ist|lautet|est|adalah|yaitu|la|là|это|eh|era|war|=)(?![^\W_]))"
    r"[:=：\s]{0,8}[\"'“‘«`(\[「『]?"
)
_BESIDE = re.compile(r"\w{0,10}[\"'”’)\]]?[ \t:=：]{1,4}[\"'“‘«`]?")
_SECRET_VALUE = re.compile(r"[A-Za-z0-9+/=_\-.~]{12,200}")
_BASE32 = re.compile(
    r"(?<![A-Za-z0-9])"
    r"(?:[A-Z2-7]{16,64}|[a-z2-7]{16,64}|(?:[A-Za-z2-7]{4}[ -]){3,15}[A-Za-z2-7]{4})={0,6}(?![A-Za-z0-9=])"
)
_PASSWORD = re.compile(r"[^\s\0\"“”<>«»\u2e80-\uffff]{4,128}|[^\s\0\"“”<>«»「」『』。，；、！？]{4,128}")
"""Letters of scripts written without spaces end a password that does not begin with one."""
_EVIDENT = re.compile(r"(?=[a-z]{0,30}[A-Z0-9])(?=[^\s0-9]{0,30}[0-9])(?=[^\sA-Za-z]{0,30}[A-Za-z])[!-~]{6,64}")
"""A password that needs no colon before it: letters and digits mixed."""
_COLON = re.compile(r"[:=：＝]")
_QUOTED = "\"'“‘«`「『"
_OF_SENTENCES = (
    "wrong incorrect correct invalid valid expired lost forgotten forgot stolen changed reset not never always "
    "required too very still also missing unknown hidden weak strong safe secure same different right working there "
    "here this that what which when where why how help please thanks thank yes none null true false and but the for "
    "with from have been empty blank optional encrypted protected removed redacted unable failed change error show "
    "hide recovery login update forget needed accepted rejected old new mine yours good bad fine okay hacked "
    "compromised leaked stored saved sent code codes only ready set used using email phone number username account "
    "wallet security manager policy protection falsch richtig nicht immer vergessen incorrecta correcta olvidada "
    "incorrecto correcto errada incorreta esqueci incorrect oublie perdu yanlis dogru salah benar lupa sai dung "
    "quen неверный верный забыл забыла неправильный изменен сброшен потерял не нет это для что как или the_same"
)
_NOT_SAID = frozenset(_OF_SENTENCES.split())
_BRIEF = frozenset({"pass", "pin", "pw", "pwd", "psw", "clave", "parola", "sandi", "heslo", "pass word"})
"""Labels that mean other things too: a colon must follow, or `my` stand before."""
_OWN = (" my", "my", "mi", "meine", "mein", "mon", "minha", "мой", "moj", "the", "login")
_REACH = 80


def find_credentials(page: Page) -> Iterator[Secret]:
    """Yield the passwords, API secrets and authenticator keys of a page."""
    text = page.text
    if "otpauth" in page.spelled:
        yield from (Secret("totp_seed", match.start(), match.end(), 0.99) for match in _OTPAUTH.finditer(text))
    if _SECRET_VALUE.search(text):
        yield from (Secret("api_secret", match.start(), match.end(), 0.95) for match in _TOKEN.finditer(text))
    if not page.told:
        return
    for term in page.of("password"):
        yield from _password(page, term)
    for term in page.of("api", "key", "password"):
        yield from _api_secret(page, term)
    if "totp" in page.kinds:
        yield from _totp_seeds(page)


def _value(page: Page, term: Term, shape: re.Pattern[str], beside: bool = False) -> tuple[re.Match[str], str] | None:
    """Return the value that a term introduces, and what stands between; None if it introduces none."""
    link = _TO_VALUE.match(page.text, term.end, term.end + _REACH) or (
        _BESIDE.match(page.text, term.end, term.end + _REACH) if beside else None
    )
    if link is None or "\n\n\n" in link.group():
        return None
    value = shape.match(page.text, link.end())
    return (value, link.group()) if value else None


def _api_secret(page: Page, term: Term) -> Iterator[Secret]:
    """Yield a random value beside a label such as `apiSecret`."""
    found = _value(page, term, _SECRET_VALUE, beside=term.kind == "api")
    if found is None:
        return
    text = found[0].group().rstrip(".-~")
    if term.kind != "api" and len(text) < 20:
        return
    if is_random(text) and not is_public(text) and not _is_hash_or_link(page, found[0]):
        kind = "private_key" if term.kind == "key" else "api_secret" if term.kind == "api" else "password"
        if kind != "private_key" or "api" in page.kinds:
            start = found[0].start()
            yield Secret("api_secret" if kind == "private_key" else kind, start, start + len(text), 0.8)


def _is_hash_or_link(page: Page, value: re.Match[str]) -> bool:
    """Whether a value that looks random is the beginning of a link, or a hash with a label nearer to it."""
    if page.text[value.end() : value.end() + 3] == "://" or value.group().lower().startswith(("http", "www.")):
        return True
    term = page.before(value.start(), 24, ("api", "key", "password", "public", "totp"))
    return term is not None and term.kind == "public"


def is_random(text: str) -> bool:
    """Whether text looks like nothing a person would write: long, with digits and letters that hardly repeat."""
    letters = sum(letter.isalpha() for letter in text)
    digits = sum(letter.isdigit() for letter in text)
    if len(text) < 12 or not digits or not letters:
        return False
    entropy = -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())
    return entropy >= min(3.0, log2(len(text)) - 0.7)


def _totp_seeds(page: Page) -> Iterator[Secret]:
    for match in _BASE32.finditer(page.text):
        value = match.group().replace(" ", "").replace("-", "").rstrip("=")
        mixed = any(letter.isdigit() for letter in value) or (value.isupper() and is_varied(value))
        if len(value) < 16 or not mixed or is_public(value):
            continue
        near = page.before(match.start(), _REACH, ("totp", "public", "key", "api", "code"))
        near = near or page.after(match.end(), _REACH, ("totp", "public", "key", "api"))
        if near is not None and near.kind != "public" and _is_near_totp(page, match):
            yield Secret("totp_seed", match.start(), match.end(), 0.85)


def is_varied(text: str) -> bool:
    """Whether the letters of a text are as many different ones as chance would take."""
    return len(set(text)) >= min(9, len(text) // 2)


def _is_near_totp(page: Page, match: re.Match[str]) -> bool:
    before = page.before(match.start(), _REACH, ("totp",))
    return before is not None or page.after(match.end(), _REACH, ("totp",)) is not None


def _password(page: Page, term: Term) -> Iterator[Secret]:
    """Yield what a label such as `password:` or words such as `my password is` introduce."""
    found = _value(page, term, _PASSWORD) or _value(page, term, _EVIDENT, beside=True)
    if found is None:
        return
    match, link = found
    text = match.group().rstrip(".,;!?)]}'’`。，！？、；")
    if page.spelled[term.start : term.end] in _BRIEF and not _COLON.search(link) and not _is_own(page, term):
        return
    if text[:1] in "{[($€£¥" or len(text) < 4 or is_public(text) or "://" in text or not text.strip("*•.xX_-"):
        return
    if _is_said(page.text, match.start(), text, link):
        yield Secret("password", match.start(), match.start() + len(text), 0.8)


def _is_own(page: Page, term: Term) -> bool:
    return page.spelled[max(0, term.start - 12) : term.start].rstrip().endswith(_OWN)


def _is_said(text: str, start: int, value: str, link: str) -> bool:
    """Whether a value is the password itself rather than the next word of a sentence about it."""
    if _is_mixed(value):
        return True
    if value >= "\u2e80":
        return False
    rest = text[start + len(value) : start + len(value) + 40].partition("\n")[0].lstrip("\"'”’)`")
    last = not rest.strip() or rest.lstrip()[:1] in ".,;!?|。，；！"
    if value.lower() in _NOT_SAID or not last:
        return False
    return link[-1:] in _QUOTED or bool(_COLON.search(link)) or (value.isascii() and _is_sole(text, start, link))


def _is_mixed(value: str) -> bool:
    """Whether text is no word: it has digits or signs among letters, or capitals inside."""
    if not value.isascii() and not any(letter.isascii() and letter.isalnum() for letter in value):
        return False
    signs = sum(not letter.isalnum() and letter not in "'’-./" for letter in value)
    digits = sum(letter.isdigit() for letter in value)
    capitals = any(letter.isupper() for letter in value[1:]) and not value.isupper()
    return digits > 0 or signs > 0 or capitals


def _is_sole(text: str, start: int, link: str) -> bool:
    """Whether the words before a value say that it comes now: `my password is x`, or Latin after another script."""
    before = text[max(0, start - len(link) - 30) : start].lower()
    return "my " in before or not link.strip().isascii() or not before.isascii()
