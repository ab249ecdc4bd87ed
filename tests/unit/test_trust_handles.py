"""Handles that are not listed: which are taken for a brand's, by which technique, and which are left alone."""

from __future__ import annotations

import copy
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.trust.directory import Directory, parse_directory
from gateway.trust.handles import NameIndex, resembles_account, resembles_handle
from gateway.trust.resemblance import Resemblance
from gateway.trust.spots import spots
from gateway.trust.written import Written

BRANDS = (
    {
        "id": "examplex",
        "name": "Examplex",
        "accounts": [
            {"platform": "x", "handle": "examplex"},
            {"platform": "telegram", "handle": "Examplex_Official"},
            {"platform": "telegram", "handle": "lin_of_examplex", "role": "staff"},
        ],
        "web": [{"domain": "examplex.test"}],
    },
    {
        "id": "zorvath",
        "name": "Zorvath Finance",
        "accounts": [{"platform": "x", "handle": "ZorvathFinance"}],
        "web": [{"domain": "zorvath.test"}],
    },
    {
        "id": "kernoq",
        "name": "Kernoq",
        "accounts": [
            {"platform": "telegram", "handle": "anna_of_kernoq", "role": "staff"},
            {"platform": "x", "handle": "kernoq_app"},
        ],
        "web": [{"domain": "kernoq.test"}],
    },
    {"id": "vorlan", "name": "Vorlan", "accounts": [{"platform": "x", "handle": "vorlan"}]},
    {"id": "vorlan-news", "name": "Vorlan News", "accounts": [{"platform": "x", "handle": "vorlannews"}]},
    {"id": "plane", "name": "Plane Protocol", "accounts": [{"platform": "x", "handle": "planeprotocol"}]},
    {"id": "artmon", "name": "Artmon", "accounts": [{"platform": "x", "handle": "artmon"}]},
    {"id": "cl0ver", "name": "Cl0ver", "accounts": [{"platform": "x", "handle": "cl0ver"}]},
    {"id": "qvx", "name": "QVX", "accounts": [{"platform": "x", "handle": "qvx"}], "web": [{"domain": "qvx.test"}]},
    {"id": "tower", "name": "Tower", "accounts": [{"platform": "x", "handle": "tower"}]},
    {"id": "define", "name": "Define", "accounts": [{"platform": "telegram", "handle": "define_chat"}]},
    {"id": "unit", "name": "Unit", "accounts": [{"platform": "x", "handle": "unit_hq"}]},
    {"id": "chain", "name": "Chain", "accounts": [{"platform": "x", "handle": "chain"}]},
    {"id": "zuqcoin", "name": "Zuqcoin", "accounts": [{"platform": "x", "handle": "zuqcoin"}]},
    {"id": "osric", "name": "Oasis", "accounts": [{"platform": "x", "handle": "oasisprotocol"}]},
)
DIRECTORY = parse_directory({"brands": list(BRANDS)})


def found(handle: str, platform: str = "x", directory: Directory = DIRECTORY) -> Resemblance:
    resemblance = resembles_handle(handle, directory, platform)
    assert resemblance is not None, handle
    return resemblance


