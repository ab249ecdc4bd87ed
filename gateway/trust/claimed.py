"""Which brand a mail speaks for by its name, its subject and its words: by how it addresses its reader and signs.

A mention is no claim: users name the brand that they write to, and say "my wallet"; who poses as it says "your wallet",
greets its customers and signs as its team. Not here: names that are a brand's as they stand (`gateway.trust.names`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.trust.affixes import affix
from gateway.trust.name_index import NameIndex, Strength, Watched
from gateway.trust.resemblance import Resemblance
from gateway.trust.words import keeps_distance
from gateway.trust.written import Written

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

MAX_CHARS = 12_000
"""So much of a text is read: who speaks shows in its greeting and where it ends, so both ends of a longer one."""

ENOUGH, PLENTY = 3, 5
_MOST_VOICES = 4
_NEAR = 4
_LEAST = 3
_WORD = re.compile("[^\\W_\u2e80-\uffff]+(?:['’][^\\W_\u2e80-\uffff]+)?|[\u2e80-\u9fff\uac00-\ud7af]+")
"""Words; where a script without spaces meets another one, a word ends."""
_GREETED = re.compile(
    r"(?:dear|valued|esteemed|hello|hi|estimad[oa]s?|querid[oa]s?|prezad[oa]s?|car[oa]s?|cher|chère|chers|liebe[rs]?|"
    r"geehrte[rs]?|уважаем\w+|дорог\w+|değerli|sayın|kính gửi|yth|yang terhormat|عزيزي|尊敬的|親愛的|亲爱的)\b.{0,40}$",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"^\W*(?:\w+ )?(?:users?|customers?|clients?|members?|holders?|community|traders?|investors?|subscribers?|owners?|"
    r"nutzer\w*|kund\w+|clientes?|usuari[oa]s?|usuári[oa]s?|utilisateur\w*|пользовател\w+|клиент\w*|kullanıcı\w*|"
    r"müşteri\w*|pengguna|用户|用戶|客户|客戶|のお客様|をご利用|고객|회원)",
    re.IGNORECASE,
)
_CUSTOMER_OF = re.compile(
    r"(?:cliente|usuari[oa]|usuári[oa]|membro|miembro|client|utilisateur|пользователь|клиент|khách hàng|người dùng|"
    r"pengguna|عميل|مستخدم)(?: d[eoa]s?| de la| của)?\W*$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"(?:\b(?:we|us|here|team|everyone) at|\bthank you for (?:choosing|using|trusting)|\bthanks for (?:choosing|using)|"
    r"\bon behalf of|©|\(c\)|\bcopyright)\W*(?:20\d\d\W*)*(?:the )?$",
    re.IGNORECASE,
)
_YOURS = re.compile(
    r"\b(?:your|su|tu|sua|seu|votre|ihre?|dein\w*|ваш\w*|您的|你的)(?: \w+){0,2}\W*$|^\W*(?:hesabınız|cüzdanınız)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"\W*(?:(?:the|your|best|kind|warm|sincerely|regards|cheers|thanks|thank you|el|la|a|o|l|le|das|ihr|dein|"
    r"с уважением|команда|equipo|equipe|équipe|tim|đội ngũ|فريق)\W+){0,4}(?:de |do |da |d')?.+?\W*(?:(?:support|"
    r"security|customer|service|care|compliance|account|accounts|wallet|team|help|desk|inc|ltd|llc|gmbh|limited|corp|corporation|"
    r"all|rights|reserved|ekibi|destek|поддержк\w+|команда|团队|團隊|客服|客服团队|サポート|チーム|팀|고객지원)\W*){1,6}",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 60
_OF = re.compile(r"\b(?:from|at|of|de|von|от|chez|da|dari|của)\W*$", re.IGNORECASE)
"""`Ann from Examplex`."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A brand's name in a text, and what stands around it."""

    watched: Watched
    before: str
    after: str
    line: str
    first: bool
    """Whether it stands in the first line that says anything."""


