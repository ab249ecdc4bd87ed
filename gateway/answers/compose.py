"""The texts we send: which sentences, in which order, in which language.

Nothing that a user wrote becomes part of an automatic text, so that nobody can have us carry his words to a third
person under a forged sender; a look-alike is named only if `gateway.answers.names` lets it pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from gateway.answers.first import NO_HELP, Help
from gateway.answers.locales import Locales
from gateway.answers.names import defanged, many_lines, one_line
from gateway.case import Assessment, Case, Finding

MAX_SUBJECT = 200
"""Characters of a subject, the case number included."""

MAX_NAMES = 3
"""Names that one warning lists."""

_MAX_BRAND = 60
_MAX_FILE = 120
_MAX_OFFICIAL = 120
_ANSWERED = re.compile(
    r"\A(?:(?:re|aw|sv|antw|ynt|res|rv|отв|balas|回复|回覆|答复|返信|답장)\s*[:\uff1a]\s*)+", re.IGNORECASE
)
SECRETS = ("advice-secret-key", "advice-secret-password", "advice-secret-code", "advice-secret-card")
"""What to do about a secret that the user sent, the gravest first. It is a danger by itself."""
_KINDS = ("advice-recovery", "advice-giveaway", "advice-fake-support", "advice-investment")
"""What to know of a kind of scam that the words tell of."""
_NAMELESS = frozenset({"advice-forged", "advice-caution", *SECRETS, *_KINDS})
"""A forged sender shows an address that is truly ours: to call it a stranger's would be false."""


def acknowledgement(
    case: Case,
    assessment: Assessment,
    locales: Locales,
    brand_name: str,
    official: Sequence[str],
    verdict: str = "",
    more: Help = NO_HELP,
) -> tuple[str, str]:
    """Return subject and text of the automatic reply, with a warning first for every kind of finding.

    `official` are the brand's own addresses and accounts as the text may name them, `verdict` what was asked about,
    `more` what is known to help; where it says what the case is about, it takes the place of what holds for all cases.
    """
    tell = Teller(locales, case.language, brand_name)
    subject = tell.text("ack-subject", case=case.id)
    signature = tell.text("signature", brand=tell.brand)
    if more.alone and not assessment.findings and not verdict:
        return subject, "\n\n".join((*more.paragraphs, signature))
    paragraphs = [
        tell.text("ack-received", brand=tell.brand, case=case.id),
        *warnings(assessment.findings, official, tell, more.danger),
        *filter(None, (verdict,)),
        *(_next(case, tell, more)),
        tell.text("ack-never"),
        tell.text("ack-phishing", brand=tell.brand),
        *official_line(official, tell),
        signature,
    ]
    return subject, "\n\n".join(paragraphs)


def _next(case: Case, tell: Teller, more: Help) -> Iterable[str]:
    """Return what happens next and what helps: what is known of this case, or else what holds for all."""
    by_mail = case.platform == "email"
    if more.parts:
        return (*more.paragraphs, *((tell.text("first-add"),) if by_mail else ()))
    return (tell.text("ack-next"), tell.text("ack-reply-mail" if by_mail else "ack-reply-here"))


def answer(case: Case, text: str, locales: Locales, brand_name: str) -> tuple[str, str]:
    """Return subject and text of an agent's answer; the signature is apart, as mail programs know it."""
    tell = Teller(locales, case.language, brand_name)
    signature = tell.text("signature", brand=tell.brand)
    return _answer_subject(case, tell), f"{many_lines(text)}\n\n-- \n{signature}"


def linked_files(
    files: Sequence[tuple[str, int, str]], until: date, case: Case, locales: Locales, brand_name: str
) -> str:
    """Return the paragraph that tells where files can be fetched: (name, size in bytes, link) of each."""
    tell = Teller(locales, case.language, brand_name)
    lines = [f"{one_line(name, _MAX_FILE)} ({_size(size)})\n{link}" for name, size, link in files]
    return "\n\n".join((tell.text("answer-files", until=until.isoformat()), *lines))


def _size(size: int) -> str:
    return f"{max(size / 1_000_000, 0.1):.1f} MB"


