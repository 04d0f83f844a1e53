"""A run as SARIF 2.1.0 (OASIS), for code scanning: each finding at its place in the contract."""

from __future__ import annotations

from accord.contract.pointer import Json
from accord.findings.finding import Finding
from accord.findings.page import page, sentences
from accord.findings.result import Approved, Location, Run
from accord.report import sarif_log
from accord.report.text import printable


def render(run: Run) -> bytes:
    """Return *run* as a SARIF log of one run in UTF-8; code scanning tells findings apart by their fingerprint."""
    found = (*run.findings, *(item.finding for item in run.approved))
    rules = sorted({finding.rule for finding in found})
    said = sentences()
    return sarif_log.log(
        run.accord,
        {rule: said.get(rule, "") for rule in rules},
        [
            *(_result(run, item, rules.index(item.rule)) for item in run.findings),
            *(_suppressed(run, item, rules.index(item.finding.rule)) for item in run.approved),
        ],
        properties={"contract": run.contract, "target": run.target, "seed": str(run.seed)},
        complete=not run.interrupted,
        pages={rule: text for rule in rules if (text := page(rule))},
    )


def _suppressed(run: Run, approved: Approved, index: int) -> dict[str, Json]:
    return {**_result(run, approved.finding, index), "suppressions": sarif_log.suppressions(approved.words)}


def _result(run: Run, finding: Finding, index: int) -> dict[str, Json]:
    place = run.locations.get(finding.fingerprint, Location(path=""))
    at = sarif_log.location(place.path, place.pointer, line=place.line, column=place.column)
    subject = finding.operation or finding.channel
    about = {
        "operation": finding.operation,
        "channel": finding.channel,
        "expected": finding.expected,
        "seen": finding.seen,
        "witness": finding.witness,
        "reproduce": finding.reproduce,
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": sarif_log.LEVELS[finding.severity],
        "kind": "fail",
        "message": {
            "text": sarif_log.sentence(
                f"{subject}: {finding.message}" if subject else finding.message,
                f"Expected: {finding.expected}" if finding.expected else "",
                f"Seen: {finding.seen}" if finding.seen else "",
                finding.advice,
            )
        },
        "locations": [at] if at else [],
        "partialFingerprints": {sarif_log.FINGERPRINT: finding.fingerprint},
        "properties": {name: printable(text, limit=sarif_log.TEXT) for name, text in about.items() if text},
    }
