"""Links: what an answer says of the next request (OpenAPI 3.1, 4.8.20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.contract.openapi import Answer
from accord.contract.pointer import join
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect
from accord.findings.changes.fact import fact

_REASON = "a client that goes by the links of the contract goes another way; none of it is sent"
_SAYING = ("operationRef", "operationId", "parameters", "requestBody", "server")


def changes(call: Call, old: Answer, new: Answer) -> Iterator[Change]:
    """Yield which links of a response came, went or lead elsewhere."""
    before = call.sides.old.library.object(old.uri)[1].get("links") or {}
    after = call.sides.new.library.object(new.uri)[1].get("links") or {}
    for name in dict.fromkeys((*before, *after)):
        places = [
            join(old.uri, "links", name) if name in before else "",
            join(new.uri, "links", name) if name in after else "",
        ]
        spot = call.at(*places)
        if name not in after:
            yield fact("removed-link", Effect.NARROWED, None, spot, old=name, message=name, reason=_REASON)
        elif name not in before:
            yield fact("added-link", Effect.WIDENED, None, spot, new=name, message=name)
        else:
            mine = _said(call.sides.old.library.object(places[0])[1])
            theirs = _said(call.sides.new.library.object(places[1])[1])
            if mine != theirs:
                yield fact(
                    "changed-link",
                    Effect.OTHER,
                    None,
                    spot,
                    old=_text(mine),
                    new=_text(theirs),
                    message=name,
                    reason=_REASON,
                )


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in _SAYING if key in data}


def _text(said: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in said.items())
