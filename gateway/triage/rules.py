"""The rules of triage as values: categories, what follows from what, terms; the product's own and a desk's. Pure.

`Rules` is what a message is judged by. How the file is written: docs/triage.md. Not here: judging (`deciding`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import override

from gateway.case import Priority
from gateway.triage.entities import Naming
from gateway.triage.matching import Lexicon
from gateway.triage.regions import region_of
from gateway.triage.tags import Tags
from gateway.triage.terms import LATE, SETS, SIGNS, Term, TermError, read_terms

COMMON = "common"
"""The terms of every language."""
ENGLISH = "en"
ANY = "*"
"""Whatever category."""
EASTERN = frozenset({"zh-CN", "zh-Hant", "ja", "ko"})
_DATA = files("gateway.triage") / "data"
_ID = r"^[a-z][a-z0-9_]{0,40}$"
_NAME = r"^[a-z0-9][a-z0-9_-]{0,79}$"
Danger = Literal["account_stolen", "secret_shared", "scam_under_way"]


class RulesError(ValueError):
    """A file of rules cannot be used; each problem is where it stands and what is wrong there."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{where}: {what}" if where else what for where, what in problems))


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Asked = tuple[tuple[str, frozenset[str]], ...]
"""What must be so: for each key, any of these."""
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One name, or a list of which any will do."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Category(_Table):
    """What is done with messages of one category."""

    queue: str = Field(default="general", max_length=80, pattern=_NAME, description="Where its cases stand.")
    priority: Priority = Field(default=Priority.NORMAL, description="How soon a person should look, at least.")
    asks: tuple[str, ...] = Field(default=(), max_length=10, description="Facts of a good message, most telling first.")


class When(_Table):
    """What must be so; of a list any, of several keys all."""

    entity: Names = Field(default=(), description="Kinds of things found in the text.")
    network: Names = Field(default=(), description="Networks named, or that a hash or address can belong to.")
    finding: Names = Field(default=(), description="Codes of what trust found.")
    terms: Names = Field(
        default=(),
        description="Categories, `urgent`, `answer`, `genuine`, `harmless` or `lost`, of which terms were found.",
    )
    category: Names = Field(default=(), description="The category that the message has.")
    urgent: bool | None = Field(default=None, description="Whether more can be lost within hours.")
    channel: Names = Field(default=(), description="The operator's names of channels.")
    platform: Names = ()
    visibility: Names = ()
    language: Names = ()
    tier: Names = Field(default=(), description="The customer's tier, as the profile service tells it.")
    region: Names = ()
    attachments: bool | None = Field(default=None, description="Whether files came with it.")

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, so that it is always so."""
        return not self.model_fields_set

    def asked(self) -> Asked:
        """Return what is asked for, by key; of yes and no as words."""
        wanted = ((key, getattr(self, key)) for key in self.model_fields_set)
        return tuple((key, frozenset(_compared(key, each))) for key, each in wanted)


def _compared(key: str, asked: tuple[str, ...] | bool | None) -> Iterable[str]:
    """Return what is asked for as it is compared: yes and no as words, regions in their one form."""
    if not isinstance(asked, tuple):
        return (yes_or_no(asked),)
    return map(region_of, asked) if key == "region" else asked


class Rule(_Table):
    """What follows when something is so: points for a category, or what is done with the message."""

    name: str = Field(pattern=_NAME, description="Another rule of this name is replaced by it.")
    when: When = Field(default_factory=When)
    unless: When = Field(default_factory=When)
    category: str | None = Field(default=None, pattern=_ID, description="The category that gets the points.")
    points: float = Field(default=0.0, ge=-20, le=20)
    priority: Priority | None = Field(default=None, description="The message has this priority at least.")
    queue: str | None = Field(default=None, max_length=80, pattern=_NAME)
    tag: str = Field(default="", max_length=60, pattern=r"^[a-z0-9-]*$")
    danger: Danger | None = None
    reason: str = Field(default="", max_length=200, description="One sentence for the agent.")

    @property
    def scores(self) -> bool:
        """Whether it speaks for or against a category, before one is chosen."""
        return self.category is not None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Rule:
        acts = bool(self.priority or self.queue or self.tag or self.danger)
        if self.scores == acts or (self.scores and not self.points):
            raise ValueError("write either category and points, or some of priority, queue, tag and danger")
        if self.scores and (self.when.category or self.unless.category):
            raise ValueError("points are given before there is a category: name terms in its place")
        if self.when.is_empty:
            raise ValueError("says not when it holds")
        return self


class Ready(NamedTuple):
    """A rule, and what it asks for as it is compared."""

    rule: Rule
    when: Asked
    unless: Asked

    def holds(self, known: Mapping[str, Collection[str]]) -> bool:
        """Whether it applies to a message of which that is known."""
        for key, wanted in self.when:
            if wanted.isdisjoint(known[key]):
                return False
        return not self.unless or any(wanted.isdisjoint(known[key]) for key, wanted in self.unless)


class _Lexicons(NamedTuple):
    """The terms of one language: those of categories and of the first signs, and those of late signs."""

    first: Lexicon
    late: Lexicon


def _asking_late(rules: Iterable[Ready]) -> frozenset[str]:
    """Return the categories in whose messages rules ask after late signs; `ANY` for those that name none."""
    found: set[str] = set()
    for each in rules:
        if any(key == "terms" and not LATE.isdisjoint(names) for key, names in (*each.when, *each.unless)):
            found |= dict(each.when).get("category", {ANY})
    return frozenset(found)


def yes_or_no(value: bool | None) -> str:
    """Return the word that stands for it where rules are compared."""
    return "yes" if value else "no"


class RulesFile(_Table):
    """A file of rules: the product's own, or what a desk adds and overrides."""

    categories: dict[Annotated[str, Field(pattern=_ID)], Category] = Field(default_factory=dict)
    rule: tuple[Rule, ...] = ()
    without: tuple[str, ...] = Field(default=(), description="Names of rules that do not hold.")
    terms: dict[str, dict[str, Any]] = Field(default_factory=dict, description="By language, in the terms' notation.")
    without_terms: dict[str, dict[str, tuple[str, ...]]] = Field(
        default_factory=dict, description="By language and category: terms, as they are written, that do not count."
    )


