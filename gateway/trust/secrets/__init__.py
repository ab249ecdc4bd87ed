"""Finds the secrets that a user typed and masks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    kind: str
    start: int
    end: int
    confidence: float


def find_secrets(text: str, patterns: Sequence[re.Pattern[str]] = ()) -> tuple[Secret, ...]:
    return ()


def masked(text: str, secrets: Sequence[Secret]) -> str:
    return text


def mask_name(name: str) -> str:
    return name
