"""Links to the files of an answer that are too large to go with it: made and read here, believed when signed. Pure.

A link opens one file of one case until a day, for whoever holds it; nothing else can be found out from it.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from gateway.answers.tokens import CASE_ID, digest
from gateway.ports import ReplyFile

PATH = "/files"
MAX_NAME = 80
"""Characters of a file's name in a link."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNTIL = re.compile(r"[1-9][0-9]{9,10}")
_NOT_IN_NAMES = re.compile(r"[^\w .()+-]+")
_PROOF_BYTES = 18


@dataclass(frozen=True, slots=True)
class Downloads:
    """Where files can be fetched: the address that people reach the gateway's server by, and for how long."""

    base: str
    lasts: timedelta
    secret: bytes

    def link(self, case_id: str, file: ReplyFile, now: datetime) -> str:
        """Return the link to a file of a case."""
        name, until = plain_name(file.name), int((now + self.lasts).timestamp())
        proof = _proof(self.secret, case_id, str(until), file.sha256, name)
        return f"{self.base.rstrip('/')}{PATH}/{case_id}/{until}/{file.sha256}/{proof}/{quote(name)}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link that we signed opens."""

    case_id: str
    sha256: str
    name: str
    until: datetime


def read(secret: bytes, case_id: str, until: str, sha256: str, proof: str, name: str) -> Wanted | None:
    """Return what a link opens, however long ago that ended; None when it is not of our making."""
    shaped = CASE_ID.fullmatch(case_id) and _UNTIL.fullmatch(until) and _SHA256.fullmatch(sha256)
    if not shaped or not hmac.compare_digest(_proof(secret, case_id, until, sha256, name).encode(), proof.encode()):
        return None
    return Wanted(case_id, sha256, name, datetime.fromtimestamp(int(until), UTC))


def plain_name(name: str) -> str:
    """Return a file's name as it can stand in an address and on any disk; what tells its kind stays."""
    plain = " ".join(_NOT_IN_NAMES.sub("_", name.encode("utf-8", "replace").decode()).split()).strip(". ") or "file"
    stem, dot, ending = plain.rpartition(".")
    if not stem or len(ending) > 10:
        return plain[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}"


def apart(files: Sequence[ReplyFile], most: int) -> tuple[tuple[ReplyFile, ...], tuple[ReplyFile, ...]]:
    """Return which files go with an answer that takes `most` bytes, and which cannot: the largest first."""
    large: set[int] = set()
    left = sum(file.size for file in files)
    for index in sorted(range(len(files)), key=lambda each: -files[each].size):
        if left <= most:
            break
        left -= files[index].size
        large.add(index)
    return (
        tuple(file for index, file in enumerate(files) if index not in large),
        tuple(file for index, file in enumerate(files) if index in large),
    )


def _proof(secret: bytes, *parts: str) -> str:
    return urlsafe_b64encode(digest(secret, "download", *parts)[:_PROOF_BYTES]).decode()
