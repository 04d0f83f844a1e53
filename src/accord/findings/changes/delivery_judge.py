"""The independent judge of requests that the service sends: webhooks and callbacks, by all but their address.

It reads a request from its bytes, as the client that gave the address would, by the judge of requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from accord.contract.contract import Contract
from accord.findings.changes.change import Delivered, Sender
from accord.findings.changes.inverted import Inverted
from accord.findings.changes.request_judge import RequestJudge


@dataclass(frozen=True, kw_only=True)
class DeliveryJudge:
    """Says why a request is not one that *contract* lets the service send."""

    contract: Contract
    requests: RequestJudge

    @classmethod
    def of(cls, contract: Contract, *, is_open: bool) -> DeliveryJudge:
        """Return the judge of *contract* under a policy."""
        return cls(
            contract=contract, requests=RequestJudge.of(contract, is_open=is_open, sender=Sender.SERVER)
        )

    @cached_property
    def _inverted(self) -> Inverted:
        return Inverted(contract=self.contract)

    def refusal(self, delivered: Delivered) -> str:
        """Return why *delivered* is none of that name, empty when it is one."""
        query = urlsplit(delivered.request.url).query
        faults = [
            self.requests.fault(operation, delivered.request, {}, query)
            for operation in self._inverted.named(
                delivered.kind, delivered.owner, delivered.method, delivered.path
            )
        ]
        if not faults:
            return f"{delivered.method} {delivered.path} is no {delivered.kind}"
        return "" if "" in faults else faults[0]
