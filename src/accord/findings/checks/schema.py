"""Rules about the schemas of a contract: what weakens them, and what no value can satisfy."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical

from accord.contract import ecma
from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.library import Library, place, uri
from accord.contract.pattern import escaped, is_usable, patterns
from accord.contract.pointer import Json, join
from accord.contract.schema_place import roots
from accord.contract.traversal import objects, reference
from accord.errors import ContractError
from accord.findings.example import examples
from accord.findings.finding import Finding, Severity
from accord.findings.inspection import ContractObservation, of_documents
from accord.findings.rule import Rule, Subject

# A schema with one of these says something of what the value is.
_SHAPES = frozenset(
    {"type", "$ref", "$dynamicRef", "const", "enum", "allOf", "anyOf", "oneOf", "not", "if", "properties"}
    | {"patternProperties", "additionalProperties", "required", "items", "prefixItems", "contains"}
    | {"pattern", "minimum", "maximum", "multipleOf"}
)
_VALUE = 200


def dangling_reference(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each reference that leads nowhere, out of the contract or in a circle."""
    document = observed.document
    for at, value in objects(document.data):
        target = reference(value)
        if target is None or "/x-" in at:
            continue
        here = uri(document.name, at)
        try:
            contract.library.follow(here)
        except ContractError as error:
            # What another reference on the way is to blame for is told there.
            if error.place != contract.library.place(here):
                continue
            yield observed.finding(
                error.reason,
                uri=here,
                expected="a place in the contract",
                seen=target[:_VALUE],
                deviation="$ref",
                advice=error.next_step,
            )


