"""Puts the stages between a raw and its decision together for one engine, from the settings of the moment.

A part of the composition, as are engine and channels. Not here: what the stages do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.answers.downloads import Downloads
from gateway.answers.locales import load_locales
from gateway.blocks import Blocklist
from gateway.case import Assessment, Fact, Message, Triage
from gateway.casework import Policy
from gateway.casework.routing import Route
from gateway.channels import Channels
from gateway.enrich import Enricher, gather
from gateway.enrich.classifier import ClassifierEnricher
from gateway.enrich.customer import CustomerEnricher
from gateway.enrich.mail.checking import MailCheckEnricher
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.enrich.profile import ProfileEnricher
from gateway.enrich.qr import BOUNDS as PICTURES
from gateway.enrich.qr import QrEnricher
from gateway.enrich.transaction import TransactionEnricher
from gateway.files import FilePolicy
from gateway.incidents import Incident
from gateway.judging import Stages
from gateway.limits import Gate
from gateway.ports import Clock, Raw
from gateway.reading import Apart, Setup
from gateway.settings import Settings
from gateway.settings.model import BackendSettings, backend_target
from gateway.triage import Rules, default_rules, triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, official_accounts
from gateway.trust.masking import Clean, clean

FACTS_SECS = 5.0
"""How long the checks of one message may take together."""
LOOK_SECS = 10.0
"""How long the pictures of one message may take together, and whatever they wait for: that the process starts, too."""
_NO_DIRECTORY = Directory("")


class Making:
    """Makes the stages, what the reading process must know, and what casework knows of the desk."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        directory: Callable[[], Directory],
        channels: Channels,
        clock: Clock,
        incidents: Callable[[], tuple[Incident, ...]] = tuple,
        blocks: Callable[[], Blocklist] = Blocklist,
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._channels = channels
        self._clock = clock
        self._incidents = incidents
        self._blocks = blocks
        self.apart = Apart(self._looking, PICTURES)
        """Takes files out of originals, masks texts and looks at pictures; whoever makes the stages closes it."""
        self.pictures = QrEnricher(self.apart)
        roles = channels.roles
        self.mails = MailCheckEnricher(roles.receivers, roles.mail_checks, clock.now)
        self.customers: CustomerEnricher | None = None
        """Where the exchange can be asked for its customers; set before the stages are made."""
        self.transactions: TransactionEnricher | None = None
        """Where chains can be asked for transactions; set before the stages are made."""
        self.classifier: ClassifierEnricher | None = None
        """Where a classifier can be asked for categories; set before the stages are made."""

    def setup(self) -> Setup:
        """Return what the reading process must know: the normalizers that run there, the directory, the patterns."""
        return Setup(self._apart(), self._directory(), self._settings().trust.patterns, self._rules())

    def _looking(self) -> Setup:
        """Return what the process that looks at files must know: how they are taken out of originals, and masked."""
        return Setup(self._apart(), _NO_DIRECTORY, self._settings().trust.patterns)

    def _apart(self) -> dict[str, str]:
        roles = self._channels.roles.normalizers
        return {source: plugin.name for source, plugin in roles.items() if plugin.apart}

    def stages(self, gate_of: Callable[[str], Gate | None]) -> Stages:
        """Return the stages; each asks for the settings and the directory of its moment."""
        roles = self._channels.roles
        profiles = ProfileEnricher(roles.resolvers, self._clock, gate_of)
        others = [each for each in (self.transactions, self.classifier) if each is not None]
        enrichers: list[Enricher] = [MailAuthEnricher(roles.receivers, roles.mail_checks), profiles]

        async def facts(message: Message) -> tuple[Fact, ...]:
            # Without a profile to ask for, gather needs no task of its own.
            asked = enrichers if profiles.concerns(message) else enrichers[:1]
            more = [each for each in others if each.concerns(message)]
            if more:
                asked = [*asked, *more]
            return await gather(message, asked, FACTS_SECS)

        def masked(message: Message, facts: Sequence[Fact]) -> Clean:
            return clean(message, facts, self._settings().trust.patterns)

        def judge(known: Clean, now: datetime) -> Assessment:
            return assess(known.message, known.facts, self._directory(), now.date(), known.found)

        def sort(message: Message, facts: Sequence[Fact], found: Assessment) -> Triage:
            return triage(message, facts, found, self._rules())

        async def look(message: Message, raw: Raw) -> tuple[Fact, ...]:
            lookers = [each.of(raw) for each in (self.mails, self.pictures) if each.concerns(message)]
            return await gather(message, lookers, LOOK_SECS) if lookers else ()

        know = {"know": self._known} if self.customers is not None else {}
        return Stages(roles.normalizers, facts, judge, sort, clean=masked, look=look, **know)

    def shown(self, message: Message) -> Message:
        """Return a message without its secrets, for whoever outside is asked about it."""
        return clean(message, (), self._settings().trust.patterns).message

    def _rules(self) -> Rules:
        triaging = self._settings().triaging
        return triaging.rules if triaging is not None else default_rules()

    async def _known(self, message: Message, facts: Sequence[Fact]) -> Sequence[Fact]:
        return await self.customers.facts_of(message, facts) if self.customers is not None else ()

    def policy(self) -> Policy:
        """Return what casework knows of the desk."""
        settings, directory = self._settings(), self._directory()
        answers = settings.answers
        return Policy(
            brand=settings.brand,
            official=official_accounts(directory, settings.brand, self._clock.now().date()),
            locales=answers.locales if answers is not None else load_locales(),
            secret=settings.signing,
            backend=settings.backend.target,
            acknowledgement=settings.acknowledgement,
            feedback=settings.feedback,
            abuse=settings.abuse,
            knows_customers=settings.customers is not None,
            cases=settings.cases,
            blocks=self._blocks(),
            own_addresses=frozenset(address for each in self._channels for address in each.addresses),
            sending=frozenset(self._channels.roles.senders),
            manners={each.name: each.manners for each in self._channels},
            directory=directory,
            cautions=settings.trust.findings,
            patterns=settings.trust.patterns,
            verify_addresses=frozenset(settings.trust.verify_addresses),
            routes=tuple(_route(each) for each in settings.backends),
            proving=self._proving(),
            downloads=_downloads(settings),
            links=answers.links if answers is not None else {},
            articles=answers.articles if answers is not None else None,
            explorers=settings.triaging.explorers if settings.triaging is not None else None,
            deadlines=settings.deadlines,
            incidents=self._incidents(),
            freezes=frozenset(settings.risk.freeze) if settings.risk is not None else frozenset(),
            challenge_secs=settings.second_factor.lasts_secs if settings.second_factor is not None else 0,
        )

    def _proving(self) -> frozenset[str]:
        """Return the sources of whose mails something is known: by their own receiving server, or by our checks."""
        roles = self._channels.roles
        return frozenset(source for source, names in roles.receivers.items() if names) | frozenset(roles.mail_checks)

    async def close(self) -> None:
        """End what looks at files and asks the DNS."""
        await self.pictures.close()
        await self.mails.close()


def _downloads(settings: Settings) -> Downloads | None:
    """Return where large files can be fetched, when the server is told by which address people reach it."""
    web = settings.web
    if web is None or web.public_url is None:
        return None
    days, kept = timedelta(days=web.download_days), settings.retention.policy.raws
    # A link must not outlive what it opens.
    return Downloads(web.public_url, days if kept is None else min(days, kept), settings.signing)


def _route(each: BackendSettings) -> Route:
    head = each.head
    return Route(
        target=each.target,
        takes={key: frozenset(values) for key, values in head.takes.items()},
        takes_files=each.plugin.takes_files and head.attachments is not FilePolicy.NONE,
        mirrors=backend_target(head.mirrors) if head.mirrors else "",
        spare_for=backend_target(head.spare_for) if head.spare_for else "",
    )
