"""What goes out to a user, and what a platform says of its accounts and files."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from gateway.case import Frozen, Party, Thread, Visibility
from gateway.ports.names import FileRef, Handle, Key


class ReplyKind(StrEnum):
    """Why something is sent to a user."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    WARNING = "warning"
    RESPONSE = "response"
    """What a command or a pressed button is answered with."""
    NOTICE = "notice"
    """What is told to a chat of our own, operators or a group that is warned; to users, that an incident is over."""


class Ask(StrEnum):
    """What a button asks the user to point out with the platform's own picker, where it has one."""

    USER = "user"
    CHAT = "chat"


class Button(Frozen):
    """A button below a text. It bears `data` (at most 64 bytes, signed by us), or a link, or asks for an account."""

    text: str
    data: str = ""
    url: str = ""
    ask: Ask | None = None


class ReplyFile(Frozen):
    """A file that goes with an answer; its bytes are kept by the gateway under their hash."""

    name: str
    media_type: str
    sha256: str
    size: int


class Reply(Frozen):
    """A text for one user on one channel."""

    channel: str
    kind: ReplyKind
    to: Party
    case_id: str
    subject: str = ""
    text: str
    language: str = "en"
    automatic: bool = Field(description="Written by a machine: marked as such wherever the platform can.")
    thread: Thread = Field(default=Thread(), description="The conversation it continues: `parent` and `ancestors`.")
    token: str = Field(description="Signed reference; the Sender puts it where the platform brings it back.")
    tag: str = Field(
        default="", description="A shorter one, at most 32 letters and digits, that can stand in an address of ours."
    )
    visibility: Visibility = Visibility.PRIVATE
    buttons: tuple[tuple[Button, ...], ...] = Field(default=(), description="Rows of buttons, where it has any.")
    press_id: str = Field(default="", description="The press of a button that this answers, see `Pressed`.")
    files: tuple[ReplyFile, ...] = ()


class Files(Protocol):
    """The files that the gateway keeps, for a sender."""

    def open(self, sha256: str) -> AsyncIterable[bytes]:
        """Stream a kept file in chunks. Raises `RejectedError` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took a reply. `ref` is its reference there (mail: our Message-ID with brackets)."""

    ref: str
    note: str = ""


class Sender(Protocol):
    """The outgoing side of one channel."""

    async def send(self, reply: Reply, key: Key) -> Receipt:
        """Send once; the same `key` always yields the same reference on the platform.

        Raises `RejectedError` for this reply alone, `UnreachableError` when nothing can be sent to whom it goes to,
        `RateLimitedError`, `TransientError` only when it surely was not taken, `OutcomeUnknownError` when it may have
        been. The engine never sends again after the latter.
        """
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform itself says of an account."""

    party: Party
    looked_up_at: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform says that there is no such account."""

    handle: Handle


@dataclass(frozen=True, slots=True)
class Unchecked:
    """The platform cannot be asked, or did not answer: never the same as absent.

    `suspended`: it did, with the word that it has suspended the account, and tells no more of it.
    """

    handle: Handle
    reason: str
    suspended: bool = False


class Resolver(Protocol):
    """What the platform itself says of accounts. A handle may also be the platform's immutable id, in digits."""

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Profile | Absent | Unchecked]:
        """Return one answer a handle, in the same order."""
        ...


class Downloader(Protocol):
    """Files that a platform keeps apart from its messages."""

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream a file in chunks; the engine caps, hashes and stores it.

        Raises `TooLargeError` when the platform gives out no file of that size, `RejectedError` when it has none.
        """
        ...
