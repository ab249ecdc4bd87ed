"""The common case schema, version 1: what every platform's messages become, and what leaves for the desk.

All values are frozen and hold no judgement that their author could not make: a normalizer fills `Message` with
evidence, trust fills `Assessment`, triage fills `Triage`, casework keeps `Case`. Field by field and platform by
platform: docs/case-schema.md. Fields are only ever added; readers ignore what they do not know.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1
"""Raised only when a field changes its meaning; added fields do not raise it."""


class Frozen(BaseModel):
    """A value: immutable, tolerant of fields that a newer release added, silent about its input in errors."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


Confidence = Annotated[float, Field(ge=0.0, le=1.0)]


class Evidence(Frozen):
    """One thing a platform said, word for word, under a name that docs/case-schema.md lists."""

    name: str = Field(description="Lower-case name of the evidence, for mail the header's name.")
    value: str = Field(description="What the platform said, decoded to text, without control characters.")


class Note(Frozen):
    """What a normalizer could not do, or did to make the message readable; never silent."""

    code: str = Field(description="Stable code, such as `charset_unknown` or `parts_over_cap`.")
    detail: str = Field(default="", description="One sentence for the agent; no user text.")


class Provenance(Frozen):
    """Where a message came from, so that it can be found again byte for byte."""

    source: str = Field(description="The operator's name of the channel or backend it was fetched from.")
    stream: str = Field(description="The part of the source with a cursor of its own, e.g. an IMAP folder.")
    key: str = Field(description="The raw key: names this one delivery; equal on re-delivery.")
    lane: str = Field(description="Order holds within it: chat id, conversation id, a mail sender's address.")
    received_at: AwareDatetime = Field(description="When the platform took the message in (UTC).")
    normalizer: str = Field(description="Name and version of the normalizer, e.g. `email/2`.")
    size: int = Field(ge=0, description="Size of the message on the platform in bytes, also when not all is kept.")
    complete: bool = Field(default=True, description="False when only a part of the raw could be fetched.")


class PartyKind(StrEnum):
    """What the platform says that a party is."""

    PERSON = "person"
    BOT = "bot"
    GROUP = "group"
    CHANNEL = "channel"
    UNKNOWN = "unknown"


class Party(Frozen):
    """Somebody on a platform, as the platform shows them. A display name proves nothing."""

    platform: str = Field(description="`email`, `telegram`, `x`, or the name a plugin gives.")
    address: str = Field(
        default="", description="Where an answer goes: mail address, chat id, user id. Lower case for mail."
    )
    id: str | None = Field(default=None, description="The platform's immutable id, where it has one.")
    handle: str | None = Field(default=None, description="Public handle without @, as the platform spells it.")
    name: str = Field(default="", description="Display name as sent: chosen by its bearer, untrusted.")
    kind: PartyKind = Field(default=PartyKind.UNKNOWN, description="Person, bot, group or channel.")
    evidence: tuple[Evidence, ...] = Field(
        default=(), description="What the platform says of the account: verification type, affiliation, age, parody."
    )


class RecipientRole(StrEnum):
    """How a recipient was named."""

    TO = "to"
    CC = "cc"
    DELIVERED = "delivered"
    MENTION = "mention"


class Recipient(Frozen):
    """A party the message was addressed to."""

    role: RecipientRole = Field(description="To, Cc, delivered-to (added by a mail server) or mention.")
    party: Party = Field(description="Who.")


class AttachmentState(StrEnum):
    """Where an attachment's bytes are."""

    IN_RAW = "in_raw"
    STORED = "stored"
    NOT_FETCHED = "not_fetched"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    """The platform or the gateway gives out no file of that size."""
    UNAVAILABLE = "unavailable"
    """The platform has it no more, or what it gave was not what it had announced."""


