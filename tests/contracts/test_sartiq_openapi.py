"""The OpenAPI document: valid, complete, and its examples and links true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest

from .documents import (
    CONTRACT,
    SOME_ID,
    errors,
    followed,
    openapi,
    operations,
    references,
    resolve,
    validator,
    vendored,
)

SOURCES = {"examples-page", "websocket-page", "reference", "assumption"}
STATUSES = {
    "login_access_token": "200 400 401 422",
    "test_token": "200 401",
    "read_user_me": "200 401",
    "list_products": "200 401 422",
    "create_product": "200 400 401 403 422",
    "read_product": "200 401 404 422",
    "upload_product_image": "200 400 401 403 404 413 415 422",
    "list_shootings": "200 401 422",
    "create_shooting": "200 400 401 403 404 422",
    "read_shooting": "200 401 404 422",
    "add_look": "200 400 401 403 404 409 422",
    "list_shots": "200 401 422",
    "read_shot": "200 401 404 422",
    "generate_shot": "200 400 401 403 404 409 422",
    "approve_shot": "200 400 401 403 404 409 422",
    "reject_shot": "200 400 401 403 404 409 422",
    "read_generation": "200 401 404 422",
    "list_brands": "200 401 422",
    "list_subjects": "200 401 422",
    "list_styles": "200 401 422",
    "list_shot_types": "200 401 422",
    "list_generation_models": "200 422",
    "get_websocket_message": "200",
}
PUBLIC = {"login_access_token", "list_generation_models", "get_websocket_message"}


def responses(operation_id: str) -> dict[str, Any]:
    """Return the responses of an operation, references followed."""
    return {status: followed(one) for status, one in operations()[operation_id][2]["responses"].items()}


def body(operation_id: str) -> tuple[str, Any]:
    """Return the media type and the Media Type Object of the request body of an operation."""
    ((media_type, media),) = operations()[operation_id][2]["requestBody"]["content"].items()
    return media_type, media


def example_values(holder: Any) -> Iterator[tuple[str, Any]]:
    """Yield the examples of a parameter, header or media type."""
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield name, followed(example)["value"]


def examples(operation_id: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield each example of an operation: where, schema, value."""
    operation = operations()[operation_id][2]
    holders = [(one["name"], one) for one in operation["parameters"]]
    holders += [("body", media) for media in operation.get("requestBody", {}).get("content", {}).values()]
    for status, response in responses(operation_id).items():
        holders += [(status, media) for media in response["content"].values()]
        holders += [(f"{status} {name}", followed(one)) for name, one in response.get("headers", {}).items()]
    for where, holder in holders:
        for name, value in example_values(holder):
            yield f"{where} {name}", holder["schema"], value


def links() -> Iterator[tuple[str, str, Any]]:
    """Yield each link: where, the operation it comes from, the Link Object."""
    for operation_id in operations():
        for response in responses(operation_id).values():
            for name, link in response.get("links", {}).items():
                yield f"{operation_id} {name}", operation_id, link


LINKS = {where: (source, link) for where, source, link in links()}


def test_the_document_is_valid() -> None:
    """The document is valid under the official schema, Schema Objects included."""
    assert [] == errors(vendored("openapi-3.1.json"), openapi())


def test_a_second_validator_agrees() -> None:
    """openapi-spec-validator, which follows references into the other file, finds nothing either."""
    judge = openapi_spec_validator.OpenAPIV31SpecValidator(
        openapi(), base_uri=(CONTRACT / "openapi.yaml").as_uri()
    )
    assert [] == list(judge.iter_errors())


def test_every_reference_resolves() -> None:
    """Each `$ref` names something that is there."""
    for reference in references(openapi()):
        assert resolve(reference, "openapi.yaml") is not None


def test_every_component_is_used() -> None:
    """No component stands there for nobody."""
    named = {
        f"#/components/{kind}/{name}"
        for kind, components in openapi()["components"].items()
        if kind != "securitySchemes"
        for name in components
    }
    assert set() == named - set(references(openapi()))


def test_every_operation_has_every_status_of_its_kind() -> None:
    """Each operation declares exactly the statuses that it can answer with."""
    assert STATUSES == {name: " ".join(sorted(responses(name))) for name in operations()}


