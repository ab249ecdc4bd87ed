"""The page on the case schema leaves out no field, no value and no code."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest

from gateway import case
from normalizers.email import NORMALIZER, _evidence
from tests.samples import mail

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "case-schema.md").read_text(encoding="utf-8")
SECTIONS = {name: body for name, body in re.findall(r"(?ms)^### (\w+)\n(.*?)(?=^##|\Z)", PAGE)}
MODELS = [
    model
    for _, model in inspect.getmembers(case, inspect.isclass)
    if issubclass(model, case.Frozen) and model is not case.Frozen
]
ENUMS = [
    found
    for _, found in inspect.getmembers(case, inspect.isclass)
    if issubclass(found, StrEnum) and found is not StrEnum
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_every_model_has_its_row(model: type[case.Frozen]) -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| *\S", SECTIONS[model.__name__])
    assert rows == list(model.model_fields)


def test_every_section_is_of_a_model() -> None:
    assert set(SECTIONS) == {model.__name__ for model in MODELS}


@pytest.mark.parametrize("found", ENUMS, ids=lambda found: found.__name__)
def test_every_value_of_every_closed_list_is_named(found: type[StrEnum]) -> None:
    assert [member.value for member in found if f"`{member.value}`" not in PAGE] == []


@pytest.mark.parametrize("model", [case.Message, case.Provenance, case.Party, case.Thread, case.Attachment, case.Link])
def test_what_platforms_fill_has_a_column_for_each(model: type[case.Frozen]) -> None:
    rows = [line for line in SECTIONS[model.__name__].splitlines() if line.startswith("| ")]
    assert rows[0] == "| Field | Meaning | E-mail | Telegram | X |"
    assert {row.count("|") for row in rows} == {6}


def test_every_note_of_the_mail_normalizer_is_explained_and_none_besides() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "normalizers" / "email").glob("*.py"))
    codes = set(re.findall(r"\.note\(\s*\"(\w+)\"", sources)) | set(
        re.findall(r'"(charset_wrong|charset_missing)"', sources)
    )
    notes = PAGE.split("## Notes", 1)[1].split("## What is found", 1)[0]
    listed = {code for row in re.findall(r"(?m)^\| (`.*?) \|", notes) for code in re.findall(r"`(\w+)`", row)}
    assert listed == codes


def test_every_name_of_mail_evidence_is_explained() -> None:
    section = PAGE.split("## Evidence of a mail", 1)[1].split("## Notes", 1)[0]
    listed = set(re.findall(r"`([a-z*-]+)`", section))
    assert set(_evidence.NAMES) <= listed
    assert {f"{prefix}*" for prefix in _evidence.PREFIXES} <= listed
    for body in mail.SAMPLES.values():
        event = NORMALIZER.normalize(mail.raw_of(body))[0]
        message = getattr(event, "message", event)
        for item in message.evidence:
            assert item.name in listed or item.name.startswith(_evidence.PREFIXES)
