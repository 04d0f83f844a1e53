"""Facts about the reports of a comparison: each is what its readers take, whatever a contract holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import ConfigurationError
from accord.findings.finding import Severity
from accord.report.changes.files import FORMATS, parse, write
from accord.report.changes.json_report import schema

BOUNDED = settings(max_examples=40, derandomize=True, deadline=None)
SARIF = json.loads((Path(__file__).parents[1] / "data" / "sarif-2.1.0.json").read_text("utf-8"))
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]")


def rendered(kind, compared, fail_on=Severity.ERROR):
    return FORMATS[kind](compared, fail_on)


@BOUNDED
@given(data=st.data())
def test_json_is_valid_under_its_published_schema(comparisons, data):
    """No member is missing, and none is there that the schema does not name."""
    report = json.loads(
        rendered("json", data.draw(comparisons), data.draw(st.none() | st.sampled_from(Severity)))
    )
    assert [] == list(jsonschema.Draft202012Validator(schema()).iter_errors(report))


@BOUNDED
@given(data=st.data())
def test_sarif_is_valid_under_its_published_schema(comparisons, data):
    """The schema is that of OASIS; a URI in it is one."""
    report = json.loads(rendered("sarif", data.draw(comparisons)))
    assert [] == list(jsonschema.Draft4Validator(SARIF).iter_errors(report))


@BOUNDED
@given(data=st.data())
def test_junit_is_well_formed_and_counts_its_cases(comparisons, data):
    """Totals are those of the elements below."""
    root = ET.fromstring(rendered("junit", data.draw(comparisons)))
    for element in (root, *root.iter("testsuite")):
        assert str(len(list(element.iter("testcase")))) == element.get("tests")
        assert str(len(list(element.iter("failure")))) == element.get("failures")
        assert str(len(list(element.iter("skipped")))) == element.get("skipped")


@BOUNDED
@given(data=st.data())
def test_github_has_one_command_a_line(comparisons, data):
    """Nothing in a contract makes a command of its own, and no control character reaches the log."""
    text = rendered("github", data.draw(comparisons)).decode()
    assert not CONTROL.search(text)
    for line in text.splitlines():
        assert re.match(r"::(error|warning|notice) (file=[^,:]+,line=\d+,)?title=[^,:]*::", line)


@BOUNDED
@given(data=st.data())
def test_markdown_holds_no_markup_of_a_contract(comparisons, data):
    """Outside of code, every angle bracket is escaped; no control character is there."""
    text = rendered("markdown", data.draw(comparisons)).decode()
    assert not CONTROL.search(text)
    prose = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"(?<!\\)<", prose)


def test_sarif_tells_both_places_and_what_is_approved(compared):
    """The new place is the location, the old one related; an approval suppresses."""
    results = json.loads(rendered("sarif", compared))["runs"][0]["results"]
    location = results[0]["locations"][0]["physicalLocation"]
    assert {"artifactLocation": {"uri": "new/openapi.yaml"}, "region": {"startLine": 51}} == location
    assert 41 == results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"]
    assert ["error", "error", "error", "warning", "note"] == [item["level"] for item in results]
    assert ["approved by team-api until 2027-01-31: nobody calls it"] == [
        item["justification"] for result in results for item in result.get("suppressions", ())
    ]


def test_sarif_makes_no_scheme_of_a_revision(compared):
    """A colon would make ``main`` a scheme: it is percent-encoded, as is a space."""
    moved = replace(compared, changes=(replace(compared.changes[0], new_path="main:a b.yaml"),))
    results = json.loads(rendered("sarif", moved))["runs"][0]["results"]
    assert "main%3Aa%20b.yaml" == results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


@pytest.mark.parametrize(("fail_on", "failures"), [(None, 0), (Severity.ERROR, 2), (Severity.NOTE, 4)])
def test_junit_fails_for_what_makes_the_answer_no(fail_on, failures, compared):
    """What is approved is skipped, whatever its severity."""
    root = ET.fromstring(rendered("junit", compared, fail_on))
    assert (str(failures), "1", "5") == (root.get("failures"), root.get("skipped"), root.get("tests"))


def test_github_annotates_what_somebody_has_to_decide(compared):
    """One for each cause, at its line in the new contract; what is safe has none."""
    lines = rendered("github", compared).decode().splitlines()
    assert [
        "::error file=new/openapi.yaml,line=51,title=breaking changed-enum",
        "::warning file=new/openapi.yaml,line=54,title=unproven changed-pattern",
        "::notice file=new/openapi.yaml,line=53,title=breaking removed-operation",
        "::notice title=accord compare",
    ] == sorted((line.rpartition("::")[0] for line in lines), key=lambda line: line.replace("notice", "z"))


def test_markdown_is_a_changelog(compared):
    """Breaks come first, with their witness; what is new is told to readers of release notes."""
    lines = rendered("markdown", compared).decode().splitlines()
    assert "# Things 1.0 → Things 2.0" == lines[0]
    assert "Suggested version bump: **major**" in lines[2]
    assert ["## Breaking", "## Perhaps breaking", "## New"] == [
        line for line in lines if line.startswith("## ")
    ]
    assert any(
        '`POST /things request body application/json: {"kind": "c"} (at /kind)`' in line for line in lines
    )
    assert "- GET /new is new (added-operation)" in lines


@pytest.mark.parametrize("item", ["json", "json=", "xml=out", "=x"])
def test_what_names_no_report_is_refused(item):
    """The formats are named."""
    with pytest.raises(ConfigurationError, match="is not a report"):
        parse(item)


def test_a_report_that_cannot_be_written_is_told(compared, tmp_path):
    """The path is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(f"json={tmp_path}/file/out.json", compared, fail_on=None)
