"""What findings have in common: a cause that shows at many operations is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from accord.exchange.values import Exchange
from accord.findings.finding import Finding

_WORD = re.compile(rb"\b[A-Za-z]{2,}\b")
_WORDS = 10
_FEWEST_WORDS = 3
_READ = 2_000
_VARIANT = re.compile(r"/\d+$")
_STATUS = re.compile(r"^\d{3} ?")


def by_cause(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return *findings* the gravest first, those of one cause together."""
    causes: dict[tuple[str, ...], list[Finding]] = {}
    for finding in sorted(findings, key=_gravity):
        causes.setdefault(cause(finding), []).append(finding)
    return list(causes.values())


def _gravity(finding: Finding) -> tuple[int, str, str, str, bool]:
    place = finding.operation or finding.channel or ""
    # Of one cause that is told which says most: what was seen as well.
    return finding.severity.rank, finding.rule, place, finding.pointer, not finding.seen


def placed(finding: Finding) -> str:
    """Return where the contract says it, with the line where that is known."""
    if finding.line is None:
        return finding.pointer
    name, _, pointer = finding.pointer.partition("#")
    return f"{name}:{finding.line}#{pointer}"


def elsewhere(same: Sequence[Finding]) -> list[str]:
    """Return where else the findings of one cause show, each place once."""
    first, *others = ((item.operation or item.channel or placed(item)) for item in same)
    return [name for name in dict.fromkeys(others) if name != first]


def cause(finding: Finding) -> tuple[str, ...]:
    """Return what the findings of one cause have in common.

    One deviation from one place of the contract is one cause, at however many operations it shows. A
    generated contract writes what operations share once for each of them: there, the same place of a
    request is one cause, and so is a refusal in the same words. So is what one handler of a service does,
    and what the authors of a document leave out everywhere.
    """
    return finding.severity, finding.rule, *_ALIKE.get(finding.rule, _place)(finding)


def _place(finding: Finding) -> tuple[str, ...]:
    return finding.deviation, finding.pointer, finding.evidence_pointer


def _deviation(finding: Finding) -> tuple[str, ...]:
    return (finding.deviation,)


def _message(finding: Finding) -> tuple[str, ...]:
    return finding.deviation, finding.message


def _handler(finding: Finding) -> tuple[str, ...]:
    return finding.deviation, finding.evidence_pointer


def _door(finding: Finding) -> tuple[str, ...]:
    return (finding.pointer,)


def _method(finding: Finding) -> tuple[str, ...]:
    """Return one cause for each 405, which one handler writes; a method that works is an entrance of its own."""
    return _deviation(finding) if finding.deviation == "allow" else _place(finding)


def _crash(finding: Finding) -> tuple[str, ...]:
    """Return the type and the place in the code of an exception, one bug; of what is caught nothing is known."""
    return _deviation(finding) if " in " in finding.deviation else _place(finding)


def _union(finding: Finding) -> tuple[str, ...]:
    return (_VARIANT.sub("", finding.pointer),)


def _schema(finding: Finding) -> tuple[str, ...]:
    """Return the place in the contract and the member that is broken, wherever its schema is used."""
    steps = (finding.evidence_pattern or finding.evidence_pointer).split("/")
    member = next((step for step in reversed(steps) if step and step != "*" and not step.isdecimal()), "")
    return _STATUS.sub("", finding.deviation), finding.pointer, member


def _refusal(finding: Finding) -> tuple[str, ...]:
    """Return the first words of the answer: numbers, ids and what else was drawn come out."""
    response = finding.evidence.response if isinstance(finding.evidence, Exchange) else None
    found = _WORD.findall(response.body[:_READ]) if response is not None else []
    words = tuple(word.decode() for word in found[:_WORDS])
    return (finding.deviation, *words) if len(words) >= _FEWEST_WORDS else _place(finding)


_ALIKE: Mapping[str, Callable[[Finding], tuple[str, ...]]] = {
    # A place in a request, or the way a body is read: what one declaration or one setting decides for all.
    "accepted-foreign-media-type": _deviation,
    "accepted-invalid-field": _deviation,
    "accepted-malformed-body": _deviation,
    # Its class is coarse, since names are drawn; its message tells what is wrong about the request.
    "accepted-invalid-request": _message,
    # Its message says what would lead to the status.
    "unreached-status": _message,
    # What was refused is known by what the service says of it: the same words come from the same check.
    "rejected-valid-request": _refusal,
    "undocumented-status": _refusal,
    # What no operation of a document says is one habit of its authors, and `x-errors` settles it in one place.
    "schemaless-response": _deviation,
    "unpromised-authentication-failure": _deviation,
    "unpromised-invalid-input": _deviation,
    "unpromised-unknown-id": _deviation,
    # What operations share, a generated document writes at each of them.
    "invalid-default": _message,
    "invalid-example": _message,
    # Variants that cannot be told apart are the union's, not each pair's.
    "contradictory-discriminator": _union,
    "overlapping-variants": _union,
    "undiscriminated-variant": _union,
    "server-error": _crash,
    "unanswered-request": _crash,
    # One handler of a service makes all of these answers.
    "leaked-internals": _handler,
    "malformed-response-body": _handler,
    "missing-challenge": _handler,
    "unsupported-method": _method,
    # With which status a schema is broken, or by which bad credential a caller came in, is no other cause.
    "response-header-violation": _schema,
    "response-schema-violation": _schema,
    "misstated-authentication-failure": _door,
    "unauthenticated-access": _door,
}
