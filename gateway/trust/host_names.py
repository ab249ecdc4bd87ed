"""Finds the names of brands inside a host, letter by letter or in letters that look alike."""

from __future__ import annotations

from itertools import accumulate

from gateway.trust.compounds import MAX_COMPOUND, taken_apart
from gateway.trust.confusables import digits_read, pairs_read
from gateway.trust.host_index import FAR, NEAR, SHORT, Half, HostIndex, Name
from gateway.trust.host_text import HostText, Spot, is_baited, is_plain, sense, suffix_points
from gateway.trust.known import is_known_label, is_word
from gateway.trust.resemblance import Resemblance, confused, squeezed
from gateway.trust.words import BAITS, SERVERS

_LEAST, _LEAST_ALONE = 1.0, 2.0
"""The points that a careful name needs, and those that it needs as a whole label or when it is not the brand's own."""
_MARGIN = 0.5
"""How much cheaper a reading with a name must be than one of everyday words alone."""
_MORE = 4
"""By so many letters more a name may be the beginning of a common word."""
_REST = 2
"""Letters that a long name may have beside it in one word, whatever they are."""

Place = tuple[Half, int, int]
"""Half of a name, and where it stands."""


def named(text: HostText, index: HostIndex) -> tuple[Resemblance | None, list[Place]]:
    """Return the strongest sign that a host holds a name or a site, and the halves of names in it."""
    own: list[tuple[Name, int, int]] = []
    careful: list[tuple[Name, int, int]] = []
    places: list[Place] = []
    for last, (size, names, halves) in index.find(text.shape):
        start, end = last + 1 - size, last + 1
        for name in names:
            (careful if name.careful else own).append((name, start, end))
        places.extend((half, start, end) for half in halves)
    best = _strongest(text, own) or _strongest(text, careful)
    return best or _across(text, index) or _drawn(text, index), places


def _strongest(text: HostText, hits: list[tuple[Name, int, int]]) -> Resemblance | None:
    best: Resemblance | None = None
    rank = (0.0, 0)
    for name, start, end in hits:
        found = _site(text, name, start, end) if name.is_site else _name(text, name, start, end)
        if found is not None and (found.confidence, end - start) > rank:
            best, rank = found, (found.confidence, end - start)
    return best


def _site(text: HostText, name: Name, start: int, end: int) -> Resemblance | None:
    shape = text.shape
    if (start and shape[start - 1] != ".") or (end < len(shape) and shape[end] != "."):
        return None
    reason = f"{name.guarded.official} stands in front, but the part that counts is registered by somebody else"
    return Resemblance(name.guarded, "embedded_domain", 0.95, reason)


def _name(text: HostText, name: Name, start: int, end: int) -> Resemblance | None:
    spot = Spot.at(text, start, end)
    honest = _is_honest(text, name, start, end)
    if not honest and not text.host.unicode.isascii() and (spot.is_label or not name.careful):
        return _disguised(text, name)
    if name.careful:
        return _careful(text, name, spot, honest)
    if not (spot.is_bounded or _stands_out(name, spot, honest)):
        return None
    return _told(text, name, spot) if honest else _disguised(text, name)


def _is_honest(text: HostText, name: Name, start: int, end: int) -> bool:
    """Whether the name stands there letter by letter."""
    if not text.host.unicode.isascii():
        return name.text in squeezed(text.host.unicode)
    return text.before[start:end] == name.text


def _stands_out(name: Name, spot: Spot, honest: bool) -> bool:
    """Whether a name inside a longer word is meant: other words explain the letters less well."""
    word, size = spot.word, len(name.text)
    if len(word) > MAX_COMPOUND:
        return size >= FAR
    if not honest:
        return size >= NEAR and not is_plain(word)
    if size < FAR - 1 and len(spot.left) > 1 and _has_junk(spot.left):
        return False
    if any(is_word(name.text + spot.right[:more]) for more in range(1, min(_MORE, len(spot.right)) + 1)):
        return False
    if size >= FAR:
        return not is_known_label(word)
    price, words = taken_apart(word)
    if name.text in words:
        return True
    if taken_apart(word, name.text)[0] < price - (0.0 if any(len(each) == 1 for each in words) else _MARGIN):
        return True
    return len(word) - size <= _REST and size == FAR - 1 and not is_known_label(word)


def _has_junk(word: str) -> bool:
    return any(len(each) == 1 for each in taken_apart(word)[1])


