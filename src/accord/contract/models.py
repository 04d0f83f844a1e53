"""The generated models of a contract, loaded to be used: what comes in must come out unchanged."""

from __future__ import annotations

import importlib.util
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from accord.contract import pointer as pointers
from accord.contract.pointer import Json
from accord.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a model makes of a value that it should keep: ``pointer`` is where, ``reason`` how."""

    pointer: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Models:
    """Models by what they stand for: (operation id, status) and message name."""

    responses: Mapping[tuple[str, str], TypeAdapter[Any]]
    messages: Mapping[str, TypeAdapter[Any]]

    def response(self, operation: str, status: int) -> TypeAdapter[Any] | None:
        """Return the model of a documented answer: the code's own, its range's, or the default's."""
        keys = (str(status), f"{status // 100}XX", "default")
        return next(
            (self.responses[operation, key] for key in keys if (operation, key) in self.responses), None
        )


def load_models(folder: Path) -> Models:
    """Import the models that ``accord generate`` wrote to *folder*.

    Raises ``ConfigurationError`` when they are not there or do not import.
    """
    name = f"accord_models_{zlib.crc32(str(folder.resolve()).encode()):08x}"
    _import(name, folder / "__init__.py", folder, package=True)
    loaded: dict[str, ModuleType] = {}
    for part in ("messages", "api"):
        path = folder / f"{part}.py"
        if path.is_file():
            loaded[part] = _import(f"{name}.{part}", path, folder)
    return Models(
        responses=_adapters(loaded.get("api"), "RESPONSES"),
        messages=_adapters(loaded.get("messages"), "MESSAGES"),
    )


def loss(adapter: TypeAdapter[Any], body: bytes) -> Loss | None:
    """Load *body*, valid JSON of the contract, into a model and dump it; None when nothing changed."""
    try:
        model = adapter.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return Loss(pointer=pointers.from_path(_instance_path(first["loc"], body)), reason=first["msg"])
    dumped = orjson.loads(adapter.dump_json(model, by_alias=True, exclude_unset=True))
    place = _difference(orjson.loads(body), dumped, "")
    return None if place is None else Loss(pointer=place, reason="the model dumps something else")


def _import(name: str, path: Path, folder: Path, *, package: bool = False) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    search = [str(folder)] if package else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=search)
    try:
        if spec is None or spec.loader is None:
            raise ImportError(path)  # noqa: TRY301 - told like every other reason below
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise ConfigurationError(
            f"the generated models do not import: {type(error).__name__}: {error}",
            place=str(path),
            next_step="Run `accord generate`.",
        ) from error
    return module


def _adapters(module: ModuleType | None, name: str) -> dict[Any, TypeAdapter[Any]]:
    table: Mapping[Any, Any] = getattr(module, name, {})
    return {key: TypeAdapter(model) for key, model in table.items()}


def _instance_path(location: tuple[str | int, ...], body: bytes) -> list[str | int]:
    """Return the steps of pydantic's *location* that lead through the value; branch names do not."""
    value: Any = orjson.loads(body)
    path: list[str | int] = []
    for step in location:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        else:
            continue
        path.append(step)
    return path


def _difference(before: Json, after: Json, at: str) -> str | None:
    """Return the pointer of the first place where two values differ in meaning, None when they do not."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            if name not in before or name not in after:
                return pointers.join(at, name)
            place = _difference(before[name], after[name], pointers.join(at, name))
            if place is not None:
                return place
        return None
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        places = (_difference(one, other, pointers.join(at, index)) for index, (one, other) in pairs)
        return next((place for place in places if place is not None), None)
    return None if _same(before, after) else at


def _same(before: Json, after: Json) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if before == after:
        return True
    if isinstance(before, str) and isinstance(after, str):
        return _instant(before) is not None and _instant(before) == _instant(after)
    return False


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
