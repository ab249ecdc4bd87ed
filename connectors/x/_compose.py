"""What a reply becomes on X: one post, or direct messages, and where they go; pure, nothing is sent here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from unicodedata import combining

from connectors.x._rules import refusals
from gateway.case import Party, Visibility
from gateway.errors import RejectedError, TooLargeError, UnreachableError
from gateway.ports import Button, Reply, ReplyFile

MAX_MESSAGE = 10_000
"""The longest direct message, in UTF-16 code units: X says characters, and no count of them is longer."""
MAX_MESSAGES = 5
"""A reply that needs more direct messages than this is none; X takes 15 in a quarter of an hour."""
MAX_PICTURES = 4
_LEAST = 3
"""A part is at least one third full before a better place to cut is taken."""

Kind = Literal["image", "gif", "video"]

_KINDS: dict[str, Kind] = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "gif",
    "video/mp4": "video",
    "video/quicktime": "video",
}
_MOST_BYTES: dict[Kind, int] = {"image": 5_000_000, "gif": 15_000_000, "video": 512_000_000}
_POST = re.compile(r"x:([0-9]{1,19})")
_ACCOUNT = re.compile(r"[1-9][0-9]{0,18}")
_CONVERSATION = re.compile(r"[0-9]{1,19}(?:-[0-9]{1,19})?")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CUTS = (
    re.compile(r"\n[ \t]*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)
"""What divides paragraphs, lines, sentences and words: a part ends where one of these ends."""
_JOINED = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Post:
    """One public reply, and the post that it answers."""

    to: str
    text: str
    files: Sequence[ReplyFile] = ()
    unnamed: Sequence[str] = ()
    """Accounts that X would put before it, and must not."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where direct messages go: to one account, or into a conversation of several."""

    account: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One direct message: a text, a file, or both."""

    text: str = ""
    file: ReplyFile | None = None


def post_of(reply: Reply, own: str) -> Post:
    """Return the one post that a public reply is. Raises `RejectedError` for what may not be said in public.

    Its author must have summoned us with the very post that is answered: X takes no other reply of a program.
    """
    parent = reply.thread.parent or ""
    found = _POST.fullmatch(parent)
    if found is None or parent not in _said(reply.to, "summoned"):
        raise RejectedError(
            "nobody summoned this account with the post that is answered, and X takes no other reply in public; "
            "answer in a direct message"
        )
    text = clean(reply.text)
    # As it was written, too: what cleaning would take away is told rather than done.
    reasons = refusals(_LINE_END.sub("\n", reply.text), own, reply.to.handle or "")
    if reasons:
        raise RejectedError(f"This may not go out in public. {' '.join(reasons)}")
    files = _each_once(reply.files)
    kinds = [kind_of(file) for file in files]
    if len(kinds) > (MAX_PICTURES if set(kinds) <= {"image"} else 1):
        raise RejectedError(f"a post holds up to {MAX_PICTURES} pictures, or one film; send the rest privately")
    return Post(found[1], text, files, [each for each in _said(reply.to, "named") if _ACCOUNT.fullmatch(each)])


def target_of(reply: Reply) -> Target:
    """Return where a private reply goes. Raises `UnreachableError` for an address that is none of X's."""
    conversation = next(iter(_said(reply.to, "conversation")), "")
    if _CONVERSATION.fullmatch(conversation):
        return Target(conversation=conversation)
    if reply.visibility is Visibility.GROUP:
        # Its number reads like an account's: what is meant for a group must never go to a stranger.
        raise UnreachableError("the reply names no conversation of X to go to")
    if not _ACCOUNT.fullmatch(reply.to.address):
        raise UnreachableError("the reply names no account of X to go to")
    return Target(account=reply.to.address)


def pieces_of(reply: Reply) -> Sequence[Piece]:
    """Return the direct messages of a reply in order: the text, cut where it must be, then each file.

    The first file goes with the end of the text. X shows no buttons: links are written below, the others left out.
    Raises `RejectedError` for a reply that holds nothing, too much, or files that X does not take.
    """
    lines = [f"{one_line(button.text)}: {button.url}" for button in _links(reply.buttons)]
    pieces = [Piece(part) for part in split("\n".join([clean(reply.text), *lines]).strip())]
    files = _each_once(reply.files)
    for file in files:
        kind_of(file)
        if file is files[0] and pieces:
            pieces[-1] = replace(pieces[-1], file=file)
        else:
            pieces.append(Piece(file=file))
    if not 0 < len(pieces) <= MAX_MESSAGES:
        raise RejectedError(f"the reply would be {len(pieces)} direct messages; X takes up to {MAX_MESSAGES} of one")
    return pieces


def kind_of(file: ReplyFile) -> Kind:
    """Return what a file is to X. Raises `RejectedError` for files that it does not take, `TooLargeError`."""
    kind = _KINDS.get(media_type_of(file))
    if kind is None:
        raise RejectedError("X takes pictures (JPEG, PNG, WebP, GIF) and films (MP4) alone; send the file another way")
    if not 0 < file.size <= _MOST_BYTES[kind]:
        error = TooLargeError if file.size else RejectedError
        raise error(f"X takes no such file of {file.size} bytes; the most are {_MOST_BYTES[kind]}")
    return kind


def media_type_of(file: ReplyFile) -> str:
    """Return a file's media type without parameters."""
    return file.media_type.partition(";")[0].strip().lower()


def clean(text: str) -> str:
    """Return a text that can be sent and that shows what it says: no lone surrogates, no controls, no overrides."""
    text = _SURROGATE.sub("\ufffd", _LINE_END.sub("\n", text))
    return _HARMFUL.sub("", text).strip("\n").rstrip()


def one_line(text: str) -> str:
    """Return a harmless label."""
    return " ".join(clean(text).split())


def split(text: str) -> list[str]:
    """Return a text in parts of at most `MAX_MESSAGE`, in order; nothing but white space is lost at the cuts."""
    parts = []
    while _units(text) > MAX_MESSAGE:
        at = _cut(text)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [part for part in (*parts, text) if part.strip()]


def _cut(text: str) -> int:
    end = _index(text)
    window = text[:end]
    for pattern in _CUTS:
        at = max((found.end() for found in pattern.finditer(window)), default=0)
        if at > end // _LEAST:
            return at
    at = end
    while at > end // _LEAST and _joins(text, at):
        at -= 1
    return at if at > end // _LEAST else end


def _joins(text: str, at: int) -> bool:
    """Say whether the code points around a place make one character."""
    return bool(combining(text[at]) or _JOINED.match(text[at]) or text[at - 1] == "\u200d")


def _index(text: str) -> int:
    """Return how many code points make up at most one message."""
    taken = 0
    for index, one in enumerate(text):
        taken += 1 + (one > "\uffff")
        if taken > MAX_MESSAGE:
            return index
    return len(text)


def _units(text: str) -> int:
    return len(text) + sum(one > "\uffff" for one in text)


def _each_once(files: Sequence[ReplyFile]) -> Sequence[ReplyFile]:
    """Return the files without copies: an upload is good for one post or message."""
    return tuple({file.sha256: file for file in files}.values())


def _links(buttons: Sequence[Sequence[Button]]) -> Iterator[Button]:
    return (button for row in buttons for button in row if button.url)


def _said(party: Party, name: str) -> Sequence[str]:
    return [item.value for item in party.evidence if item.name == name]
