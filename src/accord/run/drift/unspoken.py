"""What a published document says nothing of, where its contract does: servers and links, which stay as committed.

Code-first documents have neither. That is no word about where the service stands or how its operations go together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from accord.contract.contract import Contract
from accord.contract.document import parse_document
from accord.contract.pointer import Json, join, lookup
from accord.findings.changes.result import Compared
from accord.run.compare import Options, compare_sides
from accord.run.drift.published import Published, unnamed

SERVERS, LINKS = "servers", "links"
_RULES = {SERVERS: ("removed-server", "added-server"), LINKS: ("removed-link",)}


def held(found: Published, options: Options) -> tuple[Compared, tuple[str, ...]]:
    """Hold what is published against the contract; return that, and the names of what it says nothing of.

    Raises an ``AccordError`` as ``compare_sides`` does.
    """
    compared = compare_sides(found.committed, found.current, options)
    before = found.committed.contract
    names = tuple(_unspoken(before, found.current.contract))
    left_out = [
        item
        for item in compared.changes
        if any(item.change.rule in _RULES[name] for name in names)
        and item.change.place.partition("#")[0] == before.openapi
    ]
    return replace(compared, changes=tuple(item for item in compared.changes if item not in left_out)), names


def notice(names: tuple[str, ...]) -> Iterator[str]:
    """Yield a line that says so."""
    if names:
        yield f"what is published has no {' and no '.join(names)}: those of the contract stay, and are not compared"


def completed(found: Published, names: tuple[str, ...]) -> Published:
    """Return *found* with *names* of the committed OpenAPI document in the published one, as they are to be written."""
    committed, current, files = found.committed.contract, found.current.contract, found.files
    openapi = committed.openapi or ""
    if not names or openapi not in files:
        return found
    data: Any = parse_document(files[openapi].decode("utf-8-sig"), name=openapi).data
    before: Any = committed.library.document(openapi).data
    if SERVERS in names:
        data = {**data, SERVERS: before[SERVERS]}
    if LINKS in names:
        _link(data, committed, current)
    return replace(found, files={**files, openapi: json.dumps(data, ensure_ascii=False).encode()})


def _link(data: Any, committed: Contract, current: Contract) -> None:
    """Put the links of *committed* into the responses of *data*, which *current* was read from."""
    known = {(item.method, unnamed(item.path)): item for item in current.operations}
    for operation in committed.operations:
        now = known.get((operation.method, unnamed(operation.path)))
        for status, answer in operation.answers.items():
            links = committed.library.object(answer.uri)[1].get(LINKS)
            if links and now is not None and status in now.answers:
                response = _at(data, join("/paths", now.path, now.method.lower(), "responses", status))
                if isinstance(response, dict) and "$ref" not in response:
                    response[LINKS] = links
    shared = committed.library.document(committed.openapi or "").data.get("components")
    if isinstance(shared, dict) and shared.get(LINKS):
        data.setdefault("components", {})[LINKS] = shared[LINKS]


def _at(data: Json, pointer: str) -> Json:
    try:
        return lookup(data, pointer)
    except LookupError:
        return None


def _unspoken(committed: Contract, current: Contract) -> Iterator[str]:
    """Yield of what the *committed* OpenAPI document speaks, and the *current* one nowhere."""
    if not committed.openapi or not current.openapi:
        return
    above, below = _serving(committed)
    if above and not below and not any(_serving(current)):
        yield SERVERS
    if _has_links(committed) and not _has_links(current):
        yield LINKS


def _serving(contract: Contract) -> tuple[bool, bool]:
    """Tell whether the OpenAPI document of *contract* names servers, and whether paths or operations do."""
    data: Any = contract.library.document(contract.openapi or "").data
    items = [item for item in (data.get("paths") or {}).values() if isinstance(item, dict)]
    operations = [value for item in items for value in item.values() if isinstance(value, dict)]
    return bool(data.get(SERVERS)), any(item.get(SERVERS) for item in (*items, *operations))


def _has_links(contract: Contract) -> bool:
    answers = (answer for operation in contract.operations for answer in operation.answers.values())
    return any(contract.library.object(answer.uri)[1].get(LINKS) for answer in answers)
