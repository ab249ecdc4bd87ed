"""What HTML hides from its reader is not shown as if its author had written it, and what it shows is not lost."""

from __future__ import annotations

import pytest

from normalizers.email import _hiding, _html
from normalizers.email._reading import Reading


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<span style='font-size:0'>salt</span>b</p>", "ab"),
        ("<p>a<span style='FONT-SIZE: 0.1px;'>salt</span>b", "ab"),
        ("a<span style='font-size:1px'>x</span>b", "ab"),
        ("a<font style='font-size: 1pt !important'>x</font>b", "ab"),
        ("a<span style='opacity:0'>x</span>b", "ab"),
        ("a<span style='opacity: 0.0; color:red'>x</span>b", "ab"),
        ("a<div style='max-height:0px;overflow:hidden'>x</div>b", "a\nb"),
        ("a<div style='height:0;width:0;overflow:hidden'>x<a href='http://x.test'>y</a></div>b", "a\nb"),
        ("a<span style='color:#fff'>salt</span>b", "ab"),
        ("a <font color=white>salt</font> b", "a b"),
        ("a<span style='color: rgb(255, 255, 255)'>salt</span>b", "ab"),
        ("<div style='background:#fff'>a<span style='color:#FFFFFF'>salt</span>b</div>", "ab"),
        ("a<span style='color:#123456;background-color:#123456'>salt</span>b", "ab"),
        ("a<b style='display:none;font-size:9px'>x<span style='font-size:9px'>x</span></b>b", "ab"),
    ],
)
def test_hidden_words_are_left_out_and_noted(html: str, expected: str) -> None:
    reading = Reading()
    assert _html.render(html, reading).text == expected
    assert [note.code for note in reading.notes] == ["hidden_text_removed"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<td style='font-size:0'><div style='font-size:14px'>a</div></td>", "a"),
        ("<div style='font-size:0px'><img alt='logo'><a href='https://x.test/'><img alt='go'></a></div>", "logo go <https://x.test/>"),
        ("<td bgcolor='#003366'><font color=white>a</font></td>", "a"),
        ("<style>.x{background:#036}</style><span class=x style='color:#fff'>a</span>", "a"),
        ("<a href='https://x.test' style='color:#fff;background:#f60'>a</a>", "a <https://x.test>"),
        ("<font color='#ffffff'><a href='https://x.test'>a</a></font>", "a <https://x.test>"),
        ("<span style='color:#fffffe'>a</span>", "a"),
        ("<span style='font-size:10px'>a</span><span style='font-size:0.9em'>b</span>", "ab"),
        ("<span style='opacity:0.5'>a</span><span style='opacity:0.05'>b</span>", "ab"),
        ("<div style='height:0'>a</div><div style='overflow:hidden;height:0.5em'>b</div>", "a\nb"),
        ("<span style='border-color:#fff'>a</span>", "a"),
        ("<span style='line-height:0;min-width:0'>a</span>", "a"),
    ],
)  # fmt: skip
def test_what_is_seen_is_shown(html: str, expected: str) -> None:
    reading = Reading()
    assert _html.render(html, reading).text == expected
    assert reading.notes == ()


def test_words_alone_that_are_hidden_are_shown_and_noted() -> None:
    reading = Reading()
    assert _html.render("<p style='color:white'>all of it</p>", reading).text == "all of it"
    assert [note.code for note in reading.notes] == ["hidden_text_shown"]


def test_the_colour_behind_all_words_is_looked_for_once() -> None:
    hiding = _hiding.Hiding("x" * 1000)
    assert all(hiding.how(" style='color:#fff'") is _hiding.Hides.INK for _ in range(3))


@pytest.mark.parametrize(
    "piece", ["<p style='color:#fff'>x", "<b style='font-size:0'>x", '<i style="background:', "<p a=' =\" "]
)
def test_hiding_costs_steps_that_grow_with_the_text(piece: str) -> None:
    _html.render(piece * 20_000, Reading())
