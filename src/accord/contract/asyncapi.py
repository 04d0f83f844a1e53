"""Channels and messages as AsyncAPI 3 describes them, read into frozen values.

The action of an operation is the server application's: what it is said to ``receive``, the client
sends; what it is said to ``send``, the server sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.published import check_document
from accord.contract.traversal import reference
from accord.errors import ContractError

T = TypeVar("T")

_FORMATS = (
    "application/schema+json",
    "application/schema+yaml",
    "application/vnd.aai.asyncapi",
    "application/vnd.oai.openapi",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a channel.

    ``schema`` is the URI of its payload's schema; ``discriminant`` the property whose constants
    tell it from the other messages that travel the same way, ``tags`` those constants.
    """

    name: str
    schema: str
    uri: str
    from_client: bool
    from_server: bool
    discriminant: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return where the contract describes it, as people read it."""
        return libraries.place(self.uri)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One WebSocket channel; ``session`` is the raw ``x-session``, if any.

    ``address`` is its path; empty where the contract does not know it.
    """

    id: str
    address: str
    messages: tuple[Message, ...]
    session: Mapping[str, Json] | None
    uri: str
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what *make* makes of this channel, made once for each *key*: it never changes."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    @property
    def place(self) -> str:
        """Return where the contract describes it, as people read it."""
        return libraries.place(self.uri)

    @property
    def obstacle(self) -> str:
        """Return why no connection to it can be opened, by what the contract says; empty when one can."""
        if not self.address:
            return "the contract gives the channel no address"
        if "://" in self.address:
            return f"the address {self.address.removeprefix('/')} is a URL, not a path of the target"
        return f"the address {self.address} has parameters" if "{" in self.address else ""

    def sent_by_server(self) -> tuple[Message, ...]:
        """Return the messages that the server may send."""
        return tuple(item for item in self.messages if item.from_server)

    def sent_by_client(self) -> tuple[Message, ...]:
        """Return the messages that the client may send."""
        return tuple(item for item in self.messages if item.from_client)

    def message(self, name: str) -> Message:
        """Return the message called *name*; raises ``KeyError``."""
        for item in self.messages:
            if item.name == name:
                return item
        raise KeyError(name)


def check_asyncapi(document: Document) -> None:
    """Hold *document* against the published schema of its version; raises ``ContractError``."""
    version = str(document.data["asyncapi"])
    for known in ("3.0", "3.1"):
        if version.startswith(f"{known}."):
            check_document(document, f"asyncapi-{known}")
            return
    raise ContractError(
        f"is AsyncAPI {version[:20]}; accord reads 3.0 and 3.1",
        place=document.place("/asyncapi"),
        next_step="Convert it first: asyncapi convert OLD --target-version=3.0.0 --output NEW."
        if version.startswith(("1.", "2."))
        else "Publish the document as AsyncAPI 3.0.",
    )


def read_channels(library: Library, name: str) -> tuple[Channel, ...]:
    """Return the WebSocket channels of the AsyncAPI document called *name*, in document order."""
    root = cast("dict[str, Any]", library.document(name).data)
    directions = _directions(library, name, root)
    channels: list[Channel] = []
    for key in root.get("channels") or {}:
        uri, channel = library.object(libraries.uri(name, pointers.join("/channels", key)))
        if not _of_websockets(library, name, channel, uri):
            continue
        address = channel.get("address")
        channels.append(
            Channel(
                id=key,
                # AsyncAPI 3.0, 4.3.6: an address that is null or absent is not known. Without a slash before
                # it, what is joined to the target's origin could name another host.
                address="" if address is None else f"/{address.removeprefix('/')}",
                messages=_messages(library, channel, uri, directions),
                session=channel.get("x-session"),
                uri=uri,
            )
        )
    return tuple(channels)


def _of_websockets(library: Library, name: str, channel: dict[str, Any], uri: str) -> bool:
    """Tell whether *channel* may be one of WebSockets: where no server says how it is spoken to, it is."""
    if "bindings" in channel and "ws" in library.object(f"{uri}/bindings")[1]:
        return True
    if channel.get("servers"):
        places = [f"{uri}/servers/{index}" for index, _ in enumerate(channel["servers"])]
    else:
        # AsyncAPI 3.0, 4.3.6: a channel that names no servers is available on all.
        root = cast("dict[str, Any]", library.document(name).data)
        places = [libraries.uri(name, pointers.join("/servers", key)) for key in root.get("servers") or {}]
    protocols = {str(library.object(place)[1].get("protocol", "")).lower() for place in places}
    return not protocols or bool(protocols & {"ws", "wss"})


