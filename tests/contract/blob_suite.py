"""What every shelf of blobs must keep, with the sealing that stands on it; `CHECKS` runs against each of them."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest

from gateway.errors import TransientError
from gateway.store.blobs import Blobs, MissingBlobError, Shelf
from gateway.store.seal import DamagedError, Sealer

MIB = 1024 * 1024
KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}
SEALER = Sealer(KEYS, "k1")
NEVER = "0" * 64


class Ground:
    """One empty place; each `shelf()` is opened on it anew, as another process would."""

    def __init__(self, shelf: Callable[[], Shelf]) -> None:
        self.shelf = shelf

    def blobs(self, sealer: Sealer = SEALER) -> Blobs:
        return Blobs(self.shelf(), sealer)


Check = Callable[[Ground], None]


def got(blobs: Blobs, digest: str) -> bytes:
    return b"".join(blobs.open(digest))


def hashed(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()


def write_to(shelf: Shelf, name: str, sealed: bytes, *, replace: bool = False) -> None:
    with shelf.draft() as draft:
        draft.write(sealed)
        draft.keep(name, replace=replace)


def what_was_put_comes_back(ground: Ground) -> None:
    """By the hash of its bytes, whatever its size and however it came."""
    blobs = ground.blobs()
    for size, step in ((0, 1), (1, 1), (65_536, 1000), (300_001, 65_536), (17 * MIB, 3 * MIB)):
        plain = os.urandom(size)
        ref = blobs.put(plain[at : at + step] for at in range(0, size, step))
        assert (ref.digest, ref.size) == (hashed(plain), size)
        assert blobs.has(ref.digest)
        assert got(blobs, ref.digest) == plain


def each_name_holds_its_own(ground: Ground) -> None:
    """Many beside one another, read in another order."""
    blobs = ground.blobs()
    plains = [os.urandom(1000 + number) for number in range(5)]
    digests = [blobs.put_bytes(plain).digest for plain in plains]
    for digest, plain in reversed(list(zip(digests, plains, strict=True))):
        assert got(blobs, digest) == plain


def what_was_put_is_there_after_opening_anew(ground: Ground) -> None:
    """Another process finds it."""
    digest = ground.blobs().put_bytes(b"statement").digest
    again = ground.blobs()
    assert again.has(digest)
    assert got(again, digest) == b"statement"
    assert list(again.list()) == [digest]


def the_same_bytes_are_one_blob(ground: Ground) -> None:
    """Put twice, and by several at once."""
    blobs = ground.blobs()
    plain = os.urandom(2 * MIB)
    barrier = Barrier(4)

    def put() -> str:
        barrier.wait(30)
        return blobs.put(plain[at : at + MIB] for at in (0, MIB)).digest

    with ThreadPoolExecutor(4) as pool:
        digests = {future.result(60) for future in [pool.submit(put) for _ in range(4)]}
    assert digests == {hashed(plain), blobs.put_bytes(plain).digest}
    assert list(blobs.list()) == [hashed(plain)]
    assert got(blobs, hashed(plain)) == plain


def nothing_is_seen_before_it_is_kept(ground: Ground) -> None:
    """Neither a small one nor one of several parts."""
    blobs = ground.blobs()
    for size in (1000, 9 * MIB):
        plain = os.urandom(size)
        with blobs.writer() as writer:
            writer.write(plain)
            assert not blobs.has(hashed(plain))
            assert list(ground.blobs().list()) == []
            digest = writer.keep().digest
        assert list(blobs.list()) == [digest]
        blobs.delete(digest)


def what_is_not_kept_leaves_nothing(ground: Ground) -> None:
    """A writer that raises is as if it had never been."""
    blobs = ground.blobs()
    with suppress(TransientError), blobs.writer() as writer:
        writer.write(os.urandom(9 * MIB))
        raise TransientError("the line dropped")
    with blobs.writer() as writer:
        writer.write(b"text")
    assert list(blobs.list()) == []
    assert not blobs.has(hashed(b"text"))
    assert blobs.sweep(timedelta(seconds=-60)) == 0


def what_is_missing_is_named_as_missing(ground: Ground) -> None:
    """Not as empty, and not as a server that does not answer."""
    blobs = ground.blobs()
    assert not blobs.has(NEVER)
    with pytest.raises(MissingBlobError):
        got(blobs, NEVER)
    with pytest.raises(MissingBlobError):
        blobs.key_of(NEVER)
    with pytest.raises(MissingBlobError):
        blobs.reseal(NEVER)


def what_is_deleted_is_gone(ground: Ground) -> None:
    """And only that; deleting it once more does no harm, and it may come again."""
    blobs = ground.blobs()
    gone, stays = blobs.put_bytes(b"gone").digest, blobs.put_bytes(b"stays").digest
    blobs.delete(gone)
    blobs.delete(gone)
    assert not blobs.has(gone)
    with pytest.raises(MissingBlobError):
        got(blobs, gone)
    assert list(blobs.list()) == [stays]
    assert got(blobs, blobs.put_bytes(b"gone").digest) == b"gone"


def every_blob_is_listed(ground: Ground) -> None:
    """More than one page of them, each once, and nothing that is none."""
    blobs = ground.blobs()
    digests = {blobs.put_bytes(str(number).encode()).digest for number in range(12)}
    write_to(ground.shelf(), "notes.txt", b"somebody else's")
    listed = list(blobs.list())
    assert len(listed) == len(digests)
    assert set(listed) == digests


def the_beginning_can_be_read_alone(ground: Ground) -> None:
    """Which key seals it is known without reading it all."""
    blobs, shelf = ground.blobs(), ground.shelf()
    digest = blobs.put_bytes(os.urandom(MIB)).digest
    whole = b"".join(shelf.read(digest))
    for first in (1, 37, 300_000):
        assert b"".join(shelf.read(digest, first=first)) == whole[:first]
    assert b"".join(shelf.read(digest, first=2 * len(whole))) == whole
    assert blobs.key_of(digest) == "k1"


def what_is_kept_hides_its_text(ground: Ground) -> None:
    """Whoever holds the place reads nothing."""
    digest = ground.blobs().put_bytes(b"statement " * 1000).digest
    assert b"statement" not in b"".join(ground.shelf().read(digest))


def what_was_changed_is_damage(ground: Ground) -> None:
    """Cut at a chunk or anywhere, exchanged for another, or with a bit turned."""
    blobs, shelf = ground.blobs(), ground.shelf()
    digest, other = blobs.put_bytes(os.urandom(200_000)).digest, blobs.put_bytes(os.urandom(200_000)).digest
    whole = b"".join(shelf.read(digest))
    turned = bytearray(whole)
    turned[100_000] ^= 1
    cut = len(whole) - 200_000 % 65_536 - 16
    for changed in (whole[:-1], whole[:cut], whole[:20], b"", bytes(turned), b"".join(shelf.read(other))):
        write_to(shelf, digest, changed, replace=True)
        with pytest.raises(DamagedError):
            got(blobs, digest)


def what_stands_stays_unless_it_is_to_be_replaced(ground: Ground) -> None:
    """Two that put one name do not take turns at it; resealing does replace."""
    shelf = ground.shelf()
    for size in (100, 9 * MIB):
        first, second = os.urandom(size), os.urandom(size)
        write_to(shelf, NEVER, first, replace=True)
        write_to(shelf, NEVER, second)
        assert b"".join(shelf.read(NEVER)) == first
        write_to(shelf, NEVER, second, replace=True)
        assert b"".join(shelf.read(NEVER)) == second


def resealing_changes_the_key_alone(ground: Ground) -> None:
    """The blob opens under the new key, also where the old one is gone."""
    plain = os.urandom(9 * MIB)
    digest = ground.blobs().put_bytes(plain).digest
    newer = ground.blobs(Sealer(KEYS, "k2"))
    assert newer.reseal(digest)
    assert not newer.reseal(digest)
    assert newer.key_of(digest) == "k2"
    assert got(ground.blobs(Sealer({"k2": KEYS["k2"]}, "k2")), digest) == plain
    assert list(newer.list()) == [digest]


def memory_stays_small(ground: Ground) -> None:
    """Pieces of at most 1 MiB come out, and nothing holds the whole on its way in."""
    blobs = ground.blobs()
    piece = os.urandom(MIB)
    tracemalloc.start()
    try:
        digest = blobs.put(piece for _ in range(40)).digest
        _, writing = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        largest = max(len(piece) for piece in ground.shelf().read(digest))
        for _ in blobs.open(digest):
            pass
        _, reading = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert largest <= MIB
    assert writing < 20 * MIB
    assert reading < 5 * MIB


def sweeping_takes_only_what_was_left_behind(ground: Ground) -> None:
    """Neither what is kept nor what somebody writes now."""
    blobs = ground.blobs()
    kept = blobs.put_bytes(b"kept").digest
    with blobs.writer() as writer:
        writer.write(b"now")
        assert blobs.sweep() == 0
        ref = writer.keep()
    assert got(blobs, kept) == b"kept"
    assert got(blobs, ref.digest) == b"now"


def a_trial_leaves_no_trace(ground: Ground) -> None:
    """`gatehouse check --live` may be run at any time."""
    blobs = ground.blobs()
    kept = blobs.put_bytes(b"kept").digest
    blobs.check()
    assert list(blobs.list()) == [kept]


CHECKS: tuple[Check, ...] = (
    what_was_put_comes_back,
    each_name_holds_its_own,
    what_was_put_is_there_after_opening_anew,
    the_same_bytes_are_one_blob,
    nothing_is_seen_before_it_is_kept,
    what_is_not_kept_leaves_nothing,
    what_is_missing_is_named_as_missing,
    what_is_deleted_is_gone,
    every_blob_is_listed,
    the_beginning_can_be_read_alone,
    what_is_kept_hides_its_text,
    what_was_changed_is_damage,
    what_stands_stays_unless_it_is_to_be_replaced,
    resealing_changes_the_key_alone,
    memory_stays_small,
    sweeping_takes_only_what_was_left_behind,
    a_trial_leaves_no_trace,
)
