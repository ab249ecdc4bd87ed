"""Logs: structured, to standard error, one event a line, without secrets and without text of users.

Whoever writes a line is not trusted to keep to that: known secrets are struck out wherever they stand, addresses and
tokens by their form; an exception is told by its class and its places in the code, never by what it says; of a
library's line only what cannot hold a value of ours is kept.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from contextlib import nullcontext, suppress
from datetime import date, timedelta
from pathlib import PurePath
from types import TracebackType
from typing import Any, Literal, TextIO
from uuid import UUID

import structlog
from structlog.typing import Processor
from typing_extensions import override

MASK = "[secret]"
MAX_TEXT = 2000
"""Longer values are cut off; tracebacks may be longer."""
MAX_TRACE = 8000
MAX_FRAMES = 30

_QUIET = (
    "aioimaplib",
    "aiosmtplib",
    "mail",
    "httpx",
    "httpcore",
    "asyncio",
    "sqlalchemy",
    "alembic",
    "uvicorn",
    "opentelemetry",
    "urllib3",
)
"""Libraries that print commands, addresses or URLs with tokens below WARNING."""

_FORMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("whsec_", re.compile(r"\bwhsec_[A-Za-z0-9+/=]+"), MASK),
    *(
        (word, re.compile(rf"\b({word}) +[^\s\"',;]+"), rf"\1 {MASK}")
        for word in ("Bearer", "Basic", "AWS4-HMAC-SHA256")
    ),
    (":", re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}"), MASK),
    ("gh.GH-", re.compile(r"\bgh\.GH-[0-9A-Z]{5}-[0-9A-Z]{5}\.[A-Za-z0-9_-]+"), MASK),
    ("://", re.compile(r"(https?://)[^\s/@\"'<>]{1,256}@"), rf"\1{MASK}@"),
    ("://", re.compile(r"(https?://[^\s?#\"'<>]{1,2000})[?#][^\s\"'<>]*"), r"\1?[query]"),
    ("@", re.compile(r"[^\s@<>()\[\]\"',;:=]{1,64}@[^\s@<>()\[\]\"',;:=/]{1,253}"), "[address]"),
)
"""What is secret, or a user's, by its form: webhook secrets, credentials, tokens, queries of URLs, addresses. Before
each stands what no text of that form lacks: to look for that is cheap, and most lines hold none of it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ASYNCIO_WORDS = re.compile(r"[A-Za-z' ]{1,60}")

Event = MutableMapping[str, Any]


_in_use: list[Redactor] = []
"""What the process' log goes through, once that is set up."""


class Redactor:
    """A structlog processor that replaces secrets wherever they stand in an event."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Replace these too, from now on."""
        known = {*self._secrets, *(secret for secret in secrets if len(secret) >= 4)}
        # Longest first, so that a secret within a secret leaves no remainder.
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(self, logger: object, method: str, event: Event) -> Event:
        """Return the event without secrets."""
        # What begins with an underscore is the logging library's own and is never printed.
        return {
            key: value if key.startswith("_") else self._clean(value, MAX_TRACE if key == "traceback" else MAX_TEXT)
            for key, value in event.items()
        }

    def _clean(self, value: Any, most: int = MAX_TEXT) -> Any:
        match value:
            case str():
                return self._strike(str(value), most)
            case Mapping():
                return {self._clean(key): self._clean(each) for key, each in value.items()}
            case list() | tuple():
                return [self._clean(each, most) for each in value]
            case None | bool() | int() | float():
                return value
            case date() | timedelta() | PurePath() | UUID():
                return self._strike(str(value), most)
            case _:
                # However it shows itself, it may show a message: a log line needs no more than what it is.
                return f"<{type(value).__name__}>"

    def _strike(self, text: str, most: int) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        if len(text) > most:
            text = text[:most] + "…"
        for sign, form, instead in _FORMS:
            if sign in text:
                text = form.sub(instead, text)
        return text


def _as_ours(logger: object, method: str, event: Event) -> Event:
    """Turn a library's line into an event of ours.

    Its words are kept where they stand apart from its values; a line that was put together beforehand may hold
    anything, so of that only its place in the code is told.
    """
    record: logging.LogRecord = event["_record"]
    words = event.pop("event", "")
    if not event.pop("positional_args", ()):
        found = _ASYNCIO_WORDS.match(words) if record.name == "asyncio" else None
        words = found.group().strip() if found else ""
    place = f"{record.filename}:{record.lineno}"
    return {**event, "event": "library.logged", "logger": record.name, "words": words, "where": place}


