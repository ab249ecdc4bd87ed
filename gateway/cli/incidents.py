"""`gatehouse incidents`: what operators know to be disturbed: open it, see whom it concerns, change it, end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.answers.locales import LANGUAGES
from gateway.cli._beside import operator, poke, with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    fail,
    harmless,
    operator_settings,
    say,
    say_json,
    say_table,
    utc_time,
)
from gateway.incidents import ENGLISH, Incident, Reach
from gateway.queues import Act
from gateway.settings.explain import did_you_mean

if TYPE_CHECKING:
    from gateway.journal import Store
    from gateway.settings import Settings

app = typer.Typer(help="Known incidents: open, list, show, update, end.", no_args_is_help=True)

BATCH = 200
"""Cases looked at in one transaction."""
MOST_TITLE = 120
MOST_TEXT = 2_000
_MOST = 2**63 - 1

Number = Annotated[int, typer.Argument(help="The number of an incident.", min=1, max=_MOST)]
Text = Annotated[
    list[str] | None, typer.Option("--text", help="LANGUAGE=TEXT: what users are told besides; may be given again.")
]
Expected = Annotated[
    str, typer.Option("--expected", help="When it is expected to be over, as 2026-11-22T18:00Z; without a zone UTC.")
]
Several = list[str] | None
Title = Annotated[list[str], typer.Option("--title", help="LANGUAGE=TITLE, in English at least; may be given again.")]
COLUMNS = ("number", "title", "concerns", "cases", "told", "opened (UTC)", "expected (UTC)", "ended (UTC)")
_CONDITIONS = ("categories", "networks", "assets", "languages", "channels", "regions", "terms")


@app.callback()
def group() -> None:
    """Known incidents."""


@app.command(name="open")
def open_incident(
    title: Title,
    category: Annotated[Several, typer.Option("--category", help="Cases of this category; may be given again.")] = None,
    network: Annotated[Several, typer.Option("--network", help="Cases that name this network, e.g. bitcoin.")] = None,
    asset: Annotated[Several, typer.Option("--asset", help="Cases that name this asset, e.g. BTC.")] = None,
    language: Annotated[Several, typer.Option("--language", help="Cases in this language.")] = None,
    channel: Annotated[Several, typer.Option("--channel", help="Cases on this channel.")] = None,
    region: Annotated[Several, typer.Option("--region", help="Customers of this region.")] = None,
    term: Annotated[Several, typer.Option("--term", help="Cases whose message has one of these words.")] = None,
    text: Text = None,
    expected: Expected = "",
    since: Annotated[
        str, typer.Option("--since", help="Also cases that are open and came since then, as 2026-11-22T06:00Z.")
    ] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Open one: new cases that meet every kind of condition given belong to it, and their receipts name it."""
    settings = operator_settings(config)
    now = datetime.now(UTC)
    at = _time("--expected", expected, after=now) if expected else None
    incident = Incident(
        title=_texts("--title", title, MOST_TITLE),
        text=_texts("--text", text, MOST_TEXT),
        categories=_given(category),
        networks=_given(network),
        assets=_given(asset),
        languages=_given(language),
        channels=_given(channel),
        regions=_given(region),
        terms=_given(term),
        expected=at,
        opened_at=now,
    )
    if ENGLISH not in incident.title:
        fail("write at least --title en=...: it is what agents read, and users in whose language there is none", 2)
    if incident.is_for_all:
        fail("say whom it concerns: at least one of --category, --network, --asset, --language, --channel, ...", 2)
    _can_be_met(incident, settings)
    from_when = _time("--since", since) if since else None
    kept = with_store(settings, lambda store: _opened(store, incident, from_when, now))
    found, linked = kept
    say(f"{found.number}: open")
    if from_when is not None:
        say(f"{linked} open cases belong to it")
    poke(settings)


