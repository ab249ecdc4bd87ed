"""What is kept can be read with its key, in its own place, and nowhere else."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError, TransientError
from gateway.store.blobs import BlobFolder
from gateway.store.seal import DamagedError, Sealer, new_key_line

OLD, NEW = b"1" * 32, b"2" * 32
SEALER = Sealer({"k1": OLD}, "k1")


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_sealed_value_opens_to_itself_and_hides_its_text(plain: bytes, place: bytes) -> None:
    """Sealing twice gives two values, and both open."""
    first, second = SEALER.seal(plain, place), SEALER.seal(plain, place)
    assert first != second
    assert SEALER.open(first, place) == SEALER.open(second, place) == plain
    assert len(plain) < 8 or plain not in first


@given(st.data())
def test_a_changed_or_cut_value_is_refused(data: st.DataObject) -> None:
    """Whatever bit is changed, wherever it is cut: never other bytes than the sealed ones."""
    sealed = SEALER.seal(b"where are my coins", b"place")
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[at] ^= data.draw(st.integers(1, 255))
    for value in (bytes(changed), sealed[:at]):
        with pytest.raises((DamagedError, ConfigError)):
            SEALER.open(value, b"place")


def test_a_value_does_not_open_in_anothers_place() -> None:
    """A row's body cannot be moved to another row."""
    with pytest.raises(DamagedError):
        SEALER.open(SEALER.seal(b"text", b"raw:1"), b"raw:2")


def test_values_under_an_older_key_open_after_a_new_one_is_added(tmp_path: Path) -> None:
    """The last line of a key file seals, every line opens."""
    path = tmp_path / "keys"
    path.write_text(f"# keys\n\n{new_key_line()}\n")
    before = Sealer.from_file(path)
    sealed = before.seal(b"text", b"place")
    path.write_text(path.read_text() + new_key_line() + "\n")
    after = Sealer.from_file(path)
    assert after.open(sealed, b"place") == b"text"
    with pytest.raises(ConfigError, match="does not hold"):
        before.open(after.seal(b"text", b"place"), b"place")


@pytest.mark.parametrize(
    "content",
    ["", "# only a comment\n", "k1\n", "k1 !!!!\n", "k1 c2hvcnQ=\n", "k/1 " + "MTEx" * 10 + "\n", "ключ x\n"],
)
def test_a_key_file_that_cannot_be_used_is_named_without_its_content(tmp_path: Path, content: str) -> None:
    """The operator learns which file, and nobody learns a key."""
    path = tmp_path / "keys"
    path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        Sealer.from_file(path)
    assert "MTEx" not in str(caught.value)
    assert "c2hvcnQ" not in str(caught.value)


def test_a_key_id_twice_or_no_file_is_refused(tmp_path: Path) -> None:
    """Which of two keys was meant cannot be known."""
    line = new_key_line()
    (tmp_path / "keys").write_text(f"{line}\n{line}\n")
    with pytest.raises(ConfigError, match="twice"):
        Sealer.from_file(tmp_path / "keys")
    with pytest.raises(ConfigError, match="cannot be read"):
        Sealer.from_file(tmp_path / "missing")
    with pytest.raises(ConfigError, match="not among"):
        Sealer({"k1": OLD}, "k2")


def folder(tmp_path: Path) -> BlobFolder:
    blobs = BlobFolder(tmp_path / "blobs", SEALER)
    blobs.prepare()
    return blobs


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_a_blob_is_kept_once_sealed_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Putting the same bytes again changes nothing."""
    blobs = folder(tmp_path)
    digest = blobs.put(b"statement " * 1000)
    (path,) = files(tmp_path)
    written = path.read_bytes()
    assert blobs.put(b"statement " * 1000) == digest == path.name
    assert path.read_bytes() == written
    assert blobs.get(digest) == b"statement " * 1000
    assert b"statement" not in written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path.parent.parent)} == {0o700}


def test_a_missing_or_exchanged_blob_is_damage(tmp_path: Path) -> None:
    """A blob under another's name does not pass for it."""
    blobs = folder(tmp_path)
    one, two = blobs.put(b"one"), blobs.put(b"two")
    by_name = {path.name: path for path in files(tmp_path)}
    by_name[one].write_bytes(by_name[two].read_bytes())
    with pytest.raises(DamagedError):
        blobs.get(one)
    by_name[two].unlink()
    with pytest.raises(DamagedError):
        blobs.get(two)


def test_writers_side_by_side_leave_one_whole_blob(tmp_path: Path) -> None:
    """No draft is left, and no writer disturbs another."""
    blobs = folder(tmp_path)
    barrier = threading.Barrier(8)
    digests: list[str] = []

    def put() -> None:
        barrier.wait(10)
        digests.append(blobs.put(b"x" * 300_000))

    writers = [threading.Thread(target=put) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert len(digests) == 8
    assert len(files(tmp_path)) == 1
    assert blobs.get(digests[0]) == b"x" * 300_000


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
    digest = blobs.put(b"one")
    assert steps == ["folder", "file", "rename", "folder"]
    steps.clear()
    assert blobs.put(b"one") == digest
    assert steps == ["folder"]


def test_a_full_disk_leaves_no_draft_and_is_passing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is tried again later."""
    blobs = folder(tmp_path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError, match="No space left"):
        blobs.put(b"one")
    monkeypatch.undo()
    assert files(tmp_path) == []


def test_a_blob_that_cannot_be_read_now_is_passing(tmp_path: Path) -> None:
    """A disk that does not answer is not damage: nothing is buried for it."""
    blobs = folder(tmp_path)
    digest = blobs.put(b"one")
    (path,) = files(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(TransientError, match="cannot be read"):
        blobs.get(digest)


def test_a_blob_folder_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path) -> None:
    """A file in its place is named."""
    (tmp_path / "blobs").write_text("")
    with pytest.raises(ConfigError, match="blob folder"):
        BlobFolder(tmp_path / "blobs", SEALER).prepare()
