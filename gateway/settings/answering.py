"""The `[answers]` table: a desk's own texts, its pages on which users help themselves, its knowledge base.

Reads the folders that it names. Not here: what a text may say (`gateway.answers.overrides`), how an article is written
(`gateway.triage.articles`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from gateway.answers.first import LINKS
from gateway.answers.locales import LANGUAGES, Locales, load_locales
from gateway.answers.overrides import locales_with, wrong_in
from gateway.settings.exchanging import has_port
from gateway.settings.files import read_plain
from gateway.settings.model import Problem, Table
from gateway.triage.articles import MAX_ARTICLES, MAX_CHARS, Article, ArticleError, Library, read_article

EXAMPLES = Path(str(files("gateway.triage.articles") / "examples"))
"""The articles of a made-up exchange, to start from."""
MAX_PROBLEMS = 20
"""Problems of one folder that are named."""
_MAX_BYTES = 4 * MAX_CHARS
_MAX_PAGE = 300
_FTL = ".ftl"


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    whole = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and has_port(parts)
    # Control characters are looked for in what was written: to take an address apart leaves them out.
    return whole and len(url) <= _MAX_PAGE and url.isascii() and url.isprintable() and " " not in url


class AnswersTable(Table):
    """What a desk has of its own for automatic answers; without it all is as the gateway has it."""

    folder: Path | None = Field(
        default=None, description="A folder of texts, one Fluent file a language such as `de.ftl`; they replace ours."
    )
    articles: Path | None = Field(
        default=None,
        description='A folder of help articles in Markdown; "examples" for those of a made-up exchange.',
    )
    links: dict[str, str] = Field(
        default_factory=dict,
        description="Your pages on which users help themselves: `freeze` an account, `security` of it, `kyc` status, "
        "`upload` of documents, `status` of the service, `api_docs`.",
    )

    @field_validator("links", mode="after")
    @classmethod
    def _are_pages(cls, value: dict[str, str]) -> dict[str, str]:
        for name, page in value.items():
            if name not in LINKS:
                raise ValueError(f"{name} is none of the pages that there are: {', '.join(LINKS)}")
            if not _is_page(page):
                raise ValueError(f"{name}: write a whole address of yours that begins with https://")
        return value


@dataclass(frozen=True, slots=True)
class Answers:
    """What a desk has of its own, as it is used. `files` are those that tell when to read it anew."""

    locales: Locales = field(default_factory=load_locales)
    links: Mapping[str, str] = field(default_factory=dict)
    articles: Library | None = None
    files: tuple[Path, ...] = ()


def read_answers(table: AnswersTable, base: Path, categories: Collection[str]) -> tuple[Answers, Sequence[Problem]]:
    """Return what the table names, and every problem of the files; paths are relative to `base`."""
    problems: list[Problem] = []
    own: dict[str, str] = {}
    watched: list[Path] = []
    if table.folder is not None:
        folder = base / table.folder.expanduser()
        own, found = _texts(folder, categories)
        problems += found
        watched += _watched(folder, _FTL)
    library = None
    if table.articles is not None:
        folder = articles_folder(table.articles, base)
        articles, found = read_articles(folder, "answers.articles")
        problems += found
        library = Library(articles)
        watched += _watched(folder, ".md")
    locales = locales_with(own) if own else load_locales()
    return Answers(locales, table.links, library, tuple(watched)), problems


def articles_folder(named: Path, base: Path) -> Path:
    """Return the folder of articles that a configuration names."""
    return EXAMPLES if str(named) == "examples" and not (base / named).is_dir() else base / named.expanduser()


def _texts(folder: Path, categories: Collection[str]) -> tuple[dict[str, str], list[Problem]]:
    own: dict[str, str] = {}
    problems: list[Problem] = []
    if not folder.is_dir():
        return own, [Problem("answers.folder", "is not a folder; make it, or leave the line out")]
    for path in sorted(folder.iterdir()):
        if path.suffix != _FTL:
            continue
        shown = f"{folder.name}/{path.name}"
        if path.stem not in LANGUAGES:
            problems.append(Problem(shown, f"is named after no language of the gateway: {', '.join(LANGUAGES)}"))
            continue
        source = _read(path)
        if isinstance(source, Problem):
            problems.append(Problem(shown, source.message))
            continue
        found = [Problem(f"{shown}:{each.line}", each.message) for each in wrong_in(source, categories)]
        problems += found[:MAX_PROBLEMS]
        own[path.stem] = source
    return own, problems


def read_articles(folder: Path, named: str = "articles") -> tuple[list[Article], list[Problem]]:
    """Return the articles of a folder and those below it, and what is wrong with the rest; `named` is its setting."""
    if not folder.is_dir():
        return [], [Problem(named, "is not a folder; make it, or leave the line out")]
    articles: list[Article] = []
    problems: list[Problem] = []
    known: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.md")):
        shown = f"{folder.name}/{path.relative_to(folder)}"
        if path.name.lower() == "readme.md":
            continue
        if len(articles) >= MAX_ARTICLES:
            return articles, [*problems, Problem(named, f"holds more than {MAX_ARTICLES} articles")]
        source = _read(path)
        if isinstance(source, Problem):
            problems.append(Problem(shown, source.message))
            continue
        try:
            article = read_article(source, LANGUAGES)
        except ArticleError as error:
            problems.append(Problem(shown, str(error)))
            continue
        if (first := known.setdefault((article.id, article.language), shown)) != shown:
            problems.append(Problem(shown, f"is the same article in the same language as {first}"))
            continue
        articles.append(article)
    return articles, problems[:MAX_PROBLEMS]


def _read(path: Path) -> str | Problem:
    try:
        return read_plain(path, _MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        return Problem("", "is not UTF-8 text; save it as UTF-8")
    except OSError as error:
        return Problem("", f"cannot be read: {error.strerror}")


def _watched(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield what changes when a file of the folder does, comes or goes: the files, and the folders that they are in."""
    yield folder
    if folder == EXAMPLES or not folder.is_dir():
        return
    for path in sorted(folder.rglob("*"))[: 2 * MAX_ARTICLES]:
        if path.is_dir() or path.suffix == suffix:
            yield path
