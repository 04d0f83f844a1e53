"""Finding an application: each way to fail says what is wrong and what to do."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.errors import TargetError
from accord.exchange.application import factory, load_application

MODULE = """
async def app(scope, receive, send): ...
def create_app(): return app
def with_options(settings=None, a=1, b=2): return app
def broken(): raise ValueError("no database")
def leaving(): raise SystemExit(3)
def nothing(): return None
async def slowly(): return app
def demanding(settings): return app
class Framework:
    async def __call__(self, scope, receive, send): ...
    def method(self, scope): ...
class Old:
    def __init__(self, scope): ...
instance = Framework()
number = 5
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module in the working directory, by a name that nobody else has."""
    name = f"shop_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    (tmp_path / f"{name}_bad.py").write_text("def inner():\n    raise RuntimeError('no settings')\ninner()\n")
    (tmp_path / f"{name}_syntax.py").write_text("def broken(:\n")
    (tmp_path / f"{name}_needs.py").write_text("import certainly_not_installed_anywhere\n")
    (tmp_path / f"{name}_exits.py").write_text("import sys; sys.exit(1)\n")
    monkeypatch.chdir(tmp_path)
    path = list(sys.path)
    yield name
    sys.path[:] = path
    for known in [item for item in sys.modules if item.startswith(name)]:
        del sys.modules[known]


@pytest.mark.parametrize(
    "name", ["app", "create_app", "with_options", "instance", "Framework", "instance.__call__"]
)
def test_an_application_or_its_factory_is_found(module: str, name: str) -> None:
    """A coroutine function, a callable object, a factory and a class all lead to an application."""
    assert callable(load_application(f"{module}:{name}"))


@pytest.mark.parametrize(
    ("target", "reason", "advice"),
    [
        ("", "neither a URL nor", "package.module:name"),
        ("shop", "neither a URL nor", "package.module:name"),
        ("shop.py:app", "no module named", "spelling"),
        ("src/shop.py:app", "neither a URL nor", "without slashes and .py"),
        ("localhost:8000", "neither a URL nor", "http://localhost:8000"),
        ("api.example.com", "neither a URL nor", "http://api.example.com"),
        ("ws://localhost/", "neither a URL nor", "http:// or https://"),
        (":app", "neither a URL nor", "package.module:name"),
        ("shop:", "neither a URL nor", "package.module:name"),
        ("certainly_not_there:app", "no module named 'certainly_not_there'", "spelling"),
        ("certainly_not_there.inner:app", "no module named 'certainly_not_there'", "spelling"),
        ("{}.inner:app", "no module named '{}.inner'", "spelling"),
        (
            "{}_bad:app",
            r"importing {}_bad failed: RuntimeError: no settings \({}_bad.py:2 in inner\)",
            "python -c",
        ),
        ("{}_syntax:app", "importing {}_syntax failed: SyntaxError: ", "python -c"),
        (
            "{}_needs:app",
            "failed: ModuleNotFoundError: No module named 'certainly_not_installed",
            "python -c",
        ),
        ("{}_exits:app", "importing {}_exits failed: SystemExit: 1", "python -c"),
        ("{}:ap", "has no 'ap'", "Did you mean app"),
        ("{}:create_ap", "has no 'create_ap'", "create_app"),
        ("{}:app.nothing_like_it", "has no 'app.nothing_like_it'", "Name the application"),
        (
            "{}:broken",
            r"the factory broken raised ValueError: no database \({}.py:5 in broken\)",
            r"broken\(\)",
        ),
        ("{}:leaving", "the factory leaving raised SystemExit: 3", r"leaving\(\)"),
        (
            "{}:nothing",
            r"nothing\(\) is neither an ASGI nor a WSGI application but a value of type NoneType",
            "ASGI",
        ),
        (
            "{}:slowly",
            r"slowly\(\) is neither an ASGI nor a WSGI application but a value of type coroutine",
            "ASGI",
        ),
        (
            "{}:demanding",
            "demanding is neither an ASGI nor a WSGI application but a callable with other arguments",
            "ASGI",
        ),
        ("{}:Old", "Old is neither an ASGI nor a WSGI application", "ASGI"),
        ("{}:number", "number is neither an ASGI nor a WSGI application but a value of type int", "ASGI"),
    ],
)
def test_each_failure_has_its_reason_and_advice(module: str, target: str, reason: str, advice: str) -> None:
    """The reader learns which part of the name is wrong, without a traceback."""
    with pytest.raises(TargetError, match=reason.replace("{}", re.escape(module))) as caught:
        load_application(target.replace("{}", module))
    assert re.search(advice.replace("{}", module), caught.value.next_step)
    assert "Traceback" not in str(caught.value)


def test_factory_makes_another_application_each_time() -> None:
    """What is called to get an application can be called again; an application is only itself."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        """Serve nothing."""

    made: list[Any] = []

    def make() -> Any:
        made.append(application)
        return application

    again = factory(make)
    assert again is not None
    assert (application, application) == (again(), again())
    assert 2 == len(made)
    assert factory(application) is None
