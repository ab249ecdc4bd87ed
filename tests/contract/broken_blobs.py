"""Shelves with one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from gateway.store.blobs import Draft, MissingBlobError, Shelf
from gateway.store.blobs.shelf import ABANDONED
from tests.contract import blob_suite as suite
from tests.contract.blob_suite import Check


class _Wrapped:
    """Passes everything on; a fault overrides one method."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Drafts(_Wrapped):
    """Hands out drafts of its own."""

    kind: Callable[[Shelf, Draft], Any]

    @contextmanager
    def draft(self) -> Iterator[Any]:
        with self._inner.draft() as draft:
            yield type(self).kind(self._inner, draft)


class _Draft:
    def __init__(self, shelf: Shelf, draft: Draft) -> None:
        self.shelf = shelf
        self.draft = draft

    def write(self, sealed: bytes) -> None:
        self.draft.write(sealed)

    def keep(self, name: str, *, replace: bool) -> None:
        self.draft.keep(name, replace=replace)


class _Short(_Draft):
    def write(self, sealed: bytes) -> None:
        self.draft.write(sealed[:65_536])


class ShortWrites(_Drafts):
    """Takes what one write to a pipe takes, and forgets the rest."""

    kind = _Short


class _Held(_Draft):
    def __init__(self, shelf: Shelf, draft: Draft) -> None:
        super().__init__(shelf, draft)
        self.held = io.BytesIO()

    def write(self, sealed: bytes) -> None:
        self.held.write(sealed)

    def keep(self, name: str, *, replace: bool) -> None:
        self.draft.write(self.held.getvalue())
        self.draft.keep(name, replace=replace)


class HoldsAll(_Drafts):
    """Holds a blob in memory until it is whole."""

    kind = _Held


class _Hasty(_Draft):
    def write(self, sealed: bytes) -> None:
        with self.shelf.draft() as other:
            other.write(sealed)
            other.keep("f" * 64, replace=True)
        self.draft.write(sealed)


class SeenTooEarly(_Drafts):
    """Shows what is being written."""

    kind = _Hasty


class _Overwriting(_Draft):
    def keep(self, name: str, *, replace: bool) -> None:
        self.draft.keep(name, replace=True)


class AlwaysReplaces(_Drafts):
    """Overwrites what stands there."""

    kind = _Overwriting


class _Shy(_Draft):
    def keep(self, name: str, *, replace: bool) -> None:
        self.draft.keep(name, replace=False)


class NeverReplaces(_Drafts):
    """Resealing leaves the old blob."""

    kind = _Shy


class _Plain(_Draft):
    def keep(self, name: str, *, replace: bool) -> None:
        self.draft.write(b"")
        if not self.shelf.has(name):
            self.draft.keep(name, replace=replace)


class KeepsTooLittle(_Drafts):
    """Takes a name that is there for a reason to do nothing, also when it is to be replaced."""

    kind = _Plain


class KeepsWhatWasDiscarded(_Wrapped):
    """Keeps a draft whose writer gave up."""

    @contextmanager
    def draft(self) -> Iterator[Any]:
        with self._inner.draft() as draft:
            try:
                yield draft
            finally:
                with self._inner.draft() as other:
                    other.write(b"half")
                    other.keep("e" * 64, replace=True)


class HasEverything(_Wrapped):
    """Believes that each blob is there."""

    def has(self, name: str) -> bool:
        return True


class NothingMissing(_Wrapped):
    """Reads a missing blob as an empty one."""

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        try:
            yield from self._inner.read(name, first)
        except MissingBlobError:
            yield b""


class OneBigPiece(_Wrapped):
    """Reads a blob whole."""

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        yield b"".join(self._inner.read(name, first))


class LosesTheEnd(_Wrapped):
    """Takes a line that dropped for the end of the blob."""

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        return itertools.islice(self._inner.read(name, first), 2)


class IgnoresFirst(_Wrapped):
    """Reads on after what was asked for."""

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        return iter(self._inner.read(name))


class OneBlobForAll(_Wrapped):
    """Reads whatever blob comes first."""

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        self._inner.has(name)
        return iter(self._inner.read(min(self._inner.names(), default=name), first))


class DeletesNothing(_Wrapped):
    """Says that it deleted."""

    def delete(self, name: str) -> None:
        """Do nothing."""


class DeletesTooMuch(_Wrapped):
    """Clears the place."""

    def delete(self, name: str) -> None:
        for each in list(self._inner.names()):
            self._inner.delete(each)


class DeletesOnce(_Wrapped):
    """Complains about what is gone already."""

    def delete(self, name: str) -> None:
        if not self._inner.has(name):
            raise MissingBlobError(name)
        self._inner.delete(name)


class FirstPageOnly(_Wrapped):
    """Lists one page."""

    def names(self) -> Iterator[str]:
        return itertools.islice(self._inner.names(), 5)


class ListsTwice(_Wrapped):
    """Begins the list anew after each page."""

    def names(self) -> Iterator[str]:
        yield from self._inner.names()
        yield from self._inner.names()


class SweepsAll(_Wrapped):
    """Sweeps up what is kept, too."""

    def sweep(self, older_than: timedelta = ABANDONED) -> int:
        for each in list(self._inner.names()):
            self._inner.delete(each)
        return int(self._inner.sweep(older_than))


BROKEN: Sequence[tuple[Callable[[Any], Any], Check]] = (
    (ShortWrites, suite.what_was_put_comes_back),
    (HoldsAll, suite.memory_stays_small),
    (SeenTooEarly, suite.nothing_is_seen_before_it_is_kept),
    (AlwaysReplaces, suite.what_stands_stays_unless_it_is_to_be_replaced),
    (NeverReplaces, suite.resealing_changes_the_key_alone),
    (KeepsTooLittle, suite.what_stands_stays_unless_it_is_to_be_replaced),
    (KeepsWhatWasDiscarded, suite.what_is_not_kept_leaves_nothing),
    (HasEverything, suite.what_is_missing_is_named_as_missing),
    (NothingMissing, suite.what_is_missing_is_named_as_missing),
    (OneBigPiece, suite.memory_stays_small),
    (LosesTheEnd, suite.what_was_put_comes_back),
    (IgnoresFirst, suite.the_beginning_can_be_read_alone),
    (OneBlobForAll, suite.each_name_holds_its_own),
    (DeletesNothing, suite.what_is_deleted_is_gone),
    (DeletesTooMuch, suite.what_is_deleted_is_gone),
    (DeletesOnce, suite.what_is_deleted_is_gone),
    (FirstPageOnly, suite.every_blob_is_listed),
    (ListsTwice, suite.every_blob_is_listed),
    (SweepsAll, suite.sweeping_takes_only_what_was_left_behind),
)
