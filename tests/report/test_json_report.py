"""Facts about the JSON report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import jsonschema_rs
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from accord.findings.finding import Finding, Verdict
from accord.findings.result import Run
from accord.report.json_report import render, schema

BOUNDED = settings(max_examples=40, derandomize=True, deadline=None)
FINDING = {
    "rule": "r",
    "severity": "error",
    "operation": None,
    "channel": None,
    "pointer": "",
    "evidence_pointer": "",
    "message": "m",
    "expected": "",
    "seen": "",
    "exchange": None,
    "reproduce": "",
    "settle": "",
    "showings": [],
    "line": None,
    "witness": None,
    "advice": "",
    "fingerprint": "0123456789abcdef",
    "fault_code": None,
}


@pytest.fixture(scope="module")
def reference() -> jsonschema.Draft202012Validator:
    """Return the schema of the report in the reference validator."""
    return jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="module")
def second() -> jsonschema_rs.Draft202012Validator:
    """Return the schema of the report in a second validator."""
    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


@BOUNDED
@given(data=st.data())
def test_every_run_is_valid_under_the_schema(
    runs: st.SearchStrategy[Run],
    reference: jsonschema.Draft202012Validator,
    second: jsonschema_rs.Draft202012Validator,
    data: st.DataObject,
) -> None:
    """Two validators accept the report of any run, and a strict parser reads it."""
    document = render(data.draw(runs))
    report = json.loads(document)
    assert [] == list(reference.iter_errors(report))
    assert [] == list(second.iter_errors(report))


def test_a_strict_parser_reads_lone_surrogates(sample: Run) -> None:
    """What UTF-8 cannot hold is spelt out, so that every parser takes the report."""
    finding = Finding(rule="r", message="a\ud800b", pointer="\udfff")
    report = orjson.loads(render(replace(sample, findings=(finding,))))
    assert report["findings"][0]["message"] == r"a\ud800b"
    assert report["findings"][0]["pointer"] == r"\udfff"


def test_the_schema_is_a_schema() -> None:
    """The schema is valid under its own dialect."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_is_closed_and_described() -> None:
    """Every object of the schema is closed, requires its members and says what they are."""
    parts = [schema()]
    while parts:
        part = parts.pop()
        assert part.get("description") or "$ref" in part
        if part.get("type") == "object":
            assert "additionalProperties" in part
            assert part["additionalProperties"] is False or isinstance(part["additionalProperties"], dict)
            assert list(part.get("properties", {})) == part.get("required", [])
        definitions = [part for name, part in part.get("$defs", {}).items() if name != "Recorded"]
        nested = [*part.get("properties", {}).values(), *definitions, part.get("items")]
        nested.append(part.get("additionalProperties"))
        parts.extend(item for item in nested if isinstance(item, dict))


def test_the_schema_accepts_the_finding_that_the_next_test_spoils(
    sample: Run, reference: jsonschema.Draft202012Validator
) -> None:
    """A finding without evidence is fine as it stands."""
    assert reference.is_valid({**json.loads(render(sample)), "findings": [FINDING]})


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": 1},
        {"seconds": -1},
        {"started": "yesterday"},
        {"started": "2023-11-14T22:13:20.000+01:00"},
        {"rules": [{"id": "r", "held": 1}]},
        {"findings": [{**FINDING, "exchange": {"kind": "exchange"}}]},
        {"findings": [{**FINDING, "fingerprint": "x"}]},
        {"findings": [{**FINDING, "line": 0}]},
    ],
)
def test_the_schema_refuses_what_no_report_says(
    sample: Run, reference: jsonschema.Draft202012Validator, change: dict[str, object]
) -> None:
    """A schema that accepts anything would prove nothing."""
    assert not reference.is_valid({**json.loads(render(sample)), **change})


def test_a_whole_report(sample: Run, snapshot: SnapshotAssertion) -> None:
    """The report is the one that was looked at."""
    assert snapshot == render(sample).decode()


def test_findings_keep_their_order_and_fingerprint(sample: Run) -> None:
    """The report tells the findings in the order of discovery."""
    told = json.loads(render(sample))["findings"]
    assert [finding.fingerprint for finding in sample.findings] == [
        finding["fingerprint"] for finding in told
    ]
    assert [False, True, True] == [isinstance(finding["exchange"], dict) for finding in told]


def test_the_start_is_a_moment_in_utc(sample: Run) -> None:
    """The start is RFC 3339 and comes back to the millisecond."""
    started = json.loads(render(replace(sample, started=1_700_000_000.25)))["started"]
    assert started == "2023-11-14T22:13:20.250Z"
    assert datetime.fromisoformat(started) == datetime(2023, 11, 14, 22, 13, 20, 250_000, UTC)


def test_rules_are_tallied_by_verdict(sample: Run) -> None:
    """Each rule that was held against something has its three numbers."""
    told = {rule.pop("id"): rule for rule in json.loads(render(sample))["rules"]}
    assert {"held": 1, "found": 1, "not_reached": 0} == told["undocumented-status"]
    assert {"held": 0, "found": 0, "not_reached": 1} == told["unknown-id"]
    found = [outcome for outcome in sample.outcomes if outcome.verdict is Verdict.FOUND]
    assert len(found) == sum(rule["found"] for rule in told.values())


def test_coverage_joins_documented_and_undocumented_statuses(sample: Run) -> None:
    """Each operation has both tables, empty ones included."""
    operations = json.loads(render(sample))["coverage"]["operations"]
    assert {"documented": {"201": 4, "401": 0, "422": 9}, "undocumented": {"500": 1}} == operations[
        "create_product"
    ]
    assert {"documented": {"200": 0, "404": 3}, "undocumented": {}} == operations["read_shot"]
