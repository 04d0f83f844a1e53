"""Findings that a framework's own behaviour explains: held lower, and told once for the document."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import orjson

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.media_type import FORM, JSON, MULTIPART, essence, is_json
from accord.exchange.values import Response
from accord.findings.coercion import keeps_contract
from accord.findings.evidence import Observation, stamped
from accord.findings.finding import Finding, Severity
from accord.findings.profile import OwnError, Profile
from accord.findings.profiles import PROFILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What explains the findings of one rule: how grave they still are, and what is said of all of them."""

    name: str
    severity: Severity
    message: str
    explains: Callable[[Profile, Contract, Observation], bool]


def held(profile: Profile, contract: Contract, observed: Observation, finding: Finding) -> Finding:
    """Return *finding* as one of the whole document where a habit of *profile* explains it, else as it is.

    Its fingerprint is the same at every operation, and ``joined`` makes one of them all.
    """
    habit = _HABITS.get(finding.rule)
    if habit is None or not habit.explains(profile, contract, observed):
        return finding
    severity = max(habit.severity, finding.severity, key=lambda item: item.rank)
    told = stamped(
        finding,
        severity=severity,
        operation=None,
        pointer=f"{contract.openapi}#/paths",
        evidence_pointer="",
        evidence_pattern="",
        expected="",
        deviation=f"{profile.name} {habit.name}",
        showings=(_showing(observed),),
    )
    return stamped(told, **_words(told))


def joined(one: Finding, other: Finding) -> Finding:
    """Return *one* with everything that *other*, which has the same fingerprint, shows as well."""
    showings = tuple(sorted({*one.showings, *other.showings}))
    if showings == one.showings:
        return one
    told = stamped(one, showings=showings)
    return stamped(told, **_words(told))


def _showing(observed: Observation) -> str:
    """Return ``404 operation``, or ``404 (text/html) operation`` for another media type than JSON."""
    response = observed.exchange.response
    media_type = _media_type(response) if response else JSON
    among = "" if media_type == JSON else f"({media_type}) "
    return f"{observed.status} {among}{observed.operation.id}"


def _words(finding: Finding) -> dict[str, str]:
    """Return what is said of a finding that is held; it follows from the profile and the showings."""
    name = finding.deviation.partition(" ")[0]
    profile = next(item for item in PROFILES if item.name == name)
    habit = _HABITS[finding.rule]
    tally = Counter(showing.partition(" ")[0] for showing in finding.showings)
    seen = ", ".join(f"{status} at {number}" for status, number in sorted(tally.items()))
    words = habit.message.format(
        title=profile.title, statuses=", ".join(sorted(tally)), refused=profile.refused
    )
    if habit.name not in _ERRORS:
        return {"message": words, "seen": ""}
    settle = "\n".join(_overlay(profile, finding.showings)) if habit.name == "own-errors" else _PAGES
    return {"message": words, "seen": f"{seen} operations", "settle": settle}


def _overlay(profile: Profile, showings: Sequence[str]) -> Iterator[str]:
    """Yield the lines of an overlay that promises the errors of *showings*, as *profile* writes them."""
    yield f'# overlay.yaml, beside a saved copy of the document; in [tool.accord]: profile = "{profile.name}"'
    yield "overlay: 1.0.0"
    yield "info: {title: Errors, version: 1.0.0}"
    yield "actions:"
    yield "  - target: $"
    yield "    update:"
    yield "      x-errors:"
    for status in sorted({showing.partition(" ")[0] for showing in showings}):
        rests = [showing.partition(" ")[2] for showing in showings if showing.startswith(f"{status} ")]
        yield f'        "{status}": {json.dumps(_promise(profile, int(status), rests))}'


def _promise(profile: Profile, status: int, rests: Sequence[str]) -> dict[str, Any]:
    """Return the entry of ``x-errors`` for *status*; *rests* are its showings, without the status."""
    foreign = {rest[1:].partition(")")[0] for rest in rests if rest.startswith("(")}
    in_json = any(not rest.startswith("(") for rest in rests)
    promise: dict[str, Any] = {}
    if foreign:
        promise["mediaType"] = min(foreign) if len(foreign) == 1 and not in_json else "*/*"
    schema = _schema(profile, status) if in_json else None
    return {**promise, "schema": schema} if schema else promise


def _schema(profile: Profile, status: int) -> Mapping[str, Any] | None:
    """Return the schema of the JSON bodies that *profile* has for *status*; the widest where it has several."""
    forms = [error for error in profile.errors if status in error.statuses and error.media_type == JSON]
    return next((error.told for error in forms if error.told), forms[0].schema if forms else None)


def _own_error(profile: Profile, _: Contract, observed: Observation) -> bool:
    response = observed.exchange.response
    return response is not None and any(_has_form(response, error) for error in profile.errors)


