"""Who may not call an operation: by the scopes that it needs, or by ``forbidden-to`` in its ``x-accord``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.openapi import Operation
from accord.contract.published import deepest_first
from accord.errors import ContractError

EXTENSION, MEMBER = "x-accord", "forbidden-to"


def check_permissions(library: Library, operations: Sequence[Operation]) -> None:
    """Raise ``ContractError`` at a ``forbidden-to`` that means nothing."""
    for operation in operations:
        extension = _description(library, operation).get(EXTENSION, {})
        if not isinstance(extension, dict) or MEMBER not in extension:
            continue
        problems = deepest_first(extension[MEMBER], MEMBER)
        if problems:
            path = (EXTENSION, MEMBER, *problems[0].path)
            raise ContractError(
                f"is not valid {EXTENSION}: {problems[0].message}",
                place=library.place(operation.uri + pointers.from_path(path)),
                next_step="Name there the identities of the settings that may not call the operation.",
            )


def forbidden_to(library: Library, operation: Operation) -> tuple[str, ...]:
    """Return the names of the identities that the contract says may not call *operation*."""
    extension = _description(library, operation).get(EXTENSION, {})
    return tuple(extension.get(MEMBER, ())) if isinstance(extension, dict) else ()


def needed_scopes(library: Library, operation: Operation, openapi: str) -> tuple[frozenset[str], ...]:
    """Return the scopes that each alternative of the security of *operation* needs (OpenAPI 3.1, 4.8.30).

    *openapi* is the name of the document, whose security holds where an operation has none of its own.
    """
    root = library.document(openapi).data
    security = _description(library, operation).get("security", root.get("security", []))
    alternatives = cast("list[dict[str, list[str]]]", security)
    return tuple(frozenset(scope for scopes in item.values() for scope in scopes) for item in alternatives)


def lacks_scopes(needed: Sequence[Collection[str]], scopes: Collection[str]) -> bool:
    """Tell whether a token with *scopes* satisfies none of the alternatives that are *needed*."""
    return bool(needed) and all(set(item) - set(scopes) for item in needed)


def _description(library: Library, operation: Operation) -> dict[str, Any]:
    return library.object(operation.uri)[1]
