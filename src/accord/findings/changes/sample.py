"""Small values of a schema, built from what it says rather than drawn: where witnesses begin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from accord.contract.pattern import is_found
from accord.contract.pointer import Json
from accord.contract.sample import OF_FORMAT, of_format
from accord.findings.changes.language import Texts, texts_of
from accord.findings.changes.node import Node, Schemas, Shape, TooManyAlternativesError
from accord.findings.changes.value import is_whole, type_of

MAXIMUM_DEPTH = 12
MAXIMUM_LENGTH = 10_000
MAXIMUM_MEMBERS = 1_000

BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""The least and the greatest value of the formats that OpenAPI has for integers (OpenAPI 3.1, 4.4)."""


class UnbuildableError(Exception):
    """No value could be built, which does not say that there is none."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """Builds values of the schemas of one contract."""

    schemas: Schemas

    def smallest(self, node: Node, depth: int = 0) -> Json:
        """Return a small value of *node*, built once and not to be altered; raises ``UnbuildableError``."""
        if depth >= self.schemas.unbuilt.get(node, MAXIMUM_DEPTH + 1):
            raise UnbuildableError
        if node not in self.schemas.smallest:
            try:
                self.schemas.smallest[node] = self._smallest(node, depth)
            except UnbuildableError:
                # Further down there is less room still: each depth is tried once, not each way to it.
                self.schemas.unbuilt[node] = depth
                raise
        return self.schemas.smallest[node]

    def _smallest(self, node: Node, depth: int) -> Json:
        try:
            shapes = self.schemas.shapes(node)
        except TooManyAlternativesError as error:
            raise UnbuildableError from error
        # A null tells a reader less than a value, so it comes last.
        for shape in sorted(shapes, key=lambda item: item.type == "null"):
            try:
                return self.of(shape, depth)
            except UnbuildableError:
                continue
        raise UnbuildableError

    def of(self, shape: Shape, depth: int = 0) -> Json:
        """Return a small value of *shape*; raises ``UnbuildableError``."""
        if shape.members is not None:
            return shape.members[0]
        match shape.type:
            case "array":
                return self.array(shape, depth)
            case "object":
                return self.object(shape, depth)
            case "number":
                return _first(numbers(shape))
            case "string":
                return _first(texts(shape))
        return True if shape.type == "boolean" else None

    def object(self, shape: Shape, depth: int, without: str | None = None) -> dict[str, Json]:
        """Return an object with the members that are required, but for *without*."""
        value: dict[str, Json] = {}
        for name in required(shape):
            if name != without:
                value[name] = self.smallest(member(shape, name) or (), depth + 1)
        least = max((int(item) for _, item in shape.all("minProperties")), default=0)
        if least > MAXIMUM_MEMBERS:
            raise UnbuildableError
        for name in (*declared(shape), *(f"undeclared{number}" for number in range(least))):
            if len(value) + (without is not None) >= least:
                break
            node = member(shape, name)
            if name not in value and name != without and node is not None:
                value[name] = self.smallest(node, depth + 1)
        return value

    def array(self, shape: Shape, depth: int) -> list[Json]:
        """Return an array with as few items as may be."""
        least = max((int(item) for _, item in shape.all("minItems")), default=0)
        if any(shape.all("contains")):
            least = max(least, 1)
        if least > MAXIMUM_LENGTH:
            raise UnbuildableError
        items = [self.smallest(item(shape, index), depth + 1) for index in range(min(least, 1))]
        unique = any(value for _, value in shape.all("uniqueItems"))
        while len(items) < least:
            items.append(_another(items[-1], len(items)) if unique else items[-1])
        return items


def required(shape: Shape) -> tuple[str, ...]:
    """Return the names that an object of *shape* must have."""
    return tuple(dict.fromkeys(name for _, names in shape.all("required") for name in names))


def declared(shape: Shape) -> tuple[str, ...]:
    """Return the names that *shape* declares as properties, in document order."""
    return tuple(dict.fromkeys(name for _, named in shape.all("properties") for name in named))


def member(shape: Shape, name: str) -> Node | None:
    """Return what *shape* says of the member called *name*, None when it forbids it."""
    found: list[str] = []
    for conjunct in shape.conjuncts:
        schema, before = conjunct.schema, len(found)
        if name in (schema.get("properties") or ()):
            found.append(conjunct.below("properties", name))
        meant = (text for text in schema.get("patternProperties") or () if is_found(text, name))
        found.extend(conjunct.below("patternProperties", text) for text in meant)
        if len(found) == before and "additionalProperties" in schema:
            if schema["additionalProperties"] is False:
                return None
            found.append(conjunct.below("additionalProperties"))
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def item(shape: Shape, index: int) -> Node:
    """Return what *shape* says of the item at *index*."""
    found: list[str] = []
    for conjunct in shape.conjuncts:
        prefix = conjunct.schema.get("prefixItems") or ()
        if index < len(prefix):
            found.append(conjunct.below("prefixItems", index))
        elif "items" in conjunct.schema:
            found.append(conjunct.below("items"))
    for conjunct, _ in shape.all("contains"):
        found.append(conjunct.below("contains"))
    return tuple(dict.fromkeys(found))


def numbers(shape: Shape) -> Iterator[int | float]:
    """Yield numbers that may be of *shape*, the simplest first; none where one is greater than any float."""
    with suppress(OverflowError):
        yield from _numbers(shape)


def _numbers(shape: Shape) -> Iterator[int | float]:
    low, high = bounds(shape)
    steps = [item for _, item in shape.all("multipleOf") if item > 0]
    step = (
        math.lcm(*steps) if steps and all(isinstance(item, int) for item in steps) else max(steps, default=0)
    )
    if step:
        start = (
            math.ceil(low / step) if low > -math.inf else (math.floor(high / step) if high < math.inf else 1)
        )
        candidates: list[int | float] = [step * (start + offset) for offset in (0, 1, -1, 2)]
        candidates = [step, *candidates] if low <= step <= high else candidates
    else:
        edges = [edge for edge in (low, high) if math.isfinite(edge)]
        candidates = [1, 0, *(edge + offset for edge in edges for offset in (0, 1, -1, 0.5, -0.5))]
        if len(edges) == 2:
            candidates.append((low + high) / 2)
    exclusive_low = {item for _, item in shape.all("exclusiveMinimum")}
    exclusive_high = {item for _, item in shape.all("exclusiveMaximum")}
    for candidate in candidates:
        number = int(candidate) if is_whole(candidate) else candidate
        if shape.integer and not isinstance(number, int):
            continue
        if low <= number <= high and number not in exclusive_low and number not in exclusive_high:
            yield number


def bounds(shape: Shape) -> tuple[float, float]:
    """Return the least and the greatest number that *shape* names, infinite without one."""
    lows = [value for key in ("minimum", "exclusiveMinimum") for _, value in shape.all(key)]
    highs = [value for key in ("maximum", "exclusiveMaximum") for _, value in shape.all(key)]
    for _, name in shape.all("format"):
        if name in BOUNDS:
            lows.append(BOUNDS[name][0])
            highs.append(BOUNDS[name][1])
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def texts(shape: Shape) -> Iterator[str]:
    """Yield texts that may be of *shape*, the simplest first."""
    least = max((int(value) for _, value in shape.all("minLength")), default=0)
    most = min((int(value) for _, value in shape.all("maxLength")), default=MAXIMUM_LENGTH)
    if least > MAXIMUM_LENGTH:
        return
    patterns = tuple(str(value) for _, value in shape.all("pattern"))
    formats = [str(value) for _, value in shape.all("format")]
    candidates = [text for name in formats for text in OF_FORMAT.get(name, ())]
    stretched = (of_format(name, least) for name in formats)
    candidates.extend(text for text in stretched if text is not None)
    if patterns:
        candidates.extend(texts_of(Texts(patterns=patterns, least=least, most=most)))
    if not patterns and not any(name in OF_FORMAT for name in formats):
        candidates.extend(text[:most].ljust(least, "a") for text in ("a", "text"))
    for text in candidates:
        if least <= len(text) <= most:
            yield text


def _first(values: Iterator[Json]) -> Json:
    for value in values:
        return value
    raise UnbuildableError


def _another(value: Json, number: int) -> Json:
    """Return another value of the type of *value*, for arrays whose items differ."""
    match type_of(value):
        case "number":
            return value + 1  # type: ignore[operator]
        case "string":
            return f"{value}{number}"
        case _:
            raise UnbuildableError
