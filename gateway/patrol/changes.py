"""What is news: compares what was found with the last time, and with what has to be. Pure.

A problem is something that has to be mended whenever it was noticed first; it is new once and stands until it ends. A
change is a difference between two findings. A fact that could not be checked is as it was last time, so it is neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.case import Severity
from gateway.patrol.policies import ENDINGS, MOST_LOOKUPS, STRENGTH
from gateway.patrol.values import ABSENT, SUSPENDED, THERE, Change, Kind, Seen, Subject

EXPIRES_SOON = timedelta(days=14)
"""A certificate that ends within that time should have been renewed: the usual clients do so a month before."""
_FULL = "100"

Facts = Mapping[str, str]
_Told = tuple[str, Severity, str, str]
"""Code, severity, the fact that it was told from, and a sentence."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing yields: what is new, what stands, and what is to be remembered."""

    changes: tuple[Change, ...]
    standing: tuple[Change, ...]
    seen: Mapping[Subject, Seen]


def compare(last: Mapping[Subject, Seen], now: Mapping[Subject, Seen], at: datetime) -> Compared:
    """Compare all that was found now with what was remembered; subjects that were not looked at stay as they were."""
    changes: list[Change] = []
    standing: list[Change] = []
    seen = dict(last)
    for subject, found in now.items():
        before = last.get(subject)
        merged = _merged(before, found)
        new, old = _news(before, merged, at)
        changes += new
        standing += old
        seen[subject] = merged
        if not subject.kind.is_ours and merged.facts.get("state") != THERE:
            del seen[subject]
    return Compared(tuple(changes), tuple(standing), seen)


def _merged(before: Seen | None, found: Seen) -> Seen:
    """Let what could not be checked now be as it was."""
    if before is None:
        return found
    return replace(found, facts={**before.facts, **found.facts}, first_at=before.first_at)


def _news(before: Seen | None, found: Seen, at: datetime) -> tuple[list[Change], list[Change]]:
    was = dict(before.facts) if before is not None else {}
    kind = found.subject.kind
    known = {_named(told, was) for told in _problems(kind, was, before.at)} if before is not None else set()
    changes = [_change(found, was, told) for told in _differences(kind, was, found.facts)]
    told_of = {change.fact for change in changes}
    standing = []
    for told in _problems(kind, found.facts, at):
        if _named(told, found.facts) in known:
            standing.append(_change(found, was, told))
        elif told[2] not in told_of:
            changes.append(_change(found, was, told))
    return changes, standing


def _named(told: _Told, facts: Facts) -> tuple[str, str]:
    """Return what makes a problem the same one as last time: who holds a name is another problem with each holder."""
    code, _, fact, _ = told
    return code, facts.get(fact, "") if code in ("account_taken", "account_renamed") else ""


def _change(found: Seen, was: Facts, told: _Told) -> Change:
    code, severity, fact, reason = told
    before, after = was.get(fact, ""), found.facts.get(fact, "")
    return Change(code, found.subject, found.brand, severity, fact, reason, before, after)


def _problems(kind: Kind, facts: Facts, at: datetime) -> Iterator[_Told]:
    """Yield what has to be otherwise."""
    match kind:
        case Kind.ACCOUNT:
            yield from _account_problems(facts)
        case Kind.DOMAIN:
            yield from _domain_problems(facts, at)
        case _:
            if facts.get("state") == THERE:
                severity = Severity(facts.get("severity") or Severity.NOTICE)
                yield "look_alike_found", severity, "state", "a look-alike exists"


def _differences(kind: Kind, was: Facts, now: Facts) -> Iterator[_Told]:
    """Yield what is otherwise than it was; of what was not known before nothing is."""
    rules = _RULES[kind]
    for fact, rule in rules.items():
        if fact in was and fact in now and was[fact] != now[fact] and (told := rule(was, now)) is not None:
            code, severity, reason = told
            yield code, severity, fact, reason


# Accounts


