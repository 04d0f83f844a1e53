"""The contract held against itself, by `accord verify` and by `accord lint`."""

from __future__ import annotations

import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from accord.contract.contract import load
from accord.errors import ContractError
from accord.findings.finding import Finding, Severity, Verdict
from accord.run.contract import plan
from accord.run.lint import Linter

ROOT = Path(__file__).resolve().parents[2]
SARTIQ = ROOT / "contracts" / "sartiq"
PAGE = Path(__file__).parent / "data" / "published-page"
VARIANTS = ("GenerationMessage", "ShotMessage", "AuthSuccessMessage", "AuthErrorMessage")


def overlaps(findings: tuple[Finding, ...], rule: str) -> list[Finding]:
    """Return what *rule* found."""
    return [finding for finding in findings if finding.rule == rule]


def valid(definitions: dict[str, Any], name: str, value: object) -> bool:
    """Tell what `jsonschema`, which has no part in the findings, says of *value*."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": definitions}}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).is_valid(value)


def test_five_of_the_six_pairs_of_the_published_page_overlap() -> None:
    """With `type: string` on both answers to the authentication, only the two events are told apart."""
    run = Linter().lint(PAGE)
    pairs = {finding.deviation for finding in overlaps(run.findings, "overlapping-variants")}
    assert {f"{one} {other}" for one, other in combinations(VARIANTS, 2)} - pairs == {
        "GenerationMessage ShotMessage"
    }
    assert 5 == len(pairs)
    names = ("generation", "shot", "authSuccess", "authError")
    messages = {finding.deviation for finding in overlaps(run.findings, "overlapping-messages")}
    assert {f"{one} {other}" for one, other in combinations(names, 2)} - messages == {"generation shot"}
    assert 5 == len(messages)


def test_every_witness_of_the_page_is_valid_under_both_variants() -> None:
    """Another validator accepts each value that is shown, under both schemas and not under a third that is disjoint."""
    definitions: Any = load(PAGE).library.document("openapi.yaml").data["components"]
    found = overlaps(Linter().lint(PAGE).findings, "overlapping-variants")
    for finding in found:
        value = json.loads(finding.witness)
        assert len(finding.witness) < 250
        for name in finding.deviation.split():
            assert valid(definitions["schemas"], name, value)
    assert 5 == len(found)


def test_answers_to_the_authentication_of_the_page_are_undiscriminated() -> None:
    """What the page prints of the two answers has no constant, and each is told once."""
    found = overlaps(Linter().lint(PAGE).findings, "undiscriminated-variant")
    assert ["authSuccess", "authError"] == [finding.deviation for finding in found]


def test_whole_contract_without_the_two_constants_overlaps_five_times(tmp_path: Path) -> None:
    """With the whole payloads too, taking the constants of the two answers away leaves one pair apart."""
    shutil.copytree(SARTIQ, tmp_path / "contract")
    path = tmp_path / "contract" / "messages.schema.json"
    messages = json.loads(path.read_text(encoding="utf-8"))
    for name in ("AuthSuccessMessage", "AuthErrorMessage"):
        del messages["$defs"][name]["properties"]["type"]["const"]
    path.write_text(json.dumps(messages), encoding="utf-8")
    found = overlaps(Linter().lint(tmp_path / "contract").findings, "overlapping-messages")
    assert 5 == len(found)
    assert {Severity.ERROR} == {finding.severity for finding in found}
    schema = {"$defs": messages["$defs"], "$ref": "#/$defs/AuthErrorMessage"}
    assert [] == [
        finding.deviation
        for finding in found
        if "authError" in finding.deviation
        and not jsonschema.Draft202012Validator(schema).is_valid(json.loads(finding.witness))
    ]


def test_healthy_contract_is_clean() -> None:
    """Of Sartiq's contract nothing is found at warning or above, and nothing is left undecided."""
    run = Linter().lint(SARTIQ)
    assert [] == [finding.rule for finding in run.findings if finding.severity is not Severity.NOTE]
    assert [] == [item.reason for item in run.outcomes if item.verdict is Verdict.NOT_REACHED]


def test_plan_has_a_trial_for_each_side_and_one_for_the_schemas() -> None:
    """The trials of the stage follow from the contract alone."""
    ids = ["contract/events/server", "contract/events/client", "contract/schemas"]
    assert ids == [trial.id for trial in plan(load(SARTIQ))]


def test_undecided_pair_is_not_reached(tmp_path: Path) -> None:
    """Where neither a proof nor an example comes out, the rule is not reached, and the reason says so."""
    (tmp_path / "openapi.yaml").write_text(
        """openapi: 3.1.0
info: { title: t, version: "1" }
components:
  schemas:
    Code: { oneOf: [{ type: string, pattern: "^(?!.*a)[ab]{9}$" }, { type: string, pattern: "^(?!.*b)[ab]{9}$" }] }
"""
    )
    run = Linter().lint(tmp_path)
    (outcome,) = [item for item in run.outcomes if item.verdict is Verdict.NOT_REACHED]
    assert "overlapping-variants" == outcome.rule
    assert "neither proved nor refuted" in outcome.reason


def test_every_dangling_reference_is_told_and_the_rest_not_reached(tmp_path: Path) -> None:
    """A contract that cannot be used is told place by place; what could not be asked says why."""
    (tmp_path / "openapi.yaml").write_text(
        """openapi: 3.1.0
info: { title: t, version: "1" }
paths: {}
components:
  schemas:
    A: { $ref: "./gone.yaml" }
    B: { $ref: "#/components/schemas/C" }
    D: { $ref: "https://example.com/x.json" }
    E: { $ref: "#/components/schemas/E" }
    F: { $ref: "#/components/schemas/E" }
"""
    )
    run = Linter().lint(tmp_path)
    places = [finding.pointer.rpartition("/")[2] for finding in run.findings]
    assert {"A", "B", "D", "E"} == set(places)
    assert [6, 7, 8, 9] == [finding.line for finding in run.findings]
    assert {"the contract cannot be used yet"} == {
        item.reason.partition(":")[0] for item in run.outcomes if item.verdict is Verdict.NOT_REACHED
    }


def test_pattern_that_no_validator_takes_is_a_finding(tmp_path: Path) -> None:
    """A pattern that keeps the contract from being loaded is told with its line."""
    (tmp_path / "asyncapi.yaml").write_text(
        """asyncapi: 3.0.0
info: { title: t, version: "1" }
channels:
  c:
    messages:
      m: { payload: { type: string, pattern: "(" } }
"""
    )
    (finding,) = Linter().lint(tmp_path).findings
    assert ("foreign-pattern", 6) == (finding.rule, finding.line)


def test_what_no_rule_tells_stops_the_linter(tmp_path: Path) -> None:
    """A document that is no OpenAPI is no finding: accord could not ask."""
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {}\n")
    with pytest.raises(ContractError):
        Linter().lint(tmp_path)


def test_large_union_is_bounded(tmp_path: Path) -> None:
    """Of a union of many open variants so many pairs are compared, the rest is not reached."""
    variants = [
        {"type": "object", "required": [f"m{n}"], "properties": {f"m{n}": {"type": "string"}}}
        for n in range(90)
    ]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": {"U": {"oneOf": variants}}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    run = Linter().lint(tmp_path)
    assert any("pairs of variants" in outcome.reason for outcome in run.outcomes)
