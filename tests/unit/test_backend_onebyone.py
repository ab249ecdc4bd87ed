"""Each write once, although the ticket system promises nothing: any call of it fails, before or after its effect."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from gateway.backends._onebyone import OneByOne, common_error
from gateway.backends._parts import MARK, Part, mark_of, parts_of
from gateway.case import Assessment, CaseLink, CaseState, Finding, Note, Severity
from gateway.errors import (
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import Done, Failed, Key, Report, TicketAction, TicketRef, TicketWrite
from gateway.testing.backends import make_case, make_entry, make_write

LOST = "the line dropped"


@dataclass
class Ticket:
    """One ticket as the made-up system keeps it."""

    key: str
    parts: list[Part] = field(default_factory=list)
    state: str = "open"
    given_up: str = ""


class Flaky:
    """A ticket system that forgets nothing, promises nothing, and fails at the calls that it is told to."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.calls = 0
        self.fails: dict[int, tuple[GatewayError, bool]] = {}
        """By the number of the call: the error, and whether the call has its effect first."""
        self.late = False
        """The next ticket is opened only while the one after it is, although it came first; its line drops."""
        self.made = 0
        self._waiting: list[tuple[str, Ticket]] = []

    def _call(self) -> Iterator[None]:
        self.calls += 1
        error, takes = self.fails.get(self.calls, (None, True))
        if error is not None and not takes:
            raise error
        yield
        if error is not None:
            raise error

    async def check(self) -> Report:
        return Report(())

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        self.made += 1
        ref = TicketRef(f"T{self.made}")
        if self.late:
            self.late = False
            self._waiting.append((ref, Ticket(write.external_key, [part])))
            raise OutcomeUnknownError(LOST)
        for _ in self._call():
            self.tickets = {**dict(self._waiting), **self.tickets, ref: Ticket(write.external_key, [part])}
            self._waiting.clear()
        return ref

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        if ticket not in self.tickets:
            raise GoneError("it was deleted")
        for _ in self._call():
            self.tickets[ticket].parts.append(part)

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        for _ in self._call():
            self.tickets[ticket].state = state

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        for _ in self._call():
            pass
        return [TicketRef(ref) for ref, each in self.tickets.items() if each.key == external_key and not each.given_up]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        for _ in self._call():
            pass
        return {part.mark for part in self.tickets[ticket].parts}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        for _ in self._call():
            self.tickets[orphan].given_up = kept


def warned(step: str = "a", ticket: TicketRef | None = None) -> TicketWrite:
    """Return a write of two parts: the user's words, and a note of what was found in them."""
    finding = Finding(code="seed_asked", severity=Severity.DANGER, reason="It asks for a seed phrase.")
    entry = make_entry().model_copy(update={"assessment": Assessment(findings=(finding,))})
    return replace(make_write(step=step, ticket=ticket), entry=entry)


async def settled(backend: OneByOne, write: TicketWrite, tries: int = 6) -> TicketRef:
    """Have a write done as the engine does it: look after doubt, write what is not found, until it is done."""
    doubt, charged = False, 0
    for _ in range(tries):
        write = replace(write, doubtful=doubt or charged > 0)
        try:
            found = await backend.find(write) if doubt else None
            if isinstance(found, str):
                return TicketRef(found)
            (answer,) = await backend.submit([write])
        except GatewayError as error:
            doubt, charged = _after(error, doubt, charged)
            continue
        if isinstance(answer, Done):
            return answer.ticket
        assert isinstance(answer, Failed)
        doubt, charged = _after(answer.error, doubt, charged)
    raise AssertionError("never done")


def _after(error: GatewayError, doubt: bool, charged: int) -> tuple[bool, int]:
    """Return whether a write is in doubt now, and how many attempts counted: to be asked to wait is none."""
    return doubt or isinstance(error, OutcomeUnknownError), charged + (not isinstance(error, RateLimitedError))


STEPS = [
    (OutcomeUnknownError(LOST), True),
    (OutcomeUnknownError(LOST), False),
    (TransientError("busy"), False),
    (RateLimitedError("wait", timedelta(seconds=1)), False),
]


@pytest.mark.parametrize("looks_first", [True, False])
@pytest.mark.parametrize("faults", list(itertools.product(STEPS, repeat=2)))
async def test_wherever_two_calls_fail_each_part_is_there_once(
    looks_first: bool, faults: tuple[tuple[GatewayError, bool], ...]
) -> None:
    for first, second in itertools.combinations(range(1, 12), 2):
        system = Flaky()
        backend = OneByOne(system, looks_first=looks_first)
        system.fails = {first: faults[0], second: faults[1]}
        ticket = await settled(backend, warned())
        later = await settled(backend, warned("b", ticket))
        assert ticket == later
        (kept,) = [each for each in system.tickets.values() if not each.given_up]
        wanted = [part.mark for write in (warned(), warned("b")) for part in parts_of(write)]
        assert [part.mark for part in kept.parts] == wanted, f"calls {first} and {second}"


async def test_where_nothing_is_in_doubt_no_look_is_paid_for() -> None:
    system = Flaky()
    backend = OneByOne(system, looks_first=False)
    (answer,) = await backend.submit([make_write()])
    assert isinstance(answer, Done)
    await backend.submit([make_write(step="b", ticket=answer.ticket)])
    assert system.calls == 2


