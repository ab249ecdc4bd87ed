"""`gatehouse articles`: the knowledge base looked over: what a question finds, and where it has holes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.answers.locales import LANGUAGES
from gateway.cli._common import (
    DEFAULT_CONFIG,
    EXIT_FAILED,
    AsJson,
    ConfigPath,
    complain,
    fail,
    harmless,
    operator_settings,
    say,
    say_json,
    say_table,
    shown,
)

if TYPE_CHECKING:
    from gateway.triage.articles import Article, Library

app = typer.Typer(help="Help articles: search, list.", no_args_is_help=True)

MOST = 50
Examples = Annotated[bool, typer.Option("--examples", help="Those of a made-up exchange; needs no configuration.")]


@app.callback()
def group() -> None:
    """Help articles that first answers name."""


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="A question, as a user would write it.")],
    config: ConfigPath = DEFAULT_CONFIG,
    language: Annotated[str, typer.Option("--language", help="The reader's; without it, the question's.")] = "",
    category: Annotated[str, typer.Option("--category", help="What the case is about, where that is known.")] = "",
    most: Annotated[int, typer.Option("--most", min=1, max=MOST, help="So many at most.")] = 3,
    examples: Examples = False,
    as_json: AsJson = False,
) -> None:
    """Print the articles that answer a question, best first, as a first answer would name them; exit 1 without one."""
    from gateway.answers.locales import load_locales
    from gateway.triage.language import detect

    library = _library(config, examples=examples)
    spoken = load_locales().resolve(language or detect(words).language)
    found = library.search(words, spoken, category, most=most)
    if as_json:
        say_json([_told(each) for each in found])
    elif found:
        say_table(
            ("ID", "LANGUAGE", "TITLE", "LINK"), [(each.id, each.language, each.title, each.link) for each in found]
        )
    else:
        say("nothing was found")
    if not found:
        raise typer.Exit(EXIT_FAILED)


@app.command(name="list")
def list_all(config: ConfigPath = DEFAULT_CONFIG, examples: Examples = False, as_json: AsJson = False) -> None:
    """List the articles with the languages they lack, and the categories that have none."""
    from gateway.answers.first import WITHOUT_ARTICLES
    from gateway.triage.rules import Rules

    library = _library(config, examples=examples)
    by_id: dict[str, list[Article]] = {}
    for each in library.articles:
        by_id.setdefault(each.id, []).append(each)
    covered = {category for each in library.articles for category in each.categories}
    known = Rules().categories
    holes = [category for category in known if category not in covered | WITHOUT_ARTICLES]
    unknown = sorted(covered - set(known))
    lacks = {
        name: [tag for tag in LANGUAGES if tag not in {each.language for each in those}]
        for name, those in by_id.items()
    }
    if as_json:
        listed = [
            {
                "id": name,
                "categories": _categories(those),
                "languages": [each.language for each in those],
                "lacks": lacks[name],
            }
            for name, those in by_id.items()
        ]
        say_json({"articles": listed, "categories_without": holes, "categories_unknown": unknown})
        return
    rows = [(name, ", ".join(_categories(those)), len(those), ", ".join(lacks[name])) for name, those in by_id.items()]
    say_table(("ID", "CATEGORIES", "LANGUAGES", "LACKS"), rows)
    say(f"{len(by_id)} articles in {len(library.articles)} versions")
    if holes:
        say(f"without an article: {', '.join(holes)}")
    if unknown:
        say(harmless(f"named, but no category of the rules: {', '.join(unknown)}", one_line=True))


def _categories(those: list[Article]) -> list[str]:
    return sorted({category for each in those for category in each.categories})


def _told(each: Article) -> dict[str, object]:
    return {"id": each.id, "language": each.language, "title": each.title, "link": each.link}


def _library(config: Path, *, examples: bool) -> Library:
    if not examples:
        answers = operator_settings(config).answers
        if answers is None or answers.articles is None:
            fail("there are no articles: write articles under [answers], see docs/articles.md, or try --examples")
        return answers.articles
    from gateway.settings.answering import EXAMPLES, read_articles
    from gateway.triage.articles import Library

    articles, problems = read_articles(EXAMPLES)
    for problem in problems:
        complain(shown(problem))
    return Library(articles)
