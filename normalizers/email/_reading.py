"""The state of reading one mail: what it has used of its caps, and what had to be noted on the way."""

from __future__ import annotations

from gateway.case import Note
from normalizers.email import _limits


class Reading:
    """Collects notes, each code once, and counts parts and encoded words."""

    def __init__(self) -> None:
        self._notes: dict[str, str] = {}
        self._words = _limits.WORDS
        self.parts = 0
        """How many parts were cut, those of mails in files too."""
        self.rtf_bytes = _limits.RTF_BYTES
        """How much more RTF is unpacked: it costs the most for a byte."""

    def note(self, code: str, detail: str) -> None:
        """Remember what could not be done; the first detail of a code stays."""
        self._notes.setdefault(code, detail)

    def take_word(self) -> bool:
        """Return whether one more encoded word may be decoded."""
        self._words -= 1
        if self._words < 0:
            self.note("encoded_words_over_cap", f"Only the first {_limits.WORDS} encoded words were decoded.")
        return self._words >= 0

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return the notes in the order of their first appearance."""
        return tuple(Note(code=code, detail=detail) for code, detail in self._notes.items())
