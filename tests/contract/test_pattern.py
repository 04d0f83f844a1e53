"""Patterns that other readers take are used here as far as the validator goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.contract.contract import Contract, load_text
from accord.contract.pattern import escaped
from accord.errors import ContractError
from accord.run.lint import Linter

LARGE = "^.{1,2097152}$"


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


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[\w-.]+$", r"^[\w\-.]+$"),
        (r"^[a-z\s-_]$", r"^[a-z\s\-_]$"),
        (r"^[.-\d]$", r"^[.\-\d]$"),
        (r"^[\]\w-.]-[\d-a]$", r"^[\]\w\-.]-[\d\-a]$"),
        (r"^\[[\w-]$", r"^\[[\w-]$"),
        (r"^[a-c-\d]$", r"^[a-c-\d]$"),
        (r"^[\w-.]+\Z$", r"^[\w-.]+\Z$"),
        (LARGE, LARGE),
        ("^[a", "^[a"),
    ],
)
def test_a_dash_beside_a_class_is_escaped(pattern: str, expected: str) -> None:
    """Only there, and only where all else of the pattern can be used."""
    assert expected == escaped(pattern)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_pattern_with_a_dash_beside_a_class_is_judged(version: str) -> None:
    """A dash is one of the characters, as browsers have it."""
    loaded = contract({"type": "string", "pattern": r"^[\w-.]+$"}, version)
    assert [True, True, False] == [judged(loaded, value) for value in ("a-b", "a.b", "a b")]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_what_the_validator_cannot_use_is_refused(version: str) -> None:
    """That a contract cannot be judged is told before anybody is asked."""
    with pytest.raises(ContractError):
        contract({"type": "string", "pattern": LARGE}, version)


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


def test_it_is_told_at_its_line(tmp_path: Path) -> None:
    """The linter says which readers refuse the pattern, and where it stands."""
    path = tmp_path / "openapi.json"
    path.write_text(document({"type": "string", "pattern": r"^[\w-.]+$"}, "3.0.3"))
    (finding,) = [item for item in Linter().lint(path).findings if item.rule == "foreign-pattern"]
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "-.]" in text)
    assert line == finding.line
    assert "flag" in finding.message
