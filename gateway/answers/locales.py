"""Every sentence that the gateway itself says to a user, in the user's language, from the packaged Fluent files.

Not here: which sentence to say (`gateway.answers.compose`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.syntax import FluentParser, ast

from gateway.triage.tags import Tags

FALLBACK = "en"
"""Spoken to whoever's language has no file."""

LANGUAGES = ("en", "zh-CN", "zh-Hant", "es", "pt", "ru", "tr", "vi", "id", "ar", "fr", "de", "ja", "ko")
"""The languages with a file, by their BCP 47 tag."""

_NAME = "language-name"
_OWN_NAME = re.compile(rf"^{_NAME} = (.+)$", re.MULTILINE)
_MAX_ARGUMENT = 1_000
"""Characters; Fluent refuses a piece of 2,500."""

RIGHT_TO_LEFT = frozenset({"ar"})
"""Languages in whose lines a number, a name or a link of Latin letters would stand out of order."""
_UNMARKED = re.compile(r"public-|button-|[a-z-]*-subject$")
"""Texts that programs read, too: a mark would part the sign of a mention, or of a subject's number, from the rest."""
_LATIN = re.compile(r"[A-Za-z]|[0-9][^\s\w]|[^\s\w][0-9]")
"""What makes a value one that has to be kept together; plain digits are read well in either direction."""
_RIGHT = re.compile("[\u0590-\u08ff\n]")
"""A value in which these stand is a text of its own, marked already; a mark does not reach beyond its line."""


class Locales:
    """The texts of all languages; each is parsed when it is first spoken."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Take Fluent source texts by language tag; the fallback language must be among them."""
        self._sources = dict(sources)
        self._spoken: dict[str, _Spoken] = {}
        self._tags = Tags(sources)

    def resolve(self, language: str) -> str:
        """Return the language to speak for a BCP 47 tag: itself, its nearest kin, or the fallback."""
        return self._tags.nearest(language) or FALLBACK

    def text(self, language: str, key: str, **args: str) -> str:
        """Return one text; raises LookupError for a key or an argument that is missing."""
        tag = self.resolve(language)
        if args and tag in RIGHT_TO_LEFT and not _UNMARKED.match(key):
            args = {name: isolated(value) for name, value in args.items()}
        plain = self._in(tag).plain.get(key)
        if plain is not None and plain.takes(args):
            return plain.filled_in(args)
        pattern = self._pattern(tag, key)
        if pattern is None:
            raise LookupError(f"there is no text {key} in {tag}")
        formatted, errors = self._in(tag).bundle.format_pattern(pattern, args)
        if errors:
            raise LookupError(f"the text {key} in {tag} cannot be formed: {errors[0]}")
        return str(formatted)

    def own_name(self, tag: str) -> str:
        """Return what a language calls itself; cheap, for all are named where one is chosen."""
        found = _OWN_NAME.search(self._sources[tag])
        return found[1].strip() if found else tag

    def has(self, language: str, key: str) -> bool:
        """Whether the language that would be spoken has this text."""
        return self._pattern(self.resolve(language), key) is not None

    def _pattern(self, tag: str, key: str) -> Pattern | None:
        bundle = self._in(tag).bundle
        return bundle.get_message(key).value if bundle.has_message(key) else None

    def _in(self, tag: str) -> _Spoken:
        """Return a language, read when it is first spoken: a desk speaks few of them."""
        found = self._spoken.get(tag)
        if found is None:
            source = self._sources[tag]
            found = self._spoken[tag] = _Spoken(_bundle(tag, source), dict(_plain_texts(source)))
        return found


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One language, ready to be spoken."""

    bundle: FluentBundle
    plain: Mapping[str, _PlainText]


@dataclass(frozen=True, slots=True)
class _PlainText:
    """A text that only holds variables: it is put together here, in a tenth of the time that Fluent takes."""

    pieces: tuple[tuple[str, bool], ...]
    """Words, or the name of a variable, and whether it is one."""
    variables: frozenset[str]

    def takes(self, args: Mapping[str, str]) -> bool:
        """Whether nothing is missing or too long, which is for Fluent to judge."""
        return self.variables <= args.keys() and all(len(value) <= _MAX_ARGUMENT for value in args.values())

    def filled_in(self, args: Mapping[str, str]) -> str:
        return "".join([args[text] if variable else text for text, variable in self.pieces])


def isolated(value: str) -> str:
    """Return a value of Latin letters between the marks that keep it in order in a line from right to left.

    Behind a link stands a space, so that no program takes the mark for a part of it.
    """
    if not _LATIN.search(value) or _RIGHT.search(value):
        return value
    return f"\u2068{value} \u2069" if "://" in value else f"\u2068{value}\u2069"


@cache
def packaged_sources() -> Mapping[str, str]:
    """Return the Fluent source of every language, all files of its folder as one, read from the package once."""
    folder = files("gateway.answers").joinpath("locales")
    return {tag: _whole(folder.joinpath(tag)) for tag in LANGUAGES}


def _whole(folder: Traversable) -> str:
    named = sorted((each for each in folder.iterdir() if each.name.endswith(".ftl")), key=lambda each: each.name)
    return "\n\n".join(each.read_text(encoding="utf-8") for each in named)


@cache
def load_locales() -> Locales:
    """Return the packaged languages, parsed once."""
    return Locales(packaged_sources())


def _plain_texts(source: str) -> Iterator[tuple[str, _PlainText]]:
    """Yield the texts of words and variables alone, by key; the first of a key counts, as it does for Fluent."""
    seen: set[str] = set()
    for entry in FluentParser().parse(source).body:
        if not isinstance(entry, ast.Message) or entry.id.name in seen:
            continue
        seen.add(entry.id.name)
        pieces = tuple(map(_piece, entry.value.elements)) if entry.value is not None else (None,)
        found = tuple(piece for piece in pieces if piece is not None)
        if len(found) == len(pieces):
            yield entry.id.name, _PlainText(found, frozenset(text for text, variable in found if variable))


def _piece(element: ast.TextElement | ast.Placeable) -> tuple[str, bool] | None:
    match element:
        case ast.TextElement(value=text) if len(text) <= _MAX_ARGUMENT:
            return text, False
        case ast.Placeable(expression=ast.VariableReference(id=name)):
            return name.name, True
        case _:
            return None


def _bundle(tag: str, source: str) -> FluentBundle:
    # Isolation marks are set by `Locales.text` alone, where a language needs them: elsewhere they are stray characters.
    bundle = FluentBundle([tag], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle
