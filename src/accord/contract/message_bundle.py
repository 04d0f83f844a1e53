"""A bundle: a JSON Schema whose root is the union of a channel's messages, read as that channel.

It says neither where the channel is nor who sends what: an AsyncAPI document does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel, Message, discriminate
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.traversal import reference
from accord.errors import ContractError

CHANNEL = "messages"
MAXIMUM_MESSAGES = 10_000

_DRAFTS = re.compile(
    r"https?://json-schema\.org/(draft-0[67]/schema#?|draft/2019-09/schema#?|draft/2020-12/schema#?)"
)
_UNIONS = ("oneOf", "anyOf")
# What may stand beside a union that is nothing but one.
_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title", "description", "default"}
    | {"examples", "deprecated", "discriminator", "$recursiveAnchor", "$dynamicAnchor"}
)


def looks_like_bundle(data: Mapping[str, Json]) -> bool:
    """Tell whether *data* looks like a JSON Schema that might be a bundle."""
    return isinstance(data.get("$schema"), str) or any(
        isinstance(data.get(key), dict | list) for key in ("$defs", "definitions", *_UNIONS)
    )


def has_union(data: Mapping[str, Json]) -> bool:
    """Tell whether the root of *data* is a union, or leads to what may be one."""
    return any(key in data for key in ("$ref", *_UNIONS))


def check_bundle(document: Document) -> None:
    """Raise ``ContractError`` when *document* says that it is of a draft that accord does not read."""
    dialect = document.data.get("$schema")
    if isinstance(dialect, str) and not _DRAFTS.fullmatch(dialect):
        raise ContractError(
            f"is written in {dialect[:100]!r}; accord reads JSON Schema from draft 7 to 2020-12",
            place=document.place("/$schema"),
            next_step="Write the bundle in draft 2020-12.",
        )


def read_bundle(library: Library, name: str) -> tuple[Channel, ...]:
    """Return the one channel that the bundle called *name* is; raises ``ContractError`` when it is none.

    Each branch of the root union is a message, called as its definition is; a union among the branches
    stands for its own. Either side may send each message, and the address is not known.
    """
    root = libraries.uri(name)
    _ = library.validator(root)
    taken: dict[str, int] = {}
    messages = tuple(_message(library, uri, taken) for uri in _leaves(library, root))
    session = library.document(name).data.get("x-session")
    return (
        Channel(
            id=CHANNEL,
            address="",
            messages=messages,
            session=session if isinstance(session, dict) else None,
            uri=root,
        ),
    )


def _message(library: Library, uri: str, taken: dict[str, int]) -> Message:
    discriminant, tags = discriminate(library, uri)
    return Message(
        name=_name(library, uri, taken),
        schema=uri,
        uri=uri,
        from_client=True,
        from_server=True,
        discriminant=discriminant,
        tags=tags,
    )


def _leaves(library: Library, root: str) -> Iterator[str]:
    """Yield the URI of each branch of the union at *root* that is no union itself, each schema once."""
    branches = _branches(library, root)
    if not branches:
        raise ContractError(
            "is no bundle of messages: its root is neither oneOf nor anyOf",
            place=library.place(library.follow(root)[0]),
            next_step="Give the root oneOf, with a reference to the definition of each message.",
        )
    seen = {library.follow(root)[0]}
    waiting = branches[::-1]
    while waiting:
        uri = waiting.pop()
        address = library.follow(uri)[0]
        if address in seen:
            continue
        seen.add(address)
        if len(seen) > MAXIMUM_MESSAGES:
            raise ContractError(
                f"has more than {MAXIMUM_MESSAGES} messages",
                place=library.place(root),
                next_step="Split it into one bundle for each channel.",
            )
        within = _branches(library, uri)
        if within:
            waiting.extend(reversed(within))
        else:
            yield uri


def _branches(library: Library, uri: str) -> list[str]:
    """Return the URIs of the branches of what is nothing but a union, references followed; else none."""
    while True:
        value = library.lookup(uri)
        if not isinstance(value, dict):
            return []
        told = {key for key in value if key not in _ANNOTATIONS and not key.startswith("x-")}
        if value.get("type") == "object":
            # Many write it beside the union; the branches are objects all the same.
            told.discard("type")
        target = reference(value)
        if told == {"$ref"} and target is not None:
            # A circle of references was found when the contract was checked.
            uri = library.resolve(uri, target)
            continue
        keyword = next(iter(told)) if len(told) == 1 else ""
        branches = value.get(keyword) if keyword in _UNIONS else None
        return [f"{uri}/{keyword}/{index}" for index, _ in enumerate(cast("list[Any]", branches or []))]


def _name(library: Library, uri: str, taken: dict[str, int]) -> str:
    """Return a free name for the message at *uri*: that of its definition, its title, or a number."""
    value = library.lookup(uri)
    members = cast("dict[str, Any]", value if isinstance(value, dict) else {})
    target = reference(members)
    title = members.get("title")
    if target is not None:
        name, pointer = libraries.split(library.resolve(uri, target))
        told = (pointers.tokens(pointer) or (name.rpartition("/")[2].partition(".")[0],))[-1]
    else:
        told = title if isinstance(title, str) else ""
    # AsyncAPI 3.0, 4.3.22: a name among the components has these characters only.
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", told).strip("_")[:100] or "message"
    name = stem
    while name in taken:
        # Where it went on the last time: thousands may have one name.
        taken[stem] += 1
        name = f"{stem}{taken[stem]}"
    taken[name] = 1
    return name
