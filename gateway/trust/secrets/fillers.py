"""Drops what recurs between the words of a phrase (`word 1 is …, word 2 is …`), and tells how regular that is.

A sentence has such words too, but not always the same ones between every two others: the gaps of a phrase look alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import eq

from gateway.trust.secrets.lists import fold

Token = tuple[int, int, str]
"""A word of a text: its place, and how it is compared."""

LEAST, LEAST_TOLD = 8, 5
"""How often something must recur to be taken for a filler, and where the text speaks of a phrase."""
_LONGEST_PERIOD = 9
_NUMERALS = re.compile("[一二三四五六七八九十两兩]+")
_CJK = "\u2e80"
_DIGITS = re.compile("[0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")
_COUNTING = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty one two three four five six "
    "seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen next "
    "then last final lastly finally uno dos tres cuatro cinco seis siete ocho nueve diez once doce um dois "
    "quatro sete oito nove dez onze doze primer tercer premier deuxieme troisieme quatrieme cinquieme "
    "sixieme septieme huitieme neuvieme dixieme onzieme douzieme un deux trois quatre cinq sept huit neuf "
    "dix eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf birinci ikinci ucuncu dorduncu "
    "besinci altinci yedinci sekizinci dokuzuncu onuncu on onbirinci onikinci pertama kedua ketiga "
    "keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh kesebelas keduabelas belas "
    "nhat hai ba bon nam sau bay tam chin "
    "muoi tu الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر الحادي عشر الأولى الثانية "
    "الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة الحادية عشرة один два три четыре пять "
    "шесть семь восемь девять десять одиннадцать двенадцать 첫 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 "
    "열두 첫번째 두번째 세번째 네번째 다섯번째 여섯번째 일곱번째 여덟번째 아홉번째 열번째 열한번째 열두번째"
)
_STEMS = (
    ("primer segund tercer cuart quint sext septim octav noven decim undecim duodecim primeir terceir quart setim "
     "oitav non prim second terz sest settim ottav undicesim dodicesim", "o a"),
    ("premi", "er ere"),
    ("erst zweit dritt viert funft sechst siebt acht neunt zehnt elft zwolft", "e er es en"),
    ("перв втор четверт пят шест седьм восьм девят десят одиннадцат двенадцат", "ый ая ое ой ого"),
    ("трет", "ий ья ье ьего"),
)  # fmt: skip
"""Stems of words that count, and their endings."""


@lru_cache(maxsize=1)
def _counting() -> frozenset[str]:
    """Return the words that count things one by one, in the product's languages."""
    bent = (stem + ending for stems, endings in _STEMS for stem in stems.split() for ending in endings.split())
    return frozenset(map(fold, (*_COUNTING.split(), *bent)))


def may_be_regular(words: Sequence[str]) -> bool:
    """Whether the words of a text recur at even distances. Cheap, and linear in the words."""
    if len(_counting().intersection(words)) >= LEAST:
        return True
    words = [_NUMERALS.sub("0", word) if word >= _CJK else word for word in words]
    if max(Counter(words).values(), default=0) < LEAST:
        return False
    wanted = b"\1" * (LEAST - 1)
    for period in range(2, _LONGEST_PERIOD + 1):
        same = bytes(map(eq, words, words[period:]))
        if any(wanted in same[slot::period] for slot in range(period)):
            return True
    return False


def without_fillers(tokens: Sequence[Token], told: bool) -> Iterator[list[Token]]:
    """Yield the words of a text without those that recur, and then without those that count as well.

    Words that stand beside themselves stay: a phrase may repeat one.
    """
    words = [_NUMERALS.sub("0", word) for _, _, word in tokens]
    least = LEAST_TOLD if told else LEAST
    fillers = {word for word, times in Counter(words).items() if times >= least}
    fillers -= {one for one, other in pairwise(words) if one == other}
    counting = _counting().intersection(words) - fillers
    if fillers:
        yield [token for token, word in zip(tokens, words, strict=True) if word not in fillers]
    if len(counting) >= least:
        fillers |= counting
        yield [token for token, word in zip(tokens, words, strict=True) if word not in fillers]


def regular(gaps: Sequence[str]) -> tuple[int, int, bool] | None:
    """Return from which gap to which those between words look alike, and whether they number the words.

    None where they differ too much, or have no letter, so that no filler was dropped there.
    """
    shapes = [_shape(gap) for gap in gaps]
    if not shapes:
        return None
    common, times = Counter(shapes).most_common(1)[0]
    low = shapes.index(common)
    high = len(shapes) - shapes[::-1].index(common)
    if times < LEAST_TOLD or times < (high - low) * 0.7 or not any(map(str.isalpha, common)):
        return None
    return low, high, "0" in common or "#" in common


def _shape(gap: str) -> str:
    words = _LETTERS.sub(lambda match: "#a" if fold(match.group()) in _counting() else match.group().lower(), gap)
    return _SPACE.sub(" ", _DIGITS.sub("0", _NUMERALS.sub("0", words))).replace("#a #a", "#a").replace("#a-#a", "#a")
