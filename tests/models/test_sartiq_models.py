"""The committed models of Sartiq's contract against its schemas, value by value."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import TypeAdapter, ValidationError
from schemathesis import GenerationMode

from accord.cases.wrong import put, wrong_bodies
from accord.contract.contract import Contract, load

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "contracts" / "sartiq"
MESSAGES, API = "messages.schema.json#/$defs/", "openapi.yaml#/components/schemas/"

# How many values to draw, and which of them, by size, to break in each place: a shot takes a second to draw, and an
# error in a large union a hundredth of one to find.
USUAL, FEWER, FEWEST = (8, slice(-2, None)), (3, slice(1)), (2, slice(1))
BUDGETS = {
    "Generation": FEWER,
    "GenerationMessage": FEWER,
    "WebSocketMessage": (6, slice(1)),
    **dict.fromkeys(("Look", "Shot", "ShotMessage", "ShotPage"), FEWEST),
}
# Its file is bytes, which no JSON value is.
NOT_JSON = "ProductImageUpload"


def names() -> dict[str, str]:
    """Return the place of every schema that is a body or a message, by its name."""
    openapi = yaml.safe_load((CONTRACT / "openapi.yaml").read_text(encoding="utf-8"))
    asyncapi = yaml.safe_load((CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8"))
    places = dict.fromkeys(place for _, place in (*bodies(openapi), *responses(openapi), *payloads(asyncapi)))
    return {place.rpartition("/")[2]: place for place in places}


def _place(schema: dict[str, Any]) -> str:
    assert set(schema) == {"$ref"}, "a schema without a name"
    return schema["$ref"].removeprefix("./").replace("#/components/", "openapi.yaml#/components/")


def bodies(openapi: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the place of each request body's schema by operation and media type."""
    for operation in _operations(openapi):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            yield (operation["operationId"], media_type), _place(content["schema"])


def responses(openapi: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the place of each response's schema by operation and status."""
    for operation in _operations(openapi):
        for status, response in operation["responses"].items():
            shared = openapi["components"]["responses"]
            answer = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
            yield (operation["operationId"], status), _place(answer["content"]["application/json"]["schema"])


def payloads(asyncapi: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the place of each message's schema by its name."""
    for name, message in asyncapi["components"]["messages"].items():
        yield name, _place(message["payload"]["schema"])


def _operations(openapi: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in openapi["paths"].values():
        yield from (operation for method, operation in item.items() if method != "parameters")


@cache
def contract() -> Contract:
    """Return the contract, whose validators are the judges of what is valid."""
    return load(CONTRACT)


@cache
def drawable() -> Any:
    """Return a document with one operation for each schema, which schemathesis draws the bodies of."""
    openapi = yaml.safe_load((CONTRACT / "openapi.yaml").read_text(encoding="utf-8"))
    messages = json.loads((CONTRACT / "messages.schema.json").read_text(encoding="utf-8"))
    text = json.dumps({**messages["$defs"], **openapi["components"]["schemas"]})
    text = text.replace("./messages.schema.json#/$defs/", "#/$defs/").replace(
        "#/$defs/", "#/components/schemas/"
    )
    schemas = json.loads(text)
    paths = {
        f"/{name}": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
                },
                "responses": {"200": {"description": ""}},
            }
        }
        for name in schemas
    }
    information = {"title": "Every schema", "version": "1"}
    return schemathesis.openapi.from_dict(
        {"openapi": "3.1.0", "info": information, "paths": paths, "components": {"schemas": schemas}}
    )


