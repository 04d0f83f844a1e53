"""What a contract would have to say for some traffic to be in accord with it: change by change, no wider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from accord.contract.contract import Contract
from accord.contract.edit import add_item, add_member, put, remove_item, remove_member, value_at
from accord.contract.library import Library, split
from accord.contract.media_type import JSON
from accord.contract.pointer import Json, join
from accord.findings.observed.asked import LOCATIONS
from accord.findings.observed.observation import Observation, Root
from accord.findings.observed.place import Atlas
from accord.findings.observed.shape import shape_of
from accord.findings.observed.sight import ASKED, Sight, sights
from accord.findings.observed.watcher import promised_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One change of the contract, of what stands at ``uri``, in ``words``.

    ``edit`` takes the text of the document and gives the changed one; it raises ``EditError`` where
    that cannot be. It is None where only a person can say what is to be done.
    """

    uri: str
    words: str
    edit: Callable[[str], str] | None

    @property
    def document(self) -> str:
        """Return the name of the document to be changed."""
        return split(self.uri)[0]


def proposals(contract: Contract, observation: Observation, *, clients: bool) -> tuple[Proposal, ...]:
    """Return the changes that make *observation* legal, each place of the contract changed once for all.

    What clients say counts where *clients* is set.
    """
    atlas = Atlas(contract.library)
    found: dict[tuple[str, str], Proposal] = {}
    for sight in sights(contract, atlas, observation):
        if sight.root.part in ASKED and not clients:
            continue
        for proposal in _of_sight(contract, sight):
            found.setdefault((proposal.uri, proposal.words), proposal)
    for proposal in _of_operations(contract, observation):
        found.setdefault((proposal.uri, proposal.words), proposal)
    return tuple(found.values())


def _of_sight(contract: Contract, sight: Sight) -> Iterator[Proposal]:
    if not sight.place.uris:
        return
    if sight.root.part in LOCATIONS and not sight.pointer:
        yield from _of_parameters(sight)
        return
    yield from _kinds(contract, sight)
    yield from _absences(sight)
    yield from _strays(contract, sight)
    yield from _values(sight)
    yield from _bounds(sight)
    if sight.count.unmatched:
        yield _left(sight, "a variant for objects that are none of those known")
    if sight.count.invalid:
        yield _left(sight, f"a format or pattern that takes {sight.count.example[:80]}")


def _of_parameters(sight: Sight) -> Iterator[Proposal]:
    """Tell what no edit is proposed for: which parameters there are is a matter of the operation."""
    for name, number in sight.count.strays:
        yield _left(sight, f"a parameter {name[:80]!r}, which came {number:,} times")
    if sight.count.strays.more:
        yield _left(sight, "more parameters than are told here")


def _kinds(contract: Contract, sight: Sight) -> Iterator[Proposal]:
    """Propose types, and null, that came and are not allowed."""
    library, place = contract.library, sight.place
    extra = [kind for kind in sorted(sight.count.kinds) if kind not in place.kinds]
    modern = is_modern(contract, sight.site)
    for kind in extra:
        edit = _null(library, sight.site) if kind == "null" and not modern else None
        if modern:
            edit = _type(library, sight.site, kind)
        yield Proposal(uri=sight.site, words=f"{_named(sight)} may be of the type {kind}", edit=edit)


def _type(library: Library, site: str, kind: str) -> Callable[[str], str] | None:
    pointer, schema = split(site)[1], library.lookup(site)
    unions = ("anyOf", "oneOf")
    if not isinstance(schema, dict) or not {"$ref", "type", *unions} & schema.keys():
        return None

    def edit(text: str) -> str:
        known = value_at(text, pointer)
        if "$ref" in known:
            # The schema that it refers to may speak of other places too.
            rest = {name: item for name, item in known.items() if name != "$ref"}
            return put(text, pointer, {**rest, "anyOf": [{"$ref": known["$ref"]}, {"type": kind}]})
        if "type" not in known:
            keyword = next(item for item in unions if item in known)
            return _with_item(text, join(pointer, keyword), {"type": kind})
        told, at = known["type"], join(pointer, "type")
        text = _with_item(text, at, kind) if isinstance(told, list) else put(text, at, _both(told, kind))
        return _with_null(text, pointer, known) if kind == "null" else text

    return edit


def _both(told: Json, kind: str) -> Json:
    return told if told == kind else [told, kind]


def _with_item(text: str, pointer: str, value: Json) -> str:
    return text if value in value_at(text, pointer) else add_item(text, pointer, value)


def _with_null(text: str, pointer: str, schema: dict[str, Json]) -> str:
    return _with_item(text, join(pointer, "enum"), None) if schema.get("enum") else text


def _null(library: Library, site: str) -> Callable[[str], str] | None:
    """Return the edit that allows null in the words of OpenAPI 3.0."""
    pointer = split(site)[1]
    if not isinstance(library.lookup(site), dict):
        return None

    def edit(text: str) -> str:
        known = value_at(text, pointer)
        if "$ref" in known:
            return put(text, pointer, {"nullable": True, "allOf": [{"$ref": known["$ref"]}]})
        if known.get("nullable") is not True:
            text = add_member(text, pointer, "nullable", value=True)
        return _with_null(text, pointer, known)

    return edit


