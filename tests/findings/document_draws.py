"""OpenAPI documents, other spellings of them, and other documents near them, drawn from a source of chance."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

from schema_draws import altered, respelled, schema_of

METHODS = ("get", "put", "post", "delete")
MEDIA_TYPES = ("application/json", "application/problem+json", "text/csv", "*/*")
STATUSES = ("200", "201", "404", "4XX", "5XX", "default")
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {"read": "r", "write": "w"}}
        },
    },
}


def document_of(chance: Random) -> dict[str, Any]:
    """Return a document of a few operations, and sometimes a webhook."""
    paths: dict[str, Any] = {}
    for path in chance.sample(("/a", "/a/{id}", "/b/{id}/c/{other}"), chance.randint(1, 3)):
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        paths[path] = {
            method: _operation(chance, names) for method in chance.sample(METHODS, chance.randint(1, 2))
        }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Drawn", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": copy.deepcopy(SCHEMES)},
    }
    if chance.random() < 0.3:
        document["webhooks"] = {"done": {"post": _operation(chance, [])}}
    if chance.random() < 0.3:
        document["security"] = [_security(chance)]
    return document


def _operation(chance: Random, names: list[str]) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": chance.choice(({"type": "integer"}, {"type": "string"})),
        }
        for name in names
    ]
    parameters += [
        _parameter(chance, name) for name in chance.sample(("p", "q", "X-R"), chance.randint(0, 2))
    ]
    operation: dict[str, Any] = {
        "parameters": parameters,
        "responses": {status: _response(chance) for status in chance.sample(STATUSES, chance.randint(1, 3))},
    }
    if chance.random() < 0.6:
        operation["requestBody"] = {"required": chance.random() < 0.5, "content": _content(chance)}
    if chance.random() < 0.3:
        operation["security"] = [_security(chance) for _ in range(chance.randint(0, 2))]
    return operation


def _parameter(chance: Random, name: str) -> dict[str, Any]:
    place = "header" if name.startswith("X-") else chance.choice(("query", "cookie"))
    schema = {"type": "array", "items": {"type": "integer"}} if chance.random() < 0.3 else _scalar(chance)
    found: dict[str, Any] = {"name": name, "in": place, "required": chance.random() < 0.4, "schema": schema}
    if place == "query" and chance.random() < 0.2:
        found["style"] = chance.choice(("form", "pipeDelimited"))
        found["explode"] = found["style"] == "form" and chance.random() < 0.5
    return found


def _scalar(chance: Random) -> dict[str, Any]:
    return chance.choice(
        (
            {"type": "integer", "minimum": chance.randint(-1, 2)},
            {"type": "string", "maxLength": chance.randint(2, 5)},
            {"enum": chance.sample(("a", "b", "c"), chance.randint(1, 3))},
        )
    )


def _response(chance: Random) -> dict[str, Any]:
    found: dict[str, Any] = {"description": "d"}
    if chance.random() < 0.7:
        found["content"] = _content(chance)
    if chance.random() < 0.3:
        found["headers"] = {"X-H": {"required": chance.random() < 0.5, "schema": _scalar(chance)}}
    return found


def _content(chance: Random) -> dict[str, Any]:
    names = chance.sample(MEDIA_TYPES, chance.choice((1, 1, 2)))
    return {name: {"schema": schema_of(chance, 1)} if name != "text/csv" else {} for name in names}


def _security(chance: Random) -> dict[str, list[str]]:
    names = chance.sample(sorted(SCHEMES), chance.choice((0, 1, 1, 2)))
    return {
        name: chance.sample(("read", "write"), chance.randint(0, 2)) if name == "oauth" else []
        for name in names
    }


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every operation of *document*, references to paths being none."""
    holders = [*document.get("paths", {}).values(), *document.get("webhooks", {}).values()]
    return [item[method] for item in holders for method in METHODS if method in item]


