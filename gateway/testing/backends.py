"""What every ticket backend must keep to: checks that run on any backend through a harness.

A third party imports `CHECKS`, writes a `BackendHarness` for its backend, and runs each check on a fresh one;
docs/plugins.md shows how. Each check's name and sentence is a clause there. One that fails raises `AssertionError`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from gateway.case import (
    Assessment,
    Attachment,
    Case,
    CaseState,
    Entry,
    Finding,
    Message,
    Party,
    Provenance,
    Severity,
)
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    GoneError,
    MalformedError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Backend,
    BackendPlugin,
    Cursor,
    Done,
    Failed,
    Feed,
    FileRef,
    Key,
    Page,
    Pending,
    Raw,
    Role,
    TicketAction,
    TicketEvent,
    TicketFile,
    TicketRef,
    TicketSystem,
    TicketWrite,
)

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
USER_TEXT = "my coins are gone, please look at withdrawal 81723 – größer, 提现, 🙏"
WRITTEN = (
    "Dear desk,\n\n  1. <b>bold</b> &amp; *stars* _lines_ `ticks`\n  2. C:\\new\\table #12 @ann [a](b) {c} %s $d\n\n"
    "> so you said\nU\u0308ber — „größer“ 提现。👩🏽‍🚀\n\n" + "one long line " * 400 + "\nthe end"
)
"""A text that invites a ticket system to read markup into it, or to tidy it up."""
RETRY_AFTER = timedelta(seconds=30)


class Fault(StrEnum):
    """What a ticket system can be made to do to a write."""

    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    MOVED = "moved"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    DOWN = "down"
    FAILED = "failed"
    DROPPED = "dropped"


EXPECTED: Mapping[Fault, type[GatewayError]] = MappingProxyType(
    {
        Fault.REFUSED: RejectedError,
        Fault.UNAUTHORIZED: AuthError,
        Fault.MOVED: ConfigError,
        Fault.BUSY: RateLimitedError,
        Fault.UNAVAILABLE: TransientError,
        Fault.DOWN: TransientError,
        Fault.FAILED: OutcomeUnknownError,
        Fault.DROPPED: OutcomeUnknownError,
    }
)
"""FAILED: the other side says that it failed, not how far it got. DROPPED: it took the write and the line fell. These
two, REFUSED and BUSY meet calls that change something; the others every call."""


@dataclass(frozen=True)
class Held:
    """A write that the ticket system holds."""

    key: str
    ticket: str
    case_id: str


@dataclass(frozen=True)
class Line:
    """One message or note on a ticket."""

    text: str
    for_agents: bool


class BackendHarness(Protocol):
    """A backend with a ticket system of its own, that a test can look into and make fail."""

    plugin: BackendPlugin
    faults: frozenset[Fault]
    secrets: Sequence[str]
    acts: int
    """How many acts of agents make more than one page of the feed."""
    loses_tickets: bool
    """Whether `lose` can be called."""

    def settings(self) -> Mapping[str, Any]:
        """Return settings that are well."""
        ...

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        """Open the backend on its ticket system."""
        ...

    async def held(self) -> Sequence[Held]:
        """Return the writes that the ticket system holds, each as often as it took it."""
        ...

    async def lines(self, case_id: str) -> Sequence[Line]:
        """Return the messages and notes on a case's ticket as they were written, in the order in which they came.

        What the backend adds for its own use, such as marks, is left out.
        """
        ...

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        """Return the names and bytes of the files on a case's ticket; for a backend that takes files."""
        ...

    async def lose(self, case_id: str) -> None:
        """Delete a case's ticket, or close it for good."""
        ...

    async def state(self, case_id: str) -> str:
        """Return the state of a case's ticket."""
        ...

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        """Let every write of that case (None: every call) meet this fault from now on."""
        ...

    async def mend(self) -> None:
        """End every fault."""
        ...

    def sent(self) -> bytes:
        """Return all that went over a line, heads of requests included, but for a header that is the credential."""
        ...

    def forged(self) -> int:
        """Count the calls that bore no valid proof of whom they came from."""
        ...

    async def act(self, case_id: str, kind: str, text: str) -> None:
        """Do what an agent does on a ticket: `replied`, `noted`, `solved`, `reopened`; for a backend with a feed."""
        ...

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Give an agent's public answer with files; for a backend whose agents' files can be fetched."""
        ...


Check = Callable[[BackendHarness], Awaitable[None]]


def case_id(number: int) -> str:
    return f"GH-7K3MQ-{number:05d}"


def make_case(number: int = 1) -> Case:
    party = Party(platform="email", address=f"user{number}@example.test", name="Ana Example")
    return Case(
        id=case_id(number),
        brand="Examplex",
        channel="support",
        platform="email",
        requester=party,
        participants=(party,),
        subject="Withdrawal",
        opened_at=START,
        updated_at=START,
        message_count=1,
        version=1,
    )


def make_entry(number: int = 1, text: str = USER_TEXT) -> Entry:
    provenance = Provenance(
        source="support",
        stream="INBOX",
        key=f"1:{number}",
        lane=f"user{number}@example.test",
        received_at=START,
        normalizer="email/1",
        size=2048,
    )
    message = Message(
        id=f"m{number}",
        content_key=f"c{number}",
        provenance=provenance,
        platform="email",
        sender=make_case(number).requester,
        subject="Withdrawal",
        text=text,
        attachments=(Attachment(id="1", name="screen.png", size=1024),),
    )
    return Entry(case_id=case_id(number), message=message, at=START)


def make_file(name: str, data: bytes, media_type: str = "image/png") -> TicketFile:
    """Return a file with these bytes, given out in uneven chunks."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 70_001):
            yield data[start : start + 70_001]

    return TicketFile(name, name, media_type, len(data), hashlib.sha256(data).hexdigest(), chunks)


