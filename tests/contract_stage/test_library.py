"""References between the documents of a contract: where they lead, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from accord.contract import library as libraries
from accord.contract.contract import Contract, load
from accord.errors import ContractError

INTEGER = {"type": "integer"}
SCHEMA_AT = "/paths/~1a/get/responses/200/content/application~1json/schema"
Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]


def openapi(schema: object, *, version: str = "3.1.0", **members: object) -> dict[str, object]:
    """Return an OpenAPI document whose one response has *schema*."""
    content = {"application/json": {"schema": schema}}
    paths = {"/a": {"get": {"responses": {"200": {"description": "x", "content": content}}}}}
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **members}


def accepts(contract: Contract, value: object) -> bool:
    """Tell whether the schema of the first response accepts *value*, be the documents a registry or not."""
    schema = contract.operations[0].answers["200"].media_types[0].schema
    assert schema is not None
    taken = bool(contract.library.validator(schema).is_valid(value))
    assert taken == contract.library.takes(schema, value)
    return taken


@pytest.mark.parametrize(
    ("reference", "files"),
    [
        ("x.json", {"x.json": INTEGER}),
        ("x.json#", {"x.json": INTEGER}),
        ("./x.json#/A", {"x.json": {"A": INTEGER}}),
        ("s/x.json#/A", {"s/x.json": {"A": {"$ref": "../t/y.json#/B"}}, "t/y.json": {"B": INTEGER}}),
        ("s/x.json#/A", {"s/x.json": {"A": {"$ref": "#/B"}, "B": INTEGER}}),
        ("s/x.json", {"s/x.json": {"$ref": "x2.json"}, "s/x2.json": INTEGER}),
        ("s/../x.json", {"s/y.json": {}, "x.json": INTEGER}),
        ("my%20file.json#/A", {"my file.json": {"A": INTEGER}}),
        ("my file.json#/A", {"my file.json": {"A": INTEGER}}),
        ("é.json", {"é.json": INTEGER}),
        ("a%23b%3Fc.json", {"a#b?c.json": INTEGER}),
        ("50%25.json", {"50%.json": INTEGER}),
        ("x.json#/a~1b~0c", {"x.json": {"a/b~c": INTEGER}}),
        ("x.json#/a%20b%22%C3%A9%25", {"x.json": {'a b"é%': INTEGER}}),
        ('x.json#/a b"é%25{}', {"x.json": {'a b"é%{}': INTEGER}}),
        ("x.json#/list/1", {"x.json": {"list": [{}, INTEGER]}}),
        ("x.yaml#/A", {"x.yaml": "A: {type: integer}"}),
    ],
)
def test_reference_leads_to_its_target(contract: Contracts, reference: str, files: dict[str, object]) -> None:
    """A relative reference is followed across files, folders, percent-encodings and pointer escapes (RFC 3986, 6901)."""
    loaded = contract({"openapi.json": openapi({"$ref": reference}), **files})
    schema = libraries.uri("openapi.json", SCHEMA_AT)
    assert loaded.library.follow(schema)[1] == INTEGER
    assert (accepts(loaded, 1), accepts(loaded, "x")) == (True, False)


@pytest.mark.parametrize("braces", ["{id}", "%7Bid%7D"])
def test_reference_through_a_path_with_braces(contract: Contracts, braces: str) -> None:
    """A pointer through ``/a/{id}`` may be percent-encoded or, against RFC 3986 but often, not."""
    item: dict[str, Any] = openapi(INTEGER)["paths"]["/a"]  # type: ignore[index]
    parameter = {"name": "id", "in": "path", "required": True, "schema": INTEGER}
    at = SCHEMA_AT.replace("~1a", f"~1b~1{braces}")
    document = openapi({"$ref": f"#{at}"})
    document["paths"]["/b/{id}"] = {**item, "parameters": [parameter]}  # type: ignore[index]
    loaded = contract({"openapi.json": document})
    assert (accepts(loaded, 1), accepts(loaded, "x")) == (True, False)


def test_name_with_a_percent_sign_is_taken_literally(contract: Contracts) -> None:
    """A path or component that holds ``%20`` is not the one that holds a space."""
    document = openapi(INTEGER)
    document["paths"] = {"/a%20b": document["paths"]["/a"]}  # type: ignore[index]
    loaded = contract({"my api.json": document})
    assert (accepts(loaded, 1), accepts(loaded, "x")) == (True, False)


def test_recursive_schema_is_no_circle(contract: Contracts) -> None:
    """A schema that contains itself validates to any depth, also across files."""
    tree = {"type": "object", "properties": {"next": {"$ref": "y.json"}}, "additionalProperties": False}
    files = {
        "x.json": {"A": tree},
        "y.json": {"type": "object", "properties": {"back": {"$ref": "x.json#/A"}}},
    }
    loaded = contract({"openapi.json": openapi({"$ref": "x.json#/A"}), **files})
    assert accepts(loaded, {"next": {"back": {"next": {"back": {}}}}})
    assert not accepts(loaded, {"next": {"back": {"next": {"back": 1}}}})


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("http://example.com/x.json", "not in the contract folder"),
        ("HTTPS://example.com/x.json#/A", "not in the contract folder"),
        ("//example.com/x.json", "not in the contract folder"),
        ("file:///etc/passwd", "not in the contract folder"),
        ("/etc/passwd", "not in the contract folder"),
        ("C:\\x.json", "not in the contract folder"),
        ("\\\\host\\x.json", "not in the contract folder"),
        ("urn:example:x", "not in the contract folder"),
        ("data:application/json,{}", "not in the contract folder"),
        ("../outside.json", "outside the contract folder"),
        ("s/../../outside.json", "outside the contract folder"),
        ("%2e%2e/outside.json", "outside the contract folder"),
        ("..%2foutside.json", "outside the contract folder"),
        ("s/link.json", "outside the contract folder"),
        ("s/folder/x.json", "outside the contract folder"),
        ("s/circle.json", "cannot be a file"),
        ("a%00b.json", "cannot be a file"),
        ("x" * 5000 + ".json", "cannot be a file"),
        ("missing.json", "does not exist"),
        ("s", "does not exist"),
        (".", "does not exist"),
        ("x.json?query#/A", "does not exist"),
        ("#/nothing", "leads nowhere"),
        ("#nothing", "leads nowhere"),
        ("x.json#/list/2", "leads nowhere"),
        ("x.json#/list/01", "leads nowhere"),
        ("x.json#/self", "leads back to itself"),
        ("x.json#/one", "leads back to itself"),
    ],
)
def test_reference_that_may_not_be_is_refused(
    write: Callable[[Any], Path], tmp_path: Path, reference: str, reason: str
) -> None:
    """Remote, absolute, outside, missing and circular references are refused with file, line and pointer."""
    (tmp_path / "outside.json").write_text('{"type": "integer"}')
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.json").write_text('{"type": "integer"}')
    circle = {"self": {"$ref": "#/self"}, "one": {"$ref": "#/two"}, "two": {"$ref": "#/one"}, "list": [1, 2]}
    folder = write({"openapi.json": openapi({"$ref": reference}), "s/y.json": {}, "x.json": circle})
    os.symlink(tmp_path / "outside.json", folder / "s" / "link.json")
    os.symlink(tmp_path / "elsewhere", folder / "s" / "folder")
    os.symlink("circle.json", folder / "s" / "circle.json")
    with pytest.raises(ContractError, match=reason) as caught:
        load(folder)
    assert caught.value.place in {
        f"openapi.json:1#{SCHEMA_AT}",
        "x.json:1#/self",
        "x.json:1#/one",
        "x.json:1#/two",
    }
    assert caught.value.next_step


def test_reference_from_another_file_is_refused_there(refusal: Refusals) -> None:
    """The place of a bad reference is the file that it stands in."""
    error = refusal(
        {
            "openapi.json": openapi({"$ref": "x.yaml#/A"}),
            "x.yaml": "A:\n  type: array\n  items:\n    $ref: http://e/x",
        }
    )
    assert error.place == "x.yaml:3#/A/items"


def test_document_that_is_a_link_outside_is_refused(write: Callable[[Any], Path], tmp_path: Path) -> None:
    """Nothing outside the folder is read, not even by a link in it."""
    (tmp_path / "outside.json").write_text("{}")
    folder = write({"openapi.json": openapi(INTEGER)})
    os.symlink(tmp_path / "outside.json", folder / "other.json")
    with pytest.raises(ContractError, match="leads out"):
        load(folder)


@pytest.mark.parametrize(
    "members",
    [
        {"example": {"$ref": "http://x"}},
        {"examples": [{"$ref": "http://x"}]},
        {"default": {"$ref": "../x"}},
        {"enum": [{"$ref": "http://x"}]},
        {"const": {"$ref": "nothing.json"}},
        {"properties": {"$ref": {"type": "string"}, "a": {"example": {"$ref": "http://x"}}}},
    ],
)
def test_reference_in_a_value_means_nothing(contract: Contracts, members: dict[str, object]) -> None:
    """Inside examples, defaults and constants, and as a property's name, ``$ref`` is no reference."""
    loaded = contract({"openapi.json": openapi({"type": "object", **members})})
    assert (
        libraries.uri("openapi.json", SCHEMA_AT)
        == loaded.library.follow(libraries.uri("openapi.json", SCHEMA_AT))[0]
    )
    accepts(loaded, {})


