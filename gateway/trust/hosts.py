"""Whether a host that is not listed looks like one of a brand's, and how. Finding nothing proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.trust.confusables import folded, skeletons
from gateway.trust.domains import Host, ascii_lower, parents, split_host
from gateway.trust.resemblance import Hit, Resemblance, confused, dotted, has_lure, hits, squeezed

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

_INSIDE_WORDS = 6
"""A name of so many letters is found inside longer words too; shorter ones occur in honest words."""


@dataclass(frozen=True, slots=True)
class HostIndex:
    """What hosts are compared with: the brands' names, ready to be looked up."""

    brands: tuple[str, ...]

    @classmethod
    def of(cls, directory: Directory) -> HostIndex:
        """Index a directory."""
        return cls(tuple(directory.brands))


def resembles_host(host: Host, directory: Directory) -> Resemblance | None:
    """Tell which brand a host that is not the brand's looks like, by the strongest sign."""
    disguised = _same_reading(host, directory)
    parts = split_host(host.unicode)
    if disguised is not None or not parts.label:
        return disguised
    before = f"{parts.sub}.{parts.label}" if parts.sub else parts.label
    return (
        embedded_domain(before, directory)
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


def embedded_domain(before: str, directory: Directory) -> Resemblance | None:
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
        return Resemblance(guarded, "confusable", 0.9 if guarded.careful else 0.95, confused(label, guarded))
    return None


def _inside_label(label: str, whole: str, directory: Directory) -> Resemblance | None:
    for hit in hits(label, directory):
        found = combination(hit, directory_wide=has_lure(*whole.replace(hit.guarded.written, " ").split(".")))
        if found is not None:
            return found
    return None


def combination(hit: Hit, directory_wide: bool) -> Resemblance | None:
    """`examplex-support.net`, `examplexlogin.net`: a brand's name with other words around it."""
    guarded = hit.guarded
    lure = directory_wide or has_lure(hit.left, hit.right)
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
        for hit in hits(label, directory):
            if not hit.is_bounded:
                continue
            rest = whole.replace(label, " ", 1) if hit.is_whole else whole.replace(hit.guarded.written, " ")
            if hit.guarded.careful and not has_lure(rest):
                continue
            reason = f"the name {hit.guarded.brand_name} is only a subdomain; the domain is somebody else's"
            return Resemblance(hit.guarded, "brand_in_subdomain", 0.8 if has_lure(rest) else 0.7, reason)
    return None