@app.command(name="list")
def list_incidents(
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List incidents, newest first; without options those that are open."""
    found = with_store(operator_settings(config), lambda store: _reached(store, limit, every))
    if as_json:
        say_json([plain(incident, reach) for incident, reach in found])
    elif found:
        say_table(COLUMNS, [_row(incident, reach) for incident, reach in found])
    else:
        say("There is no such incident.")


@app.command()
def show(number: Number, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show all that is known of one, and how many cases belong to it."""
    found = with_store(operator_settings(config), lambda store: _one(store, number))
    if found is None:
        fail(f"there is no incident {number}")
    told = plain(*found)
    if as_json:
        say_json(told)
        return
    for name, value in told.items():
        say(harmless(f"{name}: {value}", one_line=True))


@app.command()
def update(
    number: Number,
    title: Annotated[Several, typer.Option("--title", help="LANGUAGE=TITLE, over the one in that language.")] = None,
    text: Text = None,
    expected: Expected = "",
    unknown: Annotated[bool, typer.Option("--no-expected", help="Nobody knows any more when it is over.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Change what is said of one that is open; whom it concerns stays as it is."""
    if unknown and expected:
        fail("give --expected or --no-expected, not both", 2)
    settings = operator_settings(config)
    titles, texts = _texts("--title", title, MOST_TITLE), _texts("--text", text, MOST_TEXT)
    act = Act(by=operator(), at=datetime.now(UTC))
    at = _time("--expected", expected, after=act.at) if expected else None

    async def change(store: Store) -> bool:
        found = await store.incidents.get(number)
        if found is None or found.ended_at is not None:
            return False
        changed = {
            "title": {**found.title, **titles},
            "text": {**found.text, **texts},
            "expected": None if unknown else at or found.expected,
        }
        return await store.incidents.change(found.model_copy(update=changed), act)

    if not with_store(settings, change):
        fail(f"there is no open incident {number}")
    say(f"{number}: changed")
    poke(settings)


@app.command()
def end(number: Number, text: Text = None, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """End one: the user of each of its cases is told once, where that is possible, and its agents by a note."""
    settings = operator_settings(config)
    ending = _texts("--text", text, MOST_TEXT)
    act = Act(by=operator(), at=datetime.now(UTC))

    async def ended(store: Store) -> Reach | None:
        done = await store.incidents.end(number, ending, act)
        return (await store.incidents.reach([number]))[number] if done else None

    reach = with_store(settings, ended)
    if reach is None:
        fail(f"there is no open incident {number}")
    say(f"{number}: over; the users of {reach.cases} cases are told")
    poke(settings)


def plain(incident: Incident, reach: Reach) -> dict[str, Any]:
    """Return an incident as JSON has it."""
    return {**incident.model_dump(mode="json"), "cases": reach.cases, "told": reach.told}


async def _opened(store: Store, incident: Incident, since: datetime | None, now: datetime) -> tuple[Incident, int]:
    kept = await store.incidents.open(incident, Act(by=operator(), at=now))
    return kept, 0 if since is None else await _link(store, kept, since, now)


async def _link(store: Store, incident: Incident, since: datetime, now: datetime) -> int:
    """Have the engine link open cases that were there before; return how many."""
    from gateway.casework.matching import fits
    from gateway.feedback import INCIDENTS, incident_linked
    from gateway.wake import ENGINE

    after, linked = "", 0
    while found := await store.incidents.candidates(since, after, BATCH, texts=bool(incident.terms)):
        matching = [
            each.case
            for each in found
            if each.case.opened_at >= since and not each.case.incident and fits(incident, each.case, each.text)
        ]
        if matching:
            raws = [incident_linked(incident, case.id, now) for case in matching]
            linked += (await store.put_page(ENGINE, INCIDENTS, raws, None)).stored
        after = found[-1].case.id
    return linked


async def _reached(store: Store, limit: int, every: bool) -> Sequence[tuple[Incident, Reach]]:
    found = await store.incidents.page(limit, ended=every)
    reach = await store.incidents.reach([each.number for each in found])
    return [(each, reach[each.number]) for each in found]


async def _one(store: Store, number: int) -> tuple[Incident, Reach] | None:
    found = await store.incidents.get(number)
    return None if found is None else (found, (await store.incidents.reach([number]))[number])


def _row(incident: Incident, reach: Reach) -> tuple[str, ...]:
    conditions = (f"{name}: {', '.join(getattr(incident, name))}" for name in _CONDITIONS if getattr(incident, name))
    times = (incident.opened_at, incident.expected, incident.ended_at)
    shown = (f"{at:%Y-%m-%d %H:%M}" if at is not None else "" for at in times)
    return (str(incident.number), incident.name, "; ".join(conditions), str(reach.cases), str(reach.told), *shown)


def _given(values: Several) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values or () if value.strip()))


def _can_be_met(incident: Incident, settings: Settings) -> None:
    """End the command where a condition names what no case can have: nobody would ever be told."""
    from gateway.triage.fold import fold
    from gateway.triage.language import languages_told
    from gateway.triage.regions import is_region
    from gateway.triage.rules import Rules

    rules = settings.triaging.rules if settings.triaging is not None else Rules()
    # A sender's own program may tell a kin, such as pt-BR, of a language that is known.
    languages = {language.partition("-")[0] for language in (*LANGUAGES, *languages_told())}
    for kind, asked, known in (
        ("channel", incident.channels, {each.name for each in settings.channels}),
        ("category", incident.categories, rules.categories_known),
        ("network", incident.networks, rules.networks_known),
        ("language", [each.partition("-")[0] for each in incident.languages], languages),
    ):
        low = {each.casefold() for each in known}
        for name in asked:
            if name.casefold() not in low:
                meant = did_you_mean(name.casefold(), sorted(known)).strip()
                fail(f"there is no {kind} {harmless(name, one_line=True)}{meant and '; '}{meant}", 2)
    if strange := [each for each in incident.regions if not is_region(each)]:
        fail(f"there is no region {harmless(strange[0], one_line=True)}: write de, us-ca or eu", 2)
    if not all(map(fold, incident.terms)):
        fail("a --term has nothing that a message could hold: write a word or a phrase", 2)


def _texts(option: str, given: Several, most: int) -> dict[str, str]:
    """Return texts by language from LANGUAGE=TEXT."""
    known = {tag.casefold(): tag for tag in LANGUAGES}
    found: dict[str, str] = {}
    for each in given or ():
        language, equals, text = each.partition("=")
        tag = known.get(language.strip().casefold())
        if not equals or tag is None:
            fail(f"write {option} LANGUAGE=TEXT, the language one of {', '.join(LANGUAGES)}", 2)
        if not text.strip() or len(text) > most:
            fail(f"{option} {tag}= has no text, or more than {most} characters", 2)
        found[tag] = text.strip()
    return found


def _time(option: str, text: str, *, after: datetime | None = None) -> datetime:
    """Return the time that is written, which must come after another one where that is given."""
    if (at := utc_time(text)) is None:
        fail(f"{option} must be a time such as 2026-11-22T18:00Z", 2)
    if after is not None and at <= after:
        fail(f"{option} is in the past: write when it is expected to be over, or leave it out", 2)
    return at
