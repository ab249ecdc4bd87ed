"""Judges whether a mail's From domain was proven by the desk's own receiving server, and by nobody else.

Only the topmost Authentication-Results header of all is believed, and only when its authserv-id is ours: a sender can
write any header below it. A pass confirms the honest; it does not make anybody official (gateway/trust/assess.py does).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.case import Evidence, Fact, FactOutcome, Message
from gateway.trust.auth_results import AuthResults, MethodResult, parse_auth_results
from gateway.trust.domains import Host, read_host
from gateway.trust.mail_relay import list_author, way_here
from gateway.trust.mail_verdict import KIND as KIND
from gateway.trust.mail_verdict import bounce_domain, is_same, signer

_HEADER = "authentication-results"
_SURELY_WHOLE = 1_000
_SHOWN = frozenset({
    "from", "reply-to", "subject", "message-id", "in-reply-to", "references", "content-type",
    "content-transfer-encoding",
})  # fmt: skip
"""The fields that a case takes its author, its text and its thread from."""
_NAME = re.compile(r"[a-z-]+")
_ERRORS = frozenset({"temperror", "permerror"})
_POLICY = re.compile(r"(?:^|\s)p(?:olicy)?=(none|quarantine|reject)\b", re.IGNORECASE)
_POLICY_NAMES = ("policy.published-domain-policy", "policy.dmarc", "action")


def judge_mail_auth(message: Message, receivers: Sequence[str]) -> Fact:
    """Return the fact `mail_auth` about the domain of the From address; never raises."""
    domain = from_domain(message)
    problem = _cannot_judge(message, receivers, domain)
    if problem or domain is None:
        return _fact(domain.ascii if domain else "", FactOutcome.COULD_NOT_CHECK, problem)
    results = parse_auth_results(message.said(_HEADER)[0])
    if results is None:
        return _fact(domain.ascii, FactOutcome.COULD_NOT_CHECK, "The receiving server's header cannot be read.")
    if results.authserv_id.rstrip(".") not in {name.lower().rstrip(".") for name in receivers}:
        reason = "The topmost Authentication-Results header is not of our own receiving server."
        return _fact(domain.ascii, FactOutcome.COULD_NOT_CHECK, reason)
    return without_doubts(message, _judge(results, domain.ascii, way_here(message)))


def without_doubts(message: Message, fact: Fact) -> Fact:
    """Take a pass away that may not be this author's with this text.

    So is one of a list, for whoever may write to it would pass under its address; and one of a mail that gives twice
    what is shown of it, for the pass is about the lowest and the case shows the topmost. A fail stays one.
    """
    if fact.outcome is not FactOutcome.PASS:
        return fact
    if author := list_author(message):
        reason = f"A mailing list put its own address {author} into From: that proves the list, and not who wrote it."
        return fact.model_copy(update={"outcome": FactOutcome.NONE, "reason": reason})
    if repeated := _repeated(message):
        reason = f"The mail gives {', '.join(repeated)} more than once: which of them was proven cannot be told."
        return fact.model_copy(update={"outcome": FactOutcome.COULD_NOT_CHECK, "reason": reason})
    return fact


def _repeated(message: Message) -> list[str]:
    """Return the fields of `_SHOWN` that the normalizer found more than once."""
    details = [note.detail for note in message.notes if note.code == "header_repeated"]
    return [name for detail in details for name in _NAME.findall(detail.rpartition(":")[2]) if name in _SHOWN]


def is_proven(facts: Sequence[Fact], address: str) -> bool:
    """Whether a mail's From address was proven to be of its domain; one doubt among several facts is a doubt."""
    host = read_host(address.rpartition("@")[2])
    about = {fact.outcome for fact in facts if fact.kind == KIND and host is not None and fact.subject == host.ascii}
    return about == {FactOutcome.PASS}


def from_domain(message: Message) -> Host | None:
    """Return the domain of the From address; None when that is none."""
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


