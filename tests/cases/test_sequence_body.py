"""Bodies of sequential media types, as the engine sends them."""

from __future__ import annotations

from typing import Any

import pytest

from accord.cases.sequence_body import body_of, sequential

LINES, TEXTS = "application/jsonl", "application/json-seq"


def test_sequences_of_a_document_are_found() -> None:
    """In requests and answers, whatever else there is; a property may be called content."""
    document: dict[str, Any] = {
        "openapi": "3.2.0",
        "paths": {
            "/a": {
                "post": {
                    "requestBody": {"content": {LINES: {}, "application/json": {}}},
                    "responses": {"200": {"content": {"application/geo+json-seq": {}}}},
                }
            }
        },
        "components": {"schemas": {"S": {"properties": {"content": {TEXTS: {}}}}}},
    }
    assert ["application/geo+json-seq", LINES] == sequential(document)
    assert [] == sequential({**document, "openapi": "3.1.0"})


@pytest.mark.parametrize(
    ("name", "value", "body"),
    [
        (LINES, [{"a": 1}, None], b'{"a":1}\nnull\n'),
        (TEXTS, ["\n"], b'\x1e"\\n"\n'),
        (LINES, [], b""),
        (LINES, {"a": 1}, b'{"a":1}\n'),
        (LINES, '{"a": 1}\n', b'{"a": 1}\n'),
        (LINES, b"\xff", b"\xff"),
    ],
)
def test_items_are_written_one_after_another(name: str, value: Any, body: bytes) -> None:
    """A list is its items, a text is a body already, and anything else the only item."""
    assert body == body_of(name, value)
