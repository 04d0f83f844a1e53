"""One run of datamodel-code-generator, in a process and a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from accord.contract.pointer import Json
from accord.errors import ContractError

SECONDS = 300
"""How long a contract may take; GitHub's API, 13 MB and 969 schemas, takes 30."""

# Scalars of the package itself, under the names that the generator would import from elsewhere.
_SCALARS = ("StrictInt", "StrictFloat", "UUID", "date", "AwareDatetime", "AnyUrl", "EmailStr")
_OPTIONS = (
    "--input", "in",
    "--output", "out",
    "--emit-model-metadata", "names.json",
    "--input-file-type", "openapi",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.11",
    "--target-pydantic-version", "2.12",
    "--formatters", "builtin",
    "--ignore-pyproject",
    "--no-allow-remote-refs",
    "--disable-timestamp",
    "--disable-warnings",
    "--allof-class-hierarchy", "always",
    "--deserialize-default-values", "enum",
    "--import-overrides", json.dumps(dict.fromkeys(_SCALARS, ".scalars")),
    "--naming-strategy", "full-path",
    "--strict-nullable",
    "--strict-types", "int", "float", "bool", "str",
    "--use-annotated",
    "--use-double-quotes",
    "--use-exact-imports",
    "--use-schema-description",
    "--use-specialized-enum",
    "--use-tuple-for-closed-arrays",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The text of a module, and the class of each schema by the name that it was handed in under."""

    text: str
    classes: Mapping[str, str]


def run(schemas: Mapping[str, Mapping[str, Json]], *, place: str) -> dict[str, Module]:
    """Return the modules for *schemas*: module name to schema name to schema.

    A reference to a schema of another module reads ``<module>.json#/components/schemas/<name>``.
    Raises ``ContractError`` when the generator gives up; *place* is the contract.
    """
    with TemporaryDirectory(prefix="accord-") as folder:
        root = Path(folder)
        (root / "in").mkdir()
        for module, items in schemas.items():
            document = {
                "openapi": "3.1.0",
                "info": {"title": module, "version": ""},
                "paths": {},
                "components": {"schemas": dict(sorted(items.items()))},
            }
            (root / "in" / f"{module}.json").write_text(json.dumps(document), encoding="utf-8")
        _start(root, place)
        return _read(root, schemas)


def _start(root: Path, place: str) -> None:
    command = [sys.executable, "-P", "-m", "datamodel_code_generator", *_OPTIONS]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours, the contract is in files
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ContractError(
            f"datamodel-code-generator was not done after {SECONDS} seconds",
            place=place,
            next_step="Look for schemas that multiply: allOf in allOf, anyOf in anyOf.",
        ) from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise ContractError(
            f"datamodel-code-generator gave up: {lines[-1].strip()[:500] if lines else 'without a word'}",
            place=place,
            next_step="Simplify the schema that it names.",
        )


def _read(root: Path, schemas: Mapping[str, Mapping[str, Json]]) -> dict[str, Module]:
    metadata = cast("dict[str, Any]", json.loads((root / "names.json").read_text(encoding="utf-8")))
    classes: dict[str, dict[str, str]] = {module: {} for module in schemas}
    for model in metadata["models"]:
        path = model["source_path"]
        if path[:2] == ["components", "schemas"] and len(path) == 3 and model["module"] in classes:
            classes[model["module"]][path[2]] = model["class_name"]
    texts = {module: (root / "out" / f"{module}.py").read_text(encoding="utf-8") for module in schemas}
    return {module: Module(text=texts[module], classes=classes[module]) for module in schemas}
