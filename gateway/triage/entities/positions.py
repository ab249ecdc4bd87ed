"""Finds the position that a text tells of: its contract, its side and its leverage, at least two of them side by side.

Words such as long mean much else, so one of them alone is nothing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.case import Entity, Evidence, Span

NEAR = 120
"""Characters from the first of them to the last, at most."""
MAX_CHARS = 20_000
"""A longer text is looked at so far."""
_SIDES = {
    "long": "long|лонг|largo|alcista|comprado|做多|多单|多單|多仓|多倉|多头|多頭|开多|開多|ロング|롱|لونغ|لونج",
    "short": "short|шорт|bajista|vendido|做空|空单|空單|空仓|空倉|空头|空頭|开空|開空|ショート|숏|شورت",
}
_SIDE = re.compile(
    "|".join(
        rf"(?P<{name}>(?<![a-zа-я])(?<!how )(?<!too )(?<!as )(?<!so )(?<!very )(?:{words})(?![a-zа-я]))"
        for name, words in _SIDES.items()
    ),
    re.IGNORECASE,
)
_WORDS = tuple(word for words in _SIDES.values() for word in words.split("|"))
_LEVERAGE = re.compile(
    r"(?<![\w.,])(?P<times>[1-9][0-9]{0,2})\s?(?:[x×](?!\w)|倍|배|-?fach(?!\w)|kat(?!\w)|lần(?!\w))"
    r"|(?<!\w)[x×]\s?(?P<behind>[1-9][0-9]{0,2})(?![\w.,]*\w)",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    r"(?<![A-Za-z0-9])[A-Z0-9]{2,10}[-/_]?(?:USDT|USDC|USD)(?:[-_/ ]?(?:SWAP|PERP|[0-9]{6}))?(?![A-Za-z0-9])"
)


def find_position(text: str) -> Entity | None:
    """Return the first position that a text tells of; its value names what is known of it, in one order."""
    looked = text[:MAX_CHARS]
    marks = sorted(_marks(looked))
    for at, (start, _, _, _) in enumerate(marks):
        found: dict[str, tuple[str, int]] = {}
        for _, end, kind, value in marks[at:]:
            if end - start > NEAR:
                break
            found.setdefault(kind, (value, end))
        if len(found) > 1:
            return _entity(found, start)
    return None


def _entity(found: dict[str, tuple[str, int]], start: int) -> Entity:
    told = [(kind, found[kind][0]) for kind in ("contract", "side", "leverage") if kind in found]
    span = Span.model_construct(field="text", start=start, end=max(end for _, end in found.values()))
    evidence = tuple(Evidence(name=kind, value=value) for kind, value in told)
    return Entity(kind="position", value=" ".join(value for _, value in told), span=span, evidence=evidence)


def _marks(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield what a position consists of: where it stands, which part it is, and what it says."""
    # Most texts hold none of it: looking for words is far cheaper than looking for what they stand in.
    low, is_found = text.lower(), False
    for match in _SIDE.finditer(text) if any(word in low for word in _WORDS) else ():
        is_found = True
        yield (*match.span(), "side", match.lastgroup or "")
    for match in _CONTRACT.finditer(text) if "USD" in text else ():
        is_found = True
        yield (*match.span(), "contract", match[0])
    # Leverage alone is none.
    for match in _LEVERAGE.finditer(text) if is_found else ():
        yield (*match.span(), "leverage", f"{match['times'] or match['behind']}x")
