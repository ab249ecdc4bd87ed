"""Reads scams out of the words of a text: fake support, recovery, giveaways, tasks, prizes and their like. Pure."""

from gateway.trust.texts.reading import TextFinding, read_text

__all__ = ["TextFinding", "read_text"]
