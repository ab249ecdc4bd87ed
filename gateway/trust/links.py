"""Cuts a link into its pieces, and tells where programs disagree on them: browsers (WHATWG URL) and RFC 3986."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from gateway.trust.domains import Host, read_host

_SCHEME = re.compile(r"(?i)(https?|hxxps?):([\\/]*)")
_PORT = re.compile(r":([0-9]*)$")
_TAIL = re.compile(r"[?#]")
_UNRESERVED = re.compile(r"%(?:2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")
"""Codes of letters, digits and `-._~`: the same as the character itself (RFC 3986, section 6.2.2.2)."""
_RESERVED = re.compile(r"(?i)%(?:[01][0-9a-f]|7f|2[0-9abcf]|3[a-f]|40|5[bcd]|(?![0-9a-f]{2}))")
MAX_PORT = 65_535
_ONWARD = frozenset(
    {
        "url", "u", "uri", "q", "r", "to", "link", "target", "target_url", "dest", "destination", "next", "goto", "go",
        "redirect", "redirect_uri", "redirect_url", "redirect_to", "redirecturl", "redirecturi", "return", "return_to",
        "return_url", "returnurl", "returnto", "continue", "out", "href", "adurl", "forward", "callback", "rurl",
    }
)  # fmt: skip
"""Parameters that sites lead on by (OWASP, Unvalidated Redirects and Forwards; those of search engines and mailers)."""
_WHOLE = re.compile(r"(?i)https?:|[\\/]{2}")
_MOST_HOPS, _MOST_FIELDS = 5, 100


@dataclass(frozen=True, slots=True)
class Cut:
    """One reading of a link. `path` is without dot segments, `tail` is query and fragment with their signs."""

    scheme: str
    user_info: str
    host: Host
    port: str
    path: str
    tail: str
    plain: bool
    """Whether the path is written as it is read: no dot segments, empty segments or codes for signs of structure."""
    raw_path: str = ""


def has_scheme(text: str) -> bool:
    """Whether the text starts as a link of the web does, made unclickable or not."""
    return _SCHEME.match(text) is not None


def cut_link(word: str) -> tuple[tuple[Cut, ...], str]:
    """Return the readings of a link, a browser's first, and why they may differ; no reading when it is no link."""
    found = tuple(dict.fromkeys(_readings(word)))
    return found, _doubt(word) if found else ""


def canonical(cut: Cut) -> str:
    """Return the form in which listed links are compared; empty if the link hides more than that."""
    if cut.user_info or cut.port or not cut.host.exact or not cut.plain:
        return ""
    return f"{cut.scheme or 'https'}://{cut.host.ascii}{cut.path.removesuffix('/')}{cut.tail}"


def _readings(word: str) -> Iterator[Cut]:
    scheme = _SCHEME.match(word)
    head, sign, rest = _without_tail(word[scheme.end() :] if scheme else word)
    browser = _cut(scheme, head.replace("\\", "/"), sign + rest)
    if browser is not None:
        yield browser
    strict = _cut(scheme, head, sign + rest) if "\\" in head else None
    if strict is not None:
        yield strict


def _cut(scheme: re.Match[str] | None, head: str, tail: str) -> Cut | None:
    authority, slash, rest = head.partition("/")
    user_info, at, name = authority.rpartition("@")
    port = _PORT.search(name)
    if port and port[1] and not (len(port[1]) <= 5 and 0 < int(port[1]) <= MAX_PORT):
        return None
    host = read_host(unquote(name[: port.start()] if port else name))
    if host is None:
        return None
    decoded = slash + rest
    if "%" in decoded:
        decoded = _UNRESERVED.sub(lambda code: unquote(code[0]), decoded)
    path = without_dots(decoded)
    return Cut(
        scheme=scheme[1].lower().replace("xx", "tt") if scheme else "",
        user_info=unquote(user_info) or at,
        host=host,
        port=port[1] if port else "",
        path=path,
        tail=tail,
        plain=path == decoded and "//" not in path and "\\" not in path and not _RESERVED.search(path),
        raw_path=decoded,
    )


def _without_tail(text: str) -> tuple[str, str, str]:
    """Return what stands before a query or fragment, the sign that begins it, and the rest."""
    sign = _TAIL.search(text)
    return (text[: sign.start()], sign[0], text[sign.end() :]) if sign else (text, "", "")


def _doubt(word: str) -> str:
    """Return why a link may be read in another way than a browser does."""
    scheme = _SCHEME.match(word)
    rest = word[scheme.end() :] if scheme else word
    if "\\" in word and "\\" in _TAIL.split(word, maxsplit=1)[0]:
        return "It holds a backslash, which browsers and other programs read differently."
    if scheme and scheme[2] != "//":
        return "It does not have two slashes before its host, and programs read that differently."
    if "%" in rest and "%" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        return "Its host is written in %-codes, which programs read differently."
    return ""


def onward(tail: str) -> str:
    """Return the link that parameters say a link leads on to, the innermost of several; empty for none.

    Only what is a whole link counts: elsewhere the same names bear paths, search words and texts.
    """
    found = ""
    for _ in range(_MOST_HOPS):
        target = _onward(tail)
        if not target:
            break
        found = target
        tail = target[sign.start() :] if (sign := _TAIL.search(target)) else ""
    return found


def _onward(tail: str) -> str:
    if "=" not in tail:
        return ""
    try:
        given = parse_qsl(tail.lstrip("?#"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ""
    for name, value in given:
        if _WHOLE.match(value) and name.lower().replace("-", "_") in _ONWARD:
            return value if has_scheme(value) else f"https:{value}"
    return ""


def without_dots(path: str) -> str:
    """Return a path with its segments `.` and `..` resolved (RFC 3986, section 5.2.4)."""
    if "/." not in path and not path.startswith("."):
        return path
    kept: list[str] = []
    segments = path.split("/")
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
        if last and segment in (".", ".."):
            kept.append("")
    return "/".join(kept)
