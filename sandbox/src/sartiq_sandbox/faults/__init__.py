"""Faults of the sandbox, off by default: each is one defect that a contract test has to find."""

from sartiq_sandbox.faults import (
    access,
    admission,
    effects,
    errors,
    farewell,
    inputs,
    lists,
    memory,
    messages,
    shapes,
    stream,
    tenants,
    uploads,
    wire,
)
from sartiq_sandbox.faults.fault import Fault

__all__ = ["CATALOGUE", "Fault"]

CATALOGUE: tuple[Fault, ...] = (
    *shapes.FAULTS,
    *wire.FAULTS,
    *access.FAULTS,
    *tenants.FAULTS,
    *errors.FAULTS,
    *inputs.FAULTS,
    *lists.FAULTS,
    *memory.FAULTS,
    *effects.FAULTS,
    *uploads.FAULTS,
    *messages.FAULTS,
    *admission.FAULTS,
    *stream.FAULTS,
    *farewell.FAULTS,
)
"""Every fault of the sandbox."""