class Attachment(Frozen):
    """A file that came with a message. Its bytes stay in the gateway; a case names it."""

    id: str = Field(description="Opaque, stable within the message; opens the file in the gateway.")
    name: str = Field(
        default="", description="File name as sent, made harmless: no path, no control or bidi characters."
    )
    declared_type: str = Field(default="application/octet-stream", description="Content type that the sender claims.")
    detected_type: str | None = Field(
        default=None, description="Content type found in the bytes; None when not looked at."
    )
    size: int = Field(default=0, ge=0, description="Decoded size in bytes.")
    sha256: str | None = Field(default=None, description="Hex digest of the decoded bytes.")
    inline: bool = Field(default=False, description="Shown inside the text rather than attached to it.")
    content_id: str | None = Field(default=None, description="Name by which the text refers to it.")
    state: AttachmentState = Field(default=AttachmentState.IN_RAW, description="Where its bytes are.")
    ref: str = Field(default="", description="What the platform gives the file out for; of use to its channel alone.")

    @property
    def is_apart(self) -> bool:
        """Whether its platform keeps it apart from its message: it is fetched later, and told of later."""
        return bool(self.ref)


class Span(Frozen):
    """A place in one field of a message: code points, end exclusive."""

    field: str = Field(description="`text`, `subject`, `sender.name`, `sender.address`, `forwarded`, ...")
    start: int = Field(default=0, ge=0)
    end: int = Field(default=0, ge=0)


class Link(Frozen):
    """A link and where it really leads."""

    url: str = Field(description="Target, as written by the sender.")
    text: str = Field(default="", description="What the reader sees; may show another address than the target.")
    span: Span | None = Field(default=None, description="Where it stands, when it stands in the text.")


class ForwardOrigin(Frozen):
    """Who first wrote a forwarded or quoted message: evidence of whom the user is talking about."""

    party: Party = Field(description="The origin; only a name where the platform hides the account.")
    kind: str = Field(
        description="`mail`, `user`, `hidden_user`, `chat`, `channel`, `quote`, `shared` (pointed out with the "
        "platform's picker), or as the platform says."
    )
    subject: str = Field(default="", description="Subject of the forwarded message, where there is one.")
    sent_at: AwareDatetime | None = None
    text: str = Field(default="", description="The forwarded text, when it is apart from the user's own.")


class Thread(Frozen):
    """What a message says of the conversation it belongs to; casework decides whether to believe it."""

    own_ref: str | None = Field(
        default=None, description="The message's own reference, e.g. its Message-ID with brackets."
    )
    parent: str | None = Field(default=None, description="Reference of the message it answers.")
    ancestors: tuple[str, ...] = Field(default=(), description="References of the conversation, oldest first.")
    group: str | None = Field(default=None, description="The platform's own conversation id, where it has one.")


class Visibility(StrEnum):
    """Who can read the conversation on the platform."""

    PRIVATE = "private"
    PUBLIC = "public"
    GROUP = "group"


class Message(Frozen):
    """One message of a user, or of an agent, in the words of its platform: evidence, no judgement."""

    id: str = Field(description="Stable over edits: chat id + message id; for mail the content key.")
    content_key: str = Field(description="Joins copies of one message that came by several ways.")
    provenance: Provenance
    platform: str = Field(description="`email`, `telegram`, `x`, ...")
    visibility: Visibility = Visibility.PRIVATE
    addressed: bool = Field(
        default=True, description="Whether it speaks to us; in a group most messages are between others."
    )
    sender: Party = Field(description="Who the platform says wrote it (mail: From). Unproven until assessed.")
    reply_to: Party | None = Field(default=None, description="Where the sender asks answers to go, when it differs.")
    envelope_sender: str | None = Field(default=None, description="Mail: Return-Path; empty string is the null sender.")
    recipients: tuple[Recipient, ...] = ()
    subject: str = ""
    text: str = Field(default="", description="What this message adds: plain text without quoted history.")
    quoted: str = Field(default="", description="Quoted history, split off but kept.")
    signature: str = Field(default="", description="Signature below the text, split off but kept.")
    sent_at: AwareDatetime | None = Field(default=None, description="When the sender claims to have sent it.")
    edited_at: AwareDatetime | None = None
    version: int = Field(default=1, ge=1, description="Counts edits of the same message id.")
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    forwarded: tuple[ForwardOrigin, ...] = ()
    thread: Thread = Thread()
    join_key: str | None = Field(default=None, description="Equal for parts to be joined: album, split text, burst.")
    evidence: tuple[Evidence, ...] = Field(
        default=(),
        description="What else the platform said, topmost first: Authentication-Results, Auto-Submitted, ...",
    )
    notes: tuple[Note, ...] = ()

    @property
    def words(self) -> str:
        """The text, and below it the signature: where the one ends and the other begins is the sender's choice."""
        return f"{self.text}\n{self.signature}" if self.signature else self.text

    def said(self, name: str) -> tuple[str, ...]:
        """Return every piece of evidence of that name, topmost first."""
        return tuple(item.value for item in self.evidence if item.name == name)

    def recipients_as(self, *roles: RecipientRole) -> tuple[Party, ...]:
        """Return the parties addressed in one of these roles."""
        return tuple(item.party for item in self.recipients if item.role in roles)


