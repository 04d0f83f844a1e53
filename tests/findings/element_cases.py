"""Elements of contracts as before/after files in ``changes/elements/`` that one can read.

Each case has ``old`` and ``new`` of the kind that ``of`` names, and the changes that are expected
``there`` (from old to new) and ``back``, each as ``rule effect verdict``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.contract.contract import Contract, load_text
from accord.findings.changes.change import Change
from accord.findings.changes.contracts import compare
from accord.findings.changes.policy import Policy

FOLDER = Path(__file__).parent / "changes" / "elements"
MESSAGES = {
    "hello": {"payload": {"type": "string"}},
    "data": {"payload": {"type": "object"}},
    "more": {"payload": {"type": "object"}},
}
TODAY = date(2026, 6, 15)


def cases() -> Iterator[Any]:
    """Yield every case, called by its file and its sentence."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


def contract(of: str, part: Any, shared: Any) -> Contract:
    """Return a contract around *part*."""
    return load_text(json.dumps(document(of, part, shared)), name="document.json")


def document(of: str, part: Any, shared: Any) -> dict[str, Any]:
    """Return a document around *part*."""
    found: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    answered = {"200": {"description": "ok"}}
    match of:
        case "document":
            found = {**found, **part}
        case "operation":
            path = "/things/{id}" if "{id}" in json.dumps(part) else "/things"
            found["paths"] = {path: {part.get("x-method", "post"): {"responses": answered, **part}}}
        case "parameter":
            operation = {"responses": answered, "parameters": part if isinstance(part, list) else [part]}
            found["paths"] = {"/things": {"get": operation}}
        case "body":
            operation = {"responses": answered, **({"requestBody": part} if part else {})}
            found["paths"] = {"/things": {"post": operation}}
        case "responses":
            found["paths"] = {"/things": {"get": {"responses": part}}}
        case "webhook":
            found["webhooks"] = (
                {"changed": {"post": {"responses": answered, **part}}} if part is not None else {}
            )
            found["paths"] = {"/things": {"get": {"responses": answered}}}
        case "session":
            channel = {"address": "/a", "messages": MESSAGES, **({"x-session": part} if part else {})}
            found = {"asyncapi": "3.0.0", "info": found["info"], "channels": {"a": channel}}
        case "asyncapi":
            found = {"asyncapi": "3.0.0", "info": found["info"], **part}
    return {**found, **(shared or {})}


def both(case: dict[str, Any]) -> tuple[Contract, Contract]:
    """Return the two contracts of a case."""
    of, shared = case["of"], case.get("shared")
    return contract(of, case["old"], shared), contract(of, case["new"], shared)


def compared(case: dict[str, Any], old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return what a case finds between *old* and *new*."""
    policy = Policy(case.get("policy", "open"))
    return compare(old, new, policy, months=case.get("months", 0), today=TODAY)
