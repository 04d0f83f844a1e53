"""The things that a caller owns, as far as a run can learn of them by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

from accord.cases.change import Changes, put_wrong
from accord.cases.expression import Context as Spoken
from accord.cases.expression import Message, UnresolvedError, read_body, resolve
from accord.cases.wrong import Wrong
from accord.contract.link import Link, read_links
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.exchange.values import Exchange
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.wire import engine, label

Values: TypeAlias = dict[str, Json]
# How the id of a thing is read from an answer, given the path parameters of the request.
Reading: TypeAlias = Callable[[Exchange, Values], Json]

_MAXIMUM_DEPTH = 3
# Steps that would lead to another path.
_NOWHERE = ("", ".", "..")


@dataclass(slots=True)
class Things:
    """Finds what ``default`` owns: along links, in the collection above, at last in examples.

    ``fresh`` takes only what an operation creates when it is asked. ``alike`` are the ids that stood
    beside one in its list; ``cases`` and ``lists`` keep what was made and heard once.
    """

    context: Context
    tally: Tally
    fresh: bool = False
    alike: dict[str, list[Json]] = field(default_factory=dict)
    cases: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Exchange | None] = field(default_factory=dict)

    def of(self, operation: Operation, depth: int = 0) -> list[Values]:
        """Return path parameters of *operation* that name things of ``default``'s; none when none is found."""
        values: Values = {}
        parameters = in_order(operation)
        for parameter in parameters:
            value = self._value(operation, parameter, values, depth)
            if value is None:
                return []
            values[parameter.name] = value
        others = self.alike.get(parameters[-1].name, []) if parameters else []
        last = parameters[-1].name if parameters else ""
        return [values, *({**values, last: value} for value in others if value != values[last])]

    def listing(
        self, operation: Operation, values: Values, identity: str
    ) -> tuple[Operation, Exchange] | None:
        """Return the list, and its answer to *identity*, that shows the thing of *values*; None when none does."""
        parameter = in_order(operation)[-1]
        for source, _ in self._sources(operation, parameter):
            if source.method != "GET" or not {item.name for item in in_order(source)} <= values.keys():
                continue
            if source.id not in self.lists:
                self.lists[source.id] = self.ask(source, values, identity)
            exchange = self.lists[source.id]
            if _is_good(exchange) and values[parameter.name] in _leaves(_body(exchange)):
                return source, cast("Exchange", exchange)
        return None

    def ask(self, operation: Operation, values: Values, identity: str = "default") -> Exchange | None:
        """Return what *identity* hears of *operation* with these path parameters, None when it hears nothing."""
        case = self._case(operation)
        if case is None:
            return None
        for parameter in in_order(operation):
            value = values[parameter.name]
            put_wrong(case, Wrong(location="path", path=(parameter.name,), keyword="id", value=value))
        made, _ = engine(self.context)
        credential = self.context.identities.credential(operation, identity)
        request = made.request(label(operation), case, Changes(credential=credential))
        exchange = self.context.client.send(request, operation=operation.id)
        self.tally.cases += 1
        self.context.watch.note(exchange)
        return exchange if exchange.response is not None and exchange.lapse is None else None

    def _case(self, operation: Operation) -> Any:
        """Return a valid case without what it may leave out of the query: it would ask for less."""
        if operation.id not in self.cases:
            made, _ = engine(self.context)
            case: Any = made.valid(label(operation)) if label(operation) in made.labels() else None
            for parameter in operation.parameters_in("query") if case is not None else ():
                if not parameter.required:
                    case.query.pop(parameter.name, None)
            self.cases[operation.id] = case
        return self.cases[operation.id]

    def _value(self, operation: Operation, parameter: Parameter, values: Values, depth: int) -> Json:
        created = self.fresh and depth == 0 and parameter is in_order(operation)[-1]
        example = None if created else self._example(operation, parameter)
        for source, read in self._sources(operation, parameter):
            if created and source.method != "POST":
                continue
            own: Values | None = {item.name: values.get(item.name) for item in in_order(source)}
            if own is not None and None in own.values():
                own = next(iter(self.of(source, depth + 1)), None) if depth < _MAXIMUM_DEPTH else None
            exchange = self.ask(source, own) if own is not None else None
            value = read(exchange, own) if exchange and own is not None and _is_good(exchange) else None
            if isinstance(value, str | int) and value not in _NOWHERE:
                self.alike[parameter.name] = [] if created else _beside(_body(exchange), value)
                return value
        if example is not None and self._can_read(operation, parameter, {**values, parameter.name: example}):
            return example
        return None

    def _example(self, operation: Operation, parameter: Parameter) -> Json:
        case = self._case(operation)
        value = case.path_parameters.get(parameter.name) if case is not None else None
        return unquote(value) if isinstance(value, str) else value

    def _can_read(self, operation: Operation, parameter: Parameter, values: Values) -> bool:
        """Tell whether ``default`` can read what the path of *operation* names up to *parameter*."""
        prefix = _prefix(operation, parameter)
        readings = (item for item in self.context.contract.operations if item.path.rstrip("/") == prefix)
        return any(item.method == "GET" and _is_good(self.ask(item, values)) for item in readings)

    def _sources(self, operation: Operation, parameter: Parameter) -> list[tuple[Operation, Reading]]:
        """Return the operations that may tell an id for *parameter*, and how to read it; lists come first."""
        prefix = _prefix(operation, parameter)
        contract = self.context.contract
        if "links" not in self.context.shared:
            self.context.shared["links"] = read_links(contract.library, contract.operations)
        found: list[tuple[Operation, Reading]] = []
        for link in cast("tuple[Link, ...]", self.context.shared["links"]):
            said = link.parameter("path", parameter.name)
            into = link.target.path.startswith(prefix) and not link.source.path.startswith(prefix)
            if said is not None and into:
                found.append((link.source, partial(linked, said)))
        collection = prefix.rpartition("/")[0]
        above = (item for item in contract.operations if item.path.rstrip("/") == collection)
        read = partial(_identified, parameter.name)
        found.extend((source, read) for source in above if source.method in ("GET", "POST"))
        return sorted(found, key=lambda item: (len(in_order(item[0])), item[0].method != "GET"))


