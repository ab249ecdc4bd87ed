"""What the gateway remembers of one person's conversation on one channel: values, kept by the store.

Not here: what follows from them (`gateway.casework`, `gateway.answers.commands`), any SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from gateway.case import Frozen

MAX_CASES = 10
"""So many cases of one conversation are remembered."""
MAX_ANSWERED = 10
"""So many messages that commands took are remembered."""
MAX_PARTS = 50
"""More messages than this are never joined into one."""
MAX_JOINED_CHARS = 32_000
"""Nor is more text than this."""


class Place(NamedTuple):
    """Names a conversation: a channel, and the chat there; in a group, the chat and the person, `chat:person`."""

    channel: str
    address: str


class Joining(Frozen):
    """A message of a case whose ticket still waits, so that more of it can join it."""

    case_id: str
    message_id: str = Field(description="Of the entry that grows: its first part's.")
    key: str = Field(description="Of the ticket effect that waits.")
    join_key: str = Field(description="Of its last part.")
    sent_at: AwareDatetime = Field(description="When the platform says its last part was sent.")
    first_at: AwareDatetime = Field(description="When its first part was decided on.")
    until: AwareDatetime = Field(description="Until when the ticket effect surely waits.")
    parts: int = 1
    chars: int = 0


class Dialogue(Frozen):
    """One person's conversation on one channel; changed only by what happens in its own lane and by its chat's move."""

    channel: str
    address: str
    language: str | None = Field(default=None, description="BCP 47 tag that the person chose by command.")
    case_id: str | None = Field(default=None, description="The case that what is written goes on with.")
    cases: tuple[str, ...] = Field(default=(), description="The person's cases here, newest first.")
    step: str = Field(default="", description="Where in a command of several steps it stands; empty for none.")
    draft: tuple[tuple[str, str], ...] = Field(default=(), description="What earlier steps brought, by name.")
    joining: Joining | None = None
    answered: tuple[str, ...] = Field(
        default=(), description="The last messages that commands took, newest first: edits of them change nothing."
    )
    unreachable: str = Field(default="", description="Why nothing can be sent there; empty when it can.")
    failed_at: AwareDatetime | None = Field(
        default=None, description="Mail: when a mail of ours to this address was last reported as failed."
    )
    silenced: bool = Field(
        default=False, description="The person wants nothing automatic: opted out, or complained of a mail."
    )
    private_case: str = Field(default="", description="The case that the person has written on in private.")
    invited_at: AwareDatetime | None = Field(default=None, description="When a group's member was last asked in.")
    minute_at: AwareDatetime | None = Field(default=None, description="Since when `asked` counts.")
    asked: int = Field(default=0, ge=0, description="Commands and presses answered in that minute.")
    verdicts: tuple[tuple[str, AwareDatetime], ...] = Field(
        default=(), description="The last answers to questions in plain words, newest first: a digest, and when."
    )

    def having_answered(self, message_id: str) -> Dialogue:
        """Return it with one more message that was a command, or a step of one."""
        return self.model_copy(update={"answered": (message_id, *self.answered)[:MAX_ANSWERED]})

    @property
    def place(self) -> Place:
        """What it is found by."""
        return Place(self.channel, self.address)

    def at_case(self, case_id: str) -> Dialogue:
        """Return it going on with that case."""
        cases = (case_id, *(each for each in self.cases if each != case_id))[:MAX_CASES]
        return self.model_copy(update={"case_id": case_id, "cases": cases})


class Learned(NamedTuple):
    """What a mail showed of an address: these fields of its dialogue, whatever else that holds when it is written.

    Unlike a chat's, an address's dialogue is changed from several lanes: by its owner's mails, and by reports on ours.
    """

    place: Place
    fields: Mapping[str, object]

    def of(self, known: Dialogue | None) -> Dialogue:
        """Return what is remembered of the address from then on."""
        return (known or Dialogue(channel=self.place.channel, address=self.place.address)).model_copy(
            update=dict(self.fields)
        )


class Token(Frozen):
    """A one-time token that binds a chat to a case. The token itself is known to its bearer alone; kept is its hash."""

    hash: str
    case_id: str
    bearer: str = Field(default="", description="The platform's id of the only one who may use it; empty for anybody.")
    expires_at: AwareDatetime
    spent_at: AwareDatetime | None = None

    def opens_for(self, person: str, now: datetime) -> bool:
        """Whether this person may use it now."""
        return self.spent_at is None and now < self.expires_at and self.bearer in ("", person)


class Hold(NamedTuple):
    """A ticket effect that waits must go on waiting until then; if it went out, nothing of the decision may hold."""

    key: str
    until: datetime


TOKEN_LASTS = timedelta(hours=24)
"""How long a one-time token is good for."""