def _account_problems(facts: Facts) -> Iterator[_Told]:
    listed, holder, state = facts.get("listed_id", ""), facts.get("holder"), facts.get("state")
    if listed and holder and holder != listed:
        reason = f"its name leads to another account, number {holder}; see who took it"
        yield "account_taken", Severity.DANGER, "holder", reason
    if state == ABSENT:
        yield "account_absent", Severity.DANGER, "state", "the platform knows no such account; see who closed it"
    elif state == SUSPENDED:
        yield "account_suspended", Severity.DANGER, "state", "the platform has suspended it; ask the platform why"
    elif holder == "":
        yield "account_name_free", Severity.DANGER, "holder", "nobody bears its name, so that anybody can take it"
    if facts.get("renamed"):
        reason = f"it bears another name now, {facts['renamed']}; correct the directory, or see who renamed it"
        yield "account_renamed", Severity.WARNING, "renamed", reason


_Rule = Callable[[Facts, Facts], tuple[str, Severity, str] | None]


def _of_state(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    return ("account_back", Severity.NOTICE, "it is there again") if now["state"] == THERE else None


def _of_holder(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    listed = now.get("listed_id", "")
    if listed or not (was["holder"] and now["holder"]):
        # With a number in the directory it is a problem, not a difference.
        return None
    reason = f"its name leads to another account than before, number {now['holder']}; see who took it"
    return "account_taken", Severity.DANGER, reason


def _of_mark(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    if now["verified"] != "true":
        return "mark_lost", Severity.WARNING, "it has lost its verification mark"
    return "mark_gained", Severity.NOTICE, "it has a verification mark now"


def _of_mark_type(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    if was.get("verified") != now.get("verified"):
        return None
    told = f"its mark is of another type, {now['verified_type'] or 'none'} instead of {was['verified_type'] or 'none'}"
    return "mark_changed", Severity.WARNING, told


def _of_affiliation(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    if not now["affiliation"]:
        return "affiliation_lost", Severity.WARNING, "it is no longer shown as belonging to another account"
    return "affiliation_changed", Severity.WARNING, "it is shown as belonging to another account than before"


def _of_name(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    return "name_changed", Severity.NOTICE, "it has another display name"


def _of_withheld(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    return ("account_withheld", Severity.WARNING, "the platform withholds it in a country") if now["withheld"] else None


# Domains


def _domain_problems(facts: Facts, at: datetime) -> Iterator[_Told]:
    if facts.get("state") == ABSENT:
        yield "domain_absent", Severity.DANGER, "state", "the DNS knows no such domain; see that it is still yours"
        return
    yield from _dmarc_problems(facts)
    yield from _spf_problems(facts)
    yield from _certificate_problems(facts, at)


def _dmarc_problems(facts: Facts) -> Iterator[_Told]:
    dmarc = facts.get("dmarc")
    if dmarc is None:
        return
    if not STRENGTH[dmarc]:
        told = "its DMARC policy cannot be read" if dmarc else "it has no DMARC policy"
        yield "dmarc_missing", Severity.WARNING, "dmarc", f"{told}; anybody can send mail in its name"
    elif dmarc != "reject":
        told = f"its DMARC policy is {dmarc}; only reject keeps forged mail out"
        yield "dmarc_weak", Severity.WARNING if dmarc == "none" else Severity.NOTICE, "dmarc", told
    elif facts.get("dmarc_percent", _FULL) != _FULL:
        told = f"its DMARC policy holds for {facts['dmarc_percent']} % of the mails alone"
        yield "dmarc_partial", Severity.WARNING, "dmarc_percent", told
    elif STRENGTH[facts.get("dmarc_sub", "reject")] < STRENGTH["reject"]:
        told = f"its DMARC policy for subdomains is {facts['dmarc_sub'] or 'none'}; anybody can write as one of them"
        yield "dmarc_sub_weak", Severity.WARNING, "dmarc_sub", told


def _spf_problems(facts: Facts) -> Iterator[_Told]:
    spf = facts.get("spf")
    if spf == "":
        yield "spf_missing", Severity.WARNING, "spf", "it has no SPF policy; write one that ends in -all"
    elif spf == "broken":
        yield "spf_broken", Severity.WARNING, "spf", "its SPF policy cannot be read by anybody, or includes one that is"
    elif spf in ("pass", "neutral"):
        yield "spf_weak", Severity.WARNING, "spf", "its SPF policy lets anybody send in its name; end it in -all"
    lookups = facts.get("spf_lookups", "")
    if lookups and int(lookups) > MOST_LOOKUPS:
        told = f"its SPF policy costs {lookups} look-ups; above {MOST_LOOKUPS} receivers give up on it"
        yield "spf_too_long", Severity.WARNING, "spf_lookups", told


def _certificate_problems(facts: Facts, at: datetime) -> Iterator[_Told]:
    if until := facts.get("certificate_until"):
        left = datetime.fromisoformat(until) - at
        if left <= timedelta(0):
            yield "certificate_expired", Severity.DANGER, "certificate_until", f"its certificate has ended on {until}"
            return
        if left < EXPIRES_SOON:
            told = f"its certificate ends on {until}, in {left.days} days"
            yield "certificate_expires", Severity.WARNING, "certificate_until", told
    if facts.get("certificate_matches") == "":
        yield "certificate_of_another", Severity.DANGER, "certificate_matches", "its certificate is another host's"
    elif facts.get("certificate_doubt"):
        told = f"its certificate is not to be trusted: {facts['certificate_doubt']}"
        yield "certificate_untrusted", Severity.DANGER, "certificate_doubt", told


def _of_dmarc(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    told = f"its DMARC policy is {now['dmarc'] or 'gone'} instead of {was['dmarc'] or 'none at all'}"
    if STRENGTH[now["dmarc"]] < STRENGTH[was["dmarc"]]:
        return "dmarc_weakened", Severity.DANGER, told
    return "dmarc_strengthened", Severity.NOTICE, told


def _of_dmarc_sub(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    if was.get("dmarc") != now.get("dmarc") or STRENGTH[now["dmarc_sub"]] >= STRENGTH[was["dmarc_sub"]]:
        return None
    told = f"its DMARC policy for subdomains is {now['dmarc_sub'] or 'gone'} instead of {was['dmarc_sub']}"
    return "dmarc_weakened", Severity.DANGER, told


def _of_spf(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    told = f"its SPF policy says {now['spf'] or 'nothing'} of everybody else instead of {was['spf'] or 'nothing'}"
    if ENDINGS[now["spf"]] < ENDINGS[was["spf"]]:
        return "spf_weakened", Severity.WARNING, told
    return "spf_strengthened", Severity.NOTICE, told


def _of_mx(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    told = f"its mail goes to {now['mx'] or 'nobody'} instead of {was['mx'] or 'nobody'}; see who changed it"
    return "mx_changed", Severity.DANGER, told


def _of_dnssec(was: Facts, now: Facts) -> tuple[str, Severity, str]:
    if now["dnssec"]:
        return "dnssec_gained", Severity.NOTICE, "it is signed by DNSSEC now"
    return "dnssec_lost", Severity.WARNING, "it is signed by DNSSEC no more"


def _domain_back(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    return ("domain_back", Severity.NOTICE, "the DNS knows it again") if now["state"] == THERE else None


# Look-alikes


def _alike_gone(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    if now["state"] == THERE:
        return None
    told = "a look-alike is suspended" if now["state"] == SUSPENDED else "a look-alike is gone"
    return "look_alike_gone", Severity.NOTICE, told


def _alike_mail(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    return ("look_alike_mail", Severity.WARNING, "a look-alike can receive mail now") if not was["mx"] else None


_ORDER = ("", *Severity)


def _alike_worse(was: Facts, now: Facts) -> tuple[str, Severity, str] | None:
    if _ORDER.index(now["severity"]) <= _ORDER.index(was["severity"]):
        return None
    return "look_alike_worse", Severity(now["severity"]), "a look-alike resembles yours more than before"


_RULES: Mapping[Kind, Mapping[str, _Rule]] = {
    Kind.ACCOUNT: {
        "state": _of_state,
        "holder": _of_holder,
        "verified": _of_mark,
        "verified_type": _of_mark_type,
        "affiliation": _of_affiliation,
        "name": _of_name,
        "withheld": _of_withheld,
    },
    Kind.DOMAIN: {
        "state": _domain_back,
        "dmarc": _of_dmarc,
        "dmarc_sub": _of_dmarc_sub,
        "spf": _of_spf,
        "mx": _of_mx,
        "dnssec": _of_dnssec,
    },
    Kind.ALIKE_ACCOUNT: {"state": _alike_gone, "severity": _alike_worse},
    Kind.ALIKE_DOMAIN: {"state": _alike_gone, "mx": _alike_mail, "severity": _alike_worse},
}
