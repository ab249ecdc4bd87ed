"""Which ticket system a case belongs to, and which ones get a copy of what is written to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.case import Case
from gateway.dialogue import Hold
from gateway.journal import Effect, EffectKind


@dataclass(frozen=True, slots=True)
class Route:
    """One ticket system: what it takes, and whether it stands in for another.

    `takes` names, for some of what a case is known by, what it must have one of; an empty one takes all. `mirrors` is
    the target that it gets a copy of, `spare_for` the target whose new cases it takes while that is away. Neither takes
    any by itself.
    """

    target: str
    takes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    takes_files: bool = False
    mirrors: str = ""
    spare_for: str = ""

    def fits(self, case: Case) -> bool:
        """Whether a new case goes here."""
        if self.mirrors or self.spare_for:
            return False
        return all(wanted & _values(case, key) for key, wanted in self.takes.items())


def home_of(case: Case, routes: tuple[Route, ...], away: frozenset[str]) -> str:
    """Return where a new case goes: the first route whose conditions fit, else the first without any, so that no case
    is without; or its spare while it is away."""
    own = [route for route in routes if not route.mirrors and not route.spare_for]
    ordered = sorted(own, key=lambda route: not route.takes)
    found = next((route.target for route in ordered if route.fits(case)), own[0].target if own else "")
    if found not in away:
        return found
    return next((route.target for route in routes if route.spare_for == found and route.target not in away), found)


def mirrored(effects: tuple[Effect, ...], routes: tuple[Route, ...]) -> tuple[Effect, ...]:
    """Return the effects, each ticket's write followed by its copies for the mirrors."""
    if not any(route.mirrors for route in routes):
        return effects
    found: list[Effect] = []
    for effect in effects:
        found.append(effect)
        if effect.kind is EffectKind.TICKET:
            found += [_copy(effect, route.target) for route in routes if route.mirrors == effect.target]
    return tuple(found)


def held_with(holds: tuple[Hold, ...], routes: tuple[Route, ...]) -> tuple[Hold, ...]:
    """Return the holds with those of the copies for the mirrors."""
    copies = [
        hold._replace(key=_at(hold.key, route.mirrors, route.target))
        for hold in holds
        for route in routes
        if route.mirrors and hold.key.endswith(f":{route.mirrors}")
    ]
    return (*holds, *copies)


def _copy(effect: Effect, target: str) -> Effect:
    return effect.model_copy(update={"key": _at(effect.key, effect.target, target), "target": target})


def _at(key: str, target: str, other: str) -> str:
    """Return the key of the same write at another target; every such key ends in its target."""
    return key.removesuffix(target) + other


def _values(case: Case, key: str) -> frozenset[str]:
    if key == "tag":
        return frozenset(case.tags)
    value = getattr(case, key)
    return frozenset() if value is None else frozenset((str(value),))