class Teller:
    """The locales, held to one language and brand."""

    def __init__(self, locales: Locales, language: str, brand_name: str) -> None:
        self._locales = locales
        self.language = locales.resolve(language)
        self.brand = one_line(brand_name, _MAX_BRAND)

    def text(self, key: str, **args: str) -> str:
        return self._locales.text(self.language, key, **args)

    def has(self, key: str) -> bool:
        return self._locales.has(self.language, key)


def _answer_subject(case: Case, tell: Teller) -> str:
    tag = f" [{case.id}]"
    asked = one_line(case.subject, MAX_SUBJECT * 2).replace(tag.strip(), " ")
    subject = one_line(_ANSWERED.sub("", asked), MAX_SUBJECT)
    subject = subject or tell.text("answer-subject", brand=tell.brand)
    return f"Re: {one_line(subject, MAX_SUBJECT - len(tag) - 4)}{tag}"


def official_line(official: Sequence[str], tell: Teller) -> Iterable[str]:
    names = ", ".join(_distinct(_account(name, tell) for name in official))
    return (tell.text("ack-official", official=names),) if names else ()


def warnings(
    findings: Sequence[Finding], official: Sequence[str], tell: Teller, danger: Sequence[str] = ()
) -> Iterable[str]:
    """Return the warnings: one paragraph a kind of advice, gravest first as trust has ordered them.

    `danger` is what to do at once about what the whole case is about; it comes first, and says what to do for all.
    """
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.advice:
            kinds.setdefault(_known(finding.advice, tell), []).append(finding)
    if not kinds:
        return (tell.text("warning-heading"), *danger) if danger else ()
    genuine = (*official, *(finding.official or "" for finding in findings))
    # The directory may add a platform: "@examplex on X".
    ours = {name.casefold() for name in (defanged(each.partition(" ")[0]) for each in genuine) if name}
    shared = [key for key in SECRETS if key in kinds]
    others = {key: found for key, found in kinds.items() if key not in shared}
    told = (_warning(key, [defanged(each.subject) for each in found], ours, tell) for key, found in others.items())
    return (
        tell.text("warning-heading"),
        *danger,
        *(tell.text(key, brand=tell.brand) for key in shared),
        *told,
        *_true_ones(findings, tell),
        *((tell.text("warning-what-to-do"),) if others and not danger else ()),
    )


def secrets_told(findings: Sequence[Finding], tell: Teller) -> Iterable[str]:
    """Return what to do about the secrets that a user sent, whatever else is answered; nothing without one."""
    sent = {finding.advice for finding in findings}
    keys = [key for key in SECRETS if key in sent]
    return (tell.text("warning-heading"), *(tell.text(key, brand=tell.brand) for key in keys)) if keys else ()


def _known(advice: str, tell: Teller) -> str:
    return advice if advice.startswith("advice-") and tell.has(advice) else "advice-caution"


def _warning(key: str, subjects: Sequence[str | None], ours: Collection[str], tell: Teller) -> str:
    if key in _NAMELESS:
        return tell.text(key, brand=tell.brand)
    # A name that reads as ours once it is plain must not stand under "not ours".
    names = ", ".join(_distinct(name for name in subjects if name and name.casefold() not in ours)[:MAX_NAMES])
    if not names:
        return tell.text(f"{key}-unnamed", brand=tell.brand)
    return tell.text(key, names=names, brand=tell.brand)


def _true_ones(findings: Sequence[Finding], tell: Teller) -> Iterable[str]:
    """Name the accounts that are imitated: they come from the directory, not from the user."""
    imitated = (finding.official or "" for finding in findings if finding.advice not in _NAMELESS)
    names = ", ".join(_distinct(_account(name, tell) for name in imitated)[:MAX_NAMES])
    return (tell.text("warning-true-one", official=names),) if names else ()


def _account(official: str, tell: Teller) -> str:
    """Return one of our own accounts as the language writes it, from `@examplex on X`."""
    name, _, platform = one_line(official, _MAX_OFFICIAL).partition(" on ")
    return tell.text("account-on", official=name, platform=platform) if platform else name


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
