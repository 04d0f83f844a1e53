"""A WebSocket session as values that can be laid beside another: how it went, and what its messages said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accord.contract.asyncapi import Channel
from accord.contract.pointer import Json
from accord.exchange.values import Closed, Opened, Received, Sent, Session, Side
from accord.findings.regression.take import IDENTITY, OTHER, origin_of, spelled
from accord.findings.strict import read_json

_MAXIMUM_MESSAGES = 500
_INSIDE = ("payload", "data", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a session was: ``course`` is how it went, ``messages`` what the server said, by the kind of message.

    The course has ``handshake``, ``closed``, ``counts`` by kind, and ``order``: the kinds in which each
    thing was told of, one after the other, repeats left out.
    """

    course: Json
    messages: Mapping[str, tuple[Json, ...]]


def talk(channel: Channel, session: Session, shared: Callable[[str], bool]) -> Talk:
    """Return what *session* was; an id that is *shared* by both sides stays as it is."""
    spell = _speller(session, shared)
    said: dict[str, list[Json]] = {}
    orders: dict[str, list[str]] = {}
    tag = next((item.discriminant for item in channel.sent_by_server() if item.discriminant), "type")
    received = [event for event in session.events if isinstance(event, Received)]
    for event in received[:_MAXIMUM_MESSAGES]:
        reading = read_json(event.data)
        kind = _kind(reading.value, tag) if not reading.fault else "no JSON"
        said.setdefault(kind, []).append(spelled(reading.value, spell))
        order = orders.setdefault(_thing(reading.value), [])
        if order[-1:] != [kind]:
            order.append(kind)
    course: Json = {
        **_ends(session),
        "counts": {kind: len(messages) for kind, messages in said.items()},
        "order": " | ".join(sorted({" > ".join(order) for order in orders.values()})),
    }
    return Talk(course=course, messages={kind: tuple(messages) for kind, messages in said.items()})


def identities_of(session: Session) -> set[str]:
    """Return the ids in what the server said in *session*."""
    found: set[str] = set()
    for event in session.events:
        if isinstance(event, Received) and isinstance(event.data, str):
            found.update(item.lower() for item in IDENTITY.findall(event.data))
    return found


def _ends(session: Session) -> dict[str, Json]:
    opened = next((event for event in session.events if isinstance(event, Opened)), None)
    closed = next((event for event in session.events if isinstance(event, Closed)), None)
    ends: dict[str, Json] = {
        "handshake": "accepted" if opened else f"refused with {closed.status if closed else None}"
    }
    if opened and closed is not None:
        ends["closed"] = {"by": str(closed.by)}
        if closed.by is Side.SERVER:
            ends["closed"] = {"by": str(closed.by), "code": str(closed.code)}
    return ends


def _kind(value: Json, tag: str) -> str:
    found = value.get(tag) if isinstance(value, dict) else None
    return found[:100] if isinstance(found, str) else "a message without a kind"


def _thing(value: Json) -> str:
    """Return what a message tells of: the id in it, or in what it carries."""
    if not isinstance(value, dict):
        return ""
    carried: Sequence[Json] = [value, *(value.get(name) for name in _INSIDE)]
    found = (item.get("id") for item in carried if isinstance(item, dict))
    return next((str(item) for item in found if isinstance(item, str | int)), "")


def _speller(session: Session, shared: Callable[[str], bool]) -> Callable[[str], str]:
    sent = " ".join(
        event.data for event in session.events if isinstance(event, Sent) and isinstance(event.data, str)
    )
    known = {item.lower() for item in IDENTITY.findall(sent)}
    origin = origin_of(session.url.replace("ws", "http", 1))

    def spell(text: str) -> str:
        plain = text.replace(origin, "{origin}") if origin else text
        return IDENTITY.sub(
            lambda match: match[0] if match[0].lower() in known or shared(match[0].lower()) else OTHER, plain
        )

    return spell