def test_reference_in_an_example_object_means_nothing(contract: Contracts) -> None:
    """The value of an Example Object is a value; the Example Object itself may be a reference."""
    document = openapi(INTEGER)
    content = document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]  # type: ignore[index]
    content["examples"] = {"one": {"value": {"$ref": "http://x"}}, "two": {"$ref": "e.json"}}
    assert (
        "e.json"
        in contract({"openapi.json": document, "e.json": {"value": {"$ref": "http://y"}}}).library.documents
    )


@pytest.mark.parametrize(
    "name", ["default", "example", "enum", "const", "value", "examples", "properties", "schemas"]
)
def test_property_may_be_called_like_a_keyword(contract: Contracts, name: str) -> None:
    """The schema of a property is followed whatever the property is called."""
    loaded = contract(
        {"openapi.json": openapi({"properties": {name: {"$ref": "x.json"}}}), "x.json": INTEGER}
    )
    assert (accepts(loaded, {name: 1}), accepts(loaded, {name: "x"})) == (True, False)


def test_response_called_default_is_followed(contract: Contracts) -> None:
    """A reference in the default response is one, although ``default`` is elsewhere a value."""
    document = openapi(INTEGER)
    answer = {"description": "x", "content": {"application/json": {"schema": {"$ref": "x.json"}}}}
    document["paths"]["/a"]["get"]["responses"]["default"] = answer  # type: ignore[index]
    loaded = contract({"openapi.json": document, "x.json": INTEGER})
    schema = loaded.operations[0].answers["default"].media_types[0].schema
    assert schema is not None
    assert not loaded.library.validator(schema).is_valid("x")


