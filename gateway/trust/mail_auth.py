"""Judges whether a mail's From domain was proven by the desk's own receiving server, and by nobody else.

Only the topmost Authentication-Results header of all is believed, and only when its authserv-id is ours: a sender can
write any header below it. A pass confirms the honest; it does not make anybody official (gateway/trust/assess.py does).
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.case import Evidence, Fact, FactOutcome, Message
from gateway.trust.auth_results import AuthResults, MethodResult, parse_auth_results
from gateway.trust.domains import Host, organisation, read_host

KIND = "mail_auth"
_HEADER = "authentication-results"
_SURELY_WHOLE = 1_000
_ERRORS = frozenset({"temperror", "permerror"})


def judge_mail_auth(message: Message, receivers: Sequence[str]) -> Fact:
    """Return the fact `mail_auth` about the domain of the From address; never raises."""
    domain = _from_domain(message)
    problem = _cannot_judge(message, receivers, domain)
    if problem or domain is None:
        return _fact(domain.ascii if domain else "", FactOutcome.COULD_NOT_CHECK, problem)
    results = parse_auth_results(message.said(_HEADER)[0])
    if results is None:
        return _fact(domain.ascii, FactOutcome.COULD_NOT_CHECK, "The receiving server's header cannot be read.")
    if results.authserv_id.rstrip(".") not in {name.lower().rstrip(".") for name in receivers}:
        reason = "The topmost Authentication-Results header is not of our own receiving server."
        return _fact(domain.ascii, FactOutcome.COULD_NOT_CHECK, reason)
    return _judge(results, domain.ascii)


def _from_domain(message: Message) -> Host | None:
    local, at, domain = message.sender.address.rpartition("@")
    host = read_host(domain) if at and local and "@" not in local else None
    return host if host is not None and host.exact and "." in host.ascii else None


def has_several_authors(message: Message) -> bool:
    """Whether a mail has several From lines or addresses: then its server's word is about one of them at most."""
    return bool(message.said("from")) or any(count not in ("0", "1") for count in message.said("from-count"))


def _cannot_judge(message: Message, receivers: Sequence[str], domain: Host | None) -> str:
    if not receivers:
        return "No receiving server of ours is configured, so nobody's word on the sender counts."
    if domain is None:
        return "The From line holds no single address."
    if has_several_authors(message):
        return "The mail has several From lines or addresses."
    said = message.said(_HEADER)
    if not said:
        return "The mail carries no Authentication-Results header."
    if len(said[0]) > _SURELY_WHOLE and any(note.code == "header_value_cut" for note in message.notes):
        return "The receiving server's header is too long and was cut."
    return ""


def _judge(results: AuthResults, domain: str) -> Fact:
    aligned = _aligned(results, domain)
    outcome, reason = _outcome(results, domain, aligned)
    said = {method: _summary(results.of(method)) for method in ("spf", "dkim", "dmarc")}
    said["aligned_domain"] = aligned if outcome is FactOutcome.PASS else ""
    return _fact(domain, outcome, reason, {**said, "authserv_id": results.authserv_id})


def _outcome(results: AuthResults, domain: str, aligned: str) -> tuple[FactOutcome, str]:
    dmarc = {item.result for item in results.of("dmarc")}
    if len(dmarc) > 1:
        return FactOutcome.COULD_NOT_CHECK, "The receiving server contradicts itself on DMARC."
    if "fail" in dmarc:
        return FactOutcome.FAIL, f"DMARC failed for {domain}."
    if "pass" in dmarc:
        return _dmarc_pass(results.of("dmarc"), domain)
    if aligned:
        return FactOutcome.PASS, f"{aligned} was proven and belongs to the same organisation as {domain}."
    return _nothing_aligned(results, domain, dmarc)


def _dmarc_pass(items: tuple[MethodResult, ...], domain: str) -> tuple[FactOutcome, str]:
    judged = [host.ascii for item in items if (host := read_host(item.get("header.from") or "")) is not None]
    if any(name != domain for name in judged):
        return FactOutcome.COULD_NOT_CHECK, "The receiving server judged another From domain than the one shown."
    return FactOutcome.PASS, f"DMARC passed for {domain}."


def _nothing_aligned(results: AuthResults, domain: str, dmarc: set[str]) -> tuple[FactOutcome, str]:
    spf = {item.result for item in results.of("spf")}
    dkim = {item.result for item in results.of("dkim")}
    if (spf | dkim | dmarc) & _ERRORS:
        return FactOutcome.COULD_NOT_CHECK, "The receiving server could not finish its checks."
    if spf == {"fail"} and dkim == {"fail"}:
        return FactOutcome.FAIL, f"SPF and DKIM failed, and nothing proves {domain}."
    return FactOutcome.NONE, f"The receiving server found nothing that proves {domain}."


def _aligned(results: AuthResults, domain: str) -> str:
    """Return the proven domain that shares the From domain's organisation, or nothing."""
    proven = [_signer(item) for item in results.of("dkim") if item.result == "pass"]
    proven += [_bounce_domain(item) for item in results.of("spf") if item.result == "pass"]
    return next((name for name in proven if name and _same_organisation(name, domain)), "")


def _signer(item: MethodResult) -> str:
    value = item.get("header.d") or (item.get("header.i") or "").rpartition("@")[2]
    host = read_host(value)
    return host.ascii if host is not None and host.exact else ""


def _bounce_domain(item: MethodResult) -> str:
    value = item.get("smtp.mailfrom", "smtp.mail", "envelope-from") or ""
    host = read_host(value.strip("<>").rpartition("@")[2])
    return host.ascii if host is not None and host.exact else ""


def _same_organisation(one: str, other: str) -> bool:
    return one == other or organisation(one) == organisation(other)


def _summary(items: tuple[MethodResult, ...]) -> str:
    return ",".join(dict.fromkeys(item.result for item in items))[:200]


def _fact(domain: str, outcome: FactOutcome, reason: str, said: dict[str, str] | None = None) -> Fact:
    evidence = tuple(Evidence(name=name, value=value) for name, value in (said or {}).items() if value)
    return Fact(kind=KIND, subject=domain, outcome=outcome, reason=reason, evidence=evidence)
