"""From mails to cases on a real store: read, masked, assessed, decided and committed, with nothing to ask outside."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Direction, Entry, Fact, Message
from gateway.casework import Policy
from gateway.journal import StoredEffect
from gateway.judging import Judging, Stages
from gateway.pipeline import BatchSize, Pipeline
from gateway.ports import Cursor, Key, Raw, StreamId
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import parse_directory
from gateway.views import CaseView
from normalizers.email import NORMALIZER
from tests.builders import DESK
from tests.conftest import ManualClock
from tests.samples import mail

INBOX = StreamId("INBOX")
BACKEND = "backend:embedded"
BATCH = 100
DIRECTORY = parse_directory(
    {
        "brands": [
            {"id": "examplex", "name": "Examplex", "mail": [{"address": DESK}], "web": [{"domain": "examplex.test"}]},
        ]
    }
)
POLICY = Policy(
    brand="Examplex",
    official=(DESK,),
    locales=load_locales(),
    secret=b"s" * 32,
    backend=BACKEND,
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({DESK}),
    sending=frozenset({"support"}),
    directory=DIRECTORY,
)


def raw_of(key: str, body: bytes) -> Raw:
    """Return a mail as it was fetched under a key."""
    return replace(mail.raw_of(body), key=Key(key), lane=key)


class CaseDesk:
    """A store, and the pipeline that fills it with cases."""

    def __init__(self, store: SqlStore, clock: ManualClock) -> None:
        self.store = store
        self._clock = clock
        self._pages = 0
        stages = Stages(
            {"support": NORMALIZER},
            _nothing_to_gather,
            lambda known, now: assess(known.message, known.facts, DIRECTORY, now.date(), known.found),
            triage,
        )
        retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=1, bug_attempts=1)
        judging = Judging(stages, clock)
        self._pipeline = Pipeline(store, judging, lambda: POLICY, clock, retry, random.Random(5), BatchSize(raws=BATCH))

    async def take(self, mails: Mapping[str, bytes]) -> None:
        """Store mails by their keys as a connector does, then settle them."""
        await self.store_page([raw_of(key, body) for key, body in mails.items()])
        await self.settle()

    async def store_page(self, raws: Iterable[Raw]) -> None:
        """Store raws and no more."""
        self._pages += 1
        await self.store.put_page("support", INBOX, list(raws), Cursor(str(self._pages)))

    async def settle(self) -> None:
        """Settle all that waits."""
        while await self._pipeline.step():
            pass

    async def views(self) -> list[CaseView]:
        """Return all cases."""
        found = [await self.store.case_view(case.id) for case in await self.store.list_cases(None, 10_000)]
        return [view for view in found if view is not None]

    async def entries(self) -> dict[str, Entry]:
        """Return what came in, by the key of its raw."""
        entries = [entry for view in await self.views() for entry in view.file.entries]
        return {each.message.provenance.key: each for each in entries if each.direction is Direction.IN}

    async def effects(self) -> list[StoredEffect]:
        """Claim everything that is to be done."""
        found: list[StoredEffect] = []
        for target in (BACKEND, "support"):
            found += await self.store.claim_effects(target, 1_000, self._clock.now())
        return found


async def _nothing_to_gather(message: Message) -> tuple[Fact, ...]:
    return ()
