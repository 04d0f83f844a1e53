"""What a rule about the contract itself looks at: a union, an operation or a document of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accord.contract.contract import Contract
from accord.contract.document import Document
from accord.contract.library import place, uri
from accord.contract.openapi import Operation
from accord.contract.schema_place import parts, roots
from accord.contract.union import Union
from accord.contract.value_set import Witness
from accord.findings.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractObservation:
    """One part of ``contract``, which is asked nothing of the service."""

    contract: Contract
    part: Union | Operation | Document

    @property
    def document(self) -> Document:
        """Return the part, which is a document: a rule's ``when`` has seen to that."""
        assert isinstance(self.part, Document)  # noqa: S101 - the rule looks at documents alone
        return self.part

    @property
    def operation(self) -> Operation:
        """Return the part, which is an operation: a rule's ``when`` has seen to that."""
        assert isinstance(self.part, Operation)  # noqa: S101 - the rule looks at operations alone
        return self.part

    def schemas(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield URI and value of each schema of the document, each once."""
        seen: set[str] = set()
        for root, schema in roots(self.document):
            for at, part in parts(root, schema):
                if at not in seen:
                    seen.add(at)
                    yield uri(self.document.name, at), part

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


def of_documents(observed: ContractObservation) -> bool:
    """Let a rule look at documents."""
    return isinstance(observed.part, Document)


def of_operations(observed: ContractObservation) -> bool:
    """Let a rule look at operations."""
    return isinstance(observed.part, Operation)