def _directions(library: Library, name: str, root: dict[str, Any]) -> dict[str, set[str]]:
    """Map the URI of each channel message, and of what it refers to, to the actions that name it."""
    found: dict[str, set[str]] = {}
    for key in root.get("operations") or {}:
        uri, operation = library.object(libraries.uri(name, pointers.join("/operations", key)))
        action = operation.get("action", "send")
        _note(library, operation, uri, action, found)
        reply = operation.get("reply")
        if isinstance(reply, dict):
            reply_uri, definition = library.object(f"{uri}/reply")
            answering = "send" if action == "receive" else "receive"
            _note(library, definition, reply_uri, answering, found)
    return found


def _note(
    library: Library, holder: dict[str, Any], uri: str, action: str, found: dict[str, set[str]]
) -> None:
    if "messages" in holder:
        for index, _ in enumerate(holder["messages"]):
            item = library.lookup(f"{uri}/messages/{index}")
            target = reference(item) if isinstance(item, dict) else None
            named = library.resolve(uri, target) if target is not None else f"{uri}/messages/{index}"
            found.setdefault(named, set()).add(action)
        return
    if "channel" in holder:
        channel_uri, channel = library.object(f"{uri}/channel")
        for key in channel.get("messages") or {}:
            found.setdefault(f"{channel_uri}{pointers.join('/messages', key)}", set()).add(action)


def _messages(
    library: Library, channel: dict[str, Any], channel_uri: str, directions: dict[str, set[str]]
) -> tuple[Message, ...]:
    messages: list[Message] = []
    for key in channel.get("messages") or {}:
        named = f"{channel_uri}{pointers.join('/messages', key)}"
        uri, definition = library.object(named)
        # AsyncAPI 3.0, 4.3.13: an operation names messages of its channel; many name what these refer to.
        actions = directions.get(named) or directions.get(uri) or {"send", "receive"}
        schema = _payload(library, definition, uri)
        _ = library.validator(schema)
        discriminant, tags = discriminate(library, schema)
        messages.append(
            Message(
                name=key,
                schema=schema,
                uri=uri,
                from_client="receive" in actions,
                from_server="send" in actions,
                discriminant=discriminant,
                tags=tags,
            )
        )
    return tuple(messages)


def _payload(library: Library, message: dict[str, Any], uri: str) -> str:
    if message.get("payload") is None:
        raise ContractError(
            "a message without a payload promises nothing",
            place=library.place(uri),
            next_step="Give it a payload schema.",
        )
    address, payload = library.follow(f"{uri}/payload")
    if not isinstance(payload, dict) or payload.keys().isdisjoint({"schemaFormat", "schema"}):
        return f"{uri}/payload"
    # AsyncAPI 3.0, 4.3.20: without a format it is that of AsyncAPI itself.
    form = str(payload.get("schemaFormat", "application/vnd.aai.asyncapi"))
    if not form.startswith(_FORMATS):
        raise ContractError(
            f"has a payload in the format {form!r}, which accord does not read",
            place=library.place(address),
            next_step="Write the payload as a JSON Schema.",
        )
    if "schema" not in payload:
        raise ContractError(
            "states the format of a schema and gives none",
            place=library.place(address),
            next_step="Give it the member schema, or leave schemaFormat out.",
        )
    return f"{address}/schema"


def discriminate(library: Library, schema_uri: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the required property with a ``const`` or ``enum`` of strings, and those strings.

    ``type`` wins where several properties would do; (None, ()) when none does.
    """
    address, value = library.follow(schema_uri)
    schema = cast("dict[str, Any]", value if isinstance(value, dict) else {})
    properties = cast("dict[str, Any]", schema.get("properties") or {})
    names = sorted(cast("list[str]", schema.get("required") or []), key=lambda item: item != "type")
    for name in names:
        if name in properties:
            _, definition = library.follow(f"{address}{pointers.join('/properties', name)}")
            tags = _constants(definition)
            if tags:
                return name, tags
    return None, ()


def _constants(definition: Json) -> tuple[str, ...]:
    if not isinstance(definition, dict):
        return ()
    members = [definition["const"]] if "const" in definition else definition.get("enum") or []
    strings = [item for item in cast("list[Json]", members) if isinstance(item, str)]
    return tuple(strings) if len(strings) == len(cast("list[Json]", members)) else ()
