"""The directory file: what is refused and how it is said, and what is found again."""

from __future__ import annotations

import pickle
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.case import Standing
from gateway.errors import ConfigError
from gateway.trust.directory import Directory, DirectoryError, load_directory, parse_directory
from gateway.trust.scamtable import Reported
from gateway.trust.schema import DirectoryFile
from gateway.trust.verify import verify

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
        ({"web": [{"domain": "*.abc.test"}]}, "web[0].domain", "covers all its subdomains"),
        ({"web": [{"link": "https://t.me"}]}, "web[0].link", "your page"),
        ({"web": [{"link": "https://t.me/"}]}, "web[0].link", "your page"),
        ({"web": [{"link": "http://abc.test/../x"}]}, "web[0].link", "/../"),
        ({"web": [{"link": "http://abc.test/%2e%2e/x"}]}, "web[0].link", "/../"),
        ({"web": [{"link": "http://abc.test:8080/x"}]}, "web[0].link", "port"),
        ({"accounts": [{"platform": "telegrm", "handle": "a"}]}, "accounts[0].platform", 'did you mean "telegram"'),
        ({"accounts": [{"platform": "twiter", "handle": "a"}]}, "accounts[0].platform", 'did you mean "x"'),
        ({"accounts": [{"platform": "no pe", "handle": "a"}]}, "accounts[0].platform", "small letters"),
        ({"accounts": [{"platform": "x", "handle": "exa\u202emplex"}]}, "accounts[0].handle", "U+202E"),
        ({"names": [""]}, "names", "too short"),
        ({"names": ["a"]}, "names", "too short"),
        ({"names": ["Support"]}, "names", "everybody uses"),
        ({"tokens": ["com"]}, "tokens", "everybody uses"),
        ({"tokens": ["e"]}, "tokens", "too short"),
        ({"name": "Exаmplex"}, "name", "several scripts"),
        ({"name": "Exam\u202eplex"}, "name", "U+202E"),
        ({"name": "Exam\nplex"}, "name", "U+000A"),
        ({"names": ["Exam\u200bplex"]}, "names", "U+200B"),
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
    "host",
    ["gmail.com", "outlook.com", "qq.com", "sites.google.com", "docs.google.com", "bit.ly", "tinyurl.com", "t.co",
     "www.facebook.com", "telegra.ph", "m.youtube.com"],
)  # fmt: skip
def test_a_host_that_is_everybodys_is_nobodys_domain(host: str) -> None:
    entry = problems(brand(web=[{"domain": host}]))
    assert "belongs to everybody" in entry["brands[0].web[0].domain"]
    assert "scams[0].domain" in problems({"scams": [{"domain": host}]})
    assert parse_directory(brand(web=[{"link": f"https://{host}/examplex"}])).links


def test_a_platform_of_a_plugin_and_names_in_any_one_script_are_taken() -> None:
    accounts = [{"platform": "nope", "handle": "a"}, {"platform": "my-chat_2", "handle": "a"}]
    directory = parse_directory(brand(accounts=accounts, names=["币安", "Яндекс", "Examplex 交易所"]))
    assert ("nope", "a") in directory.accounts
    assert "币安" in directory.name_index.whole


def test_a_link_is_found_in_whatever_writing_it_was_listed() -> None:
    directory = parse_directory(brand(web=[{"link": "https://Status.example.net/examplex/"}]))
    assert verify("https://status.example.net/examplex", directory, DAY).standing is Standing.OFFICIAL
    assert verify("https://status.example.net/examplex/../evil", directory, DAY).standing is Standing.NOT_LISTED


@pytest.mark.parametrize(
    "entry",
    [{"web": [{"domain": "x.a.test"}]}, {"mail": [{"domain": "x.a.test"}]}, {"mail": [{"address": "me@a.test"}]},
     {"web": [{"link": "https://x.a.test/page"}]}],
)  # fmt: skip
def test_nothing_official_may_lie_under_a_reported_domain(entry: dict[str, Any]) -> None:
    document = {**brand(**entry), "scams": [{"domain": "a.test"}]}
    assert "lies under a.test" in problems(document)["scams[0]"]
    retired = {**brand(web=[{"domain": "x.a.test", "until": date(2025, 1, 1)}]), "scams": [{"domain": "a.test"}]}
    assert verify("x.a.test", parse_directory(retired), DAY).standing is Standing.REPORTED_SCAM