class Rules:
    """All that a message is judged by. Lexicons are built when a message in their language comes."""

    def __init__(
        self,
        own: RulesFile | None = None,
        queues: Mapping[str, str] | None = None,
        *,
        enabled: bool = True,
        naming: Naming | None = None,
    ) -> None:
        """Raises `RulesError` for what of the desk's own cannot be used."""
        self._own, self._queues, self.enabled = own or RulesFile(), dict(queues or {}), enabled
        self._naming = naming or Naming()
        self.vocabulary = self._naming.vocabulary
        """What entities are looked for with."""
        given = _given()
        self.categories = _merged(given.categories, self._own.categories, self._queues)
        """By id, the one that wins where two fit first."""
        without = {*self._own.without, *(each.name for each in self._own.rule)}
        rules = (*(each for each in given.rule if each.name not in without), *self._own.rule)
        ready = [Ready(each, each.when.asked(), each.unless.asked()) for each in rules]
        self.scoring = tuple(each for each in ready if each.rule.scores)
        self.acting = tuple(each for each in ready if not each.rule.scores)
        self._late = _asking_late(self.acting)
        self._asked_first = bool(_asking_late(self.scoring))
        self._lexicons: dict[str, _Lexicons] = {}
        self._check(given)

    @override
    def __reduce__(self) -> tuple[Callable[..., Rules], tuple[RulesFile, Mapping[str, str], bool, Naming]]:
        # Another process builds its own lexicons and vocabulary.
        return _again, (self._own, self._queues, self.enabled, self._naming)

    @property
    def categories_known(self) -> frozenset[str]:
        """The ids that there are."""
        return frozenset(self.categories)

    @property
    def networks_known(self) -> frozenset[str]:
        """The names of networks that a case can have."""
        return self._naming.networks_known

    def lexicon(self, language: str, *, late: bool = False) -> Lexicon:
        """Return the terms of a language, or of its nearest kin, with those of all; these alone where it has neither.

        With `late` the terms of late signs, and no others. The language may be a sender's own word: no more lexicons
        are kept than there are languages.
        """
        if (known := self._lexicons.get(language)) is None:
            tag = _tags().nearest(language) or COMMON
            if (known := self._lexicons.get(tag)) is None:
                self._lexicons[tag] = known = self._built(tag)
        return known.late if late else known.first

    def asks_late(self, category: str | None) -> bool:
        """Whether a rule asks after late signs: before there is a category (None), or in messages of that one."""
        if category is None:
            return self._asked_first
        return not self._asked_first and (ANY in self._late or category in self._late)

    def _built(self, language: str) -> _Lexicons:
        terms = self._terms(language)
        eastern, arabic = language in EASTERN, language == "ar"
        return _Lexicons(
            Lexicon((each for each in terms if each.table not in LATE), eastern=eastern, arabic=arabic),
            Lexicon((each for each in terms if each.table in LATE), eastern=eastern, arabic=arabic),
        )

    def _terms(self, language: str) -> list[Term]:
        """Return the terms of a language, and those of all."""
        return [*self._of(COMMON), *(self._of(language) if language != COMMON else ())]

    def _of(self, language: str) -> list[Term]:
        given = read_terms(_given_terms(language), self.categories, umlauts=language == "de").terms
        without = self._own.without_terms.get(language, {})
        kept = [each for each in given if each.written not in without.get(each.table, ())]
        own = _ordered(self._own.terms.get(language, {}))
        return [*kept, *read_terms(own, self.categories, umlauts=language == "de").terms]

    def _check(self, given: RulesFile) -> None:
        problems: list[tuple[str, str]] = []
        for language, tables in self._own.terms.items():
            try:
                read_terms(_ordered(tables), self.categories, umlauts=language == "de")
            except TermError as error:
                problems.append((f"terms.{language}", str(error)))
            if language not in languages():
                problems.append((f"terms.{language}", f"is no language that is known: write {', '.join(languages())}"))
        problems += [
            (f"categories.{name}", "is the name of a table of signs") for name in SIGNS if name in self.categories
        ]
        problems += [(f"queues.{name}", "is no category") for name in self._queues if name not in self.categories]
        names = {each.name for each in given.rule}
        problems += [
            (f"without.{name}", "is no rule of the product") for name in self._own.without if name not in names
        ]
        for rule in self._own.rule:
            used = (rule.category, *rule.when.category, *rule.unless.category)
            problems += [
                (f"rule {rule.name}", f"{name} is no category") for name in used if name and name not in self.categories
            ]
        if problems:
            raise RulesError(problems)


