"""Contracts of several files bundled into one OpenAPI document that means the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from accord.contract.bundle import TAKEN_APART, bundle, spelled_out
from accord.contract.contract import Contract
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.published import check_document

Contracts = Callable[[Mapping[str, object]], Contract]


def document(paths: object, *, version: str = "3.1.0", **members: object) -> dict[str, Any]:
    """Return an OpenAPI document with *paths*."""
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **members}


def bundled(contract: Contract) -> dict[str, Any]:
    """Return the bundle, held against the published schema and by openapi-spec-validator."""
    assert contract.openapi is not None
    data: dict[str, Any] = bundle(contract.library, contract.openapi)
    is_later = data["openapi"] == "3.2.0"
    check_document(Document(name="bundle", data=data, text=""), "openapi-3.2" if is_later else "openapi-3.1")
    (OpenAPIV32SpecValidator if is_later else OpenAPIV31SpecValidator)(data).validate()
    return data


def references(value: object) -> list[str]:
    """Return every ``$ref`` in *value*."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in references(item)]
    return [found for item in value for found in references(item)] if isinstance(value, list) else []


def answering(schema: object) -> dict[str, Any]:
    """Return an operation whose answer has *schema*."""
    return {
        "get": {
            "responses": {"200": {"description": "x", "content": {"application/json": {"schema": schema}}}}
        }
    }


FILES: dict[str, Any] = {
    "openapi.json": document(
        {
            "/a/{id}": {"$ref": "paths/a.json"},
            "/b": answering({"$ref": "schemas.json#/Tree"}),
            "/c": answering({"$ref": "other/schemas.json#/Tree"}),
        },
        components={"schemas": {"Tree": {"type": "boolean"}, "Own": {"$ref": "schemas.json#/Tree"}}},
    ),
    "paths/a.json": {
        "parameters": [{"$ref": "parts.json#/parameters/id"}],
        "post": {
            "requestBody": {"$ref": "parts.json#/body"},
            "responses": {"201": {"$ref": "parts.json#/answer"}, "default": {"$ref": "parts.json#/answer"}},
        },
    },
    "paths/parts.json": {
        "parameters": {
            "id": {"name": "id", "in": "path", "required": True, "schema": {"$ref": "../other/id.yaml"}}
        },
        "body": {
            "content": {"application/json": {"schema": {"$ref": "../openapi.json#/components/schemas/Tree"}}}
        },
        "answer": {
            "description": "x",
            "headers": {"X-H": {"$ref": "#/header"}},
            "content": {
                "application/json": {
                    "schema": {"$ref": "../schemas.json#/Tree"},
                    "examples": {"e": {"$ref": "#/example"}},
                }
            },
        },
        "header": {"schema": {"type": "integer"}},
        "example": {"value": {"$ref": "not a reference"}},
    },
    "schemas.json": {
        "Tree": {
            "type": "object",
            "properties": {"next": {"$ref": "other/schemas.json#/Tree"}},
            "required": ["name"],
        },
    },
    "other/schemas.json": {
        "Tree": {
            "type": "object",
            "properties": {"back": {"$ref": "../schemas.json#/Tree"}, "self": {"$ref": "#/Tree"}},
            "minProperties": 1,
        },
    },
    "other/id.yaml": "type: string\nformat: uuid\n",
}


def test_bundle_needs_no_other_file(contract: Contracts) -> None:
    """Every reference of the bundle leads into the bundle, and what it brings stands in the right section."""
    data = bundled(contract(FILES))
    assert all(item.startswith("#/") for item in references(data) if item != "not a reference")
    assert data["components"]["schemas"]["Tree"] == {"type": "boolean"}
    brought = {section: set(items) for section, items in data["components"].items()}
    assert brought == {
        "schemas": {"Tree", "Own", "Tree2", "Tree3", "id"},
        "pathItems": {"a"}, "parameters": {"id"}, "requestBodies": {"body"}, "responses": {"answer"},
        "headers": {"header"}, "examples": {"example"},
    }  # fmt: skip
    assert data["components"]["examples"]["example"] == {"value": {"$ref": "not a reference"}}