def _judge(results: AuthResults, domain: str, way: str) -> Fact:
    aligned = _aligned(results, domain)
    outcome, reason = _outcome(results, domain, aligned, way)
    said = {method: _summary(results.of(method)) for method in ("spf", "dkim", "dmarc", "arc")}
    said["policy"] = _policy(results)
    said["aligned_domain"] = aligned if outcome is FactOutcome.PASS else ""
    return _fact(domain, outcome, reason, {**said, "relay": way, "authserv_id": results.authserv_id})


def _outcome(results: AuthResults, domain: str, aligned: str, way: str) -> tuple[FactOutcome, str]:
    dmarc = {item.result for item in results.of("dmarc")}
    if len(dmarc) > 1:
        return FactOutcome.COULD_NOT_CHECK, "The receiving server contradicts itself on DMARC."
    if "fail" in dmarc:
        return _dmarc_fail(results, domain)
    if "pass" in dmarc:
        return _dmarc_pass(results.of("dmarc"), domain)
    if aligned:
        return FactOutcome.PASS, f"{aligned} was proven and belongs to the same organisation as {domain}."
    return _nothing_aligned(results, domain, dmarc, way)


def _dmarc_fail(results: AuthResults, domain: str) -> tuple[FactOutcome, str]:
    """A server that does not tell the policy is taken to have found one that asks for the fail to count."""
    if _policy(results) == "none":
        reason = f"Nothing proves {domain}; its owner asks for nothing to follow from that (p=none)."
        return FactOutcome.NONE, reason
    return FactOutcome.FAIL, f"DMARC failed for {domain}."


def _policy(results: AuthResults) -> str:
    """Return the policy that the server says it found; the strictest, should it name several."""
    found: set[str] = set()
    for item in results.of("dmarc"):
        named = (item.get(name) or "" for name in _POLICY_NAMES)
        found.update(value.lower() for value in named if _POLICY.fullmatch(f"p={value}"))
        found.update(each[1].lower() for text in item.comments for each in _POLICY.finditer(text))
    return next((asked for asked in ("reject", "quarantine", "none") if asked in found), "")


def _dmarc_pass(items: tuple[MethodResult, ...], domain: str) -> tuple[FactOutcome, str]:
    judged = [host.ascii for item in items if (host := read_host(item.get("header.from") or "")) is not None]
    if any(name != domain for name in judged):
        return FactOutcome.COULD_NOT_CHECK, "The receiving server judged another From domain than the one shown."
    return FactOutcome.PASS, f"DMARC passed for {domain}."


def _nothing_aligned(results: AuthResults, domain: str, dmarc: set[str], way: str) -> tuple[FactOutcome, str]:
    spf = {item.result for item in results.of("spf")}
    dkim = {item.result for item in results.of("dkim")}
    if (spf | dkim | dmarc) & _ERRORS:
        return FactOutcome.COULD_NOT_CHECK, "The receiving server could not finish its checks."
    if spf == {"fail"} and dkim == {"fail"} and way:
        return FactOutcome.NONE, f"Nothing proves {domain}. It came by {way}, who may have broken the proof."
    if spf == {"fail"} and dkim == {"fail"}:
        return FactOutcome.FAIL, f"SPF and DKIM failed, and nothing proves {domain}."
    return FactOutcome.NONE, f"The receiving server found nothing that proves {domain}."


def _aligned(results: AuthResults, domain: str) -> str:
    """Return the proven domain that shares the From domain's organisation, or nothing."""
    proven = [signer(item) for item in results.of("dkim") if item.result == "pass"]
    proven += [bounce_domain(item) for item in results.of("spf") if item.result == "pass"]
    return next((name for name in proven if name and is_same(name, domain)), "")


def _summary(items: tuple[MethodResult, ...]) -> str:
    return ",".join(dict.fromkeys(item.result for item in items))[:200]


def _fact(domain: str, outcome: FactOutcome, reason: str, said: dict[str, str] | None = None) -> Fact:
    evidence = tuple(Evidence(name=name, value=value) for name, value in (said or {}).items() if value)
    return Fact(kind=KIND, subject=domain, outcome=outcome, reason=reason, evidence=evidence)
