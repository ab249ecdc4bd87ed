"""Reading a claim: which handle, address, domain, link or number somebody asks about.

Where programs may read it in several ways, every reading is kept with the doubt: such a claim is nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

from gateway.trust import links
from gateway.trust.confusables import is_filler, visible
from gateway.trust.domains import MAX_HOST, Host, is_ip, read_host
from gateway.trust.platforms import PLATFORM_NAMES, PLATFORMS, account_in, is_invitation, number_in, platform_of

Kind = Literal["handle", "mail", "domain", "link", "phone", "name", "wallet", "unknown"]
KINDS = frozenset({"domain", "url", "email", "handle", "phone", "name", "wallet", "id"})
"""What whoever asks may say that a claim is, instead of leaving it to its writing."""

MAX_CLAIM = 2048
_SHOWN = 200
_KEPT = 512
"""Claims remembered: a mail holds the same link in its text, in its list of links and in what each shows."""
_WRAPPERS = "<>()[]{}\"'`“”‘’«»「」『』"
_TAIL = ",;!?。，；！？、…:"
_DOTS = ".。．｡․‧﹒"
_ANY_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+.-]{1,20}):[\\/]{2}")
_PREFIX = re.compile(r"([A-Za-z]{1,20}):(@?)([^\s:@/]{1,64})")
_ID = re.compile(r"(?i)(?:(?!id:)([a-z]{1,20}):)?(?:id:)?([0-9]{1,25})")
_NAMED_ID = re.compile(r"(?i)(?:[a-z]{1,20}:)?id:[0-9]{1,25}")
_WALLET = re.compile(
    r"0x[0-9a-fA-F]{40}|(?:bc|ltc|tb)1[02-9ac-hj-np-z]{11,87}|(?:BC|LTC)1[02-9AC-HJ-NP-Z]{11,87}|addr1[02-9ac-hj-np-z]{50,110}"
    r"|[1-9A-HJ-NP-Za-km-z]{32,44}|[13][1-9A-HJ-NP-Za-km-z]{25,33}|r[1-9A-HJ-NP-Za-km-z]{24,34}"
    r"|(?:EQ|UQ|kQ|0Q)[A-Za-z0-9_-]{46}|[48][1-9A-HJ-NP-Za-km-z]{94,105}"
)
"""Addresses that coins are sent to, by their shape: of Ethereum and its kin, Bitcoin, Litecoin, Cardano, Tron, Solana,
XRP, TON and Monero."""
_COIN_LINK = re.compile(
    r"(?i)(?:bitcoin|ethereum|litecoin|dogecoin|monero|solana|tron|ton|ripple):(?!@)(?://)?[\w-]{20,128}"
)
_NOTHING = "There is nothing to look up."
_NO_ACCOUNT = "It cannot be read as the name of an account."
_PHONE = re.compile(r"\+[0-9 ().-]{7,24}")
_PHONE_AT_HOME = re.compile(r"[0-9(][0-9 ().-]{6,24}")
_PORT = re.compile(r":[0-9]{0,20}$")
_PLAIN_SITE = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.[a-z][a-z0-9-]{1,62}")
"""A domain that is read as it stands; no address in numbers ends in a letter."""
_NAMED_ADDRESS = re.compile(r"([^<>]{0,200})<([^<>\s]{1,320})>")
_PARTS_LISTS = re.compile(r'[@,;:<>()"%\[\]\\]')
_COMMENT = re.compile(r"\([^()\\]*\)")
_QUOTED = re.compile(r'\s*"([^"]*)"\s*')
_LOCAL_SIGNS = frozenset(".+-_=~&'*$^`{|}#")
"""What an unquoted part before the @ may hold beside letters and digits; not `%` and `!`, by which mail was routed."""
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9.+\-_=~&'*$^`{|}#]+")
"""A part before the @ that is plain at first sight: `_LOCAL_SIGNS`, and letters and digits of ASCII."""
_HARMLESS_FIELDS = frozenset({"subject", "body"})
_HARMLESS_PARAMETERS = frozenset({"domain", "start", "startgroup", "post", "text"})
_LONGEST_NAME = 25
"""Longer words may be addresses of coins; hardly an account has such a name."""
_USUAL_PORTS = frozenset({"", "80", "443"})


class Claim(NamedTuple):
    """What was asked about; a tuple, for that is made quickest.

    `problem` tells why it cannot be read; then nothing else is filled in.

    `doubt` tells why it can be read in more ways than one; `others` are those ways, as far as they can be told.
    """

    shown: str
    kind: Kind = "unknown"
    handle: str = ""
    platform: str = ""
    number: bool = False
    """Whether the handle may be the account's id: nothing marks it as a name."""
    local: str = ""
    host: Host | None = None
    name: str = ""
    user_info: str = ""
    port: str = ""
    path: str = ""
    scheme: str = ""
    id: str = ""
    """The number of an account on its platform, asked about instead of a name."""
    phone: str = ""
    """The telephone number that a link leads to."""
    invitation: bool = False
    """Whether a link lets one join whatever is behind it, and names nobody."""
    target: Claim | None = None
    """Where a link says that it leads on to."""
    canonical: str = ""
    """A link in the form in which listed links are compared: scheme, host, path; empty if it hides more."""
    problem: str = ""
    doubt: str = ""
    others: tuple[Claim, ...] = ()

    @property
    def site(self) -> str:
        """The host's name as it is looked up."""
        return self.host.ascii if self.host else ""

    @property
    def readings(self) -> tuple[Claim, ...]:
        """Every way in which the claim can be read, each without doubt in itself."""
        return tuple(claim._replace(doubt="", others=()) for claim in (self, *self.others) if not claim.problem)