def _told(text: HostText, name: Name, spot: Spot) -> Resemblance:
    guarded = name.guarded
    if spot.is_label:
        reason = f'it carries the name of {guarded.brand_name} under ".{text.suffix}", which is not its domain'
        return Resemblance(guarded, "other_suffix", 0.9, reason)
    if not spot.in_label:
        reason = f"the name {guarded.brand_name} is only a subdomain; the domain is somebody else's"
        return Resemblance(guarded, "brand_in_subdomain", 0.8 if spot.is_bounded else 0.7, reason)
    baited = any(word in BAITS for word in text.words_beside(name.text))
    reason = f"it holds the name {guarded.brand_name}" + (" beside words that impostors use" if baited else "")
    return Resemblance(guarded, "embedded_brand", 0.7 + 0.1 * spot.is_bounded + 0.1 * baited, reason)


def _disguised(text: HostText, name: Name) -> Resemblance:
    if text.host.unicode.isascii():
        also = ("leet",) if any(char.isdigit() for char in text.before) else ()
        return Resemblance(name.guarded, "confusable", 0.9, confused(text.label, name.guarded), also)
    return Resemblance(name.guarded, "confusable", 0.95, confused(text.host.unicode, name.guarded))


def _careful(text: HostText, name: Name, spot: Spot, honest: bool) -> Resemblance | None:
    """Weigh what speaks for a name that anybody may bear: its place, the suffix, the words beside it."""
    place = _place_points(name, spot, honest)
    if place <= 0:
        return None
    words, suffix = _word_points(text, name, spot), suffix_points(text.suffix)
    points = place + suffix + words
    if words < 0 and not suffix:
        # `okx-garden.com`: a common word beside it, and a suffix where people are at home.
        return None
    if points < (_LEAST_ALONE if spot.is_label or name.borrowed else _LEAST):
        return None
    needs_bait = name.borrowed or (name.text in SERVERS and not spot.in_label)
    if needs_bait and (words < 1 or not (suffix >= 1 or (spot.is_bounded and spot.in_label))):
        return None
    if not honest:
        return _disguised(text, name)
    told = _told(text, name, spot)
    return Resemblance(told.guarded, told.technique, min(0.65 if needs_bait else 0.85, 0.4 + 0.1 * points), told.reason)


def _place_points(name: Name, spot: Spot, honest: bool) -> float:
    rare = 0.0 if is_word(name.text) else 0.5
    if spot.is_label:
        return 1.5 + rare if honest else 2.0
    if spot.is_bounded:
        return 2.0 + 2 * rare
    word = spot.word
    if not honest or len(word) > MAX_COMPOUND or is_word(word):
        return 0.0
    price, words = taken_apart(word)
    short_rest = not spot.left and len(spot.right) <= _REST and len(name.text) > NEAR and not is_known_label(word)
    if not short_rest and name.text not in words and taken_apart(word, name.text)[0] >= price:
        return 0.0
    return rare + (1.0 if len(name.text) > NEAR else 0.5 if len(name.text) > SHORT else 0.2)


def _word_points(text: HostText, name: Name, spot: Spot) -> float:
    senses = [sense(word) for word in text.words_beside(name.text)]
    bait = any(each.bait for each in senses)
    plain = any(each.plain for each in senses)
    if not (spot.is_bounded or bait or plain):
        # `theoldexamplex.test`: what is written together with the name may be several common words.
        plain = any(len(side) > SHORT and not any(sense(side)) and is_plain(side) for side in (spot.left, spot.right))
    points = 0.7 * any(each.trade for each in senses)
    return points + 1.5 if bait else points - plain


def _across(text: HostText, index: HostIndex) -> Resemblance | None:
    """`exa-mplex.test`: a name with separators inside; it must begin and end where words do."""
    shape = text.shape
    if "." not in shape:
        return None
    words = shape.split(".")
    ends = [0, *accumulate(map(len, words))]
    letters = text.before.replace(".", "").replace("-", "")
    for last, (size, names, _) in index.find("".join(words)):
        start, end = last + 1 - size, last + 1
        rest = letters[end : next(place for place in ends if place >= end)]
        if start not in ends or not (rest in ("", "s") or any(sense(rest)[:2])):
            continue
        for name in names:
            if name.is_site or name.shape in shape or (name.careful and (size <= SHORT or not is_baited(text))):
                continue
            reason = f"it is the name {name.guarded.written} with other separators"
            return Resemblance(name.guarded, "separator", 0.8, reason)
    return None


def _drawn(text: HostText, index: HostIndex) -> Resemblance | None:
    """`rnetamask.test`: a name of which letters are drawn by two."""
    merged = pairs_read(text.shape).replace("nn", "m")
    if merged == text.shape:
        return None
    for last, (size, names, _) in index.find(merged):
        start, end = last + 1 - size, last + 1
        for name in names:
            bounded = merged[start - 1 : start] in ("", ".") and merged[end : end + 1] in ("", ".")
            if name.is_site or name.shape in text.shape or ((name.careful or size < NEAR) and not bounded):
                continue
            held = (word for word in text.words_beside(".") if name.shape in pairs_read(digits_read(word)))
            if not any(map(is_plain, held)):
                return _disguised(text, name)
    return None
