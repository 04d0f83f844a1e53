"""The vendored schemas: there, self-contained, and able to say no."""

import json

import pytest

from .documents import VENDORED, vendored

NAMES = sorted(path.name for path in VENDORED.glob("*.json"))


def source(name: str) -> object:
    """Return the text of a vendored schema as plain values."""
    return json.loads((VENDORED / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_needs_nothing_beside_itself(name: str) -> None:
    """A vendored schema compiles while fetching is refused, and refuses a number."""
    assert not vendored(name).is_valid(1)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_tells_where_a_schema_comes_from(name: str) -> None:
    """Each schema has a row in the table of the README."""
    assert f"| `{name}` |" in (VENDORED / "README.md").read_text(encoding="utf-8")


def test_the_openapi_schema_judges_schema_objects() -> None:
    """A Schema Object with a type that does not exist makes an OpenAPI 3.1 document invalid."""
    described = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": {"Name": {"type": "string"}}},
    }
    assert vendored("openapi-3.1.json").is_valid(described)
    described["components"] = {"schemas": {"Name": {"type": "strin"}}}
    assert not vendored("openapi-3.1.json").is_valid(described)


def test_the_session_schema_allows_the_smallest_session() -> None:
    """A session needs no more than one state."""
    assert vendored("session.schema.json").is_valid({"initial": "open", "states": {"open": {}}})


@pytest.mark.parametrize(
    "rules",
    [
        {"initial": "open"},
        {"initial": "open", "states": {}},
        {"initial": "open", "states": {"open": {}}, "other": 1},
        {"initial": "open", "states": {"open": {"client": {"hello": {"next": "open", "close": 4400}}}}},
        {"initial": "open", "states": {"open": {"timeout": {"seconds": 0, "close": 4408}}}},
        {"initial": "open", "states": {"open": {}}, "closes": {"shutdown": 1006}},
        {"initial": "open", "states": {"open": {}}, "closes": {"boredom": 4000}},
        {"initial": "open", "states": {"open": {}}, "heartbeat": {"frame": "ping"}},
        {"initial": "open", "states": {"open": {}}, "entities": {"shot": {"messages": ["shot"]}}},
        {"initial": "open", "states": {"open": {}}, "isolation": {}},
    ],
)
def test_the_session_schema_is_closed(rules: object) -> None:
    """Rules that are incomplete, contradictory or unknown are refused."""
    assert not vendored("session.schema.json").is_valid(rules)


def test_every_part_of_the_session_schema_is_described() -> None:
    """The schema of x-session is its documentation: each property and definition has a description."""
    missing = []

    def visit(schema: object, where: str) -> None:
        if not isinstance(schema, dict):
            return
        for key in ("properties", "$defs"):
            for name, part in schema.get(key, {}).items():
                if "description" not in part:
                    missing.append(f"{where}/{key}/{name}")
                visit(part, f"{where}/{key}/{name}")
        for option in schema.get("oneOf", []):
            visit(option, f"{where}/oneOf")

    visit(source("session.schema.json"), "#")
    assert [] == missing
