"""Faults in what one organisation learns of another."""

from __future__ import annotations

from dataclasses import replace

from sartiq_sandbox.faults.bearer import as_stranger_of
from sartiq_sandbox.faults.exchange import OK, Answer, Ask, Call, Handler, handled, refusal
from sartiq_sandbox.faults.fault import Fault, rest

__all__ = ["FAULTS"]

NOT_FOUND = 404


def open_to_strangers(name: str, consequence: str, route: str) -> Fault:
    """Return a fault that carries out for one organisation what only another one may ask."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != NOT_FOUND:
            return answer
        theirs = await ask(as_stranger_of(call))
        return theirs if theirs.status == OK else answer

    return rest(name, "foreign-object-access", consequence, handled(route, lambda: handler))


def revealing(name: str, consequence: str, route: str, other: Answer) -> Fault:
    """Return a fault that answers otherwise for what another organisation has."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != NOT_FOUND:
            return answer
        thing = "/".join(call.path.split("/")[:3])  # of /shots/<id>/approve the shot
        reading = replace(call, method="GET", path=thing, query="", body=b"")
        return other if (await ask(as_stranger_of(reading))).status == OK else answer

    return rest(name, "revealed-foreign-object", consequence, handled(route, lambda: handler))


def lists_of_all() -> Handler:
    """Add the things of the other organisation to a list."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != OK:
            return answer
        ours, theirs = answer.document(), (await ask(as_stranger_of(call))).document()
        items = [*ours["items"], *theirs["items"]][: ours["size"]]
        total = ours["total"] + theirs["total"]
        return answer.with_document({**ours, "items": items, "total": total})

    return handler


FAULTS = (
    open_to_strangers(
        "foreign-product-readable",
        "One customer reads the products of another.",
        "GET /products/*",
    ),
    open_to_strangers(
        "foreign-shooting-readable",
        "One customer reads the shootings of another.",
        "GET /shootings/*",
    ),
    open_to_strangers(
        "foreign-shot-rejectable",
        "One customer sends back the shots of another.",
        "POST /shots/*/reject",
    ),
    open_to_strangers(
        "foreign-product-uploadable",
        "One customer adds images to the products of another.",
        "POST /products/*/images",
    ),
    rest(
        "products-of-everybody",
        "foreign-object-access",
        "One customer sees the products of all in the list.",
        handled("GET /products/", lists_of_all),
    ),
    revealing(
        "foreign-product-with-other-words",
        "One customer finds out which ids another one has.",
        "GET /products/*",
        refusal(404, "Product not found in your organization"),
    ),
    revealing(
        "foreign-shooting-with-403",
        "One customer finds out which shootings another one has.",
        "GET /shootings/*",
        refusal(403, "Not enough permissions"),
    ),
    revealing(
        "foreign-shot-with-409",
        "One customer finds out which shots another one has.",
        "POST /shots/*/approve",
        refusal(409, "Shot cannot become approved"),
    ),
)
