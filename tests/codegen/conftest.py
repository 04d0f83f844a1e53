"""Generated packages, written to a folder and imported from there."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from accord.codegen import generate, write
from accord.contract.contract import load

DATA = Path(__file__).parent / "data"
_NUMBERS = itertools.count()

Modules = dict[str, ModuleType]


def imported(folder: Path) -> Modules:
    """Return the modules of the package in *folder*, by name."""
    name = f"generated_{next(_NUMBERS)}"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    stems = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return {stem: importlib.import_module(f"{name}.{stem}") for stem in stems}


@pytest.fixture(scope="session")
def texts() -> Callable[[str], Mapping[str, str]]:
    """Return a function from the name of a contract in ``data`` to the texts of its modules."""
    return cache(lambda name: generate(load(DATA / name)))


@pytest.fixture(scope="session")
def package(
    texts: Callable[[str], Mapping[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Modules]:
    """Return a function from the name of a contract in ``data`` to its generated modules."""

    @cache
    def generated(name: str) -> Modules:
        folder = tmp_path_factory.mktemp("generated")
        write(texts(name), folder)
        return imported(folder)

    return generated


@pytest.fixture
def generated_from(tmp_path: Path) -> Callable[[dict[str, str]], Modules]:
    """Return a function from documents, name to text, to their generated modules."""

    def generated(documents: dict[str, str]) -> Modules:
        folder = tmp_path / "contract"
        folder.mkdir()
        for name, text in documents.items():
            (folder / name).write_text(text, encoding="utf-8")
        write(generate(load(folder)), tmp_path / "models")
        return imported(tmp_path / "models")

    return generated
