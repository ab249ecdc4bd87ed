"""Power loss: what was written and not synced is gone, whole or in part; what was confirmed to a platform is kept."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator, Sequence

import pytest

from tests.conftest import missing_server
from tests.crash import power
from tests.crash.audit import Audit, audit
from tests.crash.conftest import MakeDesk
from tests.crash.lives import CrashDesk, Life, Nursery, nursery
from tests.crash.proof import Proof

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MESSAGES, CUTS = (2_000, 50) if FULL else (120, 6)
RUNS = 3
"""So often at most is a gateway tried that is broken on purpose."""
SEED = int(os.environ.get("GATEHOUSE_SEED", "20261121"))
pytestmark = [pytest.mark.crash, pytest.mark.timeout(900 if FULL else 300)]
KEPT = (0.0, 0.5, 0.9)
"""How much of what is not synced the disk has all the same, by chance, sector by sector."""


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """A process whose forks have every write written down."""
    place = tmp_path_factory.mktemp("power")
    library = power.build(place)
    if library is None:
        missing_server("a C compiler", "gcc")
    with nursery(place / "site", preload=library) as found:
        yield found


async def cut_again_and_again(
    make_desk: MakeDesk, frail: Nursery, mutations: Sequence[str] = (), messages: int = 120, cuts: int = 6
) -> Audit:
    """Cut the power under load, each time at another moment, and work the rest off."""
    desk = await make_desk(nursery=frail, storm=True)
    desk.outside.lost_confirmations = 0.0
    desk.outside.ahead = 30
    # Only a large message lies in a blob: where blobs are to be lost, at whatever moment, all are large.
    desk.outside.post(messages, messages // 4, large=messages if mutations else messages // 6)
    rng = random.Random(SEED)
    lost = 0
    for number in range(cuts):
        upto = 5 + number * messages * 9 // (cuts * 10)
        power.prepare(desk.folder)
        life = await desk.live(at=("confirm after", "submit after", None)[number % 3], times=2, mutations=mutations)
        stuck = not await _reaches(desk, life, upto, secs=3 if mutations else 30)
        await desk.kill(life)
        lost += power.lose(desk.folder, rng, KEPT[number % 3])
        if stuck:
            # What was lost never reaches its ticket.
            assert mutations, desk.log()
            break
    desk.storm = False
    ended = await desk.finish(mutations=mutations, secs=3 if mutations else 60)
    assert lost > 0, "no write was ever lost: nothing was tried"
    try:
        return audit(desk, ended=ended)
    except sqlite3.DatabaseError:
        return Audit(messages=messages, kills=desk.kills, lost=messages, wrong=["lost: the database cannot be read"])


async def _reaches(desk: CrashDesk, life: Life, upto: int, secs: float) -> bool:
    """Wait until so many messages have a ticket or the life has ended; returns False when neither comes."""
    try:
        await desk.until(lambda: life.ended or desk.outside.tickets_taken >= upto, secs)
    except TimeoutError:
        return False
    return True


async def test_power_loss_loses_nothing(make_desk: MakeDesk, frail: Nursery) -> None:
    found = await cut_again_and_again(make_desk, frail, messages=MESSAGES, cuts=CUTS)
    assert found.wrong == []
    if FULL:
        Proof.of("power loss, SQLite", found, SEED).record()


@pytest.mark.parametrize("mutation", ["database_unsynced", "blobs_unsynced"])
async def test_what_is_not_synced_is_found_out(make_desk: MakeDesk, frail: Nursery, mutation: str) -> None:
    """Whether a cut falls where it does harm is chance: now and then only a later run shows it."""
    found = [await cut_again_and_again(make_desk, frail, [mutation])]
    while not found[-1].lost and len(found) < RUNS:
        found.append(await cut_again_and_again(make_desk, frail, [mutation]))
    assert found[-1].lost > 0, [each.wrong for each in found]
