"""Secrets are masked in HTML, in text attachments and in file names; every other byte stays."""

import codecs
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.secrets import mask_file, mask_html, mask_name

WORDS = ["abandon"] * 11 + ["about"]
PHRASE = " ".join(WORDS)
MARK = "[removed: seed phrase]"
HEX = "4f" * 32
TAG = re.compile(r"<[^<>]*>")


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + PHRASE + "</p>",
        "<table>" + "".join(f"<tr><td>{n}</td><td>{word}</td></tr>" for n, word in enumerate(WORDS, 1)) + "</table>",
        "<ol>" + "".join(f"<li>{word}</li>" for word in WORDS) + "</ol>",
        "<p>" + "<br>".join(WORDS) + "</p>",
        "<span>" + "</span><span>".join(WORDS) + "</span>",
        "<div><b>1.</b> " + " <b>2.</b> ".join(WORDS) + "</div>",
        "&nbsp;".join(WORDS),
        "&#97;bandon " + "&#x20;".join(WORDS[1:]),
        f"<!-- {PHRASE} -->",
        f"<p>hello <i unclosed {PHRASE}",
    ],
)
def test_phrase_is_masked_over_tags_and_entities_and_all_tags_stay(html: str) -> None:
    masked, secrets = mask_html(html)
    assert [secret.kind for secret in secrets] == ["seed_phrase"]
    assert masked.count(MARK) == 1
    assert "abandon" not in masked
    assert "about" not in masked
    if "<!--" not in html and "unclosed" not in html:
        assert TAG.findall(masked) == TAG.findall(html)


def test_secret_inside_attributes_and_over_inline_tags_is_masked() -> None:
    assert mask_html(f'<a title="{PHRASE}" href=x>ok</a>')[0] == f'<a title="{MARK}" href=x>ok</a>'
    html = f"private key: <b>{HEX[:20]}</b><wbr>{HEX[20:]}"
    assert mask_html(html)[0] == "private key: <b>[removed: private key]</b><wbr>"


def test_html_without_secrets_stays_as_it_is() -> None:
    html = f'<!doctype html><p class=\'key\'>a &lt; b &amp; tx {HEX} <x <br/> & <input type="password" name="pin"></p>'
    assert mask_html(html) == (html, ())


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "<b>",
                    "</b>",
                    "<",
                    ">",
                    "&amp;",
                    "&#x41;",
                    "<!--",
                    "-->",
                    '<a href="',
                    '"',
                    "<td>",
                    "password: a1b2c3d4",
                ]
            ),
            st.sampled_from([PHRASE, HEX, "private key", "tx", MARK, " "]),
            st.text(max_size=6),
        ),
        max_size=20,
    ).map("".join)
)
def test_no_html_raises_and_masking_twice_is_masking_once(html: str) -> None:
    once, _ = mask_html(html)
    assert mask_html(once) == (once, ())


@pytest.mark.parametrize(
    ("charset", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("windows-1252", b""),
        ("latin-1", b""),
    ],
)
def test_text_file_is_masked_in_its_own_character_set(charset: str, mark: bytes) -> None:
    data = mark + f"Größe;été\r\n{PHRASE};12\r\n".encode(charset)
    masked, secrets = mask_file(data, "text/csv", "a.csv")
    assert masked == mark + f"Größe;été\r\n{MARK};12\r\n".encode(charset)
    assert len(secrets) == 1


@pytest.mark.parametrize(
    ("charset", "text"), [("gb18030", "我的密码是abc12345"), ("windows-1251", "мой пароль: abc12345")]
)
def test_old_character_sets_are_tried_where_none_is_told(charset: str, text: str) -> None:
    expected = text.replace("abc12345", "[removed: password]").encode(charset)
    assert mask_file(text.encode(charset), "text/plain", "a.txt")[0] == expected


def test_escapes_of_json_and_entities_of_xml_part_words() -> None:
    data = json.dumps({"note": "\n".join(WORDS), "other": "é\n"}).encode()
    assert mask_file(data, "application/json", "")[0] == json.dumps({"note": MARK, "other": "é\n"}).encode()
    xml = f"<a><w>{'</w><w>'.join(WORDS)}</w></a>".encode()
    masked, _ = mask_file(xml, "application/xml", "")
    assert masked is not None
    assert masked.count(b"<w>") == 12
    assert b"abandon" not in masked


@pytest.mark.parametrize(
    ("data", "content_type", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png", "seed.png"),
        (bytes(range(32)) * 40, "text/plain", "a.txt"),
        (PHRASE.encode(), "application/pdf", "a.txt"),
        (PHRASE.encode() + b" " * 16_000_001, "text/plain", "a.txt"),
    ],
)
def test_what_cannot_be_read_for_masking_is_told_apart(data: bytes, content_type: str, name: str) -> None:
    assert mask_file(data, content_type, name) == (None, ())


def test_ending_tells_what_an_unnamed_type_is() -> None:
    masked, _ = mask_file(PHRASE.encode(), "application/octet-stream", "Seed.TXT")
    assert masked == MARK.encode()


def test_file_without_secrets_keeps_all_bytes() -> None:
    data = b"caf\xe9 \xff\xfe tx " + HEX.encode()
    assert mask_file(data, "text/plain", "a.txt") == (data, ())


def test_file_name_is_masked_and_keeps_its_ending() -> None:
    assert mask_name("_".join(WORDS) + ".jpg")[0] == "[removed seed phrase].jpg"
    assert mask_name(f"private_key_{HEX}.txt")[0] == "private_key_[removed private key].txt"
    assert mask_name(f"tx-{HEX}.png") == (f"tx-{HEX}.png", ())
    once = mask_name("password hunter22.txt")[0]
    assert mask_name(once) == (once, ())


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(["text/plain", "text/html", "application/json", "text/plain; charset=utf-16"]),
)
def test_no_file_raises_or_changes_without_a_secret(data: bytes, content_type: str) -> None:
    masked, secrets = mask_file(data, content_type, "a")
    assert secrets or masked in (None, data)
    mask_name(data.decode("latin-1"))
