"""What a workflow step says to a service, and the HTTP request that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from accord.cases.cookie import STYLE, crumbs
from accord.cases.expression import ABSENT, Absent, UnresolvedError, Values, as_text
from accord.cases.request import Request, first_header
from accord.contract.media_type import FORM, JSON, essence, is_json
from accord.contract.openapi import Parameter
from accord.contract.pointer import Json
from accord.contract.workflow import OperationReference
from accord.errors import ContractError

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRequest:
    """What one step says: the operation, and values for its parameters by location.

    ``body`` is a JSON value; a string stands for itself as text when ``verbatim``. ``content_type``
    None leaves the media type to the operation. ``step`` is ``file#/pointer`` of the step.
    """

    operation: OperationReference
    step: str
    path: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    headers: Values = field(default_factory=dict)
    cookies: Values = field(default_factory=dict)
    body: Json | Absent = ABSENT
    content_type: str | None = None
    verbatim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReply:
    """What came of a step's request.

    ``status`` is None when no whole response came, and ``detail`` then says why. ``token`` is
    whatever the sender wants to find again in the result, such as an exchange.
    """

    request: Request
    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    detail: str = ""
    token: object = None


def build_request(
    step: StepRequest,
    *,
    method: str,
    path: str,
    base_url: str,
    parameters: Sequence[Parameter] = (),
    media_type: str | None = None,
) -> Request:
    """Return the HTTP request of *step* for the operation at *method* and *path*.

    *parameters* are those that the operation declares; others are sent with the default style of
    their location (OpenAPI 3.1, 4.8.12.2). *media_type* is that of the body where the step names
    none. Raises ``ContractError`` for a path parameter that is not given or not in the path, a body
    that cannot be written as its media type, and ``UnresolvedError`` for a value that HTTP cannot carry.
    """
    declared = {(item.location, item.name): item for item in parameters}
    url = base_url.rstrip("/") + _path(step, path, declared)
    pairs = [
        pair
        for name, value in step.query.items()
        for pair in _query(name, value, declared.get(("query", name)))
    ]
    if pairs:
        url += ("&" if "?" in url else "?") + "&".join(pairs)
    headers = tuple(
        (
            name,
            _field_value(
                name, delimited(value, explode=_explodes(declared.get(("header", name)), usual=False))
            ),
        )
        for name, value in step.headers.items()
    )
    if step.cookies:
        cookies = "; ".join(
            crumb
            for name, value in step.cookies.items()
            for crumb in _crumbs(name, value, declared.get(("cookie", name)))
        )
        headers += (("Cookie", _field_value("Cookie", cookies)),)
    if isinstance(step.body, Absent):
        return Request(method=method, url=url, headers=headers)
    kind = step.content_type or first_header(headers, "content-type") or media_type or JSON
    body = _body(step, step.body, kind)
    if first_header(headers, "content-type") is None:
        headers += (("Content-Type", kind),)
    return Request(method=method, url=url, headers=headers, body=body)


def _path(step: StepRequest, path: str, declared: dict[tuple[str, str], Parameter]) -> str:
    wanted = _VARIABLE.findall(path)
    if set(wanted) != set(step.path):
        odd = sorted(set(wanted) ^ set(step.path))
        verb = "is not given" if odd[0] in wanted else f"is not in {path}"
        raise ContractError(
            f"path parameter {odd[0]!r} {verb}", place=step.step, next_step="Mend the parameters of the step."
        )

    def written(found: re.Match[str]) -> str:
        name = found.group(1)
        explode = _explodes(declared.get(("path", name)), usual=False)
        text = delimited(step.path[name], explode=explode, encode=_percent)
        if text in ("", ".", ".."):
            raise UnresolvedError(f"path parameter {name!r} would be {text!r}, which leads to another path")
        return text

    return _VARIABLE.sub(written, path)


def _query(name: str, value: Json, parameter: Parameter | None) -> Iterator[str]:
    """Yield the ``name=value`` pairs of a query parameter."""
    style = parameter.style if parameter else "form"
    explode = _explodes(parameter, usual=style == "form")
    key = _percent(name)
    if isinstance(value, dict) and style == "deepObject":
        yield from (
            f"{key}%5B{_percent(inner)}%5D={_percent(_scalar(item))}" for inner, item in value.items()
        )
    elif isinstance(value, dict) and explode:
        yield from (f"{_percent(inner)}={_percent(_scalar(item))}" for inner, item in value.items())
    elif isinstance(value, list) and explode:
        yield from (f"{key}={_percent(_scalar(item))}" for item in value)
    else:
        parts = _flat(value) if isinstance(value, dict | list) else [_scalar(value)]
        yield f"{key}={_SEPARATORS.get(style, ',').join(_percent(part) for part in parts)}"


def _crumbs(name: str, value: Json, parameter: Parameter | None) -> Iterator[str]:
    """Yield the ``name=value`` pairs of a cookie."""
    if parameter is not None and parameter.style == STYLE:
        yield from crumbs(name, value, explode=parameter.explode)
    else:
        yield f"{name}={_percent(_scalar(value))}"


def _explodes(parameter: Parameter | None, *, usual: bool) -> bool:
    return parameter.explode if parameter else usual


def _flat(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [part for name, item in value.items() for part in (name, _scalar(item))]
    return [_scalar(item) for item in value] if isinstance(value, list) else [_scalar(value)]


def delimited(value: Json, *, explode: bool, encode: Callable[[str], str] = str) -> str:
    """Return *value* in the style ``simple``, each part of it through *encode*."""
    if isinstance(value, dict) and explode:
        return ",".join(f"{encode(name)}={encode(_scalar(item))}" for name, item in value.items())
    return ",".join(map(encode, _flat(value)))


def _scalar(value: Json) -> str:
    return "" if value is None else as_text(value)


def _percent(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError as error:
        raise UnresolvedError("a value is not Unicode text") from error


def _field_value(name: str, text: str) -> str:
    if not _FIELD_VALUE.fullmatch(text) or text != text.strip():
        raise UnresolvedError(f"the value of header {name!r} has characters that no header can carry")
    return text


def _body(step: StepRequest, body: Json, kind: str) -> bytes:
    name = essence(kind)
    if isinstance(body, str) and (step.verbatim or not is_json(name)):
        return _encoded(body)
    if is_json(name):
        # Escaped, since a string may hold half of a surrogate pair.
        return json.dumps(body, separators=(",", ":")).encode("ascii")
    if name == FORM and isinstance(body, dict):
        return _encoded("&".join(_form(body)))
    if name.startswith("text/"):
        return _encoded(as_text(body))
    raise ContractError(
        f"a payload of this shape cannot be written as {name}",
        place=f"{step.step}/requestBody",
        next_step="Give an object for JSON and forms, and text for all else.",
    )


def _form(body: dict[str, Json]) -> Iterator[str]:
    """Yield the pairs of a form; arrays repeat their name, and null leaves a member out."""
    for name, value in body.items():
        items: Iterable[Json] = value if isinstance(value, list) else [value]
        for item in items:
            if item is not None:
                yield f"{_plus(name)}={_plus(as_text(item))}"


def _plus(text: str) -> str:
    try:
        return quote_plus(text)
    except UnicodeEncodeError as error:
        raise UnresolvedError("a value is not Unicode text") from error


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UnresolvedError("the body is not Unicode text") from error
