"""Channels and their messages, each by who sends it (AsyncAPI 3.0, 4.1.10 and 4.1.14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accord.contract.asyncapi import Channel, Message
from accord.contract.contract import Contract
from accord.contract.library import Library, split
from accord.contract.media_type import essence
from accord.contract.pointer import join
from accord.findings.changes import handshake, session
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.node import Schemas
from accord.findings.changes.operation import VARIABLE
from accord.findings.changes.prove import Root
from accord.findings.changes.sample import Sampler, UnbuildableError
from accord.findings.changes.sunset import announced, announcements, staying
from accord.findings.changes.walk import Pair


def changes(sides: Sides) -> Iterator[Change | Root]:
    """Yield how the channels of two contracts differ, and the roots of their messages' schemas."""
    for old, new in paired(sides.old.channels, sides.new.channels):
        if old is not None and new is not None:
            yield from _both(sides, old, new)
        elif old is not None:
            data = _data(sides.old.library, old.uri)
            yield fact(
                "removed-channel",
                Effect.NARROWED,
                Sender.CLIENT,
                Spot(old=old.uri, reaches=(_named(old),)),
                old=_named(old),
                witness=Witness(
                    value=None,
                    root=_named(old),
                    said=f"a connection to {old.address}{staying(sides, data)}",
                ),
                allowed=announced(sides, data),
            )
        elif new is not None:
            spot = Spot(new=new.uri, reaches=(_named(new),))
            yield fact("added-channel", Effect.WIDENED, Sender.CLIENT, spot, new=_named(new))


def paired(old: Sequence[Channel], new: Sequence[Channel]) -> Iterator[tuple[Channel | None, Channel | None]]:
    """Yield channels of the same id, else of the same address: neither name alone is on the wire."""
    rest = {item.id: item for item in new}
    waiting: list[Channel] = []
    for mine in old:
        theirs = rest.pop(mine.id, None)
        if theirs is None:
            waiting.append(mine)
        else:
            yield mine, theirs
    for mine in waiting:
        found = next((item for item in rest.values() if item.address == mine.address), None)
        if found is not None:
            del rest[found.id]
        yield mine, found
    for theirs in rest.values():
        yield None, theirs


def _both(sides: Sides, old: Channel, new: Channel) -> Iterator[Change | Root]:
    spot = Spot(old=old.uri, new=new.uri, reaches=(_named(new),))
    # The names of parameters are on no wire.
    if VARIABLE.sub("{}", old.address) != VARIABLE.sub("{}", new.address):
        yield fact(
            "changed-address",
            Effect.OTHER,
            Sender.CLIENT,
            spot,
            old=old.address,
            new=new.address,
            witness=Witness(value=None, root=_named(old), said=f"a connection to {old.address}"),
        )
    data = _data(sides.old.library, old.uri), _data(sides.new.library, new.uri)
    yield from announcements(spot, *data)
    for sender in Sender:
        yield from _messages(sides, spot, _sent(old, sender), _sent(new, sender), sender)
    yield from handshake.changes(sides, spot, old, new)
    yield from _media_types(sides, spot, old, new)
    yield from session.changes(sides, spot, old, new)


def _media_types(sides: Sides, spot: Spot, old: Channel, new: Channel) -> Iterator[Change]:
    """Yield which messages are written in another media type: their own, or that of the document (3.0, 4.1.1)."""
    rest = list(new.messages)
    for mine in old.messages:
        theirs = same_message(mine, rest)
        if theirs is None:
            continue
        rest.remove(theirs)
        kinds = _media_type(sides.old, mine), _media_type(sides.new, theirs)
        if all(kinds) and kinds[0] != kinds[1]:
            yield fact(
                "changed-content-type",
                Effect.OTHER,
                Sender.CLIENT if mine.from_client else Sender.SERVER,
                spot.at(mine.uri, theirs.uri),
                message=theirs.name,
                old=kinds[0],
                new=kinds[1],
                witness=Witness(value=None, root=theirs.name, said=f"{theirs.name} written as {kinds[0]}"),
            )


def _media_type(contract: Contract, message: Message) -> str:
    root = contract.library.document(split(message.uri)[0]).data
    data = _data(contract.library, message.uri)
    traits = data.get("traits") or ()
    places = [join(message.uri, "traits", str(index)) for index, _ in enumerate(traits)]
    # What a message says itself counts more than its traits (3.0, 4.1.17).
    said = [
        data,
        *(_data(contract.library, place) for place in reversed(places)),
        {"contentType": root.get("defaultContentType")},
    ]
    return next((essence(str(item["contentType"])) for item in said if item.get("contentType")), "")


def _sent(channel: Channel, sender: Sender) -> tuple[Message, ...]:
    return channel.sent_by_client() if sender is Sender.CLIENT else channel.sent_by_server()


def _messages(
    sides: Sides, spot: Spot, old: Sequence[Message], new: Sequence[Message], sender: Sender
) -> Iterator[Change | Root]:
    """Yield which messages one side may send no longer, or newly, and the roots of the others."""
    theirs = list(new)
    for mine in old:
        match = same_message(mine, theirs)
        if match is None:
            yield _lonely(sides, spot, mine, sender, gone=True)
            continue
        theirs.remove(match)
        data = _data(sides.old.library, mine.uri), _data(sides.new.library, match.uri)
        yield from announcements(spot.at(mine.uri, match.uri), *data)
        yield Root(
            name=f"{sender} message {match.name}",
            pair=Pair(old=(mine.schema,), new=(match.schema,), sender=sender),
        )
    for item in theirs:
        yield _lonely(sides, spot, item, sender, gone=False)


def same_message(wanted: Message, among: Sequence[Message]) -> Message | None:
    """Return what *wanted* became: the message with the same discriminant, else with the same name."""
    if wanted.tags:
        for item in among:
            if item.discriminant == wanted.discriminant and set(item.tags) & set(wanted.tags):
                return item
    named = next((item for item in among if item.name == wanted.name), None)
    if named is not None or wanted.tags:
        return named
    last = wanted.schema
    return next((item for item in among if item.schema == last), None)


def _lonely(sides: Sides, spot: Spot, message: Message, sender: Sender, *, gone: bool) -> Change:
    effect = Effect.NARROWED if gone else Effect.WIDENED
    contract, schemas = (sides.old, sides.old_schemas) if gone else (sides.new, sides.new_schemas)
    grows = sides.is_open and sender is Sender.SERVER and not gone
    allowed = f"the policy {sides.policy} lets a server send new messages" if grows else ""
    data = _data(contract.library, message.uri)
    return fact(
        "removed-message" if gone else "added-message",
        effect,
        sender,
        spot.at(old=message.uri) if gone else spot.at(new=message.uri),
        old=message.name if gone else "",
        new="" if gone else message.name,
        message=message.name,
        witness=_sample(schemas, message, sender),
        allowed=announced(sides, data) if gone else allowed,
        reason="no value of it could be built",
    )


def _sample(schemas: Schemas, message: Message, sender: Sender) -> Witness | None:
    try:
        value = Sampler(schemas).smallest((message.schema,))
    except UnbuildableError:
        return None
    return Witness(
        value=value, root=f"{sender} message {message.name}", said=f"the {sender} sends {message.name}"
    )


def _data(library: Library, address: str) -> dict[str, Any]:
    """Return the object at *address*, an empty one where a schema stands for a message and is no object."""
    _, value = library.follow(address)
    return value if isinstance(value, dict) else {}


def _named(channel: Channel) -> str:
    return f"channel {channel.id}"
