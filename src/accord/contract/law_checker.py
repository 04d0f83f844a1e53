"""Laws held against the rest of their contract: what they name is there, and what they say can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from accord.contract import pointer as pointers
from accord.contract.condition import parse_condition, references
from accord.contract.expression import Expression, is_expression, parse_expression, split_template
from accord.contract.law import Laws, ListLaw, Reading, ThingLaw, Told, WriteLaw
from accord.contract.library import SCHEME, Library
from accord.contract.openapi import Operation
from accord.contract.part import below, parts_of, properties_of
from accord.contract.query import compile_pattern, compile_query
from accord.contract.workflow import Criterion

Problems = Iterator[tuple[str, str]]


def success_schemas(operation: Operation) -> tuple[str, ...]:
    """Return the schemas of the bodies that *operation* answers success with."""
    return tuple(
        media_type.schema
        for status, answer in operation.answers.items()
        if status.startswith("2")
        for media_type in answer.media_types
        if media_type.schema is not None
    )


def request_schemas(operation: Operation) -> tuple[str, ...]:
    """Return the schemas of the bodies that *operation* takes."""
    media_types = operation.body.media_types if operation.body else ()
    return tuple(item.schema for item in media_types if item.schema is not None)


def problems(library: Library, laws: Laws) -> Problems:
    """Yield where a law is wrong, as a URI, and why."""
    for law in laws.lists.values():
        yield from _of_list(library, law)
    for thing in laws.things:
        yield from _of_thing(library, thing)
    for write in laws.writes.values():
        if write.declared:
            yield from _of_write(library, write)


def _of_list(library: Library, law: ListLaw) -> Problems:
    at = f"{SCHEME}/{law.place}"
    answers = success_schemas(law.operation)
    query = {item.name for item in law.operation.parameters_in("query")}
    if law.operation.method != "GET":
        yield at, "a list is what a GET answers"
    names = [("/size", law.size), ("/page", law.page), ("/offset", law.offset)]
    names += [("/sort/parameter", law.sorted_by)]
    names += [(pointers.join("/filters", name), name) for name in law.filters]
    for here, name in names:
        if name is not None and name not in query:
            yield at + here, f"operation {law.operation.id!r} has no query parameter {name!r}"
    item = law.items + "/*"
    missing = partial(_missing, library, answers)
    yield from missing(f"{at}/items", item)
    yield from missing(f"{at}/identity", item + law.identity)
    if law.total is not None:
        yield from _of_expression(f"{at}/total", law.total)
        if law.total.startswith("$response.body#"):
            yield from missing(f"{at}/total", law.total.partition("#")[2])
    for name, member in law.filters.items():
        yield from missing(pointers.join(at, "filters", name), item + (member or ""))
    if law.order is not None:
        yield from missing(f"{at}/order", item + law.order.member)
    for value, order in law.sort.items():
        yield from missing(pointers.join(at, "sort", "values", value), item + order.member)


def _of_thing(library: Library, law: ThingLaw) -> Problems:
    at = f"{SCHEME}/{law.place}"
    missing = partial(_missing, library, (law.schema,))
    if law.fixed or law.updated or law.created:
        yield from missing(f"{at}/identity", law.identity)
    for name, member in (("created", law.created), ("updated", law.updated)):
        if member is not None:
            yield from missing(f"{at}/{name}", member)
    for name, members in (("fixed", law.fixed), ("volatile", law.volatile), ("unique", law.unique)):
        for index, member in enumerate(members):
            yield from missing(pointers.join(at, name, index), member)
    for member, other in law.refers.items():
        yield from missing(pointers.join(at, "refers", member), member)
        yield from missing(pointers.join(at, "refers", member), other)
    for member in law.fetches:
        yield from missing(pointers.join(at, "fetches", member), member)


def _of_write(library: Library, law: WriteLaw) -> Problems:
    at = f"{SCHEME}/{law.place}"
    written, answers = request_schemas(law.operation), success_schemas(law.operation)
    read = [schema for item in law.readings for schema in success_schemas(item.operation)]
    for reading in law.readings:
        yield from _of_reading(pointers.join(at, "readings", reading.name), reading)
    for member, other in law.keeps.items():
        here = pointers.join(at, "keeps", member)
        yield from _missing(library, written, here, member)
        yield from _missing(library, (*answers, *read), here, other)
    for index, member in enumerate(law.tells):
        yield from _missing(library, answers, pointers.join(at, "tells", index), member)
    for index, told in enumerate(law.changes):
        yield from _of_told(library, law, pointers.join(at, "changes", index), told)
    for told in law.grows:
        yield from _of_told(library, law, pointers.join(at, "grows", f"{told.reading}#{told.member}"), told)
    for member, text in law.counts.items():
        here = pointers.join(at, "counts", member)
        yield from _missing(library, answers, here, member)
        yield from _of_expression(here, text, law.readings)
    for member, told in law.belongs.items():
        here = pointers.join(at, "belongs", member)
        yield from _missing(library, written, here, member)
        yield from _of_told(library, law, here, told, before=True)
    for index, criterion in enumerate(law.agrees):
        yield from _of_criterion(pointers.join(at, "agrees", index), criterion, law.readings)
    if law.repeat is not None and law.repeat.when is not None:
        criterion = Criterion(condition=law.repeat.when, pointer="")
        yield from _of_criterion(f"{at}/repeat/when", criterion, law.readings)


def _of_reading(at: str, reading: Reading) -> Problems:
    known = {item.name for item in reading.operation.parameters}
    for name, value in reading.parameters.items():
        if name.rpartition(".")[2] not in known:
            yield at, f"operation {reading.operation.id!r} has no parameter {name!r}"
        if isinstance(value, str) and is_expression(value):
            yield from _of_expression(at, value)
    for parameter in reading.operation.parameters:
        given = {name.rpartition(".")[2] for name in reading.parameters}
        if parameter.required and parameter.name not in given:
            yield at, f"operation {reading.operation.id!r} needs the parameter {parameter.name!r}"


def _of_told(library: Library, law: WriteLaw, at: str, told: Told, *, before: bool = True) -> Problems:
    reading = next((item for item in law.readings if item.name == told.reading), None)
    if reading is None:
        yield at, f"there is no reading {told.reading!r}"
    elif before and reading.needs_answer:
        yield at, f"the reading {told.reading!r} cannot be asked before the write: it needs its answer"
    else:
        yield from _missing(library, success_schemas(reading.operation), at, told.member)


def _of_criterion(at: str, criterion: Criterion, readings: Iterable[Reading]) -> Problems:
    try:
        expressions = list(_expressions(criterion))
    except ValueError as error:
        yield at, str(error)
        return
    for expression in expressions:
        yield from _of_expression(at, expression.text, readings)


def _expressions(criterion: Criterion) -> Iterator[Expression]:
    """Yield the expressions of *criterion*; raises ``ValueError`` when it cannot be read."""
    if criterion.type == "simple":
        yield from references(parse_condition(criterion.condition))
        return
    if criterion.context is None:
        raise ValueError(f"a {criterion.type} condition needs a context")
    yield parse_expression(criterion.context)
    if criterion.type == "regex":
        compile_pattern(criterion.condition)
        return
    parts = list(split_template(criterion.condition))
    compile_query("".join(part if isinstance(part, str) else "x" for part in parts))
    yield from (part for part in parts if isinstance(part, Expression))


def _of_expression(at: str, text: str, readings: Iterable[Reading] = ()) -> Problems:
    try:
        expression = parse_expression(text)
    except ValueError as error:
        yield at, str(error)
        return
    known = {item.name: item for item in readings}
    if expression.source in ("inputs", "outputs"):
        reading = known.get(expression.name)
        if reading is None:
            yield at, f"there is no reading {expression.name!r}"
        elif expression.source == "inputs" and reading.needs_answer:
            yield at, f"the reading {expression.name!r} cannot be asked before the write: it needs its answer"
    elif not expression.source.startswith(("request", "response", "statusCode", "url", "method")):
        yield at, f"{text} means nothing here: a law knows $request, $response, $inputs and $outputs"


def _missing(library: Library, schemas: Iterable[str], at: str, pointer: str) -> Problems:
    """Yield when no one of *schemas* has something at *pointer*."""
    found = [below(library, (schema,), pointer) for schema in schemas]
    if found and not any(item is None or item for item in found):
        names = sorted(
            {
                name
                for schema in schemas
                for _, part in parts_of(library, (schema,))
                for name in properties_of(part)
            }
        )
        known = f"; there are {', '.join(names[:10])}" if names else ""
        yield at, f"nothing stands at {pointer or 'the root'}{known}"
