"""``accord verify`` on the sandbox with one fault each: exit code 1, and a finding that names the place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

# fault, arguments that keep the run short, rule, operation or channel, contract pointer, evidence pointer
FAULTS = [
    (
        "total_as_text",
        ("--operation", "list_products"),
        "response-schema-violation",
        "list_products",
        "openapi.yaml#/components/schemas/ProductPage/properties/total/type",
        "/total",
    ),
    (
        "unauthorized_without_detail",
        ("--operation", "read_user_me"),
        "response-schema-violation",
        "read_user_me",
        "openapi.yaml#/components/schemas/HTTPError/required",
        "",
    ),
    (
        "location_of_another_field",
        ("--operation", "create_product"),
        "misplaced-error-location",
        "create_product",
        "openapi.yaml#/paths/~1api~1v1~1products~1/post/responses/422",
        "/detail/0/loc",
    ),
    (
        "refused_method_in_other_shape",
        ("--operation", "read_user_me"),
        "misshapen-error",
        "read_user_me",
        "openapi.yaml#/components/schemas/HTTPError/required",
        "",
    ),
    (
        "refused_method_without_allow",
        ("--operation", "read_product"),
        "missing-error-header",
        "read_product",
        "openapi.yaml#/x-errors/405/headers/Allow",
        None,
    ),
    (
        "statement_in_a_404",
        ("--operation", "read_product"),
        "leaked-internals",
        "read_product",
        None,
        "/detail",
    ),
    (
        "hash_in_the_profile",
        ("--operation", "read_user_me"),
        "leaked-secret",
        "read_user_me",
        None,
        "/password_hash",
    ),
    (
        "foreign_product_readable",
        ("--operation", "read_product"),
        "foreign-object-access",
        "read_product",
        None,
        None,
    ),
    (
        "models_behind_a_login",
        ("--operation", "list_generation_models"),
        "closed-public-operation",
        "list_generation_models",
        None,
        None,
    ),
    (
        "unknown_prediction_status",
        ("--only", "websocket"),
        "message-schema-violation",
        "events",
        "messages.schema.json#/$defs/PredictionStatus/enum",
        "/payload/predictions/0/status",
    ),
    (
        "event_before_authentication",
        ("--only", "websocket"),
        "message-before-authentication",
        "events",
        None,
        None,
    ),
]


def _verify(target: str, report: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "accord", "verify", target),
            *("--max-examples", "5", "--report", f"json={report}", *arguments),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("fault", "arguments", "rule", "place", "pointer", "evidence"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_each_fault_is_found_and_named(
    fault: str,
    arguments: tuple[str, ...],
    rule: str,
    place: str,
    pointer: str | None,
    evidence: str | None,
    tmp_path: Path,
) -> None:
    """A fault of the service makes accord exit with 1 and name the rule and the place."""
    report = tmp_path / "report.json"
    result = _verify(f"tests.faults.applications:{fault}", report, *arguments)

    assert result.returncode == 1, result.stdout + result.stderr
    findings: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    mine = [
        item for item in findings if item["rule"] == rule and place in (item["operation"], item["channel"])
    ]
    assert mine, findings
    assert pointer is None or pointer in {item["pointer"] for item in mine}
    assert evidence is None or evidence in {item["evidence_pointer"] for item in mine}
    assert all(item["reproduce"] for item in mine)
    assert rule in result.stdout


def test_without_a_fault_nothing_is_found(tmp_path: Path) -> None:
    """The healthy sandbox gives exit code 0 for the same questions."""
    report = tmp_path / "report.json"
    result = _verify("sartiq_sandbox:create_app", report, "--fail-on", "warning")

    assert result.returncode == 0, result.stdout + result.stderr
    assert json.loads(report.read_text())["findings"] == []
