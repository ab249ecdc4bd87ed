"""Draws ratings by ISO week: a figure as SVG, and bars for a terminal. Pure.

The figure has two panels over one axis of weeks: lines of the mean score, and grouped bars of how many answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10
from xml.sax.saxutils import escape, quoteattr

from gateway.ratings import BEST, Figures, weeks_between

MOST_SERIES = 6
"""More groups than this are shown as one, `others`: nobody tells more colours apart."""
_COLOURS = ("#1f5fa8", "#c4501b", "#2c7a3f", "#7a4a9c", "#a07a00", "#4a4a4a", "#9c2f5e")
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 3", "10 4", "4 2")
"""Told apart without colour as well."""
_LEFT, _RIGHT, _TOP, _GAP, _BOTTOM = 64.0, 24.0, 56.0, 44.0, 120.0
_MEANS, _COUNTS = 190.0, 150.0
"""Heights of the panels."""
_LEAST_WIDTH, _WEEK_LEAST, _BAR_LEAST = 560.0, 26.0, 5.0
_LABELS = 26
"""At most so many weeks are named below the axis."""
_EIGHTHS = "▏▎▍▌▋▊▉█"

Weekly = Mapping[tuple[str, str], Figures]
"""Figures by (group, week)."""


@dataclass(frozen=True, slots=True)
class Series:
    """One group: its figures, week for week; None for a week in which nobody of it was asked."""

    name: str
    weeks: tuple[Figures | None, ...]


def series_of(weekly: Weekly) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Return all weeks from the first to the last, and the groups that answered most, the others as one."""
    if not weekly:
        return (), ()
    weeks = weeks_between(min(week for _, week in weekly), max(week for _, week in weekly))
    answered: dict[str, int] = {}
    for (name, _), figures in weekly.items():
        answered[name] = answered.get(name, 0) + figures.answered
    ranked = sorted(answered, key=lambda name: (-answered[name], name))
    kept = ranked if len(ranked) <= MOST_SERIES else ranked[: MOST_SERIES - 1]
    found = [Series(name, tuple(weekly.get((name, week)) for week in weeks)) for name in kept]
    if rest := ranked[len(kept) :]:
        sums = tuple(_sum([weekly[name, week] for name in rest if (name, week) in weekly]) for week in weeks)
        found.append(Series("others", sums))
    return weeks, tuple(found)


def _sum(figures: Sequence[Figures]) -> Figures | None:
    if not figures:
        return None
    counts = tuple(sum(each.counts[score] for each in figures) for score in range(BEST))
    return Figures(sum(each.asked for each in figures), counts)


def svg(weeks: Sequence[str], series: Sequence[Series], title: str) -> str:
    """Return the figure; dark on light, with axes, labels and a legend, and every text escaped."""
    return _Figure(weeks, series, title).text()


