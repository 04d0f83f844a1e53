"""How many members or items a value must and may have."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect
from accord.findings.changes.node import Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, item, member
from accord.findings.changes.walk import Difference, Walk

_UNDECLARED = "undeclared"
MAXIMUM_PARTS = 2_000


def counted(walk: Walk, old: Shape, new: Shape, least: str, most: str) -> Iterator[Difference]:
    """Yield how the least and the greatest number of parts changed."""
    for keyword, pick in ((least, max), (most, min)):
        before = pick((int(value) for _, value in old.all(keyword)), default=None)
        after = pick((int(value) for _, value in new.all(keyword)), default=None)
        if (before or (0 if keyword == least else None)) == (after or (0 if keyword == least else None)):
            continue
        infinite = -1 if keyword == least else 10**9
        low, high = (infinite if before is None else before), (infinite if after is None else after)
        narrowed = high > low if keyword == least else high < low
        effect = Effect.NARROWED if narrowed else Effect.WIDENED
        shape, schemas = (old, walk.old) if narrowed else (new, walk.new)
        edge = (high if narrowed else low) + (-1 if keyword == least else 1)
        yield Difference(
            rule=f"changed-{_hyphened(keyword)}",
            effect=effect,
            keyword=keyword,
            old_uri=old.at(keyword),
            new_uri=new.at(keyword),
            old=f"{keyword}: {before}" if before is not None else "",
            new=f"{keyword}: {after}" if after is not None else "",
            values=tuple(_sized(Sampler(schemas), shape, edge)),
            old_shape=old,
            new_shape=new,
        )


def _hyphened(keyword: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in keyword)


def _sized(sampler: Sampler, shape: Shape, size: int) -> Iterator[Json]:
    """Yield a value of *shape* with *size* parts, where one can be built."""
    if not 0 <= size <= MAXIMUM_PARTS:
        return
    try:
        if shape.type == "array":
            unique = any(value for _, value in shape.all("uniqueItems"))
            first = sampler.smallest(item(shape, 0), 1) if size else None
            yield [_numbered(first, index) if unique else first for index in range(size)]
            return
        value = sampler.object(shape, 0)
        for name in (*declared(shape), *(f"{_UNDECLARED}{index}" for index in range(size))):
            if len(value) >= size:
                break
            node = member(shape, name)
            if name not in value and node is not None:
                value[name] = sampler.smallest(node, 1)
        if len(value) == size:
            yield value
    except UnbuildableError:
        return


def _numbered(value: Json, index: int) -> Json:
    match value:
        case bool() | None:
            return value
        case int() | float():
            return value + index
        case str():
            return f"{value}{index}" if index else value
        case dict():
            return {name: _numbered(inner, index) for name, inner in value.items()}
        case _:
            return value
