"""Which accounts are proven to be one person's: values, and the one-time codes by which people prove it. Pure.

An account is what its platform knows somebody by for good: a number, never a name that can change hands; of mail the
exact address. Not here: any SQL (`gateway.store.identities`), what follows (`gateway.casework`, `gateway.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pydantic import AwareDatetime

from gateway.case import Case, Evidence, Frozen, Party, PartyKind

if TYPE_CHECKING:
    from gateway.queues import Act

MAIL = "email"
CODE_LASTS = timedelta(minutes=15)
"""How long a code is good for."""
TRIES = 5
"""So many wrong codes may one account send within `TRIES_LAST`; then it is not even looked whether one is right."""
TRIES_LAST = timedelta(hours=1)
MOST_ACCOUNTS = 8
"""More accounts than this are not one person's."""
CODE = re.compile(r"[2-9A-HJKMNP-TV-Z]{8}")
"""A code as it is kept: no letter or digit that is easily taken for another."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_WRITTEN = str.maketrans({" ": None, "-": None, "\u2010": None, "\u2011": None, "\u2013": None, "\u2212": None})
OF_ACCOUNT = "of-account:"
"""Before the reference by which the cases of an account are found; no message may bear one."""
LINKED_BY = "linked_by"
"""The evidence, on who takes part in a case only as the same person as another: the reference of that one's account."""
LINKED_FROM = "linked_from"
"""Beside it: the channel that the other is answered on."""


class Account(NamedTuple):
    """What somebody is known by on a platform."""

    platform: str
    account: str


class Purpose(StrEnum):
    """What a row among the codes is there for."""

    LINK = "link"
    TRIED = "tried"
    """A code that was wrong: it stands there to be counted."""


class How(StrEnum):
    """How it was proven that an account is a person's; the stronger the later."""

    CODE = "code"
    """A code that was given to the one account came back from the other."""


class Identity(Frozen):
    """One account of a person. With an empty `person` it is nobody's any more."""

    platform: str
    account: str
    person: str
    channel: str
    how: str = How.CODE
    proven_at: AwareDatetime
    was: str = ""
    """Whose it was when that was decided: where it is another's by now, nothing may be written."""

    @property
    def name(self) -> Account:
        """The account by itself."""
        return Account(self.platform, self.account)


class Person(Frozen):
    """Somebody with all accounts that are proven to be theirs."""

    id: str
    accounts: tuple[Identity, ...]

    def has(self, account: Account | None) -> bool:
        """Whether an account is one of these."""
        return account is not None and any(each.name == account for each in self.accounts)

    def parted(self, account: Account) -> tuple[Identity, ...]:
        """Return what is let go with an account: one that would be left alone goes with it."""
        others = [each for each in self.accounts if each.name != account]
        return self.accounts if len(others) < 2 else tuple(each for each in self.accounts if each.name == account)


