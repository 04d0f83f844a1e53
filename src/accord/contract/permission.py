"""Who may not call an operation: by the scopes that it needs, or by ``forbidden-to`` in its ``x-accord``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from accord.contract.library import Library
from accord.contract.openapi import Operation, requirements

EXTENSION, MEMBER = "x-accord", "forbidden-to"


def forbidden_to(library: Library, operation: Operation) -> tuple[str, ...]:
    """Return the names of the identities that the contract says may not call *operation*."""
    extension = _description(library, operation).get(EXTENSION, {})
    return tuple(extension.get(MEMBER, ())) if isinstance(extension, dict) else ()


def needed_scopes(library: Library, operation: Operation, openapi: str) -> tuple[frozenset[str], ...]:
    """Return the scopes that each alternative of the security of *operation* needs (OpenAPI 3.1, 4.8.30).

    *openapi* is the name of the document, whose security holds where an operation has none of its own.
    """
    alternatives = requirements(library, openapi, operation.uri)
    return tuple(frozenset(scope for scopes in item.values() for scope in scopes) for item in alternatives)


def lacks_scopes(needed: Sequence[Collection[str]], scopes: Collection[str]) -> bool:
    """Tell whether a token with *scopes* satisfies none of the alternatives that are *needed*."""
    return bool(needed) and all(set(item) - set(scopes) for item in needed)


def _description(library: Library, operation: Operation) -> dict[str, Any]:
    return library.object(operation.uri)[1]
