"""Schemas, other spellings of them, and values of them, drawn from a source of chance."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

NAMES = "abcd"
MAXIMUM_DEPTH = 3


def schema_of(chance: Random, depth: int = 0) -> Any:
    """Return a schema with the keywords that people write."""
    deep = ("object", "object", "array", "union", "allOf") if depth < MAXIMUM_DEPTH else ()
    kind = chance.choice(("string", "integer", "number", "enum", "boolean", "null", *deep))
    match kind:
        case "string":
            return _text(chance)
        case "integer" | "number":
            return _number(chance, kind)
        case "object":
            return _object(chance, depth)
        case "array":
            return _array(chance, depth)
        case "enum":
            return {"enum": chance.sample(["a", "b", "c", 1, 2, None, True], chance.randint(1, 4))}
        case "union":
            branches = [schema_of(chance, depth + 1) for _ in range(chance.randint(1, 3))]
            return {chance.choice(("anyOf", "oneOf")): branches}
        case "allOf":
            return {"allOf": [schema_of(chance, depth + 1) for _ in range(chance.randint(1, 2))]}
    return {"type": kind}


def _text(chance: Random) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if chance.random() < 0.3:
        schema["minLength"] = chance.randint(0, 3)
    if chance.random() < 0.3:
        schema["maxLength"] = chance.randint(2, 5)
    if chance.random() < 0.2:
        schema["pattern"] = chance.choice(("^a+$", "^[a-z]*$", "^[0-9]{2}$", "x"))
    if chance.random() < 0.15:
        schema["format"] = chance.choice(("uuid", "date", "email", "date-time"))
    return schema


def _number(chance: Random, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind}
    for keyword, values in (
        ("minimum", range(-2, 4)),
        ("maximum", range(2, 7)),
        ("multipleOf", (2, 3, 0.5)),
        ("exclusiveMinimum", range(-2, 2)),
    ):
        if chance.random() < 0.25:
            schema[keyword] = chance.choice(values)
    return schema


def _object(chance: Random, depth: int) -> dict[str, Any]:
    names = chance.sample(NAMES, chance.randint(0, 3))
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema_of(chance, depth + 1) for name in names},
    }
    if chance.random() < 0.5:
        schema["required"] = chance.sample(names, chance.randint(0, len(names)))
    others = chance.random()
    if others < 0.2:
        schema["additionalProperties"] = False
    elif others < 0.3:
        schema["additionalProperties"] = schema_of(chance, depth + 1)
    if chance.random() < 0.1:
        schema["minProperties"] = chance.randint(0, 2)
    if chance.random() < 0.1:
        schema["maxProperties"] = chance.randint(1, 3)
    return schema


def _array(chance: Random, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": schema_of(chance, depth + 1)}
    for keyword, values in (("minItems", (0, 1, 2)), ("maxItems", (1, 2, 3)), ("uniqueItems", (True, False))):
        if chance.random() < 0.2:
            schema[keyword] = chance.choice(values)
    return schema


def places(schema: Any) -> list[tuple[Any, Any]]:
    """Return holder and key of every schema inside *schema*, parents first."""
    found: list[tuple[Any, Any]] = []
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in ("properties", "$defs"):
                found.extend((value, name) for name in value)
            elif keyword in ("items", "additionalProperties") and isinstance(value, dict):
                found.append((schema, keyword))
            elif keyword in ("anyOf", "oneOf", "allOf"):
                found.extend((value, index) for index in range(len(value)))
    return found + [item for holder, key in found for item in places(holder[key])]


def altered(schema: Any, chance: Random) -> Any:
    """Return *schema* with another one at one place."""
    whole = {"anyOf": [copy.deepcopy(schema)]}
    holder, key = chance.choice(places(whole))
    holder[key] = schema_of(chance, 2)
    return whole["anyOf"][0]


def loosened(schema: Any, chance: Random) -> Any:
    """Return *schema* with one keyword less, one value or one alternative more, at one place."""
    whole = {"anyOf": [copy.deepcopy(schema)]}
    holder, key = chance.choice(places(whole))
    inner = holder[key]
    said = [word for word in inner if word not in ("properties", "items", "anyOf", "oneOf", "allOf", "enum")]
    match chance.choice(("less", "more", "other")):
        case "less" if said:
            del inner[chance.choice(said)]
        case "more" if "enum" in inner:
            inner["enum"] = [*inner["enum"], chance.choice((3, "d", False))]
        case _:
            holder[key] = {chance.choice(("anyOf", "oneOf")): [inner, schema_of(chance, 2)]}
    return whole["anyOf"][0]


def respelt(schema: Any, chance: Random) -> Any:
    """Return another spelling of *schema*, with the same values."""
    definitions: dict[str, Any] = {}
    changed = respelled(copy.deepcopy(schema), chance, definitions)
    if not definitions:
        return changed
    return {**(changed if isinstance(changed, dict) else {"allOf": [changed]}), "$defs": definitions}


def respelled(schema: Any, chance: Random, definitions: dict[str, Any]) -> Any:
    """Return another spelling of *schema*; what it then refers to below ``#/$defs`` is added to *definitions*."""
    if isinstance(schema, bool):
        return schema
    for holder, key in places_of_children(schema):
        holder[key] = respelled(holder[key], chance, definitions)
    for rewrite in chance.sample(_REWRITES, 3):
        if chance.random() < 0.4:
            schema = rewrite(schema, chance)
    if chance.random() < 0.25:
        name = f"n{len(definitions)}"
        definitions[name] = schema
        schema = {"$ref": f"#/$defs/{name}"}
    return schema


