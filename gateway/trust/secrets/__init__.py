"""Finds what a user should never have typed (seed phrases, keys, passwords, codes, cards), and masks it. Pure."""

from gateway.trust.secrets.find import find_secrets, mask
from gateway.trust.secrets.model import LABELS, Secret, masked
from gateway.trust.secrets.numbers import read_patterns

__all__ = ["LABELS", "Secret", "find_secrets", "mask", "masked", "read_patterns"]
