"""The JSON report of a regression, for other programs to read, as ``regression.schema.json`` describes it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import cast

from accord.contract.pointer import Json
from accord.exchange import recording
from accord.exchange.values import Exchange, Session
from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Standing
from accord.findings.regression.result import Regression
from accord.report.regression.words import headline

_SURROGATE = re.compile("[\ud800-\udfff]")


def render(regression: Regression, *, fail_on: Severity | None) -> bytes:
    r"""Return *regression* as JSON in UTF-8, valid under ``schema()``.

    A lone surrogate, which UTF-8 cannot hold, becomes the six characters ``\ud800``.
    """
    text = json.dumps(_report(regression, fail_on), indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", f"{text}\n").encode()


def schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of the report."""
    text = files("accord.report.regression").joinpath("regression.schema.json").read_text("utf-8")
    return cast("dict[str, Json]", json.loads(text))


def _report(regression: Regression, fail_on: Severity | None) -> Json:
    return {
        "accord": regression.accord,
        "baseline": regression.baseline,
        "candidate": regression.candidate,
        "contract": regression.contract,
        "seed": regression.seed,
        "seconds": round(regression.seconds, 3),
        "fail_on": fail_on.value if fail_on is not None else "none",
        "failed": bool(regression.counted(fail_on)),
        "counts": {standing.value: len(regression.of(standing)) for standing in Standing},
        "cases": regression.cases,
        "plays": regression.plays,
        "restless": regression.restless,
        "settled": regression.settled,
        "skipped": dict(regression.skipped),
        "notices": list(regression.notices),
        "differences": [_difference(item) for item in regression.differences],
        "latencies": [
            {
                "operation": item.operation,
                "pairs": item.pairs,
                "ratio": round(item.ratio, 4),
                "low": round(item.low, 4),
                "high": round(item.high, 4),
                "baseline_seconds": round(item.baseline, 6),
                "candidate_seconds": round(item.candidate, 6),
            }
            for item in regression.latencies
        ],
    }


def _difference(difference: Difference) -> Json:
    mark = difference.mark
    return {
        "fingerprint": difference.fingerprint,
        "severity": difference.severity.value,
        "standing": difference.standing.value,
        "reason": difference.reason,
        "contract": difference.contract or None,
        "place": difference.place,
        "status": difference.status or None,
        "part": mark.part.value,
        "kind": mark.kind.value,
        "pointer": mark.pointer,
        "message": headline(difference),
        "cases": difference.cases,
        "baseline": _side(mark.baseline, difference.baseline, difference.reproduce[0]),
        "candidate": _side(mark.candidate, difference.candidate, difference.reproduce[1]),
    }


def _side(seen: str, evidence: Exchange | Session | None, command: str) -> Json:
    said = None if evidence is None else json.loads(recording.dump(evidence))
    return {"seen": seen, "said": said, "reproduce": command or None}
