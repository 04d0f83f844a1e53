"""Objects: which members one must, may and must not have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from accord.contract.pointer import Json
from accord.findings.changes.annotation import direction
from accord.findings.changes.change import Effect
from accord.findings.changes.count import counted
from accord.findings.changes.extra import extras
from accord.findings.changes.node import Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, member, required
from accord.findings.changes.walk import Difference, Found, Pair, Step, Walk


def objects(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of object differ, and the pairs of their members."""
    yield from _properties(walk, pair, old, new)
    yield from _required(walk, pair, old, new)
    yield from extras(walk, pair, old, new)
    yield from counted(walk, old, new, "minProperties", "maxProperties")
    yield from _names(pair, old, new)
    yield from _dependent(walk, old, new)


def hidden(shape: Shape, name: str, word: str) -> bool:
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
        if name in before and name in after:
            yield from direction(pair, old, new, name)
        if mine is not None and theirs is not None and (name in before) == (name in after):
            yield (
                Step(kind="member", key=name, old=old, new=new),
                Pair(old=mine, new=theirs, sender=pair.sender),
            )
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
        yield (
            Step(kind="member", key=name, old=old, new=new),
            Pair(old=old_node, new=new_node, sender=pair.sender),
        )
        return
    place = next(
        (
            item.below("properties", name)
            for item in has.conjuncts
            if name in (item.schema.get("properties") or {})
        ),
        has.uri,
    )
    values: tuple[Json, ...] = ()
    sampler = Sampler(walk.old if effect is Effect.NARROWED else walk.new)
    with suppress(UnbuildableError):
        value = sampler.object(has, 0)
        value[name] = sampler.smallest(mine or (), 1)
        values = (value,)
    yield Difference(
        rule="removed-property" if effect is Effect.NARROWED else "added-property",
        effect=effect,
        keyword="properties",
        old_uri=place if effect is Effect.NARROWED else lacks.uri,
        new_uri=place if effect is Effect.WIDENED else lacks.uri,
        old=name if effect is Effect.NARROWED else "",
        new=name if effect is Effect.WIDENED else "",
        name=name,
        opens=True,
        # What is not declared is taken all the same unless something forbids it.
        valueless=other is not None,
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
    with suppress(UnbuildableError):
        values = ({**sampler.object(shape, 0), name: sampler.smallest(member(shape, name) or (), 1)},)
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
            with suppress(UnbuildableError):
                values = (sampler.object(shape, 0, without=name),)
            yield Difference(
                rule="changed-required",
                effect=effect,
                keyword="required",
                old_uri=old.at("required"),
                new_uri=new.at("required"),
                old=f"{name} optional" if effect is Effect.NARROWED else f"{name} required",
                new=f"{name} required" if effect is Effect.NARROWED else f"{name} optional",
                name=name,
                values=values,
                old_shape=old,
                new_shape=new,
            )


def _names(pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before = tuple(item.below("propertyNames") for item, _ in old.all("propertyNames"))
    after = tuple(item.below("propertyNames") for item, _ in new.all("propertyNames"))
    if before or after:
        yield Step(kind="name", key="", old=old, new=new), Pair(old=before, new=after, sender=pair.sender)


def _dependent(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    before = {
        (name, other)
        for _, said in old.all("dependentRequired")
        for name, names in said.items()
        for other in names
    }
    after = {
        (name, other)
        for _, said in new.all("dependentRequired")
        for name, names in said.items()
        for other in names
    }
    for effect, names, shape, sampler in (
        (Effect.NARROWED, after - before, old, Sampler(walk.old)),
        (Effect.WIDENED, before - after, new, Sampler(walk.new)),
    ):
        for name, other in sorted(names):
            values: tuple[Json, ...] = ()
            with suppress(UnbuildableError):
                values = (
                    {
                        **sampler.object(shape, 0, without=other),
                        name: sampler.smallest(member(shape, name) or (), 1),
                    },
                )
            yield Difference(
                rule="changed-dependent-required",
                effect=effect,
                keyword="dependentRequired",
                old_uri=old.at("dependentRequired"),
                new_uri=new.at("dependentRequired"),
                old="" if effect is Effect.NARROWED else f"{other} required with {name}",
                new="" if effect is Effect.WIDENED else f"{other} required with {name}",
                name=other,
                values=values,
                old_shape=old,
                new_shape=new,
            )
