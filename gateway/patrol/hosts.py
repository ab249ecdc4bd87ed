"""The domains that would pass for an official one, the most plausible first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import idna

from gateway.patrol.handles import Candidate
from gateway.patrol.values import Alike
from gateway.patrol.variants import Variant, variants
from gateway.trust.directory import Directory
from gateway.trust.domains import endings, split_host

_SUFFIXES = {
    "com": 1.0, "net": 0.85, "org": 0.85, "app": 0.8, "io": 0.8, "co": 0.75, "info": 0.75, "xyz": 0.75, "online": 0.7,
    "site": 0.7, "top": 0.7, "vip": 0.7, "live": 0.65, "pro": 0.65, "cc": 0.65, "support": 0.65, "finance": 0.65,
    "help": 0.6, "me": 0.6, "biz": 0.6, "shop": 0.6, "club": 0.6, "store": 0.55, "tech": 0.55, "cloud": 0.55,
    "digital": 0.55, "network": 0.55, "dev": 0.55, "trade": 0.55, "exchange": 0.55, "bet": 0.5, "fun": 0.5,
    "icu": 0.5, "life": 0.5, "world": 0.5, "space": 0.5, "website": 0.5, "link": 0.5, "click": 0.5, "ltd": 0.5,
    "us": 0.55, "uk": 0.45, "co.uk": 0.55, "eu": 0.5, "de": 0.5, "fr": 0.45, "es": 0.45, "ru": 0.55, "su": 0.4,
    "com.br": 0.5, "com.tr": 0.45, "in": 0.5, "id": 0.45, "vn": 0.45, "cn": 0.5, "com.cn": 0.45, "hk": 0.45,
    "tw": 0.45, "jp": 0.45, "kr": 0.45, "ca": 0.45, "com.au": 0.45, "ai": 0.6, "to": 0.5, "gg": 0.45, "ly": 0.4,
    "cam": 0.45, "cfd": 0.45, "sbs": 0.45, "lol": 0.4, "buzz": 0.45, "work": 0.4, "tk": 0.4, "ml": 0.35, "pw": 0.45,
}  # fmt: skip
"""Public suffixes under which many names are registered, the country's own of the product's languages, and those that
anybody gets for little; with how plausible each is. From general knowledge; suffixes of official domains come first."""
_LEAST = 0.25
"""Less plausible domains are not looked up: no run would ever come to them."""
_OWN_SUFFIX = 0.98
_ELSEWHERE = 0.4
OTHER_SUFFIX = "other_suffix"
_MARKED = {
    "a": "áàäâ", "c": "çć", "d": "ď", "e": "éèëê", "g": "ğ", "i": "íìïı", "k": "ķ", "l": "łĺ", "n": "ñń", "o": "óòöô",
    "r": "ŕ", "s": "śş", "t": "ţ", "u": "úùüû", "y": "ýÿ", "z": "źž",
}  # fmt: skip
"""Latin letters with a mark: registries give out names of one script alone, so that these are what is really used."""
_CYRILLIC = dict(zip("acehijkmoprstxy", "асеһіјкморгѕтху", strict=True))


def host_candidates(domains: Sequence[tuple[str, str]], directory: Directory) -> Iterator[Candidate]:
    """Yield what passes for the official domains, each given with its brand; in no order.

    A candidate is what somebody can register, that is not official, nor under it, and not on the list of scams. Pages
    at a host that is everybody's are none: all names exist there.
    """
    listed = [(split_host(name), name, brand) for name, brand in domains]
    # What a listed domain lies under is its owner's too, listed or not.
    above = {parts.registrable for parts, _, _ in listed}
    of: dict[tuple[str, str], str] = {}
    suffixes: dict[tuple[str, str], list[str]] = {}
    for parts, name, brand in listed:
        if parts.label.isascii() and len(parts.label) > 1:
            of.setdefault((brand, parts.label), name)
            suffixes.setdefault((brand, parts.label), []).append(parts.suffix)
    for (brand, label), own in suffixes.items():
        worth = _worth(own, directory)
        for value, plausibility, technique in _hosts(label, own, worth):
            if value not in above and not _is_known(value, directory):
                yield Candidate(value, Alike(brand, of[brand, label], technique, round(plausibility, 4)))


def _hosts(label: str, own: Sequence[str], worth: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float, str]]:
    """Yield hosts with their plausibility and technique, each once, by the most plausible way to come to its label."""
    best: dict[str, Variant] = {}
    for each in _labels(label, own):
        if each.value not in best or best[each.value].plausibility < each.plausibility:
            best[each.value] = each
    for each in best.values():
        for suffix, factor in worth:
            if each.plausibility * factor < _LEAST:
                break
            yield f"{each.value}.{suffix}", each.plausibility * factor, each.technique
    # The name itself is taken for an impostor's site anywhere: under every ending there is.
    for suffix in sorted(endings() - {suffix for suffix, _ in worth}):
        if suffix.isascii():
            yield f"{label}.{suffix}", _ELSEWHERE, OTHER_SUFFIX


def _worth(own: Sequence[str], directory: Directory) -> list[tuple[str, float]]:
    """Return the suffixes and what each is worth, the best first."""
    worth = {**_SUFFIXES, **{suffix: max(_SUFFIXES.get(suffix, 0.0), 0.7) for suffix in directory.suffixes}}
    worth.update(dict.fromkeys(own, _OWN_SUFFIX))
    return sorted(worth.items(), key=lambda each: (-each[1], each[0]))


def _labels(label: str, suffixes: Sequence[str]) -> Iterator[Variant]:
    yield Variant(label, OTHER_SUFFIX, 1.0)
    for each in variants(label, "-"):
        if not (each.value.startswith("-") or each.value.endswith("-")) and len(each.value) <= 63:
            yield each
    # The whole domain as a label, and the usual beginning without its dot.
    for suffix in suffixes:
        yield Variant(f"{label}-{suffix.replace('.', '-')}", "embedded_domain", 0.75)
        yield Variant(f"{label}{suffix.replace('.', '')}", "embedded_domain", 0.7)
    yield from (Variant(f"www{joint}{label}", "separator", 0.65) for joint in ("", "-"))
    yield from _foreign(label)


def _foreign(label: str) -> Iterator[Variant]:
    """Yield labels with letters beyond ASCII, as they stand in the DNS."""
    for place, char in enumerate(label):
        for rank, marked in enumerate(_MARKED.get(char, "")):
            found = _encoded(label[:place] + marked + label[place + 1 :])
            if found:
                yield Variant(found, "confusable", 0.6 if rank == 0 else 0.5)
    if all(char in _CYRILLIC for char in label) and (found := _encoded("".join(_CYRILLIC[char] for char in label))):
        yield Variant(found, "confusable", 0.6)


def _encoded(label: str) -> str:
    try:
        return idna.encode(label, strict=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def _is_known(host: str, directory: Directory) -> bool:
    """Whether a registrable name is ours, or reported; nothing that is ours lies above one."""
    return host in directory.sites or host in directory.mail_domains or directory.reported("domain", host) is not None
