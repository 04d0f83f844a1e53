"""Facts about the JUnit report, read back with expat."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from xml.dom import minidom
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Approved, Run
from accord.report.junit import render

BOUNDED = settings(max_examples=40, derandomize=True, deadline=None)

NO_XML_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is outside the production Char of XML 1.0, section 2.2."""


def _cases(document: bytes) -> dict[str, minidom.Element]:
    parsed = minidom.parseString(document)
    return {
        f"{case.getAttribute('classname')} {case.getAttribute('name')}": case
        for case in parsed.getElementsByTagName("testcase")
    }


def _kinds(case: minidom.Element) -> list[str]:
    return [child.tagName for child in case.childNodes if isinstance(child, minidom.Element)]


@BOUNDED
@given(data=st.data())
def test_every_run_makes_a_well_formed_document(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Whatever a run holds, an XML 1.0 parser reads the report and finds only XML characters."""
    document = render(data.draw(runs), fail_on=data.draw(st.sampled_from(Severity)))
    texts: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: texts.extend(attributes.values())
    parser.CharacterDataHandler = texts.append
    parser.Parse(document, True)
    assert not NO_XML_CHARACTER.search("".join(texts))


@BOUNDED
@given(data=st.data())
def test_the_totals_are_those_of_the_cases(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """The numbers at a suite and at the root count the elements below it."""
    root = minidom.parseString(render(data.draw(runs))).documentElement
    for element in (root, *root.getElementsByTagName("testsuite")):
        for attribute, tag in {"tests": "testcase", "failures": "failure", "skipped": "skipped"}.items():
            assert str(len(element.getElementsByTagName(tag))) == element.getAttribute(attribute)


@BOUNDED
@given(data=st.data())
def test_a_rule_at_a_place_is_one_case(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Readers tell cases apart by suite and name, so every rule has one case at one place."""
    run = replace(data.draw(runs), findings=())
    root = minidom.parseString(render(run)).documentElement
    places = {(outcome.rule, outcome.place) for outcome in run.outcomes}
    assert str(len(places)) == root.getAttribute("tests")


def test_an_error_is_a_failure_that_can_be_read(sample: Run) -> None:
    """A failure says what, where, expected, seen, and how to see it again."""
    case = _cases(render(sample))["rest.create_product fuzzing undocumented-status"]
    assert ["properties", "failure"] == _kinds(case)
    (code,) = case.getElementsByTagName("property")
    assert ("fault_code", "100") == (code.getAttribute("name"), code.getAttribute("value"))
    (failure,) = case.getElementsByTagName("failure")
    assert failure.getAttribute("type") == "undocumented-status"
    assert (
        failure.getAttribute("message")
        == "create_product: The service answered with a status that the contract does not document."
    )
    lines = failure.firstChild.data.splitlines()
    assert "expected: one of 201, 401, 422" in lines
    assert "seen: 500" in lines
    assert "contract: openapi.yaml#/paths/~1products/post/responses" in lines
    assert any(line.startswith("reproduce: curl -X POST ") for line in lines)


def test_a_warning_is_the_output_of_a_case_that_passed(sample: Run) -> None:
    """What is below the threshold is told, but fails nothing."""
    case = _cases(render(sample))["rest.read_shot fuzzing wrong-media-type"]
    assert ["system-out"] == _kinds(case)


def test_the_threshold_decides_what_fails(sample: Run) -> None:
    """With a threshold at warning the warning fails as well."""
    case = _cases(render(sample, fail_on=Severity.WARNING))["rest.read_shot fuzzing wrong-media-type"]
    assert ["failure"] == _kinds(case)


def test_a_rule_that_held_is_a_case_that_passed(sample: Run) -> None:
    """The report says what passed."""
    assert [] == _kinds(_cases(render(sample))["rest.read_shot fuzzing malformed-body"])


def test_a_rule_that_was_not_reached_is_skipped_with_its_reason(sample: Run) -> None:
    """Not reached is neither passed nor failed."""
    case = _cases(render(sample))["errors.create_product any unknown-id"]
    (skipped,) = case.getElementsByTagName("skipped")
    assert skipped.getAttribute("message") == "the operation has no path parameter"


def test_a_finding_that_no_outcome_holds_is_a_case_too(sample: Run) -> None:
    """No finding is lost between the run and the report."""
    stray = Finding(rule="stray", operation="read_shot", message="m")
    cases = _cases(render(replace(sample, findings=(*sample.findings, stray))))
    assert ["failure"] == _kinds(cases["findings read_shot stray"])


@pytest.mark.parametrize("verdict", list(Verdict))
def test_hostile_text_stays_text(sample: Run, hostile: str, verdict: Verdict) -> None:
    """Markup in a value is never markup of the report."""
    finding = Finding(rule=hostile, message=hostile, operation=hostile, seen=hostile, reproduce=hostile)
    outcome = Outcome(
        rule=hostile, place=f"rest/{hostile}", verdict=verdict, reason=hostile, findings=(finding,)
    )
    root = minidom.parseString(render(replace(sample, outcomes=(outcome,), findings=()))).documentElement
    names = {element.tagName for element in root.getElementsByTagName("*")}
    assert names <= {"testsuite", "properties", "property", "testcase", "failure", "skipped"}
    assert root.getAttribute("tests") == "1"


def test_what_a_baseline_lets_pass_is_skipped(sample):
    """The words of the approval are the reason; what else was found fails."""
    crash = next(item for item in sample.findings if item.rule == "undocumented-status")
    rest = tuple(item for item in sample.findings if item is not crash)
    words = "approved by team until 2027-01-21: known"
    passed = replace(sample, findings=rest, approved=(Approved(finding=crash, words=words),))
    before, after = (ET.fromstring(render(run)) for run in (sample, passed))
    assert int(before.get("failures")) - 1 == int(after.get("failures"))
    assert words in [item.get("message") for item in after.iter("skipped")]


def test_a_script_keeps_its_lines(sample: Run) -> None:
    """What reproduces a session can be copied out of the report, and its headline names what is at fault."""
    script = '{"connect": "ws://x"}\n{"close": {"code": 1000}}'
    finding = Finding(rule="wrong-close-code", channel="events", message="closed with 4400", reproduce=script)
    found = Outcome(rule="wrong-close-code", place="websocket/x", verdict=Verdict.FOUND, findings=(finding,))
    run = replace(sample, findings=(finding,), outcomes=(found,), approved=())
    (failure,) = ET.fromstring(render(run, fail_on=Severity.ERROR)).iter("failure")
    assert "events: closed with 4400" == failure.get("message")
    assert f"reproduce: \n{script}\n" in failure.text
