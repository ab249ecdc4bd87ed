"""Masks text that is written in another form (entities, escapes, tags), leaving all else of that form as it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from gateway.trust.secrets.model import Secret, joined, marker


@dataclass(slots=True)
class Layer:
    """A plain text made of pieces of a source; pieces that are no text of it stand for what parts its words."""

    _texts: list[str] = field(default_factory=list)
    _plain: list[int] = field(default_factory=list)
    _source: list[tuple[int, int, bool]] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str, start: int, end: int) -> None:
        """Add what a part of the source reads as: letter by letter where both are equally long, else as one."""
        if text:
            self._put(text, start, end, True)

    def part(self, text: str, place: int) -> None:
        """Add what parts words at a place of the source, and stands for nothing that may be masked."""
        self._put(text, place, place, False)

    def _put(self, text: str, start: int, end: int, solid: bool) -> None:
        self._texts.append(text)
        self._plain.append(self._length)
        self._source.append((start, end, solid))
        self._length += len(text)

    def text(self) -> str:
        """Return the plain text."""
        return "".join(self._texts)

    def pieces(self, secret: Secret) -> Iterator[tuple[int, int]]:
        """Yield the parts of the source that a secret of the plain text is written in."""
        number = max(0, bisect_right(self._plain, secret.start) - 1)
        while number < len(self._plain) and self._plain[number] < secret.end:
            low, text = self._plain[number], self._texts[number]
            start, end, solid = self._source[number]
            if solid and len(text) == end - start:
                start, end = start + max(0, secret.start - low), start + min(len(text), secret.end - low)
            if solid and start < end:
                yield start, end
            number += 1


def _sources(layer: Layer, secret: Secret) -> Iterator[Secret]:
    """Yield the parts of the source that a secret is written in, neighbours as one."""
    here: tuple[int, int] | None = None
    for start, end in layer.pieces(secret):
        if here is not None and start == here[1]:
            here = (here[0], end)
            continue
        if here is not None:
            yield Secret(secret.kind, *here, secret.confidence)
        here = (start, end)
    if here is not None:
        yield Secret(secret.kind, *here, secret.confidence)


def mask_layers(
    source: str, layers: Iterable[Layer], find: Callable[[str], tuple[Secret, ...]]
) -> tuple[str, tuple[Secret, ...]]:
    """Return a source without the secrets of its layers, and those secrets: each from its first to its last character.

    The first part of a secret becomes its mark, the others vanish; what stands between them stays.
    """
    parts: list[Secret] = []
    heads: set[int] = set()
    whole: list[Secret] = []
    for layer in layers:
        for secret in find(layer.text()):
            own = list(_sources(layer, secret))
            if own:
                heads.add(own[0].start)
                parts.extend(own)
                whole.append(Secret(secret.kind, own[0].start, own[-1].end, secret.confidence))
    pieces: list[str] = []
    here = 0
    for part in joined(parts):
        head = any(start in heads for start in range(part.start, part.end))
        pieces += (source[here : part.start], marker(part.kind) if head else "")
        here = part.end
    return "".join((*pieces, source[here:])), joined(whole)
