"""The message schemas: as the page prints them, and such that a message is of one kind only."""

import copy
from itertools import combinations
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from .documents import DATA, messages, references, resolve

SOURCES = {"examples-page", "websocket-page", "reference", "assumption"}
VARIANTS = ("GenerationMessage", "ShotMessage", "AuthSuccessMessage", "AuthErrorMessage")
YES = jsonschema_rs.canonical.Satisfiability.YES
NO = jsonschema_rs.canonical.Satisfiability.NO
TYPES = {
    "string": {"type": "string"},
    "string(uuid)": {"type": "string", "format": "uuid"},
    "string(date-time)": {"type": "string", "format": "date-time"},
    "string()": {"type": "string", "format": "email"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
}
CONSTANTS = {("AuthSuccessMessage", "type"): "auth_success", ("AuthErrorMessage", "type"): "auth_error"}


def printed() -> dict[str, list[tuple[str, str]]]:
    """Return the schema tables of the page: schema name to the rows, each a member name and the rest."""
    lines = [
        line
        for line in (DATA / "websocket-page-schemas.txt").read_text(encoding="utf-8").splitlines()
        if line
    ]
    tables: dict[str, list[tuple[str, str]]] = {}
    rows: list[tuple[str, str]] = []
    for line, following in zip(lines[1:], [*lines[2:], ""], strict=True):
        if following == "Name Type Description" or following.startswith("Type: "):
            rows = tables[line] = []
        elif line != "Name Type Description" and not line.startswith("Type: "):
            name, _, rest = line.partition(" ")
            rows.append((name, rest))
    return tables


TABLES = printed()
NOTES = {"x-source", "description"}


def rooted(document: Any, name: str) -> Any:
    """Return the schema of one definition, with all the others at hand."""
    return {**document, "$ref": f"#/$defs/{name}"}


def overlap(document: Any, first: str, second: str) -> jsonschema_rs.canonical.Satisfiability:
    """Tell whether a value is valid under both definitions."""
    one, other = (
        jsonschema_rs.canonicalize(rooted(document, name), validate_formats=True, offline=True)
        for name in (first, second)
    )
    return one.intersect(other).satisfiability()


def discriminants(name: str) -> set[str]:
    """Return the values that `type` may have in a message."""
    schema = messages()["$defs"][name]["properties"]["type"]
    while "$ref" in schema:
        schema, _ = resolve(schema["$ref"], "messages.schema.json")
    return {schema["const"]} if "const" in schema else set(schema["enum"])


def as_printed() -> Any:
    """Return the schemas with `type: string` on both answers to the authentication, as the page has them."""
    document = copy.deepcopy(messages())
    for name in ("AuthSuccessMessage", "AuthErrorMessage"):
        document["$defs"][name]["properties"]["type"] = {"type": "string"}
    return document


def test_the_document_is_valid() -> None:
    """The document is valid under the schema of JSON Schema 2020-12, in two implementations."""
    jsonschema_rs.meta.validate(messages())
    jsonschema.Draft202012Validator.check_schema(messages())


def test_every_reference_resolves() -> None:
    """Each `$ref` names a definition of the same document."""
    for reference in references(messages()):
        assert reference.startswith("#/$defs/")
        assert resolve(reference, "messages.schema.json")


def test_every_schema_of_the_page_is_there() -> None:
    """The definitions are the page's schemas, under their names, and the message of the client."""
    assert {*TABLES, "AuthenticateMessage"} == set(messages()["$defs"])
    assert "ErrorCategory-Output" in TABLES


@pytest.mark.parametrize("schema", TABLES)
def test_every_member_of_the_page_is_there_and_required(schema: str) -> None:
    """The rows of a table of the page are the properties of the schema, and each is required."""
    names = {name for name, _ in TABLES[schema]}
    assert names == set(messages()["$defs"][schema].get("properties", {}))
    assert names == set(messages()["$defs"][schema].get("required", []))


@pytest.mark.parametrize("schema", [name for name in TABLES if name != "WebSocketMessage"])
def test_every_printed_type_is_kept(schema: str) -> None:
    """A type or description that the page prints is the property's; where it prints none, null is allowed."""
    for name, rest in TABLES[schema]:
        part = messages()["$defs"][schema]["properties"][name]
        expected = shape_of(rest)
        if (schema, name) in CONSTANTS:
            expected |= {"const": CONSTANTS[schema, name]}
        if expected:
            assert (name, expected) == (name, {key: value for key, value in part.items() if key not in NOTES})
        else:
            assert allows_null(part), name
            assert (name, rest) == (name, part.get("description", ""))


def shape_of(printed_type: str) -> dict[str, Any]:
    """Return the schema of a type that the page prints; nothing where it prints none."""
    kind = printed_type.split(" ", maxsplit=1)[0]
    if kind.startswith("Array<"):
        return {"type": "array", "items": shape_of(kind.removeprefix("Array<").removesuffix(">"))}
    if kind in TABLES:
        return {"$ref": f"#/$defs/{kind}"}
    return dict(TYPES.get(kind, {}))


def allows_null(schema: Any) -> bool:
    """Tell whether null is one of the types that a property lists."""
    return "null" in schema.get("type", []) or {"type": "null"} in schema.get("anyOf", [])


def test_every_part_names_its_source() -> None:
    """Each definition and each property says what gives it its shape."""
    parts = dict(messages()["$defs"])
    for name, schema in messages()["$defs"].items():
        parts |= {f"{name}.{member}": part for member, part in schema.get("properties", {}).items()}
    assert {} == {
        where: part.get("x-source") for where, part in parts.items() if part.get("x-source") not in SOURCES
    }


def test_the_union_is_that_of_the_page() -> None:
    """The union has the four messages of the page, in its order."""
    union = messages()["$defs"]["WebSocketMessage"]["properties"]["data"]["anyOf"]
    assert [f"#/$defs/{name}" for name in VARIANTS] == [one["$ref"] for one in union]


def test_the_discriminants_are_disjoint() -> None:
    """No value of `type` belongs to two messages, that of the client included."""
    values = [value for name in (*VARIANTS, "AuthenticateMessage") for value in discriminants(name)]
    assert len(values) == len(set(values))


@pytest.mark.parametrize(("first", "second"), list(combinations((*VARIANTS, "AuthenticateMessage"), 2)))
def test_no_value_is_two_messages(first: str, second: str) -> None:
    """No value at all is valid under two messages: this is proven, not sampled."""
    assert overlap(messages(), first, second) is NO


@pytest.mark.parametrize("name", VARIANTS)
def test_every_message_can_be_sent(name: str) -> None:
    """Each message has values."""
    canonical = jsonschema_rs.canonicalize(rooted(messages(), name), validate_formats=True, offline=True)
    assert canonical.satisfiability() is not NO


def test_the_union_as_printed_is_ambiguous() -> None:
    """With `type: string` on both answers to the authentication, as the page has it, one value is both."""
    assert overlap(as_printed(), "AuthSuccessMessage", "AuthErrorMessage") is YES
    both = {
        "type": "auth_error",
        "error": "x",
        "context": "organization",
        "user_id": "u",
        "organization_id": None,
    }
    for name in ("AuthSuccessMessage", "AuthErrorMessage"):
        assert jsonschema_rs.validator_for(rooted(as_printed(), name), validate_formats=True).is_valid(both)


def test_the_constants_tell_the_answers_apart() -> None:
    """The same value is only one message once `type` is a constant."""
    both = {
        "type": "auth_error",
        "error": "x",
        "context": "organization",
        "user_id": "u",
        "organization_id": None,
    }
    valid = [
        name
        for name in VARIANTS
        if jsonschema_rs.validator_for(rooted(messages(), name), validate_formats=True).is_valid(both)
    ]
    assert ["AuthErrorMessage"] == valid