def _has_form(response: Response, error: OwnError) -> bool:
    if response.status not in error.statuses or _media_type(response) != error.media_type:
        return False
    if error.pattern and not re.search(error.pattern, response.body.decode(errors="replace").strip("\r\n")):
        return False
    if error.schema is None:
        return bool(error.pattern)
    try:
        return _validator(orjson.dumps(error.schema)).is_valid(orjson.loads(response.body))
    except orjson.JSONDecodeError:
        return False


@cache
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(orjson.loads(schema))


def _media_type(response: Response) -> str:
    return essence(response.header("content-type"))


def _lax(profile: Profile, contract: Contract, observed: Observation) -> bool:
    return bool(profile.readings) and keeps_contract(contract, observed, profile.readings)


def _allow(wanted: str) -> Callable[[Profile, Contract, Observation], bool]:
    def explains(profile: Profile, contract: Contract, observed: Observation) -> bool:
        response = observed.exchange.response
        if profile.allows != wanted or response is None or not re.search(profile.refusal, seen_as(response)):
            return False
        told = {item.strip().upper() for item in (response.header("allow") or "").split(",") if item.strip()}
        path = observed.operation.path
        declared = {item.method for item in contract.operations if item.path == path}
        # Of one route it names some method that the path has, and never one that it has not.
        return bool(told) == (wanted == "route") and told <= {*declared, "HEAD"}

    return explains


def _refused(profile: Profile, _: Contract, observed: Observation) -> bool:
    response = observed.exchange.response
    if response is None or not is_json(response.header("content-type")):
        return False
    try:
        answer = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(answer, dict) or not answer:
        return False
    if response.status == 422:
        return _refused_types(profile, answer.get("detail"))
    return response.status == 400 and _refused_texts(profile, observed.exchange.request, answer)


def _refused_types(profile: Profile, details: Any) -> bool:
    return (
        isinstance(details, list)
        and all(
            isinstance(item, dict)
            and item.get("type") in profile.refused_types
            and isinstance(item.get("input"), str | int | float)
            for item in details
        )
        and bool(details)
    )


def _refused_texts(profile: Profile, request: Request, answer: Mapping[str, Any]) -> bool:
    patterns = {item.message: item.pattern for item in profile.refused_texts}
    return all(
        isinstance(messages, list)
        and messages
        and all(
            isinstance(message, str)
            and message in patterns
            and any(re.search(patterns[message], text) for text in _texts(request, field))
            for message in messages
        )
        for field, messages in answer.items()
    )


def _texts(request: Request, field: str) -> Iterator[str]:
    """Yield the texts that *request* gives for *field*, at the top of a JSON body or in a form."""
    body = request.body
    kind = essence(request.header("content-type"))
    if is_json(kind):
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        text = value.get(field) if isinstance(value, dict) else None
        if isinstance(text, str):
            yield text
    elif kind == FORM:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
        yield from (text for name, text in pairs if name == field)
    elif kind == MULTIPART:
        part = rf'name="{re.escape(field)}"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--'
        yield from re.findall(part, body.decode(errors="replace"), re.DOTALL)


def seen_as(response: Response) -> str:
    """Return *response* as the patterns of a profile see it: status, headers, and 4,096 bytes of the body."""
    headers = "\n".join(f"{name.lower()}: {value}" for name, value in response.headers)
    return f"{response.status}\n{headers}\n\n{response.body[:4096].decode(errors='replace').strip()}"


_ERRORS = ("own-errors", "own-pages")
_PAGES = "content:  # of the response to each status and operation where it shows\n  text/html: {}"
_OTHER_TYPES = Habit(
    name="other-types",
    severity=Severity.NOTE,
    message="{title} reads values of another type as the type that the document names",
    explains=_lax,
)
_REFUSED = Habit(
    name="refused-texts",
    severity=Severity.NOTE,
    message="{title} refuses texts that the document allows: {refused}",
    explains=_refused,
)
_HABITS: Mapping[str, Habit] = {
    "undocumented-status": Habit(
        name="own-errors",
        severity=Severity.WARNING,
        message="{title} gives {statuses} by itself, and the document does not tell of it",
        explains=_own_error,
    ),
    "undocumented-media-type": Habit(
        name="own-pages",
        severity=Severity.WARNING,
        message="{title} gives {statuses} by itself, under another media type than the document tells",
        explains=_own_error,
    ),
    "accepted-invalid-request": _OTHER_TYPES,
    "accepted-invalid-field": _OTHER_TYPES,
    "allow-header-mismatch": Habit(
        name="allow-of-a-route",
        severity=Severity.NOTE,
        message="{title} tells in Allow the methods of one route, not those of the path",
        explains=_allow("route"),
    ),
    "unsupported-method": Habit(
        name="no-allow",
        severity=Severity.NOTE,
        message="{title} refuses a method with 405 and leaves out the header Allow",
        explains=_allow("nothing"),
    ),
    "rejected-valid-request": _REFUSED,
    "misplaced-error-location": _REFUSED,
}