def claim_of(value: str, kind: str = "") -> Claim:
    """Read a claim of which it is said what it is, one of `KINDS`; without a kind, as it is written. Never raises."""
    match kind:
        case "domain":
            return read_site(value)
        case "handle":
            return _read_account(value)
        case "id":
            return _read_id(value)
        case "name":
            shown = visible(value[:_SHOWN]).strip()
            return Claim(shown=shown, kind="name", name=value[:MAX_CLAIM]) if shown else Claim(shown, problem=_NOTHING)
        case "wallet":
            shown = visible(value.strip()[:_SHOWN])
            return Claim(shown, "wallet", value.strip()[:MAX_CLAIM]) if shown else Claim(shown, problem=_NOTHING)
        case "phone":
            return _read_phone(value)
        case "email":
            return _only(read_claim(value), "mail", "It cannot be read as a mail address.")
        case _:
            return read_claim(value)


def read_site(text: str) -> Claim:
    """Read what is said to be a domain: most are plain, and then nothing else has to be looked at."""
    return _plain_site(text) or read_claim(text)


def _plain_site(text: str) -> Claim | None:
    if not _PLAIN_SITE.fullmatch(text) or len(text) > MAX_HOST:
        return None
    host = read_host(text) if "xn--" in text else Host(text, text, exact=True)
    if host is None:
        return None
    platform, handle = platform_of(host)
    return Claim(shown=text[:_SHOWN], kind="domain", host=host, platform=platform, handle=handle)


def _only(claim: Claim, kind: Kind, problem: str) -> Claim:
    return claim if claim.kind == kind or claim.problem else Claim(shown=claim.shown, problem=problem)


def _read_account(value: str) -> Claim:
    """Read what is said to be an account: by its name, which may hold dots, by its number, or by a link to it."""
    bare = _bare(value)
    if "/" in bare or ":" in bare or len(bare) > MAX_CLAIM:
        return read_claim(value)
    name = bare[1:] if bare[:1] in ("@", "＠") else bare
    shown = visible(bare)[:_SHOWN]
    if not visible(name).strip("@."):
        return Claim(shown, problem=_NOTHING)
    if len(name.split(None, 1)) > 1:
        return Claim(shown, problem=_NO_ACCOUNT)
    return _read_handle(name, shown)


def _read_id(value: str) -> Claim:
    shown = visible(value.strip()[:_SHOWN])
    found = _ID.fullmatch(value.strip())
    if found is None:
        return Claim(shown, problem="It cannot be read as an account's number.")
    name = (found[1] or "").lower()
    return Claim(shown, "handle", platform=PLATFORM_NAMES.get(name, name), id=found[2])


def _read_phone(value: str) -> Claim:
    bare = value.strip()
    digits = bare.removeprefix("tel:").replace("(0)", "")
    if digits.startswith("00"):
        digits = digits[2:]
    claim = read_claim(digits if digits.startswith("+") else f"+{digits}")
    problem = "Write a telephone number with + and its country code, e.g. +44 20 7946 0000."
    return _only(claim, "phone", problem)._replace(shown=visible(bare)[:_SHOWN])


@lru_cache(_KEPT)
def read_claim(text: str) -> Claim:
    """Read one claim; never raises."""
    if (site := _plain_site(text)) is not None:
        return site
    if len(text) > MAX_CLAIM:
        return Claim(shown=visible(text[:_SHOWN]), problem="It is too long to be one account, address or link.")
    shown = visible(text).strip()[:_SHOWN]
    bare = _bare(text)
    named = _NAMED_ADDRESS.fullmatch(bare) if bare.endswith(">") else None
    if named and named[1].strip():
        return _read_named(named[1], named[2], shown)
    if named:
        bare = _bare(named[2])
    if not visible(bare).strip("@."):
        return Claim(shown=shown, problem=_NOTHING)
    number = bare[4:] if bare[:4].lower() == "tel:" else bare
    if _PHONE.fullmatch(number):
        return Claim(shown=shown, kind="phone", handle=re.sub(r"[ ().-]", "", number))
    if len(bare.split(None, 1)) > 1:
        return Claim(shown=shown, problem=_several(bare))
    return _read_word(bare, shown)


