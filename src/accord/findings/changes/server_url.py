"""The addresses at which operations are called: Server Objects of operation, path or document (OpenAPI 3.1, 4.8.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, cast

from accord.contract.contract import Contract
from accord.contract.library import Library, split, uri
from accord.contract.openapi import Operation

_VARIABLE = re.compile(r"\{([^{}]*)\}")
MAXIMUM_URLS = 1000


def holder_of(library: Library, operation: Operation) -> tuple[str, list[dict[str, Any]]]:
    """Return the address of the nearest list of servers that counts for *operation*, and the list."""
    name = split(operation.uri)[0]
    for at in (operation.uri, operation.uri.rpartition("/")[0], uri(name)):
        value = library.lookup(at)
        if isinstance(value, dict) and value.get("servers"):
            return f"{at}/servers", cast("list[dict[str, Any]]", value["servers"])
    return uri(name), [{"url": "/"}]


def urls_of(contract: Contract, operation: Operation) -> Iterator[str]:
    """Yield the addresses that *operation* may be called at, variables filled in by their defaults."""
    for server in holder_of(contract.library, operation)[1]:
        yield filled(server)


def filled(server: Mapping[str, Any]) -> str:
    """Return the URL of *server* with the default of each variable, without a slash at its end."""
    variables = server.get("variables") or {}

    def value(found: re.Match[str]) -> str:
        return str((variables.get(found.group(1)) or {}).get("default", found.group(1)))

    return _VARIABLE.sub(value, str(server.get("url", "/"))).rstrip("/")


def possible(server: Mapping[str, Any]) -> frozenset[str]:
    """Return every URL of *server*; a variable without ``enum`` stands as ``{}``, which is any text."""
    variables = server.get("variables") or {}
    url = str(server.get("url", "/"))
    names = _VARIABLE.findall(url)
    choices = [[str(item) for item in (variables.get(name) or {}).get("enum") or ("{}",)] for name in names]
    found: set[str] = set()
    for chosen in product(*choices):
        values = iter(chosen)
        found.add(_VARIABLE.sub(lambda _: next(values), url).rstrip("/"))  # noqa: B023 - used at once
        if len(found) >= MAXIMUM_URLS:
            break
    return frozenset(found)


def is_among(url: str, others: frozenset[str]) -> bool:
    """Tell whether *url* is one of *others*, in which ``{}`` is any text without a slash."""
    return url in others or any(
        re.fullmatch("[^/]+".join(map(re.escape, other.split("{}"))), url)
        for other in others
        if "{}" in other
    )


def address_of(server: Mapping[str, Any]) -> str:
    """Return where a server of AsyncAPI is: its protocol, host and pathname (3.0, 4.1.5)."""
    return f"{server.get('protocol', '')}://{server.get('host', '')}{server.get('pathname') or ''}".rstrip(
        "/"
    )
