"""The `[triage]` table: queues by category, a desk's own file of rules and terms, and its classifier.

Reads the file that it names. Not here: what rules mean (`gateway.triage.rules`), how a classifier is asked
(`gateway.enrich.classifier_http`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from gateway.ports import Secret
from gateway.settings.exchanging import callable_address
from gateway.settings.files import read_plain
from gateway.settings.model import Problem, Table
from gateway.settings.naming import NamingKeys
from gateway.triage.explorers import Explorers
from gateway.triage.rules import Rules, RulesError, read_rules

MAX_BYTES = 1024 * 1024
"""The longest file of rules."""
Queue = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


class ClassifierTable(Table):
    """A statistical or language model that suggests categories. Without this table rules decide alone."""

    url: Annotated[str, AfterValidator(callable_address)] = Field(
        description="Its address; http:// only on this machine.", examples=["https://model.example.test/classify"]
    )
    token: Secret | None = Field(default=None, description="Sent as a bearer, where it asks for one.")
    timeout_ms: int = Field(
        default=600, ge=10, le=4_000, description="How long one call may take; every message waits for it."
    )
    min_confidence: float = Field(
        default=0.6, ge=0.0, le=1.0, description="Suggestions of less confidence are not heard."
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")

    @model_validator(mode="after")
    def _certificates_need_tls(self) -> Self:
        if self.ca_file is not None and not self.url.startswith("https:"):
            raise ValueError("ca_file has no meaning without https://")
        return self


class TriageTable(NamingKeys):
    """What messages are sorted by: the product's rules, and what a desk has of its own."""

    enabled: bool = Field(default=True, description="False finds languages and entities alone.")
    queues: dict[str, Queue] = Field(
        default_factory=dict, description='The queues of categories, as in `{ kyc = "identity" }`; the rest stay.'
    )
    rules: Path | None = Field(
        default=None, description="A file of your own rules and terms, which adds to ours and overrides them."
    )


@dataclass(frozen=True, slots=True)
class Triaging:
    """What messages are triaged by, as it is used. `files` are those that tell when to read it anew."""

    rules: Rules = field(default_factory=Rules)
    files: tuple[Path, ...] = ()
    explorers: Explorers | None = None
    """Where hashes and addresses lead to; None for those that are known anyway."""


def read_triaging(table: TriageTable, base: Path) -> tuple[Triaging, tuple[Problem, ...]]:
    """Return what the table names, and every problem of the file; paths are relative to `base`."""
    path = base / table.rules.expanduser() if table.rules is not None else None
    named = () if path is None else (path,)
    try:
        text = "" if path is None else read_plain(path, MAX_BYTES).decode("utf-8")
        rules = read_rules(text, table.queues, enabled=table.enabled, naming=table.naming)
        return Triaging(rules, named, table.all_explorers), ()
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "is not UTF-8"
        return Triaging(files=named), (Problem("triage.rules", f"cannot be read: {what}"),)
    except RulesError as error:
        return Triaging(files=named), tuple(_problems(error, path))


def _problems(error: RulesError, path: Path | None) -> Iterator[Problem]:
    for where, what in error.problems:
        if where.startswith("queues.") or path is None:
            yield Problem(f"triage.{where}", what)
        else:
            yield Problem(f"{path.name}: {where}" if where else path.name, what)


def unequipped(table: ClassifierTable | None) -> Iterator[Problem]:
    """Yield what a classifier lacks here."""
    if table is not None and find_spec("httpx") is None:
        yield Problem("triage.classifier", "needs a library that is not installed: pip install 'gatehouse[classifier]'")
