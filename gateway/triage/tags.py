"""Which of the languages that there are is nearest to a BCP 47 tag that somebody, or their program, has told. Pure.

Tags are the sender's own words: nothing may be kept by one before it is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TRADITIONAL = re.compile(r"zh-(?:.*-)?(?:hant|tw|hk|mo)\b")


class Tags:
    """The languages that there are; of several of one family, the first that was given stands for it."""

    def __init__(self, known: Iterable[str]) -> None:
        given = tuple(dict.fromkeys(known))
        self.known = frozenset(given)
        self._exact = {tag.casefold(): tag for tag in given}
        self._by_family = {tag.casefold().split("-")[0]: tag for tag in reversed(given)}

    def nearest(self, language: str) -> str | None:
        """Return the language itself or its nearest kin; None where there is none.

        A Chinese tag finds the characters of its script or region, and where only the others are there, those.
        """
        if language in self.known:
            return language
        tag = language.strip().replace("_", "-").casefold()
        if _TRADITIONAL.match(tag) and "zh-hant" in self._exact:
            return self._exact["zh-hant"]
        return self._exact.get(tag) or self._by_family.get(tag.split("-")[0])
