"""Every sentence that the gateway itself says to a user, in the user's language, from the packaged Fluent files.

Not here: which sentence to say (`gateway.answers.compose`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern

FALLBACK = "en"
"""Spoken to whoever's language has no file."""

LANGUAGES = ("en", "zh-CN")
"""The languages with a file, by their BCP 47 tag."""

FILE_NAME = "answers.ftl"


class Locales:
    """The texts of all languages; immutable once made."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Take Fluent source texts by language tag; the fallback language must be among them."""
        self._bundles = {tag: _bundle(tag, source) for tag, source in sources.items()}
        self._exact = {tag.casefold(): tag for tag in sources}
        self._by_family = {tag.casefold().split("-")[0]: tag for tag in reversed(list(sources))}

    def resolve(self, language: str) -> str:
        """Return the language to speak for a BCP 47 tag: itself, its nearest kin, or the fallback.

        Every Chinese tag finds zh-CN: a reader of traditional characters is served better by it than by English.
        """
        tag = language.strip().replace("_", "-").casefold()
        return self._exact.get(tag) or self._by_family.get(tag.split("-")[0]) or FALLBACK

    def text(self, language: str, key: str, **args: str) -> str:
        """Return one text; raises LookupError for a key or an argument that is missing."""
        tag = self.resolve(language)
        pattern = self._pattern(tag, key)
        if pattern is None:
            raise LookupError(f"there is no text {key} in {tag}")
        formatted, errors = self._bundles[tag].format_pattern(pattern, args)
        if errors:
            raise LookupError(f"the text {key} in {tag} cannot be formed: {errors[0]}")
        return str(formatted)

    def has(self, language: str, key: str) -> bool:
        """Whether the language that would be spoken has this text."""
        return self._pattern(self.resolve(language), key) is not None

    def _pattern(self, tag: str, key: str) -> Pattern | None:
        bundle = self._bundles[tag]
        return bundle.get_message(key).value if bundle.has_message(key) else None


@cache
def packaged_sources() -> Mapping[str, str]:
    """Return the Fluent source of every language, read from the package once."""
    folder = files("gateway.answers").joinpath("locales")
    return {tag: folder.joinpath(tag, FILE_NAME).read_text(encoding="utf-8") for tag in LANGUAGES}


@cache
def load_locales() -> Locales:
    """Return the packaged languages, parsed once."""
    return Locales(packaged_sources())


def _bundle(tag: str, source: str) -> FluentBundle:
    # Isolation marks are for mixed-direction rendering; in a plain mail they are stray characters around a number.
    bundle = FluentBundle([tag], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle
