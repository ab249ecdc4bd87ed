"""The entries of a case's file as the messages that they are: each with its versions and the parts that joined it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.case import Direction, Entry
from gateway.casework.changes import DELETED


@dataclass(slots=True)
class Told:
    """One message. `number` is its place among all of the case, and stays; `versions` are oldest first."""

    number: int
    versions: list[Entry]
    parts: list[Told] = field(default_factory=list)

    @property
    def newest(self) -> Entry:
        """Its newest version, the only one that counts."""
        return self.versions[-1]

    @property
    def is_incoming(self) -> bool:
        """Whether it came in, rather than went out."""
        return self.newest.direction is Direction.IN

    @property
    def former(self) -> list[Entry]:
        """The versions before the newest whose words are no longer its words."""
        words = [(each.message.subject, each.message.text) for each in self.versions]
        return [entry for entry, mine, next_ in zip(self.versions, words, words[1:], strict=False) if mine != next_]

    @property
    def withdrawn(self) -> Entry | None:
        """The version in which its author had withdrawn it."""
        return next((each for each in self.versions if any(note.code == DELETED for note in each.message.notes)), None)


def all_messages(entries: Sequence[Entry]) -> list[Told]:
    """Return the messages of a file in the order in which they first came, parts too."""
    found: dict[tuple[Direction, str], Told] = {}
    for entry in entries:
        name = (entry.direction, entry.message.id)
        if name in found:
            found[name].versions.append(entry)
        else:
            found[name] = Told(len(found) + 1, [entry])
    messages = list(found.values())
    for each in messages:
        whole = found.get((Direction.IN, each.newest.part_of)) if each.newest.part_of else None
        if whole is not None and whole is not each:
            whole.parts.append(each)
    return messages


def top_messages(entries: Sequence[Entry]) -> list[Told]:
    """Return the messages that are no part of another one of the same file."""
    messages = all_messages(entries)
    parts = {part.number for each in messages for part in each.parts}
    return [each for each in messages if each.number not in parts]
