"""Rejoins the lines of text in the format `flowed` (RFC 3676): a line that ends in a space goes on in the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_DELIMITER = "-- "
"""Before a signature; never flowed (RFC 3676, section 4.3)."""


def is_flowed(params: Mapping[str, str]) -> bool:
    """Whether a part's parameters say that its text is of that format."""
    return params.get("format", "").strip().lower() == "flowed"


def rejoined(text: str, params: Mapping[str, str]) -> str:
    """Return the text with its paragraphs whole, in one pass; quotation marks stay before each."""
    deletes = params.get("delsp", "").strip().lower() == "yes"
    return "\n".join(_paragraphs(text, deletes))


def _paragraphs(text: str, deletes: bool) -> Iterator[str]:
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        # A space was put before what would else look like a mark, and before "From " (section 4.4).
        rest = line[marks:].removeprefix(" ")
        if pieces and (marks != depth or rest == _DELIMITER):
            # What flows into another depth of quotation was written wrongly, and ends there (section 4.5).
            yield _quoted(pieces, depth)
            pieces = []
        depth = marks
        if rest.endswith(" ") and rest != _DELIMITER:
            pieces.append(rest[:-1] if deletes else rest)
            continue
        yield _quoted([*pieces, rest], depth)
        pieces = []
    if pieces:
        yield _quoted(pieces, depth)


def _quoted(pieces: list[str], depth: int) -> str:
    line = "".join(pieces)
    return f"{'>' * depth} {line}" if depth else line