async def test_a_ticket_that_a_race_made_is_given_up_for_the_older_one() -> None:
    system = Flaky()
    key = make_write().external_key
    system.tickets = {"T1": Ticket(key), "T2": Ticket(key)}
    (answer,) = await OneByOne(system, looks_first=True).submit([make_write()])
    assert isinstance(answer, Done)
    assert answer.ticket == "T1"
    assert (system.tickets["T1"].given_up, system.tickets["T2"].given_up) == ("", "T1")
    assert [part.mark for part in system.tickets["T1"].parts] == [mark_of(make_write().key)]


@pytest.mark.parametrize("looks_first", [True, False])
async def test_a_ticket_that_comes_late_is_kept_and_completed(looks_first: bool) -> None:
    """The first attempt arrives after the look for it, and then there are two tickets: the older is the one to keep."""
    system = Flaky()
    system.late = True
    ticket = await settled(OneByOne(system, looks_first=looks_first), warned())
    assert ticket == "T1"
    assert system.tickets["T2"].given_up == "T1"
    assert [part.mark for part in system.tickets["T1"].parts] == [part.mark for part in parts_of(warned())]


async def test_a_state_is_set_again_and_never_found() -> None:
    system = Flaky()
    backend = OneByOne(system, looks_first=False)
    (answer,) = await backend.submit([make_write()])
    assert isinstance(answer, Done)
    write = make_write(step="b", action=TicketAction.STATE, ticket=answer.ticket)
    await backend.submit([write])
    assert await backend.find(write) is None
    assert system.tickets[answer.ticket].state == "solved"


async def test_a_ticket_that_is_gone_is_said_to_be() -> None:
    write = make_write(step="b", ticket=TicketRef("T9"))
    (answer,) = await OneByOne(Flaky(), looks_first=False).submit([write])
    assert isinstance(answer, Failed)
    assert isinstance(answer.error, GoneError)


async def test_one_bad_write_leaves_its_neighbours_alone_and_a_common_fault_is_the_calls() -> None:
    system = Flaky()
    backend = OneByOne(system, looks_first=False)
    system.fails = {2: (RejectedError("no"), False)}
    answers = await backend.submit([make_write(number) for number in (1, 2, 3)])
    assert [type(each) for each in answers] == [Done, Failed, Done]
    system.fails = {number: (TransientError("down"), False) for number in range(4, 7)}
    with pytest.raises(TransientError):
        await backend.submit([make_write(number) for number in (4, 5, 6)])


def test_marks_tell_writes_and_their_parts_apart() -> None:
    marks = [part.mark for step in "abc" for part in parts_of(warned(step))]
    assert len(set(marks)) == 6
    assert all(MARK.fullmatch(mark) for mark in marks)
    assert mark_of(Key("x")) == mark_of(Key("x"))


def test_a_users_words_are_for_everybody_and_what_was_found_is_for_agents_alone() -> None:
    words, found = parts_of(replace(warned(), withheld=("a.png stays",)))
    assert (words.text, words.for_agents) == (make_entry().message.text, False)
    assert found.for_agents
    assert "seed_asked" in found.text
    assert "a.png stays" in found.text
    (note,) = parts_of(make_write(action=TicketAction.NOTE))
    assert note.for_agents
    assert parts_of(make_write(action=TicketAction.STATE)) == ()
    assert make_case().id in make_write().external_key


def test_what_each_write_waits_for_by_itself_is_no_error_of_the_whole_call() -> None:
    """One ticket was changed too often: each says when it comes again, and nobody waits for the last of them."""

    def answers(*, item: bool) -> list[Failed]:
        return [Failed(Key(str(secs)), RateLimitedError("slow", timedelta(seconds=secs), item=item)) for secs in (5, 9)]

    assert common_error(answers(item=True)) is None
    whole = common_error(answers(item=False))
    assert isinstance(whole, RateLimitedError)
    assert whole.retry_after == timedelta(seconds=9)


def test_agents_are_told_what_of_a_message_is_not_there() -> None:
    notes = (Note(code="too_large", detail="Only its head was fetched."), Note(code="charset_unknown"))
    message = make_entry().message.model_copy(update={"notes": notes, "text": ""})
    entry = make_entry().model_copy(update={"message": message})
    _, about = parts_of(replace(make_write(), entry=entry))
    assert about.for_agents
    assert "Only its head was fetched." in about.text
    assert "charset_unknown" not in about.text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("claims", "The user cites GH-BBBBB-BBBBB without proof."),
        ("follows", "It goes on from GH-BBBBB-BBBBB, which was solved long ago."),
        ("cited_by", "A mail on GH-BBBBB-BBBBB answers this one, and came before it."),
        ("merged_into", "Its ticket was merged into that of GH-BBBBB-BBBBB."),
        ("of-later-releases", "It is linked to GH-BBBBB-BBBBB."),
    ],
)
def test_agents_are_told_what_a_case_has_to_do_with_another(kind: str, told: str) -> None:
    linked = make_case().model_copy(update={"links": (CaseLink(kind=kind, case_id="GH-BBBBB-BBBBB"),)})
    _, about = parts_of(replace(make_write(), case=linked, ticket=None))
    assert about.for_agents
    assert about.text == told