def make_write(
    number: int = 1, step: str = "a", action: TicketAction = TicketAction.MESSAGE, ticket: TicketRef | None = None
) -> TicketWrite:
    """Return a write of the case with that number; `step` tells several writes of one case apart."""
    return TicketWrite(
        key=Key(f"support:m{number}:ticket:{step}"),
        action=action,
        case=make_case(number),
        ticket=ticket,
        entry=make_entry(number) if action is TicketAction.MESSAGE else None,
        note="an agent's eyes alone" if action is TicketAction.NOTE else "",
        state=CaseState.SOLVED if action is TicketAction.STATE else None,
    )


async def submit(backend: Backend, writes: Sequence[TicketWrite]) -> dict[Key, Done | Pending | Failed]:
    """Submit; return the answers by key, a whole call's error as everybody's. Fails on what no contract allows."""
    try:
        answers = await backend.submit(writes)
    except GatewayError as error:
        return {write.key: Failed(write.key, error) for write in writes}
    except Exception as error:
        raise AssertionError(f"an exception that is not ours left the backend: {type(error).__name__}") from error
    assert Counter(answer.key for answer in answers) == Counter(write.key for write in writes), (
        "answers are not one a write"
    )
    return {answer.key: answer for answer in answers}


async def done(backend: Backend, write: TicketWrite) -> TicketRef:
    answer = (await submit(backend, [write]))[write.key]
    assert isinstance(answer, Done), f"the write was not done: {answer}"
    assert answer.ticket, "a ticket without a name"
    return answer.ticket


async def look(backend: Backend, write: TicketWrite) -> TicketRef | OutcomeUnknownError | None:
    try:
        found = await backend.find(write)
    except OutcomeUnknownError as error:
        return error
    assert not isinstance(found, Pending), "a job that nobody named"
    return found


def again(write: TicketWrite, ticket: TicketRef | None = None) -> TicketWrite:
    """Return the write as the engine repeats it."""
    return replace(write, doubtful=True, ticket=ticket or write.ticket)


async def a_write_opens_a_ticket(harness: BackendHarness) -> None:
    """A write without a ticket opens one, names it, and is held there once."""
    write = make_write()
    async with harness.open() as system:
        ticket = await done(system.backend, write)
    assert [(item.key, item.ticket, item.case_id) for item in await harness.held()] == [
        (write.key, ticket, write.case.id)
    ]
    assert await harness.lines(write.case.id) == [Line(USER_TEXT, for_agents=False)]


