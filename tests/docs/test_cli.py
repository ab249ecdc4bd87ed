"""docs/cli.md names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from gateway.cli.main import app
from gateway.cli.verify import EXIT_STATUSES

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
EVERYWHERE = {"--help"}


def commands(group: Any = None, path: str = "gatehouse") -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, by its whole name."""
    for name, command in (group or get_command(app)).commands.items():
        full = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from commands(command, full)
        else:
            yield full, command


ALL = dict(commands())


def names(parameter: Any) -> list[str]:
    """Return every spelling of an option, `--no-` ones too."""
    return [*parameter.opts, *parameter.secondary_opts]


def section(command: str) -> str:
    """Return the part of the page under the heading that names a command."""
    parts = re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)
    found = [part for part in parts if re.search(rf"`{command}( [^`]*)?`", part.partition("\n")[0])]
    assert len(found) == 1, f"{command} has {len(found)} headings"
    return found[0]


def introduction(command: str) -> str:
    """Return what the chapter of a command says before its first command: it holds for all of them."""
    chapters = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (found,) = (chapter for chapter in chapters if section(command) in chapter)
    return found.partition("\n### ")[0]


@pytest.mark.parametrize("command", ALL)
def test_every_command_has_a_heading_and_names_its_options_and_arguments(command: str) -> None:
    text = section(command)
    shared = PAGE.partition("\n## ")[0]
    chapter = introduction(command)
    for parameter in ALL[command].params:
        if parameter.param_type_name == "argument":
            assert (parameter.metavar or parameter.name.upper()) in text
            continue
        assert "--config" in shared
        assert any(option in text + chapter or option == "--config" for option in parameter.opts), parameter.opts
        assert "--json" in text or "--json" not in parameter.opts


def test_no_command_stands_on_the_page_that_is_not_there() -> None:
    named = re.findall(r"^### (.*)$", PAGE, flags=re.MULTILINE)
    written = {re.sub(r" [A-Z\[\-].*", "", name) for line in named for name in re.findall(r"`([^`]+)`", line)}
    assert written == set(ALL)


def test_no_option_stands_on_the_page_that_is_not_there() -> None:
    known = {option for command in ALL.values() for parameter in command.params for option in names(parameter)}
    known |= EVERYWHERE | {"--version"}
    assert set(re.findall(r"--[a-z]+(?:-[a-z]+)*", PAGE)) <= known


@pytest.mark.parametrize("status", sorted({*EXIT_STATUSES.values(), 1, 2, 78}))
def test_every_exit_status_is_explained(status: int) -> None:
    assert re.search(rf"^\|[^|]*\b{status}\b", PAGE, flags=re.MULTILINE)
