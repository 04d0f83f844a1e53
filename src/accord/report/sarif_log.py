"""The parts of a SARIF 2.1.0 log (OASIS): what every report for code scanning is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import quote

from accord.contract.pointer import Json
from accord.findings.finding import Severity
from accord.report.text import printable

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
FINGERPRINT = "accord/v1"
TEXT = 2_000


def log(
    version: str,
    rules: Mapping[str, str],
    results: Sequence[dict[str, Json]],
    *,
    properties: Mapping[str, str],
    complete: bool = True,
    pages: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return a log of one run in UTF-8; *rules* has the sentence of each rule that *results* name, perhaps empty.

    *pages* has what else there is to say of a rule, in Markdown.
    """
    document: Json = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "accord",
                        "version": version,
                        "rules": [_rule(rule, words, pages.get(rule, "")) for rule, words in rules.items()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": complete}],
                "properties": {name: printable(text) for name, text in properties.items()},
                "results": list(results),
            }
        ],
    }
    return (json.dumps(document, indent=2, ensure_ascii=True) + "\n").encode()


def location(
    path: str, pointer: str, *, line: int | None = None, column: int | None = None
) -> dict[str, Json]:
    """Return a location: a file, a line and column of it, and the JSON pointer there; empty without a *path*."""
    if not path:
        return {}
    physical: dict[str, Json] = {"artifactLocation": {"uri": _address(path)}}
    if line is not None:
        physical["region"] = {"startLine": line, **({"startColumn": column} if column is not None else {})}
    pointer = printable(pointer, limit=TEXT)
    logical: list[Json] = [{"fullyQualifiedName": pointer}] if pointer else []
    return {"physicalLocation": physical, **({"logicalLocations": logical} if logical else {})}


def suppressions(words: str) -> list[Json]:
    """Return the suppressions of a result that somebody answers for in *words*."""
    return [{"kind": "external", "status": "accepted", "justification": printable(words, limit=TEXT)}]


def sentence(*parts: str) -> str:
    """Return *parts* that are not empty as one text of sentences."""
    return ". ".join(printable(part, limit=TEXT) for part in parts if part)


def _address(path: str) -> str:
    """Return *path* as a URI reference (RFC 3986): a relative path of the working directory, or a URL."""
    if path.startswith(("http://", "https://")):
        return quote(path, safe="/:?=&%@[]", errors="replace")
    if PurePosixPath(path).is_absolute():
        return f"file://{quote(path, errors='replace')}"
    # A colon in the first segment would pass for a scheme (RFC 3986, 4.2), as in a revision's name.
    return quote(path, safe="/", errors="replace")


def _rule(rule: str, words: str, page: str) -> dict[str, Json]:
    described: dict[str, Json] = {
        "id": rule,
        "name": "".join(word.capitalize() for word in rule.split("-")),
    }
    if words:
        described["shortDescription"] = {"text": words}
    if page:
        described["help"] = {"text": page, "markdown": page}
    return described
