"""Whatever is done to the writing of an official entry: what is called official names that entry in every reading.

The readings here are written anew, blunter than those of the gateway: a browser's (WHATWG URL) and RFC 3986's for
links, RFC 5322's and RFC 6068's for mail.
"""

from __future__ import annotations

import re
from email.utils import getaddresses
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.case import Standing
from gateway.trust.verify import verify
from tests.unit.test_trust_directory import DAY, sample

DIRECTORY = sample()
CLAIMS = {
    "okx.com": "okx.com",
    "https://www.okx.com/help": "okx.com",
    "https://examplex.test/": "examplex.test",
    "notice.examplex.test": "examplex.test",
    "support@okx.com": "support@okx.com",
    "OKX Support <support@okx.com>": "support@okx.com",
    "mailto:support@examplex.test?subject=hi": "support@examplex.test",
    "ann@notice.examplex.test": "notice.examplex.test",
    "https://status.example.net/examplex": "https://status.example.net/examplex",
    "https://x.com/okx": "@okx on X",
    "x:@okx": "@okx on X",
    "https://t.me/examplex_help": "@Examplex_Help on Telegram",
    "t.me/s/examplex_help": "@Examplex_Help on Telegram",
    "examplex_help.t.me": "@Examplex_Help on Telegram",
    "tg://resolve?domain=examplex_help": "@Examplex_Help on Telegram",
    "telegram:@examplex_help": "@Examplex_Help on Telegram",
    "+44 20 7946 0000": "+442079460000",
}
PIECES = [
    "@", "\\", "/", "//", "..", ".", "/..", "/../evil", "\\..\\evil", "%2e%2e/", "/%2e%2e/evil", "%2f..%2fevil", "%5c",
    "%40evil.test", "%00", "%25", ":444", ":99999", ":", "?", "#", "&", "=", ";", ",", "<", ">", '"', "(", ")", " ",
    "evil", "evil.test", "evil.test/", "@evil.test", "evil@evil.test", "evil@evil.test ", "?domain=evil",
    "&domain=evil", "&phone=441234", "?cc=evil@evil.test", "&bcc=evil@evil.test", ",evil@evil.test",
    " <evil@evil.test>", "x:", "https://", "mailto:", "tg://", "www.", "%", "!", "|", "\u200b", "．",
]  # fmt: skip
_ATOM = r"[\w.+=~&'*$^`{|}#_-]+"


def named(claim: str) -> set[str | None]:
    """Return what a claim names, once for each reading."""
    bare = claim.strip()
    around = "<>()[]{}\"'`"
    if not bare.endswith(">") or bare.startswith("<"):
        bare = bare.strip(around).rstrip(",;!?:").strip(around).strip()
    prefixed = re.fullmatch(r"(?:(x|telegram|tg|twitter):)?@?(\w+)", bare)
    if re.fullmatch(r"(?:tel:)?[+0-9 ().-]+", bare):
        return {re.sub(r"[^+0-9]", "", bare)}
    if prefixed:
        return {account({"tg": "t.me", "telegram": "t.me"}.get(prefixed[1], "x.com"), "/" + prefixed[2])}
    if bare.lower().startswith("tg:"):
        return {telegram_link(bare)}
    if (
        (re.search("<.*>$", bare) and not re.match(r"(?i)https?:", bare))
        or "@" in re.split(r"[/\\?#]", bare, maxsplit=1)[0]
        or bare.lower().startswith("mailto:")
    ):
        return {mailbox(bare)}
    link = bare if re.match(r"(?i)https?:", bare) else f"https://{bare}"
    return {browser(link), strict(link)}


def telegram_link(link: str) -> str | None:
    query = parse_qs(urlsplit(link).query)
    whole = re.split(r"[?]", link)[0].rstrip("/") == "tg://resolve" and len(query.get("domain", [])) == 1
    return account("t.me", "/" + query["domain"][0]) if whole and "phone" not in query else None