def drawn(name: str, count: int) -> list[Any]:
    """Return *count* values of the schema called *name*, the same each time."""
    values: list[Any] = []

    @seed(0)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawable()[f"/{name}"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def draw(case: Any) -> None:
        values.append(case.body)

    draw()
    return values


def model_of(models: dict[str, ModuleType], place: str) -> TypeAdapter[Any]:
    """Return an adapter of the model of the schema at *place*."""
    schemas = models["messages" if place.startswith(MESSAGES) else "api"].SCHEMAS
    return TypeAdapter(schemas[place])


def accepts(model: TypeAdapter[Any], value: Any) -> bool:
    """Tell whether *model* takes *value*."""
    try:
        model.validate_python(value)
    except ValidationError:
        return False
    return True


def same(read: Any, written: Any) -> bool:
    """Tell whether two JSON values are one, with the spellings that differences.yaml calls rewritten."""
    match read, written:
        case dict(), dict():
            return read.keys() == written.keys() and all(same(read[key], written[key]) for key in read)
        case list(), list():
            return len(read) == len(written) and all(map(same, read, written))
        case str(), str():
            return read == written or read.lower() == written or _instant(read) == _instant(written)
        case bool(), _:
            return read is written
    return not isinstance(written, bool) and read == written


def _instant(text: str) -> dt.datetime | str:
    try:
        return dt.datetime.fromisoformat(text.upper())
    except ValueError:
        return text


def test_every_response_has_the_model_of_its_schema(models: dict[str, ModuleType], documents: Any) -> None:
    """For each operation and status the table names the model of the schema that the document names."""
    api, messages = models["api"], models["messages"]
    schemas = {**api.SCHEMAS, **messages.SCHEMAS}
    assert {key: schemas[place] for key, place in responses(documents[0])} == api.RESPONSES


def test_every_request_has_the_model_of_its_schema(models: dict[str, ModuleType], documents: Any) -> None:
    """For each operation and media type of a body the table names the model of its schema."""
    api = models["api"]
    assert {key: api.SCHEMAS[place] for key, place in bodies(documents[0])} == api.REQUESTS


def test_every_message_has_the_model_of_its_schema(models: dict[str, ModuleType]) -> None:
    """For each message of the channel the table names the model of its payload."""
    messages = models["messages"]
    asyncapi = yaml.safe_load((CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert {name: messages.SCHEMAS[place] for name, place in payloads(asyncapi)} == messages.MESSAGES


def test_every_named_schema_has_one_model(models: dict[str, ModuleType], documents: Any) -> None:
    """Each definition of both documents is in one module, under its place, and never in both."""
    openapi, schemas = documents
    assert {API + name for name in openapi["components"]["schemas"]} == models["api"].SCHEMAS.keys()
    assert {MESSAGES + name for name in schemas["$defs"]} == models["messages"].SCHEMAS.keys()


def test_the_published_union_is_discriminated(models: dict[str, ModuleType]) -> None:
    """A wrong member of one message is told alone, not among those of every message."""
    with pytest.raises(ValidationError) as caught:
        models["messages"].WebSocketMessage.model_validate({"data": {"type": "auth_error", "error": 1}})
    assert [("data", "auth_error", "error")] == [error["loc"] for error in caught.value.errors()]


@pytest.mark.parametrize(
    "place", [pytest.param(place, id=name) for name, place in names().items() if name != NOT_JSON]
)
def test_models_and_schemas_agree(
    models: dict[str, ModuleType], differences: dict[str, list[dict[str, Any]]], place: str
) -> None:
    """What is valid loads and comes back the same; what is wrong in one place is refused."""
    name, model = place.rpartition("/")[2], model_of(models, place)
    known = {(row["keyword"], row["member"]) for row in differences["accepted"]}
    library, uri = contract().library, f"contract:/{place}"
    count, broken = BUDGETS.get(name, USUAL)
    values = drawn(name, count)
    for value in values:
        assert library.validator(uri).is_valid(value)
        loaded = model.validate_python(value)
        assert same(value, model.dump_python(loaded, mode="json", by_alias=True, exclude_unset=True))
        assert model.validate_json(json.dumps(value)) == loaded
    for value in sorted(values, key=lambda item: len(json.dumps(item)))[broken]:
        for wrong in wrong_bodies(library, uri, value):
            if (wrong.keyword, wrong.path[-1] if wrong.path else "") not in known:
                assert not accepts(model, put(value, wrong.path, wrong.value)), wrong


def test_every_known_acceptance_still_happens(
    models: dict[str, ModuleType], differences: dict[str, list[dict[str, Any]]]
) -> None:
    """Each wrong value that the table excuses is taken by a model, and refused by its schema."""
    uuid = "05e70000-0000-4000-8000-000000000001"
    item = {"loc": [], "msg": "", "type": "", "ctx": None}
    look = {"main_product_id": uuid, "subject_id": uuid, "style_id": uuid, "shot_type_ids": [uuid, uuid]}
    proofs = {
        ("uniqueItems", "shot_type_ids"): (f"{API}LookCreate", look),
        ("null", "ctx"): (f"{API}ValidationError", item),
    }
    assert {(row["keyword"], row["member"]) for row in differences["accepted"]} == proofs.keys()
    for place, value in proofs.values():
        assert accepts(model_of(models, place), value)
        assert not contract().library.validator(f"contract:/{place}").is_valid(value)


def test_a_form_takes_bytes_and_text(models: dict[str, ModuleType]) -> None:
    """An upload is made with the bytes of a file, and refused without it."""
    upload = models["api"].ProductImageUpload
    assert upload(file=b"\x89PNG", type="primary").file == b"\x89PNG"
    assert not accepts(TypeAdapter(upload), {"type": "primary"})
    assert not accepts(TypeAdapter(upload), {"file": b"", "type": "other"})


def test_every_example_of_the_contract_loads(models: dict[str, ModuleType], documents: Any) -> None:
    """The examples of bodies are values of their models."""
    openapi, loaded = documents[0], 0
    for operation in _operations(openapi):
        body = operation.get("requestBody", {}).get("content", {})
        answers = [item for item in operation["responses"].values() if "content" in item]
        for content in (*body.values(), *(answer["content"]["application/json"] for answer in answers)):
            for example in content.get("examples", {}).values():
                if "value" in example:
                    model_of(models, _place(content["schema"])).validate_python(example["value"])
                    loaded += 1
    assert loaded > 10
