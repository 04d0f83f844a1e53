"""Parameters that were null before they became texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cases.parameter import says_null
from accord.cases.request import Request
from accord.contract.contract import load

NULLABLE = {"anyOf": [{"type": "boolean"}, {"type": "null"}]}


def null_is_said(folder: Path, schema: dict[str, Any], *, query: str = "", header: str | None = None) -> bool:
    """Ask an operation with a query parameter ``q`` and a header ``X-Q``, both of *schema*."""
    parameters = [
        {"name": "q", "in": "query", "schema": schema},
        {"name": "X-Q", "in": "header", "schema": schema},
    ]
    operation = {"operationId": "ask", "parameters": parameters, "responses": {"200": {"description": "."}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": operation}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    contract = load(folder)
    headers = () if header is None else (("x-q", header),)
    request = Request(method="GET", url=f"http://127.0.0.1/a{query}", headers=headers)
    return says_null(contract.library, contract.operations[0], request)


@pytest.mark.parametrize("said", ["null", "None", ""])
def test_a_null_as_a_text_is_recognised(tmp_path: Path, said: str) -> None:
    """The texts that libraries write for null are told in queries and headers alike."""
    assert null_is_said(tmp_path, NULLABLE, query=f"?q={said}")
    assert null_is_said(tmp_path, NULLABLE, header=said)


@pytest.mark.parametrize(
    ("schema", "query"),
    [
        pytest.param(NULLABLE, "", id="left out"),
        pytest.param(NULLABLE, "?q=true", id="another value"),
        pytest.param({"type": "boolean"}, "?q=null", id="null is not allowed"),
        pytest.param({"type": ["string", "null"]}, "?q=null", id="the text itself is allowed"),
        pytest.param(NULLABLE, "?other=null", id="another parameter"),
    ],
)
def test_what_is_no_null_counts(tmp_path: Path, schema: dict[str, Any], query: str) -> None:
    """A request keeps or breaks the contract where a text has one reading."""
    assert not null_is_said(tmp_path, schema, query=query)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/tiles/1,2.5/null", True),
        ("/api/tiles/1,None/true", True),
        ("/api/tiles/1,2.5/3", False),
        ("/api/tiles/null,2/3", False),
        ("/elsewhere", False),
    ],
)
def test_a_null_in_a_path_is_recognised(tmp_path: Path, path: str, *, said: bool) -> None:
    """Several parameters may share a segment, and one that takes no null counts."""
    schemas = {"x": {"type": "integer"}, "y": NULLABLE, "z": NULLABLE}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema} for name, schema in schemas.items()
    ]
    operation = {"parameters": parameters, "responses": {"200": {"description": "."}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/tiles/{x},{y}/{z}": {"get": operation}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    contract = load(tmp_path)
    request = Request(method="GET", url=f"http://127.0.0.1{path}")
    assert said == says_null(contract.library, contract.operations[0], request)
