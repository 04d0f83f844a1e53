"""The JSON report: a whole run for other programs to read, as ``report.schema.json`` describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import cast

from accord.contract.pointer import Json
from accord.exchange import recording
from accord.findings.finding import Finding, Verdict
from accord.findings.result import Coverage, Feature, Place, Removal, Run
from accord.findings.timing import Timing, start

_SURROGATE = re.compile("[\ud800-\udfff]")


def render(run: Run) -> bytes:
    r"""Return *run* as JSON in UTF-8, valid under ``schema()``.

    A lone surrogate, which UTF-8 cannot hold, becomes the six characters ``\ud800``.
    """
    text = json.dumps(_report(run), indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", f"{text}\n").encode()


def schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of the report, that of a recording embedded in it."""
    text = files("accord.report").joinpath("report.schema.json").read_text("utf-8")
    document: dict[str, Json] = json.loads(text)
    # As an embedded resource the other schema keeps its own references (JSON Schema, section 9.3).
    embedded = {"$id": "urn:accord:recording", **cast("dict[str, Json]", recording.schema())}
    return {**document, "$defs": {**cast("dict[str, Json]", document["$defs"]), "Recorded": embedded}}


def _report(run: Run) -> Json:
    return {
        "accord": run.accord,
        "contract": run.contract,
        "target": run.target,
        "seed": run.seed,
        "started": _moment(run.started),
        "seconds": run.seconds,
        "interrupted": run.interrupted,
        "findings": [_finding(finding) for finding in run.findings],
        "rules": [_rule(rule, verdicts) for rule, verdicts in run.rules().items()],
        "coverage": _coverage(run.coverage),
        "counts": {
            "operations": run.counts.operations,
            "cases": run.counts.cases,
            "sessions": run.counts.sessions,
            "messages": run.counts.messages,
        },
        "wrong_places": [_place(place) for place in run.places],
        "throttling": {
            "limited": run.throttling.limited,
            "waits": run.throttling.waits,
            "seconds": run.throttling.seconds,
        },
        "removal": None if run.removal is None else _removal(run.removal),
        "approved": [{"finding": _finding(item.finding), "words": item.words} for item in run.approved],
        "remarks": list(run.remarks),
        "timings": {name: _timing(timing) for name, timing in sorted(run.timings.items())},
    }


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "operation": finding.operation,
        "channel": finding.channel,
        "pointer": finding.pointer,
        "evidence_pointer": finding.evidence_pointer,
        "message": finding.message,
        "expected": finding.expected,
        "seen": finding.seen,
        "exchange": None if finding.evidence is None else json.loads(recording.dump(finding.evidence)),
        "reproduce": finding.reproduce,
        "settle": finding.settle,
        "showings": list(finding.showings),
        "line": finding.line,
        "witness": {"value": json.loads(finding.witness)} if finding.witness else None,
        "advice": finding.advice,
        "fingerprint": finding.fingerprint,
        "fault_code": finding.fault_code,
    }


def _rule(rule: str, verdicts: Mapping[Verdict, int]) -> Json:
    return {
        "id": rule,
        "held": verdicts[Verdict.HELD],
        "found": verdicts[Verdict.FOUND],
        "not_reached": verdicts[Verdict.NOT_REACHED],
    }


def _coverage(coverage: Coverage) -> Json:
    operations = sorted({*coverage.statuses, *coverage.undocumented})
    return {
        "operations": {
            operation: {
                "documented": _numbers(coverage.statuses.get(operation, {})),
                "undocumented": _numbers(coverage.undocumented.get(operation, {})),
            }
            for operation in operations
        },
        "messages": _numbers(coverage.messages),
        "message_parts": {kind: _numbers(coverage.parts[kind]) for kind in sorted(coverage.parts)},
        "message_share": coverage.message_share(),
        "message_breaches": _numbers(coverage.breaches),
        "features": [_feature(feature) for feature in coverage.features],
    }


def _timing(timing: Timing) -> Json:
    return {
        "count": timing.count,
        "shortest": timing.shortest,
        "median": timing.quantile(0.5),
        "p95": timing.quantile(0.95),
        "longest": timing.longest,
        "histogram": [
            {"from": start(step), "to": start(step + 1), "count": number}
            for step, number in enumerate(timing.counts)
            if number
        ],
    }


def _feature(feature: Feature) -> Json:
    return {
        "owner": feature.owner,
        "path": feature.path,
        "kind": feature.kind,
        "value": feature.value,
        "answers": feature.answers,
        "messages": feature.messages,
    }


def _place(place: Place) -> Json:
    return {
        "operation": place.operation,
        "location": place.location,
        "pointer": place.pointer,
        "keyword": place.keyword,
        "refused": place.refused,
        "accepted": place.accepted,
        "undecided": place.undecided,
    }


def _removal(removal: Removal) -> Json:
    return {
        "created": removal.created,
        "removed": removal.removed,
        "gone": removal.gone,
        "problems": _numbers(removal.problems),
    }


def _numbers(table: Mapping[str, int]) -> Json:
    return dict(sorted(table.items()))


def _moment(started: float) -> str:
    """Return *started* as an RFC 3339 date and time in UTC, to the millisecond."""
    return datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
