"""Headers are read as senders write them: encoded words, addresses, parameters, charsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import Message, RecipientRole
from normalizers.email import NORMALIZER, _addresses, _charsets, _headers, _limits, _words
from normalizers.email._reading import Reading
from tests.samples import mail


def message_of(body: bytes) -> Message:
    (event,) = NORMALIZER.normalize(mail.raw_of(body))
    assert isinstance(event, Message)
    return event


def codes(message: Message) -> set[str]:
    return {note.code for note in message.notes}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=?utf-8?q?a_b?=", "a b"),
        ("=?UTF-8?B?5o+Q?=\t=?utf-8?B?546w?=", "提现"),
        ("=?gb2312?B?zOE=?= x =?gb2312?B?z9Y=?=", "提 x 现"),
        ("=?utf-8*en?q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?spaces in it?=", "spaces in it"),
        ("=?nonsense?q?x?=", "x"),
        ("=?utf-8?x?kept?=", "=?utf-8?x?kept?="),
        ("=?utf-8?b?!!!?=", ""),
        ("no words =? at all", "no words =? at all"),
        ("=?rot13?q?uryyb?=", "uryyb"),
        ("=?punycode?q?abc-?=", "abc-"),
    ],
)
def test_encoded_words_are_decoded(text: str, expected: str) -> None:
    assert _words.decode(text, Reading()) == expected


def test_only_so_many_encoded_words_are_decoded() -> None:
    reading = Reading()
    text = _words.decode("=?a?q?=41?= " * (_limits.WORDS + 5), reading)
    assert text.count("A") == _limits.WORDS
    assert text.count("=41") == 5
    assert [note.code for note in reading.notes] == ["encoded_words_over_cap", "charset_unknown"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a@x.test", [("", "a@x.test")]),
        (b"Bo <Bo@X.Test>", [("Bo", "bo@x.test")]),
        (b'"Lin, Bo" <b@x.test>, c@x.test', [("Lin, Bo", "b@x.test"), ("", "c@x.test")]),
        (b'"support@examplex.test" <evil@x.test>', [("support@examplex.test", "evil@x.test")]),
        (b"b@x.test (Bo)", [("Bo", "b@x.test")]),
        (b"Team: a@x.test, B <b@x.test>;", [("", "a@x.test"), ("B", "b@x.test")]),
        (b"undisclosed-recipients:;", []),
        (b'"', []),
        (b"(c):", []),
        (b"", []),
        (b'"a\\"b" <c@x.test>', [('a"b', "c@x.test")]),
        (b"<a@x.test", [("", "a@x.test")]),
        (b"<a@x.test, <b@x.test>", [("", "a@x.test"), ("", "b@x.test")]),
        (b"A <a@x.test>; B <b@x.test>", [("A", "a@x.test"), ("B", "b@x.test")]),
        (b"=?utf-8?q?x=22_=3Ca=40b=3E?= <c@x.test>", [('x" <a@b>', "c@x.test")]),
        (b"=?utf-8?q?Doe,_J?= <j@x.test>", [("Doe, J", "j@x.test")]),
        ("Bü <b@bücher.test>".encode(), [("Bü", "b@xn--bcher-kva.test")]),
        (b"(" * 1000 + b"x" + b")" * 1000 + b" a@x.test", [("(" * 254 + "(", "a@x.test")]),
        (b"Bob bob@x.test", [("Bob", "bob@x.test")]),
        (b"<@r.test,@s.test:a@x.test>", [("", "a@x.test")]),
        (b'"bob"@x.test', [("", "bob@x.test")]),
        (b'Bo <"bob"@x.test>', [("Bo", "bob@x.test")]),
        (b'"bob@x.test"', [("", "bob@x.test")]),
        ("B\u212a@x.test".encode(), [("", "B\u212a@x.test".replace("B", "b"))]),
    ],
)
def test_addresses_are_read(value: bytes, expected: list[tuple[str, str]]) -> None:
    found = [(party.name, party.address) for party in _addresses.parties([value], Reading())]
    assert found == expected


@pytest.mark.parametrize(
    "value",
    [
        '"h 17"@mail.test', '"x victim"@mail.test', '"support@examplex.test "@evil.test', '"a b c"@mail.test',
        '"support@examplex.test"@evil.test', '<"h 17"@mail.test>', '<"victim@x.test,"@mail.test>', '"a"b@mail.test',
        '"a""b"@mail.test', "a@victim.test@mail.test", "<a victim@x.test>", '"a\\"b"@mail.test', "a @ mail.test",
        "a@" + "victim.test" + "x" * 320, '<@r.test:"x:victim"@mail.test>', '"x <victim@y.test>"@mail.test',
    ],
)  # fmt: skip
def test_an_address_that_needs_quotes_or_a_cut_is_none_rather_than_somebody_elses(value: str) -> None:
    message = message_of(f"From: {value}\nTo: support@examplex.test\n\nhi\n".encode())
    assert message.sender.address == ""
    assert message.sender.name
    assert "address_invalid" in codes(message)


_LOCALS = st.text(st.sampled_from('ab .@,;:<>()\\"\u212a'), min_size=1, max_size=12)


@given(_LOCALS, st.booleans())
def test_whatever_stands_before_the_at_an_address_is_whole_or_none(local: str, angle: bool) -> None:
    """Written as RFC 5322 asks, any local part comes back as itself or not at all."""
    quoted = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"@x.test'
    value = f"Bo <{quoted}>" if angle else quoted
    found = _addresses.parties([value.encode()], Reading())
    assert {party.address for party in found} <= {"", f"{local}@x.test"}


def test_an_address_that_is_none_is_kept_and_noted() -> None:
    message = message_of(b"From: nobody\nTo: a b@x\n\nhi\n")
    assert message.sender.name == "nobody"
    assert "from_missing" in codes(message)


def test_only_so_many_recipients_are_read() -> None:
    listed = b", ".join(b"u%d@x.test" % number for number in range(_limits.RECIPIENTS + 50))
    message = message_of(mail.HEAD.replace(b"Support <support@examplex.test>", listed) + b"\nhi\n")
    assert len(message.recipients) == _limits.RECIPIENTS
    assert "recipients_over_cap" in codes(message)


def test_our_address_is_found_wherever_a_server_wrote_it() -> None:
    """A reply token in To, Cc, Delivered-To or X-Original-To is a recipient."""
    for name, role in (
        (b"To", RecipientRole.TO),
        (b"Cc", RecipientRole.CC),
        (b"Delivered-To", RecipientRole.DELIVERED),
        (b"X-Original-To", RecipientRole.DELIVERED),
    ):
        message = message_of(b"From: a@x.test\n" + name + b": gh.token@examplex.test\n\nhi\n")
        assert [party.address for party in message.recipients_as(role)] == ["gh.token@examplex.test"]


@pytest.mark.parametrize(
    ("value", "params"),
    [
        (b"text/plain; Charset=UTF-8", {"charset": "UTF-8"}),
        (b'a/b; name="x;y\\"z"; q=1', {"name": 'x;y"z', "q": "1"}),
        (b"a/b; name*=utf-8'en'%e4%bd%a0", {"name": "你"}),
        (b"a/b; name*1=b; name*0=a", {"name": "ab"}),
        (b"a/b; name*0*=gb2312''%C4%E3; name*1=!", {"name": "你!"}),
        (b"a/b; name*=%e4%bd%a0; name=x", {"name": "你"}),
        (b'a/b; name="never closed', {"name": "never closed"}),
        (b"a/b; name*0*=utf-8'%41", {"name": "utf-8'A"}),
        (b"a/b;;;=; =x; y", {}),
        (b"a/b; name*" + b"9" * 50 + b"=x", {}),
    ],
)
def test_parameters_are_read(value: bytes, params: dict[str, str]) -> None:
    assert _headers.parameters(value, Reading())[1] == params


@pytest.mark.parametrize(
    ("data", "charset", "expected", "note"),
    [
        ("提现".encode("gbk"), "gb2312", "提现", None),
        ("镕".encode("gbk"), "gb2312", "镕", None),
        ("提现没有到账".encode("gbk"), "us-ascii", "提现没有到账", "charset_wrong"),
        ("提现没有到账".encode("gbk"), "", "提现没有到账", "charset_missing"),
        ("größe".encode("latin-1"), "", "größe", "charset_missing"),
        ("größe".encode(), "iso-8859-1", "größe", "charset_wrong"),
        ("größe".encode("latin-1"), "utf-8", "größe", "charset_wrong"),
        ("提现".encode(), "", "提现", None),
        ("提现没有到账提现没有到账".encode() + b"\xff", "utf-8", "提现没有到账提现没有到账\ufffd", "charset_broken"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет", None),
        ("日本".encode("iso2022_jp"), "", "日本", None),
        ("日本".encode("cp932"), "shift_jis", "日本", None),
        ("ab".encode("utf-16"), "utf-16", "ab", None),
        ("ab".encode("utf-16-be"), "utf-16", "ab", None),
        (b"plain", "utf-16", "plain", None),
        (b"plain", "zlib_codec", "plain", "charset_unknown"),
        (b"caf\xe9", "x" * 100_000, "café", "charset_unknown"),
        (b"a\x81b\x8d", "", "a\x81b\x8d", "charset_missing"),
    ],
)
def test_bytes_become_text_whatever_the_mail_claims(data: bytes, charset: str, expected: str, note: str | None) -> None:
    reading = Reading()
    assert _charsets.decode(data, charset, reading) == expected
    assert note is None or note in {found.code for found in reading.notes}


def test_no_header_holds_a_line_break_or_control_character() -> None:
    attack = b"=?utf-8?q?a=0D=0ABcc:_x@y.test=00=C2=85=E2=80=A8b?="
    message = message_of(
        b"From: " + attack + b" <a@x.test>\nSubject: " + attack + b"\nList-Id: " + attack + b"\n\nhi\n"
    )
    for text in (message.sender.name, message.subject, message.said("list-id")[0]):
        assert text == "a Bcc: x@y.test b"
    assert "line_break_in_header" in codes(message)


def test_a_bidi_control_is_taken_out_of_names_and_noted() -> None:
    message = message_of("From: \u202eabc <a@x.test>\nSubject: \u2066x\u2069\n\nhi \u202e\n".encode())
    assert message.sender.name == "abc"
    assert message.subject == "x"
    assert "\u202e" in message.text
    assert "bidi_removed" in codes(message)


def test_evidence_is_kept_in_its_order_and_word_for_word() -> None:
    message = message_of(
        b"Authentication-Results: mx.examplex.test; dmarc=fail\nARC-Authentication-Results: i=1; a.test; spf=pass\n"
        b"Received-SPF: pass (x)\nAuthentication-Results: forged.test; dmarc=pass\nPrecedence: bulk\n"
        b"X-Mailman-Version: 2\nList-Unsubscribe: <mailto:u@x.test>\nX-Cron-Env: <A=1>\nX-Irrelevant: 1\n"
        b"Received: a\nReceived: b\n" + mail.HEAD + b"\nhi\n"
    )
    assert [item.name for item in message.evidence] == [
        "authentication-results", "arc-authentication-results", "received-spf", "authentication-results", "precedence",
        "x-mailman-version", "list-unsubscribe", "x-cron-env", "received-count", "from-count",
    ]  # fmt: skip
    assert message.said("authentication-results") == ("mx.examplex.test; dmarc=fail", "forged.test; dmarc=pass")
    assert message.said("received-count") == ("2",)


def test_evidence_is_bounded() -> None:
    many = b"List-X: " + b"v" * 10_000 + b"\n"
    message = message_of(many * 15 + b"List-Y: 1\n" * (_limits.EVIDENCE + 10) + mail.HEAD + b"\nhi\n")
    assert len(message.evidence) == _limits.EVIDENCE + 2
    assert all(len(item.value) <= _limits.EVIDENCE_CHARS for item in message.evidence)
    assert "evidence_over_cap" in codes(message)


def test_a_header_block_over_its_cap_is_cut_and_the_body_still_found() -> None:
    message = message_of(mail.HEAD + b"X-Fill: y\n" * 40_000 + b"Subject: too late\n\nthe body\n")
    assert message.subject == ""
    assert message.text == "the body"
    assert "header_over_cap" in codes(message)


def test_two_senders_are_counted_and_both_kept() -> None:
    message = message_of(b"From: a@x.test, b@x.test\n\nhi\n")
    assert message.sender.address == "a@x.test"
    assert message.said("from-count") == ("2",)
    assert message.said("from") == ("a@x.test, b@x.test",)
    assert message.said("from-author") == ("a@x.test", "b@x.test")
    assert "several_authors" in codes(message)


@pytest.mark.parametrize(
    ("head", "count"),
    [
        (b"From: Examplex Support:support@examplex.test, h30@mail.test;\n", "2"),
        (b"From: a@x.test\nFrom: nobody\n", "2"),
        (b'From: "x y"@mail.test, b@x.test\n', "2"),
        (b"From: Lin, Bo <bo@x.test>\n", "1"),
    ],
)
def test_authors_are_counted_by_their_addresses_and_lines(head: bytes, count: str) -> None:
    message = message_of(head + b"\nhi\n")
    assert message.said("from-count") == (count,)
    assert ("several_authors" in codes(message)) is (count != "1")


def test_reply_to_is_given_only_where_it_differs() -> None:
    assert message_of(mail.HEAD + b"Reply-To: ADA@users.test\n\nhi\n").reply_to is None
    found = message_of(mail.HEAD + b"Reply-To: <x@other.test>\n\nhi\n").reply_to
    assert found is not None
    assert found.address == "x@other.test"


def test_the_null_sender_is_told_from_no_sender() -> None:
    assert message_of(mail.HEAD + b"Return-Path: <>\n\nhi\n").envelope_sender == ""
    assert message_of(mail.HEAD + b"\nhi\n").envelope_sender is None