def test_siblings_of_a_reference_count_from_3_1(contract: Contracts) -> None:
    """OpenAPI 3.1 holds the siblings of a $ref against the value, 3.0 ignores them."""
    components = {"schemas": {"A": INTEGER}}
    schema = {"$ref": "#/components/schemas/A", "minimum": 5}
    for version, valid in (("3.1.0", False), ("3.0.3", True)):
        loaded = contract({"openapi.json": openapi(schema, version=version, components=components)})
        assert valid == accepts(loaded, 1)
        assert accepts(loaded, 5)


@pytest.mark.parametrize("identifier", ["https://example.com/schemas/a", "a", "urn:x:y", "http://["])
@pytest.mark.parametrize(
    "draft",
    ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#", "x:y"],
)
def test_identifier_of_a_schema_changes_nothing(contract: Contracts, identifier: str, draft: str) -> None:
    """References are files and pointers: a ``$id`` or ``$schema`` does not lead them anywhere else."""
    a = {
        "$id": identifier,
        "$schema": libraries.DIALECT,
        "properties": {"b": {"$ref": "#/components/schemas/B"}, "c": {"$ref": "c.json"}},
    }
    components = {"schemas": {"A": a, "B": INTEGER}}
    document = openapi({"$ref": "#/components/schemas/A"}, components=components)
    loaded = contract({"openapi.json": document, "c.json": {"$id": identifier, "$schema": draft, **INTEGER}})
    assert accepts(loaded, {"b": 1, "c": 1})
    assert not accepts(loaded, {"b": "x"})
    assert not accepts(loaded, {"c": "x"})


