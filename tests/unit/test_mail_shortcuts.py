"""What the mail normalizer finds the short way is what it finds the long way."""

from __future__ import annotations

import re
from unittest.mock import patch
from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from normalizers.email import _hiding, _links, _quotes, _tags

LINKS = st.sampled_from(["http", "https", "HTTPS", "://", "www.", "w.", "W", *" a9@.:/<。é", "examplex.test", "/a?b#c"])
TAGS = st.sampled_from(
    ["<p>", "</p>", "<a href='x'>", '<a b="<">', "<b c=d>", '<b c = "', "'", '"', "=", "<", ">", " ", "x", "<!--",
     "-->", "<script>", "</script>", "<br/>", "<A\nB='\">'>", "&lt;", "<1>", "</", "<?x>"]
)  # fmt: skip
STYLES = st.sampled_from(
    ["color", "background", "background-color", ":", ": ", ";", "white", "#fff", "#FFFFFF", "rgb(255, 255,255)", "none",
     "display", "visibility", "hidden", "font-size", "opacity", "0", "0px", "1px", ".5px", "0.0", "max-height", "width",
     "overflow", " ", "\n", "mso-hide", "all", "!important"]
)  # fmt: skip
LINES = st.sampled_from(
    [
        "",
        "hello",
        "> quoted",
        "＞ quoted",
        ">From here on",
        "Begin forwarded message:",
        "----- Original Message -----",
        "* From: Ann <ann@mail.test>",
        "From: Ann",
        "Sent: today",
        "To: desk",
        "发件人: 安",
        "收件人: 客服",
        "On Friday, Ann",
        "<ann@mail.test> wrote:",
        "在 2026年11月20日,安 写道:",
        "2026/11/20 12:00 Ann <ann@mail.test>:",
    ]
)


@given(st.lists(LINKS, max_size=30).map("".join))
@example("www.www.a https://https://a.b ahttp://a.b @www.a.b w.www.a.b http:// x://http://a.b")
def test_links_are_found_from_their_signs_as_by_a_walk_over_the_text(text: str) -> None:
    assert [link.span() for link in _links._urls(text)] == [link.span() for link in _links._URL.finditer(text)]


@given(st.lists(st.sampled_from(["http://", "HTTPS://", *"aZ.-:@/?#[]%é ", "examplex.test"]), max_size=12).map("".join))
@example("https://examplex.test:80/a@b")
@example("https://examplex.test@evil.test/")
def test_a_plain_link_has_the_host_that_the_library_reads(url: str) -> None:
    if _links._PLAIN.fullmatch(url):
        assert _links.host_of(url) == urlsplit(url).hostname


@given(st.lists(LINES, max_size=8).map("\n".join))
@example("hello\nFrom: Ann\nSent: today\nTo: desk")
@example("hello\n* From: Ann <ann@mail.test>\nSent: today\nTo: desk")
@example("hello\n寄件者: 安\n收件人: 客服\nSent: today")
@example("hello\n----- Original Message -----\nbye")
@example("hello\nBegin forwarded message:\nbye")
@example("hello\n下面是被转发的邮件:\nbye")
def test_history_begins_where_a_look_at_every_line_finds_it(text: str) -> None:
    found = _quotes.find(text)
    with patch.object(_quotes, "_may_mark", lambda lines, quoted: list(range(len(lines)))):
        assert _quotes.find(text) == found


@given(st.lists(TAGS, max_size=25).map("".join))
@example("<a b=\"<c d='>\" e='>'>x</a>")
@example('x<a \'b="c>"d>')
def test_a_whole_tag_is_cut_as_by_a_look_at_its_attributes(html: str) -> None:
    found = list(_tags.Scanner(html).tokens())
    with patch.object(_tags, "_STEP", re.compile("(?!)")):
        assert list(_tags.Scanner(html).tokens()) == found


@given(
    st.lists(STYLES, max_size=6).map("".join),
    st.sampled_from([' style="%s"', " style='%s' x", " style=%s", " color=%s"]),
)
@example(" font-size : 0", " style='%s'")
def test_an_element_hides_as_by_a_look_at_its_attributes(style: str, written: str) -> None:
    attributes = written % style
    found = _hiding.Hiding("").how(attributes)
    with patch.object(_hiding, "_may_hide", lambda attributes: True):
        assert _hiding.Hiding("").how(attributes) is found
