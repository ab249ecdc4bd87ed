"""DKIM (RFC 6376): what each signature of a mail comes to, with bounds on what a hostile mail may cost."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.enrich.mail.fields import Field, Original, body_hash, relaxed, signed_fields, without_signature
from gateway.enrich.mail.lookup import Dns, UnansweredError
from gateway.enrich.mail.signature import (
    ALGORITHMS,
    Found,
    Key,
    RefusedError,
    Tags,
    decoded,
    domain_of,
    fetch_key,
    holds,
    names_in,
    read_tags,
)

MAX_SIGNATURES = 8
"""So many signatures of a mail are checked; those of the From domain first."""
ONCE = frozenset({
    b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
    b"content-type", b"content-transfer-encoding", b"content-disposition",
})  # fmt: skip
"""What may stand once in a mail (RFC 5322, section 3.6; RFC 2045): of several, readers take another than signers.

MIME-Version is not among them: it says nothing, and relays add one.
"""
_NUMBER = re.compile(rb"[0-9]{1,15}")
_FORMS = (b"simple", b"relaxed")


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of one signature, and the domain that it speaks for."""

    domain: str
    found: Found
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Signature:
    field: Field
    tags: Tags


class Bodies:
    """The hashes of one mail's body, each made once."""

    def __init__(self, original: Original) -> None:
        self.original = original
        self._made: dict[tuple[bool, int | None], tuple[bytes, int]] = {}

    def hash(self, *, relax: bool, length: int | None = None) -> tuple[bytes, int]:
        """See `body_hash`. Raises `RefusedError` where the body is not there."""
        if not self.original.whole:
            raise RefusedError(Found.TEMPERROR, "the mail was too large to be fetched whole")
        if (relax, length) not in self._made:
            self._made[relax, length] = body_hash(self.original.body, relax=relax, length=length)
        return self._made[relax, length]


async def check_dkim(dns: Dns, original: Original, first: str, at: float) -> tuple[Signed, ...]:
    """Check the signatures, those of the organisation or domain `first` before others; `at` is when the mail came.

    A signature that only covers the beginning of the body (`l=`) is not taken: anything may have been added.
    """
    fields = original.named(b"dkim-signature")
    read = [_read(field) for field in fields[: 5 * MAX_SIGNATURES]]
    read.sort(key=lambda each: not _is_of(_domain(each), first))
    prepared = await asyncio.gather(*(_prepared(dns, each, at) for each in read[:MAX_SIGNATURES]))
    return await asyncio.to_thread(_verify_all, original, prepared)


def _read(field: Field) -> _Signature | RefusedError:
    try:
        return _Signature(field, read_tags(field.value))
    except RefusedError as error:
        return error


def _domain(each: _Signature | RefusedError) -> str:
    return domain_of(each.tags) if isinstance(each, _Signature) else ""


def _is_of(domain: str, first: str) -> bool:
    return domain == first or domain.endswith(f".{first}") or first.endswith(f".{domain}")


async def _prepared(dns: Dns, each: _Signature | RefusedError, at: float) -> Signed | tuple[_Signature, Key]:
    """Return a signature with its key; or what it came to without one."""
    if isinstance(each, RefusedError):
        return Signed("", each.found, each.reason)
    domain = domain_of(each.tags)
    try:
        _well_formed(each.tags, at)
        return each, await fetch_key(dns, each.tags)
    except UnansweredError:
        return Signed(domain, Found.TEMPERROR, "the DNS gave no answer about its key")
    except RefusedError as error:
        return Signed(domain, error.found, error.reason)


def _verify_all(original: Original, prepared: Sequence[Signed | tuple[_Signature, Key]]) -> tuple[Signed, ...]:
    bodies = Bodies(original)
    return tuple(each if isinstance(each, Signed) else _verified(bodies, *each) for each in prepared)


def _verified(bodies: Bodies, each: _Signature, key: Key) -> Signed:
    try:
        _verify(bodies, each, key)
    except RefusedError as error:
        return Signed(domain_of(each.tags), error.found, error.reason)
    return Signed(domain_of(each.tags), Found.PASS)


