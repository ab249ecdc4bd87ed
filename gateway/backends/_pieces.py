"""A part whose files are more, or larger, than one call of a ticket system takes, as several parts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.backends._parts import Part, mark_of
from gateway.ports import Key, TicketFile

MEGABYTE = 1_000_000


def pieces_of(part: Part, most_files: int, most_bytes: int) -> tuple[Part, ...]:
    """Return what is written instead of a part, in order: the words first, its own mark on the last piece.

    A file that no call could carry is named to the agents and stays in the gateway.
    """
    fitting = [file for file in part.files if file.size <= most_bytes]
    groups = _groups(fitting, most_files, most_bytes)
    pieces = [replace(part, files=groups[0])]
    pieces += [replace(part, text=_names(group), files=group) for group in groups[1:]]
    large = [file for file in part.files if file.size > most_bytes]
    if large:
        told = f"Too large for the ticket system, so in the gateway alone: {_names(large)}"
        pieces.append(Part(part.mark, told, for_agents=True))
    last = len(pieces) - 1
    return tuple(
        piece if number == last else replace(piece, mark=mark_of(Key(f"{part.mark}#{number}")))
        for number, piece in enumerate(pieces)
    )


def _groups(files: Sequence[TicketFile], most_files: int, most_bytes: int) -> list[tuple[TicketFile, ...]]:
    groups: list[tuple[TicketFile, ...]] = [()]
    for file in files:
        group = groups[-1]
        if len(group) >= most_files or sum(each.size for each in group) + file.size > most_bytes:
            groups.append((file,))
        else:
            groups[-1] = (*group, file)
    return groups


def _names(files: Sequence[TicketFile]) -> str:
    return ", ".join(f"{file.name} ({file.size / MEGABYTE:.1f} MB)" for file in files)
