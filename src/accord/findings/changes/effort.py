"""How much a comparison may do, counted in steps and not in seconds: it ends the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass

MAXIMUM_STEPS = 1_000_000
"""Some twenty times what the largest contracts take that were measured; a step is a pair of schemas looked at,
a branch held against a value, or ``CHARACTERS`` of a schema."""

CHARACTERS = 100
"""How many characters of a schema are a step."""


class TooMuchError(Exception):
    """The steps are used up."""


@dataclass(slots=True)
class Effort:
    """The steps that are ``left``."""

    left: int = MAXIMUM_STEPS

    @property
    def is_spent(self) -> bool:
        """Tell whether none is left."""
        return self.left < 0

    def spend(self, steps: int = 1) -> None:
        """Take *steps*; raises ``TooMuchError`` where fewer are left."""
        if self.left >= 0:
            self.left -= steps
        if self.left < 0:
            raise TooMuchError
