"""gatehouse.toml and official.toml read into `Settings`, or every problem of both at once.

Not here: how one table is read (`tables`), how a problem is worded (`explain`), how a secret is found (`references`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from gateway.answers.ack_policy import AckPolicy
from gateway.answers.rating_policy import RatingPolicy
from gateway.casework.abuse_policy import AbusePolicy
from gateway.casework.case_policy import CasePolicy
from gateway.errors import ConfigError
from gateway.ports import Limit
from gateway.registry import MissingExtraError, Registry, installed
from gateway.settings import exchanging
from gateway.settings.answering import Answers, AnswersTable, read_answers
from gateway.settings.chaining import ChainTable, unready
from gateway.settings.exchanging import CustomersTable, RiskTable, SecondFactorTable
from gateway.settings.explain import did_you_mean, hint, invalid, placeholders
from gateway.settings.files import directory_of, read_directory, read_document
from gateway.settings.guarded import database_trouble, folder_trouble, server_trouble
from gateway.settings.keeping import RetentionTable
from gateway.settings.limited import KEY as LIMITS
from gateway.settings.limited import limited, misread
from gateway.settings.matches import alerted, alone, denied, doors, routed, same_places, unknown_brand
from gateway.settings.model import (
    BackendHead,
    BackendSettings,
    BrandTable,
    ChannelHead,
    ChannelSettings,
    EngineTable,
    LogTable,
    Problem,
    S3Table,
    Settings,
    SettingsError,
    StoreSettings,
    StoreTable,
)
from gateway.settings.patrolling import PatrolTable, unequipped
from gateway.settings.references import prepare, secret_files, variable
from gateway.settings.strict import strictly
from gateway.settings.tables import Place, Tables
from gateway.settings.timing import NAME as CALENDAR_NAME
from gateway.settings.timing import CalendarTable, DeadlinesTable, timed, untimely
from gateway.settings.triaging import ClassifierTable, TriageTable, Triaging, read_triaging
from gateway.settings.triaging import unequipped as triage_unequipped
from gateway.settings.trusting import TrustTable
from gateway.settings.watching import AlertsTable, TracingTable, WebTable
from gateway.store.blobs import Bucket
from gateway.store.keyfile import signing_secret
from gateway.store.seal import Sealer
from gateway.triage.rules import Rules
from gateway.trust.directory import Directory

TABLES = (
    "brand",
    "store",
    "backend",
    "backends",
    "connectors",
    "channels",
    "acknowledgement",
    "feedback",
    "abuse",
    "cases",
    "engine",
    "log",
    "retention",
    "trust",
    "patrol",
    "web",
    "alerts",
    "tracing",
    "answers",
    "deadlines",
    "calendars",
    "customers",
    "risk",
    "second_factor",
    "chains",
    "triage",
)

HEAD_KEYS = tuple(ChannelHead.model_fields)
BACKEND_KEYS = tuple(BackendHead.model_fields)
H = TypeVar("H", ChannelHead, BackendHead)
KEY_FILE = {"file": "gatehouse.key"}

_CHANNEL_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_RESERVED = frozenset({"engine", "backend", "chains", "customers", "risk", "second-factor"})
"""Names that the outbox and the list of parts use for themselves."""


def load(path: Path, registry: Registry | None = None, *, credentials: bool = True) -> Settings:
    """Return the settings; raises `SettingsError` with every problem of the configuration and of the directory.

    Without `credentials`, the secrets of channels and backend are not read: for commands that talk to no platform.
    """
    document = read_document(path)
    try:
        reading = _Reading(path.resolve(), document, registry or installed(), credentials)
    except ConfigError as error:
        raise SettingsError((Problem("plugins", str(error)),)) from error
    return reading.settings()


class _Reading(Tables):
    """One reading of one document; gathers problems and goes on."""

    def __init__(self, path: Path, document: dict[str, Any], registry: Registry, credentials: bool) -> None:
        super().__init__(path, document, credentials)
        self._registry = registry
        self._unavailable: list[Problem] = []
        self._disabled: list[str] = []

    def settings(self) -> Settings:
        """Return the settings, or raise every problem at once."""
        self._tables()
        brand = self._own("brand", BrandTable)
        directory_path = self._base / (brand.directory if brand else directory_of(self._path))
        store = self._store()
        signing = self._signing(store)
        backends = self._backends()
        channels = self._channels()
        acknowledgement = self._own("acknowledgement", AckPolicy)
        feedback = self._own("feedback", RatingPolicy)
        abuse = self._own("abuse", AbusePolicy)
        cases = self._own("cases", CasePolicy)
        engine = self._own("engine", EngineTable)
        log = self._own("log", LogTable)
        retention = self._own("retention", RetentionTable)
        trust = self._own("trust", TrustTable)
        patrol = self._optional("patrol", PatrolTable)
        web = self._optional("web", WebTable)
        alerts = self._alerts()
        tracing = self._optional("tracing", TracingTable)
        customers = self._optional("customers", CustomersTable)
        risk = self._optional("risk", RiskTable)
        second_factor = self._optional("second_factor", SecondFactorTable)
        deadlines = self._own("deadlines", DeadlinesTable)
        calendars = self._calendars()
        chains = self._chains()
        triaging, classifier = self._triage()
        answers = self._answers(triaging.rules)
        directory = self._directory(directory_path)
        for problem in (
            *same_places(channels),
            *doors(channels, listens=web is not None or bool(self._problems)),
            *(denied(acknowledgement) if acknowledgement else ()),
            *(unequipped() if patrol is not None else ()),
            *(untimely(deadlines, calendars, triaging.rules.categories_known) if deadlines is not None else ()),
            *unready(chains),
            *triage_unequipped(classifier),
            *exchanging.incomplete(self._document),
            *exchanging.unequipped(name for name in exchanging.TABLES if name in self._document),
            *(alerted(alerts, channels, whole=not self._problems) if alerts else ()),
            *(unknown_brand(brand.name, directory, directory_path) if brand and directory is not None else ()),
        ):
            self._add(*problem)
        if (
            self._problems
            or not (brand and store and signing and backends and acknowledgement and engine and log and retention)
            or trust is None
            or feedback is None
            or abuse is None
            or cases is None
            or deadlines is None
            or directory is None
        ):
            raise SettingsError(tuple(self._problems.values()))
        return Settings(
            path=self._path,
            brand=brand.name,
            directory_path=directory_path,
            directory=directory,
            store=store,
            signing=signing,
            backend=backends[0],
            others=tuple(backends[1:]),
            channels=tuple(channels),
            acknowledgement=acknowledgement,
            feedback=feedback,
            abuse=abuse,
            cases=cases,
            engine=engine,
            log=log,
            disabled=tuple(self._disabled),
            unavailable=tuple(self._unavailable),
            retention=retention,
            trust=trust,
            patrol=patrol,
            web=web,
            alerts=alerts,
            tracing=tracing,
            answers=answers,
            triaging=triaging,
            classifier=classifier,
            deadlines=timed(deadlines, {name: each for name, each in calendars.items() if each is not None}),
            customers=customers,
            risk=risk,
            second_factor=second_factor,
            chains=chains,
            secret_files=tuple(secret_files(_without_store(self._document), self._base)),
        )

    def _tables(self) -> None:
        """See that the tables are those we know, are tables, and hold no example value."""
        for name, value in self._document.items():
            if name not in TABLES:
                self._add(name, f"is not a table of this file; {hint(name, TABLES)}")
            elif not isinstance(value, dict):
                self._add(name, f"must be a table: write [{name}] on a line of its own")
        for problem in placeholders(_without_disabled(self._document)):
            self._add(*problem)

    def _alerts(self) -> AlertsTable | None:
        """Return the table of alerts; a webhook's secret has its place in the environment like any other."""
        default = {"webhook_secret": {"env": variable("alerts", "webhook_secret")}}
        return self._optional("alerts", AlertsTable, default if "webhook_url" in self._table("alerts") else {})

    def _triage(self) -> tuple[Triaging, ClassifierTable | None]:
        """Return what messages are sorted by, and the classifier where there is one; the desk's own rules are read."""
        table = self._table("triage")
        place = Place("triage", also=("classifier",))
        own = {key: value for key, value in table.items() if key != "classifier"}
        made = self._validate(TriageTable, own, own, place)
        triaging, problems = read_triaging(made, self._base) if made is not None else (Triaging(), ())
        for problem in problems:
            self._add(*problem)
        if (asked := table.get("classifier")) is None:
            return triaging, None
        if not isinstance(asked, dict):
            self._add("triage.classifier", "must be a table: write [triage.classifier] on a line of its own")
            return triaging, None
        ready = prepare(ClassifierTable, asked, self._base, "classifier", self._credentials)
        return triaging, self._validate(ClassifierTable, asked, ready, Place("triage.classifier"))

    def _answers(self, rules: Rules) -> Answers:
        """Return what the desk has of its own for automatic answers; every text and article is looked at."""
        table = self._own("answers", AnswersTable)
        if table is None:
            return Answers()
        answers, problems = read_answers(table, self._base, rules.categories_known)
        for problem in problems:
            self._add(*problem)
        return answers

    def _chains(self) -> dict[str, ChainTable]:
        """Return the nodes by the operator's name, without those that have a problem."""
        made: dict[str, ChainTable] = {}
        for name, table in self._table("chains").items():
            path = f"chains.{name}"
            if not isinstance(table, dict):
                self._add(path, f"must be a table: write [{path}] on a line of its own")
                continue
            if not CALENDAR_NAME.fullmatch(name):
                self._add(path, "a chain's name is 1 to 32 small letters, digits and hyphens, a letter first")
            ready = prepare(ChainTable, table, self._base, f"chains_{name}", self._credentials)
            if (each := self._validate(ChainTable, table, ready, Place(path))) is not None:
                made[name] = each
        return made

    def _calendars(self) -> dict[str, CalendarTable | None]:
        """Return the calendars by name; None stands for one with a problem."""
        made: dict[str, CalendarTable | None] = {}
        for name, table in self._table("calendars").items():
            path = f"calendars.{name}"
            if not isinstance(table, dict):
                self._add(path, f"must be a table: write [{path}] on a line of its own")
            elif not CALENDAR_NAME.fullmatch(name):
                self._add(path, "a calendar's name is 1 to 32 small letters, digits and hyphens, a letter first")
            made[name] = self._validate(CalendarTable, table, table, Place(path)) if isinstance(table, dict) else None
        return made

    def _store(self) -> StoreSettings | None:
        table = self._table("store")
        # Every command needs the key, those without credentials too: kept texts are sealed.
        ready = prepare(StoreTable, {"key": KEY_FILE, **table}, self._base, "store")
        made = self._validate(StoreTable, table, ready, Place("store", also=("s3",)))
        if made is None:
            return None
        self._place(made, table)
        if trouble := self._blobs_trouble(self._base / made.path, self._base / made.blobs):
            self._add("store.blobs", trouble)
        file = ready["key"].get("file")
        blobs = self._blobs(self._base / made.blobs, table.get("s3"))
        return StoreSettings(self._base / made.path, blobs, made.key, Path(file) if file else None, made.url)

    def _place(self, made: StoreTable, table: dict[str, Any]) -> None:
        """See that exactly one database is named, and that it can be used."""
        if ":/" in str(made.path):
            self._add("store.path", "is the address of a database server; write it as url")
        elif made.url is None and (trouble := database_trouble(self._base / made.path)):
            self._add("store.path", trouble)
        if made.url is not None:
            self._server(made.url, table)

    def _server(self, url: str, table: dict[str, Any]) -> None:
        if "path" in table:
            self._add("store.url", "stands beside path; write one of the two")
        if trouble := server_trouble(url):
            self._add("store.url", trouble)

    def _blobs_trouble(self, database: Path, blobs: Path) -> str:
        if blobs == database:
            return "is the database's own path; name a folder"
        if blobs.exists() and not blobs.is_dir():
            return "is not a folder"
        return folder_trouble(blobs)

    def _blobs(self, folder: Path, table: object) -> Path | Bucket:
        """Return the folder of large raws, or the bucket that is told of; the folder is then for what is on its way."""
        if table is None:
            return folder
        if not isinstance(table, dict):
            self._add("store.s3", "must be a table: write [store.s3] on a line of its own")
            return folder
        if find_spec("httpx") is None:
            self._add("store.s3", "needs a library that is not installed: pip install 'gatehouse[s3]'")
        ready = prepare(S3Table, table, self._base, "s3")
        made = self._validate(S3Table, table, ready, Place("store.s3"))
        if made is None:
            return folder
        return Bucket(drafts=folder, name=made.bucket, **made.model_dump(exclude={"bucket"}))

    def _signing(self, store: StoreSettings | None) -> bytes:
        """Return the secret that signs references: derived, so that there is one key to keep and no second."""
        if store is None:
            return b""
        try:
            Sealer.from_text(store.key.get_secret_value())
            return signing_secret(store.key.get_secret_value())
        except ConfigError as error:
            self._add("store.key", f"{error}; `gatehouse init` makes a key, a backup brings an old one back")
            return b""

    def _backends(self) -> list[BackendSettings]:
        """Return the one ticket system of [backend], or those of [backends]; the one that takes all comes first."""
        named = self._table("backends")
        if not named:
            one = self._backend("", "backend", self._table("backend"))
            for problem in alone(one.head) if one is not None else ():
                self._add(*problem)
            return [one] if one is not None else []
        if "backend" in self._document:
            self._add("backend", "write either [backend] or tables such as [backends.desk], not both")
        if "" in named:
            self._add("backends", "a ticket system's name is 1 to 32 small letters, digits and hyphens, a letter first")
        made = [self._backend(name, f"backends.{name}", table) for name, table in named.items()]
        found = [each for each in made if each is not None]
        for problem in routed(found, whole=len(found) == len(made)):
            self._add(*problem)
        return sorted(found, key=lambda each: bool(each.head.takes or each.head.mirrors or each.head.spare_for))

    def _backend(self, name: str, path: str, table: object) -> BackendSettings | None:
        if not isinstance(table, dict):
            self._add(path, f"must be a table: write [{path}] on a line of its own")
            return None
        if name and not _CHANNEL_NAME.fullmatch(name):
            self._add(path, "a ticket system's name is 1 to 32 small letters, digits and hyphens, a letter first")
        kind = self._kind(f"{path}.kind", table.get("kind"), "backends")
        head = self._head(BackendHead, {"kind": "", **table}, path)
        if kind is None or head is None:
            return None
        try:
            plugin = self._registry.backend(kind)
        except ConfigError as error:
            self._add(f"{path}.kind", str(error))
            return None
        also = (*BACKEND_KEYS, LIMITS)
        own = {key: value for key, value in table.items() if key not in also}
        ready = prepare(plugin.settings, own, self._base, name or kind, self._credentials)
        made = self._validate(plugin.settings, own, ready, Place(path, also=also))
        limits = self._limits(plugin.limits, {path: table})
        return BackendSettings(plugin, made, limits, name, head) if made is not None else None

    def _limits(self, declared: Sequence[Limit], tables: Mapping[str, dict[str, Any]]) -> tuple[Limit, ...]:
        """Return the limits that hold by what these tables say of them, the later before the earlier."""
        for path, table in tables.items():
            for problem in misread(declared, table.get(LIMITS), f"{path}.{LIMITS}"):
                self._add(*problem)
        return limited(declared, *(table.get(LIMITS) for table in tables.values()))

    def _kind(self, path: str, written: object, group: str) -> str | None:
        known = self._registry.names(group)
        if isinstance(written, str) and written in known:
            return written
        listed = ", ".join(f'"{name}"' for name in known)
        if written is None:
            self._add(path, f"is required; write one of: {listed}")
        else:
            self._add(
                path, f"is not the name of an installed plugin; {did_you_mean(written, known)}known are: {listed}"
            )
        return None

    def _channels(self) -> list[ChannelSettings]:
        shared = self._shared()
        tables = self._table("channels")
        if not tables:
            self._add("channels", 'there is none; write a table such as [channels.support] with connector = "email"')
        made = [self._channel(name, table, shared) for name, table in tables.items()]
        channels = [channel for channel in made if channel is not None]
        if self._unavailable and not channels:
            for problem in self._unavailable:
                self._add(*problem)
        return channels

    def _shared(self) -> dict[str, dict[str, Any]]:
        """Return the defaults that each kind of channel shares."""
        shared: dict[str, dict[str, Any]] = {}
        for kind, table in self._table("connectors").items():
            if not isinstance(table, dict):
                self._add(f"connectors.{kind}", f"must be a table: write [connectors.{kind}] on a line of its own")
            elif self._kind(f"connectors.{kind}", kind, "connectors"):
                shared[kind] = table
        return shared

    def _channel(self, name: str, table: object, shared: Mapping[str, dict[str, Any]]) -> ChannelSettings | None:
        path = f"channels.{name}"
        if not isinstance(table, dict):
            self._add(path, f"must be a table: write [{path}] on a line of its own")
            return None
        if not _CHANNEL_NAME.fullmatch(name):
            self._add(path, "a channel's name is 1 to 32 small letters, digits and hyphens, a letter first")
        if name in _RESERVED or name.startswith("backend-"):
            self._add(path, "the gateway uses this name itself; choose another")
        kind = self._kind(f"{path}.connector", table.get("connector"), "connectors")
        head = self._head(ChannelHead, table, path)
        if kind is None or head is None:
            return None
        if not head.enabled:
            self._disabled.append(name)
            return None
        return self._open_channel(name, kind, table, shared.get(kind, {}))

    def _head(self, model: type[H], table: dict[str, Any], path: str) -> H | None:
        for problem in strictly(model, table):
            self._add(f"{path}.{problem.path}", problem.message)
        try:
            return model.model_validate(table)
        except ValidationError as error:
            for problem in invalid(model, error, table):
                self._add(f"{path}.{problem.path}", problem.message)
            return None

    def _open_channel(
        self, name: str, kind: str, table: dict[str, Any], shared: dict[str, Any]
    ) -> ChannelSettings | None:
        path = f"channels.{name}"
        try:
            plugin = self._registry.connector(kind)
        except MissingExtraError as error:
            self._unavailable.append(Problem(f"{path}.connector", str(error)))
            return None
        except ConfigError as error:
            self._add(f"{path}.connector", str(error))
            return None
        limits = self._limits(plugin.limits, {f"connectors.{kind}": shared, path: table})
        own = {key: value for key, value in table.items() if key not in HEAD_KEYS}
        also = (*HEAD_KEYS, LIMITS)
        place = Place(path, also=also, shared=f"connectors.{kind}", inherited=frozenset(shared) - frozenset(own))
        merged = {key: value for key, value in {**shared, **own}.items() if key != LIMITS}
        ready = prepare(plugin.settings, merged, self._base, name, self._credentials)
        made = self._validate(plugin.settings, merged, ready, place)
        return ChannelSettings(name, plugin, made, limits) if made is not None else None

    def _directory(self, path: Path) -> Directory | None:
        key = self._table("trust").get("directory_key")
        problems = read_directory(path, key if isinstance(key, str) else "")
        if isinstance(problems, Directory):
            return problems
        for problem in problems:
            self._add(*problem)
        return None


def _without_disabled(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without the channels that are switched off: nobody has to fill those in."""
    channels = document.get("channels")
    if not isinstance(channels, dict):
        return document
    enabled = {
        name: table
        for name, table in channels.items()
        if not isinstance(table, dict) or table.get("enabled") is not False
    }
    return {**document, "channels": enabled}


def _without_store(document: dict[str, Any]) -> dict[str, Any]:
    return {name: table for name, table in document.items() if name != "store"}
