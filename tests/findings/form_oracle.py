"""A reader of drawn forms and multipart bodies that knows the type of each field; it shares nothing with the judges."""

from __future__ import annotations

import json
from email import message_from_bytes
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
STYLES: tuple[dict[str, Any], ...] = (
    {},
    {"style": "form"},
    {"explode": False},
    {"style": "spaceDelimited"},
    {"style": "pipeDelimited"},
    {"contentType": "application/json"},
)


def media_of(chance: Random) -> dict[str, Any]:
    """Return a Media Type Object of a form with a text, a number, a list and an object."""
    schemas = {
        "text": {"type": "string", "maxLength": chance.randint(1, 4)},
        "number": {"type": "integer", "minimum": chance.randint(0, 3)},
        "list": {
            "type": "array",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": chance.randint(2, 4),
        },
        "object": {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer", "maximum": chance.randint(3, 6)}},
        },
    }
    encoding = {
        "text": chance.choice(({}, {"contentType": "text/plain"}, {"contentType": "text/plain, text/csv"})),
        "number": chance.choice(({}, {"contentType": "application/json"})),
        "list": chance.choice(STYLES),
        "object": chance.choice(({"contentType": "application/json"}, {"style": "deepObject"})),
    }
    headers = {"X-Sum": {"required": chance.random() < 0.5, "schema": {"type": "integer"}}}
    if chance.random() < 0.5:
        encoding["text"] = {**encoding["text"], "headers": headers}
    names = chance.sample(sorted(schemas), 2)
    return {
        "schema": {
            "type": "object",
            "required": names,
            "properties": {name: schemas[name] for name in names},
        },
        "encoding": {name: encoding[name] for name in names if encoding[name]},
    }


def is_body(media: dict[str, Any], kind: str, body: bytes) -> bool:
    """Tell whether *media* describes *body*."""
    fields: dict[str, list[tuple[str, str]]] = {}
    for name, text, part in _pairs(kind, body):
        owner = name.partition("[")[0]
        if part is not None and not _is_part(media["encoding"].get(owner, {}), part):
            return False
        fields.setdefault(owner, []).append((name, text))
    known = media["schema"]["properties"]
    try:
        value = {
            name: _value(known[name], media["encoding"].get(name, {}), pairs) if name in known else pairs
            for name, pairs in fields.items()
        }
    except ValueError:
        return False
    return jsonschema_rs.is_valid(media["schema"], value)


def _pairs(kind: str, body: bytes) -> list[tuple[str, str, Any]]:
    if kind == FORM:
        return [(name, text, None) for name, text in parse_qsl(body.decode(), keep_blank_values=True)]
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return [
        (part.get_param("name", header="content-disposition"), part.get_payload(), part)
        for part in message.get_payload()
    ]


def _is_part(encoding: dict[str, Any], part: Any) -> bool:
    is_styled = "style" in encoding or "explode" in encoding
    named = "" if is_styled else encoding.get("contentType", "")
    if named and part.get_content_type() not in named.split(", "):
        return False
    wanted = encoding.get("headers", {}).get("X-Sum", {}).get("required", False)
    return part["x-sum"].isdigit() if part["x-sum"] is not None else not wanted


def _value(schema: dict[str, Any], encoding: dict[str, Any], pairs: list[tuple[str, str]]) -> Any:
    texts = [text for _, text in pairs]
    if schema["type"] == "array":
        return _items(encoding, texts)
    if encoding.get("style") == "deepObject":
        return {name.partition("[")[2].rstrip("]"): _scalar(text) for name, text in pairs}
    (text,) = texts
    if schema["type"] == "object" or encoding.get("contentType") == "application/json":
        return json.loads(text)
    return text if schema["type"] == "string" else _scalar(text)


def _items(encoding: dict[str, Any], texts: list[str]) -> list[Any]:
    if encoding.get("contentType") == "application/json":
        return [json.loads(text) for text in texts] if len(texts) > 1 else json.loads(texts[0])
    style = encoding.get("style", "form")
    if encoding.get("explode", style == "form"):
        return [_scalar(text) for text in texts]
    (text,) = texts
    return [_scalar(item) for item in text.split(SEPARATORS[style])]


def _scalar(text: str) -> Any:
    return int(text) if text.isdigit() else text
