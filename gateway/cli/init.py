"""`gatehouse init`: the three files that a new desk starts from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli._common import fail, harmless, say
from gateway.settings.example import CONFIGURATION, DIRECTORY
from gateway.store.seal import new_key_line

_NAMED = 5
"""Files that are named one by one."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write; made when not there.")] = Path(),
    articles: Annotated[
        bool, typer.Option("--articles", help="Also write help articles of a made-up exchange, to be rewritten.")
    ] = False,
) -> None:
    """Write gatehouse.toml, official.toml and gatehouse.key to start from; never overwrites."""
    files = {
        "gatehouse.toml": (CONFIGURATION, 0o644),
        "official.toml": (DIRECTORY, 0o644),
        "gatehouse.key": (new_key_line() + "\n", 0o600),
        **(_articles() if articles else {}),
    }
    taken = [name for name in files if os.path.lexists(folder / name)]
    if taken:
        fail(f"{_listed(taken)}: there already, in {folder.resolve()}; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (text, mode) in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            _write(folder / name, text, mode)
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}")
    _tell_next(folder, articles=articles)


def _articles() -> dict[str, tuple[str, int]]:
    from gateway.settings.answering import EXAMPLES

    return {
        f"articles/{path.name}": (path.read_text(encoding="utf-8"), 0o644) for path in sorted(EXAMPLES.glob("*.md"))
    }


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _write(path: Path, text: str, mode: int) -> None:
    # O_EXCL: also when somebody else made the file since we looked, it is not overwritten.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)


def _tell_next(folder: Path, *, articles: bool) -> None:
    config = folder / "gatehouse.toml"
    option = "" if folder.resolve() == Path.cwd() else f" -c {harmless(shlex.quote(str(config)), one_line=True)}"
    place = harmless(str(folder.resolve()), one_line=True)
    say(f"Wrote gatehouse.toml, official.toml and gatehouse.key in {place}.")
    if articles:
        say('Wrote help articles in articles/: make them your own, then write articles = "articles" under [answers].')
    say()
    say("What comes next:")
    say("  1. Fill in gatehouse.toml and official.toml: every CHANGE-ME and every example.invalid.")
    say("  2. Put the mailbox's password in the environment: GATEHOUSE_SUPPORT_PASSWORD.")
    say(f"  3. gatehouse check{option}         names what is still missing")
    say(f"  4. gatehouse check --live{option}  tries every login")
    say(f"  5. gatehouse run{option}")
    say()
    say("Keep a copy of gatehouse.key elsewhere: without it no original message can be read again.")
