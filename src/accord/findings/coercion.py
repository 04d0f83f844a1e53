"""What frameworks read as a value of another type, and requests that keep the contract once it is so read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from accord.cases.wrong import put
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.media_type import essence
from accord.contract.openapi import Parameter
from accord.contract.pointer import Json, spelled
from accord.findings.evidence import Observation

_WHOLE = re.compile(r"\s*[+-]?\d+(?:_\d+)*\s*", re.ASCII)
_WHOLE_DECIMAL = re.compile(r"\s*[+-]?\d+\.0+\s*", re.ASCII)
_DECIMAL = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}
_TIMES = frozenset({"date-time", "date", "time", "duration"})
_LONGEST = 300
_MAXIMUM_STEPS = 50


def _integer_from_text(value: Json) -> Json:
    if isinstance(value, str) and len(value) <= _LONGEST and _WHOLE.fullmatch(value):
        return int(value)
    return None


def _integer_from_decimal(value: Json) -> Json:
    if isinstance(value, str) and len(value) <= _LONGEST and _WHOLE_DECIMAL.fullmatch(value):
        return int(value.partition(".")[0])
    return None


def _number_from_text(value: Json) -> Json:
    if isinstance(value, str) and len(value) <= _LONGEST and _DECIMAL.fullmatch(value):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def _number_from_boolean(value: Json) -> Json:
    return int(value) if isinstance(value, bool) else None


def _integer_from_fraction(value: Json) -> Json:
    return int(value) if isinstance(value, float) and math.isfinite(value) else None


def _boolean_from_word(value: Json) -> Json:
    return _WORDS.get(value.lower()) if isinstance(value, str) else None


def _boolean_from_number(value: Json) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return bool(value) if is_number and value in (0, 1) else None


def _text_from_number(value: Json) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return orjson.dumps(value).decode() if is_number and abs(cast("float", value)) < 2**63 else None


Reading = tuple[str, Callable[[Json], Json]]

READINGS: Mapping[str, Reading] = {
    "integer from text": ("integer", _integer_from_text),
    "integer from decimal": ("integer", _integer_from_decimal),
    "integer from boolean": ("integer", _number_from_boolean),
    "integer from fraction": ("integer", _integer_from_fraction),
    "number from text": ("number", _number_from_text),
    "number from boolean": ("number", _number_from_boolean),
    "boolean from word": ("boolean", _boolean_from_word),
    "boolean from number": ("boolean", _boolean_from_number),
    "text from number": ("string", _text_from_number),
}
"""The wanted type of each reading, and its function: it returns None for what it does not read."""


def keeps_contract(contract: Contract, observed: Observation, readings: Collection[str]) -> bool:
    """Tell whether the request keeps the contract once *readings* are made, and breaks it without them."""
    if observed.aim.location in ("", "body"):
        return _body_keeps(contract, observed, readings)
    parameter = next(
        (
            item
            for item in observed.operation.parameters_in(observed.aim.location)
            if observed.aim.path == (item.name,)
        ),
        None,
    )
    return parameter is not None and _text_keeps(contract.library, observed, parameter, readings)


def _body_keeps(contract: Contract, observed: Observation, readings: Collection[str]) -> bool:
    request, body = observed.exchange.request, observed.operation.body
    content_type = essence(request.header("content-type"))
    declared = next((item for item in (body.media_types if body else ()) if item.name == content_type), None)
    if declared is None or declared.schema is None or "json" not in content_type:
        return False
    try:
        value = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return False
    return _value_keeps(contract.library, declared.schema, value, readings)


def _value_keeps(library: Library, schema: str, value: Json, readings: Collection[str]) -> bool:
    validator = library.validator(schema)
    if validator.is_valid(value):
        return False
    for _ in range(_MAXIMUM_STEPS):
        error = next((item for item in validator.iter_errors(value) if not _is_idle(library, item)), None)
        if error is None:
            return True
        better = next(_readings(library, error, readings), None)
        if better is None:
            return False
        try:
            value = put(value, spelled(error.instance_path, value), better)
        except (LookupError, TypeError):
            # jsonschema_rs leaves empty names out of a path, which then leads nowhere.
            return False
    return False


def _is_idle(library: Library, error: Any) -> bool:
    """Tell whether nothing in a request has to keep what *error* breaks.

    ``format`` is an annotation (JSON Schema 2020-12, validation, 7.2.1), and a member that is read-only
    is required of answers alone (OpenAPI 3.1, 4.8.24.1).
    """
    if error.kind.name == "required":
        schema = _schema(library, error)
        member = (schema.get("properties") or {}).get(error.kind.as_dict()["property"])
        return isinstance(member, dict) and member.get("readOnly") is True
    return bool(error.kind.name == "format")


def _schema(library: Library, error: Any) -> dict[str, Any]:
    """Return the schema whose keyword *error* is about; empty where it does not say which."""
    location = str(error.absolute_keyword_location or "")
    if not location.startswith("contract:"):
        return {}
    schema = library.lookup(unquote(location.rpartition("/")[0]))
    return schema if isinstance(schema, dict) else {}


def _readings(library: Library, error: Any, readings: Collection[str]) -> Iterator[Json]:
    """Yield the values that *readings* take the wrong one for."""
    if error.kind.name == "uniqueItems" and "set from list" in readings:
        yield list({orjson.dumps(item): item for item in error.instance}.values())
    for leaf in _leaves(error):
        for name in sorted(readings):
            kind, read = READINGS.get(name, ("", None))
            if read is not None and kind in leaf.kind.as_dict()["types"]:
                value = read(error.instance)
                if value is not None:
                    yield value
        if "time from number" in readings and _is_number(error.instance) and _is_time(library, leaf):
            yield "1970-01-01T00:00:00Z"


def _leaves(error: Any) -> Iterator[Any]:
    """Yield the errors of type in *error*: itself, or those at the same place in its branches."""
    if error.kind.name == "type":
        yield error
    if error.kind.name in ("anyOf", "oneOf"):
        for branch in getattr(error.kind, "context", None) or ():
            if len(branch) == 1 and branch[0].kind.name == "type":
                yield branch[0]


def _is_time(library: Library, leaf: Any) -> bool:
    return "string" in leaf.kind.as_dict()["types"] and _schema(library, leaf).get("format") in _TIMES


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text_keeps(
    library: Library, observed: Observation, parameter: Parameter, readings: Collection[str]
) -> bool:
    texts = list(_texts(observed, parameter))
    if parameter.schema is None or len(texts) != 1:
        return False
    validator = library.validator(parameter.schema)
    values = [_json(texts[0]), texts[0]]
    read = [READINGS[name][1](value) for name in sorted(readings) if name in READINGS for value in values]
    return any(validator.is_valid(value) for value in read if value is not None)


def _texts(observed: Observation, parameter: Parameter) -> Iterator[str]:
    request = observed.exchange.request
    parts = urlsplit(request.url)
    if parameter.location == "query":
        yield from (
            value for name, value in parse_qsl(parts.query, keep_blank_values=True) if name == parameter.name
        )
    elif parameter.location == "header":
        yield from (value for name, value in request.headers if name.lower() == parameter.name.lower())
    elif parameter.location == "path":
        template = observed.operation.path.split("/")
        segments = parts.path.split("/")[-len(template) + 1 :]
        for name, segment in zip(template[1:], segments, strict=False):
            if name == f"{{{parameter.name}}}":
                yield unquote(segment)


def _json(text: str) -> Json:
    try:
        return cast("Json", orjson.loads(text))
    except orjson.JSONDecodeError:
        return None
