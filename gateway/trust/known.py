"""What is known without any directory: the words of languages, and labels that are somebody's own name.

Words are kept as sorted check sums, four bytes each, read at the first question. One text in two thousand is taken for
a known word wrongly, one in fifteen thousand for a common one; nothing but a look-alike's alarm hangs on it.
"""

from __future__ import annotations

import lzma
import sys
from array import array
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from itertools import accumulate
from zlib import crc32


@cache
def _sums(name: str) -> array[int]:
    """Return the sorted check sums in a file that make_known.py wrote."""
    steps = array("H", (files("gateway.trust") / "data" / name).read_bytes())
    if sys.byteorder == "big":
        steps.byteswap()
    return array("I", accumulate(steps))


@cache
def _names(name: str) -> frozenset[str]:
    text = (files("gateway.trust") / "data" / name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def everyday_words() -> list[str]:
    """Return the words that compounds are made of, well-known companies among them."""
    packed = (files("gateway.trust") / "data" / "known_everyday.txt.xz").read_bytes()
    return [*lzma.decompress(packed).decode("ascii").split(), *_names("known_names.txt")]


def _holds(sums: array[int], text: str) -> bool:
    value = crc32(text.encode("utf-8", "surrogatepass"))
    place = bisect_left(sums, value)
    return place < len(sums) and sums[place] == value


def is_word(text: str) -> bool:
    """Whether a text, in small Latin letters without marks, is a common word of one of the product's languages."""
    return _holds(_sums("known_common.bin"), text)


def is_known_label(text: str) -> bool:
    """Whether a label, in small Latin letters, is a word of any language, or well known as somebody's own name."""
    listed = text in _names("known_names.txt") or text in _names("known_crypto.txt")
    return listed or _holds(_sums("known_words.bin"), text)