@pytest.mark.parametrize(
    ("handle", "brand", "technique", "also"),
    [
        ("exampIex", "examplex", "confusable", ()),
        ("examp1ex", "examplex", "confusable", ()),
        ("exarnplex", "examplex", "confusable", ()),
        ("zorva7hfinance", "zorvath", "confusable", ()),
        ("Zor\u0475athFinance", "zorvath", "confusable", ()),
        ("kerr1oq_app", "kernoq", "confusable", ()),
        ("\u0435xamplex", "examplex", "confusable", ()),
        ("qv\u0445", "qvx", "confusable", ()),
        ("_examplex", "examplex", "separator", ()),
        ("Zorvath_Finance", "zorvath", "separator", ()),
        ("examplexofficial", "examplex", "separator", ()),
        ("kernoq", "kernoq", "same_name_elsewhere", ()),
        ("FinanceZorvath", "zorvath", "transposition", ()),
        ("examplexSupport", "examplex", "embedded_brand", ("affix",)),
        ("help_examplex", "examplex", "embedded_brand", ("affix",)),
        ("examplex_destek", "examplex", "embedded_brand", ("affix",)),
        ("soporteexamplex", "examplex", "embedded_brand", ("affix",)),
        ("examplex_kefu", "examplex", "embedded_brand", ("affix",)),
        ("ExamplexPodderzhka", "examplex", "embedded_brand", ("affix",)),
        ("therealexamplex", "examplex", "embedded_brand", ("affix",)),
        ("examplex客服", "examplex", "embedded_brand", ("affix",)),
        ("examplexUK", "examplex", "embedded_brand", ("region",)),
        ("examplex_Turkiye", "examplex", "embedded_brand", ("region",)),
        ("examplex247", "examplex", "embedded_brand", ("digits",)),
        ("examplex_wanderers", "examplex", "embedded_brand", ()),
        ("ZorvathFinanceS", "zorvath", "embedded_brand", ("plural",)),
        ("Examp1ex_Suppor", "examplex", "confusable", ("embedded_brand", "affix")),
        ("exampIex_help", "examplex", "confusable", ("embedded_brand", "affix")),
        ("exampplex", "examplex", "doubling", ()),
        ("exmplex", "examplex", "omission", ()),
        ("exapmlex", "examplex", "transposition", ()),
        ("exanplex", "examplex", "neighbour", ()),
        ("exomplex", "examplex", "replacement", ()),
        ("examtplex", "examplex", "insertion", ()),
        ("examplexs", "examplex", "plural", ()),
        ("zorvathfinence", "zorvath", "replacement", ()),
        ("exmplex_support", "examplex", "omission", ("affix",)),
        ("supportexammplex", "examplex", "doubling", ("affix",)),
        ("qvxx_support", "qvx", "doubling", ("affix",)),
        ("qbx_help", "qvx", "neighbour", ("affix",)),
        ("qvx_help", "qvx", "embedded_brand", ("affix",)),
        ("qvxsupport", "qvx", "embedded_brand", ("affix",)),
        ("tower_support", "tower", "embedded_brand", ("affix",)),
        ("TowerOfficial", "tower", "embedded_brand", ("affix",)),
        ("ttower", "tower", "doubling", ()),
        ("tower_team", "tower", "embedded_brand", ("affix",)),
        ("vorlannews_help", "vorlan-news", "embedded_brand", ("affix",)),
        ("planeprotocoll", "plane", "doubling", ()),
        ("t0wer", "tower", "confusable", ()),
    ],
)
def test_an_impostors_handle_is_found(handle: str, brand: str, technique: str, also: tuple[str, ...]) -> None:
    resemblance = found(handle)
    assert (resemblance.guarded.brand, resemblance.technique, resemblance.also) == (brand, technique, also)
    assert resemblance.reason
    assert 0 < resemblance.confidence < 1


@pytest.mark.parametrize(
    "handle",
    [
        "maria_k", "exam_person", "complexity", "plexus", "exa", "", "_", "12345678",
        "towerbridge", "tower_bridge", "towerteams", "EiffelTower",
        "tower_of_pisa", "tower_news", "towers", "TowerUK", "power",
        "defined", "define_art", "redefine", "undefined_dev", "unit42", "unity", "united_fan", "community", "unitnews",
        "blockchain", "chain_reaction", "supply_chain", "chainofthought", "chaingang77",
        "qvxzr", "aqvx", "eqvxsupporter", "qvx77", "qwx", "qv_news",
        "studentzuq", "zuq", "buqcoin",
        "basisprotocol", "planprotocol", "art_moon", "tawer", "clover", "clover_garden",
        "examplex_fan", "examplexfans", "victims_of_examplex", "examplex_parody", "not_examplex",
        "unofficial_examplex_news", "examplexfanclub",
        "zorva", "finance_daily", "protocol", "app", "official_support", "support",
    ],
)  # fmt: skip
def test_an_honest_handle_is_left_alone(handle: str) -> None:
    assert resembles_handle(handle, DIRECTORY, "x") is None


