"""Errors: what operations declare, and how every failure becomes a JSON document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HTTPError", "PlainPaths", "declared", "install_handlers"]

UNAUTHORIZED, METHOD_NOT_ALLOWED, UNPROCESSABLE = 401, 405, 422
DESCRIPTIONS = {
    400: "The body cannot be read",
    401: "No valid access token",
    403: "The role of the user does not allow this",
    404: "Nothing of the organisation has this id",
    409: "The state does not allow this",
    413: "The file is too large",
    415: "The file is of a media type that is not supported",
    422: "Validation Error",
}
CHALLENGE = {
    "WWW-Authenticate": {
        "description": "How to authenticate",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    }
}


class HTTPError(BaseModel):
    """Why a request was refused."""

    detail: str


class ValidationError(BaseModel):
    """What is wrong with one member of a request."""

    loc: list[str | int]
    msg: str
    type: str
    input: Any = None
    ctx: dict[str, Any] = {}


class HTTPValidationError(BaseModel):
    """All that is wrong with a request."""

    detail: list[ValidationError]


class PlainPaths:
    """Answers 404 to paths with a line feed, which route patterns overlook at their end."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the path or pass the request on."""
        if scope["type"] == "http" and "\n" in scope["path"]:
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def declared(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of an operation that may answer with these codes."""
    return {code: _response(code) for code in codes}


def _response(code: int) -> dict[str, Any]:
    model = HTTPValidationError if code == UNPROCESSABLE else HTTPError
    response = {"description": DESCRIPTIONS[code], "model": model}
    return response | ({"headers": CHALLENGE} if code == UNAUTHORIZED else {})


def install_handlers(app: FastAPI) -> None:
    """Make an application answer every failure with JSON."""
    allowed: dict[re.Pattern[str], str] = {}

    async def refuse(request: Request, error: Exception) -> Response:
        failure = cast("HTTPException", error)
        headers = dict(failure.headers or {})
        if failure.status_code == METHOD_NOT_ALLOWED:
            if not allowed:
                allowed.update(_declared_methods(app))
            headers["Allow"] = _methods(allowed, request, headers.get("Allow", ""))
        return JSONResponse({"detail": failure.detail}, failure.status_code, headers)

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(RequestValidationError, _explain)
    app.add_exception_handler(Exception, _apologise)


async def _explain(_request: Request, error: Exception) -> Response:
    failures = cast("RequestValidationError", error).errors()
    body = {"detail": [_failure(failure) for failure in failures]}
    return JSONResponse(body, UNPROCESSABLE)


async def _apologise(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "Internal Server Error"}, 500)


def _failure(failure: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be said in JSON about one failure.

    An input that no JSON document can hold (an infinity, a lone surrogate, raw bytes, nesting too
    deep to write) is left out: ``input`` and ``ctx`` are optional.
    """
    shown = {"type": failure["type"], "loc": list(failure["loc"]), "msg": failure["msg"]}
    if "input" in failure and _is_json(failure["input"]):
        shown["input"] = failure["input"]
    if failure.get("ctx"):
        shown["ctx"] = {name: _context(value) for name, value in failure["ctx"].items()}
    return shown


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _context(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _declared_methods(app: FastAPI) -> dict[re.Pattern[str], str]:
    known = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    table = {}
    for path, item in app.openapi()["paths"].items():
        pattern = re.sub(r"\\{[^}]*\\}|\{[^}]*\}", "[^/]+", path)
        methods = sorted(name.upper() for name in item if name in known)
        table[re.compile(pattern)] = ", ".join(methods)
    return table


def _methods(allowed: Mapping[re.Pattern[str], str], request: Request, otherwise: str) -> str:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    found = (methods for pattern, methods in allowed.items() if pattern.fullmatch(path))
    return next(found, otherwise)
