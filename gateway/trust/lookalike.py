"""Whether a host, a handle, a local part or a display name looks like one of a brand's, and how.

Asked only about what is not listed. Finding nothing proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.trust.confusables import folded, name_forms, skeleton, skeletons, visible
from gateway.trust.directory import Directory, Guarded, dotted, squeezed
from gateway.trust.domains import Host, ascii_lower, parents, split_host
from gateway.trust.shared import is_freemail
from gateway.trust.words import GLUE, ROLES, has_role_sign, is_lure, keeps_distance

_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INSIDE_WORDS = 6
"""A name of so many letters is found inside longer words too; shorter ones occur in honest words."""
_LAST_LETTER = "\u2e80"
"""From here on scripts put no space between words, so a name beside them stands on a boundary."""
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What something looks like. `confidence` is our judgement of how strong the sign is, not a probability."""

    guarded: Guarded
    technique: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Hit:
    """A guarded name inside a text, with what stands on either side. `plain`: letter by letter, nothing disguised."""

    guarded: Guarded
    left: str
    right: str
    plain: bool

    @property
    def is_whole(self) -> bool:
        return not squeezed(self.left) and not squeezed(self.right)

    @property
    def is_bounded(self) -> bool:
        return _ends_word(self.left) and _starts_word(self.right)


def _parts_words(char: str) -> bool:
    return not char.isalpha() or char >= _LAST_LETTER


def _ends_word(left: str) -> bool:
    return not left or _parts_words(left[-1]) or is_lure(_words(left)[-1])