def test_only_three_operations_are_public() -> None:
    """All operations but the log-in, the models and the schema need a token."""
    assert PUBLIC == {
        name for name, (_, _, operation) in operations().items() if operation.get("security") == []
    }


@pytest.mark.parametrize("operation_id", operations())
def test_every_401_says_how_to_authenticate(operation_id: str) -> None:
    """A 401 has the required header WWW-Authenticate."""
    if "401" in responses(operation_id):
        assert followed(responses(operation_id)["401"]["headers"]["WWW-Authenticate"])["required"]


@pytest.mark.parametrize("operation_id", operations())
def test_only_a_422_has_a_list_of_details(operation_id: str) -> None:
    """The detail of an error is a string, and for 422 a list."""
    for status, response in responses(operation_id).items():
        if status != "200":
            expected = "array" if status == "422" else "string"
            schema = followed(response["content"]["application/json"]["schema"])
            assert ["detail"] == schema["required"]
            assert expected == schema["properties"]["detail"]["type"]


@pytest.mark.parametrize("operation_id", operations())
def test_every_operation_says_what_it_is(operation_id: str) -> None:
    """Each operation has one tag that is declared, a summary and the parameters that its path names."""
    _, path, operation = operations()[operation_id]
    assert operation["summary"]
    (tag,) = operation["tags"]
    assert tag in {one["name"] for one in openapi()["tags"]}
    assert set(re.findall(r"{(\w+)}", path)) == {
        one["name"] for one in operation["parameters"] if one["in"] == "path"
    }


def test_every_part_names_its_source() -> None:
    """Each operation, parameter, response, header, schema and property says what gives it its shape."""
    parts: dict[str, Any] = {
        f"operation {name}": operation for name, (_, _, operation) in operations().items()
    }
    for name, (_, _, operation) in operations().items():
        parts |= {f"{name} {one['name']}": one for one in operation["parameters"]}
        parts |= {f"{name} {status}": one for status, one in responses(name).items()}
    for kind in ("schemas", "parameters", "responses", "headers", "securitySchemes"):
        parts |= {f"{kind} {name}": one for name, one in openapi()["components"][kind].items()}
    for name, schema in openapi()["components"]["schemas"].items():
        for layer in [schema, *schema.get("allOf", [])]:
            parts |= {f"{name}.{member}": one for member, one in layer.get("properties", {}).items()}
    assert {} == {
        where: part.get("x-source") for where, part in parts.items() if part.get("x-source") not in SOURCES
    }


def test_every_member_of_a_response_is_required() -> None:
    """A response schema requires each of its members, but for the two that a validation error may leave out."""
    optional = {}
    for name in reachable_from_responses():
        schema = openapi()["components"]["schemas"][name]
        for layer in [schema, *schema.get("allOf", [])]:
            left = set(layer.get("properties", {})) - set(layer.get("required", []))
            if left:
                optional[name] = left
    assert {"ValidationError": {"input", "ctx"}} == optional


def reachable_from_responses() -> set[str]:
    """Return the component schemas that a response can hold."""
    prefix = "#/components/schemas/"
    todo = [
        one for name in operations() for response in responses(name).values() for one in references(response)
    ]
    seen: set[str] = set()
    while todo:
        name = todo.pop().removeprefix(prefix)
        if name in openapi()["components"]["schemas"] and name not in seen:
            seen.add(name)
            todo += references(openapi()["components"]["schemas"][name])
    return seen


@pytest.mark.parametrize("operation_id", operations())
def test_every_example_is_valid(operation_id: str) -> None:
    """Each example of an operation is valid under the schema that it stands beside, formats included."""
    for where, schema, value in examples(operation_id):
        assert (where, []) == (where, errors(validator(schema), value))


@pytest.mark.parametrize(
    "operation_id", [name for name, one in operations().items() if "requestBody" in one[2]]
)
def test_every_body_but_the_upload_has_an_example(operation_id: str) -> None:
    """Each request body has an example, but a file cannot stand in the document."""
    media_type, media = body(operation_id)
    assert (media_type != "multipart/form-data") == bool(media.get("examples"))


