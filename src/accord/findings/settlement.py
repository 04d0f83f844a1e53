"""The lines of a contract that would end a finding, where the service is right and the contract silent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

import orjson

from accord.contract.media_type import essence
from accord.contract.pointer import Json
from accord.exchange.values import Response

_MAXIMUM_DEPTH = 3
_MAXIMUM_MEMBERS = 12
_LONGEST_NAME = 60
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def response_lines(response: Response) -> str:
    """Return the YAML that documents an answer such as *response*, under ``responses`` of its operation."""
    content_type = essence(response.header("content-type"))
    told: dict[str, Json] = {"description": _phrase(response.status)}
    if content_type and response.body:
        told["content"] = {content_type[:_LONGEST_NAME]: _media_type(response.body)}
    return f'responses:\n  "{response.status}": {json.dumps(told)}'


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "?"


def _media_type(body: bytes) -> Json:
    try:
        return {"schema": _shape(orjson.loads(body), _MAXIMUM_DEPTH)}
    except orjson.JSONDecodeError:
        return {}


def _shape(value: Json, depth: int) -> Json:
    """Return a schema of values like *value*: their types, and the members that it has."""
    if isinstance(value, dict) and depth:
        names = [name for name in value if len(name) <= _LONGEST_NAME][:_MAXIMUM_MEMBERS]
        members: Json = {name: _shape(value[name], depth - 1) for name in names}
        return {"type": "object", "required": list(names), "properties": members}
    if isinstance(value, list) and value and depth:
        return {"type": "array", "items": _shape(value[0], depth - 1)}
    if isinstance(value, dict | list):
        return {"type": "object" if isinstance(value, dict) else "array"}
    return {"type": _TYPES[type(value)]}
