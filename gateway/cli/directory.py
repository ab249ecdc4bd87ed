"""`gatehouse directory`: the file of official accounts looked over, made from lines, signed; its lists of scams."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    complain,
    fail,
    harmless,
    say,
    say_json,
    shown,
)
from gateway.settings import EXIT_STATUS, Problem, directory_of, read_directory

if TYPE_CHECKING:
    from gateway.trust.directory import Directory
    from gateway.trust.review import Remark
    from gateway.trust.scamlist import Row
    from gateway.trust.scamsource import Found

MAX_FILE_BYTES = 512 * 1024 * 1024
_NAMED = 8
"""Brands, remarks of one kind and refused rows that are named one by one."""

app = typer.Typer(help="The directory of official accounts.", no_args_is_help=True)

Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.", dir_okay=False)]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")]
Day = Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The day of the list.")]


@app.callback()
def group() -> None:
    """The directory of official accounts."""


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The file; without it, the one the configuration names.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    public_key: Annotated[str, typer.Option("--public-key", help="Refuse a file that is not signed with it.")] = "",
    max_age: Annotated[int, typer.Option("--max-age", min=1, help="Days after which a list of scams is old.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Name every problem of the directory at once, and what deserves a second look; exit 78 when there is a problem."""
    from gateway.trust.review import remarks

    path = file or directory_of(config)
    found = read_directory(path, public_key)
    if isinstance(found, tuple):
        if as_json:
            say_json({"ok": False, "problems": [problem._asdict() for problem in found], "warnings": [], "counts": {}})
        for problem in found if not as_json else ():
            say(shown(problem))
        raise typer.Exit(EXIT_STATUS)
    told = list(remarks(found, datetime.now(UTC).date(), max_age))
    if as_json:
        _say_as_json(found, told)
    else:
        _say_in_words(path, found, told)


def _say_as_json(found: Directory, told: Sequence[Remark]) -> None:
    from gateway.trust.review import counts

    warnings = [{"code": each.code, "path": each.path, "message": each.message} for each in told]
    lists = [
        {"file": info.file, "source": info.source, "date": info.date, "rows": info.rows} for info in found.scam_lists
    ]
    say_json(
        {
            "ok": True,
            "problems": [],
            "warnings": warnings,
            "counts": counts(found),
            "scam_lists": lists,
            "digest": found.digest,
        }
    )


def _say_in_words(path: Path, found: Directory, told: Iterable[Remark]) -> None:
    from gateway.trust.review import TITLES, counts

    names = [brand.name for brand in found.brands.values()]
    brands = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    say(harmless(f"{path}: no problem; brands: {brands}; digest {found.digest[:12]}", one_line=True))
    say("  " + ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts(found).items() if number))
    for info in found.scam_lists:
        say("  " + harmless(f"{info.file}: {info.rows:,} rows by {info.source} of {info.date}", one_line=True))
    for code, group in groupby(sorted(told, key=lambda each: list(TITLES).index(each.code)), lambda each: each.code):
        remarks = list(group)
        say(f"warning: {len(remarks):,} {TITLES[code]}")
        for each in remarks[:_NAMED]:
            say("  " + harmless(f"{each.path}: {each.message}", one_line=True))
        if len(remarks) > _NAMED:
            say(f"  and {len(remarks) - _NAMED:,} more; --json tells all")


@app.command(name="import")
def import_lines(
    file: Annotated[Path, typer.Argument(help="One brand a line, as JSON.", dir_okay=False)],
    output: Output = Path("official.toml"),
    force: Force = False,
) -> None:
    """Make a directory of lines such as {"brand", "name", "twitter", "telegram", "domains", "emails", "phones"}.

    Exit 78 names every bad line, and nothing is written. What belongs to nobody alone is left out and said.
    """
    from gateway.trust.directory import DirectoryError
    from gateway.trust.importing import as_toml, read_lines

    try:
        imported = read_lines(_text(file).split("\n"))
    except DirectoryError as error:
        for problem in error.problems:
            complain(shown(Problem(f"{file.name}: {problem.path}", problem.message)))
        raise typer.Exit(EXIT_STATUS) from None
    if not imported.file.brands:
        fail(f"{file.name}: holds no brand; write one a line", EXIT_STATUS)
    for warning in imported.warnings:
        complain(f"warning: {shown(Problem(f'{file.name}: {warning.path}', warning.message))}")
    _write(output, as_toml(imported.file), force)
    say(harmless(f"{output}: {len(imported.file.brands):,} brands, {len(imported.warnings):,} warnings", one_line=True))


