"""The case book in SQL: cases and their files, the references by which they are found, and what casework asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from gateway.case import Case, CaseState, Direction, Entry, Visibility
from gateway.dialogue import Dialogue, Place, Token
from gateway.identity import OF_ACCOUNT
from gateway.joining import whole
from gateway.journal import EffectKind, StaleCaseError, State
from gateway.past import AWAITED, MOST_OF_A_REF, OF_THING, Past, Query, Turn
from gateway.store import arrivals, dialogues, ratings
from gateway.store.absorb import InsertUnknown
from gateway.store.bodies import clean
from gateway.store.documents import CASE, EFFECT, ENTRY
from gateway.store.ledger import Ledger, Pace
from gateway.store.people import People
from gateway.store.tables import IS_DUE, IS_PART, cases, effects, entries, refs, tickets

# The statements of every batch are put together once: that costs more than to carry them out.
_CASE_IDS = cases.c.id.in_(bindparam("case_ids", expanding=True))
_VERSIONS = select(cases.c.id, cases.c.version).where(_CASE_IDS).order_by(cases.c.id).with_for_update()
_CASES = select(cases.c.id, cases.c.document).where(_CASE_IDS)
_OWNERS = (
    select(cases.c.document)
    .join(tickets, tickets.c.case_id == cases.c.id)
    .where(tickets.c.target == bindparam("of_target"), tickets.c.ref == bindparam("of_ref"))
)
_CURRENT = select(tickets.c.ref).where(
    tickets.c.case_id == bindparam("of_case"), tickets.c.target == bindparam("of_target")
)
_NEW_CASES = insert(cases)
_NEW_ENTRIES = insert(entries)
_NEW_REFS = InsertUnknown(refs)
_BY_MESSAGE = (
    select(entries.c.case_id, entries.c.message_id, entries.c.document)
    .where(entries.c.message_id.in_(bindparam("names", expanding=True)))
    .order_by(entries.c.id)
)
_version = entries.alias("version")
_NEWEST = select(entries.c.message_id, entries.c.document).where(
    entries.c.id.in_(
        select(func.max(_version.c.id))
        .where(_version.c.message_id.in_(bindparam("names", expanding=True)))
        .group_by(_version.c.message_id)
    )
)
_PARTS = (
    select(entries.c.case_id, entries.c.part_of, entries.c.message_id, entries.c.document)
    .where(IS_PART, entries.c.part_of.in_(bindparam("names", expanding=True)))
    .order_by(entries.c.id)
)
_COPIES = {
    name: select(entries.c[name].label("name"), entries.c.document)
    .where(entries.c[name].in_(bindparam("names", expanding=True)), entries.c.direction == Direction.IN)
    .order_by(entries.c.id)
    for name in ("message_id", "content_key")
}
_REFS = select(refs.c.ref, refs.c.case_id).where(refs.c.ref.in_(bindparam("names", expanding=True))).order_by(refs.c.id)
_THREADS = (
    select(refs.c.case_id, refs.c.ref)
    .where(refs.c.case_id.in_(bindparam("case_ids", expanding=True)))
    .order_by(refs.c.id)
)
_OF_USER = (entries.c.case_id.in_(bindparam("case_ids", expanding=True)), entries.c.direction == Direction.IN)
_SAID = select(entries.c.case_id, entries.c.document).where(
    entries.c.id.in_(select(func.max(entries.c.id)).where(*_OF_USER).group_by(entries.c.case_id))
)
# As it stands in a document; within a text its quotes would be escaped.
_NOT_PUBLIC = entries.c.document.not_like(f'%"visibility":"{Visibility.PUBLIC}"%')
_IN_PRIVATE = select(entries.c.case_id).where(*_OF_USER, _NOT_PUBLIC).distinct()
_TOLD = select(effects.c.case_id, effects.c.document).where(
    effects.c.case_id.in_(bindparam("case_ids", expanding=True)),
    effects.c.kind.in_([EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING, EffectKind.ANSWER]),
    effects.c.state != State.BURIED,
)
_OVERDUE = select(func.count()).select_from(cases).where(IS_DUE, cases.c.due_at <= bindparam("at"))
_CHANGE = (
    update(cases)
    .where(cases.c.id == bindparam("of_id"))
    .values({name: bindparam(f"to_{name}") for name in ("version", "state", "updated_at", "document", "due_at")})
)


def save_cases(connection: Connection, changed: Sequence[Case]) -> None:
    """Write cases, several versions of one in their order. Raises `StaleCaseError` when one has moved on."""
    if not changed:
        return
    stored = connection.execute(_VERSIONS, {"case_ids": list({case.id for case in changed})})
    before = {row.id: row.version for row in stored}
    newest = dict(before)
    for case in changed:
        if case.version != newest.get(case.id, 0) + 1:
            raise StaleCaseError(f"case {case.id} has moved on to version {newest.get(case.id, 0)}")
        newest[case.id] = case.version
    last = {case.id: case for case in changed}
    _write(connection, [case for case in last.values() if case.id not in before], new=True)
    _write(connection, [case for case in last.values() if case.id in before], new=False)


def add_entries(connection: Connection, new: Sequence[Entry]) -> None:
    """Add entries to the files of their cases, in order."""
    if new:
        connection.execute(_NEW_ENTRIES, [_entry_columns(entry) for entry in new])


def add_refs(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Let references lead to cases; a known pair is absorbed."""
    wanted = dict.fromkeys((clean(ref), case_id) for ref, case_id in pairs)
    if not wanted:
        return
    known = connection.execute(_REFS, {"names": list({ref for ref, _ in wanted})})
    found = {(row.ref, row.case_id) for row in known}
    if new := [{"ref": ref, "case_id": case_id} for ref, case_id in wanted if (ref, case_id) not in found]:
        connection.execute(_NEW_REFS(connection), new)


