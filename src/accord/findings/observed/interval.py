"""How sure a count is: what a share may be, at 95 %, when so many of so many values showed it.

The bounds are those of Clopper and Pearson, exact for values that were drawn independently of each other.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

LEVEL = 0.95
_STEPS = 60
_TERMS = 10_000
_TINY = 1e-300
_ENOUGH = 1e-13


def never(seen: int) -> float:
    """Return how large a share can be at most, at 95 %, of which none of *seen* values showed anything.

    For many values it is nearly three in that number, the rule of three.
    """
    return 1.0 if seen <= 0 else 1 - (1 - LEVEL) ** (1 / seen)


def interval(found: int, seen: int) -> tuple[float, float]:
    """Return between which two shares, at 95 %, the share lies that *found* of *seen* values showed."""
    rest = (1 - LEVEL) / 2
    low = 0.0 if found <= 0 else _quantile(rest, found, seen - found + 1)
    high = 1.0 if found >= seen else _quantile(1 - rest, found + 1, seen - found)
    return low, high


def _quantile(share: float, a: float, b: float) -> float:
    """Return where the distribution Beta(*a*, *b*) has *share* below it."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _beta(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    value, upper, lower = 1.0, 1.0, 0.0
    for term in range(_TERMS):
        half = term // 2
        if term == 0:
            part = 1.0
        elif term % 2:
            part = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            part = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        lower = 1 / _apart(1 + part * lower)
        upper = _apart(1 + part / upper)
        change = upper * lower
        value *= change
        if abs(1 - change) < _ENOUGH:
            break
    return front * (value - 1)


def _apart(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
