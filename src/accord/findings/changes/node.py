"""Schemas as a comparison sees them: addresses that hold together, unfolded into alternatives.

A ``Node`` is the schemas that all hold at one place; ``$ref`` and ``allOf`` only add to it, so that a
definition that was renamed, inlined or split is still the same node. A node has alternatives, each of
one JSON type: the branches of ``anyOf`` and ``oneOf`` and the members of a list of types.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias, cast

import orjson

from accord.contract import pointer as pointers
from accord.contract.closure import BRANCHING
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.traversal import reference
from accord.errors import ContractError
from accord.findings.changes.language import NO_TEXT, Texts, UndecidedError, separating
from accord.findings.changes.value import is_among, is_whole, type_of

# The addresses of schemas that hold together, without repetition; the empty one takes any value.
Node: TypeAlias = tuple[str, ...]

TYPES: Final = ("null", "boolean", "number", "string", "array", "object")
"""The types that alternatives have; an integer is a number with the keyword ``integer``."""
MAXIMUM_ALTERNATIVES: Final = 400
MAXIMUM_UNFOLDED: Final = 10_000
"""How many schemas may be met on all ways through the references and unions of one node."""

# What a conjunct says beside these is about values of one type, or about all of them.
_UNFOLDED: Final = frozenset({*BRANCHING, "type"})
_ANY: Final = frozenset(TYPES)
# What says nothing of values, or where others are.
_SILENT: Final = frozenset(
    {
        "title",
        "description",
        "example",
        "examples",
        "default",
        "deprecated",
        "externalDocs",
        "readOnly",
        "writeOnly",
    }
    | {"$comment", "$schema", "$id", "$anchor", "$defs", "definitions"}
)
_REFERRING: Final = frozenset({"$ref", "description", "summary", "title"})


class TooManyAlternativesError(Exception):
    """A node has more than ``MAXIMUM_ALTERNATIVES`` alternatives, or too many schemas lead to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conjunct:
    """One schema object that holds: its address and its members."""

    uri: str
    schema: Mapping[str, Any]

    def below(self, *steps: str | int) -> str:
        """Return the address of a schema inside it."""
        return pointers.join(self.uri, *steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One alternative of a node: values of one type that every conjunct allows.

    ``branch`` is the address of the union's branch that it comes from, empty without one;
    ``members`` are the only values, where an enumeration says so; ``exclusive`` are the addresses
    of schemas on the way that have a ``oneOf``.
    """

    type: str
    conjuncts: tuple[Conjunct, ...]
    integer: bool = False
    members: tuple[Json, ...] | None = None
    branch: str = ""
    exclusive: tuple[str, ...] = ()

    def all(self, keyword: str) -> Iterator[tuple[Conjunct, Any]]:
        """Yield each conjunct that has *keyword*, and its value."""
        for conjunct in self.conjuncts:
            if keyword in conjunct.schema:
                yield conjunct, conjunct.schema[keyword]

    def at(self, keyword: str) -> str:
        """Return the address of *keyword* where a conjunct has it, else its own."""
        return next((conjunct.below(keyword) for conjunct, _ in self.all(keyword)), self.uri)

    @property
    def uri(self) -> str:
        """Return the address that stands for it: its branch, else its last conjunct, which says the most."""
        return self.branch or (self.conjuncts[-1].uri if self.conjuncts else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """A combination of branches while a node is unfolded."""

    conjuncts: tuple[Conjunct, ...] = ()
    branch: str = ""
    exclusive: tuple[str, ...] = ()


# What nothing is said of; it is never altered.
_WHATEVER: Final = [_Option()]


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of one contract, unfolded on demand and once.

    ``smallest`` are values built of them so far, ``unbuilt`` the least depth at which one could not be built.
    """

    library: Library
    smallest: dict[Node, Json] = field(default_factory=dict)
    unbuilt: dict[Node, int] = field(default_factory=dict)
    _kept: dict[Node, tuple[Shape, ...] | None] = field(default_factory=dict)
    _direct: dict[str, str] = field(default_factory=dict)
    _met: list[int] = field(default_factory=lambda: [0])

    def direct(self, node: Node) -> Node:
        """Return *node* with the definitions in the place of what only refers to them, so that they are met once."""
        if len(node) == 1:
            at = self._followed(node[0])
            return node if at == node[0] else (at,)
        return tuple(dict.fromkeys(map(self._followed, node)))

    def _followed(self, uri: str) -> str:
        if uri not in self._direct:
            at, met = uri, {uri}
            while True:
                value = self.library.lookup(at)
                target = reference(value) if isinstance(value, dict) and value.keys() <= _REFERRING else None
                following = at if target is None else self.library.resolve(at, target)
                if following in met:
                    break
                met.add(following)
                at = following
            self._direct[uri] = at
        return self._direct[uri]

    def shapes(self, node: Node) -> tuple[Shape, ...]:
        """Return the alternatives of *node*; none when no value is possible.

        Raises ``TooManyAlternativesError``.
        """
        if node not in self._kept:
            self._met[0] = 0
            self._kept[node] = None
            options = self._options(node, frozenset())
            shapes = [self._filtered(shape) for option in options for shape in _typed(option)]
            self._kept[node] = tuple(_merged([shape for shape in shapes if shape.members != ()]))
        shapes_ = self._kept[node]
        if shapes_ is None:
            raise TooManyAlternativesError
        return shapes_

    def _filtered(self, shape: Shape) -> Shape:
        """Return *shape* with those of its listed values that all it says takes."""
        if shape.members is None:
            return replace(shape, members=()) if shape.type == "string" and _is_empty(shape) else shape
        if _is_plain(shape):
            # Its type and its lists of values have been looked at; a validator costs much more.
            kept = tuple(item for item in shape.members if not shape.integer or is_whole(item))
            return replace(shape, members=kept)
        return replace(shape, members=tuple(item for item in shape.members if self.takes(shape, item)))

    def takes(self, shape: Shape, value: Json) -> bool:
        """Tell whether every conjunct of *shape* takes *value*; what cannot be judged is taken."""
        try:
            return all(self.library.takes(item.uri, value) for item in shape.conjuncts)
        except (ContractError, ValueError, TypeError):
            return True

    def _options(self, node: Node, above: frozenset[str]) -> list[_Option]:
        options = _WHATEVER
        for uri in node:
            options = _product(options, self._unfolded(uri, above))
        return options

    def _unfolded(self, uri: str, above: frozenset[str]) -> list[_Option]:
        """Return the combinations of the schema at *uri*: of what it refers to, and of its branches."""
        self._met[0] += 1
        if self._met[0] > MAXIMUM_UNFOLDED:
            raise TooManyAlternativesError
        value = self.library.lookup(uri)
        if value is False or uri in above:
            # What contains only itself allows what the rest allows.
            return [] if value is False else _WHATEVER
        if not isinstance(value, dict):
            return _WHATEVER
        above |= {uri}
        options = _WHATEVER
        target = reference(value)
        if target is not None:
            options = self._unfolded(self.library.resolve(uri, target), above)
        for index, _ in enumerate(cast("list[Json]", value.get("allOf") or ())):
            options = _product(options, self._unfolded(f"{uri}/allOf/{index}", above))
        for keyword in ("anyOf", "oneOf"):
            if isinstance(value.get(keyword), list):
                options = _product(
                    options, self._branches(uri, keyword, cast("list[Json]", value[keyword]), above)
                )
        if value.keys() - BRANCHING:
            own = _Option(conjuncts=(Conjunct(uri=uri, schema=value),))
            options = _product(options, [own])
        return options

    def _branches(
        self, uri: str, keyword: str, branches: Sequence[Any], above: frozenset[str]
    ) -> list[_Option]:
        found: list[_Option] = []
        for index, branch in enumerate(branches):
            at = f"{uri}/{keyword}/{index}"
            name = self._name(at, branch)
            found.extend(
                replace(
                    option,
                    branch=option.branch or name,
                    exclusive=_joined(option.exclusive, (uri,) if keyword == "oneOf" else ()),
                )
                for option in self._unfolded(at, above)
            )
        return found

    def _name(self, uri: str, branch: Any) -> str:
        target = reference(branch) if isinstance(branch, dict) else None
        return uri if target is None else self.library.resolve(uri, target)


def _product(left: list[_Option], right: list[_Option]) -> list[_Option]:
    if len(left) * len(right) > MAXIMUM_ALTERNATIVES:
        raise TooManyAlternativesError
    if left is _WHATEVER or right is _WHATEVER:
        return right if left is _WHATEVER else left
    return [
        _Option(
            conjuncts=_distinct(one.conjuncts + two.conjuncts),
            branch=one.branch or two.branch,
            exclusive=_joined(one.exclusive, two.exclusive),
        )
        for one in left
        for two in right
    ]


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one + other)) if one and other else one or other


