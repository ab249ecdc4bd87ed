"""What casework is given and what it gives: the desk as it knows it, a judged event, and what follows from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from gateway.answers.acknowledge import AckPolicy, plain_address
from gateway.answers.downloads import Downloads
from gateway.answers.locales import Locales
from gateway.answers.rating_policy import RatingPolicy
from gateway.blocks import Blocklist
from gateway.case import Assessment, Case, Entry, Standing, Triage
from gateway.casework.abuse_policy import AbusePolicy
from gateway.casework.case_policy import CasePolicy
from gateway.casework.routing import Route, home_of
from gateway.caution import Caution
from gateway.dialogue import Dialogue, Hold, Learned, Place, Token
from gateway.identity import Code, Identity
from gateway.incidents import Incident, IncidentCase
from gateway.journal import Effect, TicketMove
from gateway.ports import Event, Manners
from gateway.ratings import Rating
from gateway.reports import Accusation
from gateway.triage.articles import Library
from gateway.triage.deadlines import NEVER, Deadlines
from gateway.triage.explorers import Explorers
from gateway.trust.directory import Directory
from gateway.trust.masking import Patterns
from gateway.trust.verify import Verdict, verify

NO_MANNERS = Manners()


@dataclass(frozen=True, slots=True)
class Policy:
    """What casework knows of the desk: settings and secrets, as values."""

    brand: str
    official: tuple[str, ...]
    """The brand's own accounts that a text may name."""
    locales: Locales
    secret: bytes
    """Signs references and numbers cases."""
    backend: str
    """The ticket system of cases that no route of `routes` is for."""
    acknowledgement: AckPolicy
    own_addresses: frozenset[str]
    """Every address of ours on any channel, lower case."""
    sending: frozenset[str]
    """The channels that can send."""
    manners: Mapping[str, Manners] = field(default_factory=dict)
    """How people talk on each channel."""
    directory: Directory = field(default_factory=lambda: Directory(digest=""))
    """The official accounts, for whoever asks after one."""
    cautions: Mapping[str, Caution] = field(default_factory=dict)
    """What findings lead to, where this desk wants it otherwise, by code."""
    patterns: Patterns = ()
    """What identity numbers look like, for what is known only after its message."""
    verify_addresses: frozenset[str] = frozenset()
    """Our addresses that are asked whether something is ours, lower case."""
    downloads: Downloads | None = None
    """Where files that are too large for an answer can be fetched, if anywhere."""
    routes: tuple[Route, ...] = ()
    """The ticket systems that there are."""
    proving: frozenset[str] = frozenset()
    """The channels on which senders are judged, so that one who is not proven is suspicious."""
    freezes: frozenset[str] = frozenset()
    """The dangers for which the exchange's risk system is told to freeze an account, see `Triage.danger`."""
    feedback: RatingPolicy = field(default_factory=RatingPolicy)
    """When users are asked how our help was."""
    links: Mapping[str, str] = field(default_factory=dict)
    """The pages on which users help themselves, by their key in `[answers] links`."""
    articles: Library | None = None
    """The knowledge base, where there is one."""
    explorers: Explorers | None = None
    """Where hashes are looked at; None for the usual ones."""
    incidents: tuple[Incident, ...] = ()
    """Those that are open."""
    blocks: Blocklist = field(default_factory=Blocklist)
    """Whom operators have blocked, and which words."""
    cases: CasePolicy = field(default_factory=CasePolicy)
    """What becomes one case."""
    abuse: AbusePolicy = field(default_factory=AbusePolicy)
    """How much is too much."""
    deadlines: Deadlines = NEVER
    """When answers are due."""
    knows_customers: bool = False
    """Whether the exchange can be asked who somebody is."""
    challenge_secs: int = 0
    """How long a customer has to answer whom the exchange asks for a second factor; 0 where it asks nobody."""
    away: frozenset[str] = frozenset()
    """Those of them that have not answered for so long that others stand in for them."""

    def home_of(self, case: Case) -> str:
        """Return the ticket system that a new case is given to."""
        return home_of(case, self.routes, self.away) or self.backend

    def target_of(self, case: Case) -> str:
        """Return the ticket system that a case belongs to; one that is not there any more is replaced."""
        known = not self.routes or any(route.target == case.backend for route in self.routes)
        return case.backend if case.backend and known else self.home_of(case)

    def is_own(self, address: str) -> bool:
        """Whether an address is one of ours, whatever stands behind a + in it."""
        plain = plain_address(address)
        return bool(plain) and any(plain == plain_address(each) for each in self.own_addresses)

    def takes_files(self, target: str) -> bool:
        """Whether users' files can go to a ticket system."""
        return any(route.takes_files for route in self.routes if route.target == target)

    def manners_of(self, channel: str) -> Manners:
        """Return how people talk on a channel."""
        return self.manners.get(channel, NO_MANNERS)

    def directory_says(self, claim: str, platform: str) -> Standing:
        """Return what is to be said of a claim on any day."""
        return verify(claim, self.directory, None, platform or None).standing

    def verifier(self, on: date) -> Callable[[str, str], Verdict]:
        """Return what answers (claim, platform where it was seen) on a day."""
        return lambda claim, platform: verify(claim, self.directory, on, platform or None)


@dataclass(frozen=True, slots=True)
class Judged:
    """An event with what trust and triage found; both are empty for what is not a message."""

    event: Event
    assessment: Assessment = field(default_factory=Assessment)
    triage: Triage = field(default_factory=Triage)
    old: bool = False
    """The platform took it in before the channel was first watched, or it was found by a backfill."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an event; `note` says in a few words what was decided and why."""

    note: str
    cases: tuple[Case, ...] = ()
    entries: tuple[Entry, ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effect, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()
    learned: tuple[Learned, ...] = ()
    """Of mail addresses; needs no look-up."""
    moved: tuple[tuple[Place, Place], ...] = ()
    tokens: tuple[Token, ...] = ()
    identities: tuple[Identity, ...] = ()
    codes: tuple[Code, ...] = ()
    holds: tuple[Hold, ...] = ()
    accused: tuple[Accusation, ...] = ()
    """Whom it shows to be an impostor."""
    tickets: tuple[TicketMove, ...] = ()
    ratings: tuple[Rating, ...] = ()
    """Who was asked how our help was, or what they said."""
    arrived: tuple[str, ...] = ()
    """The scopes in which the message is counted."""
    incidents: tuple[IncidentCase, ...] = ()
    """Which cases belong to known incidents, and whose users were told of an end."""
    escalated: tuple[tuple[str, str], ...] = ()
    """(case id, what its deadline has come to)"""

    def and_also(self, *others: Outcome) -> Outcome:
        """Return it with all that other outcomes of the same event bring."""
        more = [each for each in others if each is not NOTHING]
        if not more:
            return self
        sums = {
            name: (*getattr(self, name), *chain.from_iterable(getattr(each, name) for each in more)) for name in _SUMMED
        }
        return replace(self, note="; ".join(filter(None, (self.note, *(each.note for each in more)))), **sums)


NOTHING = Outcome(note="")
"""What follows where nothing does."""
_SUMMED = (
    "cases",
    "entries",
    "refs",
    "effects",
    "dialogues",
    "learned",
    "tokens",
    "identities",
    "codes",
    "accused",
    "tickets",
    "ratings",
    "arrived",
    "incidents",
    "escalated",
)
