"""The folder and the S3 bucket keep the contract of blobs, and the contract's checks can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import GatewayError
from gateway.store.blobs import Shelf
from gateway.store.blobs.folder import FolderShelf
from gateway.store.blobs.s3 import S3Shelf
from tests.contract.blob_suite import CHECKS, Check, Ground
from tests.contract.broken_blobs import BROKEN
from tests.servers.s3 import S3Server, running_s3


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def folder(path: Path, wrap: Callable[[Any], Any] = lambda shelf: shelf) -> Ground:
    def open_shelf() -> Shelf:
        shelf = FolderShelf(path)
        shelf.prepare()
        return wrap(shelf)

    return Ground(open_shelf)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_folder(check: Check, tmp_path: Path) -> None:
    """A folder on a real disk keeps this promise."""
    check(folder(tmp_path / "blobs"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_bucket(check: Check, tmp_path: Path, s3_server: S3Server) -> None:
    """A bucket on a real server keeps this promise; its list comes in pages of five."""
    bucket = s3_server.bucket(tmp_path / "drafts")
    opened: list[S3Shelf] = []

    def open_shelf() -> Shelf:
        opened.append(S3Shelf(bucket, page=5))
        opened[-1].prepare()
        return opened[-1]

    try:
        check(Ground(open_shelf))
        assert list((tmp_path / "drafts").iterdir()) == []
    finally:
        for shelf in opened:
            shelf.close()


@pytest.mark.parametrize(("broken", "check"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_broken_shelf(broken: Callable[[Any], Any], check: Check, tmp_path: Path) -> None:
    """The suite fails on a shelf with this fault."""
    with pytest.raises((AssertionError, GatewayError, pytest.fail.Exception)):
        check(folder(tmp_path / "blobs", broken))
