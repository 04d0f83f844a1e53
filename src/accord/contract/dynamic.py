"""Dynamic references (JSON Schema 2020-12, core 8.2.3.2) that can lead to one place only, as plain ones.

A dynamic reference leads to the outermost of the schemas on the way that have the anchor. Where only one
schema of all documents has it, that is the one, however the schema was come to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from accord.contract.document import Document
from accord.contract.pointer import Json
from accord.contract.traversal import objects, rewritten

_KEYWORD, _ANCHOR = "$dynamicRef", "$dynamicAnchor"


def settled(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return *documents* with those dynamic references as ``$ref`` that can mean one place only."""
    if not any(_KEYWORD in document.text for document in documents.values()):
        return dict(documents)
    anchors = Counter(
        anchor
        for document in documents.values()
        for _, value in objects(document.data)
        if isinstance(anchor := value.get(_ANCHOR), str)
    )

    def changed(value: dict[str, Json], _: str) -> Json:
        target = value.get(_KEYWORD)
        if isinstance(target, str) and anchors[target.rpartition("#")[2]] <= 1:
            del value[_KEYWORD]
            if "$ref" not in value:
                value["$ref"] = target
            else:
                parts = value.get("allOf")
                value["allOf"] = [*(parts if isinstance(parts, list) else ()), {"$ref": target}]
        return value

    return {
        name: replace(document, data=cast("dict[str, Json]", rewritten(document.data, changed)))
        if _KEYWORD in document.text
        else document
        for name, document in documents.items()
    }
