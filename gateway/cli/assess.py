"""`gatehouse assess`: what messages hold, a JSON line each: fraud, look-alikes, secrets, and their language."""

from __future__ import annotations

from typing import Any

from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, fail
from gateway.cli.verify import AsLines, DirectoryFile, load_for, today


def assess(
    directory: DirectoryFile = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_lines: AsLines = False,
) -> None:
    """Say what speaks for fraud in messages, and what of them may go on; the verdict is never "safe"."""
    if not as_lines:
        fail("messages are assessed as JSON lines: gatehouse assess --jsonl < FILE", 2)
    known = load_for(directory, config)

    from gateway.cli._appraisal import appraised, refused
    from gateway.cli._lines import stream

    def answer(asked: Any) -> dict[str, Any]:
        return appraised(asked, known, today())

    stream(answer, refused)
