"""`gatehouse check`: every problem of the configuration at once, and with `--live` a try of every login."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from gateway.cli._accounts import Blind, ask, blind
from gateway.cli._common import DEFAULT_CONFIG, EXIT_FAILED, AsJson, ConfigPath, harmless, say, say_json, shown
from gateway.errors import GatewayError
from gateway.settings import EXIT_STATUS, Problem, Settings, SettingsError, directory_of, load


class Found(NamedTuple):
    """One live check: of which channel, what was looked at, and how it is."""

    part: str
    name: str
    ok: bool
    detail: str


def check(
    config: ConfigPath = DEFAULT_CONFIG,
    live: Annotated[bool, typer.Option("--live", help="Also log in everywhere and look at rights.")] = False,
    probe: Annotated[
        bool,
        typer.Option("--probe/--no-probe", help="With --live, mail channels write to themselves and read it back."),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Name every problem of the configuration and of the directory; exit 78 when there is one.

    Name the official accounts that cannot be checked on their platform, too. With --live, open each channel and the
    backend and check them, let mail channels write to themselves, ping the exchange's own systems, and ask for the
    official accounts; exit 1 when one is not well.
    """
    settings, problems = _problems(config)
    warnings = _warnings(settings) if settings is not None else ()
    found, unchecked = _seen(settings, live, probe) if settings is not None else ([], ())
    if as_json:
        say_json(
            {
                "ok": not problems and all(each.ok for each in found),
                "problems": [problem._asdict() for problem in problems],
                "warnings": [warning._asdict() for warning in warnings],
                "unchecked": [each._asdict() for each in unchecked],
                "checks": [each._asdict() for each in found],
            }
        )
    else:
        _print(config, settings, problems, found)
        for each in unchecked:
            told = "; ".join(filter(None, (each.reason, each.advice)))
            say(harmless(f"unchecked: {each.account}: {told}", one_line=True))
        for warning in warnings:
            say(f"warning: {shown(warning)}")
    if problems:
        raise typer.Exit(EXIT_STATUS)
    if not all(each.ok for each in found):
        raise typer.Exit(EXIT_FAILED)


def _problems(config: Path) -> tuple[Settings | None, tuple[Problem, ...]]:
    try:
        settings = load(config)
    except SettingsError as error:
        return None, error.problems
    return settings, settings.unavailable


def _warnings(settings: Settings) -> tuple[Problem, ...]:
    """Return what works as it is written, but not as well as it could."""
    return (
        *_untried(settings),
        *_unproven(settings),
        *_unlisted(settings, datetime.now(UTC).date()),
        *_blind_to_pictures(),
    )


def _untried(settings: Settings) -> Iterator[Problem]:
    """Yield the ticket systems of a kind that was never tried against the real one."""
    for each in settings.backends:
        if each.plugin.unproven:
            yield Problem(f"backends.{each.name}" if each.name else "backend", f"unproven: {each.plugin.unproven}")


def _unproven(settings: Settings) -> Iterator[Problem]:
    from gateway.enrich.mail.checking import NEEDS

    yield from (
        Problem(
            f"channels.{each.name}.authserv_ids",
            "is empty, so that no sender of a mail can be proven: not the official ones, and forged ones neither. "
            "Write the name that your receiving server puts first in Authentication-Results, or own_checks = true",
        )
        for each in settings.channels
        if each.plugin.platform == "email"
        and not each.plugin.receivers(each.settings)
        and each.plugin.mail_checks(each.settings) is None
    )
    for each in settings.channels:
        if each.plugin.mail_checks(each.settings) is not None and find_spec("dns") is None:
            yield Problem(f"channels.{each.name}.own_checks", "cannot check any sender: " + NEEDS)


def _blind_to_pictures() -> Iterator[Problem]:
    from gateway.enrich.qr import NEEDS
    from gateway.reading.pictures import can_look

    if not can_look():
        yield Problem("pictures", f"are not looked at, so that nobody warns of what a QR code leads to: {NEEDS}")


def _unlisted(settings: Settings, today: date) -> Iterator[Problem]:
    """Yield the channels whose own account the directory does not list as it is: users ask after that one first."""
    for each in settings.channels:
        platform, handle = each.plugin.platform, each.plugin.manners(each.settings).handle
        if not handle:
            continue
        listed = settings.directory.accounts.get((platform, handle.lower()), ())
        pinned = [entry.id for entry in listed if entry.is_valid(today)]
        own = each.plugin.addresses(each.settings)
        if not pinned:
            what = f"its own account @{handle} is not in the directory, so that users are told that it is none of yours"
            mend = f'write [[brands.accounts]] with platform = "{platform}" and handle = "{handle}" there'
        elif all(number is not None and number not in own for number in pinned):
            what = f"its own account @{handle} stands in the directory with the id of another account"
            mend = "correct the id there"
        else:
            continue
        yield Problem(f"channels.{each.name}", f"{what}; {mend}")


def _seen(settings: Settings, live: bool, probes: bool) -> tuple[list[Found], tuple[Blind, ...]]:
    """Return what was looked at, and the official accounts that cannot be checked."""
    today = datetime.now(UTC).date()
    if not live:
        return [], blind(settings, today)
    return asyncio.run(_look(settings, today, probes))


async def _look(settings: Settings, today: date, probes: bool) -> tuple[list[Found], tuple[Blind, ...]]:
    from gateway.app import check_live

    found: list[Found] = []
    for part, report in (await check_live(settings, probes=probes)).items():
        if isinstance(report, GatewayError):
            found.append(Found(part, "open", ok=False, detail=f"{report}; {report.action}"))
        else:
            found += [Found(part, each.name, each.ok, each.detail) for each in report.checks]
    unchecked, wrong = await ask(settings, today)
    found += [Found(each.channel, each.account, ok=False, detail=each.detail) for each in wrong]
    return found, unchecked


def _print(config: Path, settings: Settings | None, problems: Sequence[Problem], found: Sequence[Found]) -> None:
    for problem in problems:
        say(shown(problem))
    for each in found:
        say(harmless(f"{'✓' if each.ok else '✗'} {each.part}: {each.name}: {each.detail}"))
    if problems:
        say(harmless(", ".join(_counted(config, problems)), one_line=True))
    elif settings is not None and not found:
        names = ", ".join(channel.name for channel in settings.channels) or "none enabled"
        kinds = ", ".join(each.plugin.name for each in settings.backends)
        told = f"{config}: no problem; channels: {names}; backend: {kinds}"
        say(harmless(told, one_line=True))


def _counted(config: Path, problems: Sequence[Problem]) -> Iterator[str]:
    """Yield how many problems each file has."""
    try:
        directory = directory_of(config).name
    except SettingsError:
        directory = ""
    listed = [each for each in problems if directory and each.path.partition(": ")[0] == directory]
    for name, count in ((str(config), len(problems) - len(listed)), (directory, len(listed))):
        if count:
            yield f"{count} {'problem' if count == 1 else 'problems'} in {name}"
