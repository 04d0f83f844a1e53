"""OpenAPI 3.2, field by field, read as another validator reads it: what is new is taken where it may stand, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV32SpecValidator

from accord.contract.contract import load_text
from accord.errors import ContractError

OK = {"200": {}}
KEY = {"type": "apiKey", "in": "header", "name": "K"}
FORM = "application/x-www-form-urlencoded"


def document(**members: Any) -> dict[str, Any]:
    """Return a document with one operation, unless it says otherwise."""
    paths = {"/a": {"get": {"responses": OK}}}
    return {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **members}


def item(**members: Any) -> dict[str, Any]:
    """Return a document with one path."""
    return document(paths={"/a": members})


def asked(*parameters: Any) -> dict[str, Any]:
    """Return a document with one operation that has *parameters*."""
    return item(get={"parameters": list(parameters), "responses": OK})


def body(media_type: str, **members: Any) -> dict[str, Any]:
    """Return a document with one operation that answers with *media_type*."""
    return item(get={"responses": {"200": {"content": {media_type: members}}}})


def components(**members: Any) -> dict[str, Any]:
    """Return a document with components."""
    return document(components=members)


def oauth(flow: str, **members: Any) -> dict[str, Any]:
    """Return a document with one scheme of one flow."""
    scheme = {"type": "oauth2", "flows": {flow: {"scopes": {}, **members}}}
    return components(securitySchemes={"o": scheme})


WHOLE = {"name": "q", "in": "querystring", "content": {FORM: {"schema": {"type": "object"}}}}
RIGHT = [
    document(**{"$self": "https://example.com/openapi"}),
    document(jsonSchemaDialect="https://spec.openapis.org/oas/3.2/dialect/2025-09-17"),
    document(servers=[{"url": "/", "name": "here"}]),
    document(tags=[{"name": "a", "summary": "A", "kind": "nav"}, {"name": "b", "parent": "a"}]),
    item(query={"responses": OK}),
    item(additionalOperations={"COPY": {"responses": OK}}),
    item(get={"responses": {"200": {"summary": "x"}, "default": {"description": "y"}}}),
    asked(WHOLE),
    asked({"name": "c", "in": "cookie", "style": "cookie", "schema": {}}),
    asked({"name": "c", "in": "cookie", "allowReserved": True, "schema": {}}),
    body("text/event-stream", itemSchema={"type": "object"}),
    body("application/jsonl", schema={"type": "array"}, itemSchema={"type": "object"}),
    body(
        "multipart/mixed", schema={"type": "array"}, prefixEncoding=[{"contentType": "a/b"}], itemEncoding={}
    ),
    body("multipart/form-data", schema={"type": "object"}, encoding={"a": {"encoding": {"b": {}}}}),
    body("a/b", examples={"e": {"dataValue": {"a": 1}, "serializedValue": "a=1"}}),
    components(mediaTypes={"m": {"schema": {}}}),
    components(securitySchemes={"k": {**KEY, "deprecated": True}}),
    components(securitySchemes={"o": {"type": "oauth2", "flows": {}, "oauth2MetadataUrl": "/m"}}),
    oauth("deviceAuthorization", deviceAuthorizationUrl="/d", tokenUrl="/t"),
    components(schemas={"S": {"discriminator": {"propertyName": "t", "defaultMapping": "S"}}}),
    components(schemas={"S": {"xml": {"nodeType": "attribute", "name": "n"}}}),
]
WRONG = [
    document(**{"$self": "https://example.com/openapi#a"}),
    document(servers=[{"url": "/", "name": 5}]),
    document(tags=[{"name": "b", "kind": 5}]),
    item(query={"responses": {}}),
    item(additionalOperations={"GET": {"responses": OK}}),
    item(additionalOperations={"A B": {"responses": OK}}),
    item(additionalOperations={"COPY": {"responses": OK, "other": 1}}),
    asked({"name": "q", "in": "querystring", "schema": {}}),
    asked(WHOLE, {**WHOLE, "name": "r"}),
    asked(WHOLE, {"name": "a", "in": "query", "schema": {}}),
    asked({"name": "c", "in": "query", "style": "cookie", "schema": {}}),
    asked({"name": "c", "in": "cookie", "style": "cookie", "allowReserved": True, "schema": {}}),
    body("text/event-stream", itemSchema=5),
    body("multipart/mixed", schema={}, encoding={}, itemEncoding={}),
    body("multipart/mixed", schema={}, prefixEncoding={}),
    body("a/b", examples={"e": {"dataValue": 1, "value": 1}}),
    body("a/b", examples={"e": {"serializedValue": 1}}),
    components(mediaTypes={"m": {"other": 1}}),
    components(mediaTypes={"a/b": {}}),
    components(securitySchemes={"k": {**KEY, "deprecated": "soon"}}),
    oauth("deviceAuthorization", tokenUrl="/t"),
    oauth("device", tokenUrl="/t"),
    document(info={"title": "t"}),
]


def refusal(data: dict[str, Any]) -> ContractError | None:
    """Return the error that reading *data* ends with, None without one."""
    try:
        load_text(json.dumps(data), name="openapi.json")
    except ContractError as error:
        return error
    return None


@pytest.mark.parametrize("data", RIGHT, ids=lambda data: json.dumps(data)[60:160])
def test_what_is_right_is_read(data: dict[str, Any]) -> None:
    """Each new field is taken where it may stand; openapi-spec-validator has nothing against it either."""
    assert [] == list(OpenAPIV32SpecValidator(data).iter_errors())
    assert refusal(data) is None


@pytest.mark.parametrize("data", WRONG, ids=lambda data: json.dumps(data)[60:160])
def test_what_is_wrong_is_refused(data: dict[str, Any]) -> None:
    """Each new field that stands where it must not, or is of no use there, is refused; so says the other validator."""
    assert list(OpenAPIV32SpecValidator(data).iter_errors())
    error = refusal(data)
    assert error is not None
    assert error.place.startswith("openapi.json:")
    assert error.next_step


@pytest.mark.parametrize(
    "data",
    [
        components(schemas={"S": {"type": "strin"}}),
        components(schemas={"S": {"xml": {"nodeType": "attribute", "attribute": True}}}),
        components(schemas={"S": {"xml": {"nodeType": "leaf"}}}),
        components(schemas={"S": {"discriminator": {"defaultMapping": "S"}}}),
        components(schemas={"S": {"discriminator": {"propertyName": "t", "defaultMapping": 5}}}),
    ],
)
def test_schemas_are_judged_by_the_dialect(data: dict[str, Any]) -> None:
    """What a Schema Object must not say is told when the contract is read."""
    assert refusal(data) is not None


def test_all_of_it_was_unknown_before() -> None:
    """None of these is OpenAPI 3.1, with answers described as that wants it, but one: it says its dialect only."""
    described = [
        json.loads(json.dumps(data).replace('"200": {}', '"200": {"description": "x"}')) for data in RIGHT
    ]
    taken = [data for data in described if refusal({**data, "openapi": "3.1.0"}) is None]
    assert [described[1]] == taken
