"""Links that lead on, that hide, that let one join: what stands behind them counts, and nobody is taken at his word."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.case import Standing
from gateway.trust.claims import MAX_CLAIM
from gateway.trust.directory import parse_directory
from gateway.trust.verify import Verdict, verify

DAY = date(2026, 11, 1)
WALLET = "0x" + "00112233445566778899aabbccddeeff00112233"
DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [{"platform": "telegram", "handle": "examplex", "id": "1001"}],
                "web": [{"domain": "examplex.test"}, {"link": "https://t.me/+AbCdEfGh"}],
                "phones": [{"number": "+442079460000"}],
            }
        ],
        "scams": [
            {"domain": "bakery-bonus.test", "reported_at": "2026-10-01", "source": "the desk"},
            {"wallet": WALLET},
            {"phone": "+442079460666"},
        ],
    }
)


def ask(claim: str) -> Verdict:
    return verify(claim, DIRECTORY, DAY)


@pytest.mark.parametrize(
    ("claim", "standing", "techniques"),
    [
        ("https://examplex.test/login?next=/home", Standing.OFFICIAL, ()),
        ("https://examplex.test/?next=https://www.examplex.test/a", Standing.OFFICIAL, ()),
        ("https://examplex.test/?title=https://bakery.test", Standing.OFFICIAL, ()),
        ("https://examplex.test/go?url=https://bakery.test", Standing.NOT_LISTED, ("redirect",)),
        ("https://examplex.test/go?URL=//bakery.test/x", Standing.NOT_LISTED, ("redirect",)),
        ("https://examplex.test/go#url=https%3A%2F%2Fbakery.test", Standing.NOT_LISTED, ("redirect",)),
        (
            "https://examplex.test/go?redirect_uri=https://bakery-bonus.test",
            Standing.REPORTED_SCAM,
            ("redirect", "reported"),
        ),
        ("https://bakery.test/?q=https://examplex.test", Standing.NOT_LISTED, ("redirect",)),
        ("https://bakery-bonus.test/?q=https://examplex.test", Standing.REPORTED_SCAM, ("reported", "redirect")),
        ("https://bakery.test/?u=https://shop.test", Standing.NOT_LISTED, ()),
        (
            "https://examplex.test/?u=https%3A%2F%2Fbakery.test%2F%3Fto%3Dhttps%253A%252F%252Fbakery-bonus.test",
            Standing.REPORTED_SCAM,
            ("redirect", "reported"),
        ),
    ],
)
def test_the_worst_of_a_link_and_of_where_it_leads_on_counts(
    claim: str, standing: Standing, techniques: tuple[str, ...]
) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.techniques) == (standing, techniques)
    assert verdict.claim == claim


def test_a_link_that_leads_on_to_an_impostor_names_whom_he_imitates() -> None:
    verdict = ask("https://bakery.test/out?url=https://examp1ex.test/")
    assert (verdict.standing, verdict.brand, verdict.technique) == (Standing.LOOK_ALIKE, "examplex", "redirect")
    assert "confusable" in verdict.techniques
    assert "examp1ex.test" in verdict.reasons[0]


@pytest.mark.parametrize("deep", [1, 5, 400])
def test_links_within_links_cost_no_more_than_their_length(deep: int) -> None:
    claim = "https://bakery.test/"
    while len(claim) < MAX_CLAIM - 10 and deep:
        claim = f"https://a.test?u={claim}"
        deep -= 1
    assert ask(claim).standing in (Standing.NOT_LISTED, Standing.COULD_NOT_CHECK)


@pytest.mark.parametrize("claim", ["https://bit.ly/3xYz", "tinyurl.com/examplex", "http://t.co/abc?x=1"])
def test_a_shortened_link_is_not_judged_for_it_hides_its_target(claim: str) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.techniques, verdict.score) == (Standing.COULD_NOT_CHECK, ("shortener",), 0.0)
    assert "hides" in verdict.reasons[0]


def test_the_shortener_itself_is_a_site_like_others() -> None:
    assert ask("bit.ly").standing is Standing.NOT_LISTED


@pytest.mark.parametrize(
    "claim",
    [
        "https://t.me/+ZyXwVuTs",
        "t.me/joinchat/AAAA",
        "https://discord.gg/examplex",
        "https://discord.com/invite/examplex",
        "https://chat.whatsapp.com/AbCd",
        "https://wa.me/442079461111",
        "https://t.me/+442079461111",
    ],
)
def test_an_invitation_tells_nothing_of_who_is_behind_it(claim: str) -> None:
    verdict = ask(claim)
    assert verdict.standing is Standing.NOT_LISTED
    assert any("invitation" in reason for reason in verdict.reasons)


@pytest.mark.parametrize("claim", ["https://t.me/+AbCdEfGh", "https://wa.me/442079460000", "wa.me/+442079460000/"])
def test_an_invitation_that_is_listed_is_official(claim: str) -> None:
    assert ask(claim).standing is Standing.OFFICIAL


@pytest.mark.parametrize("claim", ["https://wa.me/442079460666", "+44 20 7946 0666", "https://t.me/+442079460666"])
def test_a_reported_number_is_a_scam_however_it_is_written(claim: str) -> None:
    assert ask(claim).standing is Standing.REPORTED_SCAM


@pytest.mark.parametrize("claim", [WALLET, WALLET.upper().replace("0X", "0x"), f"ethereum:{WALLET}", f" {WALLET} "])
def test_a_reported_wallet_is_a_scam(claim: str) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.kind) == (Standing.REPORTED_SCAM, "wallet")


@pytest.mark.parametrize(
    "claim",
    [
        "0x" + "ab" * 20,
        "bc1q" + "x7" * 19,
        "1" + "Ab2" * 10,
        "T" + "Ab3" * 11,
        "9" * 43,
        "r" + "Ab4" * 10,
        "EQ" + "Ab-5" * 11 + "_x",
        "bitcoin:" + "1" + "Ab2" * 10,
    ],
)
def test_a_wallet_that_nobody_reported_proves_nothing_and_is_nobodys(claim: str) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.kind) == (Standing.NOT_LISTED, "wallet")
    assert any("proves nothing" in reason for reason in verdict.reasons)


@pytest.mark.parametrize("claim", ["@" + "examplex" * 4, "examplexofficialsupportteam0", "0x1234"])
def test_a_long_name_is_still_a_name(claim: str) -> None:
    assert ask(claim).kind == "handle"


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        ("telegram:id:1001", Standing.OFFICIAL),
        ("tg:id:1001", Standing.OFFICIAL),
        ("telegram:id:1002", Standing.NOT_LISTED),
        ("x:id:1001", Standing.NOT_LISTED),
        ("id:1001", Standing.COULD_NOT_CHECK),
    ],
)
def test_a_number_is_official_on_its_own_platform_alone(claim: str, standing: Standing) -> None:
    assert ask(claim).standing is standing


def test_a_page_anybody_can_make_is_judged_by_its_name() -> None:
    verdict = ask("https://sites.google.com/view/examplex-support")
    assert (verdict.standing, verdict.brand, verdict.technique) == (Standing.LOOK_ALIKE, "examplex", "brand_in_path")
    assert ask("https://bakery.test/view/examplex-support").standing is Standing.NOT_LISTED


pieces = st.sampled_from(
    [
        "https://",
        "//",
        "examplex.test",
        "bakery.test",
        "?url=",
        "&u=",
        "#to=",
        "%2F",
        "%3A",
        "@",
        "/",
        "t.me/+",
        "wa.me/",
        "44",
    ]
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(pieces | st.text(max_size=3), max_size=12).map("".join))
def test_no_link_raises_and_none_is_official_that_leads_elsewhere(claim: str) -> None:
    verdict = ask(claim)
    if verdict.standing is Standing.OFFICIAL:
        assert "bakery" not in claim.partition("?")[0].partition("#")[0] or "examplex" in (verdict.official or "")
        assert verdict.score == 0.0
