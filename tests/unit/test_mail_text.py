"""The text of a mail is what its author says: readable, with true link targets, its history split off but kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.email import _html, _limits, _links, _quotes
from normalizers.email._reading import Reading
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of


def _html_text(html: str) -> str:
    return _html.render(html, Reading()).text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<b>a</b><i>b</i> c\n d", "ab c d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("x<script>if (a<b) {}</script>y<style>p{}</style>z", "xyz"),
        ("a<!-- <b>no</b> -->b<![if !mso]>c<![endif]>", "abc"),
        ("a <!-- never closed", "a <!-- never closed"),
        ("I have <5 coins & > 3", "I have <5 coins & > 3"),
        ("a<div hidden>b<div>c</div>d</div>e", "a\ne"),
        ("<p style='display: none'>a<p>b", "b"),
        ("<div style=display:none>all of it", "all of it"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n\n> > b\n\nc"),
        ("<img alt='a logo'>x", "a logo x"),
        ("&lt;b&gt; &#65; &#0; &#" + "9" * 6000 + "; &nbsp;x", "<b> A \ufffd \ufffd; x"),
        ("a<a href='https://x.test/'>https://x.test/</a>", "ahttps://x.test/"),
        ("<a href='https://x.test'>b</a>", "b <https://x.test>"),
        ("<a href='java\nscript:x'>b</a>", "b <javascript:x>"),
        ("<a href=https://x.test><img></a>", "<https://x.test>"),
        ("<a href='#top'>up</a>", "up"),
        ("<a href='https://x.test>unclosed", "unclosed <https://x.test>"),
        ("a <b never closed", "a <b never closed"),
    ],
)
def test_html_becomes_what_its_reader_sees(html: str, expected: str) -> None:
    assert _html_text(html) == expected


@given(
    st.lists(st.sampled_from(["<a href=http://x.test>", "</a>", "x", " ", "<p>", "<br>", "<", "<blockquote>", "&amp;"]))
)
def test_every_link_of_html_stands_where_it_says(pieces: list[str]) -> None:
    rendered = _html.render("".join(pieces), Reading())
    for link in rendered.links:
        assert link.span is not None
        within = rendered.text[link.span.start : link.span.end]
        assert within.endswith((f"<{link.url}>", link.text))
        assert within == within.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://a.test/x.", ["https://a.test/x"]),
        ("(https://a.test/x)", ["https://a.test/x"]),
        ("https://a.test/x_(y)", ["https://a.test/x_(y)"]),
        ("www.a.test, HTTP://B.test!", ["www.a.test", "HTTP://B.test"]),
        ("请访问https://a.test/点击", ["https://a.test/"]),
        ("https://例子.test/a", ["https://例子.test/a"]),
        ("https://exаmplex.test", ["https://exаmplex.test"]),
        ("<https://a.test>", ["https://a.test"]),
        ("x@www.a.test no.link", []),
    ],
)
def test_links_in_plain_text_are_found(text: str, expected: list[str]) -> None:
    found = list(_links.in_text(text))
    assert [link.url for link in found] == expected
    assert all(link.span and text[link.span.start : link.span.end] == link.url for link in found)


def test_a_link_that_shows_another_host_is_evidence() -> None:
    body = (
        mail.HEAD
        + b"Content-Type: text/html\n\n"
        + (
            b'<a href="https://evil.test/a">examplex.test</a> <a href="https://examplex.test/b">www.examplex.test/b</a>'
            b'<a href="https://x.test">click here</a>'
        )
    )
    assert message_of(body).said("link-shown-differs") == ("examplex.test -> https://evil.test/a",)


def test_links_that_only_the_html_has_are_kept_without_a_place() -> None:
    links = message_of(mail.SAMPLES["alternative"]).links
    assert [(link.url, link.span is None) for link in links] == [
        ("https://examplex.test/a", False),
        ("https://evil.test/a", True),
    ]


def test_links_of_an_attached_mail_are_kept() -> None:
    links = message_of(mail.SAMPLES["forward_attached"]).links
    assert [(link.url, link.span) for link in links] == [("https://examplex-help.test/x", None)]


def test_a_plain_stub_gives_way_to_the_html() -> None:
    long = b"<p>" + b"Your account will be closed. " * 20 + b"</p>"
    body = mail.HEAD + mail.multipart("alternative", b"\nUse HTML.\n", b"Content-Type: text/html\n\n" + long)
    message = message_of(body)
    assert message.text.startswith("Your account")
    assert "plain_text_stub" in codes(message)


HISTORIES = [
    "On Mon, 1 Jan 2026 at 10:00, A <a@x.test> wrote:\n> old\n",
    "On Mon, 1 Jan 2026 at 10:00, A\n<a@x.test> wrote:\n\n> old\n> older\n",
    "On Mon, 1 Jan 2026 A wrote:\nold words without marks\n",
    "-----Original Message-----\nFrom: A <a@x.test>\n\nold\n",
    "---------- Forwarded message ---------\nFrom: A <a@x.test>\n\nold\n",
    "From: A <a@x.test>\nSent: Monday\nTo: B\nSubject: x\n\nold\n",
    "发件人： A <a@x.test>\n发送时间： 2026年1月1日\n收件人： B\n主题： x\n\nold\n",
    "------------------ 原始邮件 ------------------\n发件人: A\n\nold\n",
    "在 2026年1月1日，A <a@x.test> 写道：\n> old\n",
    "A <a@x.test> 于2026年1月1日周四 10:00写道：\n\n> old\n",
    "2026-01-01 10:00, A 写道：\nold\n",
    "> old\n> older\n",
]


@pytest.mark.parametrize("history", HISTORIES)
def test_history_is_split_off_and_kept(history: str) -> None:
    message = message_of(
        mail.HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + f"My answer.\n\n{history}".encode()
    )
    assert message.text == "My answer."
    assert message.quoted == history.rstrip("\n")


@pytest.mark.parametrize("history", HISTORIES)
def test_a_wholly_quoted_mail_keeps_its_text(history: str) -> None:
    message = message_of(mail.HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + history.encode())
    assert message.text == history.rstrip("\n")
    assert message.quoted == ""


@pytest.mark.parametrize(
    "text",
    [
        "> old\nmy answer below it",
        "On Monday A wrote:\n> one\nyes\n> two\nno",
        "From: here to there it took a day.\nNothing else.",
        "I wrote:\nthis",
        "在线客服没有回答我",
        "On the phone they said no",
    ],
)
def test_in_doubt_nothing_is_split_off(text: str) -> None:
    assert _quotes.find(text) is None


@given(st.lists(st.sampled_from([*HISTORIES, "own words\n", "\n", "> q\n", "从\n", "-----Original Message-----\n"])))
def test_no_word_is_lost_in_splitting(pieces: list[str]) -> None:
    text = "".join(pieces)
    if not text.strip():
        return
    message = message_of(mail.HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode())
    assert "".join((message.text + message.quoted).split()) == "".join(text.split())


def test_text_over_its_cap_is_cut_and_noted() -> None:
    for head in (b"\n", b"Content-Type: text/html\n\n"):
        message = message_of(mail.HEAD + head + b"word " * _limits.TEXT_CHARS)
        assert len(message.text) <= _limits.TEXT_CHARS
        assert "text_over_cap" in codes(message)


def test_a_forwarded_mail_names_its_origin() -> None:
    for name in ("forward_attached", "forward_inline", "forward_alone"):
        (origin,) = message_of(mail.SAMPLES[name]).forwarded
        assert (origin.party.address, origin.party.name) == ("team@examplex-help.test", "Examplex Team")
        assert origin.text.startswith("Send your phrase")


def test_a_plain_answer_names_no_origin() -> None:
    assert message_of(mail.SAMPLES["reply_quoted"]).forwarded == ()
