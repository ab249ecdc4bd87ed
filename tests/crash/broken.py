"""The gateway's command line with one fault put in, for proving that the crash tests see it: ``FAULT ARGUMENTS``."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from connectors.telegram._polling import Place, Poller
from gateway.backends import _cloudevents
from gateway.casework import filing, messages
from gateway.cli.main import main
from gateway.dialogue import Token
from gateway.journal import Decision, EffectKind, State, StoredEffect
from gateway.ports import Key, TicketAction
from gateway.pushes import Pushes
from gateway.store import SqlStore, dialogues, outbox


def forgets_doubt() -> None:
    """After a crash, what was under way is taken for never begun."""
    real: Any = SqlStore.claim_effects

    async def claim(self: SqlStore, *args: Any) -> Sequence[StoredEffect]:
        return [replace(item, state=State.NEW) for item in await real(self, *args)]

    SqlStore.claim_effects = claim  # type: ignore[method-assign, assignment]


def loses_one_of_a_page() -> None:
    """A page is stored without its last raw, and its cursor all the same."""
    real: Any = SqlStore.put_page

    async def put(self: SqlStore, source: Any, stream: Any, raws: Any, cursor: Any) -> Any:
        return await real(self, source, stream, raws[:-1], cursor)

    SqlStore.put_page = put  # type: ignore[method-assign]


def renames_writes() -> None:
    """A write that is repeated bears another id."""
    life = uuid4().hex

    def event_id(key: Key) -> str:
        return f"{key}:{life}"

    _cloudevents.event_id = event_id


def confirms_before_commit() -> None:
    """Telegram is told that a page is ours before it is stored."""
    real: Any = Poller.page

    async def page(self: Poller, maker: Any, after: Any) -> Any:
        found = await real(self, maker, after)
        if (place := Place.of(found.cursor)) is not None:
            await self._caller.bots.poll({"offset": str(place.next), "timeout": "0", "limit": "1"})
        return found

    Poller.page = page  # type: ignore[method-assign]


def holds_late() -> None:
    """No fault, but the worst moment for one: a decision that lets an effect wait is committed when that went out."""
    claimed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
    claim_effects: Any = SqlStore.claim_effects
    real: Any = SqlStore.commit

    async def claim(self: SqlStore, *args: Any) -> Sequence[StoredEffect]:
        found: Sequence[StoredEffect] = await claim_effects(self, *args)
        for item in found:
            claimed[item.effect.key].set()
        return found

    async def commit(self: SqlStore, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            for each in decision.holds:
                await claimed[each.key].wait()
        await real(self, decisions)

    SqlStore.claim_effects = claim  # type: ignore[method-assign, assignment]
    SqlStore.commit = commit  # type: ignore[method-assign]


def loses_late_parts() -> None:
    """What is to be held may have gone out: nobody looks."""
    holds_late()
    outbox.hold = lambda connection, holds: None


def writes_parts_twice() -> None:
    """A part that joins a message is written by itself, too."""
    real: Any = messages._join

    def join(message: Any, judged: Any, dialogue: Any, past: Any, policy: Any, now: Any) -> Any:
        found = real(message, judged, dialogue, past, policy, now)
        if found is None:
            return None
        write = filing.write(message.id, found.cases[0], policy, TicketAction.MESSAGE, message_id=message.id)
        return replace(found, effects=(*found.effects, write))

    messages._join = join


def spends_tokens_again() -> None:
    """A one-time token is good for ever."""
    real: Any = dialogues.find_tokens

    def find(connection: Any, hashes: Any) -> dict[str, Token]:
        return {name: each.model_copy(update={"spent_at": None}) for name, each in real(connection, hashes).items()}

    dialogues.find_tokens = find
    save: Any = dialogues.save_tokens
    dialogues.save_tokens = lambda connection, changed: save(connection, [t for t in changed if t.spent_at is None])


def forgets_responses() -> None:
    """A command is decided on, and its answer is not stored with the decision."""
    real: Any = SqlStore.commit

    async def commit(self: SqlStore, decisions: Sequence[Decision]) -> None:
        kept = [
            replace(each, effects=tuple(item for item in each.effects if item.kind is not EffectKind.RESPONSE))
            for each in decisions
        ]
        await real(self, kept)

    SqlStore.commit = commit  # type: ignore[method-assign]


def answers_before_commit() -> None:
    """A push is answered when it was read, and stored afterwards."""
    real: Any = Pushes.put

    async def put(self: Pushes, source: str, raws: Any) -> None:
        asyncio.get_running_loop().call_later(
            0.2, lambda: _LATE.append(asyncio.ensure_future(real(self, source, raws)))
        )

    Pushes.put = put  # type: ignore[method-assign]


_LATE: list[Any] = []
FAULTS = {
    fault.__name__: fault
    for fault in (
        forgets_doubt,
        loses_one_of_a_page,
        renames_writes,
        confirms_before_commit,
        holds_late,
        loses_late_parts,
        writes_parts_twice,
        spends_tokens_again,
        forgets_responses,
        answers_before_commit,
    )
}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
