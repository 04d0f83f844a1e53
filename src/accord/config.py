"""Settings: ``accord.toml`` or ``[tool.accord]`` of a ``pyproject.toml``, and what ``ACCORD_*`` variables say.

``${NAME}`` in a value is an environment variable.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from accord.errors import ConfigurationError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_IDENTITY_KEYS = ("username", "password", "token", "api-key", "command", "scopes", "lifetime")
_OWN_FILE = "accord.toml"
_KEYS = (
    "contract",
    "generated",
    "target",
    "hooks",
    "faults",
    "min-message-coverage",
    "sunset-months",
    "identities",
    "rules",
    "schemathesis",
    "exclude",
    "safe",
    "strict",
    "rate",
    "patience",
    "keep",
    "profile",
    "require-reach",
    "corpus",
    "baseline",
    "drift",
    *_IDENTITY_KEYS,
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

    ``root`` is the folder of the file; ``contract``, ``generated``, ``corpus`` and ``baseline`` are
    relative to it, but for a contract that is the URL of a document, a text. ``profile`` names what
    the framework does by itself. ``rules`` maps a rule id to a severity or ``off``; ``schemathesis`` is
    passed on as it is. Of the operations ``exclude`` nothing is asked. ``safe``, ``strict``, ``rate``, ``patience``,
    ``keep`` and ``require_reach`` are the options of the command line with these names.
    """

    root: Path
    contract: Path | str | None = None
    generated: Path | None = None
    corpus: Path | None = None
    baseline: Path | None = None
    profile: str | None = None
    target: str | None = None
    hooks: str | None = None
    faults: str | None = None
    identities: Mapping[str, IdentitySettings] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    schemathesis: Mapping[str, Any] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    safe: bool = False
    strict: bool = False
    rate: str | None = None
    patience: str | None = None
    keep: bool | None = None
    require_reach: bool = False
    min_message_coverage: float | None = None
    sunset_months: int = 0
    drift: Mapping[str, Any] = field(default_factory=dict)
    """As it is written: its secrets are looked up when drift is asked for, not in every run."""


def read_settings(start: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the nearest file that has some at or above *start*, and those of *environ*.

    The file is ``accord.toml``, or a ``pyproject.toml`` with ``[tool.accord]``; what a variable
    ``ACCORD_*`` of *environ*, ``os.environ`` unless given, says counts more. Raises
    ``ConfigurationError`` for a file that does not parse, for two in one folder, for an unknown key, a
    wrong type, or a variable that is not set.
    """
    start = start.absolute()
    environ = os.environ if environ is None else environ
    for folder in (start, *start.parents):
        settings = _in_folder(folder)
        if settings is not None:
            return _overridden(settings, environ)
    return _overridden(Settings(root=start), environ)


def _in_folder(folder: Path) -> Settings | None:
    own, shared = folder / _OWN_FILE, folder / "pyproject.toml"
    tools = _read(shared).get("tool") if shared.is_file() else None
    is_shared = isinstance(tools, dict) and "accord" in tools
    if own.is_file():
        if is_shared:
            raise ConfigurationError(
                f"holds settings, and {shared.name} has a table [tool.accord] beside it",
                place=str(own),
                next_step="Keep one of the two.",
            )
        return _settings(_read(own), own, own.name, "")
    if not isinstance(tools, dict) or not is_shared:
        return None
    table = _table(tools, "accord", f"{shared.name} [tool]")
    return _settings(table, shared, f"{shared.name} [tool.accord]", "tool.accord.")


def _truth(text: str) -> bool:
    """Return what *text* says, in the words that most tools take; raises ``ValueError``."""
    truths = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in truths:
        raise ValueError("true or false")
    return truths[text.lower()]


def _share(text: str) -> float:
    """Return a percentage; raises ``ValueError``."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", text) or float(text) > 100:
        raise ValueError("a number from 0 to 100")
    return float(text)