async def each_write_of_a_batch_is_held_and_answered_once(harness: BackendHarness) -> None:
    """A batch has one answer a write, and each write that is done is held once, on a ticket of its own."""
    writes = [make_write(number) for number in range(1, 21)]
    async with harness.open() as system:
        answers = await submit(system.backend, writes)
    named = {(answer.key, answer.ticket) for answer in answers.values() if isinstance(answer, Done)}
    held = [(item.key, item.ticket) for item in await harness.held()]
    assert len(held) == len(writes)
    assert named == set(held), "what is answered is not what is held"
    assert len({ticket for _, ticket in held}) == len(writes)


async def an_empty_batch_has_no_answers(harness: BackendHarness) -> None:
    """Nothing to write is nothing to answer."""
    async with harness.open() as system:
        assert await submit(system.backend, []) == {}


async def a_repeated_key_changes_nothing(harness: BackendHarness) -> None:
    """The same write again, in doubt and after a restart too, is done on the same ticket and held once."""
    write = make_write()
    async with harness.open() as system:
        first = await done(system.backend, write)
        second = await done(system.backend, again(write))
    async with harness.open() as system:
        third = await done(system.backend, again(write))
        fourth = await done(system.backend, again(write, first))
    assert first == second == third == fourth
    assert [item.key for item in await harness.held()] == [write.key]
    assert len(await harness.lines(write.case.id)) == 1


async def later_writes_extend_their_ticket(harness: BackendHarness) -> None:
    """Writes that name a ticket land on it, each as what it is, and a note is for agents alone."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(step="a"))
        for step, action in (("b", TicketAction.NOTE), ("c", TicketAction.MESSAGE), ("d", TicketAction.STATE)):
            assert await done(system.backend, make_write(step=step, action=action, ticket=ticket)) == ticket
    assert {item.ticket for item in await harness.held()} == {ticket}
    assert len(await harness.held()) == 4
    user, agents = Line(USER_TEXT, for_agents=False), Line("an agent's eyes alone", for_agents=True)
    assert await harness.lines(case_id(1)) == [user, agents, user]
    assert await harness.state(case_id(1)) == CaseState.SOLVED


async def every_action_opens_a_missing_ticket(harness: BackendHarness) -> None:
    """A note or a state without a ticket opens one too, so that no write depends on an earlier one."""
    writes = [make_write(1, action=TicketAction.NOTE), make_write(2, action=TicketAction.STATE)]
    async with harness.open() as system:
        answers = await submit(system.backend, writes)
    assert all(isinstance(answer, Done) and answer.ticket for answer in answers.values())
    assert {item.case_id for item in await harness.held()} == {write.case.id for write in writes}


async def a_text_arrives_as_it_was_written(harness: BackendHarness) -> None:
    """A user's text is kept to the character: nothing in it is markup, nothing is tidied up."""
    entry = make_entry(text=WRITTEN)
    async with harness.open() as system:
        ticket = await done(system.backend, replace(make_write(), entry=entry))
        await done(system.backend, replace(make_write(step="b", ticket=ticket), entry=entry))
    assert await harness.lines(case_id(1)) == [Line(WRITTEN, for_agents=False)] * 2


async def what_agents_must_know_is_for_them_alone(harness: BackendHarness) -> None:
    """What was found in a message, and which of its files stay in the gateway, is never told in public."""
    entry = make_entry()
    found = Finding(code="look_alike_mentioned", severity=Severity.DANGER, reason="it names a look-alike of ours")
    entry = entry.model_copy(update={"assessment": Assessment(findings=(found,))})
    write = replace(make_write(), entry=entry, withheld=("The file key.txt stays in the gateway.",))
    async with harness.open() as system:
        ticket = await done(system.backend, write)
        await done(system.backend, replace(write, key=make_write(step="b").key, ticket=ticket))
    lines = await harness.lines(write.case.id)
    assert [line.text for line in lines if not line.for_agents] == [USER_TEXT] * 2


