"""``accord lint`` without its command line: the contract alone, and what weakens it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from accord.contract.contract import Contract, draft, load
from accord.contract.union import message_unions, schema_unions
from accord.errors import ContractError
from accord.findings import catalogue
from accord.findings.finding import Outcome, Severity
from accord.findings.inspection import ContractObservation
from accord.findings.result import Counts, Coverage, Run
from accord.findings.rule import Subject
from accord.findings.tally import Tally, distinct
from accord.run.contract import SCHEMAS, STAGE, hold_union, hold_unions
from accord.run.location import located

# What keeps a contract from being used is told rule by rule here, and only once by `load`.
_FIRST = ("dangling-reference", "duplicate-operation-id", "foreign-pattern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linter:
    """The rules about contracts that are switched on, and the severities that differ from theirs."""

    severities: Mapping[str, Severity] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()

    def lint(self, path: Path) -> Run:
        """Hold the contract at *path* against itself.

        A contract that cannot be used is a finding where a rule says why; what else keeps it from
        being used raises ``ContractError``.
        """
        started, clock = time.time(), time.monotonic()
        sketch = draft(path)
        outcomes = list(self._documents(sketch, only=_FIRST))
        try:
            contract = load(path)
        except ContractError as error:
            if not any(outcome.findings for outcome in outcomes):
                raise
            contract = sketch
            outcomes.extend(self._unreached(sketch, error.reason))
        else:
            outcomes.extend(self._whole(contract))
        run = Run(
            accord=version("accord"),
            contract=f"{contract.title} {contract.version}".strip(),
            target="",
            seed=0,
            started=started,
            seconds=time.monotonic() - clock,
            findings=distinct(outcomes),
            outcomes=tuple(outcomes),
            coverage=Coverage(statuses={}, undocumented={}, messages={}),
            counts=Counts(),
        )
        return located(run, contract)

    def _whole(self, contract: Contract) -> Iterator[Outcome]:
        """Yield what comes of everything but references and patterns."""
        others = [rule.id for rule in catalogue.rules() if rule.id not in _FIRST]
        yield from self._documents(contract, only=others)
        for operation in contract.operations:
            tally = self._tally(contract)
            tally.take(ContractObservation(contract=contract, part=operation))
            yield from tally.outcomes(f"{STAGE}/{operation.id}")
        for union in message_unions(contract):
            tally = self._tally(contract)
            hold_union(tally, union)
            yield from tally.outcomes(f"{STAGE}/{union.name}")
        tally = self._tally(contract)
        hold_unions(tally, schema_unions(contract.library))
        yield from tally.outcomes(f"{STAGE}/{SCHEMAS}")

    def _documents(self, contract: Contract, *, only: Iterable[str]) -> Iterator[Outcome]:
        for name, document in contract.library.documents.items():
            tally = self._tally(contract)
            tally.take(ContractObservation(contract=contract, part=document), only=only)
            yield from tally.outcomes(f"{STAGE}/{name}")

    def _unreached(self, contract: Contract, reason: str) -> Iterator[Outcome]:
        tally = self._tally(contract)
        for rule in tally.rules:
            if rule.subject is Subject.CONTRACT and rule.id not in _FIRST:
                tally.miss(rule.id, f"the contract cannot be used yet: {reason}")
        yield from tally.outcomes(STAGE)

    def _tally(self, contract: Contract) -> Tally:
        return Tally(
            contract=contract,
            rules=[rule for rule in catalogue.rules() if rule.id not in self.switched_off],
            severities=self.severities,
            reproduce=lambda _: "",
            mask=lambda evidence: evidence,
        )
