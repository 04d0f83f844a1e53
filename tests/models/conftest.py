"""The committed models, the table of differences, and an oracle that shares nothing with the generator."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "contracts" / "sartiq"
NAME = "committed_sartiq_models"


@cache
def _documents() -> tuple[dict[str, Any], dict[str, Any]]:
    messages = json.loads((CONTRACT / "messages.schema.json").read_text(encoding="utf-8"))
    return yaml.safe_load((CONTRACT / "openapi.yaml").read_text(encoding="utf-8")), messages


@pytest.fixture(scope="session")
def documents() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return openapi.yaml and messages.schema.json as plain values."""
    return _documents()


@pytest.fixture(scope="session")
def models() -> dict[str, ModuleType]:
    """Return the modules of generated/sartiq."""
    folder = ROOT / "generated" / "sartiq"
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    return {name: importlib.import_module(f"{NAME}.{name}") for name in ("api", "messages", "scalars")}


@pytest.fixture(scope="session")
def differences() -> dict[str, list[dict[str, Any]]]:
    """Return the table of differences."""
    table: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (Path(__file__).parent / "differences.yaml").read_text(encoding="utf-8")
    )
    return table