async def files_arrive_byte_for_byte(harness: BackendHarness) -> None:
    """Files go with their message, under their names and with all their bytes, and once."""
    if not harness.plugin.takes_files:
        return
    large, odd = bytes(range(256)) * 2_000, b"\x00\xff\r\n--"
    wanted = [("überweisung 提现.png", large), ("b.png", odd), ("empty.png", b"1")]
    files = tuple(make_file(name, data) for name, data in wanted)
    write = replace(make_write(), files=files[:2])
    late = replace(make_write(step="b", action=TicketAction.FILE), entry=write.entry, files=files[2:])
    async with harness.open() as system:
        ticket = await done(system.backend, write)
        await done(system.backend, again(write))
        await done(system.backend, replace(late, ticket=ticket))
        await done(system.backend, again(late, ticket))
    assert sorted(await harness.files(write.case.id)) == sorted(wanted)


async def a_ticket_that_is_lost_is_said_to_be_gone(harness: BackendHarness) -> None:
    """A write to a ticket that was deleted, or closed for good, is a `GoneError`, and the next one opens another."""
    if not harness.loses_tickets:
        return
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await harness.lose(case_id(1))
        write = make_write(step="b", ticket=ticket)
        answer = (await submit(system.backend, [write]))[write.key]
        assert isinstance(answer, Failed), "written to a ticket that is lost"
        assert isinstance(answer.error, GoneError)
        anew = await done(system.backend, replace(write, ticket=None, generation=2, doubtful=True))
    assert anew != ticket


async def find_never_lies(harness: BackendHarness) -> None:
    """`find` names a ticket only for a write that took effect, and None only where writing again doubles nothing."""
    write = make_write()
    async with harness.open() as system:
        stranger = await look(system.backend, make_write(7))
        assert stranger is None or isinstance(stranger, OutcomeUnknownError), "a ticket for a write that never was"
        ticket = await done(system.backend, write)
        found = await look(system.backend, write)
        if found is None:
            assert await done(system.backend, again(write)) == ticket
        later = await look(system.backend, make_write(step="b", ticket=ticket))
        assert later is None or isinstance(later, OutcomeUnknownError), "a ticket that lacks this write"
    assert found is None or isinstance(found, OutcomeUnknownError) or found == ticket
    assert [item.key for item in await harness.held()] == [write.key]


async def one_refused_write_spares_its_neighbours(harness: BackendHarness) -> None:
    """A write that is refused fails alone."""
    if Fault.REFUSED not in harness.faults:
        return
    writes = [make_write(number) for number in range(1, 6)]
    await harness.plan(Fault.REFUSED, writes[2].case.id)
    async with harness.open() as system:
        answers = await submit(system.backend, writes)
    bad = answers.pop(writes[2].key)
    assert isinstance(bad, Failed), "a refused write is not done"
    assert isinstance(bad.error, RejectedError)
    assert all(isinstance(answer, Done) for answer in answers.values()), "neighbours suffer"
    assert {item.key for item in await harness.held()} == {str(write.key) for write in writes} - {str(writes[2].key)}


async def each_fault_is_its_error(harness: BackendHarness) -> None:
    """Every fault of the other side becomes the error that tells the engine what to do, and is never "done"."""
    for number, fault in enumerate(sorted(harness.faults), 1):
        write = make_write(number)
        await harness.plan(fault, None)
        async with harness.open() as system:
            answer = (await submit(system.backend, [write]))[write.key]
        await harness.mend()
        assert isinstance(answer, Failed), f"{fault}: {answer}"
        assert type(answer.error) is EXPECTED[fault], f"{fault}: {type(answer.error).__name__}"
        if isinstance(answer.error, RateLimitedError):
            assert answer.error.retry_after == RETRY_AFTER
        if not isinstance(answer.error, OutcomeUnknownError):
            assert write.key not in {item.key for item in await harness.held()}, f"{fault}: held all the same"


async def a_fault_passes(harness: BackendHarness) -> None:
    """The same open backend works again when its ticket system does."""
    for number, fault in enumerate(sorted(harness.faults), 1):
        async with harness.open() as system:
            await harness.plan(fault, None)
            await submit(system.backend, [make_write(number, "a")])
            await harness.mend()
            await done(system.backend, make_write(number, "b"))