def foreign_pattern(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each regular expression that is none of ECMA-262, or that some readers of it refuse."""
    for at, schema in observed.schemas():
        for key, pattern in patterns(schema):
            wrong = _strange(pattern)
            if wrong:
                below = (key,) if key == "pattern" else (key, pattern)
                yield observed.finding(
                    wrong,
                    uri=join(at, *below),
                    expected="a pattern that every reader understands (JSON Schema, 6.4)",
                    seen=pattern[:_VALUE],
                    deviation=key,
                    advice="Write it as a browser would take it, and say how long a text is by `maxLength`.",
                )


def unsatisfiable_schema(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each schema that no value can satisfy, where the reason stands."""
    document = observed.document
    places = [root for root, _ in roots(document)]
    for at, causes in dict(_contradictions(contract.library, document.name, places)).items():
        yield observed.finding(
            f"no value can satisfy the schema: {causes} exclude each other",
            uri=uri(document.name, at),
            expected="a schema with at least one value, or `false` where none is meant",
            deviation="unsatisfiable",
            advice="Correct what contradicts.",
        )


def untyped_field(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each property, and the items of each list, of which the contract does not say what they are."""
    for at, schema in observed.schemas():
        fields = schema.get("properties")
        places: list[tuple[str, str, Any]] = [
            (name, pointers.join(at, "properties", name), item)
            for name, item in (fields.items() if isinstance(fields, dict) else ())
        ]
        if "items" in schema:
            places.append(("items", f"{at}/items", schema["items"]))
        for name, where, item in places:
            if item is True or (isinstance(item, dict) and not _SHAPES & set(item)):
                yield observed.finding(
                    f"nothing says what {name} is, so anything goes",
                    uri=where,
                    expected="a type, a constant or a reference",
                    deviation="untyped",
                    advice="Give it a type; where anything may stand, allow all by their names.",
                )


def typeless_enum(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each enumeration that leaves it to its readers to see the type of its members."""
    for at, schema in observed.schemas():
        if isinstance(schema.get("enum"), list) and "type" not in schema and "$ref" not in schema:
            yield observed.finding(
                "the enumeration has no type, without which generated code often has none either",
                uri=at,
                expected="a type beside the enum",
                seen=json.dumps(schema["enum"], ensure_ascii=False)[:_VALUE],
                deviation="enum",
                advice="Say the type of the members.",
            )


def invalid_example(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each example that its own schema refuses."""
    name = observed.document.name
    for item in examples(observed.document):
        try:
            judge = contract.library.validator(uri(name, item.schema), each=item.each)
            error = next(judge.iter_errors(item.value), None)
        except (ContractError, ValueError):  # told by another rule, or no value of JSON
            continue
        if error is not None:
            yield observed.finding(
                f"the example is not valid: {error.message[:_VALUE]}",
                uri=uri(name, item.at + ("" if item.written else pointers.from_path(error.instance_path))),
                expected=f"valid by {place(uri(name, item.schema))}",
                deviation=error.kind.name,
                advice="Correct the example, or the schema if the example is right.",
            )


def _contradictions(library: Library, name: str, places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield where at or below *places* a schema without values begins, and the keywords that make it so."""
    schemas = [pointers.lookup(library.absolute[name], at) for at in places]
    try:
        # Asked for together, what they have in common is looked at once.
        empty = canonical.find_unsatisfiable(
            {"prefixItems": schemas},
            draft=jsonschema_rs.Draft202012,
            validate_formats=True,
            registry=library.registry,
        )
    except ValueError:  # one is nested too deeply, or no JSON Schema
        for at in places if len(places) > 1 else ():
            yield from _contradictions(library, name, [at])
        return
    within: dict[int, dict[str, Any]] = {}
    for at, reason in empty.items():
        _, _, number, *rest = at.split("/")
        within.setdefault(int(number), {})["".join(f"/{step}" for step in rest)] = reason
    for index, reasons in within.items():
        for at, causes in _begun(schemas[index], reasons):
            yield places[index] + at, causes


def _begun(schema: Any, empty: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield those of the places in *schema* that are *empty* where that begins, and the keywords that make it so."""
    meant = {at for at in empty if _is_meant(pointers.lookup(schema, at))}
    ordered = sorted(empty.keys() - meant)
    for at, reason in empty.items():
        after = bisect_left(ordered, f"{at}/")
        deeper = after < len(ordered) and ordered[after].startswith(f"{at}/")
        causes = [reason.cause] if isinstance(reason, canonical.UnsatisfiableReason.Empty) else []
        if isinstance(reason, canonical.UnsatisfiableReason.Conflict):
            causes = reason.causes
        keywords = [word for cause in causes for word in cause.keywords or [cause.pointer.rpartition("/")[2]]]
        if at not in meant and not deeper and keywords and keywords != ["$ref"]:
            yield at, ", ".join(dict.fromkeys(keywords))


def _is_meant(schema: Json) -> bool:
    """Tell whether who wrote *schema* wanted it to have no value."""
    return schema is False or schema in ({"not": {}}, {"not": True})


def _strange(pattern: str) -> str:
    """Return what is wrong with *pattern*, empty when nothing is."""
    try:
        ecma.read_pattern(pattern)
    except ecma.PatternError as error:
        at = error.position + 1
        return f"the pattern is no regular expression of ECMA-262: {error} (at character {at})"
    if is_usable(pattern):
        return ""
    if escaped(pattern) != pattern:
        return "the pattern has a dash beside a class, which only readers without the flag `u` take"
    return "accord's validator cannot use the pattern"


RULES = (
    Rule(function=dangling_reference, subject=Subject.CONTRACT, when=of_documents),
    Rule(function=foreign_pattern, subject=Subject.CONTRACT, severity=Severity.WARNING, when=of_documents),
    Rule(function=unsatisfiable_schema, subject=Subject.CONTRACT, when=of_documents),
    Rule(function=untyped_field, subject=Subject.CONTRACT, severity=Severity.NOTE, when=of_documents),
    Rule(function=typeless_enum, subject=Subject.CONTRACT, severity=Severity.NOTE, when=of_documents),
    Rule(function=invalid_example, subject=Subject.CONTRACT, severity=Severity.WARNING, when=of_documents),
)
