"""The tables of gatehouse.toml as types, and the one frozen value that the rest of the gateway is given.

Not here: reading files, finding problems, importing plugins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from gateway.answers.rating_policy import RatingPolicy
from gateway.casework.abuse_policy import AbusePolicy
from gateway.casework.case_policy import CasePolicy
from gateway.control import socket_path
from gateway.errors import ConfigError
from gateway.files import FilePolicy
from gateway.ports import BackendPlugin, ConnectorPlugin, Limit, Secret
from gateway.retry import RetryPolicy
from gateway.settings.keeping import RetentionTable
from gateway.settings.trusting import TrustTable
from gateway.store.blobs import Bucket
from gateway.store.seal import Sealer
from gateway.triage.deadlines import Deadlines

if TYPE_CHECKING:
    from gateway.answers.ack_policy import AckPolicy
    from gateway.settings.answering import Answers
    from gateway.settings.chaining import ChainTable
    from gateway.settings.exchanging import CustomersTable, RiskTable, SecondFactorTable
    from gateway.settings.patrolling import PatrolTable
    from gateway.settings.triaging import ClassifierTable, Triaging
    from gateway.settings.watching import AlertsTable, TracingTable, WebTable
    from gateway.trust.directory import Directory

EXIT_STATUS = 78
"""EX_CONFIG of sysexits.h: the configuration cannot work as it is written."""


ROUTE_KEYS = ("queue", "channel", "platform", "language", "category", "brand", "tag", "priority")
"""What of a case decides to which ticket system it goes."""


class Problem(NamedTuple):
    """One thing to mend: where, and what to write instead. Never holds a value of the configuration."""

    path: str
    message: str


class SettingsError(ConfigError):
    """The configuration has problems: all of them, in the order of the file's tables."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{problem.path}: {problem.message}" for problem in problems))


class Table(BaseModel):
    """A table of the configuration: frozen, no unknown keys, silent about its input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@runtime_checkable
class OwnPlaces(Protocol):
    """Settings of a channel that reads places which no other channel may read, too: a mailbox's folders, a bot."""

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Return what names each place, spelled one way."""
        ...


@runtime_checkable
class FillsPlaces(Protocol):
    """Settings of a channel that moves what it has read to places, which no channel may read: a mailbox's archive."""

    @property
    def filled_places(self) -> tuple[tuple[str, ...], ...]:
        """Return what names each place, spelled as in `OwnPlaces`."""
        ...


@runtime_checkable
class PushedTo(Protocol):
    """Settings of a channel that its platform may push to."""

    @property
    def door(self) -> str:
        """Return the address at which it does; empty when it does not."""
        ...


class BrandTable(Table):
    """Whose desk this is."""

    name: str = Field(min_length=1, max_length=80, description="The brand's name as its users know it.")
    directory: Path = Field(
        default=Path("official.toml"), description="The file that lists the brand's official accounts."
    )


class StoreTable(Table):
    """Where everything is kept. Paths are relative to the configuration file."""

    path: Path = Field(default=Path("gatehouse.db"), description="The database file; made when it is not there.")
    url: str | None = Field(
        default=None,
        pattern=r"^postgres(ql)?://",
        description="Instead of `path`: a PostgreSQL database, `postgresql://...`; several gateways on it share the "
        "work.",
    )
    blobs: Path = Field(default=Path("blobs"), description="The folder of large raws; made when it is not there.")
    key: Secret = Field(
        description="The key that seals the originals of messages, made by `gatehouse init`; `gatehouse.key` unless "
        "told otherwise."
    )


class S3Table(Table):
    """An S3-compatible bucket for large raws, instead of a folder; needs `pip install 'gatehouse[s3]'`."""

    endpoint: str = Field(
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._/-]*)?$",
        description="The server's address, without the bucket.",
    )
    bucket: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,62}$", description="The bucket; it must be there.")
    access_key: Secret = Field(description="The id of the access key; may read, write, delete and list in the bucket.")
    secret_key: Secret = Field(description="The secret of the access key.")
    region: str = Field(
        default="us-east-1", pattern=r"^[A-Za-z0-9-]{1,64}$", description="The region that requests are signed for."
    )
    prefix: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9._-]+/)*$",
        description="What every object's name begins with, ending in /; one for each desk in a shared bucket.",
    )
    path_style: bool = Field(default=True, description="False writes the bucket into the host's name.")
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust instead of the system's, where the server has one of its own."
    )


