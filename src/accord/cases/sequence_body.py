"""Bodies of sequential media types, which schemathesis does not write: which a document has, and what they are."""

from __future__ import annotations

from typing import Any

from accord.cases.change import plain
from accord.contract.sequence import is_sequence, write_item
from accord.contract.traversal import objects


def sequential(document: dict[str, Any]) -> list[str]:
    """Return the sequential media types of *document*, none before OpenAPI 3.2, which says what they are."""
    if not str(document["openapi"]).startswith("3.2"):
        return []
    contents = (value.get("content") for _, value in objects(document))
    names = {name for content in contents if isinstance(content, dict) for name in content}
    return sorted(filter(is_sequence, names))


def body_of(name: str, value: Any) -> bytes:
    """Return *value*, drawn or an example, as a body of the media type *name*; a text is one already."""
    if type(value) is bytes:
        return value
    items = plain(value)
    if isinstance(items, str):
        return items.encode(errors="surrogatepass")
    every = items if isinstance(items, list) else [items]
    return "".join(write_item(item, name) for item in every).encode(errors="surrogatepass")
