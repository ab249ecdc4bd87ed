"""Whether a mail address that is not listed looks like one of a brand's: copied, disguised, or posing before the @."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.trust.confusables import folded, skeletons
from gateway.trust.domains import Host
from gateway.trust.hosts import embedded_domain
from gateway.trust.resemblance import MAX_NAME, Guarded, Resemblance, has_lure, hits, squeezed
from gateway.trust.shared import is_freemail

if TYPE_CHECKING:
    from gateway.trust.directory import Directory


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
    found = embedded_domain(name + ".", directory)
    if found is not None:
        return Resemblance(found.guarded, "embedded_domain", 0.9, f"{found.guarded.official} stands before the @ only")
    for hit in hits(name, directory):
        if hit.is_whole and (shared or not hit.plain):
            reason = f"the name {hit.guarded.brand_name} stands before the @; the domain is not its"
            return Resemblance(hit.guarded, "brand_in_local_part", 0.7, reason)
        if hit.is_bounded and has_lure(hit.left, hit.right):
            reason = f"the name {hit.guarded.brand_name} and a word of office stand before the @; the domain is not its"
            return Resemblance(hit.guarded, "brand_in_local_part", 0.85, reason)
    return None
