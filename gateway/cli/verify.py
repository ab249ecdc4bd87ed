"""`gatehouse verify`: is this handle, address, domain, link or number official? Never says that something is safe."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.case import Standing
from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, harmless, say, say_json
from gateway.settings import SettingsError, directory_of, read_directory

if TYPE_CHECKING:
    from gateway.trust.directory import Directory
    from gateway.trust.verify import Verdict

LONGEST_SHOWN = 300
EXIT_STATUSES = {
    Standing.OFFICIAL: 0,
    Standing.LOOK_ALIKE: 3,
    Standing.REPORTED_SCAM: 3,
    Standing.NOT_LISTED: 4,
    Standing.COULD_NOT_CHECK: 5,
}

DirectoryFile = Annotated[
    Path | None, typer.Option("--directory", help="A directory file, without any gatehouse.toml.", dir_okay=False)
]


def verify(
    what: Annotated[str, typer.Argument(help="A handle, mail address, domain, link or phone number.")],
    directory: DirectoryFile = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Where a handle was seen, e.g. telegram.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say whether something is on the list of official accounts, and why.

    Exit 0: official. 3: look-alike or reported scam. 4: not on the list. 5: could not be checked.
    """
    from gateway.trust.verify import verify as answer

    known = load_for(directory, config)
    verdict = answer(what, known, datetime.now(UTC).date(), platform)
    if as_json:
        say_json(verdict.model_dump(mode="json"))
    else:
        _print(what, verdict, known)
    raise typer.Exit(EXIT_STATUSES[verdict.standing])


def load_for(directory: Path | None, config: Path) -> Directory:
    """Return the directory in that file or, without one, the one that the configuration names."""
    found = read_directory(directory or directory_of(config))
    if isinstance(found, tuple):
        raise SettingsError(found)
    return found


def _print(what: str, verdict: Verdict, directory: Directory) -> None:
    # As it was asked, not as it was understood: what cannot be seen in it may be what is wrong with it.
    asked = what if len(what) <= LONGEST_SHOWN else f"{what[:LONGEST_SHOWN]} [...]"
    say(harmless(f"{asked}: {in_words(verdict, directory)}", one_line=True))
    for reason in verdict.reasons:
        say(harmless(f"  {reason}", one_line=False))


def in_words(verdict: Verdict, directory: Directory) -> str:
    """Return what we may say of it, in a few words."""
    match verdict.standing:
        case Standing.OFFICIAL:
            return f"official ({_brand(verdict, directory)})"
        case Standing.NOT_LISTED:
            return "not on our list"
        case Standing.LOOK_ALIKE:
            return f"looks like {verdict.official or _brand(verdict, directory)} but is not"
        case Standing.REPORTED_SCAM:
            return "reported as a scam"
        case Standing.COULD_NOT_CHECK:
            return "could not be checked"


def _brand(verdict: Verdict, directory: Directory) -> str:
    brand = directory.brands.get(verdict.brand or "")
    return brand.name if brand else verdict.brand or "a brand"
