"""The escape hatch: functions of the user's own, named in ``[tool.accord] hooks``.

A hooks module may define any of

    credential(identity: str, operation: str) -> dict[str, str] | None     request headers
    values(operation: str, location: str, name: str) -> list | None        values that must exist
    short_token(identity: str) -> tuple[str, float] | None                 a token and its seconds
    restart(base_url: str) -> None                                         stop the service and start it again
    before_run(base_url: str) -> None
    after_run(base_url: str) -> None
"""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accord.cases.credential import Credential
from accord.errors import ConfigurationError

NAMES = ("credential", "values", "short_token", "restart", "before_run", "after_run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The functions that a hooks module defines; None for the others."""

    credential: Callable[[str, str], dict[str, str] | None] | None = None
    values: Callable[[str, str, str], list[Any] | None] | None = None
    short_token: Callable[[str], tuple[str, float] | None] | None = None
    restart: Callable[[str], None] | None = None
    before_run: Callable[[str], None] | None = None
    after_run: Callable[[str], None] | None = None

    def credential_for(self, identity: str, operation: str) -> Credential | None:
        """Return the credential that the module gives, None when it leaves that to accord."""
        headers = _called(self.credential, identity, operation)
        if headers is None:
            return None
        parts = [part for item in headers.items() for part in item] if isinstance(headers, dict) else [None]
        if not all(isinstance(part, str) for part in parts):
            raise _misused(self.credential, headers, "a dict of header names and values, or None")
        return Credential(headers=headers)

    def values_of(self, operation: str, location: str, name: str) -> Sequence[Any]:
        """Return the known values of one place, none when any will do."""
        known = _called(self.values, operation, location, name)
        if known is None:
            return ()
        if not isinstance(known, list | tuple):
            raise _misused(self.values, known, "a list, or None")
        return known

    def short_token_of(self, identity: str) -> tuple[str, float] | None:
        """Return a new token of *identity* and after how many seconds it expires, None without one."""
        given = _called(self.short_token, identity)
        match given:
            case None:
                return None
            case (str(token), int() | float() as seconds) if _is_span(seconds):
                return token, float(seconds)
        raise _misused(self.short_token, given, "a token and the seconds that it lives, or None")

    def restarts(self, base_url: str) -> None:
        """Stop the service and start it again."""
        _called(self.restart, base_url)

    def before(self, base_url: str) -> None:
        """Prepare the service."""
        _called(self.before_run, base_url)

    def after(self, base_url: str) -> None:
        """Tidy up at the service."""
        _called(self.after_run, base_url)


@contextmanager
def between(hooks: Hooks, base_url: str) -> Iterator[None]:
    """Call ``before_run`` now and ``after_run`` in the end, however that comes.

    When a run has failed, its own error matters more than one of ``after_run``.
    """
    hooks.before(base_url)
    try:
        yield
    except BaseException:
        with suppress(ConfigurationError):
            hooks.after(base_url)
        raise
    hooks.after(base_url)


def load_hooks(module: str | None, root: Path) -> Hooks:
    """Import *module*, from *root* or the path; raises ``ConfigurationError``."""
    if module is None:
        return Hooks()
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        loaded = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            f"hooks module {module!r} cannot be imported: {type(error).__name__}: {error}",
            place="[tool.accord] hooks",
            next_step="Name a module that Python finds from the project's folder.",
        ) from error
    functions = {name: getattr(loaded, name) for name in NAMES if callable(getattr(loaded, name, None))}
    if not functions:
        raise ConfigurationError(
            f"hooks module {module!r} defines none of {', '.join(NAMES)}", place="[tool.accord] hooks"
        )
    return Hooks(**functions)


def _is_span(seconds: float) -> bool:
    return not isinstance(seconds, bool) and math.isfinite(seconds) and seconds > 0


def _called(function: Callable[..., Any] | None, *arguments: str) -> Any:
    if function is None:
        return None
    try:
        return function(*arguments)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            f"hook {function.__name__} raised {type(error).__name__}: {error}",
            place=f"{function.__module__}.{function.__name__}",
            next_step="Correct the hook.",
        ) from error


def _misused(function: Callable[..., Any] | None, result: object, wanted: str) -> ConfigurationError:
    name = getattr(function, "__name__", "hook")
    return ConfigurationError(
        f"hook {name} returned a value of type {type(result).__name__}",
        place=f"{getattr(function, '__module__', '')}.{name}",
        next_step=f"Return {wanted}.",
    )
