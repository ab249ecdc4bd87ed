"""A desk's own texts: what is wrong with a file of them, and the locales in which they stand before ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast, visitor

from gateway.answers.locales import FALLBACK, Locales, packaged_sources

MAX_CHARS = 256 * 1024
"""The longest file of texts."""
_TEMPLATE = re.compile(r"(first|fact|legal)-([a-z][a-z0-9_]{0,40})(?:-[a-z0-9]{1,8}){0,4}")
_SAMPLE = "x"


class Wrong(NamedTuple):
    """One thing to mend in a file of texts."""

    line: int
    message: str


def locales_with(own: Mapping[str, str]) -> Locales:
    """Return the packaged languages with a desk's own texts, by language: those come first, and so count."""
    return Locales(
        {tag: f"{own[tag]}\n\n{source}" if tag in own else source for tag, source in packaged_sources().items()}
    )


def wrong_in(source: str, categories: Collection[str]) -> Iterator[Wrong]:
    """Yield what is wrong with the texts of one language; `categories` are those for which there may be templates."""
    if len(source) > MAX_CHARS:
        yield Wrong(1, f"is longer than {MAX_CHARS} characters")
        return
    seen: set[str] = set()
    for entry in FluentParser().parse(source).body:
        # A comment belongs to what it stands above: the line is that of the key.
        named = entry.id if isinstance(entry, (ast.Message, ast.Term)) else entry
        line = source.count("\n", 0, named.span.start if named.span else 0) + 1
        if isinstance(entry, ast.Junk):
            yield Wrong(line, "cannot be read; write `key = text`, and further lines of it with a space before them")
        elif isinstance(entry, ast.Term):
            yield Wrong(line, f"-{entry.id.name}: terms are not used here; write the words themselves")
        elif isinstance(entry, ast.Message):
            yield from _wrong_with(entry, line, seen, categories)
            seen.add(entry.id.name)


def _wrong_with(entry: ast.Message, line: int, seen: Collection[str], categories: Collection[str]) -> Iterator[Wrong]:
    key = entry.id.name
    if key in seen:
        yield Wrong(line, f"{key} stands twice; the first would count")
        return
    needed = _variables_of(key, categories)
    if needed is None:
        yield Wrong(line, f"{key} is no text of the gateway; see docs/answers.md for those that there are")
        return
    if entry.value is None:
        yield Wrong(line, f"{key} has no text")
        return
    found = _Variables()
    found.visit(entry.value)
    if found.references:
        yield Wrong(line, f"{key} refers to another text or a function; write the words themselves")
        return
    for name in sorted(needed - found.names):
        yield Wrong(line, f"{key} lacks {{ ${name} }}")
    for name in sorted(found.names - needed):
        yield Wrong(line, f"{key} has {{ ${name} }}, which it is not given; it may have: {_listed(needed)}")
    if found.names == needed and (trouble := _unformed(entry, needed)):
        yield Wrong(line, f"{key} cannot be formed: {trouble}")


def _unformed(entry: ast.Message, needed: Collection[str]) -> str:
    made = FluentBundle([FALLBACK], use_isolating=False)
    resource = FluentResource("")
    resource.body.append(entry)
    made.add_resource(resource)
    pattern = made.get_message(entry.id.name).value
    if pattern is None:
        return "it has no text"
    _, errors = made.format_pattern(pattern, dict.fromkeys(needed, _SAMPLE))
    return str(errors[0]) if errors else ""


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names)) or "none"


def _variables_of(key: str, categories: Collection[str]) -> frozenset[str] | None:
    """Return the variables of a text of ours, or of a template that a desk may add; None for any other."""
    ours = _packaged().get(key)
    if ours is not None:
        return ours
    template = _TEMPLATE.fullmatch(key)
    if template is not None and template[2] in categories:
        return frozenset()
    return frozenset() if key.startswith("ask-") and key.count("-") == 1 else None


@cache
def _packaged() -> Mapping[str, frozenset[str]]:
    """Return the variables of each packaged text."""
    found: dict[str, frozenset[str]] = {}
    for entry in FluentParser().parse(packaged_sources()[FALLBACK]).body:
        if isinstance(entry, ast.Message):
            variables = _Variables()
            variables.visit(entry)
            found[entry.id.name] = frozenset(variables.names)
    return found


class _Variables(visitor.Visitor):
    """Gathers the variables of a text, and whether it refers to anything else."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.references = False

    def visit_VariableReference(self, node: Any) -> None:  # noqa: N802 - the library's name
        self.names.add(node.id.name)

    def visit_MessageReference(self, node: Any) -> None:  # noqa: N802 - the library's name
        self.references = True

    def visit_TermReference(self, node: Any) -> None:  # noqa: N802 - the library's name
        self.references = True

    def visit_FunctionReference(self, node: Any) -> None:  # noqa: N802 - the library's name
        self.references = True
