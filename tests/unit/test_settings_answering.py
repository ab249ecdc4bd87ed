"""The `[answers]` table: own texts, pages and articles are taken, looked over, and noticed when they change."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gateway.answers.locales import LANGUAGES
from gateway.front import Front
from gateway.settings import SettingsError, load
from gateway.settings.answering import EXAMPLES, read_articles
from tests.desk import CONFIGURATION, SECRET, Desk

ARTICLE = """\
---
id: deposits
language: en
title: A deposit is missing
categories: deposit_not_credited
link: https://help.examplex.test/deposits
updated: 2026-11-01
---
Wait for the network.
"""
CATEGORIES = ("kyc", "policy")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    return Desk(tmp_path)


def own(desk: Desk, table: str, **files: str) -> None:
    """Write a configuration with this table, and files; `__` in a name stands for a slash, `_` before the ending."""
    for name, text in files.items():
        path = desk.folder / name.replace("__", "/").replace("_md", ".md").replace("_ftl", ".ftl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    desk.write(f"{CONFIGURATION}\n[answers]\n{table}\n")


def problems(desk: Desk) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load(desk.path)
    return dict(caught.value.problems)


def test_without_the_table_all_is_as_the_gateway_has_it(desk: Desk) -> None:
    answers = load(desk.path).answers
    assert answers is not None
    assert (answers.articles, dict(answers.links), answers.files) == (None, {}, ())
    assert "deposits team" in answers.locales.text("en", "first-deposit_not_credited")


def test_own_texts_replace_ours_and_add_templates_for_regions(desk: Desk) -> None:
    text = "first-kyc = Our own words.\nfirst-kyc-sg = For Singapore.\nlegal-policy-eu =\n    Two\n    lines\n"
    own(desk, 'folder = "answers"', answers__en_ftl=text, answers__de_ftl="signature = Ihr { $brand }\n")
    locales = load(desk.path).answers.locales  # type: ignore[union-attr]
    assert locales.text("en", "first-kyc") == "Our own words."
    assert locales.text("en", "first-kyc-sg") == "For Singapore."
    assert locales.text("en", "legal-policy-eu") == "Two\nlines"
    assert locales.text("de", "signature", brand="Examplex") == "Ihr Examplex"
    assert locales.text("fr", "signature", brand="Examplex") != "Ihr Examplex"
    assert "deposits team" in locales.text("en", "first-deposit_not_credited")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("first-kyc = ok\nfirst-recieved = x\n", 2, "is no text of the gateway"),
        ("# why\nfirst-nothing-eu = x\n", 2, "is no text of the gateway"),
        ("first-received = Nothing.\n", 1, "lacks { $case }"),
        ("\nsignature = { $brand } { $case }\n", 2, "which it is not given"),
        ("first-kyc = ok\n\noops this is no text\n", 3, "cannot be read"),
        ("link-kyc = go { link-status }{ $link }\n", 1, "refers to another text"),
        ("-brand = x\n", 1, "terms are not used here"),
        ("first-kyc = a\nfirst-kyc = b\n", 2, "stands twice"),
        ("first-kyc =\n    .label = x\n", 1, "has no text"),
    ],
)
def test_what_is_wrong_with_a_text_is_named_with_file_and_line(desk: Desk, text: str, line: int, said: str) -> None:
    own(desk, 'folder = "answers"', answers__de_ftl=text)
    found = problems(desk)
    assert list(found) == [f"answers/de.ftl:{line}"]
    assert said in found[f"answers/de.ftl:{line}"]


def test_a_file_of_no_language_and_one_that_cannot_be_read_are_named(desk: Desk) -> None:
    own(desk, 'folder = "answers"', answers__xx_ftl="")
    assert "no language" in problems(desk)["answers/xx.ftl"]
    (desk.folder / "answers" / "xx.ftl").rename(desk.folder / "answers" / "de.ftl")
    (desk.folder / "answers" / "de.ftl").write_bytes(b"\xff\xfe")
    assert "UTF-8" in problems(desk)["answers/de.ftl"]
    own(desk, 'folder = "nowhere"')
    assert "is not a folder" in problems(desk)["answers.folder"]


def test_pages_are_those_that_there_are_and_https_alone(desk: Desk) -> None:
    own(desk, 'links = { freeze = "https://examplex.test/freeze" }')
    assert load(desk.path).answers.links == {"freeze": "https://examplex.test/freeze"}  # type: ignore[union-attr]
    bad = [
        "http://examplex.test/", "javascript:alert(1)", "https://", "https://a b.test/", "https://u@examplex.test/",
        "https://a.test/\\nhttps://b.test", "https://a.test/\\u0000", "https://a.test/\\t", "https://a.test:99999/",
    ]  # fmt: skip
    for page in bad:
        own(desk, f'links = {{ freeze = "{page}" }}')
        assert "freeze: write a whole address" in problems(desk)["answers.links"]
    own(desk, 'links = { freezer = "https://examplex.test/freeze" }')
    assert "none of the pages" in problems(desk)["answers.links"]


def test_articles_are_read_from_the_folder_and_below(desk: Desk) -> None:
    german = ARTICLE.replace("language: en", "language: de")
    own(desk, 'articles = "help"', help__deposits_en_md=ARTICLE, help__de__deposits_md=german, help__README_md="x")
    answers = load(desk.path).answers
    assert answers is not None
    assert answers.articles is not None
    (found,) = answers.articles.search("deposit", "de")
    assert (found.language, found.link) == ("de", "https://help.examplex.test/deposits")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("---\nid", "id"), "line 1: the first line must be ---"),
        (("id: deposits", "id: De posits"), "line 2: id must be of small letters"),
        (("language: en", "language: xx"), "line 3: language must be one of"),
        (("title: A deposit is missing\n", ""), "line 1: title is missing"),
        (("link: https", "link: http"), "link must be a whole address"),
        (("updated: 2026-11-01", "updated: yesterday"), "line 7: updated must be a day"),
        (("updated", "colour"), "line 7: is not `key: value`"),
        (("---\nWait", "Wait"), "the front matter has no end"),
        (("language: en", "id: again"), "line 3: id stands twice"),
    ],
)
def test_what_is_wrong_with_an_article_is_named_with_file_and_line(
    desk: Desk, change: tuple[str, str], said: str
) -> None:
    own(desk, 'articles = "help"', help__a_md=ARTICLE.replace(*change))
    assert said in problems(desk)["help/a.md"]


def test_the_same_article_twice_is_named(desk: Desk) -> None:
    own(desk, 'articles = "help"', help__a_md=ARTICLE, help__b_md=ARTICLE)
    assert problems(desk) == {"help/b.md": "is the same article in the same language as help/a.md"}


def test_what_tells_of_a_change_are_the_folders_and_every_file(desk: Desk) -> None:
    own(desk, 'folder = "answers"\narticles = "help"', answers__de_ftl="", help__de__a_md=ARTICLE)
    answers = load(desk.path).answers
    assert answers is not None
    named = {str(each.relative_to(desk.folder.resolve())) for each in answers.files}
    assert named == {"answers", "answers/de.ftl", "help", "help/de", "help/de/a.md"}


def test_the_examples_are_named_by_their_word(desk: Desk) -> None:
    own(desk, 'articles = "examples"')
    answers = load(desk.path).answers
    assert answers is not None
    assert answers.articles is not None
    assert len(answers.articles.articles) >= 14 * len(LANGUAGES)


def test_the_examples_are_whole_in_every_language() -> None:
    articles, wrong = read_articles(EXAMPLES)
    assert wrong == []
    ids = {each.id for each in articles}
    assert {(each.id, each.language) for each in articles} == {(name, tag) for name in ids for tag in LANGUAGES}
    for each in articles:
        assert each.link.startswith("https://help.examplex.test/"), each.id
        assert each.categories
        size = len(each.text.split()) if each.language not in ("zh-CN", "zh-Hant", "ja") else len(each.text) / 2
        assert 40 <= size <= 140, (each.id, each.language, size)


def test_the_running_gateway_looks_at_them(desk: Desk) -> None:
    own(desk, 'folder = "answers"', answers__de_ftl="signature = Ihr { $brand }\n")
    settings = load(desk.path)
    looked_at = Front._files(cast(Front, SimpleNamespace(settings=settings)))
    assert {each.name for each in looked_at} >= {"gatehouse.toml", "answers", "de.ftl"}
