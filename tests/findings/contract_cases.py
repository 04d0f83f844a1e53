"""The cases on the pages of the rules about contracts: a document, of which the head is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from accord.findings.finding import Finding
from accord.run.lint import Linter

_DIRECTIVE = re.compile(r"^# (finds|found by): (.*)\n", re.MULTILINE)
_HEADS = {
    "asyncapi.yaml": "asyncapi: 3.0.0\ninfo: { title: Case, version: 0.1.0 }\n",
    "openapi.yaml": "openapi: 3.1.0\ninfo: { title: Case, version: 0.1.0 }\n",
}


@dataclass(frozen=True)
class Case:
    """A case: the document, a piece of the message that is expected, other rules that find it."""

    name: str
    text: str
    finds: str
    found_by: tuple[str, ...]

    def hold(self, folder: Path) -> list[Finding]:
        """Return what a linter finds in the document, written to *folder*."""
        path = folder / self.name
        path.write_text(self.text, encoding="utf-8")
        return list(Linter().lint(path).findings)


def read_case(block: str) -> Case:
    """Read one block; what has channels is AsyncAPI, what has none OpenAPI: 3.1, unless its first line says another."""
    told: dict[str, list[str]] = {}
    for key, value in _DIRECTIVE.findall(block):
        told.setdefault(key, []).append(value)
    name = "asyncapi.yaml" if re.search("^channels:", block, re.MULTILINE) else "openapi.yaml"
    head, body = _HEADS[name], _DIRECTIVE.sub("", block)
    if body.startswith("openapi:"):
        version, _, body = body.partition("\n")
        head = head.replace("openapi: 3.1.0", version)
    text = head + body
    return Case(name, text, told.get("finds", [""])[0], tuple(told.get("found by", ())))