class ChannelHead(BaseModel):
    """What the gateway itself reads of a channel; the rest belongs to the connector."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    connector: str = Field(description="The kind of channel.")
    enabled: bool = Field(default=True, description="False switches the channel off without removing it.")


class BackendHead(BaseModel):
    """What the gateway itself reads of a ticket system; the rest belongs to its plugin."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: str = Field(description="The kind of ticket system.")
    attachments: FilePolicy = Field(
        default=FilePolicy.READABLE,
        description="Which files of users it is given: `readable` is text, without its secrets; `pass` also what "
        "cannot be read for secrets, such as pictures; `none` none at all. What stays is named on the ticket.",
    )
    takes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Which cases go here, where there are several ticket systems: by queue, channel, platform, "
        "language, category, brand, tag or priority. The first that fits takes a case.",
    )
    mirrors: str = Field(default="", description="It gets a copy of all that is written to the one of this name.")
    spare_for: str = Field(default="", description="It takes the new cases of the one of this name while that is away.")
    after_secs: float = Field(
        default=900.0, ge=0, description="How long that one must have failed before this one stands in for it."
    )

    @field_validator("takes", mode="after")
    @classmethod
    def _known(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for key in value:
            if key not in ROUTE_KEYS:
                raise ValueError(f"a case has no {key} to go by; write one of: {', '.join(ROUTE_KEYS)}")
        return value


class EngineTable(Table):
    """How the engine works: sizes, patience, durations in seconds."""

    batch: int = Field(default=100, ge=1, le=1000, description="Messages worked on at once.")
    batch_bytes: int = Field(
        default=32 * 1024 * 1024, ge=1024 * 1024, description="Bytes of messages worked on at once."
    )
    attempts: int = Field(default=100, ge=1, description="Failed attempts before an item is buried.")
    bug_attempts: int = Field(default=5, ge=1, description="The same, for a fault of the gateway itself.")
    retry_base_secs: float = Field(default=1.0, gt=0, description="Longest wait after the first failure; then doubled.")
    retry_cap_secs: float = Field(
        default=3600.0, gt=0, validate_default=True, description="Longest wait after any failure."
    )
    probe_secs: float = Field(
        default=900.0, gt=0, description="Wait between two attempts with a credential that was refused."
    )
    fetch_pause_secs: float = Field(
        default=0.0, ge=0, description="Least wait after a fetch without news, where the connector asks for less."
    )
    stale_reply_secs: float = Field(
        default=86400.0, gt=0, description="Age beyond which an acknowledgement or warning is no longer sent."
    )
    least_free_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=0,
        description="Below so much free disk nothing is fetched; it stays on the platform.",
    )
    max_file_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=1024,
        description="A larger file that a platform keeps apart from its messages is not fetched.",
    )
    shutdown_secs: float = Field(default=6.0, gt=0, description="Time to finish what is under way when told to stop.")

    @field_validator("retry_cap_secs", mode="after")
    @classmethod
    def _not_below_the_first(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("retry_base_secs", 0):
            raise ValueError("must be at least retry_base_secs: the wait grows from the one to the other")
        return value

    @property
    def retry(self) -> RetryPolicy:
        """The retry policy that these figures make."""
        return RetryPolicy(
            self.retry_base_secs, self.retry_cap_secs, self.attempts, self.bug_attempts, probe_secs=self.probe_secs
        )


class LogTable(Table):
    """What the engine writes to its log, on stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="The least that is logged.")
    format: Literal["auto", "text", "json"] = Field(
        default="auto", description="`auto` is text on a terminal and JSON, an object a line, elsewhere."
    )


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel that is enabled, ready to be opened. `limits` are those that hold for it."""

    name: str
    plugin: ConnectorPlugin
    settings: BaseModel
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """A ticket system, ready to be opened. `limits` are those that hold for it.

    `name` is the operator's, where there are several; `head` what the gateway itself reads.
    """

    plugin: BackendPlugin
    settings: BaseModel
    limits: tuple[Limit, ...] = ()
    name: str = ""
    head: BackendHead = field(default_factory=lambda: BackendHead(kind=""))

    @property
    def target(self) -> str:
        """Its name as a source and a target; no channel's name holds a colon."""
        return backend_target(self.name or self.plugin.name)

    @property
    def shown(self) -> str:
        """Its name for operators."""
        return self.target if self.name else "backend"

    @property
    def door(self) -> str:
        """The name in the path of what it pushes; no channel may be called so."""
        return f"backend-{self.name}" if self.name else "backend"


def backend_target(name: str) -> str:
    """Return what a ticket system of that name is called as a source and a target."""
    return f"backend:{name}"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where everything is kept; paths are absolute. `key_file` is where the key comes from, unless the environment."""

    path: Path
    blobs: Path | Bucket
    key: SecretStr
    key_file: Path | None = None
    url: str | None = None

    @property
    def place(self) -> Path | str:
        """The database: a file, or the address of a PostgreSQL database."""
        return self.url or self.path

    def sealer(self) -> Sealer:
        """Return what seals and opens; it follows the key file, so that a new key needs no restart."""
        if self.key_file is not None:
            return Sealer.from_file(self.key_file)
        return Sealer.from_text(self.key.get_secret_value())

    @property
    def socket(self) -> Path:
        """The control socket of the engine that runs on this store."""
        return socket_path(self.path)


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration without a problem.

    `channels` are those that are enabled and whose plugin is there; `disabled` names those switched off, and
    `unavailable` says of the rest which library is missing. `signing` is derived from the first line of the seal key.
    """

    path: Path
    brand: str
    directory_path: Path
    directory: Directory
    store: StoreSettings
    signing: bytes = field(repr=False)
    backend: BackendSettings
    channels: tuple[ChannelSettings, ...]
    acknowledgement: AckPolicy
    engine: EngineTable
    log: LogTable
    disabled: tuple[str, ...] = ()
    unavailable: tuple[Problem, ...] = ()
    feedback: RatingPolicy = field(default_factory=RatingPolicy)
    cases: CasePolicy = field(default_factory=CasePolicy)
    abuse: AbusePolicy = field(default_factory=AbusePolicy)
    retention: RetentionTable = field(default_factory=RetentionTable)
    trust: TrustTable = field(default_factory=TrustTable)
    patrol: PatrolTable | None = None
    web: WebTable | None = None
    alerts: AlertsTable | None = None
    tracing: TracingTable | None = None
    answers: Answers | None = None
    """What the desk has of its own for automatic answers."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    customers: CustomersTable | None = None
    risk: RiskTable | None = None
    second_factor: SecondFactorTable | None = None
    chains: Mapping[str, ChainTable] = field(default_factory=dict)
    """The nodes of public chains, by the operator's name."""
    triaging: Triaging | None = None
    """What messages are sorted by, where a configuration was read."""
    classifier: ClassifierTable | None = None
    others: tuple[BackendSettings, ...] = ()
    secret_files: tuple[Path, ...] = ()
    """Where credentials are read from, but for the key of the store: that is changed by commands of its own."""

    @property
    def backends(self) -> tuple[BackendSettings, ...]:
        """Every ticket system; the first takes what no other does."""
        return (self.backend, *self.others)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret in use, so that the log can strike them out."""
        backends = [each.settings for each in self.backends]
        tables: list[BaseModel] = [*backends, *(channel.settings for channel in self.channels)]
        tables += [each for each in (self.alerts, self.customers, self.risk, self.second_factor) if each is not None]
        tables += (*self.chains.values(), *((self.classifier,) if self.classifier is not None else ()))
        values = [value for table in tables for _, value in table if isinstance(value, SecretStr)]
        keys = [part for line in self.store.key.get_secret_value().splitlines() for part in line.split()[1:]]
        if isinstance(self.store.blobs, Bucket):
            values += [self.store.blobs.access_key, self.store.blobs.secret_key]
        return (*(value.get_secret_value() for value in values), *keys)
