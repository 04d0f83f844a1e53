"""Parameters that are the whole query (``in: querystring``, OpenAPI 3.2, 4.12.1): written, and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.media_type import FORM, essence, is_json
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json

_MAXIMUM_PAIRS = 200


def written(library: Library, parameter: Parameter, value: Json) -> str:
    """Return the query that *value* of *parameter* is, percent-encoded."""
    if _is_form(library, parameter) and isinstance(value, dict):
        return urlencode([(name, _text(item)) for name, items in value.items() for item in _each(items)])
    text = value if isinstance(value, str) and not _is_json(library, parameter) else json.dumps(value)
    return quote(text, safe="", errors="surrogatepass")


def readings(library: Library, parameter: Parameter, query: str) -> Iterator[Json]:
    """Yield what *query* may mean as *parameter*: of a form, texts, or what the schemas of its members take."""
    if _is_form(library, parameter):
        with suppress(ValueError):
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAXIMUM_PAIRS)
            every: dict[str, list[str]] = {}
            for name, text in pairs:
                every.setdefault(name, []).append(text)
            yield {name: texts[-1] for name, texts in every.items()}
            yield {name: _typed(texts[-1]) for name, texts in every.items()}
            yield {name: _fitting(library, parameter, name, texts) for name, texts in every.items()}
        return
    text = unquote(query)
    if _is_json(library, parameter):
        with suppress(ValueError, RecursionError):
            yield json.loads(text)
    else:
        yield text


def may_keep_contract(library: Library, operation: Operation, request: Request) -> bool:
    """Tell whether the query of *request* has a reading that keeps the contract of a ``querystring``."""
    query = urlsplit(request.url).query
    for parameter in operation.parameters_in("querystring"):
        if parameter.schema is None:
            return True
        validator = library.validator(parameter.schema)
        return any(validator.is_valid(value) for value in readings(library, parameter, query))
    return False


def _media_type(library: Library, parameter: Parameter) -> str:
    _, data = library.object(parameter.uri)
    return essence(next(iter(data.get("content") or {}), ""))


def _is_form(library: Library, parameter: Parameter) -> bool:
    return _media_type(library, parameter) == FORM


def _is_json(library: Library, parameter: Parameter) -> bool:
    return is_json(_media_type(library, parameter))


def _each(items: Json) -> list[Json]:
    return items if isinstance(items, list) else [items]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _typed(text: str) -> Any:
    with suppress(ValueError, RecursionError):
        value = json.loads(text)
        if not isinstance(value, str):
            return value
    return text


def _fitting(library: Library, parameter: Parameter, name: str, texts: list[str]) -> Json:
    """Return that reading of the member *name* which its schema takes, its last text without one."""
    if parameter.schema is None:
        return texts[-1]
    uri, schema = library.follow(parameter.schema)
    members = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(members, dict) or name not in members:
        return texts[-1]
    validator = library.validator(uri + pointers.join("", "properties", name))
    found: list[Json] = [texts[-1], _typed(texts[-1]), list(texts), [_typed(text) for text in texts]]
    return next((item for item in found if validator.is_valid(item)), texts[-1])
