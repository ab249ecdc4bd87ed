"""What every integration test leaves as it found it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def left_as_found(logging_as_before: None) -> None:
    """Commands that a test runs in this process set logging up."""
