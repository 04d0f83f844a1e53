"""The application: parts put together, routes in place, the worker around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypedDict, Unpack

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from sartiq_sandbox import websocket
from sartiq_sandbox.bodies import PREFIX
from sartiq_sandbox.clock import Clock, Stamps
from sartiq_sandbox.database import Database
from sartiq_sandbox.demo import seed_demo
from sartiq_sandbox.errors import PlainPaths, install_handlers
from sartiq_sandbox.events import GOING_AWAY, Hub
from sartiq_sandbox.randomness import Chance
from sartiq_sandbox.routes import (
    catalogue,
    generations,
    login,
    media,
    messages,
    products,
    shootings,
    shots,
    users,
)
from sartiq_sandbox.schemas.requests import GenerateShot, LoginForm, RejectShot
from sartiq_sandbox.security import Tokens
from sartiq_sandbox.settings import Settings
from sartiq_sandbox.state import Sandbox
from sartiq_sandbox.worker import Worker

__all__ = ["Options", "create_app"]

RESOURCES = (
    login,
    users,
    products,
    shootings,
    shots,
    generations,
    catalogue,
    messages,
    media,
    websocket,
)
FAREWELL_SECONDS = 1.0


class Options(TypedDict, total=False):
    """The keyword arguments of ``create_app``, those of ``Settings``."""

    database_url: str
    seed_demo: bool
    step_seconds: float
    failure_rate: float
    seed: int | None
    clock: Clock
    token_lifetime: float
    authentication_timeout: float
    max_upload_bytes: int
    max_frame_bytes: int
    queue_size: int
    jwt_secret: str
    public_url: str | None


def create_app(**options: Unpack[Options]) -> FastAPI:
    """Return a new sandbox; without arguments one in memory, with demo data and quick steps.

    Raises ``DatabaseError`` when the database cannot be used, ``ValueError`` for senseless options.
    """
    sandbox = _sandbox(Settings(**options))
    app = FastAPI(
        title="Sartiq Backend Server",
        version="0.1.0",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url="/docs",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.sandbox = sandbox
    for resource in RESOURCES:
        # The routes hold no state, so all applications share them, which including would not do.
        app.router.routes.extend(resource.ROUTER.routes)
    app.add_middleware(PlainPaths)
    install_handlers(app)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _sandbox(settings: Settings) -> Sandbox:
    database = Database(settings.database_url)
    stamps = Stamps(settings.clock)
    chance = Chance(settings.seed, database.starts)
    hub = Hub()
    if settings.seed_demo:
        with database.writing() as session:
            seed_demo(session, stamps)
    return Sandbox(
        settings=settings,
        database=database,
        tokens=Tokens(
            secret=settings.jwt_secret, lifetime=settings.token_lifetime, clock=settings.clock
        ),
        stamps=stamps,
        chance=chance,
        hub=hub,
        worker=Worker(
            database=database,
            hub=hub,
            stamps=stamps,
            chance=chance,
            step_seconds=settings.step_seconds,
            failure_rate=settings.failure_rate,
        ),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sandbox: Sandbox = app.state.sandbox
    working = asyncio.create_task(sandbox.worker.run())
    try:
        yield
    finally:
        sandbox.hub.close_all(GOING_AWAY)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                while len(sandbox.hub):  # noqa: ASYNC110 - they may end in other loops
                    await asyncio.sleep(0.005)
        sandbox.database.release()


def _document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schemas = document["components"]["schemas"]
        form = LoginForm.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas[login.FORM_SCHEMA] = form | {"title": login.FORM_SCHEMA}
        # FastAPI leaves out a default that is null.
        for model in (GenerateShot, RejectShot):
            schemas[model.__name__] = model.model_json_schema()
        schemas[products.FORM_SCHEMA]["properties"]["file"] = {
            "type": "string",
            "format": "binary",
            "maxLength": app.state.sandbox.settings.max_upload_bytes,
            "title": "File",
        }
        _forbid_null_in_queries(document)
        app.openapi_schema = _renamed(document, "ErrorCategory", "ErrorCategory-Output")
    return app.openapi_schema


def _forbid_null_in_queries(document: dict[str, Any]) -> None:
    """Declare optional query parameters as what they are: absent or of their type, never null."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                match schema.pop("anyOf", None):
                    case [{**only}, {"type": "null"}]:
                        schema.update(only)


def _renamed(document: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    prefix = "#/components/schemas/"

    def walk(node: Any) -> Any:  # noqa: ANN401
        if isinstance(node, list):
            return [walk(item) for item in node]
        if isinstance(node, dict):
            return {key: walk(value) for key, value in node.items()}
        return prefix + other if node == prefix + name else node

    walked: dict[str, Any] = walk(document)
    schemas = walked["components"]["schemas"]
    schemas[other] = schemas.pop(name)
    return walked
