"""The directory file: what is refused and how it is said, and what is found again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import ConfigError
from gateway.trust.directory import Directory, DirectoryError, load_directory, parse_directory
from gateway.trust.schema import DirectoryFile

MANUAL = Path(__file__).parents[2] / "docs" / "directory.md"
DAY = date(2026, 11, 20)


def sample() -> Directory:
    """A directory with one brand with a distinctive name and one with a short name."""
    return parse_directory(
        {
            "brands": [
                {
                    "id": "examplex",
                    "name": "Examplex",
                    "names": ["Examplex Exchange"],
                    "accounts": [
                        {
                            "platform": "x",
                            "handle": "examplex",
                            "id": "1001",
                            "role": "news",
                            "since": date(2021, 3, 1),
                        },
                        {"platform": "telegram", "handle": "Examplex_Help"},
                        {"platform": "telegram", "handle": "examplex_old", "until": date(2025, 6, 30)},
                    ],
                    "mail": [
                        {"address": "support@examplex.test"},
                        {"domain": "notice.examplex.test"},
                        {"address": "exdesk.team@gmail.com"},
                    ],
                    "web": [
                        {"domain": "examplex.test"},
                        {"link": "https://status.example.net/examplex"},
                        {"domain": "examplex-early.test", "until": date(2024, 12, 31)},
                        {"domain": "examplex-late.test", "since": date(2030, 1, 1)},
                    ],
                    "phones": [{"number": "+44 20 7946 0000"}],
                    "apps": [{"store": "google", "id": "test.examplex.app"}],
                },
                {
                    "id": "okx",
                    "name": "OKX",
                    "accounts": [{"platform": "x", "handle": "okx"}],
                    "mail": [{"address": "support@okx.com"}],
                    "web": [{"domain": "okx.com"}],
                },
            ],
            "scams": [
                {"domain": "prize-desk.test", "reported_at": date(2026, 2, 14), "source": "a user"},
                {"platform": "telegram", "handle": "Prize_Desk"},
                {"address": "prizes@mail.test"},
                {"domain": "examplex-early.test"},
            ],
        }
    )


def problems(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(DirectoryError) as caught:
        parse_directory(document)
    return {problem.path: problem.message for problem in caught.value.problems}


def brand(**more: Any) -> dict[str, Any]:
    return {"brands": [{"id": "examplex", "name": "Examplex", **more}]}


def test_the_example_in_the_manual_loads(tmp_path: Path) -> None:
    found = re.search(r"<!-- example: official.toml -->\n```toml\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    assert found is not None
    path = tmp_path / "official.toml"
    path.write_text(found.group(1), "utf-8")
    directory = load_directory(path)
    assert set(directory.brands) == {"examplex"}
    assert directory.accounts[("telegram", "examplex_help")][0].languages == ("en", "de")
    assert ("domain", "prize-desk.test") in directory.scams


def test_every_problem_is_told_at_once_with_its_place() -> None:
    found = problems(
        {
            "brands": [
                {
                    "id": "Big Id",
                    "name": "Examplex",
                    "web": [{"domain": "https://examplex.test/"}, {"domain": "co.uk"}],
                },
                {"id": "two", "mail": [{"domain": "gmail.com"}, {"address": "nobody"}, {}], "acounts": []},
            ],
            "scams": [{"handle": "lonely"}],
        }
    )
    assert set(found) == {
        "brands[0].id",
        "brands[0].web[0].domain",
        "brands[0].web[1].domain",
        "brands[1].name",
        "brands[1].mail[0].domain",
        "brands[1].mail[1].address",
        "brands[1].mail[2]",
        "brands[1].acounts",
        "scams[0]",
    }
    assert 'write "accounts"' in found["brands[1].acounts"]
    assert "is missing" in found["brands[1].name"]
    assert "anybody can register" in found["brands[0].web[1].domain"]


@pytest.mark.parametrize(
    ("entry", "place", "hint"),
    [
        ({"accounts": [{"platform": "x", "handle": "a b"}]}, "accounts[0].handle", "without spaces"),
        ({"accounts": [{"platform": "x"}]}, "accounts[0]", "handle, id"),
        ({"accounts": [{"platform": "x", "id": 12}]}, "accounts[0].id", "in quotes"),
        ({"web": [{"domain": "t.me"}]}, "web[0].domain", "link"),
        ({"web": [{"domain": "a.test", "link": "https://a.test"}]}, "web[0]", "exactly one"),
        ({"web": [{"link": "examplex.test"}]}, "web[0].link", "whole link"),
        ({"web": [{"domain": "10.0.0.1"}]}, "web[0].domain", "domain name"),
        ({"web": [{"domain": "pages.dev"}]}, "web[0].domain", "anybody can register"),
        ({"phones": [{"number": "020 7946 0000"}]}, "phones[0].number", "country code"),
        ({"apps": [{"store": "corner shop", "id": "x"}]}, "apps[0].store", "'apple'"),
        ({"web": [{"domain": "a.test", "since": "soon"}]}, "web[0].since", "a day"),
        (
            {"web": [{"domain": "a.test", "since": date(2025, 1, 2), "until": date(2025, 1, 1)}]},
            "web[0]",
            "until lies before since",
        ),
    ],
)
def test_a_wrong_entry_says_what_to_write(entry: dict[str, Any], place: str, hint: str) -> None:
    found = problems(brand(**entry))
    assert list(found) == [f"brands[0].{place}"]
    assert hint in found[f"brands[0].{place}"]


def test_one_thing_cannot_belong_to_two_brands_nor_be_a_scam() -> None:
    first = brand(web=[{"domain": "a.test"}])["brands"][0]
    found = problems(
        {"brands": [first, {**first, "id": "other"}, first], "scams": [{"domain": "a.test", "source": "x"}]}
    )
    assert set(found) == {"brands[1].web[0]", "brands[2].id", "scams[0]"}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"brands = [", "is not TOML"), (b"\xff\xfe", "is not UTF-8"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "official.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_directory(path)
    assert said in str(caught.value)


def test_names_are_kept_in_one_spelling() -> None:
    directory = parse_directory(
        brand(
            accounts=[{"platform": "Twitter", "handle": "@ExampleX"}],
            web=[{"domain": "BÜCHER.test".lower()}],
            mail=[{"address": "Support@Examplex.TEST"}],
        )
    )
    assert ("x", "examplex") in directory.accounts
    assert "xn--bcher-kva.test" in directory.sites
    assert "support@examplex.test" in directory.addresses


def test_the_digest_names_the_content_and_not_its_layout(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    one.write_text('[[brands]]\nid = "a"\nname = "A-brand"\n')
    two.write_text('# said\nbrands = [{name = "A-brand", id = "a"}]\n')
    three.write_text('[[brands]]\nid = "a"\nname = "B-brand"\n')
    assert load_directory(one).digest == load_directory(two).digest != load_directory(three).digest


def test_the_schema_describes_every_table() -> None:
    schema = DirectoryFile.model_json_schema()
    assert set(schema["$defs"]) == {"Account", "App", "Brand", "Mail", "Phone", "Scam", "Web"}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("day", "valid"), [(date(2025, 6, 30), True), (date(2025, 7, 1), False), (None, False), (date(2020, 1, 1), True)]
)
def test_an_entry_holds_up_to_its_last_day(day: date | None, valid: bool) -> None:
    entry = sample().accounts[("telegram", "examplex_old")][0]
    assert entry.is_valid(day) is valid


def test_a_retired_domain_is_nobodys_own_host() -> None:
    directory = sample()
    assert directory.is_own_host("www.examplex.test", DAY)
    assert not directory.is_own_host("examplex-early.test", DAY)
