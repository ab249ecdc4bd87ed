"""A folder of blobs on a real disk: what is written when, what is left when it goes wrong."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import ConfigError, TransientError
from gateway.store.blobs import Blobs, make_blobs
from gateway.store.bodies import Bodies
from gateway.store.seal import DamagedError, Sealer, key_of

OLD, NEW = b"1" * 32, b"2" * 32
SEALER = Sealer({"k1": OLD}, "k1")
MIB = 1024 * 1024


def folder(tmp_path: Path, sealer: Sealer = SEALER) -> Blobs:
    blobs = make_blobs(tmp_path / "blobs", sealer)
    blobs.prepare()
    return blobs


def got(blobs: Blobs, digest: str) -> bytes:
    return b"".join(blobs.open(digest))


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_a_blob_is_kept_once_sealed_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Putting the same bytes again changes nothing."""
    blobs = folder(tmp_path)
    digest = blobs.put_bytes(b"statement " * 1000).digest
    (path,) = files(tmp_path)
    written = path.read_bytes()
    assert blobs.put_bytes(b"statement " * 1000).digest == digest == path.name
    assert path.read_bytes() == written
    assert got(blobs, digest) == b"statement " * 1000
    assert b"statement" not in written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path.parent.parent)} == {0o700}


def test_a_missing_or_exchanged_blob_is_damage(tmp_path: Path) -> None:
    """A blob under another's name does not pass for it."""
    blobs = folder(tmp_path)
    one, two = blobs.put_bytes(b"one").digest, blobs.put_bytes(b"two").digest
    by_name = {path.name: path for path in files(tmp_path)}
    by_name[one].write_bytes(by_name[two].read_bytes())
    with pytest.raises(DamagedError):
        got(blobs, one)
    by_name[two].unlink()
    with pytest.raises(DamagedError):
        got(blobs, two)


