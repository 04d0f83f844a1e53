"""What a parameter in a URL or a header can say: texts, and no difference between ``null`` and "null"."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from accord.cases.request import Request
from accord.contract.library import Library
from accord.contract.openapi import Operation

_NULLS = ("null", "None", "")


def says_null(library: Library, operation: Operation, request: Request) -> bool:
    """Tell whether a parameter of *request* is a ``null`` written as a text, which its schema may not take.

    OpenAPI 3.1, 4.8.12.3, gives null no form in a URL or a header: one is said by leaving it out.
    """
    query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    for parameter in operation.parameters:
        text = query.get(parameter.name) if parameter.location == "query" else None
        if parameter.location == "header":
            text = request.header(parameter.name)
        if text not in _NULLS or parameter.schema is None:
            continue
        validator = library.validator(parameter.schema)
        if validator.is_valid(None) and not validator.is_valid(text):
            return True
    return False
