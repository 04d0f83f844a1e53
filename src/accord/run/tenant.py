"""Who may reach what: another tenant asks for what belongs to ``default``, and nobody for what is public."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import unquote
from uuid import UUID

from accord.cases.aim import Aim, Intent
from accord.cases.change import Changes, put_wrong
from accord.cases.credential import Credential
from accord.cases.expression import Context as Spoken
from accord.cases.expression import Message, UnresolvedError, read_body, resolve
from accord.cases.wrong import Wrong
from accord.contract.contract import Contract
from accord.contract.link import Link, read_links
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.exchange.values import Exchange
from accord.findings.checks.tenant import LISTED
from accord.findings.evidence import Observation
from accord.findings.member import parts
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.rest import STAGE, engine, label, probe_of

Values: TypeAlias = dict[str, Json]

OTHER = "other"
_RULES = ("foreign-object-access", "revealed-foreign-object")
_MAXIMUM_DEPTH = 3
_REFUSED = (403, 404, 410)
_CREDENTIAL = re.compile(
    r"(?i)(?:.*[_-])?(?:password|passwd|passphrase|pin|otp|token|secret|signature|credentials?|code|key)"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def plan(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield the trials of access for the operations that are *wanted*."""
    for operation in contract.operations:
        if not wanted(operation):
            continue
        if not operation.secured:
            play = partial(_no_credential, operation)
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/no-credential", play=play)
        elif operation.parameters_in("path"):
            play = partial(_foreign_caller, operation)
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/foreign-caller", play=play)


def _no_credential(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "closed-public-operation")
    if probe is None:
        return tally
    if any(map(_CREDENTIAL.fullmatch, _input_names(operation, context))):
        tally.miss("closed-public-operation", "what the operation takes is itself a credential")
        return tally
    probe.ask(Aim(intent=Intent.NO_CREDENTIAL), Changes(credential=Credential()))
    return tally


def _input_names(operation: Operation, context: Context) -> Iterator[str]:
    """Yield the names of all that a request of *operation* may hold, as far as they are declared."""
    yield from (parameter.name for parameter in operation.parameters)
    for media_type in operation.body.media_types if operation.body else ():
        for schema in parts(context.contract.library, media_type.schema) if media_type.schema else ():
            yield from schema.get("properties", {})


def _foreign_caller(operation: Operation, context: Context) -> Tally:
    tally = context.tally()
    reason = _without_two_callers(operation, context)
    search = Search(context, tally)
    values = search.thing(operation) if not reason else None
    if values is None:
        _miss(tally, reason or "nothing that belongs to the identity 'default' could be found")
        return tally
    name = next(reversed(values))
    listing = search.listing(operation, values)
    if listing is not None:
        answer = search.ask(operation, values, OTHER)
        if operation.method == "GET" and _status(answer) in _REFUSED:
            _hold(tally, context, listing[0], listing[1], name, variant=LISTED)
        else:
            _miss(tally, "the identity 'other' is shown it in a list: it belongs to both")
        return tally
    unknown = [search.ask(operation, item, OTHER) for item in _unknown(operation, context, values)]
    known = tuple(exchange for exchange in unknown if _status(exchange) is not None and exchange is not None)
    if not known:
        _miss(tally, "nothing is known to be unknown: the answer could be compared with none")
        return tally
    for exchange in known:
        _hold(tally, context, operation, exchange, name, variant="unknown")
    answer = search.ask(operation, values, OTHER)
    if answer is not None:
        _hold(tally, context, operation, answer, name, unknown=known)
    return tally


def _without_two_callers(operation: Operation, context: Context) -> str:
    """Return why *operation* cannot be asked by two tenants; empty when it can."""
    given = context.hooks.credential_for(OTHER, operation.id)
    if given is None and OTHER not in context.identities.names():
        return "no identity called 'other' is configured ([tool.accord.identities.other])"
    mine = context.identities.credential(operation)
    if not mine.headers and not mine.query:
        return "no identity called 'default' is configured"
    if mine == context.identities.credential(operation, OTHER):
        return "the identities 'default' and 'other' show the same credential"
    return ""


def _miss(tally: Tally, reason: str) -> None:
    for rule in _RULES:
        tally.miss(rule, reason)


