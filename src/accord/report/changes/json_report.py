"""The JSON report of a comparison, for other programs to read, as ``changes.schema.json`` describes it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import cast
from urllib.parse import urlsplit

from accord.contract.pointer import Json
from accord.findings.changes.change import Answered, Delivered, Verdict, Witness
from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import command

_SURROGATE = re.compile("[\ud800-\udfff]")


def render(compared: Compared, *, fail_on: Severity | None) -> bytes:
    r"""Return *compared* as JSON in UTF-8, valid under ``schema()``.

    A lone surrogate, which UTF-8 cannot hold, becomes the six characters ``\ud800``.
    """
    text = json.dumps(_report(compared, fail_on), indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", f"{text}\n").encode()


def schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of the report."""
    text = files("accord.report.changes").joinpath("changes.schema.json").read_text("utf-8")
    return cast("dict[str, Json]", json.loads(text))


def _report(compared: Compared, fail_on: Severity | None) -> Json:
    return {
        "accord": compared.accord,
        "old": {"name": compared.old, "title": compared.old_title},
        "new": {"name": compared.new, "title": compared.new_title},
        "policy": compared.policy.value,
        "fail_on": fail_on.value if fail_on is not None else "none",
        "failed": bool(compared.counted(fail_on)),
        "bump": compared.bump.value,
        "seconds": round(compared.seconds, 3),
        "counts": {verdict.value: len(compared.of(verdict)) for verdict in Verdict},
        "notices": list(compared.notices),
        "changes": [_change(told) for told in compared.changes],
    }


def _change(told: Told) -> Json:
    change = told.change
    return {
        "rule": change.rule,
        "severity": change.severity.value,
        "verdict": change.verdict.value,
        "effect": change.effect.value,
        "sender": change.sender.value if change.sender is not None else None,
        "message": change.message,
        "place": change.place,
        "old_place": _place(change.old_place, told.old_path, told.old_line),
        "new_place": _place(change.new_place, told.new_path, told.new_line),
        "reaches": list(change.reaches),
        "old": change.old,
        "new": change.new,
        "witness": _witness(change.witness),
        "reason": change.reason,
        "fingerprint": change.fingerprint,
        "approval": told.approval or None,
        "expired": told.expired or None,
        "usage": None
        if told.usage is None
        else {"exchanges": told.usage.exchanges, "clients": dict(told.usage.clients)},
        "replayed": told.replayed or None,
        "reproduce": command(change) or None,
    }


def _place(place: str, path: str, line: int | None) -> Json:
    if not place:
        return None
    return {"file": path, "line": line, "pointer": place.partition("#")[2]}


def _witness(witness: Witness | None) -> Json:
    if witness is None:
        return None
    return {
        "value": witness.value,
        "pointer": witness.pointer,
        "root": witness.root,
        "said": witness.said,
        "means": witness.means,
        "response": _response(witness.answered),
        "delivery": _delivery(witness.delivered),
        "alone": witness.alone,
    }


def _response(answered: Answered | None) -> Json:
    if answered is None:
        return None
    response = answered.response
    return {
        "operation": answered.name,
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "body": response.body.decode("utf-8", "replace"),
    }


def _delivery(delivered: Delivered | None) -> Json:
    if delivered is None:
        return None
    request = delivered.request
    return {
        "operation": delivered.name,
        "method": delivered.method,
        "address": delivered.address,
        "query": urlsplit(request.url).query,
        "headers": [list(pair) for pair in request.headers],
        "body": request.body.decode("utf-8", "replace"),
    }
