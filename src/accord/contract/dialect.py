"""OpenAPI 3.0's schemas in the terms of JSON Schema 2020-12, in place, so that pointers stay true."""

from __future__ import annotations

from typing import cast

from accord.contract.pointer import Json
from accord.contract.traversal import rewritten

# What tells a Path Item Object, whose reference may have siblings, from a Reference Object.
_OF_A_PATH = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters"})


def modernise(data: dict[str, Json]) -> dict[str, Json]:
    """Return an OpenAPI 3.0 document whose Schema Objects mean the same in JSON Schema 2020-12.

    ``nullable`` becomes a type ``null``, a boolean ``exclusiveMinimum`` the bound itself, and the
    siblings of ``$ref``, which OpenAPI 3.0 ignores, go. The version is left as it is.
    """
    return cast("dict[str, Json]", rewritten(data, _schema))


def _schema(value: dict[str, Json], _at: str) -> Json:
    if isinstance(value.get("$ref"), str):
        return value if _OF_A_PATH & value.keys() else {"$ref": value["$ref"]}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if value.get(exclusive) is True and bound in value:
            value[exclusive] = value.pop(bound)
        elif isinstance(value.get(exclusive), bool):
            del value[exclusive]
    if isinstance(value.get("nullable"), bool):
        return _nullable(value)
    return value


def _nullable(value: dict[str, Json]) -> Json:
    if not value.pop("nullable"):
        return value
    kind = value.get("type")
    if isinstance(kind, str):
        value["type"] = [kind, "null"]
        members = value.get("enum")
        if isinstance(members, list) and None not in members:
            value["enum"] = [*members, None]
        return value
    # Without a type of its own, nullable says nothing by the letter of 3.0.3; authors mean it.
    if any(key in value for key in ("allOf", "anyOf", "oneOf", "enum")):
        return {"anyOf": [value, {"type": "null"}]}
    return value
