"""The notation of terms, and every file of terms in it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from gateway.triage.fold import fold
from gateway.triage.terms import Atom, TermError, read_term, read_terms

CATEGORIES = [
    "account_stolen", "scam_suspected", "wrong_transfer", "deposit_not_credited", "withdrawal_delayed",
    "liquidation_dispute", "spot_order", "p2p_fiat", "card", "kyc", "login", "account_data_change", "account_closure",
    "api", "promotion", "fees", "policy", "authority_request", "complaint", "feedback", "praise", "spam", "other",
]  # fmt: skip
FILES = [each for each in (files("gateway.triage") / "data" / "terms").iterdir() if each.name.endswith(".toml")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_of_terms_can_be_read(file):
    data = tomllib.loads(file.read_text("utf-8"))
    assert read_terms(data, CATEGORIES, umlauts=file.name == "de.toml").terms


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Depósito NÃO caiu", "deposito nao caiu"),
        ("rút tiền  ĐANG chờ", "rut tien dang cho"),
        ("ÇEKİM işlemim ILIK", "cekim islemim ilik"),
        ("hesabım çalındı", "hesabim calindi"),
        ("Can’t log‑in", "can't log in"),
        ("ＵＳＤＴ １０", "usdt 10"),
        ("Straße ändern", "strasse andern"),
        ("الإيـــداع لمْ يصل ١٢٣", "الايداع لم يصل 123"),
        ("حسابى سُرق", "حسابي سرق"),
        ("充值\n没有 到账 USDT 啊", "充值没有到账usdt啊"),
        ("입금이 안 됐어요 USDT 로", "입금이안됐어요usdt로"),
        ("ﾋﾞｯﾄｺｲﾝ が", "ビットコインが"),
        ("Ещё нет", "еще нет"),
        ("мой", "мой"),
    ],
)
def test_texts_are_folded_to_one_spelling(written, folded):
    assert fold(written) == folded


def test_a_term_is_read_as_its_chains_and_what_they_exclude():
    term = read_term("a1 | a2* .. *b1 & c1 & !d1", "kyc", 3.0)
    assert term.chains == (
        (frozenset({Atom("a1"), Atom("a2", open_right=True)}), frozenset({Atom("b1", open_left=True)})),
        (frozenset({Atom("c1")}),),
    )
    assert term.excluded == (frozenset({Atom("d1")}),)


def test_an_apostrophe_may_be_left_out_and_umlauts_be_spelled_out():
    assert read_term("can't", "login", 1.0).chains[0][0] == {Atom("can't"), Atom("cant")}
    assert read_term("gelöscht", "login", 1.0, umlauts=True).chains[0][0] == {Atom("geloscht"), Atom("geloescht")}


@pytest.mark.parametrize(
    "written", ["", "a", "!ab", "ab & ", "ab &cd", "ab..cd", "@none .. ab", "a*b", "ab | | cd", "ab .. !cd"]
)
def test_what_cannot_be_meant_is_named(written):
    with pytest.raises(TermError):
        read_term(written, "kyc", 3.0)


@pytest.mark.parametrize(
    "data", [{"nothing": {"strong": []}}, {"kyc": {"great": ["ab"]}}, {"kyc": {"strong": "ab"}}, {"sets": {"A b": []}}]
)
def test_a_wrong_table_is_named(data):
    with pytest.raises(TermError):
        read_terms(data, CATEGORIES)
