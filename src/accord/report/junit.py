"""The JUnit report: one test case for each rule at each place, passed ones included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Run
from accord.report.merge import merge
from accord.report.text import printable

_MESSAGE = 500
_VALUE = 10_000


def render(run: Run, *, fail_on: Severity = Severity.ERROR) -> bytes:
    """Return *run* as a JUnit XML document in UTF-8.

    A finding at *fail_on* or above is a failure, a lesser one the output of a test that passed; a
    rule that was not reached is skipped, with the reason, and so is one of which a baseline lets pass all
    that it found.
    """
    root = ET.Element("testsuites", name="accord", time=_seconds(run.seconds))
    suites: dict[str, ET.Element] = {}
    approved = {item.finding.fingerprint: item.words for item in run.approved}
    for outcome in sorted(_all_outcomes(merge([run])), key=lambda item: (item.place, item.rule)):
        name, _, leaf = outcome.place.rpartition("/")
        name = name or outcome.place or "accord"
        if name not in suites:
            suites[name] = _suite(root, name, run)
        case = _case(suites[name], name, leaf, outcome)
        _tell(case, outcome, approved, fail_on)
    for suite in suites.values():
        _tally(suite, list(suite.iter("testcase")))
    _tally(root, list(root.iter("testcase")))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _all_outcomes(run: Run) -> Iterator[Outcome]:
    """Yield the outcomes of *run*, and one for each finding that no outcome holds."""
    yield from run.outcomes
    held = {finding.fingerprint for outcome in run.outcomes for finding in outcome.findings}
    for finding in run.findings:
        if finding.fingerprint not in held:
            place = f"findings/{finding.operation or finding.channel or 'contract'}"
            yield Outcome(rule=finding.rule, place=place, verdict=Verdict.FOUND, findings=(finding,))


def _suite(root: ET.Element, name: str, run: Run) -> ET.Element:
    started = datetime.fromtimestamp(run.started, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = ET.SubElement(root, "testsuite", name=printable(name), timestamp=started)
    properties = ET.SubElement(suite, "properties")
    about: Mapping[str, str] = {
        "accord": run.accord,
        "contract": run.contract,
        "target": run.target,
        "seed": str(run.seed),
        "interrupted": str(run.interrupted).lower(),
    }
    for key, value in about.items():
        ET.SubElement(properties, "property", name=key, value=printable(value))
    return suite


def _case(suite: ET.Element, name: str, leaf: str, outcome: Outcome) -> ET.Element:
    title = printable(f"{leaf} {outcome.rule}".strip())
    case = ET.SubElement(suite, "testcase", classname=printable(name.replace("/", ".")), name=title)
    codes = {finding.fault_code for finding in outcome.findings if finding.fault_code is not None}
    if codes:
        properties = ET.SubElement(case, "properties")
        for code in sorted(codes):
            ET.SubElement(properties, "property", name="fault_code", value=str(code))
    return case


def _tell(case: ET.Element, outcome: Outcome, approved: Mapping[str, str], fail_on: Severity) -> None:
    """Say in *case* what came of *outcome*; *approved* has the words of what may stand, by fingerprint."""
    if outcome.verdict is Verdict.NOT_REACHED:
        reason = printable(outcome.reason or "not reached", limit=_MESSAGE)
        ET.SubElement(case, "skipped", message=reason)
    if outcome.verdict is not Verdict.FOUND:
        return
    findings = [finding for finding in outcome.findings if finding.fingerprint not in approved]
    if outcome.findings and not findings:
        words = approved[outcome.findings[0].fingerprint]
        ET.SubElement(case, "skipped", message=printable(words, limit=_MESSAGE))
        return
    grave = [finding for finding in findings if finding.severity.rank <= fail_on.rank]
    slight = [finding for finding in findings if finding.severity.rank > fail_on.rank]
    if grave or not slight:
        headline = _headline(outcome, grave)
        failure = ET.SubElement(case, "failure", type=printable(outcome.rule), message=headline)
        failure.text = _told(grave)
    if slight:
        ET.SubElement(case, "system-out").text = _told(slight)


def _headline(outcome: Outcome, grave: list[Finding]) -> str:
    if not grave:
        return printable(outcome.reason or outcome.rule, limit=_MESSAGE)
    more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
    subject = grave[0].operation or grave[0].channel
    # A test of a chain or of the whole service does not name what is at fault.
    words = f"{subject}: {grave[0].message}" if subject else grave[0].message
    return printable(words, limit=_MESSAGE) + more


def _told(findings: Iterable[Finding]) -> str:
    return "\n\n".join("\n".join(_lines(finding)) for finding in findings)


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity} {printable(finding.rule)}: {printable(finding.message, limit=_VALUE)}"
    values = {
        "operation": finding.operation,
        "channel": finding.channel,
        "contract": finding.pointer,
        "evidence": finding.evidence_pointer,
        "expected": finding.expected,
        "seen": finding.seen,
        "shows at": ", ".join(finding.showings),
        "settled by": finding.settle,
        "witness": finding.witness,
        "next step": finding.advice,
        "reproduce": finding.reproduce,
        "fingerprint": finding.fingerprint,
    }
    for label, value in values.items():
        if value:
            yield f"{label}: {_value(value)}"


def _value(value: str) -> str:
    """Return *value* in its lines, which a script has to keep to be played."""
    lines = [printable(line) for line in value[:_VALUE].split("\n")]
    rest = f"… ({len(value):,} characters)" if len(value) > _VALUE else ""
    return ("\n" if len(lines) > 1 else "") + "\n".join(lines) + rest


def _tally(element: ET.Element, cases: list[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
