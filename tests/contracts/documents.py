"""The documents of the contract, the vendored schemas, and a way to follow references between them."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import yaml

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "contracts" / "sartiq"
VENDORED = ROOT / "src" / "accord" / "contract" / "schemas"
BASE = "contract:///"
SOME_ID = "00000000-0000-4000-8000-000000000000"


@cache
def document(name: str) -> Any:
    """Return a document of the contract as plain values."""
    return yaml.safe_load((CONTRACT / name).read_text(encoding="utf-8"))


def openapi() -> Any:
    """Return the OpenAPI document."""
    return document("openapi.yaml")


def messages() -> Any:
    """Return the message schemas."""
    return document("messages.schema.json")


def asyncapi() -> Any:
    """Return the AsyncAPI document."""
    return document("asyncapi.yaml")


def channel() -> Any:
    """Return the one channel of the AsyncAPI document."""
    return asyncapi()["channels"]["events"]


def session() -> Any:
    """Return the rules of a connection."""
    return channel()["x-session"]


def workflow() -> Any:
    """Return the one workflow of the Arazzo document."""
    (only,) = document("workflows.arazzo.yaml")["workflows"]
    return only


@cache
def operations() -> dict[str, tuple[str, str, Any]]:
    """Return each operation by its id: method, path, Operation Object with the parameters of its path."""
    found = {}
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                parameters = [
                    followed(one) for one in item.get("parameters", []) + operation.get("parameters", [])
                ]
                found[operation["operationId"]] = (method, path, operation | {"parameters": parameters})
    return found


def offline(uri: str) -> Any:
    """Refuse to fetch anything."""
    message = f"must not be fetched: {uri}"
    raise LookupError(message)


@cache
def vendored(name: str) -> jsonschema_rs.Validator:
    """Return the validator of a vendored schema, which needs nothing beside itself."""
    schema = json.loads((VENDORED / name).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=offline)


def errors(validator: Any, instance: Any) -> list[str]:
    """Return each error as `/path: message`."""
    return [
        f"/{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in validator.iter_errors(instance)
    ]


def at(value: Any, pointer: str) -> Any:
    """Return what a JSON Pointer, as it stands in a URI fragment, names in a value."""
    for token in pointer.split("/")[1:]:
        key = unquote(token).replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def resolve(reference: str, within: str) -> tuple[Any, str]:
    """Return what a reference in the document `within` names, and the document that it stands in."""
    name, _, pointer = reference.partition("#")
    found = name.removeprefix("./") or within
    return at(document(found), pointer), found


def followed(value: Any, within: str = "openapi.yaml") -> Any:
    """Return what a Reference Object stands for, or the value itself."""
    while isinstance(value, dict) and "$ref" in value:
        value, within = resolve(value["$ref"], within)
    return value


def references(value: Any) -> Iterator[str]:
    """Yield every `$ref` in a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@cache
def registry() -> jsonschema_rs.Registry:
    """Return the two documents that hold schemas."""
    return jsonschema_rs.Registry(
        [(BASE + name, document(name)) for name in ("openapi.yaml", "messages.schema.json")],
        draft=jsonschema_rs.Draft202012,
    )


def absolute(schema: Any, within: str) -> Any:
    """Return a schema whose references name their document."""
    if isinstance(schema, list):
        return [absolute(item, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    placed = {key: absolute(value, within) for key, value in schema.items()}
    if isinstance(schema.get("$ref"), str):
        name, _, pointer = schema["$ref"].partition("#")
        placed["$ref"] = f"{BASE}{name.removeprefix('./') or within}#{pointer}"
    return placed


def validator(schema: Any, within: str = "openapi.yaml") -> Any:
    """Return the validator of a schema that stands in a document of the contract."""
    return jsonschema_rs.Draft202012Validator(
        absolute(schema, within), registry=registry(), validate_formats=True, retriever=offline
    )