async def an_unknown_outcome_is_settled_without_doubling(harness: BackendHarness) -> None:
    """After a line that dropped, `find` and, where it says None, the same write again, leave one effect."""
    for number, fault in enumerate(sorted(harness.faults & {Fault.DROPPED, Fault.FAILED}), 1):
        async with harness.open() as system:
            await _settle(harness, system.backend, make_write(number), fault)
            ticket = await done(system.backend, make_write(number + 10))
            for step, action in (("b", TicketAction.MESSAGE), ("c", TicketAction.NOTE)):
                await _settle(harness, system.backend, make_write(number + 10, step, action, ticket), fault)


async def _settle(harness: BackendHarness, backend: Backend, write: TicketWrite, fault: Fault) -> None:
    """Let a write meet a fault that leaves its outcome unknown, and settle it as the engine does."""
    await harness.plan(fault, None)
    await submit(backend, [write])
    await harness.mend()
    found = await look(backend, write)
    if found is None:
        found = await done(backend, again(write))
    held = [item for item in await harness.held() if item.key == write.key]
    untold = isinstance(found, OutcomeUnknownError)
    assert len(held) == 1 or (untold and fault is Fault.FAILED and not held), f"{fault}: held {len(held)} times"
    assert untold or found == held[0].ticket


async def a_cancelled_call_leaves_the_backend_usable(harness: BackendHarness) -> None:
    """Cancelling reaches the caller, and the next call works."""
    async with harness.open() as system:
        task = asyncio.ensure_future(system.backend.submit([make_write(1)]))
        await asyncio.sleep(0)
        task.cancel()
        assert (await asyncio.gather(task, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        await done(system.backend, make_write(2))


async def errors_tell_no_secret_and_no_text_of_a_user(harness: BackendHarness) -> None:
    """What an operator reads of a failure, or sees of the backend, holds no secret and no user's words."""
    for number, fault in enumerate(sorted(harness.faults), 1):
        write = make_write(number)
        await harness.plan(fault, None)
        async with harness.open() as system:
            answer = (await submit(system.backend, [write]))[write.key]
            shown = f"{system} {system.backend}"
        await harness.mend()
        assert isinstance(answer, Failed)
        shown += f"{answer.error} {answer.error!r}"
        assert not [word for word in (*harness.secrets, USER_TEXT, write.case.requester.address) if word in shown]


async def every_call_proves_its_sender_and_tells_no_secret(harness: BackendHarness) -> None:
    """What goes over a line bears its proof, and never a secret itself."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
        await system.backend.check()
    assert harness.forged() == 0
    assert not [secret for secret in harness.secrets if secret.encode() in harness.sent()]


async def a_check_tells_well_from_ill_and_changes_nothing(harness: BackendHarness) -> None:
    """`check` is well on a working ticket system, is not on a dead or refusing one, and leaves no ticket."""
    async with harness.open() as system:
        assert (await system.backend.check()).ok
        for fault in sorted(harness.faults & {Fault.DOWN, Fault.UNAUTHORIZED, Fault.UNAVAILABLE}):
            await harness.plan(fault, None)
            assert not await _well(system.backend), f"{fault}: well all the same"
            await harness.mend()
    assert await harness.held() == []


async def _well(backend: Backend) -> bool:
    try:
        return (await backend.check()).ok
    except GatewayError:
        return False


async def roles_are_what_the_plugin_declares(harness: BackendHarness) -> None:
    """An open backend has the roles that its plugin declares, and no other; a feed has a normalizer."""
    async with harness.open() as system:
        has = {
            Role.FEED: system.feed is not None,
            Role.INGRESS: system.ingress is not None,
            Role.DOWNLOADER: system.downloader is not None,
            Role.SETUP: system.setup is not None,
        }
    assert {role for role, there in has.items() if there} == harness.plugin.roles
    assert not harness.plugin.roles & {Role.FEED, Role.INGRESS} or harness.plugin.normalizer is not None


async def settings_refuse_what_they_do_not_know(harness: BackendHarness) -> None:
    """An unknown key is an error, values are frozen, and no secret shows when settings are printed."""
    model: type[BaseModel] = harness.plugin.settings
    settings = model.model_validate(harness.settings())
    try:
        model.model_validate({**harness.settings(), "not_a_setting": 1})
    except ValidationError:
        pass
    else:
        raise AssertionError("a setting that nobody knows was taken")
    assert model.model_config.get("frozen")
    assert not [secret for secret in harness.secrets if secret in f"{settings} {settings!r}"]


async def settings_are_well_without_their_secrets(harness: BackendHarness) -> None:
    """A command that calls nobody reads no secret: an empty one stands for it, and is no mistake."""
    unread = {name: SecretStr("") for name, field in harness.plugin.settings.model_fields.items() if _is_secret(field)}
    given = {name: value for name, value in unread.items() if name in harness.settings()}
    try:
        harness.plugin.settings.model_validate({**harness.settings(), **given})
    except ValidationError as error:
        raise AssertionError(f"settings that cannot be read without secrets: {error}") from None


def _is_secret(field: FieldInfo) -> bool:
    def holds(annotation: Any) -> bool:
        return annotation is SecretStr or any(holds(item) for item in get_args(annotation))

    return holds(field.annotation)


async def a_feed_misses_nothing_and_repeats_itself(harness: BackendHarness) -> None:
    """From its beginning or from any cursor, a feed gives every act after it, in order, under keys that stay."""
    if Role.FEED not in harness.plugin.roles:
        return
    async with harness.open() as system:
        feed, start = await _beginning(system)
        await done(system.backend, make_write(1))
        texts = [f"answer {number}" for number in range(harness.acts)]
        for text in texts:
            await harness.act(case_id(1), "replied", text)
        pages = await _pages(feed, start)
        repeated = await _pages(feed, start)
        rest = await _pages(feed, pages[0].cursor)
    raws = [raw for page in pages for raw in page.items]
    assert [event.text for event in _events(harness, raws)] == texts
    assert _keys(repeated) == _keys(pages)
    assert set(_keys(rest)) >= set(_keys(pages[1:])), "a cursor that leaps"
    assert len({(raw.lane, raw.key) for raw in raws}) == len(raws), "keys that do not tell raws apart"


async def a_feed_tells_each_act_of_an_agent(harness: BackendHarness) -> None:
    """Replies, notes and states come back as ticket events of their case and ticket, with ids that stay."""
    if Role.FEED not in harness.plugin.roles:
        return
    kinds = ["replied", "noted", "solved", "reopened"]
    async with harness.open() as system:
        feed, start = await _beginning(system)
        ticket = await done(system.backend, make_write(1))
        raws: list[Raw] = []
        for kind in kinds:
            await harness.act(case_id(1), kind, f"text of {kind}")
            # Where a system tells how a ticket stands, not how it came to that, the cursor alone knows what was told.
            news, start = await _news(feed, start)
            raws += news
    events = list({event.id: event for event in _events(harness, raws)}.values())
    assert [event.kind for event in events] == kinds
    assert {event.ticket for event in events} == {ticket}
    assert {event.case_id for event in events} <= {case_id(1), None}
    assert [event.text for event in events[:2]] == ["text of replied", "text of noted"]
    assert _events(harness, raws) == _events(harness, raws), "a normalizer that is not pure"


async def our_own_writes_never_come_back_as_agents_acts(harness: BackendHarness) -> None:
    """What the gateway wrote is not what an agent did."""
    if Role.FEED not in harness.plugin.roles:
        return
    async with harness.open() as system:
        feed, start = await _beginning(system)
        ticket = await done(system.backend, make_write(step="a"))
        await done(system.backend, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
        await done(system.backend, make_write(step="c", action=TicketAction.STATE, ticket=ticket))
        raws = [raw for page in await _pages(feed, start) for raw in page.items]
    assert _events(harness, raws) == []


async def files_of_an_answer_come_byte_for_byte(harness: BackendHarness) -> None:
    """Files of an agent's answer are named by its event, and fetched with all their bytes."""
    if not {Role.DOWNLOADER, Role.FEED} <= harness.plugin.roles:
        return
    wanted = [("заявка 提现 größer.pdf", bytes(range(256)) * 1_000), ("b.bin", b"\r\n\x00\xff--")]
    async with harness.open() as system:
        feed, start = await _beginning(system)
        await done(system.backend, make_write(1))
        await harness.answer(case_id(1), "please see the files", wanted)
        events = _events(harness, [raw for page in await _pages(feed, start) for raw in page.items])
        assert [(event.kind, event.text) for event in events] == [("replied", "please see the files")]
        assert system.downloader is not None
        got = [(file.name, await _read(system.downloader.open(FileRef(file.ref)))) for file in events[0].attached]
    assert sorted(got) == sorted(wanted)


async def _read(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def a_normalizer_calls_what_it_cannot_read_malformed(harness: BackendHarness) -> None:
    """Bytes that are no act of an agent raise `MalformedError` and nothing else."""
    if harness.plugin.normalizer is None:
        return
    for body in (b"", b"\x00\xff", b"[]", b"{}", b'{"id": 1, "kind": "hacked"}', b"[" * 5000):
        raw = Raw("desk", _STREAM, Key("k"), "lane", body, "application/json", START, len(body))
        try:
            harness.plugin.normalizer.normalize(raw)
        except MalformedError:
            continue
        raise AssertionError(f"read as an act of an agent: {body[:20]!r}")


_STREAM: Any = "desk"


async def _beginning(system: TicketSystem) -> tuple[Feed, Cursor | None]:
    """Return the feed and where it begins, which is now: what was there before the gateway concerns no case of it."""
    assert system.feed is not None
    page = await system.feed.fetch(None)
    assert not page.items, "news where there is none"
    return system.feed, page.cursor


async def _pages(feed: Feed, after: Cursor | None) -> list[Page[Raw]]:
    """Fetch until a page is empty and tells of no more."""
    pages: list[Page[Raw]] = []
    while (page := await feed.fetch(after)).items or page.more:
        assert page.cursor is not None, "raws without a cursor"
        assert page.cursor != after, "a cursor that stands still"
        if page.items:
            pages.append(page)
        after = page.cursor
    return pages


async def _news(feed: Feed, after: Cursor | None) -> tuple[list[Raw], Cursor | None]:
    """Fetch as the engine does, which keeps the cursor of an empty page too; return what came, and where to go on."""
    raws: list[Raw] = []
    while True:
        page = await feed.fetch(after)
        if not page.items and not page.more:
            return raws, page.cursor or after
        assert page.cursor is not None, "raws without a cursor"
        assert page.cursor != after, "a cursor that stands still"
        raws += page.items
        after = page.cursor


def _keys(pages: Sequence[Page[Raw]]) -> list[tuple[str, Key]]:
    return [(raw.lane, raw.key) for page in pages for raw in page.items]


def _events(harness: BackendHarness, raws: Sequence[Raw]) -> list[TicketEvent]:
    assert harness.plugin.normalizer is not None
    events = [event for raw in raws for event in harness.plugin.normalizer.normalize(raw)]
    assert all(isinstance(event, TicketEvent) for event in events)
    return [event for event in events if isinstance(event, TicketEvent)]


CHECKS: tuple[Check, ...] = (
    a_write_opens_a_ticket,
    each_write_of_a_batch_is_held_and_answered_once,
    an_empty_batch_has_no_answers,
    a_repeated_key_changes_nothing,
    later_writes_extend_their_ticket,
    every_action_opens_a_missing_ticket,
    a_text_arrives_as_it_was_written,
    what_agents_must_know_is_for_them_alone,
    files_arrive_byte_for_byte,
    a_ticket_that_is_lost_is_said_to_be_gone,
    find_never_lies,
    one_refused_write_spares_its_neighbours,
    each_fault_is_its_error,
    a_fault_passes,
    an_unknown_outcome_is_settled_without_doubling,
    a_cancelled_call_leaves_the_backend_usable,
    errors_tell_no_secret_and_no_text_of_a_user,
    every_call_proves_its_sender_and_tells_no_secret,
    a_check_tells_well_from_ill_and_changes_nothing,
    roles_are_what_the_plugin_declares,
    settings_refuse_what_they_do_not_know,
    settings_are_well_without_their_secrets,
    a_feed_misses_nothing_and_repeats_itself,
    a_feed_tells_each_act_of_an_agent,
    our_own_writes_never_come_back_as_agents_acts,
    files_of_an_answer_come_byte_for_byte,
    a_normalizer_calls_what_it_cannot_read_malformed,
)
