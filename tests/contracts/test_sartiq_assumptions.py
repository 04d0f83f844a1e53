"""ASSUMPTIONS.md: it names places that exist, and leaves no assumed place out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from .documents import CONTRACT, at, document, messages, openapi

TEXT = (CONTRACT / "ASSUMPTIONS.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`([\w.-]+\.(?:yaml|json))#(/[^`]*)`", TEXT)))


def assumed(schemas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the schemas and members that are assumed: schema name, member name or nothing."""
    for name, schema in schemas.items():
        if schema["x-source"] == "assumption":
            yield name, ""
        else:
            for layer in [schema, *schema.get("allOf", [])]:
                for member, part in layer.get("properties", {}).items():
                    if part["x-source"] == "assumption":
                        yield name, member


def rows(name: str) -> str:
    """Return the rows of the tables that name a schema in their first cell."""
    return "\n".join(
        line for line in TEXT.splitlines() if re.match(rf"\|[^|]*[/`]{re.escape(name)}[/`]", line)
    )


@pytest.mark.parametrize(("name", "pointer"), PLACES)
def test_every_place_exists(name: str, pointer: str) -> None:
    """A place that the page names is a place in the contract."""
    assert at(document(name), pointer) is not None


@pytest.mark.parametrize("schema", sorted({name for name, _ in assumed(messages()["$defs"])}))
def test_every_assumed_message_part_has_a_row(schema: str) -> None:
    """A definition that is assumed is named by the page, and so is each member that is assumed."""
    assert rows(schema)
    assert [] == [
        name for found, name in assumed(messages()["$defs"]) if found == schema and name not in rows(schema)
    ]


@pytest.mark.parametrize("schema", sorted({name for name, _ in assumed(openapi()["components"]["schemas"])}))
def test_every_assumed_schema_has_a_row(schema: str) -> None:
    """A component schema that is assumed, or has an assumed member, is named by the page."""
    assert rows(schema)


@pytest.mark.parametrize(
    "name",
    [key for key, one in openapi()["components"]["responses"].items() if one["x-source"] == "assumption"],
)
def test_every_assumed_response_has_a_row(name: str) -> None:
    """A response that is assumed is named by the page."""
    assert rows(name)
