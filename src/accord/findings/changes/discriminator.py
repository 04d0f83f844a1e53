"""Discriminators (OpenAPI 3.1, 4.8.25): which member tells the variant, and which schema each tag leads to.

No validator reads them. A schema that only has another name now is the same schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from accord.contract.library import Library, split, uri
from accord.contract.pointer import Json
from accord.errors import ContractError
from accord.findings.changes.change import Effect
from accord.findings.changes.node import Conjunct, Shape
from accord.findings.changes.value import same
from accord.findings.changes.walk import Difference, Walk

_KEYWORD = "discriminator"
_DEFAULT = ""

Target: TypeAlias = tuple[str, str]
"""The document of a schema, empty for the one that refers to it, and where it stands there."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How one discriminator is read: its *member*, and the target of each tag."""

    member: str
    tags: Mapping[str, Target]


def discriminators(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    """Yield that two alternatives are told apart from others by another member, or by other tags."""
    before, after = list(old.all(_KEYWORD)), list(new.all(_KEYWORD))
    if _texts(before) == _texts(after):
        return
    if len(before) == len(after) and _are_alike(walk, before, after):
        return
    yield Difference(
        rule="changed-discriminator",
        effect=Effect.OTHER,
        keyword=_KEYWORD,
        old_uri=old.at(_KEYWORD),
        new_uri=new.at(_KEYWORD),
        old=" and ".join(_texts(before)),
        new=" and ".join(_texts(after)),
        old_shape=old,
        new_shape=new,
        reason="validators do not read discriminators",
        valueless=True,
    )


def _texts(said: list[tuple[Conjunct, Any]]) -> list[str]:
    return sorted({json.dumps(value, sort_keys=True) for _, value in said})


def _are_alike(walk: Walk, before: list[tuple[Conjunct, Any]], after: list[tuple[Conjunct, Any]]) -> bool:
    """Tell whether each discriminator of one side is read as one of the other."""
    rest = [(conjunct, _read(walk.new.library, conjunct, said)) for conjunct, said in after]
    for conjunct, said in before:
        mine = _read(walk.old.library, conjunct, said)
        alike = (item for item in rest if _is_alike(mine, item[1], _Renaming(walk, conjunct, item[0])))
        found = next(alike, None)
        if found is None:
            return False
        rest.remove(found)
    return True


def _read(library: Library, conjunct: Conjunct, said: Any) -> _Reading:
    # In AsyncAPI it is the name of the member alone.
    told = said if isinstance(said, dict) else {"propertyName": said}
    mapping = told.get("mapping")
    named = dict(mapping) if isinstance(mapping, dict) else {}
    if "defaultMapping" in told:
        named[_DEFAULT] = told["defaultMapping"]
    tags = {tag: _target(library, conjunct.uri, str(name)) for tag, name in named.items()}
    return _Reading(str(told.get("propertyName")), tags)


def _target(library: Library, base: str, name: str) -> Target:
    """Return what *name*, that of a schema or a reference, leads to."""
    document = split(base)[0]
    own = uri(document, f"/components/schemas/{name}")
    target = split(own if _held(library, own) is not None else library.resolve(base, name))
    return ("" if target[0] == document else target[0]), target[1]


def _held(library: Library, address: str) -> Json:
    """Return what stands at *address*, None where nothing does."""
    try:
        return library.lookup(address)
    except ContractError:
        return None


@dataclass(frozen=True, slots=True)
class _Renaming:
    """Tells whether a target is another one by its name alone.

    None is left of the old one, none was there of the new one, and both say the same but for what they refer to.
    """

    walk: Walk
    old: Conjunct
    new: Conjunct

    def __call__(self, mine: Target, theirs: Target) -> bool:
        before, after = self.walk.old.library, self.walk.new.library
        left = _held(after, _address(self.new, mine))
        there = _held(before, _address(self.old, theirs))
        old, new = _held(before, _address(self.old, mine)), _held(after, _address(self.new, theirs))
        return left is there is None and old is not None and _says_the_same(old, new)


def _says_the_same(old: Json, new: Json) -> bool:
    """Tell whether two schemas are written alike, whatever they refer to and in whatever order."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(
            key in ("$ref", "mapping") or _says_the_same(old[key], new[key]) for key in old
        )
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_says_the_same, old, new))
    return same(old, new)


def _address(conjunct: Conjunct, target: Target) -> str:
    return uri(target[0] or split(conjunct.uri)[0], target[1])


def _is_alike(mine: _Reading, theirs: _Reading, renamed: _Renaming) -> bool:
    if mine.member != theirs.member or mine.tags.keys() != theirs.tags.keys():
        return False
    pairs = {(target, theirs.tags[tag]) for tag, target in mine.tags.items()}
    one_to_one = len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
    return one_to_one and all(old == new or renamed(old, new) for old, new in pairs)
