"""What our own checks of a mail mean for its From domain: pass, fail, none or could not check. Pure.

A fail needs three things: the owner of the domain asks for mail without proof to be refused or set apart, nothing that
could have proven it was left open, and no relay whom the desk trusts saw proof before. What strangers can write into a
mail, such as a seal of their own or the marks of a list, never undoes a fail that the owner asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.case import Evidence, Fact, FactOutcome
from gateway.trust.auth_results import AuthResults, MethodResult, parse_auth_results
from gateway.trust.domains import organisation, read_host

KIND = "mail_auth"
OWN = "gatehouse"
"""The evidence `checked_by` of what we found ourselves."""
_OPEN = frozenset({"", "temperror"})
_Judged = tuple[FactOutcome, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner of a domain asks for by DMARC; `asks` is `none`, `quarantine` or `reject`."""

    domain: str
    asks: str = "none"
    strict_dkim: bool = False
    strict_spf: bool = False


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found about one mail. Results are the words of RFC 8601; an empty one says that there was no check.

    `dkim` holds (domain, result) of each signature, `links` the (sealer, results) of each seal of a chain that holds,
    the oldest first; `policy_known` is false when the DNS gave no answer; `way` tells how the mail seems to have come,
    `dkim_why` and `arc_why` what is wrong with its signatures and seals.
    """

    domain: str
    spf: str = ""
    spf_domain: str = ""
    dkim: tuple[tuple[str, str], ...] = ()
    policy: Policy | None = None
    policy_known: bool = True
    arc: str = "none"
    links: tuple[tuple[str, str], ...] = ()
    sealed_author: bool = False
    sealers: frozenset[str] = frozenset()
    way: str = ""
    dkim_why: tuple[str, ...] = ()
    arc_why: str = ""


def judge_checks(checks: Checks) -> Fact:
    """Return the fact `mail_auth` about the From domain."""
    proof = _proof(checks)
    outcome, reason = _judge(checks, proof)
    said = {
        "spf": checks.spf,
        "spf_domain": _host(checks.spf_domain),
        "dkim": ",".join(dict.fromkeys(result for _, result in checks.dkim)) or "none",
        "dkim_why": "; ".join(dict.fromkeys(checks.dkim_why)),
        "dkim_domain": ",".join(dict.fromkeys(domain for domain, result in checks.dkim if result == "pass")),
        "dmarc": _dmarc(checks, proof),
        "policy": checks.policy.asks if checks.policy is not None else "",
        "arc": checks.arc,
        "arc_why": checks.arc_why,
        "aligned_domain": proof,
        "relay": checks.way,
        "checked_by": OWN,
    }
    evidence = tuple(Evidence(name=name, value=value[:200]) for name, value in said.items() if value)
    return Fact(kind=KIND, subject=checks.domain, outcome=outcome, reason=reason, evidence=evidence)


def vouched_for(told: Fact, checks: Checks) -> Fact:
    """Return what is to be said of a mail that the desk's own server found wanting, after what trusted relays saw."""
    vouched = _vouched(checks)
    if told.outcome is not FactOutcome.FAIL or vouched is None or vouched[0] is FactOutcome.FAIL:
        return told
    evidence = (*(item for item in told.evidence if item.name != "arc"), Evidence(name="arc", value=checks.arc))
    return told.model_copy(update={"outcome": vouched[0], "reason": vouched[1], "evidence": evidence})


def _judge(checks: Checks, proof: str) -> _Judged:
    domain = checks.domain
    if proof:
        return FactOutcome.PASS, f"{proof} was proven and belongs to the same organisation as {domain}."
    vouched = _vouched(checks)
    if vouched is not None and vouched[0] is not FactOutcome.FAIL:
        return vouched
    if left := _left_open(checks):
        return FactOutcome.COULD_NOT_CHECK, f"Nothing proves {domain}, but {left}."
    if checks.policy is None:
        return _without_policy(checks)
    if checks.policy.asks == "none":
        return FactOutcome.NONE, f"Nothing proves {domain}; its owner asks for nothing to follow from that (p=none)."
    by = f", which came by {checks.way}" if checks.way else ""
    return (
        FactOutcome.FAIL,
        f"DMARC failed for {domain}{by}; its owner asks for that to count (p={checks.policy.asks}).",
    )