def _distinct(conjuncts: tuple[Conjunct, ...]) -> tuple[Conjunct, ...]:
    if len(conjuncts) < 2:
        return conjuncts
    return tuple({item.uri: item for item in conjuncts}.values())


def _typed(option: _Option) -> Iterator[Shape]:
    """Yield a shape for each type that every conjunct of *option* allows."""
    types, integer, members = _ANY, False, None
    for conjunct in option.conjuncts:
        declared = _types(conjunct.schema)
        if declared is not None:
            types &= {"number" if item == "integer" else item for item in declared}
            integer = integer or ("integer" in declared and "number" not in declared)
        own = _members(conjunct.schema)
        if own is not None:
            members = own if members is None else [item for item in members if is_among(item, own)]
    for kind in TYPES:
        if kind not in types:
            continue
        mine = None if members is None else tuple(item for item in members if type_of(item) == kind)
        if mine is None or mine:
            yield Shape(
                type=kind,
                conjuncts=option.conjuncts,
                integer=integer and kind == "number",
                members=mine,
                branch=option.branch,
                exclusive=option.exclusive,
            )


def is_of_scalars(branches: Sequence[Any]) -> bool:
    """Tell whether every branch says itself that it takes no object and no array."""
    for branch in branches:
        if not isinstance(branch, dict):
            return False
        kinds = _types(branch)
        if kinds is None:
            kinds = {type_of(value) for value in _members(branch) or ({},)}
        if kinds & {"object", "array"}:
            return False
    return True


