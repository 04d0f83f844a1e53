"""What a contract adds to what its service publishes: overlays, and schemas whose definitions it shares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from accord.contract import pointer as pointers
from accord.contract.contract import SUFFIXES, Contract
from accord.contract.document import Document, read_document
from accord.contract.overlay import apply_overlay
from accord.contract.pointer import Json
from accord.contract.traversal import objects, reference
from accord.errors import ConfigurationError, ContractError
from accord.run.drift.document import Wanted

_DEFINITIONS = ("$defs", "definitions")


def with_definitions(wanted: Wanted, contract: Contract, folder: Path) -> Iterator[str]:
    """Let the definitions of a committed schema be those that the published OpenAPI document has of them.

    Yields a notice for a name that it does not have: the committed definition stays.
    """
    for name, place in wanted.documents.items():
        if not place.startswith("#"):
            continue
        where = f"[tool.accord.drift.documents] {name}"
        if not contract.openapi or name not in contract.library.documents:
            raise ConfigurationError(
                "is no schema of the contract beside an OpenAPI document",
                place=where,
                next_step="Name a file of the contract's folder.",
            )
        document = read_document(folder / name, name=name)
        given = read_document(folder / contract.openapi, name=contract.openapi)
        try:
            schemas = pointers.lookup(cast("Json", given.data), place[1:])
        except LookupError:
            schemas = None
        if not isinstance(schemas, dict):
            raise ContractError(
                f"has nothing at {place[:200]}", place=contract.openapi, next_step=f"Correct {where}."
            )
        data = dict(document.data)
        for word in _DEFINITIONS:
            own = data.get(word)
            if isinstance(own, dict):
                data[word] = {
                    key: {"$ref": f"{contract.openapi}{pointers.join(place, key)}"}
                    if key in schemas
                    else value
                    for key, value in own.items()
                }
                left = [key for key in own if key not in schemas]
                if left:
                    yield f"{name}: the service publishes no {', '.join(left[:5])}, so nothing is known of that"
        (folder / name).write_text(json.dumps(data, indent=2, ensure_ascii=False), encoding="utf-8")


def lay(folder: Path, openapi: str | None) -> Iterator[str]:
    """Leave out of each overlay the actions that find nothing in what is published, with a notice for each.

    What they promised of it is gone with it, and the comparison tells that.
    """
    for item in sorted(folder.iterdir()):
        if item.suffix not in SUFFIXES:
            continue
        overlay = read_document(item, name=item.name)
        actions = overlay.data.get("actions")
        if "overlay" not in overlay.data or not isinstance(actions, list):
            continue
        target = str(overlay.data.get("extends", openapi or "")).removeprefix("./")
        if not (folder / target).is_file():
            continue
        document = read_document(folder / target, name=target)
        kept: list[Json] = []
        for index, action in enumerate(actions):
            laid = _laid(document, overlay, action)
            if laid is None:
                yield f"{item.name}: action {index} finds nothing in what is published, and is left out"
            else:
                document = laid
                kept.append(action)
        if not kept:
            item.unlink()
        elif len(kept) < len(actions):
            item.write_text(json.dumps({**overlay.data, "actions": kept}), encoding="utf-8")


def _laid(document: Document, overlay: Document, action: Json) -> Document | None:
    """Return *document* with *action* applied, None where it finds nothing, or refers to what is not there."""
    one = replace(overlay, data={**overlay.data, "actions": [action]})
    try:
        laid = apply_overlay(document, one)
        for _, value in objects(cast("dict[str, Json]", action)):
            target = reference(value) or ""
            if target.startswith("#/"):
                pointers.lookup(cast("Json", laid.data), target[1:])
    except (ContractError, LookupError):
        return None
    return laid
