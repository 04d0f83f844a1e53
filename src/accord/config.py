"""Settings: ``[tool.accord]`` of a ``pyproject.toml``, with ``${ENVIRONMENT}`` values filled in."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from accord.errors import ConfigurationError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_IDENTITY_KEYS = ("username", "password", "token", "api-key", "command", "scopes", "lifetime")
_KEYS = (
    "contract",
    "generated",
    "target",
    "hooks",
    "faults",
    "min-message-coverage",
    "identities",
    "rules",
    "schemathesis",
    "safe",
    "strict",
    "rate",
    "patience",
    "keep",
    "profile",
    "require-reach",
    "username",
    "password",
    "corpus",
    "drift",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings:
    """How one caller proves who it is; exactly one way is filled in.

    ``scopes`` are those that its token has, None when nothing is known of them; ``lifetime`` is after how
    many seconds a new token of it expires.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    command: str | None = None
    scopes: tuple[str, ...] | None = None
    lifetime: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that ties a project to its contract.

    ``root`` is the folder of the ``pyproject.toml``; ``contract``, ``generated`` and ``corpus`` are
    relative to it, but for a contract that is the URL of a document, a text. ``profile`` names what
    the framework does by itself. ``rules`` maps a rule id to a severity or ``off``; ``schemathesis`` is
    passed on as it is. ``safe``, ``strict``, ``rate``, ``patience``, ``keep`` and ``require_reach`` are the options of
    the command line with these names.
    """

    root: Path
    contract: Path | str | None = None
    generated: Path | None = None
    corpus: Path | None = None
    profile: str | None = None
    target: str | None = None
    hooks: str | None = None
    faults: str | None = None
    identities: Mapping[str, IdentitySettings] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    schemathesis: Mapping[str, Any] = field(default_factory=dict)
    safe: bool = False
    strict: bool = False
    rate: str | None = None
    patience: str | None = None
    keep: bool | None = None
    require_reach: bool = False
    min_message_coverage: float | None = None
    drift: Mapping[str, Any] = field(default_factory=dict)
    """As it is written: its secrets are looked up when drift is asked for, not in every run."""


def read_settings(start: Path) -> Settings:
    """Return the settings of the nearest ``pyproject.toml`` with ``[tool.accord]`` at or above *start*.

    Raises ``ConfigurationError`` for a file that does not parse, an unknown key, a wrong type, or
    a variable that is not set.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            tools = _read(path).get("tool")
            if isinstance(tools, dict) and "accord" in tools:
                return _settings(_table(tools, "accord", f"{path.name} [tool]"), path)
    return Settings(root=start)


def located(contract: str, folder: Path) -> Path | str:
    """Return where *contract* is: a URL as it stands, else a path, relative to *folder*."""
    return contract if contract.lower().startswith(("http://", "https://")) else folder / contract


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"is not valid TOML: {error}", place=str(path), next_step="Correct the syntax at that place."
        ) from error
    except RecursionError as error:
        raise ConfigurationError("is nested too deeply", place=str(path), next_step="Flatten it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot be read: {error}", place=str(path), next_step="Make it a readable file of UTF-8 text."
        ) from error


def _settings(table: dict[str, Any], path: Path) -> Settings:
    where = f"{path.name} [tool.accord]"
    _known(table, _KEYS, where)
    identities = {
        name: _identity(value, f"{path.name} [tool.accord.identities.{name}]")
        for name, value in _table(table, "identities", where).items()
    }
    top = {key: table[key] for key in ("username", "password") if key in table}
    if top and "default" in identities:
        raise ConfigurationError(
            "gives username and password beside an identity called default",
            place=where,
            next_step="Move them into [tool.accord.identities.default].",
        )
    if top:
        identities["default"] = _identity(top, where)
    contract, generated = _text(table, "contract", where), _text(table, "generated", where)
    corpus = _text(table, "corpus", where)
    return Settings(
        root=path.parent,
        contract=located(contract, path.parent) if contract else None,
        generated=path.parent / generated if generated else None,
        corpus=path.parent / corpus if corpus else None,
        profile=_text(table, "profile", where),
        target=_text(table, "target", where),
        hooks=_text(table, "hooks", where),
        faults=_text(table, "faults", where),
        identities=identities,
        rules=_texts(table, "rules", where),
        schemathesis=_table(table, "schemathesis", where),
        safe=_flag(table, "safe", where) or False,
        strict=_flag(table, "strict", where) or False,
        rate=_text(table, "rate", where),
        patience=_text(table, "patience", where),
        keep=_flag(table, "keep", where),
        require_reach=_flag(table, "require-reach", where) or False,
        min_message_coverage=_percent(table, "min-message-coverage", where),
        drift=_table(table, "drift", where),
    )