def by_id(connection: Connection, case_ids: Collection[str]) -> dict[str, Case]:
    """Return those of the cases that exist."""
    if not case_ids:
        return {}
    found = connection.execute(_CASES, {"case_ids": list(case_ids)})
    return {row.id: CASE.read(row.document) for row in found}


def latest_entries(connection: Connection, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Entry]:
    """Return the newest entry of each (case id, message id), whole: with the parts that have joined it."""
    if not wanted:
        return {}
    rows = connection.execute(_BY_MESSAGE, {"names": list({clean(message_id) for _, message_id in wanted})})
    newest = {(row.case_id, row.message_id): row.document for row in rows}
    stored = {name: (name[0], clean(name[1])) for name in wanted}
    found = {name: ENTRY.read(newest[key]) for name, key in stored.items() if key in newest}
    may_have_parts = {stored[name][1] for name, entry in found.items() if entry.message.join_key}
    parts = _parts(connection, may_have_parts)
    return {name: whole(entry, parts.get(stored[name], ())) for name, entry in found.items()}


def _parts(connection: Connection, of: Collection[str]) -> dict[tuple[str, str], Sequence[Entry]]:
    """Return the newest version of each part, by the case and the message that it has joined."""
    if not of:
        return {}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in connection.execute(_PARTS, {"names": list(of)}):
        found.setdefault((row.case_id, row.part_of), {})[row.message_id] = row.document
    return {key: [ENTRY.read(document) for document in parts.values()] for key, parts in found.items()}


def newest_entries(connection: Connection, message_ids: Collection[str]) -> dict[str, Entry]:
    """Return the newest version of each message, whatever its case and direction."""
    if not message_ids:
        return {}
    rows = connection.execute(_NEWEST, {"names": list(message_ids)})
    return {row.message_id: ENTRY.read(row.document) for row in rows}


def file_of(connection: Connection, case_id: str) -> tuple[Entry, ...]:
    """Return the entries of a case in their order."""
    found = select(entries.c.document).where(entries.c.case_id == case_id).order_by(entries.c.id)
    return tuple(ENTRY.read(document) for document in connection.scalars(found))


