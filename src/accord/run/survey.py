"""What a folder of somebody's has that accord can begin with: documents of a contract, and applications.

Nothing is imported or run: modules are read as text.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accord.contract.contract import SUFFIXES
from accord.contract.document import read_document
from accord.errors import ContractError

_MAXIMUM_FILES = 20_000
_LARGEST_MODULE = 1_000_000
_LARGEST_DOCUMENT = 20_000_000
_HEAD = 4_000
_MOST_BYTES = 500_000_000
_PASSED_BY = frozenset(
    {
        *("node_modules", "site-packages", "venv", "env", "build", "dist", "generated", "vendor"),
        *("__pycache__", "_build"),
    }
)
_ASIDE = frozenset({"test", "tests", "testing", "examples", "benchmarks", "scripts"})
_PROJECTS = ("pyproject.toml", "setup.py", "setup.cfg")
_USUAL = frozenset({"openapi", "asyncapi"})
_MARK = re.compile(r"""(?:^|[{,\s])["']?(openapi|asyncapi)["']?\s*:\s*["']?3\.""")
_CLASSES = frozenset({"FastAPI", "Starlette", "Flask", "OpenAPI", "APIFlask", "Litestar", "Quart", "Falcon"})
_MAKERS = frozenset({"get_asgi_application", "get_wsgi_application"})
_FACTORIES = frozenset({"create_app", "make_app", "build_app", "get_app", "create_application"})
_HINT = re.compile("|".join(sorted(_CLASSES | _MAKERS | _FACTORIES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found in a folder, the likeliest first.

    ``documents`` are OpenAPI documents by their paths from there, ``others`` AsyncAPI ones, those of tests and
    examples where there is nothing else; ``applications`` are names as a target has them.
    """

    documents: tuple[str, ...]
    others: tuple[str, ...]
    applications: tuple[str, ...]


def survey(folder: Path) -> Survey:
    """Look through *folder*, at most 20,000 files of it and 500 MB."""
    kinds: dict[str, list[Path]] = {"openapi": [], "asyncapi": []}
    applications: list[tuple[int, str]] = []
    for path in _files(folder):
        if path.suffix == ".py":
            applications.extend((_remoteness(path, folder), name) for name in _applications(path, folder))
        elif (kind := _kind(path)) is not None:
            kinds[kind].append(path.relative_to(folder))
    return Survey(
        documents=_documents(kinds["openapi"], alone=not applications),
        others=_documents(kinds["asyncapi"], alone=not applications),
        applications=tuple(name for _, name in sorted(applications, key=_likelihood)),
    )


def _documents(paths: list[Path], *, alone: bool) -> tuple[str, ...]:
    """Return *paths*, the likeliest first; those of tests only where there is nothing else, and *alone*."""
    meant = [path for path in paths if not _is_aside(path)]
    if not meant and alone:
        meant = paths
    ordered = sorted(meant, key=lambda path: (len(path.parts), path.stem not in _USUAL, path))
    return tuple(path.as_posix() for path in ordered)


def _files(folder: Path) -> Iterator[Path]:
    left, room = _MAXIMUM_FILES, _MOST_BYTES
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_BY and name[0] != ".")
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        for name in sorted(names):
            left -= 1
            if left < 0:
                return
            if name.endswith((".py", *SUFFIXES)):
                room -= _size(Path(root) / name)
                if room < 0:
                    return
                yield Path(root) / name


def _size(path: Path) -> int:
    """Return how much of *path* is read; nothing of what is too large, or gone."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    return size if size <= _LARGEST_DOCUMENT else 0


def _kind(path: Path) -> str | None:
    """Return whether *path* is an OpenAPI or AsyncAPI document, None for anything else."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_DOCUMENT:
            return None
        with path.open(encoding="utf-8-sig") as stream:
            # Of YAML its first lines say it, of JSON with sorted members any may.
            text = stream.read() if path.suffix == ".json" else stream.read(_HEAD)
        if not _MARK.search(text):
            return None
        data = read_document(path).data
    except (OSError, UnicodeDecodeError, ContractError):
        return None
    return next((kind for kind in ("openapi", "asyncapi") if str(data.get(kind, "")).startswith("3.")), None)


def _applications(path: Path, folder: Path) -> Iterator[str]:
    """Yield the applications and factories that the module at *path* defines at its top."""
    module = _module(path, folder)
    for node in _statements(path) if module is not None else ():
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=called))
            ):
                if _called(called) in _CLASSES | _MAKERS:
                    yield f"{module}:{name}"
            case ast.FunctionDef(name=name, args=arguments) if name in _FACTORIES:
                given = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
                if given <= 0 and None not in arguments.kw_defaults:
                    yield f"{module}:{name}"


def _statements(path: Path) -> list[ast.stmt]:
    """Return the statements of a module that may define an application; none of one that cannot be read."""
    try:
        if path.stat().st_size > _LARGEST_MODULE:
            return []
        text = path.read_text(encoding="utf-8")
        if not _HINT.search(text):
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is strange in somebody's module is theirs
            return ast.parse(text).body
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _module(path: Path, folder: Path) -> str | None:
    """Return the name under which *path* is imported, None where it has none.

    It begins at the nearest project: a repository may hold several.
    """
    within = path.relative_to(folder).parents
    home = next(
        (near for near in within if any((folder / near / name).is_file() for name in _PROJECTS)), Path()
    )
    parts = path.relative_to(folder / home).with_suffix("").parts
    # A package below src is found once it is installed.
    parts = parts[1:] if parts[0] == "src" and len(parts) > 1 else parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def _remoteness(path: Path, folder: Path) -> int:
    near = path.relative_to(folder)
    return len(near.parts) + 100 * (_is_aside(near) or "docs" in near.parts)


def _is_aside(path: Path) -> bool:
    return any(part in _ASIDE or part.startswith("test_") for part in path.parts)


def _likelihood(found: tuple[int, str]) -> tuple[int, int, str]:
    remoteness, name = found
    last = name.partition(":")[2]
    return remoteness, 0 if last in ("app", "application", "api") else 1, name
