"""`gatehouse cases`: the tickets that the gateway itself keeps, and every case's file, beside the running engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.case import AttachmentState, Case, CaseState, Direction
from gateway.cli._attach import Attached, keep, opened
from gateway.cli._beside import operator, poke, with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    fail,
    operator_settings,
    say,
    say_json,
    say_table,
)
from gateway.cli._invite import new_link
from gateway.cli._originals import (
    Place,
    choose_attachment,
    choose_raw,
    extracted,
    place_of,
    refuse_absent,
    refuse_taken,
    write_chunks,
    write_new,
)
from gateway.cli._show import account_of, dumped, lines
from gateway.files import of_desk
from gateway.journal import Store
from gateway.ports import Raw, Role, TicketRef
from gateway.settings import Settings
from gateway.views import CaseView

app = typer.Typer(help="Cases: list, show, answer, solve, open their originals.", no_args_is_help=True)

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The case number, e.g. GH-7K3MQ-9Q2XZ.")]
Number = Annotated[int | None, typer.Option("--message", min=1, help="Which message, as `show` numbers them.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write; must not be there.")]
Attach = Annotated[list[Path] | None, typer.Option("--attach", help="A file that goes with it; may be given again.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it is opened, for the log of openings.")]

MAX_TEXT = 100_000
"""Bytes of an answer or a note: some fifty pages; more is a file in the wrong place."""


@app.command(name="list")
def list_cases(
    state: Annotated[CaseState | None, typer.Option("--state", help="Only cases in this state.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Only cases that wait for an answer, what is due first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List cases, newest change first; with `--due`, what is due first."""
    if due and state is not None:
        fail("give --due or --state, not both: who waits for an answer is not solved", 2)
    settings = operator_settings(config)
    found = with_store(settings, lambda store: store.due_cases(limit) if due else store.list_cases(state, limit))
    if as_json:
        say_json([case.model_dump(mode="json") for case in found])
        return
    if not found:
        say("There is no case.")
        return
    columns = ("case", "state", "priority", "due (UTC)", "channel", "from", "subject", "messages", "updated (UTC)")
    rows = [
        (
            case.id,
            case.state,
            case.priority,
            _due(case),
            case.channel,
            account_of(case.requester),
            case.subject,
            case.message_count,
            f"{case.updated_at:%Y-%m-%d %H:%M:%S}",
        )
        for case in found
    ]
    say_table(columns, rows)


