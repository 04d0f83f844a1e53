"""Rules about declarations: names and values of a document that contradict what stands beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.openapi import methods_of
from accord.errors import ContractError
from accord.findings.finding import Finding, Severity
from accord.findings.inspection import ContractObservation, of_documents, of_operations
from accord.findings.rule import Rule, Subject

_TEMPLATED = re.compile(r"\{([^{}]+)\}")
# What speaks of a value alone, and leads nowhere else.
_PLAIN = (
    "type",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
)
# Beside one of these, or in one, another schema may describe the member.
_ELSEWHERE = frozenset(
    {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "not", "patternProperties"}
)
_BRANCH = re.compile(r"/(allOf|anyOf|oneOf)/\d+$|/(if|then|else|not|dependentSchemas/[^/]+)$")
_VALUE = 200


def duplicate_operation_id(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each operation whose operationId another one has before it."""
    seen: dict[str, str] = {}
    for at, operation in _operations(contract.library, observed.document.name, observed.document.data):
        name = operation.get("operationId")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield observed.finding(
                f"operationId {name!r} names another operation as well",
                uri=f"{at}/operationId",
                expected="an operationId of its own (OpenAPI, Operation Object)",
                seen=libraries.place(seen[name]),
                deviation=name,
                advice="Rename one of the two.",
            )
        seen.setdefault(name, at)


def mismatched_path_parameter(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield where the template of a path and the path parameters that are declared do not name the same."""
    operation = observed.operation
    named = list(dict.fromkeys(_TEMPLATED.findall(operation.path)))
    declared = {item.name: item for item in operation.parameters_in("path")}
    for name in named:
        if name not in declared:
            yield observed.finding(
                f"the path has {{{name}}}, and no path parameter of that name is declared",
                uri=operation.uri,
                expected=f"a parameter {name} in the path",
                seen=", ".join(declared),
                deviation=f"undeclared {name}",
                advice="Declare it, with a schema, at the operation or at the path.",
            )
    for name, parameter in declared.items():
        if name not in named:
            yield observed.finding(
                f"path parameter {name} is declared, and the path has no place for it",
                uri=parameter.uri,
                expected=f"{{{name}}} in the path",
                seen=operation.path,
                deviation=f"unplaced {name}",
                advice="Put it into the path, or say that it is in the query.",
            )


def excluded_enum_member(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each member of an enumeration that the keywords beside it exclude."""
    for at, schema in observed.schemas():
        members = schema.get("enum")
        beside = {key: schema[key] for key in _PLAIN if key in schema}
        if not isinstance(members, list) or not beside:
            continue
        refused = [number for number, item in enumerate(members) if not _allows(beside, item)]
        # Of an enumeration that has no value left, another rule tells.
        for number in refused if len(refused) < len(members) else ():
            shown = json.dumps(members[number], ensure_ascii=False)[:_VALUE]
            yield observed.finding(
                f"the enumeration has {shown}, which {', '.join(beside)} beside it excludes",
                uri=f"{at}/enum/{number}",
                expected=json.dumps(beside, ensure_ascii=False)[:_VALUE],
                seen=shown,
                deviation=f"enum {number}",
                advice="Take the member out, or allow it; for null, add it to the type.",
            )


def invalid_default(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each default that its own schema refuses."""
    for at, schema in observed.schemas():
        if "default" not in schema:
            continue
        try:
            error = next(contract.library.validator(at).iter_errors(schema["default"]), None)
        except (ContractError, ValueError):  # told by another rule, or no value of JSON
            continue
        if error is not None:
            yield observed.finding(
                f"the default is not valid: {error.message[:_VALUE]}",
                uri=f"{at}/default",
                expected=f"valid by {libraries.place(at)}",
                deviation=error.kind.name,
                advice="Correct the default, or the schema if the default is right.",
            )


def undescribed_required_member(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each member that an object must have and of which nothing says what it is."""
    for at, schema in observed.schemas():
        described, required = schema.get("properties"), schema.get("required")
        if not isinstance(described, dict) or not isinstance(required, list) or _ELSEWHERE & set(schema):
            continue
        if _BRANCH.search(at) or schema.get("additionalProperties", True) is not True:
            continue
        for number, name in enumerate(required):
            if isinstance(name, str) and name not in described:
                yield observed.finding(
                    f"{name} is required, and nothing says what it is",
                    uri=f"{at}/required/{number}",
                    expected=", ".join(described)[:_VALUE] or "a property of that name",
                    seen=name,
                    deviation=name,
                    advice="Describe it under `properties`, or correct its name.",
                )


def _operations(library: Library, name: str, data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield URI and value of each operation of the OpenAPI document *data*, called *name*."""
    paths = data.get("paths") if "openapi" in data else None
    for path in paths if isinstance(paths, dict) else ():
        try:
            at, item = library.object(libraries.uri(name, pointers.join("/paths", path)))
        except ContractError:  # told by another rule
            continue
        for _, pointer in methods_of(item):
            value = pointers.lookup(item, pointer)
            if isinstance(value, dict):
                yield at + pointer, value


def _allows(schema: dict[str, Any], value: Any) -> bool:
    try:
        return jsonschema_rs.is_valid(schema, value)
    except ValueError:  # no schema: told where the contract is read
        return True


RULES = (
    Rule(function=duplicate_operation_id, subject=Subject.CONTRACT, when=of_documents),
    Rule(function=mismatched_path_parameter, subject=Subject.CONTRACT, when=of_operations),
    Rule(function=excluded_enum_member, subject=Subject.CONTRACT, when=of_documents),
    Rule(function=invalid_default, subject=Subject.CONTRACT, severity=Severity.WARNING, when=of_documents),
    Rule(
        function=undescribed_required_member,
        subject=Subject.CONTRACT,
        severity=Severity.WARNING,
        when=of_documents,
    ),
)
