"""Faults in what is accepted: requests that should be refused, and good ones that are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from sartiq_sandbox.demo import BRAND, SHOOTING
from sartiq_sandbox.faults.exchange import (
    OK,
    Answer,
    Ask,
    Call,
    Handler,
    asked,
    handled,
    refusal,
)
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS"]

INVALID, UNDECODABLE = 422, 400
ABSENT = object()
Place = tuple[str, ...]
Repair = Callable[[Json], Json]


def lenient(
    name: str, consequence: str, route: str, place: Place, *kinds: str, to: Repair
) -> Fault:
    """Return a fault that takes one wrong place for a right one.

    ``place`` is the beginning of the ``loc`` of a 422, ``kinds`` the types of failure that are
    overlooked, and ``to`` makes a right value of the wrong one, which is ``None`` when absent.
    """

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != INVALID:
            return answer
        failures = answer.document()["detail"]
        overlooked = all(
            tuple(one["loc"][: len(place)]) == place and one["type"] in kinds for one in failures
        )
        return await ask(repaired(call, place, to)) if overlooked else answer

    return rest(name, "accepted-invalid-field", consequence, handled(route, lambda: handler))


def repaired(call: Call, place: Place, to: Repair) -> Call:
    """Return the call with a right value at a place."""
    part, name = place[0], place[-1]
    if part == "query":
        return call.with_parameters(**{name: to(call.parameters().get(name))})
    if part == "path":
        head, _, last = call.path.rpartition("/")
        return replace(call, path=f"{head}/{to(last)}")
    document = call.document()
    return call.with_document({**document, name: to(document.get(name))})


def broken_is_default(route: str, default: Json) -> Wrap:
    """Take a body that is no JSON for another one."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        undecodable = answer.status == UNDECODABLE or (
            answer.status == INVALID and answer.document()["detail"][0]["type"] == "json_invalid"
        )
        return await ask(call.with_document(default)) if undecodable else answer

    return handled(route, lambda: handler)


def anything_is_json(call: Call) -> Call:
    """Read a body as JSON, whatever it is called."""
    try:
        json.loads(call.body)
    except ValueError:
        return call
    return call.with_header("content-type", "application/json")


def refusing(name: str, consequence: str, route: str, place: Place, value: Json) -> Fault:
    """Return a fault that refuses a good value, in words that are well shaped."""

    async def handler(call: Call, ask: Ask) -> Answer:
        body = call.document() if place[0] == "body" else call.parameters()
        if not isinstance(body, dict) or body.get(place[-1], ABSENT) != value:
            return await ask(call)
        failure = {"type": "value_error", "loc": list(place), "msg": "Value is not supported"}
        return refusal(INVALID, [failure])

    return rest(name, "rejected-valid-request", consequence, handled(route, lambda: handler))


def begin_refusing() -> Handler:
    """Refuse one good request in ten, counted."""
    seen = 0

    async def handler(call: Call, ask: Ask) -> Answer:
        nonlocal seen
        answer = await ask(call)
        seen += answer.status == OK
        if answer.status != OK or seen % 10:
            return answer
        return refusal(INVALID, [{"type": "missing", "loc": ["body"], "msg": "Field required"}])

    return handler


BODIES = (
    lenient(
        "name-of-256-accepted",
        "A name that is too long is stored and breaks whoever reads it.",
        "POST /products/",
        ("body", "name"),
        "string_too_long",
        to=lambda name: name[:255],
    ),
    lenient(
        "empty-sku-accepted",
        "A product without a sku cannot be told from others.",
        "POST /products/",
        ("body", "sku"),
        "string_too_short",
        to=lambda _: "-",
    ),
    lenient(
        "missing-category-accepted",
        "A mistyped member is not noticed, and the product is in no category.",
        "POST /products/",
        ("body", "category"),
        "missing",
        to=lambda _: "other",
    ),
    lenient(
        "number-as-name-accepted",
        "A wrong type is stored as a text, and the client never learns of its mistake.",
        "POST /shootings/",
        ("body", "name"),
        "string_type",
        to=lambda name: str(name)[:255] or "-",
    ),
    lenient(
        "text-as-flag-accepted",
        "The text no is taken for yes, and a shooting is closed.",
        "POST /shootings/",
        ("body", "archived"),
        "bool_type",
        to=bool,
    ),
    lenient(
        "number-as-due-date-accepted",
        "A shooting is due whenever the service takes the number for.",
        "POST /shootings/",
        ("body", "due_date"),
        "string_type",
        to=lambda _: None,
    ),
    lenient(
        "nine-predictions-accepted",
        "A user asks for more than the limit, and gets less than asked for.",
        "POST /shots/*/generate",
        ("body", "num_predictions"),
        "less_than_equal",
        to=lambda _: 8,
    ),
    lenient(
        "same-shot-type-twice-accepted",
        "A look has fewer shots than were asked for.",
        "POST /shootings/*/looks",
        ("body", "shot_type_ids"),
        "unique_items",
        to=lambda identifiers: list(dict.fromkeys(identifiers)),
    ),
    rest(
        "broken-json-accepted",
        "accepted-malformed-body",
        "A client that sends half a body stores a shooting that nobody described.",
        broken_is_default("POST /shootings/", {"name": "Untitled", "brand_id": BRAND}),
    ),
    rest(
        "json-as-text-accepted",
        "accepted-foreign-media-type",
        "Any web page can make a browser call the service without asking first.",
        asked("POST /products/", anything_is_json),
    ),
)
PARAMETERS = (
    lenient(
        "page-zero-accepted",
        "A client that counts from zero sees the first page twice.",
        "GET /products/",
        ("query", "page"),
        "greater_than_equal",
        to=lambda _: "1",
    ),
    lenient(
        "size-of-101-accepted",
        "A client believes that it has seen all that it asked for.",
        "GET /subjects/",
        ("query", "size"),
        "less_than_equal",
        to=lambda _: "100",
    ),
    lenient(
        "unknown-status-accepted",
        "A mistyped filter is not noticed, and everything is shown.",
        "GET /shots/",
        ("query", "status"),
        "enum",
        to=lambda _: None,
    ),
    lenient(
        "id-of-any-form-accepted",
        "A mistyped address shows a shooting that nobody asked for.",
        "GET /shootings/*",
        ("path", "shooting_id"),
        "uuid_parsing",
        to=lambda _: SHOOTING,
    ),
)
REFUSALS = (
    refusing(
        "largest-page-refused",
        "A client that asks for as much as it may is refused.",
        "GET /brands/",
        ("query", "size"),
        "100",
    ),
    refusing(
        "null-due-date-refused",
        "A client that says that there is no due date is refused.",
        "POST /shootings/",
        ("body", "due_date"),
        None,
    ),
    rest(
        "good-product-refused-in-one-call-of-ten",
        "rejected-valid-request",
        "A user cannot store a product now and then.",
        handled("POST /products/", begin_refusing),
    ),
)
FAULTS = (*BODIES, *PARAMETERS, *REFUSALS)