def mailbox(text: str) -> str | None:
    is_link, text = text.startswith("mailto:"), re.sub("^mailto:|(?<=<)mailto:", "", text)
    address, _, query = text.partition("?") if is_link else (text, "", "")
    if any(key.lower() in ("to", "cc", "bcc") for key in parse_qs(query)):
        return None
    found = [where for _, where in getaddresses([unquote(address) if is_link else address])]
    if len(found) != 1 or address.replace("%40", "@").count("@") != 1:
        return None
    local, _, host = found[0].rpartition("@")
    whole, host = f"{local}@{host}".lower(), host.lower().removesuffix(".")
    if whole.removesuffix(".") in ("support@okx.com", "support@examplex.test"):
        return whole.removesuffix(".")
    return host if host == "notice.examplex.test" and re.fullmatch(_ATOM, local) else None


def browser(link: str) -> str | None:
    rest = re.sub(r"(?i)^https?:[/\\]*", "", link)
    head = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, _, path = head.replace("\\", "/").partition("/")
    return None if "@" in authority else place(unquote(authority), unquote(f"/{path}"), link)


def strict(link: str) -> str | None:
    parts = urlsplit(link)
    return None if "@" in parts.netloc or "\\" in parts.netloc else place(parts.netloc, unquote(parts.path), link)


def place(authority: str, path: str, link: str) -> str | None:
    """Name what lies at a host and a path, when the path is resolved first and when it is not."""
    host, colon, port = authority.partition(":")
    if colon and port and not (port.isdigit() and 0 < int(port) < 65_536):
        return None
    host = host.lower().removesuffix(".")
    own = next((name for name in ("okx.com", "examplex.test") if host == name or host.endswith(f".{name}")), None)
    if own:
        return own
    if host == "status.example.net":
        exact = re.fullmatch(r"(?i)https://status\.example\.net\.?:?/examplex/?", link.strip("<>()"))
        return "https://status.example.net/examplex" if exact else None
    if port not in ("", "80", "443") or ".." in path.split("/") or "\\" in path or "//" in path or "%" in path:
        return None
    return account(host, path)


def account(host: str, path: str) -> str | None:
    host = re.sub(r"^(?:www|m|mobile)\.", "", host.lower())
    if host.endswith(".t.me"):
        host, path = "t.me", f"/{host.removesuffix('.t.me')}"
    segments = [part.removeprefix("@").lower() for part in path.split("/") if part]
    if host == "t.me" and segments[:1] == ["s"]:
        segments = segments[1:]
    if host == "t.me" and segments[:1] == ["examplex_help"]:
        return "@Examplex_Help on Telegram"
    if host in ("x.com", "twitter.com") and segments in (["okx"], ["examplex"]):
        return f"@{segments[0]} on X"
    return None


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_official_before_it_is_changed(claim: str) -> None:
    assert named(claim) == {CLAIMS[claim]}
    assert verify(claim, DIRECTORY, DAY).official == CLAIMS[claim]


_CHANGES = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(PIECES)), min_size=1, max_size=3)


@settings(max_examples=1500)
@given(st.sampled_from(sorted(CLAIMS)), _CHANGES)
@example("https://t.me/examplex_help", [(60, "/../evil")])
@example("https://t.me/examplex_help", [(12, ":444")])
@example("https://examplex.test/", [(21, "\\"), (22, "@evil.test")])
@example("tg://resolve?domain=examplex_help", [(60, "&domain=evil")])
@example("support@okx.com", [(0, "evil@evil.test ")])
@example("mailto:support@examplex.test?subject=hi", [(60, "&bcc=evil@evil.test")])
@example("ann@notice.examplex.test", [(3, "%40evil.test")])
def test_official_is_only_what_names_that_entry_in_every_reading(claim: str, changes: list[tuple[int, str]]) -> None:
    for spot, piece in changes:
        claim = claim[:spot] + piece + claim[spot:]
    verdict = verify(claim, DIRECTORY, DAY)
    if verdict.standing is Standing.OFFICIAL:
        assert named(claim) == {verdict.official}, claim
