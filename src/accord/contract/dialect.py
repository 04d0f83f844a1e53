"""Older schemas in the terms of JSON Schema 2020-12, in place, so that pointers stay true, and back.

OpenAPI 3.0 has a dialect of its own; the drafts 7 and 2019-09 spell a few keywords otherwise.
"""

from __future__ import annotations

import re
from typing import cast

from accord.contract.pointer import Json
from accord.contract.traversal import reworded

# What tells a Path Item Object, whose reference may have siblings, from a Reference Object.
_OF_A_PATH = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters"})
# What may stand beside a reference where drafts up to 7 ignore all else.
_BESIDE_REFERENCES = frozenset(
    {"$ref", "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default"}
    | {"examples", "deprecated"}
)
# What draft 7 cannot say.
_BEYOND = frozenset(
    {"unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains"}
    | {"$dynamicRef", "$dynamicAnchor"}
)
_LONE_REFERENCES = re.compile(r"https?://json-schema\.org/draft-0[67]/schema#?")
# JSON Schema 2020-12 itself, and what OpenAPI makes of it, in each of its editions.
_USUAL = re.compile(
    r"https://json-schema\.org/draft/2020-12/schema"
    r"|https://spec\.openapis\.org/oas/3\.[12]/dialect/(base|\d{4}-\d\d-\d\d)"
)
_TUPLE_STEP = re.compile(r"/items/([0-9]+)(?=/|$)")
_OPENAPI_30 = re.compile(r"application/vnd\.oai\.openapi(\+json|\+yaml)?;\s*version=3\.0\.[0-9]+")


def without_dialect(data: dict[str, Json]) -> dict[str, Json]:
    """Return *data* without the statements that its schemas are of the dialect that they are of anyway."""

    def changed(value: dict[str, Json]) -> Json:
        for key in ("$schema", "jsonSchemaDialect"):
            if _USUAL.fullmatch(str(value.get(key))):
                del value[key]
        return value

    return cast("dict[str, Json]", reworded(data, changed))


def modernise(data: dict[str, Json]) -> dict[str, Json]:
    """Return an OpenAPI 3.0 document whose Schema Objects mean the same in JSON Schema 2020-12.

    ``nullable`` becomes a type ``null``, a boolean ``exclusiveMinimum`` the bound itself, and the
    siblings of ``$ref``, which OpenAPI 3.0 ignores, go. The version is left as it is.
    """
    return cast("dict[str, Json]", reworded(data, _schema))


def _schema(value: dict[str, Json]) -> Json:
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


def modernise_drafts(data: dict[str, Json]) -> dict[str, Json]:
    """Return a document whose schemas of the drafts 7 and 2019-09 mean the same in 2020-12.

    Only forms that mean nothing in 2020-12 are changed, so that it need not be known which draft a
    part is written in: ``items`` that are a list, ``dependencies``, an ``$id`` that is an anchor, and
    ``$recursiveRef``. What stands beside ``$ref`` goes where the document says that it is draft 7.
    """
    lone = _LONE_REFERENCES.fullmatch(str(data.get("$schema", ""))) is not None

    def changed(value: dict[str, Json]) -> Json:
        if value.get("$recursiveRef") == "#" and "$ref" not in value:
            value["$ref"] = value.pop("$recursiveRef")
        target = value.get("$ref")
        if isinstance(target, str):
            value["$ref"] = _TUPLE_STEP.sub(r"/prefixItems/\1", target) if "#" in target else target
            if lone:
                value = {
                    key: item
                    for key, item in value.items()
                    if key in _BESIDE_REFERENCES or key.startswith("x-")
                }
        return _of_draft(value)

    return cast("dict[str, Json]", reworded(data, changed))


def _of_draft(value: dict[str, Json]) -> dict[str, Json]:
    if isinstance(value.get("items"), list) and "prefixItems" not in value:
        value["prefixItems"] = value.pop("items")
        if "additionalItems" in value:
            value["items"] = value.pop("additionalItems")
    dependencies = value.get("dependencies")
    if isinstance(dependencies, dict):
        del value["dependencies"]
        _split_dependencies(value, dependencies)
    name = value.get("$id")
    if isinstance(name, str) and name.startswith("#") and len(name) > 1:
        value["$anchor"] = name[1:]
        del value["$id"]
    if _OPENAPI_30.fullmatch(str(value.get("schemaFormat", ""))) and isinstance(value.get("schema"), dict):
        value["schema"] = modernise(cast("dict[str, Json]", value["schema"]))
    return value


def _split_dependencies(value: dict[str, Json], dependencies: dict[str, Json]) -> None:
    required = {key: item for key, item in dependencies.items() if isinstance(item, list)}
    schemas = {key: item for key, item in dependencies.items() if not isinstance(item, list)}
    for keyword, found in (("dependentRequired", required), ("dependentSchemas", schemas)):
        if found:
            present = value.get(keyword)
            value[keyword] = {**found, **(present if isinstance(present, dict) else {})}


def beyond_draft_7(value: dict[str, Json]) -> bool:
    """Tell whether a schema has a keyword that draft 7 has no words for."""
    return not _BEYOND.isdisjoint(value)


def antiquate(value: dict[str, Json]) -> dict[str, Json]:
    """Return a schema, a copy, in the terms of draft 7, as AsyncAPI extends it.

    What draft 7 cannot say stays, and says nothing there; a ``discriminator`` of OpenAPI goes, for
    AsyncAPI means something else by it.
    """
    if isinstance(value.get("discriminator"), dict):
        del value["discriminator"]
    members = value.get("prefixItems")
    if isinstance(members, list):
        del value["prefixItems"]
        if members and "items" in value:
            value["additionalItems"] = value.pop("items")
        if members:
            value["items"] = members
    _join_dependencies(value)
    if isinstance(value.get("$ref"), str) and any(
        key not in _BESIDE_REFERENCES and not key.startswith("x-") for key in value
    ):
        others = value.get("allOf")
        reference: Json = {"$ref": value.pop("$ref")}
        value["allOf"] = [reference, *(others if isinstance(others, list) else [])]
    return value


def _join_dependencies(value: dict[str, Json]) -> None:
    required, schemas = (value.pop(key, None) for key in ("dependentRequired", "dependentSchemas"))
    found: dict[str, Json] = dict(required) if isinstance(required, dict) else {}
    for key, schema in schemas.items() if isinstance(schemas, dict) else ():
        found[key] = {"required": found[key], "allOf": [schema]} if key in found else schema
    if found:
        value["dependencies"] = found