def _told_errors(logger: object, method: str, event: Event) -> Event:
    """Replace exceptions by their class and their places in the code."""
    event.pop("stack_info", None)
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event.setdefault("error", _kinds(error))
        event.setdefault("frames", frames(error.__traceback__))
    return {key: type(value).__name__ if isinstance(value, BaseException) else value for key, value in event.items()}


def _kinds(error: BaseException) -> str:
    """Return the classes of an exception and of what caused it."""
    kinds: list[str] = []
    seen = error
    while len(kinds) < 5:
        kinds.append(type(seen).__name__)
        cause = seen.__cause__ or seen.__context__
        if cause is None:
            break
        seen = cause
    return " from ".join(kinds)


def frames(trace: TracebackType | None) -> list[str]:
    """Return where an exception came by, without lines of code: a line may hold a value."""
    return [
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-MAX_FRAMES:]
    ]


def _on_one_line(logger: object, method: str, event: Event) -> Event:
    """Show what would break or steer a line as a code; JSON does so by itself."""
    return {key: value if key.startswith("_") else _flat(value) for key, value in event.items()}


def _flat(value: Any) -> Any:
    match value:
        case str():
            return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
        case list():
            return [_flat(each) for each in value]
        case dict():
            return {_flat(key): _flat(each) for key, each in value.items()}
        case _:
            return value


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines; of one that cannot be written, only that is told: the library would print it as it is."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        self.tell_failed(record.name)

    def tell_failed(self, name: str) -> None:
        """Write that a line of this logger could not be written."""
        with suppress(OSError, ValueError):
            self.stream.write(f'{{"event": "log.failed", "logger": {json.dumps(name)}}}\n')

    def put(self, line: str) -> None:
        """Write a line that is ready."""
        with suppress(OSError, ValueError), self.lock or nullcontext():
            self.stream.write(line + self.terminator)
            self.stream.flush()


class _Lines:
    """Our own lines on their way to the handler; the records of the standard library would double what each costs."""

    def __init__(self, handler: _Handler, processors: Sequence[Processor]) -> None:
        self._handler = handler
        self._processors = processors

    def make(self, *names: object) -> _Lines:
        """Return the logger of any name."""
        return self

    def render(self, logger: object, method: str, event: Event) -> tuple[tuple[str], dict[str, object]]:
        """Turn an event into the line that is written; one that cannot be written stops nobody's work."""
        try:
            shown: Any = event
            for process in self._processors:
                shown = process(logger, method, shown)
            return (str(shown),), {}
        except Exception:  # noqa: BLE001 - a fault in a log line concerns that line alone
            self._handler.tell_failed("gateway")
            raise structlog.DropEvent from None

    def write(self, line: str) -> None:
        """Write one line."""
        self._handler.put(line)

    debug = info = warning = error = critical = write


def configure(level: str = "info", form: Literal["auto", "text", "json"] = "auto", secrets: Iterable[str] = ()) -> None:
    """Set up logging for the whole process; `auto` is text on a terminal and JSON elsewhere."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    redactor = Redactor(secrets)
    _in_use[:] = [redactor]
    handler = _Handler(sys.stderr)
    rendering = _rendering(as_json)
    lines = _Lines(handler, [*shared, _told_errors, redactor, *rendering])
    structlog.configure(
        processors=[lines.render],
        logger_factory=lines.make,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _as_ours],
            processors=[
                _told_errors,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redactor,
                *rendering,
            ],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def strike_out(secrets: Iterable[str]) -> None:
    """Keep these out of the log too: secrets that came with a configuration that was taken later."""
    for redactor in _in_use:
        redactor.add(secrets)


def _rendering(as_json: bool) -> list[Any]:
    if as_json:
        encoder = json.JSONEncoder(default=repr)
        return [lambda logger, method, event: encoder.encode(event)]
    return [_on_one_line, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def take_over() -> None:
    """Let what nobody caught be logged too, instead of printed with all that it says; for a process of our own."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    logging.captureWarnings(True)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error("process.failed", error=_kinds(error), frames=frames(trace))
