"""Security requirements: the schemes that they name, by the name of a component or, since OpenAPI 3.2, by a URI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.traversal import is_address
from accord.errors import ContractError

_SECTION = ("components", "securitySchemes")


def named(library: Library, openapi: str, base: str, alternative: Mapping[str, Any]) -> dict[str, Any]:
    """Return *alternative*, which stands at the URI *base*, with each scheme by its name.

    That is the name of a component of the document *openapi*, or else the place that a URI leads to
    (OpenAPI 3.2, 4.30), as ``schemes.yaml#/key``.
    """
    return {_name(library, openapi, base, key): scopes for key, scopes in alternative.items()}


def _name(library: Library, openapi: str, base: str, key: str) -> str:
    if not is_address(key):
        return key
    target = library.resolve(base, key)
    document, pointer = libraries.split(target)
    steps = pointers.tokens(pointer)
    is_component = document == openapi and steps[:2] == _SECTION and len(steps) == 3
    return steps[2] if is_component else libraries.place(target)


def definitions(
    library: Library, openapi: str, names: Iterable[str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return address and value of each scheme: the components of the document *openapi*, and those of *names*.

    A place of *names* that leads nowhere is left out, and so is what is no component: it is told where it is needed.
    """
    components: Any = library.document(openapi).data.get("components") or {}
    declared = components.get("securitySchemes") or {}
    found = {
        name: library.object(libraries.uri(openapi, pointers.join("", *_SECTION, name))) for name in declared
    }
    for name in names:
        if name not in found and is_address(name):
            document, _, pointer = name.partition("#")
            try:
                found[name] = library.object(libraries.uri(document, pointer))
            except ContractError:
                continue
    return found
