"""A text whose charset is not said, or wrongly, is read by its letters: tried with each line of our own answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.answers import locales
from normalizers.email import _guessing

FOLDER = Path(locales.__file__).parent / "locales"
LEAST = 12
"""Lines with fewer bytes above ASCII tell too little."""


def _lines(language: str, codec: str) -> list[bytes]:
    """Return the lines of a language that a codec can write, and that hold enough that is not ASCII."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted((FOLDER / language).glob("*.ftl")))
    texts = [line.rpartition(" = ")[2].strip() for line in text.splitlines()]
    encoded = [line.encode(codec) for line in texts if line.encode(codec, "ignore").decode(codec) == line]
    return [line for line in encoded if sum(byte > 0x7F for byte in line) >= LEAST]


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("ru", "cp1251"), ("ru", "koi8_r"), ("ar", "cp1256"), ("ko", "cp949"), ("ja", "cp932"), ("ja", "euc_jp"),
        ("zh-CN", "gb18030"), ("zh-Hant", "big5hkscs"),
    ],
)  # fmt: skip
def test_p30_the_charset_of_a_line_is_found_by_its_letters(language: str, codec: str) -> None:
    lines = _lines(language, codec)
    assert len(lines) > 30
    right = sum(_guessing.charset_of(line) == codec for line in lines)
    assert right >= 0.85 * len(lines), f"{right} of {len(lines)}"


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "tr", "vi", "id", "en"])
@pytest.mark.parametrize("codec", ["cp1252", "cp1254"])
def test_p30_what_is_latin_is_taken_for_nothing_else(language: str, codec: str) -> None:
    assert {_guessing.charset_of(line) for line in _lines(language, codec)} <= {None}


def test_a_few_letters_tell_nothing() -> None:
    for text in ("Müller", "Ação", "ÄÖÜ", "œuvre", "naïve café"):
        assert _guessing.charset_of(text.encode("cp1252")) is None
    assert _guessing.charset_of(b"") is None
