"""Languages that senders tell: the nearest that there is, and nothing kept by a word of theirs."""

from __future__ import annotations

import pytest

from gateway.triage.articles import Article, Library
from gateway.triage.articles import library as library_module
from gateway.triage.rules import Rules
from gateway.triage.tags import Tags

INVENTED = [f"aa-x{number:06}" for number in range(50)]


@pytest.mark.parametrize(
    ("told", "nearest"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("ES_mx", "es"),
        ("zh", "zh-CN"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-SG", "zh-CN"),
        ("aa", None),
        ("", None),
    ],
)
def test_the_nearest_language_is_found(told: str, nearest: str | None) -> None:
    assert Tags(("en", "zh-CN", "zh-Hant", "es")).nearest(told) == nearest


def test_a_sender_who_invents_languages_makes_no_index_of_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = library_module._Index

    def counting(articles: list[Article]) -> object:
        made.append(len(articles))
        return real(articles)

    monkeypatch.setattr(library_module, "_Index", counting)
    library = Library([Article("deposits", "en", "Deposits"), Article("deposits", "es", "Depósitos")])
    for language in (*INVENTED, "en", "en-GB"):
        assert [each.language for each in library.search("deposits", language)] == ["en"]
    assert [each.language for each in library.search("depósitos", "es-MX")] == ["es"]
    assert len(made) == 2


def test_a_sender_who_invents_languages_makes_no_lexicon() -> None:
    rules = Rules()
    assert len({id(rules.lexicon(language)) for language in INVENTED}) == 1
    assert rules.lexicon("es-MX") is rules.lexicon("es")
    assert rules.lexicon("aa-x000001") is not rules.lexicon("en")
