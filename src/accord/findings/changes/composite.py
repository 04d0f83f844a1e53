"""Values with parts: which members and items an object or an array must, may and must not have."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect
from accord.findings.changes.node import Node, Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, item, member, required
from accord.findings.changes.walk import Difference, Found, Pair, Step, Walk

_UNDECLARED = "undeclared"


def objects(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of object differ, and the pairs of their members."""
    yield from _properties(walk, pair, old, new)
    yield from _required(walk, pair, old, new)
    yield from _extra(walk, pair, old, new)
    yield from _counted(walk, old, new, "minProperties", "maxProperties")
    yield from _names(pair, old, new)
    yield from _dependent(walk, old, new)


def hidden(shape: Shape, name: str, word: str, walk_schemas: object = None) -> bool:  # noqa: ARG001
    """Tell whether *shape* marks the member called *name* with *word*, ``readOnly`` or ``writeOnly``."""
    for conjunct in shape.conjuncts:
        schema = (conjunct.schema.get("properties") or {}).get(name)
        if isinstance(schema, dict) and schema.get(word) is True:
            return True
    return False


def unsent(pair: Pair) -> str:
    """Return the word for members that are not sent this way (OpenAPI 3.1 leaves it to JSON Schema, 9.4)."""
    return "readOnly" if pair.sender.value == "client" else "writeOnly"


