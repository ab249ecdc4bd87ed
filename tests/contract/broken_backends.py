"""Backends with one planted fault each, around the real ones: the contract suite must catch every one of them."""

from __future__ import annotations

import asyncio
import html
import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import httpx
from pydantic import ConfigDict, model_validator

from gateway.backends import embedded, webhook
from gateway.errors import (
    GatewayError,
    GoneError,
    MalformedError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Backend,
    BackendPlugin,
    Check,
    Cursor,
    Done,
    Downloader,
    Failed,
    Feed,
    FileRef,
    Key,
    Opening,
    Page,
    Pending,
    Raw,
    Report,
    StreamId,
    TicketAction,
    TicketEvent,
    TicketFile,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from gateway.testing.backends import START, make_write
from tests.contract.backend_harness import SECRET
from tests.contract.example_backend import MINIDESK

Answers = Sequence[Done | Pending | Failed]


class Wrapped:
    """A sound backend; each broken one changes one thing of it."""

    def __init__(self, inner: Backend) -> None:
        self.inner = inner

    async def check(self) -> Report:
        return await self.inner.check()

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit(writes)

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        return await self.inner.find(write, job)


class LosesOneOfABatch(Wrapped):
    """Says that all is done, and leaves the last of a batch out."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        answers = await self.inner.submit(writes[:-1] if len(writes) > 1 else writes)
        lost = writes[len(answers) :]
        return [*answers, *(Done(write.key, TicketRef(write.case.id)) for write in lost)]


class AnswersFewer(Wrapped):
    """Writes all and answers all but one."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return (await self.inner.submit(writes))[:-1]


class DoublesOnRepetition(Wrapped):
    """Gives each attempt an identity of its own, so that a repetition is a second effect."""

    counter = itertools.count()

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        attempt = next(self.counter)
        changed = [replace(write, key=Key(f"{write.key}:{attempt}")) for write in writes]
        answers = await self.inner.submit(changed)
        return [replace(answer, key=write.key) for write, answer in zip(writes, answers, strict=True)]


class OneTicketForAll(Wrapped):
    """Names the first ticket for every write of a batch."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        answers = await self.inner.submit(writes)
        return [replace(answer, ticket=TicketRef("T-1")) if isinstance(answer, Done) else answer for answer in answers]


class ForgetsTheTicket(Wrapped):
    """Opens a new ticket for each write of a case."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([replace(write, ticket=None) for write in writes])


class NotesAsMessages(Wrapped):
    """Shows the user what was for agents alone."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        public = [
            replace(write, action=TicketAction.MESSAGE) if write.action is TicketAction.NOTE else write
            for write in writes
        ]
        return await self.inner.submit(public)


class ChokesOnNothing(Wrapped):
    """Takes for granted that there is something to write."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        first = writes[0]
        return await self.inner.submit([first, *writes[1:]])


class OpensForMessagesOnly(Wrapped):
    """Refuses a note or a state that comes before any message."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        if any(write.ticket is None and write.action is not TicketAction.MESSAGE for write in writes):
            raise RejectedError("there is no ticket yet")
        return await self.inner.submit(writes)


class RaisesForOneBadWrite(Wrapped):
    """Lets one refused write fail the whole batch."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        answers = await self.inner.submit(writes)
        for answer in answers:
            if isinstance(answer, Failed):
                raise answer.error
        return answers


class DoneOnServerError(Wrapped):
    """Takes every answer for success."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        try:
            answers = await self.inner.submit(writes)
        except GatewayError:
            return [Done(write.key, TicketRef(write.case.id)) for write in writes]
        return [Done(answer.key, TicketRef("T-0")) if isinstance(answer, Failed) else answer for answer in answers]


class AllIsTransient(Wrapped):
    """Calls every failure one that passes, those too whose outcome nobody knows."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        try:
            return await self.inner.submit(writes)
        except GatewayError as error:
            raise TransientError(str(error)) from None


class FindAlwaysFinds(Wrapped):
    """Names a ticket for a write that never was."""

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        return TicketRef("T-1")


class LeaksItsLibrary(Wrapped):
    """Lets the HTTP library's own exception out."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        try:
            return await self.inner.submit(writes)
        except TransientError as error:
            raise httpx.ConnectError(str(error)) from None


class TellsTheUsersText(Wrapped):
    """Puts the write into its error."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        try:
            return await self.inner.submit(writes)
        except GatewayError as error:
            error.args = (f"{error}: {writes[0]}",)
            raise


class SwallowsCancellation(Wrapped):
    """Answers a caller that has gone."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        try:
            return await self.inner.submit(writes)
        except asyncio.CancelledError:
            return [Failed(write.key, OutcomeUnknownError("cancelled")) for write in writes]


class DeadAfterAFault(Wrapped):
    """Never works again after its first failure."""

    failed: GatewayError | None = None

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        if self.failed is not None:
            raise self.failed
        try:
            return await self.inner.submit(writes)
        except GatewayError as error:
            self.failed = error
            raise


class AlwaysWell(Wrapped):
    """Reports that all is well without looking."""

    async def check(self) -> Report:
        return Report((Check("receiver", ok=True, detail="fine"),))


class ChecksByWriting(Wrapped):
    """Leaves a ticket behind with each check."""

    async def check(self) -> Report:
        await self.inner.submit([make_write(99)])
        return await self.inner.check()


class FeedWrapped:
    """A sound feed; each broken one changes one thing of it."""

    def __init__(self, inner: Feed) -> None:
        self.inner = inner

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        return await self.inner.fetch(after)


class NewestOnly(FeedWrapped):
    """Shows the last act of each page alone."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        return Page(page.items[-1:], page.cursor, page.more)


class NewKeys(FeedWrapped):
    """Gives an act another key each time that it is fetched."""

    counter = itertools.count()

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        return replace(page, items=tuple(replace(raw, key=Key(f"{next(self.counter)}")) for raw in page.items))


class CursorAhead(FeedWrapped):
    """Moves its cursor past what it gave."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        return page if page.cursor is None else replace(page, cursor=Cursor(str(int(page.cursor) + 1)))


class Forgets(FeedWrapped):
    """Shows each act once, whether it was stored or not."""

    def __init__(self, inner: Feed) -> None:
        super().__init__(inner)
        self.shown: set[Key] = set()

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        fresh = tuple(raw for raw in page.items if raw.key not in self.shown)
        self.shown.update(raw.key for raw in fresh)
        return replace(page, items=fresh)


class Echoes(FeedWrapped):
    """Shows the gateway's own note as an agent's."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        if page.items or after is not None:
            return page
        return Page(
            (Raw("desk", embedded.STREAM, Key("entry:1"), "lane", b"{}", "application/json", START, 2),), Cursor("1")
        )


class TruncatesFiles(Wrapped):
    """Sends the first bytes of a large file alone, and says that this is all."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([_with_files(write, _first_bytes) for write in writes])


class DoublesFiles(Wrapped):
    """Gives each attempt's files a name of their own in the ticket system."""

    counter = itertools.count()

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        attempt = next(self.counter)
        return await self.inner.submit(
            [_with_files(write, lambda file: replace(file, id=f"{file.id}:{attempt}")) for write in writes]
        )


class RenamesFiles(Wrapped):
    """Keeps of a file's name what a typewriter has."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        def plain(file: TicketFile) -> TicketFile:
            return replace(file, name=file.name.encode("ascii", "replace").decode())

        return await self.inner.submit([_with_files(write, plain) for write in writes])


class ForgetsLateFiles(Wrapped):
    """Takes files with their message alone."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        late = TicketAction.FILE
        return await self.inner.submit(
            [replace(write, files=()) if write.action is late else write for write in writes]
        )


class SwallowsWhatIsGone(Wrapped):
    """Takes a ticket that is not there any more for one that needs nothing."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        answers = await self.inner.submit(writes)
        tickets = {write.key: write.ticket or TicketRef("1") for write in writes}
        return [Done(answer.key, tickets[answer.key]) if _is_gone(answer) else answer for answer in answers]


class OpensAnotherUnasked(Wrapped):
    """Opens a ticket in the place of one that is gone, of which the engine never hears."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        answers = await self.inner.submit(writes)
        if not any(_is_gone(answer) for answer in answers):
            return answers
        return await self.inner.submit([replace(write, ticket=None, generation=2) for write in writes])


class KeepsToTheGone(Wrapped):
    """Looks for the first ticket of a case for ever."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([replace(write, generation=1) for write in writes])


class TellsTheUserWhatAgentsMustKnow(Wrapped):
    """Puts what was withheld below the user's words."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([_with_text(write, _followed_by(write.withheld)) for write in writes])


class TidiesUp(Wrapped):
    """Folds white space."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([_with_text(write, lambda text: " ".join(text.split())) for write in writes])


class ReadsMarkup(Wrapped):
    """Takes what a user wrote for HTML."""

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        return await self.inner.submit([_with_text(write, html.unescape) for write in writes])


class DoublesWhatIsAppended(Wrapped):
    """Is careful with the opening of a ticket alone."""

    counter = itertools.count()

    async def submit(self, writes: Sequence[TicketWrite]) -> Answers:
        attempt = next(self.counter)
        doubled = [
            replace(write, key=Key(f"{write.key}{' ' * attempt}")) if write.ticket and write.doubtful else write
            for write in writes
        ]
        answers = await self.inner.submit(doubled)
        return [replace(answer, key=write.key) for write, answer in zip(writes, answers, strict=True)]


class DownloaderWrapped:
    """A sound downloader; each broken one changes one thing of it."""

    def __init__(self, inner: Downloader) -> None:
        self.inner = inner

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        return self.inner.open(ref)


class EndsEarly(DownloaderWrapped):
    """Gives out the beginning of a file alone."""

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        async with aclosing(self.inner.open(ref)) as chunks:
            async for chunk in chunks:
                yield chunk[:1_000]
                return


def _with_files(write: TicketWrite, change: Callable[[TicketFile], TicketFile]) -> TicketWrite:
    return replace(write, files=tuple(change(file) for file in write.files))


def _first_bytes(file: TicketFile) -> TicketFile:
    most = 65_536

    async def chunks() -> AsyncIterator[bytes]:
        left = most
        async for chunk in file.open():
            yield chunk[:left]
            left -= len(chunk[:left])

    return replace(file, size=most, open=chunks) if file.size > most else file


def _with_text(write: TicketWrite, change: Callable[[str], str]) -> TicketWrite:
    if write.entry is None:
        return write
    message = write.entry.message
    changed = message.model_copy(update={"text": change(message.text)})
    return replace(write, entry=write.entry.model_copy(update={"message": changed}))


def _followed_by(more: Sequence[str]) -> Callable[[str], str]:
    return lambda text: "\n".join([text, *more])


def _is_gone(answer: Done | Pending | Failed) -> bool:
    return isinstance(answer, Failed) and isinstance(answer.error, GoneError)


class EchoesMinidesk(FeedWrapped):
    """Shows what the gateway itself wrote as an agent's answer."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        page = await self.inner.fetch(after)
        if page.items or after != Cursor("0"):
            return page
        act = {"id": 1, "ticket": "1", "ref": "GH-1", "kind": "replied", "text": "", "agent": "", "documents": []}
        body = json.dumps({**act, "at": START.isoformat()}).encode()
        raw = Raw("desk", StreamId("acts"), Key("act:1"), "1", body, "application/json", START, len(body))
        return Page((raw,), Cursor("1"), more=True)


@dataclass(frozen=True)
class Broken:
    """A plugin with a planted fault, and the checks that must catch it (each of them)."""

    plugin: BackendPlugin
    caught_by: frozenset[str]


def with_backend(plugin: BackendPlugin, wrap: Callable[[Backend], Backend], *caught_by: str) -> Broken:
    @asynccontextmanager
    async def open_broken(opening: Opening[Any]) -> AsyncIterator[TicketSystem]:
        async with plugin.open(opening) as system:
            yield replace(system, backend=wrap(system.backend))

    return Broken(replace(plugin, open=open_broken), frozenset(caught_by))


def with_feed(plugin: BackendPlugin, wrap: Callable[[Feed], Feed], *caught_by: str) -> Broken:
    @asynccontextmanager
    async def open_broken(opening: Opening[Any]) -> AsyncIterator[TicketSystem]:
        async with plugin.open(opening) as system:
            assert system.feed is not None
            yield replace(system, feed=wrap(system.feed))

    return Broken(replace(plugin, open=open_broken), frozenset(caught_by))


def with_downloader(plugin: BackendPlugin, wrap: Callable[[Downloader], Downloader], *caught_by: str) -> Broken:
    @asynccontextmanager
    async def open_broken(opening: Opening[Any]) -> AsyncIterator[TicketSystem]:
        async with plugin.open(opening) as system:
            assert system.downloader is not None
            yield replace(system, downloader=wrap(system.downloader))

    return Broken(replace(plugin, open=open_broken), frozenset(caught_by))


def with_normalizer(
    plugin: BackendPlugin, change: Callable[[TicketEvent], TicketEvent | None], *caught_by: str
) -> Broken:
    """Return the plugin with a normalizer that changes each event, or leaves it out."""
    assert plugin.normalizer is not None
    sound = plugin.normalizer

    def normalize(raw: Raw) -> Sequence[Any]:
        events = [change(event) for event in sound.normalize(raw) if isinstance(event, TicketEvent)]
        return [event for event in events if event is not None]

    return Broken(replace(plugin, normalizer=replace(sound, normalize=normalize)), frozenset(caught_by))


def with_client(change: Callable[[httpx.Request], None], *caught_by: str) -> Broken:
    """Return the webhook with a client that changes each request on its way out."""

    @asynccontextmanager
    async def open_broken(opening: Opening[Any]) -> AsyncIterator[TicketSystem]:
        async def hook(request: httpx.Request) -> None:
            change(request)

        async with httpx.AsyncClient(event_hooks={"request": [hook]}) as client:
            yield TicketSystem(webhook.WebhookBackend(opening.settings, client, opening.clock))

    return Broken(replace(webhook.PLUGIN, open=open_broken), frozenset(caught_by))


class CarelessSettings(webhook.WebhookSettings):
    """Takes any key."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SettingsThatMustKnow(webhook.WebhookSettings):
    """Looks at a secret that nobody has read."""

    @model_validator(mode="after")
    def _looks(self) -> Self:
        if not self.secret.get_secret_value():
            raise ValueError("there is no secret")
        return self


def _normalize_anything(raw: Raw) -> Sequence[Any]:
    try:
        return embedded.normalize(raw)
    except MalformedError:
        return ()


def _normalize_to_notes(raw: Raw) -> Sequence[Any]:
    return [event.model_copy(update={"kind": "noted"}) for event in embedded.normalize(raw)]


def _unsigned(request: httpx.Request) -> None:
    del request.headers["webhook-signature"]


def _with_the_secret(request: httpx.Request) -> None:
    request.headers["authorization"] = f"Bearer {SECRET}"


BROKEN_WEBHOOKS: dict[str, Broken] = {
    "loses one of a batch": with_backend(
        webhook.PLUGIN, LosesOneOfABatch, "each_write_of_a_batch_is_held_and_answered_once"
    ),
    "answers fewer": with_backend(webhook.PLUGIN, AnswersFewer, "each_write_of_a_batch_is_held_and_answered_once"),
    "doubles on repetition": with_backend(
        webhook.PLUGIN,
        DoublesOnRepetition,
        "a_repeated_key_changes_nothing",
        "an_unknown_outcome_is_settled_without_doubling",
        "find_never_lies",
    ),
    "one ticket for all": with_backend(
        webhook.PLUGIN, OneTicketForAll, "each_write_of_a_batch_is_held_and_answered_once"
    ),
    "forgets the ticket": with_backend(webhook.PLUGIN, ForgetsTheTicket, "later_writes_extend_their_ticket"),
    "notes as messages": with_backend(webhook.PLUGIN, NotesAsMessages, "later_writes_extend_their_ticket"),
    "chokes on nothing": with_backend(webhook.PLUGIN, ChokesOnNothing, "an_empty_batch_has_no_answers"),
    "opens for messages only": with_backend(
        webhook.PLUGIN, OpensForMessagesOnly, "every_action_opens_a_missing_ticket"
    ),
    "raises for one bad write": with_backend(
        webhook.PLUGIN, RaisesForOneBadWrite, "one_refused_write_spares_its_neighbours"
    ),
    "done on a server error": with_backend(
        webhook.PLUGIN, DoneOnServerError, "each_fault_is_its_error", "one_refused_write_spares_its_neighbours"
    ),
    "all is transient": with_backend(webhook.PLUGIN, AllIsTransient, "each_fault_is_its_error"),
    "find always finds": with_backend(webhook.PLUGIN, FindAlwaysFinds, "find_never_lies"),
    "leaks its library": with_backend(webhook.PLUGIN, LeaksItsLibrary, "each_fault_is_its_error", "a_fault_passes"),
    "tells the user's text": with_backend(
        webhook.PLUGIN, TellsTheUsersText, "errors_tell_no_secret_and_no_text_of_a_user"
    ),
    "swallows cancellation": with_backend(
        webhook.PLUGIN, SwallowsCancellation, "a_cancelled_call_leaves_the_backend_usable"
    ),
    "dead after a fault": with_backend(webhook.PLUGIN, DeadAfterAFault, "a_fault_passes"),
    "always well": with_backend(webhook.PLUGIN, AlwaysWell, "a_check_tells_well_from_ill_and_changes_nothing"),
    "checks by writing": with_backend(
        webhook.PLUGIN, ChecksByWriting, "a_check_tells_well_from_ill_and_changes_nothing"
    ),
    "unsigned": with_client(_unsigned, "every_call_proves_its_sender_and_tells_no_secret", "a_write_opens_a_ticket"),
    "sends its secret": with_client(_with_the_secret, "every_call_proves_its_sender_and_tells_no_secret"),
    "careless settings": Broken(
        replace(webhook.PLUGIN, settings=CarelessSettings), frozenset({"settings_refuse_what_they_do_not_know"})
    ),
    "settings that must know the secret": Broken(
        replace(webhook.PLUGIN, settings=SettingsThatMustKnow), frozenset({"settings_are_well_without_their_secrets"})
    ),
    "declares a role it has not": Broken(
        replace(webhook.PLUGIN, roles=embedded.PLUGIN.roles, normalizer=embedded.NORMALIZER),
        frozenset({"roles_are_what_the_plugin_declares"}),
    ),
}

BROKEN_DESKS: dict[str, Broken] = {
    "newest only": with_feed(embedded.PLUGIN, NewestOnly, "a_feed_misses_nothing_and_repeats_itself"),
    "new keys": with_feed(embedded.PLUGIN, NewKeys, "a_feed_misses_nothing_and_repeats_itself"),
    "cursor ahead": with_feed(embedded.PLUGIN, CursorAhead, "a_feed_misses_nothing_and_repeats_itself"),
    "forgets": with_feed(embedded.PLUGIN, Forgets, "a_feed_misses_nothing_and_repeats_itself"),
    "loses one of a batch": with_backend(
        embedded.PLUGIN, LosesOneOfABatch, "each_write_of_a_batch_is_held_and_answered_once"
    ),
    "find always finds": with_backend(embedded.PLUGIN, FindAlwaysFinds, "find_never_lies"),
    "echoes": with_feed(embedded.PLUGIN, Echoes, "our_own_writes_never_come_back_as_agents_acts"),
    "all acts are notes": Broken(
        replace(embedded.PLUGIN, normalizer=replace(embedded.NORMALIZER, normalize=_normalize_to_notes)),
        frozenset({"a_feed_tells_each_act_of_an_agent"}),
    ),
    "normalizes anything": Broken(
        replace(embedded.PLUGIN, normalizer=replace(embedded.NORMALIZER, normalize=_normalize_anything)),
        frozenset({"a_normalizer_calls_what_it_cannot_read_malformed"}),
    ),
}

BROKEN_MINIDESKS: dict[str, Broken] = {
    "truncates files": with_backend(MINIDESK, TruncatesFiles, "files_arrive_byte_for_byte"),
    "doubles files": with_backend(MINIDESK, DoublesFiles, "files_arrive_byte_for_byte"),
    "renames files": with_backend(MINIDESK, RenamesFiles, "files_arrive_byte_for_byte"),
    "forgets late files": with_backend(MINIDESK, ForgetsLateFiles, "files_arrive_byte_for_byte"),
    "swallows what is gone": with_backend(MINIDESK, SwallowsWhatIsGone, "a_ticket_that_is_lost_is_said_to_be_gone"),
    "opens another unasked": with_backend(MINIDESK, OpensAnotherUnasked, "a_ticket_that_is_lost_is_said_to_be_gone"),
    "keeps to the gone": with_backend(MINIDESK, KeepsToTheGone, "a_ticket_that_is_lost_is_said_to_be_gone"),
    "notes as messages": with_backend(MINIDESK, NotesAsMessages, "later_writes_extend_their_ticket"),
    "tells the user what agents must know": with_backend(
        MINIDESK, TellsTheUserWhatAgentsMustKnow, "what_agents_must_know_is_for_them_alone"
    ),
    "tidies up": with_backend(MINIDESK, TidiesUp, "a_text_arrives_as_it_was_written"),
    "reads markup": with_backend(MINIDESK, ReadsMarkup, "a_text_arrives_as_it_was_written"),
    "doubles what is appended": with_backend(
        MINIDESK,
        DoublesWhatIsAppended,
        "a_repeated_key_changes_nothing",
        "an_unknown_outcome_is_settled_without_doubling",
    ),
    "doubles on repetition": with_backend(
        MINIDESK, DoublesOnRepetition, "an_unknown_outcome_is_settled_without_doubling"
    ),
    "echoes": with_feed(MINIDESK, EchoesMinidesk, "our_own_writes_never_come_back_as_agents_acts"),
    "forgets": with_feed(MINIDESK, Forgets, "a_feed_misses_nothing_and_repeats_itself"),
    "publishes notes": with_normalizer(
        MINIDESK, lambda event: event.model_copy(update={"kind": "replied"}), "a_feed_tells_each_act_of_an_agent"
    ),
    "keeps states to itself": with_normalizer(
        MINIDESK,
        lambda event: None if event.kind in ("solved", "reopened") else event,
        "a_feed_tells_each_act_of_an_agent",
    ),
    "forgets an answer's files": with_normalizer(
        MINIDESK, lambda event: event.model_copy(update={"attached": ()}), "files_of_an_answer_come_byte_for_byte"
    ),
    "ends a download early": with_downloader(MINIDESK, EndsEarly, "files_of_an_answer_come_byte_for_byte"),
}
