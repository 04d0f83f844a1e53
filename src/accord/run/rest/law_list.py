"""The trials of lists: their pages in several sizes, their filters, and their orders."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from uuid import UUID

from accord.cases.expression import as_text
from accord.contract.contract import Contract
from accord.contract.law import ListLaw, values_at
from accord.contract.library import Library
from accord.contract.openapi import Operation, Parameter
from accord.contract.part import parts_of
from accord.contract.pointer import Json
from accord.findings.heard import LawObservation, Role
from accord.findings.listing import Listed, listed
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.rest.inquiry import Inquiry, hold
from accord.run.rest.stage import STAGE

LARGEST = 100
"""How many items are asked for at once, where the contract allows so many."""
MOST_PAGES = 6
"""How many pages one walk turns at most."""
MOST_VALUES = 3
"""How many values of one filter are tried, beside one that nothing matches."""


def plan(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield the trials of the lists among the *wanted* operations."""
    for law in contract.laws.lists.values():
        operation = law.operation
        if not wanted(operation):
            continue
        plays = {"pages": _pages} if law.size or law.total else {}
        plays |= {"filters": _filters} if law.filters else {}
        plays |= {"orders": _orders} if law.order or law.sort else {}
        for name, play in plays.items():
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/{name}", play=partial(_trial, law, play))


def _trial(law: ListLaw, play: Callable[[ListLaw, Inquiry], str], context: Context) -> Tally:
    tally = context.tally()

    def observe() -> Sequence[LawObservation]:
        inquiry = Inquiry(context, tally, law.operation, law)
        reason = play(law, inquiry)
        for rule in _RULES[play] if reason else ():
            tally.miss(rule, reason)
        return [inquiry.observation()]

    hold(tally, observe)
    return tally


def _pages(law: ListLaw, inquiry: Inquiry) -> str:
    """Read one large page, then walk through all pages in two smaller sizes; returns why not."""
    first = _page(law, inquiry, Role.PAGE, _size(law, inquiry, LARGEST), 0)
    if first is None:
        return "the list could not be read"
    count = first.total if first.total is not None else len(first.items)
    if not (law.size and (law.page or law.offset)):
        return "the list has no pages"
    sizes = [_size(law, inquiry, -(-count // parts)) for parts in (2, 3)]
    for size in dict.fromkeys(sizes):
        for number in range(min(-(-count // size) + 1, MOST_PAGES)):
            _page(law, inquiry, Role.PAGE, size, number)
    return "" if count > 1 else "the list has fewer than two items"


def _filters(law: ListLaw, inquiry: Inquiry) -> str:
    """Read the list whole, then with each value of each filter, then whole again; returns why not."""
    whole = _page(law, inquiry, Role.ALL, _size(law, inquiry, LARGEST), 0)
    if whole is None:
        return "the list could not be read"
    for name, member in law.filters.items():
        values = _values(whole, member) if member is not None else []
        for value in values[:MOST_VALUES]:
            _page(law, inquiry, Role.FILTERED, whole.size, 0, name, {name: value})
        nothing = _unmatched(law, inquiry, name, values)
        if nothing is not None and (member is None or whole.complete):
            _page(law, inquiry, Role.UNMATCHED, whole.size, 0, name, {name: nothing})
    _page(law, inquiry, Role.ALL, whole.size, 0)
    return ""


def _orders(law: ListLaw, inquiry: Inquiry) -> str:
    """Read the list in its own order, and in each that can be asked for; returns why not."""
    size = _size(law, inquiry, LARGEST)
    if law.order is not None and _page(law, inquiry, Role.PAGE, size, 0) is None:
        return "the list could not be read"
    for value in law.sort if law.sorted_by else ():
        _page(law, inquiry, Role.SORTED, size, 0, value, {str(law.sorted_by): value})
    return ""


_RULES: dict[Callable[[ListLaw, Inquiry], str], tuple[str, ...]] = {
    _pages: ("overlapping-pages",),
    _filters: ("ineffective-filter",),
    _orders: ("ineffective-sort",),
}


def _page(  # noqa: PLR0917 - each is another part of the question
    law: ListLaw,
    inquiry: Inquiry,
    role: Role,
    size: int | None,
    number: int,
    name: str = "",
    query: dict[str, Json] | None = None,
) -> Listed | None:
    """Return page *number*, from 0, of *size* items; None when it is no list."""
    asked: dict[str, Json] = dict(query or {})
    if law.size and size is not None:
        asked[law.size] = size
    if law.page and (number or not query):
        asked[law.page] = law.first + number
    if law.offset and (number or not query):
        asked[law.offset] = number * (size or 0)
    heard = inquiry.read(role, law.operation, name=name, query=asked)
    return listed(law, heard) if heard is not None else None


def _size(law: ListLaw, inquiry: Inquiry, wished: int) -> int:
    """Return *wished*, or the nearest size that the contract allows."""
    parameter = next((item for item in law.operation.parameters_in("query") if item.name == law.size), None)
    smallest, largest = _bounds(inquiry.context.contract.library, parameter)
    return max(smallest, min(wished, largest))


def _bounds(library: Library, parameter: Parameter | None) -> tuple[int, int]:
    schemas = (
        [part for _, part in parts_of(library, (parameter.schema,))] if parameter and parameter.schema else []
    )
    smallest = [int(part["minimum"]) for part in schemas if isinstance(part.get("minimum"), int | float)]
    largest = [int(part["maximum"]) for part in schemas if isinstance(part.get("maximum"), int | float)]
    return max([1, *smallest]), min([LARGEST, *largest])


def _values(whole: Listed, member: str) -> list[Json]:
    """Return the values that items have at *member*, each once."""
    found: dict[str, Json] = {}
    for item in whole.items:
        for _, value in values_at(item, member):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | int | float) and one != "":
                    found.setdefault(as_text(one), one)
    return list(found.values())


def _unmatched(law: ListLaw, inquiry: Inquiry, name: str, values: Sequence[Json]) -> Json:
    """Return a value of the filter that no item has, None when the contract allows none."""
    parameter = next(item for item in law.operation.parameters_in("query") if item.name == name)
    if parameter.schema is None:
        return None
    library = inquiry.context.contract.library
    seed = f"{inquiry.context.seed}/{law.operation.id}/{name}"
    draw = random.Random(zlib.crc32(seed.encode()))  # noqa: S311
    listed_ = [one for _, part in parts_of(library, (parameter.schema,)) for one in part.get("enum", ())]
    others: list[Json] = [
        str(UUID(int=draw.getrandbits(128), version=4)),
        draw.randrange(10**8, 2 * 10**9),
        "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=12)),
    ]
    known = {as_text(value) for value in values}
    validator = library.validator(parameter.schema)
    fitting = (item for item in (*listed_, *others) if validator.is_valid(item) and item is not None)
    return next((item for item in fitting if as_text(item) not in known), None)
