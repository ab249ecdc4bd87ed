"""Reported scams: a table whose look-ups cost the same at any size, and lists that are read into it or refused."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.directory import Directory, DirectoryError, load_directory, parse_directory, watched
from gateway.trust.review import counts
from gateway.trust.scamlist import ListInfo, RowError, is_root, normalised, row_of, survey
from gateway.trust.scamsource import read_foreign
from gateway.trust.scamtable import FILL, Reported, ScamTable
from gateway.trust.schema import ScamList
from gateway.trust.wallets import wallet_key

DAY = date(2026, 11, 20)
WHO = Reported("someone", DAY)
BRAND = """
[[brands]]
id = "examplex"
name = "Examplex"
accounts = [{ platform = "telegram", handle = "examplex_help" }]
mail = [{ address = "support@mail.examplex.test" }]
web = [{ domain = "examplex.test" }, { domain = "old.test", until = 2025-01-01 }]
phones = [{ number = "+44 20 7946 0000" }]
"""
KEY = b"a key for tests."


def table(size: int) -> ScamTable:
    return ScamTable.of(((f"domain  n{number}.test", WHO) for number in range(size)), size, KEY)


def loaded(folder: Path, content: str, name: str = "lists/r.jsonl", more: str = "") -> Directory:
    """A directory with one list."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    toml = folder / "official.toml"
    listed = f'[[scam_lists]]\nfile = "{name}"\nsource = "someone"\ndate = 2026-11-01\n{more}'
    toml.write_text(BRAND + listed, encoding="utf-8")
    return load_directory(toml, DAY)


def refused(folder: Path, content: str, name: str = "lists/r.jsonl", more: str = "") -> dict[str, str]:
    with pytest.raises(DirectoryError) as caught:
        loaded(folder, content, name, more)
    return {problem.path: problem.message for problem in caught.value.problems}


# The table.


