"""`gatehouse verify`: is this handle, address, domain, link or number official? Never says that something is safe."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.case import Standing
from gateway.cli._common import DEFAULT_CONFIG, AsJson, ConfigPath, complain, fail, harmless, say, say_json
from gateway.errors import GatewayError
from gateway.settings import directory_of, store_of

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
    Path | None,
    typer.Option("--directory", help="A directory file or import lines, without any gatehouse.toml.", dir_okay=False),
]
AsLines = Annotated[
    bool, typer.Option("--jsonl", help="Answer JSON lines from standard input on standard output, in order.")
]


def verify(
    what: Annotated[
        str | None, typer.Argument(help="A handle, mail address, domain, link, phone number or wallet address.")
    ] = None,
    directory: DirectoryFile = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", help="domain, url, email, handle, phone, name, wallet or id, where its writing does not tell."
        ),
    ] = "",
    platform: Annotated[str | None, typer.Option("--platform", help="Where a handle was seen, e.g. telegram.")] = None,
    display_name: Annotated[str, typer.Option("--display-name", help="The name that the account shows.")] = "",
    account_id: Annotated[str | None, typer.Option("--id", help="The account's number on its platform.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """Say whether something is on the list of official accounts, and why.

    Exit 0: official. 3: look-alike or reported scam. 4: not on the list. 5: could not be checked.
    """
    known = load_for(directory, config)
    if as_lines:
        return _answer_lines(known)
    if directory is None:
        known = _with_rulings(known, config)
    if what is None and not display_name:
        fail("say what to verify: gatehouse verify WHAT", 2)
    asked = what or display_name
    verdict = _verdict(asked, known, kind if what else "name", platform, display_name, account_id)
    if as_json:
        say_json({**verdict._asdict(), "technique": verdict.technique, "score": verdict.score})
    else:
        _print(asked, verdict, known)
    raise typer.Exit(EXIT_STATUSES[verdict.standing])


def _verdict(
    what: str, known: Directory, kind: str, platform: str | None, display_name: str, account_id: str | None
) -> Verdict:
    from gateway.trust.claims import KINDS, claim_of
    from gateway.trust.verify import verify_claim

    if kind and kind not in KINDS:
        fail(f'"{kind}" is none of {", ".join(sorted(KINDS))}', 2)
    claim = claim_of(what, kind)
    return verify_claim(claim, known, today(), platform, display_name=display_name, account_id=account_id)


def _answer_lines(known: Directory) -> None:
    from gateway.cli._lines import stream
    from gateway.trust.exchange import ask, refused

    stream(lambda asked: ask(asked, known, today()), lambda reason: refused(reason))


def today() -> date:
    """Return the day by UTC."""
    return datetime.now(UTC).date()


def load_for(directory: Path | None, config: Path) -> Directory:
    """Return the directory in that file or, without one, the one that the configuration names."""
    from gateway.cli._listed import directory_in

    return directory_in(directory or directory_of(config))


def _with_rulings(known: Directory, config: Path) -> Directory:
    """Return the directory with what operators have confirmed, as the running gateway knows it."""
    place = store_of(config)
    if place is None:
        return known
    # Imported here: most of the time that a command with a store takes goes into this.
    from gateway.rulings import scams_of, with_scams
    from gateway.store.reports import confirmed_at

    try:
        confirmed = confirmed_at(place)
    except GatewayError as error:
        complain(f"The directory alone was asked, not what operators have confirmed: {error}")
        return known
    return with_scams(known, scams_of(confirmed), today())


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