def _again(own: RulesFile, queues: Mapping[str, str], enabled: bool, naming: Naming) -> Rules:
    return Rules(own, queues, enabled=enabled, naming=naming)


def read_rules(
    text: str, queues: Mapping[str, str] | None = None, *, enabled: bool = True, naming: Naming | None = None
) -> Rules:
    """Read a desk's own file; raises `RulesError` with every problem."""
    try:
        return Rules(RulesFile.model_validate(tomllib.loads(text)), queues, enabled=enabled, naming=naming)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([("", f"is not TOML: {error}")]) from None
    except ValidationError as error:
        raise RulesError([(_place(each["loc"]), _words(each)) for each in error.errors(include_input=False)]) from None


def languages() -> tuple[str, ...]:
    """Return the languages that there are terms of, and `common`."""
    names = (each.name for each in (_DATA / "terms").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def _tags() -> Tags:
    return Tags(languages())


def _given_terms(language: str) -> Mapping[str, Any]:
    file = _DATA / "terms" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8")) if language in languages() else {}


@cache
def _given() -> RulesFile:
    return RulesFile.model_validate(tomllib.loads((_DATA / "rules.toml").read_text("utf-8")))


def _ordered(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables with the sets first, wherever the desk wrote them."""
    return {SETS: tables.get(SETS, {}), **{name: table for name, table in tables.items() if name != SETS}}


def _merged(
    given: Mapping[str, Category], own: Mapping[str, Category], queues: Mapping[str, str]
) -> dict[str, Category]:
    merged = dict(given)
    for name, changed in own.items():
        before = merged.get(name, Category())
        merged[name] = before.model_copy(update={key: getattr(changed, key) for key in changed.model_fields_set})
    for name, queue in queues.items():
        if name in merged:
            merged[name] = merged[name].model_copy(update={"queue": queue})
    return merged


def _place(location: Iterable[int | str]) -> str:
    return ".".join(str(each + 1) if isinstance(each, int) else each for each in location)


def _words(problem: Any) -> str:
    return str(problem["msg"]).removeprefix("Value error, ")
