"""Operations read from OpenAPI 3.0 to 3.2 documents, with what paths, components and files share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi import Body, Depends, FastAPI, Header, Path, Query, UploadFile
from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer
from pydantic import BaseModel

from accord.contract.contract import Contract
from accord.contract.openapi import Answer, Operation, Parameter
from accord.errors import ContractError

Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]
INTEGER = {"type": "integer"}
OK = {"200": {"description": "x"}}


def document(paths: object, *, version: str = "3.1.0", **members: object) -> dict[str, Any]:
    """Return an OpenAPI document with *paths*."""
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **members}


def query(name: str, **members: object) -> dict[str, Any]:
    """Return a query parameter of integers."""
    return {"name": name, "in": "query", "schema": INTEGER, **members}


@pytest.fixture
def only(contract: Contracts) -> Callable[..., Operation]:
    """Return a function that returns the one operation of a document."""

    def found(paths: object, **members: object) -> Operation:
        (operation,) = contract({"openapi.json": document(paths, **members)}).operations
        return operation

    return found


def test_operations_come_in_document_order(contract: Contracts) -> None:
    """Paths keep their order; the methods of one path come in that of the specification."""
    paths = {
        "/b": {"delete": {"responses": OK}, "get": {"responses": OK}},
        "/a": {"trace": {"responses": OK}},
        "x-y": {"get": 1},
    }
    loaded = contract({"openapi.json": document(paths)})
    assert ["GET /b", "DELETE /b", "TRACE /a"] == [item.id for item in loaded.operations]


@pytest.mark.parametrize("declared", [{}, {"operationId": ""}])
def test_operation_without_an_id_is_called_by_method_and_path(
    only: Callable[..., Operation], declared: dict[str, str]
) -> None:
    """Without an operationId, the method and path name the operation."""
    assert only({"/a/b": {"post": {**declared, "responses": OK}}}).id == "POST /a/b"


def test_operation_id_used_twice_is_refused(refusal: Refusals) -> None:
    """An operationId names one operation only."""
    paths = {
        "/a": {"get": {"operationId": "it", "responses": OK}},
        "/b": {"get": {"operationId": "it", "responses": OK}},
    }
    error = refusal({"openapi.json": document(paths)})
    assert error.place == "openapi.json:1#/paths/~1b/get"
    assert "'it'" in error.reason


def test_operation_overrides_parameters_of_its_path(only: Callable[..., Operation]) -> None:
    """A parameter of the operation replaces that of the path with the same name and location, and only that."""
    shared = [query("q"), {"name": "q", "in": "header", "schema": INTEGER}, query("r")]
    own = [query("q", required=True)]
    operation = only({"/a": {"parameters": shared, "get": {"parameters": own, "responses": OK}}})
    found = {(item.name, item.location): item.required for item in operation.parameters}
    assert found == {("q", "query"): True, ("q", "header"): False, ("r", "query"): False}


def test_header_parameters_are_told_apart_without_case(only: Callable[..., Operation]) -> None:
    """``x-a`` overrides ``X-A``, for header names have no case (RFC 9110, 5.1)."""
    shared = [{"name": "X-A", "in": "header", "schema": INTEGER}]
    own = [{"name": "x-a", "in": "header", "required": True, "schema": INTEGER}]
    operation = only({"/a": {"parameters": shared, "get": {"parameters": own, "responses": OK}}})
    assert [("x-a", True)] == [(item.name, item.required) for item in operation.parameters]


@pytest.mark.parametrize("name", ["Accept", "content-type", "Authorization"])
def test_header_that_openapi_ignores_is_no_parameter(only: Callable[..., Operation], name: str) -> None:
    """OpenAPI 3.1, 4.8.12.2.1: these header parameters SHALL be ignored; in a query they are like others."""
    parameters = [{"name": name, "in": "header", "schema": INTEGER}, query(name)]
    operation = only({"/a": {"get": {"parameters": parameters, "responses": OK}}})
    assert [(name, "query")] == [(item.name, item.location) for item in operation.parameters]


@pytest.mark.parametrize(
    ("declared", "style", "explode", "required"),
    [
        ({"in": "query"}, "form", True, False),
        ({"in": "cookie"}, "form", True, False),
        ({"in": "header"}, "simple", False, False),
        ({"in": "path", "required": True}, "simple", False, True),
        ({"in": "query", "style": "spaceDelimited"}, "spaceDelimited", False, False),
        ({"in": "query", "style": "deepObject", "explode": True}, "deepObject", True, False),
        ({"in": "query", "explode": False}, "form", False, False),
    ],
)
def test_parameter_has_the_defaults_of_its_location(
    only: Callable[..., Operation], declared: dict[str, Any], style: str, explode: bool, required: bool
) -> None:
    """Style and explode default as OpenAPI 3.1, 4.8.12.2, says."""
    parameter = {"name": "p", "schema": INTEGER, **declared}
    (found,) = only({"/a/{p}": {"get": {"parameters": [parameter], "responses": OK}}}).parameters
    assert (style, explode, required) == (found.style, found.explode, found.required)


def test_parameter_may_describe_content(contract: Contracts) -> None:
    """The schema of a parameter with ``content`` is that of its media type."""
    parameter = {"name": "p", "in": "query", "content": {"application/json": {"schema": INTEGER}}}
    loaded = contract(
        {"openapi.json": document({"/a": {"get": {"parameters": [parameter], "responses": OK}}})}
    )
    (found,) = loaded.operations[0].parameters_in("query")
    assert found.schema is not None
    assert loaded.library.follow(found.schema)[1] == INTEGER


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_everything_may_be_a_reference(contract: Contracts, version: str) -> None:
    """Parameters, bodies, responses, headers and schemas are read through references, in 3.0 and in 3.1."""
    components = {
        "schemas": {"S": INTEGER},
        "parameters": {"P": query("p", required=True)},
        "headers": {"H": {"required": True, "schema": {"$ref": "#/components/schemas/S"}}},
        "requestBodies": {
            "B": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}},
            }
        },
        "responses": {
            "R": {
                "description": "x",
                "headers": {
                    "X-H": {"$ref": "#/components/headers/H"},
                    "Content-Type": {"schema": {"type": "string"}},
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}},
            }
        },
    }
    post = {
        "parameters": [{"$ref": "#/components/parameters/P"}],
        "requestBody": {"$ref": "#/components/requestBodies/B"},
        "responses": {"201": {"$ref": "#/components/responses/R"}},
    }
    loaded = contract(
        {"openapi.json": document({"/a": {"post": post}}, version=version, components=components)}
    )
    (operation,) = loaded.operations
    assert operation.body is not None
    answer = operation.answers["201"]
    assert [("p", True)] == [(item.name, item.required) for item in operation.parameters]
    assert operation.body.required
    assert [("X-H", True)] == [(item.name, item.required) for item in answer.headers]
    schemas = [operation.parameters[0].schema, operation.body.media_types[0].schema, answer.headers[0].schema]
    for schema in [*schemas, answer.media_types[0].schema]:
        assert schema is not None
        assert loaded.library.follow(schema)[1] == INTEGER


def test_path_item_may_stand_in_another_file(contract: Contracts) -> None:
    """References of a foreign path item are relative to its own file."""
    item = {
        "parameters": [{"$ref": "parts.json#/p"}],
        "get": {"responses": {"200": {"$ref": "../openapi.json#/components/responses/R"}}},
    }
    main = document({"/a": {"$ref": "paths/a.json"}}, components={"responses": {"R": {"description": "x"}}})
    loaded = contract({"openapi.json": main, "paths/a.json": item, "paths/parts.json": {"p": query("p")}})
    (operation,) = loaded.operations
    assert [("p", "query")] == [(item.name, item.location) for item in operation.parameters]
    assert operation.place == "paths/a.json#/get"
    assert list(operation.answers) == ["200"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_operations_beside_a_path_reference_are_refused(refusal: Refusals, version: str) -> None:
    """What a path item with both means, OpenAPI leaves undefined (3.1, 4.8.9.1)."""
    paths = {"/a": {"$ref": "#/paths/~1b", "get": {"responses": OK}}, "/b": {"post": {"responses": OK}}}
    assert refusal({"openapi.json": document(paths, version=version)}).place == "openapi.json:1#/paths/~1a"


@pytest.mark.parametrize(
    ("members", "files", "place"),
    [
        ({"parameters": [{"$ref": "#/components/schemas/S"}]}, {}, "openapi.json:1#/components/schemas/S"),
        (
            {"parameters": [{"$ref": "#/components/schemas/True"}]},
            {},
            "openapi.json:1#/components/schemas/True",
        ),
        (
            {"requestBody": {"$ref": "#/components/schemas/True"}},
            {},
            "openapi.json:1#/components/schemas/True",
        ),
        (
            {"responses": {"200": {"$ref": "#/components/schemas/True"}}},
            {},
            "openapi.json:1#/components/schemas/True",
        ),
        (
            {"parameters": [{"$ref": "x.json"}]},
            {"x.json": {"name": 5, "in": "query", "schema": {}}},
            "x.json:1#/name",
        ),
        ({"parameters": [{"$ref": "x.json"}]}, {"x.json": {"name": "p", "in": "body"}}, "x.json:1#/in"),
        ({"responses": {"200": {"$ref": "x.json"}}}, {"x.json": {"content": [1]}}, "x.json:1#/content"),
        ({"responses": {"200": {"$ref": "x.json#/r"}}}, {"x.json": {"r": [1]}}, "x.json:1#/r"),
        (
            {"requestBody": {"$ref": "x.json"}},
            {"x.json": {"content": {"application/json": []}}},
            "x.json:1#/content/application~1json",
        ),
        (
            {"requestBody": {"$ref": "x.json"}},
            {"x.json": {"content": {"a/b": {"schema": {"type": "strin"}}}}},
            "x.json:1#/content/a~1b/schema/type",
        ),
    ],
)
def test_reference_to_another_kind_of_thing_is_refused(
    refusal: Refusals, members: dict[str, Any], files: dict[str, object], place: str
) -> None:
    """What stands in a file or behind a reference is held against what should stand there."""
    components = {"schemas": {"S": INTEGER, "True": True}}
    operation = {"responses": OK, **members}
    error = refusal({"openapi.json": document({"/a": {"post": operation}}, components=components), **files})
    assert place == error.place


def test_answer_is_the_most_exact_one(only: Callable[..., Operation]) -> None:
    """A status has the answer of its code, else of its range, else the default one, else none."""
    answers = {key: {"description": key} for key in ("404", "4XX", "default")}
    operation = only({"/a": {"get": {"responses": answers}}})
    expected = {404: "404", 400: "4XX", 499: "4XX", 500: "default", 200: "default"}
    assert expected == {status: getattr(operation.answer(status), "status", None) for status in expected}
    bare = only({"/a": {"get": {"responses": {"200": {"description": "x"}}}}})
    assert bare.answer(404) is None


def test_status_that_yaml_reads_as_a_number_is_one(contract: Contracts) -> None:
    """``200:`` without quotes is a response like ``"200":``, and extensions are none."""
    text = (
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n"
        "        200: {description: x}\n        default: {description: y}\n        x-more: 1\n"
    )
    assert ["200", "default"] == list(contract({"openapi.yaml": text}).operations[0].answers)


@pytest.mark.parametrize(
    ("content_type", "declared"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ("application/problem+json", "application/*"),
        ("text/html", "*/*"),
        ("text/plain; charset=utf-8", "text/plain; charset=ascii"),
        (None, None),
    ],
)
def test_media_type_is_matched_from_exact_to_wild(content_type: str | None, declared: str | None) -> None:
    """The most exact declared media type wins, without case and parameters (RFC 9110, 8.3.1)."""
    names = ["*/*", "application/*", "application/json", "text/plain; charset=ascii"]
    operation_answer = _answer(names)
    found = operation_answer.media_type(content_type)
    assert declared == (found.name if found else None)


def _answer(names: list[str]) -> Answer:
    from accord.contract.openapi import MediaType  # noqa: PLC0415

    types = tuple(MediaType(name=name, schema=None, uri="", encoding={}) for name in names)
    return Answer(status="200", media_types=types, headers=(), uri="")


def test_media_type_that_is_not_declared_is_none() -> None:
    """A content type outside of what is declared is matched by nothing."""
    assert _answer(["application/*"]).media_type("applications/x") is None
    assert _answer([]).media_type("text/plain") is None


SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "token": {"type": "http", "scheme": "bearer"},
}


@pytest.mark.parametrize(
    ("root", "own", "alternatives", "secured"),
    [
        ([{"key": []}], None, (("key",),), True),
        ([{"key": []}], [], (), False),
        ([{"key": []}], [{"token": []}], (("token",),), True),
        (None, [{"key": [], "token": []}], (("key", "token"),), True),
        (None, [{"key": []}, {"token": []}], (("key",), ("token",)), True),
        (None, [{"key": []}, {}], (("key",), ()), False),
        (None, None, (), False),
    ],
)
def test_security_is_inherited_and_overridden(
    only: Callable[..., Operation], root: Any, own: Any, alternatives: Any, secured: bool
) -> None:
    """An operation's own security replaces the document's; alternatives are OR, their members AND, ``{}`` is anybody."""
    members = {"components": {"securitySchemes": SCHEMES}} | ({} if root is None else {"security": root})
    get: dict[str, Any] = {"responses": OK} | ({} if own is None else {"security": own})
    operation = only({"/a": {"get": get}}, **members)
    assert (alternatives, secured) == (operation.security, operation.secured)


def test_security_scheme_that_is_not_declared_is_refused(refusal: Refusals) -> None:
    """OpenAPI 3.1, 4.8.30.1: the name must be that of a declared scheme."""
    paths = {"/a": {"get": {"security": [{"nothing": []}], "responses": OK}}}
    error = refusal({"openapi.json": document(paths)})
    assert error.place == "openapi.json:1#/paths/~1a/get"
    assert "'nothing'" in error.reason


def test_security_scheme_may_be_a_reference(contract: Contracts) -> None:
    """A scheme in another file is read like one here."""
    main = document({"/a": {"get": {"security": [{"key": []}], "responses": OK}}})
    main["components"] = {"securitySchemes": {"key": {"$ref": "schemes.json#/key"}}}
    loaded = contract({"openapi.json": main, "schemes.json": SCHEMES})
    assert ("apiKey", "X-Key") == (
        loaded.security_schemes["key"].type,
        loaded.security_schemes["key"].definition["name"],
    )


class _Item(BaseModel):
    name: str
    price: float | None = None
    parent: _Item | None = None


def _plain_app() -> FastAPI:
    app = FastAPI()

    @app.get("/items/{item_id}")
    def read(item_id: int = Path(ge=1), q: list[str] = Query(default=[]), x_token: str = Header()) -> _Item:
        return _Item(name="a")

    @app.post("/items", status_code=201, responses={409: {"description": "there"}})
    def create(item: _Item) -> _Item:
        return item

    return app


def _secured_app() -> FastAPI:
    app = FastAPI(title="Sécurité", separate_input_output_schemas=False)
    token = OAuth2PasswordBearer("login")

    @app.get("/me")
    def me(_: str = Depends(token), __: object = Depends(APIKeyHeader(name="X-Key"))) -> dict[str, str]:
        return {}

    @app.put("/me", dependencies=[Depends(HTTPBearer())])
    def put_me(a: int = Body(), b: _Item | None = None) -> None:
        del a, b

    return app


def _upload_app() -> FastAPI:
    app = FastAPI(openapi_url="/x.json")

    @app.post("/files", operation_id="upload \N{WAVE DASH}")
    def upload(file: UploadFile, note: str | None = None) -> None:
        del file, note

    return app


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (_plain_app(), {"GET /items/{item_id}": ["200", "422"], "POST /items": ["201", "409", "422"]}),
        (_secured_app(), {"GET /me": ["200"], "PUT /me": ["200", "422"]}),
        (_upload_app(), {"POST /files": ["200", "422"]}),
    ],
)
def test_document_of_fastapi_loads(contract: Contracts, app: FastAPI, expected: dict[str, list[str]]) -> None:
    """What FastAPI generates is read: its operations, statuses, and schemas that compile."""
    loaded = contract({"openapi.json": app.openapi()})
    found = {f"{item.method} {item.path}": sorted(item.answers) for item in loaded.operations}
    assert expected == found
    for operation in loaded.operations:
        for schema in _schemas(operation):
            loaded.library.validator(schema)


def _schemas(operation: Operation) -> list[str]:
    holders: list[Any] = [*operation.parameters, *(operation.body.media_types if operation.body else ())]
    for answer in operation.answers.values():
        holders += answer.media_types
    return [item.schema for item in holders if item.schema is not None]


FLASK = """
openapi: 3.0.3
info: {title: Petstore, version: 1.0.0, license: {name: MIT}}
servers:
  - url: https://{host}/v1
    variables: {host: {default: example.com, enum: [example.com]}}
