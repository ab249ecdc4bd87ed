"""Whether a mail address that is not listed looks like one of a brand's: copied, disguised, or posing before the @."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.trust.affixes import Affix
from gateway.trust.confusables import folded, skeletons
from gateway.trust.domains import Host
from gateway.trust.hosts import embedded_domain
from gateway.trust.name_index import NameIndex, Strength
from gateway.trust.resemblance import MAX_NAME, Guarded, Resemblance, squeezed
from gateway.trust.shared import is_freemail
from gateway.trust.slips import misspelt
from gateway.trust.spots import spots
from gateway.trust.written import Written

if TYPE_CHECKING:
    from gateway.trust.directory import Directory


def resembles_address(local: str, host: Host, directory: Directory) -> Resemblance | None:
    """Tell which official address an address reads as, or whose part before the @ it copies at another provider."""
    read = f"{folded(local)}@{folded(host.unicode)}"
    entries = directory.addresses.get(read) or directory.mail_domains.get(folded(host.unicode))
    if entries and not (local.isascii() and host.exact):
        guarded = Guarded(entries[0].brand, entries[0].brand_name, read, entries[0].value)
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
    written, index = Written.of(name), directory.name_index
    return _whole_local(written, shared, index) or _local_of_office(written, index)


def _whole_local(written: Written, shared: bool, index: NameIndex) -> Resemblance | None:
    """`examplex@gmail.com`: the name alone, where anybody can take it; a common word is nobody's."""
    watched = index.whole.get(written.plain) or index.whole.get(written.shape)
    if watched is None or watched.strength is Strength.COMMON:
        return None
    if watched.key == written.plain and not shared:
        return None
    reason = f"the name {watched.guarded.brand_name} stands before the @; the domain is not its"
    return Resemblance(watched.guarded, "brand_in_local_part", 0.7, reason)


def _local_of_office(written: Written, index: NameIndex) -> Resemblance | None:
    """`examplex.support@gmail.com`, `helpexamp1ex@gmail.com`."""
    for spot in spots(written, index):
        told = spot.told
        needed = Affix.DESK if spot.watched.strength is Strength.COMMON else Affix.OFFICE
        if told is not None and told & needed and (spot.is_flanked or spot.watched.strength is Strength.OWN):
            return _of_office(spot.watched.guarded)
    slip = misspelt(written, index, "")
    return _of_office(slip.guarded, slip.technique) if slip is not None and slip.also else None


def _of_office(guarded: Guarded, *also: str) -> Resemblance:
    reason = f"the name {guarded.brand_name} and a word of office stand before the @; the domain is not its"
    return Resemblance(guarded, "brand_in_local_part", 0.85, reason, also)
