"""Conversations as people have them, kept as transcripts in tests/samples, and read for tests that play them.

A transcript is Markdown. A block begins with who speaks, and how when it is not in plain words, such as by a photo or
in public; what is said follows as a quote. Stand for what differs from time to time: {case}, {time}, {token}. A line in
italics lets ten minutes pass, or more where `how` names it. What the gateway says must be as written, to the letter.

Write mode: put a line `> ?` below each head of the bot's where nothing stands yet, run the test with GATEHOUSE_WRITE=1,
and read what it has written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent / "samples"
BREAK_SECS = 600

BOT_NAMES = ("机器人", "Bot")
AGENT_NAMES = ("客服人员", "Agent")
CASE = re.compile(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}")
TOKEN = re.compile(r"(?<=[?]start=)[A-Za-z0-9_-]{16,64}")
_HEAD = re.compile(r"\*\*([^，,：:*]+)(?:[，,] ?([^：:*]+))?[：:]\*\*")
_BREAK = re.compile(r"\*[^*]+\*")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(slots=True)
class Block:
    """What one party says, or a break, whose `who` is empty and whose `how` tells what happens in it."""

    who: str
    how: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def transcript(name: str, how: Mapping[str, str]) -> Iterator[Block]:
    """Yield the blocks of a transcript; `how` names the ways of speaking. All else in it is for its reader."""
    block: Block | None = None
    for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines():
        if head := _HEAD.fullmatch(line.strip()):
            if block is not None:
                yield block
            block = Block(head[1], how[head[2]] if head[2] else "")
        elif _BREAK.fullmatch(line.strip()):
            if block is not None:
                yield block
            block = Block("", how.get(line.strip().strip("*"), ""))
        elif line.startswith(">") and block is not None:
            block.lines.append(line[1:].removeprefix(" "))
    if block is not None:
        yield block


def check(name: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Compare what was to be said with what was said; with GATEHOUSE_WRITE=1 write that into the transcript instead.

    Whoever writes one reads it afterwards as its user would: a transcript is right only because somebody found it so.
    """
    heard = list(pairs)
    if os.environ.get("GATEHOUSE_WRITE") == "1":
        _write(SAMPLES / name, iter(heard))
    differing = [f"wanted:\n{wanted}\n\nsaid:\n{said}" for wanted, said in heard if wanted != said]
    assert not differing, "\n\n".join(differing)


def _write(path: Path, heard: Iterator[tuple[str, str]]) -> None:
    """Write what the bot has said into its blocks; what agents say stays theirs."""
    lines: list[str] = []
    skips = False
    for line in path.read_text(encoding="utf-8").splitlines():
        head = _HEAD.fullmatch(line.strip())
        skips = skips and line.startswith(">")
        if not skips:
            lines.append(line)
        if head is not None and head[1] in (*BOT_NAMES, *AGENT_NAMES):
            _, said = next(heard)
            if head[1] in BOT_NAMES:
                lines += [f"> {each}".rstrip() for each in said.splitlines()]
                skips = True
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def masked(text: str) -> str:
    """Return what was said as a transcript has it."""
    return TOKEN.sub("{token}", _TIME.sub("{time}", CASE.sub("{case}", text)))


def quoted_lines(name: str) -> int:
    """Return how many lines of a transcript are said."""
    return sum(line.startswith(">") for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines())
