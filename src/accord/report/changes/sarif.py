"""A comparison as SARIF 2.1.0 (OASIS), for code scanning: each change at its file and line."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from urllib.parse import quote

from accord.contract.pointer import Json
from accord.findings.changes.catalogue import CATALOGUE
from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import consequence, direction, shown_witness, title
from accord.report.text import printable

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_TEXT = 2_000
_REACHES = 100


def render(compared: Compared) -> bytes:
    """Return *compared* as a SARIF log of one run in UTF-8.

    A place is that in the new contract, with the old one as a related location, or that in the old
    one where the new has nothing. An approved change is suppressed, with the approval as reason.
    """
    rules = sorted({told.change.rule for told in compared.changes})
    log: Json = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "accord",
                        "version": compared.accord,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "old": printable(compared.old),
                    "new": printable(compared.new),
                    "policy": compared.policy.value,
                    "bump": compared.bump.value,
                },
                "results": [_result(told, rules.index(told.change.rule)) for told in compared.changes],
            }
        ],
    }
    return (json.dumps(log, indent=2, ensure_ascii=True) + "\n").encode()


def _result(told: Told, index: int) -> dict[str, Json]:
    change = told.change
    new, old = (
        _location(told.new_path, told.new_line, told.new_column, change.new_place),
        _location(told.old_path, told.old_line, told.old_column, change.old_place),
    )
    result: dict[str, Json] = {
        "ruleId": change.rule,
        "ruleIndex": index,
        "level": _LEVELS[change.severity],
        "kind": "fail",
        "message": {"text": _message(told)},
        "locations": [place for place in (new or old,) if place],
        "partialFingerprints": {"accord/v1": change.fingerprint},
        "properties": {
            "verdict": change.verdict.value,
            "effect": change.effect.value,
            "reaches": [printable(name, limit=_TEXT) for name in change.reaches[:_REACHES]],
        },
    }
    if new and old:
        result["relatedLocations"] = [{"id": 1, "message": {"text": "what the old contract says"}, **old}]
    if told.approval:
        justification = printable(told.approval, limit=_TEXT)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _message(told: Told) -> str:
    change = told.change
    parts = (title([told]), direction(change), shown_witness(change), consequence(change), change.reason)
    return ". ".join(printable(part, limit=_TEXT) for part in parts if part)


def _location(path: str, line: int | None, column: int | None, place: str) -> dict[str, Json]:
    if not path:
        return {}
    physical: dict[str, Json] = {"artifactLocation": {"uri": _address(path)}}
    if line is not None:
        physical["region"] = {"startLine": line, **({"startColumn": column} if column is not None else {})}
    pointer = printable(place.partition("#")[2], limit=_TEXT)
    logical: list[Json] = [{"fullyQualifiedName": pointer}] if pointer else []
    return {"physicalLocation": physical, **({"logicalLocations": logical} if logical else {})}


def _address(path: str) -> str:
    """Return *path* as a URI reference (RFC 3986): a relative path of the working directory, or a URL."""
    if path.startswith(("http://", "https://")):
        return quote(path, safe="/:?=&%@[]", errors="replace")
    if PurePosixPath(path).is_absolute():
        return f"file://{quote(path, errors='replace')}"
    # A colon in the first segment would pass for a scheme (RFC 3986, 4.2), as in a revision's name.
    return quote(path, safe="/", errors="replace")


def _rule(id_: str) -> Json:
    about = next((row.about for row in CATALOGUE if row.id == id_), "")
    return {"id": id_, "name": _name(id_), **({"shortDescription": {"text": about}} if about else {})}


def _name(rule: str) -> str:
    return "".join(word.capitalize() for word in rule.split("-"))
