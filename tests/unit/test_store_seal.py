"""What is kept can be read with its key, in its own place, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError
from gateway.store.chunked import CHUNK_BYTES
from gateway.store.seal import DamagedError, Sealer, key_of, new_key_line

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
    before = Sealer.from_text(path.read_text())
    sealed = before.seal(b"text", b"place")
    path.write_text(path.read_text() + new_key_line() + "\n")
    after = Sealer.from_text(path.read_text())
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


def streamed(sealer: Sealer, plain: bytes, step: int = CHUNK_BYTES) -> bytes:
    """Return the bytes sealed in chunks, written in steps of any size."""
    sealing = sealer.begin()
    pieces = [sealing.update(plain[at : at + step]) for at in range(0, len(plain), step)]
    return b"".join(pieces) + sealing.finish(b"place")


def split(sealed: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header with its salt, and the sealed chunks."""
    start = 5 + len("k1") + 32
    size = CHUNK_BYTES + 16
    return sealed[:start], [sealed[at : at + size] for at in range(start, len(sealed), size)]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
@pytest.mark.parametrize("step", [1000, CHUNK_BYTES, 10 * CHUNK_BYTES])
def test_a_stream_opens_to_itself_however_it_came(size: int, step: int) -> None:
    """Chunk borders depend on the text alone, and the ends of chunks are where mistakes would be."""
    plain = os.urandom(size)
    sealed = streamed(SEALER, plain, step)
    assert key_of(sealed) == "k1"
    assert SEALER.open(sealed, b"place") == plain
    pieces = (sealed[at : at + 777] for at in range(0, len(sealed), 777))
    assert b"".join(SEALER.open_chunks(pieces, b"place")) == plain
    assert len(split(sealed)[1]) == max(1, -(-size // CHUNK_BYTES))


def test_two_streams_of_one_text_share_no_byte_that_tells() -> None:
    """Each has a key of its own: no nonce is ever used twice, however many there are."""
    plain = b"statement " * 100
    first, second = streamed(SEALER, plain), streamed(SEALER, plain)
    assert split(first)[1] != split(second)[1]
    assert b"statement" not in first


def test_a_stream_cut_at_a_chunk_or_anywhere_is_damage() -> None:
    """Also where what is left is a whole number of authentic chunks."""
    sealed = streamed(SEALER, os.urandom(3 * CHUNK_BYTES))
    head, chunks = split(sealed)
    cuts = [head + b"".join(chunks[:count]) for count in range(3)] + [sealed[:-1], sealed[:-17], sealed[:40], head[:20]]
    for cut in cuts:
        with pytest.raises(DamagedError):
            SEALER.open(cut, b"place")


def test_a_stream_with_chunks_moved_doubled_or_exchanged_is_damage() -> None:
    """Every chunk is authentic, and yet the whole is not."""
    one, other = (streamed(SEALER, os.urandom(3 * CHUNK_BYTES)) for _ in range(2))
    (head, [a, b, c]), (_, [x, y, z]) = split(one), split(other)
    assert SEALER.open(head + a + b + c, b"place")
    for chunks in ([b, a, c], [a, a, c], [a, c], [a, b, c, c], [a, b, b, c], [a, y, c], [x, y, z], [a, b, z]):
        with pytest.raises(DamagedError):
            SEALER.open(head + b"".join(chunks), b"place")


def test_a_stream_that_belongs_nowhere_is_bound_to_its_end_all_the_same() -> None:
    """The flag on the last chunk stands for itself."""
    sealing = SEALER.begin()
    head, chunks = split(sealing.update(bytes(2 * CHUNK_BYTES)) + sealing.finish(b""))
    assert SEALER.open(head + b"".join(chunks), b"") == bytes(2 * CHUNK_BYTES)
    with pytest.raises(DamagedError):
        SEALER.open(head + chunks[0], b"")


def test_a_seal_names_its_key_for_good() -> None:
    """Also where two ids stand for one key: what `remove` counts by cannot be rewritten."""
    twins = Sealer({"k1": OLD, "k2": OLD}, "k1")
    for sealed in (twins.seal(b"text", b"place"), streamed(twins, b"text")):
        assert twins.open(sealed, b"place") == b"text"
        with pytest.raises(DamagedError):
            twins.open(sealed.replace(b"k1", b"k2", 1), b"place")


def test_a_stream_does_not_open_in_anothers_place() -> None:
    """What it belongs to is told at the end, and binds all of it."""
    with pytest.raises(DamagedError):
        SEALER.open(streamed(SEALER, b"text"), b"elsewhere")


@given(st.data())
def test_a_changed_stream_is_refused(data: st.DataObject) -> None:
    """Whatever bit is changed, in header, salt or chunk."""
    sealed = STREAM
    at = data.draw(st.one_of(st.integers(0, 60), st.integers(0, len(sealed) - 1)))
    changed = bytearray(sealed)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((DamagedError, ConfigError)):
        SEALER.open(bytes(changed), b"place")


STREAM = streamed(SEALER, bytes(CHUNK_BYTES + 5))


def test_a_new_last_line_seals_from_the_next_value_on(tmp_path: Path) -> None:
    """The running engine follows its file."""
    path = tmp_path / "keys"
    first, second = new_key_line(), new_key_line()
    path.write_text(first + "\n")
    sealer = Sealer.from_file(path)
    assert key_of(sealer.seal(b"", b"")) == first.split()[0]
    path.write_text(f"{first}\n{second}\n")
    assert key_of(sealer.seal(b"", b"")) == key_of(streamed(sealer, b"")) == sealer.current == second.split()[0]


def test_an_unknown_key_is_looked_for_in_the_file_once_more(tmp_path: Path) -> None:
    """What another process sealed under a new key opens here without a restart; a key that is nowhere is named."""
    path = tmp_path / "keys"
    first, second = new_key_line(), new_key_line()
    path.write_text(first + "\n")
    ours = Sealer.from_file(path)
    sealed = Sealer.from_text(second).seal(b"text", b"place")
    assert not ours.knows(second.split()[0])
    with pytest.raises(ConfigError, match="does not hold"):
        ours.open(sealed, b"place")
    path.write_text(f"{first}\n{second}\n")
    assert ours.open(sealed, b"place") == b"text"
    assert ours.knows(second.split()[0])


@pytest.mark.parametrize("meanwhile", ["", "half a line"])
def test_a_key_file_in_the_middle_of_a_change_stops_nobody(tmp_path: Path, meanwhile: str) -> None:
    """What was read before goes on sealing and opening."""
    path = tmp_path / "keys"
    line = new_key_line()
    path.write_text(line + "\n")
    sealer = Sealer.from_file(path)
    sealed = sealer.seal(b"text", b"place")
    path.write_text(meanwhile) if meanwhile else path.unlink()
    assert sealer.open(sealer.seal(b"more", b"place"), b"place") == b"more"
    assert sealer.open(sealed, b"place") == b"text"
