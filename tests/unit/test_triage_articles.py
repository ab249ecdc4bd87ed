"""The knowledge base: what a question finds, in which language, and how well, measured on labelled sets."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.answers.locales import LANGUAGES
from gateway.settings.answering import EXAMPLES, read_articles
from gateway.triage.articles import Article, ArticleError, Library, read_article

LABELLED = Path(__file__).parents[1] / "labelled"
FLOOR, FLOOR_OF_A_LANGUAGE = 0.85, 0.75
FLOOR_OF_MESSAGES = 0.80


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def library() -> Library:
    return Library(read_articles(EXAMPLES)[0])


def an_article(name: str, language: str = "en", title: str = "Title", text: str = "", *categories: str) -> Article:
    return Article(name, language, title, text, categories)


def found(among: Library, asked: str, language: str = "en", category: str = "") -> list[tuple[str, str]]:
    return [(each.id, each.language) for each in among.search(asked, language, category)]


def test_questions_find_their_article_among_the_first_three() -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    for language in LANGUAGES:
        asked = lines(LABELLED / "articles" / f"{language}.jsonl")
        assert len(asked) >= 10
        for each in asked:
            assert each["language"] == language
            got = {article.id for article in library().search(each["text"], language)}
            hits[language].append(bool(got & set(each["articles"])))
    shares = {language: sum(each) / len(each) for language, each in hits.items()}
    whole = [hit for each in hits.values() for hit in each]
    print({"hit@3": sum(whole) / len(whole)} | shares)
    assert sum(whole) / len(whole) >= FLOOR
    assert min(shares.values()) >= FLOOR_OF_A_LANGUAGE, shares


def test_messages_that_others_wrote_find_an_article_of_their_category_without_being_told_it() -> None:
    """Neither articles nor search were made with these in view, so that the figure is the harder one."""
    covered = {category for article in library().articles for category in article.categories}
    hits = [
        any(each["category"] in article.categories for article in library().search(asked, each["language"]))
        for path in sorted((LABELLED / "learn").glob("*.jsonl"))
        for each in lines(path)
        if each["category"] in covered
        for asked in [f"{each['subject']}\n{each['text']}"]
    ]
    print({"messages": len(hits), "share": sum(hits) / len(hits)})
    assert sum(hits) / len(hits) >= FLOOR_OF_MESSAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_article_is_found_by_its_own_title(language: str) -> None:
    for article in library().articles:
        if article.language == language:
            assert (article.id, language) == found(library(), article.title, language)[0]


def test_a_reader_gets_his_language_or_the_nearest_that_he_can_read() -> None:
    both = Library(
        (
            an_article("a", "en", "Deposit"),
            an_article("a", "de", "Einzahlung"),
            an_article("b", "en", "Deposit fees"),
            an_article("c", "zh-CN", "充值"),
        )
    )
    assert found(both, "Einzahlung deposit", "de") == [("a", "de"), ("b", "en")]
    assert found(both, "充值", "zh-Hant") == [("c", "zh-CN")]
    assert found(both, "deposit", "ko")[0][1] == "en"
    assert found(both, "充值", "ja") == []


def test_an_article_of_the_category_comes_first_and_needs_no_common_word() -> None:
    some = Library((an_article("x", "en", "Deposit late", "", "deposits"), an_article("y", "en", "Late", "", "other")))
    assert found(some, "it is late", category="other")[0] == ("y", "en")
    assert found(some, "zzz", category="deposits") == [("x", "en")]
    assert found(some, "zzz") == []


def test_endings_matter_little_and_writings_without_spaces_are_cut() -> None:
    some = Library((an_article("a", "ru", "Подтверждения вывода"), an_article("b", "ja", "出金が遅れる")))
    assert found(some, "подтверждение", "ru") == [("a", "ru")]
    assert found(some, "私の出金はどうなりましたか", "ja") == [("b", "ja")]


def test_what_arabic_writes_before_a_word_is_not_part_of_it() -> None:
    some = Library((an_article("a", "ar", "إيداع"), an_article("b", "ar", "رسوم")))
    assert found(some, "والإيداع", "ar") == [("a", "ar")]


def test_the_same_question_has_the_same_answer_and_nothing_none() -> None:
    assert library().search("", "en") == ()
    assert library().search("deposit", "en") == library().search("deposit", "en")
    assert len(library().search("deposit withdrawal fee", "en", most=1)) == 1
    assert Library(()).search("deposit", "en", "kyc") == ()


def test_a_long_question_is_looked_at_from_its_beginning() -> None:
    assert found(library(), "spot order limit " + "x " * 5_000) == found(library(), "spot order limit " + "x " * 50_000)


def test_an_article_that_is_too_long_is_refused() -> None:
    with pytest.raises(ArticleError, match="longer than"):
        read_article("---\nid: a\nlanguage: en\ntitle: T\n---\n" + "x" * 50_000, LANGUAGES)


def test_front_matter_is_read_as_it_is_written() -> None:
    text = "---\r\nid: a\r\nlanguage: en\r\ntitle: What: a title\r\ntags: one,  two words ,\r\n---\r\nBody\r\n"
    article = read_article(text, LANGUAGES)
    assert (article.title, article.tags, article.text) == ("What: a title", ("one", "two words"), "Body")
