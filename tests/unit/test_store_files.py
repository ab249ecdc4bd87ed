"""Files that platforms hand out apart are kept as safely as the messages they belong to, however large they are."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import RejectedError, TransientError
from gateway.queues import Retention
from gateway.store import Sealer, SqlStore, open_store
from gateway.store.blobs import make_blobs
from tests.conftest import ManualClock
from tests.contract.dialogue_suite import pieces
from tests.contract.queue_suite import DAY, sweep
from tests.contract.store_suite import Ground

SEALER = Sealer({"k1": b"1" * 32}, "k1")
MIB = 1024 * 1024
_LARGE = """
import asyncio, resource, sys
from pathlib import Path
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock

async def chunks(count):
    for _ in range(count):
        yield bytes(256 * 1024)

async def keep(folder, count):
    async with open_store(folder / "a.db", folder / "blobs", Sealer({"k1": b"1" * 32}, "k1"), ManualClock()) as store:
        await store.keep_file("m", "small", chunks(4), 10**9)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        kept = await store.keep_file("m", "large", chunks(count), 10**9)
        assert kept.size == count * 256 * 1024
        async for _ in store.files.open(kept.sha256):
            pass
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(keep(Path(sys.argv[1]), int(sys.argv[2])))
"""
LARGE_MIB = int(os.environ.get("GATEHOUSE_LARGE_MIB", "64"))


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    async with open_store(tmp_path / "a.db", tmp_path / "blobs", SEALER, clock) as opened:
        yield opened


def blobs_of(folder: Path) -> set[str]:
    with make_blobs(folder / "blobs", SEALER) as blobs:
        return set(blobs.list())


def drafts_of(folder: Path) -> list[str]:
    return os.listdir(folder / "blobs" / ".drafts")


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    """Kept and read again by a process of its own, whose greatest size is asked of the system."""
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, str(tmp_path), str(LARGE_MIB * 4)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    grown_mib = int(done.stdout) / 1024
    assert grown_mib < 16, f"{grown_mib:.0f} MiB more for a file of {LARGE_MIB} MiB"


async def test_a_file_that_was_removed_under_the_writers_hands_is_fetched_again(
    store: SqlStore, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row ever names a blob that is gone: the fetch fails for now, and the next one keeps it."""
    policy = Retention(raws=DAY, blobs=DAY)
    await store.keep_file("m1", "f1", pieces(b"one"), 10)
    await sweep(store, policy, clock.now() + 2 * DAY)
    real = store._kept.put

    async def put_and_sweep(chunks: Any) -> Any:
        blob = await real(chunks)
        await sweep(store, policy, clock.now() + 4 * DAY)
        return blob

    monkeypatch.setattr(store._kept, "put", put_and_sweep)
    with pytest.raises(TransientError):
        await store.keep_file("m2", "f1", pieces(b"one"), 10)
    assert blobs_of(tmp_path) == set()
    assert await store.open_attachment("m2", "f1", "cleo", "", clock.now()) is None
    monkeypatch.undo()
    await store.keep_file("m2", "f1", pieces(b"one"), 10)
    opened = await store.open_attachment("m2", "f1", "cleo", "", clock.now())
    assert opened is not None
    assert [chunk async for chunk in opened.chunks] == [b"one"]


async def test_whoever_is_cancelled_leaves_nothing(store: SqlStore, tmp_path: Path) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def hangs() -> AsyncIterator[bytes]:
        yield b"x" * MIB * 3
        begun.set()
        await never.wait()

    keeping = asyncio.create_task(store.keep_file("m1", "f1", hangs(), 10**9))
    await asyncio.wait_for(begun.wait(), 10)
    assert drafts_of(tmp_path) != []
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert (drafts_of(tmp_path), blobs_of(tmp_path)) == ([], set())


async def test_a_file_whose_blob_is_gone_or_changed_is_refused(
    store: SqlStore, clock: ManualClock, tmp_path: Path
) -> None:
    """When it is missing nothing was opened; a changed one ends in an error."""
    kept = await store.keep_file("m1", "f1", pieces(b"x" * 3 * MIB), 10**9)
    path = tmp_path / "blobs" / kept.sha256[:2] / kept.sha256
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    opened = await store.open_attachment("m1", "f1", "cleo", "", clock.now())
    assert opened is not None
    with pytest.raises(RejectedError, match="does not fit its seal"):
        [chunk async for chunk in opened.chunks]
    path.unlink()
    with pytest.raises(RejectedError, match="not in its folder"):
        await store.open_attachment("m1", "f1", "cleo", "again", clock.now())
    assert [each.reason for each in await store.openings(None, 9)] == [""]


async def test_a_file_is_sealed_and_is_sealed_anew_under_a_new_key(tmp_path: Path, clock: ManualClock) -> None:
    """Nothing of it stands on the disk in plain; what rotates the keys of blobs reaches it."""
    old, new = b"1" * 32, b"2" * 32
    body = b"made up by us" * 1000
    async with open_store(tmp_path / "a.db", tmp_path / "blobs", SEALER, clock) as store:
        kept = await store.keep_file("m1", "f1", pieces(body), 10**9)
    path = tmp_path / "blobs" / kept.sha256[:2] / kept.sha256
    assert body[:40] not in path.read_bytes()
    with make_blobs(tmp_path / "blobs", Sealer({"k1": old, "k2": new}, "k2")) as blobs:
        assert [blobs.reseal(digest) for digest in blobs.list()] == [True]
    async with open_store(tmp_path / "a.db", tmp_path / "blobs", Sealer({"k1": old, "k2": new}, "k2"), clock) as store:
        chunks = [chunk async for chunk in store.files.open(kept.sha256)]
        assert b"".join(chunks) == body
    with make_blobs(tmp_path / "blobs", Sealer({"k2": new}, "k2")) as blobs:
        assert b"".join(blobs.open(kept.sha256)) == body


async def test_a_file_kept_by_many_at_once_is_kept_once(store: SqlStore, clock: ManualClock, tmp_path: Path) -> None:
    body = b"z" * 2 * MIB
    found = await asyncio.gather(*(store.keep_file(f"m{n % 3}", "f1", pieces(body), 10**9) for n in range(9)))
    assert len({each.sha256 for each in found}) == 1
    assert (blobs_of(tmp_path), drafts_of(tmp_path)) == ({found[0].sha256}, [])
    ground = Ground(lambda: None, clock)  # type: ignore[arg-type, return-value]
    assert (await sweep(store, Retention(raws=DAY), ground.now + 2 * DAY)).files == 3