class _Figure:
    """One figure on its way to text."""

    def __init__(self, weeks: Sequence[str], series: Sequence[Series], title: str) -> None:
        self._weeks, self._series, self._title = weeks, series, title
        self._step = max(_WEEK_LEAST, len(series) * _BAR_LEAST + 8, _LEAST_WIDTH / max(len(weeks), 1))
        self._width = _LEFT + self._step * len(weeks) + _RIGHT
        self._most = _nice(max((each.answered for one in series for each in one.weeks if each), default=0))
        self._means_bottom = _TOP + _MEANS
        self._counts_top = self._means_bottom + _GAP
        self._counts_bottom = self._counts_top + _COUNTS
        self._height = self._counts_bottom + _BOTTOM

    def text(self) -> str:
        size = f'width="{self._width:g}" height="{self._height:g}" viewBox="0 0 {self._width:g} {self._height:g}"'
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(_plain(self._title))} '
            'font-family="sans-serif" font-size="12" fill="#222222">',
            f'<rect x="0" y="0" width="{self._width:g}" height="{self._height:g}" fill="#ffffff"/>',
            _label(_LEFT, 24, self._title, size=15),
        )
        parts = (*head, *self._means(), *self._counts(), *self._week_names(), *self._legend(), "</svg>")
        return "\n".join(parts) + "\n"

    def _x(self, place: int) -> float:
        return _LEFT + self._step * (place + 0.5)

    def _axis(self, top: float, bottom: float, name: str, ticks: Sequence[tuple[float, str]]) -> Iterator[str]:
        yield _label(_LEFT, top - 10, name)
        for y, shown in ticks:
            yield _line(_LEFT, y, self._width - _RIGHT, y, "#dddddd")
            yield _label(_LEFT - 8, y + 4, shown, anchor="end")
        yield _line(_LEFT, top, _LEFT, bottom, "#222222")
        yield _line(_LEFT, bottom, self._width - _RIGHT, bottom, "#222222")

    def _means(self) -> Iterator[str]:
        def height(mean: float) -> float:
            return self._means_bottom - (mean - 1) / (BEST - 1) * _MEANS

        ticks = [(height(score), str(score)) for score in range(1, BEST + 1)]
        yield from self._axis(_TOP, self._means_bottom, "Mean score", ticks)
        for index, one in enumerate(self._series):
            points = [(self._x(place), height(each.mean)) for place, each in enumerate(one.weeks) if each and each.mean]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            if len(points) > 1:
                yield (
                    f'<polyline class="mean" points="{path}" fill="none" stroke="{_colour(index)}" stroke-width="2" '
                    f'stroke-dasharray="{_DASHES[index % len(_DASHES)]}"/>'
                )
            yield from (
                f'<circle class="mean" cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{_colour(index)}"/>' for x, y in points
            )

    def _counts(self) -> Iterator[str]:
        ticks = [(self._counts_bottom - part / 4 * _COUNTS, f"{self._most * part / 4:g}") for part in range(5)]
        yield from self._axis(self._counts_top, self._counts_bottom, "Answered a week", ticks)
        wide = (self._step - 6) / max(len(self._series), 1)
        for index, one in enumerate(self._series):
            for place, each in enumerate(one.weeks):
                if each and each.answered:
                    high = each.answered / self._most * _COUNTS
                    left = self._x(place) - (self._step - 6) / 2 + index * wide
                    told = f"{one.name}, {self._weeks[place]}: {each.answered} of {each.asked}, mean {each.mean:.2f}"
                    yield (
                        f'<rect class="bar" x="{left:.1f}" y="{self._counts_bottom - high:.1f}" width="{wide:.1f}" '
                        f'height="{high:.1f}" fill="{_colour(index)}"><title>{escape(_plain(told))}</title></rect>'
                    )

    def _week_names(self) -> Iterator[str]:
        every = ceil(len(self._weeks) / _LABELS) or 1
        y = self._counts_bottom + 14
        for place, week in enumerate(self._weeks):
            if place % every == 0:
                x = self._x(place)
                turned = f"rotate(-45 {x:.1f} {y:.1f})"
                yield f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="end" transform="{turned}">{escape(week)}</text>'

    def _legend(self) -> Iterator[str]:
        x, y = _LEFT, self._height - 34
        for index, one in enumerate(self._series):
            name = _plain(one.name) or "none"
            need = 40 + 7.5 * len(name)
            if x > _LEFT and x + need > self._width - _RIGHT:
                x, y = _LEFT, y + 18
            yield f'<rect class="legend" x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12" fill="{_colour(index)}"/>'
            yield _label(x + 18, y, name)
            x += need


def bars(weeks: Sequence[str], series: Sequence[Series], width: int = 30) -> Iterator[str]:
    """Yield lines for a terminal: a bar for the mean score of each group's weeks, and how many answered."""
    wide = max((len(_name(one)) for one in series), default=0)
    for one in series:
        yield _name(one)
        for week, each in zip(weeks, one.weeks, strict=True):
            if each is None:
                continue
            mean = f"{each.mean:.2f}" if each.mean is not None else "   -"
            bar = _bar((each.mean or 0) / BEST, width)
            yield f"  {week}  {mean}  {bar:<{width}}  {each.answered} of {each.asked}"
    if not wide:
        yield "Nobody was asked."


def _bar(share: float, width: int) -> str:
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8 - 1] if eighths % 8 else "")


def _name(one: Series) -> str:
    return one.name or "none"


def _nice(most: int) -> int:
    """Return a round end for an axis that reaches so far; a multiple of 4."""
    if most <= 4:
        return 4
    unit = 10 ** int(log10(most))
    return next(each for part in (1, 2, 4, 6, 8, 10, 20) if (each := int(part * unit)) >= most and each % 4 == 0)


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="1"/>'


def _label(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(_plain(text))}</text>'


def _plain(text: str) -> str:
    """Return a text without what no XML may hold."""
    return "".join(char for char in text if char.isprintable())