def _well_formed(tags: Tags, at: float) -> None:
    """Raise `RefusedError` for what is no signature by RFC 6376, section 6.1.1, or is not any more."""
    if any(not tags.get(name) for name in (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")) or tags[b"v"] != b"1":
        raise RefusedError(Found.NEUTRAL, "it lacks what a signature needs")
    if tags[b"a"].lower() not in ALGORITHMS:
        raise RefusedError(Found.POLICY, "its algorithm is not trusted")
    if b"from" not in names_in(tags[b"h"]):
        raise RefusedError(Found.NEUTRAL, "it does not cover the From line")
    identity = tags.get(b"i", b"").rpartition(b"@")[2].decode("latin-1").lower()
    if identity and identity != domain_of(tags) and not identity.endswith(f".{domain_of(tags)}"):
        raise RefusedError(Found.NEUTRAL, "it speaks for another domain than its own")
    signed, until = _number(tags, b"t"), _number(tags, b"x")
    if until is not None and (until < at or until < (signed or 0)):
        raise RefusedError(Found.FAIL, "it had expired")


def _number(tags: Tags, name: bytes) -> int | None:
    if name not in tags:
        return None
    if _NUMBER.fullmatch(tags[name]) is None:
        raise RefusedError(Found.NEUTRAL, "its tags cannot be read")
    return int(tags[name])


def _verify(bodies: Bodies, each: _Signature, key: Key) -> None:
    head, body = forms(each.tags)
    length = _number(each.tags, b"l")
    digest, size = bodies.hash(relax=body == b"relaxed", length=length)
    if digest != decoded(each.tags[b"bh"]):
        raise RefusedError(Found.FAIL, "the text is not as it was signed")
    if not holds(key, decoded(each.tags[b"b"]), tuple(header_bytes(bodies.original, each.field, each.tags, head))):
        raise RefusedError(Found.FAIL, "the header is not as it was signed")
    if length is not None and length < size:
        raise RefusedError(Found.POLICY, "it covers only the beginning of the text")
    check_alone(bodies.original, each.tags)
    if not covers_shown(bodies.original, each.tags):
        raise RefusedError(Found.POLICY, "it does not cover the subject")


def check_alone(original: Original, tags: Tags) -> None:
    """Raise `RefusedError` where a field that may stand once stands on top of what is signed (RFC 6376, section 8.15).

    So it does where readers end the header elsewhere. Signed is the lowest field of a name; whoever puts another on top
    of it is read, under the name of who signed.
    """
    if not original.clean:
        raise RefusedError(Found.POLICY, "a line of the header is no field")
    there, named = Counter(field.name for field in original.fields), Counter(names_in(tags[b"h"]))
    if any(1 < there[name] > named[name] for name in ONCE):
        raise RefusedError(Found.POLICY, "a field that may stand once stands in more places than it covers")


def covers_shown(original: Original, tags: Tags) -> bool:
    """Whether a signature is over From, and over Subject where the mail has one: the words under a name."""
    named = names_in(tags[b"h"])
    return b"from" in named and (b"subject" in named or not original.named(b"subject"))


def forms(tags: Tags, untold: bytes = b"simple/simple") -> tuple[bytes, bytes]:
    """Return the canonical forms of header and body that a signature is over. Raises `RefusedError`."""
    head, _, body = tags.get(b"c", untold).lower().partition(b"/")
    body = body or b"simple"
    if head not in _FORMS or body not in _FORMS:
        raise RefusedError(Found.NEUTRAL, "its canonical form is not known")
    return head, body


def header_bytes(original: Original, field: Field, tags: Tags, form: bytes) -> Iterator[bytes]:
    """Yield what the signature in a field is over: the fields that it names, then itself without its value."""
    for each in signed_fields(original, names_in(tags[b"h"]), field):
        yield _canonical(each, form) + b"\r\n"
    yield _canonical(without_signature(field), form)


def _canonical(field: Field, form: bytes) -> bytes:
    return relaxed(field) if form == b"relaxed" else field.raw
