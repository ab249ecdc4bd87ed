"""Finds the things of the trade in a text: account ids, hashes, addresses, amounts, networks, times and the like. Pure.

What each kind is: docs/entities.md. Each entity tells its place in the text, and in its evidence what it means.
"""

from gateway.triage.entities.finding import find, find_in
from gateway.triage.entities.vocabulary import Vocabulary, vocabulary

__all__ = ["Vocabulary", "find", "find_in", "vocabulary"]