@pytest.mark.parametrize("size", [1, 1_000, 30_000])
def test_a_look_up_takes_as_many_probes_however_many_entries_there_are(size: int) -> None:
    found = table(size)
    known = [found.find(f"domain  n{number}.test") for number in range(0, size, max(1, size // 1_000))]
    unknown = [found.find(f"domain  n{number}.example") for number in range(1_000)]
    assert all(place is not None for place, _ in known)
    assert not any(place is not None for place, _ in unknown)
    # Knuth's figures for linear probing at this fill, with a tenth for chance: 1.75 and 3.63.
    assert sum(probes for _, probes in known) / len(known) < (1 + 1 / (1 - FILL)) / 2 * 1.1
    assert sum(probes for _, probes in unknown) / len(unknown) < (1 + 1 / (1 - FILL) ** 2) / 2 * 1.1


def test_an_entry_takes_less_than_seventeen_bytes() -> None:
    found = table(30_000)
    assert len(pickle.dumps(found, protocol=5)) / 30_000 < 17


def test_a_table_goes_to_another_process_and_finds_the_same() -> None:
    there = pickle.loads(pickle.dumps(table(100), protocol=5))  # noqa: S301 - made here
    assert there.get("domain  n7.test") == WHO
    assert there.get("domain  n700.test") is None


def test_an_empty_table_finds_nothing() -> None:
    assert ScamTable().get("domain  a.test") is None
    assert ScamTable.of((), 0).get("domain  a.test") is None


def test_the_first_report_of_two_counts_and_it_counts_once() -> None:
    later = Reported("another", date(2026, 1, 1))
    found = ScamTable.of([("a", WHO), ("a", later), ("b", later)], 3, KEY)
    assert (found.count, found.get("a"), found.get("b")) == (2, WHO, later)


def test_tables_hash_with_keys_of_their_own() -> None:
    one, two = (ScamTable.of([("a", WHO)], 1) for _ in range(2))
    assert one.key != two.key
    assert list(one.hashes) != list(two.hashes)


def test_more_entries_than_told_never_fill_the_table() -> None:
    with pytest.raises(ValueError, match="more entries"):
        ScamTable.of([("a", WHO), ("b", WHO)], 1, KEY)


def test_beyond_so_many_days_a_report_loses_its_day_and_not_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.trust.scamtable._MOST_DAYS", 2)
    rows = [(str(number), Reported("someone", date.fromordinal(700_000 + number))) for number in range(5)]
    found = ScamTable.of(rows, 5, KEY)
    assert found.get("1") == rows[1][1]
    assert found.get("4") == Reported("someone")


@given(st.lists(st.text(max_size=8), max_size=40), st.text(max_size=8))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_table_holds_what_was_put_in_and_nothing_else(texts: list[str], other: str) -> None:
    found = ScamTable.of(((text, WHO) for text in texts), len(texts), KEY)
    assert all(found.get(text) == WHO for text in texts)
    assert (found.get(other) is not None) == (other in texts)
    assert found.count == len(set(texts))


# Lists as they are loaded.


def test_what_a_list_reports_is_found_in_every_writing_that_counts(tmp_path: Path) -> None:
    directory = loaded(
        tmp_path,
        '{"kind": "domain", "value": "evil.example"}\n'
        '{"kind": "handle", "platform": "telegram", "value": "Prize_Desk", "reported_at": "2026-10-05"}\n'
        '{"kind": "mail", "value": "Prizes@mail.test"}\n'
        '{"kind": "link", "value": "http://t.me/joinchat/abc"}\n'
        '{"kind": "wallet", "value": "0x52908400098527886E0F7030069857D2E4169EE7"}\n'
        '{"kind": "phone", "value": "+44 20 7946 0999"}\n',
    )
    who = Reported("someone", date(2026, 11, 1))
    assert directory.reported("domain", "login.evil.example") == who
    assert directory.reported("domain", "notevil.example") is None
    assert directory.reported("handle", "PRIZE_DESK", "telegram") == Reported("someone", date(2026, 10, 5))
    assert directory.reported("handle", "prize_desk") is not None
    assert directory.reported("handle", "prize_desk", "x") is None
    assert directory.reported("mail", "prizes@mail.test") == who
    assert directory.reported("link", "https://t.me/joinchat/abc") == who
    assert directory.reported("wallet", "0x52908400098527886e0f7030069857d2e4169ee7") == who
    assert directory.reported("phone", "+442079460999") == who
    assert directory.reported("domain", "telegram prize_desk") is None
    assert directory.scam_platforms == {"telegram"}
    assert counts(directory)["listed_scams"] == 6


def test_by_hand_and_by_list_one_question_finds_both(tmp_path: Path) -> None:
    by_hand = (
        '[[scams]]\nwallet = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"\nsource = "us"\nnote = "asks for a fee"\n'
    )
    directory = loaded(tmp_path, "evil.example\n", "r.txt", by_hand)
    assert directory.reported("wallet", "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ") == Reported(
        "us", None, "asks for a fee"
    )
    assert directory.reported("domain", "evil.example") is not None
    assert not directory.is_own_host("evil.example", DAY)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.txt", "# hosts\nEvil.example # x\n\n"),
        ("r.csv", "kind,value,reported_at\ndomain,evil.example,2026-10-05\n"),
        ("r.jsonl", '{"source": "itself", "date": "2020-01-01"}\n{"value": "evil.example", "other": 1}\n'),
    ],
)
def test_a_list_may_be_text_a_table_or_objects(tmp_path: Path, name: str, content: str) -> None:
    found = loaded(tmp_path, content, name).reported("domain", "evil.example")
    assert found is not None
    assert found.source == "someone", "what the directory says of a list counts for more than what the list says"


def test_a_list_may_say_itself_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"source": "itself", "date": "2026-01-02"}\n{"value": "evil.example"}\n')
    path = tmp_path / "official.toml"
    path.write_text(BRAND + '[[scam_lists]]\nfile = "r.jsonl"\n')
    directory = load_directory(path, DAY)
    assert directory.reported("domain", "evil.example") == Reported("itself", date(2026, 1, 2))
    (tmp_path / "r.jsonl").write_text('{"value": "evil.example"}\n')
    with pytest.raises(DirectoryError, match="write source and date"):
        load_directory(path, DAY)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("github.io", "everybody's"),
        ("web.app", "everybody's"),
        ("t.me", "everybody's"),
        ("www.facebook.com", "everybody's"),
        ("bit.ly", "everybody's"),
        ("co.uk", "everybody's"),
        ("anything.ck", "everybody's"),
        ("10.0.0.1", "domain name"),
        ("localhost", "domain name"),
        ("a b.test", "domain name"),
    ],
)
def test_a_row_that_would_report_everybody_is_refused_with_its_line(tmp_path: Path, value: str, said: str) -> None:
    for name, content in (("r.txt", value), ("r.jsonl", f'{{"kind": "domain", "value": "{value}"}}')):
        found = refused(tmp_path, f"evil.example\n{content}\n" if name == "r.txt" else f"\n{content}\n", name)
        assert said in found[f"{name}: line 2"]


