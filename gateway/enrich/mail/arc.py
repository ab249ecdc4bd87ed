"""ARC (RFC 8617): whether the chain that relays sealed over a mail holds, who sealed it, and what each had found."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.enrich.mail.dkim import Bodies, check_alone, covers_shown, forms, header_bytes
from gateway.enrich.mail.fields import Field, Original, relaxed, without_signature
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

MAX_SETS = 50
"""RFC 8617, section 4.2.1."""
MAX_CHECKED = 12
"""A longer chain costs more than any real one is worth: it counts as one that does not hold."""
SEAL, OVER, RESULTS = b"arc-seal", b"arc-message-signature", b"arc-authentication-results"
_INSTANCE = re.compile(rb"[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,4})[ \t\r\n]*;")
_NUMBER = re.compile(rb"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Link:
    """One relay's seal: who set it, and the results that it had found, as its header says."""

    sealer: str
    results: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What came of a chain; `found` is None without one. `links` are the oldest first, and none of one that fails.

    `names_author` tells whether its last signature covers From, and Subject where there is one.
    """

    found: Found | None = None
    links: tuple[Link, ...] = ()
    reason: str = ""
    names_author: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """The three fields of one instance."""

    results: Field
    over: Field
    seal: Field
    over_tags: Tags
    seal_tags: Tags


async def check_arc(dns: Dns, original: Original) -> Chain:
    """Validate the chain of a mail (RFC 8617, section 5.2)."""
    try:
        sets = _sets(original)
        if not sets:
            return Chain()
        if len(sets) > MAX_CHECKED:
            return Chain(Found.FAIL, reason="its chain is too long to be believed")
        wanted = [sets[-1].over_tags, *(each.seal_tags for each in sets)]
        over, *seals = await asyncio.gather(*(_key(dns, tags) for tags in wanted))
        await asyncio.to_thread(_verify, original, sets, over, seals)
    except RefusedError as error:
        if error.found is not Found.TEMPERROR:
            return Chain(Found.FAIL, reason=error.reason)
        return Chain(Found.TEMPERROR, tuple(_link(each) for each in sets), error.reason)
    named = covers_shown(original, sets[-1].over_tags)
    return Chain(Found.PASS, tuple(_link(each) for each in sets), names_author=named)


async def _key(dns: Dns, tags: Tags) -> Key | None:
    """Return a seal's key; None when the DNS does not answer. Raises `RefusedError`."""
    try:
        return await fetch_key(dns, tags)
    except UnansweredError:
        return None


def _link(each: _Set) -> Link:
    text = each.results.value.partition(b";")[2]
    return Link(domain_of(each.seal_tags), text.decode("utf-8", "replace").replace("\r\n", ""))


def _sets(original: Original) -> tuple[_Set, ...]:
    """Return the sets in order, oldest first. Raises `RefusedError` for a chain of another shape."""
    found: dict[bytes, dict[int, Field]] = {name: {} for name in (SEAL, OVER, RESULTS)}
    for field in original.fields:
        if field.name in found:
            number = _instance(field)
            if number in found[field.name]:
                raise RefusedError(Found.FAIL, "an instance of its chain is there twice")
            found[field.name][number] = field
    count = len(found[SEAL])
    whole = set(range(1, count + 1))
    if any(set(fields) != whole for fields in found.values()):
        raise RefusedError(Found.FAIL, "its chain is not whole")
    return tuple(_set(found, number) for number in range(1, count + 1))


def _instance(field: Field) -> int:
    if field.name == RESULTS:
        matched = _INSTANCE.match(field.value)
        number = matched[1] if matched is not None else b""
    else:
        number = read_tags(field.value).get(b"i", b"")
    if _NUMBER.fullmatch(number) is None or not 1 <= int(number) <= MAX_SETS:
        raise RefusedError(Found.FAIL, "an instance of its chain has no number")
    return int(number)


def _set(found: dict[bytes, dict[int, Field]], number: int) -> _Set:
    over, seal = found[OVER][number], found[SEAL][number]
    made = _Set(found[RESULTS][number], over, seal, read_tags(over.value), read_tags(seal.value))
    _check_seal(made.seal_tags, number)
    _check_over(made.over_tags)
    return made


def _check_seal(tags: Tags, number: int) -> None:
    _check_tags(tags, b"a", b"b", b"cv", b"d", b"s")
    if b"h" in tags or b"bh" in tags:
        raise RefusedError(Found.FAIL, "a seal of its chain names fields")
    if tags[b"cv"].lower() != (b"none" if number == 1 else b"pass"):
        raise RefusedError(Found.FAIL, "its chain had failed before")


def _check_over(tags: Tags) -> None:
    _check_tags(tags, b"a", b"b", b"bh", b"d", b"s")
    if SEAL in names_in(tags.get(b"h", SEAL)):
        raise RefusedError(Found.FAIL, "a signature of its chain covers seals")


def _check_tags(tags: Tags, *names: bytes) -> None:
    if any(not tags.get(name) for name in names) or tags[b"a"].lower() not in ALGORITHMS:
        raise RefusedError(Found.FAIL, "a seal of its chain lacks what it needs")


def _verify(original: Original, sets: Sequence[_Set], over: Key | None, seals: Sequence[Key | None]) -> None:
    """Raise `RefusedError` unless all holds. A stranger's key that is kept back hides no seal that is forged."""
    last = sets[-1]
    # Relays that leave the form out mean the one that seals have, although DKIM's default is the other.
    head, body = forms(last.over_tags, b"relaxed/relaxed")
    digest, _ = Bodies(original).hash(relax=body == b"relaxed")
    if digest != decoded(last.over_tags[b"bh"]):
        raise RefusedError(Found.FAIL, "the text is not as it was sealed last")
    signed = tuple(header_bytes(original, last.over, last.over_tags, head))
    if over is not None and not holds(over, decoded(last.over_tags[b"b"]), signed):
        raise RefusedError(Found.FAIL, "the header is not as it was sealed last")
    check_alone(original, last.over_tags)
    for place, key in enumerate(seals):
        sealed = tuple(_sealed(sets[: place + 1]))
        if key is not None and not holds(key, decoded(sets[place].seal_tags[b"b"]), sealed):
            raise RefusedError(Found.FAIL, "a seal of its chain does not hold")
    if None in (over, *seals):
        raise RefusedError(Found.TEMPERROR, "the DNS gave no answer about a key")


def _sealed(sets: Sequence[_Set]) -> Iterator[bytes]:
    """Yield what the seal of the last of these sets is over: all of them, in order, and itself without its value."""
    for each in sets:
        yield relaxed(each.results) + b"\r\n"
        yield relaxed(each.over) + b"\r\n"
        if each is sets[-1]:
            yield relaxed(without_signature(each.seal))
        else:
            yield relaxed(each.seal) + b"\r\n"
