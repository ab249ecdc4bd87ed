"""What every command shares: options, output, and errors as sentences with an exit status."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup
from typing_extensions import override

from gateway.errors import ConfigError, GatewayError
from gateway.settings import EXIT_STATUS, Problem, Settings, SettingsError, load

EXIT_FAILED = 1
DEFAULT_CONFIG = Path("gatehouse.toml")

ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="GATEHOUSE_CONFIG", help="The configuration file.", dir_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

PIPE_COLUMNS = 160
"""Columns where the output is no terminal: a pipe has no edge to wrap at."""

_JOINERS = "\u200c\u200d"
"""Needed to write Persian and emoji; they change no direction and hide nothing longer than themselves."""


class Commands(TyperGroup):
    """The root of the command line: every error that is expected becomes a sentence and an exit status."""

    @override
    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().invoke(*args, **kwargs)
        except SettingsError as error:
            for problem in error.problems:
                complain(shown(problem))
            raise typer.Exit(EXIT_STATUS) from None
        except ConfigError as error:
            complain(str(error))
            raise typer.Exit(EXIT_STATUS) from None
        except GatewayError as error:
            complain(f"{error}; {error.action}")
            raise typer.Exit(EXIT_FAILED) from None


def operator_settings(config: Path) -> Settings:
    """Load the settings for a command that talks to no platform: the operator's shell need not hold credentials."""
    return load(config, credentials=False)


def shown(problem: Problem) -> str:
    """Return a problem as one line."""
    return f"{problem.path}: {problem.message}"


def complain(sentence: str) -> None:
    """Say it on stderr."""
    typer.echo(harmless(sentence), err=True)


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
    Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS).print(table)


def harmless(text: str, *, one_line: bool = False) -> str:
    """Return anybody's text fit for a terminal: what would steer it or turn its direction is shown as a code."""
    spaced = " ".join(text.split()) if one_line else text.replace("\r\n", "\n")
    return "".join(char if _is_plain(char) else f"<U+{ord(char):04X}>" for char in spaced)


def _is_plain(char: str) -> bool:
    return char in "\n\t" or char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
