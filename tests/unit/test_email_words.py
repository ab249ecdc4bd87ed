"""The mail connector's small readers: addresses, settings, lanes, folder names, IMAP answers."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.email import EmailSettings, _lane
from connectors.email import _parse as parse
from connectors.email import _utf7 as utf7
from connectors.email._address import parse_address
from connectors.email._lane import lane_of


def settings(**changes: Any) -> EmailSettings:
    values: dict[str, Any] = {
        "address": "support@example.test",
        "password": SecretStr("p"),
        "imap_host": "imap.example.test",
        "smtp_host": "smtp.example.test",
    }
    return EmailSettings.model_validate(values | changes)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a@B.Test", "a@b.test"),
        ("a+b.c@пример.рф", "a+b.c@xn--e1afmkfd.xn--p1ai"),
        ('"a b"@x.test', '"a b"@x.test'),
        ('"a\\"@b"@x.test', '"a\\"@b"@x.test'),
        ("пример@x.test", "пример@x.test"),
        ("a@under_score.test", "a@under_score.test"),
    ],
)
def test_an_address_is_read(written: str, meant: str) -> None:
    assert parse_address(written).text == meant


@pytest.mark.parametrize(
    "written",
    [
        *("", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "<a@b>", "a@b\n", "a\x7f@b", '"a"b@c', "a@-", "a@.b"),
        *("a" * 65 + "@b", "a@" + "b" * 64, "a@" + "b." * 130 + "c", "a@[127.0.0.1]", "a,b@c", "a@b,c@d", "a\u0085@b"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-zA-Z0-9 @,-]+$"):
        parse_address(written)


@given(st.text(max_size=300))
def test_no_address_carries_what_splits_a_command(text: str) -> None:
    try:
        found = parse_address(text).text
    except ValueError:
        return
    assert not set(found) & set("\r\n\x00\t<>")
    assert len(found.encode()) <= 254


def test_defaults_are_safe() -> None:
    found = settings()
    assert (found.imap_security, found.smtp_security) == ("tls", "tls")
    assert found.login == "support@example.test"
    assert found.helo == "example.test"
    assert found.folders == ("INBOX",)


@pytest.mark.parametrize("side", ["imap", "smtp"])
def test_plain_is_only_for_this_machine(side: str) -> None:
    for host in ("localhost", "127.0.0.1", "127.8.8.8", "::1"):
        settings(**{f"{side}_security": "plain", f"{side}_host": host})
    for host in ("imap.example.test", "10.0.0.1", "localhost.example.test", "0.0.0.0"):  # noqa: S104
        with pytest.raises(ValidationError, match="readable over the network"):
            settings(**{f"{side}_security": "plain", f"{side}_host": host})


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "no address"},
        {"address": "ü@example.test"},
        {"aliases": ("x",)},
        {"imap_security": "maybe"},
        {"imap_host": "a b"},
        {"imap_host": ""},
        {"helo_name": "x\r\nMAIL"},
        {"display_name": "a\nb"},
        {"folders": ("a\r\nb",)},
        {"folders": ()},
        {"folders": ("",)},
        {"folders": ("INBOX", "inbox")},
        {"folders": tuple(f"f{n}" for n in range(21))},
        {"username": "a\x00"},
        {"password": SecretStr("a\nb")},
        {"password": "in the open"},
        {"batch": 0},
        {"batch": 201},
        {"idle_secs": 1741},
        {"smtp_port": 0},
        {"unknown": 1},
    ],
)
def test_a_wrong_setting_is_refused_without_its_value(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**changes)
    assert "in the open" not in str(caught.value)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in EmailSettings.model_fields.values())


def test_settings_never_show_the_password() -> None:
    assert "hidden-word" not in repr(settings(password=SecretStr("hidden-word")))


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("INBOX", "INBOX"),
        ("Поддержка 1", "&BB8EPgQ0BDQENQRABDYEOgQw- 1"),
        ("A & B", "A &- B"),
        ("台北/日本語", "&U,BTFw-/&ZeVnLIqe-"),
        ("😀", "&2D3eAA-"),
    ],
)
def test_folder_names_are_spelled_as_in_rfc_3501(name: str, spelled: str) -> None:
    assert utf7.encode(name) == spelled
    assert utf7.decode(spelled) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_folder_names_survive_the_spelling(name: str) -> None:
    spelled = utf7.encode(name)
    assert spelled.isascii()
    assert spelled.isprintable()
    assert utf7.decode(spelled) == name


@given(st.text(max_size=60))
def test_no_spelling_breaks_the_reader(spelled: str) -> None:
    utf7.decode(spelled)


@pytest.mark.parametrize(
    ("raw", "lane"),
    [
        (b"From: User <U@Elsewhere.Test>\r\n\r\n", "u@elsewhere.test"),
        (b"Subject: x\nFROM : u@elsewhere.test\n\nFrom: other@x.test", "u@elsewhere.test"),
        (b'From: "evil@x.test" <real@y.test>\r\n\r\n', "real@y.test"),
        (b"From: <first@x.test>, <last@y.test>\r\n\r\n", "last@y.test"),
        (b"From: =?utf-8?q?a=0Ab?=\r\n <u@x.test>\r\n\r\n", "u@x.test"),
        (b"From: u@x.test (comment)\r\n\r\n", "u@x.test"),
        (b"From: <u@x\x00.test>\r\n\r\n", "u@x.test"),
        (b'From: "\r\n\r\n', "unknown"),
        (b"From: nobody\r\n\r\nFrom: body@x.test\r\n\r\n", "unknown"),
        (b"Subject: x\r\n\r\nFrom: body@x.test\r\n", "unknown"),
        (b"X-From: u@x.test\r\n\r\n", "unknown"),
        (b"From: @ <@> <>\r\n\r\n", "unknown"),
        (b'From: "never \\" closed <u@x.test>\r\n\r\n', "u@x.test"),
        (b'From: "a\\"<v@x.test>" <u@x.test>, "b\r\n\r\n', "u@x.test"),
        (b"", "unknown"),
        (b"\xff\xfe", "unknown"),
    ],
)
def test_the_lane_is_the_senders_address(raw: bytes, lane: str) -> None:
    assert lane_of(raw) == lane


@given(st.binary(max_size=500))
def test_every_mail_has_a_lane(noise: bytes) -> None:
    for raw in (noise, b"From: " + noise, b"From: <" + noise + b">\r\n\r\n"):
        lane = lane_of(raw)
        assert 0 < len(lane) <= 320
        assert lane.isprintable() or not lane.isascii()


@pytest.mark.parametrize("piece", [b'"', b"<", b"@", b"a@", b'\\"', b" ", b"\r\n ", b"From:\r\n", b"\r\n"])
def test_a_hostile_header_costs_no_time(piece: bytes) -> None:
    """Processor time of megabytes of one piece stays far below what would stop the others."""
    before = time.process_time()
    lane_of(b"From: " + piece * (4_000_000 // len(piece)))
    assert time.process_time() - before < 1.0


@pytest.mark.parametrize("piece", [b'"\\', b'"\\a', b'"a', b"<a@", b":;"])
def test_a_hostile_sender_of_any_length_is_read_once(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a size at which a search that goes back and forth would not come to an end."""
    monkeypatch.setattr(_lane, "MAX_HEADER", 4_000_000)
    monkeypatch.setattr(_lane, "MAX_FIELD", 4_000_000)
    assert lane_of(b"From: u@x.test " + piece * 1_000_000)


