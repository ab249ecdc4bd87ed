"""Which articles answer a question: by the words they share with it, weighed by BM25, in its language. Pure.

Writings without spaces are cut into pairs of characters. A word counts as it stands and by its beginning, so that its
endings matter little. Each language has an index of its own, made when it is first asked for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from gateway.triage.articles.reading import Article
from gateway.triage.fold import EAST, fold
from gateway.triage.tags import Tags

CHAIN: Mapping[str, tuple[str, ...]] = {"zh-Hant": ("zh-CN",), "zh-CN": ("zh-Hant",)}
"""In which other languages an article is offered before English is: those that the reader can read."""
ENGLISH = "en"
MAX_ASKED = 1_500
"""Characters of a question that are looked at."""
_K1, _B = 1.2, 0.6
_TITLE, _TAG = 3, 3
"""So many times a word counts that stands in the title or among the tags."""
_OF_ITS_CATEGORY = 2.5
"""By so much an article of the question's category counts more; it has as much without any common word."""
_AS_MANY = 30
"""Words are taken for as rare as if there were so many articles at least: one of two tells something, too."""
_LEAST = 1.0
"""Below this an article has nothing to do with the question."""
_SHARE = 0.5
"""An article of another category is offered beside the best only if it fits at least so well."""
_STEM = 5
_WORD = re.compile(f"[{EAST}]+|[^\\W_]+")
_EASTERN = re.compile(f"[{EAST}]")
_ARABIC = re.compile("[\u0620-\u06ff]")
_ARTICLE = re.compile("^(?:[وفبك]?ال|لل|و(?=.{4}))")
"""What Arabic writes together with the word behind it."""


class Library:
    """All articles; immutable but for the indexes that it makes as they are asked for."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = tuple(articles)
        self._tags = Tags((ENGLISH, "zh-CN", "zh-Hant", *(each.language for each in self.articles)))
        self._indexes: dict[str, _Index] = {}

    def search(self, asked: str, language: str, category: str = "", *, most: int = 3) -> tuple[Article, ...]:
        """Return the articles that fit a question best, best first; each in the reader's language, or its nearest."""
        # A sender may name any language there could be: an index is kept of those alone that articles are in.
        tag = self._tags.nearest(language) or ENGLISH
        index = self._indexes.get(tag)
        if index is None:
            index = self._indexes[tag] = _Index(self._in(tag))
        return index.search(asked, category, most)

    def _in(self, language: str) -> list[Article]:
        """Return one version of each article: the first of the languages that its reader can read."""
        chain = (language, *CHAIN.get(language, ()), ENGLISH)
        found: dict[str, Article] = {}
        for tag in chain:
            for each in self.articles:
                if each.language == tag:
                    found.setdefault(each.id, each)
        return list(found.values())


class _Index:
    """The words of some articles, with what each is worth in each."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        counted = [Counter(_words_of(each)) for each in articles]
        lengths = [count.total() for count in counted]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        many = max(len(articles), _AS_MANY)
        spread = Counter(word for count in counted for word in count)
        self._worth: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, count in enumerate(counted):
            long = _K1 * (1 - _B + _B * lengths[at] / mean)
            for word, times in count.items():
                rare = log(1 + (many - spread[word] + 0.5) / (spread[word] + 0.5))
                self._worth[word].append((at, rare * times * (_K1 + 1) / (times + long)))
        self._of: defaultdict[str, list[int]] = defaultdict(list)
        for at, article in enumerate(articles):
            for category in article.categories:
                self._of[category].append(at)

    def search(self, asked: str, category: str, most: int) -> tuple[Article, ...]:
        scores: defaultdict[int, float] = defaultdict(float)
        worth = self._worth
        for word in set(_words(asked[:MAX_ASKED])):
            for at, value in worth.get(word, ()):
                scores[at] += value
        for at in self._of.get(category, ()):
            scores[at] = scores[at] * _OF_ITS_CATEGORY + _OF_ITS_CATEGORY
        # Of another matter only what fits nearly as well: a list that is padded is read to no end.
        own = set(self._of.get(category, ()))
        least = max(_LEAST, _SHARE * max((scores[at] for at in own), default=0.0))
        fits = (at for at in scores if scores[at] >= (_LEAST if at in own else least))
        best = sorted(fits, key=lambda at: (-scores[at], at))
        return tuple(self._articles[at] for at in best[:most])


def _words_of(article: Article) -> Iterator[str]:
    yield from _words(article.text)
    for _ in range(_TITLE):
        yield from _words(article.title)
    for _ in range(_TAG):
        yield from _words(" ".join(article.tags))


def _words(text: str) -> Iterator[str]:
    """Yield what a text is compared by: words and their beginnings, pairs of characters of the East."""
    for word in _WORD.findall(fold(text)):
        if _EASTERN.match(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
            continue
        bare = _ARTICLE.sub("", word) if _ARABIC.match(word) else word
        if len(bare) > 1:
            yield bare
        if len(bare) > _STEM and not bare.isdigit():
            yield f"{bare[:_STEM]}*"