def _is_empty(shape: Shape) -> bool:
    """Tell whether the patterns and lengths of a text surely leave none."""
    patterns = tuple(str(value) for _, value in shape.all("pattern"))
    least = max((int(value) for _, value in shape.all("minLength")), default=0)
    most = min((int(value) for _, value in shape.all("maxLength")), default=None)
    if len(patterns) + bool(least) + (most is not None) < 2:
        return False
    try:
        return separating(Texts(patterns=patterns, least=least, most=most), NO_TEXT) is None
    except UndecidedError:
        return False


def _types(schema: Mapping[str, Any]) -> set[str] | None:
    kind = schema.get("type")
    if isinstance(kind, str):
        return {kind}
    return set(kind) if isinstance(kind, list) else None


def _members(schema: Mapping[str, Any]) -> list[Json] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if isinstance(schema.get("enum"), list) else None


def _merged(shapes: list[Shape]) -> Iterator[Shape]:
    """Yield *shapes*, with those that only list values, or only name a type, made one for each type."""
    lists: dict[str, Shape] = {}
    plain: dict[str, Shape] = {}
    rest: list[Shape] = []
    for shape in shapes:
        if shape.members is not None:
            before = lists.get(shape.type)
            known = before.members or () if before else ()
            fresh = tuple(item for item in shape.members if not is_among(item, known))
            lists[shape.type] = replace(before or shape, members=(*known, *fresh))
        elif _is_plain(shape):
            before = plain.get(shape.type)
            if before is None or (before.integer and not shape.integer):
                plain[shape.type] = shape
        else:
            rest.append(shape)
    for kind, shape in lists.items():
        # A list of values beside the whole type adds nothing.
        if kind not in plain or (
            plain[kind].integer and not all(isinstance(item, int) for item in shape.members or ())
        ):
            yield shape
    yield from plain.values()
    yield from _unlike(rest)


def _is_plain(shape: Shape) -> bool:
    """Tell whether nothing is said about values of its type but the type."""
    silent = _SILENT | _UNFOLDED | {"enum", "const"}
    return all(key in silent or key.startswith("x-") for item in shape.conjuncts for key in item.schema)


def _unlike(shapes: list[Shape]) -> Iterator[Shape]:
    """Yield *shapes* without those that say in the same words what others say, one or, in a union held twice, two."""
    if len(shapes) < 2:
        yield from shapes
        return
    met = {(shape.type, shape.integer, _words(shape)): shape for shape in reversed(shapes)}
    for (kind, integer, words), shape in reversed(met.items()):
        fewer = [
            other
            for of, whole, other in met
            if len(words) > 1 and of == kind and whole <= integer and other < words
        ]
        if len(fewer) < 2 or frozenset().union(*fewer) != words:
            yield shape


def _words(shape: Shape) -> frozenset[tuple[str, bytes]]:
    return frozenset(
        (item.uri.partition("#")[0], _written(said))
        for item in shape.conjuncts
        if (said := {key: item.schema[key] for key in item.schema.keys() - _SILENT - _UNFOLDED})
    )


def _written(said: dict[str, Json]) -> bytes:
    try:
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number of more than 64 bits
        return json.dumps(said, sort_keys=True).encode()
