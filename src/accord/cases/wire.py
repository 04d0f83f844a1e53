"""How a case leaves, who is told of it, and how many there may be: what a run shares with the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from accord.cases.aim import Aim, Judgement
from accord.cases.request import Reply, Request

# How a case leaves: sends a request for the operation labelled ``METHOD /path`` and returns the
# reply and the seconds that the service took; raises ``Unanswered`` when there is no whole one.
Wire: TypeAlias = Callable[[str, Request], tuple[Reply, float]]

# Who is told of every case that was played; its exchange passed through ``Wire`` just before. The
# result names the rules that found something: what hypothesis needs to know to shrink towards it.
Observer: TypeAlias = Callable[[str, Aim, Sequence[Judgement]], Sequence[str]]

# Values that must exist at the service, by label, location and name; none when any will do.
Values: TypeAlias = Callable[[str, str, str], Sequence[Any]]


class Unanswered(Exception):  # noqa: N818 - it is an answer that did not come, not a fault of accord
    """A request without a whole reply; what is known of it is in the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much to draw: fuzzing cases for an operation, chains and steps in a chain."""

    max_examples: int = 30
    chains: int = 30
    steps: int = 6
