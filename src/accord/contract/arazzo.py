"""Arazzo 1.0 documents, read into workflows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import jsonschema_rs

from accord.contract import condition as conditions
from accord.contract import expression as expressions
from accord.contract import pointer as pointers
from accord.contract.arazzo_operation import read_operation
from accord.contract.arazzo_scope import Scope, misnamed, scope_of
from accord.contract.pointer import Json
from accord.contract.query import compile_pattern, compile_query
from accord.contract.workflow import (
    Action,
    Criterion,
    Object,
    OperationReference,
    Replacement,
    Step,
    StepBody,
    StepParameter,
    Workflow,
)
from accord.errors import ContractError

__all__ = [
    "Action",
    "Criterion",
    "OperationReference",
    "Replacement",
    "Step",
    "StepBody",
    "StepParameter",
    "Workflow",
    "read_workflows",
]

_JSONPATH_VERSIONS = ("rfc9535", "draft-goessner-dispatch-jsonpath-00")


def read_workflows(document: Object, *, place: str) -> tuple[Workflow, ...]:
    """Return the workflows of *document*, which its JSON Schema accepts; *place* names its file.

    Raises ``ContractError`` that names ``file#/pointer`` for what no schema can see: ids that are
    taken or unknown, references that lead nowhere, expressions and conditions that cannot be read.
    """
    data: dict[str, Any] = document
    reader = _Reader(document=data, place=place)
    reader.unique(data["sourceDescriptions"], "name", "/sourceDescriptions")
    reader.unique(data["workflows"], "workflowId", "/workflows")
    workflows = tuple(
        reader.workflow(item, pointers.join("/workflows", index))
        for index, item in enumerate(data["workflows"])
    )
    reader.refuse_circles(workflows)
    return workflows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """One document and where it stands; every method reads one kind of object."""

    document: dict[str, Any]
    place: str

    def fail(self, reason: str, pointer: str, next_step: str) -> NoReturn:
        raise ContractError(reason, place=f"{self.place}#{pointer}", next_step=next_step)

    def unique(self, items: Iterable[dict[str, Any]], key: str, pointer: str) -> None:
        seen: set[str] = set()
        for index, item in enumerate(items):
            if item[key] in seen:
                self.fail(
                    f"{key} {item[key]!r} is taken",
                    pointers.join(pointer, index, key),
                    "Give each a name of its own.",
                )
            seen.add(item[key])

    def workflow(self, data: dict[str, Any], pointer: str) -> Workflow:
        self.unique(data["steps"], "stepId", f"{pointer}/steps")
        scope = scope_of(data, self.document)
        for index, name in enumerate(data.get("dependsOn", ())):
            self.known_workflow(name, scope, pointers.join(pointer, "dependsOn", index))
        outer = _Outer(
            parameters=self.parameters(data.get("parameters", ()), f"{pointer}/parameters", scope),
            on_success=self.actions(data, "successActions", pointer, scope),
            on_failure=self.actions(data, "failureActions", pointer, scope),
        )
        components: dict[str, Any] = self.document.get("components", {})
        return Workflow(
            id=data["workflowId"],
            summary=data.get("summary", ""),
            inputs=self.inputs(data.get("inputs", {}), f"{pointer}/inputs"),
            depends_on=tuple(data.get("dependsOn", ())),
            steps=tuple(
                self.step(step, pointers.join(pointer, "steps", index), scope, outer)
                for index, step in enumerate(data["steps"])
            ),
            outputs=self.outputs(data.get("outputs", {}), f"{pointer}/outputs", scope),
            sources={source["name"]: source["url"] for source in self.document["sourceDescriptions"]},
            components={name: item["value"] for name, item in components.get("parameters", {}).items()},
            pointer=f"{self.place}#{pointer}",
        )

    def inputs(self, schema: Json, pointer: str) -> Object:
        whole: Object = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": {"inputs": self.document.get("components", {}).get("inputs", {})},
            "allOf": [schema],
        }
        try:
            jsonschema_rs.Draft202012Validator(whole, retriever=_nothing_elsewhere)
        except (jsonschema_rs.ValidationError, ValueError) as error:
            reason = getattr(error, "message", str(error))
            self.fail(
                f"is no JSON Schema: {reason}",
                pointer,
                "Mend the schema; it may refer to #/components/inputs.",
            )
        return whole

    def step(self, data: dict[str, Any], pointer: str, scope: Scope, outer: _Outer) -> Step:
        own = self.parameters(data.get("parameters", ()), f"{pointer}/parameters", scope)
        parameters = _overridden(own, outer.parameters)
        if "workflowId" not in data:
            for parameter in parameters:
                if parameter.location is None:
                    self.fail(
                        f"parameter {parameter.name!r} says not where it goes",
                        parameter.pointer.partition("#")[2],
                        "Add in: path, query, header or cookie.",
                    )
        elif "requestBody" in data:
            self.fail(
                "a workflow takes no body", f"{pointer}/requestBody", "Pass parameters, which are its inputs."
            )
        else:
            self.known_workflow(data["workflowId"], scope, f"{pointer}/workflowId")
        return Step(
            id=data["stepId"],
            description=data.get("description", ""),
            operation=read_operation(data, self.document, f"{self.place}#{pointer}"),
            workflow=data.get("workflowId"),
            parameters=parameters,
            body=self.body(data["requestBody"], f"{pointer}/requestBody", scope)
            if "requestBody" in data
            else None,
            criteria=self.criteria(data.get("successCriteria", ()), f"{pointer}/successCriteria", scope),
            on_success=_named_once(self.actions(data, "onSuccess", pointer, scope), outer.on_success),
            on_failure=_named_once(self.actions(data, "onFailure", pointer, scope), outer.on_failure),
            outputs=self.outputs(data.get("outputs", {}), f"{pointer}/outputs", scope),
            pointer=f"{self.place}#{pointer}",
        )

    def parameters(self, items: Iterable[Any], pointer: str, scope: Scope) -> tuple[StepParameter, ...]:
        found: list[StepParameter] = []
        for index, item in enumerate(items):
            here = pointers.join(pointer, index)
            data, there = self.resolved(item, here, "parameters")
            value = item["value"] if "reference" in item and "value" in item else data["value"]
            self.check_value(value, f"{here if value is item.get('value') else there}/value", scope)
            if any((other.name, other.location) == (data["name"], data.get("in")) for other in found):
                self.fail(f"parameter {data['name']!r} is given twice", here, "Remove one.")
            found.append(
                StepParameter(
                    name=data["name"], location=data.get("in"), value=value, pointer=f"{self.place}#{here}"
                )
            )
        return tuple(found)

    def resolved(self, item: dict[str, Any], pointer: str, kind: str) -> tuple[dict[str, Any], str]:
        """Return what a Reusable Object (4.6.10) stands for, or the object itself, and its pointer."""
        if "reference" not in item:
            return item, pointer
        prefix, name = f"$components.{kind}.", item["reference"]
        components = self.document.get("components", {}).get(kind, {})
        if not name.startswith(prefix) or name.removeprefix(prefix) not in components:
            self.fail(
                f"{name!r} leads nowhere",
                f"{pointer}/reference",
                f"Refer to an entry of #/components/{kind}.",
            )
        name = name.removeprefix(prefix)
        return components[name], pointers.join("/components", kind, name)

    def actions(self, data: dict[str, Any], key: str, pointer: str, scope: Scope) -> tuple[Action, ...]:
        kind = "successActions" if key in ("onSuccess", "successActions") else "failureActions"
        found: list[Action] = []
        for index, item in enumerate(data.get(key, ())):
            here = pointers.join(pointer, key, index)
            action = self.action(*self.resolved(item, here, kind), scope)
            if any(other.name == action.name for other in found):
                self.fail(f"action {action.name!r} is given twice", here, "Remove one.")
            found.append(action)
        return tuple(found)

    def action(self, data: dict[str, Any], pointer: str, scope: Scope) -> Action:
        step, workflow = data.get("stepId"), data.get("workflowId")
        if step is not None and step not in scope.steps:
            self.fail(
                f"the workflow has no step {step!r}", f"{pointer}/stepId", "Name a step of the same workflow."
            )
        if workflow is not None:
            self.known_workflow(workflow, scope, f"{pointer}/workflowId")
        if data["type"] == "goto" and (step is None) == (workflow is None):
            self.fail("goto needs one of stepId and workflowId", pointer, "Name where it goes.")
        return Action(
            name=data["name"],
            type=data["type"],
            step=step,
            workflow=workflow,
            retry_after=data.get("retryAfter", 0),
            retry_limit=int(data.get("retryLimit", 1)),
            criteria=self.criteria(data.get("criteria", ()), f"{pointer}/criteria", scope),
            pointer=f"{self.place}#{pointer}",
        )

    def known_workflow(self, name: str, scope: Scope, pointer: str) -> None:
        if name.startswith("$"):
            self.fail(f"{name!r} is in another document", pointer, "Bring the workflow into this document.")
        if name not in scope.workflows:
            self.fail(
                f"the document has no workflow {name!r}", pointer, "Name a workflowId of this document."
            )

    def criteria(self, items: Iterable[dict[str, Any]], pointer: str, scope: Scope) -> tuple[Criterion, ...]:
        return tuple(
            self.criterion(item, pointers.join(pointer, index), scope) for index, item in enumerate(items)
        )

    def criterion(self, data: dict[str, Any], pointer: str, scope: Scope) -> Criterion:
        type_, version = data.get("type", "simple"), None
        if isinstance(type_, dict):
            type_, version = type_["type"], type_["version"]
        if type_ == "xpath":
            self.fail(
                "accord does not evaluate XPath",
                f"{pointer}/type",
                "Use a simple, regex or jsonpath condition.",
            )
        if version is not None and version not in _JSONPATH_VERSIONS:
            self.fail(
                f"JSONPath {version!r} is unknown",
                f"{pointer}/type/version",
                "Leave the version out (RFC 9535).",
            )
        if type_ != "simple" and "context" not in data:
            self.fail(
                f"a {type_} condition needs a context", pointer, "Add context: $response.body, for example."
            )
        try:
            if type_ == "simple":
                for expression in conditions.references(conditions.parse_condition(data["condition"])):
                    self.check_names(expression, f"{pointer}/condition", scope)
            else:
                (compile_pattern if type_ == "regex" else compile_query)(data["condition"])
        except ValueError as error:
            self.fail(str(error), f"{pointer}/condition", "Mend the condition.")
        if "context" in data:
            self.check_expression(data["context"], f"{pointer}/context", scope)
        return Criterion(
            condition=data["condition"],
            type=type_,
            context=data.get("context"),
            pointer=f"{self.place}#{pointer}",
        )

    def body(self, data: dict[str, Any], pointer: str, scope: Scope) -> StepBody:
        self.check_value(data.get("payload"), f"{pointer}/payload", scope)
        content_type = data.get("contentType")
        return StepBody(
            content_type=content_type,
            payload=data.get("payload"),
            replacements=tuple(self.replacements(data.get("replacements", ()), content_type, pointer, scope)),
            pointer=f"{self.place}#{pointer}",
        )

    def replacements(
        self, items: Iterable[dict[str, Any]], content_type: str | None, pointer: str, scope: Scope
    ) -> Iterator[Replacement]:
        for index, item in enumerate(items):
            here = pointers.join(pointer, "replacements", index)
            target = item["target"]
            if "xml" in (content_type or "") or (target and not target.startswith("/")):
                self.fail(
                    f"{target!r} is no JSON pointer",
                    f"{here}/target",
                    "Name a member of a JSON or form payload.",
                )
            self.check_value(item["value"], f"{here}/value", scope)
            yield Replacement(target=target, value=item["value"], pointer=f"{self.place}#{here}")

    def outputs(self, data: dict[str, str], pointer: str, scope: Scope) -> dict[str, str]:
        for name, text in data.items():
            self.check_expression(text, pointers.join(pointer, name), scope)
        return dict(data)

    def check_expression(self, text: str, pointer: str, scope: Scope) -> None:
        try:
            expression = expressions.parse_expression(text)
        except ValueError as error:
            self.fail(str(error), pointer, "Write a runtime expression, such as $response.body#/id.")
        self.check_names(expression, pointer, scope)

    def check_value(self, value: Json, pointer: str, scope: Scope) -> None:
        try:
            for below, expression in expressions.expressions_in(value):
                self.check_names(expression, pointer + below, scope)
        except ValueError as error:
            self.fail(str(error), pointer, "Mend the runtime expression.")

    def check_names(self, expression: expressions.Expression, pointer: str, scope: Scope) -> None:
        reason = misnamed(expression, scope)
        if reason:
            self.fail(f"{expression.text!r}: {reason}", pointer, "Name what the document declares.")

    def refuse_circles(self, workflows: tuple[Workflow, ...]) -> None:
        """Refuse workflows that wait for each other."""
        needed = {workflow.id: set(workflow.depends_on) for workflow in workflows}
        while needed:
            ready = [name for name, others in needed.items() if not others & needed.keys()]
            if not ready:
                stuck = next(workflow for workflow in workflows if workflow.id in needed)
                self.fail(
                    f"workflow {stuck.id!r} depends on itself, or on workflows that do",
                    f"{stuck.pointer.partition('#')[2]}/dependsOn",
                    "Break the circle.",
                )
            for name in ready:
                del needed[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outer:
    """What a workflow gives to each of its steps."""

    parameters: tuple[StepParameter, ...]
    on_success: tuple[Action, ...]
    on_failure: tuple[Action, ...]


def _overridden(
    own: tuple[StepParameter, ...], outer: tuple[StepParameter, ...]
) -> tuple[StepParameter, ...]:
    taken = {(parameter.name, parameter.location) for parameter in own}
    return (*own, *(item for item in outer if (item.name, item.location) not in taken))


def _named_once(own: tuple[Action, ...], outer: tuple[Action, ...]) -> tuple[Action, ...]:
    taken = {action.name for action in own}
    return (*own, *(action for action in outer if action.name not in taken))


def _nothing_elsewhere(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is outside the document")
