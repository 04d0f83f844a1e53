"""The contract suite as a user has it: one item for each trial of the contract, one line of code."""

from accord.suite import test_contract  # noqa: F401 - pytest collects it
