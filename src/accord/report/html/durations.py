"""How long answers took: numbers for each operation, and a drawing of them on one scale of ratios."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accord.findings.timing import STEPS, Timing, start
from accord.report.text import count

WIDTH = 320
HEIGHT = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One operation: its numbers in words, and bars of ``(x, y, width, height)`` in units of the drawing."""

    name: str
    count: str
    median: str
    p95: str
    longest: str
    words: str
    bars: tuple[tuple[float, float, float, float], ...]
    median_x: float
    p95_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All operations, the slowest first, and the marks of the scale that they share."""

    strips: tuple[Strip, ...]
    marks: tuple[tuple[float, str], ...]


def chart(timings: Mapping[str, Timing]) -> Chart | None:
    """Return the drawing of *timings*, None without any."""
    if not timings:
        return None
    low = min(math.floor(_decade(item.shortest)) for item in timings.values())
    high = max(low + 1, *(math.ceil(_decade(item.longest)) for item in timings.values()))
    scale = WIDTH / (high - low)
    slowest = sorted(timings.items(), key=lambda item: (-item[1].quantile(0.95), item[0]))
    return Chart(
        strips=tuple(_strip(name, timing, low, scale) for name, timing in slowest),
        marks=tuple(
            (round((decade - low) * scale, 1), time(10.0**decade)) for decade in range(low, high + 1)
        ),
    )


def _strip(name: str, timing: Timing, low: int, scale: float) -> Strip:
    median, p95 = timing.quantile(0.5), timing.quantile(0.95)
    return Strip(
        name=name,
        count=f"{timing.count:,}",
        median=time(median),
        p95=time(p95),
        longest=time(timing.longest),
        words=(
            f"{count(timing.count, 'answer')} from {time(timing.shortest)} to {time(timing.longest)},"
            f" half of them within {time(median)}, 95 % within {time(p95)}"
        ),
        bars=tuple(_bars(timing, low, scale)),
        median_x=round((_decade(median) - low) * scale, 1),
        p95_x=round((_decade(p95) - low) * scale, 1),
    )


def _bars(timing: Timing, low: int, scale: float) -> Iterator[tuple[float, float, float, float]]:
    most = max(timing.counts)
    for step, number in enumerate(timing.counts):
        if number:
            # The root leaves a single slow answer to be seen beside hundreds of quick ones.
            height = max(2.0, round(HEIGHT * math.sqrt(number / most), 1))
            x = max(0.0, round((_decade(start(step)) - low) * scale, 1))
            yield x, round(HEIGHT - height, 1), round(scale / STEPS, 1), height


def _decade(seconds: float) -> float:
    return min(2.0, max(-5.0, math.log10(max(seconds, 1e-5))))


def time(seconds: float) -> str:
    """Return *seconds* to two digits, as people compare them: ``85 µs``, ``1.2 ms``, ``340 ms``, ``2.5 s``."""
    for unit, size in (("µs", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * size:
            value = seconds / size
            return f"{value:.1f} {unit}" if value < 9.95 and value % 1 else f"{value:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 9.95 and seconds % 1 else f"{seconds:,.0f} s"