def _hold(
    tally: Tally,
    context: Context,
    operation: Operation,
    exchange: Exchange,
    name: str,
    *,
    variant: str = "",
    unknown: tuple[Exchange, ...] = (),
) -> None:
    aim = Aim(intent=Intent.FOREIGN_CALLER, location="path", path=(name,), variant=variant)
    secrets = context.identities.secrets()
    tally.take(Observation(operation=operation, aim=aim, exchange=exchange, unknown=unknown, secrets=secrets))


@dataclass(slots=True)
class Search:
    """Finds things that ``default`` owns: along links, in the collection above, at last in examples."""

    context: Context
    tally: Tally
    cases: dict[str, Any] = field(default_factory=dict)

    def thing(self, operation: Operation, depth: int = 0) -> Values | None:
        """Return path parameters of *operation* that name a thing of ``default``'s, None when none is found."""
        values: Values = {}
        for parameter in _in_order(operation):
            value = self._value(operation, parameter, values, depth)
            if value is None:
                return None
            values[parameter.name] = value
        return values

    def listing(self, operation: Operation, values: Values) -> tuple[Operation, Exchange] | None:
        """Return the list, and its answer to ``other``, that shows the thing of *values*; None when none does."""
        parameter = _in_order(operation)[-1]
        for source, _ in self._sources(operation, parameter):
            if source.method != "GET" or not {item.name for item in _in_order(source)} <= values.keys():
                continue
            exchange = self.ask(source, values, OTHER)
            if (
                exchange is not None
                and _is_good(exchange)
                and values[parameter.name] in _leaves(_body(exchange))
            ):
                return source, exchange
        return None

    def ask(self, operation: Operation, values: Values, identity: str = "default") -> Exchange | None:
        """Return what *identity* hears of *operation* with these path parameters, None where nothing can be asked."""
        case = self._case(operation)
        if case is None:
            return None
        for parameter in _in_order(operation):
            wrong = Wrong(
                location="path", path=(parameter.name,), keyword="foreign", value=values[parameter.name]
            )
            put_wrong(case, wrong)
        made, _ = engine(self.context)
        credential = self.context.identities.credential(operation, identity)
        request = made.request(label(operation), case, Changes(credential=credential))
        exchange = self.context.client.send(request, operation=operation.id)
        self.tally.cases += 1
        self.context.watch.note(exchange)
        return exchange

    def _case(self, operation: Operation) -> Any:
        made, _ = engine(self.context)
        if operation.id not in self.cases:
            known = label(operation) in made.labels()
            self.cases[operation.id] = made.valid(label(operation)) if known else None
        return self.cases[operation.id]

    def _value(self, operation: Operation, parameter: Parameter, values: Values, depth: int) -> Json:
        example = self._example(operation, parameter)
        for source, read in self._sources(operation, parameter):
            own = {item.name: values.get(item.name) for item in _in_order(source)}
            if None in own.values():
                found = self.thing(source, depth + 1) if depth < _MAXIMUM_DEPTH else None
                if found is None:
                    continue
                own = found
            exchange = self.ask(source, own)
            value = read(exchange, own) if exchange is not None and _is_good(exchange) else None
            if isinstance(value, str | int) and value != "":
                return value
        return (
            example
            if example is not None
            and self._can_read(operation, parameter, {**values, parameter.name: example})
            else None
        )

    def _example(self, operation: Operation, parameter: Parameter) -> Json:
        case = self._case(operation)
        value = case.path_parameters.get(parameter.name) if case is not None else None
        return unquote(value) if isinstance(value, str) else value

    def _can_read(self, operation: Operation, parameter: Parameter, values: Values) -> bool:
        """Tell whether ``default`` can read what the path of *operation* names up to *parameter*."""
        prefix = _prefix(operation, parameter)
        for reading in self.context.contract.operations:
            if reading.method == "GET" and reading.path.rstrip("/") == prefix:
                exchange = self.ask(reading, values)
                return exchange is not None and _is_good(exchange)
        return False

    def _sources(
        self, operation: Operation, parameter: Parameter
    ) -> Iterator[tuple[Operation, Callable[[Exchange, Values], Json]]]:
        """Yield the operations that may tell an id for *parameter*, and how to read it; lists come first."""
        prefix = _prefix(operation, parameter)
        contract = self.context.contract
        if "links" not in self.context.shared:
            self.context.shared["links"] = read_links(contract.library, contract.operations)
        found: list[tuple[Operation, Callable[[Exchange, Values], Json]]] = []
        links: tuple[Link, ...] = self.context.shared["links"]  # type: ignore[assignment]
        for link in links:
            said = link.parameter("path", parameter.name)
            if (
                said is not None
                and link.target.path.startswith(prefix)
                and not link.source.path.startswith(prefix)
            ):
                found.append((link.source, partial(_linked, said)))
        collection = prefix.rpartition("/")[0]
        for source in contract.operations:
            if source.method in ("GET", "POST") and source.path.rstrip("/") == collection:
                found.append((source, partial(_identified, parameter.name)))
        found.sort(key=lambda item: (len(_in_order(item[0])), item[0].method != "GET"))
        yield from found