class FactOutcome(StrEnum):
    """What a check outside found. "Could not check" is never "failed"."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NONE = "none"
    COULD_NOT_CHECK = "could_not_check"


class Fact(Frozen):
    """The result of one look outside, such as mail authentication or a profile."""

    kind: str = Field(description="`mail_auth`, `profile`, `attachment_text`, ...")
    subject: str = Field(description="What was checked: a domain, a handle, an attachment's id.")
    outcome: FactOutcome
    reason: str = Field(default="", description="One sentence; why, above all when it could not be checked.")
    evidence: tuple[Evidence, ...] = Field(
        default=(), description="Details, e.g. `spf`, `dkim`, `dmarc`, `aligned_domain`."
    )

    @property
    def details(self) -> str:
        """Its evidence on one line, e.g. `spf pass, dkim fail`; empty without any."""
        return ", ".join(f"{item.name.replace('_', ' ')} {item.value}" for item in self.evidence)


class Standing(StrEnum):
    """What we may say of an account. There is no "safe"."""

    OFFICIAL = "official"
    NOT_LISTED = "not_listed"
    LOOK_ALIKE = "look_alike"
    REPORTED_SCAM = "reported_scam"
    COULD_NOT_CHECK = "could_not_check"


class Severity(StrEnum):
    """How much a finding matters to the user's assets."""

    NOTICE = "notice"
    WARNING = "warning"
    DANGER = "danger"


GRAVITY = tuple(Severity)
"""The severities, mildest first."""


class Finding(Frozen):
    """One reason for caution, with its evidence and the advice to give."""

    code: str = Field(description="`sender_poses_as_official`, `look_alike_mentioned`, `official_address_forged`, ...")
    severity: Severity
    confidence: Confidence = 1.0
    brand: str | None = Field(default=None, description="The brand that is imitated.")
    subject: str = Field(default="", description="The handle, address, domain or link it is about.")
    technique: str | None = Field(default=None, description="How it imitates: `confusable`, `embedded_brand`, ...")
    official: str | None = Field(default=None, description="The true account that it resembles.")
    span: Span | None = Field(default=None, description="Where in the message.")
    reason: str = Field(default="", description="One sentence a person can read, in English.")
    advice: str = Field(default="", description="Key of the advice text in the locales.")


class Assessment(Frozen):
    """What trust found in one message."""

    sender: Standing = Standing.COULD_NOT_CHECK
    sender_reason: str = ""
    findings: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    directory: str = Field(default="", description="Digest of the directory of official accounts that was asked.")

    @property
    def worst(self) -> Severity | None:
        """Return the gravest severity among the findings, or None without findings."""
        return max((finding.severity for finding in self.findings), key=GRAVITY.index, default=None)


class Entity(Frozen):
    """A thing of the desk's trade found in a text, such as a transaction hash."""

    kind: str
    value: str
    span: Span | None = None
    evidence: tuple[Evidence, ...] = ()