@pytest.mark.parametrize(
    ("handle", "platform", "official"),
    [
        ("examp1ex_help", "x", "@examplex on X"),
        ("examp1ex_help", "telegram", "@Examplex_Official on Telegram"),
        ("exampplex", "x", "@examplex on X"),
        ("examplexx", "telegram", "@Examplex_Official on Telegram"),
        ("examplex_help", "", "examplex.test"),
        ("exampIex", "", "@examplex on X"),
        ("zorvath_help", "telegram", "zorvath.test"),
        ("kernoq_help", "telegram", "kernoq.test"),
    ],
)
def test_the_true_account_is_that_of_the_same_platform(handle: str, platform: str, official: str) -> None:
    assert found(handle, platform).guarded.official == official


@pytest.mark.parametrize(
    ("handle", "name", "brand"),
    [
        ("maria_k77", "Examplex", "examplex"),
        ("maria_k77", "Examplex Support", "examplex"),
        ("examplex_help", "Maria", "examplex"),
        ("examplex_help", "Examplex", "examplex"),
        ("maria_k77", "Zorvath Finance", "zorvath"),
        ("maria_k77", "Tower Support", "tower"),
        ("qvx_fans_help", "Examplex Support", "examplex"),
    ],
)
def test_handle_and_display_name_speak_together(handle: str, name: str, brand: str) -> None:
    resemblance = resembles_account(handle, name, DIRECTORY, "x")
    assert resemblance is not None
    assert resemblance.guarded.brand == brand


def test_two_signs_of_one_brand_are_told_together() -> None:
    resemblance = resembles_account("examplex247", "Examplex Support", DIRECTORY, "x")
    assert resemblance is not None
    assert (resemblance.technique, resemblance.also) == ("embedded_brand", ("digits", "display_name"))
    assert resemblance.confidence > found("examplex247").confidence


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        ("examplex_fans", "Examplex"),
        ("examplex_parody", "Examplex"),
        ("maria_k77", "Tower"),
        ("maria_k77", "Maria Tower"),
        ("maria_k77", ""),
        ("", ""),
    ],
)
def test_who_keeps_a_distance_or_bears_a_word_is_left_alone(handle: str, name: str) -> None:
    assert resembles_account(handle, name, DIRECTORY, "x") is None


def test_nobody_is_found_in_an_empty_directory() -> None:
    empty = parse_directory({"brands": []})
    assert resembles_account("examplex_help", "Examplex Support", empty, "x") is None


def test_what_is_found_does_not_depend_on_the_number_of_brands() -> None:
    others = [
        {"id": f"b{number}", "name": f"Brand{number}", "accounts": [{"platform": "x", "handle": f"wq{number}zj"}]}
        for number in range(300)
    ]
    many = parse_directory({"brands": [*BRANDS, *others]})
    for handle in ("examplex_help", "exmplex", "maria_k", "towerbridge"):
        assert resembles_handle(handle, many, "x") == resembles_handle(handle, DIRECTORY, "x")


def test_of_a_name_that_holds_very_many_the_longest_are_looked_at() -> None:
    found_there = spots(Written.of("examplex_tower_" * 50), DIRECTORY.name_index)
    assert [spot.watched.key for spot in found_there] == ["examplex"] * 12


def test_an_index_can_be_taken_apart_and_made_again() -> None:
    sent = copy.deepcopy(NameIndex.of(DIRECTORY))
    assert sent.whole == DIRECTORY.name_index.whole
    assert list(sent.inside.iter("examplex")) == list(DIRECTORY.name_index.inside.iter("examplex"))


def test_a_brand_that_says_that_it_is_generic_needs_a_desk_beside_it() -> None:
    generic = parse_directory({"brands": [BRANDS[0] | {"generic": True}]})
    assert resembles_handle("examplex_news", generic, "x") is None
    assert resembles_handle("examplex_support", generic, "x") is not None


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["", "x", "telegram", "?"]))
@settings(max_examples=150, derandomize=True, deadline=None)
@example("examplex" * 500, "E x a m p l e x " * 500, "x")
@example("\u202eexamplex", "\u202e\u202e\u202c\ud800", "")
@example("____", "\U0001f1ea\U0001f1fd" * 300, "telegram")
def test_nothing_makes_it_raise(handle: str, name: str, platform: str) -> None:
    resemblance = resembles_account(handle, name, DIRECTORY, platform)
    assert resemblance is None or resemblance.guarded.brand in DIRECTORY.brands


@given(st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=15))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_handle_by_chance_is_no_impostor(handle: str) -> None:
    assert resembles_handle(handle, DIRECTORY, "x") is None
