"""The rules of a WebSocket connection, as ``x-session`` on a channel states them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel
from accord.contract.library import Library, split
from accord.contract.pointer import Json
from accord.contract.published import check_document
from accord.errors import ContractError


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What sending a message leads to: the state ``next``, or the close code ``close``."""

    next: str | None = None
    close: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """After ``seconds`` in a state the server closes the connection with ``close``."""

    seconds: float
    close: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state: what either side may send in it, by message name."""

    name: str
    client: Mapping[str, Step]
    server: Mapping[str, Step]
    timeout: Timeout | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """Authentication by a message: names of the three messages, and where the token stands.

    ``first``: the server sends nothing before it has answered.
    """

    message: str
    token: str
    success: str
    failure: str
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How a thing is read over HTTP: an operation, and where in the message its parameters stand.

    ``at`` is where in the message the thing stands as the body has it, None where the two are not
    compared but for their status; ``apart`` are members below it that may differ. ``status`` and
    ``updated`` are where those stand in the body.
    """

    operation: str
    parameters: Mapping[str, str]
    at: str | None
    apart: tuple[str, ...]
    status: str | None
    updated: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How one kind of thing may change from message to message.

    ``at`` is where in the message the things stand, ``*`` for every item; the other pointers start
    there. ``reachable`` maps a status to those that may follow, directly or through others.
    ``pointer`` is where this stands below ``x-session``.
    """

    name: str
    pointer: str
    messages: tuple[str, ...]
    at: str
    key: str
    status: str
    order: Mapping[str, tuple[str, ...]]
    reachable: Mapping[str, frozenset[str]]
    final: frozenset[str]
    updated: str | None
    fixed: tuple[str, ...]
    read: Read | None = None

    def things(self, message: Json) -> Iterator[tuple[str, Json]]:
        """Yield where each thing stands in *message*, and the thing."""
        found: list[tuple[str, Json]] = [("", message)]
        for token in pointers.tokens(self.at):
            found = [item for where, value in found for item in _below(where, value, token)]
        yield from found


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """Everything that ``x-session`` promises.

    ``closes`` maps a cause to the codes that may come; a cause that is not in it promises nothing.
    ``maximum_bytes`` is the longest message that the server takes. ``heartbeat`` are the codes for a
    client that is silent, ``heartbeat_seconds`` after how long it is given up. ``party`` is what owners of
    events are called, ``party_at`` where in the success message a connection's own stands. ``resume``
    is how a client that comes back learns what it has missed: ``refetch``, ``replay`` or ``none``.
    ``most_waiting`` is how many messages the server keeps for a client that does not read.
    """

    initial: str
    states: Mapping[str, State]
    authentication: Authentication | None
    closes: Mapping[str, tuple[int, ...]]
    maximum_bytes: int | None
    heartbeat: tuple[int, ...]
    heartbeat_seconds: float | None
    lifecycles: tuple[Lifecycle, ...]
    party: str | None
    party_at: str | None
    resume: str | None = None
    most_waiting: int | None = None

    def documented(self) -> frozenset[int]:
        """Return every close code that is named anywhere."""
        codes = {code for group in self.closes.values() for code in group} | set(self.heartbeat)
        for state in self.states.values():
            steps = [*state.client.values(), *state.server.values()]
            codes.update(step.close for step in steps if step.close is not None)
            if state.timeout:
                codes.add(state.timeout.close)
        return frozenset(codes)


def read_session(channel: Channel) -> SessionRules | None:
    """Return the rules of *channel*, None without any; ``check_session`` says whether they can be read."""
    if channel.session is None:
        return None
    raw = cast("Mapping[str, Any]", channel.session)
    return channel.once("session", lambda: _rules(raw))


def _rules(raw: Mapping[str, Any]) -> SessionRules:
    closes = raw.get("closes", {})
    too_big = closes.get("message-too-big")
    isolation, slow = raw.get("isolation", {}), closes.get("slow-reader")
    return SessionRules(
        initial=raw["initial"],
        states={name: _state(name, value) for name, value in raw["states"].items()},
        authentication=_authentication(raw.get("authentication")),
        closes={
            cause: _codes(value["code"] if isinstance(value, dict) else value)
            for cause, value in closes.items()
        },
        maximum_bytes=too_big["bytes"] if too_big else None,
        heartbeat=_codes(raw["heartbeat"]["close"]) if "heartbeat" in raw else (),
        heartbeat_seconds=_heartbeat_seconds(raw.get("heartbeat")),
        lifecycles=tuple(_lifecycles(raw.get("entities", {}))),
        party=isolation.get("by"),
        party_at=isolation.get("at"),
        resume=raw.get("resume"),
        most_waiting=slow["messages"] if isinstance(slow, dict) else None,
    )


def _heartbeat_seconds(raw: Mapping[str, Any] | None) -> float | None:
    return raw["interval"] + raw["timeout"] if raw else None


def _codes(value: int | list[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


def _state(name: str, raw: Mapping[str, Any]) -> State:
    timeout = raw.get("timeout")
    return State(
        name=name,
        client={key: Step(**value) for key, value in raw.get("client", {}).items()},
        server={key: Step(**value) for key, value in raw.get("server", {}).items()},
        timeout=Timeout(**timeout) if timeout else None,
    )


def _authentication(raw: Mapping[str, Any] | None) -> Authentication | None:
    return Authentication(**{"first": True, **raw}) if raw else None


def _lifecycles(entities: Mapping[str, Any]) -> Iterator[Lifecycle]:
    for name, entity in entities.items():
        here = pointers.join("/entities", name)
        messages = tuple(entity["messages"])
        yield _lifecycle(name, here, messages, "", entity)
        for inner, nested in entity.get("nested", {}).items():
            yield _lifecycle(inner, pointers.join(here, "nested", inner), messages, nested["at"], nested)


def _lifecycle(
    name: str, pointer: str, messages: tuple[str, ...], at: str, raw: Mapping[str, Any]
) -> Lifecycle:
    order = {status: tuple(following) for status, following in raw["order"].items()}
    return Lifecycle(
        name=name,
        pointer=pointer,
        messages=messages,
        at=at,
        key=raw["key"],
        status=raw["status"],
        order=order,
        reachable={status: _reachable(order, status) for status in order},
        final=frozenset(raw.get("final", ())),
        updated=raw.get("updated"),
        fixed=tuple(raw.get("fixed", ())),
        read=_read(raw.get("read")),
    )


def _read(raw: Mapping[str, Any] | None) -> Read | None:
    if raw is None:
        return None
    return Read(
        operation=raw["operationId"],
        parameters=raw.get("parameters", {}),
        at=raw.get("at"),
        apart=tuple(raw.get("except", ())),
        status=raw.get("status"),
        updated=raw.get("updated"),
    )


def _reachable(order: Mapping[str, tuple[str, ...]], start: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(order[start])
    while waiting:
        status = waiting.pop()
        if status not in found:
            found.add(status)
            waiting.extend(order.get(status, ()))
    return frozenset(found)


def _below(where: str, value: Json, name: str) -> list[tuple[str, Json]]:
    if name != "*":
        try:
            return [(pointers.join(where, name), pointers.lookup(value, pointers.join("", name)))]
        except LookupError:
            return []
    if isinstance(value, dict):
        return [(pointers.join(where, key), item) for key, item in value.items()]
    items = value if isinstance(value, list) else []
    return [(pointers.join(where, index), item) for index, item in enumerate(items)]


def check_session(library: Library, channel: Channel) -> None:
    """Hold ``x-session`` of *channel* against its schema, and its names against the channel.

    Raises ``ContractError`` at the place that is wrong.
    """
    if channel.session is None:
        return
    name, pointer = split(channel.uri)
    document = library.document(name)
    base = f"{pointer}/x-session"
    check_document(document, "session", base)
    rules = cast("SessionRules", read_session(channel))
    for where, reason in _problems(library, channel, rules):
        raise ContractError(
            reason, place=document.place(base + where), next_step="Correct the name at that place."
        )


def _problems(library: Library, channel: Channel, rules: SessionRules) -> Iterator[tuple[str, str]]:
    if rules.initial not in rules.states:
        yield "/initial", f"there is no state {rules.initial!r}"
    yield from _problems_of_states(channel, rules)
    yield from _problems_of_authentication(channel, rules.authentication)
    for lifecycle in rules.lifecycles:
        yield from _problems_of_lifecycle(library, channel, lifecycle)


def _problems_of_states(channel: Channel, rules: SessionRules) -> Iterator[tuple[str, str]]:
    for state in rules.states.values():
        for side, steps in (("client", state.client), ("server", state.server)):
            for name, step in steps.items():
                here = pointers.join("/states", state.name, side, name)
                yield from _problems_of_name(channel, name, side, here)
                if step.next is not None and step.next not in rules.states:
                    yield f"{here}/next", f"there is no state {step.next!r}"


def _problems_of_name(channel: Channel, name: str, side: str, here: str) -> Iterator[tuple[str, str]]:
    sent = channel.sent_by_client() if side == "client" else channel.sent_by_server()
    if name not in {message.name for message in sent}:
        yield here, f"channel {channel.id!r} has no message {name!r} that the {side} sends"


def _problems_of_authentication(
    channel: Channel, authentication: Authentication | None
) -> Iterator[tuple[str, str]]:
    if authentication is None:
        return
    named = partial(_problems_of_name, channel)
    yield from named(authentication.message, "client", "/authentication/message")
    yield from named(authentication.success, "server", "/authentication/success")
    yield from named(authentication.failure, "server", "/authentication/failure")


def _problems_of_lifecycle(
    library: Library, channel: Channel, lifecycle: Lifecycle
) -> Iterator[tuple[str, str]]:
    here = lifecycle.pointer
    known = frozenset(lifecycle.order)
    for status, following in lifecycle.order.items():
        for index, item in enumerate(following):
            if item not in known:
                yield pointers.join(here, "order", status, index), f"status {item!r} has no entry in `order`"
    for status in sorted(lifecycle.final):
        if lifecycle.order.get(status, ("?",)):
            yield (
                f"{here}/final",
                f"status {status!r} is final, but `order` does not say that nothing follows it",
            )
    for name in lifecycle.messages:
        yield from _problems_of_name(channel, name, "server", here)
        enumeration = _enumeration(library, channel, name, lifecycle.at + lifecycle.status)
        for status in sorted(known - enumeration) if enumeration is not None else ():
            reason = f"status {status!r} is not in the schema of message {name!r}"
            yield pointers.join(here, "order", status), reason


def _enumeration(library: Library, channel: Channel, name: str, pointer: str) -> frozenset[str] | None:
    """Return the strings that may stand at *pointer* in the message, None where any may."""
    found = next((message for message in channel.messages if message.name == name), None)
    places = [found.schema] if found else []
    for token in pointers.tokens(pointer):
        places = [step for place in places for step in _schemas_below(library, place, token)]
    values: set[str] = set()
    for place in _branches(library, places):
        _, schema = library.follow(place)
        if not isinstance(schema, dict):
            return None
        constants = [schema["const"]] if "const" in schema else schema.get("enum")
        if constants is None and schema.get("type") != "null":
            return None
        values.update(item for item in cast("list[Json]", constants or []) if isinstance(item, str))
    return frozenset(values) or None


def _schemas_below(library: Library, place: str, name: str) -> Iterator[str]:
    for branch in _branches(library, [place]):
        address, schema = library.follow(branch)
        if not isinstance(schema, dict):
            continue
        properties = schema.get("properties")
        if isinstance(properties, dict) and name in properties:
            yield address + pointers.join("/properties", name)
        elif name == "*" and "items" in schema:
            yield f"{address}/items"


def _branches(library: Library, places: Iterable[str], depth: int = 8) -> Iterator[str]:
    """Yield *places*, with those that only combine others replaced by the others."""
    for place in places:
        address, schema = library.follow(place)
        combined = [
            f"{address}/{keyword}/{index}"
            for keyword in ("anyOf", "oneOf", "allOf")
            for index, _ in enumerate(
                cast("list[Json]", schema.get(keyword, [])) if isinstance(schema, dict) else []
            )
        ]
        own = isinstance(schema, dict) and any(
            word in schema for word in ("properties", "items", "enum", "const")
        )
        if own or not combined:
            yield address
        if depth:
            yield from _branches(library, combined, depth - 1)
