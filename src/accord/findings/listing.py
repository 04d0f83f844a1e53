"""One answer of a list as its law reads it, and the walks through its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.cases.expression import Context, Message, UnresolvedError, evaluate
from accord.contract.law import ListLaw, values_at
from accord.contract.pointer import Json, join
from accord.findings.heard import Heard, LawObservation, Role, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One answer of a list: its items with their identities, the total that it tells, the size asked for."""

    heard: Heard
    items: tuple[Json, ...]
    keys: tuple[str | None, ...]
    total: int | None
    size: int | None

    def place(self, law: ListLaw, index: int) -> str:
        """Return where the item at *index* stands in the answer."""
        return join(law.items, index)

    @property
    def complete(self) -> bool:
        """Tell whether no other page can have more items."""
        return self.total == len(self.items) or (self.size is not None and len(self.items) < self.size)


def listed(law: ListLaw, heard: Heard) -> Listed | None:
    """Return *heard* as a list, None when it is no success or holds none."""
    found = next((item for _, item in values_at(heard.answer, law.items)), None)
    if not heard.good or not isinstance(found, list):
        return None
    return Listed(
        heard=heard,
        items=tuple(found),
        keys=tuple(key_of(item, law.identity) for item in found),
        total=_total(law, heard),
        size=_number(heard.query.get(law.size)) if law.size else None,
    )


def _total(law: ListLaw, heard: Heard) -> int | None:
    response = heard.exchange.response
    if law.total is None or response is None:
        return None
    message = Message(
        status=response.status,
        response_headers=response.headers,
        response_body=heard.answer,
        query=heard.query,
    )
    try:
        return _number(evaluate(law.total, Context(message=message)))
    except UnresolvedError:
        return None


def _number(value: Json) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def every(law: ListLaw, observed: LawObservation, *roles: Role) -> Iterator[Listed]:
    """Yield what was heard in these roles, as far as it is a list, in order."""
    for heard in observed.of(*roles):
        found = listed(law, heard)
        if found is not None:
            yield found


def walks(law: ListLaw, observed: LawObservation) -> Iterator[tuple[Listed, ...]]:
    """Yield the pages that were turned one after the other, those of each size together."""
    walk: list[Listed] = []
    for page in every(law, observed, Role.PAGE):
        if walk and page.size != walk[-1].size:
            yield tuple(walk)
            walk = []
        walk.append(page)
    if walk:
        yield tuple(walk)
