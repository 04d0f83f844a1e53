"""What stands where in an AsyncAPI 3 document: the kind of each object, by the names of the components."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accord.contract import pointer as pointers
from accord.contract.pointer import Json

SCHEMAS = "schemas"
BINDING = "binding"

# A kind in brackets is a map or a list of that kind.
_TOLD = {"tags": "[tags]", "externalDocs": "externalDocs"}
_TRAIT_OF_OPERATION = {**_TOLD, "security": "[securitySchemes]", "bindings": "operationBindings"}
_TRAIT_OF_MESSAGE = {
    **_TOLD,
    "headers": SCHEMAS,
    "correlationId": "correlationIds",
    "bindings": "messageBindings",
}
_SECTIONS = (
    *(SCHEMAS, "servers", "channels", "operations", "messages", "securitySchemes", "serverVariables"),
    *("parameters", "correlationIds", "replies", "replyAddresses", "externalDocs", "tags"),
    *("operationTraits", "messageTraits"),
    *("serverBindings", "channelBindings", "operationBindings", "messageBindings"),
)
_DOCUMENT = "document"
_MEMBERS: dict[str, dict[str, str]] = {
    _DOCUMENT: {
        "info": "info",
        "servers": "[servers]",
        "channels": "[channels]",
        "operations": "[operations]",
        "components": "components",
    },
    "components": {section: f"[{section}]" for section in _SECTIONS},
    "info": _TOLD,
    "tags": _TOLD,
    "servers": {
        **_TOLD,
        "variables": "[serverVariables]",
        "security": "[securitySchemes]",
        "bindings": "serverBindings",
    },
    "channels": {
        **_TOLD,
        "servers": "[servers]",
        "messages": "[messages]",
        "parameters": "[parameters]",
        "bindings": "channelBindings",
    },
    "operations": {
        **_TRAIT_OF_OPERATION,
        "channel": "channels",
        "messages": "[messages]",
        "traits": "[operationTraits]",
        "reply": "replies",
    },
    "operationTraits": _TRAIT_OF_OPERATION,
    "messages": {**_TRAIT_OF_MESSAGE, "payload": SCHEMAS, "traits": "[messageTraits]"},
    "messageTraits": _TRAIT_OF_MESSAGE,
    "replies": {"address": "replyAddresses", "channel": "channels", "messages": "[messages]"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an object is: its ``kind``, empty where the specification knows none.

    ``modern`` is a schema that is stated to be of a draft after 7.
    """

    kind: str = _DOCUMENT
    modern: bool = False


def situation(value: Json, at: str, start: Situation) -> Situation:
    """Return what the object at the pointer *at* of *value*, which is what *start* says, is."""
    found = start
    for step in pointers.tokens(at):
        if found.kind == SCHEMAS:
            if isinstance(value, dict) and step == "schema" and "schemaFormat" in value:
                form = str(value["schemaFormat"])
                found = replace(found, modern="2020-12" in form or "2019-09" in form)
        else:
            found = replace(found, kind=_below(found.kind, step))
        value = _step(value, step)
    return found


def _below(kind: str, token: str) -> str:
    if kind.startswith("["):
        return kind[1:-1]
    if kind.endswith("Bindings"):
        return BINDING
    # What the members of a binding refer to are schemas.
    return SCHEMAS if kind == BINDING else _MEMBERS.get(kind, {}).get(token, "")


def _step(value: Json, token: str) -> Json:
    if isinstance(value, dict):
        return value.get(token)
    if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
        return value[int(token)]
    return None