def test_fetched_literals_belong_to_their_mails() -> None:
    lines = [
        b"1 FETCH (UID 4 BODY[] {3}",
        bytearray(b"one"),
        b")",
        b"9 FETCH (FLAGS (\\Seen))",
        b"2 FETCH (BODY[] {3}",
        bytearray(b"two"),
        b" UID 5)",
        b'3 FETCH (UID 6 BODY[]<10> "")',
        b"4 FETCH (UID 7 BODY[] NIL)",
        b"4 FETCH (UID 4 FLAGS (\\Seen))",
    ]
    assert {uid: item.body for uid, item in parse.fetched(lines).items()} == {4: b"one", 5: b"two", 6: b"", 7: None}


def test_a_body_that_looks_like_an_answer_is_only_a_body() -> None:
    lines = [b"1 FETCH (UID 4 BODY[] {9}", bytearray(b"2 FETCH (UID 5 RFC822.SIZE 9)"), b")"]
    assert list(parse.fetched(lines)) == [4]


@given(st.lists(st.one_of(st.binary(max_size=40), st.builds(bytearray, st.binary(max_size=40))), max_size=8))
def test_no_answer_breaks_a_reader(lines: list[bytes | bytearray]) -> None:
    parse.fetched(lines)
    parse.folders(lines)
    parse.uid_validity(lines)
    parse.uids(lines)
    for line in lines:
        parse.response_code(line)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("05-Nov-2026 10:00:00 +0200", datetime(2026, 11, 5, 8, tzinfo=UTC)),
        (" 5-nov-2026 10:00:00 -0330", datetime(2026, 11, 5, 13, 30, tzinfo=UTC)),
        ("31-Feb-2026 10:00:00 +0000", None),
        ("05-Xyz-2026 10:00:00 +0000", None),
        ("01-Jan-0001 00:00:00 +1400", None),
        ("05-Nov-2026 10:00:00 +9900", None),
        ("", None),
    ],
)
def test_internal_dates_are_read_in_utc(text: str, meant: datetime | None) -> None:
    assert parse.internal_date(text) == meant


def test_folders_are_read_in_every_spelling() -> None:
    lines = [
        b'(\\HasNoChildren) "/" INBOX',
        b'(\\HasNoChildren) "." "a \\"b\\""',
        b"() NIL {6}",
        bytearray(b"&BB8-x"),
        b'(\\Noselect) "\\\\" "c"',
        b"nonsense",
    ]
    assert [each.name for each in parse.folders(lines)] == ["INBOX", 'a "b"', "Пx", "c"]


def test_uids_are_read_once_each() -> None:
    assert parse.uids([b"1 2 3", b"", b"9 (MODSEQ 77)", b"9" * 5000]).tolist() == [1, 2, 3, 9]


def test_a_code_is_told_and_text_is_not() -> None:
    assert parse.response_code(b"[AUTHENTICATIONFAILED] user x@y.test") == "AUTHENTICATIONFAILED"
    assert parse.response_code(b"user x@y.test [CODE]") == ""