@app.command()
def scams(
    file: Annotated[Path, typer.Argument(help="A list of hosts, a hosts file, CSV or JSON.", dir_okay=False)],
    source: Annotated[str, typer.Option("--source", help="Whose list it is.")],
    output: Output,
    day: Day = None,
    kind: Annotated[str, typer.Option("--kind", help="What the values are, when they do not tell themselves.")] = "",
    platform: Annotated[str, typer.Option("--platform", help="Where the handles are.")] = "",
    directory: Annotated[
        Path | None, typer.Option("--directory", help="Leave out what is official by this file.", dir_okay=False)
    ] = None,
    force: Force = False,
) -> None:
    """Write somebody's list of scams as the directory reads it; say what of it was refused.

    A platform, a public suffix or a shortener is never taken: a list has to name the sub-domain or the link.
    """
    from gateway.cli._listed import directory_in
    from gateway.trust.entries import official_keys
    from gateway.trust.scamlist import KINDS, rows_written
    from gateway.trust.scamsource import read_foreign

    if kind and kind not in KINDS:
        fail(f"--kind is one of {', '.join(KINDS)}", 2)
    if not source.strip():
        fail("--source names whose list it is", 2)
    ours: dict[str, str] = {}
    if directory is not None:
        ours = official_keys(directory_in(directory).brands.values())
    chosen = _Chosen(read_foreign(_text(file), kind, platform), ours)
    made_on = day.date() if day else datetime.now(UTC).date()
    rows = list(chosen)
    if not rows:
        chosen.say_refused(file)
        fail(f"{file.name}: holds nothing that can be taken; nothing was written", EXIT_STATUS)
    _write(output, rows_written(rows, source.strip(), made_on), force)
    chosen.say_refused(file)
    say(
        harmless(
            f"{output}: {len(rows):,} taken, {chosen.doubled:,} doubled, {chosen.refused:,} refused", one_line=True
        )
    )
    say('Name it in the directory: [[scam_lists]] with file = "..." beside it.')


class _Chosen:
    """The rows that are taken, once each; counts the others."""

    def __init__(self, found: Iterable[Found], ours: dict[str, str]) -> None:
        self._found = found
        self._ours = ours
        self._told: list[Problem] = []
        self.refused = 0
        self.doubled = 0

    def __iter__(self) -> Iterator[Row]:
        seen: set[str] = set()
        for number, row in self._found:
            if isinstance(row, Exception):
                self._refuse(number, str(row))
            elif row.key in self._ours:
                self._refuse(number, f"{row.value} stands above or for {self._ours[row.key]}, which is official")
            elif row.key in seen:
                self.doubled += 1
            else:
                seen.add(row.key)
                yield row

    def _refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        if self.refused <= 2 * _NAMED:
            self._told.append(Problem(f"line {number}", reason))

    def say_refused(self, file: Path) -> None:
        """Say what was refused, on stderr."""
        for problem in self._told:
            complain(f"refused: {file.name}: {shown(problem)}")
        if self.refused > len(self._told):
            complain(f"refused: {self.refused - len(self._told):,} more")


@app.command()
def keygen(
    file: Annotated[Path, typer.Argument(help="The file for the private key; it must not be there.", dir_okay=False)],
) -> None:
    """Make a key that signs directories, and print what the configuration has to name."""
    from gateway.trust.signing import new_key

    pem, public = new_key()
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(pem)
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror}")
    say(harmless(f"{file}: keep it away from the gateway; whoever holds it can make anybody official", one_line=True))
    say(f'directory_key = "{public}"')


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="The directory.", dir_okay=False)],
    key: Annotated[Path, typer.Option("--key", help="The private key that `keygen` made.", dir_okay=False)],
) -> None:
    """Sign the directory and the lists that it names: writes FILE.sig."""
    from gateway.cli._listed import directory_in
    from gateway.trust.directory import signature_path
    from gateway.trust.signing import sign as signed

    found = directory_in(file)
    place = signature_path(file)
    _write(place, [signed(file, _bytes(key)).strip()], force=True)
    say(harmless(f"{place}: signs {file.name} and {len(found.scam_lists)} lists", one_line=True))


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            fail(f"{file}: is longer than {MAX_FILE_BYTES:,} bytes", EXIT_STATUS)
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read: {error.strerror}", EXIT_STATUS)


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError:
        fail(f"{file}: is not UTF-8; save it as UTF-8", EXIT_STATUS)


def _write(file: Path, lines: Iterable[str], force: bool) -> None:
    """Write a file whole or not at all."""
    if file.exists() and not force:
        fail(f"{file}: is there already; write over it with --force, or name another")
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as made:
            made.writelines(f"{line}\n" for line in lines)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        fail(f"{file}: cannot be written: {error.strerror}")