def list_cases(connection: Connection, state: CaseState | None, limit: int) -> tuple[Case, ...]:
    """Return cases, newest change first."""
    newest = select(cases.c.document).order_by(cases.c.updated_at.desc()).limit(limit)
    wanted = newest if state is None else newest.where(cases.c.state == state)
    return tuple(CASE.read(document) for document in connection.scalars(wanted))


def overdue(connection: Connection, now: datetime) -> int:
    """Return for how many cases an answer should have been given by now."""
    return connection.scalar(_OVERDUE, {"at": now}) or 0


def due_cases(connection: Connection, limit: int) -> tuple[Case, ...]:
    """Return cases for which an answer is waited for, the one that is due first before the others."""
    rows = connection.scalars(select(cases.c.document).where(IS_DUE).order_by(cases.c.due_at, cases.c.id).limit(limit))
    return tuple(map(CASE.read, rows))


def look_up(connection: Connection, queries: Sequence[Query], pace: Pace) -> list[Past]:
    """Answer all queries with a fixed number of statements, and a few more where one asks for what few ask for.

    Those are each instant of `since_all`, each file of a case, and what a ticket system tells of a ticket.
    """
    queries = [_stored_form(query) for query in queries]
    owners = _cases_by_ticket(connection, {name for query in queries for name in (query.ticket, query.into) if name})
    queries = [_with_owner(query, owners) for query in queries]
    copies = _Copies(connection, queries)
    talks = _Talks(connection, queries)
    people = People(connection, queries)
    rated = ratings.Found(connection, queries)
    arrived = arrivals.seen(connection, queries)
    led = _cases_by_ref(connection, {ref for query in queries for ref in (*query.refs, *query.things, *_own(query))})
    copied = [copies.of(query) for query in queries]
    cited = {
        case_id
        for query in queries
        for case_id in (*query.case_ids, *query.folds, *talks.cases(query), *people.cases(query))
    }
    cited |= set(rated.cases())
    cited |= {copy.case_id for copy in copied if copy is not None}
    known = by_id(connection, cited | {case_id for found in led.values() for case_id in found})
    threads = _refs_by_case(connection, {query.thread_of for query in queries} - {""})
    ledger = Ledger(connection, queries, pace)
    turns = turns_of(connection, {case_id for query in queries if (case_id := _turn_of(query, led))})
    return [
        Past(
            copy_of=copy,
            by_ref=_pick(known, (case_id for ref in query.refs for case_id in led.get(ref, ()))),
            same_ref=_pick(known, led.get(query.own_ref, ())),
            awaiting=_pick(known, led.get(AWAITED + query.own_ref, ())),
            cases=_pick(
                known,
                (
                    *query.case_ids,
                    *query.folds,
                    *talks.cases(query),
                    *_of(copy),
                    *people.cases(query),
                    *rated.cases(query),
                ),
            ),
            by_ticket=owners.get(query.ticket, ()) if query.ticket is not None else (),
            current=_current(connection, query),
            into=owners.get(query.into, ()) if query.into is not None else (),
            sent_to=tuple(ledger.sent_to(query.recipient, since) for since in query.since),
            sent_to_all=tuple(ledger.sent(since) for since in query.since_all),
            sent_to_domain=ledger.sent_to_domain(query),
            pace=ledger.pace(query),
            thread=tuple(threads.get(query.thread_of, ())),
            file=file_of(connection, query.file_of) if query.file_of else (),
            dialogue=talks.dialogue(query),
            entry=talks.entry(query),
            sighting=talks.sighting(query),
            token=talks.token(query),
            person=people.person(query),
            code=people.code(query),
            code_person=people.code_person(query),
            tries=people.tries(query),
            ratings=rated.of(query),
            by_thing=_pick(known, (case_id for thing in query.things for case_id in led.get(thing, ()))),
            arrived={scope: arrived[scope] for scope in query.arrived if scope in arrived},
            turn=turns.get(_turn_of(query, led)),
        )
        for query, copy in zip(queries, copied, strict=True)
    ]