def in_order(operation: Operation) -> list[Parameter]:
    """Return the path parameters of *operation* in the order of its path."""
    return sorted(operation.parameters_in("path"), key=lambda item: operation.path.find(f"{{{item.name}}}"))


def _prefix(operation: Operation, parameter: Parameter) -> str:
    """Return the path of *operation* up to *parameter*: the thing that it names."""
    name = f"{{{parameter.name}}}"
    return operation.path.partition(name)[0] + name


def linked(said: Json, exchange: Exchange, values: Values) -> Json:
    """Return what a link says of a parameter, read from *exchange*."""
    request, response = exchange.request, exchange.response
    message = Message(
        url=request.url,
        method=request.method,
        path=values,
        request_headers=request.headers,
        request_body=read_body(request.headers, request.body),
        status=response.status if response else None,
        response_headers=response.headers if response else (),
        response_body=read_body(response.headers, response.body) if response else None,
    )
    try:
        return resolve(said, Spoken(message=message))
    except (UnresolvedError, ValueError):
        return None


def _identified(name: str, exchange: Exchange, _: Values) -> Json:
    """Return the id of the first thing in the answer of a collection: the member *name*, or ``id``."""
    body = _body(exchange)
    lists = list(body.values()) if isinstance(body, dict) else [body]
    things = [body, *(items[0] for items in lists if isinstance(items, list) and items)]
    ids = (thing.get(key) for thing in things if isinstance(thing, dict) for key in (name, "id"))
    return next((item for item in ids if item is not None), None)


def _beside(body: Json, value: Json) -> list[Json]:
    """Return what the other items of the list that holds *value* have in its place."""
    for item in _containers(body):
        if isinstance(item, list):
            rows = [row for row in item if isinstance(row, dict)]
            name = next((key for row in rows for key, member in row.items() if member == value), None)
            if name is not None:
                return [row[name] for row in rows if isinstance(row.get(name), str | int)]
    return []


def _leaves(body: Json) -> list[Json]:
    """Return every text, number and constant in *body*."""
    inside = [
        item
        for value in _containers(body)
        for item in (value.values() if isinstance(value, dict) else cast("list[Json]", value))
    ]
    return [item for item in (body, *inside) if not isinstance(item, dict | list)]


def _containers(body: Json) -> Iterator[Json]:
    """Yield every object and list in *body*, the outer ones first."""
    waiting = [body]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict | list):
            yield value
            waiting.extend(value.values() if isinstance(value, dict) else value)


def _is_good(exchange: Exchange | None) -> bool:
    return exchange is not None and exchange.response is not None and exchange.response.status < 300


def _body(exchange: Exchange | None) -> Json:
    try:
        return cast("Json", json.loads(exchange.response.body)) if exchange and exchange.response else None
    except (ValueError, RecursionError):
        return None