def _properties(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before, after = declared(old), declared(new)
    word = unsent(pair)
    for name in dict.fromkeys((*before, *after)):
        mine, theirs = member(old, name), member(new, name)
        if hidden(old, name, word) and hidden(new, name, word):
            continue
        if mine is not None and theirs is not None and (name in before) == (name in after):
            yield Step(kind="member", key=name, old=old, new=new), Pair(old=mine, new=theirs, sender=pair.sender)
        elif name in before and name not in after:
            yield from _gone(walk, pair, old, new, name, Effect.NARROWED)
        elif name in after and name not in before:
            yield from _gone(walk, pair, old, new, name, Effect.WIDENED)
        else:
            yield from _forbidden(walk, old, new, name)


def _gone(walk: Walk, pair: Pair, old: Shape, new: Shape, name: str, effect: Effect) -> Iterator[Found]:
    """Yield that a member is declared on one side only.

    The other side may forbid it, say something of every undeclared member, or nothing; only then is
    it a change of what is declared and not of what is allowed.
    """
    has, lacks = (old, new) if effect is Effect.NARROWED else (new, old)
    other = member(lacks, name)
    mine = member(has, name)
    if other and mine is not None:
        old_node, new_node = (mine, other) if effect is Effect.NARROWED else (other, mine)
        yield Step(kind="member", key=name, old=old, new=new), Pair(old=old_node, new=new_node, sender=pair.sender)
        return
    place = next((item.below("properties", name) for item in has.conjuncts if name in (item.schema.get("properties") or {})), has.uri)
    values: tuple[Json, ...] = ()
    sampler = Sampler(walk.old if effect is Effect.NARROWED else walk.new)
    try:
        value = sampler.object(has, 0)
        value[name] = sampler.smallest(mine or (), 1)
        values = (value,)
    except UnbuildableError:
        pass
    yield Difference(
        rule="removed-property" if effect is Effect.NARROWED else "added-property",
        effect=effect,
        keyword="properties",
        old_uri=place if effect is Effect.NARROWED else lacks.uri,
        new_uri=place if effect is Effect.WIDENED else lacks.uri,
        old=name if effect is Effect.NARROWED else "",
        new=name if effect is Effect.WIDENED else "",
        name=name,
        values=values,
        old_shape=old,
        new_shape=new,
    )


def _forbidden(walk: Walk, old: Shape, new: Shape, name: str) -> Iterator[Difference]:
    """Yield that a member declared on both sides became impossible on one."""
    effect = Effect.NARROWED if member(new, name) is None else Effect.WIDENED
    if member(old, name) is None and member(new, name) is None:
        return
    shape, sampler = (old, Sampler(walk.old)) if effect is Effect.NARROWED else (new, Sampler(walk.new))
    values: tuple[Json, ...] = ()
    try:
        values = ({**sampler.object(shape, 0), name: sampler.smallest(member(shape, name) or (), 1)},)
    except UnbuildableError:
        pass
    yield Difference(
        rule="changed-additional-properties",
        effect=effect,
        keyword="additionalProperties",
        old_uri=old.uri,
        new_uri=new.uri,
        name=name,
        values=values,
        old_shape=old,
        new_shape=new,
    )


def _required(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Difference]:
    word = unsent(pair)
    before = {name for name in required(old) if not hidden(old, name, word)}
    after = {name for name in required(new) if not hidden(new, name, word)}
    for effect, names, sampler, shape in (
        (Effect.NARROWED, after - before, Sampler(walk.old), old),
        (Effect.WIDENED, before - after, Sampler(walk.new), new),
    ):
        for name in sorted(names):
            values: tuple[Json, ...] = ()
            try:
                values = (sampler.object(shape, 0, without=name),)
            except UnbuildableError:
                pass
            yield Difference(
                rule="changed-required",
                effect=effect,
                keyword="required",
                old_uri=_saying(old, "required"),
                new_uri=_saying(new, "required"),
                old=f"{name} optional" if effect is Effect.NARROWED else f"{name} required",
                new=f"{name} required" if effect is Effect.NARROWED else f"{name} optional",
                name=name,
                values=values,
                old_shape=old,
                new_shape=new,
            )


def _saying(shape: Shape, keyword: str) -> str:
    return next((conjunct.below(keyword) for conjunct, _ in shape.all(keyword)), shape.uri)


def extra(shape: Shape) -> Node | None:
    """Return what *shape* says of members that nobody declared: None when it forbids them, empty for nothing."""
    found: list[str] = []
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        for conjunct, value in shape.all(keyword):
            if value is False:
                return None
            if isinstance(value, dict) and value:
                found.append(conjunct.below(keyword))
    return tuple(found)


def _extra(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before, after = extra(old), extra(new)
    if before and after:
        yield Step(kind="extra", key=_free(old, new), old=old, new=new), Pair(old=before, new=after, sender=pair.sender)
    elif before != after and not (not before and not after and (before is None) == (after is None)):
        for effect, here, there, sampler, shape in (
            (Effect.NARROWED, before, after, Sampler(walk.old), old),
            (Effect.WIDENED, after, before, Sampler(walk.new), new),
        ):
            if here is None or there == ():
                continue
            yield Difference(
                rule="changed-additional-properties",
                effect=effect,
                keyword="additionalProperties",
                old_uri=_saying(old, "additionalProperties"),
                new_uri=_saying(new, "additionalProperties"),
                old=_openness(before),
                new=_openness(after),
                name=_UNDECLARED,
                values=tuple(_with_extra(sampler, shape, here, _free(old, new))),
                old_shape=old,
                new_shape=new,
            )
    yield from _patterned(pair, old, new)


def _with_extra(sampler: Sampler, shape: Shape, node: Node, name: str) -> Iterator[Json]:
    for value in (None, {"an": ["odd", "value"]}, "text", 0):
        try:
            yield {**sampler.object(shape, 0), name: sampler.smallest(node, 1) if node else value}
        except UnbuildableError:
            return


def _openness(node: Node | None) -> str:
    return "no undeclared members" if node is None else "undeclared members of one schema" if node else "any undeclared member"


def _free(*shapes: Shape) -> str:
    taken = {name for shape in shapes for name in declared(shape)}
    name = _UNDECLARED
    while name in taken:
        name += "_"
    return name


def _patterned(pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before = {text: item.below("patternProperties", text) for item, said in old.all("patternProperties") for text in said}
    after = {text: item.below("patternProperties", text) for item, said in new.all("patternProperties") for text in said}
    for text in dict.fromkeys((*before, *after)):
        if text in before and text in after:
            yield Step(kind="pattern", key=text, old=old, new=new), Pair(old=(before[text],), new=(after[text],), sender=pair.sender)
        else:
            yield Difference(
                rule="changed-pattern-properties",
                effect=Effect.OTHER,
                keyword="patternProperties",
                old_uri=before.get(text, old.uri),
                new_uri=after.get(text, new.uri),
                old=text if text in before else "",
                new=text if text in after else "",
                name=text,
                old_shape=old,
                new_shape=new,
            )


def _counted(walk: Walk, old: Shape, new: Shape, least: str, most: str) -> Iterator[Difference]:
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
            old_uri=_saying(old, keyword),
            new_uri=_saying(new, keyword),
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
    if not 0 <= size <= 1000:  # noqa: PLR2004 - nobody reads a longer witness
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


def _names(pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before = tuple(item.below("propertyNames") for item, _ in old.all("propertyNames"))
    after = tuple(item.below("propertyNames") for item, _ in new.all("propertyNames"))
    if before or after:
        yield Step(kind="name", key="", old=old, new=new), Pair(old=before, new=after, sender=pair.sender)


def _dependent(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    before = {(name, other) for _, said in old.all("dependentRequired") for name, names in said.items() for other in names}
    after = {(name, other) for _, said in new.all("dependentRequired") for name, names in said.items() for other in names}
    for effect, names, shape, sampler in (
        (Effect.NARROWED, after - before, old, Sampler(walk.old)),
        (Effect.WIDENED, before - after, new, Sampler(walk.new)),
    ):
        for name, other in sorted(names):
            values: tuple[Json, ...] = ()
            try:
                values = ({**sampler.object(shape, 0, without=other), name: sampler.smallest(member(shape, name) or (), 1)},)
            except UnbuildableError:
                pass
            yield Difference(
                rule="changed-dependent-required",
                effect=effect,
                keyword="dependentRequired",
                old_uri=_saying(old, "dependentRequired"),
                new_uri=_saying(new, "dependentRequired"),
                old="" if effect is Effect.NARROWED else f"{other} required with {name}",
                new="" if effect is Effect.WIDENED else f"{other} required with {name}",
                name=other,
                values=values,
                old_shape=old,
                new_shape=new,
            )


def arrays(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of array differ, and the pairs of their items."""
    yield from _counted(walk, old, new, "minItems", "maxItems")
    yield from _unique(walk, old, new)
    longest = max((len(said) for shape in (old, new) for _, said in shape.all("prefixItems")), default=0)
    for index in range(longest + 1):
        before, after = _items(old, index), _items(new, index)
        if before is None and after is None:
            continue
        if before is None or after is None:
            yield _closed(walk, old, new, index, Effect.NARROWED if after is None else Effect.WIDENED)
        else:
            kind = "item" if index < longest or not longest else "rest"
            yield Step(kind=kind, key=index, old=old, new=new), Pair(old=before, new=after, sender=pair.sender)


def _items(shape: Shape, index: int) -> Node | None:
    """Return what *shape* says of the item at *index* by prefix and rest, None when it forbids one."""
    found: list[str] = []
    for conjunct in shape.conjuncts:
        prefix = conjunct.schema.get("prefixItems") or ()
        if index < len(prefix):
            found.append(conjunct.below("prefixItems", index))
        elif conjunct.schema.get("items") is False or conjunct.schema.get("unevaluatedItems") is False:
            return None
        elif "items" in conjunct.schema:
            found.append(conjunct.below("items"))
    return tuple(found)


def _closed(walk: Walk, old: Shape, new: Shape, index: int, effect: Effect) -> Difference:
    shape, schemas = (old, walk.old) if effect is Effect.NARROWED else (new, walk.new)
    values: tuple[Json, ...] = ()
    try:
        sampler = Sampler(schemas)
        values = ([sampler.smallest(_items(shape, position) or (), 1) for position in range(index + 1)],)
    except UnbuildableError:
        pass
    return Difference(
        rule="changed-items",
        effect=effect,
        keyword="items",
        old_uri=_saying(old, "items"),
        new_uri=_saying(new, "items"),
        old="" if _items(old, index) is not None else f"no item at {index}",
        new="" if _items(new, index) is not None else f"no item at {index}",
        values=values,
        old_shape=old,
        new_shape=new,
    )


def _unique(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    before = any(value for _, value in old.all("uniqueItems"))
    after = any(value for _, value in new.all("uniqueItems"))
    if before == after:
        return
    effect = Effect.NARROWED if after else Effect.WIDENED
    shape, schemas = (old, walk.old) if after else (new, walk.new)
    values: tuple[Json, ...] = ()
    try:
        sampler = Sampler(schemas)
        value = sampler.smallest(item(shape, 0), 1)
        least = max((int(number) for _, number in shape.all("minItems")), default=0)
        values = ([value] * max(2, min(least, 100)),)
    except UnbuildableError:
        pass
    yield Difference(
        rule="changed-unique-items",
        effect=effect,
        keyword="uniqueItems",
        old_uri=_saying(old, "uniqueItems"),
        new_uri=_saying(new, "uniqueItems"),
        old=f"uniqueItems: {str(before).lower()}",
        new=f"uniqueItems: {str(after).lower()}",
        values=values,
        old_shape=old,
        new_shape=new,
    )