def test_bundle_changes_nothing_that_it_is_given(contract: Contracts) -> None:
    """Bundling twice gives the same, and the library keeps its documents."""
    loaded = contract(FILES)
    before = json.dumps({name: item.data for name, item in loaded.library.documents.items()})
    assert bundled(loaded) == bundled(loaded)
    assert before == json.dumps({name: item.data for name, item in loaded.library.documents.items()})


TREES = st.recursive(
    st.sampled_from([1, True, None, {}, {"name": 1}]),
    lambda inner: st.dictionaries(st.sampled_from(["next", "back", "self", "name"]), inner, max_size=3),
    max_leaves=6,
)


def test_bundled_schema_accepts_what_the_files_accept(contract: Contracts) -> None:
    """For drawn values, jsonschema over the bundle agrees with the library over the files."""
    loaded = contract(FILES)
    data = bundled(loaded)
    pairs = []
    for path, method, status in (("/a/{id}", "POST", "201"), ("/b", "GET", "200"), ("/c", "GET", "200")):
        operation = loaded.operation(f"{method} {path}")
        ours = loaded.library.validator(str(operation.answers[status].media_types[0].schema))
        item = data["paths"][path]
        item = data["components"]["pathItems"]["a"] if "$ref" in item else item
        answer = item[method.lower()]["responses"][status]
        answer = data["components"]["responses"]["answer"] if "$ref" in answer else answer
        reference = answer["content"]["application/json"]["schema"]["$ref"]
        pairs.append((ours, Draft202012Validator({"$ref": reference, **data})))

    @settings(max_examples=100, deadline=None)
    @given(TREES)
    def agree(value: object) -> None:
        for ours, theirs in pairs:
            assert theirs.is_valid(value) == ours.is_valid(value)

    agree()


