"""The names that an impostor would take for one of ours, each with its technique and how plausible it is. Pure.

What is likely comes from what impostors are known to do: mostly the whole name with a word beside it, then the name
with other separators and digits, then letters that look alike, and only then slips of the keyboard. The figures are
an order, not probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase
from typing import NamedTuple

from gateway.trust.known import is_known_label

LONGEST = 40
"""Names longer than that are not varied: nobody reads them letter by letter."""
_KNOWN = 0.3
"""A slip that is a word or somebody's own name is hardly an impostor's."""


class Variant(NamedTuple):
    """A name, how it was made of ours, and how plausible it is (0 to 1)."""

    value: str
    technique: str
    plausibility: float


_WORDS = (
    "support", "help", "official", "team", "service", "vip", "admin", "recovery", "care", "helpdesk", "wallet",
    "airdrop", "refund", "app", "login", "secure", "security", "verify", "claim", "customer", "global", "pro", "live",
    "desk", "ofc", "cs", "online", "bonus", "giveaway", "chat", "account", "exchange", "trade", "web", "hq", "assist",
    "contact", "manager", "reward", "rewards", "events", "news", "center", "info", "promo", "gift", "staff", "agent",
    "mod", "unlock", "withdraw", "connect", "earn", "trading", "finance", "pay", "id", "kyc", "crypto", "token", "swap",
    "staking", "dapp", "bot", "real", "the", "my", "get", "soporte", "suporte", "ayuda", "oficial", "hilfe", "aide",
    "destek", "resmi", "bantuan", "hotro", "kefu", "guanfang", "sapoto", "podderzhka",
)  # fmt: skip
"""Words set beside a name, the usual ones first; the last ones are help and official in the product's languages."""
_REGIONS = (
    "us", "uk", "eu", "de", "fr", "es", "br", "tr", "ru", "in", "id", "vn", "cn", "hk", "tw", "jp", "kr", "ae", "ng",
    "ca", "au", "sg", "asia", "africa", "latam", "usa", "india", "china", "japan", "korea", "brasil", "turkey",
)  # fmt: skip
_DIGITS = ("1", "2", "24", "247", "365", "01", "0", "3", "7", "007", "4", "5", "8", "9", "6", "99", "123")
_LOOKS: Mapping[str, tuple[str, ...]] = {
    "o": ("0",), "0": ("o",), "l": ("i", "1"), "i": ("l", "1"), "1": ("l", "i"), "e": ("3",), "3": ("e",),
    "a": ("4",), "4": ("a",), "s": ("5",), "5": ("s",), "t": ("7",), "7": ("t",), "b": ("8",), "8": ("b",),
    "g": ("9", "q"), "q": ("g",), "m": ("rn", "nn"), "w": ("vv",), "d": ("cl",), "u": ("v",), "v": ("u",),
    "z": ("2",), "2": ("z",), "k": ("lc",), "h": ("lh",), "n": ("ri",),
}  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = "aeiou"
_ENDS = 0.8
"""An edit at either end of a name is seen more easily than one inside."""


def _neighbours() -> Mapping[str, str]:
    """Return each key's neighbours on a keyboard of the usual kind: beside it, above and below."""
    found: dict[str, set[str]] = {}
    for number, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            beside = {row[each] for each in (place - 1, place + 1) if 0 <= each < len(row)}
            below = _ROWS[number + 1] if number + 1 < len(_ROWS) else ""
            under = {below[each] for each in (place - 1, place) if 0 <= each < len(below)}
            found.setdefault(key, set()).update(beside | under)
            for other in under:
                found.setdefault(other, set()).add(key)
    return {key: "".join(sorted(keys)) for key, keys in found.items()}


_NEIGHBOURS = _neighbours()


def variants(name: str, joints: str, parts: Iterable[str] = (), years: Iterable[int] = ()) -> Iterator[Variant]:
    """Yield variants of a name in lower case, some of them more than once.

    `joints` are the separators that may stand between words, `parts` the words that the name is made of, where its
    official spelling tells; `years` are set behind a name as digits are.
    """
    if not 0 < len(name) <= LONGEST:
        return
    yield from _beside(name, joints)
    yield from _digits(name, joints, years)
    yield from _separated(name, joints, tuple(parts))
    yield from _looking(name)
    for edit in _edits(name):
        yield edit._replace(plausibility=edit.plausibility * _KNOWN) if is_known_label(edit.value) else edit