tags: [{name: pets, description: All pets}]
paths:
  /pets/{pet_id}:
    parameters:
      - {in: path, name: pet_id, required: true, schema: {type: integer, minimum: 1, nullable: false}}
    get:
      tags: [pets]
      responses:
        '200':
          description: A pet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              example: {name: Rex, tag: null}
        default: {$ref: '#/components/responses/DEFAULT_ERROR'}
    patch:
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses:
        4XX: {$ref: '#/components/responses/DEFAULT_ERROR'}
        '204': {description: Done}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string}
        tag: {type: string, nullable: true}
        age: {type: number, minimum: 0, exclusiveMinimum: true}
        owner: {allOf: [{$ref: '#/components/schemas/Owner'}], nullable: true}
      required: [name]
    Owner: {type: object, properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Error: {type: object, properties: {code: {type: integer}, errors: {type: object, additionalProperties: {}}}}
  responses:
    DEFAULT_ERROR: {description: Error, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
"""


def test_document_of_flask_loads(contract: Contracts) -> None:
    """A 3.0.3 document as flask-smorest and apispec write it is read in the terms of 3.1."""
    loaded = contract({"openapi.yaml": FLASK})
    get, patch = loaded.operations
    assert [["200", "default"], ["4XX", "204"]] == [list(get.answers), list(patch.answers)]
    schema = get.answers["200"].media_types[0].schema
    assert schema is not None
    accepts = loaded.library.validator(schema).is_valid
    good = [
        {"name": "Rex", "tag": None},
        {"name": "Rex", "owner": None},
        {"name": "Rex", "owner": {"pets": [{"name": "x"}]}},
    ]
    bad = [{}, {"name": None}, {"name": "Rex", "age": 0}, {"name": "Rex", "owner": {"pets": [{}]}}]
    assert [True] * len(good) + [False] * len(bad) == [accepts(value) for value in [*good, *bad]]


def test_parameter_values_are_frozen(only: Callable[..., Operation]) -> None:
    """What is read is a value: nobody can change it."""
    parameter: Parameter = only({"/a": {"get": {"parameters": [query("q")], "responses": OK}}}).parameters[0]
    with pytest.raises(AttributeError):
        parameter.name = "other"  # type: ignore[misc]


def test_query_and_other_methods_are_operations(contract: Contracts) -> None:
    """OpenAPI 3.2 has QUERY, and a map of operations by the method as it is sent; in arguments the latter come last."""
    item = {
        "query": {"operationId": "find", "responses": OK},
        "additionalOperations": {"COPY": {"responses": OK}, "mkcol": {"responses": OK}},
        "get": {"responses": OK},
    }
    found = contract({"openapi.json": document({"/a": item}, version="3.2.0")}).operations
    assert [("GET /a", "GET"), ("find", "QUERY"), ("COPY /a", "COPY"), ("mkcol /a", "mkcol")] == [
        (operation.id, operation.method) for operation in found
    ]
    assert found[2].place == "openapi.json#/paths/~1a/additionalOperations/COPY"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("member", [{"query": {"responses": OK}}, {"additionalOperations": {}}])
def test_methods_of_3_2_are_refused_before_it(refusal: Refusals, version: str, member: object) -> None:
    """Before 3.2, no such member is known."""
    error = refusal({"openapi.json": document({"/a": member}, version=version)})
    assert error.place == "openapi.json:1#/paths/~1a"


@pytest.mark.parametrize("method", ["GET", "QUERY", "TRACE"])
def test_method_with_a_member_of_its_own_is_no_additional_one(refusal: Refusals, method: str) -> None:
    """The map must not name what another member describes (OpenAPI 3.2, 4.9.1)."""
    item = {"additionalOperations": {method: {"responses": OK}}}
    error = refusal({"openapi.json": document({"/a": item}, version="3.2.0")})
    assert "additionalOperations" in error.place


def test_additional_operations_beside_a_reference_are_refused(refusal: Refusals) -> None:
    """What they and the path item that is referred to mean together is not defined."""
    item = {"$ref": "#/components/pathItems/p", "additionalOperations": {"COPY": {"responses": OK}}}
    error = refusal({"a.json": document({"/a": item}, version="3.2.0", components={"pathItems": {"p": {}}})})
    assert "beside a $ref" in error.reason


def test_the_whole_query_is_one_parameter(only: Callable[..., Operation]) -> None:
    """A parameter in ``querystring`` has the schema of its media type."""
    content = {"application/json": {"schema": INTEGER}}
    parameters = [{"name": "q", "in": "querystring", "content": content}]
    (found,) = only({"/a": {"get": {"parameters": parameters, "responses": OK}}}, version="3.2.0").parameters
    assert ("querystring", False) == (found.location, found.required)
    assert (
        found.schema == "contract:/openapi.json#/paths/~1a/get/parameters/0/content/application~1json/schema"
    )


@pytest.mark.parametrize(
    "others",
    [
        [{"name": "a", "in": "query", "schema": {}}],
        [{"name": "r", "in": "querystring", "content": {"a/b": {}}}],
    ],
)
def test_the_whole_query_has_no_other_parameter(refusal: Refusals, others: list[object]) -> None:
    """Beside a parameter in ``querystring`` stands none in ``query``, and no second one (OpenAPI 3.2, 4.12.1)."""
    parameters = [{"name": "q", "in": "querystring", "content": {"a/b": {}}}, *others]
    paths = {"/a": {"get": {"parameters": parameters, "responses": OK}}}
    error = refusal({"openapi.json": document(paths, version="3.2.0")})
    assert error.place == "openapi.json:1#/paths/~1a/get/parameters"


def test_the_whole_query_has_no_other_parameter_of_its_path(refusal: Refusals) -> None:
    """Nor does one of the path item stand beside it, which no JSON Schema can tell."""
    item = {
        "parameters": [{"name": "a", "in": "query", "schema": {}}],
        "get": {
            "parameters": [{"name": "q", "in": "querystring", "content": {"a/b": {}}}],
            "responses": OK,
        },
    }
    error = refusal({"openapi.json": document({"/a": item}, version="3.2.0")})
    assert "querystring" in error.reason
    assert error.place == "openapi.json:1#/paths/~1a/get"


@pytest.mark.parametrize(("style", "explode"), [("form", True), ("cookie", True)])
def test_cookies_are_taken_apart_as_usual(
    only: Callable[..., Operation], style: str, explode: object
) -> None:
    """The styles ``form`` and ``cookie`` explode, unless it is said otherwise."""
    parameters = [{"name": "c", "in": "cookie", "style": style, "schema": INTEGER}]
    (found,) = only({"/a": {"get": {"parameters": parameters, "responses": OK}}}, version="3.2.0").parameters
    assert (style, explode) == (found.style, found.explode)


def test_media_types_are_followed(only: Callable[..., Operation]) -> None:
    """A body, an answer, a header and a parameter may refer to a media type of the components."""
    content = {"application/json": {"$ref": "#/components/mediaTypes/n"}}
    paths = {
        "/a": {
            "post": {
                "parameters": [{"name": "q", "in": "query", "content": content}],
                "requestBody": {"content": content},
                "responses": {"200": {"content": content, "headers": {"H": {"content": content}}}},
            }
        }
    }
    operation = only(paths, version="3.2.0", components={"mediaTypes": {"n": {"schema": INTEGER}}})
    answer = operation.answers["200"]
    assert operation.body is not None
    assert {"contract:/openapi.json#/components/mediaTypes/n/schema"} == {
        operation.parameters[0].schema,
        operation.body.media_types[0].schema,
        answer.media_types[0].schema,
        answer.headers[0].schema,
    }


def test_items_have_a_schema_of_their_own(only: Callable[..., Operation]) -> None:
    """Of a sequence, the schema of each item is read beside that of the whole; before 3.2 nothing is one."""
    content = {"application/jsonl": {"itemSchema": INTEGER}, "application/json": {"schema": INTEGER}}
    lines, other = (
        only({"/a": {"get": {"responses": {"200": {"content": content}}}}}, version="3.2.0")
        .answers["200"]
        .media_types
    )
    assert ("/itemSchema", None, True) == (str(lines.item)[-11:], lines.schema, lines.sequence)
    assert (None, False) == (other.item, other.sequence)
    before = {"200": {"description": "x", "content": {"application/jsonl": {"schema": INTEGER}}}}
    (known,) = only({"/a": {"get": {"responses": before}}}).answers["200"].media_types
    assert not known.sequence


def test_schema_of_items_that_cannot_be_used_is_told_at_once(refusal: Refusals) -> None:
    """As that of a whole body, it is compiled when the contract is read."""
    content = {"application/jsonl": {"itemSchema": {"pattern": "("}}}
    paths = {"/a": {"get": {"responses": {"200": {"content": content}}}}}
    error = refusal({"openapi.json": document(paths, version="3.2.0")})
    assert "not a usable JSON Schema" in error.reason
