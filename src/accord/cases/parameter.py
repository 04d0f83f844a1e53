"""What a parameter in a URL or a header can say: texts, and no difference between ``null`` and "null"."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from accord.cases.request import Request
from accord.contract.library import Library
from accord.contract.openapi import Operation

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_NULLS = ("null", "None", "")


def says_null(library: Library, operation: Operation, request: Request) -> bool:
    """Tell whether a parameter of *request* is a ``null`` written as a text, which its schema may not take.

    OpenAPI 3.1, 4.8.12.3, gives null no form in a URL or a header: one is said by leaving it out.
    """
    parts = urlsplit(request.url)
    texts = {
        "query": dict(parse_qsl(parts.query, keep_blank_values=True)),
        "path": _in_path(operation.path, parts.path),
    }
    for parameter in operation.parameters:
        text = texts.get(parameter.location, {}).get(parameter.name)
        if parameter.location == "header":
            text = request.header(parameter.name)
        if text not in _NULLS or parameter.schema is None:
            continue
        validator = library.validator(parameter.schema)
        if validator.is_valid(None) and not validator.is_valid(text):
            return True
    return False


def _in_path(template: str, path: str) -> dict[str, str]:
    """Return what stands in *path* for the parameters of *template*, read from its end; several may share a segment."""
    *pieces, last = _PARAMETER.split(template)
    found: dict[str, str] = {}
    rest = path.removesuffix(last)
    for before, name in reversed(list(zip(pieces[::2], pieces[1::2], strict=True))):
        rest, separator, text = rest.rpartition(before) if before else (rest, "", "")
        if not separator:
            break
        found[name] = text
    return found