def _several(text: str) -> str:
    if _PHONE_AT_HOME.fullmatch(text):
        return "Write a telephone number with + and its country code, e.g. +44 20 7946 0000."
    return "Ask about one handle, address, domain or link at a time."


def _bare(text: str) -> str:
    """Take off what people put around a name: spaces, quotation marks, brackets, the end of a sentence."""
    bare = text.strip()
    if (bare.endswith(">") and not bare.startswith("<")) or (bare.startswith('"') and '"@' in bare):
        return bare
    return bare.strip(_WRAPPERS).rstrip(_TAIL).strip(_WRAPPERS).strip()


def _read_named(name: str, address: str, shown: str) -> Claim:
    """Read `Name <address>`; a name that is itself an address or a site makes a doubt of whom it means."""
    claim = _read_word(address, shown)
    if claim.problem:
        return claim
    quoted = _QUOTED.fullmatch(name)
    bare = (quoted[1] if quoted else name).strip()
    words = tuple(_read_word(word, shown) for word in (_bare(part) for part in re.split(r"[\s,;<>]+", bare)) if word)
    sites = tuple(word for word in words if word.host is not None and (word.site != claim.site or word.local))
    claim = claim._replace(name=bare)
    if sites or (quoted is None and _PARTS_LISTS.search(_COMMENT.sub(" ", bare))) or "@" in bare:
        return _doubted(claim, "It names more than one address or site.", *sites)
    return claim


def _doubted(claim: Claim, doubt: str, *others: Claim) -> Claim:
    return claim if claim.problem else claim._replace(doubt=claim.doubt or doubt, others=(*claim.others, *others))


def _read_word(word: str, shown: str) -> Claim:
    if ":" not in word:
        return _read_plain(word, shown)
    if _COIN_LINK.match(word):
        return Claim(shown, "wallet", word)
    if _NAMED_ID.fullmatch(word):
        return _read_id(word)
    if links.has_scheme(word):
        return _read_link(word, shown)
    if word[:7].lower() == "mailto:":
        return _read_mailto(word[7:], shown)
    scheme = _ANY_SCHEME.match(word)
    if scheme:
        return _read_foreign_scheme(word, scheme.group(1).lower(), shown)
    prefixed = _PREFIX.fullmatch(word)
    if prefixed:
        platform = PLATFORM_NAMES.get(prefixed[1].lower(), prefixed[1].lower())
        if platform in PLATFORMS:
            number = not prefixed[2]
            return Claim(shown=shown, kind="handle", handle=prefixed[3], platform=platform, number=number)
    return _read_plain(word, shown)


def _read_plain(word: str, shown: str) -> Claim:
    if word[0] in "@＠":
        return _read_handle(word[1:], shown)
    at, slash = word.find("@"), min((place for sign in "/\\?#" if (place := word.find(sign)) >= 0), default=-1)
    if at >= 0 and (slash < 0 or at < slash):
        return _read_mail(word, shown)
    if slash >= 0 or _PORT.search(word):
        return _read_link(word, shown)
    if any(dot in word for dot in _DOTS):
        host = read_host(word)
        if host is None or is_ip(host.ascii):
            return Claim(shown=shown, problem="It cannot be read as a domain name.")
        platform, handle = platform_of(host) if host.exact else ("", "")
        return Claim(shown=shown, kind="domain", host=host, platform=platform, handle=handle)
    if len(word) > _LONGEST_NAME and _WALLET.fullmatch(word):
        return Claim(shown, "wallet", word)
    return _read_handle(word, shown)._replace(number=True)


def _read_handle(name: str, shown: str) -> Claim:
    if len(name) > 64 or any(sign in name for sign in "@/:\\?#&"):
        return Claim(shown=shown, problem=_NO_ACCOUNT)
    return Claim(shown=shown, kind="handle", handle=name)