class Code(Frozen):
    """A one-time code, or a wrong one that was tried; kept is its hash. It belongs to the account that asked for it."""

    hash: str
    platform: str
    account: str
    channel: str
    purpose: Purpose = Purpose.LINK
    expires_at: AwareDatetime
    spent_at: AwareDatetime | None = None

    @property
    def owner(self) -> Account:
        """The account that it was given to."""
        return Account(self.platform, self.account)

    def is_good(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.purpose is Purpose.LINK and self.spent_at is None and now < self.expires_at


class Identities(Protocol):
    """Accounts that are one person's, for operators."""

    async def page(self, limit: int) -> Sequence[Identity]:
        """Return the accounts of so many persons, those of one together, the last linked first."""
        ...

    async def of(self, account: Account) -> Person | None:
        """Return the person of an account, if it is linked."""
        ...

    async def unlink(self, account: Account, act: Act) -> Sequence[Identity]:
        """Let an account go, and with it one that would be left alone; returns what was let go. Logged."""
        ...


def account_of(party: Party) -> Account | None:
    """Return the account that somebody writes from; None for whoever is known by no more than a name."""
    if party.kind not in (PartyKind.PERSON, PartyKind.UNKNOWN):
        return None
    name = party.address if party.platform == MAIL else party.id or ""
    return Account(party.platform, name) if name else None


def accounts_of(case: Case) -> frozenset[Account]:
    """Return the accounts of everybody who takes part in a case."""
    found = (account_of(each) for each in (case.requester, *case.participants))
    return frozenset(each for each in found if each is not None)


def is_of(case: Case, accounts: Collection[Account]) -> bool:
    """Whether one of these accounts takes part in a case."""
    return not accounts_of(case).isdisjoint(accounts)


def brought(case: Case, sender: Party, person: Person | None) -> Party:
    """Return a sender as he takes part in a case: by his own right, or marked as there by an account of his person."""
    bare = tuple(each for each in sender.evidence if each.name not in (LINKED_BY, LINKED_FROM))
    account = account_of(sender)
    members = (case.requester, *case.participants)
    known = next((each for each in members if account_of(each) == account), None)
    marks = _marks(known) if known is not None else _marked_by(case, members, person)
    return sender.model_copy(update={"evidence": (*bare, *marks)})


def _marked_by(case: Case, members: Sequence[Party], person: Person | None) -> tuple[Evidence, ...]:
    channels = {each.name: each.channel for each in person.accounts} if person is not None else {}
    linked = [each for each in members if account_of(each) in channels]
    if not linked:
        return ()
    owner = next((each for each in linked if not _marks(each)), linked[0])
    account = account_of(owner)
    if account is None or _marks(owner):
        return _marks(owner)
    channel = case.channel if case.platform == owner.platform else channels[account]
    return (
        Evidence(name=LINKED_BY, value=reference_of(account)),
        Evidence(name=LINKED_FROM, value=channel),
    )


def _marks(party: Party) -> tuple[Evidence, ...]:
    return tuple(each for each in party.evidence if each.name in (LINKED_BY, LINKED_FROM))


def parted(case: Case, gone: Collection[Account]) -> Case:
    """Return a case without those who take part in it only by a link to, or of, an account that is let go.

    Where one of them was to be answered, who has brought him into it is from then on.
    """
    left = {reference_of(each) for each in gone}

    def is_out(party: Party) -> bool:
        by = next((each.value for each in party.evidence if each.name == LINKED_BY), "")
        return bool(by) and (by in left or account_of(party) in gone)

    staying = tuple(each for each in case.participants if not is_out(each))
    if not is_out(case.requester):
        return case.model_copy(update={"participants": staying}) if staying != case.participants else case
    marks = {each.name: each.value for each in case.requester.evidence}
    named = (each for each in staying if (account := account_of(each)) and reference_of(account) == marks[LINKED_BY])
    owner = next(named, None) or Party(platform=case.platform)
    there = {"channel": marks.get(LINKED_FROM) or case.channel, "platform": owner.platform}
    others = tuple(each for each in staying if each is not owner)
    whole = (owner, *others) if owner.address else others
    return case.model_copy(update={"requester": owner, "participants": whole, **there})


def reference_of(account: Account) -> str:
    """Return the reference by which the cases of an account are found. It leads to them and proves nothing."""
    named = f"{account.platform}\0{account.account}"
    return OF_ACCOUNT + sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def drawn(digest: bytes) -> str:
    """Return the code that a secret digest of at least eight bytes gives."""
    number = int.from_bytes(digest[:16], "big")
    letters = []
    for _ in range(8):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def shown(code: str) -> str:
    """Return a code as it is read best."""
    return f"{code[:4]}-{code[4:]}"


def read(text: str) -> str:
    """Return a code that somebody has typed, as it is kept; empty for what is none."""
    if len(text) > 20:
        return ""
    typed = text.translate(_AS_WRITTEN).upper()
    return typed if CODE.fullmatch(typed) else ""
