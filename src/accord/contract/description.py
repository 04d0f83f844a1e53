"""What a contract says of one operation, whole: with everything that its references lead to."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.contract.traversal import objects, reference
from accord.errors import ContractError


def description(contract: Contract, operation: Operation) -> dict[str, Json]:
    """Return everything that is said of *operation*, by URI: itself, what it shares, what it refers to."""
    library = contract.library
    found: dict[str, Json] = {}
    waiting = [operation.uri, f"{operation.uri.rpartition('/')[0]}/parameters"]
    schemes = {name for alternative in operation.security for name in alternative}
    waiting += [contract.security_schemes[name].uri for name in sorted(schemes)]
    while waiting:
        uri = waiting.pop()
        if uri in found:
            continue
        try:
            found[uri] = library.lookup(uri)
        except ContractError:
            # Few paths have parameters for all of their operations.
            continue
        inner = (reference(value) for _, value in objects(found[uri]))
        waiting += [library.resolve(uri, target) for target in inner if target is not None]
    found["security"] = cast("Json", [sorted(alternative) for alternative in operation.security])
    return found


def digest(contract: Contract, operation: Operation) -> str:
    """Return 16 hex digits that stay the same while what is said of *operation* does."""
    said: dict[str, Any] = description(contract, operation)
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def changed(before: Contract, after: Contract) -> frozenset[str]:
    """Return the ids of those operations of *after* that *before* does not describe in the same way."""
    known = {item.id: (item.method, item.path, digest(before, item)) for item in before.operations}
    return frozenset(
        item.id
        for item in after.operations
        if known.get(item.id) != (item.method, item.path, digest(after, item))
    )
