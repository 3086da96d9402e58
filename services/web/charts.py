"""Where the lines of small charts run. Templates draw them as SVG, in the colours of the page.

Units: SVG user units, origin top left. A chart always stands beside its figures in words or a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.views import Trend

_SPARK = (72.0, 20.0)
_PLOT = (560.0, 150.0)
_LEFT, _BOTTOM, _TOP, _RIGHT = 34.0, 22.0, 8.0, 12.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, where it ends, and where a cut-off lies."""

    points: str
    end: tuple[float, float]
    cut: float | None
    dots: tuple[tuple[float, float], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()


def spark(scores: Sequence[int], cut_off: int | None) -> Line | None:
    """Return the sparkline of a card, or None for fewer than two scores."""
    if len(scores) < 2:
        return None
    wide, high = _SPARK
    low, top = _reach(scores, cut_off)
    places = [
        (round(wide * n / (len(scores) - 1), 1), _height(score, low, top, high))
        for n, score in enumerate(scores)
    ]
    cut = None if cut_off is None else _height(cut_off, low, top, high)
    return Line(_joined(places), places[-1], cut)


def plot(trend: Trend) -> Line:
    """Return the chart of an instrument over time, from zero to its maximum."""
    wide, high = _PLOT[0] - _LEFT - _RIGHT, _PLOT[1] - _TOP - _BOTTOM
    first, last = trend.points[0][0], trend.points[-1][0]
    span = (last - first).total_seconds() or 1.0
    top = trend.maximum or max(score for _, score in trend.points) or 1
    places = [
        (round(_LEFT + wide * (when - first).total_seconds() / span, 1), _TOP + _height(score, 0, top, high))
        for when, score in trend.points
    ]
    cut = None if trend.cut_off is None else _TOP + _height(trend.cut_off, 0, top, high)
    ticks = tuple((_TOP + _height(value, 0, top, high), str(value)) for value in sorted({0, top // 2, top}))
    ends = {places[0][0]: f"{first:%-d %b}", places[-1][0]: f"{last:%-d %b}"}
    return Line(_joined(places), places[-1], cut, tuple(places), ticks, tuple(ends.items()))


def change(scores: Sequence[int]) -> str:
    """Return how the last score differs from the first, with a mark: `▼ 4`."""
    moved = scores[-1] - scores[0]
    return f"{'▼' if moved < 0 else '▲' if moved else '■'} {abs(moved)}"


def _reach(scores: Sequence[int], cut_off: int | None) -> tuple[int, int]:
    seen = [*scores, *([] if cut_off is None else [cut_off])]
    return min(seen), max(*seen, min(seen) + 1)


def _height(score: int, low: int, top: int, high: float) -> float:
    return round(high - high * (score - low) / (top - low), 1)


def _joined(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