def test_writers_side_by_side_leave_one_whole_blob(tmp_path: Path) -> None:
    """No draft is left, and no writer disturbs another."""
    blobs = folder(tmp_path)
    barrier = threading.Barrier(8)
    digests: list[str] = []

    def put() -> None:
        barrier.wait(10)
        digests.append(blobs.put_bytes(b"x" * 300_000).digest)

    writers = [threading.Thread(target=put) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert len(digests) == 8
    assert len(files(tmp_path)) == 1
    assert got(blobs, digests[0]) == b"x" * 300_000


def test_a_blob_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File synced, then renamed, then its folder synced: a loss of power leaves the whole blob or none."""
    blobs = folder(tmp_path)
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def note_rename(draft: Path, path: Path) -> Path:
        steps.append("rename")
        return rename(draft, path)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    digest = blobs.put_bytes(b"one").digest
    assert steps == ["file", "folder", "rename", "folder"]
    steps.clear()
    assert blobs.put_bytes(b"one").digest == digest
    assert steps == ["folder"]


def test_a_full_disk_leaves_no_draft_and_is_passing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is tried again later."""
    blobs = folder(tmp_path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError, match="No space left"):
        blobs.put_bytes(b"one")
    monkeypatch.undo()
    assert files(tmp_path) == []


def test_a_blob_that_cannot_be_read_now_is_passing(tmp_path: Path) -> None:
    """A disk that does not answer is not damage: nothing is buried for it."""
    blobs = folder(tmp_path)
    digest = blobs.put_bytes(b"one").digest
    (path,) = files(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(TransientError, match="cannot be read"):
        got(blobs, digest)


def test_a_blob_folder_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path) -> None:
    """A file in its place is named."""
    (tmp_path / "blobs").write_text("")
    with pytest.raises(ConfigError, match="blob folder"):
        folder(tmp_path)


def test_a_blob_of_the_first_release_still_opens(tmp_path: Path) -> None:
    """It was sealed whole, under the same name and identity."""
    blobs = folder(tmp_path)
    plain = b"statement " * 100_000
    digest = hashlib.sha256(plain).hexdigest()
    path = tmp_path / "blobs" / digest[:2] / digest
    path.parent.mkdir()
    path.write_bytes(SEALER.seal(plain, f"blob:{digest}".encode()))
    assert got(blobs, digest) == plain
    assert blobs.key_of(digest) == "k1"


def test_a_writer_that_raises_leaves_nothing(tmp_path: Path) -> None:
    """A download that breaks off is no blob."""
    blobs = folder(tmp_path)

    def breaking() -> Iterator[bytes]:
        yield bytes(MIB)
        raise TransientError("the line dropped")

    with pytest.raises(TransientError, match="dropped"):
        blobs.put(breaking())
    assert files(tmp_path) == []


@pytest.mark.parametrize("mib", [25, 100])
def test_a_large_blob_needs_little_memory_both_ways(tmp_path: Path, mib: int) -> None:
    """Five MiB at most, whatever its size."""
    blobs = folder(tmp_path)
    piece = os.urandom(MIB)
    tracemalloc.start()
    try:
        ref = blobs.put(piece for _ in range(mib))
        size = sum(len(chunk) for chunk in blobs.open(ref.digest))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ref.size == size == mib * MIB
    assert peak < 5 * MIB


WRITER = """
import sys
from pathlib import Path
from gateway.store.blobs import make_blobs
from gateway.store.seal import Sealer

def endless():
    while True:
        yield bytes(1 << 20)
        print("written", flush=True)

blobs = make_blobs(Path(sys.argv[1]), Sealer({"k1": b"1" * 32}, "k1"))
blobs.prepare()
blobs.put(endless())
"""


def test_a_writer_killed_in_the_middle_leaves_no_blob(tmp_path: Path) -> None:
    """Nobody sees its half; once it is old it is swept away, and what others write now is not."""
    blobs = folder(tmp_path)
    command = [sys.executable, "-c", WRITER, str(tmp_path / "blobs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(3):
            assert writer.stdout.readline() == b"written\n"
        writer.send_signal(signal.SIGKILL)
    assert list(blobs.list()) == []
    (draft,) = files(tmp_path)
    assert blobs.sweep() == 0
    os.utime(draft, (0, 0))
    with blobs.writer() as other:
        other.write(b"now")
        assert blobs.sweep(timedelta(days=1)) == 1
        ref = other.keep()
    assert got(blobs, ref.digest) == b"now"
    assert len(files(tmp_path)) == 1


def test_a_file_that_may_not_grow_is_passing_and_leaves_nothing(tmp_path: Path) -> None:
    """The system itself refuses the bytes, as a full disk does, in the middle of the blob."""
    blobs = folder(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, before[1]))
    try:
        with pytest.raises(TransientError, match="cannot be written"):
            blobs.put(bytes(MIB) for _ in range(5))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert files(tmp_path) == []


def test_a_blob_under_a_key_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    """It could not be opened any more: what comes in again replaces it."""
    ref = folder(tmp_path, Sealer({"lost": NEW}, "lost")).put_bytes(b"text")
    blobs = folder(tmp_path)
    with pytest.raises(ConfigError, match="does not hold"):
        got(blobs, ref.digest)
    assert blobs.put([b"te", b"xt"]) == ref
    assert got(blobs, ref.digest) == b"text"
    assert blobs.key_of(ref.digest) == "k1"


def test_resealing_changes_the_key_and_nothing_else(tmp_path: Path) -> None:
    """Whoever reads meanwhile reads to the end; a second time there is nothing to do."""
    digest = folder(tmp_path).put_bytes(bytes(MIB)).digest
    blobs = folder(tmp_path, Sealer({"k1": OLD, "k2": NEW}, "k2"))
    reading = blobs.open(digest)
    first = next(reading)
    assert blobs.reseal(digest) is True
    assert first + b"".join(reading) == bytes(MIB)
    assert blobs.key_of(digest) == "k2"
    assert got(blobs, digest) == bytes(MIB)
    assert blobs.reseal(digest) is False
    assert len(files(tmp_path)) == 1


def test_a_blob_that_holds_other_bytes_than_its_name_says_is_damage(tmp_path: Path) -> None:
    """Sealed as it should be, by whoever has the key, and yet not what the row means."""
    blobs = folder(tmp_path)
    digest = blobs.put_bytes(b"one").digest
    (path,) = files(tmp_path)
    path.write_bytes(SEALER.seal(b"two", f"blob:{digest}".encode()))
    with pytest.raises(DamagedError, match="other bytes"):
        got(blobs, digest)


def test_a_damaged_blob_is_not_resealed(tmp_path: Path) -> None:
    """A new seal would make its damage look whole."""
    digest = folder(tmp_path).put_bytes(bytes(MIB)).digest
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    blobs = folder(tmp_path, Sealer({"k1": OLD, "k2": NEW}, "k2"))
    with pytest.raises(DamagedError):
        blobs.reseal(digest)
    assert key_of(path.read_bytes()) == "k1"
    assert files(tmp_path) == [path]


async def test_bodies_keep_what_comes_in_piece_by_piece(tmp_path: Path) -> None:
    """A connector need not hold a download in memory; one that breaks off leaves nothing."""
    blobs = folder(tmp_path)
    bodies = Bodies(SEALER, blobs)

    async def download(fails: bool) -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000
        if fails:
            raise TransientError("the line dropped")

    with pytest.raises(TransientError):
        await bodies.put(download(fails=True))
    assert files(tmp_path) == []
    ref = await bodies.put(download(fails=False))
    assert ref.size == 3_000_000
    assert bodies.open("support", "lane", "key", None, ref.digest) == b"x" * 3_000_000
