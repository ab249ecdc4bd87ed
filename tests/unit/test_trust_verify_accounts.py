"""An account is judged by all that its platform shows of it: its name, its number, the name it chose for itself."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.case import Standing
from gateway.trust.claims import claim_of
from gateway.trust.directory import parse_directory
from gateway.trust.verify import Verdict, verify_claim

DAY = date(2026, 11, 1)
DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [
                    {"platform": "x", "handle": "examplex", "id": "1001"},
                    {"platform": "telegram", "handle": "examplex"},
                    {"platform": "x", "handle": "plexdesk", "id": "1002", "until": "2025-06-30"},
                    {"platform": "telegram", "handle": "linwei_ex", "name": "Lin Wei | Examplex"},
                ],
                "web": [{"domain": "examplex.test"}],
            }
        ]
    }
)


def ask(handle: str, name: str = "", number: str | None = None, platform: str = "x") -> Verdict:
    return verify_claim(claim_of(handle, "handle"), DIRECTORY, DAY, platform, display_name=name, account_id=number)


def test_the_listed_name_with_its_own_number_is_official() -> None:
    verdict = ask("examplex", number="1001")
    assert (verdict.standing, verdict.id, verdict.score) == (Standing.OFFICIAL, "1001", 0.0)


def test_the_listed_name_with_another_number_is_an_impostor() -> None:
    verdict = ask("examplex", number="6666")
    assert (verdict.standing, verdict.brand, verdict.techniques) == (Standing.LOOK_ALIKE, "examplex", ("other_id",))
    assert "1001" in verdict.reasons[0]


def test_a_number_does_not_count_where_the_directory_pins_none() -> None:
    assert ask("examplex", number="7", platform="telegram").standing is Standing.OFFICIAL


def test_our_number_under_another_name_is_not_judged() -> None:
    verdict = ask("examplex_new", number="1001")
    assert (verdict.standing, verdict.techniques, verdict.brand) == (
        Standing.COULD_NOT_CHECK,
        ("other_id",),
        "examplex",
    )


def test_an_official_account_may_show_any_name() -> None:
    assert ask("examplex", "Examplex Support ✅").standing is Standing.OFFICIAL


@pytest.mark.parametrize("name", ["Examplex Support", "Ｅｘａｍｐｌｅｘ Help", "Еxamplex Support", "Examplex ✔️"])
def test_a_name_that_speaks_for_the_brand_is_found_behind_any_handle(name: str) -> None:
    verdict = ask("zq81", name)
    assert (verdict.standing, verdict.brand) == (Standing.LOOK_ALIKE, "examplex")
    assert 0 < verdict.score <= 1


def test_the_name_of_a_member_of_staff_is_found() -> None:
    assert ask("zq81", "Lin Wei | Examplex", platform="telegram").standing is Standing.LOOK_ALIKE


def test_handle_and_name_are_both_told() -> None:
    verdict = ask("examplex_help", "Examplex Support")
    assert len(verdict.techniques) > 1
    assert verdict.technique == verdict.techniques[0]


def test_a_retired_name_is_formerly_ours_and_no_more() -> None:
    verdict = ask("plexdesk")
    assert (verdict.standing, verdict.technique) == (Standing.NOT_LISTED, "retired")


def test_whoever_took_a_retired_name_over_and_speaks_for_us_is_an_impostor() -> None:
    verdict = ask("plexdesk", "Examplex Support")
    assert (verdict.standing, verdict.technique) == (Standing.LOOK_ALIKE, "retired")
    assert "display_name" in verdict.techniques


def test_a_retired_name_with_another_number_was_registered_anew() -> None:
    verdict = ask("plexdesk", number="6666")
    assert (verdict.standing, verdict.techniques) == (Standing.LOOK_ALIKE, ("other_id", "retired"))


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("@a.b", "handle", "handle"),
        ("examplex.test", "handle", "handle"),
        ("https://x.com/examplex", "handle", "link"),
        ("x:@examplex", "handle", "handle"),
        ("12", "id", "handle"),
        ("00 44 20 7946 0000", "phone", "phone"),
        ("+44 (0)20 7946 0000", "phone", "phone"),
        ("020 7946 0000 x", "phone", "unknown"),
        ("a@b.test", "email", "mail"),
        ("b.test", "email", "unknown"),
        ("Examplex Support", "name", "name"),
        ("\u200b", "name", "unknown"),
        ("", "handle", "unknown"),
        ("", "wallet", "unknown"),
        ("x y", "id", "unknown"),
    ],
)
def test_a_claim_is_read_as_what_it_is_said_to_be(value: str, kind: str, shown: str) -> None:
    assert claim_of(value, kind).kind == shown


def test_the_trunk_zero_is_no_part_of_a_number() -> None:
    assert claim_of("+44 (0)20 7946 0000", "phone").handle == claim_of("+442079460000").handle
