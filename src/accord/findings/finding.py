"""A finding: one way in which a service is not in accord with its contract."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from accord.exchange.values import Exchange, Session


class Severity(StrEnum):
    """How much a finding matters; the order is that of ``--fail-on``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for an error, 1 for a warning, 2 for a note."""
        return list(Severity).index(self)


_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One deviation, at one place, with its proof.

    A rule leaves ``rule``, ``severity`` and ``fault_code`` to the catalogue, which knows them. ``pointer`` is
    ``file#/pointer`` into the contract, ``evidence_pointer`` a JSON pointer into the response body
    or message; where it passes names that are data, the keys of a map, ``evidence_pattern`` is the
    same with ``*`` for each. ``deviation`` is the class of the deviation (a keyword, a status, an
    error type): with the places, it is what the fingerprint is made of. ``expected`` and ``seen``
    are short texts. ``evidence`` is the exchange or session that proves it, ``reproduce`` a command.
    ``settle`` are the lines of a contract that would end it. A finding that is told once for the
    whole document has no operation, but ``showings``, each a status and an operation where it shows.
    What is wrong with the contract itself has the ``line`` of the place instead, perhaps a
    ``witness``, a value as JSON that proves it, and the ``advice`` what to do.
    """

    rule: str = ""
    severity: Severity = Severity.ERROR
    operation: str | None = None
    channel: str | None = None
    pointer: str = ""
    evidence_pointer: str = ""
    evidence_pattern: str = ""
    deviation: str = ""
    message: str
    expected: str = ""
    seen: str = ""
    evidence: Exchange | Session | None = None
    reproduce: str = ""
    fault_code: int | None = None
    settle: str = ""
    showings: tuple[str, ...] = ()
    line: int | None = None
    witness: str = ""
    advice: str = ""

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits that stay the same while the deviation does.

        Made of rule, operation or channel, contract pointer, evidence pointer with array indexes
        and keys of maps as ``*`` and the class of the deviation; never of values, ids, wording or
        line numbers.
        """
        parts = (
            self.rule,
            self.operation or self.channel or "",
            self.pointer,
            _INDEX.sub("/*", self.evidence_pattern or self.evidence_pointer),
            self.deviation,
        )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Verdict(StrEnum):
    """What became of one rule at one place."""

    HELD = "held"
    FOUND = "found"
    NOT_REACHED = "not-reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One rule held against one place; ``reason`` says why it was not reached."""

    rule: str
    place: str
    verdict: Verdict
    reason: str = ""
    findings: tuple[Finding, ...] = ()
