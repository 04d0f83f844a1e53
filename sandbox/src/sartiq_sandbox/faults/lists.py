"""Faults in lists: how they are cut into pages, and what a filter lets through."""

from __future__ import annotations

from collections.abc import Callable

from sartiq_sandbox.faults.exchange import (
    OK,
    Answer,
    Ask,
    Call,
    Handler,
    asked,
    handled,
)
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS"]

LARGEST = 100
Cut = Callable[[list[Json], int, int], list[Json]]


async def everything(call: Call, ask: Ask) -> list[Json]:
    """Return all items of a list, page after page."""
    items: list[Json] = []
    page = 1
    while True:
        part = await ask(call.with_parameters(page=str(page), size=str(LARGEST)))
        found = part.document()["items"] if part.status == OK else []
        items += found
        page += 1
        if len(found) < LARGEST:
            return items


def cut(route: str, pages: Cut) -> Wrap:
    """Cut a list into other pages: a function of all items, the page and the size."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != OK:
            return answer
        document = answer.document()
        items = pages(await everything(call, ask), document["page"], document["size"])
        return answer.with_document({**document, "items": items})

    return handled(route, lambda: handler)


def counted(route: str, total: Callable[[Json, int], int]) -> Wrap:
    """Give a list another total: a function of the page and of how many were asked for before."""

    def begin() -> Handler:
        seen = 0

        async def handler(call: Call, ask: Ask) -> Answer:
            nonlocal seen
            answer = await ask(call)
            if answer.status != OK:
                return answer
            document = answer.document()
            seen += 1
            return answer.with_document({**document, "total": total(document, seen - 1)})

        return handler

    return handled(route, begin)


def starting(first: Callable[[int, int], int]) -> Cut:
    """Cut pages of the right size that start elsewhere: a function of the page and the size."""

    def pages(items: list[Json], page: int, size: int) -> list[Json]:
        start = first(page, size)
        return items[start : start + size]

    return pages


def of_size(given: Callable[[int], int]) -> Cut:
    """Cut pages that start at the right item and have another size."""
    return lambda items, page, size: items[(page - 1) * size :][: given(size)]


def begin_turning() -> Handler:
    """Turn the list around in every second answer."""
    turned = False

    async def handler(call: Call, ask: Ask) -> Answer:
        nonlocal turned
        answer = await ask(call)
        turned = not turned
        if answer.status != OK or turned:
            return answer
        document = answer.document()
        end = len(items := await everything(call, ask)) - (document["page"] - 1) * document["size"]
        shown = items[max(0, end - document["size"]) : max(0, end)][::-1]
        return answer.with_document({**document, "items": shown})

    return handler


async def all_but(call: Call, ask: Ask) -> Answer:
    """Show what a filter should hide, and hide what it should show."""
    answer = await ask(call)
    if answer.status != OK or "status" not in call.parameters():
        return answer
    document = answer.document()
    others = await everything(call.with_parameters(status=None), ask)
    wanted = call.parameters()["status"]
    kept = [item for item in others if item["status"] != wanted]
    start = (document["page"] - 1) * document["size"]
    page = kept[start : start + document["size"]]
    return answer.with_document({**document, "items": page, "total": len(kept)})


async def all_for_nothing(call: Call, ask: Ask) -> Answer:
    """Leave the filter away when it lets nothing through."""
    answer = await ask(call)
    if answer.status != OK or answer.document()["total"]:
        return answer
    return await ask(call.with_parameters(shooting_id=None))


PAGES = (
    rest(
        "size-ignored",
        "page-size-ignored",
        "A client that asks for two shot types gets all, whatever that weighs.",
        cut("GET /shot-types/", lambda items, page, _: items[(page - 1) * LARGEST :][:LARGEST]),
    ),
    rest(
        "size-one-too-many",
        "page-size-ignored",
        "A grid of a client has one item that does not fit.",
        cut("GET /products/", of_size(lambda size: size + 1)),
    ),
    rest(
        "total-of-page",
        "unstable-total",
        "A client offers one page, though there are many.",
        counted("GET /shot-types/", lambda page, _: len(page["items"])),
    ),
    rest(
        "total-drifts",
        "unstable-total",
        "The number of pages changes while a client turns them.",
        counted("GET /subjects/", lambda page, seen: page["total"] + seen),
    ),
    rest(
        "total-one-too-many",
        "incomplete-pages",
        "A client waits for a last item that never comes.",
        counted("GET /styles/", lambda page, _: page["total"] + 1),
    ),
    rest(
        "pages-overlap",
        "overlapping-pages",
        "A client that adds up pages counts items twice.",
        cut("GET /subjects/", starting(lambda page, size: (page - 1) * size - (page > 1))),
    ),
    rest(
        "page-ignored",
        "overlapping-pages",
        "A client that turns the page sees the first one for ever.",
        cut("GET /shot-types/", starting(lambda _, __: 0)),
    ),
    rest(
        "order-turns",
        "overlapping-pages",
        "A client that turns the page sees some items twice and others never.",
        handled("GET /shot-types/", begin_turning),
    ),
    rest(
        "last-item-never-shown",
        "incomplete-pages",
        "A client never finds the newest shooting.",
        cut(
            "GET /shootings/", lambda items, page, size: items[:-1][(page - 1) * size : page * size]
        ),
    ),
)
FILTERS = (
    rest(
        "status-filter-ignored",
        "ineffective-filter",
        "A client that asks for what it should review gets everything.",
        asked("GET /shots/", lambda call: call.with_parameters(status=None)),
    ),
    rest(
        "shooting-filter-ignored",
        "ineffective-filter",
        "A client that shows one shooting shows the shots of all.",
        asked("GET /shots/", lambda call: call.with_parameters(shooting_id=None)),
    ),
    rest(
        "status-filter-inverted",
        "ineffective-filter",
        "A client that asks for what it should review gets all the rest.",
        handled("GET /shots/", lambda: all_but),
    ),
    rest(
        "filter-without-match-ignored",
        "ineffective-filter",
        "A client that opens an empty shooting shows the shots of others.",
        handled("GET /shots/", lambda: all_for_nothing),
    ),
)
FAULTS: tuple[Fault, ...] = (*PAGES, *FILTERS)