VARIABLES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "ACCORD_CONTRACT": ("contract", lambda text: located(text, Path())),
    "ACCORD_GENERATED": ("generated", Path),
    "ACCORD_CORPUS": ("corpus", Path),
    "ACCORD_BASELINE": ("baseline", Path),
    "ACCORD_PROFILE": ("profile", str),
    "ACCORD_TARGET": ("target", str),
    "ACCORD_HOOKS": ("hooks", str),
    "ACCORD_FAULTS": ("faults", str),
    "ACCORD_SAFE": ("safe", _truth),
    "ACCORD_STRICT": ("strict", _truth),
    "ACCORD_RATE": ("rate", str),
    "ACCORD_PATIENCE": ("patience", str),
    "ACCORD_KEEP": ("keep", _truth),
    "ACCORD_REQUIRE_REACH": ("require_reach", _truth),
    "ACCORD_MIN_MESSAGE_COVERAGE": ("min_message_coverage", _share),
}
"""The variables that set a setting each: its member of ``Settings``, and how the text is read."""


def _overridden(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Return *settings* with what the variables of *environ* say; an empty one says nothing."""
    given: dict[str, Any] = {}
    for name, (member, read) in VARIABLES.items():
        if text := environ.get(name, ""):
            try:
                given[member] = read(text)
            except ValueError as error:
                raise ConfigurationError(
                    f"is not {error}",
                    place=f"environment variable {name}",
                    next_step="Correct it, or unset it.",
                ) from None
    name, password = environ.get("ACCORD_USERNAME", ""), environ.get("ACCORD_PASSWORD", "")
    if bool(name) != bool(password):
        raise ConfigurationError(
            "one is set, and the other is not",
            place="environment variables ACCORD_USERNAME and ACCORD_PASSWORD",
            next_step="Set both, or neither.",
        )
    if name:
        caller = IdentitySettings(username=name, password=password)
        given["identities"] = {**settings.identities, "default": caller}
    return replace(settings, **given)


def located(contract: str, folder: Path) -> Path | str:
    """Return where *contract* is: a URL, or a revision of git, as it stands, else a path, relative to *folder*."""
    return contract if contract.lower().startswith(("http://", "https://", "git:")) else folder / contract


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


def _settings(table: dict[str, Any], path: Path, where: str, prefix: str) -> Settings:
    """Return the settings that *table* of the file *path* has; *prefix* is what its tables' names begin with."""
    _known(table, _KEYS, where)
    identities = {
        name: _identity(value, f"{path.name} [{prefix}identities.{name}]")
        for name, value in _table(table, "identities", where).items()
    }
    top = {key: table[key] for key in _IDENTITY_KEYS if key in table}
    if top and "default" in identities:
        raise ConfigurationError(
            f"gives {' and '.join(top)} beside an identity called default",
            place=where,
            next_step=f"Move them into [{prefix}identities.default].",
        )
    if top:
        identities["default"] = _identity(top, where)
    contract, generated = _text(table, "contract", where), _text(table, "generated", where)
    corpus, baseline = _text(table, "corpus", where), _text(table, "baseline", where)
    return Settings(
        root=path.parent,
        contract=located(contract, path.parent) if contract else None,
        generated=path.parent / generated if generated else None,
        corpus=path.parent / corpus if corpus else None,
        baseline=path.parent / baseline if baseline else None,
        profile=_text(table, "profile", where),
        target=_text(table, "target", where),
        hooks=_text(table, "hooks", where),
        faults=_text(table, "faults", where),
        identities=identities,
        rules=_texts(table, "rules", where, f"{path.name} [{prefix}rules]"),
        schemathesis=_table(table, "schemathesis", where),
        exclude=_list(table, "exclude", where) or (),
        safe=_flag(table, "safe", where) or False,
        strict=_flag(table, "strict", where) or False,
        rate=_text(table, "rate", where),
        patience=_text(table, "patience", where),
        keep=_flag(table, "keep", where),
        require_reach=_flag(table, "require-reach", where) or False,
        min_message_coverage=_percent(table, "min-message-coverage", where),
        sunset_months=_months(table, "sunset-months", where),
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
    scopes = _list(value, "scopes", where)
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


def _list(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(
            f"'{key}' is not a list of strings", place=where, next_step=f'Write {key} = ["one"].'
        )
    return tuple(expand(item, f"{where} {key}") for item in value)


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


def _texts(table: Mapping[str, Any], key: str, where: str, inside: str) -> dict[str, str]:
    inner = _table(table, key, where)
    return {name: _text(inner, name, inside) or "" for name in inner}


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


def _months(table: Mapping[str, Any], key: str, where: str) -> int:
    value = table.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1200:
        raise ConfigurationError(
            f"{key!r} is not a number of months from 0 to 1200", place=where, next_step=f"Write {key} = 6."
        )
    return value


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
