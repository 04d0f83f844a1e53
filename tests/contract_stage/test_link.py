"""Link Objects read into links between operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.link import read_links

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def document(link: Any, **components: Any) -> dict[str, Any]:
    """Return a document with one link, of the answer of ``make``."""
    made = {"201": {"description": "x", "links": {"it": link}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/things": {"post": {"operationId": "make", "responses": made}},
            "/things/{id}": {
                "parameters": [ID],
                "get": {"operationId": "read", "responses": {"200": {"description": "x"}}},
            },
        },
        "components": components,
    }


BY_ID = {"operationId": "read", "parameters": {"id": "$response.body#/id"}}
BY_REFERENCE = {"operationRef": "#/paths/~1things~1{id}/get", "parameters": {"path.id": "$response.body#/id"}}


@pytest.mark.parametrize("link", [BY_ID, BY_REFERENCE, {"$ref": "#/components/links/It"}])
def test_link_leads_from_one_operation_to_another(contract: Callable[..., Contract], link: Any) -> None:
    """A link is found by the id or the place of its operation, itself or by reference."""
    loaded = contract({"openapi.json": document(link, links={"It": BY_ID})})
    (found,) = read_links(loaded.library, loaded.operations)
    assert ("make", "201", "read") == (found.source.id, found.status, found.target.id)
    assert "$response.body#/id" == found.parameter("path", "id")
    assert found.parameter("path", "other") is None


def test_link_that_leads_elsewhere_is_left_out(contract: Callable[..., Contract]) -> None:
    """An operation that the contract does not have is no target."""
    loaded = contract({"openapi.json": document({"operationId": "unknown"})})
    assert () == read_links(loaded.library, loaded.operations)