def _without_policy(checks: Checks) -> _Judged:
    if checks.spf == "fail" and is_same(checks.spf_domain, checks.domain) and not checks.way:
        return FactOutcome.FAIL, f"{checks.domain} lets nobody else send its mail (SPF -all), and somebody else did."
    by = f" It came by {checks.way}, who may have broken the proof." if checks.way else ""
    return FactOutcome.NONE, f"Nothing proves {checks.domain}, which has no DMARC policy.{by}"


def _proof(checks: Checks) -> str:
    """Return the proven domain that stands for the From domain (RFC 7489, section 3.1), or nothing."""
    policy = checks.policy or Policy(checks.domain)
    for domain, result in checks.dkim:
        if result == "pass" and _aligned(domain, checks.domain, strict=policy.strict_dkim):
            return domain
    if checks.spf == "pass" and _aligned(_host(checks.spf_domain), checks.domain, strict=policy.strict_spf):
        return checks.spf_domain
    return ""


def _dmarc(checks: Checks, proof: str) -> str:
    if not checks.policy_known:
        return "temperror"
    if checks.policy is None:
        return "none"
    if proof:
        return "pass"
    return "temperror" if _left_open(checks) else "fail"


def _left_open(checks: Checks) -> str:
    """Return what could still have proven the From domain, had it been checked."""
    if checks.spf in _OPEN and (not checks.spf_domain or is_same(checks.spf_domain, checks.domain)):
        return "SPF could not be checked"
    if any(result == "temperror" and is_same(domain, checks.domain) for domain, result in checks.dkim):
        return "a signature of its could not be checked"
    if not checks.policy_known:
        return "the DNS did not tell its policy"
    sealer = checks.links[-1][0] if checks.links else ""
    trusted = checks.arc == "temperror" and _is_trusted(sealer, checks.sealers)
    return "the chain of its relays could not be checked" if trusted else ""


def _vouched(checks: Checks) -> _Judged | None:
    """Return what the relays whom the desk trusts had found, when all seals after theirs are of such relays too."""
    if checks.arc != "pass" or not checks.sealed_author:
        return None
    worst: _Judged | None = None
    for sealer, text in reversed(checks.links):
        if not _is_trusted(sealer, checks.sealers):
            break
        results = parse_auth_results(text)
        found = _told(results, checks.domain) if results is not None else FactOutcome.NONE
        if found is FactOutcome.PASS:
            return found, f"{sealer}, whom the desk trusts, had found {checks.domain} proven before it passed it on."
        worst = found, f"{sealer}, whom the desk trusts, passed it on, and had found nothing that proves its sender."
    return worst


def _told(results: AuthResults, domain: str) -> FactOutcome:
    dmarc = [item for item in results.of("dmarc") if _host(item.get("header.from") or "") == domain]
    if any(item.result == "pass" for item in dmarc) or any(is_same(name, domain) for name in _proven(results)):
        return FactOutcome.PASS
    return FactOutcome.FAIL if any(item.result == "fail" for item in dmarc) else FactOutcome.NONE


def _proven(results: AuthResults) -> list[str]:
    """Return the domains that a server says it found proven."""
    return [signer(item) for item in results.of("dkim") if item.result == "pass"] + [
        bounce_domain(item) for item in results.of("spf") if item.result == "pass"
    ]


def signer(item: MethodResult) -> str:
    """Return the domain that a DKIM result is about, or nothing."""
    return _host(item.get("header.d") or (item.get("header.i") or "").rpartition("@")[2])


def bounce_domain(item: MethodResult) -> str:
    """Return the domain that an SPF result is about, or nothing."""
    value = item.get("smtp.mailfrom", "smtp.mail", "envelope-from") or ""
    return _host(value.strip("<>").rpartition("@")[2])


def _host(text: str) -> str:
    host = read_host(text)
    return host.ascii if host is not None and host.exact else ""


def _is_trusted(sealer: str, trusted: frozenset[str]) -> bool:
    return any(sealer == name or sealer.endswith(f".{name}") for name in trusted)


def _aligned(proven: str, domain: str, *, strict: bool) -> bool:
    return proven == domain if strict else is_same(proven, domain)


def is_same(one: str, other: str) -> bool:
    """Whether two domains are of one organisation, by the public suffix list with its private section."""
    return bool(one) and (one == other or organisation(one) == organisation(other))
