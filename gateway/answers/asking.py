"""The values of a talk by commands: what is asked, what the answer may know of the desk, what is told.

Not here: which answer is given (`gateway.answers.commands` and the modules that it asks).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.answers.buttons import sign
from gateway.answers.compose import Teller
from gateway.answers.locales import Locales
from gateway.answers.names import one_line
from gateway.case import Case, Fact, Finding, Message, Party, Priority
from gateway.dialogue import Dialogue, Token
from gateway.identity import Account, Code, Identity, Person
from gateway.ports import Button, Manners, Pressed
from gateway.trust.verify import Verdict

__all__ = [
    "CASE_HERE", "Act", "ActKind", "Asked", "Command", "Desk", "Linking", "Rows", "Teller", "Told", "Turn",
    "account_title", "has_lapsed", "idle", "is_forwarded", "stepping",
]  # fmt: skip

STEP_LASTS = timedelta(hours=1)
"""How long a question of ours waits for its answer."""

_AT = "at"
"""In a draft: when its step was begun."""

_MAX_SHOWN = 120
CASE_HERE = "{case}"
"""In a text: where casework puts the number of the case that it opens."""

_BESIDE = frozenset({"quote", "shared"})
"""Kinds of origin beside which a message's text is the sender's own."""

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a user gives it: `name` in lower case, without slash and bot; `args` is all that follows."""

    name: str
    args: str = ""
    languages: tuple[str, ...] = ()
    """The languages whose word it was given by; empty with a slash."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every answer may know of the desk."""

    brand: str
    official: tuple[str, ...]
    """The brand's own accounts that a text may name."""
    locales: Locales
    secret: bytes
    """Signs buttons."""
    verify: Callable[[str, str], Verdict]
    """(claim, platform where it was seen) → what the list of official accounts says of it."""
    manners: Manners
    upload: str = ""
    """The official link by which documents are handed in; empty where people find it in the app alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What happened, and what is known of whoever did it."""

    message: Message | None
    """None for a pressed button."""
    pressed: Pressed | None
    person: Party
    dialogue: Dialogue
    cases: tuple[Case, ...]
    """The person's own cases here, newest change first."""
    token: Token | None
    """What the argument of /start stands for, if anything."""
    facts: tuple[Fact, ...]
    """What was looked up for this message: `profile`, see docs/answers.md."""
    findings: tuple[Finding, ...]
    private: bool
    """False in a group: everybody reads the answer."""
    now: datetime
    account: Account | None = None
    """What the person is proven to write from; None where nothing proves it."""
    known: Person | None = None
    """The person with all linked accounts, where there are several."""
    code: Code | None = None
    """The one-time code that the command hands back, good or not."""
    others: tuple[Identity, ...] = ()
    """The accounts that are linked with the one that the code was given to, itself among them."""
    tries: int = 0
    """How many wrong codes came from this account lately."""
    danger: bool = False
    """What is said tells of something that must be met in seconds."""
    by_letter: bool = False
    """It came by mail: what is asked step by step elsewhere is told at once."""

    @property
    def person_id(self) -> str:
        """What the platform knows the person by, for good."""
        return self.person.id or self.person.address


class ActKind(StrEnum):
    """What follows from an answer beyond its text."""

    OPEN = "open"
    """A case of its own is opened, with this text for the agent; it becomes the one that the dialogue is at."""
    CLOSE = "close"
    """The case is closed by its user."""
    BIND = "bind"
    """The chat is bound to the case of the token, which is spent."""
    REOPEN = "reopen"
    """The case is opened again by its user."""
    PERSON = "person"
    """A person is to answer the case, and no machine asks its user anything more."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `text` is the user's words as the agent shall read them."""

    kind: ActKind = ActKind.NONE
    case_id: str = ""
    category: str = ""
    priority: Priority = Priority.NORMAL
    queue: str | None = None
    subject: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    """The tags of a case that is opened."""
    accused: tuple[str, ...] = ()
    """The accounts, addresses and links that are reported, as claims."""


@dataclass(frozen=True, slots=True)
class Linking:
    """What changes about whose accounts are whose; `told` are other accounts that are told of it, and the words."""

    identities: tuple[Identity, ...] = ()
    codes: tuple[Code, ...] = ()
    told: tuple[tuple[Account, str, str], ...] = ()
    """(account, its channel, text)"""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer; an empty `text` is silence, yet `dialogue` and `act` hold.

    `note` is a few words for the log, without the user's. With `invites`, `{token}` in a button's link is to be
    replaced by a one-time token for this person.
    """

    text: str
    buttons: Rows = ()
    dialogue: Dialogue = field(kw_only=True)
    act: Act = Act()
    note: str = ""
    invites: bool = False
    linking: Linking | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the talk: what was asked, of which desk, and the voice that answers."""

    asked: Asked
    desk: Desk
    tell: Teller

    def button(self, key: str, action: str, arg: str = "") -> Button:
        """Return a button that only this person can press."""
        return Button(text=self.tell.text(key), data=self.signed(action, arg))

    def signed(self, action: str, arg: str = "") -> str:
        """Return what such a button bears."""
        return sign(self.desk.secret, self.asked.person_id, action, arg)

    def menu(self, key: str, command: str) -> Button:
        """Return a button that does what a command does."""
        return self.button(key, "command", command)

    def says(
        self, *paragraphs: str, buttons: Rows = (), dialogue: Dialogue | None = None, act: Act | None = None, note: str
    ) -> Told:
        """Return the paragraphs as an answer; without a dialogue of its own, whatever step there was is over."""
        return Told(
            "\n\n".join(paragraphs),
            buttons,
            dialogue=dialogue or idle(self.asked.dialogue),
            act=act or Act(),
            note=note,
        )


def idle(dialogue: Dialogue) -> Dialogue:
    """Return the dialogue in no step."""
    return dialogue.model_copy(update={"step": "", "draft": ()})


def stepping(dialogue: Dialogue, step: str, draft: tuple[tuple[str, str], ...], now: datetime) -> Dialogue:
    """Return the dialogue in a step that begins now, with what earlier steps brought."""
    kept = tuple(item for item in draft if item[0] != _AT)
    return dialogue.model_copy(update={"step": step, "draft": ((_AT, now.isoformat()), *kept)})


def has_lapsed(dialogue: Dialogue, now: datetime) -> bool:
    """Whether the step's question has waited too long for an answer."""
    begun = next((value for name, value in dialogue.draft if name == _AT), "")
    try:
        return now - datetime.fromisoformat(begun) > STEP_LASTS
    except (ValueError, TypeError):
        return True


def is_forwarded(message: Message) -> bool:
    """Whether its text is somebody else's: what is only quoted or pointed out stands beside the sender's own."""
    return any(origin.kind not in _BESIDE and not origin.text for origin in message.forwarded)


def account_title(tell: Teller, official: str) -> str:
    """Return one of our own accounts as the language writes it, from `@examplex on X`."""
    name, _, platform = one_line(official, _MAX_SHOWN).partition(" on ")
    return tell.text("account-on", official=name, platform=platform) if platform else name
