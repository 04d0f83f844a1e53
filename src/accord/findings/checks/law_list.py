"""Rules about lists: how they are cut into pages, what filters let through, and how items are ordered."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from accord.cases.expression import as_text
from accord.contract.contract import Contract
from accord.contract.law import ListLaw, Order, values_at
from accord.contract.pointer import Json, join
from accord.findings.finding import Finding
from accord.findings.heard import LawObservation, Role
from accord.findings.listing import Listed, every, walks
from accord.findings.rule import Rule, Subject
from accord.findings.sameness import instant, short

_LISTS = (Role.PAGE, Role.ALL, Role.FILTERED, Role.UNMATCHED, Role.SORTED)


def page_size_ignored(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when a page has more items than were asked for."""
    law = _law(observed)
    for page in every(law, observed, *_LISTS):
        if page.size is not None and len(page.items) > page.size:
            yield observed.finding(
                page.heard,
                f"{len(page.items)} items, where {page.size} were asked for",
                pointer=f"{law.place}/size",
                evidence_pointer=law.items,
                expected=f"at most {page.size} items",
                seen=f"{len(page.items)} items",
                deviation="more items",
            )


def unstable_total(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when the total is not the same on every page, whatever its size."""
    law = _law(observed)
    pages = [page for page in every(law, observed, Role.PAGE) if page.total is not None]
    for page in pages[1:]:
        if page.total != pages[0].total:
            yield observed.finding(
                page.heard,
                f"the total was {pages[0].total} on the page before, and is {page.total} on another",
                pointer=f"{law.place}/total",
                expected=str(pages[0].total),
                seen=str(page.total),
                deviation="other total",
            )
            return


def overlapping_pages(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when an item stands on two pages, or twice on one."""
    law = _law(observed)
    for walk in walks(law, observed):
        found = _twice(walk)
        if found is not None:
            page, index = found
            yield observed.finding(
                page.heard,
                f"the item {short(page.keys[index])} was shown before, on this page or an earlier one",
                pointer=f"{law.place}/items",
                evidence_pointer=page.place(law, index) + law.identity,
                expected="each item once",
                seen="an item twice",
                deviation="item twice",
            )


def incomplete_pages(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when all pages together are not as many items as the total says, or lack what another walk had."""
    law = _law(observed)
    totals = {page.total for page in every(law, observed, Role.PAGE)}
    for walk in walks(law, observed) if len(totals) == 1 else ():
        if _twice(walk) is not None or _overfull(walk):
            continue
        total, seen = walk[0].total, sum(len(page.items) for page in walk)
        if total is not None and seen != total and (walk[-1].complete or seen > total):
            yield observed.finding(
                walk[-1].heard,
                f"all pages together have {seen} items, and the total is {total}",
                pointer=f"{law.place}/total",
                expected=f"{total} items",
                seen=f"{seen} items",
                deviation="fewer items" if seen < total else "more items",
            )


def ineffective_filter(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when a filter lets through what it should hide, or hides what it should let through."""
    law = _law(observed)
    pages = list(every(law, observed, Role.ALL))
    for page in every(law, observed, Role.UNMATCHED):
        if page.items:
            yield _filtered(observed, page, 0, "passes", "an item passes a filter that nothing matches")
    for page in every(law, observed, Role.FILTERED):
        member = law.filters.get(page.heard.name)
        if member is None:
            continue
        wanted = page.heard.query.get(page.heard.name)
        strange = next((at for at, item in enumerate(page.items) if not _has(item, member, wanted)), None)
        if strange is not None:
            message = f"an item passes whose {member} is not {short(wanted)}"
            yield _filtered(observed, page, strange, "passes", message)
        if page.complete and _hidden(law, pages, page, member, wanted):
            message = f"an item whose {member} is {short(wanted)} does not pass"
            yield _filtered(observed, page, None, "hidden", message)


def ineffective_sort(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when items do not stand in the order that was asked for, or that the contract promises."""
    law = _law(observed)
    orders: list[tuple[tuple[Listed, ...], Order, str]] = []
    if law.order is not None:
        orders += [(walk, law.order, "/order") for walk in walks(law, observed)]
    for page in every(law, observed, Role.SORTED):
        orders.append(((page,), law.sort[page.heard.name], join("/sort/values", page.heard.name)))
    for walk, order, pointer in orders:
        places = [(page, index, item) for page in walk for index, item in enumerate(page.items)]
        for (_, _, before), (page, index, item) in pairwise(places):
            if _misplaced(before, item, order):
                yield observed.finding(
                    page.heard,
                    f"an item stands after one with a {'smaller' if order.descending else 'greater'} {order.member}",
                    pointer=law.place + pointer,
                    evidence_pointer=page.place(law, index) + order.member,
                    expected=f"{order.member} {'falling' if order.descending else 'rising'}",
                    seen="another order",
                    deviation="other order",
                )
                break


def _law(observed: LawObservation) -> ListLaw:
    if not isinstance(observed.law, ListLaw):
        raise TypeError(observed.law)
    return observed.law


def _overfull(walk: tuple[Listed, ...]) -> bool:
    return any(page.size is not None and len(page.items) > page.size for page in walk)


def _twice(walk: tuple[Listed, ...]) -> tuple[Listed, int] | None:
    """Return page and index of the first item that was shown before; one over the size of its page is no item."""
    seen: set[str] = set()
    for page in walk:
        for index, key in enumerate(page.keys[: page.size]):
            if key is not None and key in seen:
                return page, index
            seen.add(key or "")
    return None


def _has(item: Json, member: str, wanted: Json) -> bool:
    """Tell whether *item* has the value, alone or among several, at *member*; what has none is not judged."""
    found = [value for _, value in values_at(item, member)]
    values = [one for value in found for one in (value if isinstance(value, list) else [value])]
    return not found or any(as_text(value) == as_text(wanted) for value in values)


def _hidden(law: ListLaw, pages: list[Listed], shown: Listed, member: str, wanted: Json) -> bool:
    """Tell whether an item had the value both before and after, and is not among those that were let through."""
    around = [
        {key for key, item in zip(page.keys, page.items, strict=True) if key and _has(item, member, wanted)}
        for page in pages
        if page.complete
    ]
    return len(around) > 1 and bool(set.intersection(*around) - set(shown.keys))


def _filtered(
    observed: LawObservation, page: Listed, index: int | None, deviation: str, message: str
) -> Finding:
    law = _law(observed)
    name = page.heard.name
    return observed.finding(
        page.heard,
        message,
        pointer=join(f"{law.place}/filters", name),
        evidence_pointer=law.items if index is None else page.place(law, index),
        expected=f"what the filter {name} says",
        seen=f"{len(page.items)} items",
        deviation=deviation,
    )


def _misplaced(before: Json, after: Json, order: Order) -> bool:
    pair = [next((value for _, value in values_at(item, order.member)), None) for item in (before, after)]
    first, second = reversed(pair) if order.descending else pair
    return _is_greater(first, second)


def _is_greater(first: Json, second: Json) -> bool:
    """Tell whether *first* is greater in every order that services use."""
    one, other = instant(first), instant(second)
    if one and other:
        return one > other
    if isinstance(first, str) and isinstance(second, str):
        # Where letters have accents, and between words and signs, every collation has its own order.
        plain = all(text.isascii() and text.isalnum() for text in (first, second))
        return plain and first.casefold() > second.casefold()
    return _is_number(first) and _is_number(second) and first > second  # type: ignore[operator]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _with(*roles: Role) -> Callable[[LawObservation], bool]:
    return lambda observed: (
        isinstance(observed.law, ListLaw) and any(item.good for item in observed.of(*roles))
    )


def _paged(observed: LawObservation) -> bool:
    return isinstance(observed.law, ListLaw) and any(item.good for item in observed.of(Role.PAGE))


def _walked(observed: LawObservation) -> bool:
    return _paged(observed) and any(len(walk) > 1 for walk in walks(_law(observed), observed))


def _told(observed: LawObservation) -> bool:
    return _paged(observed) and _law(observed).total is not None


def _ordered(observed: LawObservation) -> bool:
    law = observed.law
    return isinstance(law, ListLaw) and (
        law.order is not None or any(item.good for item in observed.of(Role.SORTED))
    )


RULES = (
    Rule(function=page_size_ignored, subject=Subject.LAW, when=_paged),
    Rule(function=unstable_total, subject=Subject.LAW, when=_told),
    Rule(function=overlapping_pages, subject=Subject.LAW, when=_walked),
    Rule(function=incomplete_pages, subject=Subject.LAW, when=_told),
    Rule(function=ineffective_filter, subject=Subject.LAW, when=_with(Role.FILTERED, Role.UNMATCHED)),
    Rule(function=ineffective_sort, subject=Subject.LAW, when=_ordered),
)
