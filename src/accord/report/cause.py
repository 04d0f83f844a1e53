"""What findings have in common: a cause that shows at many operations is told once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accord.exchange.values import Exchange
from accord.findings.finding import Finding

_WORD = re.compile(rb"\b[A-Za-z]{2,}\b")
_WORDS = 10
_FEWEST_WORDS = 3
_READ = 2_000
# A place in a request, or the way a body is read: what one declaration or one setting decides for all.
_OF_A_DECLARATION = frozenset(
    {
        "accepted-foreign-media-type",
        "accepted-invalid-field",
        "accepted-malformed-body",
    }
)
# Its class is coarse, since names are drawn; its message tells what is wrong about the request.
_OF_A_DRAWN_PLACE = "accepted-invalid-request"
# What was refused is known by what the service says of it: the same words come from the same check.
_OF_A_REFUSAL = frozenset({"rejected-valid-request", "undocumented-status"})


def by_cause(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return *findings* the gravest first, those of one cause together."""
    causes: dict[tuple[str, ...], list[Finding]] = {}
    for finding in sorted(findings, key=_gravity):
        causes.setdefault(cause(finding), []).append(finding)
    return list(causes.values())


def _gravity(finding: Finding) -> tuple[int, str, str, str]:
    return finding.severity.rank, finding.rule, finding.operation or finding.channel or "", finding.pointer


def placed(finding: Finding) -> str:
    """Return where the contract says it, with the line where that is known."""
    if finding.line is None:
        return finding.pointer
    name, _, pointer = finding.pointer.partition("#")
    return f"{name}:{finding.line}#{pointer}"


def cause(finding: Finding) -> tuple[str, ...]:
    """Return what the findings of one cause have in common.

    One deviation from one place of the contract is one cause, at however many operations it shows. A
    generated contract writes what operations share once for each of them: there, the same place of a
    request is one cause, and so is a refusal in the same words.
    """
    alike = (finding.severity, finding.rule, finding.deviation)
    if finding.rule in _OF_A_DECLARATION:
        return alike
    if finding.rule == _OF_A_DRAWN_PLACE:
        return (*alike, finding.message)
    words = _words(finding)
    if finding.rule in _OF_A_REFUSAL and len(words) >= _FEWEST_WORDS:
        return (*alike, *words)
    return (*alike, finding.pointer, finding.evidence_pointer)


def _words(finding: Finding) -> tuple[str, ...]:
    """Return the first words of the answer: numbers, ids and what else was drawn come out."""
    if not isinstance(finding.evidence, Exchange) or finding.evidence.response is None:
        return ()
    found = _WORD.findall(finding.evidence.response.body[:_READ])
    return tuple(word.decode() for word in found[:_WORDS])
