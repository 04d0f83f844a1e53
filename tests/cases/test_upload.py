"""What a contract says of the files in a multipart body."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cases.upload import File, files, foreign_type, formed_type
from accord.contract.contract import load

BINARY = {"type": "string", "format": "binary"}


def read(folder: Path, schema: Any, encoding: Any = None, kind: str = "multipart/form-data") -> list[File]:
    """Return the files that a body of *schema* carries."""
    content = {kind: {"schema": schema, "encoding": encoding or {}}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "x"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/files": {"post": operation}},
        "components": {"schemas": {"Picture": {**BINARY, "maxLength": 9}}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    contract = load(folder)
    body = contract.operations[0].body
    assert body is not None
    return [file for item in body.media_types for file in files(contract.library, item)]


def test_types_and_limit_are_read_where_the_contract_says_them(tmp_path: Path) -> None:
    """Types come from the encoding, else from contentMediaType; the limit is maxLength, also behind a $ref."""
    schema = {
        "type": "object",
        "properties": {
            "encoded": {"$ref": "#/components/schemas/Picture"},
            "described": {"type": "string", "contentMediaType": "application/pdf"},
            "untold": BINARY,
            "text": {"type": "string", "maxLength": 5},
            "base64": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
            "number": {"type": "integer"},
        },
        "allOf": [{"properties": {"inherited": {**BINARY, "maxLength": 3}}}],
    }
    encoding = {"encoded": {"contentType": "image/PNG, image/webp"}}
    assert [
        File(name="encoded", types=("image/png", "image/webp"), limit=9),
        File(name="described", types=("application/pdf",), limit=None),
        File(name="untold", types=(), limit=None),
        File(name="inherited", types=(), limit=3),
    ] == read(tmp_path, schema, encoding)


def test_body_of_another_kind_has_no_files(tmp_path: Path) -> None:
    """Only a multipart body carries files in parts."""
    schema = {"type": "object", "properties": {"file": BINARY}}
    assert [] == read(tmp_path, schema, kind="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("types", "foreign", "formed"),
    [
        (("image/png", "text/csv"), "text/plain", "image/png"),
        (("text/csv",), "text/plain", None),
        (("text/csv", "application/pdf"), "text/plain", "application/pdf"),
        (("image/*",), "text/plain", "image/png"),
        (("text/*", "image/png"), None, "image/png"),
        (("*/*",), None, None),
        (("application/octet-stream",), None, None),
        ((), None, None),
    ],
)
def test_wrong_type_is_one_that_the_contract_excludes(
    types: tuple[str, ...], foreign: str | None, formed: str | None
) -> None:
    """A text is foreign to what takes no text; a text is broken under a type that has a form of its own."""
    file = File(name="file", types=types, limit=None)
    assert (foreign, formed) == (foreign_type(file), formed_type(file))
