"""The JUnit report of a regression: one test case for each difference, and one that passed where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference
from accord.findings.regression.result import Regression
from accord.report.regression.words import headline, meaning, place, verdict
from accord.report.text import printable

_MESSAGE = 500
_VALUE = 10_000


def render(regression: Regression, *, fail_on: Severity | None) -> bytes:
    """Return *regression* as a JUnit XML document in UTF-8; what makes the answer *no* is a failure."""
    failed = {item.fingerprint for item in regression.counted(fail_on)}
    root = ET.Element("testsuites", name="accord regress", time=f"{regression.seconds:.3f}")
    name = printable(f"{regression.baseline} → {regression.candidate}", limit=_MESSAGE)
    suite = ET.SubElement(root, "testsuite", name=name)
    for difference in regression.differences:
        _case(suite, difference, failed=difference.fingerprint in failed)
    if not regression.differences:
        ET.SubElement(suite, "testcase", classname="accord.regress", name=verdict(regression, fail_on))
    for element in (suite, root):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        element.set("errors", "0")
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _case(suite: ET.Element, difference: Difference, *, failed: bool) -> None:
    mark = difference.mark
    name = printable(
        f"{place(difference)} {mark.pointer} {mark.kind} {difference.fingerprint}", limit=_MESSAGE
    )
    case = ET.SubElement(suite, "testcase", classname=f"accord.regress.{difference.standing}", name=name)
    text = "\n".join(_lines(difference))
    if failed:
        message = printable(headline(difference), limit=_MESSAGE)
        ET.SubElement(case, "failure", type=difference.standing, message=message).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _lines(difference: Difference) -> Iterator[str]:
    values = {
        "baseline": difference.mark.baseline,
        "candidate": difference.mark.candidate,
        "means": meaning(difference),
        "contract": difference.contract,
        "reproduce": difference.reproduce[0],
        "fingerprint": difference.fingerprint,
    }
    for label, value in values.items():
        if value:
            yield f"{label}: {printable(value, limit=_VALUE)}"
