"""The gateway's command line with one fault put in, for proving that the crash tests see it: ``FAULT ARGUMENTS``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from gateway.backends import _cloudevents
from gateway.cli.main import main
from gateway.journal import State, StoredEffect
from gateway.ports import Key
from gateway.store import SqlStore


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


FAULTS = {fault.__name__: fault for fault in (forgets_doubt, loses_one_of_a_page, renames_writes)}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
