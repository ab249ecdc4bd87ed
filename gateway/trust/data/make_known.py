"""Writes known_words.bin, known_common.bin and known_everyday.txt.xz from the frequencies of wordfreq; run by hand.

    python gateway/trust/data/make_known.py gateway/trust/data

The rule is in README.md beside it. The package wordfreq is needed for this alone.
"""

from __future__ import annotations

import lzma
import math
import re
import sys
import unicodedata
from array import array
from pathlib import Path
from zlib import crc32

from wordfreq import get_frequency_dict

PRODUCT = ("es", "pt", "tr", "vi", "id", "fr", "de")
"""The product's languages that are written in Latin letters, beside English."""
FURTHER = ("it", "nl", "pl", "cs", "sv", "da", "fi", "hu", "ro", "nb", "ca", "ms", "fil")
"""Further languages in Latin letters: sites everywhere bear their words."""
COMMON = 2.7
"""How often a common word is written: from five times in ten million words on (Zipf's scale)."""
RARE_ENGLISH, RARE, RARE_FURTHER = 1.0, 1.5, 2.0
"""From where on a word is known at all; the larger the part of the web a language has, the deeper."""
EVERYDAY_ENGLISH, EVERYDAY = 3.2, 3.8
"""From where on a word is one that compounds are made of."""
MAX_STEP = 0xFFFF
_WORD = re.compile(r"[a-z]{3,24}")
_OTHERS = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d"})


def latin(word: str) -> str:
    """Return a word as it stands in a host: small letters without marks."""
    apart = unicodedata.normalize("NFKD", word.translate(_OTHERS))
    return "".join(char for char in apart if not unicodedata.combining(char))


def words_of(language: str, least: float) -> set[str]:
    """Return the words of a language that are written at least so often, on Zipf's scale."""
    listed = get_frequency_dict(language, "best").items()
    found = (latin(word) for word, share in listed if math.log10(share) + 9 >= least)
    return {word for word in found if _WORD.fullmatch(word)}


def packed(words: set[str]) -> bytes:
    """Return the sorted check sums as 16-bit steps; a wider gap gets marks in between that mean nothing."""
    steps, last = array("H"), 0
    for value in sorted({crc32(word.encode()) for word in words}):
        while value - last > MAX_STEP:
            steps.append(MAX_STEP)
            last += MAX_STEP
        steps.append(value - last)
        last = value
    if sys.byteorder == "big":
        steps.byteswap()
    return steps.tobytes()


def main(folder: Path) -> None:
    """Write the files into the folder."""
    common = {word for language in ("en", *PRODUCT) for word in words_of(language, COMMON)}
    known = common | words_of("en", RARE_ENGLISH)
    known |= {word for language in PRODUCT for word in words_of(language, RARE)}
    known |= {word for language in FURTHER for word in words_of(language, RARE_FURTHER)}
    everyday = words_of("en", EVERYDAY_ENGLISH)
    everyday |= {word for language in PRODUCT for word in words_of(language, EVERYDAY)}
    (folder / "known_everyday.txt.xz").write_bytes(lzma.compress("\n".join(sorted(everyday)).encode(), preset=9))
    (folder / "known_common.bin").write_bytes(packed(common))
    (folder / "known_words.bin").write_bytes(packed(known))
    sys.stdout.write(f"{len(everyday)} everyday words, {len(common)} common ones, {len(known)} known ones\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