@pytest.mark.parametrize("where", LINKS)
def test_every_link_leads_to_an_operation(where: str) -> None:
    """Each link names an operation and gives every path parameter of it."""
    _, link = LINKS[where]
    parameters = operations()[link["operationId"]][2]["parameters"]
    given = {name.rpartition(".")[2] for name in link.get("parameters", {})}
    assert given <= {one["name"] for one in parameters}
    assert {one["name"] for one in parameters if one["in"] == "path"} <= given


@pytest.mark.parametrize("where", LINKS)
def test_every_expression_of_a_link_finds_something(where: str) -> None:
    """Each runtime expression of a link names a parameter of the request or a member of the response schema."""
    source, link = LINKS[where]
    _, _, operation = operations()[source]
    for expression in re.findall(r"\$re(?:quest|sponse)[^\"}]+", json.dumps(link)):
        if expression.startswith("$request.path."):
            assert expression.removeprefix("$request.path.") in {
                one["name"] for one in operation["parameters"]
            }
        else:
            schema = responses(source)["200"]["content"]["application/json"]["schema"]
            assert member(schema, expression.removeprefix("$response.body#/").split("/"))


def member(schema: Any, tokens: list[str], within: str = "openapi.yaml") -> bool:
    """Tell whether a schema names the member that the tokens of a pointer lead to."""
    while "$ref" in schema:
        schema, within = resolve(schema["$ref"], within)
    if not tokens:
        return True
    head, *rest = tokens
    if head in schema.get("properties", {}) and member(schema["properties"][head], rest, within):
        return True
    if head.isdecimal() and "items" in schema and member(schema["items"], rest, within):
        return True
    return any(member(part, tokens, within) for part in schema.get("allOf", []))


@pytest.mark.parametrize("where", [where for where, (_, link) in LINKS.items() if "requestBody" in link])
def test_every_body_of_a_link_is_valid(where: str) -> None:
    """The request body of a link, an id put for each expression, is valid for the operation that it leads to."""
    _, link = LINKS[where]
    value = json.loads(re.sub(r"{\$[^}]*}", SOME_ID, json.dumps(link["requestBody"])))
    assert [] == errors(validator(body(link["operationId"])[1]["schema"]), value)


@pytest.mark.parametrize(
    ("operation_id", "value"),
    [
        ("login_access_token", {"username": "a"}),
        ("login_access_token", {"username": "a", "password": "b", "grant_type": "code"}),
        ("create_product", {"name": "", "sku": "s", "category": "c"}),
        ("create_product", {"name": "n" * 256, "sku": "s", "category": "c"}),
        ("create_product", {"name": "n", "sku": "s" * 65, "category": "c"}),
        ("create_product", {"name": "n", "sku": "s"}),
        ("create_product", {"name": 5, "sku": "s", "category": "c"}),
        ("create_shooting", {"name": "n", "brand_id": "brand-uuid"}),
        ("create_shooting", {"name": "n", "brand_id": SOME_ID.replace("-", "")}),
        ("create_shooting", {"name": "n", "brand_id": SOME_ID, "due_date": "2024-05-31T18:00:00"}),
        (
            "add_look",
            {"main_product_id": SOME_ID, "subject_id": SOME_ID, "style_id": SOME_ID, "shot_type_ids": []},
        ),
        ("generate_shot", {"num_predictions": 0}),
        ("generate_shot", {"num_predictions": 9}),
        ("generate_shot", {"num_predictions": True}),
        ("approve_shot", {"prediction_id": None}),
        ("reject_shot", {"notes": "n" * 2001}),
    ],
)
def test_a_body_outside_the_limits_is_invalid(operation_id: str, value: Any) -> None:
    """The limits of the request schemas are in force."""
    assert [] != errors(validator(body(operation_id)[1]["schema"]), value)


def test_an_integer_may_be_written_with_a_fraction_of_zero() -> None:
    """5.0 is an integer (JSON Schema 2020-12, section 4.2.3)."""
    assert [] == errors(validator(body("generate_shot")[1]["schema"]), {"num_predictions": 5.0})


def test_unknown_members_are_allowed() -> None:
    """Objects are open."""
    value = {"name": "n", "sku": "s", "category": "c", "colour": "red"}
    assert [] == errors(validator(body("create_product")[1]["schema"]), value)
