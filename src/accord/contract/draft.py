"""JSON Schemas of the drafts 4 to 2019-09 in the terms of 2020-12, in place, so that pointers stay true.

Two keywords have to move: ``items`` with a list is ``prefixItems`` now, ``dependencies`` is
``dependentRequired`` or ``dependentSchemas``; references into them move along.
"""

from __future__ import annotations

import re
from typing import cast

from accord.contract.dialect import modernise
from accord.contract.pointer import Json
from accord.contract.traversal import reworded

_DRAFT = re.compile(r"json-schema\.org/(?:draft-0(?P<old>[3-7])|draft/(?P<new>\d{4}-\d{2}))/")
_BEFORE_2019 = ("3", "4", "5", "6", "7")
_BESIDE_A_REFERENCE = ("$ref", "definitions", "$defs", "$id", "id", "$schema", "title", "description")


def draft_of(data: dict[str, Json]) -> str:
    """Return the draft that ``$schema`` names: ``4`` to ``7``, ``2019-09`` or ``2020-12``, which is the default."""
    found = _DRAFT.search(str(data.get("$schema", "")))
    return (found["old"] or found["new"]) if found else "2020-12"


def renewed(data: dict[str, Json]) -> dict[str, Json]:
    """Return the schema *data* in the terms of 2020-12."""
    draft = draft_of(data)
    if draft == "2020-12":
        return data
    if draft in ("3", "4", "5"):
        data = _keeping_definitions(data)
    return cast("dict[str, Json]", reworded(data, lambda value: _renewed(value, draft)))


def _keeping_definitions(data: dict[str, Json]) -> dict[str, Json]:
    """Return *data* with the boolean bounds of draft 4 as bounds; what stands beside a reference stays for now."""
    kept = {key: data[key] for key in _BESIDE_A_REFERENCE if key in data}
    changed = modernise(data)
    return {**changed, **{key: changed.get(key, value) for key, value in kept.items()}}


def _renewed(value: dict[str, Json], draft: str) -> Json:
    target = value.get("$ref")
    if isinstance(target, str):
        if draft in _BEFORE_2019:
            # Draft 7, 8.3: what stands beside a reference is ignored, but others may refer to it.
            value = {key: item for key, item in value.items() if key in _BESIDE_A_REFERENCE}
        value["$ref"] = _moved(target)
    if value.pop("$recursiveRef", None) == "#":
        value["$ref"] = "#"
    items = value.get("items")
    if isinstance(items, list):
        value["prefixItems"] = items
        del value["items"]
        if "additionalItems" in value:
            value["items"] = value.pop("additionalItems")
    elif isinstance(items, dict | bool):
        value.pop("additionalItems", None)
    dependencies = value.get("dependencies")
    if isinstance(dependencies, dict) and draft in _BEFORE_2019:
        _split(value, cast("dict[str, Json]", value.pop("dependencies")))
    return value


def _split(value: dict[str, Json], dependencies: dict[str, Json]) -> None:
    names: dict[str, Json] = {key: item for key, item in dependencies.items() if isinstance(item, list)}
    # Draft 3 takes a single name without its list.
    names.update({key: [item] for key, item in dependencies.items() if isinstance(item, str)})
    schemas: dict[str, Json] = {
        key: item for key, item in dependencies.items() if isinstance(item, dict | bool)
    }
    if names:
        value["dependentRequired"] = names
    if schemas:
        value["dependentSchemas"] = schemas


def _moved(target: str) -> str:
    target = re.sub(r"/items/(?=\d+(?:/|$))", "/prefixItems/", target)
    return re.sub(r"/dependencies/", "/dependentSchemas/", target)
