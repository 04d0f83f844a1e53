"""Facts about locations: where in the files of a project a finding stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.contract.contract import load, load_text
from accord.findings.finding import Finding
from accord.findings.result import Location
from accord.run.location import location

OPENAPI = """openapi: 3.1.0
info: { title: Pages, version: "1" }
paths:
  /page:
    get:
      operationId: read
      responses: { "204": { description: Nothing } }
"""
PLACE = "openapi.yaml#/paths/~1page/get/responses"


@pytest.fixture
def contract(tmp_path, monkeypatch):
    """Give a contract in the folder ``api`` of the working directory."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "openapi.yaml").write_text(OPENAPI)
    monkeypatch.chdir(tmp_path)
    return load(Path("api"))


@pytest.mark.parametrize(
    ("details", "line", "column", "pointer"),
    [
        ({"pointer": PLACE}, 7, 7, "/paths/~1page/get/responses"),
        ({"pointer": f"{PLACE}/404/content"}, 7, 7, "/paths/~1page/get/responses/404/content"),
        ({"operation": "read"}, 5, 5, "/paths/~1page/get"),
        ({"pointer": "elsewhere.yaml#/x", "operation": "read"}, 5, 5, "/paths/~1page/get"),
        ({}, 1, 1, ""),
    ],
)
def test_a_finding_stands_at_its_place_or_near_it(details, line, column, pointer, contract):
    """At the place in the contract or what is around it, else at its operation, else at the document."""
    found = location(Finding(message="wrong", **details), contract)
    assert Location(path="api/openapi.yaml", line=line, column=column, pointer=pointer) == found


@pytest.mark.parametrize("name", ["openapi.yaml", "x" * 5_000])
def test_a_published_document_is_no_file(name):
    """It has a name, and no line of any file."""
    published = load_text(OPENAPI, name=name)
    found = location(Finding(message="wrong", operation="read"), published)
    assert Location(path=name, pointer="/paths/~1page/get") == found
