"""The locales: every language says everything, with the same values, as plain text."""

from __future__ import annotations

import re

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast, visitor

from gateway.answers.locales import (
    FALLBACK,
    LANGUAGES,
    RIGHT_TO_LEFT,
    Locales,
    isolated,
    load_locales,
    packaged_sources,
)

VALUES = {
    "case": "GH-7K3MQ-9Q2XZ",
    "brand": "Examplex",
    "names": "0xamplex[.]com",
    "official": "examplex.test",
    "state": "open",
    "opened": "2026-11-20 12:00 UTC",
    "changed": "2026-11-21 12:00 UTC",
    "next": "soon",
    "count": "7",
    "claim": "@0xamplex",
    "since": "2024-05-01",
    "until": "2026-12-04",
    "technique": "a letter was changed",
    "kind": "account",
    "seen": "@0xamplex",
    "account": "4711",
    "group": "-1001",
    "platform": "Telegram",
    "handle": "@examplex",
    "link": "examplex.test/privacy",
    "word": "start",
    "options": "Yes / No",
    "hours": "24",
    "network": "Ethereum",
    "confirmations": "12",
    "title": "BTC deposits are late",
    "time": "2026-11-22 18:00 UTC",
    "code": "K7Q2-M9XD",
    "minutes": "15",
    "items": "- a proof",
    "due": "2026-11-23 12:00 UTC",
}


class Variables(visitor.Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's name
        self.names.add(node.id.name)


def texts_of(source: str) -> dict[str, set[str]]:
    """Return the variables of each text of a Fluent file."""
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    found: dict[str, set[str]] = {}
    for entry in body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice"
            variables = Variables()
            variables.visit(entry)
            found[entry.id.name] = variables.names
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_variables(language: str) -> None:
    assert texts_of(packaged_sources()[language]) == texts_of(packaged_sources()[FALLBACK])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_plain_and_free_of_marks(language: str) -> None:
    for key, variables in texts_of(packaged_sources()[language]).items():
        text = load_locales().text(language, key, **{name: VALUES[name] for name in variables})
        assert text.strip() == text
        if language in RIGHT_TO_LEFT:
            # Marks stand around values alone, always as a pair.
            text = re.sub("\u2068([^\u2068\u2069]*)\u2069", r"\1", text)
        assert not re.search(r"[<>{}\u2066-\u2069\u200b-\u200f]|&\w+;|https?:", text), key
        assert all(VALUES[name] in text for name in variables)


@pytest.mark.parametrize(
    ("tag", "spoken"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("pt-BR", "pt"),
        ("fr-CA", "fr"),
        ("ZH_cn", "zh-CN"),
        ("nl", "en"),
        ("zhx", "en"),
        ("", "en"),
        ("../en", "en"),
    ],
)
def test_a_language_falls_back_to_its_kin_and_then_to_english(tag: str, spoken: str) -> None:
    assert load_locales().resolve(tag) == spoken


def test_a_missing_text_and_a_missing_value_are_errors() -> None:
    with pytest.raises(LookupError, match="no-such-text"):
        load_locales().text("en", "no-such-text")
    with pytest.raises(LookupError, match="case"):
        load_locales().text("zh-CN", "ack-subject")


def test_a_further_language_is_spoken_once_it_has_a_file() -> None:
    locales = Locales({**packaged_sources(), "de": "ack-subject = Ihre Nachricht [{ $case }]"})
    assert locales.text("de-AT", "ack-subject", case="GH-1") == "Ihre Nachricht [GH-1]"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_text_promises_that_anything_arrived_safely(tag: str) -> None:
    received = load_locales().text(tag, "ack-received", brand="Examplex", case="GH-7K3MQ-9Q2XZ")
    assert not any(word in received.lower() for word in ("safe", "安全"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_together_here_reads_as_fluent_would_write_it(language: str) -> None:
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(packaged_sources()[language]))
    for key, variables in texts_of(packaged_sources()[language]).items():
        values = {name: VALUES[name] for name in variables}
        pattern = bundle.get_message(key).value
        assert pattern is not None
        written, errors = bundle.format_pattern(pattern, values)
        assert not errors
        spoken = load_locales().text(language, key, **values, more="unused")
        assert (re.sub("[\u2068\u2069]", "", spoken) if language in RIGHT_TO_LEFT else spoken) == written


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("GH-7K3MQ-9Q2XZ", "\u2068GH-7K3MQ-9Q2XZ\u2069"),
        ("@examplex", "\u2068@examplex\u2069"),
        ("-1001", "\u2068-1001\u2069"),
        ("https://examplex.test/a", "\u2068https://examplex.test/a \u2069"),
        # Plain digits are read well in either direction; what holds Arabic is a text of its own; marks end with a line.
        ("24", "24"),
        ("مفتوحة", "مفتوحة"),
        ("\u2068@examplex\u2069 على \u2068X\u2069", "\u2068@examplex\u2069 على \u2068X\u2069"),
        ("a\nb", "a\nb"),
        ("", ""),
    ],
)
def test_a_value_of_latin_letters_is_kept_together_in_arabic(value: str, shown: str) -> None:
    assert isolated(value) == shown
    locales = Locales({"en": "say = So { $value }", "ar": "say = هكذا { $value }"})
    assert locales.text("ar-EG", "say", value=value) == f"هكذا {shown}"
    assert locales.text("en", "say", value=value) == f"So {value}"


@pytest.mark.parametrize("key", ["ack-subject", "answer-subject", "public-receipt", "public-warning"])
def test_what_programs_and_platforms_read_is_never_marked(key: str) -> None:
    values = {"case": "GH-7K3MQ-9Q2XZ", "brand": "Examplex", "handle": "@examplex"}
    assert not re.search("[\u2066-\u2069]", load_locales().text("ar", key, **values))


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each not in RIGHT_TO_LEFT])
def test_languages_from_left_to_right_are_never_marked(language: str) -> None:
    text = load_locales().text(language, "first-received", case="GH-7K3MQ-9Q2XZ")
    assert not re.search("[\u2066-\u2069]", text)


def test_what_is_more_than_words_and_variables_is_left_to_fluent() -> None:
    source = (
        'quote = { "{" } { $name }\nkind = { $name ->\n    [a] first\n   *[b] other\n }\nfirst = one\nfirst = two\n'
    )
    locales = Locales({"en": source})
    assert locales.text("en", "quote", name="x") == "{ x"
    assert locales.text("en", "kind", name="a") == "first"
    assert locales.text("en", "first") == "one"
    with pytest.raises(LookupError, match="name"):
        locales.text("en", "quote")
    with pytest.raises(LookupError):
        Locales({"en": "long = so { $name }"}).text("en", "long", name="x" * 3_000)
    with pytest.raises(LookupError, match="name"):
        Locales({"en": "plain = so { $name }"}).text("en", "plain")
