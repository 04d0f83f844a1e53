"""A variant: a later version of an application, with the document that it publishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sartiq_sandbox.faults.edit import Edit
from sartiq_sandbox.faults.exchange import changed
from sartiq_sandbox.faults.fault import Application, Json, Wrap

__all__ = ["Variant", "everywhere", "of_answers", "of_messages", "parameter", "schema"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One change: what a client suffers that knows the version before.

    ``wrap`` takes an ASGI application and returns one with the change; ``document`` changes what
    the application publishes of itself, and any other document of its own in the same way.
    """

    name: str
    consequence: str
    channel: Literal["rest", "websocket"]
    wrap: Wrap
    document: Edit


def same(document: Json) -> Json:
    """Leave a document as it is: it does not tell of the change."""
    return document


def of_answers(name: str, consequence: str, wrap: Wrap, document: Edit = same) -> Variant:
    """Return a variant of the REST API."""
    return _variant(name, consequence, "rest", wrap, document)


def of_messages(name: str, consequence: str, wrap: Wrap, document: Edit = same) -> Variant:
    """Return a variant of the WebSocket."""
    return _variant(name, consequence, "websocket", wrap, document)


def schema(name: str, edit: Edit) -> Edit:
    """Change one schema of a document, where it has one of that name."""

    def change(document: Json) -> Json:
        holder = document.get("components", {}) if "components" in document else document
        schemas = holder.get("schemas") or holder.get("$defs") or {}
        if name in schemas:
            schemas[name] = edit(schemas[name])
        return document

    return change


def parameter(name: str, edit: Edit) -> Edit:
    """Change the schema of the parameter of a name, in every operation."""

    def change(document: Json) -> Json:
        for item in document.get("paths", {}).values():
            for operation in item.values():
                for given in operation.get("parameters", ()):
                    if given["name"] == name:
                        given["schema"] = edit(given["schema"])
        return document

    return change


def everywhere(edit: Callable[[Json], Json]) -> Edit:
    """Change every value in a document, the inner ones first."""

    def change(value: Json) -> Json:
        if isinstance(value, dict):
            return edit({key: change(item) for key, item in value.items()})
        return edit([change(item) for item in value] if isinstance(value, list) else value)

    return change


def _variant(
    name: str, consequence: str, channel: Literal["rest", "websocket"], wrap: Wrap, document: Edit
) -> Variant:
    published = changed("GET /openapi.json", document)

    def whole(app: Application) -> Application:
        return published(wrap(app))

    return Variant(
        name=name, consequence=consequence, channel=channel, wrap=whole, document=document
    )
