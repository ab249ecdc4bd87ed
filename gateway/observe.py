"""Logs: structured, to standard error, with every known secret struck out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal

import structlog

MASK = "[secret]"
_QUIET = ("aioimaplib", "aiosmtplib", "mail", "httpx", "httpcore", "asyncio", "sqlalchemy", "alembic")
"""Libraries that print commands, addresses or URLs with tokens below WARNING."""


class Redactor:
    """A structlog processor that replaces secrets wherever they stand in an event."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Longest first, so that a secret within a secret leaves no remainder.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)

    def __call__(self, logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Return the event without secrets."""
        # What begins with an underscore is the logging library's own and is never printed.
        return {key: value if key.startswith("_") else self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return self._strike(value)
            case Mapping():
                return {self._clean(key): self._clean(each) for key, each in value.items()}
            case list() | tuple():
                return [self._clean(each) for each in value]
            case None | bool() | int() | float():
                return value
            case _:
                # Printed as it shows itself, so that is what must be clean.
                shown = repr(value)
                struck = self._strike(shown)
                return value if struck == shown else struck

    def _strike(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def configure(level: str = "info", form: Literal["auto", "text", "json"] = "auto", secrets: Iterable[str] = ()) -> None:
    """Set up logging for the whole process; `auto` is text on a terminal and JSON elsewhere."""
    redact = Redactor(secrets)
    render: Any = (
        structlog.processors.JSONRenderer()
        if form == "json" or (form == "auto" and not sys.stderr.isatty())
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