def _identity(value: Any, where: str) -> IdentitySettings:
    if not isinstance(value, dict):
        raise ConfigurationError(
            "is not a table",
            place=where,
            next_step="Write a table with username and password, or with a token.",
        )
    _known(value, _IDENTITY_KEYS, where)
    scopes = _scopes(value, where)
    texts = {
        key.replace("-", "_"): _text(value, key, where) for key in value if key not in ("scopes", "lifetime")
    }
    if ("username" in texts) != ("password" in texts):
        raise ConfigurationError(
            "has only one of username and password", place=where, next_step="Give both, or a token."
        )
    if len(texts) - ("username" in texts) != 1:
        raise ConfigurationError(
            "gives no or several ways to authenticate",
            place=where,
            next_step="Give username and password, or one of token, api-key, command.",
        )
    lifetime = _lifetime(value, where)
    if lifetime is not None and not texts.keys() & {"username", "command"}:
        raise ConfigurationError(
            "has a lifetime, but no way to a new token",
            place=where,
            next_step="Give username and password, or a command, which makes a token each time.",
        )
    return IdentitySettings(**texts, scopes=scopes, lifetime=lifetime)


def _lifetime(table: Mapping[str, Any], where: str) -> float | None:
    value = table.get("lifetime")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ConfigurationError(
            "'lifetime' is not a number of seconds above 0", place=where, next_step="Write lifetime = 2."
        )
    return float(value)


def _scopes(table: Mapping[str, Any], where: str) -> tuple[str, ...] | None:
    value = table.get("scopes")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(
            "'scopes' is not a list of strings", place=where, next_step='Write scopes = ["read"].'
        )
    return tuple(expand(item, f"{where} scopes") for item in value)


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(keys)}."
            raise ConfigurationError(f"unknown key {key!r}", place=where, next_step=advice)


def _table(table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ConfigurationError(f"{key!r} is not a table", place=where, next_step=f"Write {key} as a table.")
    return value


def _texts(table: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    inner = _table(table, key, where)
    return {name: _text(inner, name, f"{where[:-1]}.{key}]") or "" for name in inner}


def _flag(table: Mapping[str, Any], key: str, where: str) -> bool | None:
    value = table.get(key)
    if value is not None and not isinstance(value, bool):
        raise ConfigurationError(
            f"{key!r} is not a boolean", place=where, next_step=f"Write {key} = true, or false."
        )
    return value


def _percent(table: Mapping[str, Any], key: str, where: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise ConfigurationError(
            f"{key!r} is not a number from 0 to 100", place=where, next_step=f"Give {key} in percent."
        )
    return float(value)


def _text(table: Mapping[str, Any], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ConfigurationError(f"{key!r} is not a string", place=where, next_step=f"Write {key} in quotes.")
    text = expand(value, f"{where} {key}")
    if not text or "\0" in text:
        raise ConfigurationError(
            f"{key!r} is empty or holds a null character",
            place=where,
            next_step=f"Give {key} a value, or leave it out.",
        )
    return text


def expand(text: str, where: str) -> str:
    """Return *text* with each ``${NAME}`` replaced; raises ``ConfigurationError`` for one that is not set."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in os.environ:
            raise ConfigurationError(
                f"environment variable {name} is not set", place=where, next_step=f"Set {name} and run again."
            )
        return os.environ[name]

    return _VARIABLE.sub(value, text)
