"""An ASGI or WSGI application, found by the name that the user gives: ``package.module:name``."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias, cast

from accord.errors import TargetError
from accord.exchange.crash import describe
from accord.exchange.wsgi import Wsgi, WsgiApplication, is_wsgi

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_NAME = re.compile(rf"({_DOTTED}):({_DOTTED})")
_HOST = re.compile(r"[\w.-]+(?::\d+)?(?:/.*)?")


def load_application(name: str) -> Application:
    """Return the application that *name* leads to, made by its factory if it is one.

    Modules are looked for in the working directory too. Raises ``TargetError``.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise TargetError(f"{name!r} is neither a URL nor package.module:name", next_step=_advice(name))
    module = _import(name, match[1])
    return as_application(_attribute(name, module, match[2]), name)


def factory(target: object) -> Callable[[], Application] | None:
    """Return what makes another application like that of *target*, None where there is only one.

    Raises ``TargetError``.
    """
    name = target if isinstance(target, str) else f"{type(target).__module__}.{type(target).__qualname__}"
    match = _NAME.fullmatch(name) if isinstance(target, str) else None
    found = _attribute(name, _import(name, match[1]), match[2]) if match else target
    return None if _as_it_is(found) is not None else lambda: _made(name, name.partition(":")[2], found)


def as_application(found: object, name: str) -> Application:
    """Return *found*, an application or a factory of one, as an application; raises ``TargetError``.

    A WSGI application is one too.
    """
    application = _as_it_is(found)
    if application is not None:
        return application
    return _made(name, name.partition(":")[2] or name, found)


def _advice(name: str) -> str:
    if "://" in name:
        return "Write a URL with http:// or https://."
    if ".py" in name:
        return "Write the module as in an import: package.module:name, without slashes and .py."
    if _HOST.fullmatch(name) and ("." in name or ":" in name or name == "localhost"):
        return f"If this is a host, write http://{name}; if it is a module, write package.module:name."
    return (
        "Write http://host:port for a running service, package.module:name for an ASGI or WSGI application."
    )


def _import(name: str, module: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # noqa: BLE001  a module may raise anything, SystemExit too
        missing = problem.name if isinstance(problem, ModuleNotFoundError) else None
        if missing and f"{module}.".startswith(f"{missing}."):
            raise TargetError(
                f"no module named {missing!r}",
                place=name,
                next_step="Check the spelling; run accord where the module lies, or install its package.",
            ) from None
        raise TargetError(
            f"importing {module} failed: {describe(problem)}",
            place=name,
            next_step=f"Make `python -c 'import {module}'` work first.",
        ) from None


def _attribute(name: str, module: ModuleType, path: str) -> object:
    found: object = module
    for step in path.split("."):
        try:
            found = getattr(found, step)
        except AttributeError:
            names = [item for item in dir(found) if not item.startswith("_")]
            near = get_close_matches(step, names, n=3)
            raise TargetError(
                f"module {module.__name__} has no {path!r}",
                place=name,
                next_step=f"Did you mean {' or '.join(near)}?"
                if near
                else "Name the application or its factory.",
            ) from None
    return found


def _as_it_is(found: object) -> Application | None:
    """Return *found* as an ASGI application when it is one of ASGI or WSGI, else None."""
    if _is_application(found):
        return cast("Application", found)
    return Wsgi(cast("WsgiApplication", found)) if is_wsgi(found) else None


def _is_application(found: object) -> bool:
    """Tell an application from a factory: both are callable, an application takes three arguments."""
    if not callable(found) or not _takes(found, 3):
        return False
    is_function = inspect.isfunction(found) or inspect.isclass(found)
    return not (is_function and not inspect.iscoroutinefunction(found) and _takes(found, 0))


def _takes(found: Callable[..., object], count: int) -> bool:
    try:
        inspect.signature(found).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True


def _made(name: str, path: str, factory: object) -> Application:
    advice = "Name an ASGI or WSGI application, or a function without arguments that returns one."
    if not callable(factory) or not _takes(factory, 0):
        raise TargetError(
            f"{path} is neither an ASGI nor a WSGI application but {_kind(factory)}",
            place=name,
            next_step=advice,
        )
    try:
        made = factory()
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # noqa: BLE001  a factory may raise anything, SystemExit too
        raise TargetError(
            f"the factory {path} raised {describe(problem)}",
            place=name,
            next_step=f"Make `{path}()` work without arguments first.",
        ) from None
    if inspect.iscoroutine(made):
        made.close()
    application = _as_it_is(made)
    if application is None:
        reason = f"{path}() is neither an ASGI nor a WSGI application but {_kind(made)}"
        raise TargetError(reason, place=name, next_step=advice)
    return application


def _kind(found: object) -> str:
    if callable(found):
        return "a callable with other arguments"
    return f"a value of type {type(found).__name__}"
