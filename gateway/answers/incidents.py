"""What users are told of known incidents: a paragraph of their receipt, and one message when it is over. Pure.

Titles and texts are the operators' own, in the user's language where they wrote them in it, else in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from gateway.answers.compose import Teller
from gateway.answers.locales import Locales
from gateway.answers.names import many_lines, one_line
from gateway.case import Case
from gateway.incidents import ENGLISH, Incident

MOST_TITLE = 120


def paragraph(case: Case, incidents: Iterable[Incident], tell: Teller) -> str:
    """Return what a receipt says of the open incident that a case belongs to; empty where there is none."""
    incident = next((each for each in incidents if case.incident == str(each.number)), None)
    if incident is None:
        return ""
    told = [tell.text("incident-known", title=_title(incident, case.language))]
    if own := _in_language(incident.text, case.language):
        told.append(many_lines(own).strip())
    if incident.expected is not None:
        told.append(tell.text("incident-expected", time=_time(incident.expected)))
    told.append(tell.text("incident-wait"))
    return "\n".join(told)


def over(
    case: Case, title: Mapping[str, str], ending: Mapping[str, str], locales: Locales, brand: str
) -> tuple[str, str]:
    """Return subject and text of what a user is told when an incident is over."""
    tell = Teller(locales, case.language, brand)
    shown = one_line(_in_language(title, case.language), MOST_TITLE)
    paragraphs = [tell.text("incident-over", title=shown)]
    if own := _in_language(ending, case.language):
        paragraphs.append(many_lines(own).strip())
    paragraphs.append(tell.text("incident-over-next", case=case.id))
    if case.platform == "email":
        paragraphs.append(tell.text("signature", brand=tell.brand))
    return tell.text("incident-over-subject", case=case.id), "\n\n".join(paragraphs)


def _title(incident: Incident, language: str) -> str:
    return one_line(_in_language(incident.title, language), MOST_TITLE)


def _in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text of a language or of its kin, else the English one; empty where there is none of these."""
    if language in texts:
        return texts[language]
    if not texts:
        return ""
    spoken = Locales(dict.fromkeys({*texts, ENGLISH}, "")).resolve(language)
    return texts.get(spoken, "") or texts.get(ENGLISH, "")


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
