"""The commands that people give in words: what a whole message that is one means. Pure; the words are data.

A sentence is never a command: beside the words themselves only what the command takes may stand there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from gateway import identity
from gateway.answers.asking import Command
from gateway.answers.locales import LANGUAGES, load_locales
from gateway.answers.tokens import cited_case_ids
from gateway.triage.fold import fold

MAX_CHARS = 96
"""A longer message is no command in words."""
SLASHES = "/\uff0f"
"""What stands before a command that is none in words."""
_MAX_WORDS = 8
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_NAME = re.compile(r"\S*[@./:]\S*")
"""What can be the name of an account, an address or a link."""
_ANSWERED = re.compile(r"\s*[^\W\d_]{1,12}\s?[:\uff1a]")
"""What mail programs put before a subject: Re:, Fwd:, Antw:, 回复："""
_TAGGED = re.compile(r"\[[^\[\]]{0,40}\]")


class Word(NamedTuple):
    """A command that a language has words for."""

    name: str
    languages: tuple[str, ...]


@lru_cache(maxsize=256)
def word_command(text: str) -> Command | None:
    """Return the command that a whole text is in some language's words; None for anything else."""
    said = text.strip()
    if not said or len(said) > MAX_CHARS or "\n" in said or said[0] in SLASHES:
        return None
    known = _words()
    if found := known.get(_plain(said)):
        return Command(found.name, "", found.languages)
    tokens = said.split()
    if not 1 < len(tokens) <= _MAX_WORDS or _plain(tokens[0]) not in _openings():
        return None
    # The longest words that leave something over: what is left must be what the command takes.
    for count in range(len(tokens) - 1, 0, -1):
        found = known.get(_plain(" ".join(tokens[:count])))
        rest = " ".join(tokens[count:])
        if found is not None and (takes := _TAKES.get(found.name)) is not None and takes(rest):
            return Command(found.name, rest, found.languages)
    return None


def subject_command(subject: str) -> Command | None:
    """Return the command that a mail's subject is, whatever its program and ours have put around it."""
    if len(subject) > 2 * MAX_CHARS:
        return None
    numbers = cited_case_ids(subject)
    bare = _TAGGED.sub(" ", subject)
    while (match := _ANSWERED.match(bare)) is not None:
        bare = bare[match.end() :]
    found = word_command(bare.strip().lstrip(SLASHES))
    if found is None or found.args or not numbers or found.name not in NUMBERED:
        return found
    return Command(found.name, " ".join(numbers), found.languages)


def may_be_word(text: str) -> bool:
    """Whether a text is a command in words."""
    return len(text) <= MAX_CHARS and word_command(text) is not None


def language_of_word(command: Command, hinted: str, here: str) -> str:
    """Return the language that a word was given in; empty where it is not in words.

    A word that several languages have is of the one that the platform tells of its person, or that the case is in.
    """
    if not command.languages:
        return ""
    spoken = {load_locales().resolve(tag) for tag in (hinted, here) if tag}
    told = [tag for tag in command.languages if tag in spoken]
    return (told or [tag for tag in command.languages if tag == "en"] or list(command.languages))[0]


def _plain(text: str) -> str:
    return fold(_EDGES.sub("", text))


def is_numbers(text: str) -> bool:
    """Whether a text is case numbers alone."""
    return bool(cited_case_ids(text)) and all(cited_case_ids(each) for each in re.split(r"[\s,;]+", text) if each)


def _is_language(text: str) -> bool:
    named = fold(text)
    return any(named in (fold(tag), fold(load_locales().own_name(tag))) for tag in LANGUAGES)


def _is_name(text: str) -> bool:
    return " " not in text and _NAME.fullmatch(text) is not None


NUMBERED = ("status", "close", "reopen", "agent")
"""The commands that take case numbers."""
_TAKES: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(NUMBERED, is_numbers),
    "language": _is_language,
    "link": lambda text: bool(identity.read(text)),
    "verify": _is_name,
}
"""What may stand behind the words of a command."""


def is_argument(command: Command) -> bool:
    """Whether what stands behind a command, if anything, is what it takes, and no words of somebody's own."""
    takes = _TAKES.get(command.name)
    return not command.args or (takes is not None and takes(command.args))


def main_word(name: str, language: str) -> str:
    """Return the word that people of a language are told for a command; English where it has none."""
    spoken = _data().get(name, {})
    return next(iter(spoken.get(language, ()) or spoken.get("en", ())), name)


@cache
def _openings() -> frozenset[str]:
    """Return what the words begin with, so that a message that begins with none is looked at no further."""
    return frozenset(_plain(word.split()[0]) for of in _data().values() for words in of.values() for word in words)


@cache
def _words() -> Mapping[str, Word]:
    return _table(_data())


@cache
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("gateway.answers").joinpath("data/words.toml").read_text(encoding="utf-8"))


def _table(data: Mapping[str, Mapping[str, list[str]]]) -> Mapping[str, Word]:
    """Return the command of each word. Raises ValueError for one that stands for two."""
    table: dict[str, Word] = {}
    for name, spoken in data.items():
        for language, words in spoken.items():
            for word in words:
                known = table.setdefault(_plain(word), Word(name, ()))
                if known.name != name:
                    raise ValueError(f"a word of {language} stands for both {known.name} and {name}")
                table[_plain(word)] = Word(name, tuple(dict.fromkeys((*known.languages, language))))
    return table
