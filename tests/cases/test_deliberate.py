"""Deliberate values: what they are, and that they stay within the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cases.deliberate import ACCENTS, deliberate_bodies
from accord.contract.contract import load
from accord.contract.pointer import Json


def variants(folder: Path, properties: dict[str, Any], body: Json) -> dict[str, Json]:
    """Return the variants of *body*, an object with these properties, by name."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {"New": {"type": "object", "properties": properties}}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    library = load(folder).library
    return dict(deliberate_bodies(library, "contract:/openapi.json#/components/schemas/New", body))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, [ACCENTS, 2000, ""]),
        ({"type": "string", "maxLength": 9}, [9, 9, ""]),
        ({"type": "string", "minLength": 60, "maxLength": 70}, [60, 70, 60]),
        ({"type": ["string", "null"], "maxLength": 255}, [ACCENTS, 255, ""]),
        ({"type": "string", "format": "date-time"}, ["2031-05-31T18:00:00+02:00"]),
        ({"type": "string", "format": "uuid"}, []),
        ({"type": "string", "pattern": "^b+$"}, []),
        ({"enum": ["book", "film"]}, ["film"]),
        ({"const": "book"}, []),
        ({"type": "string", "readOnly": True}, []),
        ({"type": "integer"}, []),
    ],
)
def test_values_of_a_member(tmp_path: Path, schema: Any, expected: list[str | int]) -> None:
    """Texts are in other alphabets, as long as may be, or empty; a number stands for the length of a text."""
    found = variants(tmp_path, {"a": schema}, {"a": "book"})
    values = [body["a"] for body in found.values() if isinstance(body, dict)]
    assert expected == [
        len(str(value)) if isinstance(wanted, int) else value
        for value, wanted in zip(values, expected, strict=True)
    ]


def test_flag_is_the_one_that_is_not_the_default(tmp_path: Path) -> None:
    """A boolean is written the other way than the service would choose."""
    found = variants(tmp_path, {"open": {"type": "boolean", "default": False}}, {})
    assert {"accents": {"open": True}} == found


def test_the_rest_of_a_body_stays(tmp_path: Path) -> None:
    """What is left alone is written as it was, and the body itself is not changed."""
    body: Json = {"id": "7", "text": "a"}
    found = variants(tmp_path, {"id": {"type": "string", "format": "x"}, "text": {"type": "string"}}, body)
    assert {"7"} == {item["id"] for item in found.values() if isinstance(item, dict)}
    assert {"id": "7", "text": "a"} == body


def test_body_that_is_no_object_has_no_variants(tmp_path: Path) -> None:
    """Only objects have members to be written otherwise."""
    assert {} == variants(tmp_path, {"a": {"type": "string"}}, ["a"])