def test_a_brand_cannot_own_what_lies_under_another_brands_domain() -> None:
    first = brand(web=[{"domain": "a.test"}])["brands"][0]
    for entry in ({"web": [{"domain": "x.a.test"}]}, {"mail": [{"domain": "x.a.test"}]}):
        found = problems({"brands": [first, {"id": "other", "name": "Other", **entry}]})
        assert any("under a.test of another brand" in said for said in found.values())


def test_a_report_cannot_come_from_the_future() -> None:
    document = {**brand(), "scams": [{"domain": "a.test", "reported_at": date(2026, 11, 22)}]}
    with pytest.raises(DirectoryError) as caught:
        parse_directory(document, DAY)
    assert [problem.path for problem in caught.value.problems] == ["scams[0].reported_at"]
    document["scams"][0]["reported_at"] = date(2026, 11, 21)
    assert parse_directory(document, DAY).scams


def test_a_file_that_lists_nothing_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "official.toml"
    path.write_text("# nothing yet\n", "utf-8")
    with pytest.raises(DirectoryError, match="lists no brand"):
        load_directory(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"brands = [", "is not TOML"),
        (b"a = " + b"[" * 9_000, "is not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (None, "cannot be read"),
    ],
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
    assert set(schema["$defs"]) == {"Account", "App", "Brand", "Mail", "Phone", "Scam", "ScamList", "Web"}
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


def test_what_is_made_at_first_use_stays_at_home() -> None:
    directory = sample()
    kept = (directory.host_index, directory.name_index)
    assert kept == (directory.host_index, directory.name_index)
    there = pickle.loads(pickle.dumps(directory, protocol=5))  # noqa: S301 - made here
    assert "host_index" not in there.__dict__
    assert "name_index" not in there.__dict__
    assert there == directory
    assert verify("examp1ex.test", there, DAY).standing is Standing.LOOK_ALIKE


def test_one_question_finds_what_was_reported_by_hand() -> None:
    directory = sample()
    assert directory.reported("domain", "www.prize-desk.test") == Reported("a user", date(2026, 2, 14))
    assert (
        directory.reported("handle", "PRIZE_desk", "telegram") == directory.reported("handle", "prize_desk") is not None
    )
    assert directory.reported("handle", "prize_desk", "x") is None
    assert directory.reported("mail", "prizes@mail.test") is not None
    assert directory.reported("domain", "test") is None
    link = parse_directory({"scams": [{"link": "http://a.test/x"}]})
    assert link.reported("link", "https://a.test/x") == link.reported("link", "http://a.test/x") is not None


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ({"wallet": "two words"}, "whole address"),
        ({"phone": "020"}, "country code"),
        ({"wallet": "0x52908400098527886E0F7030069857D2E4169EE7", "domain": "a.test"}, "exactly one"),
    ],
)
def test_a_wrong_report_says_what_to_write(entry: dict[str, Any], hint: str) -> None:
    assert hint in next(iter(problems({"scams": [entry]}).values()))


def test_a_link_may_name_an_account_and_no_user() -> None:
    assert parse_directory(brand(web=[{"link": "https://medium.com/@examplex"}])).links
    assert "whole link" in problems(brand(web=[{"link": "https://a@b.test/x"}]))["brands[0].web[0].link"]


def test_lists_stand_beside_a_file_alone() -> None:
    listed = {"file": "r.txt", "source": "us", "date": DAY}
    assert "scam_lists" in problems({**brand(), "scam_lists": [listed]})


def test_the_platforms_of_a_brand_are_those_of_its_accounts_on_a_day() -> None:
    directory = sample()
    assert directory.platforms_of("examplex", DAY) == {"x", "telegram"}
    assert directory.platforms_of("examplex", date(2020, 1, 1)) == {"telegram"}
    assert directory.platforms_of("nobody", DAY) == frozenset()
