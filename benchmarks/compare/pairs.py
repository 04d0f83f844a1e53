"""The pairs of contracts that accord and its peers are asked about, with the answers that the tests hold.

Each pair of schemas becomes a document twice: as what a request must be, and as what an answer is. A
document is OpenAPI 3.0 where nothing in it is newer, since some peers read no other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TESTS = Path(__file__).parents[2] / "tests" / "findings"
sys.path[:0] = [str(TESTS), str(TESTS / "changes")]

from schema_cases import read_cases  # noqa: E402
from test_elements import FOLDER, document  # noqa: E402

from accord.findings.changes.change import Sender  # noqa: E402
from accord.findings.changes.policy import Policy  # noqa: E402

_NEWER = frozenset(
    {"$anchor", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "const", "contains", "contentEncoding"}
    | {"contentMediaType", "contentSchema", "dependentRequired", "dependentSchemas", "else", "examples", "if"}
    | {"exclusiveMaximum", "exclusiveMinimum", "maxContains", "minContains", "patternProperties"}
    | {
        "pathItems",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "definitions",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents; ``told`` is what the tests expect, each as ``verdict rule``, ``schemas`` the bare schemas."""

    name: str
    kind: str
    old: Any
    new: Any
    told: tuple[str, ...]
    schemas: tuple[Any, Any] | None = None

    @property
    def breaks(self) -> bool | None:
        """Tell whether it breaks a client; None where nobody can tell."""
        verdicts = {item.partition(" ")[0] for item in self.told}
        return True if "breaking" in verdicts else None if "unproven" in verdicts else False


def pairs() -> Iterator[Pair]:
    """Yield every pair of the tests that the policy ``open``, the default, is about."""
    for case in read_cases():
        if case.policy is Policy.OPEN:
            for sender in Sender:
                yield Pair(
                    name=f"{case.name} ({sender})",
                    kind="request" if sender is Sender.CLIENT else "response",
                    old=_around(case.old, sender, _is_older(case.old, case.new)),
                    new=_around(case.new, sender, _is_older(case.old, case.new)),
                    told=tuple(" ".join(item.split(" ")[:2]) for item in case.expected[sender]),
                    schemas=(case.old, case.new),
                )
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            if case.get("policy", "open") == "open" and not case.get("months"):
                yield from _elements(path.stem, case)


def _elements(stem: str, case: dict[str, Any]) -> Iterator[Pair]:
    sides = [document(case["of"], case[side], case.get("shared")) for side in ("old", "new")]
    if all("openapi" in side and "webhooks" not in side and _is_old(side) for side in sides):
        sides = [{**side, "openapi": "3.0.3"} for side in sides]
    for way, (old, new) in (("there", sides), ("back", sides[::-1])):
        told = tuple(" ".join(item.split(" ")[::2]) for item in case.get(way, []))
        yield Pair(
            name=f"{stem}: {case['case']} ({way})",
            kind="asyncapi" if "asyncapi" in old else "element",
            old=old,
            new=new,
            told=tuple(" ".join(reversed(item.split(" "))) for item in told),
        )


def _around(schema: Any, sender: Sender, older: bool) -> dict[str, Any]:  # noqa: FBT001
    """Return a document in which *sender* sends values of *schema*, called ``Body``."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
    if sender is Sender.CLIENT:
        operation: dict[str, Any] = {"requestBody": {"required": True, "content": content}}
        answer: dict[str, Any] = {"204": {"description": "done"}}
    else:
        operation, answer = {}, {"200": {"description": "it", "content": content}}
    method = "post" if sender is Sender.CLIENT else "get"
    moved = schema if isinstance(schema, bool) else _moved(schema)
    definitions = moved.pop("$defs", {}) if isinstance(moved, dict) else {}
    return {
        "openapi": "3.0.3" if older else "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/things": {method: {"operationId": "do", **operation, "responses": answer}}},
        "components": {"schemas": {"Body": moved, **definitions}},
    }


def _moved(value: Any) -> Any:
    """Return *value* with its references leading to where its parts are in the document."""
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _moved(item) for key, item in value.items()}
    target = found.get("$ref")
    if isinstance(target, str) and (target == "#" or target.startswith("#/")):
        inside = target.removeprefix("#/$defs") if target.startswith("#/$defs") else f"/Body{target[1:]}"
        found["$ref"] = f"#/components/schemas{inside}"
    return found


def _is_older(*schemas: Any) -> bool:
    """Tell whether OpenAPI 3.0 knows everything in *schemas*; definitions are moved out of them."""
    return all(isinstance(schema, dict) and _is_old(schema, _NEWER - {"$defs"}) for schema in schemas)


def _is_old(value: Any, newer: frozenset[str] = _NEWER) -> bool:
    if isinstance(value, list):
        return all(map(_is_old, value))
    if not isinstance(value, dict):
        return True
    if value.keys() & newer or isinstance(value.get("type"), list) or value.get("type") == "null":
        return False
    if "$ref" in value and len(value.keys() - {"$defs"}) > 1:
        return False
    branches = [item for keyword in ("allOf", "anyOf", "oneOf") for item in value.get(keyword) or ()]
    schemas = [value.get("items"), value.get("not"), *(value.get("properties") or {}).values(), *branches]
    if any(isinstance(item, bool) for item in schemas) or (
        value.get("type") == "array" and "items" not in value
    ):
        return False
    return all(_is_old(item) for key, item in value.items() if key not in ("enum", "default", "example"))