def _absences(sight: Sight) -> Iterator[Proposal]:
    place, count = sight.place, sight.count
    objects = 0 if place.variants else count.of("object")
    for name in sorted(place.required):
        if count.presence.get(name, count.strays.counts.get(name, 0)) < objects:
            holders = [address for address, schema in place.parts if name in schema.get("required", ())]
            for address in holders:
                yield Proposal(
                    uri=address,
                    words=f"{join(sight.pointer, name)} need not be there",
                    edit=_optional(split(address)[1], name),
                )


def _optional(pointer: str, name: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        at = join(pointer, "required")
        names = value_at(text, at)
        if name not in names:
            return text
        if len(names) == 1:
            return remove_member(text, at)
        return remove_item(text, join(at, names.index(name)))

    return edit


def _strays(contract: Contract, sight: Sight) -> Iterator[Proposal]:
    place, count = sight.place, sight.count
    if not place.members or place.variants:
        return
    closed = [address for address, schema in place.parts if schema.get("additionalProperties") is False]
    address = next(iter(closed), place.at("properties").rpartition("/")[0])
    pointer = join(split(address)[1], "properties")
    for name, number in count.strays:
        schema = shape_of(count.members[name], modern=is_modern(contract, address))
        yield Proposal(
            uri=address,
            words=f"{join(sight.pointer, name)} is declared, which came {number:,} times",
            edit=_declared(pointer, name, schema) if len(closed) < 2 else None,
        )
    if count.strays.more:
        yield _left(sight, "a schema of members whose names are data: there are too many to declare")


def _declared(pointer: str, name: str, schema: dict[str, Json]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        # Another place that has the same schema may have declared it already.
        if name in value_at(text, pointer):
            return text
        return add_member(text, pointer, name, schema)

    return edit


def _values(sight: Sight) -> Iterator[Proposal]:
    place, count = sight.place, sight.count
    at = place.at("enum")
    for told, number in count.unknown:
        known = any("enum" in schema for _, schema in place.parts) and at.endswith("/enum")
        words = f"{_named(sight)} may be {told[:80]}, which came {number:,} times"
        try:
            value = json.loads(told)
        except ValueError:  # cut, because it is long
            known = False
        yield Proposal(uri=at, words=words, edit=_listed(split(at)[1], value) if known else None)
    if count.unknown.more:
        yield _left(sight, "no list of values: there are too many")


def _listed(pointer: str, value: Json) -> Callable[[str], str]:
    return lambda text: _with_item(text, pointer, value)


def _bounds(sight: Sight) -> Iterator[Proposal]:
    place, extents = sight.place, sight.count.extents
    for keyword, name, lower in _BOUNDS:
        bound, extent = place.bounds.get(keyword), extents.get(name)
        if bound is None or extent is None:
            continue
        value = extent.least if lower else extent.most
        if (value < bound) if lower else (value > bound):
            at = place.at(keyword)
            words = f"{keyword} of {_named(sight)} is {value:g}, not {bound:g}"
            yield Proposal(uri=at, words=words, edit=_moved(split(at)[1], value, lower=lower))


def _moved(pointer: str, value: float, *, lower: bool) -> Callable[[str], str]:
    def edit(text: str) -> str:
        known = value_at(text, pointer)
        wider = min(known, value) if lower else max(known, value)
        return text if wider == known else put(text, pointer, wider)

    return edit


_BOUNDS = (
    ("minimum", "number", True),
    ("maximum", "number", False),
    ("minLength", "length", True),
    ("maxLength", "length", False),
    ("minItems", "items", True),
    ("maxItems", "items", False),
)


def _of_operations(contract: Contract, observation: Observation) -> Iterator[Proposal]:
    for (name, status), number in sorted(observation.exchanges.items()):
        operation = contract.operation(name)
        if not status or promised_answer(contract, operation, int(status)):
            continue
        content: dict[str, Json] = {}
        for root, count in sorted(observation.bodies.items(), key=_root):
            if (root.owner, root.part) == (name, status):
                schema = shape_of(count, modern=is_modern(contract, operation.uri))
                content[root.form or JSON] = {"schema": schema}
        known = int(status) in set(HTTPStatus)
        answer: dict[str, Json] = {
            "description": HTTPStatus(int(status)).phrase if known else "Seen in traffic."
        }
        if content:
            answer["content"] = content
        pointer = join(split(operation.uri)[1], "responses")
        yield Proposal(
            uri=operation.uri,
            words=f"{name} answers {status}, as it did {number:,} times",
            edit=_answered(pointer, status, answer),
        )
    for (name, status), few in sorted(observation.media_types.items()):
        for form, _ in few:
            uri = contract.operation(name).uri
            yield Proposal(uri=uri, words=f"{name} answers {status} as {form or 'no media type'}", edit=None)


def _answered(pointer: str, status: str, answer: dict[str, Json]) -> Callable[[str], str]:
    return lambda text: (
        text if status in value_at(text, pointer) else add_member(text, pointer, status, answer)
    )


def _root(item: tuple[Root, Any]) -> Root:
    return item[0]


def _left(sight: Sight, words: str) -> Proposal:
    return Proposal(uri=sight.site, words=f"{_named(sight)}: {words}", edit=None)


def _named(sight: Sight) -> str:
    return sight.pointer or sight.words


def is_modern(contract: Contract, uri: str) -> bool:
    """Tell whether the schema at *uri* may use lists of types: not in OpenAPI 3.0."""
    name = contract.openapi
    if name is None or not str(contract.library.document(name).data["openapi"]).startswith("3.0"):
        return True
    data = contract.library.document(split(uri)[0]).data
    return "asyncapi" in data
