"""What a difference is called in words, the same in every report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.exchange.values import Exchange, Session
from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Kind, Part, Standing
from accord.findings.regression.result import Regression
from accord.report.text import count

_NAMES = {
    Kind.STATUS: "another status",
    Kind.NO_ANSWER: "no answer any more",
    Kind.MEDIA_TYPE: "another media type",
    Kind.GONE: "gone",
    Kind.NEW: "new",
    Kind.TYPE: "another type",
    Kind.VALUE: "another value",
    Kind.FORM: "another form",
    Kind.PRECISION: "less precise",
    Kind.COUNT: "another number",
    Kind.ITEMS: "other items",
    Kind.ORDER: "another order",
    Kind.LATENCY: "slower",
    Kind.STEP: "a workflow does not get there",
}
_MEANINGS = {
    Standing.BREAKS: "breaks the contract",
    Standing.UNCOVERED: "not covered by the contract",
    Standing.ALLOWED: "allowed by the contract",
}


def causes(differences: Sequence[Difference]) -> list[list[Difference]]:
    """Return *differences* with those together that are the same at several operations."""
    found: dict[tuple[str, ...], list[Difference]] = {}
    for item in differences:
        key = (item.standing, item.status, *item.mark.group, item.mark.baseline, item.mark.candidate)
        found.setdefault(key, []).append(item)
    return list(found.values())


def headline(difference: Difference) -> str:
    """Return what is otherwise, in one line."""
    mark = difference.mark
    where = {Part.HEADER: f"header {mark.pointer[1:]}: ", Part.ANSWER: ""}.get(
        mark.part, f"{mark.pointer or '/'}: "
    )
    if mark.kind in (Kind.GONE, Kind.NEW):
        return f"{where}{_NAMES[mark.kind]} ({mark.baseline if mark.kind is Kind.GONE else mark.candidate})"
    return f"{where}{_NAMES[mark.kind]}, {mark.baseline} became {mark.candidate}"


def place(difference: Difference) -> str:
    """Return where it is otherwise: the operation and its status, or the channel and its script."""
    return f"{difference.place} → {difference.status}" if difference.status else difference.place


def meaning(difference: Difference) -> str:
    """Return what the contract says of it."""
    return f"{_MEANINGS[difference.standing]}: {difference.reason}"


def verdict(regression: Regression, fail_on: Severity | None) -> str:
    """Return the answer in one sentence."""
    if not regression.differences:
        return f"No difference in {count(regression.cases, 'case')}."
    numbers = [
        f"{len(regression.of(standing))} {words}"
        for standing, words in (
            (Standing.BREAKS, "that break the contract"),
            (Standing.UNCOVERED, "that it does not cover"),
            (Standing.ALLOWED, "that it allows"),
        )
        if regression.of(standing)
    ]
    head = "Changed" if regression.counted(fail_on) else "Changed, but within what was asked"
    return f"{head}: {', '.join(numbers)}."


def said(evidence: Exchange | Session | None) -> Iterator[str]:
    """Yield the lines in which one side shows the difference."""
    if isinstance(evidence, Exchange):
        yield f"{evidence.request.method} {evidence.request.url}"
        if evidence.request.body:
            yield evidence.request.body.decode(errors="replace")
        response = evidence.response
        if response is None:
            yield str(evidence.lapse or "no answer")
            return
        yield f"{response.status}" + "".join(
            f", {name}: {value}" for name, value in response.headers if name.lower() == "content-type"
        )
        yield response.body.decode(errors="replace")
    elif evidence is not None:
        yield f"{evidence.url}, script {evidence.script}, {len(evidence.events)} events"
