"""A pattern that the validator cannot use keeps nothing else of a contract from being judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.contract.contract import Contract, load_text
from accord.contract.pattern import patterns
from accord.errors import ContractError
from accord.run.lint import Linter

LARGE = "^.{1,2097152}$"
DASH = r"^[\w-.]+$"


def document(schema: dict[str, Any], version: str) -> str:
    """Return a document with *schema*, one member a line."""
    return json.dumps(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {
                    "get": {
                        "responses": {
                            "200": {"description": "ok", "content": {"application/json": {"schema": schema}}}
                        }
                    }
                }
            },
        },
        indent=1,
    )


def contract(schema: dict[str, Any], version: str = "3.0.3") -> Contract:
    """Return the contract with *schema* for an answer."""
    return load_text(document(schema, version), name="openapi.json")


def judged(loaded: Contract, value: object) -> bool:
    """Tell whether the schema of the answer takes *value*."""
    (media_type,) = loaded.operations[0].answers["200"].media_types
    return loaded.library.validator(str(media_type.schema)).is_valid(value)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("pattern", [LARGE, DASH, r"^\p{XDigit}+$"])
def test_what_stands_beside_the_pattern_is_judged(pattern: str, version: str) -> None:
    """The type and the length count, the pattern does not."""
    loaded = contract({"type": "string", "pattern": pattern, "maxLength": 3}, version)
    assert [True, False, False] == [judged(loaded, value) for value in ("!?", "abcd", 1)]


def test_names_that_cannot_be_told_are_not_refused() -> None:
    """Without one of the patterns of names, a name that no other knows may be one of its own."""
    closed = {
        "type": "object",
        "patternProperties": {LARGE: {"type": "integer"}, "^n": {"type": "number"}},
        "additionalProperties": False,
    }
    loaded = contract(closed, "3.1.0")
    assert [True, False] == [judged(loaded, value) for value in ({"a": 1, "n": 1}, {"n": "x"})]


def test_what_is_no_regular_expression_is_refused() -> None:
    """Nobody can use it."""
    with pytest.raises(ContractError, match="regex"):
        contract({"type": "string", "pattern": "^[a"})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("pattern", [r"\A[a-z]+\z", r"^\$\{[a-z]+}$"])
def test_what_the_validator_can_use_is_judged(pattern: str, version: str) -> None:
    """Of another language or of the older grammar, in each version of OpenAPI alike."""
    loaded = contract({"type": "string", "pattern": pattern}, version)
    taken = "abc" if "A" in pattern else "${abc}"
    assert [True, False] == [judged(loaded, value) for value in (taken, "1")]


def test_a_pattern_is_found_wherever_it_stands() -> None:
    """Set aside or not, the rule about patterns meets it under its own keyword."""
    schema = {"pattern": "a", "x-unusable-pattern": "b", "x-unusable-pattern-properties": {"c": {}}}
    found = list(patterns(schema))
    assert [("pattern", "a"), ("pattern", "b"), ("patternProperties", "c")] == found


def test_it_is_told_at_its_line(tmp_path: Path) -> None:
    """The linter says that nothing is held against the pattern, and where it stands."""
    path = tmp_path / "openapi.json"
    path.write_text(document({"type": "string", "pattern": LARGE}, "3.0.3"))
    (finding,) = [item for item in Linter().lint(path).findings if item.rule == "foreign-pattern"]
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "2097152" in text)
    assert line == finding.line
    assert "nothing is held against it" in finding.message