def claimed_brand(
    name: str,
    local: str,
    subject: str,
    text: str,
    directory: Directory,
    *,
    dangerous: Callable[[], bool] = lambda: False,
) -> Resemblance | None:
    """Tell which brand a mail claims to come from.

    `dangerous` tells whether its words are those of a known kind of scam; it is asked only where a brand has voices.
    `name` is the sender's display name, `local` what stands before the @. Asked only about senders that are not listed.
    """
    index = directory.name_index
    if not index.whole:
        return None
    heard = _Heard()
    for found in _names(name, index):
        if keeps_distance(tuple(f"{found.before} {found.after}".casefold().split())):
            return None
        heard.in_name(found, local)
    for found in _names(subject, index):
        heard.in_subject(found)
    for weight, watched in _voices(_ends(text), index):
        heard.in_text(watched, weight)
    return heard.told(index, dangerous)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What speaks for each brand: voices are its own, as of a sender; points are what anybody may say, too."""

    voices: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    known: dict[str, Watched] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    titled: set[str] = field(default_factory=set)

    def in_name(self, found: _Named, local: str) -> None:
        brand = self._know(found.watched)
        if brand not in self.named:
            self.named.add(brand)
            self.voices[brand] += _by_name(found)
            self.points[brand] += Written.of(local).plain == found.watched.key

    def in_subject(self, found: _Named) -> None:
        brand = self._know(found.watched)
        self.points[brand] += brand not in self.titled
        self.titled.add(brand)

    def in_text(self, watched: Watched, weight: int) -> None:
        brand = self._know(watched)
        if weight > 1:
            self.voices[brand] = max(self.voices[brand], min(self.voices[brand] + weight, _MOST_VOICES))
        else:
            self.points[brand] += weight

    def told(self, index: NameIndex, dangerous: Callable[[], bool]) -> Resemblance | None:
        """Return the brand that most speaks for, if that is enough."""
        if not self.known:
            return None
        brand = max(self.known, key=lambda each: (self.voices[each], self.points[each]))
        if self.voices[brand] < 2:
            return None
        sum_of = self.voices[brand] + min(self.points[brand], 2) + dangerous()
        # Who is named by neither name nor subject may be whom the mail tells of.
        enough = ENOUGH if brand in self.named | self.titled else ENOUGH + 1
        if sum_of < enough:
            return None
        watched, by_name = self.known[brand], brand in self.named
        shown = index.shown(watched, "email")
        where = "its name and its words speak" if by_name else "its words speak"
        reason = f"{where} for {shown.brand_name}, whose address it is not"
        confidence = 0.9 if sum_of >= PLENTY else 0.75
        return Resemblance(shown, "display_name" if by_name else "claimed_text", confidence, reason)

    def _know(self, watched: Watched) -> str:
        brand = watched.guarded.brand
        self.known.setdefault(brand, watched)
        return brand


def _by_name(found: _Named) -> int:
    """Return how much a display name speaks for a brand that it holds as a word."""
    around = [word.casefold() for word in _WORD.findall(f"{found.before} {found.after}")]
    if found.watched.strength is Strength.OWN:
        return 3 if all(map(affix, around)) else 2
    return 1 if around and not _OF.search(found.before) else 2


def _ends(text: str) -> str:
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS // 2]}\n{text[-MAX_CHARS // 2 :]}"


def _voices(text: str, index: NameIndex) -> Iterator[tuple[int, Watched]]:
    """Yield (how much it speaks for its being the speaker, name), each kind of voice of a brand once."""
    seen: set[tuple[str, str]] = set()
    for found in _names(text, index):
        brand = found.watched.guarded.brand
        for kind, weight in _voice(found):
            if (brand, kind) not in seen:
                seen.add((brand, kind))
                yield weight, found.watched


def _voice(found: _Named) -> Iterator[tuple[str, int]]:
    greets = _GREETED.search(found.before) is not None
    if (greets and _CUSTOMER.search(found.after)) or (greets and _CUSTOMER_OF.search(found.before)):
        yield "greets", 2
    if _SPEAKS.search(found.before):
        yield "speaks", 2
    line = found.line.strip()
    if not found.first and not greets and len(line) <= _LONGEST_SIGNATURE and _SIGNED.fullmatch(line):
        yield "signs", 2
    if _YOURS.search(found.before):
        yield "yours", 1
    yield "mentions", 0


def _names(text: str, index: NameIndex) -> Iterator[_Named]:
    """Yield the watched names that stand in a text as words, one to three together."""
    first = True
    for line in text.splitlines():
        words = list(_WORD.finditer(line))
        keys = [Written.of(word[0]).plain for word in words]
        place = 0
        while place < len(words):
            size, watched = next(
                ((size, found) for size in (3, 2, 1) if (found := _at(keys, place, size, index)) is not None), (1, None)
            )
            if watched is not None:
                begin, end = words[place].start(), words[place + size - 1].end()
                around = words[max(0, place - _NEAR)].start(), words[min(len(words), place + size + _NEAR) - 1].end()
                yield _Named(watched, line[around[0] : begin], line[end : around[1]], line, first)
            place += size
        first = first and not words


def _at(keys: list[str], place: int, size: int, index: NameIndex) -> Watched | None:
    key = "".join(keys[place : place + size]) if place + size <= len(keys) else ""
    watched = index.whole.get(key) if len(key) >= _LEAST else None
    # A skeleton may be that of another word: only what reads so letter by letter counts.
    return watched if watched is not None and watched.key == key else None