def test_anchor_is_found_in_its_own_document(contract: Contracts) -> None:
    """An ``$anchor`` names a schema of its file, and equal ones in two files are two."""
    components = {"schemas": {"A": {"$anchor": "It", "type": "string"}}}
    loaded = contract(
        {
            "openapi.json": openapi({"$ref": "x.json#/B"}, components=components),
            "x.json": {"B": {"$ref": "#It"}, "C": {"$anchor": "It", **INTEGER}},
        }
    )
    assert (accepts(loaded, 1), accepts(loaded, "x")) == (True, False)


@pytest.mark.parametrize(
    ("format_", "good", "bad"),
    [
        ("uuid", "123e4567-e89b-42d3-a456-426614174000", "123e4567"),
        ("date-time", "2024-02-29T12:00:00Z", "2023-02-29T12:00:00Z"),
        ("date-time", "2024-01-01T00:00:00.123+02:00", "2024-01-01T00:00:00"),
        ("date", "2024-02-29", "2024-2-9"),
        ("time", "12:00:00Z", "12 o'clock"),
        ("email", "a@example.com", "a example.com"),
        ("uri", "https://example.com/a?b#c", "not a uri"),
        ("ipv4", "127.0.0.1", "256.0.0.1"),
        ("ipv6", "::1", "1.2.3"),
        ("hostname", "example.com", "-x-"),
        ("int64", "anything", None),
        ("binary", "anything", None),
        ("of my own", "anything", None),
    ],
)
def test_format_is_held_against_texts(contract: Contracts, format_: str, good: str, bad: str | None) -> None:
    """The formats of JSON Schema (2020-12, 7.3) are asserted; the others say nothing."""
    loaded = contract({"openapi.json": openapi({"type": "string", "format": format_})})
    assert accepts(loaded, good)
    assert bad is None or not accepts(loaded, bad)


@pytest.mark.parametrize("pattern", ["([", "(?P<a>x)(?P<a>y)", "*", "a{2,1}"])
def test_schema_that_does_not_compile_is_refused(contract: Contracts, pattern: str) -> None:
    """A regular expression that cannot be read is an error at the schema, as soon as the contract is loaded."""
    with pytest.raises(ContractError, match="not a usable JSON Schema") as caught:
        contract({"openapi.json": openapi({"type": "string", "pattern": pattern})})
    assert caught.value.place == f"openapi.json:1#{SCHEMA_AT}"


def test_equal_references_share_a_validator(contract: Contracts) -> None:
    """A schema is compiled once, however many responses refer to it."""
    document = openapi({"$ref": "#/components/schemas/A"}, components={"schemas": {"A": INTEGER}})
    document["paths"]["/b"] = document["paths"]["/a"]  # type: ignore[index]
    loaded = contract({"openapi.json": document})
    first, second = (item.answers["200"].media_types[0].schema for item in loaded.operations)
    assert first != second
    assert loaded.library.validator(str(first)) is loaded.library.validator(str(second))


def test_address_reads_as_people_write_it() -> None:
    """A URI is shown as file and pointer, with spaces and braces."""
    assert libraries.place(libraries.uri("my api.yaml", "/paths/~1a~1{id}")) == "my api.yaml#/paths/~1a~1{id}"
    assert libraries.split(libraries.uri("a#b.yaml", "/x#y")) == ("a#b.yaml", "/x#y")


@pytest.mark.parametrize(
    ("schema", "taken", "refused"),
    [
        ({"type": "string", "format": "date"}, "2024-02-29", "2023-02-29"),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "a", "const": 1}, 1.0, True),
        ({"properties": {"a": {"$ref": "#/components/schemas/A"}}}, {"a": 1}, {"a": "1"}),
        ({"items": {"$dynamicRef": "#a"}}, [1], ["1"]),
        (False, None, None),
    ],
    ids=["a format", "names of its own", "a reference", "a dynamic one", "nothing"],
)
def test_a_value_is_taken_whatever_is_read_to_tell(
    contract: Contracts, schema: object, taken: object, refused: object
):
    """A schema that refers to nothing is judged by itself, and all others with what they refer to."""
    components = {"schemas": {"A": {"$dynamicAnchor": "a", **INTEGER}}}
    given = contract({"openapi.json": openapi(schema, components=components)})
    assert (schema is not False) == accepts(given, taken)
    assert not accepts(given, refused)
