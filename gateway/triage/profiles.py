"""How much words speak for each of the languages that share a script, by frequencies of words and letters. Pure.

The values of one word for all languages stand side by side in one whole number (a lane of 16 bits each), so that adding
two numbers adds all of them at once. They come from the files in `data`, one for each script; the README there says
what these are.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gateway.triage.words import JARGON

UNIT = 12
"""A nat in the units of the data."""
_LANE = 2
"""Bytes of a lane: it holds the words and runs of letters that are looked at, each with 9 nats at most."""
_MAX_WORDS = 160
_MAX_RUNS = 120
"""Runs of letters after which no further word is looked at."""
_MAX_WORD = 24
"""Letters of one word that are looked at."""

_EXPECTED = {
    "en": 3 * UNIT,
    **dict.fromkeys(("es", "pt", "fr", "de", "tr", "id", "vi", "ru", "ar"), 2 * UNIT),
    **dict.fromkeys(("gl", "af"), 0),
}
"""Units ahead of all words: the languages that the product speaks are expected more than others, and least of all those
that few write, next to a neighbour that very many write."""
_EXPECTED_OF_OTHERS = UNIT


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest language, the nats by which it leads the next one, and how many words told anything."""

    language: str
    lead: float
    words: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What speaks for the languages of one script: words, and letters after up to three others."""

    languages: tuple[str, ...]
    words: dict[str, int]
    runs: dict[str, int]
    expected: int

    def of(self, words: Sequence[str]) -> Found:
        """Weigh words in lower case, as many as are looked at."""
        looked_at = words[:_MAX_WORDS]
        known = list(map(self.words.get, looked_at))
        total = self.expected + sum(filter(None, known))
        telling = len(known) - known.count(0)
        if None in known:
            total += self._by_letters([word for word, value in zip(looked_at, known, strict=True) if value is None])
        width = len(self.languages)
        lanes = list(struct.unpack(f"<{width}H", total.to_bytes(_LANE * width, "little")))
        first = max(lanes)
        best = lanes.index(first)
        lanes[best] = -1
        second = max(lanes)
        return Found(self.languages[best], (first - second) / UNIT, telling)

    def _by_letters(self, words: Sequence[str]) -> int:
        runs: list[str] = []
        for word in words:
            framed = f" {word[:_MAX_WORD]} "
            runs += (framed[:2], framed[:3])
            runs += [framed[start : start + 4] for start in range(len(framed) - 3)]
            if len(runs) > _MAX_RUNS:
                break
        get = self.runs.get
        return sum([get(run) or get(run[1:]) or get(run[2:]) or get(run[3:], 0) for run in runs])


@cache
def profile(script: str) -> Profile:
    """Return the profile of the languages of a script: Latin, Cyrillic or Arabic. It is unpacked once."""
    data = zlib.decompress((files("gateway.triage") / "data" / f"{script.lower()}.zlib").read_bytes())
    start = data.index(b"\n") + 1
    languages, words, size = json.loads(data[:start])
    values = start + size
    keys = data[start:values].decode().split("\n")
    width = len(languages)
    lanes = bytearray(_LANE * width)
    numbers = []
    for at in range(values, values + width * len(keys), width):
        lanes[::_LANE] = data[at : at + width]
        numbers.append(int.from_bytes(lanes, "little"))
    table = dict(zip(keys[:words], numbers[:words], strict=True))
    table.update(dict.fromkeys(JARGON, 0))
    return Profile(
        languages=tuple(languages),
        words=table,
        runs=dict(zip(keys[words:], numbers[words:], strict=True)),
        expected=sum(_EXPECTED.get(tag, _EXPECTED_OF_OTHERS) << 8 * _LANE * lane for lane, tag in enumerate(languages)),
    )