def places_of_children(schema: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return holder and key of the schemas right below *schema*."""
    inner = [below for holder, key in places(schema) for below in places(holder[key])]
    return [
        item
        for item in places(schema)
        if not any(item[0] is holder and item[1] == key for holder, key in inner)
    ]


def _reordered(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    for keyword in ("anyOf", "oneOf", "allOf", "enum", "required"):
        if keyword in schema:
            schema[keyword] = chance.sample(schema[keyword], len(schema[keyword]))
    if "properties" in schema:
        names = chance.sample(sorted(schema["properties"]), len(schema["properties"]))
        schema["properties"] = {name: schema["properties"][name] for name in names}
    return dict(chance.sample(list(schema.items()), len(schema)))


def _wrapped(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    return {chance.choice(("allOf", "anyOf", "oneOf")): [schema]}


def _split(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    # What says something only together stays together.
    together = {"properties", "additionalProperties", "$ref"}
    parts: list[dict[str, Any]] = [{}, {}]
    for keyword, value in schema.items():
        parts[0 if keyword in together else chance.randint(0, 1)][keyword] = value
    return {"allOf": parts} if all(parts) else schema


def _typed(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"]]
    return schema


def _listed(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    if len(schema.get("enum", ())) == 1:
        schema["const"] = schema.pop("enum")[0]
    elif len(schema.get("enum", ())) > 1 and "anyOf" not in schema:
        schema["anyOf"] = [{"const": value} for value in schema.pop("enum")]
    return schema


def _described(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    return {**schema, "description": "words", "x-order": 1} if "$ref" not in schema else schema


def _doubled(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    return {chance.choice(("allOf", "anyOf")): [schema, copy.deepcopy(schema)]}


_REWRITES: list[Callable[[dict[str, Any], Random], dict[str, Any]]] = [
    _reordered,
    _wrapped,
    _split,
    _typed,
    _listed,
    _described,
    _doubled,
]


def value_of(schema: Any, chance: Random) -> Any:
    """Return a value that *schema* likely takes, without members that it does not declare."""
    if not isinstance(schema, dict) or chance.random() < 0.03:
        return chance.choice((None, True, 0, 1, 0.5, "a", "", [], {}))
    if "enum" in schema:
        return chance.choice(schema["enum"])
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return value_of(chance.choice(schema[keyword]), chance)
    if "allOf" in schema:
        drawn = [value_of(part, chance) for part in schema["allOf"]]
        if all(isinstance(value, dict) for value in drawn):
            return {name: item for value in drawn for name, item in value.items()}
        return chance.choice(drawn)
    match schema.get("type"):
        case "object":
            return _object_of(schema, chance)
        case "array":
            return [value_of(schema["items"], chance) for _ in range(chance.randint(0, 4))]
        case "string":
            return chance.choice(_TEXTS)
        case "integer":
            return chance.randint(-4, 8)
        case "number":
            return chance.choice((chance.randint(-4, 8), chance.randint(-8, 16) / 2, 0.25))
        case "boolean":
            return chance.random() < 0.5
    return None


_TEXTS = (
    *(
        "",
        "a",
        "aa",
        "aaa",
        "aaaa",
        "aaaaa",
        "aaaaaa",
        "b",
        "ab",
        "abcde",
        "x",
        "xx",
        "axb",
        "12",
        "00",
        "123",
        "A",
    ),
    *("2024-01-31", "2024-01-31T12:00:00Z", "a@example.com", "6f1c1a52-3a8e-4c53-9f0a-2b7d5e8f9a10"),
)


def _object_of(schema: dict[str, Any], chance: Random) -> dict[str, Any]:
    likely = 0.95, chance.random()
    needed = schema.get("required", ())
    value = {
        name: value_of(inner, chance)
        for name, inner in schema["properties"].items()
        if chance.random() < likely[name not in needed]
    }
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        for name in chance.sample(("undeclared", "another", *NAMES), chance.randint(0, 2)):
            value.setdefault(name, value_of(others, chance))
    return value
