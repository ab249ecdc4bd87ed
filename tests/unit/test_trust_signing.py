"""A signed directory: what was changed after it was signed is refused, in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.trust.directory import DirectoryError, load_directory, signature_path
from gateway.trust.signing import new_key, sign, verify_signature

PEM, PUBLIC = new_key()


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A directory with a list, signed."""
    (tmp_path / "r.txt").write_text("evil.example\n")
    path = tmp_path / "official.toml"
    listed = '[[scam_lists]]\nfile = "r.txt"\nsource = "us"\ndate = 2026-01-01\n'
    path.write_text(f'[[brands]]\nid = "examplex"\nname = "Examplex"\n{listed}')
    signature_path(path).write_text(sign(path, PEM))
    return path


def refusal(path: Path, public: str = PUBLIC) -> str:
    with pytest.raises(DirectoryError) as loading:
        load_directory(path, public_key=public)
    with pytest.raises(DirectoryError) as checking:
        verify_signature(path, public)
    assert str(loading.value) == str(checking.value), "both ways refuse alike"
    return str(loading.value)


def test_a_signed_directory_loads(signed: Path) -> None:
    assert load_directory(signed, public_key=PUBLIC).reported("domain", "evil.example")
    verify_signature(signed, PUBLIC)


def test_without_a_public_key_nobody_asks_for_a_signature(signed: Path) -> None:
    signature_path(signed).unlink()
    assert load_directory(signed).brands


def test_a_change_of_the_directory_is_refused(signed: Path) -> None:
    signed.write_text(signed.read_text() + 'web = []\n[[brands]]\nid = "evil"\nname = "Evil"\n')
    signed.write_text(signed.read_text().replace("web = []\n", ""))
    assert "changed after it was signed" in refusal(signed)


def test_a_change_of_a_list_is_refused(signed: Path) -> None:
    (signed.parent / "r.txt").write_text("")
    assert "one of its lists was changed" in refusal(signed)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there"),
        ("", "is no signature"),
        ("a b", "is no signature"),
        ("ed25519:AAAA ???", "another key"),
        (f"{PUBLIC} ???", "does not fit"),
        (f"{PUBLIC} AAAA", "does not fit"),
        (f"{PUBLIC} AAAA more", "is no signature"),
        ("\u00e9", "is no signature"),
    ],
)
def test_a_signature_that_is_none_is_refused(signed: Path, content: str | None, said: str) -> None:
    place = signature_path(signed)
    place.unlink() if content is None else place.write_text(content, encoding="utf-8")
    assert said in refusal(signed)
    assert "official.toml.sig" in refusal(signed)


def test_a_signature_by_somebody_else_is_refused(signed: Path) -> None:
    pem, _ = new_key()
    signature_path(signed).write_text(sign(signed, pem))
    assert "another key" in refusal(signed)


def test_a_signature_under_our_name_by_somebody_else_is_refused(signed: Path) -> None:
    pem, public = new_key()
    signature_path(signed).write_text(sign(signed, pem).replace(public, PUBLIC))
    assert "does not fit" in refusal(signed)


@pytest.mark.parametrize("public", ["ed25519:AAAA", "rsa:AAAA", "nonsense", "ed25519:???"])
def test_a_public_key_that_is_none_is_a_problem(signed: Path, public: str) -> None:
    assert "public_key: is no key" in refusal(signed, public)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_signs_nothing(signed: Path, pem: bytes) -> None:
    with pytest.raises(DirectoryError, match="no Ed25519 key"):
        sign(signed, pem)


def test_what_is_no_directory_is_not_signed(signed: Path) -> None:
    signed.write_text("brands = [")
    with pytest.raises(DirectoryError, match="no TOML"):
        sign(signed, PEM)
    with pytest.raises(DirectoryError, match="cannot be read"):
        sign(signed.with_name("none.toml"), PEM)


def test_lines_of_json_are_signed_as_well(tmp_path: Path) -> None:
    path = tmp_path / "official.jsonl"
    path.write_text('{"brand": "examplex", "name": "Examplex"}\n')
    signature_path(path).write_text(sign(path, PEM))
    assert load_directory(path, public_key=PUBLIC).brands
    path.write_text('{"brand": "evil", "name": "Evil"}\n')
    assert "does not fit" in refusal(path)
