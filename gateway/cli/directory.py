"""`gatehouse directory`: the file of official accounts, looked over on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, harmless, say, shown
from gateway.settings import EXIT_STATUS, directory_of, read_directory

app = typer.Typer(help="The directory of official accounts.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The directory of official accounts."""


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The file; without it, the one the configuration names.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Name every problem of the directory at once; exit 78 when there is one."""
    path = file or directory_of(config)
    found = read_directory(path)
    if isinstance(found, tuple):
        for problem in found:
            say(shown(problem))
        raise typer.Exit(EXIT_STATUS)
    brands = ", ".join(brand.name for brand in found.brands.values()) or "none"
    say(harmless(f"{path}: no problem; brands: {brands}; digest {found.digest[:12]}", one_line=True))
