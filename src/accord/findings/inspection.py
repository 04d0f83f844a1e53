"""What a rule about the contract itself looks at: a union, an operation or a document of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accord.contract.contract import Contract
from accord.contract.document import Document
from accord.contract.library import place
from accord.contract.openapi import Operation
from accord.contract.union import Union
from accord.contract.value_set import Witness
from accord.findings.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractObservation:
    """One part of ``contract``, which is asked nothing of the service."""

    contract: Contract
    part: Union | Operation | Document

    def finding(self, message: str, *, uri: str, witness: Witness | None = None, **details: Any) -> Finding:
        """Return a finding about what stands at *uri*, with the value that proves it."""
        pointer = place(uri)
        return Finding(
            operation=self.part.id if isinstance(self.part, Operation) else None,
            channel=self.part.channel.id if isinstance(self.part, Union) and self.part.channel else None,
            pointer=pointer,
            line=self.contract.line(pointer),
            witness=witness.text if witness is not None else "",
            message=message,
            **details,
        )