def _starts_word(right: str) -> bool:
    return not right or _parts_words(right[0]) or is_lure(_words(right)[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _hits(text: str, directory: Directory) -> Iterator[_Hit]:
    """Yield the guarded names in a text, longest first; work grows with the text, not with the directory."""
    if not directory.lengths:
        return
    shortest = directory.lengths[-1]
    plain = ascii_lower(text)
    for form in dict.fromkeys((plain, folded(text), skeleton(text))):
        ends = range(shortest, len(form) + 1)
        starts = [end - shortest for end in ends if form[end - shortest : end] in directory.openings]
        for length in directory.lengths if starts else ():
            for start in starts:
                # Near the end the slice is shorter, and then it is another name's turn.
                guarded = directory.names.get(form[start : start + length])
                if guarded is not None and start + length <= len(form):
                    honest = form is plain and form[start : start + length] == guarded.written
                    yield _Hit(guarded, form[:start], form[start + length :], honest)


def _has_lure(*texts: str) -> bool:
    return any(is_lure(word) for text in texts for word in _words(text))


def resembles_host(host: Host, directory: Directory) -> Resemblance | None:
    """Tell which brand a host that is not the brand's looks like, by the strongest sign."""
    disguised = _same_reading(host, directory)
    parts = split_host(host.unicode)
    if disguised is not None or not parts.label:
        return disguised
    before = f"{parts.sub}.{parts.label}" if parts.sub else parts.label
    return (
        _embedded_domain(before, directory)
        or _label(parts.label, parts.suffix, directory)
        or _inside_label(parts.label, before + "." + parts.suffix, directory)
        or _subdomain(parts.sub, before + "." + parts.suffix, directory)
    )


def _same_reading(host: Host, directory: Directory) -> Resemblance | None:
    """An official host in other characters, were they invisible: a browser may even open it, a reader cannot tell."""
    read = folded(host.unicode)
    if read == host.ascii and host.exact:
        return None
    owner = next((name for name in parents(read) if name in directory.sites or name in directory.mail_domains), None)
    guarded = directory.embedded.get(dotted(owner)) if owner else None
    if guarded is None:
        return None
    return Resemblance(guarded, "confusable", 0.95, f"it reads as {read}, but is written with other characters")


def _embedded_domain(before: str, directory: Directory) -> Resemblance | None:
    """`examplex.test.evil.net`, `examplex-test.evil.net`: an official domain in front of the registered one."""
    tokens = dotted(folded(before)).split(".")
    for start in range(len(tokens)):
        for size in (4, 3, 2):
            guarded = directory.embedded.get(".".join(tokens[start : start + size]))
            if guarded is not None:
                reason = f"{guarded.official} stands in front, but the part that counts is registered by somebody else"
                return Resemblance(guarded, "embedded_domain", 0.95, reason)
    return None


def _label(label: str, suffix: str, directory: Directory) -> Resemblance | None:
    """`examplex.evil`, `exarnplex.test`: the registered label is, or reads as, a brand's name."""
    for form in (ascii_lower(label), folded(label), *sorted(skeletons(label))):
        guarded = directory.names.get(squeezed(form))
        if guarded is None:
            continue
        if ascii_lower(label) == guarded.written:
            return Resemblance(
                guarded,
                "other_suffix",
                0.6 if guarded.careful else 0.9,
                f'it carries the name of {guarded.brand_name} under ".{suffix}", which is not its domain',
            )
        if squeezed(ascii_lower(label)) == guarded.written:
            return Resemblance(guarded, "separator", 0.8, f"it is the name {guarded.written} with other hyphens")
        return Resemblance(guarded, "confusable", 0.9 if guarded.careful else 0.95, _confused(label, guarded))
    return None


def _confused(text: str, guarded: Guarded) -> str:
    kind = "characters of another script" if not text.isascii() else "characters that look alike"
    return f'"{visible(text)}" reads as "{guarded.written}", but is written with {kind}'


def _inside_label(label: str, whole: str, directory: Directory) -> Resemblance | None:
    for hit in _hits(label, directory):
        found = _combination(hit, directory_wide=_has_lure(*whole.replace(hit.guarded.written, " ").split(".")))
        if found is not None:
            return found
    return None


def _combination(hit: _Hit, directory_wide: bool) -> Resemblance | None:
    """`examplex-support.net`, `examplexlogin.net`: a brand's name with other words around it."""
    guarded = hit.guarded
    lure = directory_wide or _has_lure(hit.left, hit.right)
    if guarded.careful and not (hit.is_bounded and lure):
        return None
    if not hit.is_bounded and len(guarded.written) < _INSIDE_WORDS:
        return None
    technique = "embedded_brand" if hit.plain else "confusable"
    confidence = 0.9 if lure and hit.is_bounded else 0.8 if hit.is_bounded else 0.7
    reason = f"it holds the name {guarded.brand_name}" + (" beside words that impostors use" if lure else "")
    if not hit.plain:
        reason += ", written with characters that look alike"
    return Resemblance(guarded, technique, confidence, reason)


def _subdomain(sub: str, whole: str, directory: Directory) -> Resemblance | None:
    for label in sub.split(".") if sub else ():
        for hit in _hits(label, directory):
            if not hit.is_bounded:
                continue
            rest = whole.replace(label, " ", 1) if hit.is_whole else whole.replace(hit.guarded.written, " ")
            if hit.guarded.careful and not _has_lure(rest):
                continue
            reason = f"the name {hit.guarded.brand_name} is only a subdomain; the domain is somebody else's"
            return Resemblance(hit.guarded, "brand_in_subdomain", 0.8 if _has_lure(rest) else 0.7, reason)
    return None


def resembles_handle(handle: str, directory: Directory) -> Resemblance | None:
    """Tell which brand's account a handle that is not listed looks like."""
    whole = _whole_handle(handle, directory)
    if whole is not None:
        return whole
    hits = list(_hits(_CAMEL.sub("_", handle[:MAX_NAME]), directory))
    if any(hit.plain and keeps_distance(_words(hit.left) + _words(hit.right)) for hit in hits):
        return None
    # A capital in the middle may part words, or stand for another letter.
    hits += (hit for hit in _hits(handle[:MAX_NAME], directory) if _is_disguised(hit, handle))
    return next((found for hit in hits if (found := _combination(hit, directory_wide=False)) is not None), None)


def _is_disguised(hit: _Hit, text: str) -> bool:
    """Whether a name is there for a reader alone: the text, letter by letter, does not hold it."""
    return not hit.plain and hit.guarded.written not in ascii_lower(text)


def _whole_handle(handle: str, directory: Directory) -> Resemblance | None:
    plain = ascii_lower(handle)
    for form in (plain, *sorted(skeletons(handle[:MAX_NAME]))):
        key = squeezed(form)
        guarded = directory.handles.get(key) or directory.names.get(key)
        if guarded is None:
            continue
        if plain in directory.platforms or (plain == guarded.written and directory.names.get(plain) is guarded):
            reason = f"it is the name of {guarded.brand_name}, but no such account of its is listed there"
            return Resemblance(guarded, "same_name_elsewhere", 0.6, reason)
        if squeezed(plain) == guarded.written:
            return Resemblance(guarded, "separator", 0.85, f"it differs from {guarded.official} only by separators")
        return Resemblance(guarded, "confusable", 0.95, _confused(handle, guarded))
    return None


def resembles_address(local: str, host: Host, directory: Directory) -> Resemblance | None:
    """Tell which official address an address reads as, or whose part before the @ it copies at another provider."""
    read = f"{folded(local)}@{folded(host.unicode)}"
    entries = directory.addresses.get(read) or directory.mail_domains.get(folded(host.unicode))
    if entries and not (local.isascii() and host.exact):
        guarded = Guarded(entries[0].brand, entries[0].brand_name, read, entries[0].value, careful=False)
        return Resemblance(guarded, "confusable", 0.95, f"it reads as {read}, but is written with other characters")
    copied = (directory.locals.get(squeezed(form)) for form in sorted(skeletons(local)))
    known = next((guarded for guarded in copied if guarded is not None), None)
    if known is None or not is_freemail(host.ascii):
        return None
    return Resemblance(known, "brand_in_local_part", 0.85, f"the part before the @ is that of {known.official}")


def resembles_local(local: str, shared: bool, directory: Directory) -> Resemblance | None:
    """Tell which brand the part before @ poses as. `shared`: anybody can get an address at that domain.

    Honest users name the part after the @ and +tags for the desk they write to, so a bare name elsewhere is no sign.
    """
    name = local.partition("+")[0][:MAX_NAME]
    found = _embedded_domain(name + ".", directory)
    if found is not None:
        return Resemblance(found.guarded, "embedded_domain", 0.9, f"{found.guarded.official} stands before the @ only")
    for hit in _hits(name, directory):
        if hit.is_whole and (shared or not hit.plain):
            reason = f"the name {hit.guarded.brand_name} stands before the @; the domain is not its"
            return Resemblance(hit.guarded, "brand_in_local_part", 0.7, reason)
        if hit.is_bounded and _has_lure(hit.left, hit.right):
            reason = f"the name {hit.guarded.brand_name} and a word of office stand before the @; the domain is not its"
            return Resemblance(hit.guarded, "brand_in_local_part", 0.85, reason)
    return None


def poses_as(name: str, directory: Directory) -> Resemblance | None:
    """Tell which brand a display name claims to speak for: the brand's own name, or the name and a role."""
    shown = name[:MAX_NAME]
    for form in (folded(shown), *sorted(skeletons(shown))):
        guarded = directory.names.get(squeezed(form))
        if guarded is not None:
            return Resemblance(guarded, "display_name", 0.8, f"the display name is that of {guarded.brand_name}")
    return next((found for hit in _hits(shown, directory) if (found := _role(hit, shown)) is not None), None)


def namesake(name: str, directory: Directory, on: date | None) -> Resemblance | None:
    """Tell whose display name an account bears that is not listed: of a member of staff, of an official account."""
    shown = name[:MAX_NAME]
    listed = (entry for form in sorted(name_forms(shown)) for entry in directory.people.get(form, ()))
    entry = next((entry for entry in listed if entry.is_valid(on)), None)
    if entry is None:
        return None
    guarded = Guarded(entry.brand, entry.brand_name, entry.name, entry.shown, careful=False)
    told = f"the display name is that of {entry.shown}"
    if squeezed(shown.casefold()) != squeezed(entry.name.casefold()):
        return Resemblance(guarded, "listed_name", 0.95, f"{told}, written with characters that look alike")
    # Two people may bear one name by chance, but hardly with the brand's beside it.
    return Resemblance(guarded, "listed_name", 0.9 if any(_hits(shown, directory)) else 0.7, told)


def _role(hit: _Hit, name: str) -> Resemblance | None:
    """`Examplex Support`: needs a word of office; a name that is a common word must stand alone with it."""
    around = [word.casefold() for word in _words(hit.left) + _words(hit.right)]
    if not _touches(hit) or not any(map(_is_role, (*around, *_words(name.casefold())))):
        return None
    if hit.guarded.careful and not all(_is_role(word) or word in GLUE for word in around):
        return None
    reason = f"the display name joins {hit.guarded.brand_name} with a word of office"
    return Resemblance(hit.guarded, "display_name", 0.9, reason)


def _is_role(word: str) -> bool:
    return word in ROLES or has_role_sign(word)


def _touches(hit: _Hit) -> bool:
    """Whether the name stands as a word of its own, or runs into a word of office."""
    left, right = hit.left, hit.right
    free_left = not left or _parts_words(left[-1]) or _words(left)[-1] in ROLES
    return free_left and (not right or _parts_words(right[0]) or _words(right)[0] in ROLES)
