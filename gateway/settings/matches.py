"""What no table can see by itself: channels that read one place, alerts that come back, a brand that is not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from gateway.answers.ack_policy import AckPolicy
from gateway.ports import Role
from gateway.settings.explain import hint
from gateway.settings.model import (
    BackendHead,
    BackendSettings,
    ChannelSettings,
    FillsPlaces,
    OwnPlaces,
    Problem,
    PushedTo,
)
from gateway.settings.watching import AlertsTable, chatted
from gateway.trust.directory import Directory

_DOMAIN = re.compile(r"[@.]?[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)*\.?", re.UNICODE)
_LOCAL = re.compile(r"[^\s@<>,;:]+")


def same_places(channels: Sequence[ChannelSettings]) -> Iterator[Problem]:
    """Two channels on one mailbox would open two cases for each mail; of a bot each would get a part of its updates.

    So would a channel that moves its mails to where another reads.
    """
    taken: dict[tuple[str, ...], str] = {}
    for each in channels:
        if not isinstance(each.settings, OwnPlaces):
            continue
        others = {taken.setdefault((each.plugin.name, *place), each.name) for place in each.settings.places}
        for other in sorted(others - {each.name}):
            what = "mailbox and folder" if each.plugin.platform == "email" else "account"
            yield Problem(f"channels.{each.name}", f'reads the same {what} as the channel "{other}"')
    for each in channels:
        if isinstance(each.settings, FillsPlaces):
            readers = {taken.get((each.plugin.name, *place), each.name) for place in each.settings.filled_places}
            for reader in sorted(readers - {each.name}):
                what = f'moves mail to a folder that the channel "{reader}" reads: each would be a case once more'
                yield Problem(f"channels.{each.name}", what)


def doors(channels: Sequence[ChannelSettings], *, listens: bool) -> Iterator[Problem]:
    """What is pushed to a channel must find its door: this gateway's server, and the channel's own name in the path."""
    for each in channels:
        url = each.settings.door if isinstance(each.settings, PushedTo) else ""
        if not url:
            continue
        path = f"channels.{each.name}"
        if not listens:
            yield Problem(path, "is pushed to, and there is no [web] table: nothing would listen")
        if urlsplit(url).path.rstrip("/").rpartition("/")[2] != each.name:
            yield Problem(path, f"is pushed to at another path than its own; end webhook_url with /in/{each.name}")


def alerted(alerts: AlertsTable, channels: Sequence[ChannelSettings], *, whole: bool) -> Iterator[Problem]:
    """Alerts go out by a channel that can send, and never into a mailbox that the gateway itself reads.

    Unless the configuration is `whole`, the channel may be one that has a problem of its own.
    """
    yield from chatted(alerts, channels, whole=whole)
    if alerts.mail_channel is None:
        return
    sending = {each.name for each in channels if Role.SENDER in each.plugin.roles and each.plugin.platform == "email"}
    if alerts.mail_channel not in sending and whole:
        known = ", ".join(f'"{name}"' for name in sorted(sending)) or "none"
        yield Problem("alerts.mail_channel", f"is no mail channel that is enabled and can send; there are: {known}")
    own = {address.lower() for each in channels for address in each.plugin.addresses(each.settings)}
    if any(address.lower() in own for address in alerts.mail_to):
        yield Problem("alerts.mail_to", "holds an address of a channel of this gateway: an alert would become a case")


def unknown_brand(name: str, directory: Directory, path: Path) -> Iterator[Problem]:
    """A desk whose brand is not in its own directory could name no official account to its users."""
    names = [brand.name for brand in directory.brands.values()]
    if name.casefold() not in {each.casefold() for each in names}:
        known = ", ".join(f'"{each}"' for each in names[:5]) or "none"
        yield Problem(
            "brand.name", f"no brand of that name is in {path.name}; it names: {known}. Write one name in both"
        )


def denied(policy: AckPolicy) -> Iterator[Problem]:
    """Yield a problem for each entry that is no address or no domain."""
    for index, address in enumerate(policy.deny_addresses):
        local, _, domain = address.strip().rpartition("@")
        if not _LOCAL.fullmatch(local) or not _is_domain(domain):
            yield Problem(
                f"acknowledgement.deny_addresses[{index}]", "is no mail address; write one such as help@desk.test"
            )
    for index, domain in enumerate(policy.deny_domains):
        if not _is_domain(domain.strip()):
            yield Problem(f"acknowledgement.deny_domains[{index}]", "is no domain; write one such as desk.test")


def _is_domain(text: str) -> bool:
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def routed(backends: Sequence[BackendSettings], *, whole: bool) -> Iterator[Problem]:
    """Yield what is wrong with several ticket systems together; `whole`: none of them is missing for another reason."""
    by_name = {each.name: each.head for each in backends}
    names = set(by_name)
    for each in backends:
        head, path = each.head, f"backends.{each.name}"
        yield from _stands_in(each, by_name)
        for key, other in (("mirrors", head.mirrors), ("spare_for", head.spare_for)):
            if other and (other not in names or other == each.name) and whole:
                yield Problem(
                    f"{path}.{key}", f"is not the name of another ticket system; {hint(other, sorted(names))}"
                )
    if whole and backends and not any(_takes_all(each.head) for each in backends):
        yield Problem("backends", "each has its conditions; one of them must be without, for the cases that fit none")
    whole_ones = [each.name for each in backends if _takes_all(each.head)]
    for name in whole_ones[1:]:
        yield Problem(
            f"backends.{name}",
            f'takes all that no other does, as "{whole_ones[0]}" does: only one of them can; write takes',
        )
    seen: dict[str, str] = {}
    for each in backends:
        if (
            each.head.takes
            and (first := seen.setdefault(repr(sorted(each.head.takes.items())), each.name)) != each.name
        ):
            yield Problem(f"backends.{each.name}.takes", f'is the same as that of "{first}", which takes them all')


def alone(head: BackendHead) -> Iterator[Problem]:
    """Yield what has no meaning where there is only one ticket system."""
    for key in ("takes", "mirrors", "spare_for"):
        if getattr(head, key):
            yield Problem(f"backend.{key}", "has no meaning for a single ticket system; write tables of [backends]")


def _stands_in(each: BackendSettings, by_name: Mapping[str, BackendHead]) -> Iterator[Problem]:
    """Yield what is wrong with a mirror or a spare."""
    head, path = each.head, f"backends.{each.name}"
    if head.mirrors and head.spare_for:
        yield Problem(path, "write either mirrors or spare_for, not both")
    if head.takes and (head.mirrors or head.spare_for):
        yield Problem(f"{path}.takes", "has no meaning for a mirror or a spare: it follows the other one")
    if "after_secs" in head.model_fields_set and not head.spare_for:
        yield Problem(f"{path}.after_secs", "has no meaning without spare_for")
    for key, values in head.takes.items():
        if not values:
            yield Problem(f"{path}.takes", f"{key} names nothing, so that no case ever fits")
    for key, other in (("mirrors", head.mirrors), ("spare_for", head.spare_for)):
        primary = by_name.get(other) if other != each.name else None
        if primary is not None and (primary.mirrors or primary.spare_for):
            yield Problem(
                f"{path}.{key}", "must name a ticket system that has cases of its own, no mirror and no spare"
            )
    if head.spare_for and [each.spare_for for each in by_name.values()].count(head.spare_for) > 1:
        yield Problem(f"{path}.spare_for", "only one ticket system can stand in for another")


def _takes_all(head: BackendHead) -> bool:
    return not (head.takes or head.mirrors or head.spare_for)
