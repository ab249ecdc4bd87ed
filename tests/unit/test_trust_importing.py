"""Lines of JSON become a directory: every writing of a name is read, and what is doubled or everybody's is told."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.directory import Directory, DirectoryError, load_directory
from gateway.trust.importing import as_toml, read_lines
from gateway.trust.schema import DirectoryFile


def line(brand: str = "examplex", name: str = "Examplex", **more: Any) -> str:
    return json.dumps({"brand": brand, "name": name, **more})


def imported(*lines: str) -> tuple[Directory, dict[str, str]]:
    """Return the directory, and what was said of each line."""
    found = read_lines(lines)
    said = {warning.path: "" for warning in found.warnings}
    for warning in found.warnings:
        said[warning.path] += warning.message + "\n"
    return Directory.of(found.file), said


def errors(*lines: str) -> dict[str, str]:
    with pytest.raises(DirectoryError) as caught:
        read_lines(lines)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_a_line_becomes_a_brand_with_everything_in_it() -> None:
    directory, warnings = imported(
        line(
            twitter=["@ExampleX", "https://twitter.com/Examplex_News?lang=en", "x.com/examplex_eu"],
            telegram=["t.me/Examplex_Help", "https://t.me/s/examplex_chat", "tg://resolve?domain=examplex_bot"],
            domains=["EXAMPLEX.test", "https://www.examplex.example/", "*.examplex.app.test", "b\u00fccher.test"],
            emails=["Support@Examplex.test", "mailto:help@gmail.com", "@notice.examplex.test"],
            phones=["+44 20 7946 0000", "0044 (20) 7946-0001", "tel:+442079460002"],
            sources=["somewhere"],
            rank=7,
        )
    )
    assert not warnings
    assert set(directory.accounts) == {
        *(("x", name) for name in ("examplex", "examplex_news", "examplex_eu")),
        *(("telegram", name) for name in ("examplex_help", "examplex_chat", "examplex_bot")),
    }
    assert set(directory.sites) == {"examplex.test", "examplex.example", "examplex.app.test", "xn--bcher-kva.test"}
    assert set(directory.addresses) == {"support@examplex.test", "help@gmail.com"}
    assert set(directory.mail_domains) == {"notice.examplex.test"}
    assert set(directory.phones) == {"+442079460000", "+442079460001", "+442079460002"}


@pytest.mark.parametrize("empty", [{}, {"twitter": None}, {"twitter": [], "domains": ["", " "]}])
def test_what_a_line_does_not_list_it_does_not_have(empty: dict[str, Any]) -> None:
    directory, warnings = imported(line(**empty))
    assert set(directory.brands) == {"examplex"}
    assert "its name alone is guarded" in warnings["line 1"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "no JSON"),
        ("[" * 5_000, "no JSON"),
        ('"examplex"', "no JSON object"),
        ('{"name": "Examplex"}', 'no "brand"'),
        ('{"brand": "examplex"}', 'no "name"'),
        ('{"brand": " ", "name": "Examplex"}', 'no "brand"'),
        ('{"brand": 5, "name": "Examplex"}', 'no "brand"'),
        ('{"brand": "\\ud800", "name": "Examplex"}', 'no "brand"'),
        (line(twitter="examplex"), '"twitter" is no list'),
        (line(domains=[5]), '"domains" is no list'),
        (line(twitter=["two words"]), "twitter"),
        (line(twitter=["https://t.me/examplex"]), "on X"),
        (line(telegram=["https://examplex.test/me"]), "on Telegram"),
        (line(twitter=["https://x.com/examplex/status/1"]), "on X"),
        (line(domains=["no domain"]), "read as a domain"),
        (line(domains=["localhost"]), "domain name"),
        (line(domains=["https://examplex.test@evil.test/"]), "read as a domain"),
        (line(domains=["10.0.0.1"]), "domain name"),
        (line(emails=["nobody@"]), "emails"),
        (line(phones=["020 7946 0000"]), "country code"),
    ],
)
def test_a_bad_line_is_named_with_its_number_beside_all_others(bad: str, said: str) -> None:
    found = errors(line("good", "Good one"), "", bad, "nor this")
    assert set(found) == {"line 3", "line 4"}
    assert said in found["line 3"]


def test_lines_of_one_brand_are_joined() -> None:
    directory, warnings = imported(line(twitter=["one_x"]), line(name="Other", twitter=["ONE_X", "two_x"]))
    assert [brand.name for brand in directory.brands.values()] == ["Examplex"]
    assert set(directory.accounts) == {("x", "one_x"), ("x", "two_x")}
    assert not warnings


def test_an_id_is_made_where_a_name_is_none_and_the_name_is_kept_letter_by_letter(tmp_path: Path) -> None:
    lines = [
        line("Example.X", domains=["a.test"]),
        line("example-x", domains=["b.test"]),
        line("Пример", "Пример", domains=["c.test"]),
        line("x" * 300, domains=["d.test"]),
    ]
    found = read_lines(lines)
    path = tmp_path / "official.toml"
    path.write_text("\n".join(as_toml(found.file)), encoding="utf-8")
    for directory in (Directory.of(found.file), load_directory(path)):
        assert list(directory.brands) == ["example-x", "example-x-2", "brand", "x" * 60]
        assert [directory.imported_as(brand) for brand in directory.brands] == [
            json.loads(each)["brand"] for each in lines
        ]
    assert [(each.path, "has" in each.message) for each in found.warnings] == [("line 2", True)]
    assert directory.imported_as("unknown") == "unknown"


def test_what_two_brands_list_belongs_to_the_first_and_the_other_is_told() -> None:
    directory, warnings = imported(
        line("one", "One", twitter=["shared"], domains=["shared.test"], emails=["a@b.test"], phones=["+442079460000"]),
        line("two", "Two", twitter=["Shared", "two_x"], domains=["shared.test"], emails=["a@b.test"]),
        line("three", "Three", phones=["+44 20 7946 0000"]),
    )
    assert {entry.brand for entries in directory.sites.values() for entry in entries} == {"one"}
    assert directory.accounts["x", "shared"][0].brand == "one"
    assert set(warnings) == {"line 2", "line 3"}
    assert 'stands under "one" already (line 1)' in warnings["line 2"]


def test_what_bears_a_brands_name_belongs_to_that_brand_wherever_it_stands() -> None:
    directory, warnings = imported(
        line("guest", "Guest", domains=["examplex.test"], twitter=["Example_X"]),
        line("example-x", "Examplex", domains=["examplex.test"], twitter=["example_x"]),
    )
    assert directory.sites["examplex.test"][0].brand == "example-x"
    assert directory.accounts["x", "example_x"][0].brand == "example-x"
    assert '"example-x", which lists it (line 2)' in warnings["line 1"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_domain_under_another_brands_is_left_out_in_whatever_order(turned: bool) -> None:
    lines = [line("one", "One", domains=["one.test"]), line("two", "Two", domains=["two.one.test", "two.test"])]
    directory, warnings = imported(*(reversed(lines) if turned else lines))
    assert {host: entries[0].brand for host, entries in directory.sites.items()} == {
        "one.test": "one",
        "two.test": "two",
    }
    assert any("lies under a domain" in warning for warning in warnings.values())


@pytest.mark.parametrize(
    "host", ["medium.com", "https://t.me/", "www.facebook.com", "github.io", "co.uk", "bit.ly", "gmail.com"]
)
def test_what_is_everybodys_never_becomes_official(host: str) -> None:
    directory, warnings = imported(line(domains=[host, "examplex.test"]))
    assert set(directory.sites) == {"examplex.test"}
    assert "left out" in warnings["line 1"]


@pytest.mark.parametrize("host", ["m.test", "mobile.de", "www.co.uk", "m.examplex.test"])
def test_only_www_is_taken_off_and_only_before_a_name(host: str) -> None:
    directory, _ = imported(line(domains=[host]))
    assert set(directory.sites) == {host}


def test_a_page_on_a_platform_is_that_page_alone() -> None:
    directory, _ = imported(line(domains=["https://medium.com/@examplex"], telegram=["https://t.me/joinchat/AbC"]))
    assert set(directory.links) == {"https://medium.com/@examplex", "https://t.me/joinchat/AbC"}
    assert not directory.sites


def test_a_name_that_hides_something_is_taken_without_it() -> None:
    directory, warnings = imported(line(name="Exam\u200bplex"), line("two", "Tw\u043e"))
    assert [brand.name for brand in directory.brands.values()] == ["Examplex", "two"]
    assert len(warnings) == 2


def test_what_is_written_is_read_again_whatever_stands_in_it(tmp_path: Path) -> None:
    found = read_lines(
        [line("b", 'Q"uo\\te\x7f & 币安', domains=["a.test"], emails=["a@b.test"], phones=["+442079460000"])]
    )
    text = "\n".join(as_toml(found.file))
    assert DirectoryFile.model_validate(tomllib.loads(text)) == found.file
    path = tmp_path / "b.jsonl"
    path.write_text(line("b", "B", domains=["a.test"]), encoding="utf-8")
    assert set(load_directory(path).sites) == {"a.test"}


def test_a_mark_at_the_start_and_foreign_line_ends_part_nothing(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + '{"brand": "b", "name": "B\u2028C"}\r\n{"brand": "c", "name": "C"}\r\n'.encode())
    assert list(load_directory(path).brands) == ["b", "c"]


def test_lines_that_cannot_be_read_are_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(DirectoryError, match="line 1"):
        load_directory(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(DirectoryError, match="no brand"):
        load_directory(path)


@given(
    st.dictionaries(
        st.sampled_from(["brand", "name", "twitter", "telegram", "domains", "emails", "phones"]),
        st.one_of(st.text(max_size=12), st.none(), st.lists(st.text(max_size=14), max_size=3)),
    )
)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_whatever_a_line_holds_it_is_taken_or_named(row: dict[str, Any]) -> None:
    try:
        found = read_lines([json.dumps(row)])
    except DirectoryError as error:
        named = {problem.path for problem in error.problems}
    else:
        named = {"line 1"}
        assert DirectoryFile.model_validate(tomllib.loads("\n".join(as_toml(found.file)))) == found.file
    assert named == {"line 1"}