def test_a_place_below_a_platform_is_taken() -> None:
    assert normalised("domain", "evil.github.io") == ("evil.github.io", "")
    assert normalised("domain", "www.ck") == ("www.ck", "")
    assert is_root("xn--55qx5d.cn")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "no value"),
        ({"value": "a" * 5_000}, "no value"),
        ({"value": 5}, "no value"),
        ({"value": "a.test", "kind": "thing"}, "no kind"),
        ({"value": "a", "kind": "handle"}, "needs its platform"),
        ({"value": "a b", "kind": "handle", "platform": "x"}, "without spaces"),
        ({"value": "a", "kind": "handle", "platform": "telegrm"}, "did you mean"),
        ({"value": "nobody", "kind": "mail"}, "one address"),
        ({"value": "t.me/a", "kind": "link"}, "whole link"),
        ({"value": "short", "kind": "wallet"}, "whole address"),
        ({"value": "020 7946", "kind": "phone"}, "country code"),
        ({"value": "a.test", "reported_at": "soon"}, "a day"),
    ],
)
def test_a_bad_row_says_why(row: dict[str, object], said: str) -> None:
    with pytest.raises(RowError, match=said):
        row_of(row)


def test_many_bad_rows_are_told_in_few_lines(tmp_path: Path) -> None:
    found = refused(tmp_path, "github.io\n" * 50, "r.txt")
    assert len(found) == 21
    assert "30 further rows" in found["r.txt"]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ('{"kind": "domain", "value": "examplex.test"}', "brands[0].web[0]"),
        ('{"kind": "domain", "value": "mail.examplex.test"}', "brands[0].mail[0]"),
        ('{"kind": "handle", "platform": "telegram", "value": "Examplex_Help"}', "brands[0].accounts[0]"),
        ('{"kind": "mail", "value": "support@mail.examplex.test"}', "brands[0].mail[0]"),
        ('{"kind": "phone", "value": "+442079460000"}', "brands[0].phones[0]"),
    ],
)
def test_what_is_official_is_on_no_list(tmp_path: Path, row: str, place: str) -> None:
    found = refused(tmp_path, row + "\n")
    assert "the list of someone reports" in found[place]
    assert "until" in found[place]


def test_what_was_official_once_may_be_on_a_list_and_so_may_a_place_below(tmp_path: Path) -> None:
    directory = loaded(tmp_path, "old.test\nforgotten.examplex.test\n", "r.txt")
    assert directory.reported("domain", "old.test") is not None
    assert not directory.is_own_host("forgotten.examplex.test", DAY)
    assert directory.is_own_host("www.examplex.test", DAY)


@pytest.mark.parametrize("file", ["/etc/r.txt", "../r.txt", "lists/r.exe", "a\\\\r.txt"])
def test_a_list_lies_below_the_folder_of_the_directory(file: str) -> None:
    with pytest.raises(DirectoryError, match="below the folder"):
        parse_directory({"scam_lists": [{"file": file, "source": "a", "date": DAY}]})


def test_a_cell_without_an_end_is_a_bad_row(tmp_path: Path) -> None:
    endless = 'value\n"' + "a" * 200_000
    assert "cannot be read as a table" in refused(tmp_path, endless, "r.csv")["r.csv: line 2"]
    assert [kind for kind, _, _ in rows(f"domain,x\n{endless[6:]}")] == ["refused"]


def test_a_list_that_is_not_there_or_no_text_is_a_problem(tmp_path: Path) -> None:
    loaded(tmp_path, "evil.example\n", "r.txt")
    (tmp_path / "r.txt").write_bytes(b"\xff\xfe\n")
    with pytest.raises(DirectoryError, match="UTF-8"):
        load_directory(tmp_path / "official.toml", DAY)
    (tmp_path / "r.txt").unlink()
    with pytest.raises(DirectoryError, match=r"scam_lists\[0\].file: r.txt cannot be read"):
        load_directory(tmp_path / "official.toml", DAY)


def test_a_list_of_tomorrow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("evil.example\n")
    path = tmp_path / "official.toml"
    path.write_text(BRAND + '[[scam_lists]]\nfile = "r.txt"\nsource = "a"\ndate = 2027-01-01\n')
    with pytest.raises(DirectoryError, match="lies in the future"):
        load_directory(path, DAY)


def test_a_list_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def and_then(lists: Sequence[ScamList], base: Path) -> tuple[ListInfo, ...]:
        found = survey(lists, base)
        (tmp_path / "r.txt").write_text("another.example\nand.example\nmore.example\n")
        return found

    monkeypatch.setattr("gateway.trust.directory.survey", and_then)
    with pytest.raises(DirectoryError, match="changed while it was read"):
        loaded(tmp_path, "evil.example\n", "r.txt")