def _of(entry: Entry | None) -> tuple[str, ...]:
    return () if entry is None else (entry.case_id,)


def turns_of(connection: Connection, case_ids: Collection[str]) -> dict[str, Turn]:
    """Return where the conversation of each case stands; none of a case whose user has said nothing."""
    if not case_ids:
        return {}
    rows = connection.execute(_SAID, {"case_ids": list(case_ids)})
    said = {row.case_id: ENTRY.read(row.document) for row in rows}
    private = set(connection.scalars(_IN_PRIVATE, {"case_ids": list(case_ids)}))
    told = connection.execute(_TOLD, {"case_ids": list(said)}) if said else ()
    replies = [(row.case_id, EFFECT.read(row.document).reply) for row in told]
    public = {
        (case_id, reply.thread.parent)
        for case_id, reply in replies
        if reply is not None and reply.visibility is Visibility.PUBLIC
    }
    return {
        case_id: Turn(
            said=entry,
            answered=(case_id, entry.message.thread.own_ref) in public,
            private=case_id in private,
        )
        for case_id, entry in said.items()
    }


def _turn_of(query: Query, led: Mapping[str, Sequence[str]]) -> str:
    """Return the case whose turn a query wants to know; empty without one."""
    if not query.turn:
        return ""
    return query.thread_of or next((case_id for ref in query.refs for case_id in led.get(ref, ())), "")


class _Copies:
    """The incoming entries that the messages asked for may be copies of."""

    def __init__(self, connection: Connection, queries: Sequence[Query]) -> None:
        self._by_message = self._find(connection, "message_id", {query.message_id for query in queries})
        self._by_content = self._find(connection, "content_key", {query.content_key for query in queries})

    def of(self, query: Query) -> Entry | None:
        """Return the entry; the same message id tells more than the same content."""
        document = self._by_message.get(query.message_id) or self._by_content.get(query.content_key)
        return ENTRY.read(document) if document else None

    @staticmethod
    def _find(connection: Connection, name: str, values: set[str]) -> dict[str, str]:
        wanted = values - {""}
        if not wanted:
            return {}
        return {row.name: row.document for row in connection.execute(_COPIES[name], {"names": list(wanted)})}


class _Talks:
    """The dialogues, entries and tokens asked for; nothing is read when no query asks."""

    def __init__(self, connection: Connection, queries: Sequence[Query]) -> None:
        self._dialogues = dialogues.find(connection, {query.place for query in queries if query.place is not None})
        named = {name for query in queries for name in (query.entry_of, query.sighting)}
        self._entries = newest_entries(connection, named - {""})
        self._tokens = dialogues.find_tokens(connection, {query.token for query in queries} - {""})

    def dialogue(self, query: Query) -> Dialogue | None:
        """Return what is remembered of the place."""
        return None if query.place is None else self._dialogues.get(query.place)

    def entry(self, query: Query) -> Entry | None:
        """Return the newest version of the message."""
        return self._entries.get(query.entry_of)

    def sighting(self, query: Query) -> Entry | None:
        """Return what is on file of the account."""
        return self._entries.get(query.sighting)

    def token(self, query: Query) -> Token | None:
        """Return the token."""
        return self._tokens.get(query.token)

    def cases(self, query: Query) -> Iterator[str]:
        """Yield the cases of all three."""
        if (dialogue := self.dialogue(query)) is not None:
            if dialogue.case_id is not None:
                yield dialogue.case_id
            if dialogue.joining is not None:
                yield dialogue.joining.case_id
            if dialogue.step or not query.current_only:
                yield from dialogue.cases
        for found in (self.entry(query), self.token(query)):
            if found is not None:
                yield found.case_id


def _write(connection: Connection, changed: Sequence[Case], *, new: bool) -> None:
    if changed and new:
        connection.execute(_NEW_CASES, [{"id": case.id} | _case_columns(case) for case in changed])
    elif changed:
        rows = [{f"to_{name}": value for name, value in _case_columns(case).items()} for case in changed]
        connection.execute(_CHANGE, [row | {"of_id": case.id} for row, case in zip(rows, changed, strict=True)])