def _read_mail(text: str, shown: str) -> Claim:
    local, _, domain = text.rpartition("@")
    host = read_host(domain)
    if host is None or "." not in host.ascii or not local or len(local) > MAX_CLAIM // 2:
        return Claim(shown=shown, problem="It cannot be read as a mail address.")
    claim = Claim(shown=shown, kind="mail", local=local, host=host)
    if "@" in local:
        pieces = [piece for piece in re.split(r"[,;]", text) if "@" in piece]
        others = (_read_mail(piece, shown) for piece in (pieces if len(pieces) > 1 else [local.strip('"')]))
        known = (item for other in others for item in _known(other))
        return _doubted(claim, "It holds more than one @, and programs read that differently.", *known)
    if len(local) > 64 or not (
        _PLAIN_LOCAL.fullmatch(local) or all(map(_is_plain, unicodedata.normalize("NFC", local)))
    ):
        return _doubted(claim, "What stands before its @ is not one plain name, and programs read that differently.")
    return claim


def _known(claim: Claim) -> tuple[Claim, ...]:
    return () if claim.problem else (claim, *claim.others)


def _is_plain(char: str) -> bool:
    return char in _LOCAL_SIGNS or (unicodedata.category(char)[0] in "LMN" and not is_filler(char))


def _read_mailto(rest: str, shown: str) -> Claim:
    """Read a mail link (RFC 6068); one with further recipients is not about one address."""
    address, _, query = rest.partition("?")
    fields = [field.partition("=")[0].lower() for field in query.split("&") if field]
    claim = _read_mail(unquote(address), shown)
    if any(field not in _HARMLESS_FIELDS for field in fields):
        return _doubted(claim, "The mail that it opens may go to further recipients.")
    return claim


def _read_foreign_scheme(word: str, scheme: str, shown: str) -> Claim:
    head, _, query = word.partition("?")
    if scheme != "tg" or query.count("&") > 20:
        return Claim(shown=shown, problem=f'A link that starts with "{scheme}:" cannot be checked.')
    given = parse_qsl(query, keep_blank_values=True, max_num_fields=30)
    names = [value for key, value in given if key.lower() == "domain"]
    if head.lower() not in ("tg://resolve", "tg://resolve/") or not names:
        return Claim(shown=shown, problem="It cannot be read as a link to one account.")
    found = [_read_handle(name, shown)._replace(platform="telegram") for name in names]
    if len(found) > 1 or any(key not in _HARMLESS_PARAMETERS for key, _ in given):
        return _doubted(found[0], "It names more than one account or number.", *found[1:])
    return found[0]


def _read_link(word: str, shown: str) -> Claim:
    cuts, doubt = links.cut_link(word)
    if not cuts:
        return Claim(shown=shown, problem="It cannot be read as a link.")
    found = [claim for cut in cuts for claim in _of_cut(cut, shown)]
    doubts = (doubt, *(claim.doubt for claim in found))
    first, *others = found
    reason = next((text for text in doubts if text), "")
    return _doubted(first, reason, *others) if reason else first


def _of_cut(cut: links.Cut, shown: str) -> tuple[Claim, ...]:
    """Return what one cut of a link leads to: more than one thing when its path can be read in several ways."""
    claims = _accounts_of(cut, shown)
    target = _target(cut, shown) if "=" in cut.tail else None
    return claims if target is None else tuple(claim._replace(target=target) for claim in claims)


def _target(cut: links.Cut, shown: str) -> Claim | None:
    """Return what a link says that it leads on to."""
    onward = links.onward(cut.tail)
    cuts = links.cut_link(onward)[0] if onward else ()
    return _accounts_of(cuts[0], shown)[0]._replace(doubt="") if cuts else None


def _accounts_of(cut: links.Cut, shown: str) -> tuple[Claim, ...]:
    claim = Claim(
        shown=shown,
        kind="link",
        host=cut.host,
        user_info=cut.user_info,
        port=cut.port,
        path=cut.path + cut.tail,
        scheme=cut.scheme,
        canonical=links.canonical(cut),
    )
    if not cut.host.exact or cut.user_info:
        return (claim,)
    if number := number_in(cut.host.ascii, cut.path):
        return (claim._replace(phone=number, invitation=True),)
    if is_invitation(cut.host.ascii, cut.path):
        return (claim._replace(platform=platform_of(cut.host)[0], invitation=True),)
    platform, owner = platform_of(cut.host)
    if not platform:
        return (claim,)
    paths = (unquote(cut.path), unquote(cut.raw_path), links.without_dots(unquote(cut.raw_path).replace("\\", "/")))
    found = dict.fromkeys((owner, True) if owner else account_in(platform, path) for path in paths)
    accounts = tuple(claim._replace(platform=platform, handle=handle) for handle, _ in found)
    if cut.plain and cut.port in _USUAL_PORTS and all(sure for _, sure in found):
        return accounts
    doubt = "Its path or port can be read in more ways than one, and leads to no account for certain."
    return accounts[0]._replace(doubt=doubt), *accounts[1:]
