"""What the words of a message say of it: the kinds of scam that they belong to, as findings with the advice to give.

Not here: the words themselves (`gateway.trust.texts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from gateway.case import Finding, Message, Severity, Span, Standing
from gateway.trust.directory import Directory
from gateway.trust.mentions import mentions
from gateway.trust.texts import TextFinding, read_text
from gateway.trust.verify import verify_claim

_ADVICE = {
    "recovery_scam": "advice-recovery",
    "refund_scam": "advice-recovery",
    "giveaway_scam": "advice-giveaway",
    "prize_scam": "advice-giveaway",
    "fake_support": "advice-fake-support",
    "asks_for_secret": "advice-fake-support",
    "asks_remote_access": "advice-fake-support",
    "asks_validation": "advice-fake-support",
    "security_urgency": "advice-fake-support",
    "task_scam": "advice-investment",
    "pig_butchering": "advice-investment",
    "investment_scam": "advice-investment",
}
"""What a user is told of it; of any other kind, to take care."""
_MAX_FORWARDED = 5
_MAX_NAMED = 20
_LEADING = frozenset({"fake_support", "asks_validation"})
"""Kinds that live by where they lead the reader."""


def told_by_text(message: Message, sender: Standing, directory: Directory, on: date) -> Iterator[Finding]:
    """Yield what the text, the subject and what is forwarded say; nothing of an official account's own words."""
    if sender is Standing.OFFICIAL:
        return
    seen: set[str] = set()
    for field, text in _texts(message):
        for told in read_text(text, message.platform) if text else ():
            if told.code in seen or (told.code in _LEADING and _leads_home(text, field, directory, on)):
                continue
            seen.add(told.code)
            yield _placed(_finding(told, field), message)
    if message.platform == "email" and message.subject and message.text:
        yield from _as_one(message, seen)


def _as_one(message: Message, seen: set[str]) -> Iterator[Finding]:
    """Yield what a mail says only with its subject and its text together: it is often begun in the one."""
    for told in read_text(f"{message.subject}\n{message.words}", message.platform):
        if told.code not in seen and told.start < len(message.subject):
            seen.add(told.code)
            yield _finding(replace(told, end=min(told.end, len(message.subject))), "subject")


def _placed(finding: Finding, message: Message) -> Finding:
    """Return a finding in the words of a message at its place: in the text, or in the signature below it."""
    span, length = finding.span, len(message.text)
    if span is None or span.field != "text" or span.end <= length:
        return finding
    if span.start < length:
        return finding.model_copy(update={"span": Span(field="text", start=span.start, end=length)})
    begin = span.start - length - 1
    there = Span(field="signature", start=max(begin, 0), end=span.end - length - 1)
    return finding.model_copy(update={"span": there})


def _leads_home(text: str, field: str, directory: Directory, on: date) -> bool:
    """Whether all that a text names is official, and something is: then it is help, in the words of help."""
    named = list(islice(mentions(text, field, directory), _MAX_NAMED))
    told = (verify_claim(each.claim, directory, on).standing for each in named)
    return bool(named) and all(standing is Standing.OFFICIAL for standing in told)


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    yield "text", message.words
    yield "subject", message.subject
    yield from (("forwarded", origin.text) for origin in message.forwarded[:_MAX_FORWARDED])


def _finding(told: TextFinding, field: str) -> Finding:
    mild = told.severity is Severity.NOTICE
    return Finding(
        code=told.code,
        severity=told.severity,
        confidence=told.confidence,
        technique="text",
        span=Span(field=field, start=told.start, end=told.end),
        reason=told.reason,
        advice="" if mild else _ADVICE.get(told.code, "advice-caution"),
    )
