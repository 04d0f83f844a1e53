"""Contracts written to a folder for one test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from accord.contract.contract import Contract, load
from accord.errors import ContractError

Files: TypeAlias = Mapping[str, object]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Files], Path]:
    """Return a function that writes files, texts as they are and values as JSON, and returns their folder."""
    folder = tmp_path / "contract"

    def written(files: Files) -> Path:
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return folder

    return written


@pytest.fixture
def contract(write: Callable[[Files], Path]) -> Callable[[Files], Contract]:
    """Return a function that loads a contract of these files."""
    return lambda files: load(write(files))


@pytest.fixture
def refusal(write: Callable[[Files], Path]) -> Callable[[Files], ContractError]:
    """Return a function that returns the error that loading these files ends with."""

    def refused(files: Files) -> ContractError:
        with pytest.raises(ContractError) as caught:
            load(write(files))
        return caught.value

    return refused