@app.command()
def show(case: CaseId, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show a case whole: its messages with what was found in them, what was sent and written, the ticket."""
    settings = operator_settings(config)
    view = _view(settings, case)
    if as_json:
        say_json(dumped(view))
        return
    systems = {each.target: each for each in settings.backends}

    def page_of(target: str, ticket: str) -> str:
        found = systems.get(target)
        return found.plugin.page_of(found.settings, TicketRef(ticket)) if found is not None else ""

    for line in lines(view, page_of):
        say(line)


@app.command()
def reply(
    case: CaseId,
    text: Annotated[str, typer.Argument(help="The answer to the user; - reads it from stdin.")],
    attach: Attach = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Answer the user, on the channel the user wrote on."""
    written = _text(text)
    with opened(attach or ()) as files:
        _act(config, case, "replied", written, "the answer is on its way", files)


@app.command()
def note(
    case: CaseId,
    text: Annotated[str, typer.Argument(help="The note, for agents only; - reads it from stdin.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Add a note that the user never sees."""
    _act(config, case, "noted", _text(text), "noted")


@app.command()
def solve(case: CaseId, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Mark a case as solved."""
    _act(config, case, "solved", "", "solved")


@app.command()
def reopen(case: CaseId, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Open a solved case again."""
    _act(config, case, "reopened", "", "open again")


@app.command()
def invite(
    case: CaseId,
    channel: Annotated[str | None, typer.Option("--channel", help="To which channel's private chat.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Print a link by which a user goes on with a case in a private chat. Every one is logged."""
    settings = operator_settings(config)
    view = _view(settings, case)
    link, until = new_link(settings, view, channel)
    say(link)
    number = view.file.case.id
    say(f"Good once, until {until:%Y-%m-%d %H:%M} UTC, for whoever opens it: answers on {number} go to that chat then,")
    say("and what is written there belongs to the case. Give it to the user alone.")


@app.command()
def raw(
    case: CaseId,
    output: Output,
    number: Number = None,
    version: Annotated[int | None, typer.Option("--version", min=1, help="Which version; else the newest.")] = None,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write the original of a message, byte for byte, to a file. Every opening is logged."""
    refuse_taken(output)
    settings = operator_settings(config)
    place = choose_raw(_view(settings, case), number, version)
    original = _open(settings, place, reason)
    write_new(output, original.body)
    whole = "It is as the sender sent it" if original.complete else "It is only what was fetched of the mail"
    say(f"Wrote {output}. {whole}: open it with care.")


@app.command()
def attachment(
    case: CaseId,
    file_id: Annotated[str, typer.Argument(metavar="ID", help="The attachment's id, as `show` names it.")],
    output: Output,
    number: Number = None,
    reason: Reason = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write an attachment to a file. Every opening is logged."""
    refuse_taken(output)
    settings = operator_settings(config)
    entry, found = choose_attachment(_view(settings, case), file_id, number)
    refuse_absent(found, entry.message.provenance.source)
    if found.state is AttachmentState.STORED:
        kept_as = entry.message.id if entry.direction is Direction.IN else of_desk(entry.case_id)
        _write_stored(settings, kept_as, file_id, reason, output)
    else:
        place = place_of(entry)
        write_new(output, extracted(_open(settings, place, reason), place, file_id))
    say(f"Wrote {output}. It is as the sender sent it: open it with care.")


def _act(config: Path, case: str, kind: str, text: str, done: str, files: Sequence[Attached] = ()) -> None:
    settings = operator_settings(config)
    view = _view(settings, case)
    number = view.file.case.id
    kept_in = next((each for each in settings.backends if each.target == view.file.case.backend), settings.backend)
    if kept_in.plugin.name != "embedded":
        fail(f'tickets live in the backend "{kept_in.plugin.name}"; act there, and the gateway takes it from there')
    if kind == "replied" and (obstacle := _obstacle(view.file.case, settings)):
        fail(f"{number}: {obstacle}; nothing was sent")
    now = datetime.now(UTC)

    async def act(store: Store) -> int | None:
        borne = [await keep(store, number, each) for each in files]
        return await store.agent_act(number, kind, text, operator(), now, borne)

    if with_store(settings, act) is None:
        fail(f"{number} has no ticket yet: the gateway has still to write it; run it, then try again")
    say(f"{number}: {done}.")
    poke(settings)


def _obstacle(case: Case, settings: Settings) -> str:
    """Say why an answer could not leave, as far as is known before it is tried."""
    if not case.requester.address:
        return "the user left no address that could be answered"
    if case.channel not in {each.name for each in settings.channels if Role.SENDER in each.plugin.roles}:
        return f'the channel "{case.channel}" is switched off, or cannot send'
    return ""


def _due(case: Case) -> str:
    if case.due_at is None:
        return ""
    return f"{case.due_at:%Y-%m-%d %H:%M}" + (f" ({case.escalated})" if case.escalated else "")


def _view(settings: Settings, case: str) -> CaseView:
    number = case.strip().upper()
    view = with_store(settings, lambda store: store.case_view(number))
    if view is None:
        fail(f"there is no case {number}")
    return view


def _open(settings: Settings, place: Place, reason: str) -> Raw:
    now = datetime.now(UTC)
    found = with_store(settings, lambda store: store.open_raw(place.source, place.key, operator(), reason, now))
    if found is None:
        fail("the original is no longer kept")
    return found


def _write_stored(settings: Settings, message_id: str, file_id: str, reason: str, output: Path) -> None:
    """Write a file that is kept apart from its message as it comes from the store: it may be large."""
    now = datetime.now(UTC)

    async def write(store: Store) -> None:
        opened = await store.open_attachment(message_id, file_id, operator(), reason, now)
        if opened is None:
            fail("the file is no longer kept")
        await write_chunks(output, opened.chunks)

    with_store(settings, write)


def _text(written: str) -> str:
    content = sys.stdin.buffer.read(MAX_TEXT + 1) if written == "-" else written.encode("utf-8", "surrogateescape")
    if len(content) > MAX_TEXT:
        fail(f"the text is longer than {MAX_TEXT} bytes; nothing was done", 2)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        fail("the text is not UTF-8; nothing was done", 2)
    if not text.strip():
        fail("there is no text; nothing was done", 2)
    return text.replace("\r\n", "\n").strip("\n")
