"""The contract suite: ``from accord.suite import test_contract`` is all that a test file needs."""

from __future__ import annotations

from typing import Protocol


class Question(Protocol):
    """One trial of the plan, bound to the service under test; the fixture ``accord_trial``."""

    def ask(self) -> None:
        """Play the trial; fails the test with what was found, skips it when nothing was reached."""


def test_contract(accord_trial: Question) -> None:
    """The service is in accord with its contract."""
    accord_trial.ask()
