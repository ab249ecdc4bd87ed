"""What a term finds, and what it does not: bounds of words, order, nearness, exclusion, writings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.triage.fold import fold
from gateway.triage.matching import WINDOW, Lexicon
from gateway.triage.terms import read_term


def finds(term: str, text: str, language: str = "en") -> bool:
    """Whether a term is found in a text of that language."""
    eastern = language in ("zh-CN", "zh-Hant", "ja", "ko")
    lexicon = Lexicon([read_term(term, "kyc", 3.0)], eastern=eastern, arabic=language == "ar")
    return bool(list(lexicon.find(fold(text))))


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("deposit", "my Deposit?", True),
        ("deposit", "my deposits", False),
        ("deposit*", "my deposits", True),
        ("*konto", "Mein Handelskonto ist", True),
        ("*konto", "Kontostand", False),
        ("*konto*", "Handelskontostand", True),
        ("argent", "l'argent", True),
        ("can't", "I cant", True),
        ("can't", "I can’t", True),
        ("log in", "log\nin", True),
        ("log-in", "log in", True),
        ("a1 | b1", "the b1", True),
        ("deposit* .. not arrived", "deposit of 3 usdt has not arrived", True),
        ("deposit* .. not arrived", "not arrived: my deposit", False),
        ("deposit* .. not arrived", "deposit. The parcel has not arrived", False),
        ("deposit* .. not arrived", "deposit " + "very " * 9 + "not arrived", False),
        ("sent & usdt", "usdt: I sent it", True),
        ("sent & usdt", "sent. " + "x" * (WINDOW + 1) + " usdt", False),
        ("hack* & !hackathon", "my account was hacked", True),
        ("hack* & !hackathon", "a hackathon for hackers", False),
        ("hack* & !hackathon", "hacked. " + "so far away " * 20 + "hackathon", True),
        ("ab .. cd .. ef", "ab x cd y ef", True),
        ("ab .. cd .. ef", "ab x ef y cd", False),
        ("ab .. cd & gh | ij", "ij ab cd", True),
        ("ab .. ab", "ab", False),
        ("ab .. ab", "ab and ab", True),
    ],
)
def test_a_term_is_found_as_the_readme_of_terms_says(term: str, text: str, found: bool) -> None:
    assert finds(term, text) is found


@pytest.mark.parametrize(
    ("language", "term", "text", "found"),
    [
        ("zh-CN", "充值 .. 没到账", "充值的usdt 一直 没到账", True),
        ("zh-CN", "充值 .. 没到账", "充值" + "很" * 30 + "没到账", False),
        ("zh-CN", "充值 .. 没到账", "充值。钱没到账", False),
        ("zh-CN", "kyc", "我的KYC不过", True),
        ("zh-Hant", "提現", "請問提 現", True),
        ("ja", "入金が反映", "入金 が\n反映されない", True),
        ("ko", "입금 안 됨", "입금안됨", True),
        ("ko", "입금", "미입금", True),
        ("ar", "ايداع", "بالإيداع", True),
        ("ar", "ايداع", "والايداع", True),
        ("ar", "حساب*", "حسابي", True),
        ("ar", "حساب", "محاسب", False),
        ("tr", "çekim*", "CEKIMIM", True),
        ("vi", "nạp tiền", "nap tien chua vao", True),
        ("ru", "ещё", "еще", True),
    ],
)
def test_each_writing_has_bounds_of_its_own(language: str, term: str, text: str, found: bool) -> None:
    assert finds(term, text, language) is found


def test_a_term_counts_once_and_tells_what_it_was_found_by() -> None:
    lexicon = Lexicon([read_term("deposit* .. missing", "deposit_not_credited", 3.0)])
    found = list(lexicon.find("where? deposits are missing, and deposit also missing"))
    assert found == [("deposit_not_credited", 3.0, 7, ("deposit", "missing"))]


def test_a_desk_may_have_more_terms_than_two_bytes_count() -> None:
    lexicon = Lexicon([read_term(f"w{number}x", f"t{number % 7}", 1.0) for number in range(66_000)])
    assert [hit[0] for hit in lexicon.find("w3x and w65999x")] == ["t3", f"t{65_999 % 7}"]
    longest = "w" * 66_000
    assert [hit[0] for hit in Lexicon([read_term(longest, "t", 1.0)]).find(f"a {longest} b")] == ["t"]


def test_a_unit_of_several_pieces_is_found_where_it_is_said_first() -> None:
    """Whatever sets of pieces it shares with others."""
    terms = [
        read_term("bank | coin .. gone", "one", 3.0),
        read_term("coin .. gone", "two", 3.0),
        read_term("bank & !gone", "three", 3.0),
    ]
    found = sorted(Lexicon(terms).find("bank, coin, coin and bank: gone"))
    assert found == [("one", 3.0, 0, ("bank", "gone")), ("two", 3.0, 6, ("coin", "gone"))]


@given(st.text(alphabet="ab .!&|", max_size=400))
def test_any_text_is_looked_through_in_good_time(text: str) -> None:
    finds("ab .. ba & ab .. ab & ba | ab .. aa .. ab", text * 3)


@given(st.text(max_size=200))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
