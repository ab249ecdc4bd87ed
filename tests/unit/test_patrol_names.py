"""The names that an impostor would take: possible ones, not ours, the likely ones first, and each in its turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

import idna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.patrol.accounts import official_accounts
from gateway.patrol.handles import Candidate, handle_candidates, is_possible
from gateway.patrol.hosts import host_candidates
from gateway.patrol.search import LIKELY, due, rounds_of
from gateway.patrol.values import Alike, Place
from gateway.patrol.variants import variants
from gateway.trust.directory import parse_directory
from gateway.trust.domains import read_host
from tests.unit.patrol_fakes import directory

TODAY = date(2026, 11, 20)
OURS = {"platform": "x", "handle": "ExampleX_Orbit", "id": "1000"}


@cache
def handles(platform: str = "x") -> dict[str, Candidate]:
    known = directory({**OURS, "platform": platform})
    entries = tuple(official_accounts(known, TODAY))
    ranked = sorted(handle_candidates(entries, platform, known, (2026,)), key=lambda each: each.key, reverse=True)
    return {each.value: each for each in ranked}


@cache
def hosts(*names: str) -> dict[str, Candidate]:
    known = directory(web=names)
    return {each.value: each for each in host_candidates([(name, "examplex") for name in names], known)}


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("examplex_help", "affix"),
        ("examplexsupport", "affix"),
        ("team_examplex", "affix"),
        ("examplex_orbit1", "digits"),
        ("examplex2026", "digits"),
        ("examplexorbit", "separator"),
        ("example_x_orbit", "separator"),
        ("examplex_uk", "region"),
        ("examp1ex_orbit", "leet"),
        ("exampiex_orbit", "confusable"),
        ("exarnplex_orbit", "confusable"),
        ("exxamplex_orbit", "doubling"),
        ("exmplex_orbit", "omission"),
        ("examlpex_orbit", "transposition"),
        ("ezamplex_orbit", "neighbour"),
        ("exzamplex_orbit", "insertion"),
        ("exemplex_orbit", "replacement"),
        ("examplex_orbits", "plural"),
    ],
)
def test_each_technique_makes_handles(name: str, technique: str) -> None:
    assert handles()[name].alike.technique == technique


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("examplex-support.com", "affix"),
        ("examplexlogin.net", "affix"),
        ("examplex.io", "other_suffix"),
        ("examplex.rodeo", "other_suffix"),
        ("examplex-com.com", "embedded_domain"),
        ("wwwexamplex.com", "separator"),
        ("exarnplex.com", "confusable"),
        ("examp1ex.com", "leet"),
        ("examplex24.com", "digits"),
        ("examplx.com", "omission"),
        (f"{idna.encode('exámplex').decode()}.com", "confusable"),
    ],
)
def test_each_technique_makes_domains(name: str, technique: str) -> None:
    assert hosts("examplex.com")[name].alike.technique == technique


def test_whole_names_in_other_letters_are_made_where_all_letters_have_a_twin() -> None:
    assert f"{idna.encode('сосаро').decode()}.com" in hosts("cocapo.com")


def test_the_name_with_a_usual_word_comes_first() -> None:
    ranked = sorted(handles().values(), key=lambda each: each.key)
    assert {each.alike.technique for each in ranked[:4]} == {"affix"}
    assert {"examplexsupport", "examplex_help"} <= {each.value for each in ranked[:4]}
    first = [each.value for each in sorted(hosts("examplex.com").values(), key=lambda each: each.key)[:60]]
    assert {"examplex-support.com", "examplex.net"} <= set(first)


def test_nothing_of_ours_is_a_candidate_nor_what_is_reported_already() -> None:
    known = parse_directory(
        {
            "brands": [
                {
                    "id": "examplex",
                    "name": "Examplex",
                    "accounts": [OURS, {"platform": "x", "handle": "examplex_help"}],
                    "web": [{"domain": "examplex.com"}, {"domain": "examplex.io"}],
                }
            ],
            "scams": [{"platform": "x", "handle": "examplexvip"}, {"domain": "examplex-login.com"}],
        }
    )
    entries = tuple(official_accounts(known, TODAY))
    found = {each.value for each in handle_candidates(entries, "x", known)}
    assert not found & {"examplex_orbit", "examplex_help", "examplexvip"}
    assert "examplex_vip" in found
    names = {each.value for each in host_candidates([("examplex.com", "examplex"), ("examplex.io", "examplex")], known)}
    assert not names & {"examplex.com", "examplex.io", "examplex-login.com"}
    assert "examplex-login.net" in names


@pytest.mark.parametrize(
    ("platform", "shape"), [("x", r"[a-z0-9_]{4,15}"), ("telegram", r"[a-z](?!.*__)[a-z0-9_]{3,30}[a-z0-9]")]
)
def test_every_candidate_is_a_name_that_one_can_have_there(platform: str, shape: str) -> None:
    found = handles(platform)
    assert len(found) > 300
    assert [name for name in found if not re.fullmatch(shape, name)] == []


def test_what_a_listed_domain_lies_under_is_no_candidate() -> None:
    assert "examplex.com" not in hosts("app.examplex.com")
    assert "examplex.net" in hosts("app.examplex.com")


def test_every_domain_can_be_registered() -> None:
    found = hosts("examplex.com", "examplex.co.uk")
    assert len(found) > 3000
    for name in found:
        host = read_host(name)
        assert host is not None
        assert host.exact
        assert not any(label.startswith("-") or label.endswith("-") or not label for label in name.split("."))


@settings(derandomize=True, max_examples=50)
@given(st.text(max_size=60))
def test_no_name_is_too_odd_to_be_varied(name: str) -> None:
    made = list(variants(name, "_"))
    assert all(0 < each.plausibility <= 1 for each in made)
    assert is_possible(name, "telegram") in (True, False)
    assert len(made) < 7000


def test_a_word_is_a_less_plausible_slip() -> None:
    """Of `ledgera`, leaving a letter out gives a word that is anybody's."""
    made = {each.value: each.plausibility for each in variants("ledgera", "") if each.technique == "omission"}
    assert made["ledger"] < min(value for name, value in made.items() if name != "ledger")