def _case_columns(case: Case) -> dict[str, object]:
    document = CASE.write(case)
    return {
        "version": case.version,
        "state": case.state,
        "updated_at": case.updated_at,
        "document": document,
        "due_at": case.due_at,
    }


def _entry_columns(entry: Entry) -> dict[str, object]:
    return {
        "case_id": entry.case_id,
        "direction": entry.direction,
        "message_id": clean(entry.message.id),
        "content_key": clean(entry.message.content_key),
        "part_of": clean(entry.part_of) or None,
        "document": ENTRY.write(entry),
    }


def _stored_form(query: Query) -> Query:
    """Return a query with its texts as they are stored."""
    place = query.place
    texts: tuple[str, ...] = (query.message_id, query.content_key, query.recipient, query.entry_of, query.sighting)
    texts = (*texts, query.own_ref, *query.refs)
    if place is not None:
        texts = (*texts, place.address)
    if all(clean(text) == text for text in texts):
        return query
    return replace(
        query,
        message_id=clean(query.message_id),
        content_key=clean(query.content_key),
        recipient=clean(query.recipient),
        refs=tuple(map(clean, query.refs)),
        own_ref=clean(query.own_ref),
        entry_of=clean(query.entry_of),
        sighting=clean(query.sighting),
        place=None if place is None else Place(place.channel, clean(place.address)),
    )


def _own(query: Query) -> tuple[str, ...]:
    """Return what the reference of a message itself may be on file under."""
    return (query.own_ref, AWAITED + query.own_ref) if query.own_ref else ()


def _cases_by_ref(connection: Connection, wanted: set[str]) -> dict[str, list[str]]:
    led: dict[str, list[str]] = {}
    if wanted:
        for row in connection.execute(_REFS, {"names": list(wanted)}):
            found = led.setdefault(row.ref, [])
            if len(found) < MOST_OF_A_REF:
                found.append(row.case_id)
    return led


def _cases_by_ticket(connection: Connection, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[Case, ...]]:
    """Return the cases of each (target, ticket): the one whose own ticket it is before those merged into that."""
    owners: dict[tuple[str, str], tuple[Case, ...]] = {}
    for target, ref in sorted(wanted):
        rows = connection.scalars(_OWNERS, {"of_target": target, "of_ref": clean(ref)})
        found = [CASE.read(document) for document in rows]
        owners[target, ref] = tuple(sorted(found, key=lambda case: (case.is_merged, case.opened_at, case.id)))
    return owners


def _current(connection: Connection, query: Query) -> str:
    """Return the ticket that the case asked for has now."""
    if query.ticket is None or not query.thread_of:
        return ""
    of_case = {"of_case": query.thread_of, "of_target": query.ticket[0]}
    return str(connection.scalar(_CURRENT, of_case) or "")


def _with_owner(query: Query, owners: Mapping[tuple[str, str], Sequence[Case]]) -> Query:
    """Return a query that names the case of its ticket, for whatever else it wants to know of that case."""
    found = owners.get(query.ticket, ()) if query.ticket is not None else ()
    if not found:
        return query
    return replace(query, thread_of=query.thread_of or found[0].id, case_ids=(*query.case_ids, found[0].id))


def _refs_by_case(connection: Connection, wanted: set[str]) -> dict[str, list[str]]:
    threads: dict[str, list[str]] = {}
    if wanted:
        for row in connection.execute(_THREADS, {"case_ids": list(wanted)}):
            if not row.ref.startswith((AWAITED, OF_ACCOUNT, OF_THING)):
                threads.setdefault(row.case_id, []).append(row.ref)
    return threads


def _pick(known: dict[str, Case], case_ids: Iterable[str]) -> tuple[Case, ...]:
    return tuple(known[case_id] for case_id in dict.fromkeys(case_ids) if case_id in known)
