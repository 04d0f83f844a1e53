"""Chance: ids and seeds, repeatable when a seed is given."""

from __future__ import annotations

from random import Random, SystemRandom
from uuid import UUID

__all__ = ["Chance"]

SEED_LIMIT = 2**31


class Chance:
    """The one source of ids, generator seeds and failures of a sandbox."""

    def __init__(self, seed: int | None, starts: int) -> None:
        """Begin a sequence.

        ``starts`` counts the starts of the database: without it a second start with the same seed
        would hand out the ids of the first one again.
        """
        self._random = SystemRandom() if seed is None else Random(f"{seed}:{starts}")  # noqa: S311

    def identifier(self) -> str:
        """Return a new UUID of version 4, in lower case."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def generator_seed(self) -> int:
        """Return the seed of one generated image."""
        return self._random.randrange(SEED_LIMIT)

    def happens(self, probability: float) -> bool:
        """Return true with the given probability."""
        return self._random.random() < probability
