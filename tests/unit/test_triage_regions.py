"""A customer's region is compared in one form, wherever it is: deadlines, incidents, rules of triage, texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.answers.compose import Teller
from gateway.answers.first import template
from gateway.answers.locales import Locales, packaged_sources
from gateway.casework.matching import fits
from gateway.incidents import Incident
from gateway.triage.deadlines import Rule
from gateway.triage.regions import is_region, region_of, regions_of
from gateway.triage.rules import When
from tests.builders import NOON, case

AS_EXCHANGES_TELL = [
    ("DE", ("de", "eu")),
    ("de", ("de", "eu")),
    ("EU-DE", ("de", "eu")),
    ("DE-BY", ("de-by", "de", "eu")),
    ("NO", ("no", "eu")),
    ("EU", ("eu",)),
    ("US-CA", ("us-ca", "us")),
    ("GB", ("gb", "uk")),
    ("UK", ("gb", "uk")),
    ("CH", ("ch",)),
    ("", ()),
    ("../eu", ()),
    ("europe", ()),
]


@pytest.mark.parametrize(("region", "counts"), AS_EXCHANGES_TELL)
def test_a_region_counts_as_itself_and_as_what_it_is_part_of(region: str, counts: tuple[str, ...]) -> None:
    assert regions_of(region) == counts
    assert is_region(region) == bool(counts)


@pytest.mark.parametrize(
    ("asked", "told", "meets"),
    [
        ("eu", "DE", True),
        ("EU", "DE", True),
        ("de", "DE", True),
        ("eu-de", "DE", True),
        ("DE", "DE-BY", True),
        ("uk", "GB", True),
        ("eu", "EU", True),
        ("de", "EU", False),
        ("fr", "DE", False),
        ("eu", "CH", False),
        ("eu", "", False),
    ],
)
def test_all_that_goes_by_region_agrees(asked: str, told: str, meets: bool) -> None:
    known = case(region=told)
    assert Rule(timedelta(hours=8), region=frozenset({region_of(asked)})).fits(known) is meets
    incident = Incident(title={"en": "Withdrawals are late"}, regions=(asked,), opened_at=NOON)
    assert fits(incident, known, "") is meets
    ((_, wanted),) = When(region=(asked,)).asked()
    assert (not wanted.isdisjoint(regions_of(told))) is meets


@pytest.mark.parametrize(("told", "said"), [("DE", "Union."), ("FR", "France."), ("EU", "Union."), ("CH", "")])
def test_a_text_of_a_country_is_that_of_its_union_where_it_has_none(told: str, said: str) -> None:
    own = "legal-policy-eu = Union.\nlegal-policy-fr = France.\n"
    speaks = Teller(Locales({**packaged_sources(), "en": own + packaged_sources()["en"]}), "en", "Examplex")
    assert template("legal", "policy", told, speaks) == (said or speaks.text("legal-policy"))
