"""Text in the format `flowed` (RFC 3676): paragraphs are whole again, quotations and signatures stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.email._flowed import rejoined
from tests.unit.test_mail_headers import message_of

PLAIN: dict[str, str] = {"format": "flowed"}
DELETING = PLAIN | {"delsp": "yes"}


@pytest.mark.parametrize(
    ("text", "params", "whole"),
    [
        ("I wait \nsince Monday.\n\nBye", PLAIN, "I wait since Monday.\n\nBye"),
        ("提现 \n没有到账\n", DELETING, "提现没有到账\n"),
        ("> I wait \n> since Monday.\nSo do I", PLAIN, "> I wait since Monday.\nSo do I"),
        (">> deep \n> less deep \nmine", PLAIN, ">> deep \n> less deep \nmine"),
        ("Ada \n-- \nAda of Examplex", PLAIN, "Ada \n-- \nAda of Examplex"),
        ("> -- \n> Ada", PLAIN, "> -- \n> Ada"),
        (" From here \non", PLAIN, "From here on"),
        (" > no quotation", PLAIN, "> no quotation"),
        ("ends in a space ", PLAIN, "ends in a space "),
        ("", PLAIN, ""),
    ],
)
def test_paragraphs_are_whole_again(text: str, params: dict[str, str], whole: str) -> None:
    assert rejoined(text, params) == whole


@given(st.text(alphabet="ab >-\n", max_size=80), st.sampled_from([PLAIN, DELETING]))
def test_no_word_is_lost_and_no_line_is_added(text: str, params: dict[str, str]) -> None:
    found = rejoined(text, params)
    assert found.count("\n") <= text.count("\n")
    assert [char for char in found if char in "ab"] == [char for char in text if char in "ab"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain; format=flowed", "I wait since Monday."),
        ('text/plain; Format="Flowed"; DelSp=Yes', "I waitsince Monday."),
        ("text/plain", "I wait \nsince Monday."),
        ("text/plain; format=fixed", "I wait \nsince Monday."),
    ],
)
def test_a_mail_says_itself_whether_its_lines_flow(kind: str, text: str) -> None:
    assert message_of(f"From: ana@example.test\nContent-Type: {kind}\n\nI wait \nsince Monday.\n".encode()).text == text


def test_the_history_and_the_signature_of_flowed_text_are_found() -> None:
    body = "Thank you, that \nhelped.\n\n-- \nAna\n\nOn Friday, Examplex wrote:\n> We have \n> seen it.\n"
    found = message_of(f"From: ana@example.test\nContent-Type: text/plain; format=flowed\n\n{body}".encode())
    assert (found.text, found.signature) == ("Thank you, that helped.", "-- \nAna")
    assert found.quoted.endswith("> We have seen it.")
