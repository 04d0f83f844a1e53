"""Schemas as sets of values."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from accord.contract.algebra import Answer
from accord.contract.closure import Bound, close
from accord.contract.document import Document
from accord.contract.library import Library, uri
from accord.contract.value_set import ValueSet

TEXT = {"type": "string"}


def library(**schemas: Any) -> Library:
    """Return a library of one document that holds *schemas* by name."""
    return Library(documents={"s.json": Document(name="s.json", data=schemas, text="{}")})


def sets(one: Any, other: Any, **more: Any) -> tuple[ValueSet, ValueSet]:
    """Return the sets of two schemas; *more* are those that they may refer to."""
    held = library(one=one, other=other, **more)
    return tuple(ValueSet(library=held, uri=uri("s.json", f"/{name}")) for name in ("one", "other"))  # type: ignore[return-value]


def tagged(value: Any, **members: Any) -> dict[str, Any]:
    """Return the schema of an open object whose `type` is *value*."""
    return {
        "type": "object",
        "required": ["type", *members],
        "properties": {"type": value, **members},
    }


def test_constants_that_differ_make_sets_disjoint() -> None:
    """Two objects whose required constants differ have no value in common."""
    one, other = sets(tagged({"const": "a"}), tagged({"enum": ["b", "c"]}))
    assert Answer.YES is one.disjoint(other).answer


def test_open_objects_overlap_and_the_witness_has_both_sides() -> None:
    """Where only `type: string` stands, an object with the members of both is valid as both."""
    one, other = sets(tagged(TEXT, error=TEXT), tagged(TEXT, context=TEXT))
    decision = one.disjoint(other)
    assert Answer.NO is decision.answer
    assert decision.witness is not None
    assert {"context": "text", "error": "text", "type": "text"} == decision.witness.value


def test_optional_constant_separates_nothing() -> None:
    """A constant that is not required may be left out, so an object without it is valid as both."""
    loose = {"type": "object", "properties": {"type": {"const": "a"}}}
    one, other = sets(loose, {"type": "object", "properties": {"type": {"const": "b"}}})
    decision = one.disjoint(other)
    assert decision.witness is not None
    assert {} == decision.witness.value


def test_recursive_schemas_are_told_apart_by_what_stands_outside() -> None:
    """A reference without end is cut off; the constants before it still prove that two sets are disjoint."""
    node = {
        "type": "object",
        "required": ["tag"],
        "properties": {"tag": {"const": "n"}, "next": {"$ref": "#/node"}},
    }
    leaf = {
        "type": "object",
        "required": ["tag"],
        "properties": {"tag": {"const": "l"}, "next": {"$ref": "#/leaf"}},
    }
    one, other = sets({"$ref": "#/node"}, {"$ref": "#/leaf"}, node=node, leaf=leaf)
    assert Answer.YES is one.disjoint(other).answer
    assert Answer.YES is one.inhabited().answer
    assert not close(one.library, one.uri).exact


def test_what_needs_itself_without_end_is_not_pretended() -> None:
    """A list that must hold itself has no value; accord says that it does not know, and never yes."""
    one, _ = sets({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/one"}}}, True)
    assert Answer.UNKNOWN is one.inhabited().answer
    assert "no" in one.inhabited().reason


def test_two_formats_are_not_the_same() -> None:
    """Formats are rules: a time is no id, although both are strings."""
    one, other = sets({**TEXT, "format": "uuid"}, {**TEXT, "format": "date-time"})
    assert Answer.NO is one.covers(other).answer
    assert Answer.UNKNOWN is one.disjoint(other).answer


def test_unknown_format_restricts_nothing() -> None:
    """A format that no validator knows leaves every string valid."""
    one, other = sets({**TEXT, "format": "colour"}, TEXT)
    assert Answer.YES is one.equals(other).answer


@pytest.mark.parametrize(
    ("wide", "narrow", "left"),
    [
        ({**TEXT, "maxLength": 50}, {**TEXT, "maxLength": 20}, lambda value: 20 < len(value) <= 50),
        ({"type": "integer"}, {"type": "integer", "minimum": 0}, lambda value: value < 0),
        ({"type": "object"}, {"type": "object", "additionalProperties": False}, bool),
        (TEXT, {**TEXT, "pattern": "^[a-c]{2}$"}, lambda value: len(value) != 2),
        ({"enum": ["a", "b"]}, {"const": "a"}, lambda value: value == "b"),
        ({"type": ["string", "null"]}, TEXT, lambda value: value is None),
        ({"type": "array"}, {"type": "array", "maxItems": 2}, lambda value: len(value) > 2),
        (tagged(TEXT), tagged(TEXT, name=TEXT), lambda value: "name" not in value),
        ({"type": "number"}, {"type": "number", "multipleOf": 0.5}, lambda value: value * 2 % 1),
    ],
)
def test_what_is_wider_has_a_witness(wide: Any, narrow: Any, left: Callable[[Any], bool]) -> None:
    """A wider schema covers a narrower one; the other way round there is a value that proves that it does not."""
    one, other = sets(wide, narrow)
    assert Answer.YES is one.covers(other).answer
    decision = other.covers(one)
    assert Answer.NO is decision.answer
    assert decision.witness is not None
    assert left(decision.witness.value)


def test_empty_sets_are_known() -> None:
    """A string that must be a number has no value."""
    one, other = sets({"type": "string", "enum": [1]}, {"type": "integer", "minimum": 5, "maximum": 4})
    assert Answer.NO is one.inhabited().answer
    assert Answer.NO is other.inhabited().answer


def test_given_values_are_tried() -> None:
    """Where the samples show nothing, what the caller draws may."""
    held = library(one={**TEXT, "pattern": "^(?=.*q)(?=.*7)[a-z7]{4}$"})
    plain = ValueSet(library=held, uri=uri("s.json", "/one"))
    drawing = ValueSet(library=held, uri=uri("s.json", "/one"), drawn=lambda: ["nope", "aq7a"])
    assert Answer.UNKNOWN is plain.inhabited().answer
    witness = drawing.inhabited().witness
    assert witness is not None
    assert "aq7a" == witness.value


def test_cut_off_is_on_the_safe_side() -> None:
    """What is cut off admits everything where a set is bounded from above, and nothing from below."""
    data = {"type": "object", "properties": {"a": {"$ref": "#/one"}}, "not": {"required": ["b"]}}
    held = library(one=data, two={"oneOf": [{"$ref": "#/two"}, {"const": 1}]})
    above = close(held, uri("s.json", "/two"))
    below = close(held, uri("s.json", "/two"), Bound.AT_MOST)
    assert jsonschema.Draft202012Validator(above.schema).is_valid(1)
    assert not jsonschema.Draft202012Validator(below.schema).is_valid(1)
    loose: Any = close(held, uri("s.json", "/one")).schema
    assert "not" not in loose["properties"]["a"]
    assert False is close(held, uri("s.json", "/one"), Bound.AT_MOST).schema


def test_hostile_schema_is_bounded() -> None:
    """Schemas that unfold without end, are very deep or very wide are answered, if only by unknown."""
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/d{n + 1}"}, {"$ref": f"#/d{n + 1}"}]} for n in range(40)}
    deep: Any = {"type": "string"}
    for _ in range(200):
        deep = {"type": "object", "required": ["a"], "properties": {"a": deep}}
    wide = {"enum": list(range(100_000))}
    held = library(
        **doubling, d40={"const": 1}, deep=deep, wide=wide, regex={**TEXT, "pattern": "(a*)*{9999}" * 50}
    )
    for name in ("d0", "deep", "wide"):
        found = ValueSet(library=held, uri=uri("s.json", f"/{name}"))
        assert found.inhabited().answer in set(Answer)
        assert found.covers(found).answer is Answer.YES


def scalar(draw: random.Random) -> Any:
    """Return a small value."""
    return draw.choice([None, True, 0, 1, -1, 0.5, "a", "b", "text", "", [], {}])


def schema(draw: random.Random, depth: int) -> Any:
    """Return a random schema with few keywords."""
    kinds: list[Callable[[], Any]] = [
        lambda: {"const": scalar(draw)},
        lambda: {"enum": [scalar(draw) for _ in range(3)]},
        lambda: {
            "type": draw.sample(["null", "boolean", "integer", "number", "string", "array", "object"], 2)
        },
        lambda: {**TEXT, "minLength": draw.randint(0, 5), "maxLength": draw.randint(0, 7)},
        lambda: {"type": "number", "minimum": draw.randint(-3, 3), "maximum": draw.randint(-2, 4)},
        lambda: {**TEXT, "pattern": draw.choice(["^a+$", "^[a-c]{2}$", "b", "^(x|yz)?$"])},
        lambda: {**TEXT, "format": draw.choice(["uuid", "date", "ipv4"])},
    ]
    nested: list[Callable[[], Any]] = [
        lambda: {
            "type": "object",
            "properties": {name: schema(draw, depth - 1) for name in draw.sample("abc", 2)},
            "required": draw.sample("abcd", draw.randint(0, 2)),
            **draw.choice([{}, {"additionalProperties": False}, {"minProperties": 2}]),
        },
        lambda: {"type": "array", "items": schema(draw, depth - 1), "minItems": draw.randint(0, 2)},
        lambda: {draw.choice(["anyOf", "oneOf", "allOf"]): [schema(draw, depth - 1) for _ in range(2)]},
        lambda: {"not": schema(draw, depth - 1)},
        lambda: {"type": "object", "properties": {"a": {"$ref": "#/third"}}},
    ]
    return draw.choice(kinds + 2 * nested if depth else kinds)()


@pytest.mark.parametrize("seed", range(120))
def test_every_answer_holds_for_another_validator(seed: int) -> None:
    """A witness is what `jsonschema` says too, and no sample contradicts what the algebra proves."""
    draw = random.Random(seed)
    data = {"one": schema(draw, 2), "other": schema(draw, 2), "third": schema(draw, 1)}
    held = library(**data)
    one, other = (ValueSet(library=held, uri=uri("s.json", f"/{name}")) for name in ("one", "other"))

    def valid(name: str, value: Any) -> bool:
        checker = jsonschema.FormatChecker()
        return jsonschema.Draft202012Validator(
            {**data, "$ref": f"#/{name}"}, format_checker=checker
        ).is_valid(value)

    tries = [scalar(draw) for _ in range(8)] + [
        {"a": 1},
        {"a": "a", "b": None, "c": 0},
        ["a", "b"],
        "aa",
        "yz",
    ]
    decision = one.disjoint(other)
    if decision.witness is not None:
        assert valid("one", decision.witness.value)
        assert valid("other", decision.witness.value)
    if decision.answer is Answer.YES:
        assert [] == [value for value in tries if valid("one", value) and valid("other", value)]
    decision = one.covers(other)
    if decision.witness is not None:
        assert valid("other", decision.witness.value)
        assert not valid("one", decision.witness.value)
    if decision.answer is Answer.YES:
        assert [] == [value for value in tries if valid("other", value) and not valid("one", value)]
    decision = one.inhabited()
    if decision.witness is not None:
        assert valid("one", decision.witness.value)
    if decision.answer is Answer.NO:
        assert [] == [value for value in tries if valid("one", value)]