def _in_order(operation: Operation) -> list[Parameter]:
    """Return the path parameters of *operation* in the order of its path."""
    return sorted(operation.parameters_in("path"), key=lambda item: operation.path.find(f"{{{item.name}}}"))


def _prefix(operation: Operation, parameter: Parameter) -> str:
    """Return the path of *operation* up to *parameter*: the thing that it names."""
    name = f"{{{parameter.name}}}"
    return operation.path.partition(name)[0] + name


def _linked(said: Json, exchange: Exchange, values: Values) -> Json:
    """Return what a link says of a parameter, read from *exchange*."""
    response = exchange.response
    message = Message(
        url=exchange.request.url,
        method=exchange.request.method,
        path=values,
        request_headers=exchange.request.headers,
        request_body=read_body(exchange.request.headers, exchange.request.body),
        status=response.status if response else None,
        response_headers=response.headers if response else (),
        response_body=read_body(response.headers, response.body) if response else None,
    )
    try:
        return resolve(said, Spoken(message=message))
    except (UnresolvedError, ValueError):
        return None


def _identified(name: str, exchange: Exchange, _: Values) -> Json:
    """Return the id of the first thing in the answer of a collection."""
    body = _body(exchange)
    lists = [item for item in body.values() if isinstance(item, list)] if isinstance(body, dict) else [body]
    things = [body, *(items[0] for items in lists if isinstance(items, list) and items)]
    ids = (thing.get(key) for thing in things if isinstance(thing, dict) for key in (name, "id"))
    return next((item for item in ids if item is not None), None)


def _unknown(operation: Operation, context: Context, values: Values) -> Iterator[Values]:
    """Yield *values* with an id that nobody has given out, of the same form as the known one, twice."""
    draw = random.Random(zlib.crc32(f"{context.seed}/{operation.id}/foreign".encode()))  # noqa: S311
    for parameter in reversed(_in_order(operation)):
        validator = context.contract.library.validator(parameter.schema) if parameter.schema else None
        drawn = [_similar(values[parameter.name], draw) for _ in range(2)]
        if all(value != values[parameter.name] for value in drawn):
            if validator is None or all(validator.is_valid(value) for value in drawn):
                yield from ({**values, parameter.name: value} for value in drawn)
                return


def _similar(value: Json, draw: random.Random) -> Json:
    if not isinstance(value, str):
        return draw.randrange(10**8, 2 * 10**9)
    if _UUID.fullmatch(value):
        return str(UUID(int=draw.getrandbits(128), version=4))
    letters = "abcdef" if re.fullmatch(r"(?i)[0-9a-f-]+", value) else "abcdefghijklmnopqrstuvwxyz"

    def other(character: str) -> str:
        if character.isdigit():
            return draw.choice("0123456789")
        if not character.isalpha():
            return character
        return draw.choice(letters.upper() if character.isupper() else letters)

    return "".join(map(other, value))


def _status(exchange: Exchange | None) -> int | None:
    answered = exchange is not None and exchange.response is not None and exchange.lapse is None
    return exchange.response.status if answered and exchange and exchange.response else None


def _is_good(exchange: Exchange) -> bool:
    return (_status(exchange) or 500) < 300


def _body(exchange: Exchange) -> Json:
    try:
        value: Json = json.loads(exchange.response.body) if exchange.response else None
    except (ValueError, RecursionError):
        return None
    return value


def _leaves(value: Json) -> list[Json]:
    found: list[Json] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        else:
            found.append(item)
    return found
