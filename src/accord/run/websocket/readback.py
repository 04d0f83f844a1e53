"""Reads what events tell of, over HTTP: as each event comes, and once no more come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.library import split
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.contract.session import Lifecycle, Read, SessionRules
from accord.errors import ContractError
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Received
from accord.findings.checks.readback import value_at
from accord.findings.evidence import Readback
from accord.findings.strict import read_json
from accord.findings.transcript import choose
from accord.run.context import Context

_MOST_READS = 200
_MOST_ROUNDS = 5


def check_reads(contract: Contract, channel: Channel, rules: SessionRules | None) -> None:
    """Hold what ``x-session`` reads over HTTP against the operations, where the contract has any.

    Raises ``ContractError`` at the name that is wrong.
    """
    known = {operation.id: operation for operation in contract.operations}
    for lifecycle in rules.lifecycles if rules and known else ():
        read = lifecycle.read
        here = f"{channel.uri}/x-session{lifecycle.pointer}/read"
        if read is not None and (problem := _problem(known.get(read.operation), read)):
            name, pointer = split(here)
            place = contract.library.document(name).place(pointer)
            raise ContractError(problem, place=place, next_step="Correct the name at that place.")


def _problem(operation: Operation | None, read: Read) -> str:
    if operation is None or operation.method != "GET":
        return f"there is no operation {read.operation!r} that reads something"
    parameters = {item.name for item in operation.parameters if item.location in ("path", "query")}
    needed = {item.name for item in operation.parameters if item.location == "path"}
    wrong = sorted((set(read.parameters) - parameters) | (needed - set(read.parameters)))
    return f"parameter {wrong[0]!r} is not one of {read.operation!r}, or is missing here" if wrong else ""


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads each thing that *connection* is told of; there is an end to how often.

    ``things`` are the things by kind and key, each with the last message about it.
    """

    context: Context
    channel: Channel
    rules: SessionRules | None
    connection: Connection
    readbacks: list[Readback] = field(default_factory=list)
    things: dict[tuple[str, str], tuple[Lifecycle, Json]] = field(default_factory=dict)

    def take(self, event: Received | Closed | None) -> None:
        """Take note of what came on the connection, and read what it tells of."""
        for key, lifecycle, value in self._told(event):
            self.things[lifecycle.name, key] = lifecycle, value
            self.read(key, lifecycle, value, quiet=False)

    def settle(self, patience: float) -> None:
        """Read each thing once more; where one has changed, wait for its event and read again."""
        for _ in range(_MOST_ROUNDS):
            if isinstance(self.connection.receive(0), Closed):
                return
            told = [self._is_told(key, *thing) for (_, key), thing in self.things.items()]
            event = None if all(told) else self.connection.receive(patience)
            if event is None:
                return
            self.take(event)

    def _is_told(self, key: str, lifecycle: Lifecycle, value: Json) -> bool:
        """Read a thing, and tell whether its last event tells of what it is now."""
        readback = self.read(key, lifecycle, value, quiet=True)
        response = readback.exchange.response if readback else None
        if response is None or lifecycle.read is None:
            return True
        body = read_json(response.body).value
        stamps = value_at(value, lifecycle.updated), value_at(body, lifecycle.read.updated)
        statuses = value_at(value, lifecycle.status), value_at(body, lifecycle.read.status)
        return stamps[0] == stamps[1] and (statuses[0] == statuses[1] or lifecycle.read.status is None)

    def _told(self, event: Received | Closed | None) -> Iterator[tuple[str, Lifecycle, Json]]:
        told = told_of(self.context, self.channel, self.rules, event)
        return (item for item in told if item[1].read is not None)

    def read(self, key: str, lifecycle: Lifecycle, value: Json, *, quiet: bool) -> Readback | None:
        """Read the thing that the message *value* tells of; None where it cannot be, or was read too often."""
        contract = self.context.contract
        operation = next((item for item in contract.operations if item.id == _operation(lifecycle)), None)
        request = self._request(operation, lifecycle, value) if operation else None
        if operation is None or request is None or len(self.readbacks) >= _MOST_READS:
            return None
        after = len(self.connection.session().events)
        exchange = self.context.client.send(request, operation=operation.id)
        readback = Readback(entity=lifecycle.name, key=key, exchange=exchange, after=after, quiet=quiet)
        self.readbacks.append(readback)
        return readback

    def _request(self, operation: Operation, lifecycle: Lifecycle, value: Json) -> Request | None:
        """Return the request that reads the thing, None where the message lacks a parameter."""
        path, query = operation.path, dict[str, str]()
        places = {item.name: item.location for item in operation.parameters}
        for name, pointer in (lifecycle.read.parameters if lifecycle.read else {}).items():
            try:
                said = pointers.lookup(value, pointer)
            except LookupError:
                return None
            if not isinstance(said, str | int):
                return None
            if places.get(name) == "path":
                path = path.replace(f"{{{name}}}", quote(str(said), safe=""))
            else:
                query[name] = str(said)
        credential = self.context.identities.credential(operation)
        query |= credential.query
        url = f"{self.context.client.base_url}{path}{'?' + urlencode(query) if query else ''}"
        return Request(method="GET", url=url, headers=tuple(credential.headers.items()))


def told_of(
    context: Context, channel: Channel, rules: SessionRules | None, event: Received | Closed | None
) -> Iterator[tuple[str, Lifecycle, Json]]:
    """Yield the things that a valid message tells of as a whole: key, kind and the message."""
    reading = read_json(event.data) if isinstance(event, Received) else None
    if rules is None or reading is None or reading.fault:
        return
    message, valid = choose(context.contract.library, channel.sent_by_server(), reading.value)
    for lifecycle in rules.lifecycles if message and valid else ():
        if message and message.name in lifecycle.messages and not lifecycle.at:
            key = value_at(reading.value, lifecycle.key)
            if isinstance(key, str | int):
                yield str(key), lifecycle, reading.value


def _operation(lifecycle: Lifecycle) -> str:
    return lifecycle.read.operation if lifecycle.read else ""
