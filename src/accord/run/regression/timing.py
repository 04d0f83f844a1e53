"""Both sides asked the same in turn, for how long each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from accord.findings.regression.latency import Latency, latency
from accord.findings.regression.take import Take
from accord.run.regression.live import Live
from accord.run.regression.scene import Chain

PAIRS = 20


def timed(
    chains: Iterable[Chain], baseline: Live, candidate: Live, over: Callable[[], bool]
) -> Iterator[Latency]:
    """Yield the latency of each of *chains*, until the time is *over*; the sides take turns in who is asked first."""
    for chain in chains:
        pairs: list[tuple[float, float]] = []
        for number in range(PAIRS):
            if over():
                return
            sides = (baseline, candidate) if number % 2 else (candidate, baseline)
            seconds = [_seconds(side, chain) for side in sides]
            before, after = seconds if number % 2 else reversed(seconds)
            if before is not None and after is not None:
                pairs.append((before, after))
        found = latency(chain.operation.id, pairs)
        if found is not None:
            yield found


def _seconds(side: Live, chain: Chain) -> float | None:
    answer = side.play(chain).get(chain.name)
    if not isinstance(answer, Take) or answer.last.response is None or answer.last.lapse is not None:
        return None
    return answer.last.seconds
