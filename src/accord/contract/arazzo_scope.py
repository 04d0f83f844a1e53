"""What the expressions of an Arazzo workflow may name, and whether they do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accord.contract.expression import Expression, split_name
from accord.contract.pointer import Json

_OPEN = (
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "patternProperties",
    "additionalProperties",
    "dependentSchemas",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that one workflow can reach; ``inputs`` None means any.

    ``steps`` and ``workflows`` map an id to the outputs that it declares.
    """

    inputs: Collection[str] | None
    steps: Mapping[str, Collection[str]]
    workflows: Mapping[str, Collection[str]]
    sources: Collection[str]
    parameters: Collection[str]


def scope_of(workflow: Mapping[str, Any], document: Mapping[str, Any]) -> Scope:
    """Return what the expressions of *workflow*, an object of *document*, may name."""
    return Scope(
        inputs=_inputs(workflow.get("inputs")),
        steps={step["stepId"]: tuple(step.get("outputs", ())) for step in workflow["steps"]},
        workflows={item["workflowId"]: tuple(item.get("outputs", ())) for item in document["workflows"]},
        sources=[source["name"] for source in document["sourceDescriptions"]],
        parameters=tuple(document.get("components", {}).get("parameters", ())),
    )


def _inputs(schema: Json) -> Collection[str] | None:
    """Return the inputs that *schema* names, None when it lets others be."""
    if schema is None:
        return ()
    if not isinstance(schema, dict) or any(
        keyword in schema for keyword in _OPEN if schema.get(keyword) is not False
    ):
        return None
    properties = schema.get("properties", {})
    return tuple(properties) if isinstance(properties, dict) else None


def misnamed(expression: Expression, scope: Scope) -> str | None:  # noqa: PLR0911
    """Return what *expression* names that is not there, None when all of it is."""
    match expression.source:
        case "inputs":
            return _unknown(expression.name, scope.inputs, "the workflow has no input")
        case "steps" if expression.owner not in scope.steps:
            return f"the workflow has no step {expression.owner!r}"
        case "steps":
            return _unknown(
                expression.name, scope.steps[expression.owner], f"step {expression.owner!r} has no output"
            )
        case "workflows.inputs" | "workflows.outputs" if expression.owner not in scope.workflows:
            return f"the document has no workflow {expression.owner!r}"
        case "workflows.outputs":
            declared = scope.workflows[expression.owner]
            return _unknown(expression.name, declared, f"workflow {expression.owner!r} has no output")
        case "sourceDescriptions" if expression.owner not in scope.sources:
            return f"the document has no source description {expression.owner!r}"
        case "sourceDescriptions" if expression.name != "url":
            return "only the url of a source description is a value"
        case "components":
            return _unknown(expression.name, scope.parameters, "components has no parameter")
    return None


def _unknown(name: str, known: Collection[str] | None, reason: str) -> str | None:
    if known is None or any(head in known for head, _ in split_name(name)):
        return None
    return f"{reason} {name!r}"
