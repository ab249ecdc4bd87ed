"""Claims and their answers. The one that must never be wrong is `official`."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.case import Standing
from gateway.trust.directory import parse_directory
from gateway.trust.domains import read_host
from gateway.trust.verify import Verdict, verify
from tests.unit.test_trust_directory import DAY, MANUAL, sample

DIRECTORY = sample()
PUNYCODE = "xn--" + "оkx".encode("punycode").decode()


def ask(claim: str, platform: str | None = None) -> Verdict:
    return verify(claim, DIRECTORY, DAY, platform)


@pytest.mark.parametrize(
    ("claim", "kind", "official"),
    [
        ("support@okx.com", "mail", "support@okx.com"),
        ("Support@OKX.com", "mail", "support@okx.com"),
        ("<support@okx.com>", "mail", "support@okx.com"),
        ("OKX Support <support@okx.com>", "mail", "support@okx.com"),
        ("mailto:support@okx.com?subject=hi", "mail", "support@okx.com"),
        ("anyone@notice.examplex.test", "mail", "notice.examplex.test"),
        ("okx.com", "domain", "okx.com"),
        ("OKX.COM.", "domain", "okx.com"),
        (" www.okx.com, ", "domain", "okx.com"),
        ("notice.examplex.test", "domain", "examplex.test"),
        ("https://www.okx.com/help?x=1", "link", "okx.com"),
        ("okx.com/login", "link", "okx.com"),
        ("okx.com:8443", "link", "okx.com"),
        ("https://status.example.net/examplex", "link", "https://status.example.net/examplex"),
        ("x:@okx", "handle", "@okx on X"),
        ("twitter:OKX", "handle", "@okx on X"),
        ("https://x.com/okx", "handle", "@okx on X"),
        ("https://mobile.twitter.com/okx?s=20", "handle", "@okx on X"),
        ("t.me/examplex_help", "handle", "@Examplex_Help on Telegram"),
        ("tg://resolve?domain=examplex_help", "handle", "@Examplex_Help on Telegram"),
        ("examplex_help.t.me", "handle", "@Examplex_Help on Telegram"),
        ("x:1001", "handle", "@examplex on X"),
        ("+44 (20) 7946-0000", "phone", "+442079460000"),
        ("tel:+442079460000", "phone", "+442079460000"),
        ("müller@notice.examplex.test", "mail", "notice.examplex.test"),
        ("иван@notice.examplex.test", "mail", "notice.examplex.test"),
        ("İ@notice.examplex.test", "mail", "notice.examplex.test"),
        ("हिन्दी@notice.examplex.test", "mail", "notice.examplex.test"),
        ("https://t.me/examplex%5Fhelp", "handle", "@Examplex_Help on Telegram"),
        ("https://t.me/s/examplex_help?q=1", "handle", "@Examplex_Help on Telegram"),
        ("https://okx.com/a/../b%2fc", "link", "okx.com"),
    ],
)
def test_what_is_listed_is_official(claim: str, kind: str, official: str) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.kind, verdict.official) == (Standing.OFFICIAL, kind, official)


@pytest.mark.parametrize(
    ("claim", "brand", "official", "technique"),
    [
        ("okx-support@0kx.com", "okx", "okx.com", "confusable"),
        ("support@0kx.com", "okx", "okx.com", "confusable"),
        ("0kx.com", "okx", "okx.com", "confusable"),
        ("оkx.com", "okx", "okx.com", "confusable"),
        (f"{PUNYCODE}.com", "okx", "okx.com", "confusable"),
        (f"https://{PUNYCODE}.com/login", "okx", "okx.com", "confusable"),
        ("o\u212ax.com", "okx", "okx.com", "confusable"),
        ("ok\u00adx.com", "okx", "okx.com", "confusable"),
        ("okx。com", "okx", "okx.com", "confusable"),
        ("suppоrt@okx.com", "okx", "support@okx.com", "confusable"),
        ("exarnplex.test", "examplex", "examplex.test", "confusable"),
        ("okx.net", "okx", "okx.com", "other_suffix"),
        ("okx.com.br", "okx", "okx.com", "other_suffix"),
        ("okx.com.evil.net", "okx", "okx.com", "embedded_domain"),
        ("okx-com.net", "okx", "okx.com", "embedded_domain"),
        ("https://okx.com%2eevil.net/", "okx", "okx.com", "embedded_domain"),
        ("okx-support.com", "okx", "okx.com", "embedded_brand"),
        ("okxlogin.com", "okx", "okx.com", "embedded_brand"),
        ("okx-login.pages.dev", "okx", "okx.com", "embedded_brand"),
        ("my-examplex.net", "examplex", "examplex.test", "embedded_brand"),
        ("gotoexamplexnow.net", "examplex", "examplex.test", "embedded_brand"),
        ("examplex.evil.net", "examplex", "examplex.test", "brand_in_subdomain"),
        ("okx.login-desk.net", "okx", "okx.com", "brand_in_subdomain"),
        ("https://okx.com@evil.net/", "okx", "okx.com", "user_info"),
        ("https://www.okx.com:pw@evil.net/", "okx", "okx.com", "user_info"),
        ("evil.net/okx.com/login", "okx", "okx.com", "brand_in_path"),
        ("okx.com@evil.net", "okx", "okx.com", "embedded_domain"),
        ("okx-support@gmail.com", "okx", "okx.com", "brand_in_local_part"),
        ("exdesk.team@outlook.com", "examplex", "exdesk.team@gmail.com", "brand_in_local_part"),
        ("@okx_help", "okx", "okx.com", "embedded_brand"),
        ("@OKXSupportTeam", "okx", "okx.com", "embedded_brand"),
        ("t.me/okx_help", "okx", "okx.com", "embedded_brand"),
        ("ОКХ", "okx", "@okx on X", "confusable"),
        ("@exampIex", "examplex", "@examplex on X", "confusable"),
        ("telegram:okx", "okx", "@okx on X", "same_name_elsewhere"),
        ("@exam_plex", "examplex", "@examplex on X", "separator"),
    ],
)
def test_a_look_alike_is_named_with_what_it_imitates(claim: str, brand: str, official: str, technique: str) -> None:
    verdict = ask(claim)
    assert verdict.standing is Standing.LOOK_ALIKE
    assert (verdict.brand, verdict.official, verdict.technique) == (brand, official, technique)
    assert len(verdict.reasons) >= 2


@pytest.mark.parametrize(
    "claim",
    [
        "olx.com", "okx-garden.com", "@okx_garden", "learn.microsoft.com", "bookx.com", "evil.net",
        "smokxing.test", "@maria_k", "@bookx",
        "joe@gmail.com",
        "john+examplex@gmail.com", "examplex@my-own-domain.test", "okx@my-own-domain.test", "foo@okx.com",
        "x@examplex.test", "https://news.test/2024/examplex-listing", "https://reviews.test/review/okx.com",
        "pages.dev",
        "https://x.com/okx/status/12345", "https://x.com/search?q=okx", "https://t.me/+AbCdEf", "+44 20 7946 0001",
        "https://status.example.net/other", "привет.рф",
    ],
)  # fmt: skip
def test_a_stranger_is_not_on_the_list_and_no_more_is_said(claim: str) -> None:
    verdict = ask(claim)
    assert (verdict.standing, verdict.brand) == (Standing.NOT_LISTED, None)
    assert "not on our list" in verdict.reasons[0]


@pytest.mark.parametrize(
    "claim",
    ["", "  ", "@", "..", "two words", "a@b@", "https://", "https://[::1]/", "javascript://okx.com", "\ud800",
    "x" * 3000,
     "10.0.0.1", "*okx.com*", "@a/b", "support@okx"],
)  # fmt: skip
def test_what_cannot_be_read_could_not_be_checked(claim: str) -> None:
    verdict = ask(claim)
    assert verdict.standing is Standing.COULD_NOT_CHECK
    assert verdict.reasons
    assert verdict.official is None


@pytest.mark.parametrize(
    "claim",
    [
        "https://t.me/examplex_help/../evil", "https://t.me/examplex_help/%2e%2e/evil",
        "https://t.me/examplex_help\\..\\evil", "https://t.me/examplex_help%2f..%2fevil",
        "https://t.me/examplex_help%5c..%5cevil", "https://t.me/evil/../examplex_help", "https://t.me//examplex_help",
        "https://examplex.test\\@evil.test/", "okx.com\\@evil.test", "okx.com\\.evil.test", "https:okx.com",
        "https:///okx.com", "https:\\\\okx.com\\@evil.net", "https://%6fkx.com/",
        "mailto:support@okx.com?cc=evil@evil.test", "mailto:support@okx.com?CC=evil@evil.test",
        "mailto:support@okx.com,evil@evil.test", "mailto:support@okx.com?to=evil@evil.test",
        "tg://resolve?domain=examplex_help&domain=evil", "tg://resolve?domain=evil&domain=examplex_help",
        "tg://resolve?domain=examplex_help&phone=441234", "tg://evil?domain=examplex_help",
        "a@evil.test@okx.com", "support@okx.com@notice.examplex.test", "evil@evil.test <support@okx.com>",
        '"evil@evil.test" <support@okx.com>', "evil.test:<support@okx.com>", "evil.test <support@okx.com>",
        "evil@evil.test, <support@okx.com>", "evil%evil.test@notice.examplex.test", "a,b@notice.examplex.test",
        "sup\u200bport@notice.examplex.test", "http://okx.com:99999", "https://t.me:444/examplex_help",
        '"a@okx.com"@evil.test', "a@okx.com@evil.test",
    ],
)  # fmt: skip
def test_what_can_be_read_in_several_ways_is_never_official(claim: str) -> None:
    verdict = ask(claim)
    assert verdict.standing in (Standing.COULD_NOT_CHECK, Standing.LOOK_ALIKE)
    assert verdict.reasons


@pytest.mark.parametrize(
    "claim",
    ["@okx", "OKX", "@examplex", "@examplex_help", "https://x.com/1001", "x:@1001", "https://github.com/in/okx",
     "https://www.tiktok.com/@okx/video/7"],
)  # fmt: skip
def test_a_name_without_its_platform_or_of_another_kind_is_not_official(claim: str) -> None:
    assert ask(claim).standing is not Standing.OFFICIAL


def test_a_bare_handle_asks_for_its_platform() -> None:
    verdict = ask("@Examplex")
    assert verdict.standing is Standing.COULD_NOT_CHECK
    assert "official on X" in verdict.reasons[0]
    assert "--platform x" in verdict.reasons[-1]
    assert "x:@examplex" in verdict.reasons[-1]


def test_a_bare_handle_that_is_official_wherever_its_brand_is_needs_no_platform() -> None:
    accounts = [{"platform": "x", "handle": "okx"}, {"platform": "telegram", "handle": "OKX"}]
    brand = {"id": "okx", "name": "OKX", "accounts": accounts}
    assert verify("@okx", parse_directory({"brands": [brand]}), DAY).standing is Standing.OFFICIAL
    elsewhere = {**brand, "accounts": [*accounts, {"platform": "youtube", "handle": "okx_tv"}]}
    assert verify("@okx", parse_directory({"brands": [elsewhere]}), DAY).standing is Standing.COULD_NOT_CHECK
    reported = {"brands": [brand], "scams": [{"platform": "discord", "handle": "okx"}]}
    assert verify("@okx", parse_directory(reported), DAY).standing is Standing.COULD_NOT_CHECK


@pytest.mark.parametrize(
    ("scam", "claims"),
    [
        ({"domain": "x.a.test"}, ["x.a.test", "y.x.a.test", "https://x.a.test/", "me@x.a.test"]),
        ({"link": "https://a.test/evil"}, ["https://a.test/evil", "http://a.test/evil/", "a.test/evil?x=1",
                                           "https://a.test/b/../evil#top"]),
        ({"address": "bad@mail.a.test"}, ["bad@mail.a.test", "mailto:BAD@mail.a.test"]),
    ],
)  # fmt: skip
def test_what_was_reported_under_an_official_domain_is_not_official(scam: dict[str, str], claims: list[str]) -> None:
    brand = {"id": "a", "name": "Abrand", "web": [{"domain": "a.test"}], "mail": [{"domain": "mail.a.test"}]}
    directory = parse_directory({"brands": [brand], "scams": [scam]})
    assert [verify(claim, directory, DAY).standing for claim in claims] == [Standing.REPORTED_SCAM] * len(claims)
    assert verify("www.a.test", directory, DAY).standing is Standing.OFFICIAL
    assert verify("good@mail.a.test", directory, DAY).standing is Standing.OFFICIAL


def test_the_name_beside_an_address_counts_too() -> None:
    assert ask("Examplex Support <ann@evil.net>").technique == "display_name"
    assert ask("OKX <a@evil.net>").standing is Standing.LOOK_ALIKE
    assert ask("Ann <a@evil.net>").standing is Standing.NOT_LISTED
    assert ask("okx․com").standing is Standing.LOOK_ALIKE


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("x@sub.notice.examplex.test", "sub.notice.examplex.test lies under notice.examplex.test"),
        ("x@okx.com", "okx.com is listed, but not this address at it"),
        ("0044 20 7946 0000", "country code"),
        ("two words", "one handle"),
    ],
)
def test_the_reason_is_the_true_one(claim: str, said: str) -> None:
    assert any(said in reason for reason in ask(claim).reasons)


@pytest.mark.parametrize(
    "claim", ["prize-desk.test", "www.prize-desk.test/x", "who@prize-desk.test", "t.me/prize_desk", "@prize_desk",
              "prizes@mail.test", "examplex-early.test"],
)  # fmt: skip
def test_a_reported_scam_is_told(claim: str) -> None:
    assert ask(claim).standing is Standing.REPORTED_SCAM


def test_what_was_ours_or_will_be_is_not_official() -> None:
    old = ask("telegram:examplex_old")
    assert (old.standing, old.technique) == (Standing.NOT_LISTED, "retired")
    assert "until 2025-06-30" in old.reasons[0]
    assert ask("examplex-late.test").technique == "not_yet"
    assert verify("telegram:examplex_old", DIRECTORY, date(2025, 6, 30)).standing is Standing.OFFICIAL
    assert verify("telegram:examplex_old", DIRECTORY).standing is Standing.COULD_NOT_CHECK


def test_an_official_answer_says_where_it_holds_and_what_it_does_not_prove() -> None:
    assert any("proves nothing" in reason for reason in ask("support@okx.com").reasons)
    assert ask("x:examplex").since == date(2021, 3, 1)
    assert ask("x:examplex").role == "news"


def test_the_id_that_the_directory_pins_is_told() -> None:
    pinned = ask("x:@examplex")
    assert (pinned.id, pinned.official) == ("1001", "@examplex on X")
    assert "Its id there is 1001: an account of that name with another id is not it." in pinned.reasons
    for other in ("telegram:@examplex_help", "x:@examplex_support", "okx.com", "support@okx.com"):
        assert ask(other).id is None


def test_a_handle_that_is_official_on_several_platforms_has_no_id_of_its_own() -> None:
    accounts = [{"platform": name, "handle": "examplex", "id": str(n)} for n, name in enumerate(("x", "telegram"))]
    listed = parse_directory({"brands": [{"id": "examplex", "name": "Examplex", "accounts": accounts}]})
    verdict = verify("@examplex", listed, DAY)
    assert (verdict.standing, verdict.id, "Its id" in " ".join(verdict.reasons)) == (Standing.OFFICIAL, None, False)


def test_where_a_handle_was_seen_decides() -> None:
    assert ask("@examplex", "x").standing is Standing.OFFICIAL
    assert ask("@examplex", "telegram").standing is Standing.LOOK_ALIKE


_CONFUSABLES = {"o": "оο0ᴏ", "k": "кκ", "x": "хχ×", "e": "еε3", "a": "аα4", "m": "ｍм", "p": "рρ", "l": "1Iӏ",
                "t": "т7", "s": "ѕ5", "c": "сϲ", ".": "。．", "u": "υ", "r": "г"}  # fmt: skip
_HIDDEN = ["\u200b", "\u00ad", "\u202e", "\u2060", "\u0301"]
_OFFICIAL = ["okx.com", "support@okx.com", "examplex.test", "support@examplex.test", "https://okx.com/", "@examplex"]


@given(st.sampled_from(_OFFICIAL), st.data())
def test_no_official_name_with_one_character_disguised_is_official(official: str, data: st.DataObject) -> None:
    places = [place for place, char in enumerate(official) if char in _CONFUSABLES and not official.startswith("http")]
    places = places or [official.index(char) for char in "okx"]
    place = data.draw(st.sampled_from(places))
    fake = data.draw(st.sampled_from(_CONFUSABLES[official[place]]))
    assert ask(official[:place] + fake + official[place + 1 :]).standing is not Standing.OFFICIAL


@given(st.sampled_from(_OFFICIAL), st.sampled_from(_HIDDEN), st.data())
def test_no_official_name_with_a_hidden_character_is_official(official: str, hidden: str, data: st.DataObject) -> None:
    start = official.index("okx") if "okx" in official else official.index("examplex")
    place = data.draw(st.integers(start + 1, start + 2))
    assert ask(official[:place] + hidden + official[place:]).standing is not Standing.OFFICIAL


_PIECES = st.sampled_from(
    ["okx", "examplex", ".", "com", "test", "@", "/", "\\", ":", "https://", "x:", "telegram:", "t.me/",
    "x.com/", "-", "_",
     "support", "evil.net", "%2e", "?", "#", " ", "\u200b", "о", "xn--", "0", "1001", "<", ">", "。", "[", "]",
     "+44", "mailto:"]
)  # fmt: skip
_LEGAL = re.compile(
    r"(?i)(?:x:|twitter:)?@?(?:examplex|okx)|(?:telegram:)?@?examplex_help|x:@?1001"
    r"|(?:mailto:)?(?:support@(?:okx\.com|examplex\.test)|[^@]+@notice\.examplex\.test)\.?"
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=9).map("".join)))
@example("https://okx.com\\.evil.net")
@example("https://evil.net#@okx.com")
@example("https://evil.net?@okx.com")
def test_verify_never_raises_and_never_calls_official_what_is_not_listed(claim: str) -> None:
    verdict = ask(claim)
    if verdict.standing is Standing.OFFICIAL:
        bare = claim.strip().strip("<>()[]{}\"'`").rstrip(",;!?。:…").strip("<>[] ")
        assert _LEGAL.fullmatch(bare) or _leads_home(bare), claim


def _leads_home(link: str) -> bool:
    """An independent, blunter reading of a link: its host is one of the listed ones, in plain ASCII."""
    rest = re.sub(r"(?i)^https?:[\\/]*", "", link).replace("\\", "/")
    authority = re.split(r"[/?#]", rest)[0]
    host = re.sub(r":\d*$", "", authority).lower().removesuffix(".").replace("%2e", ".")
    path = rest[len(authority) :].strip("/").split("/")[0].split("?")[0].split("#")[0].lower().replace("@", "")
    if host in ("x.com", "t.me"):
        return (host, path) in {("x.com", "okx"), ("x.com", "examplex"), ("t.me", "examplex_help"), ("x.com", "1001")}
    return any(host == own or host.endswith(f".{own}") for own in ("okx.com", "examplex.test"))


@pytest.mark.parametrize(
    "text", ["a" * 300, "a..b", ".", "xn--\u00e9", "xn--999999999.com", "a b.com", "-", "ä" * 64 + ".de"]
)
def test_a_host_in_any_state_is_read_or_refused(text: str) -> None:
    host = read_host(text)
    assert host is None or host.ascii.isascii()


def test_no_answer_ever_says_safe() -> None:
    for claim in ("okx.com", "olx.com", "0kx.com", "prize-desk.test", "", "@okx", "telegram:examplex_old"):
        assert not re.search(r"(?i)\b(?:safe|legit|trustworthy|genuine)", " ".join(ask(claim).reasons))


def test_the_manual_tells_techniques_as_they_are_found() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", MANUAL.read_text("utf-8"), re.MULTILINE)
    told = [(technique, claim) for technique, cell in rows for claim in re.findall(r"`([^`]+)`", cell)]
    assert len(told) >= 12
    for technique, claim in told:
        seen_on = "telegram" if technique == "same_name_elsewhere" else None
        assert (verify(claim, DIRECTORY, DAY, seen_on).technique, claim) == (technique, claim)


def test_an_empty_directory_lists_nothing() -> None:
    assert verify("okx.com", parse_directory({}), DAY).standing is Standing.NOT_LISTED


def test_the_id_of_a_listed_app_is_listed() -> None:
    brand = {"id": "examplex", "name": "Examplex", "apps": [{"store": "google", "id": "test.examplex.app"}]}
    verdict = verify("test.examplex.app", parse_directory({"brands": [brand]}))
    assert verdict.standing is Standing.OFFICIAL
    assert "app" in verdict.reasons[-1]
