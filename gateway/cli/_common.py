"""What every command shares: options, output, and errors as sentences with an exit status."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup
from typing_extensions import override

from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.settings import EXIT_STATUS, Problem, Settings, SettingsError, load

EXIT_FAILED = 1
EXIT_UNREAD = 141
"""What a shell says of a program whose reader went away: none of our answers."""
DEFAULT_CONFIG = Path("gatehouse.toml")

ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="GATEHOUSE_CONFIG", help="The configuration file.", dir_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

PIPE_COLUMNS = 160
"""Columns where the output is no terminal: a pipe has no edge to wrap at."""

_BLANKS = re.compile(r"[ \t\r\n]+")

_JOINERS = "\u200c\u200d"
"""Needed between the letters of Persian and in emoji; after a letter of ASCII they only hide."""


class Commands(TyperGroup):
    """The root of the command line: every error that is expected becomes a sentence and an exit status."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not all(_is_text(arg) for arg in args):
            fail("an argument is not text in this system's encoding; write it as UTF-8", 2)
        return super().parse_args(ctx, args)

    @override
    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().invoke(*args, **kwargs)
        except BrokenPipeError:
            _forget_output()
            raise typer.Exit(EXIT_UNREAD) from None
        except SettingsError as error:
            for problem in error.problems:
                complain(shown(problem))
            raise typer.Exit(EXIT_STATUS) from None
        except ConfigError as error:
            complain(str(error))
            raise typer.Exit(EXIT_STATUS) from None
        except TransientError as error:
            # A command is over; nobody tries again by himself.
            complain(f"{error}; mend that or wait, then try again")
            raise typer.Exit(EXIT_FAILED) from None
        except GatewayError as error:
            complain(f"{error}; {error.action}")
            raise typer.Exit(EXIT_FAILED) from None


def operator_settings(config: Path) -> Settings:
    """Load the settings for a command that talks to no platform: the operator's shell need not hold credentials."""
    return load(config, credentials=False)


def shown(problem: Problem) -> str:
    """Return a problem as one line, whatever names the file gives its tables."""
    return harmless(f"{problem.path}: {problem.message}").replace("\n", "<U+000A>").replace("\t", "<U+0009>")


def complain(sentence: str) -> None:
    """Say it on stderr."""
    typer.echo(harmless(sentence), err=True)


def utc_time(text: str) -> datetime | None:
    """Return the date or time that is written, in UTC where it names no zone; None for what is none."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def fail(sentence: str, status: int = EXIT_FAILED) -> NoReturn:
    """Say it on stderr and end."""
    complain(sentence)
    raise typer.Exit(status)


def say(line: str = "") -> None:
    """Print one line of our own."""
    typer.echo(line)


def say_json(value: object) -> None:
    """Print JSON; what is no JSON by itself is printed as text."""
    typer.echo(json.dumps(value, ensure_ascii=True, indent=2, default=str))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table whose cells may hold anybody's text."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        # The name is what one copies into the next command.
        table.add_column(column, overflow="fold", no_wrap=index == 0)
    for row in rows:
        table.add_row(*(Text(harmless(str(cell), one_line=True)) for cell in row))
    PlainConsole(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS).print(table)


def harmless(text: str, *, one_line: bool = False) -> str:
    """Return anybody's text fit for a terminal: what would steer it, turn its direction or not be seen is a code."""
    spaced = _BLANKS.sub(" ", text).strip(" ") if one_line else text.replace("\r\n", "\n")
    before = ("", *spaced)
    return "".join(
        char if _is_plain(char, last) else f"<U+{ord(char):04X}>" for last, char in zip(before, spaced, strict=False)
    )


def speak_any_language() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class PlainConsole(Console):
    """A console that leaves a reader who went away to whoever ends the command."""

    @override
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def _forget_output() -> None:
    """Send what is still to be written nowhere, or the interpreter would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        # Not a file of the system's: nothing is written at the end either.
        pass
    finally:
        os.close(nowhere)


def _is_text(arg: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in arg)


def _is_plain(char: str, last: str) -> bool:
    if char in _JOINERS:
        return bool(last) and not last.isascii()
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