def test_names_that_are_taken_get_a_number(contract: Contracts) -> None:
    """Equal names of different schemas are kept apart, of one schema not."""
    paths = {f"/{name}{i}": answering({"$ref": f"{name}.json#/A"}) for name in "xyz" for i in range(2)}
    files = {f"{name}.json": {"A": {"const": name}} for name in "xyz"}
    data = bundled(
        contract({"openapi.json": document(paths, components={"schemas": {"A2": {"const": "own"}}}), **files})
    )
    assert sorted(json.dumps(item) for item in data["components"]["schemas"].values()) == [
        '{"const": "own"}', '{"const": "x"}', '{"const": "y"}', '{"const": "z"}',
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a b", "{id}", "50%", "é", "~/", "", "x.y"])
def test_any_name_becomes_a_component(contract: Contracts, name: str) -> None:
    """A name that components may not have is spelled with what they may have."""
    escaped = name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
    files = {
        "openapi.json": document({"/a": answering({"$ref": f"x.json#/{escaped}"})}),
        "x.json": {name: {"const": 1}},
    }
    assert [{"const": 1}] == list(bundled(contract(files))["components"]["schemas"].values())


def test_discriminator_is_brought_along(contract: Contracts) -> None:
    """A mapping to a schema of another file leads to where that schema stands now; a name stays a name."""
    mapping = {"a": "x.json#/A", "b": "#/components/schemas/B", "c": "B", "d": "nothing.json"}
    schema = {"oneOf": [{"$ref": "x.json#/A"}], "discriminator": {"propertyName": "t", "mapping": mapping}}
    files = {
        "openapi.json": document({"/a": answering(schema)}, components={"schemas": {"B": {}}}),
        "x.json": {"A": {"type": "object"}},
    }
    data = bundled(contract(files))
    found = data["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "discriminator"
    ]
    assert found["mapping"] == {**mapping, "a": "#/components/schemas/A"}


def test_bundle_of_3_0_is_3_1(contract: Contracts) -> None:
    """The schemas of an OpenAPI 3.0 document are in the terms of 3.1, so the bundle says that it is."""
    schema = {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True}
    data = bundled(contract({"openapi.json": document({"/a": answering(schema)}, version="3.0.3")}))
    found = data["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert (data["openapi"], found) == ("3.1.0", {"type": ["integer", "null"], "exclusiveMinimum": 1})


def test_keyword_that_3_1_does_not_know_goes(contract: Contracts) -> None:
    """`nullable` means nothing in OpenAPI 3.1: a reader that also knows 3.0 must not find it; a name may be so."""
    properties = {"a": {"type": "string", "nullable": True}, "nullable": {"type": "boolean", "default": True}}
    schema = {"type": "object", "properties": properties, "example": {"nullable": True}}
    data = bundled(contract({"openapi.json": document({}, components={"schemas": {"A": schema}})}))
    assert {
        "type": "object",
        "properties": {"a": {"type": "string"}, "nullable": {"type": "boolean", "default": True}},
        "example": {"nullable": True},
    } == data["components"]["schemas"]["A"]


def test_identifiers_of_schemas_go(contract: Contracts) -> None:
    """A ``$id`` would lead the references of the bundle astray; a property of that name stays."""
    schema = {
        "$id": "http://e/x",
        "$anchor": "x",
        "properties": {"$id": {"type": "string"}, "a": {"$ref": "#x"}},
    }
    data = bundled(contract({"openapi.json": document({"/a": answering(schema)})}))
    found = data["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    at = "#/paths/~1a/get/responses/200/content/application~1json/schema"
    assert found == {"properties": {"$id": {"type": "string"}, "a": {"$ref": at}}}


def test_single_file_stays_as_it_is(contract: Contracts) -> None:
    """A document without foreign references is bundled to itself."""
    data = document({"/a": answering({"$ref": "#/components/schemas/A"})}, components={"schemas": {"A": {}}})
    assert data == bundled(contract({"openapi.json": data}))


def test_library_may_hold_more_than_the_bundle() -> None:
    """Documents that nothing refers to are not brought."""
    home = Document(name="o.json", data=document({}), text="")
    library = Library(documents={"o.json": home, "x.json": Document(name="x.json", data={"A": {}}, text="")})
    assert bundle(library, "o.json") == document({})


THING = {"type": "object", "required": ["id"]}
LATER: dict[str, Any] = {
    "openapi.json": {
        **document(
            {
                "/a": {
                    "query": {
                        "security": [
                            {"parts.json#/key": []},
                            {"own": []},
                            {"#/components/securitySchemes/own": []},
                        ],
                        "requestBody": {"content": {"application/jsonl": {"$ref": "parts.json#/lines"}}},
                        "responses": {
                            "200": {"content": {"application/json": {"$ref": "#/components/mediaTypes/M"}}}
                        },
                    },
                    "additionalOperations": {"COPY": {"responses": {"204": {"$ref": "parts.json#/gone"}}}},
                }
            },
            version="3.2.0",
        ),
        "components": {
            "mediaTypes": {"M": {"$ref": "parts.json#/media"}},
            "securitySchemes": {"own": {"type": "http", "scheme": "basic"}},
        },
    },
    "parts.json": {
        "lines": {"itemSchema": {"$ref": "#/thing"}, "examples": {"e": {"dataValue": [{"id": 1}]}}},
        "media": {"schema": {"$ref": "#/thing"}},
        "gone": {"summary": "gone"},
        "thing": THING,
        "key": {"type": "apiKey", "in": "header", "name": "K"},
    },
}


def test_bundle_of_3_2_is_one(contract: Contracts) -> None:
    """Media types, schemes that are named by a URI and operations of other methods are brought as well."""
    data = bundled(contract(LATER))
    assert all(item.startswith("#/") for item in references(data))
    assert {section: set(items) for section, items in data["components"].items()} == {
        "mediaTypes": {"M", "lines", "media"},
        "securitySchemes": {"own", "key"},
        "responses": {"gone"},
        "schemas": {"thing"},
    }
    assert [{"key": []}, {"own": []}, {"own": []}] == data["paths"]["/a"]["query"]["security"]


def test_bundle_is_spelled_out_for_readers_of_3_1(contract: Contracts) -> None:
    """Media types stand where they are referred to, and the body of a request that is a sequence is a list."""
    data: Any = spelled_out(bundled(contract(LATER)))
    operation = data["paths"]["/a"]["query"]
    (asked,) = operation["requestBody"]["content"].values()
    assert {"type": "array", "items": {"$ref": "#/components/schemas/thing"}} == asked["schema"]
    assert [{"id": 1}] == asked["examples"]["e"]["value"]
    (answered,) = operation["responses"]["200"]["content"].values()
    assert {"schema": {"$ref": "#/components/schemas/thing"}} == answered


def test_media_type_that_needs_itself_is_spelled_out_once(contract: Contracts) -> None:
    """A header of a part may be of the media type that it is a part of."""
    part = {"headers": {"H": {"content": {"multipart/mixed": {"$ref": "#/components/mediaTypes/M"}}}}}
    answer = {"200": {"content": {"multipart/mixed": {"$ref": "#/components/mediaTypes/M"}}}}
    data = {
        **document({"/a": {"get": {"responses": answer}}}, version="3.2.0"),
        "components": {"mediaTypes": {"M": {"itemSchema": {}, "itemEncoding": part}}},
    }
    loaded: Any = spelled_out(bundled(contract({"openapi.json": data})))
    (media_type,) = loaded["paths"]["/a"]["get"]["responses"]["200"]["content"].values()
    assert {} == media_type["itemSchema"]


def test_part_that_is_wrong_by_3_2_is_refused_where_it_stands(refusal: Callable[..., Any]) -> None:
    """What another file brings is held against the schema of the same version."""
    error = refusal({**LATER, "parts.json": {**LATER["parts.json"], "gone": {"summary": 5}}})
    assert ("is not valid openapi 3.2" in error.reason, "parts.json:1#/gone/summary") == (True, error.place)


def test_discriminator_with_a_default_is_left_out_for_readers_of_3_1(contract: Contracts) -> None:
    """They would take a value that the default stands for to be wrong; one without a default stays."""
    kept = {"propertyName": "t"}
    schemas = {
        "A": {"discriminator": kept, "properties": {"discriminator": {"const": {"defaultMapping": 1}}}},
        "B": {"discriminator": {**kept, "defaultMapping": "A"}},
    }
    data = {**document({"/a": answering({})}, version="3.2.0"), "components": {"schemas": schemas}}
    found: Any = spelled_out(bundled(contract({"openapi.json": data})))
    assert {**schemas, "B": {}} == found["components"]["schemas"]


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"style": "cookie", "schema": {"type": "array"}}, "array"),
        ({"style": "cookie", "schema": {"$ref": "#/components/schemas/O"}}, "object"),
        ({"style": "cookie", "schema": {"type": "string"}}, None),
        ({"style": "cookie", "explode": False, "schema": {"type": "array"}}, None),
        ({"schema": {"type": "array"}}, None),
    ],
)
def test_cookie_that_is_taken_apart_is_marked(contract: Contracts, members: Any, kind: str | None) -> None:
    """Only in the style of its own is a list a cookie for each item."""
    cookie = {"name": "c", "in": "cookie", **members}
    data = {
        **document({"/a": {"get": {"parameters": [cookie], "responses": {"200": {}}}}}, version="3.2.0"),
        "components": {"schemas": {"O": {"type": "object"}}},
    }
    found: Any = spelled_out(bundled(contract({"openapi.json": data})))
    assert kind == found["paths"]["/a"]["get"]["parameters"][0].get(TAKEN_APART)
