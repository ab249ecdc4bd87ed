"""What came of having an account frozen: a note for the agents in plain words, and a tag on the case. Pure."""

from __future__ import annotations

from datetime import datetime

from gateway.casework import filing
from gateway.casework.values import Outcome, Policy
from gateway.past import Past
from gateway.ports import FreezeTold

FROZEN = "frozen"
"""The tag of cases whose account the risk system has frozen."""
_DANGERS = {
    "account_stolen": "the account seems to be stolen",
    "secret_shared": "a secret was given away",
    "scam_under_way": "a scam seems to be under way",
}


def decide_freeze(event: FreezeTold, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents, and mark the case of an account that is frozen."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: a freeze without its case")
    changed = filing.changed(case, now)
    if event.outcome in ("frozen", "already"):
        changed = filing.tagged(changed, FROZEN, on=True)
    name = f"{event.provenance.source}:{event.provenance.key}"
    return Outcome(
        note=f"freeze of {case.id}: {event.outcome}",
        cases=(changed,),
        effects=(filing.note(name, changed, policy, told(event)),),
    )


def told(event: FreezeTold) -> str:
    """Return what the agents are told."""
    why = _DANGERS.get(event.danger, event.danger)
    account = f"account {event.account_id}" if event.account_id else "the account of whoever wrote this"
    match event.outcome:
        case "frozen":
            said = f"The risk system has frozen {account}, since {why}."
        case "already":
            said = f"The risk system says that {account} is frozen already."
        case "refused":
            said = (
                f"The risk system did not freeze {account}{_because(event.reason)} Look at it yourself at once: {why}."
            )
        case "late":
            said = (
                f"The risk system could not be reached yet{_because(event.reason)} It is tried on. Freeze {account} by "
                f"hand: {why}."
            )
        case _:
            said = (
                f"The risk system could not be told to freeze {account}{_because(event.reason)} It is not tried any "
                f"more. Freeze it by hand: {why}."
            )
    more = (
        f" Its reference: {event.reference}." if event.reference else "",
        f" Until {event.until:%Y-%m-%d %H:%M} UTC." if event.until is not None else "",
        _claim(event),
    )
    return said + "".join(more)


def _because(reason: str) -> str:
    return f": {reason.rstrip('.')}." if reason else "."


def _claim(event: FreezeTold) -> str:
    if not event.claimed_account_id:
        return ""
    return f" The text names account {event.claimed_account_id}; nothing proves that it is the writer's."