def bodies(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every request body and response of *document*."""
    found = []
    for item in operations(document):
        found.extend(item["responses"].values())
        found.extend([item["requestBody"]] if "requestBody" in item else [])
    return found


def respelt_document(document: dict[str, Any], chance: Random) -> dict[str, Any]:
    """Return another spelling of *document*, which promises the same."""
    changed = copy.deepcopy(document)
    definitions: dict[str, Any] = {}
    for body in bodies(changed):
        for media in body.get("content", {}).values():
            if "schema" in media and chance.random() < 0.7:
                media["schema"] = respelled(media["schema"], chance, definitions)
    for rewrite in chance.sample(_REWRITES, 4):
        rewrite(changed, chance)
    if definitions:
        changed.setdefault("components", {})["schemas"] = definitions
    text = json.dumps(changed).replace('"#/$defs/', '"#/components/schemas/')
    return _shuffled(json.loads(text), chance, ordered=False)


def _shuffled(value: Any, chance: Random, *, ordered: bool) -> Any:
    """Return *value* with the members of all objects, and parameters, in another order."""
    if isinstance(value, list):
        items = [_shuffled(item, chance, ordered=True) for item in value]
        return items if ordered else chance.sample(items, len(items))
    if not isinstance(value, dict):
        return value
    keys = chance.sample(list(value), len(value))
    return {key: _shuffled(value[key], chance, ordered=key != "parameters") for key in keys}


def _extracted(document: dict[str, Any], chance: Random) -> None:
    """Move parts to the components and refer to them."""
    components = document.setdefault("components", {})

    def moved(kind: str, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in part or chance.random() < 0.5:
            return part
        kept = components.setdefault(kind, {})
        name = f"c{len(kept)}"
        kept[name] = part
        return {"$ref": f"#/components/{kind}/{name}"}

    for item in operations(document):
        item["parameters"] = [moved("parameters", part) for part in item["parameters"]]
        if "requestBody" in item:
            item["requestBody"] = moved("requestBodies", item["requestBody"])
        for status, response in item["responses"].items():
            headers = response.get("headers", {})
            headers.update({name: moved("headers", part) for name, part in headers.items()})
            item["responses"][status] = moved("responses", response)


def _shared(document: dict[str, Any], _: Random) -> None:
    """Let a path say what all its operations say of their parameters."""
    for item in document["paths"].values():
        methods = [method for method in METHODS if method in item]
        first = item[methods[0]]["parameters"]
        common = [part for part in first if all(part in item[method]["parameters"] for method in methods)]
        item["parameters"] = [*item.get("parameters", []), *common]
        for method in methods:
            item[method]["parameters"] = [part for part in item[method]["parameters"] if part not in common]


def _renamed(document: dict[str, Any], _: Random) -> None:
    """Call the parameters of paths otherwise, which nobody sends."""
    text = json.dumps(document["paths"]).replace("{id}", "{key}")
    document["paths"] = json.loads(text)
    for item in document["paths"].values():
        for holder in (item, *(item[method] for method in METHODS if method in item)):
            for part in holder.get("parameters", ()):
                if part.get("in") == "path" and part["name"] == "id":
                    part["name"] = "key"


def _secured(document: dict[str, Any], _: Random) -> None:
    """Let each operation that clients call say what the document says of credentials."""
    said = document.pop("security", None)
    for item in operations({"paths": document["paths"]}) if said is not None else ():
        item.setdefault("security", copy.deepcopy(said))


def _described(document: dict[str, Any], _: Random) -> None:
    """Add words for people."""
    document["tags"] = [{"name": "t"}]
    for item in operations(document):
        item.update(summary="words", description="more words", tags=["t"])
        for response in item["responses"].values():
            if "$ref" not in response:
                response["description"] = "other words"


def _served(document: dict[str, Any], _: Random) -> None:
    """Name the address that holds where none is named."""
    document.setdefault("servers", [{"url": "/"}])


_REWRITES: list[Callable[[dict[str, Any], Random], None]] = [
    _shared,
    _renamed,
    _secured,
    _described,
    _served,
    _extracted,
]


def altered_document(document: dict[str, Any], chance: Random) -> dict[str, Any]:
    """Return *document* with one or two parts of it changed."""
    changed = copy.deepcopy(document)
    for alter in chance.sample(_CHANGES, chance.randint(1, 2)):
        alter(changed, chance)
    return changed


def _other_schema(document: dict[str, Any], chance: Random) -> None:
    media = [
        item for body in bodies(document) for item in body.get("content", {}).values() if "schema" in item
    ]
    if media:
        chosen = chance.choice(media)
        chosen["schema"] = altered(chosen["schema"], chance)


def _other_content(document: dict[str, Any], chance: Random) -> None:
    chance.choice(bodies(document))["content"] = _content(chance)


def _other_need(document: dict[str, Any], chance: Random) -> None:
    parts = [part for item in operations(document) for part in item["parameters"] if part["in"] != "path"]
    parts += [item["requestBody"] for item in operations(document) if "requestBody" in item]
    parts += [head for body in bodies(document) for head in body.get("headers", {}).values()]
    if parts:
        chosen = chance.choice(parts)
        chosen["required"] = not chosen["required"]


def _other_parameter(document: dict[str, Any], chance: Random) -> None:
    item = chance.choice(operations(document))
    kept = [part for part in item["parameters"] if part["in"] == "path" or chance.random() < 0.5]
    names = {part["name"] for part in kept}
    item["parameters"] = kept + [_parameter(chance, name) for name in ("p", "X-R") if name not in names]


def _other_answer(document: dict[str, Any], chance: Random) -> None:
    responses = chance.choice(operations(document))["responses"]
    responses[chance.choice(STATUSES)] = _response(chance)


def _other_header(document: dict[str, Any], chance: Random) -> None:
    response = chance.choice(list(chance.choice(operations(document))["responses"].values()))
    response["headers"] = {"X-H": {"required": chance.random() < 0.5, "schema": _scalar(chance)}}


def _other_security(document: dict[str, Any], chance: Random) -> None:
    chance.choice(operations(document))["security"] = [_security(chance) for _ in range(chance.randint(0, 2))]


def _gone(document: dict[str, Any], chance: Random) -> None:
    if len(operations({"paths": document["paths"]})) < 2:
        return
    path = chance.choice(sorted(document["paths"]))
    method = chance.choice([name for name in METHODS if name in document["paths"][path]])
    del document["paths"][path][method]
    if not document["paths"][path]:
        del document["paths"][path]


_CHANGES: list[Callable[[dict[str, Any], Random], None]] = [
    _other_schema,
    _other_schema,
    _other_content,
    _other_need,
    _other_parameter,
    _other_answer,
    _other_header,
    _other_security,
    _gone,
]


def in_both_versions(document: dict[str, Any], chance: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return *document*, without what OpenAPI 3.0 has no words for, in the words of 3.0 and in those of 3.1."""
    plain = copy.deepcopy(document)
    plain.pop("webhooks", None)
    sides: list[dict[str, Any]] = []
    seed = chance.random()
    for version in ("3.0.3", "3.1.0"):
        drawn = Random(seed)
        said = copy.deepcopy(plain)
        said["openapi"] = version
        for body in bodies(said):
            for media in body.get("content", {}).values():
                if "schema" in media:
                    media["schema"] = _of_version(media["schema"], version, drawn)
        sides.append(said)
    return sides[0], sides[1]


def in_openapi_32(document: dict[str, Any], chance: Random) -> dict[str, Any]:
    """Return *document*, which is OpenAPI 3.1, in the words of 3.2: media types shared, what is optional left out."""
    said = copy.deepcopy(document)
    said["openapi"] = "3.2.0"
    shared = said.setdefault("components", {}).setdefault("mediaTypes", {})
    for body in bodies(said):
        for name, media in body.get("content", {}).items():
            if chance.random() < 0.5:
                key = f"m{len(shared)}"
                shared[key] = media
                body["content"][name] = {"$ref": f"#/components/mediaTypes/{key}"}
    for item in said.get("paths", {}).values():
        for operation in item.values() if "$ref" not in item else ():
            for answer in operation.get("responses", {}).values() if isinstance(operation, dict) else ():
                answer.pop("description", None)
    return said


def _of_version(schema: Any, version: str, drawn: Random) -> Any:
    """Return *schema* as *version* writes it: null, and bounds that are excluded."""
    if isinstance(schema, list):
        return [_of_version(item, version, drawn) for item in schema]
    if not isinstance(schema, dict):
        return schema
    said = {
        key: value
        if key == "enum"
        else {name: _of_version(item, version, drawn) for name, item in value.items()}
        if key == "properties"
        else _of_version(value, version, drawn)
        for key, value in schema.items()
        if (key, value) != ("required", [])
    }
    if said.get("type") == "null":
        said["type"] = "boolean"
    if "enum" in said:
        said["enum"] = [item for item in said["enum"] if item is not None] or ["a"]
    if "exclusiveMinimum" in said:
        said.pop("minimum", None)
    is_old, may_be_null = version.startswith("3.0"), "type" in said and drawn.random() < 0.3
    if is_old and "exclusiveMinimum" in said:
        said["minimum"], said["exclusiveMinimum"] = said["exclusiveMinimum"], True
    if may_be_null and is_old:
        said["nullable"] = True
    elif may_be_null:
        said["type"] = [said["type"], "null"]
    return said
