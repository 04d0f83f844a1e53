"""Requests read strictly: UTF-8 only, no NaN, one answer for all that cannot be decoded."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

__all__ = ["PREFIX", "StrictRequest", "StrictRoute", "strict_router", "unreadable_body"]

PREFIX = "/api/v1"


def unreadable_body() -> HTTPException:
    """Return the answer to a body that cannot be decoded."""
    return HTTPException(400, "There was an error parsing the body")


class StrictRequest(Request):
    """A request whose JSON is that of RFC 8259."""

    async def json(self) -> Any:  # noqa: ANN401
        """Return the value of the body.

        Raises ``UnicodeDecodeError`` (answered with 400) or ``JSONDecodeError`` (with 422).
        """
        text = (await self.body()).decode("utf-8")
        return json.loads(text, parse_constant=_refuse_constant)

    async def form(self, **limits: Any) -> FormData:  # type: ignore[override]  # noqa: ANN401
        """Return the fields of the body; every failure to read them is the same 400."""
        reading: Awaitable[FormData] = super().form(**limits)
        try:
            return await reading
        except (HTTPException, ValueError, LookupError, RecursionError) as error:
            raise unreadable_body() from error


class StrictRoute(APIRoute):
    """A route that reads its requests strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route, around a ``StrictRequest``."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def strict_router(tag: str) -> APIRouter:
    """Return a router for the operations of one resource, whose ids are their function names."""
    return APIRouter(
        prefix=PREFIX,
        tags=[tag],
        route_class=StrictRoute,
        generate_unique_id_function=_operation_id,
    )


def _operation_id(route: APIRoute) -> str:
    return route.name


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise json.JSONDecodeError(message, name, 0)
