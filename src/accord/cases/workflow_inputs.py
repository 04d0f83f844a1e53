"""The inputs of a workflow: what was given, and the defaults of its schema."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NoReturn

import jsonschema_rs

from accord.contract import pointer as pointers
from accord.contract.pointer import Json
from accord.contract.workflow import Workflow

_DEEPEST = 20


def complete_inputs(workflow: Workflow, given: Mapping[str, Json]) -> dict[str, Json]:
    """Return *given* with the defaults of the workflow's schema, which then accepts it.

    Raises ``ValueError`` that names what the schema refuses, without the value.
    """
    inputs = {**_defaults(workflow.inputs, workflow.inputs, 0), **given}
    validator = jsonschema_rs.Draft202012Validator(
        workflow.inputs, mask="a value", retriever=_nothing_elsewhere
    )
    try:
        validator.validate(inputs)
    except jsonschema_rs.ValidationError as error:
        place = pointers.from_path(error.instance_path)
        raise ValueError(f"input {place or '(all)'}: {error.message}") from error
    return inputs


def _defaults(schema: Any, root: dict[str, Any], depth: int) -> dict[str, Json]:
    """Return the defaults of top-level properties, through ``$ref`` and ``allOf``."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return {}
    found: dict[str, Json] = {}
    if isinstance(schema.get("default"), dict):
        found.update(copy.deepcopy(schema["default"]))
    for part in (_target(schema.get("$ref"), root), *schema.get("allOf", ())):
        found.update(_defaults(part, root, depth + 1))
    for name, item in schema.get("properties", {}).items():
        described = _described(item, root)
        if "default" in described:
            found[name] = copy.deepcopy(described["default"])
    return found


def _described(schema: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that holds the default of *schema*: itself, or what it refers to."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, dict):
            return {}
        if "default" in schema or "$ref" not in schema:
            return schema
        schema = _target(schema["$ref"], root)
    return {}


def _target(reference: object, root: dict[str, Any]) -> Json:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    try:
        return pointers.lookup(root, reference[1:])
    except LookupError:
        return None


def _nothing_elsewhere(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is outside the document")