def test_the_digest_names_the_lists_too(tmp_path: Path) -> None:
    one = loaded(tmp_path, "evil.example\n", "r.txt").digest
    assert loaded(tmp_path, "evil.example\n", "r.txt").digest == one
    assert loaded(tmp_path, "worse.example\n", "r.txt").digest != one


def test_the_files_to_watch_are_named(tmp_path: Path) -> None:
    directory = loaded(tmp_path, '{"value": "evil.example"}\n')
    names = {str(path.relative_to(tmp_path)) for path in watched(tmp_path / "official.toml", directory)}
    assert names == {"official.toml", "official.toml.sig", "lists/r.jsonl"}


# Wallets.


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0x52908400098527886E0F7030069857D2E4169EE7", "0x52908400098527886e0f7030069857d2e4169ee7"),
        ("ethereum:0x52908400098527886E0F7030069857D2E4169EE7@1?value=1", "0x52908400098527886e0f7030069857d2e4169ee7"),
        ("BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=1", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        ("two words of an address 1234", ""),
        ("", ""),
        ("a" * 500, ""),
    ],
)
def test_capitals_of_a_wallet_count_where_they_count_on_its_chain(written: str, kept: str) -> None:
    assert wallet_key(written) == kept


# Lists as others write them.


def rows(text: str, kind: str = "", platform: str = "") -> Iterator[tuple[str, str, str]]:
    for _, row in read_foreign(text, kind, platform):
        yield ("refused", "", str(row)) if isinstance(row, RowError) else (row.kind, row.platform, row.value)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("evil.example\n# no\nWWW.Worse.example.\n", ["evil.example", "worse.example"]),
        ("127.0.0.1 localhost\n0.0.0.0 evil.example worse.example # x\n", ["evil.example", "worse.example"]),
        ("! title\n||evil.example^\n||worse.example^$all\n", ["evil.example", "worse.example"]),
        ("*.evil.example\n", ["evil.example"]),
        ('["evil.example", "https://worse.example/"]', ["evil.example", "worse.example"]),
        ('{"allow": ["good.example"], "deny": ["evil.example"]}', ["evil.example"]),
        ("id,Domain,date\n1,evil.example,2026-01-02\n", ["evil.example"]),
        ('{"domain": "evil.example"}\n{"url": "https://worse.example"}\n', ["evil.example", "worse.example"]),
        ("\ufeffb\u00fccher.example\n", ["xn--bcher-kva.example"]),
    ],
)
def test_every_usual_form_of_a_list_of_hosts_is_read(text: str, taken: list[str]) -> None:
    assert list(rows(text)) == [("domain", "", value) for value in taken]


def test_a_value_tells_what_it_is() -> None:
    text = (
        "https://t.me/prizes\n@prize_desk\nPrizes@mail.test\n+44 20 7946 0999\n"
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\nevil.example/login?x=1\n"
    )
    assert list(rows(text, platform="telegram")) == [
        ("link", "", "https://t.me/prizes"),
        ("handle", "telegram", "prize_desk"),
        ("mail", "", "prizes@mail.test"),
        ("phone", "", "+442079460999"),
        ("wallet", "", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("link", "", "https://evil.example/login?x=1"),
    ]


def test_the_root_of_a_platform_is_never_taken_from_a_list() -> None:
    text = "github.io\nweb.app\nhttps://sites.google.com/\n||t.me^\nevil.web.app\nhttps://sites.google.com/view/evil\n"
    assert [kind for kind, _, _ in rows(text)] == ["refused"] * 4 + ["domain", "link"]


def test_a_link_is_made_a_domain_only_when_that_is_asked() -> None:
    assert list(rows("https://evil.example/x", "domain")) == [("domain", "", "evil.example")]
    assert [kind for kind, _, _ in rows("https://github.io/x", "domain")] == ["refused"]


def test_a_day_is_taken_with_or_without_its_time() -> None:
    text = "domain,first_seen\na.example,2026-01-02T03:04:05Z\nb.example,yesterday\n"
    found = [row.reported_at for _, row in read_foreign(text) if not isinstance(row, RowError)]
    assert found == [date(2026, 1, 2), None]


@given(st.text(max_size=80), st.sampled_from(["", "domain", "link", "handle", "mail", "wallet", "phone"]))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_list_raises_and_what_is_taken_is_taken_again(text: str, kind: str) -> None:
    for _, row in read_foreign(text, kind, "telegram"):
        if not isinstance(row, RowError):
            assert normalised(row.kind, row.value, row.platform) == (row.value, row.platform)
            assert row.kind != "domain" or not is_root(row.value)
