"""The knowledge base: articles in many languages, and which of them answer a question. Pure.

How an article is written: docs/articles.md. Not here: reading the folder (`gateway.settings.answering`).
"""

from gateway.triage.articles.library import CHAIN, Library
from gateway.triage.articles.reading import MAX_ARTICLES, MAX_CHARS, Article, ArticleError, read_article

__all__ = ["CHAIN", "MAX_ARTICLES", "MAX_CHARS", "Article", "ArticleError", "Library", "read_article"]
