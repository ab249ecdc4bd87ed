"""Finds the things of the trade in a text: account ids, hashes, addresses, amounts, networks, times and the like. Pure.

What each kind is: docs/entities.md. Each entity tells its place in the text, and in its evidence what it means.
"""

from gateway.triage.entities.finding import find, find_in
from gateway.triage.entities.vocabulary import Naming, Vocabulary, naming, vocabulary

__all__ = ["Naming", "Vocabulary", "find", "find_in", "naming", "vocabulary"]