# The order of a search


def candidates(count: int, plausibility: float = 0.9) -> list[Candidate]:
    return [Candidate(f"name{number:04d}", Alike("b", "@b", "affix", plausibility)) for number in range(count)]


def rounds(all_of_them: Sequence[Candidate], budget: int, runs: int) -> list[list[str]]:
    places: dict[str, Place] = {}
    told = []
    for _ in range(runs):
        turn = due("s", all_of_them, places, budget)
        places.update({each.round: each.place for each in turn})
        told.append([each.candidate.value for each in turn])
    return told


def test_each_run_goes_on_where_the_last_one_stopped_until_all_had_their_turn() -> None:
    told = rounds(candidates(25), 10, 3)
    assert [len(each) for each in told] == [10, 10, 10]
    assert [name for turn in told for name in turn] == [each.value for each in (*candidates(25), *candidates(5))]


def test_the_likely_ones_come_round_more_often_and_the_rest_all_the_same() -> None:
    likely = candidates(10)
    rest = [Candidate(f"rest{number:04d}", Alike("b", "@b", "neighbour", 0.3)) for number in range(100)]
    told = rounds([*rest, *likely], 20, 10)
    counts = [sum(name in turn for turn in told) for name in ("name0000", "rest0000", "rest0099")]
    assert counts == [10, 1, 1]
    assert all(len(set(turn)) == 20 for turn in told)


@settings(derandomize=True, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0.2, 0.59, LIKELY, 0.95])), max_size=40),
    st.integers(1, 12),
)
def test_nobody_is_left_out_whatever_the_candidates_and_the_budget(made: list[tuple[int, float]], budget: int) -> None:
    listed = [Candidate(f"n{number}", Alike("b", "@b", "affix", weight)) for number, weight in made]
    told = rounds(listed, budget, 2 * len(listed) // budget + 3)
    assert all(len(turn) <= budget for turn in told)
    assert {name for turn in told for name in turn} == {each.value for each in listed}


def test_new_candidates_do_not_send_a_search_back_to_its_beginning() -> None:
    first = due("s", candidates(20), {}, 10)
    places = {each.round: each.place for each in first}
    assert set(places) == {rounds_of("s")[0]}
    after = due("s", [*candidates(20), Candidate("aaa", Alike("b", "@b", "affix", 0.95))], places, 10)
    assert [each.candidate.value for each in after] == [each.value for each in candidates(20)[10:]]


def test_a_budget_of_nothing_looks_nothing_up() -> None:
    assert due("s", candidates(5), {}, 0) == []