class Priority(StrEnum):
    """How soon a person should look."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


URGENCY = tuple(Priority)
"""Priorities, the least first: what `max` goes by."""
RISK_QUEUE = "risk"
"""Where whatever touches the safety of assets stands."""


class Triage(Frozen):
    """Where a message should go, and why."""

    language: str = Field(default="en", description="BCP 47 tag of the language to answer in.")
    language_confidence: Confidence = 0.0
    category: str | None = Field(default=None, description="What it is about; None where it raises no matter itself.")
    category_confidence: Confidence = 0.0
    priority: Priority = Priority.NORMAL
    queue: str | None = None
    tags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = Field(
        default=(), description="Why this priority, category and queue; one sentence each."
    )
    entities: tuple[Entity, ...] = ()
    missing: tuple[str, ...] = Field(default=(), description="Facts to ask the user for.")
    danger: str = Field(
        default="",
        description="`account_stolen`, `secret_shared`, `scam_under_way`: what must be met in seconds; empty for none.",
    )
    due_at: AwareDatetime | None = None


class CaseState(StrEnum):
    """The life of a case."""

    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"


class CaseLink(Frozen):
    """A tie to another case, such as a number that somebody cited without proof."""

    kind: str = Field(
        description="`claims` (cited, unproven), `merged_into`, `follows` (goes on from one solved long ago), "
        "`cited_by` (a mail there answers this one's, and came before it)."
    )
    case_id: str


class Challenged(Frozen):
    """A customer who was asked for a second factor on a case."""

    account_id: str
    asked_at: AwareDatetime
    confirmed_at: AwareDatetime | None = Field(default=None, description="When he confirmed; None while he has not.")


class Case(Frozen):
    """One matter of one user: the head of the file, without its messages."""

    id: str = Field(description="The case number that users see, e.g. `GH-7K3MQ-9Q2XZ`; opaque, not guessable.")
    brand: str = ""
    channel: str = Field(description="The channel on which it was opened and is answered.")
    platform: str
    state: CaseState = CaseState.OPEN
    requester: Party = Field(description="Whom to answer.")
    participants: tuple[Party, ...] = Field(
        default=(), description="Everybody who may join by writing; requester first."
    )
    subject: str = ""
    language: str = "en"
    priority: Priority = Priority.NORMAL
    queue: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    worst_severity: Severity | None = None
    opened_at: AwareDatetime
    updated_at: AwareDatetime
    message_count: int = Field(default=0, ge=0)
    links: tuple[CaseLink, ...] = ()
    backend: str = Field(default="", description="The ticket system that it was given to, as the gateway names it.")
    reasons: tuple[str, ...] = Field(
        default=(), description="Why this category, priority and queue; one sentence each."
    )
    entities: tuple[Entity, ...] = Field(
        default=(), description="Things of the trade that its user has named, each once, oldest first; without places."
    )
    missing: tuple[str, ...] = Field(default=(), description="Facts that the user was asked for and has not given yet.")
    danger: str = Field(
        default="",
        description="What must be met in seconds, see `Triage.danger`: the gravest since it was opened, or again.",
    )
    danger_at: AwareDatetime | None = Field(
        default=None, description="When it was found; a solved case that is opened again is looked at anew."
    )
    region: str = Field(default="", description="The customer's region, where the exchange has told it.")
    tier: str = Field(default="", description="The customer's tier, such as `vip`, where the exchange has told it.")
    incident: str = Field(default="", description="The number of the known incident that it belongs to.")
    due_at: AwareDatetime | None = Field(
        default=None, description="When a person's first answer is due; None once it was given, or where none is."
    )
    solved_at: AwareDatetime | None = Field(
        default=None, description="When it was solved; None while it is not, and where an older release has solved it."
    )
    escalated: str = Field(default="", description="`near` once its deadline was near, `passed` once it had passed.")
    challenged: tuple[Challenged, ...] = Field(
        default=(), description="The customers who were last asked for a second factor, and when they confirmed."
    )
    version: int = Field(default=0, ge=0, description="Counts committed changes; a stale change is refused.")

    @property
    def is_merged(self) -> bool:
        """Whether its ticket was merged into another case's."""
        return any(link.kind == "merged_into" for link in self.links)


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


class Entry(Frozen):
    """One message in a case's file with what was found in it."""

    case_id: str
    direction: Direction = Direction.IN
    message: Message
    assessment: Assessment = Assessment()
    triage: Triage = Triage()
    at: AwareDatetime = Field(description="When it entered the file.")
    part_of: str = Field(default="", description="The message of this case whose ticket write it goes with, if any.")


class CaseFile(Frozen):
    """A whole case as it is exported: the root of the JSON Schema."""

    schema_version: int = SCHEMA_VERSION
    case: Case
    entries: tuple[Entry, ...] = ()
    tickets: tuple[Evidence, ...] = Field(default=(), description="Ticket references, named by backend.")