def _beside(name: str, joints: str) -> Iterator[Variant]:
    for technique, words, best in (("affix", _WORDS, 0.95), ("region", _REGIONS, 0.7)):
        for rank, word in enumerate(words):
            if word in name:
                continue
            weight = best * (1 - 0.5 * rank / len(words))
            for joint in ("", *joints):
                # In front is rarer than behind.
                yield Variant(f"{name}{joint}{word}", technique, weight)
                yield Variant(f"{word}{joint}{name}", technique, weight * 0.7)


def _digits(name: str, joints: str, years: Iterable[int]) -> Iterator[Variant]:
    for rank, digits in enumerate((*_DIGITS, *map(str, years))):
        weight = 0.7 * (1 - 0.4 * rank / len(_DIGITS)) if rank < len(_DIGITS) else 0.45
        yield Variant(name + digits, "digits", weight)
        yield from (Variant(f"{name}{joint}{digits}", "digits", weight * 0.8) for joint in joints)
        # The most usual word takes a digit where the name with the word alone is gone.
        yield Variant(f"{name}support{digits}", "affix", weight * 0.7)
        yield Variant(f"{name}help{digits}", "affix", weight * 0.7)


def _separated(name: str, joints: str, parts: tuple[str, ...]) -> Iterator[Variant]:
    for joint in joints:
        if len(parts) > 1:
            yield Variant(joint.join(parts), "separator", 0.85)
        yield from (Variant(text, "separator", 0.75) for text in (name + joint, joint + name, name + 2 * joint))
        if joint in name:
            yield Variant(name.replace(joint, ""), "separator", 0.85)
            yield from (Variant(name.replace(joint, other), "separator", 0.8) for other in joints if other != joint)
        for place in range(1, len(name)):
            yield Variant(f"{name[:place]}{joint}{name[place:]}", "separator", 0.4)


def _looking(name: str) -> Iterator[Variant]:
    for place, char in enumerate(name):
        for look in _LOOKS.get(char, ()):
            technique = "leet" if look.isdigit() or char.isdigit() else "confusable"
            yield Variant(name[:place] + look + name[place + 1 :], technique, 0.7 * _at(place, name))
    for char in sorted(set(name)):
        for look in _LOOKS.get(char, ())[:1] if name.count(char) > 1 else ():
            yield Variant(name.replace(char, look), "leet" if look.isdigit() else "confusable", 0.6)
    for pair, single in _PAIRS:
        if pair in name:
            yield Variant(name.replace(pair, single, 1), "confusable", 0.65)


def _edits(name: str) -> Iterator[Variant]:
    yield Variant(name + "s", "plural", 0.55)
    if name.endswith("s"):
        yield Variant(name[:-1], "plural", 0.5)
    yield from (Variant(name + letter, "insertion", 0.3) for letter in ascii_lowercase)
    for place, char in enumerate(name):
        weight, head, tail = _at(place, name), name[:place], name[place + 1 :]
        yield Variant(head + 2 * char + tail, "doubling", 0.55 * weight)
        yield Variant(head + tail, "omission", 0.5 * weight)
        if tail and tail[0] != char:
            yield Variant(head + tail[0] + char + tail[1:], "transposition", 0.5 * weight)
        for key in _NEIGHBOURS.get(char, ""):
            yield Variant(head + key + tail, "neighbour", 0.3 * weight)
            yield Variant(head + char + key + tail, "insertion", 0.3 * weight)
            yield Variant(head + key + char + tail, "insertion", 0.3 * weight)
        if char in _VOWELS:
            yield from (Variant(head + each + tail, "replacement", 0.35 * weight) for each in _VOWELS if each != char)


def _at(place: int, name: str) -> float:
    return _ENDS if place in (0, len(name) - 1) else 1.0
