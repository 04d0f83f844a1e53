"""Documents held against the published schemas of their specifications."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema.validators import validator_for

from accord.contract.document import Document, parse_document
from accord.contract.published import FILES, check_document, published
from accord.errors import ContractError

OK = {"200": {"description": "x"}}


def document(version: str, **members: Any) -> Document:
    """Return an OpenAPI document, parsed from JSON with one member on a line."""
    data = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}, **members}
    return parse_document(json.dumps(data, indent=1), name="openapi.json")


def get(**members: Any) -> dict[str, Any]:
    """Return the paths of one operation."""
    return {"/a": {"get": {"responses": OK, **members}}}


@pytest.mark.parametrize("kind", FILES)
def test_published_schema_is_a_schema(kind: str) -> None:
    """Each schema file is valid by the metaschema that it names."""
    validator = validator_for(published(kind))
    validator.check_schema(published(kind))


DEEP = {
    "name": "q",
    "in": "query",
    "schema": {"type": "object", "properties": {"b": {"anyOf": [{"minLength": "x"}, {}]}}},
}


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        (
            {"paths": get(parameters=[DEEP])},
            "/paths/~1a/get/parameters/0/schema/properties/b/anyOf/0/minLength",
        ),
        (
            {"paths": get(parameters=[{"name": "q", "in": "query", "schema": 5}])},
            "/paths/~1a/get/parameters/0/schema",
        ),
        ({"paths": get(responses={"200": {"description": 5}})}, "/paths/~1a/get/responses/200/description"),
        ({"paths": get(parameters=[{"name": "x"}])}, "/paths/~1a/get/parameters/0"),
        (
            {"paths": get(parameters=[{"name": "x", "in": "path", "schema": {}}])},
            "/paths/~1a/get/parameters/0",
        ),
        ({"paths": get(requestBody={})}, "/paths/~1a/get/requestBody"),
        ({"paths": get(unknown=1)}, "/paths/~1a/get"),
        ({"paths": {"a": {}}}, "/paths"),
        ({"components": {"securitySchemes": {"s": {"type": "http"}}}}, "/components/securitySchemes/s"),
        ({"info": {"title": "t"}}, "/info"),
        ({"info": {"title": "t", "version": 1}}, "/info/version"),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_error_names_the_deepest_place(version: str, members: dict[str, Any], pointer: str) -> None:
    """The error stands where the document is wrong, also where the schema offers alternatives such as a $ref."""
    checked = document(version, **members)
    with pytest.raises(ContractError) as caught:
        check_document(checked, f"openapi-{version[:3]}")
    assert f"openapi.json:{checked.line(pointer)}#{pointer}" == caught.value.place
    assert len(caught.value.reason) < 400


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_answer_needs_a_description_before_3_2(version: str) -> None:
    """A response without a description is wrong in OpenAPI 3.0 and 3.1, and right in 3.2."""
    paths = get(responses={"200": {}})
    with pytest.raises(ContractError) as caught:
        check_document(document(version, paths=paths), f"openapi-{version[:3]}")
    assert caught.value.place.endswith("#/paths/~1a/get/responses/200")
    check_document(document("3.2.0", paths=paths), "openapi-3.2")


def test_part_of_a_document_is_checked_in_its_place() -> None:
    """With a pointer, only that part counts, and the place is still that of the whole."""
    whole = parse_document(json.dumps({"rest": 5, "part": {"overlay": "1.0.0", "info": {}}}), name="x.json")
    with pytest.raises(ContractError) as caught:
        check_document(whole, "overlay", "/part")
    assert caught.value.place.startswith("x.json:1#/part")


def test_large_document_is_checked_whole() -> None:
    """A document of 150 operations is right, or wrong in every operation."""
    item = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    methods = {
        method: {
            "operationId": method,
            "parameters": [DEEP | {"name": name, "schema": {}} for name in "pqr"],
            "responses": {"200": {"description": "x", **item}},
        }
        for method in ("get", "put", "post", "patch", "delete")
    }
    schemas = {
        f"S{i}": {"type": "object", "properties": {f"p{j}": {"type": "string"} for j in range(15)}}
        for i in range(100)
    }
    for version in ("3.0.3", "3.1.0", "3.2.0"):
        good = document(
            version, paths={f"/r{i}": methods for i in range(30)}, components={"schemas": schemas}
        )
        bad = document(
            version,
            paths={f"/r{i}": {**methods, "wrong": 1} for i in range(30)},
            components={"schemas": schemas},
        )
        check_document(good, f"openapi-{version[:3]}")
        with pytest.raises(ContractError):
            check_document(bad, f"openapi-{version[:3]}")
