"""What the engine tells itself through the journal: timers, files fetched, replies lost, its patrol, transfers.

Each is a raw of the engine's own and then an event: so it is decided on once, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from gateway import wake
from gateway.case import AttachmentState, Case, Fact, Frozen, Party
from gateway.dialogue import Place
from gateway.errors import MalformedError
from gateway.incidents import Incident
from gateway.journal import ChallengeIntent, Fate, FileIntent, FreezeIntent, State, StoredEffect
from gateway.ports import (
    Altered,
    ChallengeEnded,
    Event,
    Fetched,
    FreezeTold,
    IncidentNews,
    Key,
    NormalizerPlugin,
    Raw,
    Spotted,
    StreamId,
    Transferred,
    Undelivered,
)
from gateway.ports.events import ChallengeOutcome, FreezeOutcome
from gateway.ports.risk import FreezeResult
from gateway.wake import ENGINE

FILES = StreamId("files")
"""The stream of what came of fetching files."""
SENT = StreamId("sent")
"""The stream of what did not arrive."""
PATROL = StreamId("patrol")
"""The stream of what the patrol has found."""
TRANSFERS = StreamId("transfers")
"""The stream of cases that operators gave to another ticket system."""
FREEZES = StreamId("freezes")
"""The stream of what came of freezing accounts."""
CHALLENGES = StreamId("challenges")
"""The stream of what customers answered who were asked for a second factor."""
INCIDENTS = StreamId("incidents")
"""The stream of what becomes of known incidents."""
_FETCHED = "application/vnd.gatehouse.fetched+json"
_UNDELIVERED = "application/vnd.gatehouse.undelivered+json"
_SPOTTED = "application/vnd.gatehouse.spotted+json"
_ALTERED = "application/vnd.gatehouse.altered+json"
_TRANSFERRED = "application/vnd.gatehouse.transferred+json"
_INCIDENT = "application/vnd.gatehouse.incident+json"
_FROZEN = "application/vnd.gatehouse.freeze+json"
_CHALLENGED = "application/vnd.gatehouse.challenge+json"


class FileOutcome(Frozen):
    """What came of fetching one file."""

    state: AttachmentState
    size: int = 0
    sha256: str | None = None
    detected_type: str | None = None
    reason: str = ""
    codes: Fact | None = None


def fetched(file: FileIntent, key: str, outcome: FileOutcome, now: datetime) -> Raw:
    """Return the raw that tells what came of fetching a file; in the lane of its message."""
    names = {"message_id": file.message_id, "attachment_id": file.attachment_id}
    return _raw(FILES, Key(key), f"{file.channel}:{file.lane}", _FETCHED, outcome.model_dump(mode="json") | names, now)


def undelivered(item: StoredEffect, fate: Fate, unreachable: bool, now: datetime) -> Raw:
    """Return the raw that tells of a reply that did not arrive, or may not have."""
    reply = item.effect.reply
    told = {
        "case_id": item.effect.case_id or (reply.case_id if reply else ""),
        "channel": item.effect.target,
        "to": (reply.to if reply else Party(platform="")).model_dump(mode="json"),
        "kind": item.effect.kind,
        "maybe": fate.state is State.MAYBE_SENT,
        "unreachable": unreachable,
        "reason": fate.reason,
    }
    lane = f"{item.effect.target}:{reply.to.address if reply else ''}"
    return _raw(SENT, Key(f"{item.effect.key}:undelivered:{fate.state}"), lane, _UNDELIVERED, told, now)


def spotted(name: str, told: Mapping[str, object], now: datetime) -> Raw:
    """Return the raw that tells of a look-alike: the fields of `Spotted`. Of one name only the first is ever taken."""
    return _raw(PATROL, Key(name), f"patrol:{name}", _SPOTTED, told, now)


def altered(name: str, lane: str, told: Mapping[str, object], now: datetime) -> Raw:
    """Return the raw that tells of something official: the fields of `Altered`. Names are as those of `spotted`."""
    return _raw(PATROL, Key(name), f"patrol:{lane}", _ALTERED, told, now)


def transferred(case_id: str, to: str, by: str, now: datetime) -> Raw:
    """Return the raw that tells of a case that was given to another ticket system."""
    told = {"case_id": case_id, "to": to, "by": by}
    return _raw(TRANSFERS, Key(f"{case_id}:{to}:{now.isoformat()}"), f"transfer:{case_id}", _TRANSFERRED, told, now)


def freeze_told(key: str, freeze: FreezeIntent, outcome: FreezeOutcome, about: FreezeResult, now: datetime) -> Raw:
    """Return the raw that tells what came of a freeze; of one effect each is taken once, and of its end the first."""
    told = {
        "case_id": freeze.case_id,
        "danger": freeze.reason,
        "outcome": outcome,
        "account_id": freeze.account_id,
        "claimed_account_id": freeze.claimed_account_id,
        "reference": about.reference,
        "until": about.until,
        "reason": about.reason,
    }
    name = outcome if outcome in ("late", "given_up") else "answered"
    return _raw(FREEZES, Key(f"{key}:{name}"), f"freeze:{freeze.case_id}", _FROZEN, told, now)


def challenge_ended(key: str, challenge: ChallengeIntent, outcome: ChallengeOutcome, now: datetime) -> Raw:
    """Return the raw that tells what a customer answered; of one challenge the first is taken."""
    told = challenge.model_dump(mode="json", include={"case_id", "account_id", "purpose"}) | {"outcome": outcome}
    name = "failed" if outcome == "failed" else "answered"
    return _raw(CHALLENGES, Key(f"{key}:{name}"), f"challenge:{challenge.case_id}", _CHALLENGED, told, now)


def incident_linked(incident: Incident, case_id: str, now: datetime) -> Raw:
    """Return the raw that tells of a case which an incident concerns that was opened after it."""
    told = {"kind": "linked", "incident": incident.number, "case_id": case_id}
    return _incident(incident, case_id, ":linked", told, now)


def incident_ended(incident: Incident, case: Case, place: Place | None, now: datetime) -> Raw:
    """Return the raw that tells a case that its incident is over: it holds all that its user is told."""
    told: dict[str, object] = {"kind": "ended", "incident": incident.number, "case_id": case.id}
    told |= {"title": dict(incident.title), "ending": dict(incident.ending)}
    if place is not None:
        told |= {"channel": place.channel, "address": place.address}
    return _incident(incident, case.id, "", told, now)


def _incident(incident: Incident, case_id: str, what: str, told: Mapping[str, object], now: datetime) -> Raw:
    name = f"incident:{incident.number}:{case_id}{what}"
    return _raw(INCIDENTS, Key(name), f"incident:{case_id}", _INCIDENT, told, now)


def normalize(raw: Raw) -> Sequence[Event]:
    """Return the event that a raw of the engine's own holds."""
    kind = _KINDS.get(raw.media_type)
    if kind is None:
        return wake.normalize(raw)
    try:
        told = _OBJECT.validate_json(raw.body)
        return (kind.model_validate(told | {"provenance": NORMALIZER.provenance(raw)}),)
    except ValidationError:
        raise MalformedError("this is nothing that the engine has told itself") from None


NORMALIZER = NormalizerPlugin(name="engine", version=1, normalize=normalize)
_Own = Fetched | Undelivered | Spotted | Altered | Transferred | FreezeTold | IncidentNews | ChallengeEnded
_KINDS: Mapping[str, type[_Own]] = MappingProxyType(
    {
        _FETCHED: Fetched,
        _UNDELIVERED: Undelivered,
        _SPOTTED: Spotted,
        _ALTERED: Altered,
        _TRANSFERRED: Transferred,
        _INCIDENT: IncidentNews,
        _FROZEN: FreezeTold,
        _CHALLENGED: ChallengeEnded,
    }
)
_OBJECT: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
_JSON: TypeAdapter[Mapping[str, object]] = TypeAdapter(Mapping[str, object])


def _raw(stream: StreamId, key: Key, lane: str, media_type: str, told: Mapping[str, object], now: datetime) -> Raw:
    body = _JSON.dump_json(told)
    return Raw(ENGINE, stream, key, lane, body, media_type, now, len(body))
